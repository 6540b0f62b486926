//! Values as GitHub's texts with expressions.
//!
//! For example, `[Text("https://pr-"), Fact(PullRequest), Text(".example.org")]` becomes
//!
//! ```yaml
//! URL: https://pr-${{ github.event.pull_request.number }}.example.org
//! ```

use super::names::result_of;
use super::previews::{NUMBER, OF_LEG};
use super::runners::{Place, TEMP, TEMP_IN_CONTAINER};
use super::{Lowering, identities, legs, raw, sidecars};
use crate::expression::quoted;
use crate::template::Template;
use pipec_ir::Text;
use pipec_lowering::{FACTS, HandedOn, Part, RunFact, Unit, Value};

/// The token of a job.
pub(super) const TOKEN_OF_JOB: &str = "github.token";

impl<'a> Lowering<'a> {
    /// A text of the source in a job.
    pub(super) fn text(&self, text: &'a Text, unit: &Unit, place: Place) -> Template {
        self.template(&self.plans.value(text, unit), place)
    }

    /// A value. GitHub puts in what only the run knows.
    pub(super) fn template(&self, value: &Value<'_>, place: Place) -> Template {
        value.parts.iter().fold(Template::default(), |template, part| self.with_part(template, part, place))
    }

    pub(super) fn with_part(&self, template: Template, part: &Part<'_>, place: Place) -> Template {
        match part {
            Part::Text(text) => template.and_text(text.clone().into_owned()),
            Part::Fact(fact) => with_fact(template, *fact),
            Part::RawOutput(step, output) => {
                template.and(format!("steps.{}.outputs.{output}", raw::id(step)))
            }
            Part::Input(name) => template.and(format!("inputs.{name}")),
            Part::Inputs => template.and("toJSON(inputs)"),
            Part::Output(act, name) => template.and(format!("steps.{act}.outputs.{name}")),
            Part::FirstOutput(acts, name) => {
                template.and(alternatives(acts.iter().map(|act| format!("steps.{act}.outputs.{name}"))))
            }
            Part::Ending(act) => template.and(format!("steps.{act}.outcome")),
            Part::Result(job) => template.and(result_of(job)),
            Part::Results => template.and("toJSON(needs)"),
            Part::HandedOn(handed_on) => template.and(operand(handed_on)),
            Part::Image { name, digest, layout } => {
                // The digest of a job that did not run is empty.
                let digest = operand(digest);
                let local = match place {
                    Place::Container => format!("'oci:{TEMP_IN_CONTAINER}{layout}'"),
                    Place::Machine => format!("format('oci:{{0}}{layout}', {TEMP})"),
                };
                template.and(format!("{digest} && format('{name}@{{0}}', {digest}) || {local}"))
            }
            Part::Token => template.and(TOKEN_OF_JOB),
            Part::Secret(name) => template.and(format!("secrets.{name}")),
            Part::OfLogin(login, credential) => {
                template.and(format!("steps.{login}.outputs.{}", identities::output(*credential)))
            }
            Part::Setting(setting) => {
                let held = format!("vars.{}", setting.at);
                // A variable that nobody has set is empty.
                let default = setting.default.as_ref().filter(|default| !default.is_empty());
                template.and(alternatives(std::iter::once(held).chain(default.map(|it| quoted(it)))))
            }
            Part::Scratch if place == Place::Container => template.and_text(TEMP_IN_CONTAINER),
            Part::Scratch => template.and(TEMP),
            Part::LegName => template.and(legs::leg_name()),
            Part::LegVariable(name) => template.and(legs::leg_value(name)),
            Part::Axis(name) => template.and(legs::axis(name)),
            Part::Shard => template.and(legs::shard_index()),
            Part::PullRequestOfLeg => template.and(OF_LEG),
            Part::PullRequestHead => template.and("github.event.pull_request.head.sha"),
            Part::SidecarHost(sidecar) => template.and_text(sidecars::host(sidecar, place)),
            Part::SidecarPort(sidecar, port) => template.and_template(sidecars::port(sidecar, *port, place)),
            Part::SidecarContainer(sidecar) => template.and(format!("job.services.{}.id", sidecar.name)),
            Part::OutputName => template.and_text(self.file.clone()),
            Part::OutputPath => template.and_text(format!(".github/workflows/{}", self.file)),
            Part::Unresolved(fact) => {
                self.internal(&self.pipeline.origin, format!("the fact {fact:?} has no meaning here"));
                template
            }
        }
    }
}

/// Adds a fact of the run, which GitHub has or the step `facts` works out.
fn with_fact(template: Template, fact: RunFact) -> Template {
    match fact {
        RunFact::CommitSha => template.and("github.sha"),
        RunFact::CommitShort => template.and(format!("steps.{FACTS}.outputs.commit-short")),
        RunFact::TagName | RunFact::BranchName => template.and("github.ref_name"),
        RunFact::TagVersion => template.and(format!("steps.{FACTS}.outputs.tag-version")),
        RunFact::PullRequest => template.and(NUMBER),
        RunFact::RunNumber => template.and("github.run_number"),
        RunFact::RunUrl => template
            .and("github.server_url")
            .and_text("/")
            .and("github.repository")
            .and_text("/actions/runs/")
            .and("github.run_id"),
    }
}

/// Whether only the step `facts` knows a fact.
pub(super) fn is_worked_out(fact: RunFact) -> bool {
    matches!(fact, RunFact::CommitShort | RunFact::TagVersion)
}

/// The output of the job that ran; those of the other jobs are empty.
fn operand(HandedOn { jobs, name, leg }: &HandedOn) -> String {
    let output = legs::output(name, leg.as_deref());
    alternatives(jobs.iter().map(|job| format!("needs.{job}.outputs.{output}")))
}

/// The first operand that is not empty.
fn alternatives(operands: impl Iterator<Item = String>) -> String {
    operands.collect::<Vec<_>>().join(" || ")
}
