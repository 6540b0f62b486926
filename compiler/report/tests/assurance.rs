//! What is guaranteed, as people and programs get it.

use pipec_base::Sources;
use pipec_ir::{Assurance, Exception, Guarantee, Origin, PipelineAssurance, Standing, TargetGuarantee};
use pipec_report::Colour;
use pipec_report::assurance::{Told, unproven};

fn given(target: Option<&'static str>, guarantee: Guarantee) -> TargetGuarantee {
    TargetGuarantee { target, guarantee }
}

fn assurance(sources: &mut Sources) -> Assurance {
    let file = sources.add("shop.pipe", "pipeline shop {\n  exempt\n");
    let origin = Origin::at(sources.span(file, 18, 24));
    let production = |guarantee: Guarantee| guarantee.of("production");
    let proved = Guarantee::new(
        Standing::Proved,
        "no-skipped-gates",
        "no deploy starts unless unit has passed",
        "P0401",
    );
    let emitted = Guarantee::new(Standing::Emitted, "lock", "one deploy at a time", "`concurrency`");
    let assumed = Guarantee::new(
        Standing::Assumed,
        "environment",
        "the environment `production` lets in only the branches `main`, `release/*`",
        "one-path",
    );
    let whole = Guarantee::new(Standing::Assumed, "protected", "a ruleset for the branch `main`", "one-path");
    let exception = |kind, says: &str, node: Option<&str>| Exception {
        kind,
        node: node.map(str::to_owned),
        says: says.to_owned(),
        because: "there is *no* migration".to_owned(),
        origin: origin.clone(),
    };
    let shop = PipelineAssurance {
        pipeline: "shop".to_owned(),
        environments: vec!["staging".to_owned(), "production".to_owned()],
        guarantees: vec![
            given(None, production(proved.clone())),
            given(None, proved.of("staging")),
            given(Some("github"), production(emitted)),
            given(Some("github"), production(assumed)),
            given(Some("github"), whole.clone()),
        ],
        exceptions: vec![exception(
            "exempt",
            "migrations is exempt unless schema changed",
            Some("migrations"),
        )],
        steps: 12,
        engine_steps: 3,
    };
    let library = PipelineAssurance {
        pipeline: "library".to_owned(),
        guarantees: vec![given(Some("github"), whole)],
        ..PipelineAssurance::default()
    };
    Assurance {
        pipelines: vec![shop, library],
        allowed: vec![exception("allow", "P0901 is allowed until 2027-01-31", None)],
    }
}

#[test]
fn everything_is_told_by_environment_in_three_forms() {
    let mut sources = Sources::new();
    let assurance = assurance(&mut sources);
    let told = Told { assurance: &assurance, sources: &sources, environment: None };
    let terminal = told.terminal(80, Colour::Never);
    assert!(terminal.lines().all(|line| line.chars().count() <= 80), "{terminal}");
    insta::assert_snapshot!(format!("{terminal}\n----\n{}\n----\n{}", told.markdown(), told.json()));
}

#[test]
fn one_environment_leaves_out_the_others_and_who_does_not_enter_it() {
    let mut sources = Sources::new();
    let assurance = assurance(&mut sources);
    let told = Told { assurance: &assurance, sources: &sources, environment: Some("production") };
    for text in [told.terminal(80, Colour::Never), told.markdown()] {
        assert!(text.contains("one deploy at a time") && text.contains("a ruleset"), "{text}");
        assert!(!text.contains("staging") && !text.contains("library"), "{text}");
    }
    let read: serde_json::Value = serde_json::from_str(&told.json()).unwrap();
    assert_eq!(read["pipelines"].as_array().map(Vec::len), Some(1));
    assert_eq!(read["pipelines"][0]["guarantees"].as_array().map(Vec::len), Some(4));
}

#[test]
fn of_what_is_not_proven_nothing_is_claimed() {
    let read: serde_json::Value = serde_json::from_str(&unproven()).unwrap();
    assert_eq!(read["proven"], false);
    assert_eq!(read["pipelines"], serde_json::json!([]));
}
