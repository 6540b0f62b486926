//! A pipeline and the facts of its runs, for proofs and targets.
//!
//! A program has nodes, conditions, artefacts and environments, each with the place that it came from. The facts of a
//! run are propositions.

mod amazon;
mod body;
mod condition;
mod delivery;
mod duration;
mod engine;
mod environment;
pub mod facts;
mod generated_file;
mod holdings;
mod identity;
mod legs;
mod meaning;
mod node;
mod node_texts;
mod pins;
mod pipeline;
mod platform;
mod references;
mod registry;
mod report;
pub mod schedule;
mod text;
mod versions;
mod visibility;

pub use amazon::amazon_region;
pub use body::{
    Action, Basis, Binding, Body, Cache, Checkout, EngineBlock, EngineInput, EngineStep, Expectation, Held,
    Leg, Matrix, Measure, Narrowed, Operator, Retry, Right, Runner, RunnerHost, Secret, Sidecar, Step,
    StepKind, Threshold, Tool, ToolVersion,
};
pub use condition::{Change, ChangeRule, Condition, Event, Trigger};
pub use delivery::{Delivery, Deploy, Reversal, Strategy, StrategyKind, StrategyStep, Weight};
pub use duration::duration;
pub use engine::{Engine, EngineWord, MemberName};
pub use environment::{
    Approval, Direction, Environment, Lock, MemberKind, Role, RoleMember, Tier, VersionPart, Weekday, Window,
};
pub use generated_file::GeneratedFile;
pub use holdings::HeldBy;
pub use identity::{Identity, Provider};
pub use legs::NodeLeg;
pub use meaning::{Act, Form, Phase};
pub use node::{
    Artefact, ArtefactType, Evidence, Exemption, ExemptionRule, Gate, Node, NodeId, NodeKind, Override,
    Quorum,
};
pub use pins::{
    ActionInput, InputForm, LockFile, LockLayout, MergeFault, PinnedAction, Pins, image_with_registry,
};
pub use pipeline::{
    Input, InputType, Outcome, Outcomes, Pipeline, PipelineId, Program, Setting, SourceFile, Stage, StageId,
};
pub use platform::{Platform, Visibility};
pub use references::Dangling;
pub use registry::{Login, Registry};
pub use report::{Keep, Report, ReportFormat};
pub use schedule::Schedule;
pub use text::{Fact, Origin, PathPattern, Piece, Text};
pub use visibility::{FAILED_VARIABLE, OUTCOME_VARIABLE, RUN_URL_VARIABLE, TOKEN_VARIABLE, variable_part};
