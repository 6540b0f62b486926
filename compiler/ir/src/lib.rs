//! A pipeline as the proofs and the targets see it: nodes, conditions, artefacts and environments, each with the place
//! it came from; the facts of a run as propositions; and the trait that every target implements.

mod assurance;
mod body;
mod condition;
mod environment;
pub mod facts;
mod guarantee;
mod node;
mod pins;
mod pipeline;
mod target;
mod text;
mod versions;

pub use assurance::{Assurance, PipelineAssurance, TargetGuarantee};
pub use body::{
    Action, Basis, Binding, Body, Cache, Checkout, EngineBlock, EngineInput, EngineStep, Expectation,
    Identity, Keep, Leg, Matrix, Measure, Operator, Report, Retry, Right, Runner, RunnerHost, Secret,
    Sidecar, Step, StepKind, Threshold, Tool, ToolVersion,
};
pub use condition::{Change, ChangeRule, Condition, Event, Trigger};
pub use environment::{Approval, Environment, Lock, Role, RoleMember, Tier, Window};
pub use guarantee::{Exception, Guarantee, Standing};
pub use node::{
    Artefact, ArtefactType, Deploy, Evidence, Exemption, ExemptionRule, Gate, Node, NodeId, NodeKind,
    Override, PathPattern, Quorum, Strategy, StrategyStep,
};
pub use pins::{ActionInput, InputForm, PinnedAction, Pins, image_with_registry};
pub use pipeline::{Input, InputType, Pipeline, Program, Registry, SourceFile, Stage, StageId};
pub use target::{GeneratedFile, Output, Target, TargetContext};
pub use text::{Fact, Origin, Piece, Text};
