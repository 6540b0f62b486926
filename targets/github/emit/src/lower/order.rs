//! Which jobs there are, and what each waits for.

use super::names::result_of;
use super::{Lowering, PLAN, reports};
use crate::expression::Expression;
use pipec_ir::{Event, Node, NodeId, Stage, StageId};
use pipec_logic::Proposition;

/// A job of a node.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// The job's key.
    pub(super) id: String,
    /// The node.
    pub(super) node: NodeId,
    /// The runs it is meant for.
    pub(super) runs: Runs,
    /// That a run contains it.
    pub(super) due: Proposition,
}

/// The runs that a job is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// Those of its node.
    All,
    /// Of these, those of reviewed code: it has rights, secrets or identities of its own.
    Trusted,
    /// Of these, pull requests and the merge queue: it has none.
    Untrusted,
}

impl Lowering<'_> {
    /// The jobs of all nodes, in source order. A token's rights can't depend on the event, so a node with rights,
    /// secrets or identities of its own that is also due on untrusted events becomes two jobs.
    pub(super) fn all_units(&self) -> Vec<Unit> {
        let mut units = Vec::new();
        for node in &self.pipeline.nodes {
            let body = &node.body;
            let plain = body.rights.is_empty()
                && body.secrets.is_empty()
                && body.identities.is_empty()
                && !reports::has_right(node)
                && node.image().is_none();
            let due = self.facts.due_node(node);
            let unit = |id: String, runs| {
                let due = match runs {
                    Runs::All => due.clone(),
                    Runs::Trusted => self.facts.propositions().and(&due, &self.facts.trusted()),
                    Runs::Untrusted => self.facts.propositions().and(&due, &self.facts.untrusted()),
                };
                Unit { id, node: node.id, runs, due }
            };
            // What comes from a branch of the same repository may have what its ephemeral environment has.
            let plain = plain || self.program.preview_of(node).is_some();
            if plain || !self.may_meet(&due, &self.facts.untrusted()) {
                units.push(unit(node.name.clone(), Runs::All));
            } else if !self.may_meet(&due, &self.facts.trusted()) {
                units.push(unit(node.name.clone(), Runs::Untrusted));
            } else {
                units.push(unit(node.name.clone(), Runs::Trusted));
                units.push(unit(format!("{}-untrusted", node.name), Runs::Untrusted));
            }
        }
        units
    }

    /// Whether both may hold in one run; so it is said where it can't be decided.
    pub(super) fn may_meet(&self, left: &Proposition, right: &Proposition) -> bool {
        self.facts.propositions().is_compatible(left, right).unwrap_or(true)
    }

    /// Whether the right holds in every run in which the left does; not so where it can't be decided.
    pub(super) fn implies(&self, left: &Proposition, right: &Proposition) -> bool {
        self.facts.propositions().implies_always(left, right).unwrap_or(false)
    }

    /// When the job is due, as an expression.
    pub(super) fn due_expression(&self, unit: &Unit) -> Expression {
        let Some((_, stage)) = self.stage_of(unit) else { return Expression::Constant(false) };
        self.due_where(unit, self.facts.valid(), self.condition(&stage.condition))
    }

    /// When the job is due in a run of which the proposition is known: what that implies is left out.
    fn due_expression_where(&self, unit: &Unit, known: &Proposition) -> Expression {
        let Some((id, _)) = self.stage_of(unit) else { return Expression::Constant(false) };
        let parts = self.facts.conjuncts(id);
        let open = parts.iter().filter(|(_, holds)| !self.implies(known, holds));
        let condition = Expression::all(open.map(|(part, _)| self.condition(part)));
        self.due_where(unit, known, condition)
    }

    fn due_where(&self, unit: &Unit, known: &Proposition, condition: Expression) -> Expression {
        let Some((id, stage)) = self.stage_of(unit) else { return Expression::Constant(false) };
        let propositions = self.facts.propositions();
        let mut holds = propositions.and(known, &self.facts.stage_condition(id));
        let mut parts = vec![condition];
        let mut excluded = Vec::new();
        if !stage.runs_on_schedule {
            excluded.push(Event::Schedule);
        }
        match unit.runs {
            Runs::All => {}
            Runs::Trusted => excluded.extend([Event::PullRequest, Event::MergeQueue]),
            Runs::Untrusted => {
                let untrusted = [Event::PullRequest, Event::MergeQueue];
                if !self.implies(&holds, &self.facts.untrusted()) {
                    parts.push(Expression::any(
                        untrusted
                            .into_iter()
                            .filter(|event| self.starts_on(*event))
                            .map(|event| self.event(event)),
                    ));
                }
            }
        }
        for event in excluded {
            let on_event = self.facts.event(event);
            if self.may_meet(&holds, &on_event) {
                parts.push(self.event(event).negated());
                holds = propositions.and_not(&holds, &on_event);
            }
        }
        Expression::all(parts)
    }

    fn stage_of(&self, unit: &Unit) -> Option<(StageId, &Stage)> {
        let node = self.pipeline.node(unit.node)?;
        Some((node.stage, self.pipeline.stage_of(node)?))
    }

    /// Whether a trigger lets the event in.
    pub(super) fn starts_on(&self, event: Event) -> bool {
        self.pipeline.triggers.iter().any(|trigger| trigger.event() == event)
    }

    /// The jobs of a node that this job may follow, or those of another run's kind where there are no others.
    pub(super) fn units_before(&self, unit: &Unit, node: &Node) -> Vec<&Unit> {
        // The jobs stand in the order of their nodes.
        let first = self.units.partition_point(|other| other.node < node.id);
        let all = || self.units.iter().skip(first).take_while(|other| other.node == node.id);
        let met: Vec<&Unit> = all().filter(|other| self.may_meet(&unit.due, &other.due)).collect();
        if met.is_empty() { all().collect() } else { met }
    }

    /// The nodes that this job waits for: all before it but the gates that only report.
    fn awaited(&self, unit: &Unit) -> Vec<&Node> {
        let Some(node) = self.pipeline.node(unit.node) else { return Vec::new() };
        node.before
            .iter()
            .filter_map(|id| self.pipeline.node(*id))
            .filter(|before| before.id != node.id && !before.is_advisory())
            .collect()
    }

    /// The jobs behind `needs` and the condition behind `if`. Every job before this one is listed and asked for the
    /// exact result `success`, whether or not a nearer one asked already: an implicit `success()` is decided by
    /// ancestors that nobody names, and a status function takes it away. One that is never in a run with this one is left
    /// out.
    pub(super) fn order(&self, unit: &Unit, reads_plan: bool) -> (Vec<String>, Option<Expression>) {
        let succeeded = |id: &str| Expression::equals(result_of(id), "success");
        let due_expression = self.due_expression(unit);
        let mut needs = Vec::new();
        let mut parts = Vec::new();
        let runs_at_all = self.may_meet(&unit.due, self.facts.valid());
        for node in self.awaited(unit) {
            let before = self.units_before(unit, node);
            let meets = before.iter().any(|before| self.may_meet(&unit.due, &before.due));
            if runs_at_all && !meets {
                continue;
            }
            needs.extend(before.iter().map(|before| before.id.clone()));
            let mut passed = Expression::any(before.iter().map(|before| succeeded(&before.id)));
            if let Some(job) = self.override_before(unit, node) {
                needs.push(job);
                passed = Expression::any([passed, self.overridden(node)]);
            }
            let due_before = self.facts.propositions().any(before.iter().map(|before| &before.due));
            if self.implies(&unit.due, &due_before) {
                parts.push(passed);
            } else {
                // Not in every run that contains this job: where it is not, nothing is to wait for.
                let due_before =
                    Expression::any(before.iter().map(|before| self.due_expression_where(before, &unit.due)));
                parts.push(Expression::any([passed, due_before.negated()]));
            }
        }
        let plan_decides = |part: &Expression| part.reads("needs.plan.");
        let needs_plan = self.has_plan()
            && (self.starts_on(Event::Manual)
                || self.has_overrides()
                || reads_plan
                || plan_decides(&due_expression)
                || parts.iter().any(plan_decides));
        if needs_plan {
            needs.insert(0, PLAN.to_owned());
            parts.insert(0, succeeded(PLAN));
        }
        // GitHub takes a constant for a mistake, and it is one: this is a condition that no event meets.
        let due_expression = match due_expression {
            Expression::Constant(false) => Expression::equals("github.event_name", "never"),
            other => other,
        };
        if parts.is_empty() {
            let condition = (due_expression != Expression::Constant(true)).then_some(due_expression);
            return (needs, condition);
        }
        let alive = Expression::raw("!cancelled()");
        (needs, Some(Expression::all([alive, due_expression].into_iter().chain(parts))))
    }
}
