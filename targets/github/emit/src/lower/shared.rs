//! The variables that all scripts of a job share.
//!
//! A variable that several steps of a job have is said once, for the whole job. For example, two scripts with
//! `env LEVEL = "3"` become
//!
//! ```yaml
//! env:
//!   LEVEL: "3"
//! steps:
//!   - run: ./first.sh
//!   - run: ./second.sh
//! ```
//!
//! Every step of the job then has it. So a secret stays in its steps, and so does a name that a fixed script, an action or
//! a tool could read. GitHub must know the value before the first step.

use super::Lowering;
use super::values::is_worked_out;
use pipec_lowering::acts::Does;
use pipec_lowering::{JobPlan, Part, Value};
use pipec_runtime::Dialect;
use pipec_runtime::names::may_be_of_job;

impl<'a> Lowering<'a> {
    /// The names of the variables that a job has itself.
    pub(super) fn of_job<'j>(&self, plan: &'j JobPlan<'a>) -> Vec<&'j str> {
        let Some(node) = self.node_of(plan) else { return Vec::new() };
        let has_raw_steps = plan.acts.iter().any(|act| matches!(act.does, Does::Raw(_)));
        let scripts = plan.acts.iter().filter_map(|act| match &act.does {
            Does::Script(script, own) => Some((*script, own)),
            _ => None,
        });
        if has_raw_steps || scripts.clone().count() < 2 {
            return Vec::new();
        }
        let is_in_all = |name: &str| {
            scripts.clone().all(|(script, own)| {
                node.gives(script, name) && !own.iter().any(|(variable, _)| variable == name)
            })
        };
        let variables = plan.variables.iter();
        let shared = variables.filter(|(name, value)| {
            may_be_of_job(name, Dialect::GitHub) && is_known_before(value) && is_in_all(name)
        });
        shared.map(|(name, _)| name.as_ref()).collect()
    }
}

/// Whether GitHub knows a value before the first step, and it is no secret.
///
/// The variables of a job may use `github`, `inputs`, `matrix` and `needs`, but no folder of the machine.
fn is_known_before(value: &Value<'_>) -> bool {
    value.parts.iter().all(|part| match part {
        Part::Fact(fact) => !is_worked_out(*fact),
        Part::Text(_)
        | Part::Input(_)
        | Part::HandedOn(_)
        | Part::LegName
        | Part::LegVariable(_)
        | Part::Axis(_)
        | Part::Shard => true,
        _ => false,
    })
}
