//! The history of a shop, and the decisions of its plan.

use crate::bench::{Bench, Done};

pub const RUNS: &str = "repos/acme/shop/actions/workflows/shop.yml/runs";

/// A repository with a commit, and a plan that decides most kinds of facts.
pub fn shop() -> Bench {
    let bench = Bench::new()
        .with("WORKFLOW", "shop.yml")
        .with("SOURCES", "shop.pipe\n.github/workflows/shop.yml")
        .with("CHANGES", "schema ^migrations/.*$\ndocs ^docs/.*$\ndocs ^[^/]*\\.md$\ncode ^docs/build/.*$")
        .with(
            "FACTS",
            "changed-schema changed-kind schema\nchanged-docs changed-kind docs\nchanged-code changed-kind code\n\
             changed-odd changed-glob ^odd/.*$\nbranch-is-main branch ^main$\nbranch-is-release branch ^release/[^/]*$\n\
             tag-is-v tag ^v[^/]*$",
        );
    bench.shell("git init -q -b main");
    bench.write("shop.pipe", "pipeline shop");
    bench.write("src/main.c", "int main;");
    bench.write("migrations/1.sql", "create");
    bench
}

pub fn green(bench: &Bench, commits: &[&str]) {
    let run = |commit: &&str| {
        format!(
            r#"{{"head_sha": "{commit}", "head_branch": "main", "event": "push", "conclusion": "success"}}"#
        )
    };
    let runs: Vec<String> = commits.iter().map(run).collect();
    bench.answer(RUNS, &format!(r#"{{"workflow_runs": [{}]}}"#, runs.join(",")));
}

/// The facts about changes that are true.
pub fn changed(done: &Done) -> Vec<&str> {
    assert!(done.success, "{}", done.log);
    let holding =
        done.outputs.iter().filter(|(name, value)| name.starts_with("changed-") && *value == "true");
    holding.map(|(name, _)| name.strip_prefix("changed-").unwrap()).collect()
}

pub const ALL: [&str; 4] = ["code", "docs", "odd", "schema"];
