//! Cancellation of work whose result is no longer needed.
//!
//! With each keystroke, an editor asks a new question, so the answer to an earlier text is worthless. The work checks
//! from time to time whether it was cancelled. If so, the stack is unwound up to [`Cancellation::run`], and no part of
//! a result survives. Code between these checks does not need to know about cancellation.
//!
//! For example, after `cancellation.cancel()`, `cancellation.run(|| parallel::map(&files, parse))` ends between two
//! files and returns `Err(Cancelled)`.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A token that cancels work from any thread.
#[derive(Clone, Debug, Default)]
pub struct Cancellation {
    is_cancelled: Arc<AtomicBool>,
}

/// The work was cancelled before it had a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

thread_local! {
    /// The token of this thread's work.
    static CURRENT: RefCell<Option<Cancellation>> = const { RefCell::new(None) };
}

impl Cancellation {
    /// A token that has cancelled nothing.
    pub fn new() -> Cancellation {
        Cancellation::default()
    }

    /// Cancels the current and all later work with this token.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the token is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Runs work that this token can cancel.
    ///
    /// # Errors
    /// If it was cancelled. A complete result is then dropped, too.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> Result<T, Cancelled> {
        match catch_unwind(AssertUnwindSafe(|| under(Some(self.clone()), work))) {
            Ok(result) if !self.is_cancelled() => Ok(result),
            Ok(_) => Err(Cancelled),
            Err(payload) if payload.is::<Cancelled>() => Err(Cancelled),
            Err(panic) => resume_unwind(panic),
        }
    }
}

/// Ends the current work if it has been cancelled.
pub fn check() {
    if CURRENT.with_borrow(|current| current.as_ref().is_some_and(Cancellation::is_cancelled)) {
        resume_unwind(Box::new(Cancelled));
    }
}

/// The token of this thread's work, for threads that share it.
pub(crate) fn current() -> Option<Cancellation> {
    CURRENT.with_borrow(Clone::clone)
}

/// Runs work in this thread that `token` can cancel.
pub(crate) fn under<T>(token: Option<Cancellation>, work: impl FnOnce() -> T) -> T {
    /// Restores the earlier token, even if the work unwinds.
    struct Before(Option<Cancellation>);
    impl Drop for Before {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }
    let _before = Before(CURRENT.replace(token));
    work()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel;

    #[test]
    fn uncancelled_work_gives_its_result() {
        assert_eq!(
            Cancellation::new().run(|| {
                check();
                7
            }),
            Ok(7)
        );
        check();
    }

    #[test]
    fn cancelled_work_ends_at_its_next_check() {
        let cancellation = Cancellation::new();
        let mut steps = 0;
        let result = cancellation.run(|| {
            loop {
                steps += 1;
                if steps == 3 {
                    cancellation.cancel();
                }
                check();
            }
        });
        assert_eq!((result, steps), (Err::<(), _>(Cancelled), 3));
        check();
    }

    #[test]
    fn a_late_result_is_dropped() {
        let cancellation = Cancellation::new();
        assert_eq!(cancellation.run(|| cancellation.cancel()), Err(Cancelled));
    }

    #[test]
    fn shared_work_ends_on_all_threads() {
        let cancellation = Cancellation::new();
        let items: Vec<usize> = (0..1_000).collect();
        let result = cancellation.run(|| {
            parallel::map(&items, |item| {
                if *item == 10 {
                    cancellation.cancel();
                }
                *item
            })
        });
        assert_eq!(result, Err(Cancelled));
    }
}
