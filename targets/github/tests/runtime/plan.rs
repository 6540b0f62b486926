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
