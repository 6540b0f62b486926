//! The theorems: the id of each, its subject, and the findings that refute it.

use crate::assumption_kind::AssumptionKind;
use crate::standing::Standing;
use pipec_base::{Code, codes};
use std::fmt;

/// The subject of a theorem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The source. The analysis proves it, over the facts of all runs.
    Source,
    /// An output. The prover proves it on the job graph that an engine model reads from the bytes.
    Output,
}

/// A row of the table of theorems.
struct Entry {
    kind: &'static str,
    subject: Subject,
    standing: Standing,
    is_listed: bool,
    basis: Basis,
    summary: &'static str,
}

macro_rules! theorems {
    ($($name:ident $kind:literal $subject:ident $standing:ident $listed:ident $basis:expr, $summary:literal;)*) => {
        /// The id of a theorem. The order is that of reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum TheoremId {
            $(#[doc = $summary] $name,)*
        }

        impl TheoremId {
            /// All theorems. Those of the source come first, in the order of proving.
            pub const ALL: &[TheoremId] = &[$(TheoremId::$name,)*];

            fn entry(self) -> &'static Entry {
                match self {
                    $(TheoremId::$name => {
                        const { &Entry {
                            kind: $kind,
                            subject: Subject::$subject,
                            standing: Standing::$standing,
                            is_listed: is_listed(Listing::$listed),
                            basis: $basis,
                            summary: $summary,
                        } }
                    })*
                }
            }
        }
    };
}

/// Whether `pipec assure` lists a theorem.
enum Listing {
    Listed,
    Unlisted,
}

const fn is_listed(listing: Listing) -> bool {
    matches!(listing, Listing::Listed)
}

const fn codes(codes: &'static [Code]) -> Basis {
    Basis { codes, further: &[], range: Range::Unsaid, premises: &[] }
}

/// A theorem of an output. A finding against it is an error in the compiler.
const ON_OUTPUT: Basis = codes(&[codes::P1190]);

theorems! {
    FactsThere "facts-there" Source Proved Unlisted codes(&[codes::P0111, codes::P0432]),
        "each fact that a node names exists in every run of the node";
    NoSkippedGates "no-skipped-gates" Source Proved Listed Basis {
            codes: &[codes::P0401, codes::P0402, codes::P0403, codes::P0404, codes::P0405, codes::P0406],
            further: &[],
            range: Range::AllFacts,
            premises: &[],
        },
        "no deploy starts unless every blocking gate before it has passed, and its environment has the evidence it requires";
    NoMissedChanges "no-missed-changes" Source Proved Unlisted codes(&[codes::P0413]),
        "no deploy takes along a change that an exempt gate never judged";
    OverridesApply "overrides-apply" Source Proved Unlisted codes(&[codes::P0412]),
        "each gate that may be overridden blocks, and some run can override it";
    KeptCaches "kept-caches" Source Proved Unlisted codes(&[codes::P0607]),
        "some run keeps each cache";
    OnePath "one-path" Source Proved Listed Basis {
            codes: &[codes::P0201, codes::P0202, codes::P0203, codes::P0204],
            further: &[],
            range: Range::AllRuns,
            premises: &[Premise::Assumed(AssumptionKind::Protected)],
        },
        "only the listed pipelines enter an environment, only with trusted code, and production only from protected branches and tags";
    Promotion "promotion" Source Proved Listed
        codes(&[codes::P0205, codes::P0304, codes::P0305]),
        "the artefacts that enter an environment were deployed to the environments before it, in the same run";
    HeldAlone "held-alone" Source Proved Listed Basis {
            codes: &[codes::P0601, codes::P0602],
            further: &[],
            range: Range::Types,
            premises: &[],
        },
        "only deploys to an environment hold its secrets and identities";
    BuildOnce "build-once" Source Proved Listed Basis {
            codes: &[codes::P0301, codes::P0302, codes::P0303, codes::P0304, codes::P0305, codes::P0306],
            further: &[codes::P0102, codes::P0606],
            range: Range::Unsaid,
            premises: &[Premise::OnOutput(TheoremId::SameDigest)],
        },
        "one node builds each artefact, once, from the commit";
    EveryChangeTravels "every-change-travels" Source Proved Listed Basis {
            codes: &[codes::P0208],
            further: &[],
            range: Range::TrustedRuns,
            premises: &[],
        },
        "each kind of reviewed change, except `docs` and `none`, has a run that takes it to production";
    Budget "budget" Source Proved Listed Basis {
            codes: &[codes::P0802],
            further: &[],
            range: Range::AllRuns,
            premises: &[Premise::OnOutput(TheoremId::Timeout)],
        },
        "no run of the pipeline, and no run of a stage, takes longer than its budget";

    StartsOnlyWhenDue "no-skipped-gates" Output Proved Listed ON_OUTPUT,
        "a node starts only if it is due and all nodes before it have passed, are exempt, or are overridden by the rules";
    EnteredByDeploysOnly "one-path" Output Proved Listed ON_OUTPUT,
        "only the jobs of deploys enter environments";
    HeldByDeploysOnly "held-alone" Output Proved Listed ON_OUTPUT,
        "only the jobs of an environment receive its secrets and identities";
    LeastAuthority "least-authority" Output Proved Listed ON_OUTPUT,
        "each job's token has exactly the rights of its clauses";
    ScriptsArrive "scripts-arrive" Output Proved Listed Basis {
            codes: &[codes::P1190],
            further: &[codes::P0709],
            range: Range::Unsaid,
            premises: &[],
        },
        "each script reaches its shell byte for byte, with no value inserted";
    Order "order" Output Emitted Listed ON_OUTPUT,
        "a job starts only after all jobs before it have passed";
    Timeout "timeout" Output Emitted Listed ON_OUTPUT,
        "every job ends after its timeout";
    Verdict "verdict" Output Emitted Listed ON_OUTPUT,
        "one check is green only if all due jobs have passed";
    SameDigest "same-digest" Output Emitted Listed ON_OUTPUT,
        "each consumer of an artefact checks the digest that its build recorded";
    OneAttempt "one-attempt" Output Emitted Listed ON_OUTPUT,
        "a retried job passes only if all scripts of one attempt passed";
    Override "override" Output Emitted Listed ON_OUTPUT,
        "an override needs a reason and an approval, and expires";
    UntrustedEmpty "untrusted-empty" Output Emitted Listed ON_OUTPUT,
        "unreviewed code gets no secret, no identity and no right to write";
    OwnJobs "own-jobs" Output Emitted Listed ON_OUTPUT,
        "the jobs that the compiler adds have timeouts of their own";
    Lock "lock" Output Emitted Listed ON_OUTPUT,
        "one deploy to an environment runs at a time";
    NeverBackwards "never-backwards" Output Emitted Listed ON_OUTPUT,
        "a deploy of an older commit or a lower version fails";
    Teardown "teardown" Output Emitted Listed ON_OUTPUT,
        "deploys of pull requests are torn down";
    Approval "approval" Output Emitted Listed ON_OUTPUT,
        "a deploy without the approval of its environment fails";
    Rollback "rollback" Output Emitted Listed ON_OUTPUT,
        "a deploy that fails is rolled back, and counts as failed";
    Window "window" Output Emitted Listed ON_OUTPUT,
        "no deploy runs a script outside its window";
    Afterwards "afterwards" Output Emitted Listed ON_OUTPUT,
        "a job of a `finally` starts exactly for its outcomes, and nothing waits for it except the record";

    Admission "admission" Output Proved Unlisted ON_OUTPUT,
        "the engine admits every run that the source declares, and a run beyond these starts nothing";
    StartsWheneverDue "starts-whenever-due" Output Proved Unlisted ON_OUTPUT,
        "a node starts in every run in which it is due and all nodes before it have passed";
    StartsOnce "starts-once" Output Proved Unlisted ON_OUTPUT,
        "no node starts twice in one run";
    DecidedByScripts "decided-by-scripts" Output Proved Unlisted ON_OUTPUT,
        "a job is green only if all scripts of its node have passed";
    StepOrder "step-order" Output Proved Unlisted ON_OUTPUT,
        "each job has exactly the steps of its node, in the order of the source";
    StepInputs "step-inputs" Output Proved Unlisted ON_OUTPUT,
        "each step gets exactly the inputs, variables and folder of the source";
    Legs "legs" Output Proved Unlisted ON_OUTPUT,
        "each node with a matrix or shards has exactly the legs of the source";
    Repetition "repetition" Output Proved Unlisted ON_OUTPUT,
        "a repeated gate passes only if enough of its runs pass";
    Measures "measures" Output Proved Unlisted ON_OUTPUT,
        "each measured report is compared with all expectations of the source";
    Machines "machines" Output Proved Unlisted ON_OUTPUT,
        "each job runs on the machine and in the image of the source, with its sidecars and tools";
    Pins "pins" Output Proved Unlisted ON_OUTPUT,
        "each action is pinned to a commit of the catalogue or the lock";
    CacheKeepers "cache-keepers" Output Proved Unlisted ON_OUTPUT,
        "only runs of reviewed code keep a cache, and only jobs without authority read one";
    RawSteps "raw-steps" Output Proved Unlisted ON_OUTPUT,
        "raw steps are exactly those of the source, in a job without secrets, identities and environment";
    PlannedFacts "planned-facts" Output Proved Unlisted ON_OUTPUT,
        "the plan decides each fact as the source does";
    RunExclusion "run-exclusion" Output Proved Unlisted ON_OUTPUT,
        "a newer run cancels an older one only where nothing is deployed";
    CheckNames "check-names" Output Proved Unlisted ON_OUTPUT,
        "no two jobs have the same check name";
    Record "record" Output Proved Unlisted ON_OUTPUT,
        "the record lists every node with its result, and can change no result";
    PreviewEntry "preview-entry" Output Proved Unlisted ON_OUTPUT,
        "only trusted pull requests start deploys to ephemeral environments";
}

impl TheoremId {
    /// Its name in reports, stable across versions: `no-skipped-gates`. A theorem of an output has the kind of the
    /// theorem that it proves again.
    pub fn kind(self) -> &'static str {
        self.entry().kind
    }

    /// Its subject.
    pub fn subject(self) -> Subject {
        self.entry().subject
    }

    /// How strongly it holds: proved over all runs, or emitted for the engine.
    pub fn standing(self) -> Standing {
        self.entry().standing
    }

    /// Whether `pipec assure` lists it.
    pub fn is_listed(self) -> bool {
        self.entry().is_listed
    }

    /// Its basis.
    pub fn basis(self) -> &'static Basis {
        &self.entry().basis
    }

    /// Its general statement, in one line.
    pub fn summary(self) -> &'static str {
        self.entry().summary
    }

    /// The findings that refute it.
    pub fn codes(self) -> impl Iterator<Item = Code> {
        let Basis { codes, further, .. } = self.basis();
        codes.iter().chain(*further).copied()
    }
}

/// The basis of a theorem: the findings that would refute it, and its premises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The findings that would refute it and that reports name.
    pub codes: &'static [Code],
    /// More such findings, which reports don't name.
    pub further: &'static [Code],
    /// The range of the proof.
    pub range: Range,
    /// The premises.
    pub premises: &'static [Premise],
}

/// The range of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// All events, branches, tags, paths and inputs.
    AllFacts,
    /// All runs.
    AllRuns,
    /// All runs of reviewed code.
    TrustedRuns,
    /// The types of the source.
    Types,
    /// Reports don't mention the range.
    Unsaid,
}

/// A premise of a theorem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Premise {
    /// An assumption.
    Assumed(AssumptionKind),
    /// A theorem of the output.
    OnOutput(TheoremId),
}

/// Writes the basis. An example is "P0401 to P0406, over all runs; which branches and tags are protected is assumed".
impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&code_list(self.codes))?;
        f.write_str(match self.range {
            Range::AllFacts => ", over all events, branches, tags, paths and inputs",
            Range::AllRuns => ", over all runs",
            Range::TrustedRuns => ", over all trusted runs",
            Range::Types => ": secrets and identities are types",
            Range::Unsaid => "",
        })?;
        for premise in self.premises {
            match premise {
                Premise::Assumed(AssumptionKind::Protected) => {
                    f.write_str("; which branches and tags are protected is assumed")?;
                }
                Premise::Assumed(kind) => write!(f, "; `{}` is assumed", kind.word())?,
                Premise::OnOutput(TheoremId::SameDigest) => {
                    f.write_str("; that what is deployed has the recorded digest is emitted")?;
                }
                Premise::OnOutput(TheoremId::Timeout) => {
                    f.write_str(", from the timeouts in whole minutes, which are emitted")?;
                }
                Premise::OnOutput(theorem) => write!(f, "; `{}` is emitted", theorem.kind())?,
            }
        }
        Ok(())
    }
}

/// A list of codes: "P0401 to P0406", "P0205, P0304 and P0305". Three or more consecutive codes are a range.
fn code_list(codes: &[Code]) -> String {
    let is_range = codes.len() > 2 && codes.windows(2).all(|pair| matches!(pair, [a, b] if is_next(*a, *b)));
    match codes {
        [] => String::new(),
        [one] => one.to_string(),
        [first, .., last] if is_range => format!("{first} to {last}"),
        [others @ .., last] => {
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            format!("{} and {last}", others.join(", "))
        }
    }
}

fn is_next(first: Code, second: Code) -> bool {
    let number = |code: Code| code.to_string().trim_start_matches('P').parse::<u32>().ok();
    number(first).zip(number(second)).is_some_and(|(first, second)| first + 1 == second)
}
