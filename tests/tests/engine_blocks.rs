//! `engine github` blocks: the meaning of calls of actions, and the findings about wrong calls.

#![expect(clippy::panic, reason = "a helper that panics fails its test")]

use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_syntax::ast::Date;

fn compile(steps: &str) -> Compilation {
    compile_in("gate unit: test", "", steps)
}

fn compile_in(node: &str, clauses: &str, steps: &str) -> Compilation {
    compile_text(format!(
        "pipeline p {{\n  on push to main\n  stage commit {{\n    {node} {{\n      {clauses}\n      engine github because \"tools\" {{\n{steps}\n      }}\n    }}\n  }}\n}}\n"
    ))
}

fn compile_text(text: String) -> Compilation {
    let options = Options {
        standard: &[],
        engines: pipec_targets::engines(),
        targets: pipec_targets::all(),
        today: Date { year: 2026, month: 1, day: 1 },
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    };
    let texts = [InputText { path: "p.pipe".to_owned(), content: Content::Text(text.into()) }];
    Session::new().compile(&texts, &options)
}

/// The only finding: its code, the underlined text, its message, its help and its replacement.
fn finding(steps: &str) -> [String; 5] {
    let compilation = compile(steps);
    let [found] = compilation.diagnostics.as_slice() else { panic!("{:#?}", compilation.diagnostics) };
    let underlined = compilation.sources.text(found.span()).to_owned();
    let help = found.help.clone().unwrap_or_default();
    let fix = found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.text.clone()).collect();
    [found.code.to_string(), underlined, found.message.clone(), help, fix]
}

#[test]
fn impossible_calls_are_reported_at_their_place() {
    let cases = [
        (
            "action \"actions/setup-node\"()",
            [
                "P0704",
                "\"actions/setup-node\"",
                "`actions/setup-node` has no version",
                "write `actions/setup-node@v7.0.0`",
                "\"actions/setup-node@v7.0.0\"",
            ],
        ),
        (
            "action \"actions/setup-node@main\"()",
            [
                "P0704",
                "\"actions/setup-node@main\"",
                "no commit is known for version `main` of `actions/setup-node`",
                "pipec knows `v7.0.0`, `v6.5.0`; add another version to `pipec.lock`, with its commit, inputs and outputs",
                "",
            ],
        ),
        (
            "action \"actions/setup-nod@v7\"()",
            [
                "P0705",
                "\"actions/setup-nod@v7\"",
                "unknown action `actions/setup-nod`",
                "did you mean `actions/setup-node`?",
                "\"actions/setup-node@v7\"",
            ],
        ),
        (
            "action \"actions/setup-node@v7\"(node-verison: \"22\")",
            [
                "P0706",
                "node-verison",
                "`actions/setup-node` v7.0.0 has no input `node-verison`",
                "did you mean `node-version`?",
                "node-version",
            ],
        ),
        (
            "cache = action \"actions/cache@v5\"(path: \"x\", key: \"y\")\nenv HIT = cache.cache-hti\nrun \"echo \\\"$HIT\\\"\"",
            [
                "P0706",
                "env HIT = cache.cache-hti",
                "`actions/cache` has no output `cache-hti`",
                "did you mean `cache.cache-hit`?",
                "",
            ],
        ),
        (
            "action \"actions/cache@v5\"(restore-keys: \"x\")",
            [
                "P0707",
                "\"actions/cache@v5\"",
                "the call of `actions/cache` lacks `key` and `path`",
                "add `key` and `path`: there is no default",
                "",
            ],
        ),
        (
            "action \"actions/checkout@v7\"(persist-credentials: \"false\")",
            [
                "P0708",
                "\"false\"",
                "input `persist-credentials` of `actions/checkout` is a bool",
                "write `true` or `false`, without quotes",
                "false",
            ],
        ),
        (
            "action \"actions/checkout@v7\"(fetch-depth: true)",
            [
                "P0708",
                "true",
                "input `fetch-depth` of `actions/checkout` is a whole number",
                "write it without quotes",
                "",
            ],
        ),
        (
            "action \"actions/github-script@v8\"(script: $\"console.log('{branch.name}')\")",
            [
                "P0709",
                "$\"console.log('{branch.name}')\"",
                "`branch.name` would become part of `script`, which `actions/github-script` executes as code",
                "write `env BRANCH_NAME = branch.name` above the call, and let the code read that variable",
                "",
            ],
        ),
        (
            "action \"actions/github-script@v8\"(script: commit.sha)",
            [
                "P0709",
                "commit.sha",
                "`commit.sha` would become part of `script`, which `actions/github-script` executes as code",
                "write `env COMMIT_SHA = commit.sha` above the call, and let the code read that variable",
                "",
            ],
        ),
    ];
    for (steps, wanted) in cases {
        assert_eq!(finding(steps), wanted, "{steps}");
    }
}

#[test]
fn variables_follow_the_rules_of_nodes() {
    let engines_own = |variable: &str, steps: String, place: String| {
        let message = format!("GitHub defines `{variable}` itself");
        let help = "choose a name that does not begin with `GITHUB_` or `RUNNER_`";
        assert_eq!(finding(&steps), ["P1102", &place, &message, help, ""]);
    };
    for variable in ["GITHUB_ENV", "RUNNER_TEMP", "GITHUB_WORKSPACE"] {
        let binding = format!("env {variable} = \"x\"");
        engines_own(variable, format!("{binding}\nrun \"make\""), binding.clone());
        let around = format!("run \"make\"\n}}\n{binding}\nengine github because \"more\" {{\nrun \"make\"");
        engines_own(variable, around, binding);
    }
    let other =
        "env A = \"2\"\nrun \"echo $A\"\n}\nenv A = \"1\"\nengine github because \"more\" {\nrun \"make\"";
    assert_eq!(
        finding(other),
        ["P0121", "env A = \"2\"", "variable `A` is already used: it is set by `env`", "rename it", ""]
    );
    let again = "env A = \"1\"\nrun \"echo $A\"\nenv A = \"2\"\nrun \"echo $A\"";
    assert_eq!(compile(again).diagnostics, []);
}

#[test]
fn outputs_are_values_later_in_their_block_only() {
    let good =
        "node = action \"actions/setup-node@v7\"()\nenv NODE = node.node-version\nrun \"echo \\\"$NODE\\\"\"";
    let compilation = compile(good);
    assert_eq!(compilation.diagnostics, []);
    let text = &compilation.outputs.first().expect("an output").file.text;
    assert!(text.contains("NODE: ${{ steps.raw-node.outputs.node-version }}"), "{text}");
    let above = "env NODE = node.node-version\nnode = action \"actions/setup-node@v7\"()";
    assert_eq!(finding(above)[0], "P0101");
    let twice = "node = action \"actions/setup-node@v7\"()\nnode = action \"actions/setup-go@v7\"()";
    assert_eq!(finding(twice)[0], "P0102");
    let again = "action \"actions/setup-go@v7\"(go-version: \"1\", go-version: \"2\")";
    assert_eq!(finding(again)[0], "P0108");
    let reserved = compile("env PIPE_X = \"1\"\nrun \"true\"");
    assert!(reserved.diagnostics.iter().any(|it| it.code.to_string() == "P0121"));
}

#[test]
fn no_action_adds_a_cache_to_a_dangerous_node() {
    let cached = "action \"actions/cache@v5\"(path: \"node_modules\", key: \"k\")";
    let by_input = "action \"actions/setup-node@v7\"(node-version: \"22\", cache: \"npm\")";
    let by_default = "action \"Actions/Setup-Node@v7\"(node-version: \"22\")";
    let none = "action \"actions/setup-node@v7\"(node-version: \"22\", package-manager-cache: false)";
    let save = "action \"actions/cache/save@v5\"(path: \"node_modules\", key: \"k\")";
    let findings_of = |clauses: &str, steps: &str| -> Vec<(String, String, String)> {
        let findings_of = |it: &pipec_base::Diagnostic| {
            (it.code.to_string(), it.message.clone(), it.help.clone().unwrap_or_default())
        };
        compile_in("job notes", clauses, steps).diagnostics.iter().map(findings_of).collect()
    };
    for (clauses, steps, message, help) in [
        (
            "may write releases",
            cached,
            "the content of the cache of `actions/cache` could reach the permission to write releases",
            "remove it here; use it in the gates and artefacts before this node",
        ),
        (
            "may write issues",
            by_input,
            "the content of the cache of `actions/setup-node` could reach the permission to write issues",
            "remove `cache` here; use a cache in the gates and artefacts before this node",
        ),
        (
            "report sarif \"x.sarif\"",
            by_default,
            "the content of the cache of `actions/setup-node` could reach code scanning",
            "it has a cache by default: write `package-manager-cache: false`",
        ),
    ] {
        assert_eq!(findings_of(clauses, steps), [("P0606".to_owned(), message.to_owned(), help.to_owned())]);
        assert_eq!(findings_of("", steps), [], "without a right");
    }
    assert_eq!(findings_of("may write issues", none), []);
    assert_eq!(findings_of("may write issues", save), []);
}

#[test]
fn no_raw_steps_run_with_the_push_of_an_image() {
    let compilation = compile_in("artefact web: image", "name \"ghcr.io/acme/web\"", "run \"make image\"");
    let codes: Vec<String> = compilation.diagnostics.iter().map(|it| it.code.to_string()).collect();
    assert_eq!(codes, ["P0605"]);
}

#[test]
fn schedules_that_github_ignores_are_refused() {
    for (times, expected) in [("*/2 * * * *", vec!["P0120"]), ("*/5 * * * *", vec![])] {
        let text = format!(
            "pipeline p {{ on schedule \"{times}\" stage commit {{ gate unit: test {{ run \"make test\" }} }} }}\n"
        );
        let codes: Vec<String> =
            compile_text(text).diagnostics.iter().map(|it| it.code.to_string()).collect();
        assert_eq!(codes, expected, "{times}");
    }
}
