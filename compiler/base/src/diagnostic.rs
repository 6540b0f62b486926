//! What the compiler has to say about a source text.

use crate::{Code, Span};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something a person should look at; the program is still proven and built.
    Warning,
    /// The program is refused.
    Error,
}

/// A place in the source and what is to be seen there; the message may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The exact text meant.
    pub span: Span,
    /// What is to be seen there, lower case, no full stop.
    pub message: String,
}

/// A replacement of the text of one span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

/// A mechanical remedy: applying all its edits mends the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command to the editor: "write `artefact`".
    pub title: String,
    /// Its edits, none overlapping.
    pub edits: Vec<Edit>,
}

/// One finding: a stable code, a line of text, the places meant, and whatever helps to understand and mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of finding.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One line, lower case, user text in backticks.
    pub message: String,
    /// The places: the first is the one meant, the others explain it.
    pub labels: Vec<Label>,
    /// For a failed proof: the event, the path, what ran and what did not.
    pub counterexample: Option<String>,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// The remedy.
    pub help: Option<String>,
    /// The remedy as edits, where it is mechanical.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error meant at `span`.
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

    /// A warning meant at `span`.
    pub fn warning(code: Code, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, message, span) }
    }

    /// Says what is to be seen at the place meant.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Diagnostic {
        if let Some(primary) = self.labels.first_mut() {
            primary.message = one_line(message);
        }
        self
    }

    /// Adds a further place that explains the finding.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, message: one_line(message) });
        self
    }

    /// Adds a further fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(one_line(note));
        self
    }

    /// Gives the run that shows the proof fails.
    #[must_use]
    pub fn counterexample(mut self, text: impl Into<String>) -> Diagnostic {
        self.counterexample = Some(one_line(text));
        self
    }

    /// Gives the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(one_line(help));
        self
    }

    /// Gives a mechanical remedy of one edit.
    #[must_use]
    pub fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Diagnostic {
        self.fix_with(title, vec![Edit { span, text: text.into() }])
    }

    /// Gives a mechanical remedy of several edits.
    #[must_use]
    pub fn fix_with(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Diagnostic {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }

    /// The place meant.
    pub fn span(&self) -> Span {
        self.labels.first().map(|label| label.span).unwrap_or_default()
    }

    /// Whether the program is refused for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// A text of the user's may bring a line's end along: it is shown by its escape.
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
    fn what_is_said_stays_on_its_line() {
        let finding = Diagnostic::error(codes::P0101, "there is no `a\nb`", Span::default())
            .help("drop\tit")
            .label(Span::default(), "ü\r");
        assert_eq!(finding.message, "there is no `a\\nb`");
        assert_eq!(finding.help.as_deref(), Some("drop\\tit"));
        assert_eq!(finding.labels.last().map(|label| label.message.as_str()), Some("ü\\r"));
    }
}
