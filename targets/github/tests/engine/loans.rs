//! Logins and files that `for` gives to some steps, where the output gives them to others.

use crate::broken::{broken, edited};
use crate::sample::{Build, body, check, origin, pull_request, push, retry, rollout, run, secret};
use crate::whole::{compiled, findings};
use pipec_ir::{
    Action, Binding, Body, Condition, Delivery, GeneratedFile, Held, Identity, Narrowed, NodeKind, Provider,
    Quorum, Reversal, Step, Text,
};

const ROLE: &str = "arn:aws:iam::123456789012:role/upload";
const POOL: &str = "projects/1/locations/global/workloadIdentityPools/pool/providers/github";
const CLIENT: &str = "0f8fad5b-d9cb-469f-a165-70867728950e/7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn named(name: &str, step: Step) -> Step {
    Step { name: Some(name.to_owned()), ..step }
}

fn narrow(held: Held, steps: &[&str]) -> Narrowed {
    let steps = steps.iter().map(|step| ((*step).to_owned(), origin())).collect();
    Narrowed { held, steps, origin: origin() }
}

fn identity(provider: Provider, role: &str) -> Identity {
    Identity { provider, role: role.to_owned(), origin: origin() }
}

/// Five scripts, of which four hold something each.
fn lending() -> Body {
    let steps = [
        ("install", "npm ci"),
        ("plan", "./plan.sh"),
        ("apply", "./apply.sh"),
        ("upload", "./upload.sh"),
        ("store", "./store.sh"),
    ];
    let mut work = body(steps.map(|(name, script)| named(name, run(script))).to_vec(), &[]);
    work.identities = vec![
        identity(Provider::Aws, ROLE),
        identity(Provider::Azure, CLIENT),
        identity(Provider::Google, POOL),
    ];
    work.secrets = vec![secret("KEY", true)];
    let steps: [&[&str]; 3] = [&["upload"], &["plan", "apply"], &["store"]];
    let held = work.identities.iter().map(Held::identity).zip(steps);
    work.narrowed = held.map(|(held, steps)| narrow(held, steps)).collect();
    work.narrowed.push(narrow(Held::Secret("KEY".to_owned()), &["apply"]));
    work
}

fn lent() -> Build {
    let mut build = Build::new("lent", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    build.node("release", NodeKind::Job, lending(), &[]);
    build
}

/// The same with checks, a cleanup, and a second attempt.
fn beside_failures() -> Build {
    let mut build = lent();
    let work = &mut build.pipeline.nodes[0].body;
    for step in work.steps.iter_mut().take(3) {
        *step = Step { name: step.name.clone(), ..check(&step.script) };
    }
    work.retry = retry(1);
    let steps = vec![named("tidy", run("./tidy.sh")), named("leave", run("./leave.sh"))];
    work.cleanup = Some(Action { steps, env: Vec::new(), origin: origin() });
    for narrowed in &mut work.narrowed {
        narrowed.steps.push(("leave".to_owned(), origin()));
    }
    build
}

/// Deploys whose environments have identities for some of their scripts, also of those that roll back.
fn rolled_back() -> Build {
    let mut build = rollout();
    for name in ["staging", "production"] {
        let environments = std::sync::Arc::make_mut(&mut build.program.environments);
        let environment = environments.get_mut(name).expect("an environment of the build");
        environment.identities = vec![identity(Provider::Azure, CLIENT), identity(Provider::Aws, ROLE)];
    }
    for node in &mut build.pipeline.nodes {
        let NodeKind::Deploy(deploy) = &mut node.kind else { continue };
        let mut steps: Vec<&mut Step> = node.body.steps.iter_mut().collect();
        if let Delivery::Stepwise { shift, .. } = &mut deploy.delivery {
            steps.extend(&mut shift.steps);
        }
        steps.extend(deploy.verify.iter_mut().flat_map(|action| &mut action.steps));
        if let Some(Reversal::Rollback(action)) = &mut deploy.reversal {
            steps.extend(&mut action.steps);
        }
        for step in steps {
            step.name = step.script.split(' ').next().map(str::to_owned);
        }
        let held = ["links", "tell", "shift", "rollback"];
        node.body.narrowed = vec![
            narrow(Held::Identity(Provider::Azure, CLIENT.to_owned()), &held),
            narrow(Held::Identity(Provider::Aws, ROLE.to_owned()), &held),
        ];
    }
    build
}

/// The variables and the sessions that the step of a script finds, in an output without failures.
fn found(text: &str, job: &str, script: &str) -> Vec<String> {
    let (_, job) = text.split_once(&format!("\n  {job}:\n")).expect("a job of this name");
    let mut session = Vec::new();
    for step in job.split("\n      - ").skip(1) {
        if step.contains("az account clear") {
            session.retain(|name| name != "azure");
        }
        if step.contains("rm -f \"$FILE\"") {
            session.retain(|name| name != "file");
        }
        if step.contains("uses: Azure/login@") {
            session.push("azure".to_owned());
        }
        if step.contains("> \"$FILE\"") {
            session.push("file".to_owned());
        }
        if step.contains(&format!("\n        run: {script}")) {
            let variables = step.lines().filter_map(|line| line.trim().split_once(": "));
            let is_credential = |name: &&str| name.starts_with("AWS_") || name.starts_with("GOOGLE_");
            session.extend(variables.map(|(name, _)| name).filter(is_credential).map(str::to_owned));
            return session;
        }
    }
    panic!("no step runs {script}")
}

#[test]
fn only_the_named_steps_find_what_is_lent() {
    let build = lent();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    let found = |script| found(&file.text, "release", script);
    assert_eq!(found("npm ci"), [""; 0]);
    assert_eq!(found("./plan.sh"), ["azure"]);
    assert_eq!(found("./apply.sh"), ["azure", "file"]);
    let aws = [
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ];
    assert_eq!(found("./upload.sh"), aws);
    assert_eq!(found("./store.sh"), ["GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_GHA_CREDS_PATH"]);
}

#[test]
fn what_is_lent_is_taken_back_after_failures_too() {
    for build in [beside_failures(), rolled_back()] {
        let file = compiled(&build);
        assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
        let begins = file.text.matches("uses: Azure/login@").count();
        assert!(begins > 2, "{}", file.text);
        assert_eq!(file.text.matches("az account clear").count(), begins);
    }
}

fn cleaned_up_of_both() -> Build {
    cleaned_up(&["test", "down"])
}

/// A job of three scripts and a cleanup. The file is for the scripts of these names.
fn cleaned_up(held: &[&str]) -> Build {
    let mut build = Build::new("lent", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    let steps = ["up", "test", "tell"].map(|name| named(name, run(&format!("./{name}.sh"))));
    let mut work = body(steps.to_vec(), &[]);
    work.timeout = 600_000;
    work.secrets = vec![secret("KEY", true)];
    work.narrowed = vec![narrow(Held::Secret("KEY".to_owned()), held)];
    let steps = vec![named("down", run("./down.sh"))];
    work.cleanup = Some(Action { steps, env: Vec::new(), origin: origin() });
    build.node("release", NodeKind::Job, work, &[]);
    build
}

#[test]
fn a_script_finds_what_it_holds_although_others_before_it_were_skipped() {
    for held in [["test", "down"], ["up", "down"], ["up", "tell"], ["down", "down"]] {
        for change in [|_: &mut Body| {}, |body: &mut Body| body.retry = retry(1)] {
            let mut build = cleaned_up(&held);
            change(&mut build.pipeline.nodes[0].body);
            let file = compiled(&build);
            assert_eq!(findings(&build, &file), [""; 0], "{held:?}: {}", file.text);
        }
        let mut build = cleaned_up(&held);
        let gate = crate::sample::gate("performance", &[]);
        build.pipeline.nodes[0].kind = gate;
        if let NodeKind::Gate(gate) = &mut build.pipeline.nodes[0].kind {
            gate.quorum = Some(Quorum { times: 3, quorum: 2 });
        }
        let file = compiled(&build);
        assert_eq!(findings(&build, &file), [""; 0], "{held:?}: {}", file.text);
    }
}

#[test]
fn a_region_of_the_source_is_kept() {
    let mut build = lent();
    let region =
        Binding { variable: "AWS_REGION".to_owned(), value: Text::literal("eu-west-1"), origin: origin() };
    build.pipeline.nodes[0].body.env = vec![region];
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    assert_eq!(found(&file.text, "release", "npm ci"), ["AWS_REGION"], "a variable of every script");
    assert!(file.text.contains("          AWS_DEFAULT_REGION: eu-west-1\n"), "{}", file.text);
    assert!(!file.text.contains("us-east-1"), "{}", file.text);
}

const LOGOUT: &str = "      - name: Log out of Azure\n";
const REMOVED: &str = "      - name: Remove KEY\n";
const KEY_ID: &str = "          AWS_ACCESS_KEY_ID: ${{ steps.login-aws.outputs.aws-access-key-id }}\n";
const AFTER_ALL: &str = "        if: ${{ always() && steps.login-azure.outcome != 'skipped' }}\n";

broken! {
    a_session_that_goes_on: lent {
        "release": LOGOUT => "      - name: Log out of Azure\n        if: ${{ false }}\n"
    } "with the azure identity, which it does not hold";
    a_session_that_ends_only_after_success: beside_failures {
        "release": AFTER_ALL => "        if: ${{ success() && steps.login-azure.outcome != 'skipped' }}\n"
    } "with the azure identity, which it does not hold";
    a_file_that_a_cleanup_may_lack: cleaned_up_of_both {
        "release": "        if: ${{ always() && steps.first.outcome != 'skipped' }}\n        env:\n          SECRET"
            => "        if: ${{ failure() }}\n        env:\n          SECRET"
    } "without the file of `KEY`, which it holds";
    a_file_that_stays: lent {
        "release": REMOVED => "      - name: Remove KEY\n        if: ${{ false }}\n"
    } "with the file of `KEY`, which it does not hold";
    the_wrong_file_is_removed: lent {
        "release": "          FILE: ${{ runner.temp }}/secrets/KEY\n        run: |\n          # Removes"
            => "          FILE: ${{ runner.temp }}/secrets/OTHER\n        run: |\n          # Removes"
    } "the source asks for no such step";
    a_session_of_another_client: lent {
        "release": "7c9e6679-7425-40de-944b-e07fc1f90ae7" => "7c9e6679-7425-40de-944b-e07fc1f90ae8"
    } "it lends something that its steps do not hold";
    another_secret_in_the_file: lent {
        "release": "SECRET: ${{ secrets.KEY }}" => "SECRET: ${{ secrets.OTHER }}"
    } "it lends something that its steps do not hold";
    a_login_that_all_steps_find: lent {
        "release": "          output-credentials: true\n          output-env-credentials: false\n" => ""
    } "it lends something that its steps do not hold";
    a_file_of_google_that_all_steps_find: lent {
        "release": "          export_environment_variables: false\n" => ""
    } "it lends something that its steps do not hold";
    a_login_as_another_role: lent {
        "release": "role/upload" => "role/deploy"
    } "it lends something that its steps do not hold";
    the_login_in_another_step: lent {
        "release": "        run: npm ci\n" => &format!("        env:\n{}        run: npm ci\n", KEY_ID)
    } "its scripts are given `AWS_ACCESS_KEY_ID`";
    half_of_a_login_for_the_other: lent {
        "release": "${{ steps.login-aws.outputs.aws-secret-access-key }}"
            => "${{ steps.login-aws.outputs.aws-access-key-id }}"
    } "`AWS_SECRET_ACCESS_KEY` is something else";
    a_login_that_comes_too_late: beside_failures {
        "release": "${{ steps.login-aws.outputs.aws-secret-access-key }}"
            => "${{ steps.login-aws-2.outputs.aws-secret-access-key }}"
    } "`AWS_SECRET_ACCESS_KEY` is something else";
    an_older_login_for_the_newest: rolled_back {
        "deploy-app-to-production": "${{ steps.login-aws-2.outputs.aws-session-token }}"
            => "${{ steps.login-aws.outputs.aws-session-token }}"
    } "`AWS_SESSION_TOKEN` is something else";
    another_region: lent {
        "release": "          AWS_REGION: us-east-1\n" => "          AWS_REGION: eu-west-1\n"
    } "`AWS_REGION` is something else";
    the_whole_job_has_a_login: lent {
        "release": "    steps:\n" => &format!("    env:\n      {}    steps:\n", KEY_ID.trim_start())
    } "`AWS_ACCESS_KEY_ID`";
    a_session_that_another_script_ends: lent {
        "release": "          az account clear ||" => "          true ||"
    } "the source asks for no such step";
}
