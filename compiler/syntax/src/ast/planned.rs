//! Declarations that this version parses but does not have.
//!
//! The parser checks their operands and reports them (P0020). The tree keeps their names, so that nothing else is
//! reported about these, and the places of their clauses, for the formatter.

use super::{Clause, Finally, Name, Stage};

/// A planned declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// The clauses between its braces.
    pub block: PlannedBlock,
}

/// The clauses of a planned declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum PlannedBlock {
    /// `repository "…"` has no braces.
    None,
    /// `family NAME { … }`
    Family(Vec<Clause<FamilyClause>>),
    /// `dataset NAME { … }`, `model NAME { … }`
    Source(Vec<Clause<SourceClause>>),
    /// `endpoint NAME { … }`
    Endpoint(Vec<Clause<EndpointClause>>),
    /// `predictor NAME { … }`
    Predictor(Vec<Clause<PredictorClause>>),
    /// `records { … }`
    Records(Vec<Clause<RecordsClause>>),
}

/// A clause of a family.
#[derive(Clone, Debug, PartialEq)]
pub enum FamilyClause {
    /// `stage NAME { … }`
    Stage(Stage),
    /// `finally NAME { … }`
    Finally(Finally),
    /// `member`, `emits`, `owner`, or a clause that can't be parsed.
    Other,
}

/// A clause of a data set or model. Its operands are checked, but not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceClause;

/// A clause of an endpoint. Its operands are checked, but not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointClause;

/// A clause of a predictor. Its operands are checked, but not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PredictorClause;

/// A clause of `records`. Its operands are checked, but not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordsClause;
