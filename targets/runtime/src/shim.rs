//! The words in which the scripts of engines differ.
//!
//! A fragment in `scripts` serves every engine. For a thing that each engine names differently, it has a variable whose
//! name begins with `ENGINE_`. The shim of an engine replaces each of them by text. For example,
//!
//! ```sh
//! echo "digest=sha256:$digest" >> "${ENGINE_OUTPUT}"
//! ```
//!
//! becomes, with the shim of GitHub,
//!
//! ```sh
//! echo "digest=sha256:$digest" >> "$GITHUB_OUTPUT"
//! ```
//!
//! The replacement happens while the compiler is compiled, so a script costs nothing to look up, and an unknown name is
//! a compile error. Fragments that call the API of an engine are in a folder of that engine, such as `scripts/github`.

/// The beginning of each name that a shim replaces.
const OPENING: &[u8] = b"${ENGINE_";

/// The words of one engine. Each is the shell text that replaces its name.
pub(crate) struct Shim {
    /// `ENGINE_NAME`: the name of the engine, for comments.
    pub(crate) name: &'static str,
    /// `ENGINE_OUTPUT`: the file for outputs of the step, with one `NAME=VALUE` per line.
    pub(crate) output: &'static str,
    /// `ENGINE_SUMMARY`: the file for Markdown that people see with the run.
    pub(crate) summary: &'static str,
    /// `ENGINE_ERROR`: the start of a line that people see as an error.
    pub(crate) error: &'static str,
    /// `ENGINE_ESCAPED_LINE`: the variable `line`, escaped so that such a line shows it unchanged.
    pub(crate) escaped_line: &'static str,
    /// `ENGINE_WARNING`: the start of a line that people see as a warning. A title follows.
    pub(crate) warning: &'static str,
    /// `ENGINE_TITLE_END`: what separates the title of a warning from its text.
    pub(crate) title_end: &'static str,
    /// `ENGINE_TEMP`: a folder outside the checkout that exists as long as the job.
    pub(crate) temp: &'static str,
    /// `ENGINE_CHECKOUT`: the folder of the checkout.
    pub(crate) checkout: &'static str,
    /// `ENGINE_VARIABLES`: the file for variables of all later steps of the job. It has one `NAME=VALUE` per line.
    pub(crate) variables: &'static str,
    /// `ENGINE_JOB_MARK`: a variable and its value that only processes of this job have.
    pub(crate) job_mark: &'static str,
    /// `ENGINE_STEP`: the name of the variable that holds the id of a process's step.
    pub(crate) step: &'static str,
    /// `ENGINE_LONGEST_JOB`: the maximum duration of a job, in words.
    pub(crate) longest_job: &'static str,
    /// `ENGINE_LONGEST_WAIT`: slightly less than that, in minutes.
    pub(crate) longest_wait: &'static str,
    /// `ENGINE_LARGEST_SUMMARY`: the maximum size of a summary, in words.
    pub(crate) largest_summary: &'static str,
    /// `ENGINE_SUMMARY_BYTES`: slightly less than that, in bytes.
    pub(crate) summary_bytes: &'static str,
    /// `ENGINE_SHA256`: the command for SHA-256 digests. It takes the options of GNU's `sha256sum`.
    pub(crate) sha256: &'static str,
    /// `ENGINE_AS_TEXT`: what follows that command if it lists files, so that its lines are the same on all systems.
    pub(crate) as_text: &'static str,
    /// `ENGINE_ATTEMPT`: the number of the run's attempt, from 1.
    pub(crate) attempt: &'static str,
    /// `ENGINE_PRELUDE`: what a script needs before it uses that command or `tar`.
    pub(crate) prelude: &'static str,
}

/// The words of GitHub.
pub(crate) const GITHUB: Shim = Shim {
    name: "GitHub",
    output: "$GITHUB_OUTPUT",
    summary: "$GITHUB_STEP_SUMMARY",
    error: "::error::",
    escaped_line: "${line//%/%25}",
    warning: "::warning title=",
    title_end: "::",
    temp: "$RUNNER_TEMP",
    checkout: "$GITHUB_WORKSPACE",
    variables: "$GITHUB_ENV",
    job_mark: "RUNNER_TEMP=$RUNNER_TEMP",
    step: "GITHUB_ACTION",
    longest_job: "six hours",
    longest_wait: "350",
    largest_summary: "1 MiB",
    summary_bytes: "900000",
    sha256: "sha256sum",
    as_text: "",
    attempt: "$GITHUB_RUN_ATTEMPT",
    prelude: "",
};

/// The words of GitHub in a job that may run on macOS or Windows.
///
/// macOS has `shasum`, and its `tar` adds files of attributes. `sha256sum` on Windows marks files as binary.
pub(crate) const GITHUB_ON_ANY_SYSTEM: Shim = Shim {
    sha256: "\"${sha256[@]}\"",
    as_text: " | sed -E 's/^([0-9a-f]{64}) \\*/\\1  /'",
    prelude: "export COPYFILE_DISABLE=1\nsha256=(sha256sum)\n[[ $OSTYPE != darwin* ]] || sha256=(shasum -a 256)\n",
    ..GITHUB
};

impl Shim {
    /// The text that replaces a name. An unknown name fails the build.
    #[expect(clippy::panic, reason = "it runs while the compiler is compiled")]
    const fn word(&self, name: &[u8]) -> &'static [u8] {
        let word = match name {
            b"NAME" => self.name,
            b"OUTPUT" => self.output,
            b"SUMMARY" => self.summary,
            b"ERROR" => self.error,
            b"ESCAPED_LINE" => self.escaped_line,
            b"WARNING" => self.warning,
            b"TITLE_END" => self.title_end,
            b"TEMP" => self.temp,
            b"CHECKOUT" => self.checkout,
            b"VARIABLES" => self.variables,
            b"JOB_MARK" => self.job_mark,
            b"STEP" => self.step,
            b"LONGEST_JOB" => self.longest_job,
            b"LONGEST_WAIT" => self.longest_wait,
            b"LARGEST_SUMMARY" => self.largest_summary,
            b"SUMMARY_BYTES" => self.summary_bytes,
            b"SHA256" => self.sha256,
            b"AS_TEXT" => self.as_text,
            b"ATTEMPT" => self.attempt,
            b"PRELUDE" => self.prelude,
            _ => panic!("a fragment uses a word that no engine has"),
        };
        word.as_bytes()
    }

    /// The length of a text after the replacement, in bytes.
    pub(crate) const fn expanded_length(&self, neutral: &str) -> usize {
        let mut length = 0;
        let mut rest = neutral.as_bytes();
        while let [_, after @ ..] = rest {
            match name_at(rest) {
                Some((name, after)) => {
                    length += self.word(name).len();
                    rest = after;
                }
                None => {
                    length += 1;
                    rest = after;
                }
            }
        }
        length
    }

    /// The text after the replacement, computed at run time.
    #[cfg(test)]
    pub(crate) fn expand(&self, neutral: &str) -> String {
        let mut text = Vec::new();
        let mut rest = neutral.as_bytes();
        while let [byte, after @ ..] = rest {
            match name_at(rest) {
                Some((name, after)) => {
                    text.extend_from_slice(self.word(name));
                    rest = after;
                }
                None => {
                    text.push(*byte);
                    rest = after;
                }
            }
        }
        String::from_utf8(text).unwrap()
    }

    /// The text after the replacement. `LENGTH` is its [`Shim::expanded_length`].
    #[expect(clippy::mem_replace_with_default, reason = "`take` is not const")]
    pub(crate) const fn expanded<const LENGTH: usize>(&self, neutral: &str) -> [u8; LENGTH] {
        let mut text = [0; LENGTH];
        let mut open: &mut [u8] = &mut text;
        let mut rest = neutral.as_bytes();
        while let [byte, after @ ..] = rest {
            let (mut word, after): (&[u8], &[u8]) = match name_at(rest) {
                Some((name, after)) => (self.word(name), after),
                None => (std::slice::from_ref(byte), after),
            };
            rest = after;
            while let [byte, after @ ..] = word {
                if let [slot, others @ ..] = std::mem::replace(&mut open, &mut []) {
                    *slot = *byte;
                    open = others;
                }
                word = after;
            }
        }
        text
    }
}

/// The bytes of an expanded script as text.
#[expect(clippy::panic, reason = "it runs while the compiler is compiled")]
pub(crate) const fn as_text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("fragments and words are UTF-8"),
    }
}

/// The name of the word at the start of the text. It lacks `ENGINE_`, and the text after it follows.
const fn name_at(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut opening = OPENING;
    let mut rest = text;
    while let [expected, after @ ..] = opening {
        match rest {
            [found, others @ ..] if *found == *expected => rest = others,
            _ => return None,
        }
        opening = after;
    }
    let mut length = 0;
    let mut open = rest;
    while let [byte, after @ ..] = open {
        if *byte == b'}' {
            let (name, _) = rest.split_at(length);
            return Some((name, after));
        }
        length += 1;
        open = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_the_words_of_the_engine() {
        const NEUTRAL: &str = "echo \"${ENGINE_ERROR}$1\" >> \"${ENGINE_OUTPUT}\" # ${OTHER}";
        const LENGTH: usize = GITHUB.expanded_length(NEUTRAL);
        const BYTES: [u8; LENGTH] = GITHUB.expanded(NEUTRAL);
        assert_eq!(as_text(&BYTES), "echo \"::error::$1\" >> \"$GITHUB_OUTPUT\" # ${OTHER}");
    }
}
