//! Guarantees, for people and for programs.
//!
//! The JSON form is one object. Fields may be added, but an existing field keeps its name and meaning, or `version`
//! increases.
//!
//! | field | |
//! |---|---|
//! | `version` | 1 |
//! | `proven` | whether the workspace is proven; if not, nothing is claimed, and the other lists are empty |
//! | `pipelines` | `name`, `environments`, `guarantees`, `exceptions`, `steps`, `engine-steps` |
//! | `allowed` | the findings that the workspace allows, as exceptions |
//!
//! A guarantee has `standing` (`proved`, `emitted`, `assumed`), `kind`, `environment` (or null), `target` (null if it
//! is from the source alone), `holds` (of an assumption: the required setting) and `by` (its basis; of an assumption:
//! the claims that rely on it). An exception has `kind` (`exempt`, `override`, `advisory`, `irreversible`, `cache`,
//! `retry`, `engine`, `allow`), `node` (or null), `says`, `because`, `path` and `line`.

use crate::paint::{Colour, Style};
use crate::place::{Columns, Places};
use crate::row::{Row, wrapped};
use pipec_base::Sources;
use pipec_claims::{Assurance, Exception, Guarantee, PipelineAssurance, Standing};
use serde_json::{Value, json};
use std::fmt::Write;

/// The guarantees to show, and for which environment.
#[derive(Clone, Copy, Debug)]
pub struct AssuranceReport<'a> {
    /// The guarantees.
    pub assurance: &'a Assurance,
    /// The texts, for the places in them.
    pub sources: &'a Sources,
    /// The only environment to show. `None` means all. Pipelines that don't enter it are left out.
    pub environment: Option<&'a str>,
}

/// A part of a pipeline's guarantees: those of one environment, or of all runs.
struct Part<'a> {
    environment: Option<&'a str>,
    guarantees: Vec<&'a Guarantee>,
}

impl<'a> Part<'a> {
    fn of_standing(&self, standing: Standing) -> Vec<&'a Guarantee> {
        self.guarantees.iter().copied().filter(|given| given.claim.standing() == standing).collect()
    }
}

impl<'a> AssuranceReport<'a> {
    fn pipelines(&self) -> impl Iterator<Item = &'a PipelineAssurance> {
        let environment = self.environment;
        self.assurance.pipelines.iter().filter(move |pipeline| {
            environment.is_none_or(|wanted| pipeline.environments.iter().any(|name| name == wanted))
        })
    }

    /// The environments of a pipeline in their order, then the guarantees of all its runs.
    fn parts(&self, pipeline: &'a PipelineAssurance) -> Vec<Part<'a>> {
        let environments = pipeline.environments.iter().map(|name| Some(name.as_str()));
        environments
            .chain([None])
            .filter(|environment| {
                environment.is_none() || self.environment.is_none() || self.environment == *environment
            })
            .map(|environment| {
                let is_of = |given: &&Guarantee| given.claim.environment() == environment;
                Part { environment, guarantees: pipeline.guarantees.iter().filter(is_of).collect() }
            })
            .filter(|part| !part.guarantees.is_empty())
            .collect()
    }

    /// The text for a terminal of `width` columns.
    pub fn terminal(&self, width: usize, colour: Colour) -> String {
        let width = width.clamp(48, 120);
        let mut rows = Vec::new();
        for pipeline in self.pipelines() {
            if !rows.is_empty() {
                rows.push(Row::default());
            }
            rows.push(Row::default().styled(Style::Heading, &pipeline.pipeline));
            for part in self.parts(pipeline) {
                rows.push(Row::default());
                let title = part.environment.unwrap_or("all its runs");
                let style = if part.environment.is_some() { Style::Deploy } else { Style::Heading };
                rows.push(Row::default().text("  ").styled(style, title));
                for standing in Standing::ALL {
                    self.add_guarantees(&part, standing, width, &mut rows);
                }
            }
            rows.push(Row::default());
            rows.push(Row::default().text("  ").styled(Style::Heading, "out of the ordinary"));
            for exception in &pipeline.exceptions {
                except(exception, width, &mut rows);
            }
            let share = share(pipeline);
            rows.extend(
                wrapped(&share, width.saturating_sub(4))
                    .into_iter()
                    .map(|line| Row::default().text("    ").text(line)),
            );
        }
        if !self.assurance.allowed.is_empty() {
            rows.push(Row::default());
            rows.push(Row::default().styled(Style::Heading, "allowed in this workspace"));
            for exception in &self.assurance.allowed {
                except(exception, width, &mut rows);
            }
        }
        rows.iter().map(|row| row.render(colour)).collect()
    }

    fn add_guarantees(&self, part: &Part<'_>, standing: Standing, width: usize, rows: &mut Vec<Row>) {
        let given = part.of_standing(standing);
        if given.is_empty() {
            return;
        }
        let (sign, style) = match standing {
            Standing::Proved => ("✓", Style::Help),
            Standing::Emitted => ("●", Style::Gate),
            Standing::Assumed => ("☐", Style::Warning),
        };
        rows.push(
            Row::default()
                .text("    ")
                .styled(style, standing.word())
                .styled(Style::Faint, format!(": {}", meaning(standing))),
        );
        for guarantee in given {
            let mut sign = Some(sign);
            for line in wrapped(&self.assurance.holds(guarantee), width.saturating_sub(8)) {
                let sign = sign.take().unwrap_or(" ");
                rows.push(Row::default().text("      ").styled(style, sign).text(" ").text(line));
            }
            let by = self.assurance.by(guarantee);
            let by = match standing {
                Standing::Assumed => format!("relied on by: {by}"),
                _ => format!("{}: {by}", guarantee.claim.kind()),
            };
            for line in wrapped(&by, width.saturating_sub(8)) {
                rows.push(Row::default().text("        ").styled(Style::Faint, line));
            }
        }
    }

    /// The text as Markdown. The assumptions are a list of tasks.
    pub fn markdown(&self) -> String {
        let mut text = String::from("# Assurance\n");
        for pipeline in self.pipelines() {
            let _ = write!(text, "\n## Pipeline {}\n", pipeline.pipeline);
            for part in self.parts(pipeline) {
                match part.environment {
                    Some(environment) => {
                        let _ = write!(text, "\n### {environment}\n");
                    }
                    None => text.push_str("\n### All its runs\n"),
                }
                for standing in Standing::ALL {
                    let given = part.of_standing(standing);
                    if given.is_empty() {
                        continue;
                    }
                    let _ = write!(text, "\n**{}**: {}\n\n", capital(standing), meaning(standing));
                    for guarantee in given {
                        let holds = escape_markdown(&self.assurance.holds(guarantee));
                        let by = escape_markdown(&self.assurance.by(guarantee));
                        let _ = match standing {
                            Standing::Assumed => writeln!(text, "- [ ] {holds} (relied on by: {by})"),
                            _ => writeln!(text, "- **{}**: {holds}. *{by}*", guarantee.claim.kind()),
                        };
                    }
                }
            }
            text.push_str("\n### Out of the ordinary\n\n");
            for exception in &pipeline.exceptions {
                let _ = writeln!(text, "- {}", exception_in_markdown(exception));
            }
            let _ = writeln!(text, "- {}", share(pipeline));
        }
        if !self.assurance.allowed.is_empty() {
            text.push_str("\n## Allowed in this workspace\n\n");
            for exception in &self.assurance.allowed {
                let _ = writeln!(text, "- {}", exception_in_markdown(exception));
            }
        }
        text
    }

    /// One JSON object.
    pub fn json(&self) -> String {
        let mut places = Places::new(self.sources);
        let pipelines: Vec<Value> = self
            .pipelines()
            .map(|pipeline| {
                let guarantees = self.parts(pipeline).into_iter().flat_map(|part| part.guarantees);
                json!({
                    "name": pipeline.pipeline,
                    "environments": pipeline.environments,
                    "guarantees": guarantees.map(|it| guarantee(self.assurance, it)).collect::<Vec<_>>(),
                    "exceptions": pipeline.exceptions.iter().map(|it| exception(it, &mut places)).collect::<Vec<_>>(),
                    "steps": pipeline.steps,
                    "engine-steps": pipeline.engine_steps,
                })
            })
            .collect();
        let allowed: Vec<Value> =
            self.assurance.allowed.iter().map(|it| exception(it, &mut places)).collect();
        document(true, pipelines, allowed)
    }
}

/// The JSON object of an unproven workspace: it claims nothing.
pub fn unproven() -> String {
    document(false, Vec::new(), Vec::new())
}

fn document(is_proven: bool, pipelines: Vec<Value>, allowed: Vec<Value>) -> String {
    let document = json!({"version": 1, "proven": is_proven, "pipelines": pipelines, "allowed": allowed});
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn guarantee(assurance: &Assurance, guarantee: &Guarantee) -> Value {
    json!({
        "standing": guarantee.claim.standing().word(),
        "kind": guarantee.claim.kind(),
        "environment": guarantee.claim.environment(),
        "target": guarantee.target,
        "holds": assurance.holds(guarantee),
        "by": assurance.by(guarantee),
    })
}

fn exception(exception: &Exception, places: &mut Places<'_>) -> Value {
    let region = places.region(exception.origin.span, Columns::Characters);
    json!({
        "kind": exception.what.word(),
        "node": exception.what.node(),
        "says": exception.what.sentence(),
        "because": exception.because.sentence(),
        "path": region.map(|region| region.path),
        "line": region.map(|region| region.start.0),
    })
}

fn meaning(standing: Standing) -> &'static str {
    match standing {
        Standing::Proved => "decided over all runs",
        Standing::Emitted => "the output makes the engine do it",
        Standing::Assumed => "to be set on the platform; the rest relies on it",
    }
}

fn except(exception: &Exception, width: usize, rows: &mut Vec<Row>) {
    let text = format!("{}: {}", exception.what.sentence(), exception.because.sentence());
    let mut kind = Some(exception.what.word());
    for line in wrapped(&text, width.saturating_sub(18)) {
        rows.push(
            Row::default().text("    ").styled(Style::Warning, kind.take().unwrap_or("")).to(18).text(line),
        );
    }
}

/// The share of raw steps: "0 of 12 steps are in `engine` blocks (0%)".
fn share(pipeline: &PipelineAssurance) -> String {
    let (engine, steps) = (pipeline.engine_steps, pipeline.steps);
    let percent = (engine * 100).checked_div(steps).unwrap_or(0);
    format!("{engine} of {steps} steps are in `engine` blocks, which no proof covers ({percent}%)")
}

fn capital(standing: Standing) -> &'static str {
    match standing {
        Standing::Proved => "Proved",
        Standing::Emitted => "Emitted",
        Standing::Assumed => "Assumed",
    }
}

fn exception_in_markdown(exception: &Exception) -> String {
    let says = escape_markdown(&exception.what.sentence());
    let because = escape_markdown(exception.because.sentence());
    format!("**{}**: {says}: {because}", exception.what.word())
}

/// The text with its Markdown characters escaped, except in backticks.
fn escape_markdown(text: &str) -> String {
    let mut is_code = false;
    let mut shown = String::new();
    for character in text.chars() {
        match character {
            '`' => is_code = !is_code,
            '*' | '_' | '<' | '>' | '[' | ']' | '\\' | '|' | '#' if !is_code => shown.push('\\'),
            '\n' => {
                shown.push(' ');
                continue;
            }
            _ => {}
        }
        shown.push(character);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_no_markdown() {
        assert_eq!(escape_markdown("a *b* <i>[x](y)\n`a*b`"), "a \\*b\\* \\<i\\>\\[x\\](y) `a*b`");
    }
}
