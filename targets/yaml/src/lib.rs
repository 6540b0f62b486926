//! Writes YAML that every dialect reads as the same tree.
//!
//! YAML 1.1 readers (Psych, PyYAML), YAML 1.2 core readers (npm `yaml`) and the reader of Kubernetes
//! (`sigs.k8s.io/yaml`) return the same tree for a written [`Document`]. A string is plain only if no dialect gives it
//! another type or meaning. Scripts are literal blocks; if a reader could misread the block, they are double-quoted
//! with escapes. A document that some dialect can't represent is a [`WriteError`].
//!
//! ```
//! use pipec_yaml::{Document, Mapping, Node, Sequence};
//!
//! let root = Mapping::new()
//!     .entry("name", "hello")
//!     .bare_key("on", Mapping::new().entry("push", Mapping::new().entry("branches", Sequence::flow(["main"]))))
//!     .blank_before()
//!     .entry("run", Node::script("cargo test --locked\n"))
//!     .trailing_comment("the lock file is committed");
//! let text = pipec_yaml::write(&Document::new(root).header("generated"))?;
//! assert_eq!(
//!     text,
//!     "# generated\nname: hello\n\non:\n  push:\n    branches: [main]\nrun: | # the lock file is committed\n  cargo test --locked\n"
//! );
//! # Ok::<(), pipec_yaml::WriteError>(())
//! ```

mod comment;
mod error;
mod node;
mod scalar;
mod write;

pub use error::{Cause, WriteError};
pub use node::{Document, Entry, Item, Mapping, Node, Sequence, Style, Text};
pub use write::{write, write_with_entries};
