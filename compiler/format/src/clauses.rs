//! The starts of clauses. They come from the tree, because a word alone may be a keyword or a name.

use std::collections::BTreeMap;

use pipec_syntax::ast::{
    Action, Allow, Body, BodyClause, Checkout, Clause, Declaration, EnvironmentClause, FamilyClause, File,
    Finally, FinallyClause, MatrixClause, PipelineClause, Planned, PlannedBlock, SidecarClause, Stage,
    StageClause, Trigger, Work,
};

/// The kind of a clause, as far as its layout depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClauseKind {
    /// `allow …`. It belongs to the next clause.
    Allow,
    /// `artefact …`. Its keyword has a second spelling.
    Artefact,
    /// `evidence NAME of artefact`. Its last word has a second spelling.
    Evidence,
    /// `stage …`, `finally …`. Its parentheses belong to a condition.
    Stage,
    /// `matrix …`. The parentheses after its block contain a leg.
    Matrix,
    /// `expect …`. Its `<` and `>` compare.
    Expectation,
    /// Any other clause. Its parentheses contain arguments, and its `<` and `>` the type of a list's elements.
    Other,
}

/// The clauses of a file by the byte at which they begin.
pub(crate) fn starts(file: &File) -> BTreeMap<u32, ClauseKind> {
    let mut found = Starts::default();
    file.items.iter().for_each(|item| found.each(std::slice::from_ref(&**item), Starts::declaration));
    found.starts
}

#[derive(Default)]
struct Starts {
    starts: BTreeMap<u32, ClauseKind>,
}

impl Starts {
    fn each<T>(&mut self, clauses: &[Clause<T>], visit: impl Fn(&mut Starts, &T) -> ClauseKind) {
        for clause in clauses {
            for Allow { span, .. } in &clause.allows {
                self.starts.insert(span.start, ClauseKind::Allow);
            }
            let kind = visit(self, &clause.kind);
            self.starts.insert(clause.span.start, kind);
        }
    }

    /// Adds clauses that contain no other clauses.
    fn leaves<T>(&mut self, clauses: &[Clause<T>]) -> ClauseKind {
        self.each(clauses, |_, _| ClauseKind::Other);
        ClauseKind::Other
    }

    fn declaration(&mut self, declaration: &Declaration) -> ClauseKind {
        match declaration {
            Declaration::Pipeline(pipeline) => self.each(&pipeline.clauses, Starts::pipeline_clause),
            Declaration::Task(task) => self.body(&task.body),
            Declaration::Environment(environment) => {
                self.each(&environment.clauses, Starts::environment_clause);
            }
            Declaration::Runner(runner) => return self.leaves(&runner.clauses),
            Declaration::Role(role) => return self.leaves(&role.members),
            Declaration::Registry(registry) => return self.leaves(&registry.clauses),
            Declaration::Platform(platform) => return self.leaves(&platform.clauses),
            Declaration::Planned(planned) => self.planned(planned),
            Declaration::Evidence(_) => return ClauseKind::Evidence,
            Declaration::Use(_)
            | Declaration::PipelineInstance(_)
            | Declaration::EnvironmentInstance(_)
            | Declaration::Let(_)
            | Declaration::Setting(_)
            | Declaration::Error { .. } => {}
        }
        ClauseKind::Other
    }

    fn planned(&mut self, planned: &Planned) {
        match &planned.block {
            PlannedBlock::None => {}
            PlannedBlock::Family(clauses) => self.each(clauses, |starts, clause| match clause {
                FamilyClause::Stage(stage) => starts.stage(stage),
                FamilyClause::Finally(finally) => starts.finally(finally),
                FamilyClause::Other => ClauseKind::Other,
            }),
            PlannedBlock::Source(clauses) => drop(self.leaves(clauses)),
            PlannedBlock::Endpoint(clauses) => drop(self.leaves(clauses)),
            PlannedBlock::Predictor(clauses) => drop(self.leaves(clauses)),
            PlannedBlock::Records(clauses) => drop(self.leaves(clauses)),
        }
    }

    fn finally(&mut self, finally: &Finally) -> ClauseKind {
        self.each(&finally.clauses, |starts, clause| {
            if let FinallyClause::Job { work, .. } = clause {
                starts.work(work);
            }
            ClauseKind::Other
        });
        ClauseKind::Stage
    }

    fn pipeline_clause(&mut self, clause: &PipelineClause) -> ClauseKind {
        match clause {
            PipelineClause::On(Trigger::Manual(inputs) | Trigger::Planned(inputs)) => self.leaves(inputs),
            PipelineClause::Stage(stage) => self.stage(stage),
            PipelineClause::Finally(finally) => self.finally(finally),
            _ => ClauseKind::Other,
        }
    }

    fn stage(&mut self, stage: &Stage) -> ClauseKind {
        self.each(&stage.clauses, Starts::stage_clause);
        ClauseKind::Stage
    }

    fn stage_clause(&mut self, clause: &StageClause) -> ClauseKind {
        match clause {
            StageClause::Gate { work, .. }
            | StageClause::Deploy { work, .. }
            | StageClause::Job { work, .. } => {
                self.work(work);
                ClauseKind::Other
            }
            StageClause::Artefact { work, .. } => {
                self.work(work);
                ClauseKind::Artefact
            }
            StageClause::Default(_) | StageClause::Budget(_) | StageClause::Error { .. } => ClauseKind::Other,
        }
    }

    fn work(&mut self, work: &Work) {
        if let Some(body) = &work.body {
            self.body(body);
        }
    }

    fn body(&mut self, body: &Body) {
        self.each(&body.clauses, Starts::body_clause);
    }

    fn body_clause(&mut self, clause: &BodyClause) -> ClauseKind {
        match clause {
            BodyClause::Checkout(Checkout::With(clauses)) => self.leaves(clauses),
            BodyClause::Measure { rows, .. } => {
                self.each(rows, |_, _| ClauseKind::Expectation);
                ClauseKind::Other
            }
            BodyClause::Sidecar { clauses, .. } => {
                self.each(clauses, |starts, clause| match clause {
                    SidecarClause::Ready(action) => starts.action(action),
                    _ => ClauseKind::Other,
                });
                ClauseKind::Other
            }
            BodyClause::Matrix(clauses) => {
                self.each(clauses, |starts, clause| match clause {
                    MatrixClause::Leg { clauses, .. } => starts.leaves(clauses),
                    MatrixClause::Axis { .. } | MatrixClause::Error => ClauseKind::Other,
                });
                ClauseKind::Matrix
            }
            BodyClause::Override { clauses, .. } => self.leaves(clauses),
            BodyClause::Strategy { steps, .. } => self.leaves(steps),
            BodyClause::Engine { steps, .. } => self.leaves(steps),
            BodyClause::Shift(action)
            | BodyClause::Verify(action)
            | BodyClause::Rollback(action)
            | BodyClause::Cleanup(action) => self.action(action),
            _ => ClauseKind::Other,
        }
    }

    fn environment_clause(&mut self, clause: &EnvironmentClause) -> ClauseKind {
        match clause {
            EnvironmentClause::Teardown(action) => self.action(action),
            _ => ClauseKind::Other,
        }
    }

    fn action(&mut self, action: &Action) -> ClauseKind {
        if let Action::Body(body) = action {
            self.body(body);
        }
        ClauseKind::Other
    }
}
