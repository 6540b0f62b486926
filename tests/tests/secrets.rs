//! Secrets reach only the variables of nodes that may have them.
//!
//! In the language, this is checked for every place of a value; in the output, for every place of an engine's
//! expression.

#![expect(clippy::expect_used, reason = "a helper that panics fails its test")]

use pipec_ir::{NodeKind, Program};
use pipec_tests::cases::compile;
use pipec_tests::grammar::bnf::{Bnf, Extent};
use pipec_tests::grammar::ebnf::{self, Grammar};
use pipec_tests::workflows::{Built, build, corpus, lines};
use std::collections::BTreeSet;
use std::path::Path;

/// The place of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Top,
    Pipeline,
    Stage,
    Gate,
    Image,
    Archive,
    Job,
    Deploy,
    /// In the environment with the secret.
    Environment,
    OtherEnvironment,
    /// Before the body of a stage.
    Condition,
}

/// The values that a place accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// Any expression, but no secret.
    Expression,
    /// A text with interpolations.
    Text,
    /// Any expression, including a secret.
    Variable,
}
use Holds::{Expression, Text, Variable};
use Slot::{
    Archive, Condition, Deploy, Environment, Gate, Image, Job, OtherEnvironment, Pipeline, Stage, Top,
};

/// The places of the grammar. Each has the rule and the word before the value, its slot, its accepted values, and a
/// clause with `@` for the value.
const PLACES: &[(&str, Slot, Holds, &str)] = &[
    ("let let", Top, Expression, "let leak = @"),
    ("setting at", Top, Expression, "setting leak: string at \"LEAK\" = @"),
    (
        "parameter",
        Top,
        Expression,
        "task idle(what: string = @) -> test { run \"make\" }\npipeline q { on push to main stage s { gate g: test = idle() } }",
    ),
    (
        "parameter",
        Top,
        Expression,
        "pipeline f(what: string = @) { on push to main env A = what stage s { gate g: test { run \"make\" } } }\npipeline q = f()",
    ),
    (
        "call",
        Top,
        Expression,
        "pipeline f(what: string) { on push to main env A = what stage s { gate g: test { run \"make\" } } }\npipeline q = f(what: @)",
    ),
    (
        "call",
        Top,
        Expression,
        "task idle(what: int) -> test { env A = what run \"make\" }\npipeline q { on push to main stage s { gate g: test = idle(what: @) } }",
    ),
    ("call", Stage, Expression, "deploy app to production = texts(what: @)"),
    ("call", Stage, Expression, "deploy app to production = paths(what: @)"),
    ("call", Stage, Expression, "deploy app to production = numbers(what: @)"),
    ("call", Stage, Expression, "deploy app to production = lists(what: @)"),
    ("call", Stage, Expression, "deploy app to production = words(what: @)"),
    ("call", Stage, Expression, "deploy app to production = durations(what: @)"),
    ("call", Stage, Expression, "deploy app to production = flags(what: @)"),
    ("call", Stage, Variable, "deploy app to production = held(token: @)"),
    ("call", Stage, Variable, "deploy app to production = handed(token: @)"),
    ("call", Stage, Expression, "deploy app to production = written(token: @)"),
    ("call", Stage, Expression, "deploy app to production = listed(token: @)"),
    ("call", Stage, Expression, "deploy app to production = handed-as-text(token: @)"),
    ("call", Stage, Expression, "deploy app to production = timed(token: @)"),
    ("call", Stage, Expression, "deploy app to production = placed(token: @)"),
    ("identity identity", Gate, Text, "identity oidc @"),
    ("identity identity", Environment, Text, "identity oidc @"),
    ("pipeline-clause protect", Pipeline, Text, "protect @"),
    ("pipeline-clause tag", Pipeline, Text, "protect tag @"),
    ("pipeline-clause budget", Pipeline, Expression, "budget @"),
    ("pipeline-clause change", Pipeline, Text, "change config @"),
    ("trigger to", Pipeline, Text, "on push to @"),
    ("trigger to", Pipeline, Text, "on pull-request to @"),
    ("trigger tag", Pipeline, Text, "on tag @"),
    ("input input", Pipeline, Expression, "on manual { input ring: string = @ }"),
    ("default env", Pipeline, Expression, "env LEAK = @"),
    ("default in", Pipeline, Text, "in @"),
    ("default in", Stage, Text, "in @"),
    ("default in", Deploy, Text, "in @"),
    ("default env", Gate, Expression, "env LEAK = @"),
    ("default env", Archive, Expression, "env LEAK = @"),
    ("default env", Image, Expression, "env LEAK = @"),
    ("default env", Job, Expression, "env LEAK = @"),
    ("default env", Deploy, Variable, "env HELD = @"),
    (
        "default env",
        Deploy,
        Variable,
        "shift { env HELD = @ run \"./s.sh\" } strategy canary { step 5% soak 1m } rollback run \"./r.sh\"",
    ),
    ("default env", Deploy, Variable, "verify { env HELD = @ run \"./v.sh\" }"),
    ("default env", Deploy, Variable, "rollback { env HELD = @ run \"./r.sh\" }"),
    ("default env", Gate, Expression, "matrix { one { env LEAK = @ } two { env LEAK = \"b\" } }"),
    (
        "default env",
        Environment,
        Expression,
        "tier ephemeral per pull-request ttl 1h teardown { env LEAK = @ run \"./t.sh\" }",
    ),
    ("stage-clause budget", Stage, Expression, "budget @"),
    ("fact is", Condition, Text, "branch is @"),
    ("fact is", Condition, Text, "tag is @"),
    ("fact changed", Condition, Text, "changed @"),
    ("body-clause path", Archive, Text, "path @"),
    ("body-clause name", Image, Text, "name @"),
    ("body-clause timeout", Deploy, Expression, "timeout @"),
    ("body-clause timeout", Gate, Expression, "timeout @"),
    ("body-clause report", Deploy, Text, "report junit @"),
    ("body-clause keep", Deploy, Text, "keep @ on failure"),
    ("body-clause measure", Gate, Text, "measure @ { expect auc >= 0.8 }"),
    ("cache cache", Gate, Text, "cache @ keyed by \"Cargo.lock\""),
    ("cache by", Gate, Text, "cache \"target\" keyed by @"),
    ("body-clause shard", Gate, Expression, "shard @"),
    ("body-clause changed", Gate, Text, "exempt unless changed @ because \"there is nothing to judge\""),
    ("sidecar-clause image", Deploy, Expression, "sidecar db { image @ port 5432 }"),
    ("sidecar-clause env", Gate, Expression, "sidecar db { image \"postgres:17\" port 5432 env LEAK = @ }"),
    ("sidecar-clause env", Deploy, Expression, "sidecar db { image \"postgres:17\" port 5432 env LEAK = @ }"),
    (
        "engine-step env",
        Gate,
        Expression,
        "engine github because \"it is there\" { env LEAK = @ run \"make\" }",
    ),
    (
        "arguments",
        Gate,
        Expression,
        "engine github because \"it is there\" { action \"actions/checkout\"(ref: @) }",
    ),
    ("environment-clause url", Environment, Text, "url @"),
    ("environment-clause url", OtherEnvironment, Text, "url @"),
    ("environment-clause value", Environment, Expression, "value LEAK = @"),
    ("environment-clause value", OtherEnvironment, Expression, "value LEAK = @"),
    (
        "runner-clause image",
        Top,
        Expression,
        "runner r { image @ }\npipeline q { on push to main runs on r stage s { gate g: test { run \"make\" } } }",
    ),
];

const TASKS: &str = r#"
task texts(what: string) -> deploy { env A = what run "./d.sh" }
task paths(what: path) -> deploy { env A = what run "./d.sh" }
task numbers(what: int) -> deploy { env A = what run "./d.sh" }
task lists(what: list<string>) -> deploy { run "./d.sh" }
task words(what: "a" | "b") -> deploy { env A = what run "./d.sh" }
task durations(what: duration) -> deploy { timeout what run "./d.sh" }
task flags(what: bool) -> deploy { env A = what run "./d.sh" }
task held(token: secret) -> deploy { env A = token run "./d.sh" }
task probe(token: secret) -> deploy { env B = token run "./v.sh" }
task handed(token: secret) -> deploy { run "./d.sh" verify = probe(token: token) }
task written(token: secret) -> deploy { env A = $"x {token}" run "./d.sh" }
task listed(token: secret) -> deploy { env A = [token] run "./d.sh" }
task spelled(what: string) -> deploy { env B = what run "./v.sh" }
task handed-as-text(token: secret) -> deploy { run "./d.sh" verify = spelled(what: token) }
task timed(token: secret) -> deploy { timeout token run "./d.sh" }
task placed(token: secret) -> deploy { in $"{token}" run "./d.sh" }
"#;

/// A program with a clause in a slot.
fn program(slot: Slot, clause: &str) -> String {
    let at = |wanted: Slot, otherwise: &'static str| if slot == wanted { clause } else { otherwise };
    let when = if slot == Condition { format!("when {clause}") } else { String::new() };
    let script = if clause.starts_with("shift") { "" } else { "run \"./d.sh\"" };
    let deploy = if clause.starts_with("deploy ") {
        String::new()
    } else {
        format!("deploy app to production {{ {script} {} }}", at(Deploy, ""))
    };
    format!(
        "{TASKS}
pipeline p {{
  {trigger}
  {pipeline}
  stage commit {{
    gate unit: test {{ run \"make test\" {gate} }}
    artefact app: archive {{ run \"make\" {archive} }}
    artefact web: image {{ run \"make image\" {image} }}
    job tidy {{ run \"make tidy\" {job} }}
  }}
  stage release {when} {{
    {stage}
    {deploy}
  }}
}}
environment production {{ tier {tier} secret TOKEN {environment} }}
environment other {{ tier staging {other} }}
{top}
",
        trigger = if clause.starts_with("on push") { "" } else { "on push to main" },
        pipeline = at(Pipeline, ""),
        gate = at(Gate, ""),
        archive = at(Archive, "path \"dist/**\""),
        image = if slot == Image && clause.starts_with("name") {
            clause.to_owned()
        } else {
            format!("name \"ghcr.io/acme/web\" {}", at(Image, ""))
        },
        job = at(Job, ""),
        stage = at(Stage, ""),
        tier = "production",
        environment = at(Environment, ""),
        other = at(OtherEnvironment, ""),
        top = at(Top, ""),
    )
    .replace("tier production secret TOKEN tier ephemeral", "secret TOKEN tier ephemeral")
}

fn codes(text: &str) -> Vec<String> {
    let compilation = compile(&[("main.pipe".to_owned(), text.to_owned())]);
    compilation.diagnostics.iter().map(|finding| finding.code.to_string()).collect()
}

/// The rules whose uses are places for a value.
const VALUES: [&str; 5] = ["expression", "text", "texts", "reference", "references"];

/// Every rule of the grammar with each word that may come before a value. Planned forms are not included.
fn places_of_the_grammar() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler/docs/grammar.md");
    let page = std::fs::read_to_string(path).expect("the grammar");
    let grammar = Grammar::read_page(&page).expect("a grammar");
    let built = Bnf::new(&grammar, Extent::Built).expect("a grammar");
    let mut places = BTreeSet::new();
    for rule in &grammar.rules {
        let left = built.nonterminal(&rule.name);
        let is_built = left.is_some_and(|left| built.productions_of(left).next().is_some());
        if is_built && !VALUES.contains(&rule.name.as_str()) {
            add_places(&rule.name, &rule.body, "", &mut places);
        }
    }
    places
}

/// Adds the places of a part of a rule. Returns the last word of the part, or the word before it.
fn add_places<'e>(
    rule: &str,
    part: &'e ebnf::Expression,
    before: &'e str,
    places: &mut BTreeSet<String>,
) -> &'e str {
    match part {
        ebnf::Expression::Quoted(text) if text.starts_with(char::is_alphabetic) => text,
        ebnf::Expression::Quoted(_) => before,
        ebnf::Expression::Named(name) => {
            if VALUES.contains(&name.as_str()) {
                places.insert(format!("{rule} {before}").trim().to_owned());
            }
            before
        }
        ebnf::Expression::Sequence(parts) => {
            parts.iter().fold(before, |before, part| add_places(rule, part, before, places))
        }
        ebnf::Expression::Choice(parts) => {
            let words: Vec<&str> = parts.iter().map(|part| add_places(rule, part, before, places)).collect();
            words.last().copied().unwrap_or(before)
        }
        ebnf::Expression::Optional(inner) | ebnf::Expression::Repeated(inner) => {
            add_places(rule, inner, before, places);
            before
        }
        ebnf::Expression::Planned(_) | ebnf::Expression::Reserved(_) => before,
    }
}

#[test]
fn every_place_of_the_grammar_is_tried() {
    let tried: BTreeSet<String> = PLACES.iter().map(|(place, ..)| (*place).to_owned()).collect();
    assert_eq!(
        places_of_the_grammar(),
        tried,
        "give each place of the grammar a row, and each row its place"
    );
}

#[test]
fn a_secret_is_refused_in_every_forbidden_place() {
    let mut wrong = Vec::new();
    for (place, slot, holds, clause) in PLACES {
        let secret = "production.TOKEN";
        let written = format!("$\"x-{{{secret}}}\"");
        let listed = format!("[{secret}]");
        let tried: &[&str] = match holds {
            Text => &[&written],
            Expression | Variable => &[secret, &written, &listed],
        };
        for value in tried {
            let text = program(*slot, &clause.replace('@', value));
            let found = codes(&text);
            let refused = found.iter().any(|code| code.starts_with("P06"));
            let allowed = *holds == Variable && *value == secret;
            if refused == allowed || found.iter().any(|code| code.starts_with("P00")) {
                wrong.push(format!("{place}: {slot:?}: `{}`: {found:?}", clause.replace('@', value)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} places\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn refusals_are_due_to_the_secret() {
    let blamed: Vec<&str> = PLACES
        .iter()
        .filter(|(_, slot, _, clause)| {
            let found = codes(&program(*slot, &clause.replace('@', "\"x\"")));
            found.iter().any(|code| code.starts_with("P06"))
        })
        .map(|(_, _, _, clause)| *clause)
        .collect();
    // These tasks leak their arguments, and declare a secret as a parameter.
    let leaking = blamed.iter().filter(|clause| !clause.contains("(token: @)"));
    assert_eq!(leaking.collect::<Vec<_>>(), [&""; 0]);
}

/// The secrets that a job of the output may see. They are those of its deploy's environment, or its node's own and its
/// registry's, which its environment holds.
fn may_see(program: &Program, pipeline: &str, job: &str, environment: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let pipeline = program.pipelines.iter().find(|it| it.name == pipeline).expect("the pipeline of a file");
    let Some(node) = pipeline.node_named(job) else {
        // The teardown of a pull request's preview uses the secrets of the environment.
        let torn_down = job.strip_prefix("teardown-").filter(|name| *name == environment);
        let known = torn_down.and_then(|name| program.environments.get(name));
        let known = known.filter(|known| known.teardown.is_some());
        all.extend(known.into_iter().flat_map(|known| &known.secrets).map(|secret| secret.variable.clone()));
        return all;
    };
    if let NodeKind::Deploy(deploy) = &node.kind {
        if deploy.environment == environment
            && let Some(known) = program.environments.get(environment)
        {
            all.extend(known.secrets.iter().map(|secret| secret.variable.clone()));
        }
    } else if environment == format!("{}-{}", pipeline.name, node.name) {
        all.extend(node.body.secrets.iter().map(|secret| secret.variable.clone()));
        if let NodeKind::Artefact(artefact) = &node.kind
            && let Some((image, _)) = &artefact.image_name
            && let Some(registry) = program.registry_of(image)
        {
            all.extend(registry.secrets().into_iter().flatten().map(str::to_owned));
        }
    }
    all
}

/// The expressions between `${{` and `}}`.
fn expressions(value: &str) -> impl Iterator<Item = &str> {
    value.split("${{").skip(1).map(|rest| rest.split("}}").next().unwrap_or(rest))
}

/// Every place in a file where a secret is not allowed. `seen` counts the allowed ones.
fn leaks(built: &Built, seen: &mut usize) -> Vec<String> {
    let mut leaks = Vec::new();
    for output in built.compilation.outputs.iter().filter(|output| output.target == "github") {
        let all = lines(&output.file.text);
        for line in &all {
            let is_run = line.path.last().is_some_and(|key| key == "run");
            if is_run && line.value.contains("${{") {
                leaks.push(format!("{}: an expression in a script: {}", built.name, line.value));
            }
            let is_condition = line.path.last().is_some_and(|key| key == "if");
            let sees = |expression: &str| expression.to_ascii_lowercase().contains("secrets");
            let is_seen = is_condition && sees(&line.value) || expressions(&line.value).any(sees);
            if !is_seen {
                continue;
            }
            let job = line.path.get(1).cloned().unwrap_or_default();
            let environment = all
                .iter()
                .find(|it| {
                    it.is(&["jobs", &job, "environment", "name"])
                        || it.is(&["jobs", &job, "environment"]) && !it.value.is_empty()
                })
                .map_or("", |it| it.value.as_str());
            let allowed = may_see(&built.compilation.program, &output.owner.pipeline, &job, environment);
            let is_held = line.is(&["jobs", "*", "steps", "-", "env", "*"])
                && allowed.iter().any(|name| line.value == format!("${{{{ secrets.{name} }}}}"));
            if is_held {
                *seen += 1;
            } else {
                leaks.push(format!("{}: {} {}", built.name, line.path.join("."), line.value));
            }
        }
    }
    leaks
}

#[test]
fn in_outputs_secrets_are_only_in_variables_of_steps() {
    let corpus = corpus(200);
    let mut seen = 0;
    let all: Vec<String> = corpus.iter().flat_map(|built| leaks(built, &mut seen)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
    assert!(seen >= 50, "only {seen} secrets are handed to a script");
}

#[test]
fn a_misplaced_secret_in_an_output_is_detected() {
    let text = "pipeline p {\n  on push to main\n  stage s {\n    gate unit: test { secret KEY run \"make test\" }\n    gate more: lint { run \"make lint\" }\n  }\n}\n";
    let built = Built { name: "p".to_owned(), compilation: build(text) };
    let mut seen = 0;
    assert_eq!(leaks(&built, &mut seen), [""; 0]);
    assert_eq!(seen, 1);
    let secret = "${{ secrets.KEY }}";
    for (line, other) in [
        ("    name: unit\n", format!("    name: unit {secret}\n")),
        ("    name: unit\n", format!("    name: unit\n    env:\n      KEY: {secret}\n")),
        ("    name: unit\n", format!("    name: unit\n    outputs:\n      key: {secret}\n")),
        ("    name: unit\n", "    name: unit\n    if: secrets.KEY == ''\n".to_owned()),
        ("        run: make test\n", format!("        run: make test {secret}\n")),
        ("secrets.KEY", "secrets.OTHER".to_owned()),
        ("secrets.KEY", "secrets['KEY']".to_owned()),
        ("secrets.KEY", "toJSON(secrets)".to_owned()),
        ("p-unit", "p-more".to_owned()),
    ] {
        let mut broken = built.clone();
        let file = &mut broken.compilation.outputs.first_mut().expect("a file").file;
        assert!(file.text.contains(line), "{line}: {}", file.text);
        let text = file.text.replace(line, &other);
        std::sync::Arc::make_mut(file).text = text;
        let text = file.text.clone();
        assert!(!leaks(&broken, &mut seen).is_empty(), "{text}");
    }
}
