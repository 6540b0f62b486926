//! A line on the terminal during long work.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Shorter work shows no line.
const PATIENCE: Duration = Duration::from_millis(800);

/// Runs the work, and shows a line on a terminal if it takes long. Into a pipe it writes nothing.
pub fn during<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let line = Line::show(what);
    let result = work();
    line.clear();
    result
}

struct Line {
    done: Sender<()>,
    thread: JoinHandle<()>,
}

impl Line {
    fn show(what: &str) -> Line {
        let (done, waiting) = channel();
        let text = format!("{what} …");
        let thread = std::thread::spawn(move || {
            if waiting.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let _ = write!(std::io::stderr().lock(), "{text}");
                let _ = waiting.recv();
                let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
            }
        });
        Line { done, thread }
    }

    fn clear(self) {
        drop(self.done);
        let _ = self.thread.join();
    }
}
