//! What each step is told: its inputs, variables and directory.

use super::{Check, Kind, goes_on};
use crate::proof::overrides;
use crate::proof::pins;
use crate::proof::pins::SIGNS_IN_WITH;
use crate::proof::pins::signs_in_as;
use crate::proof::previews;
use crate::proof::values::{self, Expected};
use crate::proof::windows;
use crate::read::workflow::path_of;
use crate::read::workflow::{Step, Work, literal};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::{Checkout, Text};
use pipec_runtime::Script;
use std::collections::BTreeMap;

impl Check<'_, '_, '_> {
    /// What a step is told.
    pub(super) fn step(&mut self, kind: &Kind, step: &Step) {
        let line = step.line;
        if let Work::Uses(uses) = &step.work {
            let is_raw = matches!(kind, Kind::Raw(_));
            if !is_raw && !pins::is_known(uses, &self.gating.program.lock) {
                self.differs(format!("`{uses}` is no pinned action that is known"), line);
            }
            if !is_raw && step.node.get("env").is_some() {
                self.differs("an action is given variables", line);
            }
        }
        let allowed: &[&str] = match kind {
            Kind::Checkout => &["fetch-depth", "lfs", "persist-credentials", "submodules"],
            Kind::Fetch | Kind::Keep => &["path", "key"],
            Kind::Download => &["name", "path", "pattern", "merge-multiple"],
            Kind::Upload => &["name", "path", "if-no-files-found", "overwrite", "compression-level"],
            Kind::KeptReport | Kind::KeptAfterFailure => {
                &["name", "path", "if-no-files-found", "overwrite", "include-hidden-files"]
            }
            Kind::CodeScanning => &["sarif_file", "category"],
            Kind::Identity => &SIGNS_IN_WITH,
            _ => &[],
        };
        for (name, value) in step.node.get("with").map(Yaml::entries).unwrap_or_default() {
            // What sets up a tool, and what a raw step is given, is compared as a whole.
            let is_whole = matches!(kind, Kind::Tool | Kind::Raw(_));
            if !is_whole && !allowed.contains(&name.as_str()) {
                self.differs(format!("an action is given `{name}`"), value.line);
            }
        }
        match kind {
            Kind::Checkout => self.checkout(step),
            Kind::Identity => self.identity(step),
            Kind::Upload => {
                let name = step.literal_with("name");
                let path = step.with("path").and_then(Yaml::text).unwrap_or_default();
                let kept = self.kept_name();
                if name.as_deref() != Some(&kept) || path != format!("${{{{ runner.temp }}}}/{kept}.tar") {
                    self.differs("it keeps something else than what it recorded", line);
                }
            }
            Kind::Runtime(Script::RecordFile | Script::RecordFolder) => self.record(step),
            Kind::Runtime(Script::ImageFolder | Script::RecordImage | Script::PushImage) => {
                self.image_step(kind, step);
            }
            Kind::Runtime(Script::Approval | Script::Forward) => self.deploy_step(kind, step),
            Kind::Runtime(Script::OverrideInForce)
                if !overrides::asks_whether_in_force(self.gating, self.node, step) =>
            {
                self.differs("it does not ask whether the overrides before it are in force", line);
            }
            Kind::Runtime(Script::WindowOpen) if !windows::is_told(self.gating.program, self.node, step) => {
                self.differs("it asks about another window", line);
            }
            Kind::Runtime(Script::PreviewWanted) if !previews::asks_for_its_own(step) => {
                self.differs(
                    "it asks whether another pull request, or another commit, is still wanted",
                    line,
                );
            }
            Kind::Script(place) => {
                let expected = self.variables_of(*place);
                self.script_env(step, expected);
            }
            Kind::Raw(place) => self.raw(*place, step),
            Kind::Runtime(Script::Quorum) => self.quorum_step(step),
            Kind::Runtime(Script::SecretFile) => {
                let file = step
                    .env("FILE")
                    .and_then(Yaml::text)
                    .and_then(|file| file.strip_prefix("${{ runner.temp }}/secrets/"));
                let secret = path_of(step.env("SECRET"))
                    .and_then(|path| path.strip_prefix("secrets.").map(str::to_owned));
                let held = |name: &str| {
                    self.gating.program.secrets_of(self.node).any(|own| own.file && own.variable == name)
                };
                if !file.is_some_and(held) || secret.as_deref() != file {
                    self.differs("it writes to a file what its node does not hold", line);
                }
            }
            _ => {}
        }
        // The scripts of a node that is repeated or tried again are looked at together.
        let is_run = kind.decides() && (self.node.quorum().is_some() || self.node.retry().is_some());
        let says = step.node.get("continue-on-error").is_some();
        if !is_run && (says != kind.decides_nothing() || says != goes_on(step)) {
            self.differs("`continue-on-error` stands where a failure counts, or not where none does", line);
        }
        let directory = step.node.get("working-directory").and_then(literal);
        let runs = matches!(step.work, Work::Run(_));
        let wanted = match kind {
            Kind::Raw(_) if !runs => None,
            Kind::Script(_)
            | Kind::Raw(_)
            | Kind::Runtime(
                Script::Measure | Script::RecordFile | Script::RecordFolder | Script::Report(_),
            ) => self.node.body.directory.as_ref().map(|(directory, _)| directory.clone()),
            _ => None,
        };
        if directory != wanted || (step.node.get("working-directory").is_some() && directory.is_none()) {
            self.differs("a step works in another directory", line);
        }
        let variables: Option<&[&str]> = match kind {
            Kind::Runtime(Script::RecordFile) => Some(&["FILE", "PACKED"]),
            Kind::Runtime(Script::RecordFolder) => Some(&["PATHS", "PACKED"]),
            Kind::Runtime(Script::VerifyFile) => Some(&["DIGEST", "PACKED", "FOLDER", "FILE"]),
            Kind::Runtime(Script::VerifyFolder) => Some(&["DIGEST", "PACKED", "FOLDER"]),
            Kind::Runtime(Script::VerifyImage) => Some(&["DIGEST", "PACKED", "FOLDER"]),
            Kind::Runtime(Script::ImageFolder) => Some(&["PIPE_IMAGE_LAYOUT"]),
            Kind::Runtime(Script::RecordImage) => Some(&["LAYOUT", "PACKED"]),
            Kind::Runtime(Script::PushImage) => {
                Some(&["NAME", "DIGEST", "LAYOUT", "REGISTRY_USER", "REGISTRY_PASSWORD"])
            }
            Kind::Runtime(Script::ToolRust) => Some(&["VERSION", "FILE"]),
            Kind::Runtime(Script::VerifyLegs) => Some(&["LEGS", "PACKED", "FOLDER", "FILE"]),
            Kind::Runtime(Script::Again) => Some(&["NODE", "ATTEMPT", "ATTEMPTS", "BECAUSE"]),
            Kind::Runtime(Script::Quorum) => Some(&["RUNS", "SCRIPTS", "QUORUM"]),
            Kind::Runtime(Script::Ready) => Some(&["SIDECAR", "CONTAINER", "READY"]),
            Kind::Runtime(Script::Measure) => Some(&["FILE", "EXPECTATIONS", "RUN"]),
            Kind::Runtime(Script::SecretFile) => Some(&["SECRET", "FILE"]),
            Kind::Runtime(Script::Exempt) => Some(&["REASON"]),
            Kind::Runtime(Script::Approval) => Some(&["GH_TOKEN", "ENVIRONMENT", "AUTHOR_MAY_APPROVE"]),
            Kind::Runtime(Script::Forward) => Some(&["GH_TOKEN", "ENVIRONMENT", "WORKFLOW"]),
            Kind::Runtime(Script::PreviewWanted) => Some(&["GH_TOKEN", "PULL_REQUEST", "COMMIT"]),
            Kind::Runtime(Script::Report(_)) => Some(&["NODE", "FORMAT", "REPORT", "KEPT"]),
            Kind::Runtime(Script::OverrideInForce) => Some(&["GATE", "OVERRIDES"]),
            Kind::Runtime(Script::Facts | Script::Clock) => Some(&[]),
            Kind::Runtime(Script::TimeLeft) => Some(&["STARTED", "LIMIT", "PARTS"]),
            Kind::Runtime(Script::Soak) => Some(&["SOAK"]),
            Kind::Runtime(Script::WindowOpen) => Some(&["ENVIRONMENT", "DAYS", "FROM", "UNTIL", "ZONE"]),
            _ => None,
        };
        for (name, value) in step.node.get("env").map(Yaml::entries).unwrap_or_default() {
            if variables.is_some_and(|known| !known.contains(&name.as_str())) {
                self.differs(format!("a fixed script is given `{name}`"), value.line);
            }
        }
    }

    /// What GitHub keeps of what the job built: a leg's is told apart by a dot, which no artefact's name has.
    fn kept_name(&self) -> String {
        match self.leg {
            Some(leg) => format!("{}.{leg}", self.node.name),
            None => self.node.name.clone(),
        }
    }

    fn checkout(&mut self, step: &Step) {
        let (history, submodules, lfs) = match &self.node.body.checkout {
            Checkout::With { full_history, submodules, lfs } => (*full_history, *submodules, *lfs),
            Checkout::Commit | Checkout::None => (false, false, false),
        };
        let says = |name: &str, on: bool, is_on: fn(&Value) -> bool| match step.with(name) {
            None => !on,
            Some(given) => on && is_on(&given.value),
        };
        let same = says("persist-credentials", true, |value| *value == Value::Bool(false))
            && says(
                "fetch-depth",
                history,
                |value| matches!(value, Value::Number(depth, _) if *depth == 0.0),
            )
            && says(
                "submodules",
                submodules,
                |value| matches!(value, Value::Text(text) if **text == *"recursive"),
            )
            && says("lfs", lfs, |value| *value == Value::Bool(true));
        if !same {
            self.differs("it checks out something else, or keeps the credentials", step.line);
        }
    }

    fn identity(&mut self, step: &Step) {
        let role = signs_in_as(step);
        let held = self
            .gating
            .program
            .identities_of(self.node)
            .any(|own| role.as_ref() == Some(&(own.provider, own.role.clone())));
        if !held {
            self.differs("it takes on an identity that its node does not hold", step.line);
        }
    }

    fn record(&mut self, step: &Step) {
        let Some(artefact) = self.node.artefact() else { return };
        let packed = step.env("PACKED").and_then(Yaml::text);
        let wanted = format!("${{{{ runner.temp }}}}/{}.tar", self.kept_name());
        let paths: String = artefact.paths.iter().map(|path| format!("{}\n", path.glob.text())).collect();
        let same = match artefact.single_file() {
            Some(file) => step.literal_env("FILE").as_deref() == Some(file),
            None => step.literal_env("PATHS") == Some(paths),
        };
        if packed != Some(&wanted) || !same {
            self.differs("it records something else than its paths", step.line);
        }
    }

    fn deploy_step(&mut self, kind: &Kind, step: &Step) {
        let Some(deploy) = self.node.deploy() else { return };
        let environment = self.gating.program.entered_by(deploy);
        let not_author =
            environment.and_then(|of| of.approval.as_ref()).is_some_and(|approval| approval.not_author);
        let mut same = step.literal_env("ENVIRONMENT").as_ref() == Some(&deploy.environment)
            && path_of(step.env("GH_TOKEN")).as_deref() == Some("github.token");
        if *kind == Kind::Runtime(Script::Approval) {
            same &= step.literal_env("AUTHOR_MAY_APPROVE").as_deref()
                == Some(if not_author { "false" } else { "true" });
        } else {
            same &= step.literal_env("WORKFLOW").as_deref() == Some(self.gating.file_name);
        }
        if !same {
            self.differs("it asks about another environment or workflow", step.line);
        }
    }

    fn variables_of(&self, place: usize) -> Vec<(String, Expected)> {
        let untrusted = self.is_untrusted_twin();
        let mut expected = values::variables(self.gating, self.node, untrusted);
        if let Some(act) = self.acts.get(place) {
            expected.extend(values::bound(act.env, self.gating.program, self.node, untrusted));
            let weight = act.weight.as_ref().map(|weight| Expected::Text(Text::literal(weight.to_string())));
            expected.extend(weight.map(|weight| ("PIPE_WEIGHT".to_owned(), weight)));
        }
        expected
    }

    /// A script gets the variables of its node and no others.
    pub(super) fn script_env(&mut self, step: &Step, expected: Vec<(String, Expected)>) {
        let mut missing: BTreeMap<&str, &Expected> =
            expected.iter().map(|(name, value)| (name.as_str(), value)).collect();
        for (name, value) in step.node.get("env").map(Yaml::entries).unwrap_or_default() {
            let encoded = name == "PIPE_SCRIPT" && step.runtime_script() == Some(Script::Encoded);
            match missing.remove(name.as_str()) {
                Some(wanted) if values::is_expected(value, wanted, self.gating, self.job) => {}
                Some(_) => self.differs(format!("`{name}` is something else in its scripts"), value.line),
                None if encoded => {}
                None => self.differs(format!("its scripts are given `{name}`"), value.line),
            }
        }
        for name in missing.into_keys() {
            self.differs(format!("its scripts are not given `{name}`"), step.line);
        }
    }
}
