//! A workflow in GitHub's terms. Everything in the file that is not read here is a finding.
//!
//! For example, a job with the keys `runs-on` and `steps` is known, and a job with the key `container-options` gives a
//! finding.

use crate::read::expression::{Expression, parse};
use crate::read::scalar::ignoring_case;
use crate::read::text::Text;
use crate::read::yaml::{Node, Value};
use pipec_model::Finding;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A workflow.
#[derive(Clone, Debug)]
pub(crate) struct Workflow {
    pub(crate) root: Node,
    pub(crate) jobs: Vec<Job>,
}

/// A job.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) line: usize,
    pub(crate) node: Node,
    pub(crate) needs: Rc<[String]>,
    /// Its effective condition, with the implicit `success()`. `None` if GitHub refuses it.
    pub(crate) condition: Option<Expression>,
    pub(crate) steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) line: usize,
    pub(crate) node: Node,
    pub(crate) id: Option<String>,
    pub(crate) condition: Option<Expression>,
    /// Its work.
    pub(crate) work: Work,
}

/// The work of a step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Work {
    /// A script: the text for the shell. `None` if an expression creates it.
    Run(Option<Text>),
    /// An action.
    Uses(Text),
    /// Neither of them.
    Nothing,
}

impl Step {
    /// The value of an input of its action.
    pub(crate) fn with(&self, name: &str) -> Option<&Node> {
        self.node.get("with").and_then(|with| with.get(name))
    }

    /// The value of one of its own variables.
    pub(crate) fn env(&self, name: &str) -> Option<&Node> {
        self.node.get("env").and_then(|env| env.get(name))
    }
}

/// The text of a scalar without expressions.
pub(crate) fn literal(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => text.literal().map(Cow::into_owned),
        _ => node.scalar().map(Cow::into_owned),
    }
}

/// The expression of a scalar with nothing else.
pub(crate) fn expression(node: &Node) -> Option<&Expression> {
    match &node.value {
        Value::Text(text) if text.has_expressions() => text.template()?.as_expression(),
        _ => None,
    }
}

const TOP: [&str; 6] = ["name", "on", "permissions", "concurrency", "defaults", "jobs"];
const OF_JOB: &[&str] = &[
    "name",
    "strategy",
    "continue-on-error",
    "needs",
    "if",
    "runs-on",
    "container",
    "services",
    "timeout-minutes",
    "permissions",
    "environment",
    "concurrency",
    "outputs",
    "env",
    "steps",
];
const OF_STEP: [&str; 10] = [
    "id",
    "name",
    "if",
    "continue-on-error",
    "timeout-minutes",
    "uses",
    "with",
    "run",
    "env",
    "working-directory",
];

/// Reads a workflow from a document. Reports parts that GitHub refuses or that the model does not know.
pub(crate) fn understand(root: Node) -> (Workflow, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut jobs = Vec::new();
    unknown_keys(&root, &TOP, None, &mut findings);
    if !matches!(root.value, Value::Map(_)) {
        findings.push(Finding::of_file("it is no map", root.line));
    }
    for (text, line) in root.strings() {
        if text.has_expressions() && text.template().is_none() {
            findings.push(Finding::of_file("GitHub refuses an expression in it", line));
        }
    }
    match root.get("jobs") {
        Some(node) if !node.entries().is_empty() => {
            for (id, node) in node.entries() {
                jobs.push(job(id, node, &mut findings));
            }
        }
        _ => findings.push(Finding::of_file("it has no jobs", root.line)),
    }
    check_ids(&jobs, &mut findings);
    let jobs = ordered(jobs, &mut findings);
    (Workflow { root, jobs }, findings)
}

fn unknown_keys(node: &Node, known: &[&str], job: Option<&str>, findings: &mut Vec<Finding>) {
    for (key, value) in node.entries() {
        if !known.contains(&key.as_str()) {
            let message = format!("it says `{key}`, which the model does not know");
            findings.push(match job {
                Some(job) => Finding::of_job(job, message, value.line),
                None => Finding::of_file(message, value.line),
            });
        }
    }
}

/// Reads a job. Reports parts that GitHub refuses.
pub(crate) fn job(id: &str, node: &Node, findings: &mut Vec<Finding>) -> Job {
    unknown_keys(node, OF_JOB, Some(id), findings);
    let needs = match node.get("needs") {
        None => Vec::new(),
        Some(needs) => needs.texts().unwrap_or_else(|| {
            findings.push(Finding::of_job(id, "its `needs` are no names", needs.line));
            Vec::new()
        }),
    };
    let condition = condition(node.get("if"));
    if condition.is_none() {
        findings.push(Finding::of_job(id, "GitHub refuses its `if`", node.line));
    }
    let contexts = condition.as_ref().map(Expression::contexts).unwrap_or_default();
    for context in contexts.iter().filter(|name| !matches!(**name, "github" | "inputs" | "vars" | "needs")) {
        findings.push(Finding::of_job(
            id,
            format!("its `if` asks for `{context}`, which no job's may"),
            node.line,
        ));
    }
    for (text, line) in node.get("env").into_iter().flat_map(Node::strings) {
        let contexts = text
            .template()
            .into_iter()
            .flat_map(|template| template.expressions())
            .flat_map(Expression::contexts);
        for context in contexts.filter(|name| matches!(*name, "env" | "job" | "runner" | "steps")) {
            findings.push(Finding::of_job(
                id,
                format!("its `env` asks for `{context}`, which no job's may"),
                line,
            ));
        }
    }
    // In a container, the expression is still the path on the machine, at least in the variables of steps.
    if node.get("container").is_some() && node.strings().any(|(text, _)| text.contains("runner.temp")) {
        let what = "it takes the folder of the machine for that of its container";
        findings.push(Finding::of_job(id, what, node.line));
    }
    let mut steps = Vec::new();
    if let Some(list) = node.get("steps") {
        match &list.value {
            Value::List(items) => steps.extend(items.iter().map(|item| step(id, item, findings))),
            _ => findings.push(Finding::of_job(id, "its `steps` are no list", list.line)),
        }
    }
    Job { id: id.to_owned(), line: node.line, node: node.clone(), needs: needs.into(), condition, steps }
}

fn step(job: &str, node: &Node, findings: &mut Vec<Finding>) -> Step {
    unknown_keys(node, &OF_STEP, Some(job), findings);
    let text = |key: &str| match &node.get(key)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    };
    let run = node.get("run").map(|run| match text("run") {
        Some(text) if !text.has_expressions() => Some(text.clone()),
        _ => literal(run).map(|text| Text::from(&*text)),
    });
    let uses = node.get("uses").map(|_| text("uses").cloned().unwrap_or_else(|| Text::from("")));
    let work = match (run, uses) {
        (Some(run), None) => Work::Run(run),
        (None, Some(uses)) => Work::Uses(uses),
        _ => Work::Nothing,
    };
    if work == Work::Nothing {
        findings.push(Finding::of_job(job, "a step neither runs a script nor uses an action", node.line));
    }
    if node.get("run").is_some() && node.get("with").is_some() {
        findings.push(Finding::of_job(job, "a script is given inputs", node.line));
    }
    if work == Work::Run(None) {
        findings.push(Finding::of_job(job, "an expression makes up a script", node.line));
    }
    let condition = condition(node.get("if"));
    if condition.is_none() {
        findings.push(Finding::of_job(job, "GitHub refuses the `if` of a step", node.line));
    }
    let id = text("id").map(|id| id.to_string());
    Step { line: node.line, node: node.clone(), id, condition, work }
}

/// The effective condition of an `if`. A text without `${{ }}` is an expression as a whole. An expression with other
/// text, even a newline, is a text and so true (trap 6). Without a status function, `success()` is added.
pub(crate) fn condition(node: Option<&Node>) -> Option<Expression> {
    let success = Expression::Call("success", Vec::new());
    let Some(node) = node else { return Some(success) };
    let text = node.scalar()?;
    if text.trim().is_empty() {
        return Some(success);
    }
    let expression = match &node.value {
        Value::Text(text) if text.has_expressions() => text.template()?.to_expression(),
        _ => parse(&text)?,
    };
    Some(if expression.has_status_function() {
        expression
    } else {
        Expression::And(vec![success, expression])
    })
}

/// Checks the ids of jobs (trap 26).
fn check_ids(jobs: &[Job], findings: &mut Vec<Finding>) {
    let mut ids = BTreeSet::new();
    for job in jobs {
        if !is_id(&job.id) {
            findings.push(Finding::of_job(&job.id, "GitHub takes no such id", job.line));
        }
        if !ids.insert(ignoring_case(job.id.as_str().into())) {
            findings.push(Finding::of_job(&job.id, "its id occurs twice", job.line));
        }
        let mut ids = BTreeSet::new();
        for step in &job.steps {
            let Some(id) = &step.id else { continue };
            if !ids.insert(ignoring_case(id.as_str().into())) || !is_id(id) {
                findings.push(Finding::of_job(
                    &job.id,
                    format!("GitHub takes no step of the id `{id}`"),
                    step.line,
                ));
            }
        }
    }
}

fn is_id(id: &str) -> bool {
    id.len() < 100
        && !id.starts_with("__")
        && id.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// The jobs, each after all that it needs. Each round adds the jobs whose needs are complete, in the order of the file.
fn ordered(jobs: Vec<Job>, findings: &mut Vec<Finding>) -> Vec<Job> {
    let mut dependents: FxHashMap<&str, Vec<usize>> =
        jobs.iter().map(|job| (job.id.as_str(), Vec::new())).collect();
    let mut unmet: Vec<usize> = Vec::new();
    for (place, job) in jobs.iter().enumerate() {
        let mut needs = 0;
        for need in job.needs.iter() {
            match dependents.get_mut(need.as_str()) {
                Some(dependents) => {
                    dependents.push(place);
                    needs += 1;
                }
                None => findings.push(Finding::of_job(
                    &job.id,
                    format!("it needs `{need}`, which is no job"),
                    job.line,
                )),
            }
        }
        unmet.push(needs);
    }
    let mut order: Vec<usize> = Vec::new();
    let mut round: Vec<usize> = (0..jobs.len()).filter(|place| unmet.get(*place) == Some(&0)).collect();
    while !round.is_empty() {
        let mut next = Vec::new();
        for job in round.iter().filter_map(|place| jobs.get(*place)) {
            for place in dependents.remove(job.id.as_str()).unwrap_or_default() {
                let Some(needs) = unmet.get_mut(place) else { continue };
                *needs -= 1;
                if *needs == 0 {
                    next.push(place);
                }
            }
        }
        next.sort_unstable();
        order.append(&mut std::mem::replace(&mut round, next));
    }
    let mut jobs: Vec<Option<Job>> = jobs.into_iter().map(Some).collect();
    let done = order.iter().filter_map(|place| jobs.get_mut(*place)?.take()).collect();
    for job in jobs.into_iter().flatten() {
        findings.push(Finding::of_job(&job.id, "it needs itself", job.line));
    }
    done
}
