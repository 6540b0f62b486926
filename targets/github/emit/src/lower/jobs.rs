//! The job of a node.

use super::acts::Surroundings;
use super::time::minutes;
use super::values::facts_step;
use super::{Lowering, artefacts, identities, names, permissions, reports, runners};
use crate::document::{EnvironmentUse, Input, Job, Step, Work};
use crate::expression::Expression;
use crate::pins;
use crate::template::Template;
use pipec_ir::{Checkout, Deploy, Node, NodeKind};
use pipec_lowering::acts;
use pipec_lowering::{JobPlan, Runs, Unit, advisory};
use pipec_runtime::{Dialect, Script};

/// The step that says that a gate is exempt, and the outputs that repeat it and its reason.
const EXEMPT: &str = "exempt";
const OUTCOME: &str = "outcome";
const REASON: &str = "reason";

impl Lowering<'_> {
    /// The job of a node for some of its runs.
    pub(super) fn job(&self, plan: &JobPlan, node: &Node, unit: &Unit) -> Job {
        let body = &node.body;
        let deploy = match &node.kind {
            NodeKind::Deploy(deploy) => Some(deploy.as_ref()),
            _ => None,
        };
        let runs = acts::quorum(node).map_or_else(|| acts::attempts(node), |quorum| quorum.times);
        let mut job = Job {
            strategy: self.strategy(node),
            runs_on: node.runners().first().copied().map(runners::machine).unwrap_or_default(),
            container: self.container(node),
            services: self.services(node, unit),
            timeout_minutes: minutes(
                body.timeout.saturating_mul(runs).saturating_add(deploy.map_or(0, Deploy::soaks)),
            ),
            advisory: advisory(node).cloned(),
            ..self.shell(plan)
        };
        let exemptions: Vec<(Expression, String)> =
            plan.exemptions.iter().map(|(exempt, because)| (self.guard(exempt), because.clone())).collect();

        if let Some(deploy) = deploy {
            self.add_deploy(plan, unit, deploy, &mut job);
        } else if self.has_own_secrets(node) && unit.runs != Runs::Untrusted {
            let name = names::secrets_environment(self.pipeline, node);
            job.environment = Some(EnvironmentUse { name, url: None, is_deployment: false });
        }
        if let Some(step) = checkout_step(&body.checkout) {
            job.permissions.read("contents", "checkout");
            job.steps.push(step);
        }
        job.steps.extend(self.restore_steps(node));
        let fetched = self.fetch_steps(node, unit);
        // What scripts may change, so that each attempt of several needs it anew.
        let mut brought: Vec<Step> = Vec::new();
        let has_attempts = acts::attempts(node) > 1;
        if has_attempts {
            brought.extend_from_slice(&job.steps);
            // What was downloaded stays where no script looks for it; it is verified, and so unpacked, again.
            brought.extend(fetched.iter().filter(|step| matches!(step.work, Work::Run(_))).cloned());
        }
        job.steps.extend(fetched);

        let environment = self.environment(node, unit);
        let url = job.environment.as_ref().and_then(|environment| environment.url.as_ref());
        let due_unless_exempt = (!exemptions.is_empty())
            .then(|| Expression::all(exemptions.iter().map(|(exempt, _)| exempt.clone().negated())));
        let exempt = due_unless_exempt.as_ref();
        let raw = self.raw_steps(node, unit, &environment, exempt);
        let of_actions = deploy.map(|deploy| self.action_variables(deploy, unit)).unwrap_or_default();
        let in_raw = raw.iter().flat_map(|(_, steps)| steps).flat_map(Step::templates);
        let variables = environment.iter().chain(&of_actions).map(|(_, value)| value).chain(url);
        let facts = facts_step(variables.chain(in_raw));
        job.steps.extend(facts);
        job.steps.extend(self.tool_steps(node));
        job.steps.extend(self.ready_steps(node));
        let mut logins = Vec::new();
        if unit.runs != Runs::Untrusted {
            permissions::add_rights(body, &mut job.permissions);
            reports::add_rights(node, &mut job.permissions);
            for identity in self.identities(node) {
                job.permissions.write(
                    "id-token",
                    format!("proves to {} which job this is", identities::cloud(identity)),
                );
                logins.extend(self.identity_step(identity, &environment));
            }
        }
        let held = logins.iter().cloned().chain(self.secret_file_steps(node, unit));
        let held: Vec<Step> = held.chain(self.layout_step(node)).collect();
        if has_attempts {
            brought.extend_from_slice(&held);
        }
        job.steps.extend(held);
        self.add_exemptions(&exemptions, &mut job);
        let (blocks, raw): (Vec<usize>, Vec<Vec<Step>>) = raw.into_iter().unzip();
        let acts = acts::of_node(node, &blocks, &plan.unless_exempt());
        let around = Surroundings { environment: &environment, brought: &brought, logins: &logins, raw };
        job.steps.extend(self.act_steps(node, unit, &acts, around));
        job.steps.extend(self.save_steps(node, exempt));
        if matches!(node.kind, NodeKind::Artefact(_)) {
            job.outputs.extend(artefacts::outputs(node));
            job.steps.extend(self.record_steps(node));
            let push = self.push_step(node, unit, &mut job.permissions);
            job.steps.extend(push);
        }
        job.steps.extend(self.report_steps(node, unit, due_unless_exempt.as_ref()));
        if job.container.is_some() {
            self.in_container(&mut job);
        }
        self.refuse_secrets_beside_raw_steps(node, &job);
        job
    }

    fn identities<'b>(&'b self, node: &'b Node) -> impl Iterator<Item = &'b pipec_ir::Identity> {
        let environment = match &node.kind {
            NodeKind::Deploy(deploy) => self.program.environments.get(&deploy.environment),
            _ => None,
        };
        node.body
            .identities
            .iter()
            .chain(environment.into_iter().flat_map(|environment| &environment.identities))
    }

    fn add_exemptions(&self, exemptions: &[(Expression, String)], job: &mut Job) {
        let mut outcomes = Vec::new();
        let mut reasons = Vec::new();
        for (index, (exempt, because)) in exemptions.iter().enumerate() {
            let id = if index == 0 { EXEMPT.to_owned() } else { format!("{EXEMPT}-{}", index + 1) };
            outcomes.push(format!("steps.{id}.outputs.{OUTCOME}"));
            reasons.push(format!("steps.{id}.outputs.{REASON}"));
            let mut step = Step::run("Exempt", Script::Exempt.text(Dialect::GitHub))
                .with_id(id)
                .with_env("REASON", Template::text(because.clone()));
            step.condition = Some(exempt.clone());
            job.steps.push(step);
        }
        if !outcomes.is_empty() {
            job.outputs.push((OUTCOME.to_owned(), Template::expression(outcomes.join(" || "))));
            job.outputs.push((REASON.to_owned(), Template::expression(reasons.join(" || "))));
        }
    }
}

fn checkout_step(checkout: &Checkout) -> Option<Step> {
    let mut inputs = Vec::new();
    match checkout {
        Checkout::None => return None,
        Checkout::Commit => {}
        Checkout::With { full_history, submodules, lfs } => {
            if *full_history {
                inputs.push(("fetch-depth", Input::Number(0)));
            }
            if *submodules {
                inputs.push(("submodules", Input::Text(Template::text("recursive"))));
            }
            if *lfs {
                inputs.push(("lfs", Input::Flag(true)));
            }
        }
    }
    inputs.push(("persist-credentials", Input::Flag(false)));
    Some(Step::uses("Check out", &pins::CHECKOUT, inputs))
}
