//! The scripts of a node that runs once, in order. Neighbouring checks are a group.
//!
//! `check "a"`, `check "b"`, `run "c"` become
//!
//! ```text
//! check-1   a
//!           b    when: the run is not cancelled, and check-1 ran
//!           c
//! ```
//!
//! So both checks report, and a failed one still fails the job.

use super::{Act, Does, directory, measures, ran};
use crate::guard::Guard;
use pipec_ir::{Node, NodeKind, Step, StepKind};

/// The maximum length of a script that is its own title, in bytes.
const LONGEST_TITLE: usize = 60;

/// The beginning of an expression of some engine.
const OPENING: &str = "${{";

pub(super) fn acts<'p>(node: &'p Node, blocks: &[usize], unless_exempt: &Guard) -> Vec<Act<'p>> {
    let mut acts: Vec<Act<'p>> = Vec::new();
    let mut raw = blocks.iter().enumerate().peekable();
    // The id of the first of the neighbouring checks.
    let mut first_check: Option<String> = None;
    for (index, step) in node.body.steps.iter().enumerate() {
        while let Some((block, _)) = raw.next_if(|(_, position)| **position <= index) {
            acts.push(raw_block(block, unless_exempt));
            first_check = None;
        }
        let script = Does::Script(step, Vec::new());
        let mut act =
            Act::new(title(node, step), script).in_directory(directory(node)).when(unless_exempt.clone());
        match (step.kind, &first_check) {
            (StepKind::Run, _) => first_check = None,
            (StepKind::Check, None) => {
                let id = format!("check-{}", index + 1);
                act.id = Some(id.clone());
                first_check = Some(id);
            }
            // The others run if the first one ran, with any outcome. This hides no failure: a failed act fails its job,
            // whatever runs after it. If the first check never ran, the job has failed.
            (StepKind::Check, Some(first)) => {
                act.when = Guard::all([Guard::NotCancelled, ran(first), unless_exempt.clone()]);
            }
        }
        acts.push(act);
    }
    acts.extend(raw.map(|(block, _)| raw_block(block, unless_exempt)));
    let measures = node.body.measures.iter();
    acts.extend(measures.map(|measure| measures::act(node, measure, None).when(unless_exempt.clone())));
    acts
}

fn raw_block<'p>(block: usize, unless_exempt: &Guard) -> Act<'p> {
    Act::new("", Does::Raw(block)).when(unless_exempt.clone())
}

/// What people see of a script.
pub fn title<'p>(node: &'p Node, step: &'p Step) -> &'p str {
    step.name.as_deref().unwrap_or(match &node.kind {
        _ if node.body.steps.len() > 1 && is_title(&step.script) => &step.script,
        NodeKind::Deploy(_) => "deploy",
        _ => &node.name,
    })
}

/// Whether a script can be its own title. The scripts of one node need different titles.
pub(super) fn is_title(script: &str) -> bool {
    let plain = |character: char| character == ' ' || character.is_ascii_graphic();
    script.len() <= LONGEST_TITLE
        && !script.contains(OPENING)
        && script.trim() == script
        && script.chars().all(plain)
}
