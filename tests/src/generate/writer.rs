//! Words, lists, blocks, strings, expressions and types.

use std::collections::BTreeSet;

use super::vocabulary::{INTERPOLATED, LITERALS, NAMES, ONCE, RAW_STRINGS, STRINGS, VARIABLES};
use super::{Choices, Word};

/// The maximum depth of bodies in actions in bodies.
pub(super) const DEPTH: usize = 3;

/// Writes one program.
pub(super) struct Writer<'c, 'b> {
    pub(super) choices: &'c mut Choices<'b>,
    words: Vec<Word>,
    begins_clause: bool,
    pub(super) depth: usize,
}

impl<'c, 'b> Writer<'c, 'b> {
    pub(super) fn new(choices: &'c mut Choices<'b>) -> Writer<'c, 'b> {
        Writer { choices, words: Vec::new(), begins_clause: false, depth: 0 }
    }

    pub(super) fn finish(self) -> Vec<Word> {
        self.words
    }

    /// Marks the next word as the beginning of a clause.
    pub(super) fn begin_clause(&mut self) {
        self.begins_clause = true;
    }

    pub(super) fn put(&mut self, text: &str) {
        let begins_clause = std::mem::take(&mut self.begins_clause);
        self.words.push(Word { text: text.to_owned(), begins_clause });
    }

    pub(super) fn puts(&mut self, words: &str) {
        words.split(' ').for_each(|word| self.put(word));
    }

    pub(super) fn maybe(&mut self, write: impl FnOnce(&mut Self)) {
        if self.choices.rarely(3) {
            write(self);
        }
    }

    pub(super) fn list(&mut self, mut write: impl FnMut(&mut Self)) {
        write(self);
        while self.choices.rarely(3) {
            self.put(",");
            write(self);
        }
    }

    /// Clauses between braces.
    pub(super) fn block(&mut self, write: impl FnMut(&mut Self)) {
        self.clauses(false, write);
    }

    /// Clauses between braces, each possibly with an `allow` before it.
    pub(super) fn allowing_block(&mut self, write: impl FnMut(&mut Self)) {
        self.clauses(true, write);
    }

    pub(super) fn clauses(&mut self, allowing: bool, mut write: impl FnMut(&mut Self)) {
        self.put("{");
        let mut said = BTreeSet::new();
        while self.choices.below(3) > 0 {
            let start = self.words.len();
            self.begins_clause = true;
            if allowing {
                self.allow();
            }
            let keyword = self.words.len();
            write(self);
            let keyword = self.words.get(keyword).map(|word| word.text.clone()).unwrap_or_default();
            if ONCE.contains(&keyword.as_str()) && !said.insert(keyword) {
                self.words.truncate(start);
            }
        }
        self.put("}");
    }

    pub(super) fn allow(&mut self) {
        if self.choices.rarely(12) {
            self.puts("allow P0905 because");
            self.text();
            self.maybe(|writer| writer.puts("until 2027-01-31"));
        }
    }

    pub(super) fn name(&mut self) {
        let name = self.choices.of(NAMES);
        self.put(name);
    }

    pub(super) fn names(&mut self) {
        self.list(Self::name);
    }

    pub(super) fn path(&mut self) {
        self.name();
        self.maybe(|writer| {
            writer.put(".");
            writer.name();
        });
    }

    pub(super) fn paths(&mut self) {
        self.list(Self::path);
    }

    pub(super) fn variable(&mut self) {
        let variable = self.choices.of(VARIABLES);
        self.put(variable);
    }

    pub(super) fn plain_string(&mut self) {
        let text = self.choices.of(STRINGS.get(..5).unwrap_or_default());
        self.put(text);
    }

    /// A verbatim string on one line.
    pub(super) fn text(&mut self) {
        let text = self.choices.of(STRINGS);
        self.put(text);
    }

    pub(super) fn texts(&mut self) {
        self.list(Self::text);
    }

    /// A verbatim string.
    pub(super) fn script(&mut self) {
        if self.choices.rarely(3) {
            let text = self.choices.of(RAW_STRINGS);
            self.put(text);
        } else {
            self.text();
        }
    }

    /// Any string.
    pub(super) fn string(&mut self) {
        if self.choices.rarely(3) {
            let text = self.choices.of(INTERPOLATED);
            self.put(text);
        } else {
            self.script();
        }
    }

    pub(super) fn reference(&mut self) {
        if self.choices.rarely(2) { self.plain_string() } else { self.name() }
    }

    pub(super) fn references(&mut self) {
        self.list(Self::reference);
    }

    pub(super) fn literal(&mut self) {
        let literal = self.choices.of(LITERALS);
        self.put(literal);
    }

    pub(super) fn duration(&mut self) {
        let duration = self.choices.of(&["10m", "24h", "3d", "90s"]);
        self.put(duration);
    }

    pub(super) fn because(&mut self) {
        self.put("because");
        self.text();
    }

    pub(super) fn expression(&mut self) {
        if self.depth >= DEPTH {
            return self.literal();
        }
        self.depth += 1;
        match self.choices.below(8) {
            0..3 => self.literal(),
            3 => self.path(),
            4 => self.string(),
            5 => {
                self.path();
                self.put(".");
                self.variable();
            }
            6 => self.call(),
            _ => {
                self.put("[");
                if self.choices.below(4) > 0 {
                    self.list(Self::expression);
                }
                self.put("]");
            }
        }
        self.depth -= 1;
    }

    pub(super) fn call(&mut self) {
        self.path();
        self.put("(");
        if self.choices.below(4) > 0 {
            self.list(|writer| {
                writer.name();
                writer.put(":");
                writer.expression();
            });
        }
        self.put(")");
    }

    pub(super) fn ty(&mut self) {
        match self.choices.below(4) {
            0 => self.put("string"),
            1 => {
                self.puts("list <");
                let element = self.choices.of(&["int", "duration"]);
                self.put(element);
                self.put(">");
            }
            2 => self.name(),
            _ => {
                self.plain_string();
                while self.choices.below(3) > 0 {
                    self.put("|");
                    self.plain_string();
                }
            }
        }
    }

    pub(super) fn parameter(&mut self) {
        self.name();
        self.put(":");
        self.ty();
        self.maybe(|writer| {
            writer.put("=");
            writer.expression();
        });
    }

    pub(super) fn parameters(&mut self) {
        self.put("(");
        if self.choices.below(4) > 0 {
            self.list(Self::parameter);
        }
        self.put(")");
    }
}
