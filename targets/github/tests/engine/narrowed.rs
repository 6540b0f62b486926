//! Secrets and rights that `for` gives to some steps, where the output gives them to others.

use crate::broken::{broken, edited};
use crate::sample::{Build, body, origin, pull_request, push, run};
use crate::whole::{compiled, findings};
use pipec_ir::{
    Condition, EngineBlock, EngineStep, GeneratedFile, Held, Narrowed, NodeKind, Right, Secret, Step,
};

/// A job that installs packages, signs with a secret and uploads with the token.
fn narrowed() -> Build {
    let mut build = Build::new("narrowed", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    let named = |name: &str, script: &str| Step { name: Some(name.to_owned()), ..run(script) };
    let steps = vec![named("install", "npm ci"), named("sign", "./sign.sh"), named("upload", "./upload.sh")];
    let mut work = body(steps, &[]);
    let narrow = |held: Held, step: &str| Narrowed {
        held,
        steps: vec![(step.to_owned(), origin())],
        origin: origin(),
    };
    let secret = |name: &str| Secret { variable: name.to_owned(), file: false, origin: origin() };
    work.secrets = vec![secret("KEY"), secret("LOGIN")];
    work.rights = vec![(Right::Releases, origin())];
    work.narrowed =
        vec![narrow(Held::Secret("KEY".to_owned()), "sign"), narrow(Held::Right(Right::Releases), "upload")];
    build.node("release", NodeKind::Job, work, &[]);
    build
}

/// A job whose token a raw step must not have.
fn beside_raw() -> Build {
    let mut build = narrowed();
    let body = &mut build.pipeline.nodes[0].body;
    body.secrets.clear();
    body.narrowed.retain(|narrowed| matches!(narrowed.held, Held::Right(_)));
    body.engines = vec![EngineBlock {
        target: "github".to_owned(),
        because: "the runner tells it only there".to_owned(),
        steps: vec![EngineStep::Run(run("./tell.sh"))],
        position: 3,
        origin: origin(),
    }];
    build
}

/// Which of the variables the step of a script has.
fn held<'v>(text: &str, script: &str, variables: &[&'v str]) -> Vec<&'v str> {
    let run = format!("\n        run: {script}");
    let step = text.split("\n      - ").find(|step| step.contains(&run)).expect("a step with this script");
    let is_held = |variable: &&&str| step.contains(&format!("\n          {variable}: "));
    variables.iter().filter(is_held).copied().collect()
}

#[test]
fn only_the_named_steps_have_what_is_narrowed() {
    let build = narrowed();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    let held = |script| held(&file.text, script, &["KEY", "LOGIN", "PIPE_TOKEN"]);
    assert_eq!(held("npm ci"), ["LOGIN"]);
    assert_eq!(held("./sign.sh"), ["KEY", "LOGIN"]);
    assert_eq!(held("./upload.sh"), ["LOGIN", "PIPE_TOKEN"]);
}

#[test]
fn a_raw_step_is_no_named_step() {
    let build = beside_raw();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    assert_eq!(held(&file.text, "./upload.sh", &["PIPE_TOKEN"]), ["PIPE_TOKEN"]);
    assert_eq!(held(&file.text, "./tell.sh", &["PIPE_TOKEN"]), [""; 0]);
}

const KEY: &str = "          KEY: ${{ secrets.KEY }}\n";
const WITH_TOKEN: &str = "        env:\n          PIPE_TOKEN: ${{ github.token }}\n";
const TOKEN: &str = "          PIPE_TOKEN: ${{ github.token }}\n";

broken! {
    a_secret_of_another_step: narrowed {
        "release": "        run: npm ci\n" => &format!("{}        run: npm ci\n", KEY)
    } "its scripts are given `KEY`";
    the_token_of_another_step: narrowed {
        "release": "        run: npm ci\n" => &format!("{}        run: npm ci\n", TOKEN)
    } "its scripts are given `PIPE_TOKEN`";
    the_token_in_a_raw_step: beside_raw {
        "release": "        run: ./tell.sh\n" => &format!("{}        run: ./tell.sh\n", WITH_TOKEN)
    } "its scripts are given `PIPE_TOKEN`";
    a_secret_of_the_whole_job: narrowed {
        "release": "    steps:\n" => "    env:\n      KEY: ${{ secrets.KEY }}\n    steps:\n"
    } "`KEY`";
    a_step_without_its_secret: narrowed {
        "release": KEY => ""
    } "`KEY`";
}
