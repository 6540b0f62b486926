//! Deploys on a plan without environments, which record themselves.

use crate::broken::{broken, edited};
use crate::sample::{Build, artefact, body, deploy, origin, push, run};
use crate::whole::{compiled, findings};
use pipec_ir::{ArtefactType, Checkout, Condition, GeneratedFile, Platform, Secret, Text, Tier, Visibility};

/// What the workspace says of a private repository.
pub(crate) fn private(plan: &str) -> Platform {
    Platform {
        visibility: Visibility::Private,
        plan: Some(plan.to_owned()),
        secrets_shared: Some(("everybody who may push here may deploy".to_owned(), origin())),
        origin: origin(),
    }
}

/// A deploy to an environment with an address and a secret, in a private repository on the plan `free`.
fn free() -> Build {
    let mut build = Build::new("free", vec![push(&["main"])]);
    build.program.platforms.insert("github".to_owned(), private("free"));
    build.stage("commit", Condition::Always);
    let kind = artefact(ArtefactType::Binary, &["target/release/app"]);
    build.node("app", kind, body(vec![run("cargo build --release --locked")], &[]), &[]);
    build.stage("release", Condition::Always);
    let mut body = body(vec![run("./deploy.sh \"$APP_PATH\"")], &["app"]);
    body.checkout = Checkout::None;
    build.node("deploy-app-to-staging", deploy(&["app"], "staging"), body, &[]);
    let staging = build.environment("staging", Tier::Staging);
    staging.url = Some(Text::literal("https://shop.example"));
    staging.secrets = vec![Secret { variable: "TOKEN".to_owned(), file: false, origin: origin() }];
    build
}

#[test]
fn a_deploy_without_environments_is_proved() {
    let build = free();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    assert!(!file.text.contains("environment:"), "{}", file.text);
}

#[test]
fn what_the_workspace_says_of_the_platform_decides_whether_a_deploy_enters_an_environment() {
    let (without, mut with) = (free(), free());
    with.program.platforms.clear();
    let (alone, entering) = (compiled(&without), compiled(&with));
    assert_eq!(findings(&with, &entering), [""; 0], "{}", entering.text);
    let said = findings(&with, &alone).join("\n");
    assert!(said.contains("it has no environment"), "{said}");
    let said = findings(&without, &entering).join("\n");
    assert!(said.contains("it has an environment"), "{said}");
}

const RECORD: &str = "      - name: Record the deployment\n        env:\n";
const OF: &str = "          ENVIRONMENT: staging\n          URL:";

broken! {
    a_deployment_that_is_always_recorded: free {
        "deploy-app-to-staging": RECORD => "      - name: Record the deployment\n        if: ${{ always() }}\n        env:\n"
    } "runs the step `Record the deployment` where it may not";
    a_deployment_that_is_never_recorded: free {
        "deploy-app-to-staging": RECORD => "      - name: Record the deployment\n        if: ${{ false }}\n        env:\n"
    } "is green without the step `Record the deployment`";
    a_record_whose_failure_is_ignored: free {
        "deploy-app-to-staging": RECORD => "      - name: Record the deployment\n        continue-on-error: true\n        env:\n"
    } "the job ignores a failure that counts";
    another_environment_in_the_record: free {
        "deploy-app-to-staging": OF => "          ENVIRONMENT: production\n          URL:"
    } "it records another environment or address";
    an_environment_of_the_platform_in_the_record: free {
        "deploy-app-to-staging": OF => "          ENVIRONMENT: ${{ vars.WHERE }}\n          URL:"
    } "it records another environment or address";
    another_address_in_the_record: free {
        "deploy-app-to-staging": "          URL: https://shop.example" => "          URL: https://evil.example"
    } "it records another environment or address";
    a_record_that_says_success_of_another_state: free {
        "deploy-app-to-staging": "-f state=success" => "-f state=failure"
    } "the source asks for no such step";
    a_record_without_its_right: free {
        "deploy-app-to-staging": "      deployments: write" => "      deployments: read"
    } "it has `deployments: read`, where its clauses ask for `write`";
    an_environment_that_nothing_protects: free {
        "deploy-app-to-staging": "    timeout-minutes: 10\n" => "    timeout-minutes: 10\n    environment: staging\n"
    } "it has an environment";
}

#[test]
fn a_deployment_is_recorded_once_and_behind_all_scripts() {
    let build = free();
    let file = compiled(&build);
    let (before, from_step) =
        file.text.split_once("      - name: Record the deployment\n").expect("the step");
    let (script, after) = from_step.split_once("\n\n").expect("the end of the job");
    let step = format!("      - name: Record the deployment\n{script}\n");
    let said = |text: String| findings(&build, &GeneratedFile { text, ..file.clone() }).join("\n");
    let without = format!("{before}\n{after}");
    assert!(said(without.clone()).contains("0 steps of the kind `record-deployment`, not 1"));
    let early = without.replacen("      - name: deploy\n", &format!("{step}      - name: deploy\n"), 1);
    let found = said(early);
    assert!(found.contains("it does not record what it has deployed once its scripts are done"), "{found}");
}
