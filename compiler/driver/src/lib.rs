//! Files, the workspace and a compilation session. All input and output of the compiler goes through [`Files`]: a disk,
//! or a memory for tests and editors. What lies between, [`Session::compile`], is a function of texts.

mod assurance;
mod disk;
mod files;
mod findings;
mod fix;
mod layout;
mod lock;
mod memory;
mod output;
mod session;
mod transaction;
mod workspace;

pub use assurance::assure;
pub use disk::Disk;
pub use files::{Files, Found, Kind, Staged};
pub use findings::{Counts, Narrowed, narrow, tidy};
pub use fix::{AppliedFix, Fixed, fix};
pub use layout::{Layout, layout};
pub use lock::{LOCK, LockInTheWay, PlannedLock, plan_lock};
pub use memory::Memory;
pub use output::{Planned, PlannedFile, destination, plan, unclaimed};
pub use session::{Compilation, CompiledFile, Options, Session};
pub use transaction::{Change, replace_all};
pub use workspace::{
    Content, InputText, LONGEST_SOURCE, Place, Problem, Workspace, locate, prefix_in_repository, read,
    read_source, read_sources,
};
