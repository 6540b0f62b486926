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

mod detail;
mod markdown;
mod overview;

use crate::paint::Colour;
use crate::place::{Columns, Places};
use pipec_base::Sources;
use pipec_claims::{Assurance, Exception, Guarantee, PipelineAssurance, Standing};
use serde_json::{Value, json};

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
    fn pipelines(&self) -> impl Iterator<Item = &'a PipelineAssurance> + use<'a> {
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

    /// One screen for a terminal of `width` columns: what is proved, what to set and where, and what is assumed.
    pub fn overview(&self, width: usize, colour: Colour) -> String {
        overview::draw(self, clamped(width), colour)
    }

    /// The whole text for a terminal of `width` columns, with the evidence of each guarantee.
    pub fn detail(&self, width: usize, colour: Colour) -> String {
        detail::draw(self, clamped(width), colour)
    }

    /// The text as Markdown. The assumptions are a list of tasks.
    pub fn markdown(&self) -> String {
        markdown::draw(self)
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

/// The width of a text for a terminal of `width` columns.
fn clamped(width: usize) -> usize {
    width.clamp(48, 120)
}

fn meaning(standing: Standing) -> &'static str {
    match standing {
        Standing::Proved => "decided over all runs",
        Standing::Emitted => "the output makes the engine do it",
        Standing::Assumed => "to be set on the platform; the rest relies on it",
    }
}

/// The share of raw steps: "0 of 12 steps are in `engine` blocks (0%)".
fn share(pipeline: &PipelineAssurance) -> String {
    let (engine, steps) = (pipeline.engine_steps, pipeline.steps);
    let percent = (engine * 100).checked_div(steps).unwrap_or(0);
    format!("{engine} of {steps} steps are in `engine` blocks, which no proof covers ({percent}%)")
}
