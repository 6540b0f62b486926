//! The plan, run for real.

use crate::bench::{Bench, Done};
use pipec_logic::Glob;

const GLOB: &str =
    concat!(include_str!("../../src/runtime/digest.sh"), include_str!("../../src/runtime/glob.sh"));
const PLAN: &str = concat!(
    include_str!("../../src/runtime/digest.sh"),
    include_str!("../../src/runtime/glob.sh"),
    include_str!("../../src/runtime/plan.sh")
);
const RUNS: &str = "repos/acme/shop/actions/workflows/shop.yml/runs";

#[test]
fn globs_mean_in_bash_what_they_mean_to_the_compiler() {
    let globs = [
        "a",
        "*",
        "**",
        "?",
        "a*",
        "*a",
        "**/a",
        "a/**",
        "a/**/b",
        "**/*.md",
        "*.md",
        "docs/**",
        "docs/*",
        "a**b",
        "a***b",
        "a/**/**/b",
        "**/**",
        "a?b",
        "a/?",
        "é?",
        "?é",
        "??",
        "a.b",
        "a+b",
        "(a)",
        "a|b",
        "^a$",
        "a{2}",
        "a$",
        "a b",
        " a",
        "#a",
        "**a",
        "a/**b",
        "*/*",
        "?/**",
        "a-b",
        "~",
        "@x",
        "'a'",
        "\"",
        "&",
        ";",
        "%",
        "release/*",
        "v*.*.*",
    ];
    let globs: Vec<Glob> = globs.iter().filter_map(|text| Glob::parse(text).ok()).collect();
    assert!(globs.len() > 40, "all but the one with braces");
    let paths = [
        "a",
        "b",
        "ab",
        "aab",
        "axb",
        "a/b",
        "a/x/b",
        "a/x/y/b",
        "a/a",
        "x/a",
        "x/y/a",
        "README.md",
        "docs/a.md",
        "docs/x/a.md",
        "docs",
        "docs/",
        ".md",
        "a.md",
        "é",
        "éa",
        "aé",
        "éé",
        "日本",
        "a.b",
        "a+b",
        "aab+",
        "(a)",
        "a|b",
        "^a$",
        "aa",
        "a$",
        "a b",
        " a",
        "#a",
        "ba",
        "a/bb",
        "x/y",
        "a-b",
        "~",
        "@x",
        "'a'",
        "\"",
        "&",
        ";",
        "%",
        "a\nb",
        "\u{10ffff}",
        "\u{7ff}x",
        "release/1",
        "release/1/2",
        "v1.2.3",
        "A",
        "axxb",
        "a\\b",
        "a*b",
        "*",
    ];
    let mut pairs = String::new();
    let mut expected = String::new();
    for glob in &globs {
        for path in paths {
            pairs.push_str(&format!("{glob}\0{path}\0"));
            expected.push(if glob.matches(path) { '1' } else { '0' });
        }
    }
    let bench = Bench::new();
    bench.write("pairs", pairs);
    let script = format!(
        "{GLOB}\nwhile IFS= read -r -d '' glob && IFS= read -r -d '' path; do translate \"$glob\"; \
         if [[ $path =~ $expression ]]; then printf 1; else printf 0; fi; done < pairs\n"
    );
    let done = bench.run(&script);
    assert!(done.success, "{}", done.log);
    for (index, (found, wanted)) in done.log.chars().zip(expected.chars()).enumerate() {
        let (glob, path) = (&globs[index / paths.len()], paths[index % paths.len()]);
        assert_eq!(found, wanted, "`{glob}` and {path:?}");
    }
    assert_eq!(done.log.len(), expected.len());
}

/// A repository with a commit, and a plan that asks for most there is.
fn shop() -> Bench {
    let bench = Bench::new()
        .with("WORKFLOW", "shop.yml")
        .with("SOURCES", "shop.pipe\n.github/workflows/shop.yml\n")
        .with("CHANGES", "schema migrations/**\ndocs docs/**\ndocs *.md\ncode docs/build/**\n")
        .with(
            "FACTS",
            "changed-schema changed-kind schema\nchanged-docs changed-kind docs\nchanged-code changed-kind code\n\
             changed-odd changed-glob odd/**\nbranch-is-main branch main\nbranch-is-release branch release/*\n\
             tag-is-v tag v*\n",
        );
    bench.shell("git init -q -b main");
    bench.write("shop.pipe", "pipeline shop");
    bench.write("src/main.c", "int main;");
    bench.write("migrations/1.sql", "create");
    bench
}

fn green(bench: &Bench, commits: &[&str]) {
    let run = |commit: &&str| {
        format!(
            r#"{{"head_sha": "{commit}", "head_branch": "main", "event": "push", "conclusion": "success"}}"#
        )
    };
    let runs: Vec<String> = commits.iter().map(run).collect();
    bench.answer(RUNS, &format!(r#"{{"workflow_runs": [{}]}}"#, runs.join(",")));
}

/// The facts about changes that hold.
fn changed(done: &Done) -> Vec<&str> {
    assert!(done.success, "{}", done.log);
    let holding =
        done.outputs.iter().filter(|(name, value)| name.starts_with("changed-") && *value == "true");
    holding.map(|(name, _)| name.strip_prefix("changed-").unwrap()).collect()
}

const ALL: [&str; 4] = ["code", "docs", "odd", "schema"];

#[test]
fn a_push_is_compared_with_the_newest_green_commit_before_it() {
    let bench = shop();
    let first = bench.commit();
    bench.write("migrations/2.sql", "alter");
    let second = bench.commit();
    bench.write("docs/a.txt", "words");
    bench.commit();
    green(&bench, &[&first, &second]);
    assert_eq!(changed(&bench.run(PLAN)), ["docs"]);
    green(&bench, &[&first]);
    assert_eq!(changed(&bench.run(PLAN)), ["docs", "schema"]);
    assert!(bench.asked().contains("-f branch=main -f event=push -f status=success -F per_page=100"));
}

#[test]
fn later_rules_win_and_what_no_rule_claims_is_code() {
    let bench = shop();
    let first = bench.commit();
    bench.write("docs/build/tool.py", "x");
    bench.write("odd/\u{fc}ber weit\n\"quoted\"", "x");
    bench.commit();
    green(&bench, &[&first]);
    assert_eq!(changed(&bench.run(PLAN)), ["code", "odd"]);
}

#[test]
fn a_renamed_file_counts_under_both_names() {
    let bench = shop();
    let first = bench.commit();
    bench.shell("mkdir docs && git mv migrations/1.sql docs/1.sql");
    bench.commit();
    green(&bench, &[&first]);
    assert_eq!(changed(&bench.run(PLAN)), ["docs", "schema"]);
}

#[test]
fn in_doubt_everything_has_changed() {
    let bench = shop();
    let first = bench.commit();
    bench.write("docs/a.txt", "words");
    let second = bench.commit();
    assert_eq!(changed(&bench.run(PLAN)), ALL, "the API failed");
    green(&bench, &[]);
    assert_eq!(changed(&bench.run(PLAN)), ALL, "nothing was green yet");
    green(&bench, &[&second]);
    assert_eq!(changed(&bench.run(PLAN)), ALL, "the commit itself is no baseline");
    bench.answer(RUNS, r#"{"message": "not what was asked for"}"#);
    assert_eq!(changed(&bench.run(PLAN)), ALL, "the API answered something else");
    green(&bench, &[&first]);
    assert_eq!(changed(&bench.run(PLAN)), ["docs"]);
    let bench = bench.event("{\"forced\": true}");
    assert_eq!(changed(&bench.run(PLAN)), ALL, "the push was forced");
    let bench = bench.event("{}");
    assert_eq!(changed(&bench.run(PLAN)), ALL, "the event does not say whether it was");
    let done = bench.run(PLAN);
    assert!(
        done.summary.contains("Everything counts as changed: this was a forced push."),
        "{}",
        done.summary
    );
}

#[test]
fn a_green_run_of_a_branch_that_differs_by_case_is_none() {
    let bench = shop();
    let first = bench.commit();
    bench.write("docs/a.txt", "words");
    bench.commit();
    green(&bench, &[&first]);
    let bench = bench.with("GITHUB_REF_NAME", "Main").with("GITHUB_REF", "refs/heads/Main");
    let done = bench.run(PLAN);
    assert_eq!(changed(&done), ALL);
    assert_eq!(done.output("branch-is-main"), "false");
}

#[test]
fn a_changed_source_makes_earlier_runs_worthless() {
    for source in ["shop.pipe", ".github/workflows/shop.yml"] {
        let bench = shop();
        let first = bench.commit();
        bench.write(source, "changed");
        bench.commit();
        green(&bench, &[&first]);
        assert_eq!(changed(&bench.run(PLAN)), ALL);
    }
}

#[test]
fn a_path_that_is_not_utf8_makes_everything_changed() {
    let bench = shop();
    let first = bench.commit();
    bench.shell("mkdir docs && touch $'docs/\\xff'");
    bench.commit();
    green(&bench, &[&first]);
    assert_eq!(changed(&bench.run(PLAN)), ALL);
}

#[test]
fn tags_schedules_and_manual_runs_have_nothing_to_compare_with() {
    let of = |event: &str, ty: &str, reference: &str| {
        let bench = shop();
        let first = bench.commit();
        bench.commit();
        green(&bench, &[&first]);
        let bench =
            bench.with("GITHUB_EVENT_NAME", event).with("GITHUB_REF_TYPE", ty).with("GITHUB_REF", reference);
        bench.run(PLAN)
    };
    let tag = of("push", "tag", "refs/tags/v1");
    assert_eq!(changed(&tag), ALL);
    assert_eq!((tag.output("tag-is-v"), tag.output("branch-is-main")), ("true", "false"));
    let schedule = of("schedule", "branch", "refs/heads/main");
    assert_eq!(changed(&schedule), ALL);
    assert_eq!(schedule.output("branch-is-main"), "true");
    let manual = of("workflow_dispatch", "branch", "refs/heads/release/1");
    assert_eq!(changed(&manual), ALL);
    assert_eq!((manual.output("branch-is-release"), manual.output("tag-is-v")), ("true", "false"));
}

#[test]
fn trap_11_a_manual_run_on_a_tag_is_refused() {
    let bench = shop().with("GITHUB_EVENT_NAME", "workflow_dispatch").with("GITHUB_REF_TYPE", "tag");
    bench.commit();
    let done = bench.with("GITHUB_REF_NAME", "main").run(PLAN);
    assert!(!done.success && done.log.contains("a manual run starts from a branch, not from the tag main"));
}

#[test]
fn a_pull_request_is_compared_with_where_it_left_its_base() {
    let bench = shop();
    bench.commit();
    bench.shell("git switch -q -c topic");
    bench.write("docs/a.txt", "words");
    let head = bench.commit();
    bench.shell("git switch -q main");
    bench.write("migrations/2.sql", "alter");
    bench.commit();
    bench.shell("git switch -q -c merge && git merge -q --no-ff -m merge topic");
    let event = format!(r#"{{"pull_request": {{"head": {{"sha": "{head}"}}}}}}"#);
    let bench =
        bench.with("GITHUB_EVENT_NAME", "pull_request").with("GITHUB_REF", "refs/pull/7/merge").event(&event);
    let done = bench.run(PLAN);
    assert_eq!(changed(&done), ["docs"], "what came to the base meanwhile is not the pull request's");
    assert_eq!(done.output("branch-is-main"), "false");
    bench.write("migrations/3.sql", "drop");
    bench.shell("git add -A && git commit -q --amend --no-edit");
    assert_eq!(changed(&bench.run(PLAN)), ["docs", "schema"], "what the merge itself brings counts");
    bench.shell("git switch -q topic");
    assert_eq!(changed(&bench.run(PLAN)), ALL, "the head alone is not what was asked for");
}

#[test]
fn a_merge_queue_is_compared_with_its_base() {
    let bench = shop();
    let base = bench.commit();
    bench.write("README.md", "words");
    bench.commit();
    let bench = bench
        .with("GITHUB_EVENT_NAME", "merge_group")
        .with("GITHUB_REF", "refs/heads/gh-readonly-queue/main/pr-1")
        .event(&format!(r#"{{"merge_group": {{"base_sha": "{base}"}}}}"#));
    assert_eq!(changed(&bench.run(PLAN)), ["docs"]);
    let bench = bench.event(r#"{"merge_group": {"base_sha": "0123456789012345678901234567890123456789"}}"#);
    assert_eq!(changed(&bench.run(PLAN)), ALL);
}

#[test]
fn inputs_are_compared_with_their_case() {
    let of = |value: &str, event: &str| {
        let bench = Bench::new()
            .with("GITHUB_EVENT_NAME", event)
            .with("INPUT_SIZE", value)
            .with("FACTS", "input-size-is-large input SIZE Large one\n");
        bench.run(PLAN).output("input-size-is-large").to_owned()
    };
    assert_eq!(of("Large one", "workflow_dispatch"), "true");
    assert_eq!(of("large one", "workflow_dispatch"), "false");
    assert_eq!(of("Large one", "push"), "false");
}
