//! Deploys that go forward by history, by version, or in any direction.

use crate::broken::{broken, edited};
use crate::sample::{Build, artefact, body, deploy, origin, push, run, tag};
use crate::whole::{compiled, findings};
use pipec_ir::{ArtefactType, Checkout, Condition, Direction, Event, GeneratedFile, Tier, VersionPart};

/// A tag that is deployed to an environment of each direction.
fn directions() -> Build {
    let mut build = Build::new("directions", vec![push(&["main"]), tag(&["v*"])]);
    build.stage("commit", Condition::Always);
    let kind = artefact(ArtefactType::Binary, &["target/release/app"]);
    build.node("app", kind, body(vec![run("cargo build --release --locked")], &[]), &[]);
    build.stage("release", Condition::Event(Event::Tag));
    let because = "each developer tries what they like".to_owned();
    let all = [
        ("history", Direction::History),
        ("version", Direction::Version { within: None, origin: origin() }),
        ("major", Direction::Version { within: Some(VersionPart::Major), origin: origin() }),
        ("any", Direction::Any { because, origin: origin() }),
    ];
    for (name, direction) in all {
        let mut body = body(vec![run("./deploy.sh \"$APP_PATH\"")], &["app"]);
        body.checkout = Checkout::None;
        build.node(&format!("deploy-app-to-{name}"), deploy(&["app"], name), body, &[]);
        build.environment(name, Tier::Testing).direction = direction;
    }
    build
}

#[test]
fn every_direction_is_proved() {
    let build = directions();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
}

const ONLY_FORWARD: &str = "      - name: Only forward\n        env:\n";

broken! {
    versions_that_nobody_compares: directions {
        "deploy-app-to-version": "              exit 1\n            done < runs" => "              exit 0\n            done < runs"
    } "the source asks for no such step";
    versions_that_are_compared_with_another_environments: directions {
        "deploy-app-to-version": "          ENVIRONMENT: version\n" => "          ENVIRONMENT: major\n"
    } "another environment, workflow or line of versions";
    versions_that_are_compared_with_another_workflows: directions {
        "deploy-app-to-version": "          WORKFLOW: directions.yml\n" => "          WORKFLOW: other.yml\n"
    } "another environment, workflow or line of versions";
    versions_that_are_compared_with_those_of_a_line: directions {
        "deploy-app-to-version": "          WITHIN: \"\"\n" => "          WITHIN: major\n"
    } "another environment, workflow or line of versions";
    a_line_of_another_part: directions {
        "deploy-app-to-major": "          WITHIN: major\n" => "          WITHIN: minor\n"
    } "another environment, workflow or line of versions";
    a_line_that_the_platform_knows: directions {
        "deploy-app-to-major": "          WITHIN: major\n" => "          WITHIN: ${{ vars.WITHIN }}\n"
    } "another environment, workflow or line of versions";
    a_direction_that_is_not_asked_for: directions {
        "deploy-app-to-any": "    steps:\n" => &format!("    steps:\n{ONLY_FORWARD}          ENVIRONMENT: any\n        run: \"true\"\n")
    } "the source asks for no such step";
    a_version_without_its_condition: directions {
        "deploy-app-to-version": ONLY_FORWARD => "      - name: Only forward\n        if: ${{ github.ref_type == 'branch' }}\n        env:\n"
    } "is green without the step `Only forward`";
    a_right_that_only_histories_need: directions {
        "deploy-app-to-version": "      actions: read" => "      contents: read\n      actions: read"
    } "it has `contents: read`, which no clause asks for";
    a_history_without_its_commits: directions {
        "deploy-app-to-history": "      contents: read" => "      # contents"
    } "it lacks `contents: read`";
}
