//! P0904: undefined variables. Under `set -u`, such a script stops in the middle.

use std::collections::{BTreeMap, BTreeSet};

use pipec_base::{closest, codes};

use super::engines::is_engine_variable;
use super::invocation::Invocation;
use super::parser::{assigned_name, leading_name};
use super::syntax::{Kind, Script, Simple, Use};
use super::{Finding, ScriptContext};

/// The number of undefined variables that get a suggestion. A suggestion compares every known name.
const SUGGESTIONS: usize = 20;

/// The maximum length of a name that may be a typing mistake.
const MAX_NAME_LENGTH: usize = 63;

/// Standard variables. A shell, a runner or the image of a tool defines them for every script.
const STANDARD: [&str; 92] = [
    "ANDROID_HOME",
    "ANDROID_NDK_HOME",
    "ANDROID_SDK_ROOT",
    "BASH",
    "BASHOPTS",
    "BASHPID",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_COMMAND",
    "BASH_ENV",
    "BASH_LINENO",
    "BASH_REMATCH",
    "BASH_SOURCE",
    "BASH_SUBSHELL",
    "BASH_VERSINFO",
    "BASH_VERSION",
    "CARGO_HOME",
    "CDPATH",
    "CHROME_BIN",
    "CI",
    "COLUMNS",
    "CONDA",
    "CONDA_PREFIX",
    "COPROC",
    "DBUS_SESSION_BUS_ADDRESS",
    "DIRSTACK",
    "DISPLAY",
    "DOCKER_CONFIG",
    "DOCKER_HOST",
    "DOTNET_ROOT",
    "EDITOR",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GEM_HOME",
    "GOBIN",
    "GOCACHE",
    "GOMODCACHE",
    "GOPATH",
    "GOROOT",
    "GRADLE_HOME",
    "GRADLE_USER_HOME",
    "GROUPS",
    "HISTCMD",
    "HOME",
    "HOMEBREW_PREFIX",
    "HOSTNAME",
    "HOSTTYPE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "IFS",
    "JAVA_HOME",
    "KUBERNETES_PORT",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "LINENO",
    "LINES",
    "LOGNAME",
    "M2_HOME",
    "MACHTYPE",
    "MAIL",
    "MAVEN_HOME",
    "NO_PROXY",
    "NVM_DIR",
    "OLDPWD",
    "OPTARG",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PAGER",
    "PATH",
    "PIPESTATUS",
    "PPID",
    "PS1",
    "PS4",
    "PWD",
    "PYTHONPATH",
    "RANDOM",
    "REPLY",
    "RUSTUP_HOME",
    "SECONDS",
    "SHELL",
    "SHELLOPTS",
    "SHLVL",
    "SRANDOM",
    "SSH_AUTH_SOCK",
    "TERM",
    "TMPDIR",
];

/// More of the standard variables.
const STANDARD_MORE: [&str; 9] =
    ["TZ", "UID", "USER", "USERNAME", "VIRTUAL_ENV", "_", "http_proxy", "https_proxy", "no_proxy"];

pub(super) fn check(
    script: &str,
    tree: &Script,
    names: &Names<'_>,
    context: &ScriptContext<'_>,
    findings: &mut Vec<Finding>,
) {
    if names.has_unknown_code {
        return;
    }
    let mut unknown: BTreeMap<&str, &Use> = BTreeMap::new();
    for used in &tree.uses {
        let name = script.get(used.name.clone()).unwrap_or_default();
        if name.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
            let given = names.positional || used.in_function || used.guarded || name == "0";
            if !given {
                unknown.entry(name).or_insert(used);
            }
            continue;
        }
        let known = leading_name(name).is_empty()
            || used.guarded
            || names.set.contains(name)
            || names.guarded.contains(name)
            || context.defined.contains(name)
            || is_standard(name)
            || is_engine_variable(name);
        if !known {
            unknown.entry(name).or_insert(used);
        }
    }
    for (index, (name, used)) in unknown.into_iter().enumerate() {
        let near = if index < SUGGESTIONS && name.len() <= MAX_NAME_LENGTH {
            names.nearest(name, context)
        } else {
            None
        };
        findings.push(undefined(name, used, near, script, context));
    }
}

fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name)
        || STANDARD_MORE.contains(&name)
        || ["LC_", "XDG_", "JAVA_HOME_", "GOROOT_"].iter().any(|start| name.starts_with(start))
}

fn undefined(
    name: &str,
    used: &Use,
    near: Option<&str>,
    script: &str,
    context: &ScriptContext<'_>,
) -> Finding {
    let text = script.get(used.range.clone()).unwrap_or_default();
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!("`${name}` is never defined: a script has no arguments");
        let help = "pass the value as a variable: `env NAME = …`, then `$NAME`";
        return Finding::error(codes::P0904, used.range.clone(), message, help);
    }
    if let Some(near) = near {
        let message = format!("`${name}` is not defined here");
        let help = format!("did you mean `${near}`?");
        let replacement = text.replacen(name, near, 1);
        return Finding::error(codes::P0904, used.range.clone(), message, help).replaced_by(replacement);
    }
    if name.starts_with("PIPE_") {
        let given: Vec<String> = context
            .defined
            .iter()
            .filter(|defined| defined.starts_with("PIPE_"))
            .map(|defined| format!("`${defined}`"))
            .collect();
        let help = match given.as_slice() {
            [] => "no `PIPE_*` variable exists here".to_owned(),
            given => format!("the variables here are {}", given.join(", ")),
        };
        let message = format!("`${name}` does not exist here");
        return Finding::error(codes::P0904, used.range.clone(), message, help);
    }
    let message = format!("`${name}` is not defined here");
    let help = if name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        format!(
            "define it in this script (each `run` has its own shell), or give it a default: `${{{name}:-…}}`"
        )
    } else {
        format!(
            "declare it: `env {name} = …` or `secret {name}`; if it may be undefined, use a default: \
             `${{{name}:-…}}`"
        )
    };
    Finding::error(codes::P0904, used.range.clone(), message, help)
}

/// The variables that a script mentions anywhere.
#[derive(Default)]
pub(super) struct Names<'s> {
    /// The variables that it sets.
    pub(super) set: BTreeSet<&'s str>,
    /// The variables for which it handles the unset case somewhere. So its author knows that they may be unset.
    guarded: BTreeSet<&'s str>,
    /// Whether it sets `$1` and so on.
    positional: bool,
    /// Whether it runs text that can't be analysed here: `source`, `eval`.
    pub(super) has_unknown_code: bool,
}

impl<'s> Names<'s> {
    /// The known name that `name` may be a misspelling of.
    fn nearest<'n>(&'n self, name: &str, context: &'n ScriptContext<'_>) -> Option<&'n str> {
        let known = context.defined.iter().map(String::as_str).chain(self.set.iter().copied());
        closest(name, known.filter(|known| known.len() <= MAX_NAME_LENGTH))
    }

    pub(super) fn of(script: &'s str, tree: &'s Script) -> Names<'s> {
        let mut names = Names::default();
        for range in &tree.arithmetic {
            names.set.extend(script.get(range.clone()));
        }
        for used in tree.uses.iter().filter(|used| used.guarded) {
            names.guarded.extend(script.get(used.name.clone()));
        }
        tree.for_each_command(&mut |command| {
            match &command.kind {
                Kind::For(Some(name), _) => names.set.extend(script.get(name.clone())),
                Kind::Test(words) => names.question(words.iter().map(|word| word.value())),
                Kind::Simple(simple) => names.simple(script, simple),
                _ => {}
            }
            for redirect in &command.redirects {
                // `{fd}>file` sets the variable `fd`.
                let operator = script.get(redirect.operator.clone()).unwrap_or_default();
                names.set.extend(operator.strip_prefix('{').map(leading_name));
            }
        });
        names
    }

    /// Reads `-v NAME`, which asks whether a variable is set.
    fn question(&mut self, words: impl Iterator<Item = &'s str>) {
        let mut before = "";
        for word in words {
            if before == "-v" {
                self.guarded.insert(leading_name(word));
            }
            before = word;
        }
    }

    fn simple(&mut self, script: &'s str, simple: &'s Simple) {
        for word in &simple.assignments {
            self.set.extend(script.get(word.range.clone()).and_then(assigned_name));
        }
        let Some(invocation) = Invocation::of(simple) else { return };
        let source = |index: usize| {
            let word = invocation.words.get(index)?;
            script.get(word.range.clone())
        };
        match invocation.name {
            "source" | "." | "eval" => self.has_unknown_code = true,
            "export" | "declare" | "typeset" | "local" | "readonly" | "unset" | "let" => {
                for index in 1..invocation.words.len() {
                    let word = source(index).unwrap_or_default().trim_matches(['"', '\'']);
                    self.set.insert(leading_name(word));
                }
            }
            "read" | "mapfile" | "readarray" => {
                for argument in invocation.arguments() {
                    self.set.insert(leading_name(argument));
                }
                self.set.insert(match invocation.name {
                    "read" => "REPLY",
                    _ => "MAPFILE",
                });
            }
            "getopts" => {
                self.set.insert(invocation.word(2));
            }
            "printf" if invocation.word(1) == "-v" => {
                self.set.insert(leading_name(invocation.word(2)));
            }
            "wait" => {
                if let Some(at) = invocation.words.iter().position(|word| word.value() == "-p") {
                    self.set.insert(invocation.word(at + 1));
                }
            }
            "set" => self.options(&invocation),
            "test" | "[" => self.question(invocation.arguments()),
            _ => {}
        }
    }

    /// Reads `set -- a b` and `set +u`.
    fn options(&mut self, invocation: &Invocation<'_>) {
        let mut before = "";
        for argument in invocation.arguments() {
            let named = before.starts_with(['-', '+']) && before.ends_with('o');
            let loosens = argument.strip_prefix('+').is_some_and(|flags| flags.contains('u'))
                || (named && before.starts_with('+') && argument == "nounset");
            // A script that turns `-u` off uses unset variables on purpose.
            self.has_unknown_code |= loosens;
            self.positional |= argument == "--" || !(named || argument.starts_with(['-', '+']));
            before = argument;
        }
    }
}
