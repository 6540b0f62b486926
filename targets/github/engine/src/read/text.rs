//! The strings of a document. Each is analysed once, because all proofs ask for the result.

use crate::read::expression::Template;
use crate::read::expression::passes_on_secret;
use pipec_runtime::{Dialect, Script};
use rustc_hash::FxHashSet;
use std::borrow::{Borrow, Cow};
use std::cell::OnceCell;
use std::fmt::{self, Display, Formatter};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

/// The length in bytes from which on it is faster to recognise a fixed script than to search it.
const LONG: usize = 200;

/// A string of a document, a key or a value.
#[derive(Clone, Debug)]
pub(crate) struct Text(Rc<SharedText>);

#[derive(Debug)]
struct SharedText {
    text: Rc<str>,
    has_expressions: bool,
    template: OnceCell<Option<Template>>,
    leaks: OnceCell<bool>,
    mentions_secrets: OnceCell<bool>,
    runtime_script: OnceCell<Option<Script>>,
    number_as_key: OnceCell<usize>,
}

impl Text {
    /// The string itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.0.text
    }

    /// The string itself, shared.
    pub(crate) fn shared(&self) -> Rc<str> {
        Rc::clone(&self.0.text)
    }

    /// Its number among the keys of its document. The first call decides it.
    pub(crate) fn number_as_key(&self, decide: impl FnOnce() -> usize) -> usize {
        *self.0.number_as_key.get_or_init(decide)
    }

    /// Whether GitHub evaluates expressions in it. Most strings have none.
    pub(crate) fn has_expressions(&self) -> bool {
        self.0.has_expressions
    }

    /// The string with its expressions. `None` if GitHub refuses one.
    pub(crate) fn template(&self) -> Option<&Template> {
        self.0.template.get_or_init(|| Template::of(self)).as_ref()
    }

    /// Its text, if every expression in it is a literal.
    pub(crate) fn literal(&self) -> Option<Cow<'_, str>> {
        if !self.has_expressions() {
            return Some(Cow::Borrowed(self));
        }
        self.template()?.as_literal().map(Cow::Owned)
    }

    /// Whether it passes on a secret or the token.
    pub(crate) fn leaks(&self) -> bool {
        *self.0.leaks.get_or_init(|| !self.is_long_and_fixed() && passes_on_secret(self))
    }

    /// Whether it has the word for secrets as part of a path, even with another meaning.
    pub(crate) fn mentions_secrets(&self) -> bool {
        let is_path = |after: &str| after.starts_with(['.', '[']);
        // Most texts have no such word, and `contains` sees that sooner than `split`.
        let find = || {
            self.contains("secrets")
                && !self.is_long_and_fixed()
                && self.split("secrets").skip(1).any(is_path)
        };
        *self.0.mentions_secrets.get_or_init(find)
    }

    /// Whether it is a fixed script, and long. Those name no secret, so a search in them is for nothing.
    fn is_long_and_fixed(&self) -> bool {
        self.len() > LONG && self.runtime_script().is_some()
    }

    /// The fixed script with this text.
    pub(crate) fn runtime_script(&self) -> Option<Script> {
        *self.0.runtime_script.get_or_init(|| Script::of(self, Dialect::GitHub))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        let has_expressions = text.contains('$') && text.contains("${{");
        Text(Rc::new(SharedText {
            text: text.into(),
            has_expressions,
            template: OnceCell::new(),
            leaks: OnceCell::new(),
            mentions_secrets: OnceCell::new(),
            runtime_script: OnceCell::new(),
            number_as_key: OnceCell::new(),
        }))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Eq for Text {}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        // Equal strings of a document are one value.
        Rc::ptr_eq(&self.0, &other.0) || self.as_str() == other.as_str()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// The strings of a document so far.
#[derive(Default)]
pub(crate) struct Texts {
    known: FxHashSet<Text>,
}

impl Texts {
    /// The shared text of a string.
    pub(crate) fn text(&mut self, string: Cow<'_, str>) -> Text {
        if let Some(known) = self.known.get(&*string) {
            return known.clone();
        }
        let text = Text::from(&*string);
        self.known.insert(text.clone());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_runtime::Systems;

    #[test]
    fn fixed_scripts_name_no_secret() {
        for script in Script::ALL {
            let text = Text::from(script.text(Dialect::GitHub, Systems::Any));
            assert!(!text.has_expressions(), "{script:?}");
            assert!(!passes_on_secret(&text), "{script:?}");
            assert!(!text.contains("secrets.") && !text.contains("secrets["), "{script:?}");
        }
    }

    #[test]
    fn the_word_for_secrets_counts_as_part_of_a_path_only() {
        for (text, mentions) in [
            ("${{ secrets.KEY }}", true),
            ("echo secrets['x']", true),
            ("no secrets here", false),
            ("", false),
        ] {
            assert_eq!(Text::from(text).mentions_secrets(), mentions, "{text}");
        }
    }
}
