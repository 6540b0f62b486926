//! An independent model of GitHub Actions: reads emitted bytes back as GitHub would and lifts them to data that names no
//! engine, on which a prover proves what was proven on the source. It is written from the engine's documented behaviour and
//! shares no code with the emitter.
//!
//! What it can't interpret exactly may be anything, so what depends on it can't be proven; what it does not know is refused.
//!
//! Two layers, the second knowing the first: `read` (what is written) and `meaning` (what it does in a run).

mod meaning;
mod model;
mod read;
mod surroundings;

pub use model::{Workflow, read};

/// What GitHub reads in a text, so that this reading can be compared with others'; or why it reads nothing.
pub fn read_as_json(text: &str) -> Result<serde_json::Value, String> {
    match read::yaml::read(text) {
        Ok(root) => Ok(root.json()),
        Err(unreadable) => Err(format!("line {}: {}", unreadable.line, unreadable.reason)),
    }
}
