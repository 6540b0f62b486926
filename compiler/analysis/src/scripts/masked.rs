//! P0901: `export X=$(A)` has the status of `export`, so a failure of `A` is lost.

use pipec_base::codes;

use super::invocation::Invocation;
use super::syntax::{Connector, Kind, List, Script, Simple};
use super::{Finding, parser};

/// Reports such commands anywhere in a script.
pub(super) fn check(script: &str, tree: &Script, findings: &mut Vec<Finding>) {
    tree.for_each_simple(&mut |simple| findings.extend(masked_in(script, tree, simple)));
}

fn masked_in(script: &str, tree: &Script, simple: &Simple) -> Option<Finding> {
    let invocation = Invocation::of(simple)?;
    let builtin = invocation.name;
    if !matches!(builtin, "export" | "local" | "declare" | "typeset" | "readonly") {
        return None;
    }
    let (index, word) = invocation.words.iter().enumerate().skip(1).find(|(_, word)| {
        let lists = word.substitutions.iter().filter_map(|index| tree.substitutions.get(*index));
        lists.into_iter().any(can_fail)
    })?;
    let text = script.get(word.range.clone()).unwrap_or_default();
    let name = parser::assigned_name(text)?;
    let message = format!("`{builtin}` hides the exit status of the command that gives `{name}` its value");
    let finding = Finding::warning(
        codes::P0901,
        invocation.range_to(index),
        message,
        format!("assign it first, then use `{builtin}`: `{name}=$(…)` fails if its command fails"),
    );
    let alone = invocation.words.len() == 2 && !text.contains('[');
    Some(match builtin {
        "export" | "readonly" if alone => finding.replaced_by(format!("{text}; {builtin} {name}")),
        "local" if alone => finding.replaced_by(format!("local {name}; {text}")),
        _ => finding,
    })
}

/// Whether the list's status matters. That of `date` doesn't, and neither does that of a list with its own alternative.
fn can_fail(list: &List) -> bool {
    const RELIABLE: [&str; 16] = [
        "basename", "cat", "cut", "date", "dirname", "echo", "hostname", "id", "mktemp", "nproc", "printf",
        "pwd", "tr", "uname", "whoami", "tput",
    ];
    list.statements.last().is_some_and(|statement| {
        let alternative =
            statement.links.iter().any(|link| matches!(link.connector, Some((Connector::Or, _))));
        let last = statement.links.last().into_iter().flat_map(|link| &link.pipeline.commands);
        !alternative
            && last.into_iter().any(|command| match &command.kind {
                Kind::Simple(simple) => {
                    Invocation::of(simple).is_none_or(|invocation| !RELIABLE.contains(&invocation.name))
                        && !(simple.words.is_empty() && simple.assignments.is_empty())
                }
                _ => true,
            })
    })
}
