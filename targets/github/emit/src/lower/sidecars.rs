//! Sidecars: services of a job.

use super::Lowering;
use super::runners::Place;
use crate::document::Service;
use crate::template::Template;
use pipec_ir::Sidecar;
use pipec_lowering::{JobPlan, Value, Variables};
use std::borrow::Cow;

/// The address of the machine. Some clients take the name `localhost` for a socket.
const MACHINE: &str = "127.0.0.1";

impl Lowering<'_> {
    /// The services of a job.
    pub(super) fn services(&self, plan: &JobPlan<'_>) -> Vec<Service> {
        let variable = |(name, value): &(Cow<'_, str>, Value<'_>)| {
            (name.clone().into_owned(), self.template(value, Place::Machine))
        };
        let service = |(sidecar, variables): &(&Sidecar, Variables<'_>)| Service {
            name: sidecar.name.clone(),
            image: self.pinned_image(&sidecar.image),
            env: variables.iter().map(variable).collect(),
            port: sidecar.port.map(|port| (sidecar.at, port)),
        };
        plan.sidecars.iter().map(service).collect()
    }
}

/// The host of a sidecar: its name for steps in a container, else the machine.
pub(super) fn host(sidecar: &Sidecar, place: Place) -> Cow<'static, str> {
    match place {
        Place::Container => Cow::Owned(sidecar.name.clone()),
        Place::Machine => Cow::Borrowed(MACHINE),
    }
}

/// The port of a sidecar.
///
/// For steps in a container it is the sidecar's own, else the port of the machine that leads to it.
pub(super) fn port(sidecar: &Sidecar, port: u64, place: Place) -> Template {
    match (place, sidecar.at) {
        (Place::Container, _) => Template::text(port.to_string()),
        (Place::Machine, Some(at)) => Template::text(at.to_string()),
        (Place::Machine, None) => {
            Template::expression(format!("job.services.{}.ports['{port}']", sidecar.name))
        }
    }
}
