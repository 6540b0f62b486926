//! Short sentences of statements that no setting can ensure.

use super::task::refs;
use super::{all_of, names_or_number, quoted};
use crate::Trust;
use crate::plain::alternatives;
use std::mem::discriminant;

/// The short sentences of statements, one for each kind. For example, three actions give "3 actions do what their
/// documentation says".
pub(crate) fn trusts(all: &[&Trust]) -> Vec<String> {
    let mut groups: Vec<(&Trust, Vec<&str>)> = Vec::new();
    for trust in all {
        let subject = subject(trust);
        match groups.iter_mut().find(|(first, _)| discriminant(*first) == discriminant(*trust)) {
            Some((_, subjects)) if subjects.contains(&subject) => {}
            Some((_, subjects)) => subjects.push(subject),
            None => groups.push((trust, vec![subject])),
        }
    }
    groups.iter().map(|(first, subjects)| sentence(first, subjects)).collect()
}

/// What a statement is about: a node, an environment, an action.
fn subject(trust: &Trust) -> &str {
    match trust {
        Trust::Pushers { node, .. }
        | Trust::BuildMachine { node, .. }
        | Trust::Attempts { node, .. }
        | Trust::Bystanders { node, .. }
        | Trust::RawSteps { node, .. } => node,
        Trust::OverrideReviews { gate, .. } => gate,
        Trust::Sweep { file } => file,
        Trust::SoleDeployer { environment, .. }
        | Trust::RollbackTime { environment, .. }
        | Trust::QuietEnvironment { environment, .. } => environment,
        Trust::Action { name, .. } => name,
        Trust::Image { reference } => reference,
        Trust::RawInput { action, .. } => action,
        Trust::Decides { variable, .. } => variable,
        Trust::OpenRefs { .. } | Trust::CacheScope => "",
    }
}

/// The sentence of all statements of a kind, by their subjects.
fn sentence(kind: &Trust, subjects: &[&str]) -> String {
    let nodes = || names_or_number(subjects, "nodes");
    let environments = || alternatives(&quoted(subjects));
    let counted =
        |what: &str| format!("{} {what}{}", subjects.len(), if subjects.len() == 1 { "" } else { "s" });
    let verb = |one: &'static str, several: &'static str| if subjects.len() == 1 { one } else { several };
    match kind {
        Trust::Pushers { .. } => {
            format!("people who may push to unprotected branches or tags may use the rights of {}", nodes())
        }
        Trust::OverrideReviews { .. } => {
            format!("each override of {} is reviewed in time", all_of(subjects))
        }
        Trust::Sweep { .. } => format!("the schedule of {} runs, and past runs are kept", all_of(subjects)),
        Trust::SoleDeployer { .. } => format!("nothing else deploys to {}", environments()),
        Trust::RollbackTime { minutes, .. } => {
            format!("a cancelled deploy to {} gets {minutes} minutes for its rollback", environments())
        }
        Trust::QuietEnvironment { .. } => {
            format!("no other run deploys to {} while gates check it", environments())
        }
        Trust::BuildMachine { .. } => format!(
            "the {} of {} {} nothing behind that spies on the push",
            verb("build", "builds"),
            nodes(),
            verb("leaves", "leave")
        ),
        Trust::Action { .. } => {
            format!("{} {} what the documentation says", counted("action"), verb("does", "do"))
        }
        Trust::Image { .. } => {
            format!("{} {} what the documentation says", counted("image"), verb("does", "do"))
        }
        Trust::Attempts { .. } => {
            format!("a failed attempt of {} does not mislead the next one", nodes())
        }
        Trust::Bystanders { .. } => {
            format!("scripts of {} leave alone what they hold and never mention", nodes())
        }
        Trust::RawSteps { .. } => format!("the raw steps of {} do what their reason says", nodes()),
        Trust::RawInput { .. } => {
            format!(
                "{} {} no input as code that other people choose",
                names_or_number(subjects, "actions"),
                verb("runs", "run")
            )
        }
        Trust::Decides { .. } => format!(
            "people who may change {} without a review choose {} well",
            names_or_number(subjects, "variables"),
            verb("it", "them")
        ),
        Trust::OpenRefs { branches, tags } => format!(
            "only reviewed changes reach {}, though everybody who may push can push there",
            refs(branches, tags)
        ),
        Trust::CacheScope => "a cache that a pull request writes reaches only that pull request".to_owned(),
    }
}
