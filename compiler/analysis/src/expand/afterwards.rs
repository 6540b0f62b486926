//! `finally`: jobs after stages, whatever became of them.
//!
//! For example, `finally alarm after release on failed { job chat { run "./tell.sh" } }` is a stage `alarm` behind all
//! others. Its job starts once the stage `release` has ended, if something there has failed.

use super::Expansion;
use super::draft::{Draft, Places};
use super::frame::Frame;
use super::node::Declared;
use crate::scope::name_taken;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Condition, Node, Outcome, Outcomes, ReportFormat, Right, Stage, StageId};
use pipec_syntax::ast::{self, Clause, DefaultClause, FinallyClause, Name, PipelineClause};

/// What a job of a `finally` may write. None of these changes what is deployed.
const MAY_WRITE: [Right; 5] =
    [Right::Issues, Right::PullRequests, Right::Discussions, Right::Statuses, Right::Checks];

impl<'a> Expansion<'a, '_> {
    /// Every `finally` of a pipeline. Adds their names to those of the stages.
    pub(super) fn finallys_of(
        &mut self,
        written: &'a ast::Pipeline,
        places: &mut Places<'a>,
        frame: &Frame,
    ) -> Vec<(&'a Clause<PipelineClause>, &'a ast::Finally)> {
        let mut all = Vec::new();
        for clause in &written.clauses {
            let PipelineClause::Finally(finally) = &clause.kind else { continue };
            let name = &finally.name;
            let stage = places.stages.get(name.node.as_str()).map(|(_, span)| *span);
            match stage.or_else(|| places.finallys.get(name.node.as_str()).copied()) {
                Some(first) => self.report(frame, name_taken(name, first)),
                None => drop(places.finallys.insert(&name.node, name.span)),
            }
            all.push((clause, finally));
        }
        all
    }

    /// Adds a `finally` as the last stage. All ordinary stages are there.
    pub(super) fn finally(
        &mut self,
        clause: &'a Clause<PipelineClause>,
        finally: &'a ast::Finally,
        places: &Places<'a>,
        draft: &mut Draft<'a>,
        frame: &Frame,
    ) {
        let id = StageId(draft.pipeline.stages.len());
        let after = match &finally.after {
            None => {
                let stages = draft.pipeline.stages.iter().take_while(|stage| stage.finally.is_none());
                (0..stages.count()).map(StageId).collect()
            }
            Some(names) => self.stages_named(names, None, places, frame),
        };
        let outcomes = self.outcomes(finally.on.as_deref(), frame);
        let inputs = draft.inputs.clone();
        let condition = match &finally.when {
            Some(when) => self.condition(when, &inputs, frame),
            None => Some(Condition::Always),
        };
        self.is_incomplete |= condition.is_none();
        draft.pipeline.stages.push(Stage {
            name: finally.name.node.clone(),
            docs: clause.docs.clone(),
            origin: frame.origin(finally.name.span),
            after,
            finally: Some(outcomes),
            condition: condition.unwrap_or(Condition::Always),
            condition_origin: finally.when.as_ref().map(|when| frame.origin(when.span())),
            runs_on_schedule: true,
            budget: None,
            nodes: Vec::new(),
        });
        let defaults: Vec<(&'a DefaultClause, Span)> = finally
            .clauses
            .iter()
            .filter_map(|clause| match &clause.kind {
                FinallyClause::Default(default) => Some((default, clause.span)),
                _ => None,
            })
            .collect();
        self.check_defaults(&defaults, frame);
        for clause in &finally.clauses {
            let (name, work) = match &clause.kind {
                FinallyClause::Job { name, work } => (name, work),
                FinallyClause::Default(_) => continue,
                FinallyClause::Error => {
                    self.is_incomplete = true;
                    continue;
                }
            };
            let declared = Declared { stage: id, docs: &clause.docs, span: clause.span, defaults: &defaults };
            if let Some(node) = self.job_afterwards((name, work), &declared, draft, frame) {
                self.check_afterwards(&node);
                if draft.pipeline.ended_before(&node).next().is_none() && !self.is_incomplete {
                    self.refuse_alone(finally, frame);
                }
                draft.add(node);
            }
        }
    }

    /// Refuses a `finally` of which no stage has a node that it could await.
    fn refuse_alone(&mut self, finally: &ast::Finally, frame: &Frame) {
        self.is_incomplete = true;
        let name = &finally.name;
        self.report(
            frame,
            Diagnostic::error(codes::P0430, format!("nothing ends before `{}`", name.node), name.span)
                .note("nothing waits for an advisory gate, and a `finally` waits for no other `finally`")
                .help("add a stage with a gate, an artefact, a deploy or a job"),
        );
    }

    /// The outcomes of `on failed, cancelled`. Without it, all.
    fn outcomes(&mut self, names: Option<&[Name]>, frame: &Frame) -> Outcomes {
        let Some(names) = names else { return Outcomes::ALL };
        let mut outcomes = Vec::new();
        for name in names {
            let outcome = self.word_of(name, Outcome::ALL, Outcome::word, "outcome", frame);
            self.is_incomplete |= outcome.is_none();
            outcomes.extend(outcome);
        }
        if outcomes.is_empty() { Outcomes::ALL } else { Outcomes::of(&outcomes) }
    }

    /// Refuses what a job of a `finally` can't have: artefacts, environments, and rights over what is delivered.
    fn check_afterwards(&mut self, node: &Node) {
        let body = &node.body;
        let uses = body.uses.iter().map(|(name, origin)| (format!("uses the artefact `{name}`"), origin));
        let reads =
            body.reads.iter().map(|(name, origin)| (format!("reads the environment `{name}`"), origin));
        let writes = body.rights.iter().filter(|(right, _)| !MAY_WRITE.contains(right));
        let writes = writes.map(|(right, origin)| (format!("may write {}", right.word()), origin));
        let scans = body.reports.iter().filter(|report| report.format == ReportFormat::Sarif);
        let scans = scans.map(|report| ("writes to code scanning".to_owned(), &report.origin));
        let found: Vec<Diagnostic> = uses
            .chain(reads)
            .chain(writes)
            .chain(scans)
            .map(|(what, origin)| {
                let message = format!("`{}` {what}, but it runs in a `finally`", node.name);
                let diagnostic = Diagnostic::error(codes::P0431, message, origin.span)
                    .note("no gate stands before it, and it runs also after a failure")
                    .help("do this in a job of a stage; what stands here tells people, or tidies up");
                origin.explain(diagnostic)
            })
            .collect();
        self.is_incomplete |= !found.is_empty();
        for finding in found {
            // A clause of the `finally` or the pipeline applies to several jobs, and is one mistake.
            let is_reported = |other: &Diagnostic| {
                other.code == codes::P0431 && other.labels.iter().map(|it| it.span).eq(spans_of(&finding))
            };
            if !self.diagnostics.iter().any(is_reported) {
                self.diagnostics.push(finding);
            }
        }
    }
}

/// The places of a finding.
fn spans_of(finding: &Diagnostic) -> impl Iterator<Item = Span> {
    finding.labels.iter().map(|label| label.span)
}
