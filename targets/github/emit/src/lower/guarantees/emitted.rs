//! What is proved on the bytes of a workflow, and what its jobs see to when they run.

use super::deploys_to;
use super::settings::entered;
use crate::lower::Lowered;
use crate::lower::previews::teardown_file;
use pipec_ir::{Approval, Environment, Guarantee, Lock, Node, Pipeline, Program, Standing, Tier};

/// What the model of the engine proves on the bytes of the workflow.
pub(super) fn proved(pipeline: &Pipeline) -> Vec<Guarantee> {
    let deploys = ["no-skipped-gates", "one-path", "held-alone"];
    let has_deploys = pipeline.deploys().next().is_some();
    let is_about = |guarantee: &Guarantee| has_deploys || !deploys.contains(&guarantee.kind);
    proved_on_every_workflow().into_iter().filter(is_about).collect()
}

fn proved_on_every_workflow() -> Vec<Guarantee> {
    let on_the_output = |kind, holds: &str, by: &str| Guarantee::new(Standing::Proved, kind, holds, by);
    vec![
        on_the_output(
            "no-skipped-gates",
            "a deploy's job starts only where the source lets it",
            "again on the workflow, over all events and outcomes of jobs, skipped and cancelled ones among them",
        ),
        on_the_output(
            "one-path",
            "no job but a deploy's enters an environment",
            "again on the workflow, for every event GitHub can start it with, declared or not",
        ),
        on_the_output(
            "held-alone",
            "no other job sees an environment's secrets or identities",
            "again on the workflow: what each step's variables and each job's environment hold",
        ),
        on_the_output(
            "least-authority",
            "each job's token has exactly the rights of the table in the reference",
            "P1190, on the workflow",
        ),
        on_the_output(
            "scripts-arrive",
            "every script reaches its shell byte for byte, and no value is put into its text, nor into an action's input that is code by its name",
            "P1190, on the workflow; P0709",
        ),
    ]
}

fn emitted(kind: &'static str, holds: &str, by: &str) -> Guarantee {
    Guarantee::new(Standing::Emitted, kind, holds, by)
}

pub(super) fn of_the_run(program: &Program, pipeline: &Pipeline) -> Vec<Guarantee> {
    let mut all = vec![
        emitted(
            "order",
            "a job starts only when all before it that are in the run have passed",
            "`needs` and `if`",
        ),
        emitted("timeout", "every job ends after its timeout", "`timeout-minutes`"),
        emitted("verdict", "one check is green only if all is well", "the job `verdict`"),
    ];
    let artefacts = pipeline.nodes.iter().any(Node::is_artefact);
    if artefacts {
        all.push(emitted(
            "same-digest",
            "whatever uses an artefact fails unless it has the digest its build recorded",
            "the first steps of each consumer",
        ));
    }
    if pipeline.nodes.iter().any(|node| node.body.retry.is_some()) {
        all.push(emitted(
            "one-attempt",
            "what is tried again passes only if all scripts of one attempt did, which began on a fresh checkout",
            "the steps of each attempt, which hang on the outcomes of those before",
        ));
    }
    for (node, rule) in pipeline.nodes.iter().filter_map(|node| Some((node, node.overriding()?))) {
        let (gate, role) = (&node.name, &rule.role);
        let holds = format!(
            "a failed {gate} is passed over only in a run asked for with a reason, after an approval by {role}, while it is in force"
        );
        all.push(emitted(
            "override",
            &holds,
            "the job that asks for the approval, and the deploys that look at its age",
        ));
    }
    if pipeline.events().iter().any(|event| !event.is_trusted()) {
        let open: Vec<&str> = entered(program, pipeline)
            .into_iter()
            .filter(|environment| environment.tier == Tier::Ephemeral)
            .map(|environment| environment.name.as_str())
            .collect();
        let (holds, by) = if open.is_empty() {
            (String::new(), "no job that such an event starts is given any")
        } else {
            (
                format!(", but what {} holds, for pull requests of members", open.join(", ")),
                "no job that such an event starts is given any, but those deploys, which forks and bots don't start",
            )
        };
        let holds = format!(
            "code of pull requests and the merge queue gets no secret, no identity and no right to write{holds}"
        );
        all.push(emitted("untrusted-empty", &holds, by));
    }
    all
}

/// How long the jobs take at most that no node of the source is, and so no budget counts.
pub(super) fn own_jobs(pipeline: &Pipeline, lowered: &Lowered) -> Option<Guarantee> {
    let has_budget = pipeline.budget.is_some() || pipeline.stages.iter().any(|stage| stage.budget.is_some());
    let jobs = lowered.workflow.iter().flat_map(|workflow| &workflow.jobs);
    let own = jobs.filter(|job| {
        matches!(job.id.as_str(), "plan" | "verdict" | "record")
            || pipeline.nodes.iter().any(|node| job.id == format!("override-{}", node.name))
    });
    let limits: Vec<String> = own.map(|job| format!("{} after {}m", job.id, job.timeout_minutes)).collect();
    has_budget.then(|| {
        let holds = format!("what no budget counts ends by itself: {}", limits.join(", "));
        emitted("own-jobs", &holds, "`timeout-minutes` of the jobs that the compiler adds")
    })
}

pub(super) fn of_a_deploy(pipeline: &Pipeline, environment: &Environment) -> Vec<Guarantee> {
    let name = &environment.name;
    let is_preview = environment.tier == Tier::Ephemeral;
    let mut all = vec![
        emitted(
            "lock",
            match environment.lock {
                _ if is_preview => "one deploy or teardown for a pull request at a time; the others wait",
                Lock::Queue => "one deploy at a time; the others wait",
                Lock::Newest => "one deploy at a time; of the others only the newest waits",
            },
            &format!("the group of `concurrency` of {} and {name}", pipeline.name),
        ),
        if is_preview {
            emitted(
                "never-backwards",
                "a deploy of a commit that is not the head of an open pull request fails",
                "the step `Still wanted`, before any script",
            )
        } else {
            emitted(
                "never-backwards",
                "a deploy of a commit that does not descend from the one deployed there last fails",
                "the step `Only forward`, before any script",
            )
        },
    ];
    if is_preview {
        all.push(emitted(
            "teardown",
            "what was deployed for a pull request is torn down once it is closed, or nothing was deployed for it for the `ttl`",
            &format!("{}, on each close and every hour", teardown_file(pipeline)),
        ));
    }
    if let Some(Approval { not_author, .. }) = &environment.approval {
        let whom = if *not_author { " by somebody other than its author" } else { "" };
        let holds = format!("a deploy that nobody approved{whom} fails");
        all.push(emitted("approval", &holds, "the step `Approved`, which asks GitHub"));
    }
    if deploys_to(pipeline, name).any(|deploy| deploy.rollback().is_some()) {
        all.push(emitted(
            "rollback",
            "a deploy that fails on its way is taken back, and has failed",
            "the steps of its rollback",
        ));
    }
    if environment.window.is_some() {
        all.push(emitted(
            "window",
            "outside its window no deploy runs a script",
            "what waits for the window, and the deploy's own check",
        ));
    }
    all.into_iter().map(|guarantee| guarantee.of(name)).collect()
}
