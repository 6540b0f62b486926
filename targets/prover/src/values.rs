//! The values that the scripts of a node must have, computed from the source.
//!
//! ```text
//! gate scan: vulnerability of app { secret SCAN_TOKEN … }, where `app` has `path "out/app"`:
//! APP_PATH      the scratch folder of the job, and then `/artefacts/app/app`
//! APP_DIGEST    the output `digest` of the job `app`
//! SCAN_TOKEN    the secret in the job `scan`, and the empty text in its twin `scan-untrusted`
//! ```

use crate::gating::{Gating, is_untrusted_only, jobs_of};
use crate::legs;
use pipec_ir::{
    Binding, FAILED_VARIABLE, Fact, Form, Node, OUTCOME_VARIABLE, RUN_URL_VARIABLE, Secret, TOKEN_VARIABLE,
    Text, variable_part,
};
use pipec_model::Job;
use pipec_model::{IfSet, Part, Value};
use pipec_runtime::names::{FAILED, OUTCOME};

/// The variable with the number of the pull request of an ephemeral environment.
pub(crate) const PULL_REQUEST_VARIABLE: &str = "PIPE_PULL_REQUEST";

/// A variable and its required value. `None` is a value that the model does not know, so that nothing equals it.
pub(crate) type Wanted = (String, Option<Value>);

/// The place of a value: a job of the output, for its node.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'s, 'g, 'p> {
    pub(crate) gating: &'s Gating<'g, 'p>,
    pub(crate) node: &'s Node,
    pub(crate) job: &'s Job,
    /// Whether the job is for unreviewed code. It gets no secret and no token.
    pub(crate) untrusted: bool,
}

/// A folder or file below the scratch folder of the job.
pub(crate) fn scratch(path: impl AsRef<str>) -> Value {
    Value::of([Part::Scratch, Part::literal("/"), Part::literal(path)])
}

/// The folder for the layout of a built image.
pub(crate) fn image_layout() -> Value {
    scratch("image-layout")
}

/// The folder for the unpacked artefact.
pub(crate) fn artefact_folder(name: &str) -> Value {
    scratch(format!("artefacts/{name}"))
}

/// The file with a secret.
pub(crate) fn secret_file(name: &str) -> Value {
    scratch(format!("secrets/{name}"))
}

impl Scene<'_, '_, '_> {
    /// The variables of the scripts of the node.
    pub(crate) fn variables(&self) -> Vec<Wanted> {
        let (node, program) = (self.node, self.gating.program);
        let mut variables = self.bound(program.bindings_of(node));
        if node.image().is_some() {
            variables.push(("PIPE_IMAGE_LAYOUT".to_owned(), Some(image_layout())));
        }
        self.sidecars(&mut variables);
        if program.preview_of(node).is_some() {
            let number = self.text(&Text::fact(Fact::PullRequestNumber));
            variables.push((PULL_REQUEST_VARIABLE.to_owned(), number));
        }
        self.artefacts(&mut variables);
        if let Some(outcomes) = self.gating.pipeline.outcomes_of(node) {
            let told =
                |output: &str| Part::StepOutput { step: OUTCOME.to_owned(), output: output.to_owned() };
            let outcome = match outcomes.only() {
                Some(only) => Part::literal(only.word()),
                None => told(OUTCOME),
            };
            variables.push((OUTCOME_VARIABLE.to_owned(), Some(Value::of([outcome]))));
            variables.push((FAILED_VARIABLE.to_owned(), Some(Value::of([told(FAILED)]))));
            variables.push((RUN_URL_VARIABLE.to_owned(), self.text(&Text::fact(Fact::RunUrl))));
        }
        for secret in program.secrets_of(node) {
            variables.push((secret.variable.clone(), Some(self.held(secret))));
        }
        if !node.body.rights.is_empty() {
            let token = if self.untrusted { Value::default() } else { Value::of([Part::Token]) };
            variables.push((TOKEN_VARIABLE.to_owned(), Some(token)));
        }
        variables
    }

    /// The address of each sidecar. A container reaches it by name, other jobs by a port of the machine.
    fn sidecars(&self, variables: &mut Vec<Wanted>) {
        let in_container = self.node.body.runner.image.is_some();
        for sidecar in &self.node.body.sidecars {
            let stem = variable_part(&sidecar.name);
            let host = if in_container { sidecar.name.as_str() } else { "127.0.0.1" };
            variables.push((format!("{stem}_HOST"), Some(Value::literal(host))));
            let Some(port) = sidecar.port else { continue };
            let port = match sidecar.at {
                _ if in_container => Value::literal(port.to_string()),
                Some(at) => Value::literal(at.to_string()),
                None => {
                    Value::of([Part::SidecarPort { sidecar: sidecar.name.clone(), port: port.to_string() }])
                }
            };
            variables.push((format!("{stem}_PORT"), Some(port)));
        }
    }

    /// The path and the digest of each artefact of the node.
    fn artefacts(&self, variables: &mut Vec<Wanted>) {
        for (name, _) in &self.node.body.uses {
            let own = variable_part(name);
            let subject = (self.node.body.subject.as_ref() == Some(name)).then(|| "SUBJECT".to_owned());
            let fact = |fact: fn(String) -> Fact| self.text(&Text::fact(fact(name.clone())));
            for prefix in [own].into_iter().chain(subject) {
                if self.gating.source.node_named(name).and_then(Node::image).is_some() {
                    variables.push((format!("{prefix}_REF"), fact(Fact::ArtefactRef)));
                    variables.push((format!("{prefix}_LAYOUT"), fact(Fact::ArtefactPath)));
                } else {
                    variables.push((format!("{prefix}_PATH"), fact(Fact::ArtefactPath)));
                }
                variables.push((format!("{prefix}_DIGEST"), fact(Fact::ArtefactDigest)));
            }
        }
    }

    /// The variables that clauses of the source set.
    pub(crate) fn bound<'b>(&self, bindings: impl IntoIterator<Item = &'b Binding>) -> Vec<Wanted> {
        let value = |binding: &'b Binding| (binding.variable.clone(), self.bound_value(&binding.value));
        bindings.into_iter().map(value).collect()
    }

    fn bound_value(&self, text: &Text) -> Option<Value> {
        if let [pipec_ir::Piece::Fact(Fact::Secret(name))] = text.pieces.as_slice() {
            let secret = self.gating.program.secrets_of(self.node).find(|secret| secret.variable == *name)?;
            return Some(self.held(secret));
        }
        self.text(text)
    }

    fn held(&self, secret: &Secret) -> Value {
        if self.untrusted { Value::default() } else { value_of(secret) }
    }

    /// Whether a value of the output is a text of the source, or both are absent.
    pub(crate) fn is_text(&self, given: Option<&Value>, wanted: Option<&Text>) -> bool {
        match (given, wanted) {
            (None, None) => true,
            (Some(given), Some(text)) => self.text(text).is_some_and(|wanted| given.is(&wanted)),
            _ => false,
        }
    }

    /// The value of a text of the source. `None` if the model does not know one of its facts.
    pub(crate) fn text(&self, text: &Text) -> Option<Value> {
        let mut value = Value::default();
        for piece in &text.pieces {
            match piece {
                pipec_ir::Piece::Literal(text) => value.push(Part::literal(text)),
                pipec_ir::Piece::Fact(fact) => {
                    for part in self.fact(fact)?.parts() {
                        value.push(part.clone());
                    }
                }
            }
        }
        Some(value)
    }

    fn fact(&self, fact: &Fact) -> Option<Value> {
        let of_step = |step: &str, output: &str| {
            Value::of([Part::StepOutput { step: step.to_owned(), output: output.to_owned() }])
        };
        Some(match fact {
            Fact::CommitSha | Fact::PullRequestNumber | Fact::RunNumber | Fact::RunUrl | Fact::Input(_) => {
                Value::of([Part::Fact(fact.clone())])
            }
            Fact::TagName | Fact::BranchName => Value::of([Part::RefName]),
            Fact::CommitShort => of_step("facts", "commit-short"),
            Fact::TagVersion => of_step("facts", "tag-version"),
            Fact::StepOutput { step, output } => of_step(&format!("raw-{step}"), output),
            Fact::ArtefactDigest(name) => self.digest(self.gating.source.node_named(name)?)?,
            Fact::ArtefactPath(name) => {
                let (producer, artefact) = self.gating.pipeline.producer(name)?;
                let folder = artefact_folder(name);
                match artefact.form() {
                    Form::File(file) if !producer.has_legs() => {
                        folder.and_literal("/").and_literal(file.rsplit('/').next().unwrap_or(file))
                    }
                    _ => folder,
                }
            }
            Fact::ArtefactName(name) => Value::literal(self.gating.source.node_named(name)?.image()?),
            Fact::ArtefactRef(name) => self.reference(name)?,
            Fact::Setting { at, .. } => {
                let default = self.gating.program.settings.get(at)?.default.clone().unwrap_or_default();
                Value::of([Part::Setting { name: at.clone(), default }])
            }
            _ => return None,
        })
    }

    /// The digest that a producer recorded. An artefact of several legs gets its digest where it is verified.
    fn digest(&self, producer: &Node) -> Option<Value> {
        if producer.has_legs() {
            let step = format!("legs-{}", producer.name);
            return Some(Value::of([Part::StepOutput { step, output: "digest".to_owned() }]));
        }
        self.output_of(producer, "digest")
    }

    /// The digest that one leg of a producer recorded.
    pub(crate) fn digest_of_leg(&self, producer: &Node, leg: &str) -> Option<Value> {
        self.output_of(producer, &legs::digest_output(leg))
    }

    /// An output of the jobs of a node that this job waits for. `None` if it waits for none of them.
    pub(crate) fn output_of(&self, producer: &Node, output: &str) -> Option<Value> {
        let jobs = jobs_of(self.gating, producer).iter().filter(|job| self.job.waits_for.contains(&job.id));
        let jobs: Vec<String> = jobs.map(|job| job.id.clone()).collect();
        (!jobs.is_empty()).then(|| Value::of([Part::JobOutput { jobs, output: output.to_owned() }]))
    }

    /// The reference for pulling an image. It is the name and digest if the pushing job ran, or else the layout in this
    /// job. If either may have run, the digest of the pushing job decides: it is empty if that job did not run.
    fn reference(&self, name: &str) -> Option<Value> {
        let producer = self.gating.source.node_named(name)?;
        let pushed_as = Value::literal(format!("{}@", producer.image()?));
        let layout =
            Value::of([Part::literal("oci:"), Part::Scratch, Part::literal(format!("/artefacts/{name}"))]);
        let jobs = jobs_of(self.gating, producer).iter().copied();
        let needed = jobs.filter(|producer| self.job.waits_for.contains(&producer.id));
        let (local, pushed): (Vec<&Job>, Vec<&Job>) =
            needed.partition(|job| is_untrusted_only(self.gating, job));
        match (pushed.as_slice(), local.as_slice()) {
            ([_], []) => {
                let digest = self.digest(producer)?;
                Some(digest.parts().iter().cloned().fold(pushed_as, Value::and))
            }
            ([], [_]) => Some(layout),
            ([pushed], [_]) => {
                let (job, output) = (pushed.id.clone(), "digest".to_owned());
                let then = pushed_as.and(Part::JobOutput { jobs: vec![job.clone()], output: output.clone() });
                Some(Value::of([Part::IfSet(Box::new(IfSet { job, output, then, otherwise: layout }))]))
            }
            _ => None,
        }
    }
}

/// The value of a secret, or the path of its file.
pub(crate) fn value_of(secret: &Secret) -> Value {
    if secret.file {
        secret_file(&secret.variable)
    } else {
        Value::of([Part::Secret(secret.variable.clone())])
    }
}
