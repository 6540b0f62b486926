//! A workflow as GitHub reads it, for the prover.
//!
//! For example, `Workflow::read(".github/workflows/a.yml", text, &lock)` gives the jobs as data, and a finding for each
//! key that this model does not know.

use crate::meaning::expression::{Datum, Evaluator, Scope, Words};
use crate::meaning::lift::{LiftedJob, lift};
use crate::meaning::{events, starts};
use crate::read::expression::{Comparison, Expression};
use crate::read::{workflow, yaml};
use crate::surroundings;
use pipec_github_catalogue as catalogue;
use pipec_ir::{PinnedAction, Pins, Platform, Right, RunnerHost};
use pipec_logic::Proposition;
use pipec_model::{
    ConditionId, ExpressionId, Finding, Job, Jobs, Need, Part, Reading, RunGroup, RunTrigger, StartPart,
    StepsBefore, Surroundings, World,
};
use pipec_runtime::Dialect;
use std::rc::Rc;

/// The maximum duration of a job on GitHub, in minutes.
const LONGEST_JOB: f64 = 360.0;

/// A workflow that GitHub reads.
#[derive(Debug)]
pub struct Workflow {
    written: workflow::Workflow,
    /// Its jobs as data, in the order of `written`.
    lifted: Vec<LiftedJob>,
    triggers: Vec<RunTrigger>,
    surroundings: Surroundings,
}

/// Reads a workflow from a file. Also gives every reason why GitHub or this model refuses a part of it. Actions must be
/// pinned in the catalogue or in `lock`. `None` if the text is no YAML that GitHub reads.
pub fn read(path: &str, text: &str, lock: &Pins) -> (Option<Workflow>, Vec<Finding>) {
    let root = match yaml::read(text) {
        Ok(root) => root,
        Err(unreadable) => {
            let message = format!("GitHub can't read it: {}", unreadable.reason);
            return (None, vec![Finding::of_file(message, unreadable.line)]);
        }
    };
    let (written, mut findings) = workflow::understand(root);
    let is_read = |name: &str| name.ends_with(".yml") || name.ends_with(".yaml");
    if !path.strip_prefix(".github/workflows/").is_some_and(|name| is_read(name) && !name.contains('/')) {
        findings.push(Finding::of_file("GitHub reads no workflow there", 1));
    }
    let lifted: Vec<LiftedJob> =
        written.jobs.iter().map(|job| lift(job, written.root.get("permissions"), lock)).collect();
    findings.extend(lifted.iter().flat_map(|lifted| lifted.findings.clone()));
    let triggers = events::triggers(written.root.get("on"), &mut findings);
    let surroundings = surroundings::surroundings(&written.root, &mut findings);
    (Some(Workflow { written, lifted, triggers, surroundings }), findings)
}

impl Reading for Workflow {
    fn name(&self) -> &'static str {
        "github"
    }

    fn dialect(&self) -> Dialect {
        Dialect::GitHub
    }

    fn jobs(&self) -> Vec<&Job> {
        self.lifted.iter().map(|lifted| &lifted.job).collect()
    }

    fn ignores_case(&self) -> bool {
        true
    }

    fn triggers(&self) -> &[RunTrigger] {
        &self.triggers
    }

    fn has_environments(&self, platform: Option<&Platform>) -> bool {
        catalogue::Offers::of(platform).environments
    }

    fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    fn run_group(&self, world: &World) -> Option<RunGroup> {
        surroundings::run_group(self.written.root.get("concurrency")?, world)
    }

    fn start(
        &self,
        place: usize,
        before: &Jobs<'_>,
        stopped: &Proposition,
        world: &World,
    ) -> Vec<StartPart<'_>> {
        match self.written.jobs.get(place) {
            Some(job) => starts::start((place, job), before, stopped, world),
            None => Vec::new(),
        }
    }

    fn holds(
        &self,
        place: usize,
        condition: ConditionId,
        before: &StepsBefore,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition> {
        let LiftedJob { job, conditions, .. } = self.lifted.get(place)?;
        let condition = conditions.get(condition.0)?.as_ref()?;
        let scope = Scope::of_step(&job.id, &job.waits_for, jobs, before);
        Some(Evaluator { world, scope: &scope }.holds(condition))
    }

    fn reads(
        &self,
        place: usize,
        expression: ExpressionId,
        word: &str,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition> {
        let LiftedJob { job, expressions, .. } = self.lifted.get(place)?;
        let expression = expressions.get(expression.0)?;
        let stopped = jobs.get(job.id.as_str())?.stopped.clone();
        let scope = Scope::of_job(&job.id, &job.waits_for, jobs, stopped);
        let cases = Evaluator { world, scope: &scope }.value(expression);
        let wanted = Datum::Text(Words::Exact(word.to_owned()));
        let reads = cases.into_iter().filter(|(_, datum)| *datum == wanted).map(|(guard, _)| guard);
        Some(world.logic().any(&reads.collect::<Vec<_>>()))
    }

    fn output_is(
        &self,
        place: usize,
        output: &Part,
        word: &str,
        before: &StepsBefore,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition> {
        let LiftedJob { job, .. } = self.lifted.get(place)?;
        let (context, id, output) = match output {
            Part::StepOutput { step, output } => ("steps", step, output),
            Part::JobOutput { jobs, output } => match jobs.as_slice() {
                [job] => ("needs", job, output),
                _ => return None,
            },
            _ => return None,
        };
        let scope = Scope::of_step(&job.id, &job.waits_for, jobs, before);
        let text = |text: &str| Rc::new(Expression::Text(text.to_owned()));
        let of = Rc::new(Expression::Index(Rc::new(Expression::Context(context)), Some(text(id))));
        let outputs = Rc::new(Expression::Index(of, Some(text("outputs"))));
        let value = Rc::new(Expression::Index(outputs, Some(text(output))));
        let is_word = Expression::Compare(Comparison::Equal, value, text(word));
        Some(Evaluator { world, scope: &scope }.holds(&is_word))
    }

    fn scopes(&self, need: Need) -> &'static [(&'static str, &'static str)] {
        match need {
            Need::Code => &[("contents", "read")],
            Need::Runs => &[("actions", "read")],
            Need::Deployments => &[("deployments", "read")],
            Need::RecordDeployments | Need::EndDeployments => &[("deployments", "write")],
            Need::PullRequests => &[("pull-requests", "read")],
            Need::PushImage => &[("packages", "write")],
            // Code scanning also reads the run that found the problem.
            Need::CodeScanning => &[("security-events", "write"), ("actions", "read")],
            Need::ProveIdentity => &[("id-token", "write")],
            Need::Clause(right) => scopes_of_clause(right),
        }
    }

    fn is_image(&self, given: &str, wanted: &str, lock: &Pins) -> bool {
        match catalogue::image_digest(wanted, lock).filter(|_| !wanted.contains('@')) {
            Some(digest) => given == format!("{wanted}@{digest}"),
            None => given == wanted,
        }
    }

    fn is_machine(&self, machine: &str, host: RunnerHost) -> bool {
        let version = match host {
            RunnerHost::LinuxX64 => machine.strip_prefix("ubuntu-"),
            RunnerHost::LinuxArm64 => {
                machine.strip_prefix("ubuntu-").and_then(|version| version.strip_suffix("-arm"))
            }
            RunnerHost::MacosArm64 => machine.strip_prefix("macos-"),
            RunnerHost::WindowsX64 => machine.strip_prefix("windows-"),
        };
        // Other labels, such as `ubuntu-latest` and those of a company's own machines, may lead anywhere.
        let is_part = |character: char| character.is_ascii_digit() || character == '.';
        version.is_some_and(|version| !version.is_empty() && version.chars().all(is_part))
    }

    /// Whether a call is that of a wanted action. A version is that of the pin, its first parts, or the commit; the lock
    /// file takes precedence over the catalogue.
    fn calls(&self, uses: &str, wanted: &str, lock: &Pins) -> bool {
        let (Some((name, version)), Some((given, commit))) = (wanted.split_once('@'), uses.split_once('@'))
        else {
            return false;
        };
        let is_named = |known: &PinnedAction| {
            let is_major = known.version.strip_prefix(version).is_some_and(|rest| rest.starts_with('.'));
            known.name.eq_ignore_ascii_case(name)
                && (known.version == version || known.commit == version || is_major)
        };
        let fits = |known: &PinnedAction| is_named(known) && known.name == given && known.commit == commit;
        let mut locked = lock.actions.iter().map(AsRef::as_ref);
        let is_known =
            if locked.clone().any(is_named) { locked.any(fits) } else { catalogue::versions(name).any(fits) };
        !version.is_empty() && is_known
    }

    fn executes_input(&self, input: &str) -> bool {
        catalogue::is_code(input)
    }

    fn longest_job(&self) -> f64 {
        LONGEST_JOB
    }
}

fn scopes_of_clause(right: Right) -> &'static [(&'static str, &'static str)] {
    match right {
        Right::Releases => &[("contents", "write")],
        Right::Pages => &[("id-token", "write"), ("pages", "write")],
        Right::Packages => &[("packages", "write")],
        Right::Checks => &[("checks", "write")],
        Right::Issues => &[("issues", "write")],
        Right::PullRequests => &[("pull-requests", "write")],
        Right::Discussions => &[("discussions", "write")],
        Right::Statuses => &[("statuses", "write")],
        Right::Attestations => &[("id-token", "write"), ("attestations", "write")],
        Right::SecurityEvents => &[("actions", "read"), ("security-events", "write")],
    }
}
