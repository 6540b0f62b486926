//! Every claim has a sentence, in neutral words.

use pipec_base::codes;
use pipec_claims::{
    Assumption, AssumptionKind, Authority, BranchProtection, BuildOnce, Checklist, CloudTrust,
    EveryChangeTravels, ExceptionKind, Forward, NEUTRAL, NoSkippedGates, OnePath, ProductionPath, Reason,
    Reliance, ReviewPurpose, Reviewers, SecretPlace, Setting, TagOperation, Task, Theorem, TheoremId, Trust,
    TrustedTokens, Words,
};
use pipec_ir::{Change, Exemption, Fact, Lock, MemberKind, Provider, Right, VersionPart};
use std::collections::BTreeSet;

fn name(name: &str) -> String {
    name.to_owned()
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|it| name(it)).collect()
}

/// One theorem for each id, with parameters. Some ids have several.
fn theorems() -> Vec<Theorem> {
    let environment = || name("production");
    let preview = || name("preview");
    vec![
        Theorem::FactsThere,
        Theorem::NoSkippedGates(NoSkippedGates { environment: environment(), ..NoSkippedGates::default() }),
        Theorem::NoSkippedGates(NoSkippedGates {
            environment: environment(),
            gates: names(&["unit", "scan"]),
            may_be_exempt: true,
            may_be_overridden: true,
            evidence: names(&["test", "security"]),
            parts: names(&["app", "web"]),
        }),
        Theorem::NoMissedChanges,
        Theorem::OverridesApply,
        Theorem::KeptCaches,
        Theorem::OnePath(OnePath { environment: preview(), is_open_to_members: true, production: None }),
        Theorem::OnePath(OnePath {
            environment: environment(),
            is_open_to_members: false,
            production: Some(ProductionPath { parts: names(&["app"]), refs: names(&["main", "v*"]) }),
        }),
        Theorem::Promotion {
            environment: environment(),
            parts: names(&["app"]),
            before: names(&["staging"]),
        },
        Theorem::HeldAlone {
            environment: environment(),
            secrets: names(&["TOKEN"]),
            identities: vec![Provider::Aws],
        },
        build_once(&["app"], [&[], &[], &[]]),
        build_once(&["app", "web"], [&["web"], &[], &[]]),
        build_once(&["app", "web"], [&[], &["app"], &[]]),
        build_once(&["app", "web"], [&["web"], &["app", "web"], &[]]),
        build_once(&["app", "web"], [&[], &[], &["app"]]),
        Theorem::EveryChangeTravels(EveryChangeTravels { asks_for_changes: true }),
        Theorem::EveryChangeTravels(EveryChangeTravels { asks_for_changes: false }),
        Theorem::Budget { run: Some(3_600_000), stages: vec![(name("commit"), 90_000)] },
        Theorem::StartsOnlyWhenDue,
        Theorem::EnteredByDeploysOnly,
        Theorem::HeldByDeploysOnly,
        Theorem::LeastAuthority { identities: false },
        Theorem::LeastAuthority { identities: true },
        Theorem::ScriptsArrive,
        Theorem::Order,
        Theorem::Timeout,
        Theorem::Verdict,
        Theorem::SameDigest,
        Theorem::OneAttempt,
        Theorem::Override { gate: name("scan"), role: name("security") },
        Theorem::UntrustedEmpty { previews: Vec::new() },
        Theorem::UntrustedEmpty { previews: vec![preview()] },
        Theorem::OwnJobs { limits: vec![(name("plan"), 10), (name("verdict"), 5)] },
        Theorem::Lock {
            environment: environment(),
            pipeline: name("shop"),
            lock: Lock::Queue,
            is_preview: false,
        },
        Theorem::Lock {
            environment: environment(),
            pipeline: name("shop"),
            lock: Lock::Newest,
            is_preview: false,
        },
        Theorem::Lock { environment: preview(), pipeline: name("shop"), lock: Lock::Queue, is_preview: true },
        Theorem::NeverBackwards { environment: environment(), forward: Forward::History },
        Theorem::NeverBackwards { environment: environment(), forward: Forward::Version { within: None } },
        Theorem::NeverBackwards {
            environment: environment(),
            forward: Forward::Version { within: Some(VersionPart::Major) },
        },
        Theorem::NeverBackwards { environment: preview(), forward: Forward::PullRequest },
        Theorem::Teardown { environment: preview(), file: name("shop-teardown.yml") },
        Theorem::Approval { environment: environment(), not_author: false },
        Theorem::Approval { environment: environment(), not_author: true },
        Theorem::Rollback { environment: environment() },
        Theorem::Window { environment: environment() },
        Theorem::Afterwards,
        Theorem::Admission,
        Theorem::StartsWheneverDue,
        Theorem::StartsOnce,
        Theorem::DecidedByScripts,
        Theorem::StepOrder,
        Theorem::StepInputs,
        Theorem::Legs,
        Theorem::Repetition,
        Theorem::Measures,
        Theorem::Machines,
        Theorem::Pins,
        Theorem::CacheKeepers,
        Theorem::RawSteps,
        Theorem::PlannedFacts,
        Theorem::RunExclusion,
        Theorem::CheckNames,
        Theorem::Record,
        Theorem::PreviewEntry { environment: preview() },
    ]
}

fn build_once(artefacts: &[&str], [reading_caches, reading_settings, reading_run]: [&[&str]; 3]) -> Theorem {
    Theorem::BuildOnce(BuildOnce {
        artefacts: names(artefacts),
        reading_caches: names(reading_caches),
        reading_settings: names(reading_settings),
        reading_run: names(reading_run),
    })
}

fn settings() -> Vec<Setting> {
    let environment = || name("production");
    let team = Reviewers { role: name("lead"), member: Some((MemberKind::Team, name("acme/leads"))) };
    let role = Reviewers { role: name("lead"), member: None };
    let trust = |tokens| Setting::CloudTrust(CloudTrust { provider: Provider::Aws, role: name("r"), tokens });
    let refs = |branches: &[&str], tags: &[&str]| Setting::EnvironmentRefs {
        environment: environment(),
        branches: names(branches).into_iter().collect(),
        tags: names(tags).into_iter().collect(),
    };
    vec![
        Setting::BranchRule { branch: name("main"), protections: BranchProtection::ALL.into() },
        Setting::TagRule { tag: name("v*"), restricted: TagOperation::ALL.into() },
        Setting::RequiredCheck { check: name("shop"), branch: name("main") },
        refs(&["main", "release/*"], &[]),
        refs(&[], &["v*"]),
        refs(&["main"], &["v*"]),
        Setting::EnvironmentReviewers {
            environment: environment(),
            reviewers: team,
            minimum: 1,
            purpose: ReviewPurpose::Deploys { prevents_self_review: true, forbids_bypass: true },
        },
        Setting::EnvironmentReviewers {
            environment: environment(),
            reviewers: role.clone(),
            minimum: 2,
            purpose: ReviewPurpose::Deploys { prevents_self_review: false, forbids_bypass: true },
        },
        Setting::EnvironmentReviewers {
            environment: name("shop-override-scan"),
            reviewers: role,
            minimum: 1,
            purpose: ReviewPurpose::Overrides { gate: name("scan") },
        },
        Setting::PreviewEnvironment { environment: name("preview"), into: BTreeSet::from([name("main")]) },
        Setting::Secret {
            name: name("TOKEN"),
            place: SecretPlace::Environment(environment()),
            absent_from: vec![SecretPlace::Repository, SecretPlace::Organisation],
        },
        Setting::Secret { name: name("TOKEN"), place: SecretPlace::Repository, absent_from: Vec::new() },
        Setting::Variable { name: name("API_URL"), environment: Some(environment()) },
        Setting::Variable { name: name("API_URL"), environment: None },
        Setting::Variable { name: name("REGION"), environment: None },
        trust(TrustedTokens::OfEnvironment { environment: environment(), is_shared: false }),
        trust(TrustedTokens::OfEnvironment { environment: environment(), is_shared: true }),
        trust(TrustedTokens::OfRefs {
            environment: environment(),
            branches: BTreeSet::from([name("main")]),
            tags: BTreeSet::from([name("v*")]),
            is_shared: false,
        }),
        trust(TrustedTokens::OfNodes { environments: vec![name("shop-web"), name("shop-api")] }),
        trust(TrustedTokens::OfRepository { nodes: vec![name("scan")] }),
        trust(TrustedTokens::OfRepository { nodes: vec![name("web"), name("api")] }),
        Setting::RunnerTools {
            runners: names(&["macos-15", "ubuntu-24.04"]),
            tools: names(&["bash", "tar"]),
            deploy_tools: names(&["gh"]),
        },
    ]
}

fn trusts() -> Vec<Trust> {
    let environment = || name("production");
    let node = || name("unit");
    vec![
        Trust::Pushers {
            node: node(),
            authority: vec![
                Authority::Right(Right::Packages),
                Authority::Identity { provider: Provider::Aws, role: name("r") },
                Authority::ImagePush { image: name("ghcr.io/acme/app") },
            ],
        },
        Trust::OverrideReviews { role: name("security"), gate: name("scan") },
        Trust::Sweep { file: name("shop-teardown.yml") },
        Trust::SoleDeployer {
            environment: environment(),
            group: name("pipec-deploy-production/shop"),
            most_waiting: 100,
        },
        Trust::RollbackTime { environment: environment(), minutes: 5 },
        Trust::QuietEnvironment { environment: environment(), readers: names(&["journeys"]) },
        Trust::BuildMachine { node: node(), image: name("ghcr.io/acme/app") },
        Trust::Action { name: name("actions/checkout"), version: name("v6"), commit: "0123456789".repeat(4) },
        Trust::Image { reference: name("postgres:17") },
        Trust::Image { reference: name("postgres@sha256:0") },
        Trust::Attempts { node: node(), because: name("the mirror is flaky") },
        Trust::Bystanders { node: node(), variable: name("KEY"), scripts: 2, of: 3 },
        Trust::RawSteps { node: node(), because: name("no task does it") },
        Trust::RawInput { node: node(), action: name("a/b"), input: name("title"), fact: Fact::BranchName },
        Trust::OpenRefs { branches: BTreeSet::from([name("main")]), tags: BTreeSet::new() },
        Trust::CacheScope,
        Trust::Decides { variable: name("API_URL"), node: node() },
    ]
}

#[test]
fn every_theorem_has_a_sentence_with_its_basis() {
    let theorems = theorems();
    let ids: BTreeSet<TheoremId> = theorems.iter().map(Theorem::id).collect();
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), TheoremId::ALL);
    let lines: Vec<String> = theorems
        .iter()
        .map(|it| {
            let (id, environment) = (it.id(), it.environment().unwrap_or("-"));
            let standing = id.standing().word();
            format!(
                "{id:?} {} {standing} {environment}: {}\n    {}",
                id.kind(),
                NEUTRAL.theorem(it),
                NEUTRAL.basis(it)
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_setting_and_every_trust_has_a_sentence() {
    let settings = settings().into_iter().map(Assumption::from);
    let all: Vec<Assumption> = settings.chain(trusts().into_iter().map(Assumption::from)).collect();
    let kinds: BTreeSet<AssumptionKind> = all.iter().map(Assumption::kind).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), AssumptionKind::ALL);
    let lines: Vec<String> = all
        .iter()
        .map(|it| {
            let says = match it {
                Assumption::Setting(setting) => NEUTRAL.setting(setting),
                Assumption::Trust(trust) => NEUTRAL.trust(trust),
            };
            format!("{}: {says}", it.kind().word())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// The longest short sentence with few names, in characters.
const LONGEST: usize = 80;

#[test]
fn every_listed_theorem_has_a_short_sentence() {
    let listed: Vec<Theorem> = theorems().into_iter().filter(|it| it.id().is_listed()).collect();
    let lines: Vec<String> = listed
        .iter()
        .map(|it| {
            let short = NEUTRAL.short_theorem(it);
            assert!(short.chars().count() <= LONGEST, "{short}");
            format!("{:?}: {short}", it.id())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_setting_is_a_task_at_a_place() {
    let settings = settings();
    let mut lines: Vec<String> = settings
        .iter()
        .map(|it| format!("{}: {}", NEUTRAL.places(&[it.place()]), NEUTRAL.task(&Task::from(it))))
        .collect();
    lines.push("as a checklist:".to_owned());
    for group in Checklist::of(&settings).groups {
        lines.push(NEUTRAL.places(&group.places));
        lines.extend(group.tasks.iter().map(|task| format!("    {}", NEUTRAL.task(task))));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn statements_of_one_kind_are_one_short_sentence() {
    let trusts = trusts();
    let all: Vec<&Trust> = trusts.iter().collect();
    let lines = NEUTRAL.short_trusts(&all);
    let kinds: BTreeSet<_> = trusts.iter().map(std::mem::discriminant).map(|it| format!("{it:?}")).collect();
    assert_eq!(lines.len(), kinds.len());
    // A statement of two pipelines is said once.
    assert_eq!(NEUTRAL.short_trusts(&[all.clone(), all].concat()), lines);
    insta::assert_snapshot!(lines.join("\n"));
}

/// Every variant must have an entry in the lists above. Otherwise this does not compile.
#[test]
fn the_lists_have_every_variant() {
    let of_setting = |setting: &Setting| match setting {
        Setting::BranchRule { .. } => 0,
        Setting::TagRule { .. } => 1,
        Setting::RequiredCheck { .. } => 2,
        Setting::EnvironmentRefs { .. } => 3,
        Setting::EnvironmentReviewers { .. } => 4,
        Setting::PreviewEnvironment { .. } => 5,
        Setting::Secret { .. } => 6,
        Setting::CloudTrust(_) => 7,
        Setting::RunnerTools { .. } => 8,
        Setting::Variable { .. } => 9,
    };
    let of_trust = |trust: &Trust| match trust {
        Trust::Pushers { .. } => 0,
        Trust::OverrideReviews { .. } => 1,
        Trust::Sweep { .. } => 2,
        Trust::SoleDeployer { .. } => 3,
        Trust::RollbackTime { .. } => 4,
        Trust::QuietEnvironment { .. } => 5,
        Trust::BuildMachine { .. } => 6,
        Trust::Action { .. } => 7,
        Trust::Image { .. } => 8,
        Trust::Attempts { .. } => 9,
        Trust::RawSteps { .. } => 10,
        Trust::RawInput { .. } => 11,
        Trust::CacheScope => 12,
        Trust::Decides { .. } => 13,
        Trust::OpenRefs { .. } => 14,
        Trust::Bystanders { .. } => 15,
    };
    assert_eq!(settings().iter().map(of_setting).collect::<BTreeSet<_>>(), (0..10).collect());
    assert_eq!(trusts().iter().map(of_trust).collect::<BTreeSet<_>>(), (0..16).collect());
}

#[test]
fn claims_that_rely_on_an_assumption_are_named() {
    let all = [
        Reliance::from([TheoremId::NeverBackwards, TheoremId::Lock]),
        Reliance::MergedChanges,
        Reliance::Callers,
        Reliance::JobsOfImage,
        Reliance::CacheReaders,
        Reliance::Successors { node: name("unit") },
        Reliance::Jobs { file: name("shop.yml") },
    ];
    let lines: Vec<String> = all.iter().map(|it| NEUTRAL.reliance(it)).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn every_exception_has_a_sentence_with_its_reason() {
    let node = || name("unit");
    let unless = Exemption::UnlessChanged(vec![Change::Kind(name("schema"))]);
    let written = || Reason::Written(name("as it is"));
    let all = [
        (ExceptionKind::Advisory { gate: node() }, written()),
        (ExceptionKind::Exempt { gate: node(), when: unless }, written()),
        (ExceptionKind::Exempt { gate: node(), when: Exemption::OnFork }, written()),
        (ExceptionKind::Override { gate: node(), role: name("lead") }, Reason::GivenWithEachUse),
        (ExceptionKind::Irreversible { deploy: node() }, written()),
        (ExceptionKind::AnyDirection { environment: name("bench") }, written()),
        (
            ExceptionKind::SharedSecrets { target: name("github"), secrets: names(&["TOKEN", "KEY"]) },
            written(),
        ),
        (ExceptionKind::Cache { artefact: node(), path: name("target") }, Reason::KeptByTrustedRuns),
        (ExceptionKind::Retry { node: node() }, written()),
        (ExceptionKind::Engine { node: node(), target: name("github") }, written()),
        (ExceptionKind::Allow { code: codes::P0901, until: Some((2027, 1, 31)) }, written()),
        (ExceptionKind::Allow { code: codes::P0901, until: None }, written()),
    ];
    let lines: Vec<String> = all
        .iter()
        .map(|(what, because)| {
            let node = what.node().unwrap_or("-");
            format!("{} {node}: {}: {}", what.word(), what.sentence(), because.sentence())
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// The reference has a row for each theorem: its kind, subject, standing, findings and statement.
#[test]
fn the_reference_has_a_row_for_every_theorem_and_no_other() {
    let reference = include_str!("../../docs/proofs.md");
    let section = reference.split("\n## All theorems\n").nth(1).expect("the section");
    let section = section.split("\n## ").next().expect("its text");
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
    let expected: Vec<String> = TheoremId::ALL.iter().map(|id| row(*id)).collect();
    assert_eq!(rows, expected, "the rows should be:\n{}", expected.join("\n"));
}

fn row(id: TheoremId) -> String {
    let subject = match id.subject() {
        pipec_claims::Subject::Source => "the source",
        pipec_claims::Subject::Output => "the output",
    };
    let listed = if id.is_listed() { id.standing().word() } else { "" };
    let codes: Vec<String> = id.codes().map(|code| code.to_string()).collect();
    format!("| `{}` | {subject} | {listed} | {} | {} |", id.kind(), codes.join(", "), id.summary())
}
