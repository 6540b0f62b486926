//! Judges what happens inside the jobs.
//!
//! It asks which steps run, after what, and whether a job that succeeds has done what its node must. Each step that
//! runs may fail, alone and after failed attempts.

use super::graph::{GraphJob, GraphStep};
use super::judge::{Aspect, Case, Judge};
use super::values::digest_of;
use super::walk::{LegRun, Walk, run_leg};
use crate::brute_force::before::{Place, artefacts_of};
use crate::brute_force::model::{Pipeline, RunFact, What};
use pipec_model::{CheckoutOf, Does, Given, JobResult, Kept, Part, Step, Value, Which};
use pipec_runtime::names::OVERRIDE_GATE;
use pipec_runtime::{ForwardForm, Script};
use std::collections::BTreeMap;

/// One way through the steps of a job.
#[derive(Clone, Copy)]
struct Way<'w> {
    case: &'w Case,
    walk: &'w Walk,
    job: usize,
    place: Place,
    run: &'w LegRun,
    steps: &'w [&'w Step],
    /// The variables of all steps.
    variables: &'w [Given],
}

impl Way<'_> {
    /// Whether two steps of one attempt ran that do the same.
    fn repeats_itself(&self) -> bool {
        let mut ran: Vec<&Step> = Vec::new();
        for place in (0..self.steps.len()).filter(|place| self.run.has_run(*place)) {
            let step = self.steps[place];
            // Another attempt does everything again, but it begins once.
            if step.runs(Script::Again) && ran.last().is_some_and(|last| !last.runs(Script::Again)) {
                ran.clear();
            }
            if ran.iter().any(|other| step.does == other.does && step.env == other.env) {
                return true;
            }
            ran.push(step);
        }
        false
    }
}

impl Judge<'_, '_, '_> {
    /// Goes through the steps of each job that starts in a run.
    pub fn steps(&mut self, case: &Case, walk: &Walk) {
        for job in (0..self.graph.jobs.len()).filter(|job| walk.started[*job]) {
            let Some(place) = self.node_of[job].filter(|place| case.is_due(*place)) else { continue };
            let graph = self.graph;
            let of = &graph.jobs[job];
            for (leg, all) in of.legs.iter().zip(&of.job.legs.all) {
                let mut model = walk.model.clone();
                let steps: Vec<&Step> = leg.iter().map(|step| step.step).collect();
                let run = run_leg(graph, of, leg, &mut model, &[]);
                let green =
                    Way { case, walk, job, place, run: &run, steps: &steps, variables: &all.variables };
                self.way(&green);
                self.nothing_is_left_out(&green);
                self.failures(of, leg, &green);
            }
        }
    }

    /// Lets steps fail that run. The attempts fail one after another, and after each any other step may fail, too.
    fn failures(&mut self, job: &GraphJob<'_>, leg: &[GraphStep<'_>], green: &Way<'_>) {
        let mut model = green.walk.model.clone();
        let mut failed = Vec::new();
        let mut run = green.run.clone();
        loop {
            let running: Vec<usize> = (0..leg.len()).filter(|step| run.has_succeeded(*step)).collect();
            for step in &running {
                let failing: Vec<usize> = failed.iter().chain([step]).copied().collect();
                let run = run_leg(self.graph, job, leg, &mut model, &failing);
                self.way(&Way { run: &run, ..*green });
            }
            let is_script = |step: &&usize| matches!(green.steps[**step].does, Does::Script(_));
            let Some(script) = running.iter().find(is_script) else { return };
            failed.push(*script);
            run = run_leg(self.graph, job, leg, &mut model, &failed);
        }
    }

    /// The gate that a run overrides fails, and its role approves that.
    pub fn overridden(&self, case: &Case, green: &Walk) -> Vec<Vec<(usize, JobResult)>> {
        let gate = case.begun.overriding.as_ref().and_then(|overriding| overriding.gate.as_deref());
        let job = gate.and_then(|gate| self.graph.place_of(gate)).filter(|job| green.started[*job]);
        job.map(|job| vec![(job, JobResult::Failure)]).into_iter().collect()
    }

    /// Judges one way through the steps of a job.
    ///
    /// Nothing runs before what must be before it, and a job that succeeds has done what its node must.
    fn way(&mut self, way: &Way<'_>) {
        let id = self.id(way.job);
        let node = self.source.node(way.place);
        let is_exempt = self.source.is_exempt(node, &way.case.begun);
        let mut wrong: Vec<(Aspect, String)> = Vec::new();
        let mut is_decided = false;
        if way.repeats_itself() {
            wrong.push((Aspect::Steps, "does the same thing twice".to_owned()));
        }
        if (0..way.steps.len()).any(|place| way.run.has_run(place) && way.run.had_failed(place)) {
            wrong.push((Aspect::Steps, "runs a step, though it has failed".to_owned()));
        }
        for (place, step) in way.steps.iter().enumerate() {
            if way.run.has_succeeded(place) && step.runs(Script::Exempt) && !is_exempt {
                wrong.push((Aspect::Steps, "says that it is exempt, though it is not".to_owned()));
            }
            let Does::Script(text) = &step.does else { continue };
            if !way.run.has_run(place) {
                continue;
            }
            is_decided |= way.run.has_succeeded(place);
            if *text.bytes != *format!("./{}.sh", node.name).as_bytes() {
                wrong.push((Aspect::Steps, "runs a script that the source lacks".to_owned()));
            }
            let missing = self.missing_before(way, place);
            wrong.extend(missing.map(|what| (Aspect::Steps, format!("runs its script, though {what}"))));
            wrong.extend(self.wrongly_given(way, step).map(|what| (Aspect::Values, what)));
        }
        let says_exempt = self.says_exempt(way);
        if way.run.is_green && !is_decided && !(is_exempt && says_exempt) {
            wrong.push((Aspect::Steps, "is green, though its script did not succeed".to_owned()));
        }
        if says_exempt && !self.hands_on_exemption(way) {
            wrong.push((Aspect::Values, "is exempt, and the record shows that it passed".to_owned()));
        }
        if way.run.is_green && matches!(node.what, What::Artefact) && !self.hands_on(way) {
            wrong.push((Aspect::Steps, "is green, though it did not hand on what it built".to_owned()));
        }
        for (aspect, what) in wrong {
            self.find(aspect, id, what, way.case);
        }
    }

    /// Where all goes well, the script runs exactly once, unless the gate is exempt.
    fn nothing_is_left_out(&mut self, way: &Way<'_>) {
        let node = self.source.node(way.place);
        let is_script = |place: &usize| matches!(way.steps[*place].does, Does::Script(_));
        let scripts =
            (0..way.steps.len()).filter(|place| is_script(place) && way.run.has_run(*place)).count();
        let is_exempt = self.source.is_exempt(node, &way.case.begun) && self.says_exempt(way);
        let id = self.id(way.job);
        if scripts > 1 {
            self.find(Aspect::Steps, id, "runs its script twice", way.case);
        }
        if scripts == 0 && !is_exempt {
            self.find(Aspect::Steps, id, "does not run its script, though it is due", way.case);
        }
        if !way.run.is_green {
            self.find(Aspect::Steps, id, "fails by itself", way.case);
        }
    }

    /// Whether a step said that the gate is exempt.
    fn says_exempt(&self, way: &Way<'_>) -> bool {
        let says = |place: &usize| way.steps[*place].runs(Script::Exempt) && way.run.has_succeeded(*place);
        (0..way.steps.len()).any(|place| says(&place))
    }

    /// Whether a job hands on what the step recorded that said that the gate is exempt.
    fn hands_on_exemption(&self, way: &Way<'_>) -> bool {
        let says = |place: &usize| way.steps[*place].runs(Script::Exempt) && way.run.has_succeeded(*place);
        let ids: Vec<&String> =
            (0..way.steps.len()).filter(says).filter_map(|place| way.steps[place].id.as_ref()).collect();
        let asks = |given: &Given| match given.value.as_part() {
            Some(Part::StepOutput { step, .. }) => ids.contains(&step),
            Some(Part::FirstOutputOf { steps, .. }) => steps.iter().any(|step| ids.contains(&step)),
            _ => false,
        };
        let outputs = self.graph.jobs[way.job].job.outputs();
        ["outcome", "reason"].iter().all(|name| outputs.iter().any(|it| *it.name == **name && asks(it)))
    }

    /// What a script needs and does not find when it runs.
    ///
    /// It needs what it uses, its code, its identity, and for a deploy the permission to continue.
    fn missing_before(&self, way: &Way<'_>, script: usize) -> Option<String> {
        let succeeded = |from: usize, is_it: &dyn Fn(&Step) -> bool| {
            (from..script).any(|place| way.run.has_succeeded(place) && is_it(way.steps[place]))
        };
        // Another attempt clears away what the one before it found.
        let again = |place: &usize| way.steps[*place].runs(Script::Again) && way.run.has_run(*place);
        let attempt = (0..script).rev().find(again).unwrap_or(0);
        if !succeeded(attempt, &|step| step.does == Does::Checkout(CheckoutOf::default())) {
            return Some("nothing was checked out".to_owned());
        }
        let role = self.role(way.job);
        let signs_in = |step: &Step| matches!(&step.does, Does::SignIn(login) if login.role.is_some() && login.role.as_deref() == role);
        if role.is_some() && !succeeded(attempt, &signs_in) {
            return Some("it has not signed in".to_owned());
        }
        for artefact in artefacts_of(self.source.pipeline, way.place) {
            let brought = (attempt..script).any(|place| self.is_verified(way, place, artefact));
            if !brought {
                return Some(format!("`{artefact}` was not verified"));
            }
        }
        let environment = self.environment(way.place)?;
        let asks = |script: Script, name: &str, value: &str| {
            succeeded(0, &|step| step.runs(script) && step.env_literal(name) == Some(value))
        };
        if environment.tier == "ephemeral" {
            let commit = |step: &Step| {
                let is = |name: &str, part: &Part| step.env(name).is_some_and(|given| given.is_part(part));
                step.runs(Script::PreviewWanted)
                    && is("PULL_REQUEST", &Part::Fact(pipec_ir::Fact::PullRequestNumber))
                    && is("COMMIT", &Part::PullRequestHead)
            };
            if !succeeded(0, &commit) {
                return Some("nobody asked whether it is still wanted".to_owned());
            }
        } else if !asks(self.forward_to(&environment.name), "ENVIRONMENT", &environment.name)
            || !asks(self.forward_to(&environment.name), "WORKFLOW", self.file)
        {
            return Some("it may go backwards".to_owned());
        }
        self.relied_on(way)
            .filter(|gate| !succeeded(0, &|step| self.asks_for(way, step, gate)))
            .map(|gate| format!("nobody asked whether the override of `{gate}` is in force"))
    }

    /// The script that asks whether a deploy to an environment goes forward.
    fn forward_to(&self, environment: &str) -> Script {
        let deploys_there = |pipeline: &&Pipeline| {
            let nodes = pipeline.stages.iter().flat_map(|stage| &stage.nodes);
            nodes.into_iter().any(|node| matches!(&node.what, What::Deploy(_, to) if to == environment))
        };
        let pipelines = self.source.program.pipelines.iter().filter(deploys_there).count();
        Script::Forward(if pipelines > 1 { ForwardForm::SharedHistory } else { ForwardForm::History })
    }

    /// The gate before a deploy that its run has overridden.
    fn relied_on(&self, way: &Way<'_>) -> Option<String> {
        let gate = way.case.begun.overriding.as_ref()?.gate.clone()?;
        let place = self.names.iter().find(|(_, name)| **name == gate).map(|(place, _)| *place)?;
        let is_before = self.source.order.is_before(place, way.place) && way.case.is_due(place);
        let has_failed = self.jobs_of[&place].iter().all(|job| way.walk.ended[*job] != JobResult::Success);
        (is_before && has_failed).then_some(gate)
    }

    /// Whether a step asks if an override of a gate is in force.
    ///
    /// It must ask with the result of the gate.
    fn asks_for(&self, way: &Way<'_>, step: &Step, gate: &str) -> bool {
        let lines = step.env("OVERRIDES").and_then(|given| self.text(way.job, given, way.case, way.walk));
        let is_of_run = step
            .env("GATE")
            .is_some_and(|given| given.is_part(&Part::Fact(pipec_ir::Fact::Input(OVERRIDE_GATE.to_owned()))));
        // All overrides of these programs expire after a day.
        let begins = format!("{gate} failure 86400 <approved-at of ");
        step.runs(Script::OverrideInForce)
            && is_of_run
            && lines.is_some_and(|lines| lines.lines().any(|line| line.starts_with(&begins)))
    }

    /// Whether a step verified an artefact that was just fetched.
    ///
    /// It must use the digest that the artefact's producer recorded in this run.
    fn is_verified(&self, way: &Way<'_>, place: usize, artefact: &str) -> bool {
        let step = way.steps[place];
        let text = |value: &Value| self.text(way.job, value, way.case, way.walk);
        let given = |name: &str| step.env(name).and_then(text).unwrap_or_default();
        let folder = "<scratch>/handed-over";
        let is_fetched = (0..place).any(|other| {
            let Does::Fetch(fetched) = &way.steps[other].does else { return false };
            way.run.has_succeeded(other)
                && fetched.which == Which::Named(artefact.to_owned())
                && !fetched.is_unknown
                && text(&fetched.into).as_deref() == Some(folder)
        });
        way.run.has_succeeded(place)
            && step.runs(Script::VerifyFile)
            && is_fetched
            && self.digests(artefact, way.walk).contains(&given("DIGEST"))
            && given("NAME") == artefact
            && given("FILE") == artefact
    }

    /// The digests that the jobs of a producer have recorded in a run.
    fn digests(&self, artefact: &str, walk: &Walk) -> Vec<String> {
        let is_it = |(place, name): &(&Place, &String)| {
            name.as_str() == artefact && matches!(self.source.node(**place).what, What::Artefact)
        };
        let jobs = self.names.iter().find(is_it).map(|(place, _)| &self.jobs_of[place]);
        let passed = jobs.into_iter().flatten().filter(|job| walk.is_passed(**job));
        passed.map(|job| digest_of(self.id(*job))).collect()
    }

    /// The first variable of a script that differs from what the source says.
    fn wrongly_given(&self, way: &Way<'_>, step: &Step) -> Option<String> {
        let mut wanted = self.wanted(way);
        let of_job = way.variables.iter().filter(|of_job| step.env(&of_job.name).is_none());
        for given in of_job.chain(&step.env) {
            let text = self.text(way.job, &given.value, way.case, way.walk);
            match wanted.remove(&*given.name) {
                Some(wanted) if text.as_ref() == Some(&wanted) => {}
                Some(wanted) => {
                    return Some(format!("gives its script {text:?} as `{}`, not {wanted:?}", given.name));
                }
                None => return Some(format!("gives its script `{}`", given.name)),
            }
        }
        wanted.into_keys().next().map(|name| format!("does not give its script `{name}`"))
    }

    /// The variables of the script of a node.
    fn wanted(&self, way: &Way<'_>) -> BTreeMap<String, String> {
        let node = self.source.node(way.place);
        let mut wanted = BTreeMap::new();
        for artefact in artefacts_of(self.source.pipeline, way.place) {
            let stem = artefact.to_uppercase();
            let digest = self.digests(artefact, way.walk).into_iter().next().unwrap_or_default();
            wanted.insert(format!("{stem}_PATH"), format!("<scratch>/artefacts/{artefact}/{artefact}"));
            wanted.insert(format!("{stem}_DIGEST"), digest);
        }
        for name in &node.reads {
            wanted.insert(format!("{}_URL", name.to_uppercase()), format!("https://{name}.example"));
        }
        let part = |fact: pipec_ir::Fact| format!("<{:?}>", Part::Fact(fact));
        if let Some(fact) = node.fact {
            let text = match fact {
                RunFact::TagName | RunFact::BranchName => {
                    self.source.ref_name(&way.case.begun).unwrap_or("<ref>").to_owned()
                }
                RunFact::PullRequestNumber => part(pipec_ir::Fact::PullRequestNumber),
                RunFact::Input(input) => part(pipec_ir::Fact::Input(input.name().to_owned())),
            };
            wanted.insert("FACT".to_owned(), text);
        }
        if let Some(environment) = self.environment(way.place) {
            let secret = format!("{}_KEY", environment.name.to_uppercase());
            let value = match self.is_untrusted_only(way.job) {
                true => String::new(),
                false => format!("<secret {secret}>"),
            };
            wanted.insert(secret, value);
            if environment.tier == "ephemeral" {
                wanted.insert("PIPE_PULL_REQUEST".to_owned(), part(pipec_ir::Fact::PullRequestNumber));
            }
        }
        wanted
    }

    /// Whether a job recorded what its script built, stored it, and hands on its digest.
    fn hands_on(&self, way: &Way<'_>) -> bool {
        let node = self.source.node(way.place);
        let job = self.graph.jobs[way.job].job;
        let text = |value: &Value| self.text(way.job, value, way.case, way.walk);
        let packed = format!("<scratch>/{}.tar", node.name);
        let is_script = |place: &usize| matches!(way.steps[*place].does, Does::Script(_));
        let last = (0..way.steps.len()).rev().find(|place| is_script(place) && way.run.has_succeeded(*place));
        let Some(last) = last else { return false };
        let records = |place: &usize| {
            let step = way.steps[*place];
            way.run.has_succeeded(*place)
                && step.runs(Script::RecordFile)
                && step.env_literal("FILE") == Some(&format!("out/{}", node.name))
                && step.env("PACKED").and_then(text).as_ref() == Some(&packed)
        };
        let Some(record) = (last..way.steps.len()).find(records) else { return false };
        let keeps = |place: usize| match &way.steps[place].does {
            Does::Keep(Kept { name, paths, .. }) => {
                way.run.has_succeeded(place)
                    && name.as_ref() == Some(&node.name)
                    && text(paths).as_ref() == Some(&packed)
            }
            _ => false,
        };
        let is_handed_on = job.outputs().iter().any(|given| {
            let step = way.steps[record].id.clone().unwrap_or_default();
            let digest = Part::StepOutput { step, output: "digest".to_owned() };
            *given.name == *"digest" && given.value.is_part(&digest)
        });
        is_handed_on && (record..way.steps.len()).any(keeps)
    }
}
