//! The variables that a node's scripts must get, derived from the source anew, and whether a value of the output is one.

use crate::proof::gating::Gating;
use crate::proof::gating::is_untrusted_only;
use crate::proof::gating::jobs_of;
use crate::proof::matrix;
use crate::read::expression::parse;
use crate::read::expression::{Expression, Piece, Template};
use crate::read::workflow::Job;
use crate::read::workflow::either_of;
use crate::read::yaml::Node as Yaml;
use pipec_ir::{Binding, Fact, Form, Node, Program, Secret, Text};

/// The variable that holds the token of a job whose node says `may write`.
pub(crate) const TOKEN: &str = "PIPE_TOKEN";

/// The variable that holds the number of the pull request that an ephemeral environment is for.
pub(crate) const PULL_REQUEST: &str = "PIPE_PULL_REQUEST";

/// What a variable must be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expected {
    Text(Text),
    Secret {
        name: String,
        file: bool,
    },
    /// Where the build of an image leaves its layout.
    Layout,
    /// A path of a context.
    Path(String),
    /// The token of the job.
    Token,
    /// A secret or token where there is none to give.
    Empty,
}

/// Where the build of an image leaves its layout.
pub(crate) const LAYOUT: &str = "${{ runner.temp }}/image-layout";

/// A piece of a value: a text, a path in a context, or alternatives of them.
#[derive(Clone, Debug, PartialEq)]
enum Bit {
    Literal(String),
    Path(String),
    Digest(String),
    /// An expression that is more than a path.
    Other(Expression),
}

/// The variables of a node's scripts.
pub(crate) fn variables(gating: &Gating<'_, '_>, node: &Node, untrusted: bool) -> Vec<(String, Expected)> {
    let bindings = gating.program.bindings_of(node);
    let mut variables = bound(bindings, gating.program, node, untrusted);
    if node.image().is_some() {
        variables.push(("PIPE_IMAGE_LAYOUT".to_owned(), Expected::Layout));
    }
    for sidecar in &node.body.sidecars {
        let stem = sidecar.name.to_ascii_uppercase().replace('-', "_");
        // In a container the others go by their names, on a machine by ports of it.
        let inside = node.body.runner.image.is_some();
        let host = if inside { sidecar.name.as_str() } else { "127.0.0.1" };
        variables.push((format!("{stem}_HOST"), Expected::Text(Text::literal(host))));
        if let Some(port) = sidecar.port {
            let port = match sidecar.at {
                _ if inside => Expected::Text(Text::literal(port.to_string())),
                Some(at) => Expected::Text(Text::literal(at.to_string())),
                None => Expected::Path(format!("job.services.{}.ports.{port}", sidecar.name)),
            };
            variables.push((format!("{stem}_PORT"), port));
        }
    }
    if gating.program.preview_of(node).is_some() {
        let number = Expected::Text(Text::fact(Fact::PullRequestNumber));
        variables.push((PULL_REQUEST.to_owned(), number));
    }
    for (name, _) in &node.body.uses {
        let own = name.to_ascii_uppercase().replace('-', "_");
        let subject = (node.body.subject.as_ref() == Some(name)).then(|| "SUBJECT".to_owned());
        for prefix in [own].into_iter().chain(subject) {
            let path = Text::fact(Fact::ArtefactPath(name.clone()));
            let digest = Text::fact(Fact::ArtefactDigest(name.clone()));
            if gating.source.node_named(name).and_then(Node::image).is_some() {
                let reference = Text::fact(Fact::ArtefactRef(name.clone()));
                variables.push((format!("{prefix}_REF"), Expected::Text(reference)));
                variables.push((format!("{prefix}_LAYOUT"), Expected::Text(path)));
            } else {
                variables.push((format!("{prefix}_PATH"), Expected::Text(path)));
            }
            variables.push((format!("{prefix}_DIGEST"), Expected::Text(digest)));
        }
    }
    let held =
        gating.program.secrets_of(node).map(|secret| (secret.variable.clone(), held(secret, untrusted)));
    variables.extend(held);
    if !node.body.rights.is_empty() {
        let token = if untrusted { Expected::Empty } else { Expected::Token };
        variables.push((TOKEN.to_owned(), token));
    }
    variables
}

/// The variables that clauses of a node set.
pub(crate) fn bound<'b>(
    bindings: impl IntoIterator<Item = &'b Binding>,
    program: &Program,
    node: &Node,
    untrusted: bool,
) -> Vec<(String, Expected)> {
    let value = |binding: &Binding| expected(&binding.value, program, node, untrusted);
    bindings.into_iter().map(|binding| (binding.variable.clone(), value(binding))).collect()
}

fn expected(text: &Text, program: &Program, node: &Node, untrusted: bool) -> Expected {
    let named = match text.pieces.as_slice() {
        [pipec_ir::Piece::Fact(Fact::Secret(name))] => {
            program.secrets_of(node).find(|secret| secret.variable == *name)
        }
        _ => None,
    };
    named.map_or_else(|| Expected::Text(text.clone()), |secret| held(secret, untrusted))
}

fn held(secret: &Secret, untrusted: bool) -> Expected {
    if untrusted {
        Expected::Empty
    } else {
        Expected::Secret { name: secret.variable.clone(), file: secret.file }
    }
}

/// Where an artefact is unpacked.
pub(crate) fn folder(name: &str) -> String {
    format!("${{{{ runner.temp }}}}/artefacts/{name}")
}

/// Whether a scalar is this text with its expressions.
pub(crate) fn is(value: Option<&Yaml>, wanted: &str) -> bool {
    value.is_some_and(|value| value.text() == Some(wanted))
        || value.and_then(Yaml::template).as_deref() == Template::of(wanted).as_ref()
}

/// Whether a value is the expected one.
pub(crate) fn is_expected(value: &Yaml, expected: &Expected, gating: &Gating<'_, '_>, job: &Job) -> bool {
    let Some(template) = value.template() else { return false };
    let wanted = match expected {
        Expected::Empty => Vec::new(),
        Expected::Token => vec![Bit::Path("github.token".to_owned())],
        Expected::Secret { name, file: true } => {
            vec![Bit::Path("runner.temp".to_owned()), Bit::Literal(format!("/secrets/{name}"))]
        }
        Expected::Secret { name, file: false } => vec![Bit::Path(format!("secrets.{name}"))],
        Expected::Path(path) => vec![Bit::Path(path.clone())],
        Expected::Layout => return is(Some(value), LAYOUT),
        Expected::Text(text) => match bits(text, gating, job) {
            Some(bits) => bits,
            None => return false,
        },
    };
    let wanted = merged(wanted);
    let given = merged(given(&template));
    wanted.len() == given.len()
        && wanted.iter().zip(&given).all(|(wanted, given)| match (wanted, given) {
            (Bit::Digest(producer), Bit::Digest(paths)) => {
                let paths: Vec<String> = paths.split(' ').map(str::to_owned).collect();
                gating
                    .source
                    .node_named(producer)
                    .is_some_and(|node| are_digests_of(&paths, node, gating, job))
            }
            _ => wanted == given,
        })
}

/// Whether a value is this text of an ephemeral environment in its teardown, where the number of the pull request is to be
/// had by a path of its own, and no fact but that is known.
pub(crate) fn is_in_teardown(
    value: &Yaml,
    text: &Text,
    environment: &pipec_ir::Environment,
    number: &str,
) -> bool {
    let Some(template) = value.scalar().and_then(|text| Template::of(&text)) else { return false };
    let mut wanted = Vec::new();
    for piece in &text.pieces {
        match piece {
            pipec_ir::Piece::Literal(text) => wanted.push(Bit::Literal(text.clone())),
            pipec_ir::Piece::Fact(Fact::PullRequestNumber) => wanted.push(Bit::Path(number.to_owned())),
            pipec_ir::Piece::Fact(Fact::Secret(name)) => {
                match environment.secrets.iter().find(|secret| secret.variable == *name) {
                    Some(secret) if secret.file => wanted.extend([
                        Bit::Path("runner.temp".to_owned()),
                        Bit::Literal(format!("/secrets/{name}")),
                    ]),
                    Some(_) => wanted.push(Bit::Path(format!("secrets.{name}"))),
                    None => return false,
                }
            }
            pipec_ir::Piece::Fact(_) => return false,
        }
    }
    merged(wanted) == merged(given(&template))
}

/// The pieces of a value of the output.
fn given(template: &Template) -> Vec<Bit> {
    template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => Bit::Literal(text.clone()),
            Piece::Expression(expression) => {
                let literal = Template { pieces: vec![piece.clone()] }.as_literal();
                let paths = either_of(expression);
                match (literal, paths.as_slice()) {
                    (Some(text), _) => Bit::Literal(text),
                    (None, []) => Bit::Other(expression.clone()),
                    (None, [only]) if !only.ends_with(".outputs.digest") => Bit::Path(only.clone()),
                    (None, _) => Bit::Digest(paths.join(" ")),
                }
            }
        })
        .collect()
}

/// The pieces a text must have; `None` where the model knows no value of a fact.
fn bits(text: &Text, gating: &Gating<'_, '_>, job: &Job) -> Option<Vec<Bit>> {
    let path = |path: &str| Bit::Path(path.to_owned());
    let literal = |text: &str| Bit::Literal(text.to_owned());
    let mut bits = Vec::new();
    for piece in &text.pieces {
        let fact = match piece {
            pipec_ir::Piece::Literal(text) => {
                bits.push(literal(text));
                continue;
            }
            pipec_ir::Piece::Fact(fact) => fact,
        };
        match fact {
            Fact::CommitSha => bits.push(path("github.sha")),
            Fact::CommitShort => bits.push(path("steps.facts.outputs.commit-short")),
            Fact::TagName | Fact::BranchName => bits.push(path("github.ref_name")),
            Fact::TagVersion => bits.push(path("steps.facts.outputs.tag-version")),
            Fact::PullRequestNumber => bits.push(path("github.event.pull_request.number")),
            Fact::RunNumber => bits.push(path("github.run_number")),
            Fact::RunUrl => bits.extend([
                path("github.server_url"),
                literal("/"),
                path("github.repository"),
                literal("/actions/runs/"),
                path("github.run_id"),
            ]),
            Fact::Input(name) => bits.push(path(&format!("inputs.{name}"))),
            Fact::StepOutput { step, output } => {
                bits.push(path(&format!("steps.raw-{step}.outputs.{output}")));
            }
            Fact::ArtefactDigest(name) => bits.push(Bit::Digest(name.clone())),
            Fact::ArtefactPath(name) => {
                let (producer, artefact) = gating.pipeline.producer(name)?;
                bits.extend([path("runner.temp"), literal(&format!("/artefacts/{name}"))]);
                if let Form::File(file) = artefact.form()
                    && !producer.has_legs()
                {
                    bits.push(literal(&format!("/{}", file.rsplit('/').next().unwrap_or(file))));
                }
            }
            Fact::ArtefactName(name) => bits.push(literal(gating.source.node_named(name)?.image()?)),
            Fact::ArtefactRef(name) => bits.extend(reference(name, gating, job)?),
            _ => return None,
        }
    }
    Some(bits)
}

/// By what a job pulls an image: by name and digest if the job that pushes it ran, else from the layout in the job. Where
/// either may have run, the digest of the one that pushes tells: it is empty if that job did not.
fn reference(name: &str, gating: &Gating<'_, '_>, job: &Job) -> Option<Vec<Bit>> {
    let producer = gating.source.node_named(name)?;
    let image = producer.image()?;
    let jobs = jobs_of(gating, producer);
    let needed = jobs.iter().copied().filter(|producer| job.needs.contains(&producer.id));
    let (local, pushed): (Vec<&Job>, Vec<&Job>) = needed.partition(|job| is_untrusted_only(gating, job));
    match (pushed.as_slice(), local.as_slice()) {
        ([_], []) => Some(vec![Bit::Literal(format!("{image}@")), Bit::Digest(name.to_owned())]),
        ([], [_]) => Some(vec![
            Bit::Literal("oci:".to_owned()),
            Bit::Path("runner.temp".to_owned()),
            Bit::Literal(format!("/artefacts/{name}")),
        ]),
        ([pushed], [_]) => {
            let digest = format!("needs.{}.outputs.digest", pushed.id);
            let either = format!(
                "{digest} && format('{image}@{{0}}', {digest}) || format('oci:{{0}}/artefacts/{name}', runner.temp)"
            );
            Some(vec![Bit::Other(parse(&either)?)])
        }
        _ => None,
    }
}

/// Neighbouring texts put together, empty ones left out.
fn merged(bits: Vec<Bit>) -> Vec<Bit> {
    let mut merged: Vec<Bit> = Vec::new();
    for bit in bits {
        match (merged.last_mut(), bit) {
            (_, Bit::Literal(text)) if text.is_empty() => {}
            (Some(Bit::Literal(last)), Bit::Literal(text)) => last.push_str(&text),
            (_, bit) => merged.push(bit),
        }
    }
    merged
}

/// Whether an expression is the digest that this producer recorded in this run.
pub(crate) fn is_digest_of(
    expression: &Expression,
    producer: &Node,
    gating: &Gating<'_, '_>,
    job: &Job,
) -> bool {
    is_output_of(&either_of(expression), "digest", producer, gating, job)
}

/// Whether an expression is the digest that a leg of this producer recorded in this run.
pub(crate) fn is_digest_of_leg(
    expression: &Expression,
    leg: &str,
    producer: &Node,
    gating: &Gating<'_, '_>,
    job: &Job,
) -> bool {
    is_output_of(&either_of(expression), &matrix::digest_output(leg), producer, gating, job)
}

/// The digest of what several legs built is worked out from theirs, where it is verified.
fn are_digests_of(paths: &[String], producer: &Node, gating: &Gating<'_, '_>, job: &Job) -> bool {
    if producer.has_legs() {
        let verification = format!("steps.legs-{}.outputs.digest", producer.name);
        return matches!(paths, [only] if *only == verification);
    }
    is_output_of(paths, "digest", producer, gating, job)
}

/// Of the jobs of a producer one at most ran, so the others' outputs are empty; each that may have run is asked.
fn is_output_of(paths: &[String], output: &str, producer: &Node, gating: &Gating<'_, '_>, job: &Job) -> bool {
    let jobs = jobs_of(gating, producer);
    let producers: Vec<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    let wanted: Vec<String> = producers
        .iter()
        .filter(|id| job.needs.iter().any(|need| need == *id))
        .map(|id| format!("needs.{id}.outputs.{output}"))
        .collect();
    !wanted.is_empty() && paths.len() == wanted.len() && wanted.iter().all(|path| paths.contains(path))
}
