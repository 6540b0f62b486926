//! `allow CODE because "…" until DATE` suppresses one code in the next clause. Findings about the supply chain, time
//! and scripts can be allowed, theorems never. An expired allowance is a finding itself, and so is one that allows
//! nothing.
//!
//! For example, `allow P0901 because "the report is optional" until 2026-12-01` before a `run` suppresses P0901 in that `run`
//! alone, and only until that date.

use crate::Module;
use pipec_base::{Code, Diagnostic, Label, Sources, Span, codes};
use pipec_syntax::ast::{
    Action, Allow, Body, BodyClause, Clause, Date, Declaration, EnvironmentClause, FinallyClause,
    PipelineClause, SidecarClause, StageClause, Work,
};
use std::collections::HashSet;

/// A finding that the source allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The suppressed code.
    pub code: Code,
    /// The reason.
    pub because: String,
    /// The last day on which the allowance holds.
    pub until: Option<Date>,
    /// The place of the allowance.
    pub span: Span,
}

struct Allowance<'a> {
    written: &'a Allow,
    covers: Span,
    /// Whether the allowance is in a module of the standard library. A task there may be uncalled, so its allowance may
    /// be unused.
    is_standard: bool,
    /// Whether it is in a declaration that is in no output, because nothing calls it.
    is_unused: bool,
}

/// Removes allowed findings and reports faults of the allowances themselves. Returns the findings that were allowed.
/// Looks only into the modules that `may_allow` accepts. `unused` has the names of declarations that are in no output.
pub(crate) fn apply<'a>(
    workspace: &[Module<'a>],
    standard: &[Module<'a>],
    unused: &HashSet<Span>,
    sources: &Sources,
    today: Date,
    mut may_allow: impl FnMut(&Module<'a>) -> bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Allowed> {
    let mut allowed = Vec::new();
    let mut allowances = Vec::new();
    let mut gather_all = |modules: &[Module<'a>], all: &mut Vec<Allowance<'a>>| {
        for module in modules {
            if may_allow(module) {
                for item in &module.tree.items {
                    let is_unused = name_of(&item.kind).is_some_and(|name| unused.contains(&name));
                    all.extend(of_item(item).map(|allowance| Allowance { is_unused, ..allowance }));
                }
            }
        }
    };
    gather_all(standard, &mut allowances);
    allowances.iter_mut().for_each(|allowance| allowance.is_standard = true);
    gather_all(workspace, &mut allowances);
    // Allowances can be nested: the innermost one covers the finding.
    allowances.sort_by_key(|Allowance { covers, .. }| {
        (sources.place(*covers).map(|place| place.rank), covers.end - covers.start)
    });
    for Allowance { written, covers, is_standard, is_unused } in allowances {
        if written.because.node.trim().is_empty() {
            diagnostics.push(crate::expand::blank_reason(written.because.span));
            continue;
        }
        let code = match written.code.node.parse::<Code>() {
            Ok(code) if code.can_be_allowed() => code,
            Ok(code) => {
                let help = match code {
                    codes::P0703 => {
                        "it is a warning and stops no build: it disappears when the reference or \
                         `pipec.lock` contains the digest"
                    }
                    _ => {
                        "only findings of P07xx to P09xx can be allowed: a program that breaks a theorem is refused"
                    }
                };
                diagnostics.push(
                    Diagnostic::error(codes::P0117, format!("{code} can't be allowed"), written.code.span)
                        .help(help),
                );
                continue;
            }
            Err(_) => {
                diagnostics.push(
                    Diagnostic::error(
                        codes::P0117,
                        format!("there is no code `{}`", written.code.node),
                        written.code.span,
                    )
                    .help("use the code that the finding shows: `allow P0905 because \"…\"`"),
                );
                continue;
            }
        };
        if let Some(until) = written.until.as_ref().filter(|until| until.node < today) {
            let Date { year, month, day } = until.node;
            let mut expired = Diagnostic::error(
                codes::P0118,
                format!("this ended on {year:04}-{month:02}-{day:02}"),
                written.span,
            )
            .saying(format!("{code} is no longer allowed"))
            .help("fix the finding, or give a new reason and a new date");
            // The fault of an allowance and the finding it would allow are one mistake, so only the fault is reported.
            diagnostics.retain(|diagnostic| {
                let allowed = diagnostic.code == code && covers.contains(diagnostic.span());
                if allowed {
                    expired
                        .labels
                        .push(Label { span: diagnostic.span(), message: diagnostic.message.clone() });
                }
                !allowed
            });
            diagnostics.push(expired);
            continue;
        }
        let before = diagnostics.len();
        diagnostics.retain(|diagnostic| diagnostic.code != code || !covers.contains(diagnostic.span()));
        let is_idle = diagnostics.len() == before;
        if is_idle && !is_standard {
            diagnostics.push(
                Diagnostic::warning(
                    codes::P0119,
                    format!("there is no finding of {code} here"),
                    written.span,
                )
                .help("remove it: an unused `allow` would hide the next finding")
                .fix("drop it", written.span, ""),
            );
        } else if !is_idle && !is_unused {
            let because = written.because.node.clone();
            let until = written.until.as_ref().map(|until| until.node);
            allowed.push(Allowed { code, because, until, span: written.span });
        }
    }
    allowed.sort_by_key(|allowed| sources.place(allowed.span));
    allowed
}

/// The name of a declaration that others can call.
fn name_of(declaration: &Declaration) -> Option<Span> {
    match declaration {
        Declaration::Pipeline(pipeline) => Some(pipeline.name.span),
        Declaration::Environment(environment) => Some(environment.name.span),
        Declaration::Task(task) => Some(task.name.span),
        Declaration::Runner(runner) => Some(runner.name.span),
        _ => None,
    }
}

/// Whether a declaration contains an allowance.
pub(crate) fn is_in(item: &Clause<Declaration>) -> bool {
    of_item(item).next().is_some()
}

/// The allowances in a declaration.
fn of_item(item: &Clause<Declaration>) -> impl Iterator<Item = Allowance<'_>> {
    let mut all = Vec::new();
    gather(item, &mut all);
    in_declaration(&item.kind, &mut all);
    all.into_iter()
}

fn gather<'a, T>(clause: &'a Clause<T>, all: &mut Vec<Allowance<'a>>) {
    all.extend(clause.allows.iter().map(|written| Allowance {
        written,
        covers: clause.span,
        is_standard: false,
        is_unused: false,
    }));
}

fn in_declaration<'a>(declaration: &'a Declaration, all: &mut Vec<Allowance<'a>>) {
    match declaration {
        Declaration::Pipeline(pipeline) => {
            for clause in &pipeline.clauses {
                gather(clause, all);
                if let PipelineClause::Finally(finally) = &clause.kind {
                    for clause in &finally.clauses {
                        gather(clause, all);
                        if let FinallyClause::Job { work, .. } = &clause.kind {
                            in_work(work, all);
                        }
                    }
                }
                let PipelineClause::Stage(stage) = &clause.kind else { continue };
                for clause in &stage.clauses {
                    gather(clause, all);
                    match &clause.kind {
                        StageClause::Gate { work, .. }
                        | StageClause::Artefact { work, .. }
                        | StageClause::Deploy { work, .. }
                        | StageClause::Job { work, .. } => in_work(work, all),
                        StageClause::Default(_) | StageClause::Budget(_) | StageClause::Error { .. } => {}
                    }
                }
            }
        }
        Declaration::Task(task) => in_body(&task.body, all),
        Declaration::Environment(environment) => {
            for clause in &environment.clauses {
                gather(clause, all);
                if let EnvironmentClause::Teardown(Action::Body(body)) = &clause.kind {
                    in_body(body, all);
                }
            }
        }
        Declaration::Runner(runner) => runner.clauses.iter().for_each(|clause| gather(clause, all)),
        _ => {}
    }
}

fn in_work<'a>(work: &'a Work, all: &mut Vec<Allowance<'a>>) {
    if let Some(body) = &work.body {
        in_body(body, all);
    }
}

fn in_body<'a>(body: &'a Body, all: &mut Vec<Allowance<'a>>) {
    for clause in &body.clauses {
        gather(clause, all);
        match &clause.kind {
            BodyClause::Shift(Action::Body(body))
            | BodyClause::Verify(Action::Body(body))
            | BodyClause::Rollback(Action::Body(body)) => in_body(body, all),
            BodyClause::Sidecar { clauses, .. } => {
                for clause in clauses {
                    gather(clause, all);
                    if let SidecarClause::Ready(Action::Body(body)) = &clause.kind {
                        in_body(body, all);
                    }
                }
            }
            BodyClause::Engine { steps, .. } => steps.iter().for_each(|clause| gather(clause, all)),
            _ => {}
        }
    }
}
