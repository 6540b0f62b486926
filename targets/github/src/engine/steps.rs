//! What the steps of a node's job are, in what order, and that a green job means that its scripts decided it.

use super::expression::{Cases, Datum, Evaluator, Expression, Scope, StepState};
use super::finding::Finding;
use super::fixed::{Fixed, decoded, fixed};
use super::gating::Gating;
use super::pins;
use super::plan::path_of;
use super::reading::{Node as Yaml, Value};
use super::starts::jobs_of;
use super::values::{self, Expected};
use super::verdict::PLAN;
use super::workflow::{Job, Step, Work, expression};
use pipec_ir::{Checkout, Gate, Node, NodeKind, RunnerHost, StepKind};
use pipec_logic::Proposition;
use std::collections::BTreeMap;

/// What a step is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Fixed(Fixed),
    /// The user's script of this place in the body.
    Script(usize),
    Checkout,
    Download,
    Upload,
    Identity,
}

/// Every difference between a job's steps and its node.
pub(crate) fn check(gating: &Gating<'_, '_>, node: &Node, job: &Job) -> Vec<Finding> {
    let mut check = Check { gating, node, job, findings: Vec::new() };
    check.whole();
    check.findings
}

struct Check<'c, 'g, 'p> {
    gating: &'c Gating<'g, 'p>,
    node: &'c Node,
    job: &'c Job,
    findings: Vec<Finding>,
}

impl Check<'_, '_, '_> {
    fn differs(&mut self, what: impl Into<String>, line: usize) {
        self.findings.push(Finding::of_job(&self.job.id, what, line));
    }

    fn whole(&mut self) {
        let Some(kinds) = self.kinds() else { return };
        self.order(&kinds);
        self.hand_over(&kinds);
        for (kind, step) in kinds.iter().zip(&self.job.steps) {
            self.step(kind, step);
        }
        self.runs(&kinds);
        self.outputs(&kinds);
    }

    /// What each step is; `None` if one is unknown.
    fn kinds(&mut self) -> Option<Vec<Kind>> {
        let mut kinds = Vec::new();
        let mut next_script = 0;
        for step in &self.job.steps {
            let kind = match &step.work {
                Work::Run(Some(text)) => match fixed(text) {
                    Some(Fixed::Script) => self.script(next_script, step),
                    Some(fixed) => Some(Kind::Fixed(fixed)),
                    None => self.script(next_script, step),
                },
                Work::Uses(_) => match step.action() {
                    Some("actions/checkout") => Some(Kind::Checkout),
                    Some("actions/download-artifact") => Some(Kind::Download),
                    Some("actions/upload-artifact") => Some(Kind::Upload),
                    Some(action) if pins::is_identity(action) => Some(Kind::Identity),
                    _ => None,
                },
                _ => None,
            };
            match kind {
                Some(kind) => {
                    if let Kind::Script(place) = kind {
                        next_script = place + 1;
                    }
                    kinds.push(kind);
                }
                None => {
                    self.differs("a step is none that the source asks for", step.line);
                    return None;
                }
            }
        }
        if next_script != self.node.body.steps.len() {
            self.differs("a script of the source is missing", self.job.line);
        }
        Some(kinds)
    }

    /// The script of the source that comes next, if the shell gets its bytes.
    fn script(&self, place: usize, step: &Step) -> Option<Kind> {
        let Work::Run(Some(text)) = &step.work else { return None };
        let wanted = self.node.body.steps.get(place)?;
        let same = if fixed(text) == Some(Fixed::Script) && step.env("SCRIPT").is_some() {
            decoded(&step.literal_env("SCRIPT")?)? == wanted.script.as_bytes()
        } else {
            // The runner ends every line with CR LF on Windows.
            let kept = self.node.body.runner.host != RunnerHost::WindowsX64 || !text.contains(['\n', '\r']);
            *text == wanted.script && kept
        };
        same.then_some(Kind::Script(place))
    }

    /// What must stand in the job, how often, and before what.
    fn order(&mut self, kinds: &[Kind]) {
        let node = self.node;
        let deploy = match &node.kind {
            NodeKind::Deploy(deploy) => Some(deploy),
            _ => None,
        };
        let environment = deploy.and_then(|deploy| self.gating.program.environments.get(&deploy.environment));
        let approval = environment.is_some_and(|environment| environment.approval.is_some());
        let artefact = match &node.kind {
            NodeKind::Artefact(artefact) => Some(artefact.single_file().is_some()),
            _ => None,
        };
        let trusted = !self.is_untrusted_twin();
        let identities = node.body.identities.len() + environment.map_or(0, |of| of.identities.len());
        let files = node.body.secrets.iter().chain(environment.into_iter().flat_map(|of| &of.secrets));
        let files = files.filter(|secret| secret.file).count();
        let of_used = |single: bool| {
            let used = node.body.uses.iter().filter_map(|(name, _)| self.gating.pipeline.producer(name));
            used.filter(|(_, artefact)| artefact.single_file().is_some() == single).count()
        };
        let exemptions = match &node.kind {
            NodeKind::Gate(gate) => gate.exemptions.len(),
            _ => 0,
        };
        let count = |kind: &Kind| kinds.iter().filter(|other| *other == kind).count();
        let exact = [
            (Kind::Fixed(Fixed::Approval), usize::from(approval)),
            (Kind::Fixed(Fixed::Forward), usize::from(deploy.is_some())),
            (Kind::Checkout, usize::from(node.body.checkout != Checkout::None)),
            (Kind::Download, node.body.uses.len()),
            (Kind::Fixed(Fixed::VerifyFile), of_used(true)),
            (Kind::Fixed(Fixed::VerifyFolder), of_used(false)),
            (Kind::Identity, if trusted { identities } else { 0 }),
            (Kind::Fixed(Fixed::SecretFile), if trusted { files } else { 0 }),
            (Kind::Fixed(Fixed::RecordFile), usize::from(artefact == Some(true))),
            (Kind::Fixed(Fixed::RecordFolder), usize::from(artefact == Some(false))),
            (Kind::Upload, usize::from(artefact.is_some())),
            (Kind::Fixed(Fixed::Plan), 0),
            (Kind::Fixed(Fixed::Verdict), 0),
        ];
        for (kind, wanted) in exact {
            if count(&kind) != wanted {
                self.differs(
                    format!("it has {} steps of {kind:?}, not {wanted}", count(&kind)),
                    self.job.line,
                );
            }
        }
        if count(&Kind::Fixed(Fixed::Exempt)) > exemptions || count(&Kind::Fixed(Fixed::Facts)) > 1 {
            self.differs("it has more steps than its node asks for", self.job.line);
        }
        // Approval and direction, then files, then credentials, then scripts, then what they left.
        let rank = |kind: &Kind| match kind {
            Kind::Fixed(Fixed::Approval | Fixed::Forward) => 0,
            Kind::Checkout => 1,
            Kind::Download | Kind::Fixed(Fixed::VerifyFile | Fixed::VerifyFolder) => 2,
            Kind::Fixed(Fixed::Facts) => 3,
            Kind::Identity | Kind::Fixed(Fixed::SecretFile) => 4,
            Kind::Fixed(Fixed::Exempt) => 5,
            Kind::Script(_) | Kind::Fixed(Fixed::Script) => 6,
            Kind::Fixed(Fixed::RecordFile | Fixed::RecordFolder) => 7,
            Kind::Upload => 8,
            Kind::Fixed(Fixed::Plan | Fixed::Verdict) => 9,
        };
        let reads_facts = self.job.node.strings().iter().any(|(text, _)| text.contains("steps.facts."));
        let works_out = kinds
            .iter()
            .zip(&self.job.steps)
            .any(|(kind, step)| *kind == Kind::Fixed(Fixed::Facts) && step.id.as_deref() == Some("facts"));
        if reads_facts && !works_out {
            self.differs("it reads facts that no step works out", self.job.line);
        }
        if !kinds.iter().map(rank).is_sorted() {
            self.differs("its steps are in another order", self.job.line);
        }
    }

    fn is_untrusted_twin(&self) -> bool {
        super::rights::is_untrusted_only(self.gating, self.job)
    }

    /// Each download is followed by the proof that it is what the producer recorded.
    fn hand_over(&mut self, kinds: &[Kind]) {
        let mut steps = kinds.iter().zip(&self.job.steps).peekable();
        let mut seen: Vec<String> = Vec::new();
        while let Some((kind, step)) = steps.next() {
            let verified = matches!(kind, Kind::Fixed(Fixed::VerifyFile | Fixed::VerifyFolder));
            if verified {
                self.differs("it verifies what it did not just fetch", step.line);
            }
            if *kind != Kind::Download {
                continue;
            }
            let name = step.literal_with("name").unwrap_or_default();
            let verify = steps
                .next_if(|(kind, _)| matches!(kind, Kind::Fixed(Fixed::VerifyFile | Fixed::VerifyFolder)));
            let Some((kind, verify)) = verify else {
                self.differs(format!("it does not verify `{name}`"), step.line);
                continue;
            };
            let used = self.node.body.uses.iter().any(|(used, _)| *used == name);
            let Some((producer, artefact)) = self.gating.pipeline.producer(&name).filter(|_| used) else {
                self.differs(format!("it fetches `{name}`, which its node does not use"), step.line);
                continue;
            };
            if seen.contains(&name) {
                self.differs(format!("it fetches `{name}` twice"), step.line);
            }
            let single = artefact.single_file();
            let wanted = if single.is_some() { Fixed::VerifyFile } else { Fixed::VerifyFolder };
            if *kind != Kind::Fixed(wanted) {
                self.differs(format!("it verifies `{name}` as what it is not"), verify.line);
            }
            let last = single.map(|file| file.rsplit('/').next().unwrap_or(file).to_owned());
            if single.is_some() && verify.literal_env("FILE") != last {
                self.differs(format!("it takes another file for `{name}`"), verify.line);
            }
            if !values::is(verify.env("FOLDER"), &values::folder(&name)) {
                self.differs(format!("it unpacks `{name}` elsewhere"), verify.line);
            }
            let path = step.with("path").and_then(Yaml::text).unwrap_or_default();
            let packed = verify.env("PACKED").and_then(Yaml::text).unwrap_or_default();
            if path.is_empty() || packed != format!("{path}/{name}.tar") {
                self.differs(
                    format!("it verifies other bytes than those it fetched as `{name}`"),
                    verify.line,
                );
            }
            let digest = verify.env("DIGEST").and_then(expression);
            if !digest.is_some_and(|digest| values::is_digest_of(&digest, producer, self.gating, self.job)) {
                self.differs(format!("it does not ask the producer of `{name}` for the digest"), verify.line);
            }
            seen.push(name);
        }
    }

    /// What a step is told.
    fn step(&mut self, kind: &Kind, step: &Step) {
        let line = step.line;
        if let Work::Uses(uses) = &step.work {
            if !pins::is_known(uses) {
                self.differs(format!("`{uses}` is no pinned action that is known"), line);
            }
            if step.node.get("env").is_some() {
                self.differs("an action is given variables", line);
            }
        }
        let allowed: &[&str] = match kind {
            Kind::Checkout => &["fetch-depth", "lfs", "persist-credentials", "submodules"],
            Kind::Download => &["name", "path"],
            Kind::Upload => &["name", "path", "if-no-files-found", "overwrite"],
            Kind::Identity => &[
                "role-to-assume",
                "aws-region",
                "tenant-id",
                "client-id",
                "subscription-id",
                "allow-no-subscriptions",
                "workload_identity_provider",
            ],
            _ => &[],
        };
        for (name, value) in step.node.get("with").map(Yaml::entries).unwrap_or_default() {
            if !allowed.contains(&name.as_str()) {
                self.differs(format!("an action is given `{name}`"), value.line);
            }
        }
        match kind {
            Kind::Checkout => self.checkout(step),
            Kind::Identity => self.identity(step),
            Kind::Upload => {
                let name = step.literal_with("name");
                let path = step.with("path").and_then(Yaml::text).unwrap_or_default();
                if name.as_deref() != Some(&self.node.name)
                    || path != format!("${{{{ runner.temp }}}}/{}.tar", self.node.name)
                {
                    self.differs("it keeps something else than what it recorded", line);
                }
            }
            Kind::Fixed(Fixed::RecordFile | Fixed::RecordFolder) => self.record(step),
            Kind::Fixed(Fixed::Approval | Fixed::Forward) => self.deploy_step(kind, step),
            Kind::Script(_) => self.script_env(step),
            Kind::Fixed(Fixed::SecretFile) => {
                let file = step
                    .env("FILE")
                    .and_then(Yaml::text)
                    .and_then(|file| file.strip_prefix("${{ runner.temp }}/secrets/"));
                let secret = path_of(step.env("SECRET"))
                    .and_then(|path| path.strip_prefix("secrets.").map(str::to_owned));
                let held = |name: &str| {
                    values::secrets(self.gating.program, self.node)
                        .any(|own| own.file && own.variable == name)
                };
                if !file.is_some_and(held) || secret.as_deref() != file {
                    self.differs("it writes to a file what its node does not hold", line);
                }
            }
            _ => {}
        }
        let directory = step.node.get("working-directory").and_then(super::workflow::literal);
        let wanted = match kind {
            Kind::Script(_) | Kind::Fixed(Fixed::RecordFile | Fixed::RecordFolder) => {
                self.node.body.directory.as_ref().map(|(directory, _)| directory.clone())
            }
            _ => None,
        };
        if directory != wanted || (step.node.get("working-directory").is_some() && directory.is_none()) {
            self.differs("a step works in another directory", line);
        }
        let variables: Option<&[&str]> = match kind {
            Kind::Fixed(Fixed::RecordFile) => Some(&["FILE", "PACKED"]),
            Kind::Fixed(Fixed::RecordFolder) => Some(&["PATHS", "PACKED"]),
            Kind::Fixed(Fixed::VerifyFile) => Some(&["DIGEST", "PACKED", "FOLDER", "FILE"]),
            Kind::Fixed(Fixed::VerifyFolder) => Some(&["DIGEST", "PACKED", "FOLDER"]),
            Kind::Fixed(Fixed::SecretFile) => Some(&["SECRET", "FILE"]),
            Kind::Fixed(Fixed::Exempt) => Some(&["REASON"]),
            Kind::Fixed(Fixed::Approval) => Some(&["GH_TOKEN", "ENVIRONMENT", "AUTHOR_MAY_APPROVE"]),
            Kind::Fixed(Fixed::Forward) => Some(&["GH_TOKEN", "ENVIRONMENT", "WORKFLOW"]),
            Kind::Fixed(Fixed::Facts) => Some(&[]),
            _ => None,
        };
        for (name, value) in step.node.get("env").map(Yaml::entries).unwrap_or_default() {
            if variables.is_some_and(|known| !known.contains(&name.as_str())) {
                self.differs(format!("a fixed script is given `{name}`"), value.line);
            }
        }
    }

    fn checkout(&mut self, step: &Step) {
        let (history, submodules, lfs) = match &self.node.body.checkout {
            Checkout::With { full_history, submodules, lfs } => (*full_history, *submodules, *lfs),
            Checkout::Commit | Checkout::None => (false, false, false),
        };
        let value = |name: &str| step.with(name).map(|node| node.value.clone());
        let flag = |on: bool, value: Value| if on { Some(value) } else { None };
        let depth = matches!(value("fetch-depth"), Some(Value::Number(depth, _)) if depth == 0.0);
        let same = value("persist-credentials") == Some(Value::Bool(false))
            && depth == history
            && (history || value("fetch-depth").is_none())
            && value("submodules") == flag(submodules, Value::Text("recursive".to_owned()))
            && value("lfs") == flag(lfs, Value::Bool(true));
        if !same {
            self.differs("it checks out something else, or keeps the credentials", step.line);
        }
    }

    fn identity(&mut self, step: &Step) {
        let given = |name: &str| step.literal_with(name);
        let role = match step.action() {
            Some("aws-actions/configure-aws-credentials") => ("aws", given("role-to-assume")),
            Some("Azure/login") => {
                let parts = [given("tenant-id"), given("subscription-id"), given("client-id")];
                ("azure", Some(parts.into_iter().flatten().collect::<Vec<_>>().join("/")))
            }
            _ => ("google", given("workload_identity_provider")),
        };
        let held = values::identities(self.gating.program, self.node)
            .any(|own| own.provider == role.0 && Some(&own.role) == role.1.as_ref());
        if !held {
            self.differs("it takes on an identity that its node does not hold", step.line);
        }
    }

    fn record(&mut self, step: &Step) {
        let NodeKind::Artefact(artefact) = &self.node.kind else { return };
        let packed = step.env("PACKED").and_then(Yaml::text);
        let wanted = format!("${{{{ runner.temp }}}}/{}.tar", self.node.name);
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
        let NodeKind::Deploy(deploy) = &self.node.kind else { return };
        let environment = self.gating.program.environments.get(&deploy.environment);
        let not_author =
            environment.and_then(|of| of.approval.as_ref()).is_some_and(|approval| approval.not_author);
        let mut same = step.literal_env("ENVIRONMENT").as_ref() == Some(&deploy.environment)
            && path_of(step.env("GH_TOKEN")).as_deref() == Some("github.token");
        if *kind == Kind::Fixed(Fixed::Approval) {
            same &= step.literal_env("AUTHOR_MAY_APPROVE").as_deref()
                == Some(if not_author { "false" } else { "true" });
        } else {
            same &= step.literal_env("WORKFLOW").as_deref() == Some(self.gating.file_name);
        }
        if !same {
            self.differs("it asks about another environment or workflow", step.line);
        }
    }

    /// A script gets the variables of its node and no others.
    fn script_env(&mut self, step: &Step) {
        let expected = values::variables(self.gating, self.node, self.is_untrusted_twin());
        let mut missing: BTreeMap<&str, &Expected> =
            expected.iter().map(|(name, value)| (name.as_str(), value)).collect();
        for (name, value) in step.node.get("env").map(Yaml::entries).unwrap_or_default() {
            let encoded = name == "SCRIPT"
                && matches!(&step.work, Work::Run(Some(text)) if fixed(text) == Some(Fixed::Script));
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

    /// That every step runs when it must and never after a failure: a simulation of the job over what each step does.
    fn runs(&mut self, kinds: &[Kind]) {
        let gating = self.gating;
        let world = gating.world;
        let logic = world.logic();
        let Some(state) = gating.jobs.get(&self.job.id) else { return };
        let exempt = match &self.node.kind {
            NodeKind::Gate(gate) => world.facts.exempt(gate),
            _ => logic.falsehood(),
        };
        let run = logic.and(&state.start, &gating.due(self.node));
        let cancelled = world.free("the job is cancelled");
        let alive = logic.and_not(&run, &cancelled);
        let mut going = logic.truth();
        let mut group_going: Option<Proposition> = None;
        let mut outputs: BTreeMap<String, BTreeMap<String, Cases>> = BTreeMap::new();
        let mut outcomes: BTreeMap<String, Cases> = BTreeMap::new();
        for (place, (kind, step)) in kinds.iter().zip(&self.job.steps).enumerate() {
            let body_step = match kind {
                Kind::Script(script) => self.node.body.steps.get(*script),
                _ => None,
            };
            let is_check = body_step.is_some_and(|step| step.kind == StepKind::Check);
            group_going = if is_check { group_going.or_else(|| Some(going.clone())) } else { None };
            let may_run = group_going.clone().unwrap_or_else(|| going.clone());
            let scope = Scope {
                place: &self.job.id,
                needs: &self.job.needs,
                jobs: gating.jobs,
                stopped: cancelled.clone(),
                step: Some(StepState {
                    success: going.clone(),
                    outputs: outputs.clone(),
                    outcomes: outcomes.clone(),
                }),
            };
            let evaluator = Evaluator { world, scope: &scope };
            let runs = match &step.condition {
                Some(condition) => evaluator.holds(condition),
                None => world.free(&format!("step {place} runs")),
            };
            let must = match kind {
                Kind::Script(_) => logic.and_not(&may_run, &exempt),
                Kind::Fixed(Fixed::Exempt) => logic.falsehood(),
                _ => may_run.clone(),
            };
            let mut may = may_run;
            if *kind == Kind::Fixed(Fixed::Exempt) {
                may = logic.and(&may, &exempt);
            }
            let too_little = logic.and_not(&logic.and(&alive, &must), &runs);
            let too_much = logic.and_not(&logic.and(&run, &runs), &may);
            let name = step.node.get("name").and_then(Yaml::text).unwrap_or("a step").to_owned();
            gating.refute(
                self.job,
                &too_little,
                &format!("is green without the step `{name}`"),
                &mut self.findings,
            );
            gating.refute(
                self.job,
                &too_much,
                &format!("runs the step `{name}` where it may not"),
                &mut self.findings,
            );
            let fine = world.free(&format!("step {place} is fine"));
            let failed = logic.and_not(&runs, &fine);
            if let Some(id) = &step.id {
                let done = logic.and(&runs, &fine);
                let outcome: Cases = vec![
                    (done.clone(), Datum::exact("success")),
                    (failed.clone(), Datum::exact("failure")),
                    (logic.not(&runs), Datum::exact("skipped")),
                ];
                outcomes.insert(id.to_ascii_lowercase(), outcome);
                if *kind == Kind::Fixed(Fixed::Exempt) {
                    let said =
                        vec![(done.clone(), Datum::exact("exempt")), (logic.not(&done), Datum::exact(""))];
                    outputs.insert(id.to_ascii_lowercase(), BTreeMap::from([("outcome".to_owned(), said)]));
                }
            }
            going = logic.and_not(&going, &failed);
        }
        self.exempt_reason(kinds);
    }

    /// A gate that is exempt says why in the words of the source.
    fn exempt_reason(&mut self, kinds: &[Kind]) {
        let NodeKind::Gate(Gate { exemptions, .. }) = &self.node.kind else { return };
        for (kind, step) in kinds.iter().zip(&self.job.steps) {
            if *kind != Kind::Fixed(Fixed::Exempt) {
                continue;
            }
            let reason = step.literal_env("REASON");
            if !exemptions.iter().any(|rule| Some(&rule.because) == reason.as_ref()) {
                self.differs("it is exempt for a reason that the source does not give", step.line);
            }
        }
    }

    fn outputs(&mut self, kinds: &[Kind]) {
        let id_of = |wanted: fn(&Kind) -> bool| -> Vec<String> {
            let steps = kinds.iter().zip(&self.job.steps);
            steps.filter(|(kind, _)| wanted(kind)).filter_map(|(_, step)| step.id.clone()).collect()
        };
        let recorded = id_of(|kind| matches!(kind, Kind::Fixed(Fixed::RecordFile | Fixed::RecordFolder)));
        let exempted = id_of(|kind| *kind == Kind::Fixed(Fixed::Exempt));
        let entries = self.job.node.get("outputs").map(Yaml::entries).unwrap_or_default();
        for (name, value) in entries {
            let paths = expression(value).map(|expression| either_of(&expression)).unwrap_or_default();
            let from = |ids: &[String], output: &str| {
                !paths.is_empty()
                    && paths
                        .iter()
                        .all(|path| ids.iter().any(|id| *path == format!("steps.{id}.outputs.{output}")))
            };
            let same = match name.as_str() {
                "digest" => from(&recorded, "digest") && paths.len() == 1,
                "outcome" => from(&exempted, "outcome"),
                _ => false,
            };
            if !same {
                self.differs(format!("its output `{name}` is not what its steps recorded"), value.line);
            }
        }
        if matches!(self.node.kind, NodeKind::Artefact(_))
            && !entries.iter().any(|(name, _)| name == "digest")
        {
            self.differs("it does not hand on the digest", self.job.line);
        }
        // A red rerun keeps the outputs of the attempt that was green (trap 18): each artefact has one writer.
        let twins = jobs_of(self.gating.workflow, self.gating.pipeline, self.node);
        if self.job.id == PLAN || twins.is_empty() {
            self.differs("it stands for no node", self.job.line);
        }
    }
}

/// The paths of `a || b`.
pub(crate) fn either_of(expression: &Expression) -> Vec<String> {
    match expression {
        Expression::Or(parts) => {
            let paths: Vec<Option<Vec<String>>> = parts.iter().map(Expression::path).collect();
            let paths: Option<Vec<Vec<String>>> = paths.into_iter().collect();
            paths.unwrap_or_default().into_iter().map(|path| path.join(".")).collect()
        }
        other => other.path().map(|path| vec![path.join(".")]).unwrap_or_default(),
    }
}
