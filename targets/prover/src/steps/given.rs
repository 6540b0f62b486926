//! The values of each step: its variables, inputs and directory.
//!
//! ```yaml
//! - name: deploy                       # deploy app to production { run "./deploy.sh" }
//!   env:
//!     APP_PATH: ${{ runner.temp }}/artefacts/app/app
//!     APP_DIGEST: sha256:0000…         # a finding: "`APP_DIGEST` is something else in its scripts"
//!     MODE: debug                      # a finding: "its scripts are given `MODE`"
//!   working-directory: site            # a finding: "a step works in another directory"
//!   run: ./deploy.sh
//! ```

use super::{Check, Kind, goes_on, raw};
use crate::values::{self, Wanted};
use crate::{afterwards, overrides, previews, windows};
use pipec_ir::{Checkout, Direction, Environment, Held, Identity, Node, Provider, Secret, VersionPart};
use pipec_model::{CheckoutOf, Does, Given, IfMissing, Leaves, Part, SignIn, Step, Value};
use pipec_runtime::names::may_be_of_job;
use pipec_runtime::{ApprovalForm, Script};
use std::collections::BTreeMap;

impl Check<'_, '_, '_> {
    /// Checks the values of a step.
    pub(super) fn step(&mut self, kind: &Kind, step: &Step) {
        match kind {
            Kind::Script(place) | Kind::CleanUp(place) => {
                let wanted = self.variables_of(*place, step);
                self.script_env(step, &wanted);
            }
            Kind::Raw(place) => self.raw(*place, step),
            Kind::Runtime(script) => self.fixed_script(*script, kind, step),
            Kind::Lend(_) | Kind::TakeBack(_) => {
                if let Does::Runtime(script) = step.does {
                    self.fixed_script(script, kind, step);
                }
            }
            Kind::Checkout => self.checkout(step),
            Kind::Upload => self.upload(step),
            Kind::RegistryIdentity => self.registry_login(step),
            // The other steps are compared completely with the tools, caches and reports of the node.
            _ => {}
        }
        self.continues(kind, step);
        self.directory(kind, step);
    }

    /// Checks that a fixed script has the values of the source, and no unknown variable.
    fn fixed_script(&mut self, script: Script, kind: &Kind, step: &Step) {
        let line = step.line;
        match script {
            Script::RecordFile | Script::RecordFolder => self.record(step),
            Script::ImageFolder | Script::RecordImage | Script::PushImage(_) => self.image_step(kind, step),
            Script::Approval(_) | Script::Forward(_) => self.deploy_step(script, step),
            Script::RecordDeployment => self.deployment(step),
            Script::OverrideInForce if !overrides::asks_whether_in_force(self.gating, self.node, step) => {
                self.differs("it does not ask whether the overrides before it are in force", line);
            }
            Script::WindowOpen if !windows::has_window_values(self.gating.program, self.node, step) => {
                self.differs("it asks about another window", line);
            }
            Script::PreviewWanted if !previews::asks_for_its_own(step) => {
                let what = "it asks whether another pull request, or another commit, is still wanted";
                self.differs(what, line);
            }
            Script::Outcome if !afterwards::tells_outcome(self.gating, self.node, step) => {
                self.differs("it tells something else than what became of the nodes before", line);
            }
            Script::Quorum => self.quorum_step(step),
            _ => {}
        }
        let of_engine = self.gating.engine.dialect().parameters(script);
        for given in &step.env {
            if !script.parameters().contains(&&*given.name) && !of_engine.contains(&&*given.name) {
                self.differs(format!("a fixed script is given `{}`", given.name), given.line);
            }
        }
    }

    /// Checks that the failure of a step counts, unless the step only shows results.
    fn continues(&mut self, kind: &Kind, step: &Step) {
        // The scripts of a repeated or retried node are checked together.
        let is_run = kind.decides() && (self.node.quorum().is_some() || self.node.retry().is_some());
        let says = step.goes_on.is_some();
        if !is_run && (says != kind.decides_nothing() || says != goes_on(step)) {
            let what = "the job ignores a failure that counts, or counts one that does not";
            self.differs(what, step.line);
        }
    }

    /// Checks that the directory of a step is the node's. This concerns scripts of the source, and steps that read
    /// their files.
    fn directory(&mut self, kind: &Kind, step: &Step) {
        let calls_action = step.action.is_some();
        let of_node = || self.node.body.directory.as_ref().map(|(directory, _)| Value::literal(directory));
        let wanted = match kind {
            Kind::Raw(_) if calls_action => None,
            Kind::Script(_)
            | Kind::CleanUp(_)
            | Kind::Raw(_)
            | Kind::Runtime(
                Script::Measure | Script::RecordFile | Script::RecordFolder | Script::Report(_),
            ) => of_node(),
            _ => None,
        };
        if step.directory != wanted {
            self.differs("a step works in another directory", step.line);
        }
    }

    /// The name of a stored artefact. A dot separates the leg, because no name of an artefact contains a dot.
    fn kept_name(&self) -> String {
        match self.name {
            Some(leg) => format!("{}.{leg}", self.node.name),
            None => self.node.name.clone(),
        }
    }

    fn upload(&mut self, step: &Step) {
        let Does::Keep(kept) = &step.does else { return };
        let name = self.kept_name();
        let packed = values::scratch(format!("{name}.tar"));
        let is_whole = kept.if_missing == IfMissing::Fail && !kept.with_hidden;
        if kept.name.as_ref() != Some(&name) || !kept.paths.is(&packed) || !is_whole {
            self.differs("it keeps something else than what it recorded", step.line);
        }
    }

    fn checkout(&mut self, step: &Step) {
        let mut wanted = CheckoutOf::default();
        if let Checkout::With { full_history, submodules, lfs } = &self.node.body.checkout {
            (wanted.full_history, wanted.submodules, wanted.large_files) = (*full_history, *submodules, *lfs);
        }
        if step.does != Does::Checkout(wanted) {
            self.differs("it checks out something else, or keeps the credentials", step.line);
        }
    }

    fn record(&mut self, step: &Step) {
        let Some(artefact) = self.node.artefact() else { return };
        let wanted = values::scratch(format!("{}.tar", self.kept_name()));
        let paths: Vec<String> = artefact.paths.iter().map(|path| path.glob.expression()).collect();
        let same = match artefact.single_file() {
            Some(file) => step.env_literal("FILE") == Some(file),
            None => step.env_literal("PATHS") == Some(&paths.join("\n")),
        };
        if !step.env("PACKED").is_some_and(|packed| packed.is(&wanted)) || !same {
            self.differs("it records something else than its paths", step.line);
        }
    }

    /// Checks that the job takes on each identity and writes each secret file of its node, all of them each time.
    pub(super) fn credentials(&mut self, kinds: &[Kind]) {
        let is_credential = |kind: &Kind| matches!(kind, Kind::Identity | Kind::Runtime(Script::SecretFile));
        // How many there must be is checked with the order of the steps.
        if !kinds.iter().any(is_credential) {
            return;
        }
        let program = self.gating.program;
        // All legs sign in alike, so this asks the node without the values of a leg.
        let node = self.gating.source.node_of(&self.job.id).unwrap_or(self.node);
        let identities: Vec<Does> = self
            .lasting_logins()
            .map(|it| sign_in(it, program.region_of(node, it), leaves(node, it)))
            .collect();
        let files: Vec<&Secret> = self.lasting_files().collect();
        let steps: Vec<(&Kind, &Step)> = kinds.iter().zip(self.steps()).collect();
        // Steps of one kind that follow each other are one round.
        for round in steps.chunk_by(|(kind, _), (next, _)| kind == next) {
            let Some((kind, first)) = round.first() else { continue };
            let round = round.iter().map(|(_, step)| *step);
            match kind {
                Kind::Identity if !round.clone().map(|step| &step.does).eq(&identities) => {
                    self.differs(
                        "it takes on an identity that its node does not hold, or leaves one out",
                        first.line,
                    );
                }
                Kind::Runtime(Script::SecretFile)
                    if round.len() != files.len()
                        || !round.zip(&files).all(|(step, secret)| writes(step, secret)) =>
                {
                    self.differs("it writes to a file what its node does not hold", first.line);
                }
                _ => {}
            }
        }
    }

    fn deploy_step(&mut self, script: Script, step: &Step) {
        let Some(deploy) = self.node.deploy() else { return };
        let environment = self.gating.program.environment_of(self.node);
        let is_file = step.env_literal("WORKFLOW") == Some(self.gating.file_name());
        let is_asked = match script {
            Script::Approval(ApprovalForm::Anybody) => true,
            Script::Approval(ApprovalForm::NotAuthor) => is_file,
            _ => is_file && step.env_literal("WITHIN") == within(environment),
        };
        let has_token = step.env("GH_TOKEN").is_some_and(|token| token.is_part(&Part::Token));
        if !is_asked || !has_token || step.env_literal("ENVIRONMENT") != Some(&deploy.environment) {
            self.differs("it asks about another environment, workflow or line of versions", step.line);
        }
    }

    /// Checks that a deploy records itself as one to its own environment, at the address of the source.
    fn deployment(&mut self, step: &Step) {
        let Some(deploy) = self.node.deploy() else { return };
        let environment = self.gating.program.environment_of(self.node);
        let url = environment.and_then(|environment| environment.url.as_ref());
        let same_url = self.scene().is_text(step.env("URL"), url);
        let has_token = step.env("GH_TOKEN").is_some_and(|token| token.is_part(&Part::Token));
        if !same_url || !has_token || step.env_literal("ENVIRONMENT") != Some(&deploy.environment) {
            self.differs("it records another environment or address", step.line);
        }
    }

    fn variables_of(&self, place: usize, step: &Step) -> Vec<Wanted> {
        let scene = self.scene();
        let mut wanted = scene.variables();
        if let Some(act) = self.acts.get(place) {
            wanted.extend(scene.bound(act.env));
            let weight = act.weight.as_ref().map(|weight| Value::literal(weight.to_string()));
            wanted.extend(weight.map(|weight| ("PIPE_WEIGHT".to_owned(), Some(weight))));
            let logins = self.logins(act, step, &wanted);
            wanted.retain(|(name, _)| self.node.gives(act.script, name));
            wanted.extend(logins);
        }
        wanted
    }

    /// Checks that the variables of the whole job change nothing in the steps that are no scripts of the source.
    pub(super) fn variables_of_job(&mut self) {
        let dialect = self.gating.engine.dialect();
        let has_raw_steps = !raw::of(self.node, self.gating.engine.name()).is_empty();
        for Given { name, line, .. } in &self.leg.variables {
            if has_raw_steps || !may_be_of_job(name, dialect) {
                self.differs(format!("`{name}` reaches steps that are no scripts of its node"), *line);
            }
        }
    }

    /// Checks that a script has exactly the variables of its node.
    pub(super) fn script_env(&mut self, step: &Step, wanted: &[Wanted]) {
        let mut missing: BTreeMap<&str, &Option<Value>> =
            wanted.iter().map(|(name, value)| (name.as_str(), value)).collect();
        let of_job = self.leg.variables.iter().filter(|given| step.env(&given.name).is_none());
        for given in of_job.chain(&step.env) {
            let is_encoded =
                *given.name == *"PIPE_SCRIPT" && matches!(&step.does, Does::Script(text) if text.is_exact);
            let name = &given.name;
            match missing.remove(&**name) {
                Some(Some(wanted)) if given.value.is(wanted) => {}
                Some(_) => self.differs(format!("`{name}` is something else in its scripts"), given.line),
                None if is_encoded => {}
                None => self.differs(format!("its scripts are given `{name}`"), given.line),
            }
        }
        for name in missing.into_keys() {
            self.differs(format!("its scripts are not given `{name}`"), step.line);
        }
    }
}

/// What a login with an identity of a node leaves for later steps.
pub(super) fn leaves(node: &Node, identity: &Identity) -> Leaves {
    let is_narrowed = node.body.narrowed_to(&Held::identity(identity)).is_some();
    match identity.provider {
        Provider::Aws if is_narrowed => Leaves::Outputs,
        Provider::Google if is_narrowed => Leaves::File,
        _ => Leaves::Session,
    }
}

/// What the step does that signs in with an identity.
pub(crate) fn sign_in(identity: &Identity, region: Option<&str>, leaves: Leaves) -> Does {
    let (role, region) = (Some(identity.role.clone()), region.map(str::to_owned));
    Does::SignIn(SignIn { provider: identity.provider, role, region, leaves })
}

/// Whether a fixed script writes this secret to its file.
pub(super) fn writes(step: &Step, secret: &Secret) -> bool {
    let name = &secret.variable;
    step.env("FILE").is_some_and(|file| file.is(&values::secret_file(name)))
        && step.env("SECRET").is_some_and(|given| given.is_part(&Part::Secret(name.clone())))
}

/// The part of a version within which deploys to an environment are compared, as a fixed script is given it.
fn within(environment: Option<&Environment>) -> Option<&'static str> {
    match environment?.direction {
        Direction::Version { within, .. } => Some(within.map_or("", VersionPart::word)),
        Direction::History | Direction::Any { .. } => None,
    }
}
