//! Sidecars, broken in one place.

use crate::broken::{broken, edited};
use crate::sample::*;
use crate::whole::{compiled, findings};
use pipec_ir::*;

fn origin() -> Origin {
    Origin::default()
}

/// A gate with a database, and one in a container.
pub fn sidecars() -> Build {
    let binding =
        |variable: &str, value: Text| Binding { variable: variable.to_owned(), value, origin: origin() };
    let ready = Action { steps: vec![run("pg_isready")], env: Vec::new(), origin: origin() };
    let postgres = Sidecar {
        name: "postgres".to_owned(),
        image: "postgres:17-alpine".to_owned(),
        port: Some(5432),
        at: None,
        env: vec![binding("POSTGRES_DB", Text::literal("shop")), binding("C", Text::fact(Fact::CommitSha))],
        ready: Some(ready),
        origin: origin(),
    };
    let mut build = Build::new("sidecars", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    let mut unit = body(vec![run("make test")], &[]);
    unit.sidecars = vec![postgres.clone()];
    build.node("unit", gate("test", &[]), unit, &[]);
    let mut boxed = body(vec![run("make test")], &[]);
    boxed.runner.image = Some(("node:22-alpine".to_owned(), origin()));
    boxed.sidecars = vec![Sidecar { ready: None, ..postgres.clone() }];
    let mut fixed = body(vec![run("make test")], &[]);
    fixed.sidecars = vec![Sidecar { at: Some(15_432), ..postgres }];
    build.node("boxed", gate("test", &[]), boxed, &[]);
    build.node("fixed", gate("test", &[]), fixed, &[]);
    build
}

#[test]
fn a_pipeline_with_sidecars_is_proven() {
    let build = sidecars();
    let findings = findings(&build, &compiled(&build));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

broken! {
    trap_22_a_sidecar_by_a_tag: sidecars {
        "unit": "postgres:17-alpine@sha256:742f40ea20b9ff2ff31db5458d127452988a2164df9e17441e191f3b72252193" => "postgres:17-alpine"
    } "other services run next to it";
    a_sidecar_that_is_called_otherwise: sidecars {
        "unit": "SIDECAR: postgres" => "SIDECAR: mysql"
    } "sidecar";
    a_sidecar_of_another_name: sidecars {
        "unit": "      postgres:\n" => "      mysql:\n"
    } "other services run next to it";
    a_sidecar_that_nobody_asked_for: sidecars {
        "unit": "    services:\n" => "    services:\n      spy:\n        image: spy\n"
    } "other services run next to it";
    a_sidecar_with_options: sidecars {
        "unit": "        ports: [\"5432\"]\n" => "        ports: [\"5432\"]\n        options: --privileged\n"
    } "other services run next to it";
    a_sidecar_with_volumes: sidecars {
        "unit": "        ports: [\"5432\"]\n" => "        ports: [\"5432\"]\n        volumes: [\"/:/host\"]\n"
    } "other services run next to it";
    a_sidecar_without_a_port: sidecars {
        "unit": "        ports: [\"5432\"]\n" => ""
    } "other services run next to it";
    a_sidecar_at_another_port: sidecars {
        "fixed": "ports: [\"15432:5432\"]" => "ports: [\"5432:5432\"]"
    } "other services run next to it";
    a_sidecar_at_any_port_where_one_is_asked_for: sidecars {
        "fixed": "ports: [\"15432:5432\"]" => "ports: [\"5432\"]"
    } "other services run next to it";
    a_sidecar_at_a_port_that_nobody_asked_for: sidecars {
        "unit": "ports: [\"5432\"]" => "ports: [\"5432:5432\"]"
    } "other services run next to it";
    scripts_told_another_port: sidecars {
        "fixed": "POSTGRES_PORT: \"15432\"" => "POSTGRES_PORT: \"5432\""
    } "`POSTGRES_PORT` is something else";
    a_sidecar_told_a_secret: sidecars {
        "unit": "POSTGRES_DB: shop" => "POSTGRES_DB: ${{ secrets.DATABASE }}"
    } "passes on a secret";
    a_sidecar_told_something_else: sidecars {
        "unit": "POSTGRES_DB: shop" => "POSTGRES_DB: shops"
    } "other services run next to it";
    a_sidecar_that_is_not_awaited: sidecars {
        "unit": "          READY: pg_isready" => "          READY: \"true\""
    } "does not wait for its sidecars";
    another_container_that_is_asked: sidecars {
        "unit": "CONTAINER: ${{ job.services.postgres.id }}" => "CONTAINER: ${{ job.container.id }}"
    } "does not wait for its sidecars";
    a_wait_that_is_passed_over: sidecars {
        "unit": "      - name: Wait for postgres\n" => "      - name: Wait for postgres\n        if: ${{ github.event_name == 'schedule' }}\n"
    } "is green without the step";
    a_wait_that_gives_up_in_silence: sidecars {
        "unit": "            exit 1\n" => "            exit 0\n"
    } "the source asks for no such step";
    another_port: sidecars {
        "unit": "POSTGRES_PORT: ${{ job.services.postgres.ports['5432'] }}" => "POSTGRES_PORT: \"5432\""
    } "`POSTGRES_PORT` is something else";
    another_host: sidecars {
        "boxed": "POSTGRES_HOST: postgres" => "POSTGRES_HOST: 127.0.0.1"
    } "`POSTGRES_HOST` is something else";
}
