//! The words of clauses that this version parses but does not have.
//!
//! To build one, move its word to the table of its block, remove its dagger (†) from the reference, and remove
//! `planned` from its rule.

use super::{
    Block, ClauseWord, ENV, FINALLY_WORD, IDENTITY, RUN, RUNS, SECRET, going_on, listing, many, once, opening,
};

/// A clause that this version parses but does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedWord {
    /// The clause.
    pub clause: ClauseWord,
    /// Its subject: "runs that go on from an earlier one".
    pub subject: &'static str,
}

const fn planned(clause: ClauseWord, subject: &'static str) -> PlannedWord {
    PlannedWord { clause, subject }
}

const STAGE: ClauseWord = opening(many("stage", "stage NAME { … }"), Block::Stage);
const TRAINS: ClauseWord = listing(many("trains", "trains on SOURCE, SOURCE"));
const DERIVED: ClauseWord = listing(many("derived", "derived from SOURCE, SOURCE"));
const SPLIT: ClauseWord = once("split", "split \"which part of the parent\"");
const FORMAT: ClauseWord = going_on(once("format", "format safetensors"), &["because"]);
const LICENCE: ClauseWord = once("licence", "licence \"Apache-2.0\"");
const CACHE: ClauseWord = going_on(many("cache", "cache \"path\" keyed by \"file\""), &["or"]);

const RESUMED: &str = "runs that go on from an earlier one";
const FAMILIES: &str = "families of pipelines";
const CACHES: &str = "caches of several jobs";
const DATA: &str = "data and models with a digest and a licence";
const SERVED: &str = "models that others serve";
const ADVICE: &str = "advice from a model";
const EVALUATION: &str = "evaluation of models";
const SCHEMA: &str = "changes of a schema in two steps";
const REPOSITORIES: &str = "deploying through a repository";
const PLANS: &str = "plans of infrastructure";
const MEMBERS: &str = "pull requests of members";

pub(super) const FAMILY: &[ClauseWord] = &[
    going_on(listing(many("member", "member PIPELINE after PIPELINE")), &["after"]),
    many("emits", "emits ENGINE \"file\""),
    once("owner", "owner ROLE"),
    STAGE,
    FINALLY_WORD,
];
pub(super) const RECORDS: &[ClauseWord] = &[once("keep", "keep 400d"), once("attest", "attest")];
pub(super) const SOURCE: &[ClauseWord] = &[
    once("from", "from \"s3://bucket/folder\""),
    once("digest", "digest \"sha256:…\""),
    once("revision", "revision \"…\""),
    LICENCE,
    FORMAT,
    DERIVED,
    SPLIT,
    TRAINS,
    once("reference", "reference because \"reason\""),
    SECRET,
    IDENTITY,
];
pub(super) const ENDPOINT: &[ClauseWord] = &[
    once("provider", "provider \"name\""),
    once("model", "model \"name\""),
    TRAINS,
    once("retires", "retires 2027-06-30"),
    once("open", "open to members"),
    SECRET,
    IDENTITY,
];
pub(super) const PREDICTOR: &[ClauseWord] = &[
    RUN,
    listing(many("uses", "uses ARTEFACT, ARTEFACT")),
    listing(once("answers", "answers WORD, WORD")),
    ENV,
    RUNS,
    once("timeout", "timeout 2m"),
];

const IN_FILE: &[PlannedWord] = &[
    planned(opening(many("family", "family NAME { … }"), Block::Family), FAMILIES),
    planned(once("repository", "repository \"owner/name\""), "forks that run on their own"),
    planned(opening(once("records", "records { … }"), Block::Records), RESUMED),
    planned(opening(many("dataset", "dataset NAME { … }"), Block::Source), DATA),
    planned(opening(many("model", "model NAME { … }"), Block::Source), DATA),
    planned(opening(many("endpoint", "endpoint NAME { … }"), Block::Endpoint), SERVED),
    planned(opening(many("predictor", "predictor NAME { … }"), Block::Predictor), ADVICE),
];
const IN_PIPELINE: &[PlannedWord] = &[planned(CACHE, CACHES)];
const IN_STAGE: &[PlannedWord] = &[planned(CACHE, CACHES)];
const IN_BODY: &[PlannedWord] = &[
    planned(once("previews", "previews \"registry/image\""), MEMBERS),
    planned(once("sealed", "sealed by SECRET"), PLANS),
    planned(once("expand", "expand"), SCHEMA),
    planned(many("contract", "contract EXPAND after 7d"), SCHEMA),
    planned(many("commit", "commit to git \"owner/name\" file \"path\" set \"key\" = value"), REPOSITORIES),
    planned(many("reconciled", "reconciled by CONTROLLER \"name\" within 20m"), REPOSITORIES),
    planned(TRAINS, DATA),
    planned(DERIVED, DATA),
    planned(SPLIT, DATA),
    planned(listing(many("evaluates", "evaluates on SOURCE, SOURCE")), EVALUATION),
    planned(listing(many("judged", "judged by MODEL, MODEL")), EVALUATION),
    planned(listing(many("serves", "serves on MODEL, MODEL")), SERVED),
    planned(many("embeds", "embeds with MODEL"), SERVED),
    planned(FORMAT, DATA),
    planned(LICENCE, DATA),
    planned(many("order", "order by PREDICTOR"), ADVICE),
    planned(
        listing(many("quarantine", "quarantine \"test\" owner ROLE until 2027-01-31 because \"reason\"")),
        "flaky tests",
    ),
];
const IN_ENGINE: &[PlannedWord] = &[planned(
    many("workflow", "workflow \"owner/name/.github/workflows/x.yml@v1\"(key: value)"),
    "workflows of other repositories",
)];
const IN_ENVIRONMENT: &[PlannedWord] = &[
    planned(once("in", "in ENVIRONMENT"), "environments of several regions"),
    planned(many("freeze", "freeze 2026-12-22 .. 2027-01-04 because \"reason\""), "times without deploys"),
    planned(listing(once("licences", "licences \"Apache-2.0\"")), DATA),
];

/// The planned clauses of a block.
pub(super) fn of(block: Block) -> &'static [PlannedWord] {
    match block {
        Block::File => IN_FILE,
        Block::Pipeline => IN_PIPELINE,
        Block::Stage => IN_STAGE,
        Block::Body => IN_BODY,
        Block::Engine => IN_ENGINE,
        Block::Environment => IN_ENVIRONMENT,
        _ => &[],
    }
}
