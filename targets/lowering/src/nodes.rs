//! The jobs of nodes: what each has, and its acts in this order.
//!
//! ```text
//! window, clock, approval, overrides, only forward     of a deploy
//! check out, restore caches, fetch and verify artefacts
//! work out facts, set up tools, wait for sidecars
//! sign in, write secrets to files                      not in jobs of code that was not reviewed, see [`crate::loans`]
//! exempt                                               of a gate
//! scripts and measures, raw blocks
//! save caches
//! record, keep                                         of an artefact
//! clean up                                             whatever became of the scripts
//! push                                                 of an artefact
//! show and keep reports
//! ```
//!
//! The order is a protection. No script runs before artefacts are verified, and no secret is in the job before that.

use crate::acts::{self, Act, Does, Reach, Surroundings};
use crate::guard::Guard;
use crate::jobs::{EnvironmentUse, HandOn, JobPlan, Role, Start, Timeout};
use crate::passes::Passes;
use crate::token::TokenUse;
use crate::units::{Runs, Unit};
use crate::value::{Part, Value, Variables};
use crate::{artefacts, caches, credentials, deploys, legs, loans, names, reports, tools};
use pipec_ir::{Checkout, EngineBlock, EngineStep, Gate, Node, NodeKind, Outcome, Outcomes, Sidecar, Text};
use pipec_runtime::Script;
use std::borrow::Cow;

/// The id of the act that works out facts which the engine lacks.
pub const FACTS: &str = "facts";

/// The id of the act that says that a gate is exempt, and its outputs.
const EXEMPT: &str = "exempt";
const OUTCOME: &str = "outcome";
const REASON: &str = "reason";

impl<'p> Passes<'_, 'p> {
    /// The job of a node for some of its runs.
    pub(crate) fn node(&self, place: usize, unit: &Unit, node: &'p Node) -> JobPlan<'p> {
        let due = self.due(unit);
        let exemptions = node.gate().map(|gate| self.exemptions(gate)).unwrap_or_default();
        let outcomes = self.source.pipeline.outcomes_of(node);
        let reads_the_plan = exemptions.iter().any(|(exempt, _)| exempt.asks_the_plan());
        let mut job = JobPlan {
            comments: self.comments(unit, node),
            waits: match outcomes {
                Some(_) => self.waits_for_the_end(node),
                None => self.waits(unit, &due, reads_the_plan),
            },
            start: match outcomes {
                Some(outcomes) => self.afterwards(node, outcomes, due),
                None => Start::If(due),
            },
            legs: legs::of(node),
            runners: node.runners(),
            sidecars: self.sidecars(node, unit),
            timeout: Timeout::Milliseconds(node.allowed_time()),
            advisory: node.advisory(),
            variables: self.variables(node, unit),
            ..JobPlan::new(unit.id.clone(), Role::Node(place), node.origin.span, names::of(unit, node))
        };
        if let Some(deploy) = node.deploy() {
            self.add_deploy(&mut job, node, deploy, unit);
        } else if self.engine.has_environments()
            && names::has_own_environment(self.source.program, node)
            && unit.runs != Runs::Untrusted
        {
            let name = Cow::Owned(names::own_environment(self.source.pipeline, node));
            job.environment = Some(EnvironmentUse { name, url: None, is_deployment: false });
        }
        let unless_exempt = Guard::all(exemptions.iter().map(|(exempt, _)| exempt.clone().negated()));
        self.add_acts(&mut job, node, unit, exemptions, &unless_exempt);
        if let Some(deploy) = node.deploy() {
            self.record_deployment(&mut job, deploy, unit);
        }
        job
    }

    /// Adds all acts except those that [`Passes::add_deploy`] adds.
    fn add_acts(
        &self,
        job: &mut JobPlan<'p>,
        node: &'p Node,
        unit: &Unit,
        exemptions: Vec<(Guard, String)>,
        unless_exempt: &Guard,
    ) {
        let is_untrusted = unit.runs == Runs::Untrusted;
        if !node.is_deploy() {
            job.acts.extend(deploys::start_the_clock(node));
        }
        job.acts.extend(self.source.pipeline.is_afterwards(node).then(|| self.tell_outcome(node)));
        let before: Vec<Act<'p>> = check_out(node).into_iter().chain(caches::restore(node)).collect();
        if node.body.checkout != Checkout::None {
            job.token.push(TokenUse::Checkout);
        }
        let fetched = self.fetch(node, unit);
        // What scripts may change, so that each attempt of several needs it again.
        let mut brought: Vec<Act<'p>> = Vec::new();
        if node.attempts() > 1 {
            brought.extend_from_slice(&before);
            // What was downloaded stays in a folder where no script looks for it. It is verified and unpacked again.
            brought.extend(fetched.iter().filter(|act| matches!(act.does, Does::Fixed(..))).cloned());
        }
        job.acts.extend(before.into_iter().chain(fetched));
        job.acts.extend(self.work_out_facts(job, node, unit));
        job.acts.extend(tools::set_up(node));
        job.acts.extend(node.body.sidecars.iter().filter_map(wait_for));
        let mut logins = Vec::new();
        if !is_untrusted {
            job.token.extend(node.body.rights.iter().map(|(right, _)| TokenUse::Right(*right)));
            job.token.extend(reports::goes_to_code_scanning(node).then_some(TokenUse::CodeScanning));
            for identity in self.source.program.identities_of(node) {
                job.token.push(TokenUse::Identity(identity));
                if !loans::lends_identity(node, identity) {
                    logins.extend(credentials::sign_in(identity, Reach::All));
                }
            }
        }
        let secrets = self.source.program.secrets_of(node);
        let secrets = secrets.filter(|it| it.file && !is_untrusted && !loans::lends_file(node, it));
        let held = logins.iter().cloned().chain(secrets.map(credentials::write));
        let held: Vec<Act<'p>> = held.chain(artefacts::make_layout(node)).collect();
        if node.attempts() > 1 {
            brought.extend_from_slice(&held);
        }
        job.acts.extend(held);
        add_exemptions(exemptions, job);
        let blocks: Vec<usize> = self.blocks(node).map(|block| block.position).collect();
        let around = Surroundings {
            texts: self.texts(),
            unit,
            blocks: &blocks,
            unless_exempt,
            brought: &brought,
            logins: &logins,
        };
        let scripts = acts::of_node(node, &around);
        let is_script = |act: &&Act<'p>| matches!(act.does, Does::Script(..));
        let first = scripts.iter().find(is_script).and_then(|act| act.id.clone()).unwrap_or_default();
        job.acts.extend(scripts);
        job.acts.extend(self.save(node, unless_exempt));
        if node.is_artefact() {
            job.hands_on.extend(artefacts::hands_on(node));
            job.acts.extend(artefacts::record(node));
        }
        // Behind what hands its result on, which it could remove, and before the job logs in to publish it.
        if let Some(cleanup) = &node.body.cleanup {
            job.acts.extend(acts::clean_up(cleanup, &first, acts::directory(node), &around));
        }
        if !is_untrusted {
            loans::lend(self.source.program, node, &job.variables, unless_exempt, &mut job.acts);
        }
        if node.is_artefact() {
            let (push, token) = self.push(node, unit);
            job.acts.extend(push);
            job.token.extend(token);
        }
        job.acts.extend(reports::acts(self.source.pipeline, node, unit, unless_exempt));
    }

    /// The raw blocks of a node for the engine.
    fn blocks(&self, node: &'p Node) -> impl Iterator<Item = &'p EngineBlock> {
        node.body.blocks_for(self.engine.name())
    }

    /// The texts that the raw steps of a node see.
    pub(crate) fn texts_of_blocks(&self, node: &'p Node) -> impl Iterator<Item = &'p Text> {
        self.blocks(node).flat_map(texts_of)
    }

    fn sidecars(&self, node: &'p Node, unit: &Unit) -> Vec<(&'p Sidecar, Variables<'p>)> {
        let variables = |sidecar: &'p Sidecar| {
            let bindings = sidecar.env.iter();
            bindings
                .map(|binding| {
                    (Cow::Borrowed(binding.variable.as_str()), self.texts().value(&binding.value, unit))
                })
                .collect()
        };
        node.body.sidecars.iter().map(|sidecar| (sidecar, variables(sidecar))).collect()
    }

    /// The act that works out the facts that the engine lacks.
    ///
    /// There is none unless some text in the job has such a fact.
    fn work_out_facts(&self, job: &JobPlan<'p>, node: &'p Node, unit: &Unit) -> Option<Act<'p>> {
        let needs = |value: &Value<'p>| {
            value.parts.iter().any(|part| matches!(part, Part::Fact(fact) if self.engine.works_out(*fact)))
        };
        let own = job.variables.iter().any(|(_, value)| needs(value));
        let environment = self.source.program.environment_of(node);
        let url = environment.and_then(|environment| environment.url.as_ref());
        let of_actions = node.actions().flat_map(|action| &action.env).map(|binding| &binding.value);
        let raw = self.texts_of_blocks(node);
        let in_text = |text: &'p Text| needs(&self.texts().value(text, unit));
        let is_needed = own || of_actions.chain(raw).chain(url).any(in_text);
        is_needed.then(|| Act::fixed("Work out the facts", Script::Facts, []).with_id(FACTS))
    }

    fn comments(&self, unit: &Unit, node: &Node) -> Vec<String> {
        if unit.runs == Runs::Untrusted && *unit.id != *node.name {
            return vec![self.without(node)];
        }
        let what = match &node.kind {
            NodeKind::Gate(Gate { evidence, of, advisory, .. }) => {
                let word = if advisory.is_some() { "advisory gate" } else { "gate" };
                let subject = if of.is_empty() { "" } else { " of " };
                [word, " of kind ", &evidence.name, subject, &of.join(", ")].concat()
            }
            NodeKind::Artefact(artefact) => {
                let word = artefact.ty.word();
                format!("artefact, {} {word}", if word.starts_with(['a', 'i']) { "an" } else { "a" })
            }
            NodeKind::Deploy(deploy) => {
                format!("deploy of {} to {}", deploy.artefacts.join(", "), deploy.environment)
            }
            NodeKind::Job => match self.source.pipeline.outcomes_of(node) {
                Some(Outcomes::ALL) => "job on any outcome".to_owned(),
                Some(outcomes) => {
                    let words: Vec<&str> = outcomes.all().map(Outcome::word).collect();
                    format!("job on {}", words.join(", "))
                }
                None => "job".to_owned(),
            },
        };
        let what = match self.source.pipeline.stage_of(node) {
            Some(stage) => format!("{}: {what}", stage.name),
            None => what,
        };
        let no_way_back = node.deploy().and_then(|deploy| deploy.irreversible());
        let no_way_back = no_way_back.map(|(because, _)| format!("irreversible: {because}"));
        node.docs.iter().cloned().chain(std::iter::once(what)).chain(no_way_back).collect()
    }
}

impl Passes<'_, '_> {
    /// What the second job of a node lacks.
    fn without(&self, node: &Node) -> String {
        let mut lacks: Vec<String> = Vec::new();
        if node.image().is_some() {
            lacks.push("the push".to_owned());
        }
        lacks.extend(node.body.rights.iter().map(|(right, _)| format!("`may write {}`", right.word())));
        let program = self.source.program;
        lacks.extend(program.secrets_of(node).map(|secret| format!("the secret {}", secret.variable)));
        let identities = program.identities_of(node);
        lacks.extend(identities.map(|identity| format!("the identity of {}", identity.provider.word())));
        if reports::goes_to_code_scanning(node) {
            lacks.push("code scanning".to_owned());
        }
        let lacks = lacks.join(", ");
        format!(
            "{} for code that was not reviewed (pull requests, the merge queue): without {lacks}",
            node.name
        )
    }
}

fn check_out(node: &Node) -> Option<Act<'_>> {
    let checkout = &node.body.checkout;
    (*checkout != Checkout::None).then(|| Act::new("Check out", Does::Checkout(checkout)))
}

/// The act that waits for a sidecar.
fn wait_for(sidecar: &Sidecar) -> Option<Act<'_>> {
    let script = sidecar.ready.as_ref()?.steps.first()?;
    let parameters = [
        ("SIDECAR", Value::text(sidecar.name.as_str())),
        ("CONTAINER", Value::part(Part::SidecarContainer(sidecar))),
        ("READY", Value::text(script.script.as_str())),
    ];
    Some(Act::fixed(format!("Wait for {}", sidecar.name), Script::Ready, parameters))
}

/// Adds the acts that say that a gate is exempt, and why.
fn add_exemptions(exemptions: Vec<(Guard, String)>, job: &mut JobPlan<'_>) {
    let mut ids = Vec::new();
    for (index, (exempt, because)) in exemptions.into_iter().enumerate() {
        let id = if index == 0 { EXEMPT.to_owned() } else { format!("{EXEMPT}-{}", index + 1) };
        ids.push(id.clone());
        let act = Act::fixed("Exempt", Script::Exempt, [("REASON", Value::text(because))]);
        job.acts.push(act.with_id(id).when(exempt));
    }
    if !ids.is_empty() {
        let first = |name| HandOn::new(name, Value::part(Part::FirstOutput(ids.clone(), name)));
        job.hands_on.extend([first(OUTCOME), first(REASON)]);
    }
}

/// The texts that the steps of a raw block see.
///
/// A variable counts until another one replaces it.
fn texts_of(block: &EngineBlock) -> Vec<&Text> {
    let mut variables: Vec<(&str, &Text)> = Vec::new();
    let mut seen: Vec<&Text> = Vec::new();
    for step in &block.steps {
        match step {
            EngineStep::Env(binding) => {
                variables.retain(|(name, _)| *name != binding.variable);
                variables.push((&binding.variable, &binding.value));
            }
            EngineStep::Run(_) => seen.extend(variables.iter().map(|(_, value)| *value)),
            EngineStep::Action { inputs, .. } => {
                seen.extend(variables.iter().map(|(_, value)| *value));
                seen.extend(inputs.iter().map(|input| &input.value));
            }
        }
    }
    seen
}
