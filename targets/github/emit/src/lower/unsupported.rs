//! Clauses that this version can't build for GitHub. They are refused, never left out.

use super::Lowering;
use pipec_base::codes;
use pipec_ir::{Binding, Body, Condition, Deploy, Environment, Lock, Node, NodeKind, Origin, Tier};
use pipec_lowering::acts::time_forth;

impl Lowering<'_> {
    pub(super) fn refuse_unsupported(&self) {
        for node in &self.pipeline.nodes {
            if let (Some(_), Some(block)) = (node.quorum(), node.body.engines.first()) {
                self.refuse("an `engine` block in a gate that repeats", &block.origin);
            }
            self.refuse_long_job(node);
            self.refuse_in_body(&node.body);
            self.check_sidecars(node);
            self.refuse_many_legs(node);
            self.refuse_measures(node);
            self.refuse_harm_by_raw_steps(node);
            self.check_retry(node);
            self.refuse_in_reports(node);
            self.check_cache_keys(node);
            match &node.kind {
                NodeKind::Artefact(_) => self.check_image(node),
                NodeKind::Gate(_) | NodeKind::Job => {}
                NodeKind::Deploy(deploy) => self.refuse_in_deploy(node, deploy),
            }
        }
        for stage in &self.pipeline.stages {
            for atom in stage.condition.atoms() {
                if let Condition::Input { name, value } = atom
                    && value.contains(['\n', '\r'])
                {
                    let origin = stage.condition_origin.as_ref().unwrap_or(&stage.origin);
                    self.refuse(&format!("a line break in a value of `{name}`"), origin);
                }
            }
        }
    }

    pub(super) fn refuse(&self, what: &str, origin: &Origin) {
        self.error(
            codes::P1101,
            origin,
            format!("{what} can't be built for github by this version"),
            "remove it: pipec refuses a clause that a target can't build, and never drops it silently",
        );
    }

    /// Refuses jobs that GitHub would end before their time.
    ///
    /// It ends a job on its own machines after six hours, on others after five days. Soaks add to the timeout.
    fn refuse_long_job(&self, node: &Node) {
        let soaks = node.soaks();
        const HOUR: u64 = 3_600_000;
        let body = &node.body;
        let own_label = node.runners().iter().all(|runner| runner.labels.contains_key("github"));
        let longest = if own_label { 5 * 24 * HOUR } else { 6 * HOUR };
        let times = node.executions();
        if node.allowed_time() > longest {
            let (machine, other) = if own_label {
                ("your own machine", "")
            } else {
                ("a machine of GitHub", ", or use your own machine: `label github \"…\"` in a runner")
            };
            let (what, remedy) = if soaks > 0 {
                ("a timeout with its soaks", "shorten the soaks")
            } else if body.retry.is_some() {
                ("a timeout of all its attempts together", "make it shorter, or use fewer retries")
            } else if times > 1 {
                ("a timeout of all its repetitions together", "make it shorter, or use fewer repetitions")
            } else {
                ("a timeout", "make it shorter")
            };
            self.error(
                codes::P1101,
                &body.origin,
                format!(
                    "{what} of more than {} hours on {machine} can't be built for github",
                    longest / HOUR
                ),
                format!("{remedy}{other}"),
            );
        }
    }

    /// Refuses a matrix of no legs, or of too many.
    ///
    /// GitHub expands a matrix to at most 256 jobs, and an empty matrix counts as success.
    fn refuse_many_legs(&self, node: &Node) {
        const MOST: usize = 256;
        let count = node.legs().len();
        if node.has_legs() && !(1..=MOST).contains(&count) {
            let matrix = node.body.matrix.as_ref().map(|matrix| &matrix.origin);
            let shards = node.body.shards.as_ref().map(|(_, origin)| origin);
            self.refuse(&format!("a node of {count} legs"), matrix.or(shards).unwrap_or(&node.origin));
        }
    }

    fn refuse_in_body(&self, body: &Body) {
        if let Some(block) = body.engines.first()
            && body.steps.is_empty()
            && !body.engines.iter().any(|block| block.target == "github")
        {
            self.refuse(&format!("a node with steps only for {}", block.target), &block.origin);
        }
        self.check_runner(&body.runner, body);
        for leg in body.matrix.iter().flat_map(|matrix| &matrix.legs) {
            if let Some(runner) = &leg.runner {
                self.check_runner(runner, body);
            }
        }
    }

    fn refuse_in_deploy(&self, node: &Node, deploy: &Deploy) {
        if let Some(rollback) = deploy.rollback()
            && time_forth(node.body.timeout) == 0
        {
            self.error(
                codes::P1101,
                &rollback.origin,
                "on github, this deploy's timeout leaves no time to roll back",
                "a third of a deploy's timeout, and at least two minutes, is reserved for `rollback`: \
                 write `timeout 10m`",
            );
        }
        if let Some(environment) = self.program.environments.get(&deploy.environment) {
            self.refuse_in_environment(node, environment);
            if environment.tier == Tier::Ephemeral {
                self.check_preview(node, deploy, environment);
            }
        }
    }

    fn refuse_in_environment(&self, node: &Node, environment: &Environment) {
        // What waits for the same lock is dropped, be it of the same run.
        let mut others = self.pipeline.deploys().filter(|(_, deploy)| deploy.environment == environment.name);
        if environment.lock == Lock::Newest && others.next().is_some_and(|(first, _)| first.id != node.id) {
            self.error(
                codes::P1101,
                &node.name_origin,
                format!(
                    "on github, this deploy of `{}` to `{}` could replace another waiting deploy of the same run",
                    self.pipeline.name, environment.name
                ),
                "deploy the artefacts together, as one set, or write `lock queue` in the environment",
            );
        }
        let both = |binding: &&Binding| node.body.env.iter().any(|own| own.variable == binding.variable);
        if let Some(twice) = environment.values.iter().find(both) {
            self.refuse(&format!("a second `{}`", twice.variable), &twice.origin);
        }
    }
}
