//! Ephemeral environments: the jobs that tear down previews of pull requests.
//!
//! For the environment `preview`, `find-preview` finds the pull requests that are closed or forgotten, and
//! `teardown-preview` tears down the preview of each. They form separate runs: one when a pull request of a member is
//! closed, and one sweep every hour.

use crate::acts::{Act, Does, Reach};
use crate::credentials;
use crate::guard::Guard;
use crate::jobs::{EnvironmentUse, HandOn, JobPlan, LockUse, MINUTE, Role, Start, Timeout, Wait};
use crate::legs::Legs;
use crate::token::TokenUse;
use crate::value::{Part, RunFact, Value, Variables};
use pipec_ir::{Environment, Fact, Piece, Pipeline, Program, Text, Tier};
use pipec_runtime::Script;
use std::borrow::Cow;

/// The variable in which scripts find the number of the pull request.
pub(crate) const VARIABLE: &str = "PIPE_PULL_REQUEST";

/// The ids of the act that finds previews, and of the one that looks again.
///
/// The second one looks when its job holds the lock.
const FIND: &str = "find";
const STILL: &str = "still";

/// The output that lists pull requests, and the one that lists their deployments.
const PULL_REQUESTS: &str = "pull-requests";
const DEPLOYMENTS: &str = "deployments";

/// How long finding and tearing down may take, in milliseconds.
const FIND_TIMEOUT: u64 = 15 * MINUTE;
const TEARDOWN_TIMEOUT: u64 = 30 * MINUTE;

/// The jobs that tear down, two for each ephemeral environment.
pub(crate) fn teardown<'p>(program: &'p Program, pipeline: &'p Pipeline) -> Vec<JobPlan<'p>> {
    let entered = program.entered(pipeline).into_iter();
    let previews = entered.filter(|environment| environment.tier == Tier::Ephemeral);
    previews.flat_map(|environment| [find(environment), tear_down(environment)]).collect()
}

/// The job that finds what is to be torn down.
///
/// Pull requests of other repositories or of bots never had anything.
fn find(environment: &Environment) -> JobPlan<'_> {
    let name = &environment.name;
    let number = Value::fact(RunFact::PullRequest);
    let act = find_act("Find what is to be torn down", environment, number).with_id(FIND);
    let role = Role::Find(name.clone());
    JobPlan {
        comments: vec![format!("which pull requests have something in {name} that is to go")],
        start: Start::If(Guard::any([Guard::Sweep, Guard::ClosedByMember])),
        timeout: Timeout::Milliseconds(FIND_TIMEOUT),
        token: vec![TokenUse::Previews],
        hands_on: vec![HandOn::new(PULL_REQUESTS, Value::output(FIND, PULL_REQUESTS))],
        acts: vec![act],
        ..JobPlan::new(find_job(name), role, environment.origin.span, format!("find {name}"))
    }
}

fn find_job(environment: &str) -> String {
    format!("find-{environment}")
}

fn find_act<'p>(title: &'static str, environment: &'p Environment, number: Value<'p>) -> Act<'p> {
    let ttl = environment.ttl.unwrap_or_default().div_ceil(1000).to_string();
    let parameters = [
        ("ENVIRONMENT", Value::text(environment.name.as_str())),
        ("PULL_REQUEST", number),
        ("TTL", Value::text(ttl)),
    ];
    Act::fixed(title, Script::PreviewFind, parameters)
}

/// The job that tears a preview down.
///
/// It holds the lock of the deploys, and has no code of the pull request.
fn tear_down(environment: &Environment) -> JobPlan<'_> {
    let name = &environment.name;
    let find = find_job(name);
    let mut acts = vec![
        find_act("Still to be torn down", environment, Value::part(Part::PullRequestOfLeg)).with_id(STILL),
        Act::new("Check out the default branch", Does::CheckoutDefault),
    ];
    let logins = environment.identities.iter().filter_map(|it| credentials::sign_in(it, Reach::All));
    acts.extend(logins);
    acts.extend(environment.secrets.iter().filter(|secret| secret.file).map(credentials::write));
    for script in environment.teardown.iter().flat_map(|teardown| &teardown.steps) {
        let title = script.name.as_deref().unwrap_or("tear down");
        acts.push(Act::new(title, Does::Script(script, Vec::new())));
    }
    let deployments = [("DEPLOYMENTS", Value::output(STILL, DEPLOYMENTS))];
    acts.push(Act::fixed("Take it off the list", Script::PreviewForget, deployments));
    // A deploy may have come between, and the pull request may be open again.
    for act in acts.iter_mut().skip(1) {
        act.when = Guard::FoundAct(STILL.to_owned());
    }
    let mut token = vec![TokenUse::Previews, TokenUse::Checkout];
    token.extend(environment.identities.iter().map(TokenUse::Identity));
    token.push(TokenUse::ForgetPreviews);
    let (role, title) = (Role::TearDown(name.clone()), format!("tear down {name}"));
    JobPlan {
        comments: vec![format!("tears down {name} of each of them, with the default branch checked out")],
        waits: vec![Wait::success(&find)],
        start: Start::AfterSuccess(Guard::Found(find.clone())),
        legs: Legs::Found(find),
        timeout: Timeout::Milliseconds(TEARDOWN_TIMEOUT),
        environment: Some(EnvironmentUse { name: Cow::Borrowed(name), url: None, is_deployment: false }),
        lock: Some(LockUse {
            environment: name,
            pull_request: Some(Part::PullRequestOfLeg),
            newest: false,
            comment: "the lock of the deploys: nothing is torn down while it is deployed".to_owned(),
        }),
        token,
        variables: variables(environment),
        acts,
        ..JobPlan::new(format!("teardown-{name}"), role, environment.origin.span, title)
    }
}

/// The variables of a teardown's scripts.
fn variables(environment: &Environment) -> Variables<'_> {
    let own = environment.teardown.iter().flat_map(|teardown| &teardown.env);
    let bindings = environment.values.iter().chain(own);
    let mut variables: Variables<'_> = bindings
        .map(|binding| (Cow::Borrowed(binding.variable.as_str()), value(environment, &binding.value)))
        .collect();
    variables.push((Cow::Borrowed(VARIABLE), Value::part(Part::PullRequestOfLeg)));
    let secrets = environment.secrets.iter();
    variables
        .extend(secrets.map(|secret| (Cow::Borrowed(secret.variable.as_str()), credentials::value(secret))));
    variables
}

/// A text in a teardown.
///
/// Its only facts are the pull request and the secrets of the environment (P0111).
fn value<'p>(environment: &'p Environment, text: &'p Text) -> Value<'p> {
    text.pieces.iter().fold(Value::default(), |value, piece| match piece {
        Piece::Literal(text) => value.and_text(text.as_str()),
        Piece::Fact(Fact::PullRequestNumber) => value.and(Part::PullRequestOfLeg),
        Piece::Fact(fact @ Fact::Secret(name)) => {
            match environment.secrets.iter().find(|secret| secret.variable == *name) {
                Some(held) => value.and_value(credentials::value(held)),
                None => value.and(Part::Unresolved(fact)),
            }
        }
        Piece::Fact(fact) => value.and(Part::Unresolved(fact)),
    })
}
