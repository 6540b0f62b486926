//! Machines, and the containers on them.

use super::Lowering;
use crate::document::Image;
use pipec_github_catalogue as catalogue;
use pipec_ir::{Runner, RunnerHost};
use pipec_lowering::JobPlan;

/// The folder for temporary files of a job: on the machine, and in containers.
///
/// In the variables of a step, the expression always means the folder of the machine (actions/runner, issues 965 and 2498).
pub(super) const TEMP: &str = "runner.temp";
pub(crate) const TEMP_IN_CONTAINER: &str = "/__w/_temp";

/// The place in which a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The machine, or GitHub itself before the job starts.
    Machine,
    /// A container, in which all steps of the job run.
    Container,
}

/// What `runs-on` says.
pub(super) fn machine(runner: &Runner) -> String {
    if let Some(label) = runner.labels.get("github") {
        return label.clone();
    }
    match runner.host {
        RunnerHost::LinuxX64 => "ubuntu-24.04",
        RunnerHost::LinuxArm64 => "ubuntu-24.04-arm",
        RunnerHost::MacosArm64 => "macos-15",
        RunnerHost::WindowsX64 => "windows-2025",
    }
    .to_owned()
}

/// Whether the machine has containers.
pub(crate) fn is_linux(runner: &Runner) -> bool {
    matches!(runner.host, RunnerHost::LinuxX64 | RunnerHost::LinuxArm64)
}

impl Lowering<'_> {
    /// The container of a job, if it has one.
    pub(super) fn container(&self, plan: &JobPlan<'_>) -> Option<Image> {
        let has_it = |runner: &Runner| runner.image.as_ref().map(|(image, _)| image.as_str()) == plan.image();
        if let Some(node) = self.node_of(plan)
            && !plan.runners.iter().all(|runner| has_it(runner))
        {
            self.internal(&node.name_origin, format!("the legs of `{}` use several images", node.name));
        }
        plan.image().map(|image| self.pinned_image(image))
    }

    /// An image with its digest, if that is known.
    pub(super) fn pinned_image(&self, image: &str) -> Image {
        let digest = catalogue::image_digest(image, &self.program.lock).filter(|_| !image.contains('@'));
        Image { reference: image.to_owned(), digest: digest.map(str::to_owned) }
    }
}
