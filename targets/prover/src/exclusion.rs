//! The exclusion of runs, and the settings of all jobs: name, rights and shell.
//!
//! ```text
//! concurrency:
//!   group: pipec-site-${{ github.ref }}
//!   cancel-in-progress: true      a push may cancel the deploy of the push before it: a finding, with the two runs
//! ```

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use pipec_claims::TheoremId;
use pipec_ir::Event;
use pipec_logic::Proposition;
use pipec_model::{Finding, RunGroup, Surroundings, World};

/// The theorems that fail if a failure is lost. They also fail if jobs have rights that they do not state.
const OF_FRAME: &[TheoremId] = &[
    TheoremId::LeastAuthority,
    TheoremId::UntrustedEmpty,
    TheoremId::DecidedByScripts,
    TheoremId::ScriptsArrive,
    TheoremId::OneAttempt,
    TheoremId::Repetition,
    TheoremId::Rollback,
    TheoremId::Verdict,
    TheoremId::Record,
];

/// Every difference in the settings of all jobs.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    let surroundings = gating.engine.surroundings();
    let name = &gating.pipeline.name;
    ledger.extend(&Broken::of(OF_FRAME), frame(surroundings));
    // An output without a name has the name of its file.
    for shown in surroundings.names.iter().filter(|shown| shown.text.as_ref() != Some(name)) {
        let finding = Finding::of_file("it has another name", shown.line);
        ledger.add(Broken::of(&[TheoremId::CheckNames]), finding);
    }
    let mut findings = Vec::new();
    match gating.engine.run_group(gating.world) {
        Some(group) => {
            let begins = format!("pipec-{}-", name.to_lowercase());
            runs(&group, &begins, gating.world, &kept(gating), &mut findings);
        }
        None => {
            let what = "runs of a pull request do not replace each other";
            findings.push(Finding::of_file(what, surroundings.line));
        }
    }
    // A deploy that is cancelled in the middle is not rolled back.
    ledger.extend(&Broken::of(&[TheoremId::RunExclusion, TheoremId::Rollback]), findings);
}

/// The settings of every job: no rights except its own, and no lost failure.
pub(crate) fn frame(surroundings: &Surroundings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut differs = |what: &str| findings.push(Finding::of_file(what, surroundings.line));
    if surroundings.grants_rights {
        differs("it grants rights to all jobs");
    }
    if !surroundings.shell_keeps_failures {
        differs("its shell may lose the status of a failure");
    }
    findings
}

/// The runs that must be neither dropped nor cancelled. They are all wanted runs, except pull requests that deploy
/// nothing.
fn kept(gating: &Gating<'_, '_>) -> Proposition {
    let logic = gating.world.logic();
    let pull_request = gating.world.facts.event(Event::PullRequest);
    let deploys: Vec<Proposition> = gating.pipeline.deploys().map(|(node, _)| gating.due(node)).collect();
    let kept = logic.or(&logic.not(&pull_request), &logic.any(&deploys));
    logic.and(&gating.wanted(), &kept)
}

/// The kept runs that may be dropped while they wait. Also those that may be cancelled. `begins` is a prefix of the
/// keys that no other output has.
pub(crate) fn lost(
    group: &RunGroup,
    begins: &str,
    world: &World,
    kept: &Proposition,
) -> (Proposition, Proposition) {
    let logic = world.logic();
    let is_own = group.prefix.as_deref() == Some(begins);
    let is_alone = if is_own { group.is_alone.clone() } else { logic.falsehood() };
    let dropped = logic.and_not(kept, &is_alone);
    // A run that is alone in its group can't be cancelled.
    let cancelled = logic.and(&dropped, &group.is_cancelled);
    (dropped, cancelled)
}

fn runs(group: &RunGroup, begins: &str, world: &World, kept: &Proposition, findings: &mut Vec<Finding>) {
    if group.prefix.as_deref() != Some(begins) {
        findings.push(Finding::of_file("its group is not its own", group.line));
    }
    let (dropped, cancelled) = lost(group, begins, world, kept);
    let lost = [
        (dropped, "a run may be dropped that must not be"),
        (cancelled, "a run may be cancelled half-way that must not be"),
    ];
    for (runs, what) in lost {
        if world.logic().is_satisfiable(&runs).unwrap_or(true) {
            findings.push(Finding::of_file(what, group.line).shown_by(world.describe(&runs)));
        }
    }
}
