//! Short sentences of theorems.

use super::{all_of, names_or_number};
use crate::theorem::{BuildOnce, Forward, NoSkippedGates, OnePath, ProductionPath};
use crate::{Theorem, plain};
use pipec_ir::{Lock, Provider, duration};
use std::collections::BTreeSet;

/// The short sentence of a theorem. That of an emitted theorem is a phrase for a list: "one deploy at a time".
pub(crate) fn theorem(theorem: &Theorem) -> String {
    match theorem {
        Theorem::NoSkippedGates(it) => no_skipped_gates(it),
        Theorem::OnePath(it) => one_path(it),
        Theorem::Promotion { parts, before, .. } => {
            format!("{} was deployed to {} before", all_of(parts), all_of(before))
        }
        Theorem::HeldAlone { secrets, identities, .. } => held_alone(secrets, identities),
        Theorem::BuildOnce(it) => build_once(it),
        Theorem::EveryChangeTravels(_) => {
            "a reviewed change of every kind except docs and none can reach production".to_owned()
        }
        Theorem::Budget { run, stages } => budget(*run, stages),
        Theorem::HeldByDeploysOnly => "no other job sees an environment's secrets or identities".to_owned(),
        Theorem::LeastAuthority { identities } => {
            let whole = if *identities { "; an identity is the whole job's" } else { "" };
            format!("each token has only the rights of its clauses{whole}")
        }
        Theorem::ScriptsArrive => "scripts run byte for byte, and no value is put into their text".to_owned(),
        other => phrase(other),
    }
}

/// A phrase for the list of what the output ensures. A theorem without one has its full sentence.
fn phrase(theorem: &Theorem) -> String {
    let phrase = match theorem {
        Theorem::Order => "the order",
        Theorem::Timeout => "timeouts",
        Theorem::Verdict => "one check for all jobs",
        Theorem::SameDigest => "digests",
        Theorem::OneAttempt => "a fresh checkout for each attempt",
        Theorem::Override { gate, role } => {
            return format!("an override of {gate} needs {role} and a reason");
        }
        Theorem::UntrustedEmpty { previews } if previews.is_empty() => {
            "no secret, identity or right to write for unreviewed code"
        }
        Theorem::UntrustedEmpty { previews } => {
            return format!(
                "no secret, identity or right to write for unreviewed code, except in {}",
                all_of(previews)
            );
        }
        Theorem::OwnJobs { .. } => "timeouts of the compiler's own jobs",
        Theorem::Lock { lock: Lock::Newest, is_preview: false, .. } => {
            "one deploy at a time and only the newest waits"
        }
        Theorem::Lock { is_preview: true, .. } => "one deploy at a time for each pull request",
        Theorem::Lock { .. } => "one deploy at a time",
        Theorem::NeverBackwards { forward: Forward::PullRequest, .. } => "only heads of open pull requests",
        Theorem::NeverBackwards { forward: Forward::History, .. } => "never an older commit",
        Theorem::NeverBackwards { forward: Forward::Version { within: None }, .. } => "never a lower version",
        Theorem::NeverBackwards { forward: Forward::Version { within: Some(part) }, .. } => {
            return format!("never a lower version within a {} one", part.word());
        }
        Theorem::Teardown { .. } => "torn down after its pull request",
        Theorem::Approval { not_author: true, .. } => "an approval by somebody other than the author",
        Theorem::Approval { not_author: false, .. } => "an approval",
        Theorem::Rollback { .. } => "a rollback after a failure",
        Theorem::Window { .. } => "only in its window",
        Theorem::Afterwards => "nothing waits for a `finally`",
        other => return plain::theorem(other),
    };
    phrase.to_owned()
}

fn no_skipped_gates(theorem: &NoSkippedGates) -> String {
    let gates = match theorem.gates.as_slice() {
        [] => return "no gate comes before it, and it requires no evidence".to_owned(),
        gates => names_or_number(gates, "gates"),
    };
    let have = if theorem.gates.len() == 1 { "has" } else { "have" };
    let otherwise = match (theorem.may_be_exempt, theorem.may_be_overridden) {
        (false, false) => "",
        (true, false) => " or been exempt",
        (false, true) => " or been overridden",
        (true, true) => ", been exempt or been overridden",
    };
    format!("no deploy before {gates} {have} passed{otherwise}")
}

fn one_path(OnePath { is_open_to_members, production, .. }: &OnePath) -> String {
    let never = match is_open_to_members {
        true => "no fork and no merge queue",
        false => "no pull request, fork or merge queue",
    };
    match production {
        None => format!("{never} reaches it"),
        Some(ProductionPath { parts, refs }) => {
            let each = if parts.len() > 1 { " of each artefact" } else { "" };
            format!("one deploy{each}, from {} only; {never}", names_or_number(refs, "globs"))
        }
    }
}

fn held_alone(secrets: &[String], identities: &[Provider]) -> String {
    let mut held = Vec::new();
    if !secrets.is_empty() {
        held.push(names_or_number(secrets, "secrets"));
    }
    held.extend(identities.iter().map(|provider| format!("the {provider} identity")));
    format!("only deploys to it hold {}", all_of(&held))
}

fn build_once(BuildOnce { artefacts, reading_caches, reading_settings, reading_run }: &BuildOnce) -> String {
    let are = if artefacts.len() == 1 { "is" } else { "are" };
    let artefacts = names_or_number(artefacts, "artefacts");
    let sources =
        [(reading_caches, "data of another run"), (reading_settings, "settings"), (reading_run, "its run")];
    let more: Vec<_> = sources.into_iter().filter(|(some, _)| !some.is_empty()).collect();
    match more.as_slice() {
        [] => format!("{artefacts} {are} built once, from the commit alone"),
        [(some, from)] => {
            let some = names_or_number(some, "of them");
            format!("{artefacts} {are} built once, from the commit; {some} also from {from}")
        }
        several => {
            let all: BTreeSet<&String> = several.iter().flat_map(|(some, _)| some.iter()).collect();
            let some = names_or_number(&all.into_iter().collect::<Vec<_>>(), "of them");
            format!("{artefacts} {are} built once; {some} not from the commit alone")
        }
    }
}

fn budget(run: Option<u64>, stages: &[(String, u64)]) -> String {
    let run = run.map(|length| format!("a run takes at most {}", duration(length)));
    let stages = stages.iter().map(|(stage, length)| format!("{stage} at most {}", duration(*length)));
    run.into_iter().chain(stages).collect::<Vec<_>>().join(", ")
}
