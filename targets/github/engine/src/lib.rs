//! An independent model of GitHub Actions.
//!
//! It reads emitted bytes back as GitHub would, and lifts them to data that names no engine. A prover then proves on
//! this data what was proven on the source. The model is written from the engine's documented behaviour and shares no
//! code with the emitter.
//!
//! A part that it can't interpret exactly may have any value, so nothing that depends on it can be proven. A part that
//! it does not know is refused. For example, `if: ${{ failure() || github.ref == 'refs/heads/main' }}` becomes a
//! proposition over the outcomes of earlier jobs and the branch.
//!
//! It has two layers. The second may use the first: `read` (the text of a workflow) and `meaning` (its effect in a
//! run).

mod meaning;
mod model;
mod read;
mod surroundings;

pub use model::{Workflow, read};

/// The data that GitHub reads from a text, for comparison with other readers.
///
/// # Errors
/// The reason why GitHub does not read it.
pub fn read_as_json(text: &str) -> Result<serde_json::Value, String> {
    match read::yaml::read(text) {
        Ok(root) => Ok(root.json()),
        Err(unreadable) => Err(format!("line {}: {}", unreadable.line, unreadable.reason)),
    }
}
