//! Runners.

use super::Expander;
use super::frame::{Frame, path_text};
use crate::scope::Definition;
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Runner, RunnerHost};
use pipec_syntax::ast::{Expression, Path, RunnerClause};

impl Expander<'_, '_> {
    /// The runner of that name.
    pub(super) fn runner(&mut self, path: &Path, frame: &Frame) -> Option<Runner> {
        let found = self.workspace.resolve(frame.module?, path, "a runner", &mut self.diagnostics)?;
        let Definition::Runner(declared) = found.definition else {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0101,
                    format!("`{}` is {}, not a runner", path_text(path), found.definition.what()),
                    path.span,
                )
                .help("declare where jobs run: `runner linux { host linux-x64 }`"),
            );
            return None;
        };
        let mut inner = Frame::of_module(found.module);
        let origin = inner.origin(declared.name.span);
        let mut runner = Runner { name: declared.name.node.clone(), origin, ..Runner::default() };
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
                    runner.labels.insert(target.node.clone(), label.node.clone());
                }
                RunnerClause::Cpu(count) => runner.cpu = Some(count.node),
                RunnerClause::Memory(bytes) => runner.memory = Some(bytes.node),
                RunnerClause::Gpu(count) => runner.gpu = Some(count.node),
                RunnerClause::Error => {}
            }
        }
        Some(runner)
    }

    /// An image's reference; one that floats is refused.
    pub(super) fn image(&mut self, expression: &Expression, frame: &mut Frame) -> Option<String> {
        let value = self.evaluate_as(expression, &Type::String, "an image", frame);
        let Value::Text(text) = value else { return None };
        let Some(image) = text.as_literal().map(str::to_owned) else {
            self.report(
                frame,
                Diagnostic::error(codes::P0106, "an image is fixed before the run", expression.span()),
            );
            return None;
        };
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
