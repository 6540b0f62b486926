//! Explains triggers that stop before their end.

use pipec_base::{Diagnostic, Span, closest, codes};

use super::Case;
use crate::lexeme::Lexeme;
use crate::token::Punctuation;

impl Case<'_, '_> {
    /// Explains a fault in `on …`.
    pub(super) fn trigger(&self) -> Option<Diagnostic> {
        const EVENTS: &str = "the events are `push to BRANCH`, `pull-request to BRANCH`, `tag \"glob\"`, `schedule \"cron\"`, `manual` and `merge-queue`";
        let event_span = self.span(1);
        let incomplete = |message: String, span: Span| Diagnostic::error(codes::P0016, message, span);
        let event = match self.lexeme(1) {
            Some(Lexeme::Word(event)) if self.clause_length > 1 => event,
            Some(Lexeme::Text(..)) if self.clause_length > 1 => {
                return Some(
                    incomplete(format!("{} is not an event", self.shown(1)), event_span)
                        .help("name the event: `on push to \"release/*\"`, `on tag \"v*\"`")
                        .fix("write `push to`", event_span.at_start(), "push to "),
                );
            }
            _ => return Some(incomplete("`on` names no event".to_owned(), self.span(0)).help(EVENTS)),
        };
        let normal = event.to_ascii_lowercase().replace('_', "-");
        match normal.as_str() {
            "push" | "pull-request" if normal == event => {
                if self.is_sign(2, Punctuation::Colon) {
                    return Some(
                        incomplete(format!("`on {event}` names no branches"), self.span(0).to(event_span))
                            .help(format!(
                                "write `on {event} to main`; separate several branches with commas"
                            )),
                    );
                }
                let whole = self.span(0).to(event_span);
                if self.stopped_at == 2 {
                    let finding = incomplete(format!("`on {event}` names no branches"), whole);
                    let help = format!("write `on {event} to main`; separate several branches with commas");
                    return Some(match (self.lexeme(2), self.is_cut_short()) {
                        (Some(Lexeme::Word(branch)), false)
                            if !matches!(branch, "branches" | "on" | "from" | "of") =>
                        {
                            finding.help(help).fix("write `to`", self.span(2).at_start(), "to ")
                        }
                        (Some(Lexeme::Text(..)), false) => {
                            finding.help(help).fix("write `to`", self.span(2).at_start(), "to ")
                        }
                        // People must choose the branch, so there is no fix.
                        _ => finding.help(help),
                    });
                }
                (self.is_cut_short()).then(|| {
                    incomplete(format!("`on {event} to` names no branches"), self.read_part())
                        .help(format!("write `on {event} to main`; separate several branches with commas"))
                })
            }
            "tag" | "schedule" | "manual" | "merge-queue" if normal == event => {
                self.is_cut_short().then(|| {
                    let help = if event == "tag" {
                        "name the tags: `on tag \"v*\"`"
                    } else {
                        "give the time in five fields: `on schedule \"0 3 * * 1-5\"`"
                    };
                    incomplete(format!("`on {event}` is not finished"), self.read_part()).help(help)
                })
            }
            _ => {
                let meant = match normal.as_str() {
                    "pull-request"
                    | "pull-requests"
                    | "pullrequest"
                    | "merge-request"
                    | "merge-requests"
                    | "pr"
                    | "mr"
                    | "pull-request-target" => Some("pull-request"),
                    "push" | "pushes" | "commit" => Some("push"),
                    "tags" => Some("tag"),
                    "cron" | "schedules" | "scheduled" => Some("schedule"),
                    "workflow-dispatch" | "dispatch" | "workflow-call" => Some("manual"),
                    "merge-group" | "merge-train" | "merge-queue" => Some("merge-queue"),
                    _ => {
                        closest(&normal, ["push", "pull-request", "tag", "schedule", "manual", "merge-queue"])
                    }
                };
                let finding = incomplete(format!("`{event}` is not an event"), event_span);
                if matches!(normal.as_str(), "release" | "releases") {
                    return Some(finding.help(
                        "a release begins with its tag: `on tag \"v*\"`, and a task that publishes it",
                    ));
                }
                if matches!(normal.as_str(), "workflow-run" | "pipeline" | "pipelines" | "pipeline-source") {
                    return Some(finding.note("another run also ends when it has failed, so its end is not a success").help(
                        "write the next steps below, in this pipeline: a stage starts when everything \
                         above it has succeeded",
                    ));
                }
                Some(match meant {
                    Some(meant @ ("push" | "pull-request")) if self.word(2) != Some("to") => {
                        finding.help(format!("write `on {meant} to main`, or name other branches"))
                    }
                    Some(meant) => finding.help(format!("write `on {meant}`")).fix(
                        format!("write `{meant}`"),
                        event_span,
                        meant,
                    ),
                    None if matches!(event, "main" | "master" | "develop" | "trunk") => finding
                        .help(format!("name the event of the branch: `on push to {event}`"))
                        .fix(format!("write `push to {event}`"), event_span.at_start(), "push to "),
                    None => finding.help(EVENTS),
                })
            }
        }
    }
}
