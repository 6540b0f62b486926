//! Guarantees in the forms for people and for programs.

use pipec_base::{Sources, codes};
use pipec_claims::{
    Assumed, Assurance, BranchProtection, Claim, Exception, ExceptionKind, Guarantee, NoSkippedGates,
    PipelineAssurance, Reason, Setting, Theorem, TheoremId, Words,
};
use pipec_ir::{Change, Exemption, Lock, Origin};
use pipec_report::Colour;
use pipec_report::assurance::{AssuranceReport, unproven};

/// Short words, so that a snapshot shows the layout.
#[derive(Debug)]
struct Short;

impl Words for Short {
    fn theorem(&self, theorem: &Theorem) -> String {
        match theorem {
            Theorem::Lock { .. } => "one deploy at a time".to_owned(),
            _ => "no deploy starts unless unit has passed".to_owned(),
        }
    }

    fn basis(&self, theorem: &Theorem) -> String {
        match theorem {
            Theorem::Lock { .. } => "`concurrency`".to_owned(),
            _ => "P0401".to_owned(),
        }
    }

    fn setting(&self, setting: &Setting) -> String {
        match setting {
            Setting::BranchRule { branch, .. } => format!("a ruleset for the branch `{branch}`"),
            other => pipec_claims::NEUTRAL.setting(other),
        }
    }
}

fn proved(environment: &str) -> Guarantee {
    let environment = environment.to_owned();
    Guarantee::of_source(Theorem::NoSkippedGates(NoSkippedGates { environment, ..NoSkippedGates::default() }))
}

fn of_github(claim: Claim) -> Guarantee {
    Guarantee::of_target("github", claim)
}

fn assurance(sources: &mut Sources) -> Assurance {
    let file = sources.add("shop.pipe", "pipeline shop {\n  exempt\n");
    let origin = Origin::at(sources.span(file, 18, 24));
    let production = "production".to_owned();
    let emitted = of_github(Claim::Theorem(Theorem::Lock {
        environment: production.clone(),
        pipeline: "shop".to_owned(),
        lock: Lock::Queue,
        is_preview: false,
    }));
    let refs = Setting::EnvironmentRefs {
        environment: production.clone(),
        branches: ["main".to_owned(), "release/*".to_owned()].into(),
        tags: Default::default(),
    };
    let assumed = of_github(Claim::Assumed(Assumed::new(refs, [TheoremId::OnePath]).of(production)));
    let rule = Setting::BranchRule { branch: "main".to_owned(), protections: BranchProtection::ALL.into() };
    let whole = of_github(Claim::Assumed(Assumed::new(rule, [TheoremId::OnePath])));
    let exception = |what| Exception {
        what,
        because: Reason::Written("there is *no* migration".to_owned()),
        origin: origin.clone(),
    };
    let exempt = ExceptionKind::Exempt {
        gate: "migrations".to_owned(),
        when: Exemption::UnlessChanged(vec![Change::Kind("schema".to_owned())]),
    };
    let shop = PipelineAssurance {
        pipeline: "shop".to_owned(),
        environments: vec!["staging".to_owned(), "production".to_owned()],
        guarantees: vec![proved("production"), proved("staging"), emitted, assumed, whole.clone()],
        exceptions: vec![exception(exempt)],
        steps: 12,
        engine_steps: 3,
    };
    let library = PipelineAssurance {
        pipeline: "library".to_owned(),
        guarantees: vec![whole],
        ..PipelineAssurance::default()
    };
    Assurance {
        pipelines: vec![shop, library],
        allowed: vec![exception(ExceptionKind::Allow { code: codes::P0901, until: Some((2027, 1, 31)) })],
        words: vec![(None, &Short), (Some("github"), &Short)],
    }
}

#[test]
fn guarantees_are_listed_by_environment_in_three_forms() {
    let mut sources = Sources::new();
    let assurance = assurance(&mut sources);
    let report = AssuranceReport { assurance: &assurance, sources: &sources, environment: None };
    let terminal = report.detail(80, Colour::Never);
    assert!(terminal.lines().all(|line| line.chars().count() <= 80), "{terminal}");
    insta::assert_snapshot!(format!("{terminal}\n----\n{}\n----\n{}", report.markdown(), report.json()));
}

#[test]
fn the_overview_lists_each_setting_once_by_place() {
    let mut sources = Sources::new();
    let assurance = assurance(&mut sources);
    let report = AssuranceReport { assurance: &assurance, sources: &sources, environment: None };
    for width in [48, 80, 120] {
        let overview = report.overview(width, Colour::Never);
        assert!(overview.lines().all(|line| line.chars().count() <= width), "{overview}");
    }
    let overview = report.overview(80, Colour::Never);
    assert_eq!(overview.matches("add a rule").count(), 1, "{overview}");
    insta::assert_snapshot!(overview);
}

#[test]
fn a_line_of_the_overview_names_the_pipelines_that_it_holds_for() {
    let mut sources = Sources::new();
    let assurance = assurance(&mut sources);
    let shop = assurance.pipelines.first().unwrap().clone();
    let mut other = PipelineAssurance { pipeline: "blog".to_owned(), ..shop.clone() };
    other.guarantees.retain(|given| matches!(given.claim, Claim::Assumed(_)));
    other.exceptions.clear();
    let assurance = Assurance { pipelines: vec![shop, other], ..assurance };
    let report = AssuranceReport { assurance: &assurance, sources: &sources, environment: None };
    let overview = report.overview(80, Colour::Never);
    for line in [
        "shop and blog are proved",
        "✓ shop: no gate comes before it",
        "● the output of shop ensures: one deploy at a time",
        "! shop: migrations is exempt unless schema changed",
        "! no proof covers the raw steps: 3 of 12 steps",
        "☐ accept only the branches `main` and `release/*`",
    ] {
        assert_eq!(overview.matches(line).count(), 1, "{line}: {overview}");
    }
}

#[test]
fn one_environment_leaves_out_other_environments_and_pipelines() {
    let mut sources = Sources::new();
    let assurance = assurance(&mut sources);
    let report =
        AssuranceReport { assurance: &assurance, sources: &sources, environment: Some("production") };
    let texts = [report.overview(80, Colour::Never), report.detail(80, Colour::Never), report.markdown()];
    for text in texts {
        assert!(text.contains("one deploy at a time") && text.contains("rule"), "{text}");
        assert!(!text.contains("staging") && !text.contains("library"), "{text}");
    }
    let read: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(read["pipelines"].as_array().map(Vec::len), Some(1));
    assert_eq!(read["pipelines"][0]["guarantees"].as_array().map(Vec::len), Some(4));
}

#[test]
fn unproven_workspaces_claim_nothing() {
    let read: serde_json::Value = serde_json::from_str(&unproven()).unwrap();
    assert_eq!(read["proven"], false);
    assert_eq!(read["pipelines"], serde_json::json!([]));
}
