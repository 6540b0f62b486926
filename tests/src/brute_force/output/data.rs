//! What an output says of its jobs, whatever the run is: authority, locks, machines, timeouts.

use super::judge::{Aspect, Judge};
use crate::brute_force::before::Place;
use crate::brute_force::model::{Event, What};
use pipec_ir::Fact;
use pipec_model::{Does, Job, Part, Step, Value, Waiting};
use pipec_runtime::names::{OVERRIDE, PLAN, RECORD};
use pipec_runtime::{ApprovalForm, ForwardForm, PlanForm, Script};
use std::collections::BTreeSet;

/// The scripts that ask the platform something.
const ASKING: [Script; 8] = [
    Script::Plan(PlanForm::Changes),
    Script::Approval(ApprovalForm::Anybody),
    Script::Forward(ForwardForm::History),
    Script::Forward(ForwardForm::SharedHistory),
    Script::PreviewWanted,
    Script::OverrideAsked,
    Script::OverrideApproved,
    Script::RecordRun,
];

/// How long a node may take that does not say, in minutes.
const USUAL_MINUTES: u64 = 10;

impl Judge<'_, '_, '_> {
    /// Each job has exactly the authority of its node.
    ///
    /// Authority means the rights, the environment, the secrets and the identity.
    pub fn authority(&mut self) {
        for job in 0..self.graph.jobs.len() {
            let it = self.graph.jobs[job].job;
            let mut wrong: Vec<&str> = Vec::new();
            let scopes = it.rights.as_ref().map(|rights| {
                let scopes = rights.scopes.iter();
                scopes.map(|(scope, level)| (scope.as_str(), level.as_str())).collect::<BTreeSet<_>>()
            });
            if scopes != Some(self.scopes(job)) || it.rights.as_ref().is_some_and(|rights| rights.is_unknown)
            {
                wrong.push("has other rights than it needs");
            }
            let given = it.environment.as_ref().map(|given| {
                (given.name.clone().unwrap_or_default(), given.records_deployment && !given.is_unknown)
            });
            if given != self.entered(job) {
                wrong.push("enters another environment");
            }
            if !self.has_url(job) {
                wrong.push("has another address");
            }
            if !self.holds_only_its_secrets(job) {
                wrong.push("holds a secret or a token that is not its own");
            }
            let role = self.role(job);
            let signs_in =
                it.legs.all.iter().flat_map(|leg| &leg.steps).filter_map(|step| match &step.does {
                    Does::SignIn(login) => Some(login.role.as_deref()),
                    _ => None,
                });
            if signs_in.into_iter().any(|given| given.is_none() || given != role) {
                wrong.push("signs in as somebody else");
            }
            wrong.into_iter().for_each(|what| self.always(Aspect::Authority, &it.id, what));
        }
    }

    /// The rights that a job needs, by the names of GitHub.
    fn scopes(&self, job: usize) -> BTreeSet<(&'static str, &'static str)> {
        let it = self.graph.jobs[job].job;
        let Some(place) = self.node_of[job] else {
            return match it.id.as_str() {
                PLAN => self.scopes_of_plan(it),
                RECORD => [("actions", "read")].into(),
                id if id.starts_with(OVERRIDE) => [("actions", "read")].into(),
                _ => BTreeSet::new(),
            };
        };
        let mut scopes = BTreeSet::from([("contents", "read")]);
        match self.environment(place) {
            Some(environment) if environment.tier == "ephemeral" => {
                scopes.insert(("pull-requests", "read"));
            }
            Some(_) => scopes.extend([("actions", "read"), ("deployments", "read")]),
            None => {}
        }
        scopes.extend(self.role(job).map(|_| ("id-token", "write")));
        scopes
    }

    fn scopes_of_plan(&self, plan: &Job) -> BTreeSet<(&'static str, &'static str)> {
        let step = plan.steps().iter().find(|step| matches!(step.does, Does::Runtime(Script::Plan(_))));
        let facts = step.and_then(|step| step.env_literal("FACTS")).unwrap_or_default();
        let asks_for_changes = facts.contains(" changed-");
        let is_pushed = self.source.has_event(Event::Push);
        let mut scopes = BTreeSet::new();
        if asks_for_changes || self.source.has_overrides() {
            scopes.insert(("contents", "read"));
        }
        if asks_for_changes && is_pushed {
            scopes.insert(("actions", "read"));
        }
        scopes
    }

    /// The environment that a job must enter, and whether that is a deployment.
    fn entered(&self, job: usize) -> Option<(String, bool)> {
        let pipeline = &self.source.pipeline.name;
        match self.node_of[job] {
            Some(place) => match self.environment(place) {
                Some(environment) => Some((environment.name.clone(), true)),
                None => self.role(job).map(|_| (format!("{pipeline}-{}", self.names[&place]), false)),
            },
            None => {
                let id = self.id(job);
                id.starts_with(OVERRIDE).then(|| (format!("{pipeline}-{id}"), true))
            }
        }
    }

    fn has_url(&self, job: usize) -> bool {
        let place = self.node_of[job];
        let wanted = place.and_then(|place| self.environment(place));
        let wanted = wanted.map(|environment| format!("https://{}.example", environment.name));
        let given = self.graph.jobs[job].job.environment.as_ref().and_then(|given| given.url.as_ref());
        given.is_some() == wanted.is_some() && given.and_then(Value::as_literal) == wanted.as_deref()
    }

    fn holds_only_its_secrets(&self, job: usize) -> bool {
        let it = self.graph.jobs[job].job;
        let environment = self.node_of[job].filter(|_| !self.is_untrusted_only(job));
        let own = environment.and_then(|place| self.environment(place));
        let own = own.map(|environment| format!("{}_KEY", environment.name.to_uppercase()));
        let steps = it.legs.all.iter().flat_map(|leg| &leg.steps);
        let mut given = steps.flat_map(|step| step.env.iter().map(move |given| (step, given)));
        let is_own = |name: &String, step: &pipec_model::Step| {
            Some(name) == own.as_ref() && matches!(step.does, Does::Script(_))
        };
        given.all(|(step, given)| {
            given.value.parts().iter().all(|part| match part {
                Part::Secret(name) => is_own(name, step),
                Part::Token => *given.name == *"GH_TOKEN" && ASKING.iter().any(|script| step.runs(*script)),
                _ => !given.is_confidential,
            })
        }) && it.mentions.leaks.is_empty()
    }

    /// Two deploys to one environment never run at the same time, and none is lost.
    pub fn locks(&mut self) {
        for job in 0..self.graph.jobs.len() {
            let it = self.graph.jobs[job].job;
            let environment = self.node_of[job].and_then(|place| self.environment(place));
            let wrong = match (environment, &it.lock) {
                (None, None) => continue,
                (None, Some(_)) => "waits for others, though it deploys nothing",
                (Some(_), None) => "may run beside another deploy to its environment",
                (Some(environment), Some(lock)) => {
                    let name = &self.source.pipeline.name;
                    let key = format!("pipec-deploy-{}/{name}", environment.name).to_lowercase();
                    let mut wanted = vec![Part::literal(key)];
                    if environment.tier == "ephemeral" {
                        wanted = vec![
                            Part::literal(format!("pipec-deploy-{}/{name}/", environment.name)),
                            Part::Fact(Fact::PullRequestNumber),
                        ];
                    }
                    if lock.key.parts() != wanted {
                        "may run beside another deploy to its environment"
                    } else if lock.waiting != Waiting::All {
                        "may be dropped while it waits"
                    } else if lock.may_cancel {
                        "may be stopped half-way"
                    } else {
                        continue;
                    }
                }
            };
            self.always(Aspect::Lock, &it.id, wrong);
        }
    }

    /// Machines, images, services, timeouts, legs and names are those of the source.
    pub fn frame(&mut self) {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for job in 0..self.graph.jobs.len() {
            let it = self.graph.jobs[job].job;
            let mut wrong: Vec<&str> = Vec::new();
            let place = self.node_of[job];
            if !self.has_timeout(it, place) {
                wrong.push("may take another time than its node");
            }
            let is_plain = it.legs.all.iter().all(|leg| {
                let machine = leg.machine.as_literal().unwrap_or_default();
                leg.image.is_none() && machine.starts_with("ubuntu-") && !machine.ends_with("-latest")
            });
            if !is_plain || it.is_in_container || it.sidecars.is_some() {
                wrong.push("runs on another machine, in an image or beside services");
            }
            if it.legs.all.len() != 1 || it.legs.is_split || it.legs.is_unknown {
                wrong.push("is split into legs");
            }
            let is_advisory = place.is_some_and(|place| self.is_advisory(self.source.node(place)));
            if it.ignores_failure != is_advisory.then_some(true) {
                wrong.push("fails in silence, or makes the run red though it only reports");
            }
            let steps = it.legs.all.iter().flat_map(|leg| &leg.steps);
            let again = place.is_some_and(|place| self.source.node(place).retry.is_some());
            let may_be_bound = |step: &Step| again && matches!(step.does, Does::Script(_));
            if steps.into_iter().any(|step| step.limit.is_some() && !may_be_bound(step)) {
                wrong.push("ends a step before its node may end");
            }
            let shown = it.legs.all.first().and_then(|leg| leg.shown_as.as_literal()).unwrap_or_default();
            if shown.is_empty() || !names.insert(shown.to_owned()) {
                wrong.push("is shown under the name of another");
            }
            wrong.into_iter().for_each(|what| self.always(Aspect::Frame, &it.id, what));
        }
    }

    fn has_timeout(&self, job: &Job, place: Option<Place>) -> bool {
        let Some(minutes) = job.timeout else { return false };
        let Some(place) = place else { return (1.0..=30.0).contains(&minutes) };
        let node = self.source.node(place);
        let again = match node.what {
            What::Artefact | What::Job => node.retry.unwrap_or(0),
            What::Gate(_) | What::Deploy(..) => 0,
        };
        let wanted = node.timeout.unwrap_or(USUAL_MINUTES) * (1 + again);
        u32::try_from(wanted).is_ok_and(|wanted| f64::from(wanted) == minutes)
    }
}
