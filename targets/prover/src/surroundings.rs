//! What an output says about all its jobs, and how its runs replace each other.
//!
//! ```yaml
//! concurrency:
//!   group: pipec-app-${{ github.ref }}   # a second push to `main` drops the run that waits
//! ```
//!
//! is the finding "a run may be dropped that must not be".

use pipec_logic::Proposition;
use pipec_model::{Finding, Reading, RunGroup, World};

/// Every difference of what an output says about all its jobs. `kept` are the runs that must be neither dropped nor
/// cancelled.
pub(crate) fn check(engine: &dyn Reading, name: &str, world: &World, kept: &Proposition) -> Vec<Finding> {
    let surroundings = engine.surroundings();
    let mut findings = Vec::new();
    let mut differs = |what: &str, line: usize| findings.push(Finding::of_file(what, line));
    if surroundings.grants_rights {
        differs("its own `permissions` are not empty", surroundings.line);
    }
    if !surroundings.shell_keeps_failures {
        differs("its shell may lose the status of a failure", surroundings.line);
    }
    for shown in &surroundings.names {
        if shown.text.as_deref() != Some(name) {
            differs("it has another name", shown.line);
        }
    }
    match engine.run_group(world) {
        Some(group) => findings.extend(check_group(group, name, world, kept)),
        None => differs("runs of a pull request do not replace each other", surroundings.line),
    }
    findings
}

/// Runs may replace each other only where nothing deploys.
fn check_group(group: RunGroup, name: &str, world: &World, kept: &Proposition) -> Vec<Finding> {
    let logic = world.logic();
    let mut findings = Vec::new();
    let is_own = group.prefix == Some(format!("pipec-{}-", name.to_lowercase()));
    if !is_own {
        findings.push(Finding::of_file("its group is not its own", group.line));
    }
    let is_alone = if is_own { group.is_alone } else { logic.falsehood() };
    let mut forbid = |runs: &Proposition, what: &str| {
        if logic.is_satisfiable(runs).unwrap_or(true) {
            findings.push(Finding::of_file(what, group.line).shown_by(world.describe(runs)));
        }
    };
    forbid(&logic.and_not(kept, &is_alone), "a run may be dropped that must not be");
    // In a group of its own there is nobody to cancel it.
    let is_stopped = logic.all(&[kept.clone(), group.is_cancelled, logic.not(&is_alone)]);
    forbid(&is_stopped, "a run may be cancelled half-way that must not be");
    findings
}
