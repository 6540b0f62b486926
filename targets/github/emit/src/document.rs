//! A workflow as typed data, and how it is laid out as YAML.

use crate::expression::Expression;
use crate::pins::Pin;
use crate::template::{Template, escaped};
use pipec_ir::{PinnedAction, Pins, image_with_registry};
use pipec_yaml::{Document, Entry, Item, Mapping, Node, Sequence, WriteError, write_with_entries};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

/// The shell of every script.
///
/// It stops at the first failure, also in a pipe, and at variables that are not set. It reads no startup files, not even
/// those that a variable names (`-p`).
pub(crate) const SHELL: &str = "bash --noprofile --norc -p -euo pipefail {0}";

/// A workflow file.
#[derive(Clone, Debug)]
pub(crate) struct Workflow {
    /// Comment lines at the top.
    pub(crate) header: Vec<String>,
    /// Its name.
    pub(crate) name: String,
    /// What starts it.
    pub(crate) triggers: Mapping<'static>,
    /// Which runs replace which.
    pub(crate) concurrency: Concurrency,
    /// In order.
    pub(crate) jobs: Vec<Job>,
}

/// Runs or jobs of one group wait for each other.
#[derive(Clone, Debug)]
pub(crate) struct Concurrency {
    /// What it does, for people.
    pub(crate) comment: String,
    /// The group.
    pub(crate) group: Template,
    /// Whether a newer one cancels what runs; never together with a queue.
    pub(crate) cancel: Option<Template>,
    /// Whether all that wait keep their place. Else a newer one replaces the waiting one.
    pub(crate) queue: bool,
}

/// A job.
#[derive(Clone, Debug, Default)]
pub(crate) struct Job {
    /// Its key.
    pub(crate) id: Rc<str>,
    /// Comment lines above.
    pub(crate) comments: Vec<String>,
    /// What people and required checks know it by.
    pub(crate) name: Rc<str>,
    /// The keys of the jobs it follows.
    pub(crate) needs: Vec<Rc<str>>,
    /// When it runs.
    pub(crate) condition: Option<Expression>,
    /// The legs it runs in, if it runs in several.
    pub(crate) strategy: Option<Strategy>,
    /// The machine, unless each leg names its own.
    pub(crate) runs_on: String,
    /// The image that its steps run in.
    pub(crate) container: Option<Image>,
    /// What runs beside it.
    pub(crate) services: Vec<Service>,
    /// How long it may take.
    pub(crate) timeout_minutes: u32,
    /// The environment whose secrets and protection it has.
    pub(crate) environment: Option<EnvironmentUse>,
    /// Why its failure leaves the run green; only of what nothing waits for.
    pub(crate) advisory: Option<String>,
    /// Whom it waits for.
    pub(crate) concurrency: Option<Concurrency>,
    /// What its token may do.
    pub(crate) permissions: Permissions,
    /// What others read of it.
    pub(crate) outputs: Vec<(String, Template)>,
    /// The variables of all its steps.
    pub(crate) env: Vec<(String, Template)>,
    /// In order.
    pub(crate) steps: Vec<Step>,
}

/// The legs of a job. All run, whatever becomes of the others: a leg that GitHub cancels says nothing.
#[derive(Clone, Debug)]
pub(crate) struct Strategy {
    /// The suffix of the job's name, which distinguishes its legs.
    pub(crate) label: Template,
    /// Whether each leg names its machine, as `matrix.machine`.
    pub(crate) has_machines: bool,
    /// Which legs there are.
    pub(crate) matrix: Matrix,
}

/// Which legs there are.
#[derive(Clone, Debug)]
pub(crate) enum Matrix {
    /// Every combination of the values of the axes.
    Axes(Vec<(String, Vec<Node<'static>>)>),
    /// These.
    Legs(Vec<Mapping<'static>>),
    /// Those of one axis. Its values are a list in JSON that only the run knows.
    Listed(&'static str, Template),
}

impl Strategy {
    fn mapping(&self) -> Mapping<'_> {
        let matrix = match &self.matrix {
            Matrix::Axes(axes) => axes.iter().fold(Mapping::new(), |matrix, (axis, values)| {
                matrix.entry(axis, Sequence::flow(values.iter().cloned()))
            }),
            Matrix::Legs(legs) => Mapping::new().entry("include", Sequence::block(legs.iter().cloned())),
            Matrix::Listed(axis, list) => Mapping::new().entry(*axis, string(list)),
        };
        Mapping::new().entry("fail-fast", false).entry("matrix", matrix)
    }
}

/// A container beside a job.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// Its key, and its name in the network of the job.
    pub(crate) name: String,
    /// What runs in it.
    pub(crate) image: Image,
    /// Its variables.
    pub(crate) env: Vec<(String, Template)>,
    /// The port of the machine, if it is fixed, and the port of the container.
    pub(crate) port: Option<(Option<u64>, u64)>,
}

/// What a container is started from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Image {
    /// The reference, as the source has it.
    pub(crate) reference: String,
    /// The digest for its tag in the lock or the catalogue.
    ///
    /// There is none if the reference has its own digest, or nobody knows it.
    pub(crate) digest: Option<String>,
}

/// A job's use of an environment.
#[derive(Clone, Debug)]
pub(crate) struct EnvironmentUse {
    /// A literal name: protection is a setting of that name.
    pub(crate) name: String,
    /// Where people reach it.
    pub(crate) url: Option<Template>,
    /// Whether it counts as a deployment. Else the environment only holds secrets of the job.
    pub(crate) is_deployment: bool,
}

impl EnvironmentUse {
    /// Whether its name says all.
    fn is_plain(&self) -> bool {
        self.url.is_none() && self.is_deployment
    }

    fn mapping(&self) -> Mapping<'_> {
        let mut mapping = Mapping::new().entry("name", text(&self.name));
        if let Some(url) = &self.url {
            mapping = mapping.entry("url", string(url));
        }
        if !self.is_deployment {
            mapping = mapping
                .entry("deployment", false)
                .trailing_comment("only for the secrets and identities of this job");
        }
        mapping
    }
}

/// What a job's token may do: for each scope whether it may write, and why.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permissions {
    scopes: BTreeMap<&'static str, (bool, Vec<String>)>,
}

impl Permissions {
    /// Adds the right to read a scope.
    pub(crate) fn read(&mut self, scope: &'static str, why: impl Into<String>) {
        self.add(scope, false, why.into());
    }

    /// Adds the right to write a scope, which includes reading it.
    pub(crate) fn write(&mut self, scope: &'static str, why: impl Into<String>) {
        self.add(scope, true, why.into());
    }

    fn add(&mut self, scope: &'static str, write: bool, why: String) {
        let (may_write, reasons) = self.scopes.entry(scope).or_default();
        *may_write |= write;
        if !reasons.contains(&why) {
            reasons.push(why);
        }
    }

    fn mapping(&self) -> Mapping<'_> {
        let of_scope = |(scope, (write, reasons)): (&&'static str, &(bool, Vec<String>))| {
            let level = if *write { "write" } else { "read" };
            Entry::new(*scope, level).trailing_comment(reasons.join("; "))
        };
        Mapping { entries: self.scopes.iter().map(of_scope).collect() }
    }
}

/// A step.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Comment lines above.
    pub(crate) comments: Vec<String>,
    /// What people see.
    pub(crate) name: Template,
    /// What others read it by.
    pub(crate) id: Option<String>,
    /// When it runs.
    pub(crate) condition: Option<Expression>,
    /// How many minutes it may take, if fewer than its job.
    pub(crate) timeout_minutes: Option<Template>,
    /// Why its failure leaves the job as it is.
    pub(crate) goes_on: Option<&'static str>,
    /// The variables it sees.
    pub(crate) env: Vec<(String, Template)>,
    /// Where it runs, relative to the checkout.
    pub(crate) directory: Option<String>,
    /// How many minutes it may take, if a later step counts its result.
    ///
    /// The failure of such a step does not fail the job.
    pub(crate) goes_on_after: Option<u32>,
    /// What it does.
    pub(crate) work: Work,
}

/// What a step does.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// A script; it holds no opening of an expression.
    Run(Cow<'static, str>),
    /// An action and its inputs.
    Uses(CalledAction, Vec<(String, Input)>),
}

/// The action that a step calls, with its signature.
#[derive(Clone, Debug)]
pub(crate) enum CalledAction {
    /// Pipec itself calls it, as the catalogue has it, until the lock replaces it.
    Own(&'static PinnedAction),
    /// The lock or the source pins it. Steps share it.
    Shared(Arc<PinnedAction>),
}

impl Deref for CalledAction {
    type Target = PinnedAction;

    fn deref(&self) -> &PinnedAction {
        match self {
            CalledAction::Own(action) => action,
            CalledAction::Shared(action) => action,
        }
    }
}

/// An input of an action.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// A text.
    Text(Template),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Flag(bool),
}

impl Step {
    /// A script without variables.
    pub(crate) fn run(name: impl Into<Template>, script: impl Into<Cow<'static, str>>) -> Step {
        Step::new(name.into(), Work::Run(script.into()))
    }

    /// A call of an action.
    pub(crate) fn uses(
        name: impl Into<Template>,
        pin: &'static Pin,
        inputs: Vec<(&'static str, Input)>,
    ) -> Step {
        let inputs = inputs.into_iter().map(|(name, input)| (name.to_owned(), input)).collect();
        Step::new(name.into(), Work::Uses(CalledAction::Own(pin.action()), inputs))
    }

    fn new(name: Template, work: Work) -> Step {
        Step {
            comments: Vec::new(),
            name,
            id: None,
            condition: None,
            timeout_minutes: None,
            env: Vec::new(),
            directory: None,
            goes_on_after: None,
            goes_on: None,
            work,
        }
    }

    /// With a variable.
    pub(crate) fn with_env(mut self, name: impl Into<String>, value: impl Into<Template>) -> Step {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Every string of it that GitHub evaluates.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        let inputs = match &self.work {
            Work::Run(_) => [].as_slice(),
            Work::Uses(_, inputs) => inputs.as_slice(),
        };
        let inputs = inputs.iter().filter_map(|(_, input)| match input {
            Input::Text(text) => Some(text),
            Input::Number(_) | Input::Flag(_) => None,
        });
        let own = std::iter::once(&self.name).chain(&self.timeout_minutes);
        own.chain(self.env.iter().map(|(_, value)| value)).chain(inputs)
    }

    fn mapping(&self) -> Mapping<'_> {
        let mut mapping = Mapping::new().entry("name", string(&self.name));
        if let Some(id) = &self.id {
            mapping = mapping.entry("id", id);
        }
        if let Some(condition) = &self.condition {
            mapping = mapping.entry("if", condition_lines(condition));
        }
        if let Some(why) = self.goes_on {
            mapping = mapping.entry("continue-on-error", true).trailing_comment(why);
        }
        if let Some(minutes) = &self.timeout_minutes {
            let number = minutes.as_text().and_then(|minutes| minutes.parse().ok());
            mapping = mapping.entry("timeout-minutes", number.map_or_else(|| string(minutes), Node::Integer));
        }
        if let Some(minutes) = self.goes_on_after {
            mapping = mapping.entry("continue-on-error", true).entry("timeout-minutes", minutes);
        }
        if !self.env.is_empty() {
            let env: Mapping = self.env.iter().map(|(name, value)| (name.as_str(), string(value))).collect();
            mapping = mapping.entry("env", env);
        }
        if let Some(directory) = &self.directory {
            mapping = mapping.entry("working-directory", text(directory));
        }
        match &self.work {
            Work::Run(script) => mapping.entry("run", Node::script(script.as_ref())),
            Work::Uses(action, inputs) => {
                let reference = [action.name.as_str(), "@", &action.commit].concat();
                let mapping = mapping.entry("uses", reference).trailing_comment(&action.version);
                if inputs.is_empty() {
                    return mapping;
                }
                let with = inputs.iter().map(|(name, input)| {
                    let node = match input {
                        Input::Text(text) => string(text),
                        Input::Number(number) => Node::Integer(*number),
                        Input::Flag(flag) => Node::Boolean(*flag),
                    };
                    (name.as_str(), node)
                });
                mapping.entry("with", with.collect::<Mapping>())
            }
        }
    }
}

impl Concurrency {
    fn mapping(&self) -> Mapping<'_> {
        let mut mapping = Mapping::new().entry("group", string(&self.group));
        if let Some(cancel) = &self.cancel {
            let cancel = match cancel.as_text() {
                Some(flag) => Node::Boolean(flag == "true"),
                None => string(cancel),
            };
            mapping = mapping.entry("cancel-in-progress", cancel);
        }
        if self.queue {
            mapping = mapping.entry("queue", "max");
        }
        mapping
    }
}

impl Job {
    /// Its conditions and those of its steps.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Expression> {
        self.condition.iter().chain(self.steps.iter().filter_map(|step| step.condition.as_ref()))
    }

    /// Every other string of it that GitHub evaluates.
    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        let services = self.services.iter().flat_map(|service| &service.env).map(|(_, value)| value);
        services
            .chain(self.outputs.iter().chain(&self.env).map(|(_, value)| value))
            .chain(self.environment.iter().filter_map(|environment| environment.url.as_ref()))
            .chain(self.concurrency.iter().map(|concurrency| &concurrency.group))
            .chain(self.steps.iter().flat_map(Step::templates))
    }

    fn entry(&self) -> Entry<'_> {
        let name = match &self.strategy {
            Some(strategy) => {
                let name = Template::text(self.name.to_string()).and_template(strategy.label.clone());
                in_lines(name.source().into_owned().into())
            }
            None => text(&*self.name),
        };
        let mut mapping = Mapping::new().entry("name", name);
        if !self.needs.is_empty() {
            mapping = mapping.entry("needs", Sequence::flow(self.needs.iter().map(|job| &**job)));
        }
        if let Some(condition) = &self.condition {
            mapping = mapping.entry("if", condition_lines(condition));
        }
        if let Some(strategy) = &self.strategy {
            mapping = mapping.entry("strategy", strategy.mapping());
        }
        let machine = match &self.strategy {
            Some(Strategy { has_machines: true, .. }) => Node::plain_or_quoted("${{ matrix.machine }}"),
            _ => text(&self.runs_on),
        };
        mapping = mapping.entry("runs-on", machine).entry("timeout-minutes", self.timeout_minutes);
        if let Some(image) = &self.container {
            let image = Mapping::new().entry("image", text(image.to_string()));
            mapping = mapping.entry("container", image);
        }
        if !self.services.is_empty() {
            let services = self.services.iter().fold(Mapping::new(), |services, service| {
                let mut one = Mapping::new().entry("image", text(service.image.to_string()));
                if !service.env.is_empty() {
                    let env = service.env.iter().map(|(name, value)| (name.as_str(), string(value)));
                    one = one.entry("env", env.collect::<Mapping>());
                }
                if let Some((at, port)) = service.port {
                    let port = at.map_or_else(|| port.to_string(), |at| format!("{at}:{port}"));
                    one = one.entry("ports", Sequence::flow([port]));
                }
                services.entry(&service.name, one)
            });
            mapping = mapping.entry("services", services);
        }
        if let Some(because) = &self.advisory {
            let why = format!("advisory: {because}");
            mapping = mapping.entry("continue-on-error", true).trailing_comment(why);
        }
        if let Some(environment) = &self.environment {
            mapping = match environment.is_plain() {
                true => mapping.entry("environment", text(&environment.name)),
                false => mapping.entry("environment", environment.mapping()),
            };
        }
        if let Some(concurrency) = &self.concurrency {
            mapping =
                mapping.entry("concurrency", concurrency.mapping()).trailing_comment(&concurrency.comment);
        }
        // The workflow itself grants nothing.
        if !self.permissions.scopes.is_empty() {
            mapping = mapping.entry("permissions", self.permissions.mapping());
        }
        if !self.outputs.is_empty() {
            let outputs: Mapping =
                self.outputs.iter().map(|(name, value)| (name.as_str(), string(value))).collect();
            mapping = mapping.entry("outputs", outputs);
        }
        if !self.env.is_empty() {
            let env: Mapping = self.env.iter().map(|(name, value)| (name.as_str(), string(value))).collect();
            mapping = mapping.entry("env", env);
        }
        let steps = self.steps.iter().map(|step| {
            let item = Item::new(step.mapping());
            Item { comment_above: step.comments.iter().map(Cow::from).collect(), ..item }
        });
        mapping = mapping.entry("steps", Sequence { items: steps.collect(), flow: false });
        let entry = Entry::new(&*self.id, mapping).blank_before();
        self.comments.iter().fold(entry, |entry, comment| entry.comment_above(comment))
    }
}

impl std::fmt::Display for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.digest {
            Some(digest) => write!(f, "{}@{digest}", self.reference),
            None => f.write_str(&self.reference),
        }
    }
}

impl Workflow {
    /// The actions and images that it uses, with their pins.
    ///
    /// What the source pins itself needs no lock.
    pub(crate) fn pins(&self) -> Pins {
        let steps = self.jobs.iter().flat_map(|job| &job.steps);
        let called = steps.filter_map(|step| match &step.work {
            Work::Uses(action, _) => Some((&action.name, &action.commit, &action.version, action)),
            Work::Run(_) => None,
        });
        // Most are called by many steps, and signatures are long.
        let called: BTreeMap<_, _> =
            called.map(|(name, commit, version, action)| ((name, commit, version), action)).collect();
        let images = self
            .jobs
            .iter()
            .flat_map(|job| job.container.iter().chain(job.services.iter().map(|service| &service.image)));
        let images =
            images.filter_map(|image| Some((image_with_registry(&image.reference), image.digest.clone()?)));
        let mut pins = Pins { actions: Vec::new(), images: images.collect() };
        let shared = |action: &CalledAction| match action {
            CalledAction::Own(action) => Arc::new(PinnedAction::clone(action)),
            CalledAction::Shared(action) => Arc::clone(action),
        };
        let actions = called.into_values().map(shared).collect();
        pins.add(&Pins { actions, ..Pins::default() });
        pins
    }

    /// Its YAML.
    pub(crate) fn text(&self) -> Result<String, WriteError> {
        let root = Mapping::new()
            .entry("name", text(&self.name))
            .bare_key("on", self.triggers.clone())
            .blank_before()
            .entry("permissions", Mapping::new())
            .blank_before()
            .entry("concurrency", self.concurrency.mapping())
            .trailing_comment(&self.concurrency.comment)
            .blank_before()
            .entry("defaults", Mapping::new().entry("run", Mapping::new().entry("shell", SHELL)))
            .blank_before();
        let document = Document { header: self.header.iter().map(Cow::from).collect(), root };
        write_with_entries(&document, "jobs", self.jobs.iter().map(Job::entry))
    }
}

/// A string; of several lines, a literal block.
pub(crate) fn string(template: &Template) -> Node<'_> {
    in_lines(template.source())
}

/// A text that arrives unchanged; with several lines, it is a literal block.
pub(crate) fn text<'t>(text: impl Into<Cow<'t, str>>) -> Node<'t> {
    in_lines(escaped(text.into()))
}

fn in_lines(source: Cow<'_, str>) -> Node<'_> {
    if source.contains('\n') { Node::script(source) } else { Node::plain_or_quoted(source) }
}

/// A condition. A long one has a line for each of its terms.
///
/// It is one expression and never a block: the last line feed of a block, or any text next to the expression, would make it
/// always true.
fn condition_lines(condition: &Expression) -> Node<'static> {
    Node::wrapped(format!("${{{{ {} }}}}", condition.terms()))
}
