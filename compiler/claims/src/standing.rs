//! How strongly a claim holds.

/// How strongly a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Decided for all runs.
    Proved,
    /// The output makes the engine do it.
    Emitted,
    /// A platform setting or people must ensure it.
    Assumed,
}

impl Standing {
    /// All standings, the strongest first.
    pub const ALL: [Standing; 3] = [Standing::Proved, Standing::Emitted, Standing::Assumed];

    /// Its word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Proved => "proved",
            Standing::Emitted => "emitted",
            Standing::Assumed => "assumed",
        }
    }
}
