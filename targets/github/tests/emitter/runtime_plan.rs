//! Runs the plan.

use crate::bench::Bench;
use crate::scripts::*;
use crate::shop::*;
use pipec_logic::Glob;

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
            pairs.push_str(&format!("{}\0{path}\0", glob.expression()));
            expected.push(if glob.matches(path) { '1' } else { '0' });
        }
    }
    let bench = Bench::new();
    bench.write("pairs", pairs);
    let script = "export LC_ALL=C.UTF-8\nwhile IFS= read -r -d '' expression && IFS= read -r -d '' path; do \
         if [[ $path =~ $expression ]]; then printf 1; else printf 0; fi; done < pairs\n";
    let done = bench.run(script);
    assert!(done.success, "{}", done.log);
    for (index, (found, wanted)) in done.log.chars().zip(expected.chars()).enumerate() {
        let (glob, path) = (&globs[index / paths.len()], paths[index % paths.len()]);
        assert_eq!(found, wanted, "`{glob}` and {path:?}");
    }
    assert_eq!(done.log.len(), expected.len());
}

#[test]
fn names_are_those_of_tags_schedules_and_manual_runs() {
    let of = |event: &str, ty: &str, reference: &str| {
        let bench = shop();
        let first = bench.commit();
        bench.commit();
        green(&bench, &[&first]);
        let bench =
            bench.with("GITHUB_EVENT_NAME", event).with("GITHUB_REF_TYPE", ty).with("GITHUB_REF", reference);
        bench.run(PLAN_NAMES)
    };
    let tag = of("push", "tag", "refs/tags/v1");
    assert_eq!((tag.output("tag-is-v"), tag.output("branch-is-main")), ("true", "false"));
    let schedule = of("schedule", "branch", "refs/heads/main");
    assert_eq!(schedule.output("branch-is-main"), "true");
    let manual = of("workflow_dispatch", "branch", "refs/heads/release/1");
    assert_eq!((manual.output("branch-is-release"), manual.output("tag-is-v")), ("true", "false"));
}

#[test]
fn tags_schedules_and_manual_runs_have_no_baseline() {
    for (event, ty) in [("push", "tag"), ("schedule", "branch"), ("workflow_dispatch", "branch")] {
        let bench = shop().with("GITHUB_EVENT_NAME", event).with("GITHUB_REF_TYPE", ty);
        bench.commit();
        let done = bench.run(PLAN);
        assert_eq!(changed(&done), ALL, "{event}");
        assert_eq!(done.output("unknown"), "a tag, a schedule or a manual run has nothing to compare with");
    }
}

#[test]
fn trap_11_a_manual_run_on_a_tag_is_refused() {
    let bench = shop().with("GITHUB_EVENT_NAME", "workflow_dispatch").with("GITHUB_REF_TYPE", "tag");
    bench.commit();
    let done = bench.with("GITHUB_REF_NAME", "main").run(OF_A_BRANCH);
    assert!(!done.success && done.log.contains("a manual run starts from a branch, not from the tag main"));
}

#[test]
fn inputs_are_compared_with_their_case() {
    let of = |value: &str, event: &str| {
        let bench = Bench::new()
            .with("GITHUB_EVENT_NAME", event)
            .with("INPUT_SIZE", value)
            .with("FACTS", "input-size-is-large input SIZE Large one");
        bench.run(PLAN_NAMES).output("input-size-is-large").to_owned()
    };
    assert_eq!(of("Large one", "workflow_dispatch"), "true");
    assert_eq!(of("large one", "workflow_dispatch"), "false");
    assert_eq!(of("Large one", "push"), "false");
}
