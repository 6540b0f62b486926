//! Which steps hold the secrets, identities and rights of a node.
//!
//! For example, with `secret KEY`, `run "npm ci"` and `run sign "sign \"$KEY\""`, the packages that `npm ci` installs
//! could read `KEY`. That is the warning P0619, and `secret KEY for sign` removes it.

use crate::scripts::packages::installation;
use crate::variables;
use pipec_base::{Diagnostic, all_closest, codes};
use pipec_ir::{
    Held, Identity, Narrowed, Node, Origin, Pipeline, Program, Provider, Secret, Step, TOKEN_VARIABLE,
};
use std::collections::BTreeSet;

/// Checks which steps hold what, in each node.
pub(crate) fn check_pipeline(program: &Program, pipeline: &Pipeline, diagnostics: &mut Vec<Diagnostic>) {
    for node in &pipeline.nodes {
        let mut doubled = BTreeSet::new();
        for narrowed in &node.body.narrowed {
            check_steps(node, narrowed, &mut doubled, diagnostics);
            check_deploy(program, node, narrowed, diagnostics);
        }
        warn_of_exposed(program, node, diagnostics);
    }
}

/// The variables that a step does not see, although its node has them.
pub(crate) fn hidden_from(node: &Node, step: &Step) -> BTreeSet<String> {
    let body = &node.body;
    // An unknown step has been reported. It may be this one.
    let exists = |name: &String| node.steps().any(|step| step.name.as_ref() == Some(name));
    let is_known = |narrowed: &&Narrowed| narrowed.steps.iter().all(|(name, _)| exists(name));
    let hidden = body.narrowed.iter().filter(is_known);
    let hidden = hidden.filter(|narrowed| !body.is_held_by(&narrowed.held, step));
    let mut names: BTreeSet<String> = BTreeSet::new();
    for narrowed in hidden {
        match &narrowed.held {
            Held::Secret(secret) => names.extend(node.names_of_secret(secret).map(str::to_owned)),
            Held::Identity(provider, _) => names.extend(variables::names_of_identity(*provider)),
            Held::Right(_) => {}
        }
    }
    if !body.is_token_held_by(step) {
        names.insert(TOKEN_VARIABLE.to_owned());
    }
    names
}

/// Whether two steps are in one block. Another finding reports that they have one name.
fn are_in_one_block(node: &Node, [first, second]: [&Step; 2]) -> bool {
    let actions = node.actions().map(|action| &action.steps);
    let mut blocks = std::iter::once(&node.body.steps).chain(actions);
    let has_both = |steps: &Vec<Step>| [first, second].iter().all(|it| steps.iter().any(|step| step == *it));
    first.origin.calls == second.origin.calls && blocks.any(has_both)
}

/// Checks the steps of a `for`. Reports each name of two steps once; `doubled` has those of the node.
fn check_steps<'p>(
    node: &Node,
    narrowed: &'p Narrowed,
    doubled: &mut BTreeSet<&'p str>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (name, origin) in &narrowed.steps {
        let named: Vec<&Step> = node.steps().filter(|step| step.name.as_ref() == Some(name)).collect();
        match named.as_slice() {
            [_] => {}
            [] => diagnostics.push(origin.explain(unknown_step(node, name, origin))),
            [first, second, ..] if are_in_one_block(node, [first, second]) || !doubled.insert(name) => {}
            [first, second, ..] => diagnostics.push(
                origin.explain(
                    Diagnostic::error(codes::P0102, format!("two steps are called `{name}`"), origin.span)
                        .label(first.origin.span, "this one")
                        .label(second.origin.span, "and this one")
                        .help("rename one of them"),
                ),
            ),
        }
    }
}

fn unknown_step(node: &Node, name: &str, origin: &Origin) -> Diagnostic {
    let known: Vec<&str> = node.steps().filter_map(|step| step.name.as_deref()).collect();
    let finding =
        Diagnostic::error(codes::P0101, format!("`{}` has no step `{name}`", node.name), origin.span);
    match all_closest(name, known.iter().copied()).as_slice() {
        [near] => finding.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            origin.span,
            near.to_string(),
        ),
        _ if known.is_empty() => finding.help(format!("give the step its name: `run {name} \"…\"`")),
        _ => finding.help(format!("its steps are `{}`", known.join("`, `"))),
    }
}

/// In a deploy, `secret` and `identity` narrow what its environment declares.
fn check_deploy(program: &Program, node: &Node, narrowed: &Narrowed, diagnostics: &mut Vec<Diagnostic>) {
    let Some(environment) = program.environment_of(node) else { return };
    let (is_declared, what, clause) = match &narrowed.held {
        Held::Secret(variable) => (
            environment.secrets.iter().any(|secret| secret.variable == *variable),
            format!("secret `{variable}`"),
            format!("secret {variable}"),
        ),
        Held::Identity(provider, role) => (
            environment.identities.iter().any(|it| it.provider == *provider && it.role == *role),
            format!("{} identity `{role}`", provider.word()),
            format!("identity {} \"{role}\"", provider.word()),
        ),
        Held::Right(_) => return,
    };
    if is_declared {
        return;
    }
    let (name, origin) = (&environment.name, &narrowed.origin);
    let message = format!("environment `{name}` has no {what}");
    let finding = Diagnostic::error(codes::P0101, message, origin.span)
        .note("in a deploy, `for` limits what the environment gives to the deploy")
        .help(format!("declare it in the environment: `{clause}`"));
    diagnostics.push(origin.explain(finding));
}

/// Something that every step of a node holds.
struct Exposed<'p> {
    held: Held,
    /// The variable that its scripts read, if they need one.
    variable: Option<&'p str>,
    /// How the message names it.
    shown: String,
    /// Whether it is a secret that its scripts find in a file.
    is_file: bool,
    /// Whether `for` can follow its place directly.
    ends_its_clause: bool,
    /// The environment that gives it to a deploy.
    environment: Option<&'p str>,
    origin: &'p Origin,
}

/// Warns of steps that install packages and hold something that they never mention.
///
/// Another step that never mentions a variable may run a program that reads it, so it gives no warning.
fn warn_of_exposed(program: &Program, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let body = &node.body;
    let all: Vec<&Step> = node.steps().collect();
    if all.len() < 2 {
        return;
    }
    for exposed in exposed(program, node) {
        if body.narrowed_to(&exposed.held).is_some() {
            continue;
        }
        let is_mentioned = |step: &Step| {
            let mut names = exposed.variable.into_iter().flat_map(|it| node.names_of_secret(it));
            names.any(|name| step.mentions(name))
        };
        let (users, others): (Vec<&Step>, Vec<&Step>) = all.iter().partition(|step| is_mentioned(step));
        let installing = others.iter().find_map(|step| Some((*step, installation(&step.script)?)));
        if let Some((step, command)) = installing {
            // A script that installs nothing may run a program that reads it.
            let is_only_one = others.iter().all(|other| installation(&other.script).is_some());
            let users = if is_only_one { users.as_slice() } else { &[] };
            diagnostics.push(exposed_to(&exposed, &step.origin, command, users));
        }
    }
}

fn exposed_to(exposed: &Exposed<'_>, script: &Origin, command: &str, users: &[&Step]) -> Diagnostic {
    let (shown, place) = (&exposed.shown, exposed.origin);
    const NOTE: &str = "packages that it installs can run code, and read what the step holds";
    if let Some(environment) = exposed.environment {
        let message = format!("`{command}` holds {shown} of {environment}");
        let finding = Diagnostic::warning(codes::P0619, message, script.span)
            .label(place.span, "every script of the deploy holds it")
            .note(NOTE)
            .help(exposed.narrower("in the deploy name the steps that need it"));
        return script.explain(finding);
    }
    let finding = Diagnostic::warning(codes::P0619, format!("`{command}` holds {shown}"), place.span)
        .label(script.span, "this script does not need it")
        .note(NOTE);
    let names: Option<Vec<&str>> = users.iter().map(|step| step.name.as_deref()).collect();
    let finding = match names.filter(|names| !names.is_empty()) {
        Some(names) if exposed.ends_its_clause => {
            let only = format!(" for {}", names.join(", "));
            finding.help("move the script to another node, or name the steps that need it").fix(
                format!("add `{}`", only.trim_start()),
                exposed.origin.span.at_end(),
                only,
            )
        }
        _ => finding.help(exposed.narrower("name the steps that need it")),
    };
    place.explain(finding)
}

impl Exposed<'_> {
    /// How to keep it from a script, if `how` limits it to some steps.
    fn narrower(&self, how: &str) -> String {
        let clause = match &self.held {
            Held::Secret(name) if self.is_file => format!("secret {name} file for STEP"),
            Held::Secret(name) => format!("secret {name} for STEP"),
            Held::Right(right) => format!("may write {} for STEP", right.word()),
            // Every script of a job can ask for the token itself.
            Held::Identity(Provider::Oidc, _) => return "move the script to another node".to_owned(),
            Held::Identity(provider, role) => format!("identity {} \"{role}\" for STEP", provider.word()),
        };
        format!("move the script to another node, or {how}: `{clause}`")
    }
}

/// What a node holds, and the variables by which its scripts read it.
fn exposed<'p>(program: &'p Program, node: &'p Node) -> Vec<Exposed<'p>> {
    let environment = program.environment_of(node);
    let mut all = held(&node.body.secrets, &node.body.identities, None);
    all.extend(node.body.rights.iter().map(|(right, origin)| Exposed {
        held: Held::Right(*right),
        variable: Some(TOKEN_VARIABLE),
        shown: format!("the right to write {}", right.word()),
        is_file: false,
        ends_its_clause: false,
        environment: None,
        origin,
    }));
    all.extend(environment.into_iter().flat_map(|environment| {
        held(&environment.secrets, &environment.identities, Some(&environment.name))
    }));
    all
}

fn held<'p>(
    secrets: &'p [Secret],
    identities: &'p [Identity],
    environment: Option<&'p str>,
) -> Vec<Exposed<'p>> {
    let secrets = secrets.iter().map(|secret| Exposed {
        held: Held::secret(secret),
        variable: Some(&secret.variable),
        shown: format!("secret `{}`", secret.variable),
        // In a deploy, the clause only names what the environment declares.
        is_file: secret.file && environment.is_none(),
        ends_its_clause: !secret.file && secret.origin.calls.is_empty(),
        environment,
        origin: &secret.origin,
    });
    let identities = identities.iter().map(|identity| Exposed {
        held: Held::identity(identity),
        variable: None,
        shown: match environment {
            Some(_) => format!("the {} identity", identity.provider.word()),
            None => format!("its {} identity", identity.provider.word()),
        },
        is_file: false,
        ends_its_clause: false,
        environment,
        origin: &identity.origin,
    });
    secrets.chain(identities).collect()
}
