//! Settings: values that the platform holds.
//!
//! For example, `setting api-url: string at "API_URL"` reads the variable `API_URL` of the repository. Anyone with access
//! to the repository can change it, so a setting ranks with an input of a run: it reaches scripts, and decides nothing.

use super::call::type_of;
use super::frame::Frame;
use super::{Expansion, declared_again};
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Fact, Program, Setting};
use pipec_syntax::ast;

impl Expansion<'_, '_> {
    /// Reads the declaration of a setting.
    pub(super) fn setting(&mut self, setting: &ast::Setting, program: &mut Program, frame: &Frame) {
        let at = &setting.at;
        if !is_variable(&at.node) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0008,
                    format!("`{}` can't be the name of a setting", at.node),
                    at.span,
                )
                .help("on a platform, names have letters, digits and `_`: `\"API_URL\"`"),
            );
        }
        if let Some(first) = program.settings.get(&at.node) {
            let message = format!("`{}` is declared by two settings", at.node);
            let help = "declare it once, and use this setting in all places";
            self.report(frame, declared_again(message, at.span, first.origin.span, help));
            return;
        }
        let mut found = Vec::new();
        let ty = type_of(&setting.ty, &mut found);
        for diagnostic in found {
            self.report(frame, diagnostic);
        }
        if !matches!(
            ty,
            Type::String | Type::Int | Type::Decimal | Type::Bool | Type::OneOf(_) | Type::Unknown
        ) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0106,
                    format!("a platform can't hold a value of type {ty}"),
                    setting.name.span,
                )
                .help("a setting has type string, int, decimal, bool or one-of (`\"low\" | \"high\"`)"),
            );
        }
        let what = format!("setting `{}`", setting.name.node);
        let default = setting.default.as_ref();
        let default = default.and_then(|it| self.evaluate_now(it, &ty, &what, frame).to_text());
        let default = default.and_then(|text| text.as_literal().map(str::to_owned));
        let origin = frame.origin(setting.name.span);
        program.settings.insert(at.node.clone(), Setting { at: at.node.clone(), default, origin });
    }

    /// The value of a setting, which is known only in the run.
    pub(super) fn setting_value(&mut self, setting: &ast::Setting) -> Value {
        let ty = type_of(&setting.ty, &mut Vec::new());
        let fact = Fact::Setting { name: setting.name.node.clone(), at: setting.at.node.clone() };
        Value::Fact(fact, ty)
    }
}

/// Whether a text is the name of a variable of a platform.
fn is_variable(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}
