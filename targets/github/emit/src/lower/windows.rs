//! Windows: what GitHub can't do for the times at which deploys may start.

use super::Lowering;
use pipec_base::codes;
use pipec_ir::RunnerHost;
use pipec_lowering::{Role, window_of};

/// The longest key of a job, in characters.
const LONGEST_ID: usize = 99;

impl Lowering<'_> {
    pub(super) fn check_windows(&self) {
        for plan in &self.plans.jobs {
            let Role::WaitForWindow(node) = &plan.role else { continue };
            let Some(node) = self.pipeline.node(*node) else { continue };
            let Some((environment, window)) = window_of(self.program, node) else { continue };
            let id = &plan.id;
            if node.body.runner.host == RunnerHost::WindowsX64 {
                self.error(
                    codes::P1101,
                    &window.origin,
                    format!("the window of `{}` can't be checked on windows-x64", environment.name),
                    "its bash has no time zones: run the deploy on another machine, `runs on`",
                );
            }
            let taken = self.plans.units.iter().any(|other| other.id.eq_ignore_ascii_case(id));
            if taken || id.len() > LONGEST_ID {
                let message = if taken {
                    format!(
                        "`{id}` is the name of the job that waits for the window of `{}`",
                        environment.name
                    )
                } else {
                    format!(
                        "`{id}` is longer than the {LONGEST_ID} characters that a job's key may have on GitHub"
                    )
                };
                self.error(codes::P1102, &node.name_origin, message, "choose another name");
            }
        }
    }
}
