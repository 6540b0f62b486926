//! The verdict: the job to require on protected branches.
//!
//! Some engines count a skipped required check as passed. So the verdict always starts, and it is green only if each
//! due job succeeded and no other job ran. The verdict computes again whether a job was due, because the result alone
//! is not enough: a job that was not due and a job of a cancelled run are both skipped. For example, for a gate `unit`
//! with an override, the verdict checks
//!
//! ```text
//! unit            due: always                      or its override: override-unit
//! override-unit   due: the run overrides unit, and unit failed
//! ```

use crate::afterwards::is_afterwards;
use crate::guard::Guard;
use crate::passes::Passes;
use crate::units::{Runs, untrusted_job_name};
use crate::windows::{self, job_name as window_job_name};
use crate::{PLAN, RECORD, VERDICT, overrides};
use pipec_ir::{Pipeline, Program};
use std::rc::Rc;

/// The name of a pipeline's check, by which rules for branches require it.
///
/// It is the pipeline's name, unless a job of the workspace has that name. An engine tells checks apart by their names
/// alone, and a skipped job of that name would count as the check.
pub fn check_name(program: &Program, pipeline: &Pipeline) -> String {
    let name = &pipeline.name;
    let mut nodes = program.pipelines.iter().flat_map(|other| &other.nodes);
    let is_taken = [PLAN, VERDICT, RECORD].contains(&name.as_str())
        || nodes.any(|node| {
            let added =
                [untrusted_job_name(&node.name), overrides::job_name(node), window_job_name(&node.name)];
            node.name == *name || added.contains(name)
        });
    if is_taken { format!("{name} {VERDICT}") } else { name.clone() }
}

/// The check of the verdict for one job.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The job.
    pub job: Rc<str>,
    /// When it must have succeeded. Otherwise it must not have run.
    pub due: Guard,
    /// Whether the success of its override job replaces its success.
    pub is_overridable: bool,
}

impl Judged {
    fn new(job: impl Into<Rc<str>>, due: Guard) -> Judged {
        Judged { job: job.into(), due, is_overridable: false }
    }
}

impl Passes<'_, '_> {
    /// The checks of the verdict, in the order of the jobs. Advisory gates are left out, and jobs of a `finally`.
    pub(crate) fn judged(&self) -> Vec<Judged> {
        let pipeline = self.source.pipeline;
        let mut judged = Vec::new();
        if self.planned.need_a_job() {
            judged.push(Judged::new(PLAN, Guard::Always));
        }
        for unit in self.units.iter().filter(|unit| !is_afterwards(self, unit)) {
            let node = pipeline.node(unit.node).filter(|node| !node.is_advisory());
            let Some(node) = node else { continue };
            let due = self.due(unit);
            if windows::of(self.source.program, node).is_some() {
                judged.push(Judged::new(windows::job_name(&unit.id), due.clone()));
            }
            let asked = node.overriding().filter(|_| unit.runs != Runs::Untrusted);
            judged.push(Judged { job: unit.id.clone(), due, is_overridable: asked.is_some() });
            let asked = asked.map(|_| overrides::job_name(node));
            judged.extend(asked.map(|job| Judged::new(job, self.override_is_due(node))));
        }
        judged
    }
}
