//! Names on GitHub: the file, and results of jobs.

use pipec_ir::Pipeline;

/// The workflow's file, in `.github/workflows`.
pub(super) fn file_name(pipeline: &Pipeline) -> String {
    match pipeline.emits.get("github") {
        Some((name, _)) => name.clone(),
        None => format!("{}.yml", pipeline.name),
    }
}

/// The result of a job in `needs`, as an operand.
pub(super) fn result_of(job: &str) -> String {
    ["needs.", job, ".result"].concat()
}
