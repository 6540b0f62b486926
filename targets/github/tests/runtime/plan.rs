//! Runs the plan on git histories and answers of the API.

use crate::scripts::PLAN;
use crate::shop::*;

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
    let asked = std::fs::read_to_string(bench.path("gh/asked")).unwrap();
    assert!(asked.contains("-f branch=main -f event=push -f status=success -F per_page=100"));
}

#[test]
fn later_rules_win_and_other_paths_are_code() {
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

/// The facts about changes that hold if the second commands follow the first in a commit of their own.
fn changed_between(first: &str, second: &str) -> Vec<String> {
    let bench = shop();
    bench.shell(first);
    let before = bench.commit();
    bench.shell(second);
    bench.commit();
    green(&bench, &[&before]);
    changed(&bench.run(PLAN)).into_iter().map(str::to_owned).collect()
}

/// Commands that make a submodule, or commit something in it.
fn submodule(path: &str) -> String {
    format!("git init -q {path} && git -C {path} commit -q --allow-empty -m next")
}

#[test]
fn anything_below_a_submodule_or_a_link_that_is_pointed_elsewhere_has_changed() {
    let moved = |path: &str| changed_between(&submodule(path), &submodule(path));
    assert_eq!(moved("odd"), ["code", "docs", "odd"], "a Markdown file of the top level may be anywhere");
    assert_eq!(moved("migrations/lib"), ["code", "docs", "schema"]);
    assert_eq!(moved("lib"), ["code", "docs"]);
    let folders = "mkdir -p one two && touch one/x two/x";
    let linked = |first: &str, second: &str| changed_between(&format!("{folders} && {first}"), second);
    assert_eq!(linked("ln -s one odd", "ln -sfn two odd"), ["code", "docs", "odd"]);
    assert_eq!(linked("ln -s one odd", "rm odd && mkdir odd && cp two/x odd"), ["code", "docs", "odd"]);
    assert_eq!(linked("mkdir odd && touch odd/x", "rm -r odd && ln -s two odd"), ["code", "docs", "odd"]);
    assert_eq!(linked("true", &submodule("odd")), ["code", "docs", "odd"], "added");
    assert_eq!(linked("touch odd", "chmod +x odd"), ["code"], "a file has nothing below it");
}

#[test]
fn what_a_link_leads_to_is_the_link_too() {
    let linked = |links: &str, change: &str| {
        changed_between(&format!("mkdir -p lib/deep && touch lib/deep/x lib/y && {links}"), change)
    };
    let odd = ["code", "docs", "odd"];
    assert_eq!(linked("ln -s lib odd", "echo 1 > lib/deep/x"), odd, "a file below the folder");
    assert_eq!(linked("ln -s lib/deep odd", "rm lib/deep/x"), odd, "a file that is gone");
    assert_eq!(linked("mkdir odd && ln -s ../lib/y odd/y", "echo 1 > lib/y"), odd, "a file");
    assert_eq!(linked("ln -s lib b && ln -s b/deep odd", "echo 1 > lib/deep/x"), odd, "a link to a link");
    assert_eq!(linked("ln -s sub/folder odd", &submodule("sub")), odd, "a folder of a submodule");
    assert_eq!(linked("ln -s lib/deep odd", "echo 1 > lib/y"), ["code"], "beside it");
    assert_eq!(linked("ln -s ../../outside odd", "echo 1 > lib/y"), ["code"], "out of the repository");
    assert_eq!(linked("ln -s odd odd", "echo 1 > lib/y"), ["code"], "to itself");
}

#[test]
fn unknown_changes_count_as_all_changes() {
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
    assert!(done.log.contains("Everything counts as changed: this was a forced push"), "{}", done.log);
}

#[test]
fn green_runs_of_branches_with_other_case_do_not_count() {
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
fn a_changed_source_discards_earlier_runs() {
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
fn a_pull_request_is_compared_with_its_merge_base() {
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
