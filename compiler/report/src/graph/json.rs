//! The drawing for programs: one JSON object.
//!
//! `version` is the version of this form. Fields may be added, but an existing field keeps its name and meaning, or the
//! number increases.
//!
//! | field | |
//! |---|---|
//! | `version` | 1 |
//! | `proven` | whether no finding is an error |
//! | `pipelines` | `name`, `docs`, `triggers` (as written), `budget`, `stages`, `nodes` |
//! | `environments` | of the pipelines drawn: `name`, `tier`, `after`, `requires`, `approval` (`role`, `min`, `not-author`, or null), `window`, `lock` (`queue`, `newest`), `url` (or null) |
//!
//! A stage has `name`, `when` (as written, or null), `after` (the stages that it follows directly), `budget`. A node
//! has `name`, `kind` (`gate`, `artefact`, `deploy`, `job`), `stage`, `after` (the nodes directly before it: the
//! transitive reduction), `timeout` (of one attempt), `longest` (with every retry, repetition and soak), and those that
//! apply of `evidence`, `of`, `advisory`, `exempt` (each `when` and `because`), `override` (`by`, `expires`,
//! `review-within`), `type`, `artefacts`, `environment`, `strategy` (`kind`, `steps` of `weight` and `soak`),
//! `irreversible`, `engines`. Times are in milliseconds. Budgets may be null.

use super::Graph;
use super::path::{DrawnNode, Path};
use crate::words;
use pipec_ir::{Condition, Environment, Lock, NodeKind, Outcome};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(super) fn draw(graph: &Graph<'_>) -> String {
    let paths = graph.paths();
    let environments: BTreeMap<&str, &Environment> = paths
        .iter()
        .flat_map(|path| &path.nodes)
        .filter_map(|drawn| drawn.environment)
        .map(|environment| (environment.name.as_str(), environment))
        .collect();
    let document = json!({
        "version": 1,
        "proven": graph.is_proven,
        "pipelines": paths.iter().map(pipeline).collect::<Vec<_>>(),
        "environments": environments.into_values().map(environment).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn pipeline(path: &Path<'_>) -> Value {
    let stages: Vec<Value> = path
        .stages
        .iter()
        .map(|drawn_stage| {
            let after = path.names_before(drawn_stage);
            let when = (drawn_stage.stage.condition != Condition::Always)
                .then(|| drawn_stage.stage.condition.to_string());
            let budget = drawn_stage.stage.budget.as_ref().map(|(length, _)| *length);
            let finally = drawn_stage.stage.finally;
            let finally = finally.map(|outcomes| outcomes.all().map(Outcome::word).collect::<Vec<_>>());
            json!({
                "name": drawn_stage.stage.name,
                "when": when,
                "after": after,
                "finally": finally,
                "budget": budget,
            })
        })
        .collect();
    json!({
        "name": path.pipeline.name,
        "docs": path.pipeline.docs,
        "triggers": path.pipeline.triggers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "budget": path.pipeline.budget.as_ref().map(|(length, _)| *length),
        "stages": stages,
        "nodes": path.nodes.iter().map(|drawn| node(path, drawn)).collect::<Vec<_>>(),
    })
}

fn node(path: &Path<'_>, drawn: &DrawnNode<'_>) -> Value {
    let own = drawn.node;
    let after: Vec<&str> = path
        .edges
        .iter()
        .filter(|(_, to)| *to == own.id)
        .filter_map(|(from, _)| path.drawn(*from))
        .map(|drawn| drawn.node.name.as_str())
        .collect();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    put("name", json!(own.name));
    put("kind", json!(drawn.kind.word()));
    put("stage", json!(path.pipeline.stage_of(own).map(|stage| stage.name.as_str())));
    put("after", json!(after));
    put("timeout", json!(own.body.timeout));
    put("longest", json!(own.longest()));
    match &own.kind {
        NodeKind::Gate(gate) => {
            put("evidence", json!(gate.evidence.name));
            put("of", json!(gate.of));
            if let Some((because, _)) = &gate.advisory {
                put("advisory", json!(because));
            }
            if !gate.exemptions.is_empty() {
                let rules = gate.exemptions.iter();
                let rules =
                    rules.map(|rule| json!({"when": words::exemption(&rule.when), "because": rule.because}));
                put("exempt", rules.collect());
            }
            if let Some(rule) = &gate.overriding {
                let (by, expires, review) = (&rule.role, rule.expires, rule.review_within);
                put("override", json!({"by": by, "expires": expires, "review-within": review}));
            }
        }
        NodeKind::Artefact(artefact) => put("type", json!(artefact.ty.word())),
        NodeKind::Deploy(deploy) => {
            put("artefacts", json!(deploy.artefacts));
            put("environment", json!(deploy.environment));
            if let Some(strategy) = deploy.strategy() {
                let steps = strategy.steps.iter();
                let steps: Value =
                    steps.map(|step| json!({"weight": step.weight.to_string(), "soak": step.soak})).collect();
                put("strategy", json!({"kind": strategy.kind.word(), "steps": steps}));
            }
            if let Some((because, _)) = deploy.irreversible() {
                put("irreversible", json!(because));
            }
        }
        NodeKind::Job => {}
    }
    if !own.body.engines.is_empty() {
        let blocks = own.body.engines.iter();
        let blocks = blocks.map(|block| json!({"target": block.target, "because": block.because}));
        put("engines", blocks.collect());
    }
    Value::Object(fields)
}

fn environment(environment: &Environment) -> Value {
    json!({
        "name": environment.name,
        "tier": environment.tier.word(),
        "after": environment.after.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        "requires": environment.requires.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(),
        "approval": environment.approval.as_ref().map(|approval| {
            json!({"role": approval.role, "min": approval.min, "not-author": approval.not_author})
        }),
        "window": environment.window.as_ref().map(words::window),
        "lock": match environment.lock {
            Lock::Queue => "queue",
            Lock::Newest => "newest",
        },
        "url": environment.url.as_ref().and_then(|url| url.as_literal()),
    })
}
