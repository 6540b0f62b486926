//! The machine and the image of each job, compared with the source.
//!
//! ```text
//! runner linux-arm { image "rust:1.90" }
//! runs-on: ubuntu-24.04-arm
//! container: {image: rust:1.90@sha256:…}      at the digest that is known for the tag
//! ```

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use pipec_claims::TheoremId;
use pipec_ir::Runner;
use pipec_model::{Finding, Job, Leg, Reading, Value};

/// Every job with a wrong machine or image.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    let broken = Broken::of(&[TheoremId::Machines]);
    for job in gating.all_jobs() {
        let mut differs = |what: String| ledger.add(broken.clone(), Finding::of_job(&job.id, what, job.line));
        machines(gating, job).into_iter().for_each(&mut differs);
        if !is_in_its_image(gating, job) {
            differs("it runs in another image".to_owned());
        }
    }
}

fn machines(gating: &Gating<'_, '_>, job: &Job) -> Vec<String> {
    if gating.source.node_of(&job.id).is_none() {
        let legs = job.legs.all.iter();
        let wrong = legs.filter_map(|leg| wrong_machine(gating.engine, leg, &Runner::default()));
        return wrong.map(|machine| format!("it runs on `{machine}`")).collect();
    }
    let mut found = Vec::new();
    for instance in gating.instances_of(job) {
        if let Some(machine) = wrong_machine(gating.engine, instance.leg, &instance.node().body.runner) {
            let leg = instance.name.as_ref();
            let leg = leg.map(|leg| format!(" in the leg `{leg}`")).unwrap_or_default();
            found.push(format!("it runs on `{machine}`{leg}"));
        }
    }
    found
}

/// The machine of a job, if its runner does not allow it.
fn wrong_machine(engine: &dyn Reading, leg: &Leg, runner: &Runner) -> Option<String> {
    let machine = leg.machine.as_literal().unwrap_or_default();
    let fits = match runner.labels.get(engine.name()) {
        Some(label) => machine == *label,
        None => engine.is_machine(machine, runner.host),
    };
    (!fits).then(|| machine.to_owned())
}

/// Whether the job has the image of the source. The digest is that of the source, or the known one of the tag.
fn is_in_its_image(gating: &Gating<'_, '_>, job: &Job) -> bool {
    let is_it = |leg: &Leg, wanted: Option<&str>| match (wanted, job.is_in_container) {
        (None, false) => true,
        (Some(wanted), true) => {
            let image = leg.image.as_ref().and_then(Value::as_literal);
            image.is_some_and(|image| gating.engine.is_image(image, wanted, &gating.program.lock))
        }
        _ => false,
    };
    match gating.source.node_of(&job.id) {
        None => !job.is_in_container,
        Some(_) => gating.instances_of(job).iter().all(|instance| {
            let wanted = instance.node().body.runner.image.as_ref();
            is_it(instance.leg, wanted.map(|(image, _)| image.as_str()))
        }),
    }
}
