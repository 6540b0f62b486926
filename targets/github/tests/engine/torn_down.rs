//! Ephemeral environments: their deploys and their teardown workflow, each broken in one place.

use crate::broken::edited;
use crate::one_pipeline;
use crate::sample::*;
use crate::whole::findings_of;
use pipec_ir::*;
use pipec_runtime::{Dialect, Script, Systems};

/// A site with a preview for each pull request of a member.
pub fn site() -> Build {
    let mut build = Build::new("site", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    build.node("unit", gate("test", &[]), body(vec![run("make test")], &[]), &[]);
    let kind = artefact(ArtefactType::Package, &["dist/**"]);
    build.node("pages", kind, body(vec![run("make")], &[]), &[]);
    let members =
        Condition::All(vec![Condition::Event(Event::PullRequest), Condition::Not(Box::new(Condition::Fork))]);
    build.stage("preview", members);
    let scripts = vec![run("./deploy.sh \"$PIPE_PULL_REQUEST\"")];
    build.node("deploy-pages-to-preview", deploy(&["pages"], "preview"), body(scripts, &["pages"]), &[]);
    let bind = |variable: &str, value: Text| Binding {
        variable: variable.to_owned(),
        value,
        origin: Origin::default(),
    };
    let preview = build.environment("preview", Tier::Ephemeral);
    let number = || Piece::Fact(Fact::PullRequestNumber);
    let host = |start: &str| Text {
        pieces: vec![Piece::Literal(start.to_owned()), number(), Piece::Literal(".example".to_owned())],
    };
    preview.open_to_members = true;
    preview.url = Some(host("https://pr-"));
    preview.ttl = Some(172_800_000);
    preview.values = vec![bind("HOST", host("pr-"))];
    preview.secrets = vec![secret("TOKEN", false), secret("KEY", true)];
    preview.identities = vec![Identity {
        provider: Provider::Aws,
        role: "arn:aws:iam::1:role/preview".to_owned(),
        origin: Origin::default(),
    }];
    preview.teardown = Some(Action {
        steps: vec![run("./remove.sh \"$HOST\""), run("echo '${{ gone }}'\n")],
        env: vec![bind("WHY", Text::literal("gone"))],
        origin: Origin::default(),
    });
    build
}

fn files(build: &Build) -> Vec<GeneratedFile> {
    let output = one_pipeline::emit(&build.program, &build.pipeline, false);
    assert_eq!(output.files.len(), 2, "{:#?}", output.diagnostics);
    output.files
}

#[test]
fn both_workflows_are_proven() {
    let build = site();
    let findings = findings_of(&build, &files(&build));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn exactly_both_workflows_must_exist() {
    let build = site();
    let [main, teardown] = <[GeneratedFile; 2]>::try_from(files(&build)).unwrap();
    let missing = "a workflow is missing, or one too many";
    let is_reported =
        |files: &[GeneratedFile]| findings_of(&build, files).iter().any(|line| line.contains(missing));
    assert!(is_reported(std::slice::from_ref(&main)));
    assert!(is_reported(std::slice::from_ref(&teardown)));
    assert!(is_reported(&[main.clone(), teardown.clone(), teardown.clone()]));
    let elsewhere = GeneratedFile { path: ".github/workflows/other.yml".to_owned(), ..teardown.clone() };
    assert!(is_reported(&[main.clone(), elsewhere]));
    let swapped = [
        GeneratedFile { path: teardown.path.clone(), ..main.clone() },
        GeneratedFile { path: main.path, ..teardown },
    ];
    assert!(!findings_of(&build, &swapped).is_empty());
    // A pipeline without such environments has no teardown.
    let hello = hello();
    let mut both = one_pipeline::emit(&hello.program, &hello.pipeline, false).files;
    both.push(GeneratedFile {
        path: ".github/workflows/hello-teardown.yml".to_owned(),
        ..swapped[1].clone()
    });
    assert!(!findings_of(&hello, &both).is_empty());
}

macro_rules! broken {
    ($($name:ident: $place:literal { $($job:literal: $from:expr => $to:expr),+ } $phrase:literal;)+) => {
        $(
            #[test]
            fn $name() {
                let build = site();
                let mut files = files(&build);
                let file: &mut GeneratedFile = &mut files[$place];
                $(file.text = edited(&file.text, $job, $from, $to);)+
                let findings = findings_of(&build, &files);
                assert!(!findings.is_empty(), "nothing is found");
                assert!(findings.iter().any(|line| line.contains($phrase)), "{}", findings.join("\n"));
            }
        )+
    };
}

const DEPLOY: &str = "deploy-pages-to-preview";
const STILL: &str = "if: ${{ steps.still.outputs.pull-requests != '[]' }}";

broken! {
    // The deploy.
    a_deploy_for_forks: 0 {
        "deploy-pages-to-preview": "github.event.pull_request.head.repo.full_name != github.repository || " => ""
    } "its stage is not in this run";
    a_deploy_for_bots: 0 {
        "deploy-pages-to-preview": " || github.event.pull_request.user.type == 'Bot'" => ""
    } "its stage is not in this run";
    a_deploy_on_a_push: 0 {
        "deploy-pages-to-preview": "github.event_name == 'pull_request' && " => ""
    } "its stage is not in this run";
    one_lock_for_all_pull_requests: 0 {
        "deploy-pages-to-preview": "preview/site/${{ github.event.pull_request.number }}" => "preview/site"
    } "its lock is not that of its environment and pipeline";
    a_lock_of_each_run: 0 {
        "deploy-pages-to-preview": "preview/site/${{ github.event.pull_request.number }}" => "preview/site/${{ github.run_id }}"
    } "its lock is not that of its environment and pipeline";
    a_deploy_cancelled_by_a_newer_push: 0 {
        "": "group: pipec-site-${{ github.run_id }}\n  cancel-in-progress: false"
            => "group: pipec-site-${{ github.ref }}\n  cancel-in-progress: true"
    } "may be cancelled half-way";
    nobody_asks_whether_it_is_wanted: 0 {
        "deploy-pages-to-preview": "\"open $COMMIT\") ;;" => "\"open\"*) ;;"
    } "the source asks for no such step";
    it_asks_about_another_commit: 0 {
        "deploy-pages-to-preview": "COMMIT: ${{ github.event.pull_request.head.sha }}" => "COMMIT: ${{ github.event.pull_request.base.sha }}"
    } "another commit";
    it_asks_about_another_pull_request: 0 {
        "deploy-pages-to-preview": "PULL_REQUEST: ${{ github.event.pull_request.number }}" => "PULL_REQUEST: ${{ github.event.number }}"
    } "another pull request";
    the_sweep_is_told_another_number: 0 {
        "deploy-pages-to-preview": "name: Still wanted by pull request ${{ github.event.pull_request.number }}" => "name: Still wanted by pull request 7"
    } "another pull request";
    the_sweep_is_told_twice: 0 {
        "deploy-pages-to-preview": "name: Check out" => "name: Still wanted by pull request 7"
    } "can't tell for which pull request";
    the_sweep_may_be_told_twice: 0 {
        "deploy-pages-to-preview": "name: Check out" => "name: ${{ github.event.pull_request.title }}"
    } "can't tell for which pull request";
    the_sweep_may_be_told_twice_by_the_end_of_a_title: 0 {
        "deploy-pages-to-preview": "name: Check out" => "name: Still ${{ github.event.pull_request.title }}"
    } "can't tell for which pull request";
    scripts_with_another_number: 0 {
        "deploy-pages-to-preview": "PIPE_PULL_REQUEST: ${{ github.event.pull_request.number }}" => "PIPE_PULL_REQUEST: ${{ github.run_number }}"
    } "`PIPE_PULL_REQUEST` is something else";
    a_deploy_that_may_write: 0 {
        "deploy-pages-to-preview": "pull-requests: read" => "pull-requests: write"
    } "`pull-requests: write`";
    an_environment_of_an_expression: 0 {
        "deploy-pages-to-preview": "name: preview\n" => "name: preview-${{ github.event.pull_request.number }}\n"
    } "not literal";
    a_gate_that_sees_its_secrets: 0 {
        "unit": "        run: make test" => "        env:\n          TOKEN: ${{ secrets.TOKEN }}\n        run: make test"
    } "passes on a secret";

    // The triggers of the teardown.
    started_by_the_code_of_others: 1 {
        "": "  pull_request:\n" => "  pull_request_target:\n"
    } "something else than a closed pull request";
    started_by_every_push_to_a_pull_request: 1 {
        "": "[closed]" => "[closed, synchronize]"
    } "something else than a closed pull request";
    started_by_every_change: 1 {
        "": "    types: [closed]" => "    branches: [main]"
    } "something else than a closed pull request";
    started_by_people: 1 {
        "": "  schedule:\n" => "  workflow_dispatch: {}\n  schedule:\n"
    } "something else than a closed pull request";
    started_by_a_comment: 1 {
        "": "  schedule:\n" => "  issue_comment: {}\n  schedule:\n"
    } "something else than a closed pull request";
    a_sweep_once_a_year: 1 {
        "": " * * * *\"" => " 1 1 1 *\""
    } "something else than a closed pull request";
    rights_for_all: 1 {
        "": "permissions: {}" => "permissions: write-all"
    } "it grants rights to all jobs";
    a_shell_that_goes_on: 1 {
        "": "-euo pipefail" => "-u"
    } "its shell may lose the status";
    runs_that_replace_each_other: 1 {
        "": "teardown-${{ github.run_id }}" => "teardown"
    } "may be dropped or cancelled";
    another_name: 1 {
        "": "name: site teardown" => "name: site"
    } "it has another name";

    // The job that finds previews.
    a_teardown_for_forks: 1 {
        "find-preview": "github.event.pull_request.head.repo.full_name == github.repository" => "true"
    } "it starts when it may not";
    a_teardown_for_bots: 1 {
        "find-preview": " && github.event.pull_request.user.type != 'Bot'" => ""
    } "it starts when it may not";
    a_teardown_always: 1 {
        "find-preview": "github.event_name == 'schedule' ||" => "always() || github.event_name == 'schedule' ||"
    } "it starts when it may not";
    a_longer_life: 1 {
        "find-preview": "TTL: \"172800\"" => "TTL: \"1728000\""
    } "it looks for something else";
    another_environment_is_searched: 1 {
        "find-preview": "ENVIRONMENT: preview" => "ENVIRONMENT: production"
    } "it looks for something else";
    another_script_finds: 1 {
        "find-preview": "now - newest >= TTL" => "now - newest >= 0"
    } "it looks for something else";
    a_list_of_its_own: 1 {
        "find-preview": "pull-requests: ${{ steps.find.outputs.pull-requests }}" => "pull-requests: ${{ github.event.pull_request.body }}"
    } "it hands on something else";
    a_finder_that_writes: 1 {
        "find-preview": "pull-requests: read" => "pull-requests: write"
    } "its rights are not those of the table";
    a_finder_with_the_secrets: 1 {
        "find-preview": "    timeout-minutes: 15\n" => "    timeout-minutes: 15\n    environment:\n      name: preview\n"
    } "it has another part than the source asks for";
    a_finder_with_a_checkout: 1 {
        "find-preview": "    steps:\n" => "    steps:\n      - name: Check out\n        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1\n"
    } "it is not one step";

    // The job that tears previews down.
    the_code_of_the_pull_request: 1 {
        "teardown-preview": "github.event_name == 'schedule' && github.ref || format('refs/heads/{0}', github.event.pull_request.base.repo.default_branch)" => "github.ref"
    } "it checks out something else than the default branch";
    the_branch_of_the_pull_request: 1 {
        "teardown-preview": "github.event.pull_request.base.repo.default_branch" => "github.event.pull_request.head.ref"
    } "it checks out something else than the default branch";
    no_reference: 1 {
        "teardown-preview": "          ref: ${{ github.event_name == 'schedule' && github.ref || format('refs/heads/{0}', github.event.pull_request.base.repo.default_branch) }}\n" => ""
    } "it checks out something else than the default branch";
    another_repository: 1 {
        "teardown-preview": "          persist-credentials: false" => "          repository: someone/else\n          persist-credentials: false"
    } "it checks out something else than the default branch";
    credentials_are_kept: 1 {
        "teardown-preview": "persist-credentials: false" => "persist-credentials: true"
    } "it checks out something else than the default branch";
    an_action_that_is_not_pinned: 1 {
        "teardown-preview": "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1" => "@v7"
    } "it checks out something else than the default branch";
    a_second_checkout: 1 {
        "teardown-preview": "      - name: Check out the default branch" => "      - name: Fetch\n        if: ${{ steps.still.outputs.pull-requests != '[]' }}\n        run: gh pr checkout 1\n      - name: Check out the default branch"
    } "it checks out something else than the default branch";
    it_does_not_look_again: 1 {
        "teardown-preview": "now - newest >= TTL" => "now - newest >= 0"
    } "it looks for something else";
    it_looks_again_for_all: 1 {
        "teardown-preview": "PULL_REQUEST: ${{ matrix.pull-request }}" => "PULL_REQUEST: \"\""
    } "it looks for something else";
    it_tears_down_what_was_deployed_again: 1 {
        "teardown-preview": STILL => "if: ${{ always() }}"
    } "a step runs although nothing is to be torn down";
    a_teardown_of_everything: 1 {
        "teardown-preview": "fromJSON(needs.find-preview.outputs.pull-requests)" => "fromJSON('[1, 2, 3]')"
    } "its legs are not what was found";
    one_failure_ends_all: 1 {
        "teardown-preview": "fail-fast: false" => "fail-fast: true"
    } "its legs are not what was found";
    a_teardown_that_waits_for_nothing: 1 {
        "teardown-preview": "    needs: [find-preview]\n" => "",
        "teardown-preview": "needs.find-preview.outputs.pull-requests != '[]'" => "always()"
    } "it does not wait for what was found";
    a_teardown_though_nothing_was_found: 1 {
        "teardown-preview": "${{ needs.find-preview.outputs.pull-requests != '[]' }}" => "${{ !cancelled() }}"
    } "it starts when it may not";
    another_lock: 1 {
        "teardown-preview": "group: pipec-deploy-preview/site/${{ matrix.pull-request }}" => "group: pipec-teardown-preview/site/${{ matrix.pull-request }}"
    } "its lock is not that of the deploys";
    a_lock_that_drops: 1 {
        "teardown-preview": "      queue: max\n" => ""
    } "its lock is not that of the deploys";
    a_lock_that_cancels: 1 {
        "teardown-preview": "      queue: max\n" => "      cancel-in-progress: true\n"
    } "its lock is not that of the deploys";
    no_environment: 1 {
        "teardown-preview": "      name: preview\n" => "      name: production\n"
    } "it is not in its environment";
    a_deployment_of_a_teardown: 1 {
        "teardown-preview": "      deployment: false # only for the secrets and identities of this job\n" => ""
    } "it is not in its environment";
    a_teardown_that_may_push: 1 {
        "teardown-preview": "contents: read" => "contents: write"
    } "its rights are not those of the table";
    a_teardown_that_may_do_more: 1 {
        "teardown-preview": "      contents: read" => "      packages: write\n      contents: read"
    } "its rights are not those of the table";
    a_script_that_differs: 1 {
        "teardown-preview": "./remove.sh \"$HOST\"" => "./remove.sh \"$HOST\" || true"
    } "a script is another than that of the source";
    a_script_handed_over_that_differs: 1 {
        "teardown-preview": "ZWNobyAn" => "ZWNobyAi"
    } "a script is another than that of the source";
    a_script_left_out: 1 {
        "teardown-preview": "run: ./remove.sh \"$HOST\"" => "run: true"
    } "a script is another than that of the source";
    a_script_elsewhere: 1 {
        "teardown-preview": "        run: ./remove.sh" => "        working-directory: /tmp\n        run: ./remove.sh"
    } "a script is another than that of the source";
    a_script_that_may_fail: 1 {
        "teardown-preview": "        run: ./remove.sh" => "        continue-on-error: true\n        run: ./remove.sh"
    } "a script is another than that of the source";
    a_script_with_the_token: 1 {
        "teardown-preview": "          WHY: gone\n" => "          WHY: gone\n          GH_TOKEN: ${{ github.token }}\n"
    } "a script is given other values";
    a_script_with_another_secret: 1 {
        "teardown-preview": "TOKEN: ${{ secrets.TOKEN }}" => "TOKEN: ${{ secrets.PRODUCTION }}"
    } "a script is given other values";
    a_script_with_the_title_of_a_pull_request: 1 {
        "teardown-preview": "WHY: gone" => "WHY: ${{ github.event.pull_request.title }}"
    } "a script is given other values";
    a_script_without_its_number: 1 {
        "teardown-preview": "          PIPE_PULL_REQUEST: ${{ matrix.pull-request }}\n" => ""
    } "a script is given other values";
    a_value_of_another_pull_request: 1 {
        "teardown-preview": "HOST: pr-${{ matrix.pull-request }}.example" => "HOST: pr-${{ github.event.pull_request.number }}.example"
    } "a script is given other values";
    a_file_of_another_secret: 1 {
        "teardown-preview": "SECRET: ${{ secrets.KEY }}" => "SECRET: ${{ secrets.TOKEN }}"
    } "it writes to a file what its environment does not hold";
    another_identity: 1 {
        "teardown-preview": "arn:aws:iam::1:role/preview" => "arn:aws:iam::1:role/production"
    } "it takes on something else than the identities";
    what_is_gone_stays: 1 {
        "teardown-preview": "DEPLOYMENTS: ${{ steps.still.outputs.deployments }}" => "DEPLOYMENTS: \"\""
    } "what is gone stays on the list";
    a_machine_of_its_own: 1 {
        "teardown-preview": "runs-on: ubuntu-24.04" => "runs-on: ubuntu-large"
    } "it runs on `ubuntu-large`";
    a_finder_with_legs: 1 {
        "find-preview": "    steps:\n" => "    strategy:\n      matrix:\n        a: [1, 2]\n    steps:\n"
    } "it has another part than the source asks for";
    a_script_with_inputs: 1 {
        "teardown-preview": "        run: ./remove.sh" => "        with:\n          a: b\n        run: ./remove.sh"
    } "a script is given inputs";
    a_condition_that_asks_for_another_step: 1 {
        "teardown-preview": STILL => "if: ${{ steps.found.outputs.pull-requests != '[]' }}"
    } "a step runs although nothing is to be torn down";
    a_condition_that_tears_down_nothing: 1 {
        "teardown-preview": "${{ needs.find-preview.outputs.pull-requests != '[]' }}" => "${{ needs.find-preview.outputs.pull-requests == '[]' }}"
    } "it starts when it may not";
    another_step: 1 {
        "": "gh api --method DELETE \"$repository/deployments/$id\"\n          done\n" => "gh api --method DELETE \"$repository/deployments/$id\"\n          done\n      - name: More\n        if: ${{ steps.still.outputs.pull-requests != '[]' }}\n        run: env\n"
    } "the source asks for no such step";
    a_third_job: 1 {
        "": "\njobs:\n" => "\njobs:\n  more:\n    name: more\n    runs-on: ubuntu-24.04\n    permissions: {}\n    steps:\n      - name: more\n        run: env\n"
    } "belongs to no environment that is torn down";
    a_service_beside_it: 1 {
        "teardown-preview": "    steps:\n" => "    services: {}\n    steps:\n"
    } "it has another part than the source asks for";
}

#[test]
fn a_deploy_is_known_to_the_sweep_by_its_first_step() {
    let build = site();
    let files = files(&build);
    let start = files[0].text.find(&format!("\n  {DEPLOY}:\n")).unwrap();
    let steps = files[0].text.split_at(start).1.split_once("    steps:\n").unwrap().1;
    assert!(steps.starts_with("      - name: Still wanted by pull request ${{"), "{steps}");
    let find = Script::PreviewFind.text(Dialect::GitHub, Systems::Linux);
    assert!(find.contains("title=\"Still wanted by pull request \""));
}

/// The model refuses these programs in every output.
#[test]
fn the_model_refuses_what_the_target_refuses() {
    let judged = |change: &dyn Fn(&mut Build), phrase: &str| {
        let good = site();
        let files = files(&good);
        let mut build = site();
        change(&mut build);
        let findings = findings_of(&build, &files);
        assert!(findings.iter().any(|line| line.contains(phrase)), "{phrase}: {}", findings.join("\n"));
    };
    let approval = Approval { role: "all".to_owned(), min: 1, not_author: false, origin: Origin::default() };
    judged(
        &|build| build.environment("preview", Tier::Ephemeral).approval = Some(approval.clone()),
        "would wait for an approval",
    );
    judged(
        &|build| build.environment("preview", Tier::Ephemeral).lock = Lock::Newest,
        "may be dropped for a teardown",
    );
    judged(
        &|build| {
            let node = build.pipeline.nodes.iter_mut().find(|node| node.name == DEPLOY).unwrap();
            node.body.rights = vec![(Right::Releases, Origin::default())];
        },
        "nobody has reviewed its code",
    );
    judged(
        &|build| {
            let other = Pipeline { name: "other".to_owned(), ..build.pipeline.clone() };
            build.program.pipelines =
                vec![std::sync::Arc::new(build.pipeline.clone()), std::sync::Arc::new(other)];
        },
        "another pipeline deploys there",
    );
    judged(
        &|build| build.environment("preview", Tier::Ephemeral).open_to_members = false,
        "on code that nobody reviewed",
    );
}
