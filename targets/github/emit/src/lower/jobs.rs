//! The job of a node.

use super::order::{Runs, Unit};
use super::values::facts_step;
use super::{Lowering, artefacts, identities, names, permissions, reports, runners};
use crate::document::{EnvironmentUse, Input, Job, Step, Work};
use crate::expression::Expression;
use crate::pins;
use crate::template::Template;
use pipec_ir::{Checkout, Deploy, Exemption, Gate, Node, NodeKind};
use pipec_runtime::{Dialect, Script};

/// The step that says that a gate is exempt, and the outputs that repeat it and its reason.
const EXEMPT: &str = "exempt";
const OUTCOME: &str = "outcome";
const REASON: &str = "reason";

const MILLISECONDS_PER_MINUTE: u64 = 60_000;

impl Lowering<'_> {
    /// The job of a node for some of its runs.
    pub(super) fn job(&self, node: &Node, unit: &Unit) -> Job {
        let body = &node.body;
        let deploy = node.deploy();
        let mut job = Job {
            id: unit.id.clone(),
            comments: self.comments(node, unit),
            name: self.job_name(unit, node),
            strategy: self.strategy(node),
            runs_on: runners::machine(node.runners().first().copied().unwrap_or(&body.runner)),
            container: self.container(node),
            services: self.services(node, unit),
            timeout_minutes: minutes(node.allowed_time()),
            advisory: node.advisory().map(str::to_owned),
            ..Job::default()
        };
        let exemptions = self.exemptions(node);
        let reads_plan = exemptions.iter().any(|(condition, _)| condition.reads("needs.plan."));
        (job.needs, job.condition) = self.order(unit, reads_plan);

        if let Some(deploy) = deploy {
            self.add_deploy(unit, deploy, &mut job);
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
        let has_attempts = node.attempts() > 1;
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
            for identity in self.program.identities_of(node) {
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
        let acting = deploy.filter(|deploy| deploy.actions().next().is_some());
        job.steps.extend(match (acting, node.quorum()) {
            (Some(deploy), _) => self.acting_steps(node, unit, deploy, &environment, &logins),
            (None, Some(quorum)) => self.repeated_steps(node, quorum, &environment, exempt),
            (None, None) if has_attempts => self.attempted_steps(node, &environment, &brought),
            (None, None) => self.script_steps(node, &environment, exempt, raw),
        });
        job.steps.extend(self.save_steps(node, exempt));
        if node.is_artefact() {
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

    fn comments(&self, node: &Node, unit: &Unit) -> Vec<String> {
        let mut what = match &node.kind {
            NodeKind::Gate(Gate { evidence, of, advisory, .. }) => {
                let word = if advisory.is_some() { "advisory gate: " } else { "gate: " };
                let subject = if of.is_empty() { "" } else { " of " };
                [word, &evidence.name, subject, &of.join(", ")].concat()
            }
            NodeKind::Artefact(artefact) => format!("artefact: {}", artefact.ty.word()),
            NodeKind::Deploy(deploy) => {
                format!("deploy: {} to {}", deploy.artefacts.join(", "), deploy.environment)
            }
            NodeKind::Job => "job".to_owned(),
        };
        if let Some(stage) = self.pipeline.stage_of(node) {
            what.extend([" (stage ", &stage.name, ")"]);
        }
        what.push_str(match unit.runs {
            Runs::All => "",
            Runs::Trusted => "; only for reviewed code: it has rights of its own",
            Runs::Untrusted => "; for code that was not reviewed: without rights and secrets",
        });
        let no_way_back = node.deploy().and_then(Deploy::irreversible);
        let no_way_back = no_way_back.map(|(because, _)| format!("irreversible: {because}"));
        node.docs.iter().cloned().chain(std::iter::once(what)).chain(no_way_back).collect()
    }

    /// When a gate is exempt, and why. Its job runs all the same and says so: a job that GitHub skips proves nothing.
    fn exemptions(&self, node: &Node) -> Vec<(Expression, String)> {
        let rules = node.exemptions().iter().map(|rule| {
            let exempt = match &rule.when {
                Exemption::UnlessChanged(changes) => {
                    Expression::all(changes.iter().map(|change| self.unchanged(change)))
                }
                Exemption::OnFork => self.fork(),
            };
            (exempt, rule.because.clone())
        });
        rules.filter(|(exempt, _)| *exempt != Expression::Constant(false)).collect()
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

/// Milliseconds in whole minutes, rounded up; GitHub knows nothing shorter than one.
pub(super) fn minutes(milliseconds: u64) -> u32 {
    u32::try_from(milliseconds.div_ceil(MILLISECONDS_PER_MINUTE).max(1)).unwrap_or(u32::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_whole_minutes_and_never_shorter_than_asked() {
        assert_eq!([0, 1, 60_000, 60_001, 600_000].map(minutes), [1, 1, 1, 2, 10]);
    }
}
