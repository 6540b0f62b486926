//! Parses a script into a tree: commands and the operators between them. `words.rs` reads the words.
//!
//! The grammar is that of bash (Bash Reference Manual, chapter 3), which contains that of POSIX. The parser does not
//! guess: if a part of a script has no meaning in that grammar, the whole script is `Unclear`.

use super::redirects::HereDocument;
use super::syntax::{Bytes, Command, Connector, End, Kind, Link, List, Pipeline, Script, Simple};
use super::syntax::{Statement, Word};

/// The script has unbalanced quotes, brackets or keywords, or is nested too deeply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclear;

pub(super) type Parsed<T> = Result<T, Unclear>;

/// The maximum nesting. People write no deeper scripts.
const DEPTH: usize = 80;

/// How often `((` may turn out to be two parentheses. Each time, the following text is read again.
const SECOND_READINGS: usize = 16;

/// Words that end a list in the position of a command.
const CLOSING: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// The end of the current text: of the script, of backticks or of a here-document.
    pub(super) end: usize,
    pub(super) script: Script,
    pub(super) functions: usize,
    depth: usize,
    second_readings: usize,
    /// Here-documents whose bodies begin on the next line.
    pub(super) pending: Vec<HereDocument>,
}

/// Reads a whole script.
pub(super) fn parse(text: &str) -> Parsed<Script> {
    let mut parser = Parser {
        text,
        at: 0,
        end: text.len(),
        script: Script::default(),
        functions: 0,
        depth: 0,
        second_readings: 0,
        pending: Vec::new(),
    };
    let main = parser.list()?;
    if parser.at < parser.end || !parser.pending.is_empty() {
        return Err(Unclear);
    }
    let mut script = parser.script;
    script.main = main;
    script.comments.sort_by_key(|range| range.start);
    script.verbatim.sort_by_key(|range| range.start);
    Ok(script)
}

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        let at = self.at + ahead;
        if at < self.end { self.text.as_bytes().get(at).copied() } else { None }
    }

    pub(super) fn is_at(&self, text: &str) -> bool {
        text.bytes().enumerate().all(|(ahead, byte)| self.peek_at(ahead) == Some(byte))
    }

    pub(super) fn take(&mut self, text: &str) -> bool {
        let seen = self.is_at(text);
        if seen {
            self.at += text.len();
        }
        seen
    }

    pub(super) fn slice(&self, range: Bytes) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// Runs `read` one level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return Err(Unclear);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Runs `read`. If it returns `None`, restores the state from before.
    pub(super) fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Parsed<Option<T>>,
    ) -> Parsed<Option<T>> {
        let (at, pending) = (self.at, self.pending.len());
        let uses = self.script.uses.len();
        let substitutions = self.script.substitutions.len();
        let arithmetic = self.script.arithmetic.len();
        let comments = self.script.comments.len();
        let verbatim = self.script.verbatim.len();
        let result = read(self)?;
        if result.is_none() {
            self.second_readings += 1;
            if self.second_readings > SECOND_READINGS || self.pending.len() < pending {
                return Err(Unclear);
            }
            self.at = at;
            self.pending.truncate(pending);
            self.script.uses.truncate(uses);
            self.script.substitutions.truncate(substitutions);
            self.script.arithmetic.truncate(arithmetic);
            self.script.comments.truncate(comments);
            self.script.verbatim.truncate(verbatim);
        }
        Ok(result)
    }

    /// Skips spaces, tabs and continued lines.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.peek_at(1) == Some(b'\n') => self.at += 2,
                _ => return,
            }
        }
    }

    /// Skips blanks, comments and line ends. Reads the here-documents that begin after the first line end.
    pub(super) fn line_breaks(&mut self) -> Parsed<()> {
        loop {
            self.blanks();
            match self.peek() {
                Some(b'#') => self.comment(),
                Some(b'\n') => self.line_end()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
        self.script.comments.push(start..self.at);
    }

    fn line_end(&mut self) -> Parsed<()> {
        self.at += 1;
        for document in std::mem::take(&mut self.pending) {
            self.here_document(&document)?;
        }
        Ok(())
    }

    /// The characters up to the next possible end of a word. They are compared with reserved words.
    fn reserved(&self) -> &'a str {
        const LONGEST: usize = 8;
        let mut length = 0;
        while length <= LONGEST {
            match self.peek_at(length) {
                None | Some(b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')') => break,
                Some(_) => length += 1,
            }
        }
        self.slice(self.at..self.at + length)
    }

    fn take_reserved(&mut self, word: &str) -> bool {
        let seen = self.reserved() == word;
        if seen {
            self.at += word.len();
        }
        seen
    }

    fn expect_reserved(&mut self, word: &str) -> Parsed<()> {
        self.line_breaks()?;
        if self.take_reserved(word) { Ok(()) } else { Err(Unclear) }
    }

    pub(super) fn list(&mut self) -> Parsed<List> {
        self.nested(|parser| {
            let mut list = List::default();
            loop {
                parser.line_breaks()?;
                let ends = match parser.peek() {
                    None | Some(b')') => true,
                    Some(b';') => match parser.peek_at(1) {
                        Some(b';' | b'&') => true,
                        _ => return Err(Unclear),
                    },
                    _ => CLOSING.contains(&parser.reserved()),
                };
                if ends {
                    return Ok(list);
                }
                list.statements.push(parser.statement()?);
            }
        })
    }

    /// Reads the list of a keyword or bracket. An empty list is a syntax error of the shell.
    fn body(&mut self) -> Parsed<List> {
        let list = self.list()?;
        if list.statements.is_empty() { Err(Unclear) } else { Ok(list) }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let start = self.at;
        let mut links = Vec::new();
        let mut connector = None;
        loop {
            let pipeline = self.pipeline()?;
            let end = pipeline.range.end;
            links.push(Link { connector: connector.take(), pipeline });
            self.blanks();
            let operator = self.at..self.at + 2;
            if self.take("&&") {
                connector = Some((Connector::And, operator));
            } else if self.take("||") {
                connector = Some((Connector::Or, operator));
            } else {
                let mark = self.at..self.at + 1;
                let ending = match (self.peek(), self.peek_at(1)) {
                    (Some(b';'), Some(b';' | b'&')) => End::Line,
                    (Some(b';'), _) => {
                        self.at += 1;
                        End::Semicolon(mark)
                    }
                    (Some(b'&'), _) => {
                        self.at += 1;
                        End::Background(mark)
                    }
                    (None | Some(b'\n' | b'#' | b')'), _) => End::Line,
                    _ if CLOSING.contains(&self.reserved()) => End::Line,
                    _ => return Err(Unclear),
                };
                return Ok(Statement { links, end: ending, range: start..end });
            }
            self.line_breaks()?;
        }
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let start = self.at;
        let mut negated = false;
        loop {
            self.blanks();
            if self.take_reserved("!") {
                negated = !negated;
            } else if self.take_reserved("time") {
                self.blanks();
                self.take_reserved("-p");
            } else {
                break;
            }
        }
        let mut commands = Vec::new();
        loop {
            let (command, end) = self.command()?;
            commands.push(command);
            self.blanks();
            if self.peek() == Some(b'|') && self.peek_at(1) != Some(b'|') {
                self.at += 1;
                self.take("&");
                self.line_breaks()?;
            } else {
                return Ok(Pipeline { negated, commands, range: start..end });
            }
        }
    }

    /// Reads a command. Also returns its end.
    fn command(&mut self) -> Parsed<(Command, usize)> {
        let kind = match self.reserved() {
            "{" => {
                self.at += 1;
                let list = self.body()?;
                self.expect_reserved("}")?;
                Kind::Group(list)
            }
            "if" => self.conditional()?,
            "while" | "until" => {
                self.at += "while".len();
                let condition = self.body()?;
                Kind::While(condition, self.loop_body()?)
            }
            "for" => {
                self.at += "for".len();
                self.for_loop()?
            }
            "select" => {
                self.at += "select".len();
                self.for_loop()?
            }
            "case" => self.case()?,
            "function" => {
                self.at += "function".len();
                self.blanks();
                let name = self.word()?;
                self.blanks();
                if self.take("(") {
                    self.blanks();
                    if !self.take(")") {
                        return Err(Unclear);
                    }
                }
                return self.function(name.range);
            }
            "[[" => {
                self.at += 2;
                Kind::Test(self.test()?)
            }
            "coproc" => return Err(Unclear),
            _ if self.peek() == Some(b'(') => match self.arithmetic_command()? {
                Some(()) => Kind::Arithmetic,
                None => {
                    self.at += 1;
                    let list = self.body()?;
                    if !self.take(")") {
                        return Err(Unclear);
                    }
                    Kind::Subshell(list)
                }
            },
            _ => return self.simple(),
        };
        let mut end = self.at;
        let mut redirects = Vec::new();
        loop {
            self.blanks();
            match self.redirect()? {
                Some(redirect) => {
                    redirects.push(redirect);
                    end = self.at;
                }
                None => return Ok((Command { kind, redirects }, end)),
            }
        }
    }

    fn arithmetic_command(&mut self) -> Parsed<Option<()>> {
        if !self.is_at("((") {
            return Ok(None);
        }
        self.attempt(|parser| {
            parser.at += 2;
            parser.arithmetic()
        })
    }

    fn conditional(&mut self) -> Parsed<Kind> {
        let mut branches = Vec::new();
        self.at += "if".len();
        loop {
            let condition = self.body()?;
            self.expect_reserved("then")?;
            branches.push((condition, self.body()?));
            if self.take_reserved("elif") {
                continue;
            }
            let otherwise = if self.take_reserved("else") { Some(self.body()?) } else { None };
            self.expect_reserved("fi")?;
            return Ok(Kind::If(branches, otherwise));
        }
    }

    fn loop_body(&mut self) -> Parsed<List> {
        self.line_breaks()?;
        let closing = if self.take_reserved("{") {
            "}"
        } else {
            self.expect_reserved("do")?;
            "done"
        };
        let body = self.body()?;
        self.expect_reserved(closing)?;
        Ok(body)
    }

    fn for_loop(&mut self) -> Parsed<Kind> {
        self.blanks();
        let mut name = None;
        if self.is_at("((") {
            self.arithmetic_command()?.ok_or(Unclear)?;
        } else {
            name = Some(self.word()?.range);
            self.line_breaks()?;
            if self.take_reserved("in") {
                loop {
                    self.blanks();
                    match self.peek() {
                        Some(b';' | b'\n' | b'#') => break,
                        _ => self.word()?,
                    };
                }
            }
        }
        self.blanks();
        self.take(";");
        Ok(Kind::For(name, self.loop_body()?))
    }

    fn case(&mut self) -> Parsed<Kind> {
        self.at += "case".len();
        self.blanks();
        self.word()?;
        self.expect_reserved("in")?;
        let mut arms = Vec::new();
        loop {
            self.line_breaks()?;
            if self.take_reserved("esac") {
                return Ok(Kind::Case(arms));
            }
            self.take("(");
            loop {
                self.blanks();
                self.word()?;
                self.blanks();
                if self.take(")") {
                    break;
                }
                if !self.take("|") {
                    return Err(Unclear);
                }
            }
            arms.push(self.list()?);
            if !(self.take(";;&") || self.take(";;") || self.take(";&")) && self.reserved() != "esac" {
                return Err(Unclear);
            }
        }
    }

    fn test(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.line_breaks()?;
            if self.take_reserved("]]") {
                return Ok(words);
            }
            if self.take("&&") || self.take("||") || self.take_reserved("!") {
                continue;
            }
            if self.take_reserved("=~") {
                self.blanks();
                self.regular_expression()?;
                continue;
            }
            match self.peek() {
                Some(b'(' | b')' | b'<' | b'>') => self.at += 1,
                _ => words.push(self.word()?),
            }
        }
    }

    fn function(&mut self, name: Bytes) -> Parsed<(Command, usize)> {
        self.line_breaks()?;
        self.functions += 1;
        let body = self.nested(Self::command);
        self.functions -= 1;
        let (body, end) = body?;
        if matches!(body.kind, Kind::Simple(_)) {
            return Err(Unclear);
        }
        Ok((Command { kind: Kind::Function(name, Box::new(body)), redirects: Vec::new() }, end))
    }

    fn simple(&mut self) -> Parsed<(Command, usize)> {
        let (mut simple, mut redirects) = (Simple::default(), Vec::new());
        let (start, mut end) = (self.at, self.at);
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                end = self.at;
                continue;
            }
            match self.peek() {
                None | Some(b'\n' | b';' | b'&' | b'|' | b')' | b'#') => break,
                Some(b'(') if simple.assignments.is_empty() && redirects.is_empty() => {
                    let [name] = simple.words.as_slice() else { return Err(Unclear) };
                    self.at += 1;
                    self.blanks();
                    if !self.take(")") {
                        return Err(Unclear);
                    }
                    let name = name.range.clone();
                    return self.function(name);
                }
                _ => {}
            }
            let word = self.word()?;
            end = self.at;
            if simple.words.is_empty() && assigned_name(self.slice(word.range.clone())).is_some() {
                simple.assignments.push(word);
            } else {
                simple.words.push(word);
            }
        }
        if end == start {
            return Err(Unclear);
        }
        Ok((Command { kind: Kind::Simple(simple), redirects }, end))
    }
}

pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The name at the beginning of a text, empty if there is none.
pub(super) fn leading_name(text: &str) -> &str {
    if !text.bytes().next().is_some_and(is_name_start) {
        return "";
    }
    let length = text.bytes().take_while(|byte| is_name_byte(*byte)).count();
    text.get(..length).unwrap_or_default()
}

/// The variable that a word of the form `NAME=…`, `NAME+=…` or `NAME[…]=…` sets.
pub(super) fn assigned_name(word: &str) -> Option<&str> {
    let name = leading_name(word);
    let rest = word.get(name.len()..)?;
    let sets = rest.starts_with('=')
        || rest.starts_with("+=")
        || rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).is_some_and(|(_, rest)| {
            rest.starts_with('=') || rest.starts_with("+=") || rest.contains("]=") || rest.contains("]+=")
        });
    (sets && !name.is_empty()).then_some(name)
}
