//! Prints a model as source text, with each node on its own line. Records what each line contains.

use super::model::{Change, Condition, Event, Gate, Input, Node, Program, Trigger, What};
use std::collections::BTreeMap;

/// A printed program.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    /// The text.
    pub text: String,
    /// The contents of each line, counted from 0. A node is written as in [`node_label`], anything else by its pipeline
    /// or environment.
    pub lines: BTreeMap<usize, String>,
}

/// The label of a node: its pipeline, its stage and its index in the stage.
pub fn node_label(pipeline: &str, stage: usize, place: usize, node: &Node) -> String {
    format!("{pipeline}/{stage}/{place}/{}", node.name)
}

impl Printed {
    /// The text of a program.
    pub fn of(program: &Program) -> Printed {
        let mut printed = Printed::default();
        for pipeline in &program.pipelines {
            printed.line(&pipeline.name, &format!("pipeline {} {{", pipeline.name));
            for trigger in &pipeline.triggers {
                printed.line(&pipeline.name, &format!("  on {}", trigger_text(trigger)));
            }
            let protect = [
                ("", &pipeline.protect),
                (" branch", &pipeline.protect_branch),
                (" tag", &pipeline.protect_tag),
            ];
            for (kind, globs) in protect {
                if let Some(globs) = globs {
                    printed.line(&pipeline.name, &format!("  protect{kind} {}", quoted(globs)));
                }
            }
            if let Some(budget) = pipeline.budget {
                printed.line(&pipeline.name, &format!("  budget {budget}m"));
            }
            for (kind, globs) in &pipeline.changes {
                let because = if *kind == "none" { " because \"not shipped\"" } else { "" };
                printed.line(&pipeline.name, &format!("  change {kind} {}{because}", quoted(globs)));
            }
            for (place, stage) in pipeline.stages.iter().enumerate() {
                let mut head = format!("  stage {}", stage.name);
                if let Some(after) = &stage.after {
                    head += &format!(" after {}", after.join(", "));
                }
                if let Some(when) = &stage.when {
                    head += &format!(" when {}", condition_text(when));
                }
                printed.line(&pipeline.name, &format!("{head} {{"));
                if let Some(budget) = stage.budget {
                    printed.line(&pipeline.name, &format!("    budget {budget}m"));
                }
                for (number, node) in stage.nodes.iter().enumerate() {
                    let label = node_label(&pipeline.name, place, number, node);
                    printed.line(&label, &format!("    {}", node_text(node)));
                }
                printed.line(&pipeline.name, "  }");
            }
            printed.line(&pipeline.name, "}");
        }
        for environment in &program.environments {
            let mut clauses = vec![format!("url \"https://{}.example\"", environment.name)];
            clauses.push(format!("secret {}_KEY", environment.name.to_uppercase()));
            if environment.tier == "ephemeral" {
                clauses.push("tier ephemeral per pull-request ttl 48h teardown run \"./down.sh\"".to_owned());
            } else if environment.tier != environment.name {
                clauses.push(format!("tier {}", environment.tier));
            }
            if environment.open {
                clauses.push("open to members".to_owned());
            }
            clauses.extend(environment.after.iter().map(|before| format!("after {before}")));
            clauses.extend(environment.from.iter().map(|from| format!("from {}", from.join(", "))));
            if !environment.requires.is_empty() {
                clauses.push(format!("requires {}", environment.requires.join(", ")));
            }
            clauses.extend(environment.identity.iter().map(|role| format!("identity aws \"{role}\"")));
            let text = format!("environment {} {{ {} }}", environment.name, clauses.join(" "));
            printed.line(&environment.name, &text);
        }
        printed.line("officers", "role officers { github team \"acme/security\" }");
        printed
    }

    fn line(&mut self, label: &str, text: &str) {
        let number = self.text.lines().count();
        self.lines.insert(number, label.to_owned());
        self.text.push_str(text);
        self.text.push('\n');
    }
}

fn quoted(globs: &[&str]) -> String {
    globs.iter().map(|glob| format!("\"{glob}\"")).collect::<Vec<_>>().join(", ")
}

fn trigger_text(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Push(globs) => format!("push to {}", quoted(globs)),
        Trigger::PullRequest(globs) => format!("pull-request to {}", quoted(globs)),
        Trigger::Tag(globs) => format!("tag {}", quoted(globs)),
        Trigger::Schedule => "schedule \"0 3 * * 1-5\"".to_owned(),
        Trigger::Manual(inputs) if inputs.is_empty() => "manual".to_owned(),
        Trigger::Manual(inputs) => {
            let inputs: Vec<&str> = inputs
                .iter()
                .map(|input| match input {
                    Input::Fast => "input fast: bool = false",
                    Input::Risk => "input risk: \"low\" | \"high\" = \"low\"",
                    Input::Ring => "input ring: string",
                })
                .collect();
            format!("manual {{ {} }}", inputs.join(" "))
        }
        Trigger::MergeQueue => "merge-queue".to_owned(),
    }
}

/// The keyword of an event.
pub fn event_word(event: Event) -> &'static str {
    match event {
        Event::Push => "push",
        Event::PullRequest => "pull-request",
        Event::Tag => "tag",
        Event::Schedule => "schedule",
        Event::Manual => "manual",
        Event::MergeQueue => "merge-queue",
    }
}

fn changes_text(changes: &[Change]) -> String {
    let texts: Vec<String> = changes
        .iter()
        .map(|change| match change {
            Change::Kind(kind) => (*kind).to_owned(),
            Change::Glob(glob) => format!("\"{glob}\""),
        })
        .collect();
    texts.join(", ")
}

fn condition_text(condition: &Condition) -> String {
    let each = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(condition_text).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Condition::Event(event) => format!("event is {}", event_word(*event)),
        Condition::Branch("main") => "branch is main".to_owned(),
        Condition::Branch(glob) => format!("branch is \"{glob}\""),
        Condition::Tag(glob) => format!("tag is \"{glob}\""),
        Condition::Changed(changes) => format!("changed {}", changes_text(changes)),
        Condition::Input(Input::Fast, value) => format!("input fast is {value}"),
        Condition::Input(input, value) => format!("input {} is \"{value}\"", input.name()),
        Condition::Fork => "fork".to_owned(),
        Condition::Not(part) => format!("not {}", condition_text(part)),
        Condition::And(parts) => each(parts, " and "),
        Condition::Or(parts) => each(parts, " or "),
    }
}

fn node_text(node: &Node) -> String {
    let mut clauses = vec![format!("run \"./{}.sh\"", node.name)];
    let head = match &node.what {
        What::Gate(gate) => {
            clauses.extend(gate_clauses(gate));
            let of = if gate.of.is_empty() { String::new() } else { format!(" of {}", gate.of.join(", ")) };
            format!("gate {}: {}{of}", node.name, gate.kind)
        }
        What::Artefact => {
            clauses.push(format!("path \"out/{}\"", node.name));
            format!("artefact {}: binary", node.name)
        }
        What::Deploy(parts, environment) => format!("deploy {} to {environment}", parts.join(", ")),
        What::Job => format!("job {}", node.name),
    };
    if !node.uses.is_empty() {
        clauses.push(format!("uses {}", node.uses.join(", ")));
    }
    clauses.extend(node.reads.iter().map(|name| format!("env {}_URL = {name}.url", name.to_uppercase())));
    clauses.extend(node.timeout.iter().map(|minutes| format!("timeout {minutes}m")));
    clauses.extend(node.retry.iter().map(|times| format!("retry {times} because \"it is slow\"")));
    clauses.extend(node.fact.iter().map(|fact| format!("env FACT = {}", fact.word())));
    clauses.extend(node.identity.iter().map(|role| format!("identity aws \"{role}\"")));
    format!("{head} {{ {} }}", clauses.join(" "))
}

fn gate_clauses(gate: &Gate) -> Vec<String> {
    let mut clauses = Vec::new();
    if gate.advisory {
        clauses.push("advisory because \"it is new\"".to_owned());
    }
    if let Some(changes) = &gate.unless_changed {
        clauses.push(format!("exempt unless changed {} because \"nothing to judge\"", changes_text(changes)));
    }
    if gate.on_fork {
        clauses.push("exempt on fork because \"it needs a licence\"".to_owned());
    }
    if gate.overridable {
        clauses.push("override by officers { expires 24h review within 3d }".to_owned());
    }
    clauses
}
