//! Caches, broken in one place.

use crate::broken::{broken, edited};
use crate::sample::*;
use crate::whole::{compiled, findings};
use pipec_ir::*;

fn cache(path: &str, key_file: &str) -> Cache {
    Cache { path: path.to_owned(), key_file: key_file.to_owned(), origin: Origin::default() }
}

/// A gate with legs and an artefact with caches, and a deploy. The deploy may not have a cache.
fn cached() -> Build {
    let mut build = Build::new("cached", vec![push(&["main"]), pull_request(&["main"])]);
    build.pipeline.triggers.push(Trigger::Tag(vec![glob("v*")], Origin::default()));
    build.stage("commit", Condition::Always);
    let mut unit = body(vec![run("make test")], &[]);
    unit.directory = Some(("tools".to_owned(), Origin::default()));
    unit.caches = vec![cache("~/.cargo/registry", "Cargo.lock"), cache("target", "Cargo.lock")];
    unit.shards = Some((2, Origin::default()));
    build.node("unit", gate("test", &[]), unit, &[]);
    let mut app = body(vec![run("make")], &[]);
    app.caches = vec![cache("~/.cargo/registry", "Cargo.lock")];
    build.node("app", artefact(ArtefactType::Binary, &["app"]), app, &[]);
    build.stage("release", Condition::Branch(glob("main")));
    let steps = body(vec![run("./deploy.sh")], &["app"]);
    build.node("deploy-app-to-production", deploy(&["app"], "production"), steps, &["unit"]);
    build.environment("production", Tier::Production);
    build
}

#[test]
fn a_pipeline_with_caches_is_proven() {
    let build = cached();
    let findings = findings(&build, &compiled(&build));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// The model rejects what the compiler refuses earlier.
#[test]
fn a_cache_in_a_dangerous_job_is_detected() {
    let secret = || Secret { variable: "TOKEN".to_owned(), file: false, origin: Origin::default() };
    let aws = || Identity { provider: Provider::Aws, role: "r".to_owned(), origin: Origin::default() };
    let harms: [&dyn Fn(&mut Body); 3] = [
        &|body| body.rights = vec![(Right::Releases, Origin::default())],
        &|body| body.secrets = vec![secret()],
        &|body| body.identities = vec![aws()],
    ];
    for harm in harms {
        let mut build = cached();
        harm(&mut build.pipeline.nodes[0].body);
        let findings = findings(&build, &compiled(&build));
        assert!(findings.iter().any(|line| line.contains("though it has rights or secrets")), "{findings:?}");
    }
}

const FETCH: &str = "actions/cache/restore@27d5ce7f107fe9357f9df03efb73ab90386fccae";

broken! {
    a_pull_request_that_keeps_a_cache: cached {
        "app": " && github.event_name == 'push' && github.ref_type == 'branch'" => ""
    } "runs the step `Keep the cache of ~/.cargo/registry` where it may not";
    a_tag_that_keeps_a_cache: cached {
        "app": " && github.ref_type == 'branch'" => ""
    } "runs the step `Keep the cache of ~/.cargo/registry` where it may not";
    a_cache_kept_though_its_scripts_failed: cached {
        "app": "if: ${{ steps.cache.outputs.cache-primary-key" => "if: ${{ !cancelled() && steps.cache.outputs.cache-primary-key"
    } "where it may not";
    a_cache_of_another_node: cached {
        "app": "key: pipec-cached/app-" => "key: pipec-cached/unit-"
    } "its caches are not those of the source";
    a_cache_that_all_legs_share: cached {
        "unit": "key: pipec-cached/unit.${{ matrix.shard }}-" => "key: pipec-cached/unit-"
    } "its caches are not those of the source";
    a_cache_for_every_machine: cached {
        "app": "${{ runner.os }}-${{ runner.arch }}-" => ""
    } "its caches are not those of the source";
    a_cache_whatever_its_key: cached {
        "app": "${{ hashFiles('Cargo.lock') }}" => "latest"
    } "its caches are not those of the source";
    a_cache_keyed_by_another_file: cached {
        "unit": "-${{ hashFiles('tools/Cargo.lock') }}" => "-${{ hashFiles('Cargo.lock') }}"
    } "its caches are not those of the source";
    a_cache_that_is_nearly_it: cached {
        "app": "          path: ~/.cargo/registry\n" => "          path: ~/.cargo/registry\n          restore-keys: pipec-\n"
    } "an action is given `restore-keys`";
    a_cache_of_another_path: cached {
        "app": "          path: ~/.cargo/registry\n" => "          path: ~\n"
    } "its caches are not those of the source";
    a_cache_kept_under_another_key: cached {
        "app": "key: ${{ steps.cache.outputs.cache-primary-key }}" => "key: pipec-cached/unit"
    } "its caches are not those of the source";
    a_cache_that_is_never_kept: cached {
        "unit": "uses: actions/cache/save@" => "uses: actions/cache/restore@"
    } "in another order";
    a_cache_that_nobody_asked_for: cached {
        "deploy-app-to-production": "      - name: Check out\n" => &format!("      - name: Fetch\n        id: cache\n        uses: {FETCH}\n        with:\n          path: a\n          key: b\n      - name: Check out\n")
    } "its caches are not those of the source";
    a_cache_by_a_tag: cached {
        "app": FETCH => "actions/cache/restore@v5"
    } "no pinned action";
    a_cache_that_takes_the_place_of_the_checkout: cached {
        "app": "      - name: Check out\n" => &format!("      - name: Fetch\n        id: cache\n        uses: {FETCH}\n        with:\n          path: a\n          key: b\n      - name: Check out\n")
    } "in another order";
    a_job_with_a_cache_that_may_write: cached {
        "app": "contents: read" => "contents: write"
    } "though it has rights or secrets";
}
