//! What a job need not wait for, because a job that it waits for has done so.
//!
//! [`crate::waits`] lists every job before a job. Most of these waits follow from others: a job succeeds only after its
//! own waits. For example, from
//!
//! ```text
//! unit
//! app        waits for unit
//! deploy     waits for unit and app
//! ```
//!
//! follows that `unit` has succeeded whenever `app` has, so the deploy only waits for `app`. A wait stays if it is not
//! implied: if it accepts an override, if it is not in every run of the job, or if the job reads something of the job
//! that it waits for. Then the job is still listed, but its result is not compared.
//!
//! A job also asks no question that such a job has asked: if `app` starts only on pushes, so does `deploy`.
//!
//! The prover has the same lemma of its own: the success of a job implies what its condition demands.

use crate::PLAN;
use crate::acts::{Act, Does};
use crate::guard::Guard;
use crate::jobs::{JobPlan, Role, Start, Wait};
use crate::legs::Legs;
use crate::passes::Passes;
use crate::value::{HandedOn, Part, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

impl<'p> Passes<'_, 'p> {
    /// Removes the waits of jobs that follow from other waits.
    pub(crate) fn reduce(&self, jobs: &mut [JobPlan<'p>]) {
        let demands = Demands::of(jobs);
        let unasked: Vec<Option<Guard>> =
            jobs.iter().enumerate().map(|(place, job)| demands.unasked(place, job, jobs)).collect();
        for (job, unasked) in jobs.iter_mut().zip(unasked) {
            if let Some(guard) = unasked {
                job.start = Start::If(guard);
            }
        }
        let implied: Vec<Vec<bool>> = jobs.iter().map(|job| demands.implied(job)).collect();
        for ((job, implied), follows_success) in jobs.iter_mut().zip(implied).zip(demands.is_strict) {
            job.follows_success = follows_success;
            if implied.contains(&true) {
                let named = self.named(job);
                let waits = std::mem::take(&mut job.waits).into_iter().zip(implied);
                job.waits = waits.filter_map(|(wait, is_implied)| kept(wait, is_implied, &named)).collect();
            }
        }
    }

    /// The jobs that a job names.
    fn named(&self, job: &JobPlan<'p>) -> FxHashSet<Rc<str>> {
        let mut named = Named::default();
        named.add_job(job);
        let Role::Node(place) = &job.role else { return named.jobs };
        let Some(unit) = self.units.get(*place) else { return named.jobs };
        let Some(node) = self.source.pipeline.node(unit.node) else { return named.jobs };
        let of_legs = node.leg_variables().into_iter().flat_map(|variable| {
            node.legs()
                .into_iter()
                .filter_map(|leg| leg.binding(node, &variable.variable))
                .collect::<Vec<_>>()
        });
        let texts = self.texts_of_blocks(node).chain(of_legs.map(|binding| &binding.value));
        texts.for_each(|text| named.add_value(&self.texts().value(text, unit)));
        named.jobs
    }
}

/// The parts of a guard that must all hold.
fn conjuncts(guard: &Guard) -> Vec<&Guard> {
    match guard {
        Guard::All(parts) => parts.iter().collect(),
        one => vec![one],
    }
}

/// Whether a guard has the same value for all jobs of a run.
fn is_of_the_run(guard: &Guard) -> bool {
    match guard {
        Guard::Atom(_) | Guard::Planned(_) | Guard::PlannedNot(_) | Guard::Overrides(_) => true,
        Guard::Not(part) => is_of_the_run(part),
        Guard::All(parts) | Guard::Any(parts) => parts.iter().all(is_of_the_run),
        _ => false,
    }
}

/// What is left of a wait. Of one that follows from another, only the jobs that the job names.
fn kept(wait: Wait, is_implied: bool, named: &FxHashSet<Rc<str>>) -> Option<Wait> {
    if !is_implied {
        return Some(wait);
    }
    let jobs: Vec<Rc<str>> = wait.jobs.into_iter().filter(|job| named.contains(job)).collect();
    (!jobs.is_empty()).then_some(Wait { jobs, passed: Guard::Always, due: Guard::Always })
}

/// What the success of each job implies.
struct Demands {
    places: FxHashMap<Rc<str>, usize>,
    /// For each job, the places of the jobs that have succeeded if it has.
    succeeded: Vec<Bits>,
    /// For each job, the places of several jobs of which one has succeeded if it has.
    alternatives: Vec<Vec<Vec<usize>>>,
    /// For each job, whether all jobs before it have succeeded when it starts.
    is_strict: Vec<bool>,
}

impl Demands {
    fn of(jobs: &[JobPlan<'_>]) -> Demands {
        let places = jobs.iter().enumerate().map(|(place, job)| (Rc::clone(&job.id), place)).collect();
        let mut demands = Demands {
            places,
            succeeded: vec![Bits::default(); jobs.len()],
            alternatives: vec![Vec::new(); jobs.len()],
            is_strict: vec![false; jobs.len()],
        };
        let mut is_known = vec![false; jobs.len()];
        for place in 0..jobs.len() {
            demands.add(place, jobs, &mut is_known);
        }
        demands
    }

    /// Adds what a job demands, after what the jobs before it demand.
    fn add(&mut self, place: usize, jobs: &[JobPlan<'_>], is_known: &mut [bool]) {
        let Some(job) = jobs.get(place) else { return };
        match is_known.get_mut(place) {
            Some(known) if !*known => *known = true,
            _ => return,
        }
        let mut succeeded = Bits::default();
        let mut alternatives = Vec::new();
        let mut is_strict = !matches!(job.start, Start::Always | Start::Afterwards(_));
        for wait in &job.waits {
            wait.jobs
                .iter()
                .filter_map(|before| self.places.get(before).copied())
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|before| self.add(before, jobs, is_known));
            match self.demanded(wait).as_deref() {
                Some([before]) => {
                    succeeded.insert(*before);
                    self.succeeded.get(*before).into_iter().for_each(|further| succeeded.extend(further));
                    is_strict &= self.is_strict.get(*before).copied().unwrap_or_default();
                }
                Some(several) => {
                    alternatives.push(several.to_vec());
                    is_strict = false;
                }
                None => is_strict = false,
            }
        }
        if let Some(known) = self.succeeded.get_mut(place) {
            *known = succeeded;
        }
        if let Some(known) = self.alternatives.get_mut(place) {
            *known = alternatives;
        }
        if let Some(known) = self.is_strict.get_mut(place) {
            *known = is_strict;
        }
    }

    /// The places of the jobs of which one must have succeeded. `None` if the wait is also over otherwise.
    fn demanded(&self, wait: &Wait) -> Option<Vec<usize>> {
        let place = |guard: &Guard| match guard {
            Guard::Succeeded(job) => self.places.get(job).copied(),
            _ => None,
        };
        if wait.due != Guard::Always {
            return None;
        }
        match &wait.passed {
            Guard::Any(parts) => parts.iter().map(place).collect(),
            one => Some(vec![place(one)?]),
        }
    }

    /// The guard of a job without the questions that jobs before it have asked. `None` if it asks none of the run.
    fn unasked(&self, place: usize, job: &JobPlan<'_>, jobs: &[JobPlan<'_>]) -> Option<Guard> {
        let Start::If(guard) = &job.start else { return None };
        let parts = conjuncts(guard);
        if !parts.iter().any(|part| is_of_the_run(part)) {
            return None;
        }
        let asked = self.asked_before(place, jobs);
        Some(Guard::all(parts.into_iter().filter(|part| !asked.contains(part)).cloned()))
    }

    /// The guards of the run that held when the jobs started whose success the job demands.
    fn asked_before<'s>(&self, place: usize, jobs: &'s [JobPlan<'_>]) -> Vec<&'s Guard> {
        let before = self.succeeded.get(place).into_iter().flat_map(Bits::iter);
        let guards = before.filter_map(|before| match &jobs.get(before)?.start {
            Start::If(guard) | Start::AfterSuccess(guard) => Some(conjuncts(guard)),
            Start::Always | Start::Afterwards(_) => None,
        });
        guards.flatten().filter(|guard| is_of_the_run(guard)).collect()
    }

    /// For each wait of a job, whether it follows from another one.
    fn implied(&self, job: &JobPlan<'_>) -> Vec<bool> {
        let demanded: Vec<Option<Vec<usize>>> = job.waits.iter().map(|wait| self.demanded(wait)).collect();
        let mut far = Bits::default();
        for one in demanded.iter().flatten() {
            let mut each = one.iter().map(|place| self.succeeded.get(*place).cloned().unwrap_or_default());
            let of_all = each.next().map(|first| each.fold(first, |all, before| all.shared(&before)));
            of_all.iter().for_each(|before| far.extend(before));
        }
        let follows = |wanted: &Option<Vec<usize>>| match wanted.as_deref() {
            None => false,
            Some([place]) => far.contains(*place),
            Some(several) => {
                let mut others = demanded.iter().flatten().filter(|other| other.as_slice() != several);
                others.any(|other| other.iter().all(|place| self.implies(*place, several)))
            }
        };
        demanded.iter().map(follows).collect()
    }

    /// Whether the success of a job implies that of one of these.
    fn implies(&self, job: usize, wanted: &[usize]) -> bool {
        let (Some(succeeded), Some(alternatives)) = (self.succeeded.get(job), self.alternatives.get(job))
        else {
            return false;
        };
        let is_wanted = |place: &usize| wanted.contains(place);
        wanted.iter().any(|place| succeeded.contains(*place))
            || alternatives.iter().any(|several| several.iter().all(is_wanted))
    }
}

/// A set of places.
#[derive(Clone, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn insert(&mut self, place: usize) {
        let word = place / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (place % 64);
        }
    }

    fn extend(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(bits, others)| *bits |= others);
    }

    fn shared(mut self, other: &Bits) -> Bits {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(bits, others)| *bits &= others);
        self
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|place| self.contains(*place))
    }

    fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|bits| bits & 1 << (place % 64) != 0)
    }
}

/// The jobs that a job names: it reads their results or what they handed on.
#[derive(Default)]
struct Named {
    jobs: FxHashSet<Rc<str>>,
}

impl Named {
    fn add_job(&mut self, job: &JobPlan<'_>) {
        if let Start::If(guard) | Start::AfterSuccess(guard) | Start::Afterwards(guard) = &job.start {
            self.add_guard(guard);
        }
        job.waits.iter().for_each(|wait| self.add_guard(&wait.due));
        if let Legs::Found(found) = &job.legs {
            self.jobs.insert(found.as_str().into());
        }
        let sidecars = job.sidecars.iter().flat_map(|(_, variables)| variables);
        let variables = job.variables.iter().chain(sidecars).map(|(_, value)| value);
        variables.for_each(|value| self.add_value(value));
        job.hands_on.iter().for_each(|hand_on| self.add_value(&hand_on.value));
        let url = job.environment.iter().flat_map(|environment| &environment.url);
        url.for_each(|value| self.add_value(value));
        let lock = job.lock.iter().flat_map(|lock| &lock.pull_request);
        lock.for_each(|part| self.add_part(part));
        job.acts.iter().for_each(|act| self.add_act(act));
    }

    fn add_act(&mut self, act: &Act<'_>) {
        self.add_guard(&act.when);
        match &act.does {
            Does::Fetch(_, value) => self.add_value(value),
            Does::RestoreCache(cache) => self.add_value(&cache.name),
            Does::SaveCache(cache, guard) => {
                self.add_value(&cache.name);
                self.add_guard(guard);
            }
            Does::Script(_, variables) => variables.iter().for_each(|(_, value)| self.add_value(value)),
            Does::Fixed(_, parameters) => parameters.iter().for_each(|(_, value)| self.add_value(value)),
            Does::Keep(keep) => {
                self.add_value(&keep.name);
                self.add_value(&keep.paths);
            }
            Does::SendToCodeScanning { category, .. } => self.add_value(category),
            Does::Checkout(_)
            | Does::CheckoutDefault
            | Does::SetUp(..)
            | Does::SignIn(..)
            | Does::SignInToPush(_)
            | Does::Raw(_)
            | Does::Judge => {}
        }
    }

    fn add_value(&mut self, value: &Value<'_>) {
        value.parts.iter().for_each(|part| self.add_part(part));
    }

    fn add_part(&mut self, part: &Part<'_>) {
        match part {
            Part::Result(job) => {
                self.jobs.insert(Rc::clone(job));
            }
            Part::HandedOn(HandedOn { jobs, .. }) | Part::Image { digest: HandedOn { jobs, .. }, .. } => {
                self.jobs.extend(jobs.iter().cloned());
            }
            _ => {}
        }
    }

    fn add_guard(&mut self, guard: &Guard) {
        match guard {
            Guard::Succeeded(job) | Guard::Failed(job) => {
                self.jobs.insert(Rc::clone(job));
            }
            Guard::Planned(_) | Guard::PlannedNot(_) => {
                self.jobs.insert(PLAN.into());
            }
            Guard::Found(job) => {
                self.jobs.insert(job.as_str().into());
            }
            Guard::All(parts) | Guard::Any(parts) => parts.iter().for_each(|part| self.add_guard(part)),
            Guard::Not(part) => self.add_guard(part),
            _ => {}
        }
    }
}
