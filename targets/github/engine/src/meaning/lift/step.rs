//! Steps: the effect of each, and its values.
//!
//! For example, `uses: actions/setup-node@…` with `node-version: v20.1.0` sets up the tool `node` at exactly this
//! version.

use super::value::Lifter;
use crate::read::base64::decoded;
use crate::read::expression::{Expression, parse, settled};
use crate::read::workflow::{self, Job, Work, expression};
use crate::read::yaml::{Node as Yaml, Value as YamlValue};
use pipec_github_catalogue::is_known;
use pipec_ir::{Pins, Provider};
use pipec_model::Finding;
use pipec_model::{
    ActionCall, Cached, CheckoutOf, ConditionId, Does, Fetched, Given, IfMissing, Kept, Leaves, Limit, Part,
    Revision, ScriptText, SignIn, Step, ToolVersion, Value, Which,
};
use pipec_runtime::Script;
use pipec_runtime::names::RAW;
use std::borrow::Cow;

/// An action that sets up a tool.
struct SetUp {
    action: &'static str,
    tool: &'static str,
    /// The input for a version. Also the prefix of a version that begins with a digit.
    version: &'static str,
    before: &'static str,
    /// The input for a file with the version.
    file: Option<&'static str>,
    /// Other required inputs. Each has a text, or `None` for `false`.
    fixed_inputs: &'static [(&'static str, Option<&'static str>)],
}

const SET_UPS: [SetUp; 9] = [
    SetUp {
        action: "actions/setup-go",
        tool: "go",
        version: "go-version",
        before: "",
        file: Some("go-version-file"),
        fixed_inputs: &[("cache", None)],
    },
    SetUp {
        action: "Azure/setup-helm",
        tool: "helm",
        version: "version",
        before: "v",
        file: None,
        fixed_inputs: &[],
    },
    SetUp {
        action: "actions/setup-java",
        tool: "java",
        version: "java-version",
        before: "",
        file: Some("java-version-file"),
        fixed_inputs: &[("distribution", Some("temurin"))],
    },
    SetUp {
        action: "Azure/setup-kubectl",
        tool: "kubectl",
        version: "version",
        before: "v",
        file: None,
        fixed_inputs: &[],
    },
    SetUp {
        action: "actions/setup-node",
        tool: "node",
        version: "node-version",
        before: "",
        file: Some("node-version-file"),
        fixed_inputs: &[("package-manager-cache", None)],
    },
    SetUp {
        action: "pnpm/action-setup",
        tool: "pnpm",
        version: "version",
        before: "",
        file: Some("package_json_file"),
        fixed_inputs: &[],
    },
    SetUp {
        action: "actions/setup-python",
        tool: "python",
        version: "python-version",
        before: "",
        file: Some("python-version-file"),
        fixed_inputs: &[],
    },
    SetUp {
        action: "hashicorp/setup-terraform",
        tool: "terraform",
        version: "terraform_version",
        before: "",
        file: None,
        fixed_inputs: &[("terraform_wrapper", None)],
    },
    SetUp {
        action: "astral-sh/setup-uv",
        tool: "uv",
        version: "version",
        before: "",
        file: Some("version-file"),
        fixed_inputs: &[("enable-cache", None)],
    },
];

/// The known inputs of an action. Other inputs are findings.
fn known_inputs(action: &str) -> &'static [&'static str] {
    match action {
        "actions/checkout" => &["fetch-depth", "lfs", "persist-credentials", "submodules"],
        "actions/cache/restore" | "actions/cache/save" => &["path", "key"],
        "actions/download-artifact" => &["name", "path", "pattern", "merge-multiple"],
        "actions/upload-artifact" => {
            &["name", "path", "if-no-files-found", "overwrite", "compression-level", "include-hidden-files"]
        }
        "github/codeql-action/upload-sarif" => &["sarif_file", "category"],
        "aws-actions/configure-aws-credentials" | "Azure/login" | "google-github-actions/auth" => &[
            "role-to-assume",
            "aws-region",
            "tenant-id",
            "client-id",
            "subscription-id",
            "allow-no-subscriptions",
            "workload_identity_provider",
            "output-credentials",
            "output-env-credentials",
            "create_credentials_file",
            "export_environment_variables",
        ],
        _ => &[],
    }
}

/// The login of an action, from its inputs. `None` if it is no login.
fn signs_in(action: &str, inputs: &[Given]) -> Option<Does> {
    // The texts of the inputs of these names, if each is literal, and every other input has one of these values.
    let texts = |names: &[&str], fixed: &[(&str, &str)]| -> Option<Vec<String>> {
        let text = |name: &str| inputs.iter().find(|input| &*input.name == name)?.value.as_literal();
        let is_fixed = fixed.iter().all(|(name, value)| text(name) == Some(value));
        let texts = names.iter().map(|name| text(name).map(str::to_owned)).collect::<Option<Vec<_>>>()?;
        (is_fixed && texts.len() + fixed.len() == inputs.len()).then_some(texts)
    };
    let provider = match action {
        "aws-actions/configure-aws-credentials" => Provider::Aws,
        "Azure/login" => Provider::Azure,
        "google-github-actions/auth" => Provider::Google,
        _ => return None,
    };
    let known = FORMS.iter().filter(|form| form.provider == provider);
    let form = known.filter_map(|form| Some((form.leaves, texts(form.texts, form.fixed)?))).next();
    let (leaves, texts) = form.map_or((Leaves::Session, None), |(leaves, texts)| (leaves, Some(texts)));
    let (role, region) = match (provider, texts) {
        (Provider::Aws, Some(mut texts)) => {
            let region = texts.pop();
            (texts.pop(), region)
        }
        // A slash separates the parts in a role.
        (Provider::Azure, Some(texts)) if texts.iter().any(|part| part.contains('/')) => (None, None),
        (_, texts) => (texts.map(|texts| texts.join("/")), None),
    };
    Some(Does::SignIn(SignIn { provider, role, region, leaves }))
}

/// A way to call an action that logs in.
struct Form {
    provider: Provider,
    /// What it leaves for later steps.
    leaves: Leaves,
    /// The inputs that say who logs in.
    texts: &'static [&'static str],
    /// The other inputs, and their values.
    fixed: &'static [(&'static str, &'static str)],
}

/// The known ways. An action with other inputs may do anything.
///
/// The sources are the actions' own `exportCredentials` (aws-actions/configure-aws-credentials) and `run`
/// (google-github-actions/auth).
const FORMS: [Form; 7] = [
    Form::new(Provider::Aws, Leaves::Session, &["role-to-assume", "aws-region"], &[]),
    Form::new(
        Provider::Aws,
        Leaves::Outputs,
        &["role-to-assume", "aws-region"],
        &[("output-credentials", "true"), ("output-env-credentials", "false")],
    ),
    Form::new(
        Provider::Azure,
        Leaves::Session,
        &["tenant-id", "client-id"],
        &[("allow-no-subscriptions", "true")],
    ),
    Form::new(Provider::Azure, Leaves::Session, &["tenant-id", "subscription-id", "client-id"], &[]),
    Form::new(Provider::Google, Leaves::Session, &["workload_identity_provider"], &[]),
    Form::new(
        Provider::Google,
        Leaves::File,
        &["workload_identity_provider"],
        &[("export_environment_variables", "false")],
    ),
    Form::new(
        Provider::Google,
        Leaves::Outputs,
        &["workload_identity_provider"],
        &[("create_credentials_file", "false"), ("export_environment_variables", "false")],
    ),
];

impl Form {
    const fn new(
        provider: Provider,
        leaves: Leaves,
        texts: &'static [&'static str],
        fixed: &'static [(&'static str, &'static str)],
    ) -> Form {
        Form { provider, leaves, texts, fixed }
    }
}

/// The variables or inputs in a map.
pub(super) fn given(node: Option<&Yaml>, lifter: &Lifter<'_>) -> Vec<Given> {
    let entries = node.map(Yaml::entries).unwrap_or_default();
    let given = |(name, node): &(crate::read::text::Text, Yaml)| Given {
        name: name.shared(),
        value: lifter.value(node),
        is_confidential: node.strings().any(|(text, _)| text.leaks()),
        line: node.line,
    };
    entries.iter().map(given).collect()
}

/// The steps of a job in one leg.
pub(super) struct Lifted<'l> {
    pub(super) lifter: &'l Lifter<'l>,
    pub(super) lock: &'l Pins,
    /// The conditions so far. The first is that of [`ConditionId::PLAIN`].
    pub(super) conditions: &'l mut Vec<Option<Expression>>,
    pub(super) findings: Vec<Finding>,
}

impl Lifted<'_> {
    /// A step as data.
    pub(super) fn step(&mut self, job: &Job, step: &workflow::Step) -> Step {
        let lifter = self.lifter;
        let condition = step.condition.as_ref().map(|condition| match lifter.matrix {
            [] => Cow::Borrowed(condition),
            matrix => Cow::Owned(settled(condition, matrix)),
        });
        let inputs = given(step.node.get("with"), lifter);
        let action = match &step.work {
            Work::Uses(uses) => Some(ActionCall { uses: uses.to_string(), inputs }),
            _ => None,
        };
        // A raw step may call any action that the source names, so its call is not checked here.
        let is_raw = step.id.as_ref().is_some_and(|id| id.starts_with(RAW));
        let does = match (&step.work, &action) {
            (Work::Run(Some(text)), _) => match text.runtime_script() {
                Some(Script::Encoded) => self.encoded(step).unwrap_or(Does::Runtime(Script::Encoded)),
                Some(script) => Does::Runtime(script),
                None => Does::Script(ScriptText { bytes: text.shared().into(), is_exact: false }),
            },
            (_, Some(action)) if !is_raw => self.action(job, step, action),
            _ => Does::Other,
        };
        Step {
            line: step.line,
            id: step.id.clone(),
            title: step.node.get("name").map(|name| lifter.value(name)),
            does,
            action,
            env: given(step.node.get("env"), lifter),
            condition: self.condition(condition),
            goes_on: step.node.get("continue-on-error").map(|goes_on| goes_on.value == YamlValue::Bool(true)),
            directory: step.node.get("working-directory").map(|directory| lifter.value(directory)),
            limit: step.node.get("timeout-minutes").map(limit),
        }
    }

    /// The number of a condition. A condition that GitHub refuses equals no other.
    fn condition(&mut self, condition: Option<Cow<'_, Expression>>) -> ConditionId {
        let known = condition
            .as_deref()
            .and_then(|wanted| self.conditions.iter().position(|known| known.as_ref() == Some(wanted)));
        ConditionId(known.unwrap_or_else(|| {
            self.conditions.push(condition.map(Cow::into_owned));
            self.conditions.len() - 1
        }))
    }

    /// A script in a base64 variable.
    fn encoded(&self, step: &workflow::Step) -> Option<Does> {
        let bytes = decoded(self.lifter.value(step.env("PIPE_SCRIPT")?).as_literal()?)?;
        Some(Does::Script(ScriptText { bytes: bytes.into(), is_exact: true }))
    }

    fn action(&mut self, job: &Job, step: &workflow::Step, action: &ActionCall) -> Does {
        let mut differs =
            |what: String, line: usize| self.findings.push(Finding::of_job(&job.id, what, line));
        let is_pinned = is_known(&action.uses, self.lock);
        if !is_pinned {
            differs(format!("`{}` is no pinned action that is known", action.uses), step.line);
        }
        if step.node.get("env").is_some() {
            differs("an action is given variables".to_owned(), step.line);
        }
        let name = action.uses.split('@').next().unwrap_or_default();
        // The setup of a tool is compared as a whole.
        let is_set_up = SET_UPS.iter().any(|known| known.action == name);
        let is_default = |input: &Given| {
            name == "actions/checkout"
                && &*input.name == "ref"
                && step.with("ref").is_some_and(is_default_branch)
        };
        for input in action.inputs.iter().filter(|input| !known_inputs(name).contains(&&*input.name)) {
            if !is_set_up && !is_default(input) {
                differs(format!("an action is given `{}`", input.name), input.line);
            }
        }
        let input = |name: &str| action.inputs.iter().find(|input| &*input.name == name).map(|it| &it.value);
        let literal = |name: &str| input(name).and_then(Value::as_literal).map(str::to_owned);
        let yaml = |name: &str| step.with(name).map(|node| &node.value);
        match name {
            "actions/checkout" => {
                let of = checkout(action, |name| step.with(name));
                // The code of another commit may check out anything.
                Does::Checkout(CheckoutOf { is_unknown: of.is_unknown || !is_pinned, ..of })
            }
            "actions/cache/restore" => {
                let key = input("key").cloned().unwrap_or_default();
                Does::RestoreCache(Cached { path: literal("path"), key })
            }
            "actions/cache/save" => {
                let key = input("key").map(key_of_restored).unwrap_or_default();
                Does::SaveCache(Cached { path: literal("path"), key })
            }
            "actions/download-artifact" => {
                let is_merged = yaml("merge-multiple") == Some(&YamlValue::Bool(true));
                let into = input("path").cloned().unwrap_or_default();
                let (which, is_unknown) = match literal("pattern") {
                    Some(pattern) => {
                        let name = pattern.strip_suffix(".*");
                        let is_unknown = name.is_none() || input("name").is_some() || !is_merged;
                        (Which::LegsOf(name.unwrap_or(&pattern).to_owned()), is_unknown)
                    }
                    None => (
                        Which::Named(literal("name").unwrap_or_default()),
                        yaml("merge-multiple").is_some() || input("pattern").is_some(),
                    ),
                };
                Does::Fetch(Fetched { which, into, is_unknown })
            }
            "actions/upload-artifact" => Does::Keep(Kept {
                name: literal("name"),
                paths: input("path").cloned().unwrap_or_default(),
                if_missing: match literal("if-no-files-found").as_deref() {
                    Some("error") => IfMissing::Fail,
                    Some("ignore") => IfMissing::Ignore,
                    _ => IfMissing::Other,
                },
                overwrites: yaml("overwrite") == Some(&YamlValue::Bool(true)),
                with_hidden: yaml("include-hidden-files") == Some(&YamlValue::Bool(true)),
                sets_compression: input("compression-level").is_some(),
            }),
            "github/codeql-action/upload-sarif" => {
                Does::SendReport { file: literal("sarif_file"), category: literal("category") }
            }
            _ => match SET_UPS.iter().find(|known| known.action == name) {
                Some(known) => Does::SetUp { tool: known.tool, version: known.version(action, yaml) },
                None => signs_in(name, &action.inputs).unwrap_or(Does::Other),
            },
        }
    }
}

impl SetUp {
    fn version<'y>(&self, action: &ActionCall, yaml: impl Fn(&str) -> Option<&'y YamlValue>) -> ToolVersion {
        let literal = |name: &str| {
            action.inputs.iter().find(|input| &*input.name == name).and_then(|input| input.value.as_literal())
        };
        let is_given = |(name, value): &(&str, Option<&str>)| match value {
            Some(text) => literal(name) == Some(text),
            None => yaml(name) == Some(&YamlValue::Bool(false)),
        };
        if action.inputs.len() != 1 + self.fixed_inputs.len() || !self.fixed_inputs.iter().all(is_given) {
            return ToolVersion::Unknown;
        }
        if let Some(file) = self.file.and_then(literal) {
            return ToolVersion::FromFile(file.to_owned());
        }
        let Some(version) = literal(self.version) else { return ToolVersion::Unknown };
        let begins_with_digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
        match version.strip_prefix(self.before) {
            Some(plain) if begins_with_digit(plain) => ToolVersion::Exact(plain.to_owned()),
            _ if begins_with_digit(version) => ToolVersion::Unknown,
            _ => ToolVersion::Exact(version.to_owned()),
        }
    }
}

/// Whether a ref is the head of the default branch in every run. Schedules run only on that branch.
fn is_default_branch(node: &Yaml) -> bool {
    static WANTED: &str = "github.event_name == 'schedule' && github.ref || format('refs/heads/{0}', github.event.pull_request.base.repo.default_branch)";
    let wanted = parse(WANTED);
    wanted.is_some() && expression(node) == wanted.as_ref()
}

fn checkout<'y>(action: &ActionCall, node: impl Fn(&str) -> Option<&'y Yaml>) -> CheckoutOf {
    let known = known_inputs("actions/checkout");
    let yaml = |name: &str| node(name).map(|node| &node.value);
    let revision = match node("ref") {
        Some(given) if is_default_branch(given) => Revision::DefaultBranch,
        _ => Revision::OfRun,
    };
    let is_known = |name: &str| known.contains(&name) || revision == Revision::DefaultBranch && name == "ref";
    let mut is_unknown = !action.inputs.iter().all(|input| is_known(&input.name));
    let mut says = |name: &str, is_on: fn(&YamlValue) -> bool| match yaml(name) {
        None => false,
        Some(value) => {
            is_unknown |= !is_on(value);
            true
        }
    };
    let full_history =
        says("fetch-depth", |value| matches!(value, YamlValue::Number(depth, _) if *depth == 0.0));
    let submodules =
        says("submodules", |value| matches!(value, YamlValue::Text(text) if **text == *"recursive"));
    let large_files = says("lfs", |value| *value == YamlValue::Bool(true));
    let keeps_token = yaml("persist-credentials") != Some(&YamlValue::Bool(false));
    CheckoutOf { revision, full_history, submodules, large_files, keeps_token, is_unknown }
}

/// The key of a restored cache. The step that restores it has the key as an output.
fn key_of_restored(key: &Value) -> Value {
    match key.as_part() {
        Some(Part::StepOutput { step, output }) if output == "cache-primary-key" => {
            Value::of([Part::CacheKeyOf(step.clone())])
        }
        _ => key.clone(),
    }
}

fn limit(node: &Yaml) -> Limit {
    if let YamlValue::Number(minutes, _) = &node.value {
        return Limit::Minutes(*minutes);
    }
    let Some(Expression::Call("fromjson", arguments)) = expression(node) else { return Limit::Unknown };
    match arguments.as_slice() {
        [argument] => match argument.words().as_deref() {
            Some(["steps", step, "outputs", output]) => {
                Limit::OutputOf { step: (*step).to_owned(), output: (*output).to_owned() }
            }
            _ => Limit::Unknown,
        },
        _ => Limit::Unknown,
    }
}
