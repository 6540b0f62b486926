//! Checks scripts from real projects. The case files are readable: each case begins with `## title | role | variables
//! that the program defines`. Below are the script and its findings, marked under the text:
//!
//! ```text
//! npm test || true
//!          ^^^^^^^ P0901
//! ```
//!
//! A case whose role ends with `!` also shows message, help and replacement. A script without such lines must give no
//! finding.

use std::collections::BTreeSet;
use std::ops::Range;

use pipec_base::Severity;
use proptest::prelude::*;

use super::{Finding, ScriptContext, ScriptRole, check, parser};

struct Case {
    title: String,
    role: ScriptRole,
    full: bool,
    defined: BTreeSet<String>,
    script: String,
    drawn: String,
}

fn cases(text: &str) -> Vec<Case> {
    text.split("\n## ").skip(1).map(case).collect()
}

fn case(block: &str) -> Case {
    let (head, body) = block.split_once('\n').expect("a case has a script");
    let mut head = head.split('|').map(str::trim);
    let title = head.next().unwrap_or_default().to_owned();
    let role = head.next().unwrap_or("gate");
    let defined = head.next().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    let drawn = format!("{}\n", body.trim_end());
    let script = drawn.lines().filter(|line| !is_drawn(line)).map(|line| format!("{line}\n")).collect();
    let full = role.ends_with('!');
    let role = match role.trim_end_matches('!') {
        "gate" => ScriptRole::Gate,
        "artefact" => ScriptRole::Artefact,
        "deploy" => ScriptRole::Deploy,
        "job" => ScriptRole::Job,
        other => panic!("{title}: no role {other}"),
    };
    Case { title, role, full, defined, script, drawn }
}

fn is_drawn(line: &str) -> bool {
    let line = line.trim_start();
    ["^", "= ", "? ", "-> "].iter().any(|mark| line.starts_with(mark))
}

fn draw(script: &str, findings: &[Finding], full: bool) -> String {
    let mut drawn = String::new();
    let mut start = 0;
    for line in script.split_inclusive('\n') {
        drawn.push_str(line);
        let end = start + line.len();
        for finding in findings.iter().filter(|finding| (start..end).contains(&finding.range.start)) {
            let width = |range: Range<usize>| script.get(range).expect("between characters").chars().count();
            let before = width(start..finding.range.start);
            let shown = finding.range.end.min(start + line.trim_end_matches('\n').len());
            let carets = width(finding.range.start..shown);
            drawn.push_str(&format!("{}{} {}", " ".repeat(before), "^".repeat(carets), finding.code));
            if finding.severity == Severity::Warning {
                drawn.push_str(" warning");
            }
            drawn.push('\n');
            if full {
                drawn.push_str(&format!("    = {}\n    ? {}\n", finding.message, finding.help));
                if let Some(replacement) = &finding.replacement {
                    let shown = if replacement.is_empty() { "(nothing)" } else { replacement };
                    drawn.push_str(&format!("    -> {shown}\n"));
                }
            }
        }
        start = end;
    }
    drawn
}

fn findings(case: &Case) -> Vec<Finding> {
    check(&case.script, &ScriptContext { role: case.role, name: "unit", defined: &case.defined })
}

/// Runs every case of a file and reports all differences.
fn run(text: &str) -> Vec<Case> {
    let cases = cases(text);
    assert!(!cases.is_empty());
    let differing: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let found = draw(&case.script, &findings(case), case.full);
            (found != case.drawn).then(|| format!("## {}\n{found}", case.title))
        })
        .collect();
    assert!(differing.is_empty(), "these give something else:\n\n{}", differing.join("\n"));
    cases
}

#[test]
fn scripts_of_real_services_give_no_finding() {
    let cases = run(include_str!("cases/good.txt"));
    for case in &cases {
        assert_eq!(case.script, case.drawn, "{} is no good script", case.title);
        assert!(parser::parse(&case.script).is_ok(), "{} is not understood", case.title);
    }
}

#[test]
fn swallowed_failures_are_found() {
    run(include_str!("cases/failures.txt"));
}

#[test]
fn shells_with_disabled_options_are_found() {
    run(include_str!("cases/shell.txt"));
}

#[test]
fn rebuilds_in_deploys_are_found() {
    run(include_str!("cases/rebuild.txt"));
}

#[test]
fn movable_images_are_found_in_deploys() {
    run(include_str!("cases/moving.txt"));
}

#[test]
fn undefined_variables_are_found() {
    run(include_str!("cases/variables.txt"));
}

#[test]
fn expressions_and_variables_of_engines_are_found() {
    run(include_str!("cases/engine.txt"));
}

#[test]
fn each_kind_of_finding_says_what_is_wrong_and_what_to_do() {
    run(include_str!("cases/messages.txt"));
}

#[test]
fn unclear_scripts_get_no_guesses() {
    for case in run(include_str!("cases/unclear.txt")) {
        assert!(parser::parse(&case.script).is_err(), "{} is understood", case.title);
    }
}

#[test]
fn at_least_half_of_the_cases_are_good_scripts() {
    let count = |text| cases(text).len();
    let good = count(include_str!("cases/good.txt"));
    let others = [
        include_str!("cases/failures.txt"),
        include_str!("cases/shell.txt"),
        include_str!("cases/rebuild.txt"),
        include_str!("cases/variables.txt"),
        include_str!("cases/engine.txt"),
        include_str!("cases/messages.txt"),
        include_str!("cases/unclear.txt"),
    ];
    let clean = |text: &str| cases(text).iter().filter(|case| case.script == case.drawn).count();
    let all = good + others.iter().map(|text| count(text)).sum::<usize>();
    let good = good + others.iter().map(|text| clean(text)).sum::<usize>();
    assert!(all >= 150 && good * 2 >= all, "{good} of {all} are good scripts");
}

fn sound(script: &str, role: ScriptRole) {
    let defined = BTreeSet::from(["APP_PATH".to_owned(), "WEB_REF".to_owned()]);
    for finding in check(script, &ScriptContext { role, name: "unit", defined: &defined }) {
        assert!(script.get(finding.range.clone()).is_some(), "{:?} in {script:?}", finding.range);
        assert!(finding.range.start < finding.range.end || script.is_empty(), "nothing meant in {script:?}");
        assert!(!finding.message.contains('\n') && !finding.help.is_empty());
    }
}

fn role() -> impl Strategy<Value = ScriptRole> {
    prop::sample::select(vec![ScriptRole::Gate, ScriptRole::Artefact, ScriptRole::Deploy, ScriptRole::Job])
}

/// Random sequences of shell fragments. Far more of them reach deep into the parser than arbitrary text would.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "npm test",
        " || true",
        " && ",
        "; ",
        "\n",
        " | ",
        " & ",
        "(",
        ")",
        "((",
        "))",
        "$(",
        "$((",
        "${",
        "}",
        "{ ",
        "[[ ",
        " ]]",
        "'",
        "\"",
        "`",
        "\\",
        "$",
        "$'",
        "if ",
        " then ",
        " else ",
        " fi",
        "while ",
        " do ",
        " done",
        "for x in ",
        "case x in ",
        "a) ",
        ";;",
        " esac",
        "<<EOF\n",
        "EOF\n",
        "<<-'E'\n",
        "#",
        "é",
        "𝄞",
        "$FO",
        "${X:-",
        "${{ github.sha }}",
        "$(params.x)",
        "$[[ inputs.x ]]",
        "set +e",
        "docker build .",
        "export X=",
        "X=(",
        "[",
        "]",
        "bash -c ",
        "f() ",
        "! ",
        "=~ ",
        "wait",
        "$GITHUB_ENV",
        "exit 0",
        "\t",
        ">",
        "2>&1",
        "{fd}>",
        "\r",
        "\0",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_checked_with_ranges_between_characters(script in "\\PC{0,200}", role in role()) {
        sound(&script, role);
    }

    #[test]
    fn any_shell_fragments_are_checked_with_ranges_between_characters(
        script in pieces(),
        role in role(),
    ) {
        sound(&script, role);
    }

    #[test]
    fn quoted_words_are_not_commands(text in "[a-z |&;<>()!#=]{0,60}") {
        let script = format!("echo '{text}'\n");
        prop_assert!(parser::parse(&script).is_ok());
        let defined = BTreeSet::new();
        let found = check(&script, &ScriptContext { role: ScriptRole::Deploy, name: "web", defined: &defined });
        prop_assert_eq!(found, Vec::new());
    }
}

#[test]
fn every_prefix_of_a_good_script_is_checked() {
    for case in cases(include_str!("cases/good.txt")) {
        for (end, _) in case.script.char_indices().step_by(11) {
            sound(case.script.get(..end).expect("between characters"), case.role);
        }
    }
}

#[test]
fn unlimited_nesting_is_unclear() {
    for open in ["(", "$(", "{ ", "${X:-", "if ", "((", "$((", "\"$(", "f() { ", "while "] {
        sound(&open.repeat(20_000), ScriptRole::Gate);
    }
    let deep = format!("{}true{}", "$(".repeat(70), ")".repeat(70));
    assert!(parser::parse(&deep).is_ok());
}

/// A length at which quadratic work would take minutes.
const LONG: usize = 150_000;

#[test]
fn a_long_script_is_read_in_linear_time() {
    let pieces = [
        "npm test || true\n",
        "npm test || true && ",
        "$",
        "${{",
        "a[",
        "[[[[",
        "$((",
        "x=(a)=(b)",
        "sh -o ",
        "# comment ${{ x }}\n",
        "echo $UNKNOWN_1 \"$(date)\" 'text' `date`\n",
        "cat <<EOF\n$HOME\nEOF\n",
        "{ x; }\n",
        "A=$A ",
        "\\\n",
        "sudo ",
        "! grep -q x y\n",
        "export A=$(npm x)\n",
    ];
    for piece in pieces {
        sound(&piece.repeat(LONG / piece.len()), ScriptRole::Deploy);
    }
    let names: String =
        (0..10_000).map(|number| format!("echo \"$NAME_{number}\"; OTHER_{number}=1\n")).collect();
    sound(&names, ScriptRole::Gate);
    let calls: String = (0..10_000).map(|number| format!("f_{number}() {{ f_{}; }}\n", number + 1)).collect();
    sound(&format!("{calls}{}", "f_0 || exit 1\n".repeat(10_000)), ScriptRole::Gate);
    let body = "echo x\n".repeat(20_000);
    sound(&format!("f() {{\n{body}}}\n{}", "f || exit 1\n".repeat(10_000)), ScriptRole::Gate);
    let within = "f\n".repeat(10_000);
    sound(&format!("f() {{\n{body}}}\ng() {{\n{within}}}\ng || exit 1\n"), ScriptRole::Gate);
}
