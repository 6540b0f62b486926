//! What the theorems say of a pipeline they hold for: one function for each theorem, in the order of the reference.

use pipec_ir::{Deploy, Environment, Guarantee, Node, Pipeline, Program, Standing, Tier};
use std::collections::{BTreeMap, BTreeSet};

/// What is proved of a pipeline of a program without errors. Of one with errors nothing is claimed: don't ask.
pub fn guarantees(program: &Program, pipeline: &Pipeline) -> Vec<Guarantee> {
    let mut all = Vec::new();
    for (environment, deploys) in environments(program, pipeline) {
        all.push(no_skipped_gates(pipeline, environment, &deploys));
        all.push(one_path(pipeline, environment, &deploys));
        all.extend(promotion(environment, &deploys));
        all.extend(held_alone(environment));
    }
    all.extend(build_once(pipeline));
    all.extend(every_change_travels(program, pipeline));
    all.extend(budget(pipeline));
    all
}

type Deploys<'p> = Vec<(&'p Node, &'p Deploy)>;

/// The environments a pipeline enters, in the order in which it first enters them.
fn environments<'p>(program: &'p Program, pipeline: &'p Pipeline) -> Vec<(&'p Environment, Deploys<'p>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all: Vec<(&Environment, Deploys<'p>)> = Vec::new();
    for (node, deploy) in pipeline.deploys() {
        let Some(environment) = program.entered_by(deploy) else { continue };
        let place = *places.entry(&environment.name).or_insert_with(|| {
            all.push((environment, Vec::new()));
            all.len() - 1
        });
        if let Some((_, deploys)) = all.get_mut(place) {
            deploys.push((node, deploy));
        }
    }
    all
}

fn proved(kind: &'static str, holds: String, by: &str) -> Guarantee {
    Guarantee::new(Standing::Proved, kind, holds, by)
}

fn parts(deploys: &Deploys<'_>) -> String {
    let parts: BTreeSet<&str> =
        deploys.iter().flat_map(|(_, deploy)| &deploy.artefacts).map(String::as_str).collect();
    parts.into_iter().collect::<Vec<_>>().join(", ")
}

fn no_skipped_gates(pipeline: &Pipeline, environment: &Environment, deploys: &Deploys<'_>) -> Guarantee {
    let is_before = |node: &&Node| deploys.iter().any(|(deploy, _)| deploy.before.contains(&node.id));
    let gates: Vec<&Node> =
        pipeline.nodes.iter().filter(|node| node.is_blocking_gate()).filter(is_before).collect();
    let exempt = gates.iter().any(|node| !node.exemptions().is_empty());
    let overridden = gates.iter().any(|node| node.overriding().is_some());
    let mut passed = "passed".to_owned();
    if exempt {
        passed.push_str(" or been exempt by the book");
    }
    if overridden {
        passed.push_str(" or been overridden by the book");
    }
    let names: Vec<&str> = gates.iter().map(|node| node.name.as_str()).collect();
    let what = match names.as_slice() {
        [] => "no gate stands before it, and it requires no evidence".to_owned(),
        _ => format!(
            "no deploy starts unless {} {} {passed} in the same run",
            names.join(", "),
            if names.len() == 1 { "has" } else { "have" }
        ),
    };
    let kinds: Vec<&str> = environment.requires.iter().map(|(kind, _)| kind.as_str()).collect();
    let covered = if kinds.is_empty() {
        String::new()
    } else {
        format!(
            "; {} {} {}",
            kinds.join(", "),
            if kinds.len() == 1 { "covers" } else { "cover" },
            parts(deploys)
        )
    };
    proved(
        "no-skipped-gates",
        what + &covered,
        "P0401 to P0406, over all events, branches, tags, paths and inputs",
    )
    .of(&environment.name)
}

fn one_path(pipeline: &Pipeline, environment: &Environment, deploys: &Deploys<'_>) -> Guarantee {
    let mut holds = Vec::new();
    if environment.tier == Tier::Production {
        holds.push(format!("one deploy statement brings {}", parts(deploys)));
    }
    if environment.open_to_members {
        holds.push("no fork and no run of the merge queue reaches it".to_owned());
    } else {
        holds.push("no pull request, fork or run of the merge queue reaches it".to_owned());
    }
    if environment.tier == Tier::Production {
        let globs = pipeline.protected_branches.iter().chain(&pipeline.protected_tags);
        let globs: BTreeSet<&str> = globs.map(|glob| glob.text()).collect();
        let globs: Vec<&str> = globs.into_iter().collect();
        holds.push(format!("of branches and tags only {} do", globs.join(", ")));
    }
    let by = "P0201 to P0204, over all runs; which branches and tags are protected is assumed";
    proved("one-path", holds.join("; "), by).of(&environment.name)
}

fn promotion(environment: &Environment, deploys: &Deploys<'_>) -> Option<Guarantee> {
    let before: Vec<&str> = environment.after.iter().map(|(name, _)| name.as_str()).collect();
    (!before.is_empty()).then(|| {
        let holds = format!(
            "what enters it, {}, was deployed to {} before, in the same run",
            parts(deploys),
            before.join(", ")
        );
        proved("promotion", holds, "P0205, P0304 and P0305").of(&environment.name)
    })
}

fn held_alone(environment: &Environment) -> Option<Guarantee> {
    let secrets = environment.secrets.iter().map(|secret| secret.variable.clone());
    let identities =
        environment.identities.iter().map(|identity| format!("the {} identity", identity.provider.word()));
    let held: Vec<String> = secrets.chain(identities).collect();
    (!held.is_empty()).then(|| {
        let holds = format!("only deploys to it hold {}", held.join(", "));
        proved("held-alone", holds, "P0601 and P0602: secrets and identities are types").of(&environment.name)
    })
}

fn build_once(pipeline: &Pipeline) -> Option<Guarantee> {
    let built: Vec<&str> =
        pipeline.nodes.iter().filter(|node| node.is_artefact()).map(|node| node.name.as_str()).collect();
    (!built.is_empty()).then(|| {
        // What raw steps fetch nobody knows.
        let rests_on_more = |node: &&Node| {
            node.is_artefact() && !(node.body.caches.is_empty() && node.body.engines.is_empty())
        };
        let fetched: Vec<&str> =
            pipeline.nodes.iter().filter(rests_on_more).map(|node| node.name.as_str()).collect();
        let from = if fetched.is_empty() {
            "from the commit alone: no build reads an environment or what another run has kept".to_owned()
        } else {
            format!(
                "from the commit: no build reads an environment, and none but that of {} what another run has kept",
                fetched.join(", ")
            )
        };
        let holds = format!("{} built once, by one node, {from}", are(&built));
        proved(
            "build-once",
            holds,
            "P0301 to P0306; that what is deployed has the recorded digest is emitted",
        )
    })
}

fn every_change_travels(program: &Program, pipeline: &Pipeline) -> Option<Guarantee> {
    let reaches_production = pipeline
        .deploys()
        .any(|(_, deploy)| program.entered_by(deploy).is_some_and(|place| place.tier == Tier::Production));
    reaches_production.then(|| {
        let mut holds =
            "a reviewed change of every kind but docs and none has a run that takes it to production".to_owned();
        if pipeline.stages.iter().any(|stage| stage.condition.asks_for_changes()) {
            holds.push_str("; of what no line of `change` claims, and where pipelines share the way, if anything runs for it");
        }
        proved("every-change-travels", holds, "P0208, over all trusted runs")
    })
}

fn budget(pipeline: &Pipeline) -> Option<Guarantee> {
    let whole = pipeline
        .budget
        .iter()
        .map(|(length, _)| format!("a run takes at most {}", crate::value::duration(*length)));
    let stages = pipeline.stages.iter().filter_map(|stage| {
        let (length, _) = stage.budget.as_ref()?;
        Some(format!("stage {} at most {}", stage.name, crate::value::duration(*length)))
    });
    let all: Vec<String> = whole.chain(stages).collect();
    (!all.is_empty()).then(|| {
        let holds =
            format!("{}, approvals, queues, windows and the compiler's own jobs apart", all.join(", "));
        proved("budget", holds, "P0802, over all runs, from the timeouts in whole minutes, which are emitted")
    })
}

fn are(names: &[&str]) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { "is" } else { "are" })
}
