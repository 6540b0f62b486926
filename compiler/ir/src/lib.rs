//! A pipeline as the proofs and the targets see it: nodes, conditions, artefacts and environments, each with the place
//! it came from; and the facts of a run as propositions.

mod body;
mod condition;
mod duration;
mod environment;
pub mod facts;
mod generated_file;
mod node;
mod pins;
mod pipeline;
mod text;
mod versions;

pub use body::{
    Action, Basis, Binding, Body, Cache, Checkout, EngineBlock, EngineInput, EngineStep, Expectation,
    Identity, Keep, Leg, Matrix, Measure, Operator, Report, Retry, Right, Runner, RunnerHost, Secret,
    Sidecar, Step, StepKind, Threshold, Tool, ToolVersion,
};
pub use condition::{Change, ChangeRule, Condition, Event, Trigger};
pub use duration::duration;
pub use environment::{Approval, Environment, Lock, Role, RoleMember, Tier, Window};
pub use generated_file::GeneratedFile;
pub use node::{
    Artefact, ArtefactType, Deploy, Evidence, Exemption, ExemptionRule, Gate, Node, NodeId, NodeKind,
    Override, PathPattern, Quorum, Strategy, StrategyStep,
};
pub use pins::{ActionInput, InputForm, PinnedAction, Pins, image_with_registry};
pub use pipeline::{Input, InputType, Pipeline, Program, Registry, SourceFile, Stage, StageId};
pub use text::{Fact, Origin, Piece, Text};
