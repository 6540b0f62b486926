//! Each theorem is proved on its own.
//!
//! A broken part of an output breaks the theorems about it, and no other.

use crate::broken::edited;
use crate::one_pipeline;
use crate::sample::{Build, shop};
use crate::torn_down::site;
use pipec_claims::{Theorem, TheoremId};
use pipec_ir::GeneratedFile;

fn files(build: &Build) -> Vec<GeneratedFile> {
    one_pipeline::emit(&build.program, &build.pipeline, false).files
}

fn proved(build: &Build, files: &[GeneratedFile]) -> Vec<Theorem> {
    one_pipeline::verify(&build.program, &build.pipeline, files).proved.to_vec()
}

/// The theorems that are lost after an edit of a file. Each has its environment or gate.
fn lost(build: &Build, place: usize, job: &str, from: &str, to: &str) -> Vec<(TheoremId, String)> {
    let mut files = files(build);
    let before = proved(build, &files);
    files[place].text = edited(&files[place].text, job, from, to);
    let after = proved(build, &files);
    assert!(after.iter().all(|theorem| before.contains(theorem)), "{after:?}");
    let lost = before.into_iter().filter(|theorem| !after.contains(theorem));
    lost.map(|theorem| (theorem.id(), theorem.environment().unwrap_or_default().to_owned())).collect()
}

fn of_all(names: &[TheoremId]) -> Vec<(TheoremId, String)> {
    names.iter().map(|name| (*name, String::new())).collect()
}

const PRODUCTION: &str = "deploy-app-to-production";

#[test]
fn a_broken_lock_breaks_the_theorems_about_the_lock_of_its_environment() {
    let lost = lost(&shop(), 0, PRODUCTION, "group: pipec-deploy-production/shop", "group: other");
    let of_production = |name: TheoremId| (name, "production".to_owned());
    assert_eq!(lost, [TheoremId::Lock, TheoremId::NeverBackwards].map(of_production));
}

#[test]
fn another_machine_breaks_only_the_machines() {
    let lost = lost(&shop(), 0, "unit", "runs-on: ubuntu-24.04", "runs-on: ubuntu-latest");
    assert_eq!(lost, of_all(&[TheoremId::Machines]));
}

#[test]
fn a_right_too_many_breaks_the_authority_of_jobs() {
    let lost = lost(&shop(), 0, "unit", "contents: read", "contents: write");
    assert_eq!(lost, of_all(&[TheoremId::LeastAuthority, TheoremId::UntrustedEmpty]));
}

#[test]
fn a_job_that_starts_too_early_breaks_the_order() {
    let lost = lost(
        &shop(),
        0,
        "deploy-app-to-staging",
        "needs.unit.result == 'success'",
        "(needs.unit.result == 'success' || needs.unit.result == 'failure')",
    );
    assert_eq!(lost, of_all(&[TheoremId::Order, TheoremId::StartsOnlyWhenDue]));
}

#[test]
fn what_the_model_can_not_read_breaks_everything() {
    let build = shop();
    let all = proved(&build, &files(&build));
    let lost = lost(&build, 0, "", "\njobs:\n", "\nenv: {}\njobs:\n");
    assert_eq!(lost.len(), all.len());
}

#[test]
fn a_teardown_that_runs_another_script_leaves_the_deploys_proved() {
    let build = site();
    let all = proved(&build, &files(&build));
    let lost = lost(&build, 1, "teardown-preview", "./remove.sh", "./keep.sh");
    assert!(lost.contains(&(TheoremId::Teardown, "preview".to_owned())), "{lost:?}");
    assert!(!lost.contains(&(TheoremId::Order, String::new())), "{lost:?}");
    assert!(lost.len() < all.len());
}

#[test]
fn a_deploy_that_the_sweep_can_not_find_breaks_its_teardown() {
    let to = "name: Still wanted by pull request 7";
    let lost = lost(&site(), 0, "deploy-pages-to-preview", "name: Check out", to);
    assert!(lost.contains(&(TheoremId::Teardown, "preview".to_owned())), "{lost:?}");
    assert!(!lost.contains(&(TheoremId::Machines, String::new())), "{lost:?}");
}

#[test]
fn a_missing_file_breaks_everything() {
    let build = site();
    let files = files(&build);
    assert_eq!(proved(&build, &files[..1]), []);
    assert_eq!(proved(&build, &files[1..]), []);
}
