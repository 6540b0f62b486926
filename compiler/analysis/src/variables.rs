//! The variables that the compiler gives to a node's scripts. Each must have one meaning there.

mod effects;

use pipec_base::{Diagnostic, codes};
use pipec_ir::{
    Artefact, EngineStep, Environment, FAILED_VARIABLE, Node, OUTCOME_VARIABLE, Origin, Pipeline, Program,
    Provider, RUN_URL_VARIABLE, Right, TOKEN_VARIABLE,
};
use std::collections::BTreeMap;

/// A variable that is set before the script starts.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The name of the variable.
    pub(crate) variable: String,
    /// The owner of the variable, for messages.
    owner: String,
    /// The place of its definition, if it has one.
    origin: Option<Origin>,
    /// Whether another definition may replace it: the region of an identity is a default.
    is_default: bool,
}

impl Given {
    fn of(variable: impl Into<String>, owner: impl Into<String>) -> Given {
        Given { variable: variable.into(), owner: owner.into(), origin: None, is_default: false }
    }

    fn at(self, origin: &Origin) -> Given {
        Given { origin: Some(origin.clone()), ..self }
    }
}

/// Reports every variable of a node that has two meanings.
pub(crate) fn check_pipeline(program: &Program, pipeline: &Pipeline, diagnostics: &mut Vec<Diagnostic>) {
    for node in &pipeline.nodes {
        check_node(program, pipeline, node, diagnostics);
    }
    effects::of_pipeline(pipeline, diagnostics);
}

/// Reports every variable of the teardowns with two meanings, and those of environments that change what scripts do.
pub(crate) fn check_environments(program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    for environment in program.environments.values() {
        check_teardown(environment, diagnostics);
    }
    effects::of_environments(program, diagnostics);
}

/// Reports every variable of a teardown that has two meanings.
fn check_teardown(environment: &Environment, diagnostics: &mut Vec<Diagnostic>) {
    let Some(teardown) = &environment.teardown else { return };
    let mut all: Vec<Given> = of_environment(environment).collect();
    all.push(Given::of("PIPE_PULL_REQUEST", "a variable of the compiler"));
    all.extend(environment.identities.iter().flat_map(|identity| of_provider(identity.provider)));
    // Conflicts among the environment's own variables have been reported.
    let mut taken: BTreeMap<String, Given> = BTreeMap::new();
    for given in all {
        taken.entry(given.variable.clone()).or_insert(given);
    }
    let own = teardown
        .env
        .iter()
        .map(|binding| Given::of(&binding.variable, "set by `env` of the teardown").at(&binding.origin));
    check_given(own, &mut taken, &teardown.origin, &teardown.origin, diagnostics);
}

fn check_node(program: &Program, pipeline: &Pipeline, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<String, Given> = BTreeMap::new();
    let all = given(program, pipeline, node).into_iter().chain(bound(node));
    check_given(all, &mut taken, &node.origin, &node.name_origin, diagnostics);
    for block in &node.body.engines {
        let own = block.steps.iter().filter_map(|step| match step {
            EngineStep::Env(binding) => {
                Some(Given::of(&binding.variable, "set by `env` of the raw steps").at(&binding.origin))
            }
            EngineStep::Run(_) | EngineStep::Action { .. } => None,
        });
        check_given(own, &mut taken.clone(), &node.origin, &node.name_origin, diagnostics);
    }
    for action in node.actions() {
        let own = action
            .env
            .iter()
            .map(|binding| Given::of(&binding.variable, "set by `env` of the action").at(&binding.origin));
        check_given(own, &mut taken.clone(), &node.origin, &node.name_origin, diagnostics);
    }
}

/// Adds variables to the taken ones. Reports each that is already taken or that belongs to the compiler.
fn check_given(
    all: impl Iterator<Item = Given>,
    taken: &mut BTreeMap<String, Given>,
    whole: &Origin,
    name: &Origin,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for given in all {
        let reserved = given.variable.starts_with("PIPE_") && given.origin.is_some();
        let owner = match taken.get(&given.variable) {
            // A duplicate in one place has been reported.
            Some(first) if first.is_default || first.owner == given.owner => continue,
            Some(first) => Some(first),
            None => None,
        };
        let Some(origin) = given.origin.as_ref().filter(|_| reserved || owner.is_some()) else {
            taken.entry(given.variable.clone()).or_insert(given);
            continue;
        };
        let variable = &given.variable;
        let message = match owner {
            Some(first) => format!("variable `{variable}` is already used: it is {}", first.owner),
            None => {
                format!(
                    "variable `{variable}` is reserved: names that begin with `PIPE_` belong to the compiler"
                )
            }
        };
        let mut diagnostic = Diagnostic::error(codes::P0121, message, origin.span);
        if let Some(first) = owner.and_then(|first| first.origin.as_ref()) {
            diagnostic = diagnostic.label(first.span, "it is set here");
        } else if !whole.span.contains(origin.span) {
            diagnostic = diagnostic.label(name.span, "both are used here");
        }
        diagnostics.push(origin.explain(diagnostic.help("rename it")));
    }
}

/// The variables that a node's own clauses set.
fn bound(node: &Node) -> Vec<Given> {
    let secrets = node
        .body
        .secrets
        .iter()
        .map(|secret| Given::of(&secret.variable, "a secret of this node").at(&secret.origin));
    let set =
        node.body.env.iter().map(|binding| Given::of(&binding.variable, "set by `env`").at(&binding.origin));
    // A leg's own variable replaces the node's variable with the same name.
    let legs = node.body.matrix.iter().flat_map(|matrix| &matrix.legs).flat_map(|leg| &leg.env);
    let of_legs = legs.map(|binding| Given::of(&binding.variable, "set by `env`").at(&binding.origin));
    secrets.chain(set).chain(of_legs).collect()
}

/// The variables that the compiler gives to a node's scripts. Those from the node's own clauses are not included.
fn given(program: &Program, pipeline: &Pipeline, node: &Node) -> Vec<Given> {
    let body = &node.body;
    let mut all = Vec::new();
    for (artefact, _) in &body.uses {
        all.extend(of_artefact(pipeline, artefact, artefact, format!("a variable of artefact `{artefact}`")));
    }
    if let Some(subject) = &body.subject
        && subject != "subject"
    {
        all.extend(of_artefact(
            pipeline,
            subject,
            "subject",
            "a variable of the task's `subject`".to_owned(),
        ));
    }
    let mut providers: Vec<Provider> = program.identities_of(node).map(|it| it.provider).collect();
    for sidecar in &body.sidecars {
        let stem = upper(&sidecar.name);
        let owner = format!("a variable of sidecar `{}`", sidecar.name);
        let fields = std::iter::once("HOST").chain(sidecar.port.map(|_| "PORT"));
        all.extend(fields.map(|field| Given::of(format!("{stem}_{field}"), &owner).at(&sidecar.origin)));
    }
    if !body.rights.is_empty() {
        all.push(Given::of(TOKEN_VARIABLE, "a variable of the compiler"));
    }
    all.extend(program.environment_of(node).into_iter().flat_map(of_environment));
    if program.preview_of(node).is_some() {
        all.push(Given::of("PIPE_PULL_REQUEST", "a variable of the compiler"));
    }
    if node.artefact().is_some_and(Artefact::is_image) {
        all.push(Given::of("PIPE_IMAGE_LAYOUT", "a variable of the compiler"));
    }
    if pipeline.is_afterwards(node) {
        let told = [OUTCOME_VARIABLE, FAILED_VARIABLE, RUN_URL_VARIABLE];
        all.extend(told.map(|variable| Given::of(variable, "a variable of the compiler")));
    }
    // Pages and attestations also need such a token, so the right includes it.
    let brings_token = |right: Right| matches!(right, Right::Pages | Right::Attestations);
    if body.rights.iter().any(|(right, _)| brings_token(*right)) && !providers.contains(&Provider::Oidc) {
        providers.push(Provider::Oidc);
    }
    for provider in providers {
        all.extend(of_provider(provider));
    }
    all
}

/// The names of all variables that a node's scripts see.
pub(crate) fn names(program: &Program, pipeline: &Pipeline, node: &Node) -> impl Iterator<Item = String> {
    let all = given(program, pipeline, node).into_iter().chain(bound(node));
    all.map(|given| given.variable)
}

/// The variables of an environment's secrets and values.
pub(crate) fn of_environment(environment: &Environment) -> impl Iterator<Item = Given> {
    let owner = format!("a variable of environment `{}`", environment.name);
    let secrets = environment.secrets.iter().map(|secret| (&secret.variable, &secret.origin));
    let values = environment.values.iter().map(|value| (&value.variable, &value.origin));
    secrets.chain(values).map(move |(variable, origin)| Given::of(variable, &owner).at(origin))
}

fn of_artefact(
    pipeline: &Pipeline,
    artefact: &str,
    called: &str,
    owner: String,
) -> impl Iterator<Item = Given> {
    let is_image = pipeline.producer(artefact).is_some_and(|(_, artefact)| artefact.is_image());
    let fields = if is_image { ["REF", "DIGEST", "LAYOUT"].as_slice() } else { &["PATH", "DIGEST"] };
    let stem = upper(called);
    fields.iter().map(move |field| Given::of(format!("{stem}_{field}"), &owner))
}

/// The variables of a provider's identity.
fn of_provider(provider: Provider) -> impl Iterator<Item = Given> {
    let owner = format!("a variable of the identity at {}", provider.word());
    of_identity(provider).iter().map(move |variable| {
        let is_default = variable.ends_with("_REGION");
        Given { is_default, ..Given::of(*variable, &owner) }
    })
}

/// The names of the variables of a provider's identity.
pub(crate) fn names_of_identity(provider: Provider) -> impl Iterator<Item = String> {
    of_identity(provider).iter().map(|name| (*name).to_owned())
}

/// The variables that the provider's own tools read, and that the engine's login leaves behind.
fn of_identity(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::Aws => &[
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        ],
        Provider::Azure => &["AZURE_CONFIG_DIR"],
        // The way a script asks GitHub for a token of this job. Other engines have their own way.
        Provider::Oidc => &["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
        Provider::Google => &[
            "GOOGLE_APPLICATION_CREDENTIALS",
            "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
            "GOOGLE_GHA_CREDS_PATH",
        ],
    }
}

fn upper(name: &str) -> String {
    name.replace('-', "_").to_ascii_uppercase()
}
