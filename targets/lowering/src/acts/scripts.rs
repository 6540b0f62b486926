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

use super::clock::{is_timed, left_of, time_forth};
use super::{Act, Does, Limit, directory, measures, ran};
use crate::guard::Guard;
use pipec_ir::{Node, NodeKind, Step, StepKind};
use std::borrow::Cow;

/// The maximum length of a script that is its own title, in bytes.
const LONGEST_TITLE: usize = 60;

/// The id of the first script, if a cleanup asks whether it has begun.
const FIRST: &str = "first";

/// The beginning of an expression of some engine.
const OPENING: &str = "${{";

pub(super) fn acts<'p>(node: &'p Node, blocks: &[usize], unless_exempt: &Guard) -> Vec<Act<'p>> {
    let mut acts: Vec<Act<'p>> = Vec::new();
    let mut raw = blocks.iter().enumerate().peekable();
    // The id of the first of the neighbouring checks.
    let mut first_check: Option<String> = None;
    let mut limit = None;
    for (index, step) in node.body.steps.iter().enumerate() {
        while let Some((block, _)) = raw.next_if(|(_, position)| **position <= index) {
            acts.push(raw_block(block, unless_exempt));
            first_check = None;
        }
        if is_timed(node) && (step.kind == StepKind::Run || first_check.is_none()) {
            let left = time_left(node, index);
            limit = left.id.clone().map(Limit::LeftBy);
            acts.push(left);
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
        act.limit.clone_from(&limit);
        if index == 0 && node.body.cleanup.is_some() && act.id.is_none() {
            act.id = Some(FIRST.to_owned());
        }
        acts.push(act);
    }
    acts.extend(raw.map(|(block, _)| raw_block(block, unless_exempt)));
    let measures = node.body.measures.iter();
    acts.extend(measures.map(|measure| measures::act(node, measure, None).when(unless_exempt.clone())));
    acts
}

/// The act that computes the time limit for the script at an index, and for the checks that follow it.
fn time_left<'p>(node: &'p Node, index: usize) -> Act<'p> {
    let group = node.body.steps.iter().skip(index).take_while(|step| step.kind == StepKind::Check).count();
    let title = node.body.steps.get(index).map_or(Cow::Borrowed(""), |step| title(node, step));
    left_of(time_forth(node) / 1000, group, format!("time left for {title}"))
        .with_id(format!("time-to-{}", index + 1))
}

fn raw_block<'p>(block: usize, unless_exempt: &Guard) -> Act<'p> {
    Act::new("", Does::Raw(block)).when(unless_exempt.clone())
}

/// What people see of a script: its name, or what it runs if its node has several scripts.
pub fn title<'p>(node: &'p Node, step: &'p Step) -> Cow<'p, str> {
    if let Some(name) = &step.name {
        return Cow::Borrowed(name);
    }
    let own = if node.body.steps.len() > 1 { title_of(&step.script) } else { None };
    own.unwrap_or(match &node.kind {
        NodeKind::Deploy(_) => Cow::Borrowed("deploy"),
        _ => Cow::Borrowed(&node.name),
    })
}

/// The first command of a script as its title. `None` if it is too long for a title.
pub(super) fn title_of(script: &str) -> Option<Cow<'_, str>> {
    let mut lines = script.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("set "))?;
    let is_plain = |character: char| character == ' ' || character.is_ascii_graphic();
    if first.len() > LONGEST_TITLE || first.contains(OPENING) || !first.chars().all(is_plain) {
        return None;
    }
    let goes_on = lines.any(|line| !line.is_empty());
    Some(if goes_on { Cow::Owned(format!("{first} …")) } else { Cow::Borrowed(first) })
}
