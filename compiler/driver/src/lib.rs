//! Files, the workspace and a compilation session. All input and output of the compiler goes through [`Files`]: a disk,
//! or a memory for tests and editors. [`Session::compile`] itself is a function of texts.

mod assurance;
mod compiled_file;
mod disk;
mod emit;
mod files;
mod findings;
mod fix;
mod input;
mod layout;
mod lock;
mod memory;
mod output;
mod outputs;
mod problem;
mod read;
mod reading;
mod session;
mod standing;
mod transaction;
mod workspace;

pub use assurance::assure;
pub use compiled_file::{CompiledFile, FileOwner};
pub use disk::Disk;
pub use files::{Files, Found, Kind, Staged};
pub use findings::{Counts, Narrowed, narrow, tidy};
pub use fix::{AppliedFix, Fixed, fix};
pub use input::{Content, InputText, MAX_SOURCE_BYTES};
pub use layout::{Layout, layout};
pub use lock::{LOCK, Lock, LockInTheWay, PlannedLock, VERSION, plan_lock};
pub use memory::Memory;
pub use output::{LeftBehind, Planned, PlannedFile, left_behind, plan};
pub use problem::Problem;
pub use read::{Workspace, read};
pub use session::{Compilation, Computed, Options, Session};
pub use standing::destination;
pub use transaction::{Change, replace_all};
pub use workspace::{Place, Texts, locate, prefix_in_repository, read_source, read_sources};
