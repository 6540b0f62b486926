//! What is done inside a node besides its steps: `shift`, `verify`, `rollback`, `teardown`, `ready`.

use super::clause::script_step;
use super::{Role, Work};
use crate::expand::Expander;
use crate::expand::frame::Frame;
use pipec_ir::{Action, StepKind};
use pipec_syntax::ast;

impl<'a> Expander<'a, '_> {
    /// What an action does: its own script, a task's, or a body's.
    pub(in crate::expand) fn action(&mut self, action: &'a ast::Action, frame: &mut Frame) -> Option<Action> {
        match action {
            ast::Action::Run(script) => Some(Action {
                steps: script_step(None, script, StepKind::Run, frame).into_iter().collect(),
                env: Vec::new(),
                origin: frame.origin(script.span),
            }),
            ast::Action::Body(body) => {
                let mut work = Work::new(Role::Action, frame.origin(body.span));
                self.body_clauses(body, &mut work, frame);
                Some(Action { steps: work.body.steps, env: work.body.env, origin: frame.origin(body.span) })
            }
            ast::Action::Call(call) => {
                let called = self.task_named(call, frame)?;
                let mut inner = self.frame_of_call(call, called, frame);
                let mut work = Work::new(Role::Action, inner.origin(called.task.body.span));
                self.body_clauses(&called.task.body, &mut work, &mut inner);
                let origin = inner.origin(called.task.body.span);
                frame.take_uses_of(inner);
                Some(Action { steps: work.body.steps, env: work.body.env, origin })
            }
        }
    }
}
