//! Words: quotes, escapes, expansions and substitutions.

use super::parser::{Parsed, Parser, Unclear, assigned_name, is_name_byte, is_name_start, leading_name};
use super::syntax::{Use, Word};

/// A partly read word.
#[derive(Default)]
struct Draft {
    /// The value so far. `None` after an expansion.
    literal: Option<String>,
    plain: bool,
    substitutions: Vec<usize>,
}

impl Draft {
    fn push(&mut self, text: &str) {
        if let Some(literal) = &mut self.literal {
            literal.push_str(text);
        }
    }

    fn expanded(&mut self) {
        self.literal = None;
        self.plain = false;
    }
}

impl Parser<'_> {
    /// Reads a word. A missing word is an error.
    pub(super) fn word(&mut self) -> Parsed<Word> {
        let start = self.at;
        let mut draft = Draft { literal: Some(String::new()), plain: true, substitutions: Vec::new() };
        let mut bracketed = false;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')' => break,
                b'<' | b'>' if self.peek_at(1) == Some(b'(') => {
                    self.at += 1;
                    self.command_substitution(&mut draft)?;
                }
                b'<' | b'>' => break,
                b'(' => {
                    let before = self.slice(start..self.at);
                    if before.ends_with('=') && assigned_name(before).is_some() {
                        self.array(&mut draft)?;
                    } else if before.ends_with(['?', '*', '+', '@', '!']) {
                        self.parentheses(&mut draft)?;
                    } else {
                        break;
                    }
                }
                b'[' if !bracketed => {
                    bracketed = true;
                    self.subscript_or_bracket(start, &mut draft)?;
                }
                _ => self.piece(&mut draft)?,
            }
        }
        if self.at == start {
            return Err(Unclear);
        }
        let Draft { literal, plain, substitutions } = draft;
        Ok(Word { range: start..self.at, literal, plain, substitutions })
    }

    /// Reads a subscript, or a bracket as an ordinary character. `NAME[…]=` may have blanks and quotes in its brackets.
    fn subscript_or_bracket(&mut self, start: usize, draft: &mut Draft) -> Parsed<()> {
        let before = self.slice(start..self.at);
        let named = !before.is_empty() && leading_name(before).len() == before.len();
        if named && draft.plain && matches!(self.peek_at(1), Some(b'$' | b'"' | b'\'')) {
            self.at += 1;
            while let Some(byte) = self.peek() {
                match byte {
                    b']' => break,
                    b'\n' | b' ' => break,
                    _ => self.piece(draft)?,
                }
            }
            draft.expanded();
            return Ok(());
        }
        draft.push("[");
        self.at += 1;
        Ok(())
    }

    /// Reads one quoted text, escape, expansion or sequence of ordinary characters.
    fn piece(&mut self, draft: &mut Draft) -> Parsed<()> {
        let Some(byte) = self.peek() else { return Err(Unclear) };
        match byte {
            b'\'' => {
                draft.plain = false;
                self.single_quoted(draft)
            }
            b'"' => {
                draft.plain = false;
                self.double_quoted(draft)
            }
            b'\\' => {
                if self.peek_at(1) == Some(b'\n') {
                    self.at += 2;
                    return Ok(());
                }
                draft.plain = false;
                self.at += 1;
                self.character(draft);
                Ok(())
            }
            b'$' => self.dollar(draft, false),
            b'`' => self.backticks(draft),
            _ => {
                self.character(draft);
                Ok(())
            }
        }
    }

    /// Reads one whole character.
    fn character(&mut self, draft: &mut Draft) {
        let rest = self.slice(self.at..self.end);
        if let Some(character) = rest.chars().next() {
            let length = character.len_utf8();
            draft.push(self.slice(self.at..self.at + length));
            self.at += length;
        } else {
            self.at += 1;
        }
    }

    fn single_quoted(&mut self, draft: &mut Draft) -> Parsed<()> {
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.peek() {
            if byte == b'\'' {
                draft.push(self.slice(start..self.at));
                self.script.verbatim.push(start..self.at);
                self.at += 1;
                return Ok(());
            }
            self.at += 1;
        }
        Err(Unclear)
    }

    fn double_quoted(&mut self, draft: &mut Draft) -> Parsed<()> {
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(Unclear),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) => self.quoted_piece(draft)?,
            }
        }
    }

    /// Reads one escape, expansion or character between double quotes. There only `$`, backticks and `\` are special.
    fn quoted_piece(&mut self, draft: &mut Draft) -> Parsed<()> {
        match self.peek() {
            Some(b'\\') => {
                match self.peek_at(1) {
                    Some(b'\n') => {
                        self.at += 2;
                        return Ok(());
                    }
                    Some(b'$' | b'`' | b'"' | b'\\') => self.at += 1,
                    _ => {
                        draft.push("\\");
                        self.at += 1;
                        return Ok(());
                    }
                }
                self.character(draft);
                Ok(())
            }
            Some(b'$') => self.dollar(draft, true),
            Some(b'`') => self.backticks(draft),
            _ => {
                self.character(draft);
                Ok(())
            }
        }
    }

    /// Reads the body of a here-document that expands.
    pub(super) fn here_text(&mut self) -> Parsed<()> {
        let mut draft = Draft::default();
        while self.peek().is_some() {
            self.quoted_piece(&mut draft)?;
        }
        Ok(())
    }

    /// Reads the pattern after `=~`. Blanks end it, parentheses and bars don't.
    pub(super) fn regular_expression(&mut self) -> Parsed<()> {
        let mut draft = Draft::default();
        let mut open = 0usize;
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' if open == 0 => break,
                b'(' => {
                    open += 1;
                    self.at += 1;
                }
                b')' => {
                    open = open.saturating_sub(1);
                    self.at += 1;
                }
                _ => self.piece(&mut draft)?,
            }
        }
        if self.at == start { Err(Unclear) } else { Ok(()) }
    }

    /// Reads the words of `NAME=( … )`.
    fn array(&mut self, draft: &mut Draft) -> Parsed<()> {
        self.at += 1;
        draft.expanded();
        self.nested(|parser| {
            loop {
                parser.line_breaks()?;
                if parser.take(")") {
                    return Ok(());
                }
                let word = parser.word()?;
                draft.substitutions.extend(word.substitutions);
            }
        })
    }

    /// Reads from `(` to its `)`, in a pattern.
    fn parentheses(&mut self, draft: &mut Draft) -> Parsed<()> {
        draft.expanded();
        let mut open = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' => {
                    open += 1;
                    self.at += 1;
                }
                b')' => {
                    open -= 1;
                    self.at += 1;
                    if open == 0 {
                        return Ok(());
                    }
                }
                _ => self.piece(draft)?,
            }
        }
        Err(Unclear)
    }

    fn dollar(&mut self, draft: &mut Draft, quoted: bool) -> Parsed<()> {
        let start = self.at;
        let Some(next) = self.peek_at(1) else {
            draft.push("$");
            self.at += 1;
            return Ok(());
        };
        match next {
            b'(' => {
                self.at += 1;
                if self.is_at("((") {
                    let sum = self.attempt(|parser| {
                        parser.at += 2;
                        parser.nested(Self::arithmetic)
                    })?;
                    if sum.is_some() {
                        draft.expanded();
                        return Ok(());
                    }
                }
                self.command_substitution(draft)
            }
            b'{' => {
                draft.expanded();
                self.at += 2;
                self.nested(|parser| parser.braced(start, quoted, draft))
            }
            b'\'' if !quoted => {
                draft.expanded();
                self.at += 2;
                loop {
                    match self.peek() {
                        None => return Err(Unclear),
                        Some(b'\'') => {
                            self.at += 1;
                            return Ok(());
                        }
                        Some(b'\\') => self.at = (self.at + 2).min(self.end),
                        Some(_) => self.at += 1,
                    }
                }
            }
            b'"' if !quoted => {
                self.at += 1;
                self.double_quoted(draft)
            }
            _ => {
                self.at += 1;
                let length = if is_name_start(next) {
                    leading_name(self.slice(self.at..self.end)).len()
                } else if next.is_ascii_digit() || b"@*#?-$!".contains(&next) {
                    1
                } else {
                    draft.push("$");
                    return Ok(());
                };
                draft.expanded();
                self.at += length;
                self.used(start..self.at, start + 1..self.at, false);
                Ok(())
            }
        }
    }

    fn used(&mut self, range: std::ops::Range<usize>, name: std::ops::Range<usize>, guarded: bool) {
        let in_function = self.functions > 0;
        self.script.uses.push(Use { range, name, guarded, in_function });
    }

    /// Reads `${…}`, after its opening brace.
    fn braced(&mut self, start: usize, quoted: bool, draft: &mut Draft) -> Parsed<()> {
        if self.peek() == Some(b'{') {
            return self.engine_expression();
        }
        let indirect = self.peek() == Some(b'!') && self.peek_at(1) != Some(b'}');
        let length = self.peek() == Some(b'#') && !matches!(self.peek_at(1), Some(b'}' | b'-' | b':' | b'?'));
        if indirect || length {
            self.at += 1;
        }
        let name_start = self.at;
        match self.peek() {
            Some(byte) if is_name_byte(byte) => {
                while self.peek().is_some_and(is_name_byte) {
                    self.at += 1;
                }
            }
            Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => self.at += 1,
            _ => return Err(Unclear),
        }
        let name = name_start..self.at;
        if self.peek() == Some(b'[') {
            self.at += 1;
            let mut open = 1usize;
            while open > 0 {
                match self.peek() {
                    Some(b'[') => {
                        open += 1;
                        self.at += 1;
                    }
                    Some(b']') => {
                        open -= 1;
                        self.at += 1;
                    }
                    _ => self.piece(draft)?,
                }
            }
        }
        let operator = (self.peek(), self.peek_at(1));
        let guarded = matches!(operator, (Some(b'-' | b'=' | b'+' | b'?'), _))
            || matches!(operator, (Some(b':'), Some(b'-' | b'=' | b'+' | b'?')));
        let whole = self.peek() == Some(b'}') && !length;
        // In `"${X:-it's}"`, single quotes are ordinary characters; in `"${X%'s'}"`, they quote.
        let quotes = !quoted || matches!(self.peek(), Some(b'%' | b'#' | b'/' | b'^' | b','));
        loop {
            match self.peek() {
                None => return Err(Unclear),
                Some(b'}') => break,
                Some(b'"') => self.double_quoted(draft)?,
                Some(b'\'') if quotes => self.single_quoted(draft)?,
                Some(b'\\') => {
                    self.at += 1;
                    self.character(draft);
                }
                _ => self.quoted_piece(draft)?,
            }
        }
        self.at += 1;
        if !indirect {
            let range = if whole { start..self.at } else { name.clone() };
            self.used(range, name, guarded);
        }
        Ok(())
    }

    /// Reads `${{ … }}` as a whole. No shell knows it, but the rest of the script can then be read.
    fn engine_expression(&mut self) -> Parsed<()> {
        while let Some(byte) = self.peek() {
            if byte == b'\n' {
                break;
            }
            if self.take("}}") {
                return Ok(());
            }
            self.at += 1;
        }
        Err(Unclear)
    }

    /// Reads after `((`, up to and including `))`. `None` if a single `)` shows that it is no arithmetic.
    pub(super) fn arithmetic(&mut self) -> Parsed<Option<()>> {
        let mut draft = Draft::default();
        let mut open = 0usize;
        loop {
            let Some(byte) = self.peek() else { return Ok(None) };
            match byte {
                b'(' => {
                    open += 1;
                    self.at += 1;
                }
                b')' if open > 0 => {
                    open -= 1;
                    self.at += 1;
                }
                b')' => return Ok(self.take("))").then_some(())),
                b'\'' => self.at += 1,
                _ if is_name_byte(byte) => {
                    let start = self.at;
                    while self.peek().is_some_and(is_name_byte) {
                        self.at += 1;
                    }
                    if is_name_start(byte) {
                        self.script.arithmetic.push(start..self.at);
                    }
                }
                b'"' => self.at += 1,
                _ => self.quoted_piece(&mut draft)?,
            }
        }
    }

    /// Reads from `(` to its `)` as a list.
    fn command_substitution(&mut self, draft: &mut Draft) -> Parsed<()> {
        draft.expanded();
        self.at += 1;
        let list = self.list()?;
        if !self.take(")") {
            return Err(Unclear);
        }
        draft.substitutions.push(self.script.substitutions.len());
        self.script.substitutions.push(list);
        Ok(())
    }

    fn backticks(&mut self, draft: &mut Draft) -> Parsed<()> {
        draft.expanded();
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                None => return Err(Unclear),
                Some(b'`') => break,
                Some(b'\\') => self.at = (self.at + 2).min(self.end),
                Some(_) => self.at += 1,
            }
        }
        let closing = self.at;
        let end = std::mem::replace(&mut self.end, closing);
        self.at = start;
        let list = self.list();
        let whole = self.at == closing;
        self.end = end;
        self.at = closing + 1;
        let list = list?;
        if !whole {
            return Err(Unclear);
        }
        draft.substitutions.push(self.script.substitutions.len());
        self.script.substitutions.push(list);
        Ok(())
    }
}
