//! Runners.

use super::frame::Frame;
use super::role::{is_host, is_segment};
use super::{Expansion, repeated};
use crate::scope::{Definition, ModuleId, suggest};
use crate::value::Type;
use pipec_base::{Diagnostic, Span, Spanned, codes};
use pipec_ir::{Runner, RunnerHost};
use pipec_syntax::ast::{self, Expression, Path, RunnerClause};
use std::collections::BTreeMap;

impl Expansion<'_, '_> {
    /// The runner with a name.
    pub(super) fn runner(&mut self, path: &Path, frame: &Frame) -> Option<Runner> {
        let found = self.resolve(path, "a runner", frame)?;
        let Definition::Runner(declared) = found.definition else {
            let help = "declare a runner: `runner linux { host linux-x64 }`";
            self.refuse_kind(path, found.definition, "a runner", help, frame);
            return None;
        };
        self.called.insert(found.id);
        Some(self.runner_of(found.module, declared))
    }

    /// The runner that a declaration describes. Environments and artefacts used in it do not count as used by a node.
    pub(super) fn runner_of(&mut self, module: ModuleId, declared: &ast::Runner) -> Runner {
        let outside = self.uses.clone();
        let runner = self.runner_inside(module, declared);
        self.uses = outside;
        runner
    }

    fn runner_inside(&mut self, module: ModuleId, declared: &ast::Runner) -> Runner {
        let inner = Frame::of_module(module);
        let origin = inner.origin(declared.name.span);
        let mut runner = Runner { name: declared.name.node.clone(), origin, ..Runner::default() };
        let mut labelled: BTreeMap<&str, Span> = BTreeMap::new();
        let mut equipped: Option<Span> = None;
        for clause in &declared.clauses {
            match &clause.kind {
                RunnerClause::Image(image) => {
                    runner.image = self.image(image, &inner).map(|image| (image, inner.origin(clause.span)));
                }
                RunnerClause::Host(host) => {
                    let words = RunnerHost::ALL.map(RunnerHost::word);
                    if let Some(meant) = host_of_an_image(&host.node) {
                        // A host such as `ubuntu-24.04`, which ends in a version.
                        let text = self.workspace.sources().text_from(host.span.anchor);
                        let behind = text.get(host.span.range().end..);
                        let version = behind
                            .unwrap_or_default()
                            .chars()
                            .take_while(|c| *c == '.' || c.is_ascii_digit());
                        let version: String = version.collect();
                        let length = u32::try_from(version.len()).unwrap_or_default();
                        let span = Span { end: host.span.end.saturating_add(length), ..host.span };
                        let message = format!("there is no host `{}{version}`", host.node);
                        self.report(
                            &inner,
                            suggest(Diagnostic::error(codes::P0101, message, span), meant, span),
                        );
                        continue;
                    }
                    if self.known_word(host, &words, "host", &inner)
                        && let Some(found) = RunnerHost::ALL.into_iter().find(|it| it.word() == host.node)
                    {
                        runner.host = found;
                    }
                }
                RunnerClause::With(what) => {
                    if !self.known_word(what, &["docker"], "equipment", &inner) {
                        continue;
                    }
                    if let Some(first) = equipped.replace(clause.span) {
                        let finding = repeated("with docker", clause.span, first);
                        self.report(&inner, finding.fix("drop it", clause.span, ""));
                    }
                    runner.docker = true;
                }
                RunnerClause::Label { target, label } => {
                    if self.known_engine(target, "engine", &inner).is_none() {
                        continue;
                    }
                    if label.node.trim().is_empty() || label.node.chars().any(char::is_control) {
                        let message = "this label is empty";
                        let finding = Diagnostic::error(codes::P0106, message, label.span).help(format!(
                            "write the label of the machine: `label {} \"gpu-a10\"`",
                            target.node
                        ));
                        self.report(&inner, finding);
                    }
                    match labelled.get(target.node.as_str()) {
                        Some(first) => self.report(&inner, repeated(&target.node, target.span, *first)),
                        None => {
                            labelled.insert(&target.node, target.span);
                            runner.labels.insert(target.node.clone(), label.node.clone());
                        }
                    }
                }
                RunnerClause::Cpu(count) => {
                    runner.cpu = self.positive_amount("cpu", "4", count, clause.span, &inner);
                }
                RunnerClause::Memory(bytes) => {
                    runner.memory = self.positive_amount("memory", "8GiB", bytes, clause.span, &inner);
                }
                RunnerClause::Gpu(count) => {
                    runner.gpu = self.positive_amount("gpu", "1", count, clause.span, &inner);
                }
                RunnerClause::Error => {}
            }
        }
        runner
    }

    /// A positive amount of a machine's resource. Zero is an error: leave the clause out.
    fn positive_amount(
        &mut self,
        word: &str,
        example: &str,
        amount: &Spanned<u64>,
        clause: Span,
        frame: &Frame,
    ) -> Option<u64> {
        if amount.node > 0 {
            return Some(amount.node);
        }
        let message = format!("{word} can't be 0");
        let finding = Diagnostic::error(codes::P0106, message, amount.span)
            .help(format!("state how much the machine must have, `{word} {example}`, or remove the clause"))
            .fix("drop it", clause, "");
        self.report(frame, finding);
        None
    }

    /// The reference of an image. An image without a fixed version is refused.
    pub(super) fn image(&mut self, expression: &Expression, frame: &Frame) -> Option<String> {
        let value = self.evaluate_now(expression, &Type::String, "an image", frame);
        let image = value.to_text()?.as_literal()?.to_owned();
        let name = image.rsplit('/').next().unwrap_or(&image);
        if let Some((message, help)) = malformed_image(&image) {
            let finding = Diagnostic::error(codes::P0307, message, expression.span()).help(help);
            self.report(frame, finding);
            return Some(image);
        }
        let floating = if image.contains("@sha256:") {
            None
        } else {
            match name.split_once(':') {
                None => Some("has no version"),
                Some((_, "latest" | "")) => Some("is `latest`"),
                Some(_) => None,
            }
        };
        if let Some(why) = floating {
            self.report(
                frame,
                Diagnostic::error(codes::P0701, format!("image `{image}` {why}"), expression.span()).help(
                    "its content can change every day: give a version, or better a digest, \
                           `image:1.2.3@sha256:…`",
                ),
            );
        }
        Some(image)
    }
}

/// The host for an engine's name of a machine image.
fn host_of_an_image(name: &str) -> Option<&'static str> {
    let (system, _) = name.split_once('-')?;
    let is_arm = name.ends_with("-arm") || name.ends_with("-arm64");
    match system {
        "ubuntu" if is_arm => Some("linux-arm64"),
        "ubuntu" => Some("linux-x64"),
        "macos" if name != "macos-arm64" => Some("macos-arm64"),
        "windows" if name != "windows-x64" => Some("windows-x64"),
        _ => None,
    }
}

/// Why an image reference can't be pulled, and its correct form.
fn malformed_image(image: &str) -> Option<(String, String)> {
    let form = "write it as for a pull: `node:22.11.0`, `ghcr.io/acme/web:1.2.3@sha256:…`";
    if image.is_empty() {
        return Some(("this is not an image".to_owned(), form.to_owned()));
    }
    if let Some((scheme, rest)) = image.split_once("://") {
        let message = format!("an image reference has no scheme: `{scheme}://`");
        return Some((message, format!("remove it: `{rest}`")));
    }
    let (named, digest) = image.split_once('@').map_or((image, None), |(name, it)| (name, Some(it)));
    if let Some(digest) = digest {
        let hexadecimal = digest.strip_prefix("sha256:").unwrap_or_default();
        let plain = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
        if hexadecimal.len() != 64 || !hexadecimal.chars().all(plain) {
            let help = "a digest is `sha256:` and 64 hexadecimal digits in lower case";
            return Some((format!("`{digest}` is not a digest"), help.to_owned()));
        }
    }
    let last = named.rfind('/').map_or(0, |slash| slash + 1);
    let colon = named.get(last..).and_then(|rest| rest.find(':')).map(|colon| last + colon);
    let (name, tag) = match colon {
        Some(colon) => (named.get(..colon).unwrap_or_default(), named.get(colon + 1..)),
        None => (named, None),
    };
    let path = match name.split_once('/') {
        Some((host, path)) if is_host(host) => path,
        _ => name,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let is_tag = |tag: &str| tag.len() <= 128 && !tag.starts_with(['.', '-']) && tag.chars().all(plain);
    if !path.split('/').all(is_segment) || !tag.is_none_or(is_tag) {
        return Some((format!("`{image}` is not an image reference"), form.to_owned()));
    }
    None
}
