//! P0902: scripts that turn off the strict options with which they start.

use pipec_base::codes;

use super::Finding;
use super::invocation::{Invocation, is_flag_with, is_question, sets_errexit};
use super::parser;
use super::syntax::{Bytes, Connector, End, Kind, List, Script, Simple, Statement, Word};

/// Reports a first line that names another interpreter. The script still runs in the shell.
pub(super) fn foreign_interpreter(script: &str) -> Option<Finding> {
    let line = script.lines().next()?.trim_end();
    let mut words = line.strip_prefix("#!")?.split_whitespace().map(base_name);
    if !line.trim_start_matches(['#', '!', ' ']).starts_with('/') {
        return None;
    }
    let mut program = words.next()?;
    if program == "env" {
        program = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
    }
    if matches!(program, "sh" | "bash" | "dash" | "ash" | "busybox") {
        return None;
    }
    Some(Finding::error(
        codes::P0902,
        0..line.len(),
        format!("a script runs in the shell, so its first line can't select `{program}`"),
        format!(
            "put the program into a file and run it, or pass it on standard input: `{program} - <<'EOF'`"
        ),
    ))
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

pub(super) fn check(script: &str, tree: &Script, findings: &mut Vec<Finding>) {
    tree.for_each_simple(&mut |simple| {
        if let Some(range) = disabled_option(simple) {
            let text = script.get(range.clone()).unwrap_or_default();
            findings.push(Finding::error(
                codes::P0902,
                range,
                format!("`{text}` lets the script continue after a failure"),
                "if the failure of one command is an answer, test it: `if COMMAND; then`, or `status=0; \
                 COMMAND || status=$?` and use `$status`",
            ));
        }
        findings.extend((0..simple.words.len()).filter_map(|index| inner_shell(simple, index)));
    });
}

/// The option that a command turns off: `set +e`, `set +o pipefail`, `shopt -uo errexit`.
fn disabled_option(simple: &Simple) -> Option<Bytes> {
    let invocation = Invocation::of(simple)?;
    let is_option = |name: &str| matches!(name, "errexit" | "pipefail");
    let mut before = "";
    for (index, word) in invocation.words.iter().enumerate().skip(1) {
        let value = word.value();
        let loosens = match invocation.name {
            "set" => {
                if value == "--" {
                    return None;
                }
                let flags = value.strip_prefix('+').unwrap_or_default();
                flags.contains('e') || (before.starts_with('+') && before.ends_with('o') && is_option(value))
            }
            "shopt" => {
                let unset = invocation.arguments().any(|argument| is_flag_with(argument, 'u'));
                let shell = invocation.arguments().any(|argument| is_flag_with(argument, 'o'));
                unset && shell && is_option(value)
            }
            _ => return None,
        };
        if loosens {
            return Some(invocation.range_to(index));
        }
        before = value;
    }
    None
}

/// The maximum number of flags in a call of a shell.
const MAX_FLAGS: usize = 16;

/// A call of a shell with its script as an argument: `sh -c "a | b"`.
pub(super) struct InnerShell<'s> {
    /// The name of the shell without its folder.
    pub(super) program: &'s str,
    /// The script.
    pub(super) text: &'s Word,
    /// The range from the program to the flags before the script.
    range: Bytes,
    /// Whether the call is exactly `bash -c`.
    plain: bool,
    strict: Strictness,
}

impl<'s> InnerShell<'s> {
    /// The shell call at the word with this index.
    pub(super) fn at(simple: &'s Simple, index: usize) -> Option<InnerShell<'s>> {
        let words = simple.words.get(index..)?;
        let program = base_name(words.first()?.value());
        if !matches!(program, "sh" | "bash" | "dash" | "ash") {
            return None;
        }
        let mut strict = Strictness::default();
        let mut at = 1;
        let (flags, text) = loop {
            let word = words.get(at).filter(|_| at < MAX_FLAGS)?;
            let value = word.value();
            if value == "-o" {
                strict.option(words.get(at + 1)?.value());
                at += 2;
            } else if value.starts_with("--") {
                at += 1;
            } else if let Some(cluster) = value.strip_prefix('-') {
                strict.errexit |= cluster.contains('e');
                if cluster.ends_with('o') {
                    strict.option(words.get(at + 1)?.value());
                    at += 1;
                }
                if cluster.contains('c') {
                    break (word, words.get(at + 1)?);
                }
                at += 1;
            } else {
                return None;
            }
        };
        let range = words.first()?.range.start..flags.range.end;
        let plain = program == "bash" && at == 1 && flags.value() == "-c";
        Some(InnerShell { program, text, range, plain, strict })
    }
}

/// Reports a shell inside the script. It starts without the options of the outer shell.
fn inner_shell(simple: &Simple, index: usize) -> Option<Finding> {
    let InnerShell { program, text, range, plain, mut strict } = InnerShell::at(simple, index)?;
    let text = text.literal.as_deref()?;
    let tree = parser::parse(text).ok()?;
    tree.for_each_simple(&mut |inner| strict.set(inner));
    let message = if !strict.pipefail && has_unsafe_pipe(&tree.main) {
        format!("`{program} -c` runs its pipe without `pipefail`, so only its last command counts")
    } else if !strict.errexit && ignores_failures(&tree.main, text) {
        format!("`{program} -c` continues after a failure, so only its last command counts")
    } else {
        return None;
    };
    let finding = Finding::error(
        codes::P0902,
        range,
        message,
        "a shell started by a script does not inherit its options: write `bash -euo pipefail -c`",
    );
    Some(if plain { finding.replaced_by("bash -euo pipefail -c") } else { finding })
}

#[derive(Default)]
struct Strictness {
    errexit: bool,
    pipefail: bool,
}

impl Strictness {
    fn option(&mut self, name: &str) {
        self.errexit |= name == "errexit";
        self.pipefail |= name == "pipefail";
    }

    fn set(&mut self, simple: &Simple) {
        let Some(invocation) = Invocation::of(simple).filter(|invocation| invocation.name == "set") else {
            return;
        };
        self.errexit |= sets_errexit(&invocation);
        self.pipefail |= invocation.has(&["pipefail"]);
    }
}

/// Whether a statement of the list is a pipeline whose earlier commands can fail unnoticed.
fn has_unsafe_pipe(list: &List) -> bool {
    list.statements.iter().flat_map(|statement| &statement.links).any(|link| {
        let Some((_, earlier)) = link.pipeline.commands.split_last() else { return false };
        earlier.iter().any(|command| match &command.kind {
            Kind::Simple(simple) => !cannot_fail(simple),
            _ => true,
        })
    })
}

/// Whether a statement before the last can fail unnoticed.
fn ignores_failures(list: &List, text: &str) -> bool {
    let Some((_, earlier)) = list.statements.split_last() else { return false };
    earlier.iter().any(|statement| is_work(statement, text))
}

/// Whether all commands of a statement have a meaningful status.
fn is_work(statement: &Statement, text: &str) -> bool {
    let waited_for = !matches!(statement.end, End::Background(_));
    waited_for
        && statement.links.iter().all(|link| {
            let simple = link.pipeline.commands.iter().all(|command| match &command.kind {
                Kind::Simple(simple) => !cannot_fail(simple),
                _ => false,
            });
            let handled = matches!(link.connector, Some((Connector::Or, _)));
            simple && !handled && !is_question(&link.pipeline, text)
        })
}

fn cannot_fail(simple: &Simple) -> bool {
    let Some(invocation) = Invocation::of(simple) else { return simple.words.is_empty() };
    matches!(
        invocation.name,
        "echo"
            | "printf"
            | "true"
            | ":"
            | "yes"
            | "export"
            | "set"
            | "trap"
            | "umask"
            | "sleep"
            | "shopt"
            | "unset"
    )
}
