//! Sidecars: services that run next to the scripts of a node.

use super::{Work, duplicate_variable};
use crate::expand::Expansion;
use crate::expand::frame::Frame;
use crate::scope::name_taken;
use pipec_base::{Diagnostic, Spanned, codes};
use pipec_ir::{Binding, Sidecar};
use pipec_syntax::ast::{self, Clause, Name};

impl<'a> Expansion<'a, '_> {
    pub(super) fn sidecar(
        &mut self,
        name: &Name,
        clauses: &'a [Clause<ast::SidecarClause>],
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        let mut sidecar = Sidecar {
            name: name.node.clone(),
            image: String::new(),
            port: None,
            at: None,
            env: Vec::new(),
            ready: None,
            origin,
        };
        let mut has_image = false;
        for clause in clauses {
            match &clause.kind {
                ast::SidecarClause::Image(image) => {
                    has_image = true;
                    sidecar.image = self.image(image, frame).unwrap_or_default();
                }
                ast::SidecarClause::Port { port, at } => {
                    for port in at.iter().chain([port]) {
                        if !(1..=65_535).contains(&port.node) {
                            self.report(
                                frame,
                                Diagnostic::error(
                                    codes::P0106,
                                    format!("{} is not a port", port.node),
                                    port.span,
                                )
                                .help("ports go from 1 to 65535"),
                            );
                        }
                    }
                    sidecar.port = Some(port.node);
                    sidecar.at = at.as_ref().map(|at| at.node);
                    if let Some(at) = at {
                        self.check_place(at, work, frame);
                    }
                }
                ast::SidecarClause::Env { variable, value } => {
                    if let Some(first) = sidecar.env.iter().find(|known| known.variable == variable.node) {
                        let first = first.origin.span;
                        self.report(frame, duplicate_variable(variable, first));
                        continue;
                    }
                    let place = value.span();
                    let value = self.evaluate(value, frame);
                    let value = self.variable_value(&value, place, frame).unwrap_or_default();
                    let origin = frame.origin(clause.span);
                    sidecar.env.push(Binding { variable: variable.node.clone(), value, origin });
                }
                ast::SidecarClause::Ready(action) => sidecar.ready = self.action(action, frame),
                ast::SidecarClause::Error => has_image = true,
            }
        }
        if !has_image {
            self.report(
                frame,
                Diagnostic::error(codes::P0019, format!("sidecar `{}` has no image", name.node), name.span)
                    .help("name the image: `image \"postgres:17-alpine\"`"),
            );
        }
        if let Some(first) = work.body.sidecars.iter().find(|known| known.name == name.node) {
            let first = first.origin.span;
            self.report(frame, name_taken(name, first));
            return;
        }
        work.body.sidecars.push(sidecar);
    }

    /// Checks that each port of the machine belongs to one sidecar.
    fn check_place(&mut self, at: &Spanned<u64>, work: &Work, frame: &Frame) {
        let Some(first) = work.body.sidecars.iter().find(|known| known.at == Some(at.node)) else { return };
        self.report(
            frame,
            Diagnostic::error(
                codes::P0102,
                format!("port {} of the machine is already used by sidecar `{}`", at.node, first.name),
                at.span,
            )
            .label(first.origin.span, "it is used there")
            .help("change one of them: the port after `at` may differ from the sidecar's own"),
        );
    }
}
