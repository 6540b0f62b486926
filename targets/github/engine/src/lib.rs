//! An independent model of GitHub Actions: reads emitted bytes back as GitHub would and proves on them what was proven on
//! the source. It is written from the engine's documented behaviour and shares no code with the emitter.
//!
//! What it can't interpret exactly may be anything, so what hangs on it can't be proven; what it does not know is refused.
//!
//! Three layers, each knowing only those before it: `read` (what is written), `meaning` (what it does in a run), `proof`
//! (whether that is what the source says).

mod meaning;
mod proof;
mod read;

pub use proof::verify;

/// What GitHub reads in a text, so that this reading can be compared with others'; or why it reads nothing.
pub fn read_as_json(text: &str) -> Result<serde_json::Value, String> {
    match read::yaml::read(text) {
        Ok(root) => Ok(root.json()),
        Err(unreadable) => Err(format!("line {}: {}", unreadable.line, unreadable.reason)),
    }
}
