//! Actions inside a node, in addition to its steps: `shift`, `verify`, `rollback`, `teardown`, `ready`.

use super::clause::script_step;
use super::{Role, Work};
use crate::expand::Expansion;
use crate::expand::frame::Frame;
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Action, Origin, StepKind};
use pipec_syntax::ast;

impl<'a> Expansion<'a, '_> {
    /// Reads an action: its own script, the call of a task, or a body.
    pub(in crate::expand) fn action(&mut self, action: &'a ast::Action, frame: &mut Frame) -> Option<Action> {
        match action {
            ast::Action::Run(script) => {
                let step = script_step(None, script, StepKind::Run, frame)?;
                Some(Action { steps: vec![step], env: Vec::new(), origin: frame.origin(script.span) })
            }
            ast::Action::Body(body) => {
                let mut work = Work::new(Role::Action, frame.origin(body.span));
                self.body_clauses(body, &mut work, frame);
                self.action_of_body(work, frame.origin(body.span), frame)
            }
            ast::Action::Call(call) => {
                let called = self.task_named(call, frame)?;
                self.uses.action_calls = true;
                let mut inner = self.frame_of_call(call, called, frame);
                let mut work = Work::new(Role::Action, inner.origin(called.task.body.span));
                self.body_clauses(&called.task.body, &mut work, &mut inner);
                let origin = inner.origin(called.task.body.span);
                self.action_of_body(work, origin, &inner)
            }
        }
    }

    /// The action of a body. `None` if a part was unreadable or the body does nothing.
    fn action_of_body(&mut self, work: Work, origin: Origin, frame: &Frame) -> Option<Action> {
        if work.has_error {
            return None;
        }
        if work.body.steps.is_empty() {
            let help = "add a script: `run \"…\"`";
            let diagnostic = Diagnostic::error(codes::P0019, "this action has no script", origin.span);
            self.report(frame, diagnostic.help(help));
            return None;
        }
        Some(Action { steps: work.body.steps, env: work.body.env, origin })
    }
}
