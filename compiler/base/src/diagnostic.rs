//! Diagnostics: the findings of the compiler about a source text.
//!
//! For example, a skipped gate gives an error with the code P0401, a label at the deploy, a counterexample ("push of
//! branch `rel2`, …") and a help.

use crate::{Code, Span};

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A person should look at it. The program is still proven and built.
    Warning,
    /// The program is refused.
    Error,
}

/// A place in the source, with a message, which may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The exact text.
    pub span: Span,
    /// The message, in lower case and without a full stop.
    pub message: String,
}

/// A replacement of the text of one span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The replaced text. An empty span means an insertion.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A mechanical remedy. Its edits together repair the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Its effect, as a command to the editor: "write `artefact`".
    pub title: String,
    /// Its edits. They do not overlap.
    pub edits: Vec<Edit>,
}

/// One finding: a stable code, a message, its places, and information for repairing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of finding.
    pub code: Code,
    /// Its severity.
    pub severity: Severity,
    /// One line, lower case, user text in backticks.
    pub message: String,
    /// The places. The first is the fault, the others explain it.
    pub labels: Vec<Label>,
    /// For a failed proof: the event, the path, what ran and what did not.
    pub counterexample: Option<String>,
    /// More facts, one line each.
    pub notes: Vec<String>,
    /// The remedy.
    pub help: Option<String>,
    /// The remedy as edits, if it is mechanical.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: Code, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: one_line(message),
            labels: vec![Label { span, message: String::new() }],
            counterexample: None,
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// A warning at `span`.
    pub fn warning(code: Code, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message, span) }
    }

    /// Sets the message at the place of the fault.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Diagnostic {
        if let Some(primary) = self.labels.first_mut() {
            primary.message = one_line(message);
        }
        self
    }

    /// Adds another place that explains the finding.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, message: one_line(message) });
        self
    }

    /// Adds another fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(one_line(note));
        self
    }

    /// Sets the run that shows the failure of the proof.
    #[must_use]
    pub fn counterexample(mut self, text: impl Into<String>) -> Diagnostic {
        self.counterexample = Some(one_line(text));
        self
    }

    /// Sets the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(one_line(help));
        self
    }

    /// Sets a mechanical remedy with one edit.
    #[must_use]
    pub fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Diagnostic {
        self.fix_with(title, vec![Edit { span, text: text.into() }])
    }

    /// Sets a mechanical remedy with several edits.
    #[must_use]
    pub fn fix_with(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Diagnostic {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// The place of the fault.
    pub fn span(&self) -> Span {
        self.labels.first().map(|label| label.span).unwrap_or_default()
    }

    /// Whether the program is refused because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The text on one line. User text may contain line ends, which are shown as escapes.
fn one_line(text: impl Into<String>) -> String {
    let text = text.into();
    if !text.contains(char::is_control) {
        return text;
    }
    text.chars()
        .flat_map(|character| {
            let escape = character.is_control().then(|| character.escape_default());
            let plain = escape.is_none().then_some(character);
            escape.into_iter().flatten().chain(plain)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    #[test]
    fn a_message_stays_on_one_line() {
        let finding = Diagnostic::error(codes::P0101, "there is no `a\nb`", Span::default())
            .help("drop\tit")
            .label(Span::default(), "ü\r");
        assert_eq!(finding.message, "there is no `a\\nb`");
        assert_eq!(finding.help.as_deref(), Some("drop\\tit"));
        assert_eq!(finding.labels.last().map(|label| label.message.as_str()), Some("ü\\r"));
    }
}
