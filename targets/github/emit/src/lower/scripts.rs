//! The scripts of the source, which must arrive byte for byte.

use super::Lowering;
use crate::document::{Step, Work};
use crate::template::{LONGEST_EXPRESSION, OPENING, Template};
use pipec_base::codes;
use pipec_runtime::{Dialect, Script, Systems};

/// The longest encoded script, in characters.
///
/// Linux passes no variable longer than 128 KiB, and Windows no environment longer than 32,767 characters.
const LONGEST_VARIABLE: usize = 120_000;
const LONGEST_VARIABLE_ON_WINDOWS: usize = 24_000;

/// The variable of an encoded script, which is removed before the script starts.
///
/// No variable of the source has this name: names that begin with `PIPE_` are the compiler's.
const ENCODED: &str = "PIPE_SCRIPT";

/// The columns of encoded lines.
const COLUMNS: usize = 76;

impl Lowering<'_> {
    /// The step of a script of the source; in base64 if it must be encoded.
    pub(super) fn script_step(
        &self,
        owner: &str,
        step: &pipec_ir::Step,
        name: String,
        variables: Vec<(String, Template)>,
        on_windows: bool,
    ) -> Step {
        let mut emitted = Step::run(name, step.script.clone());
        emitted.env = variables;
        if let Some(reason) = unfit(&step.script, on_windows) {
            let encoded = base64_lines(step.script.as_bytes());
            let longest = if on_windows { LONGEST_VARIABLE_ON_WINDOWS } else { LONGEST_VARIABLE };
            if encoded.len() > longest {
                self.error(
                    codes::P1103,
                    &step.origin,
                    format!("this script of `{owner}` is too long for github"),
                    "move it into a file of the repository, and run that",
                );
            }
            emitted.comments.push(format!("in base64: {reason}"));
            emitted.env.push((ENCODED.to_owned(), Template::text(encoded)));
            emitted.work = Work::Run(Script::Encoded.text(Dialect::GitHub, Systems::Linux).into());
        }
        emitted
    }
}

/// The reason why a script must be encoded, if it must.
///
/// On Linux and macOS the runner writes a script to a file unchanged. On Windows it ends every line with CR LF
/// (actions/runner, `ScriptHandler.RunAsync`).
fn unfit(script: &str, on_windows: bool) -> Option<&'static str> {
    if script.contains(OPENING) {
        Some("GitHub would read a part of the script as an expression of its own")
    } else if script.chars().count() > LONGEST_EXPRESSION {
        Some("the script is longer than GitHub promises to take")
    } else if on_windows && script.contains(['\n', '\r']) {
        Some("the runner would change the ends of the lines on Windows")
    } else {
        None
    }
}

/// Base64 (RFC 4648, section 4) in lines.
fn base64_lines(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    let mut column = 0;
    for group in bytes.chunks(3) {
        let at = |place: usize| group.get(place).map_or(0, |byte| u32::from(*byte));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4_usize {
            let index = (bits >> (18 - 6 * place)) & 63;
            let symbol = ALPHABET.get(index as usize).map_or('=', |byte| char::from(*byte));
            text.push(if place <= group.len() { symbol } else { '=' });
        }
        column += 4;
        if column >= COLUMNS {
            text.push('\n');
            column = 0;
        }
    }
    if column > 0 {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (text, encoded) in [("f", "Zg==\n"), ("fo", "Zm8=\n"), ("foo", "Zm9v\n"), ("foob", "Zm9vYg==\n")]
        {
            assert_eq!(base64_lines(text.as_bytes()), encoded);
        }
        assert_eq!(base64_lines(&[0; 57]), format!("{}\n", "A".repeat(76)));
    }

    #[test]
    fn a_script_stands_as_it_is_where_it_arrives_as_it_is() {
        assert_eq!(unfit("a\nb\n", false), None);
        assert_eq!(unfit("a\r\nb", false), None);
        assert_eq!(unfit("a", true), None);
        assert!(unfit("a\nb\n", true).is_some());
        assert!(unfit("echo ${{ x }}", false).is_some());
    }
}
