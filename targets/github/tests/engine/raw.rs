//! Raw steps, broken in one place.
//!
//! A break is another step, input or script than in the source, or a secret that the raw steps could steal.

use crate::broken::{broken, edited};
use crate::sample::{Build, body, exempt, gate, origin, pull_request, push, run};
use crate::whole::{compiled, findings};
use pipec_ir::{
    Basis, Binding, Condition, EngineBlock, EngineInput, EngineStep, Exemption, Expectation, Fact,
    GeneratedFile, InputForm, Measure, Operator, Pins, Text, Threshold,
};

fn input(key: &str, value: Text, form: InputForm) -> EngineInput {
    EngineInput { key: key.to_owned(), value, form, origin: origin(), value_origin: origin() }
}

fn binding(variable: &str, value: Text) -> Binding {
    Binding { variable: variable.to_owned(), value, origin: origin() }
}

fn call(name: Option<&str>, action: &str, inputs: Vec<EngineInput>) -> EngineStep {
    EngineStep::Action { name: name.map(str::to_owned), action: action.to_owned(), inputs, origin: origin() }
}

/// A gate with an action for its toolchain, between two scripts.
fn raw() -> Build {
    let mut build = Build::new("raw", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    let version = Fact::StepOutput { step: "node".to_owned(), output: "node-version".to_owned() };
    let steps = vec![
        EngineStep::Env(binding("LOG", Text::literal("debug"))),
        call(
            Some("node"),
            "actions/setup-node@v7",
            vec![
                input("node-version", Text::literal("22"), InputForm::String),
                input("check-latest", Text::literal("true"), InputForm::Boolean),
            ],
        ),
        EngineStep::Env(binding("NODE", Text::fact(version))),
        EngineStep::Run(run("echo \"$NODE\"")),
        call(
            None,
            "actions/checkout@v7",
            vec![
                input("path", Text::literal("more"), InputForm::String),
                input("persist-credentials", Text::literal("false"), InputForm::Boolean),
                input("ref", Text::fact(Fact::CommitShort), InputForm::String),
            ],
        ),
    ];
    let mut work = body(vec![run("make first"), run("make test")], &[]);
    work.engines = vec![EngineBlock {
        target: "github".to_owned(),
        because: "node comes from an action".to_owned(),
        steps,
        position: 1,
        origin: origin(),
    }];
    let kind = exempt(gate("test", &[]), Exemption::OnFork, "no runners for forks");
    build.node("unit", kind, work, &[]);
    build
}

#[test]
fn raw_steps_of_the_source_are_proven() {
    let build = raw();
    let good = compiled(&build);
    assert_eq!(findings(&build, &good), Vec::<String>::new());
    let places: Vec<usize> = ["make first", "id: raw-node", "echo \"$NODE\"", "path: more", "make test"]
        .iter()
        .map(|text| good.text.find(text).unwrap_or_else(|| panic!("no {text} in {}", good.text)))
        .collect();
    assert!(places.is_sorted(), "{}", good.text);
    assert!(good.text.contains("steps.facts.outputs.commit-short"), "{}", good.text);
}

/// A step that reads a report runs after all steps that may write it.
#[test]
fn raw_steps_after_a_measure() {
    let mut build = raw();
    let unit = build.pipeline.nodes.first_mut().unwrap();
    unit.body.steps.pop();
    let row = Expectation {
        key: "p95".to_owned(),
        operator: Operator::Less,
        threshold: Threshold::Number("300".to_owned()),
        basis: Basis::Value,
        origin: origin(),
    };
    unit.body.measures =
        vec![Measure { file: "load.json".to_owned(), expectations: vec![row], origin: origin() }];
    let good = compiled(&build);
    assert_eq!(findings(&build, &good), Vec::<String>::new());
    let starts: Vec<usize> = good.text.match_indices("\n      - name: ").map(|(start, _)| start).collect();
    let call =
        starts.iter().rposition(|start| good.text.get(*start..).unwrap().contains("path: more")).unwrap();
    let [from, to] = [call, call + 1].map(|place| *starts.get(place).unwrap());
    let part = |from: usize, to: usize| good.text.get(from..to).unwrap();
    let step = part(from, to);
    let measure = part(to, good.text.len());
    let is_end = |at: &usize| !measure.get(at + 4..).unwrap().starts_with(' ');
    let end = to + measure.match_indices("\n\n  ").map(|(at, _)| at).find(is_end).unwrap();
    let text = format!("{}{}{step}{}", part(0, from), part(to, end), part(end, good.text.len()));
    assert!(text.find("EXPECTATIONS").unwrap() < text.find("path: more").unwrap(), "{text}");
    let findings = findings(&build, &GeneratedFile { text, ..good });
    assert!(
        findings.iter().any(|line| line.contains("the source asks for no such step")),
        "{}",
        findings.join("\n")
    );
}

/// A gate with an action that runs its input as code.
fn with_script(value: Text) -> Build {
    let mut build = raw();
    let unit = build.pipeline.nodes.first_mut().unwrap();
    let block = unit.body.engines.first_mut().unwrap();
    block.steps.push(call(None, "actions/github-script@v8", vec![input("script", value, InputForm::String)]));
    build
}

#[test]
fn a_value_of_the_run_in_an_input_that_is_code() {
    let good = compiled(&with_script(Text::literal("core.notice(1)")));
    assert_eq!(findings(&with_script(Text::literal("core.notice(1)")), &good), Vec::<String>::new());
    let text = good.text.replace("script: core.notice(1)", "script: ${{ github.run_number }}");
    assert_ne!(text, good.text);
    let findings = findings(&with_script(Text::fact(Fact::RunNumber)), &GeneratedFile { text, ..good });
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        findings.iter().any(|line| line.contains("a value of the run is part of `script`")),
        "{findings:?}"
    );
}

/// The raw gate, if `pipec.lock` has a version that the catalogue does not have.
fn locked() -> Build {
    let mut build = raw();
    let own = "[[action]]\nname = \"actions/setup-node\"\nversion = \"v7.99.0\"\n\
               commit = \"1111111111111111111111111111111111111111\"\noutputs = [\"node-version\"]\n\n[action.inputs]\n\
               node-version = \"string\"\ncheck-latest = \"boolean\"\n";
    build.program.lock = Pins::read(own).unwrap();
    build
}

#[test]
fn the_lock_takes_precedence_for_versions() {
    let build = locked();
    let good = compiled(&build);
    assert_eq!(findings(&build, &good), Vec::<String>::new());
    assert!(
        good.text.contains("setup-node@1111111111111111111111111111111111111111 # v7.99.0"),
        "{}",
        good.text
    );
}

/// The raw gate, if `pipec.lock` has another commit for an action that pipec itself calls.
fn own_calls_locked() -> Build {
    let mut build = raw();
    let own = "[[action]]\nname = \"actions/checkout\"\nversion = \"v99.0.0\"\n\
               commit = \"2222222222222222222222222222222222222222\"\n\n[action.inputs]\n\
               fetch-depth = \"integer\"\npersist-credentials = \"boolean\"\n";
    build.program.lock = Pins::read(own).unwrap();
    build
}

#[test]
fn the_lock_pins_pipecs_own_calls() {
    let build = own_calls_locked();
    let good = compiled(&build);
    assert_eq!(findings(&build, &good), Vec::<String>::new());
    assert!(
        good.text.contains("actions/checkout@2222222222222222222222222222222222222222 # v99.0.0"),
        "{}",
        good.text
    );
}

broken! {
    a_commit_that_neither_the_lock_nor_pipec_knows: own_calls_locked {
        "unit": "2222222222222222222222222222222222222222" => "3333333333333333333333333333333333333333"
    } "is no pinned action that is known";
    the_commit_that_the_lock_replaced: locked {
        "unit": "1111111111111111111111111111111111111111" => "820762786026740c76f36085b0efc47a31fe5020"
    } "is not what `actions/setup-node@v7` calls";
    another_action: raw {
        "unit": "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020"
            => "actions/setup-python@820762786026740c76f36085b0efc47a31fe5020"
    } "is not what `actions/setup-node@v7` calls";
    another_commit: raw {
        "unit": "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020"
            => "actions/setup-node@0000000000000000000000000000000000000000"
    } "is not what `actions/setup-node@v7` calls";
    trap_22_a_tag_for_a_commit: raw {
        "unit": "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020" => "actions/setup-node@v7"
    } "is not what `actions/setup-node@v7` calls";
    another_major: raw {
        "unit": "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020"
            => "actions/setup-node@249970729cb0ef3589644e2896645e5dc5ba9c38"
    } "is not what `actions/setup-node@v7` calls";
    another_value_of_an_input: raw {
        "unit": "node-version: \"22\"" => "node-version: \"20\""
    } "is given another `node-version`";
    one_more_input: raw {
        "unit": "node-version: \"22\"" => "node-version: \"22\"\n          token: ${{ github.token }}"
    } "is given another `token`";
    an_input_left_out: raw {
        "unit": "          check-latest: true\n" => ""
    } "more or fewer inputs";
    kept_credentials_in_a_raw_checkout: raw {
        "unit": "path: more\n          persist-credentials: false" => "path: more\n          persist-credentials: true"
    } "is given another `persist-credentials`";
    another_raw_script: raw {
        "unit": "run: echo \"$NODE\"" => "run: echo \"$NODE\" && echo evil"
    } "a raw step runs another script";
    another_variable_of_a_raw_script: raw {
        "unit": "NODE: ${{ steps.raw-node.outputs.node-version }}\n        run" => "NODE: ${{ github.token }}\n        run"
    } "`NODE` is something else in its scripts";
    one_more_variable_of_a_raw_action: raw {
        "unit": "LOG: debug\n        uses" => "LOG: debug\n          TOKEN: ${{ github.token }}\n        uses"
    } "are given `TOKEN`";
    a_secret_beside_raw_steps: raw {
        "unit": "LOG: debug\n        uses" => "LOG: ${{ secrets.TOKEN }}\n        uses"
    } "raw steps would meet a secret";
    an_environment_beside_raw_steps: raw {
        "unit": "    permissions:" => "    environment:\n      name: production\n    permissions:"
    } "raw steps would meet an identity or an environment";
    more_rights_beside_raw_steps: raw {
        "unit": "contents: read" => "contents: write"
    } "contents";
    a_raw_step_that_may_fail: raw {
        "unit": "id: raw-node" => "id: raw-node\n        continue-on-error: true"
    } "ignores the failure of a step";
    a_raw_step_that_need_not_run: raw {
        "unit": "id: raw-2\n        if: ${{ " => "id: raw-2\n        if: ${{ github.ref == 'refs/heads/x' && "
    } "is green without the step";
    a_raw_step_twice: raw {
        "unit": "      - name: make test" => "      - name: Call again\n        id: raw-9\n        uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020\n      - name: make test"
    } "the source asks for no such step";
    a_raw_step_without_its_name: raw {
        "unit": "id: raw-node" => "id: raw-other"
    } "has another name";
    raw_steps_elsewhere: raw {
        "unit": "run: make first" => "run: make test"
    } "the source asks for no such step";
}
