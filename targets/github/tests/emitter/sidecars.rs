//! Sidecars: their golden workflow, refusals, and runs of the script that waits for them.

use crate::bench::{Bench, Done};
use crate::one_pipeline;
use crate::programs::*;
use pipec_ir::*;
use pipec_runtime::{Dialect, Script, Systems};

/// The script that waits for a sidecar.
const READY: &str = Script::Ready.text(Dialect::GitHub, Systems::Linux);

const DIGEST: &str = "@sha256:742f40ea20b9ff2ff31db5458d127452988a2164df9e17441e191f3b72252193";

fn postgres() -> Sidecar {
    Sidecar {
        name: "postgres".to_owned(),
        image: "postgres:17-alpine".to_owned(),
        port: Some(5432),
        at: None,
        env: vec![
            binding("POSTGRES_PASSWORD", Text::literal("x \"${{ y }}\"")),
            binding("COMMIT", Text::fact(Fact::CommitSha)),
        ],
        ready: Some(action(&["pg_isready --quiet && echo \"${{ x }}\""])),
        origin: origin(),
    }
}

fn cache() -> Sidecar {
    let image = format!("registry.example:5000/cache:1{DIGEST}");
    Sidecar {
        name: "my-cache".to_owned(),
        image,
        port: None,
        at: None,
        env: Vec::new(),
        ready: None,
        origin: origin(),
    }
}

fn sidecars() -> Build {
    let mut unit = body(&["make test"]);
    unit.sidecars = vec![postgres(), cache()];
    let mut fixed = body(&["make test"]);
    fixed.sidecars = vec![
        Sidecar { at: Some(5432), ready: None, ..postgres() },
        Sidecar { port: Some(6379), at: Some(16_379), ..cache() },
    ];
    let mut boxed = body(&["make test"]);
    boxed.runner.image = Some(("node:22-alpine".to_owned(), origin()));
    boxed.sidecars = vec![Sidecar { ready: None, ..postgres() }];
    Build::new("sidecars", vec![on_push(&["main"])])
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), unit, &[])
        .node("boxed", NodeKind::Gate(gate("test", &[])), boxed, &[])
        .node("fixed", NodeKind::Gate(gate("test", &[])), fixed, &[])
}

#[test]
fn golden() {
    let build = sidecars();
    insta::assert_snapshot!(build.workflow());
    let found = one_pipeline::verify(&build.program, &build.pipeline, &build.output().files).findings;
    assert!(found.is_empty(), "{found:#?}");
}

fn complaints(change: impl FnOnce(&mut Body)) -> Vec<String> {
    let build = hello().edit("unit", |node| {
        node.body.sidecars = vec![postgres()];
        change(&mut node.body);
    });
    build.complaints()
}

#[test]
fn sidecars_that_github_lacks_are_refused() {
    assert!(complaints(|_| ()).is_empty());
    assert_eq!(
        complaints(|body| body.runner.host = RunnerHost::MacosArm64),
        ["P1101 sidecar `postgres` can't run on github"]
    );
    assert_eq!(
        complaints(|body| body.runner.image = Some(("node:22-alpine".to_owned(), origin()))),
        ["P1101 sidecar `postgres` can't have `ready` if the scripts run in an image on github"]
    );
    assert_eq!(
        complaints(|body| {
            body.runner.image = Some(("node:22-alpine".to_owned(), origin()));
            body.sidecars[0] = Sidecar { at: Some(5432), ready: None, ..postgres() };
        }),
        [
            "P1101 sidecar `postgres` can't use port 5432 of the machine if the scripts run in an image on github"
        ]
    );
    let asked = ["P1101 sidecar `postgres` can have only one script in `ready` on github"];
    assert_eq!(complaints(|body| body.sidecars[0].ready = Some(action(&["a", "b"]))), asked);
    let with_env = |body: &mut Body| {
        let ready = body.sidecars[0].ready.as_mut().unwrap();
        ready.env = vec![binding("A", Text::literal("b"))];
    };
    assert_eq!(complaints(with_env), asked);
    for value in [Text::fact(Fact::CommitShort), Text::literal("a\nb")] {
        assert_eq!(
            complaints(|body| body.sidecars[0].env = vec![binding("A", value)]),
            ["P1101 `A` can't be passed to sidecar `postgres` on github, which starts before the job"]
        );
    }
    assert_eq!(
        complaints(|body| body.sidecars[0].image = "postgres:17.2".to_owned()),
        ["P0703 image `postgres:17.2` has a tag but no digest, so it can change"]
    );
}

/// A replacement of `docker` that accepts the calls of the wait. After enough calls, it runs the script like the
/// sidecar.
const DOCKER: &str = r#"#!/usr/bin/env bash
set -euo pipefail
[[ $1 == exec && $2 == c0ffee && $3 == sh && $4 == -euc && $# == 5 ]]
printf . >> "$GH_FOLDER/asked"
(($(wc -c < "$GH_FOLDER/asked") >= $(cat "$GH_FOLDER/from"))) || { echo "starting up"; exit 1; }
exec sh -euc "$5"
"#;

fn wait(from: &str, script: &str) -> (Bench, Done) {
    let bench = Bench::new().with("SIDECAR", "postgres").with("CONTAINER", "c0ffee").with("READY", script);
    for (name, text) in [("docker", DOCKER), ("sleep", "#!/bin/sh\n")] {
        std::fs::write(bench.path("bin").join(name), text).unwrap();
    }
    bench.shell("chmod +x ../bin/docker ../bin/sleep");
    std::fs::write(bench.path("gh/from"), from).unwrap();
    let done = bench.run(READY);
    (bench, done)
}

#[test]
fn a_job_continues_after_its_sidecar_is_ready() {
    for (from, asked) in [("1", 1), ("4", 4)] {
        let (bench, done) = wait(from, "printf '%s' \"a  $0\" > said # ${{ x }}");
        assert!(done.success && done.log.contains("postgres is ready"), "{}", done.log);
        assert_eq!(std::fs::read_to_string(bench.path("gh/asked")).unwrap().len(), asked);
        assert_eq!(bench.shell("cat said"), "a  sh");
    }
}

#[test]
fn a_sidecar_that_is_never_ready_fails_the_job() {
    let (bench, done) = wait("1", "false; true");
    assert!(!done.success && done.log.contains("postgres was not ready after 60 tries"), "{}", done.log);
    assert_eq!(std::fs::read_to_string(bench.path("gh/asked")).unwrap().len(), 60);
    let (_, done) = wait("1000", "true");
    assert!(!done.success && done.log.contains("starting up"), "{}", done.log);
}
