//! Ephemeral environments: their deploys start for pull requests only.
//!
//! Each deploy first checks that its pull request still wants it. The sweep reads the number of the pull request from
//! the title of this step.
//!
//! ```yaml
//! deploy-pages-to-preview:
//!   if: ${{ !cancelled() && needs.pages.result == 'success' }}
//!   steps:
//!     - name: Still wanted by pull request ${{ github.event.pull_request.number }}
//!     - name: Still wanted by pull request 7
//! # a push starts it, too: "it deploys what no pull request takes along"
//! # two steps have such a title: "the sweep can't tell for which pull request it was"
//! ```

use crate::gating::{Gating, jobs_of};
use pipec_claims::TheoremId;
use pipec_ir::{Event, Fact, Lock, Node, Pipeline};
use pipec_model::{Finding, Part, Step, Value};

/// The theorems that fail if a preview starts for other events. They also fail if it is never torn down.
pub(crate) const THEOREMS: &[TheoremId] = &[
    TheoremId::PreviewEntry,
    TheoremId::NeverBackwards,
    TheoremId::Teardown,
    TheoremId::Lock,
    TheoremId::UntrustedEmpty,
];

/// The title of a deploy's first step, before the number. The sweep reads the number of the pull request from it.
const TITLE: &str = "Still wanted by pull request ";

/// Whether the checking step has its own pull request and commit. Its title must be the one that the sweep needs.
pub(crate) fn asks_for_its_own(step: &Step) -> bool {
    let number = Part::Fact(Fact::PullRequestNumber);
    let title = Value::literal(TITLE).and(number.clone());
    let is_given = |name: &str, wanted: &Part| step.env(name).is_some_and(|given| given.is_part(wanted));
    step.title.as_ref() == Some(&title)
        && is_given("GH_TOKEN", &Part::Token)
        && is_given("PULL_REQUEST", &number)
        && is_given("COMMIT", &Part::PullRequestHead)
}

/// Every difference of the deploys to an ephemeral environment in the pipeline's own workflow.
pub(crate) fn check(gating: &Gating<'_, '_>, node: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(environment) = gating.program.preview_of(node) else { return findings };
    for job in jobs_of(gating, node) {
        let asked_for = gating.world.facts.event(Event::PullRequest);
        gating.prove(
            job,
            &gating.runs(job),
            &asked_for,
            "deploys what no pull request takes along",
            &mut findings,
        );
        let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
        if !node.body.rights.is_empty() {
            differs("it may write, though nobody has reviewed its code");
        }
        if environment.lock == Lock::Newest {
            differs("a deploy that waits may be dropped for a teardown");
        }
        if environment.approval.is_some() {
            differs("its teardown would wait for an approval");
        }
        let enters = |pipeline: &Pipeline| {
            let mut previews = pipeline.nodes.iter().filter_map(|node| gating.program.preview_of(node));
            previews.any(|other| other.name == environment.name)
        };
        let others = gating.program.pipelines.iter().filter(|other| other.name != gating.pipeline.name);
        if others.into_iter().any(|other| enters(other)) {
            differs("another pipeline deploys there, too, and is not torn down with it");
        }
        // The sweep takes the first step with this title.
        let may_be_called_so = |title: &Value| match title.parts().first() {
            Some(Part::Literal(text)) => {
                text.starts_with(TITLE) || title.parts().len() > 1 && TITLE.starts_with(&**text)
            }
            first => first.is_some(),
        };
        let twins = job.steps().iter().filter(|step| step.title.as_ref().is_some_and(may_be_called_so));
        if twins.count() != 1 {
            differs("the sweep can't tell for which pull request it was");
        }
    }
    findings
}
