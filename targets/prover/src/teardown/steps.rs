//! The steps of the teardown jobs.
//!
//! ```text
//! still-to-be-torn-down       checks again: the pull request may have been reopened since
//! check out, sign in, …       later steps run exactly if that step found something, and all before succeeded
//! scripts of the source       byte for byte, with the values of the environment and the number of the pull request
//! remove the deployments
//! ```

use super::{NONE, PULL_REQUEST, PULL_REQUESTS, Teardown};
use crate::acts;
use crate::steps::given::sign_in;
use crate::values::{self, PULL_REQUEST_VARIABLE, Wanted};
use pipec_ir::{Environment, Fact, Identity, Piece, Secret, Text};
use pipec_model::{
    CheckoutOf, ConditionId, Does, Job, Leaves, Part, Revision, ScriptText, Step, StepsBefore, Value,
};
use pipec_runtime::Script;

/// The id of the step that checks again.
const STILL: &str = "still";

impl Teardown<'_> {
    /// Checks a script that finds previews. It has the `ttl` of the source.
    pub(super) fn finds(
        &mut self,
        job: &Job,
        step: &Step,
        environment: &Environment,
        number: Part,
        id: &str,
    ) {
        let ttl = environment.ttl.map(|ttl| Value::literal(ttl.div_ceil(1000).to_string()));
        let given: [Wanted; 4] = [
            ("GH_TOKEN".to_owned(), Some(Value::of([Part::Token]))),
            ("ENVIRONMENT".to_owned(), Some(Value::literal(&environment.name))),
            ("PULL_REQUEST".to_owned(), Some(Value::of([number]))),
            ("TTL".to_owned(), ttl),
        ];
        let is_it = step.runs(Script::PreviewFind) && is_bare(step, Some(id));
        if !is_it || step.condition != ConditionId::PLAIN || !is_given(step, &given) {
            self.differs(job, environment, "it looks for something else than what is to be torn down");
        }
    }

    /// Checks the order of the steps. The job checks again, checks out the default branch, gets the values of the
    /// environment, runs the scripts of the source, and removes the deployments. There is no other step.
    pub(super) fn steps(&mut self, job: &Job, environment: &Environment) {
        let mut steps = job.steps().iter();
        match steps.next() {
            Some(step) => {
                self.finds(job, step, environment, Part::OfLeg(PULL_REQUEST.to_owned()), STILL);
            }
            None => return self.differs(job, environment, "it has no steps"),
        }
        self.turns(job, environment);
        if !steps.next().is_some_and(checks_out_the_default_branch) {
            let what = "it checks out something else than the default branch";
            self.differs(job, environment, what);
        }
        for identity in environment.identities.iter().filter(|identity| identity.provider.has_sign_in()) {
            if !steps.next().is_some_and(|step| takes_on(step, identity, environment)) {
                let what = "it takes on something else than the identities of its environment";
                self.differs(job, environment, what);
            }
        }
        for secret in environment.secrets.iter().filter(|secret| secret.file) {
            if !steps.next().is_some_and(|step| writes(step, secret)) {
                let what = "it writes to a file what its environment does not hold";
                self.differs(job, environment, what);
            }
        }
        for script in environment.teardown.iter().flat_map(|teardown| &teardown.steps) {
            match steps.next() {
                Some(step) => self.script(job, step, script, environment),
                None => self.differs(job, environment, "a script of the source is missing"),
            }
        }
        if !steps.next().is_some_and(forgets) {
            let what = "what is gone stays on the list, or something else is taken off";
            self.differs(job, environment, what);
        }
        if steps.next().is_some() {
            self.differs(job, environment, "the source asks for no such step");
        }
    }

    /// Checks that each later step runs at the right time. Something must remain to be torn down, all steps before must
    /// have succeeded, and the job must not be stopped.
    fn turns(&mut self, job: &Job, environment: &Environment) {
        let (world, logic) = (self.world, self.world.logic());
        let Some(place) = self.states.get(job.id.as_str()).map(|state| state.place) else { return };
        let still = Part::StepOutput { step: STILL.to_owned(), output: PULL_REQUESTS.to_owned() };
        let mut before = StepsBefore::first(world.free("the job is cancelled"), logic);
        for (number, step) in job.steps().iter().enumerate() {
            let alive = logic.and_not(&before.success, &before.stopped);
            let runs = if number == 0 {
                Some(alive)
            } else {
                let runs = self.engine.holds(place, step.condition, &before, &self.states, world);
                let is_empty = self.engine.output_is(place, &still, NONE, &before, &self.states, world);
                let wanted = is_empty.map(|is_empty| logic.and_not(&alive, &is_empty));
                let is_its_turn = runs.as_ref().zip(wanted).is_some_and(|(runs, wanted)| {
                    let otherwise = logic.or(&logic.and_not(runs, &wanted), &logic.and_not(&wanted, runs));
                    !logic.is_satisfiable(&otherwise).unwrap_or(true)
                });
                if !is_its_turn {
                    let what = "a step runs although nothing is to be torn down any more, or does not run";
                    self.differs(job, environment, what);
                }
                runs
            };
            let runs = runs.unwrap_or_else(|| world.free_at("a step runs", number));
            let succeeds = world.free_at("a step succeeds", number);
            acts::end(step, &runs, &succeeds, &mut before, world);
        }
    }

    /// Checks a script of the source, byte for byte. It has the values and secrets of the environment, its own
    /// variables, and the number.
    fn script(&mut self, job: &Job, step: &Step, script: &pipec_ir::Step, environment: &Environment) {
        let wanted = script.script.as_bytes();
        let arrives = matches!(&step.does, Does::Script(text) if *text.bytes == *wanted);
        if !arrives || !is_bare(step, None) {
            let what = "a script is another than that of the source, or runs otherwise";
            self.differs(job, environment, what);
        }
        if !is_given(step, &variables(environment)) {
            self.differs(job, environment, "a script is given other values than in the source");
        }
    }
}

/// Whether a step has no parts except the usual ones. They are a title, this id, its effect, its condition and its
/// values.
fn is_bare(step: &Step, id: Option<&str>) -> bool {
    step.title.is_some()
        && step.id.as_deref() == id
        && step.goes_on.is_none()
        && step.directory.is_none()
        && step.limit.is_none()
}

/// Whether a step has exactly these variables, except the one with an encoded script.
fn is_given(step: &Step, wanted: &[Wanted]) -> bool {
    let is_encoded = matches!(&step.does, Does::Script(ScriptText { is_exact: true, .. }));
    let given: Vec<_> =
        step.env.iter().filter(|given| !is_encoded || *given.name != *"PIPE_SCRIPT").collect();
    given.len() == wanted.len()
        && wanted.iter().all(|(name, value)| {
            let given = given.iter().find(|given| *given.name == **name);
            given.zip(value.as_ref()).is_some_and(|(given, value)| given.value.is(value))
        })
}

fn checks_out_the_default_branch(step: &Step) -> bool {
    let wanted = CheckoutOf { revision: Revision::DefaultBranch, ..CheckoutOf::default() };
    step.does == Does::Checkout(wanted) && is_bare(step, None) && step.env.is_empty()
}

fn takes_on(step: &Step, identity: &Identity, environment: &Environment) -> bool {
    let variables = environment.values.iter().chain(environment.teardown.iter().flat_map(|it| &it.env));
    step.does == sign_in(identity, identity.region(variables), Leaves::Session)
        && is_bare(step, None)
        && step.env.is_empty()
}

fn writes(step: &Step, secret: &Secret) -> bool {
    let variable = &secret.variable;
    let given = [
        ("SECRET".to_owned(), Some(Value::of([Part::Secret(variable.clone())]))),
        ("FILE".to_owned(), Some(values::secret_file(variable))),
    ];
    step.runs(Script::SecretFile) && is_bare(step, None) && is_given(step, &given)
}

fn forgets(step: &Step) -> bool {
    let deployments = Part::StepOutput { step: STILL.to_owned(), output: "deployments".to_owned() };
    let given = [
        ("GH_TOKEN".to_owned(), Some(Value::of([Part::Token]))),
        ("DEPLOYMENTS".to_owned(), Some(Value::of([deployments]))),
    ];
    step.runs(Script::PreviewForget) && is_bare(step, None) && is_given(step, &given)
}

/// The variables of the teardown scripts. The only known fact is the number of the pull request.
fn variables(environment: &Environment) -> Vec<Wanted> {
    let own = environment.teardown.iter().flat_map(|teardown| &teardown.env);
    let bound = environment.values.iter().chain(own);
    let mut wanted: Vec<Wanted> =
        bound.map(|binding| (binding.variable.clone(), value(&binding.value, environment))).collect();
    let secrets = environment.secrets.iter();
    wanted.extend(secrets.map(|secret| (secret.variable.clone(), Some(values::value_of(secret)))));
    let number = Value::of([Part::OfLeg(PULL_REQUEST.to_owned())]);
    wanted.push((PULL_REQUEST_VARIABLE.to_owned(), Some(number)));
    wanted
}

fn value(text: &Text, environment: &Environment) -> Option<Value> {
    let mut value = Value::default();
    for piece in &text.pieces {
        match piece {
            Piece::Literal(text) => value.push(Part::literal(text)),
            Piece::Fact(Fact::PullRequestNumber) => value.push(Part::OfLeg(PULL_REQUEST.to_owned())),
            Piece::Fact(Fact::Secret(name)) => {
                let secret = environment.secrets.iter().find(|secret| secret.variable == *name)?;
                values::value_of(secret).parts().iter().cloned().for_each(|part| value.push(part));
            }
            Piece::Fact(_) => return None,
        }
    }
    Some(value)
}
