//! Variables that change what scripts do before their first line, or in place of it.
//!
//! A script that never ran, or that ran other code, is green all the same. For example, with `SHELLOPTS=noexec` bash
//! reads every script and runs none.

use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Binding, EngineStep, Pipeline, Program, Secret, Text};

/// A variable with an effect on programs that do not name it.
struct Effect {
    name: &'static str,
    /// Its effect: "bash would run the file that it names before each script".
    says: &'static str,
    /// Whether a value has the effect.
    has_it: fn(&str) -> bool,
}

/// The variables, by the program that reads them. The sources are the manuals of these programs, read in 2026-11.
const EFFECTS: &[Effect] = &[
    // bash(1), "Shell Variables" and "Invocation". Shells ignore an IFS that they are given, and an ENV in scripts.
    always("BASH_ENV", "bash would run the file that it names before each script"),
    always("SHELLOPTS", "bash would take its options from it, such as `noexec`, which runs nothing"),
    always("BASHOPTS", "bash would take its options from it"),
    always("PS4", "bash would run the commands in it for each line that it traces"),
    always("PATH", "any program could be another one of the same name"),
    // ld.so(8) and dyld(1).
    always("LD_PRELOAD", "every program would load other code first"),
    always("LD_AUDIT", "every program would load other code first"),
    always("LD_LIBRARY_PATH", "every program could load other libraries"),
    always("DYLD_INSERT_LIBRARIES", "every program would load other code first"),
    always("DYLD_LIBRARY_PATH", "every program could load other libraries"),
    // GitHub's documentation of workflow commands, "Environment files".
    always("ACTIONS_ALLOW_UNSECURE_COMMANDS", "what a script prints could set variables of later steps"),
    // `node --help`, perlrun(1), `ruby --help`, and the launcher of Java.
    Effect { name: "NODE_OPTIONS", says: "node would run other code first", has_it: loads_into_node },
    Effect {
        name: "PERL5OPT",
        says: "perl would run other code first",
        has_it: |it| has_word(it, &["-M", "-m", "-d"]),
    },
    Effect { name: "RUBYOPT", says: "ruby would run other code first", has_it: |it| has_word(it, &["-r"]) },
    Effect { name: "JAVA_TOOL_OPTIONS", says: "java would run other code first", has_it: loads_into_java },
    Effect { name: "JDK_JAVA_OPTIONS", says: "java would run other code first", has_it: loads_into_java },
    // The manual of GNU make, "Options/Recursion" and "Summary of Options".
    Effect { name: "MAKEFLAGS", says: "make would pass over failures, or run nothing", has_it: disarms_make },
    Effect {
        name: "GNUMAKEFLAGS",
        says: "make would pass over failures, or run nothing",
        has_it: disarms_make,
    },
];

const fn always(name: &'static str, says: &'static str) -> Effect {
    Effect { name, says, has_it: |_| true }
}

fn loads_into_node(options: &str) -> bool {
    has_word(
        options,
        &["-r", "--require", "--import", "--loader", "--experimental-loader", "--inspect", "--env-file"],
    )
}

fn loads_into_java(options: &str) -> bool {
    has_word(
        options,
        &["-javaagent", "-agentlib", "-agentpath", "-XX:OnError", "-XX:OnOutOfMemoryError", "@"],
    )
}

/// Whether an option of make passes over failures or runs nothing.
///
/// The letters of a word go up to the first that takes the rest as its argument. The first word may lack its dash.
fn disarms_make(options: &str) -> bool {
    let long = ["--ignore-errors", "--just-print", "--dry-run", "--recon", "--question", "--touch", "--eval"];
    let is_short = |(place, word): (usize, &str)| {
        let letters = match word.strip_prefix('-') {
            Some(letters) => letters,
            None if place == 0 && !word.contains('=') => word,
            None => return false,
        };
        let mut letters = letters.chars().take_while(|letter| !"-CfIjlOoW".contains(*letter));
        letters.any(|letter| "inqtE".contains(letter))
    };
    has_word(options, &long) || options.split_whitespace().enumerate().any(is_short)
}

/// Whether a word of a text begins with one of these.
fn has_word(text: &str, starts: &[&str]) -> bool {
    text.split_whitespace().any(|word| starts.iter().any(|start| word.starts_with(start)))
}

/// The effect of a variable with this value, if it has one. A value that only the run knows may be any.
///
/// GitHub's Windows does not tell upper from lower case in names.
fn effect(variable: &str, value: Option<&Text>) -> Option<&'static str> {
    let effect = EFFECTS.iter().find(|effect| effect.name.eq_ignore_ascii_case(variable))?;
    let is_harmless = value.and_then(Text::as_literal).is_some_and(|literal| !(effect.has_it)(literal));
    (!is_harmless).then_some(effect.says)
}

/// Reports the variables of a pipeline's nodes that change what scripts do.
pub(crate) fn of_pipeline(pipeline: &Pipeline, diagnostics: &mut Vec<Diagnostic>) {
    let mut reported = Vec::new();
    for node in &pipeline.nodes {
        let body = &node.body;
        let legs = body.matrix.iter().flat_map(|matrix| &matrix.legs).flat_map(|leg| &leg.env);
        let of_actions = node.actions().flat_map(|action| &action.env);
        let raw = body.engines.iter().flat_map(|block| &block.steps).filter_map(|step| match step {
            EngineStep::Env(binding) => Some(binding),
            EngineStep::Run(_) | EngineStep::Action { .. } => None,
        });
        let bindings = body.env.iter().chain(legs).chain(of_actions).chain(raw);
        check(bindings, &body.secrets, &mut reported, diagnostics);
    }
}

/// Reports the variables of environments that change what scripts do.
pub(crate) fn of_environments(program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let mut reported = Vec::new();
    for environment in program.environments.values() {
        let teardown = environment.teardown.iter().flat_map(|teardown| &teardown.env);
        let bindings = environment.values.iter().chain(teardown);
        check(bindings, &environment.secrets, &mut reported, diagnostics);
    }
}

/// Reports each place once, though several nodes may share it.
fn check<'p>(
    bindings: impl Iterator<Item = &'p Binding>,
    secrets: &'p [Secret],
    reported: &mut Vec<Span>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let bindings = bindings.map(|it| (&it.variable, Some(&it.value), &it.origin));
    let secrets = secrets.iter().map(|it| (&it.variable, None, &it.origin));
    for (variable, value, origin) in bindings.chain(secrets) {
        let Some(says) = effect(variable, value).filter(|_| !reported.contains(&origin.span)) else {
            continue;
        };
        reported.push(origin.span);
        let diagnostic = Diagnostic::error(
            codes::P0620,
            format!("`{variable}` would change what scripts do"),
            origin.span,
        )
        .saying("in every script that gets it")
        .note(says)
        .help("remove it; a script that needs it sets it for the one command: `NAME=value command`");
        diagnostics.push(origin.explain(diagnostic));
    }
}
