//! Reports of wrong names: unknown ones, with the nearest known name, and those that are taken.
//!
//! For example, `runs on bild` in a file with `runner build { … }` is reported as "there is no runner `bild`", with the
//! help "did you mean `build`?" and a fix.

use super::{Definition, ModuleId, Workspace};
use pipec_base::{Diagnostic, Span, all_closest, codes};
use pipec_syntax::ast::Name;

impl<'a> Workspace<'a> {
    /// Reports an unknown name. `None` if a broken declaration may be its definition.
    pub(crate) fn unknown(
        &self,
        module: ModuleId,
        name: &Name,
        wanted: &str,
        of: Option<&str>,
    ) -> Option<Diagnostic> {
        if !self.is_whole(module) {
            return None;
        }
        let place = of.map(|of| format!(" in module `{of}`")).unwrap_or_default();
        let noun = wanted.split_once(' ').map_or(wanted, |(_, noun)| noun);
        let diagnostic =
            Diagnostic::error(codes::P0101, format!("there is no {noun} `{}`{place}", name.node), name.span);
        let known = self.named_as(module, wanted);
        let elsewhere = of.is_none().then(|| self.in_modules(module, &name.node, wanted)).flatten();
        let near = match elsewhere {
            Some(elsewhere) => vec![elsewhere],
            None => all_closest(&name.node, known.iter().copied()).into_iter().map(str::to_owned).collect(),
        };
        if of.is_none()
            && wanted == "a task"
            && let Some(standard) = self.standard_module(&name.node)
        {
            let first = self.scopes.get(module.0).map(|scope| Span::new(scope.source.start, 0, 0))?;
            return Some(
                diagnostic
                    .help(format!("import the module at the top of the file: `use std.{standard}`"))
                    .fix(format!("write `use std.{standard}`"), first, format!("use std.{standard}\n\n")),
            );
        }
        Some(match near.as_slice() {
            [near] if !is_policy(wanted) => suggest(diagnostic, near, name.span),
            [_, ..] => diagnostic.help(did_you_mean(&near)),
            [] if known.is_empty() || is_foreign(wanted, &name.node) => {
                match declaration(wanted, &name.node) {
                    Some(declaration) => diagnostic.help(format!("declare it: `{declaration}`")),
                    None => diagnostic.help(format!("declare {wanted} with this name")),
                }
            }
            [] => diagnostic.help(format!(
                "declare {wanted} with this name; this file declares: {}",
                known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            )),
        })
    }

    /// The module of the standard library whose path ends in this word.
    fn standard_module(&self, name: &str) -> Option<&'a str> {
        self.scopes.iter().skip(self.own).find_map(|scope| {
            let module = scope.source.path.strip_suffix(".pipe")?.rsplit('/').next()?;
            (module == name).then_some(module)
        })
    }

    /// The names of a module that have the wanted kind, in source order.
    fn named_as(&self, module: ModuleId, wanted: &str) -> Vec<&'a str> {
        self.definitions(module)
            .into_iter()
            .filter(|(_, definition)| {
                definition.what() == wanted || wanted == "a value" && definition.has_value()
            })
            .map(|(name, _)| name)
            .collect()
    }

    /// The path of a name in a module that this module uses.
    fn in_modules(&self, module: ModuleId, name: &str, wanted: &str) -> Option<String> {
        self.definitions(module).into_iter().find_map(|(of, definition)| {
            let Definition::Module(inner) = definition else { return None };
            self.named_as(inner, wanted).contains(&name).then(|| format!("{of}.{name}"))
        })
    }
}

/// Adds "did you mean", with the fix.
pub(crate) fn suggest(diagnostic: Diagnostic, near: &str, span: Span) -> Diagnostic {
    diagnostic.help(did_you_mean(&[near])).fix(format!("write `{near}`"), span, near)
}

/// Adds "did you mean" with the nearest known words, or the help of `otherwise`.
pub(crate) fn suggest_of<'k>(
    diagnostic: Diagnostic,
    word: &Name,
    known: impl IntoIterator<Item = &'k str>,
    otherwise: impl FnOnce() -> String,
) -> Diagnostic {
    match all_closest(&word.node, known).as_slice() {
        [near] => suggest(diagnostic, near, word.span),
        [] => diagnostic.help(otherwise()),
        several => diagnostic.help(did_you_mean(several)),
    }
}

/// The text "did you mean", with words that are equally near.
pub(crate) fn did_you_mean<T: AsRef<str>>(near: &[T]) -> String {
    let names: Vec<String> = near.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    format!("did you mean {}?", names.join(" or "))
}

pub(super) fn no_module(name: &str, span: Span, wanted: &str) -> Diagnostic {
    Diagnostic::error(codes::P0101, format!("`{name}` is not a module"), span)
        .help(format!("name {wanted}, or `module.name` of a module imported with `use`"))
}

/// Whether a wrong name would silently change a permission or a proof. Such a name gets no automatic fix: people must
/// choose it.
fn is_policy(wanted: &str) -> bool {
    matches!(wanted, "a role" | "a kind of evidence")
}

/// Whether the name probably means nothing in the workspace. Examples are an engine's own machine, and a member of a
/// role.
fn is_foreign(wanted: &str, name: &str) -> bool {
    match wanted {
        "a runner" => ["ubuntu", "macos", "windows", "linux-"].iter().any(|system| name.starts_with(system)),
        "a role" => matches!(name, "team" | "user" | "group"),
        _ => false,
    }
}

/// An example declaration of a kind under a name.
fn declaration(wanted: &str, name: &str) -> Option<String> {
    let runs_elsewhere = name.contains("macos").then_some("macos-arm64");
    let runs_elsewhere = runs_elsewhere.or(name.contains("windows").then_some("windows-x64"));
    Some(match wanted {
        "a runner" => {
            let short = if is_foreign(wanted, name) { "machine" } else { name };
            let host = runs_elsewhere.unwrap_or("linux-x64");
            let then = if short == name { String::new() } else { format!("`, then `runs on {short}") };
            format!("runner {short} {{ host {host} }}{then}")
        }
        "a role" if matches!(name, "team" | "user" | "group") => {
            "role owners { github team \"OWNER/TEAM\" }`, then name it: `approval by owners".to_owned()
        }
        "a role" => format!("role {name} {{ github team \"OWNER/TEAM\" }}"),
        "an environment" => format!("environment {name} {{ tier … url \"https://…\" requires … }}"),
        _ => return None,
    })
}

/// Reports a name that a module uses from another module: such names are not re-exported.
pub(crate) fn not_reexported(module: &str, name: &Name) -> Diagnostic {
    Diagnostic::error(
        codes::P0101,
        format!("`{}` is a module that `{module}` imports but does not export", name.node),
        name.span,
    )
    .help("import it here too: `use \"./file.pipe\" as name`")
}

/// Reports a name that is taken.
pub(crate) fn name_taken(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::error(codes::P0102, format!("the name `{}` is already used", name.node), name.span)
        .label(first, "first declared here")
        .help("rename one of them")
}

/// Reports a name that occurs twice in the workspace.
pub(crate) fn duplicate_name(name: &str, what: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(codes::P0102, format!("there are two {what}s `{name}` in the workspace"), span)
        .label(first, "the other is declared here")
        .help(
            "names of pipelines, environments and roles are unique in a workspace, because records and \
               settings refer to them",
        )
}
