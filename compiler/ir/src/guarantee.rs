//! What is guaranteed of a pipeline, and on what it rests: data that the proofs and the targets give, so that no report
//! says what nothing stands behind.

use crate::Origin;

/// How a guarantee holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It was decided over all runs.
    Proved,
    /// The output makes the engine do it.
    Emitted,
    /// A setting of the platform, or people, must see to it.
    Assumed,
}

impl Standing {
    /// All of them, from the strongest.
    pub const ALL: [Standing; 3] = [Standing::Proved, Standing::Emitted, Standing::Assumed];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Proved => "proved",
            Standing::Emitted => "emitted",
            Standing::Assumed => "assumed",
        }
    }
}

/// One thing that is guaranteed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarantee {
    /// How it holds.
    pub standing: Standing,
    /// What kind of thing it is, stable over versions: `no-skipped-gates`.
    pub kind: &'static str,
    /// The environment it is about; the whole pipeline, if none.
    pub environment: Option<String>,
    /// What holds; of an assumption, what must be set, in one line.
    pub holds: String,
    /// What it rests on: the theorem's conditions, the part of the output, or who relies on the setting.
    pub by: String,
}

impl Guarantee {
    /// One of a pipeline.
    pub fn new(
        standing: Standing,
        kind: &'static str,
        holds: impl Into<String>,
        by: impl Into<String>,
    ) -> Guarantee {
        Guarantee { standing, kind, environment: None, holds: holds.into(), by: by.into() }
    }

    /// The same, of an environment.
    #[must_use]
    pub fn of(self, environment: impl Into<String>) -> Guarantee {
        Guarantee { environment: Some(environment.into()), ..self }
    }
}

/// What a pipeline's author has taken out of the ordinary, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The word it was written with: `exempt`, `override`, `advisory`, `irreversible`, `cache`, `engine`, `retry`, `allow`.
    pub kind: &'static str,
    /// The node it stands at; a finding that is allowed has none.
    pub node: Option<String>,
    /// What it says, without the reason.
    pub says: String,
    /// The reason.
    pub because: String,
    /// Where it was written.
    pub origin: Origin,
}
