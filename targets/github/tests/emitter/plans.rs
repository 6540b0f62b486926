//! What GitHub does not offer a private repository on the plan of its owner.

use crate::one_pipeline;
use crate::programs::*;
use pipec_claims::{Assumption, SecretPlace, Setting, Trust, TrustedTokens};
use pipec_ir::*;
use std::sync::Arc;

/// A program on a plan, in a repository that not everybody sees.
fn on_plan(mut build: Build, plan: &str) -> Build {
    let platform = Platform {
        visibility: Visibility::Private,
        plan: Some(plan.to_owned()),
        secrets_shared: None,
        origin: origin(),
    };
    build.program.platforms.insert("github".to_owned(), platform);
    build
}

fn shared(mut build: Build) -> Build {
    let platform = build.program.platforms.get_mut("github").unwrap();
    platform.secrets_shared = Some(("we are two".to_owned(), origin()));
    build
}

fn edit_production(mut build: Build, change: impl FnOnce(&mut Environment)) -> Build {
    change(Arc::make_mut(&mut build.program.environments).get_mut("production").unwrap());
    build
}

fn approved() -> Build {
    let build = hello().role("lead", &["github"]);
    let approval = Approval { role: "lead".to_owned(), min: 1, not_author: false, origin: origin() };
    edit_production(build, |production| production.approval = Some(approval))
}

fn with_secret() -> Build {
    edit_production(hello(), |production| {
        production.secrets = vec![secret("TOKEN", false)];
    })
}

fn with_right(right: Right) -> Build {
    hello().edit("unit", |node| node.body.rights = vec![(right, origin())])
}

fn with_report() -> Build {
    hello().edit("unit", |node| {
        let path = PathPattern { glob: glob("out.sarif"), origin: origin() };
        node.body.reports = vec![Report { format: ReportFormat::Sarif, path, origin: origin() }];
    })
}

fn in_a_queue() -> Build {
    let mut build = hello();
    build.pipeline.triggers.push(Trigger::MergeQueue(origin()));
    build.pipeline.stages[1].condition = Condition::Event(Event::Push);
    build
}

/// A program, what it lacks on some plans, and these plans.
type Need = (fn() -> Build, &'static str, &'static [&'static str]);

#[test]
fn what_the_plan_does_not_offer_is_refused_at_its_place() {
    let needs: [Need; 7] = [
        (|| with_right(Right::Attestations), "github has no attestations", &["free", "pro", "team"]),
        (|| with_right(Right::Pages), "github has no pages", &["free"]),
        (|| with_right(Right::SecurityEvents), "github has no code scanning", &["free", "pro"]),
        (approved, "github asks nobody to approve a deploy", &["free", "pro", "team"]),
        (in_a_queue, "github has no merge queue", &["free", "pro", "team"]),
        (with_report, "github has no code scanning", &["free", "pro"]),
        (with_secret, "every workflow of every branch could read `TOKEN`", &["free"]),
    ];
    for (program, message, missing) in needs {
        assert_eq!(program().complaints(), [""; 0], "{message}");
        for plan in ["free", "pro", "team", "enterprise"] {
            let said = on_plan(program(), plan).complaints();
            let place = format!("P1101 {message} in a private repository on the plan `{plan}`");
            let expected: Vec<String> = missing.contains(&plan).then_some(place).into_iter().collect();
            assert_eq!(said, expected, "{plan}");
        }
    }
}

#[test]
fn shared_secrets_are_accepted_where_nothing_keeps_them_apart() {
    assert_eq!(shared(on_plan(with_secret(), "free")).complaints(), [""; 0]);
    let said = shared(on_plan(with_secret(), "team")).complaints();
    assert_eq!(
        said,
        ["P1101 github keeps the secrets of each environment apart here, so `secrets shared` says nothing"]
    );
}

#[test]
fn a_public_repository_has_everything_on_every_plan() {
    for plan in ["free", "pro", "team", "enterprise"] {
        for program in [approved, in_a_queue, with_report, with_secret] {
            let mut build = on_plan(program(), plan);
            build.program.platforms.get_mut("github").unwrap().visibility = Visibility::Public;
            assert_eq!(build.complaints(), [""; 0], "{plan}");
        }
    }
}

/// Whoever may push to a branch may use the rights that a deploy has there.
#[test]
fn a_deploy_with_rights_is_named_with_those_who_may_push() {
    let mut build = hello().edit("deploy-app-to-production", |node| {
        node.body.rights = vec![(Right::Issues, origin())];
    });
    build.pipeline.triggers = vec![on_push(&["**"])];
    build.pipeline.protected_branches = globs(&["main"]);
    let pushers = |it: &Assumption| match it {
        Assumption::Trust(Trust::Pushers { node, .. }) => Some(node.clone()),
        _ => None,
    };
    let named: Vec<String> = assumed(&build).iter().filter_map(pushers).collect();
    assert_eq!(named, ["deploy-app-to-production"]);
}

/// An environment that any run may enter has nothing to set.
#[test]
fn nothing_is_set_for_an_environment_of_every_branch() {
    let mut build = hello();
    build.pipeline.triggers.push(Trigger::Manual(Vec::new(), origin()));
    build.pipeline.protected_branches = globs(&["main"]);
    let of_environment = |it: &Assumption| matches!(it, Assumption::Setting(Setting::EnvironmentRefs { .. }));
    assert!(!assumed(&build).iter().any(of_environment));
    build.pipeline.triggers.pop();
    assert!(assumed(&build).iter().any(of_environment));
}

/// What the output assumes.
fn assumed(build: &Build) -> Vec<Assumption> {
    let output = one_pipeline::emit(&build.program, &build.pipeline, true);
    output.assumed.iter().map(|it| it.assumption.clone()).collect()
}

#[test]
fn without_environments_a_cloud_trusts_branches_and_nothing_is_set_there() {
    let identity = || Identity {
        provider: Provider::Aws,
        role: "arn:aws:iam::123456789012:role/shop".to_owned(),
        origin: origin(),
    };
    let program = || {
        let mut build = edit_production(with_secret(), |production| production.identities = vec![identity()]);
        build.pipeline.protected_branches = globs(&["main"]);
        build
    };
    let build = shared(on_plan(program(), "free"));
    let files = build.output().files;
    let found = one_pipeline::verify(&build.program, &build.pipeline, &files).findings;
    assert!(found.is_empty(), "{found:#?}");
    let all = assumed(&build);
    let tokens = all.iter().find_map(|it| match it {
        Assumption::Setting(Setting::CloudTrust(trust)) => Some(&trust.tokens),
        _ => None,
    });
    let main = || ["main".to_owned()].into();
    let production = "production".to_owned();
    let of_main = TrustedTokens::OfRefs {
        environment: production,
        branches: main(),
        tags: [].into(),
        is_shared: false,
    };
    assert_eq!(tokens, Some(&of_main));
    let is_of = |wanted: &Assumption| all.contains(wanted);
    assert!(is_of(&Trust::OpenRefs { branches: main(), tags: [].into() }.into()), "{all:#?}");
    let name = "TOKEN".to_owned();
    let secret = Setting::Secret { name, place: SecretPlace::Repository, absent_from: Vec::new() };
    assert!(is_of(&secret.into()), "{all:#?}");
    let at_github = |it: &&Assumption| {
        matches!(
            it,
            Assumption::Setting(
                Setting::BranchRule { .. }
                    | Setting::TagRule { .. }
                    | Setting::RequiredCheck { .. }
                    | Setting::EnvironmentRefs { .. }
            )
        )
    };
    assert_eq!(all.iter().find(at_github), None);
    assert!(assumed(&program()).iter().any(|it| at_github(&it)), "with environments there are such settings");
}
