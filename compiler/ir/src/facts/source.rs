//! The facts of a pipeline: the runs that its triggers admit, and their stages.
//!
//! ```text
//! on push to main                         V: the event is push and the branch is `main`
//! on tag "v*"                                or the event is tag and the tag is in `v*`
//! stage build                             due(build)   = V
//! stage publish when tag is "v*"          due(publish) = V ∧ the tag is in `v*`
//! gate tests: test exempt on fork because "…"          exempt(tests) = fork
//! ```

use super::Facts;
use super::condition::ResolvedCondition;
use super::vocabulary::Vocabulary;
use crate::{Condition, Event, Exemption, Node, NodeId, Pipeline, StageId, Trigger};
use pipec_logic::{Glob, Proposition, TooLarge};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Deref;

/// A pipeline with its triggers, conditions and exemptions resolved to handles of one vocabulary.
#[derive(Debug)]
pub struct ResolvedSource<'p> {
    pipeline: &'p Pipeline,
    triggers: Vec<ResolvedTrigger<'p>>,
    protected: ResolvedCondition,
    /// The condition of each stage, by its index.
    conditions: Vec<ResolvedCondition>,
    /// The exemptions of each gate, in source order.
    exemptions: BTreeMap<NodeId, Vec<ResolvedCondition>>,
}

/// A trigger, with the names of branches or tags that it admits.
#[derive(Debug)]
pub struct ResolvedTrigger<'p> {
    /// The trigger.
    pub trigger: &'p Trigger,
    /// The filter of a push or a tag. The base branch of a pull request is no fact, so it is not included.
    pub names: ResolvedCondition,
}

impl<'p> ResolvedSource<'p> {
    /// Adds everything to a vocabulary that a pipeline distinguishes.
    pub fn add_to(vocabulary: &mut Vocabulary, pipeline: &'p Pipeline) -> ResolvedSource<'p> {
        let triggers = pipeline.triggers.iter().map(|trigger| add_trigger(vocabulary, trigger)).collect();
        let branches = reviewed_branches(vocabulary, &pipeline.protected_branches);
        let tags = tags(vocabulary, &pipeline.protected_tags);
        let protected = ResolvedCondition::Any(tags.into_iter().chain([branches]).collect());
        let conditions =
            pipeline.stages.iter().map(|stage| vocabulary.add_condition(&stage.condition)).collect();
        let exemptions = pipeline
            .gates()
            .filter(|(_, gate)| !gate.exemptions.is_empty())
            .map(|(node, gate)| {
                let rules = gate.exemptions.iter().map(|rule| match &rule.when {
                    Exemption::UnlessChanged(changes) => {
                        let changed = ResolvedCondition::Changed(vocabulary.add_changes(changes));
                        ResolvedCondition::Not(Box::new(changed))
                    }
                    Exemption::OnFork => ResolvedCondition::Fork,
                });
                (node.id, rules.collect())
            })
            .collect();
        for rule in &pipeline.changes {
            vocabulary.add_change_rule(&rule.kind, &rule.globs);
        }
        ResolvedSource { pipeline, triggers, protected, conditions, exemptions }
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &'p Pipeline {
        self.pipeline
    }

    /// The triggers in source order.
    pub fn triggers(&self) -> &[ResolvedTrigger<'p>] {
        &self.triggers
    }

    /// That the run is on a protected branch or tag.
    pub fn protected(&self, facts: &Facts) -> Proposition {
        facts.condition(&self.protected)
    }

    /// That an admitted run contains a stage.
    pub fn contains(&self, facts: &Facts, stage: StageId) -> Proposition {
        let logic = facts.propositions();
        let known = self.conditions.get(stage.0).zip(self.pipeline.stages.get(stage.0));
        let Some((condition, stage)) = known else { return logic.undecidable() };
        let holds = facts.condition(condition);
        if stage.runs_on_schedule { holds } else { logic.and_not(&holds, &facts.event(Event::Schedule)) }
    }

    /// That one of the exemptions of a gate holds.
    pub fn exempt(&self, facts: &Facts, gate: &Node) -> Proposition {
        let rules = self.exemptions.get(&gate.id).into_iter().flatten();
        let rules: Vec<Proposition> = rules.map(|rule| facts.condition(rule)).collect();
        facts.propositions().any(&rules)
    }

    /// That an exemption of a gate holds that has this reason.
    pub fn exempt_because(&self, facts: &Facts, node: &Node, because: &str) -> Proposition {
        let rules = self.exemptions.get(&node.id).into_iter().flatten();
        let with_reasons = rules.zip(node.gate().into_iter().flat_map(|gate| &gate.exemptions));
        let with_this = with_reasons.filter(|(_, rule)| rule.because == because);
        let rules: Vec<Proposition> = with_this.map(|(rule, _)| facts.condition(rule)).collect();
        facts.propositions().any(&rules)
    }
}

fn add_trigger<'p>(vocabulary: &mut Vocabulary, trigger: &'p Trigger) -> ResolvedTrigger<'p> {
    vocabulary.add_event(trigger.event());
    let names = match trigger {
        Trigger::Push(globs, _) => reviewed_branches(vocabulary, globs),
        Trigger::Tag(globs, _) => ResolvedCondition::Any(tags(vocabulary, globs)),
        Trigger::Manual(inputs, _) => {
            for input in inputs {
                vocabulary.add_input(&input.name, &input.ty);
            }
            ResolvedCondition::Always
        }
        Trigger::PullRequest(..) | Trigger::Schedule(..) | Trigger::MergeQueue(_) => {
            ResolvedCondition::Always
        }
    };
    ResolvedTrigger { trigger, names }
}

/// The branches of some globs, without those of a merge queue.
///
/// A queue pushes to them what it is about to merge, so their code is not merged yet, whatever is protected.
fn reviewed_branches(vocabulary: &mut Vocabulary, globs: &[Glob]) -> ResolvedCondition {
    let mut branch = |glob: &Glob| ResolvedCondition::Branch(vocabulary.add_branch(glob));
    let named = ResolvedCondition::Any(globs.iter().map(&mut branch).collect());
    match queue_branches_in(globs) {
        Some(queue) => ResolvedCondition::All(vec![named, ResolvedCondition::Not(Box::new(branch(&queue)))]),
        None => named,
    }
}

/// The branches of a merge queue, if a glob matches one of them: GitHub's `gh-readonly-queue/**`.
pub fn queue_branches_in(globs: &[Glob]) -> Option<Glob> {
    let queue = Glob::parse(QUEUE_BRANCHES).ok()?;
    let is_in = |glob: &Glob| !glob.language().intersection(&queue.language()).is_empty();
    globs.iter().any(is_in).then_some(queue)
}

/// The branches that GitHub's merge queue pushes to ("Managing a merge queue").
const QUEUE_BRANCHES: &str = "gh-readonly-queue/**";

fn tags(vocabulary: &mut Vocabulary, globs: &[Glob]) -> Vec<ResolvedCondition> {
    globs.iter().map(|glob| ResolvedCondition::Tag(vocabulary.add_tag(glob))).collect()
}

/// The facts of the runs that a pipeline admits.
#[derive(Debug)]
pub struct SourceFacts<'p> {
    facts: Facts,
    source: ResolvedSource<'p>,
    /// When each stage is due. Computed once and on demand, because a stage has many nodes.
    due: Vec<OnceCell<Proposition>>,
}

/// A pipeline's facts are facts of any run, so they answer the same questions.
impl Deref for SourceFacts<'_> {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl<'p> SourceFacts<'p> {
    /// The facts that a pipeline's triggers, conditions and exemptions distinguish.
    ///
    /// # Errors
    /// If the globs split the names into more regions than can be computed.
    pub fn of(pipeline: &'p Pipeline) -> Result<SourceFacts<'p>, TooLarge> {
        let mut vocabulary = Vocabulary::new();
        let source = ResolvedSource::add_to(&mut vocabulary, pipeline);
        SourceFacts::over(vocabulary, source)
    }

    /// The facts of a pipeline, with every kind of change distinguished. The declared kinds come in the order of their
    /// rules, then `code`.
    ///
    /// # Errors
    /// If the globs split the names into more regions than can be computed.
    pub fn with_kinds(pipeline: &'p Pipeline) -> Result<SourceFacts<'p>, TooLarge> {
        let mut vocabulary = Vocabulary::new();
        for rule in &pipeline.changes {
            vocabulary.add_kind(&rule.kind);
        }
        vocabulary.add_kind("code");
        let source = ResolvedSource::add_to(&mut vocabulary, pipeline);
        SourceFacts::over(vocabulary, source)
    }

    fn over(vocabulary: Vocabulary, source: ResolvedSource<'p>) -> Result<SourceFacts<'p>, TooLarge> {
        let mut facts = Facts::over(vocabulary)?;
        let admitted: Vec<Proposition> =
            source.triggers.iter().map(|trigger| admitted_by(&facts, trigger)).collect();
        facts.admit_only(&facts.propositions().any(&admitted));
        let due = vec![OnceCell::new(); source.pipeline.stages.len()];
        Ok(SourceFacts { facts, source, due })
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &'p Pipeline {
        self.source.pipeline
    }

    /// Each trigger, with the runs that it admits.
    pub fn triggers(&self) -> impl Iterator<Item = (&'p Trigger, Proposition)> {
        self.source.triggers.iter().map(|it| (it.trigger, admitted_by(&self.facts, it)))
    }

    /// That the run is on a protected branch or tag.
    pub fn protected(&self) -> Proposition {
        self.source.protected(&self.facts)
    }

    /// That the condition of a stage holds.
    pub fn stage_condition(&self, stage: StageId) -> Proposition {
        let condition = self.source.conditions.get(stage.0);
        condition.map_or_else(|| self.propositions().undecidable(), |it| self.facts.condition(it))
    }

    /// The parts of a stage's condition that must all hold. A condition without `and` is one part.
    pub fn conjuncts(&self, stage: StageId) -> Vec<(&'p Condition, Proposition)> {
        let condition = self.source.pipeline.stages.get(stage.0).map(|stage| &stage.condition);
        match (condition, self.source.conditions.get(stage.0)) {
            (Some(Condition::All(parts)), Some(ResolvedCondition::All(resolved))) => {
                parts.iter().zip(resolved.iter().map(|part| self.facts.condition(part))).collect()
            }
            (condition, resolved) => {
                condition.into_iter().zip(resolved.map(|whole| self.facts.condition(whole))).collect()
            }
        }
    }

    /// That a run is admitted and contains a stage.
    pub fn due(&self, stage: StageId) -> Proposition {
        let compute = || self.propositions().and(self.valid(), &self.source.contains(&self.facts, stage));
        let known = self.due.get(stage.0);
        known.map_or_else(|| self.propositions().undecidable(), |known| known.get_or_init(compute).clone())
    }

    /// That a run is admitted and contains a node.
    pub fn due_node(&self, node: &Node) -> Proposition {
        self.due(node.stage)
    }

    /// That one of the exemptions of a gate holds.
    pub fn exempt(&self, gate: &Node) -> Proposition {
        self.source.exempt(&self.facts, gate)
    }

    /// The exemptions of a gate in source order. Each is the set of runs in which it holds.
    pub fn exemptions(&self, gate: &Node) -> Vec<Proposition> {
        let rules = self.source.exemptions.get(&gate.id).into_iter().flatten();
        rules.map(|rule| self.facts.condition(rule)).collect()
    }
}

/// That a trigger admits the run.
fn admitted_by(facts: &Facts, trigger: &ResolvedTrigger<'_>) -> Proposition {
    facts.propositions().and(&facts.event(trigger.trigger.event()), &facts.condition(&trigger.names))
}
