//! The keywords as data: which clause begins with which word, in which block.
//!
//! The parser, the formatter, the editor's completions and the test that keeps the grammar free of conflicts read these
//! tables.

mod planned;

pub use planned::PlannedWord;

/// A kind of block: the top of a file, or the text between braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// The top of a file.
    File,
    /// `pipeline NAME { … }`
    Pipeline,
    /// `on manual { … }`
    Inputs,
    /// `stage NAME { … }`
    Stage,
    /// The body of a node, a task or an action.
    Body,
    /// `checkout { … }`
    Checkout,
    /// `measure "…" { … }`
    Measure,
    /// `sidecar NAME { … }`
    Sidecar,
    /// `matrix { … }`. In addition to the keywords, any name begins an axis or a leg.
    Matrix,
    /// A named leg of a matrix.
    Leg,
    /// `override by ROLE { … }`
    Override,
    /// `strategy NAME { … }`
    Strategy,
    /// `engine NAME because "…" { … }`. In addition to the keywords, there is `NAME = action …`.
    Engine,
    /// `environment NAME { … }`
    Environment,
    /// `runner NAME { … }`
    Runner,
    /// `role NAME { … }`. An engine's name begins each clause.
    Role,
    /// `registry "…" { … }`
    Registry,
    /// `platform ENGINE { … }`
    Platform,
    /// `finally NAME { … }`
    Finally,
    /// `family NAME { … }`
    Family,
    /// `records { … }`
    Records,
    /// `dataset NAME { … }`, `model NAME { … }`
    Source,
    /// `endpoint NAME { … }`
    Endpoint,
    /// `predictor NAME { … }`
    Predictor,
}

/// A clause of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClauseWord {
    /// The keyword at its beginning.
    pub word: &'static str,
    /// Its form.
    pub shape: &'static str,
    /// Whether a block may contain it more than once.
    pub repeats: bool,
    /// The words that may continue it after a possible end.
    pub continues: &'static [&'static str],
    /// Whether it ends in a list with commas between its parts.
    pub lists: bool,
    /// The block between its braces, if it has any.
    pub opens: Option<Block>,
}

const fn once(word: &'static str, shape: &'static str) -> ClauseWord {
    ClauseWord { word, shape, repeats: false, continues: &[], lists: false, opens: None }
}

const fn many(word: &'static str, shape: &'static str) -> ClauseWord {
    ClauseWord { word, shape, repeats: true, continues: &[], lists: false, opens: None }
}

const fn going_on(clause: ClauseWord, continues: &'static [&'static str]) -> ClauseWord {
    ClauseWord { continues, ..clause }
}

const fn listing(clause: ClauseWord) -> ClauseWord {
    ClauseWord { lists: true, ..clause }
}

const fn opening(clause: ClauseWord, block: Block) -> ClauseWord {
    ClauseWord { opens: Some(block), ..clause }
}

/// A word whose clause is undecided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservedWord {
    /// The word at the beginning of a clause.
    pub word: &'static str,
    /// The subject of the later clause.
    pub subject: &'static str,
}

const ENV: ClauseWord = many("env", "env NAME = value");
const TOOL: ClauseWord = many("tool", "tool NAME \"version\"");
const RUNS: ClauseWord = once("runs", "runs on RUNNER");
const IN: ClauseWord = once("in", "in \"directory\"");
const RUN: ClauseWord = many("run", "run \"script\"");
const SECRET: ClauseWord = going_on(many("secret", "secret NAME"), &["file"]);
const SECRET_OF_STEPS: ClauseWord = going_on(many("secret", "secret NAME for STEP"), &["file", "for"]);
const IDENTITY: ClauseWord = many("identity", "identity PROVIDER \"role\"");
const IDENTITY_OF_STEPS: ClauseWord =
    going_on(many("identity", "identity PROVIDER \"role\" for STEP"), &["for"]);

const FINALLY_WORD: ClauseWord = opening(many("finally", "finally NAME { job NAME { … } }"), Block::Finally);
const FINALLY: &[ClauseWord] = &[ENV, TOOL, RUNS, IN, opening(many("job", "job NAME { … }"), Block::Body)];
const IDENTITY_OF_REGISTRY: ClauseWord = once("identity", "identity PROVIDER \"role\"");

const FILE: &[ClauseWord] = &[
    going_on(many("use", "use std.MODULE"), &["as"]),
    opening(many("pipeline", "pipeline NAME { … }"), Block::Pipeline),
    opening(many("task", "task NAME(parameter: type) -> TYPE { … }"), Block::Body),
    opening(many("environment", "environment NAME { … }"), Block::Environment),
    opening(many("runner", "runner NAME { … }"), Block::Runner),
    opening(many("role", "role NAME { … }"), Block::Role),
    opening(many("registry", "registry \"prefix\" { … }"), Block::Registry),
    opening(many("platform", "platform ENGINE { … }"), Block::Platform),
    many("evidence", "evidence NAME of commit"),
    many("let", "let NAME = value"),
    many("setting", "setting NAME: type at \"VARIABLE\" = value"),
];
const PIPELINE: &[ClauseWord] = &[
    opening(listing(many("on", "on push to BRANCH")), Block::Inputs),
    listing(many("protect", "protect BRANCH, \"glob\"")),
    listing(once("targets", "targets ENGINE, ENGINE")),
    many("emits", "emits ENGINE \"file\""),
    once("budget", "budget 45m"),
    once("owner", "owner ROLE"),
    going_on(listing(many("change", "change KIND \"glob\"")), &["because"]),
    ENV,
    TOOL,
    RUNS,
    IN,
    opening(many("stage", "stage NAME { … }"), Block::Stage),
    FINALLY_WORD,
];
const INPUTS: &[ClauseWord] = &[many("input", "input NAME: type = default")];
const STAGE: &[ClauseWord] = &[
    ENV,
    TOOL,
    RUNS,
    IN,
    once("budget", "budget 20m"),
    opening(many("gate", "gate NAME: EVIDENCE { … }"), Block::Body),
    opening(many("artefact", "artefact NAME: TYPE { … }"), Block::Body),
    opening(many("artifact", "artefact NAME: TYPE { … }"), Block::Body),
    opening(many("deploy", "deploy ARTEFACT to ENVIRONMENT { … }"), Block::Body),
    opening(many("job", "job NAME { … }"), Block::Body),
];
const BODY: &[ClauseWord] = &[
    ENV,
    TOOL,
    RUNS,
    IN,
    RUN,
    many("check", "check NAME \"script\""),
    listing(many("uses", "uses ARTEFACT, ARTEFACT")),
    listing(many("path", "path \"glob\"")),
    opening(once("checkout", "checkout none"), Block::Checkout),
    once("name", "name \"registry/image\""),
    once("timeout", "timeout 20m"),
    once("retry", "retry 1 because \"reason\""),
    SECRET_OF_STEPS,
    IDENTITY_OF_STEPS,
    going_on(listing(many("may", "may write RIGHT for STEP")), &["for"]),
    many("report", "report FORMAT \"path\""),
    many("keep", "keep \"glob\" on failure"),
    opening(many("measure", "measure \"file.json\" { expect KEY >= 1 }"), Block::Measure),
    many("cache", "cache \"path\" keyed by \"file\""),
    opening(once("matrix", "matrix { NAME \"value\", \"value\" }"), Block::Matrix),
    once("shard", "shard 4"),
    opening(many("sidecar", "sidecar NAME { image \"…\" }"), Block::Sidecar),
    once("advisory", "advisory because \"reason\""),
    many("exempt", "exempt unless changed KIND because \"reason\""),
    opening(once("override", "override by ROLE { expires 24h review within 3d }"), Block::Override),
    opening(once("strategy", "strategy NAME { step 5% soak 10m }"), Block::Strategy),
    opening(once("shift", "shift run \"script\""), Block::Body),
    opening(once("verify", "verify run \"script\""), Block::Body),
    opening(once("rollback", "rollback run \"script\""), Block::Body),
    opening(once("cleanup", "cleanup run \"script\""), Block::Body),
    once("irreversible", "irreversible because \"reason\""),
    once("repeat", "repeat 3 quorum 2"),
    opening(many("engine", "engine NAME because \"reason\" { … }"), Block::Engine),
];
const PLATFORM: &[ClauseWord] = &[
    once("plan", "plan free"),
    once("visibility", "visibility private"),
    once("secrets", "secrets shared because \"reason\""),
];
const CHECKOUT: &[ClauseWord] =
    &[once("history", "history full"), once("submodules", "submodules"), once("lfs", "lfs")];
const MEASURE: &[ClauseWord] = &[going_on(many("expect", "expect KEY >= 1"), &["samples"])];
const SIDECAR: &[ClauseWord] = &[
    once("image", "image \"registry/image:version\""),
    going_on(once("port", "port 5432"), &["at"]),
    ENV,
    opening(once("ready", "ready run \"script\""), Block::Body),
];
const LEG: &[ClauseWord] = &[ENV, TOOL, RUNS, IN];
const OVERRIDE: &[ClauseWord] = &[once("expires", "expires 24h"), once("review", "review within 3d")];
const STRATEGY: &[ClauseWord] = &[going_on(many("step", "step 5% soak 10m"), &["soak"])];
const ENGINE: &[ClauseWord] = &[RUN, ENV, many("action", "action \"owner/name@version\"(key: value)")];
const ENVIRONMENT: &[ClauseWord] = &[
    going_on(once("tier", "tier NAME"), &["per"]),
    going_on(many("after", "after ENVIRONMENT"), &["soak"]),
    listing(once("from", "from PIPELINE, PIPELINE")),
    once("open", "open to members"),
    once("url", "url \"https://…\""),
    listing(many("requires", "requires EVIDENCE, EVIDENCE")),
    going_on(many("approval", "approval by ROLE"), &["min", "not"]),
    SECRET,
    IDENTITY,
    many("value", "value NAME = value"),
    once("window", "window mon..fri 08:00..16:00 \"Europe/London\""),
    once("lock", "lock queue"),
    going_on(once("forward", "forward by version"), &["within"]),
    once("ttl", "ttl 48h"),
    opening(once("teardown", "teardown run \"script\""), Block::Body),
];
const RUNNER: &[ClauseWord] = &[
    once("image", "image \"registry/image:version\""),
    once("host", "host linux-x64"),
    many("with", "with docker"),
    many("label", "label ENGINE \"label\""),
    once("cpu", "cpu 4"),
    once("memory", "memory 8GiB"),
    once("gpu", "gpu 1"),
];
const REGISTRY: &[ClauseWord] =
    &[once("user", "user NAME"), once("password", "password NAME"), IDENTITY_OF_REGISTRY];

const RESERVED_FILE: &[ReservedWord] = &[
    ReservedWord { word: "policy", subject: "rules for all pipelines of an organisation" },
    ReservedWord { word: "example", subject: "tests of a pipeline" },
];
const RESERVED_PIPELINE: &[ReservedWord] =
    &[ReservedWord { word: "component", subject: "components of a repository" }];

impl Block {
    /// All blocks.
    pub const ALL: [Block; 24] = [
        Block::File,
        Block::Pipeline,
        Block::Inputs,
        Block::Stage,
        Block::Body,
        Block::Checkout,
        Block::Measure,
        Block::Sidecar,
        Block::Matrix,
        Block::Leg,
        Block::Override,
        Block::Strategy,
        Block::Engine,
        Block::Environment,
        Block::Runner,
        Block::Role,
        Block::Registry,
        Block::Platform,
        Block::Finally,
        Block::Family,
        Block::Records,
        Block::Source,
        Block::Endpoint,
        Block::Predictor,
    ];

    /// The clauses that begin with a keyword.
    pub fn clauses(self) -> &'static [ClauseWord] {
        match self {
            Block::File => FILE,
            Block::Pipeline => PIPELINE,
            Block::Inputs => INPUTS,
            Block::Stage => STAGE,
            Block::Body => BODY,
            Block::Checkout => CHECKOUT,
            Block::Measure => MEASURE,
            Block::Sidecar => SIDECAR,
            Block::Matrix | Block::Role => &[],
            Block::Leg => LEG,
            Block::Override => OVERRIDE,
            Block::Strategy => STRATEGY,
            Block::Engine => ENGINE,
            Block::Environment => ENVIRONMENT,
            Block::Runner => RUNNER,
            Block::Registry => REGISTRY,
            Block::Platform => PLATFORM,
            Block::Finally => FINALLY,
            Block::Family => planned::FAMILY,
            Block::Records => planned::RECORDS,
            Block::Source => planned::SOURCE,
            Block::Endpoint => planned::ENDPOINT,
            Block::Predictor => planned::PREDICTOR,
        }
    }

    /// The clause that begins with a keyword.
    pub fn clause(self, word: &str) -> Option<&'static ClauseWord> {
        self.clauses().iter().find(|clause| clause.word == word)
    }

    /// The clauses that this version parses but does not have.
    pub fn planned(self) -> &'static [PlannedWord] {
        planned::of(self)
    }

    /// The clause that begins with a keyword, also if it is only planned.
    pub fn clause_or_planned(self, word: &str) -> Option<&'static ClauseWord> {
        let planned =
            || self.planned().iter().map(|planned| &planned.clause).find(|clause| clause.word == word);
        self.clause(word).or_else(planned)
    }

    /// The words whose clauses are undecided.
    pub fn reserved(self) -> &'static [ReservedWord] {
        match self {
            Block::File => RESERVED_FILE,
            Block::Pipeline => RESERVED_PIPELINE,
            _ => &[],
        }
    }

    /// Whether a word has, or will have, a meaning at the beginning of a clause.
    pub fn is_taken(self, word: &str) -> bool {
        self.clause_or_planned(word).is_some() || self.reserved().iter().any(|reserved| reserved.word == word)
    }

    /// Whether any name may begin a clause.
    pub fn takes_names(self) -> bool {
        matches!(self, Block::Matrix | Block::Role | Block::Engine)
    }

    /// Whether this version does not have the whole block.
    pub fn is_planned(self) -> bool {
        Block::ALL
            .iter()
            .flat_map(|block| block.planned())
            .any(|planned| planned.clause.opens == Some(self) && self != Block::Body)
    }

    /// Its name with its article, for messages: "a stage".
    pub fn article(self) -> &'static str {
        match self {
            Block::File => "the top level of a file",
            Block::Pipeline => "a pipeline",
            Block::Inputs => "`on manual`",
            Block::Stage => "a stage",
            Block::Body => "a body",
            Block::Checkout => "`checkout`",
            Block::Measure => "`measure`",
            Block::Sidecar => "a sidecar",
            Block::Matrix => "a matrix",
            Block::Leg => "a leg of a matrix",
            Block::Override => "an override",
            Block::Strategy => "a strategy",
            Block::Engine => "`engine`",
            Block::Environment => "an environment",
            Block::Runner => "a runner",
            Block::Role => "a role",
            Block::Registry => "a registry",
            Block::Platform => "a platform",
            Block::Finally => "`finally`",
            Block::Family => "a family",
            Block::Records => "`records`",
            Block::Source => "a source",
            Block::Endpoint => "an endpoint",
            Block::Predictor => "a predictor",
        }
    }
}
