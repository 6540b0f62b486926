//! Raw steps that GitHub can't call: each action is pinned, and each input is one that it has.

use super::Refusals;
use pipec_base::{Diagnostic, closest, codes};
use pipec_github_catalogue::{Called, called, is_code};
use pipec_ir::{
    ActionInput, EngineBlock, EngineInput, EngineStep, Fact, InputForm, Node, Origin, PinnedAction, Text,
};
use std::collections::BTreeMap;

impl Refusals<'_> {
    /// The calls in the raw steps of a node.
    pub(super) fn check_raw_steps(&self, node: &Node) {
        let blocks = node.body.blocks_for("github");
        blocks.for_each(|block| self.check_block(block));
    }

    fn check_block(&self, block: &EngineBlock) {
        let mut outputs: BTreeMap<&str, &PinnedAction> = BTreeMap::new();
        for step in &block.steps {
            match step {
                EngineStep::Env(binding) => self.check_outputs(&binding.value, &outputs, &binding.origin),
                EngineStep::Run(_) => {}
                EngineStep::Action { name, action, inputs, origin } => {
                    let Some(pinned) = self.pinned(action, origin) else { continue };
                    self.check_inputs(pinned, inputs, origin);
                    for input in inputs {
                        self.check_outputs(&input.value, &outputs, &input.value_origin);
                    }
                    if let Some(name) = name {
                        outputs.insert(name, pinned);
                    }
                }
            }
        }
    }

    /// Refuses raw steps in a job with secrets, such as the login of a registry.
    pub(super) fn refuse_secrets_beside_raw_steps(&self, node: &Node) {
        let Some(block) = node.body.blocks_for("github").next() else { return };
        let pushes_with_login = self.program.login_secrets_of(node).is_some();
        let has_secrets = self.secrets(node).next().is_some() || pushes_with_login;
        if has_secrets && self.has_trusted_job(node) {
            self.error(
                codes::P0605,
                &block.origin,
                format!("raw steps could read the secrets of `{}`", node.name),
                "move the raw steps to another node, and pass their result as an artefact",
            );
        }
    }

    /// Refuses a cleanup of a node that begins with raw steps: only a script tells the cleanup that the node has begun.
    pub(super) fn refuse_cleanup_after_raw_steps(&self, node: &Node) {
        let Some(cleanup) = &node.body.cleanup else { return };
        if !node.body.blocks_for("github").any(|block| block.position == 0) {
            return;
        }
        self.error(
            codes::P1101,
            &cleanup.origin,
            format!("on github, `{}` can't clean up after the raw steps that it begins with", node.name),
            if node.body.steps.is_empty() {
                "put the cleanup into another node, or replace the raw steps with `run`"
            } else {
                "move the `engine` block behind the first `run`"
            },
        );
    }

    /// The pinned action that a call names. If there is none, it reports why.
    fn pinned(&self, reference: &str, origin: &Origin) -> Option<&PinnedAction> {
        let name = reference.split('@').next().unwrap_or_default();
        let finding = match called(reference, &self.program.lock) {
            Called::Pinned(action) => return Some(action),
            Called::Unpinned(newest) => {
                let wanted = format!("{name}@{}", newest.version);
                Diagnostic::error(codes::P0704, format!("`{name}` has no version"), origin.span)
                    .note("without a version, the code of the action can change every day")
                    .help(format!("write `{wanted}`"))
                    .fix(format!("write `{wanted}`"), origin.span, format!("\"{wanted}\""))
            }
            Called::OtherVersion(known) => {
                let versions: Vec<String> = known.iter().map(|it| format!("`{}`", it.version)).collect();
                let version = reference.split_once('@').map_or("", |(_, version)| version);
                let message = format!("no commit is known for version `{version}` of `{name}`");
                Diagnostic::error(codes::P0704, message, origin.span).help(format!(
                    "pipec knows {}; add another version to `pipec.lock`, with its commit, inputs and outputs",
                    versions.join(", ")
                ))
            }
            Called::Unknown(near) => {
                let finding =
                    Diagnostic::error(codes::P0705, format!("unknown action `{name}`"), origin.span);
                match near {
                    Some(near) => {
                        let wanted = reference.replacen(name, &near, 1);
                        finding.help(format!("did you mean `{near}`?")).fix(
                            format!("write `{near}`"),
                            origin.span,
                            format!("\"{wanted}\""),
                        )
                    }
                    None => finding.help("add it to `pipec.lock`, with its commit, inputs and outputs"),
                }
            }
        };
        self.found.borrow_mut().push(origin.explain(finding));
        None
    }

    fn check_inputs(&self, action: &PinnedAction, inputs: &[EngineInput], origin: &Origin) {
        let mut findings = Vec::new();
        for input in inputs {
            match action.inputs.get(&input.key) {
                None => findings.push((unknown_input(action, input), &input.origin)),
                Some(known) if !fits(input, *known) => {
                    findings.push((wrong_input(action, input, *known), &input.value_origin));
                }
                Some(_) if is_code(&input.key) => {
                    findings
                        .extend(value_in_code(action, input).map(|finding| (finding, &input.value_origin)));
                }
                Some(_) => {}
            }
        }
        let missing: Vec<String> = action
            .inputs
            .iter()
            .filter(|(key, known)| known.required && !inputs.iter().any(|input| input.key == **key))
            .map(|(key, _)| format!("`{key}`"))
            .collect();
        if !missing.is_empty() {
            let message = format!("the call of `{}` lacks {}", action.name, missing.join(" and "));
            let finding = Diagnostic::error(codes::P0707, message, origin.span)
                .help(format!("add {}: there is no default", missing.join(" and ")));
            findings.push((finding, origin));
        }
        let explained = findings.into_iter().map(|(finding, origin)| origin.explain(finding));
        self.found.borrow_mut().extend(explained);
    }

    /// Refuses outputs that the actions before don't have.
    fn check_outputs(&self, value: &Text, above: &BTreeMap<&str, &PinnedAction>, origin: &Origin) {
        for fact in value.facts() {
            let Fact::StepOutput { step, output } = fact else { continue };
            let Some(action) = above.get(step.as_str()).filter(|action| !action.outputs.contains(output))
            else {
                continue;
            };
            let known: Vec<&str> = action.outputs.iter().map(String::as_str).collect();
            let message = format!("`{}` has no output `{output}`", action.name);
            let help = match closest(output, known.iter().copied()) {
                Some(near) => format!("did you mean `{step}.{near}`?"),
                None if known.is_empty() => "it has no outputs".to_owned(),
                None => format!("it leaves `{}`", known.join("`, `")),
            };
            self.error(codes::P0706, origin, message, help);
        }
    }
}

fn unknown_input(action: &PinnedAction, input: &EngineInput) -> Diagnostic {
    let span = input.origin.span;
    let message = format!("`{}` {} has no input `{}`", action.name, action.version, input.key);
    let finding = Diagnostic::error(codes::P0706, message, span);
    match closest(&input.key, action.inputs.keys().map(String::as_str)) {
        Some(near) => {
            let bare = near.chars().all(|it| it.is_ascii_lowercase() || it == '-');
            let written = if bare { near.to_owned() } else { format!("\"{near}\"") };
            finding.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, written)
        }
        None if action.inputs.is_empty() => finding.help("it has no inputs"),
        None => {
            let known: Vec<&str> = action.inputs.keys().map(String::as_str).collect();
            finding.help(format!("it takes `{}`", known.join("`, `")))
        }
    }
}

/// The finding for a value of the run in the text of a program.
///
/// Whoever names a branch or fills in an input would write a part of the program.
fn value_in_code(action: &PinnedAction, input: &EngineInput) -> Option<Diagnostic> {
    let fact = input.value.facts().next()?;
    let message =
        format!("`{fact}` would become part of `{}`, which `{}` executes as code", input.key, action.name);
    let variable = fact.to_string().to_uppercase().replace(|it: char| !it.is_ascii_alphanumeric(), "_");
    let finding = Diagnostic::error(codes::P0709, message, input.value_origin.span)
        .note(
            "people who can choose the value, such as the name of a branch or an input, could write part \
               of the program",
        )
        .help(format!("write `env {variable} = {fact}` above the call, and let the code read that variable"));
    Some(finding)
}

/// Whether an input accepts a value. To the engine all inputs are texts, so a text accepts every value.
fn fits(input: &EngineInput, known: ActionInput) -> bool {
    known.ty == InputForm::String || input.form == known.ty
}

fn wrong_input(action: &PinnedAction, input: &EngineInput, known: ActionInput) -> Diagnostic {
    let span = input.value_origin.span;
    let (wanted, remedy) = match known.ty {
        InputForm::Boolean => ("a bool", "write `true` or `false`, without quotes"),
        InputForm::Integer => ("a whole number", "write it without quotes"),
        InputForm::String => ("a text", "write it in quotes"),
    };
    let message = format!("input `{}` of `{}` is {wanted}", input.key, action.name);
    let finding = Diagnostic::error(codes::P0708, message, span).help(remedy);
    let literal = input.value.as_literal().filter(|_| input.form == InputForm::String);
    let mechanical = literal.filter(|literal| match known.ty {
        InputForm::Boolean => matches!(*literal, "true" | "false"),
        InputForm::Integer => literal.parse::<u32>().is_ok(),
        InputForm::String => false,
    });
    match mechanical {
        Some(literal) => finding.fix(format!("write `{literal}`"), span, literal),
        None => finding,
    }
}
