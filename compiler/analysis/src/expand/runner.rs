//! Runners.

use super::frame::Frame;
use super::role::ENGINES;
use super::{Expander, repeated};
use crate::scope::{Definition, ModuleId};
use crate::value::Type;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Runner, RunnerHost};
use pipec_syntax::ast::{self, Expression, Path, RunnerClause};
use std::collections::BTreeMap;

impl Expander<'_, '_> {
    /// The runner of that name.
    pub(super) fn runner(&mut self, path: &Path, frame: &Frame) -> Option<Runner> {
        let found = self.resolve(path, "a runner", frame)?;
        let Definition::Runner(declared) = found.definition else {
            let help = "declare where jobs run: `runner linux { host linux-x64 }`";
            self.refuse_kind(path, found.definition, "a runner", help, frame);
            return None;
        };
        self.called.insert(declared.name.span);
        Some(self.runner_of(found.module, declared))
    }

    /// What a declared runner says.
    pub(super) fn runner_of(&mut self, module: ModuleId, declared: &ast::Runner) -> Runner {
        let mut inner = Frame::of_module(module);
        let origin = inner.origin(declared.name.span);
        let mut runner = Runner { name: declared.name.node.clone(), origin, ..Runner::default() };
        let mut labelled: BTreeMap<&str, Span> = BTreeMap::new();
        for clause in &declared.clauses {
            match &clause.kind {
                RunnerClause::Image(image) => {
                    runner.image =
                        self.image(image, &mut inner).map(|image| (image, inner.origin(clause.span)));
                }
                RunnerClause::Host(host) => {
                    let words = RunnerHost::ALL.map(RunnerHost::word);
                    if self.known_word(host, &words, "host", &inner)
                        && let Some(found) = RunnerHost::ALL.into_iter().find(|it| it.word() == host.node)
                    {
                        runner.host = found;
                    }
                }
                RunnerClause::With(what) => {
                    if self.known_word(what, &["docker"], "equipment", &inner) {
                        runner.docker = true;
                    }
                }
                RunnerClause::Label { target, label } => {
                    if !self.known_word(target, &ENGINES, "engine", &inner) {
                        continue;
                    }
                    match labelled.get(target.node.as_str()) {
                        Some(first) => self.report(&inner, repeated(&target.node, target.span, *first)),
                        None => {
                            labelled.insert(&target.node, target.span);
                            runner.labels.insert(target.node.clone(), label.node.clone());
                        }
                    }
                }
                RunnerClause::Cpu(count) => runner.cpu = Some(count.node),
                RunnerClause::Memory(bytes) => runner.memory = Some(bytes.node),
                RunnerClause::Gpu(count) => runner.gpu = Some(count.node),
                RunnerClause::Error => {}
            }
        }
        runner
    }

    /// An image's reference; one that floats is refused.
    pub(super) fn image(&mut self, expression: &Expression, frame: &mut Frame) -> Option<String> {
        let value = self.evaluate_now(expression, &Type::String, "an image", frame);
        let image = value.to_text()?.as_literal()?.to_owned();
        let name = image.rsplit('/').next().unwrap_or(&image);
        let floating = if image.contains("@sha256:") {
            None
        } else {
            match name.split_once(':') {
                None => Some("names no version"),
                Some((_, "latest" | "")) => Some("is `latest`"),
                Some(_) => None,
            }
        };
        if let Some(why) = floating {
            self.report(
                frame,
                Diagnostic::error(codes::P0701, format!("image `{image}` {why}"), expression.span())
                    .help("what runs today is another tomorrow: name a version, or better a digest, `image:1.2.3@sha256:…`"),
            );
        }
        Some(image)
    }
}
