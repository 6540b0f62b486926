//! The workflow that tears down ephemeral environments: it is started by the close of a pull request and the clock alone, never for forks and
//! bots, checks out the default branch, has the lock of the deploys, and gives its scripts what the source says.
//!
//! That workflow is compared with the one that the source asks for, key by key: what is not expected is a finding.

use crate::meaning::lift::{self, Lifter};
use crate::read::base64::decoded;
use crate::read::expression::{Template, parse};
use crate::read::workflow::path_of;
use crate::read::workflow::{self, Job, Step, Work, expression, literal};
use crate::read::yaml::{self, Node as Yaml, Value};
use crate::surroundings::SHELL;
use pipec_ir::{Environment, Fact, GeneratedFile, Identity, Pipeline, Program, Secret, Text};
use pipec_model::{Does, Finding, Part, Value as LiftedValue};
use pipec_runtime::Script;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The number of the pull request in the runs that it starts, and in the legs of the teardown.
const NUMBER: &str = "github.event.pull_request.number";
const OF_LEG: &str = "matrix.pull-request";

/// The variable that holds the number of the pull request that an ephemeral environment is for.
const PULL_REQUEST_VARIABLE: &str = "PIPE_PULL_REQUEST";

/// The default branch, on both events: a schedule runs on no other.
const DEFAULT_BRANCH: &str = "${{ github.event_name == 'schedule' && github.ref || format('refs/heads/{0}', github.event.pull_request.base.repo.default_branch) }}";

/// The runs that may look for something: the clock's, and those of members' pull requests.
const MEMBERS: &str = "github.event_name == 'schedule' || github.event.pull_request.head.repo.full_name == github.repository && github.event.pull_request.user.type != 'Bot'";

/// The longest time for finding and for tearing down, in minutes.
const LONGEST: f64 = 60.0;

/// Every difference of the workflow that tears down.
pub fn verify_teardown(program: &Program, pipeline: &Pipeline, file: &GeneratedFile) -> Vec<Finding> {
    let root = match yaml::read(&file.text) {
        Ok(root) => root,
        Err(unreadable) => {
            let message = format!("GitHub can't read it: {}", unreadable.reason);
            return vec![Finding::of_file(message, unreadable.line)];
        }
    };
    let (workflow, findings) = workflow::understand(root);
    let mut reader = Teardown { program, pipeline, findings };
    reader.frame(&workflow.root);
    let environments = previews(program, pipeline);
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    for environment in environments.values() {
        for (id, find) in
            [(format!("find-{}", environment.name), true), (format!("teardown-{}", environment.name), false)]
        {
            match workflow.jobs.iter().find(|job| job.id == id) {
                Some(job) if find => reader.find(job, environment),
                Some(job) => reader.teardown(job, environment),
                None => reader.findings.push(Finding::of_file(format!("it has no job `{id}`"), 1)),
            }
            wanted.insert(id);
        }
    }
    for job in workflow.jobs.iter().filter(|job| !wanted.contains(&job.id)) {
        reader.differs(job, "nothing that is to be torn down is behind it");
    }
    reader.findings
}

struct Teardown<'p> {
    program: &'p Program,
    pipeline: &'p Pipeline,
    findings: Vec<Finding>,
}

/// What a step must be told: the name of a variable, and whether a value of it is right.
type Variable<'a> = (String, Box<dyn Fn(&Yaml) -> bool + 'a>);
type Told<'a> = Vec<Variable<'a>>;

impl Teardown<'_> {
    fn differs(&mut self, job: &Job, what: impl Into<String>) {
        self.findings.push(Finding::of_job(&job.id, what, job.line));
    }

    /// What starts it, and what holds for all of it.
    fn frame(&mut self, root: &Yaml) {
        let mut differs = |what: &str| self.findings.push(Finding::of_file(what, root.line));
        let closed = |node: &Yaml| {
            has_only(node, &["types"])
                && node.get("types").and_then(Yaml::texts) == Some(vec!["closed".to_owned()])
        };
        let hourly = |node: &Yaml| match &node.value {
            Value::List(times) => matches!(&**times, [time] if has_only(time, &["cron"])
                && time.get("cron").and_then(Yaml::text).is_some_and(is_hourly)),
            _ => false,
        };
        let on = root.get("on");
        if !on.is_some_and(|on| {
            has_only(on, &["pull_request", "schedule"])
                && on.get("pull_request").is_some_and(closed)
                && on.get("schedule").is_some_and(hourly)
        }) {
            differs("something else than a closed pull request or the clock, every hour, starts it");
        }
        let name = format!("{} teardown", self.pipeline.name);
        if root.get("name").and_then(literal).as_ref() != Some(&name) {
            differs("it has another name");
        }
        if !root.get("permissions").is_some_and(|rights| has_only(rights, &[])) {
            differs("its own `permissions` are not empty");
        }
        let shell = root.get("defaults").filter(|defaults| has_only(defaults, &["run"]));
        let shell = shell.and_then(|defaults| defaults.get("run")).filter(|run| has_only(run, &["shell"]));
        if shell.and_then(|run| run.get("shell")).and_then(Yaml::text) != Some(SHELL) {
            differs("its shell may lose the status of a failure");
        }
        let group = format!("pipec-{}-teardown-${{{{ github.run_id }}}}", self.pipeline.name.to_lowercase());
        let alone = root.get("concurrency").is_some_and(|node| {
            has_only(node, &["group", "cancel-in-progress"])
                && is_text(node.get("group"), &group)
                && node.get("cancel-in-progress").map(|flag| &flag.value) == Some(&Value::Bool(false))
        });
        if !alone {
            differs("a run of it may be dropped or cancelled");
        }
    }

    /// What all its jobs have in common.
    fn job(&mut self, job: &Job, keys: &[&str], name: &str, condition: &str, rights: &[(&str, &str)]) {
        if !has_only(&job.node, keys) {
            self.differs(job, "it says something more, or something less");
        }
        let expected = workflow::condition(Some(&text(&format!("${{{{ {condition} }}}}"), job.line)));
        if expected.is_none() || job.condition != expected {
            self.differs(job, "it starts when it may not, or not when it must");
        }
        if !is_text(job.node.get("name"), name) {
            self.differs(job, "it has another name");
        }
        let machine = job.node.get("runs-on").and_then(literal).unwrap_or_default();
        let on_ubuntu = machine.strip_prefix("ubuntu-").is_some_and(|version| {
            !version.is_empty() && version.chars().all(|digit| digit.is_ascii_digit() || digit == '.')
        });
        if !on_ubuntu {
            self.differs(job, format!("it runs on `{machine}`"));
        }
        let minutes = job.node.get("timeout-minutes").map(|node| &node.value);
        if !matches!(minutes, Some(Value::Number(minutes, _)) if (1.0..=LONGEST).contains(minutes)) {
            self.differs(job, "it has no timeout, or a long one");
        }
        let given = job.node.get("permissions");
        let scopes: Vec<&str> = rights.iter().map(|(scope, _)| *scope).collect();
        let same = given.is_some_and(|given| {
            has_only(given, &scopes)
                && rights.iter().all(|(scope, level)| given.get(scope).and_then(Yaml::text) == Some(level))
        });
        if !same {
            self.differs(job, "its rights are not those of the table");
        }
    }

    /// The job that finds what is to go: the script, and nothing of anybody's.
    fn find(&mut self, job: &Job, environment: &Environment) {
        let rights = [("actions", "read"), ("deployments", "read"), ("pull-requests", "read")];
        let keys = ["name", "if", "runs-on", "timeout-minutes", "permissions", "outputs", "steps"];
        self.job(job, &keys, &format!("find {}", environment.name), MEMBERS, &rights);
        let [step] = job.steps.as_slice() else { return self.differs(job, "it is not one step") };
        self.finds(job, step, environment, NUMBER, "find");
        let outputs = job.node.get("outputs");
        let list = outputs.and_then(|outputs| outputs.get("pull-requests"));
        if !outputs.is_some_and(|outputs| has_only(outputs, &["pull-requests"]))
            || path_of(list).as_deref() != Some("steps.find.outputs.pull-requests")
        {
            self.differs(job, "it hands on something else than what it found");
        }
    }

    /// The script that finds what is to go, with the `ttl` of the source.
    fn finds(&mut self, job: &Job, step: &Step, environment: &Environment, number: &str, id: &str) {
        let ttl = environment.ttl.map(|ttl| ttl.div_ceil(1000).to_string());
        let told: Told<'_> = vec![
            is_path("GH_TOKEN", "github.token"),
            ("ENVIRONMENT".to_owned(), Box::new(|node| literal(node).as_ref() == Some(&environment.name))),
            is_path("PULL_REQUEST", number),
            ("TTL".to_owned(), Box::new(move |node| ttl.is_some() && literal(node) == ttl)),
        ];
        let is_it = runs(step, Script::PreviewFind)
            && has_only(&step.node, &["name", "id", "env", "run"])
            && step.id.as_deref() == Some(id);
        if !is_it || !is_told(step.node.get("env"), &told) {
            self.differs(job, "it looks for something else than what is to be torn down");
        }
    }

    /// The job that tears down.
    fn teardown(&mut self, job: &Job, environment: &Environment) {
        let name = &environment.name;
        let mut rights = vec![
            ("actions", "read"),
            ("contents", "read"),
            ("deployments", "write"),
            ("pull-requests", "read"),
        ];
        if !environment.identities.is_empty() {
            rights.push(("id-token", "write"));
        }
        let keys = [
            "name",
            "needs",
            "if",
            "strategy",
            "runs-on",
            "timeout-minutes",
            "environment",
            "concurrency",
            "permissions",
            "steps",
        ];
        let list = format!("needs.find-{name}.outputs.pull-requests");
        let title = format!("tear down {name} (${{{{ {OF_LEG} }}}})");
        self.job(job, &keys, &title, &format!("{list} != '[]'"), &rights);
        if *job.needs != [format!("find-{name}")] {
            self.differs(job, "it does not wait for what was found");
        }
        self.legs(job, &list);
        let given = job.node.get("environment");
        let same = given.is_some_and(|given| {
            has_only(given, &["name", "deployment"])
                && given.get("name").and_then(Yaml::text) == Some(name)
                && given.get("deployment").map(|flag| &flag.value) == Some(&Value::Bool(false))
        });
        if !same {
            self.differs(job, "it is not in its environment, or leaves a deployment there");
        }
        self.lock(job, environment);
        self.steps(job, environment);
    }

    /// One leg for each that was found, whatever becomes of the others.
    fn legs(&mut self, job: &Job, list: &str) {
        let strategy = job.node.get("strategy");
        let matrix = strategy.and_then(|strategy| strategy.get("matrix"));
        let each = matrix.and_then(|matrix| matrix.get("pull-request")).and_then(expression);
        let same = strategy.is_some_and(|strategy| has_only(strategy, &["fail-fast", "matrix"]))
            && strategy.and_then(|strategy| strategy.get("fail-fast")).map(|flag| &flag.value)
                == Some(&Value::Bool(false))
            && matrix.is_some_and(|matrix| has_only(matrix, &["pull-request"]))
            && each.is_some()
            && each == parse(&format!("fromJSON({list})")).as_ref();
        if !same {
            self.differs(job, "its legs are not what was found");
        }
    }

    /// The lock is that of the deploys for this pull request.
    fn lock(&mut self, job: &Job, environment: &Environment) {
        let of_all = format!("pipec-deploy-{}/{}", environment.name, self.pipeline.name).to_lowercase();
        let group = format!("{of_all}/${{{{ {OF_LEG} }}}}");
        let same = job.node.get("concurrency").is_some_and(|given| {
            has_only(given, &["group", "queue"])
                && is_text(given.get("group"), &group)
                && given.get("queue").and_then(Yaml::text) == Some("max")
        });
        if !same {
            self.differs(job, "its lock is not that of the deploys");
        }
    }

    /// It looks again, checks out the default branch, takes what the environment has, runs the scripts of the source, and
    /// takes what is gone off the list: in this order, and nothing besides.
    fn steps(&mut self, job: &Job, environment: &Environment) {
        let mut steps = job.steps.iter();
        let mut next = || steps.next();
        match next() {
            Some(step) => self.finds(job, step, environment, OF_LEG, "still"),
            None => return self.differs(job, "it has no steps"),
        }
        let still = parse("steps.still.outputs.pull-requests != '[]'");
        for step in job.steps.iter().skip(1) {
            let given = step.node.get("if").and_then(expression);
            if given.is_none() || given != still.as_ref() {
                self.differs(
                    job,
                    "a step runs although nothing is to be torn down any more, or does not run",
                );
            }
        }
        if !next().is_some_and(|step| checks_out_the_default_branch(self.program, step)) {
            self.differs(job, "it checks out something else than the default branch");
        }
        for identity in environment.identities.iter().filter(|identity| identity.provider.has_sign_in()) {
            if !next().is_some_and(|step| takes_on(self.program, step, identity)) {
                self.differs(job, "it takes on something else than the identities of its environment");
            }
        }
        for secret in environment.secrets.iter().filter(|secret| secret.file) {
            let variable = &secret.variable;
            let file = format!("${{{{ runner.temp }}}}/secrets/{variable}");
            let told: Told<'_> = vec![
                is_path("SECRET", &format!("secrets.{variable}")),
                ("FILE".to_owned(), Box::new(move |node| is_text(Some(node), &file))),
            ];
            let same = next().is_some_and(|step| {
                runs(step, Script::SecretFile)
                    && has_only(&step.node, &["name", "if", "env", "run"])
                    && is_told(step.node.get("env"), &told)
            });
            if !same {
                self.differs(job, "it writes to a file what its environment does not hold");
            }
        }
        for script in environment.teardown.iter().flat_map(|teardown| &teardown.steps) {
            match next() {
                Some(step) => self.script(job, step, script, environment),
                None => self.differs(job, "a script of the source is missing"),
            }
        }
        let told: Told<'_> = vec![
            is_path("GH_TOKEN", "github.token"),
            is_path("DEPLOYMENTS", "steps.still.outputs.deployments"),
        ];
        let same = next().is_some_and(|step| {
            runs(step, Script::PreviewForget)
                && has_only(&step.node, &["name", "if", "env", "run"])
                && is_told(step.node.get("env"), &told)
        });
        if !same {
            self.differs(job, "what is gone stays on the list, or something else is taken off");
        }
        if next().is_some() {
            self.differs(job, "a step is none that the source asks for");
        }
    }

    /// A script of the source, byte for byte, with the values and secrets of the environment, its own, and the number.
    fn script(&mut self, job: &Job, step: &Step, script: &pipec_ir::Step, environment: &Environment) {
        let encoded = runs(step, Script::Encoded);
        let arrives = match &step.work {
            Work::Run(Some(_)) if encoded => {
                let text = step.literal_env("PIPE_SCRIPT").and_then(|text| decoded(&text));
                text.as_deref() == Some(script.script.as_bytes())
            }
            Work::Run(Some(text)) => *text == script.script,
            _ => false,
        };
        if !arrives || !has_only(&step.node, &["name", "if", "env", "run"]) {
            self.differs(job, "a script is another than that of the source, or runs otherwise");
        }
        let number = Part::Engine(OF_LEG.to_owned());
        let unknown = RefCell::default();
        let lifter = Lifter { matrix: &[], in_container: false, unknown: &unknown };
        let mut told: Told<'_> = Vec::new();
        for (name, wanted) in in_teardown(environment, &number) {
            let lifter = &lifter;
            let is_it =
                move |node: &Yaml| wanted.as_ref().is_some_and(|wanted| lifter.value(node).is(wanted));
            told.push((name, Box::new(is_it)));
        }
        if encoded {
            // Its bytes were compared above.
            told.push(("PIPE_SCRIPT".to_owned(), Box::new(|_| true)));
        }
        if !is_told(step.node.get("env"), &told) {
            self.differs(job, "a script is told something else than the source says");
        }
    }
}

/// Whether a scalar is this text with its expressions.
fn is_text(value: Option<&Yaml>, wanted: &str) -> bool {
    value.is_some_and(|value| value.text() == Some(wanted))
        || value.and_then(Yaml::template).as_deref() == Template::of(wanted).as_ref()
}

/// Whether a map has these keys and no others.
fn has_only(node: &Yaml, keys: &[&str]) -> bool {
    matches!(node.value, Value::Map(_))
        && node.entries().len() == keys.len()
        && keys.iter().all(|key| node.get(key).is_some())
}

fn is_told(given: Option<&Yaml>, wanted: &Told<'_>) -> bool {
    given.is_some_and(|given| {
        given.entries().len() == wanted.len()
            && wanted.iter().all(|(name, is_it)| given.get(name).is_some_and(is_it))
    })
}

fn is_path<'a>(name: &str, path: &str) -> Variable<'a> {
    let path = path.to_owned();
    (name.to_owned(), Box::new(move |node| path_of(Some(node)).as_ref() == Some(&path)))
}

fn runs(step: &Step, script: Script) -> bool {
    step.runtime_script() == Some(script)
}

fn is_hourly(cron: &str) -> bool {
    let minute = cron.strip_suffix(" * * * *").and_then(|minute| minute.parse::<u8>().ok());
    minute.is_some_and(|minute| minute < 60)
}

fn checks_out_the_default_branch(program: &Program, step: &Step) -> bool {
    let uses = match &step.work {
        Work::Uses(uses) => uses,
        _ => return false,
    };
    step.action() == Some("actions/checkout")
        && pipec_github_catalogue::is_known(uses, &program.lock)
        && has_only(&step.node, &["name", "if", "uses", "with"])
        && step.node.get("with").is_some_and(|with| has_only(with, &["ref", "persist-credentials"]))
        && same_expression(step.with("ref"), DEFAULT_BRANCH)
        && step.with("persist-credentials").map(|flag| &flag.value) == Some(&Value::Bool(false))
}

fn same_expression(given: Option<&Yaml>, wanted: &str) -> bool {
    let wanted = text(wanted, 0);
    let wanted = expression(&wanted);
    wanted.is_some() && given.and_then(expression) == wanted
}

fn takes_on(program: &Program, step: &Step, identity: &Identity) -> bool {
    let Work::Uses(uses) = &step.work else { return false };
    let given = step.node.get("with").map(Yaml::entries).unwrap_or_default();
    let action = step.action().unwrap_or_default();
    let wanted = Does::SignIn { provider: identity.provider, role: Some(identity.role.clone()) };
    pipec_github_catalogue::is_known(uses, &program.lock)
        && has_only(&step.node, &["name", "if", "uses", "with"])
        && given.iter().all(|(name, _)| lift::known_inputs(action).contains(&name.as_str()))
        && lift::signs_in_as(action, |name| step.literal_with(name)) == Some(wanted)
}

fn text(text: &str, line: usize) -> Yaml {
    Yaml { value: Value::Text(text.to_owned().into()), line }
}

/// The value of a secret that a job holds, or the path of the file that it is in.
fn value_of(secret: &Secret) -> LiftedValue {
    if secret.file {
        LiftedValue::of([Part::Scratch, Part::literal("/secrets/"), Part::literal(&secret.variable)])
    } else {
        LiftedValue::of([Part::Secret(secret.variable.clone())])
    }
}

/// The variables of the scripts that tear down an ephemeral environment. There the number of the pull request has a part of
/// its own, and no other fact is known.
fn in_teardown(environment: &Environment, number: &Part) -> Vec<(String, Option<LiftedValue>)> {
    let text = |text: &Text| -> Option<LiftedValue> {
        let mut value = LiftedValue::default();
        for piece in &text.pieces {
            match piece {
                pipec_ir::Piece::Literal(text) => value.push(Part::literal(text)),
                pipec_ir::Piece::Fact(Fact::PullRequestNumber) => value.push(number.clone()),
                pipec_ir::Piece::Fact(Fact::Secret(name)) => {
                    let secret = environment.secrets.iter().find(|secret| secret.variable == *name)?;
                    value_of(secret).parts().iter().cloned().for_each(|part| value.push(part));
                }
                pipec_ir::Piece::Fact(_) => return None,
            }
        }
        Some(value)
    };
    let own = environment.teardown.iter().flat_map(|teardown| &teardown.env);
    let bound = environment.values.iter().chain(own);
    let mut wanted: Vec<(String, Option<LiftedValue>)> =
        bound.map(|binding| (binding.variable.clone(), text(&binding.value))).collect();
    let secrets = environment.secrets.iter();
    wanted.extend(secrets.map(|secret| (secret.variable.clone(), Some(value_of(secret)))));
    wanted.push((PULL_REQUEST_VARIABLE.to_owned(), Some(LiftedValue::of([number.clone()]))));
    wanted
}

/// The ephemeral environments that a pipeline enters, by name.
pub fn previews<'p>(program: &'p Program, pipeline: &Pipeline) -> BTreeMap<&'p str, &'p Environment> {
    let all = pipeline.nodes.iter().filter_map(|node| program.preview_of(node));
    all.map(|environment| (environment.name.as_str(), environment)).collect()
}

/// The path of the workflow that tears them down, if there are any.
pub fn teardown_path(program: &Program, pipeline: &Pipeline) -> Option<String> {
    if previews(program, pipeline).is_empty() {
        return None;
    }
    let name = pipeline.emits.get("github").map(|(name, _)| name.clone());
    let name = name.unwrap_or_else(|| format!("{}.yml", pipeline.name));
    let (stem, extension) = name.rsplit_once('.')?;
    Some(format!(".github/workflows/{stem}-teardown.{extension}"))
}
