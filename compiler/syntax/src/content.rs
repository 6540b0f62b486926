//! The contents of each kind of block, as types.
//!
//! Each type says which rules parse a clause, what its own braces contain, and what remains of a clause that can't be
//! parsed.

use crate::ast::{
    Action, BodyClause, Checkout, CheckoutClause, Condition, Declaration, DefaultClause, EndpointClause,
    EngineStep, Environment, EnvironmentClause, Expectation, FamilyClause, FinallyClause, Input,
    MatrixClause, OverrideClause, Pipeline, PipelineClause, PlannedBlock, PlatformClause, PredictorClause,
    RecordsClause, RegistryClause, Role, RoleMember, Runner, RunnerClause, SidecarClause, SourceClause,
    Stage, StageClause, StrategyStep, Trigger, Work,
};
use crate::grammar::{Grammar, Table};
use crate::reader::{Reader, Salvage};
use crate::words::Block;

pub(crate) trait Content<'t>: Sized + 't {
    /// The block of these clauses.
    const BLOCK: Block;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, Self>;

    /// Parses the contents of the clause's own braces.
    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize);

    /// The rest of a clause that can't be parsed.
    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<Self>;
}

/// Parses a block to report its faults, if the clause around it is lost.
fn inspect(reader: &mut Reader<'_, '_>, salvage: &Salvage) {
    let (Some(clause), Some(number)) = (salvage.clause, salvage.block) else { return };
    match clause.opens {
        Some(Block::Pipeline) => drop(reader.block::<PipelineClause>(number)),
        Some(Block::Inputs) => drop(reader.block::<Input>(number)),
        Some(Block::Stage) => drop(reader.block::<StageClause>(number)),
        Some(Block::Body) => drop(reader.block::<BodyClause>(number)),
        Some(Block::Checkout) => drop(reader.block::<CheckoutClause>(number)),
        Some(Block::Measure) => drop(reader.block::<Expectation>(number)),
        Some(Block::Sidecar) => drop(reader.block::<SidecarClause>(number)),
        Some(Block::Matrix) => drop(reader.block::<MatrixClause>(number)),
        Some(Block::Leg) => drop(reader.block::<DefaultClause>(number)),
        Some(Block::Override) => drop(reader.block::<OverrideClause>(number)),
        Some(Block::Strategy) => drop(reader.block::<StrategyStep>(number)),
        Some(Block::Engine) => drop(reader.block::<EngineStep>(number)),
        Some(Block::Environment) => drop(reader.block::<EnvironmentClause>(number)),
        Some(Block::Runner) => drop(reader.block::<RunnerClause>(number)),
        Some(Block::Role) => drop(reader.block::<RoleMember>(number)),
        Some(Block::Registry) => drop(reader.block::<RegistryClause>(number)),
        Some(Block::Platform) => drop(reader.block::<PlatformClause>(number)),
        Some(Block::Finally) => drop(reader.block::<FinallyClause>(number)),
        Some(Block::Family) => drop(reader.block::<FamilyClause>(number)),
        Some(Block::Records) => drop(reader.block::<RecordsClause>(number)),
        Some(Block::Source) => drop(reader.block::<SourceClause>(number)),
        Some(Block::Endpoint) => drop(reader.block::<EndpointClause>(number)),
        Some(Block::Predictor) => drop(reader.block::<PredictorClause>(number)),
        Some(Block::File) | None => {}
    }
}

impl<'t> Content<'t> for Declaration {
    const BLOCK: Block = Block::File;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, Declaration> {
        &grammar.declarations
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        match self {
            Declaration::Pipeline(pipeline) => pipeline.clauses = reader.block(block),
            Declaration::Task(task) => task.body.clauses = reader.block(block),
            Declaration::Environment(environment) => environment.clauses = reader.block(block),
            Declaration::Runner(runner) => runner.clauses = reader.block(block),
            Declaration::Role(role) => role.members = reader.block(block),
            Declaration::Registry(registry) => registry.clauses = reader.block(block),
            Declaration::Platform(platform) => platform.clauses = reader.block(block),
            Declaration::Planned(planned) => match &mut planned.block {
                PlannedBlock::None => {}
                PlannedBlock::Family(clauses) => *clauses = reader.block(block),
                PlannedBlock::Source(clauses) => *clauses = reader.block(block),
                PlannedBlock::Endpoint(clauses) => *clauses = reader.block(block),
                PlannedBlock::Predictor(clauses) => *clauses = reader.block(block),
                PlannedBlock::Records(clauses) => *clauses = reader.block(block),
            },
            Declaration::Use(_)
            | Declaration::PipelineInstance(_)
            | Declaration::EnvironmentInstance(_)
            | Declaration::Evidence(_)
            | Declaration::Let(_)
            | Declaration::Setting(_)
            | Declaration::Error { .. } => {}
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<Declaration> {
        let opens = salvage.clause.and_then(|clause| clause.opens);
        let kept = match (opens, salvage.name.clone(), salvage.block) {
            // Without the parameters, the contents would be misunderstood.
            _ if salvage.parameters => None,
            (Some(Block::Pipeline), Some(name), Some(block)) => {
                Some(Declaration::Pipeline(Pipeline { name, parameters: None, clauses: reader.block(block) }))
            }
            (Some(Block::Environment), Some(name), Some(block)) => {
                let clauses = reader.block(block);
                Some(Declaration::Environment(Environment { name, parameters: None, clauses }))
            }
            (Some(Block::Runner), Some(name), Some(block)) => {
                Some(Declaration::Runner(Runner { name, clauses: reader.block(block) }))
            }
            (Some(Block::Role), Some(name), Some(block)) => {
                Some(Declaration::Role(Role { name, members: reader.block(block) }))
            }
            _ => None,
        };
        kept.or_else(|| {
            inspect(reader, &salvage);
            Some(Declaration::Error { name: salvage.name })
        })
    }
}

impl<'t> Content<'t> for PipelineClause {
    const BLOCK: Block = Block::Pipeline;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, PipelineClause> {
        &grammar.pipeline
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        match self {
            PipelineClause::Stage(stage) => stage.clauses = reader.block(block),
            PipelineClause::On(Trigger::Manual(inputs) | Trigger::Planned(inputs)) => {
                *inputs = reader.block(block);
            }
            PipelineClause::Finally(finally) => finally.clauses = reader.block(block),
            _ => {}
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<PipelineClause> {
        let opens = salvage.clause.and_then(|clause| clause.opens);
        if let (Some(Block::Stage), Some(name), Some(block)) = (opens, salvage.name.clone(), salvage.block) {
            let when = Some(Condition::Error(salvage.span));
            let clauses = reader.block(block);
            return Some(PipelineClause::Stage(Stage { name, after: None, when, clauses }));
        }
        inspect(reader, &salvage);
        Some(PipelineClause::Error)
    }
}

impl<'t> Content<'t> for StageClause {
    const BLOCK: Block = Block::Stage;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, StageClause> {
        &grammar.stage
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        match self {
            StageClause::Gate { work, .. }
            | StageClause::Artefact { work, .. }
            | StageClause::Deploy { work, .. }
            | StageClause::Job { work, .. } => fill_work(work, reader, block),
            StageClause::Default(_) | StageClause::Budget(_) | StageClause::Error { .. } => {}
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<StageClause> {
        inspect(reader, &salvage);
        let is_node = salvage.clause.is_some_and(|clause| clause.opens.is_some() && clause.word != "deploy");
        Some(StageClause::Error { name: salvage.name.filter(|_| is_node) })
    }
}

fn fill_work<'t>(work: &mut Work, reader: &mut Reader<'t, '_>, block: usize) {
    if let Some(body) = &mut work.body {
        body.clauses = reader.block(block);
    }
}

fn fill_action<'t>(action: &mut Action, reader: &mut Reader<'t, '_>, block: usize) {
    if let Action::Body(body) = action {
        body.clauses = reader.block(block);
    }
}

impl<'t> Content<'t> for BodyClause {
    const BLOCK: Block = Block::Body;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, BodyClause> {
        &grammar.body
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        match self {
            BodyClause::Checkout(Checkout::With(clauses)) => *clauses = reader.block(block),
            BodyClause::Measure { rows, .. } => *rows = reader.block(block),
            BodyClause::Sidecar { clauses, .. } => *clauses = reader.block(block),
            BodyClause::Matrix(clauses) => *clauses = reader.block(block),
            BodyClause::Override { clauses, .. } => *clauses = reader.block(block),
            BodyClause::Strategy { steps, .. } => *steps = reader.block(block),
            BodyClause::Engine { steps, .. } => *steps = reader.block(block),
            BodyClause::Shift(action)
            | BodyClause::Verify(action)
            | BodyClause::Rollback(action)
            | BodyClause::Cleanup(action) => fill_action(action, reader, block),
            _ => {}
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<BodyClause> {
        inspect(reader, &salvage);
        Some(BodyClause::Error)
    }
}

impl<'t> Content<'t> for EnvironmentClause {
    const BLOCK: Block = Block::Environment;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, EnvironmentClause> {
        &grammar.environment
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        if let EnvironmentClause::Teardown(action) = self {
            fill_action(action, reader, block);
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<EnvironmentClause> {
        inspect(reader, &salvage);
        Some(EnvironmentClause::Error)
    }
}

impl<'t> Content<'t> for FinallyClause {
    const BLOCK: Block = Block::Finally;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, FinallyClause> {
        &grammar.finally
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        if let FinallyClause::Job { work, .. } = self {
            fill_work(work, reader, block);
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<FinallyClause> {
        inspect(reader, &salvage);
        Some(FinallyClause::Error)
    }
}

impl<'t> Content<'t> for FamilyClause {
    const BLOCK: Block = Block::Family;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, FamilyClause> {
        &grammar.family
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        match self {
            FamilyClause::Stage(stage) => stage.clauses = reader.block(block),
            FamilyClause::Finally(finally) => finally.clauses = reader.block(block),
            FamilyClause::Other => {}
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<FamilyClause> {
        inspect(reader, &salvage);
        Some(FamilyClause::Other)
    }
}

impl<'t> Content<'t> for SidecarClause {
    const BLOCK: Block = Block::Sidecar;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, SidecarClause> {
        &grammar.sidecar
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        if let SidecarClause::Ready(action) = self {
            fill_action(action, reader, block);
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<SidecarClause> {
        inspect(reader, &salvage);
        Some(SidecarClause::Error)
    }
}

impl<'t> Content<'t> for MatrixClause {
    const BLOCK: Block = Block::Matrix;

    fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, MatrixClause> {
        &grammar.matrix
    }

    fn fill(&mut self, reader: &mut Reader<'t, '_>, block: usize) {
        if let MatrixClause::Leg { clauses, .. } = self {
            *clauses = reader.block(block);
        }
    }

    fn broken(reader: &mut Reader<'t, '_>, salvage: Salvage) -> Option<MatrixClause> {
        inspect(reader, &salvage);
        Some(MatrixClause::Error)
    }
}

/// Implements `Content` for blocks whose clauses have no braces.
macro_rules! flat {
    ($($clause:ty, $block:ident, $table:ident, $broken:expr;)*) => {
        $(impl<'t> Content<'t> for $clause {
            const BLOCK: Block = Block::$block;

            fn table<'g>(grammar: &'g Grammar<'t>) -> &'g Table<'t, $clause> {
                &grammar.$table
            }

            fn fill(&mut self, _: &mut Reader<'t, '_>, _: usize) {}

            fn broken(_: &mut Reader<'t, '_>, _: Salvage) -> Option<$clause> {
                $broken
            }
        })*
    };
}

flat! {
    Input, Inputs, inputs, None;
    CheckoutClause, Checkout, checkout, Some(CheckoutClause::Error);
    Expectation, Measure, measure, None;
    DefaultClause, Leg, leg, None;
    OverrideClause, Override, overriding, Some(OverrideClause::Error);
    StrategyStep, Strategy, strategy, None;
    EngineStep, Engine, engine, Some(EngineStep::Error);
    RunnerClause, Runner, runner, Some(RunnerClause::Error);
    RoleMember, Role, role, None;
    RegistryClause, Registry, registry, Some(RegistryClause::Error);
    PlatformClause, Platform, platform, Some(PlatformClause::Error);
    RecordsClause, Records, records, Some(RecordsClause);
    SourceClause, Source, source, Some(SourceClause);
    EndpointClause, Endpoint, endpoint, Some(EndpointClause);
    PredictorClause, Predictor, predictor, Some(PredictorClause);
}
