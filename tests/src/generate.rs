//! Random programs that parse, for property tests of whatever reads them.
//!
//! A program is a function of a sequence of bytes, its choices: whoever shrinks the bytes shrinks the program, and a fuzzer
//! that finds bytes finds programs. Where they end, every choice is the simplest. The words of a program and its layout
//! are chosen apart, so that one program can be had in many layouts.
//!
//! Programs follow the grammar; names mean nothing, so few of them resolve.

use std::collections::BTreeSet;

/// A sequence of choices.
#[derive(Clone, Debug)]
pub struct Choices<'b> {
    bytes: std::slice::Iter<'b, u8>,
}

impl<'b> Choices<'b> {
    /// The choices that these bytes stand for.
    pub fn new(bytes: &'b [u8]) -> Choices<'b> {
        Choices { bytes: bytes.iter() }
    }

    /// A number below `bound`; 0 where the choices have ended.
    pub fn below(&mut self, bound: usize) -> usize {
        self.bytes.next().map_or(0, |byte| usize::from(*byte) % bound.max(1))
    }

    /// Yes in one of `bound` cases.
    pub fn rarely(&mut self, bound: usize) -> bool {
        self.below(bound) == bound - 1
    }

    /// One of several; the first is the simplest.
    pub fn of<'t>(&mut self, options: &[&'t str]) -> &'t str {
        let index = self.below(options.len());
        options.get(index).copied().unwrap_or_default()
    }
}

/// A token of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it is written.
    pub text: String,
    /// Whether a clause, or what is allowed in it, begins here: documentation may stand before it.
    pub begins_clause: bool,
}

/// A program without its layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Its tokens.
    pub words: Vec<Word>,
}

impl Program {
    /// A random program of some declarations.
    pub fn random(choices: &mut Choices<'_>) -> Program {
        let mut writer = Writer { choices, words: Vec::new(), begins_clause: false, depth: 0 };
        writer.file();
        Program { words: writer.words }
    }

    /// Its text with a space between any two tokens.
    pub fn plain(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ") + "\n"
    }

    /// Its text in a random layout, with comments wherever they may stand.
    pub fn laid_out(&self, choices: &mut Choices<'_>) -> String {
        let mut text = String::new();
        if choices.rarely(16) {
            text.push('\u{feff}');
        }
        let line_end = if choices.rarely(8) { "\r\n" } else { "\n" };
        let comments = choices.below(3) * 6;
        let mut before = "";
        for word in &self.words {
            white_space(before, word, line_end, comments, choices, &mut text);
            text.push_str(&word.text.replace('\n', line_end));
            before = &word.text;
        }
        let end = choices.below(5);
        text.push_str(["\n", "", " ", "\n\n\n", "  // the end"].get(end).copied().unwrap_or_default());
        text
    }
}

fn white_space(
    before: &str,
    next: &Word,
    line_end: &str,
    comments: usize,
    choices: &mut Choices<'_>,
    text: &mut String,
) {
    let glues = |text: Option<char>| text.is_none_or(|character| "{}()[],\"".contains(character));
    match choices.below(12) {
        0..6 => text.push(' '),
        6 => text.push_str(line_end),
        7 => text.push_str(&format!("{line_end}{line_end}  ")),
        8 => text.push_str(&format!("  \t{line_end} {line_end}{line_end}\t")),
        9 => text.push('\t'),
        10 if glues(before.chars().last()) || glues(next.text.chars().next()) => {}
        _ => text.push_str(&format!("{line_end}        ")),
    }
    if comments == 0 {
        return;
    }
    let after_word = text.ends_with(|character: char| character.is_alphanumeric() || character == '%');
    if after_word {
        text.push(' ');
    }
    while choices.rarely(comments) {
        let comment = choices.of(&["// why", "//", "// `a`, \"b\" { ", "//// rule  ", "// ü → 木\t"]);
        text.push_str(comment);
        text.push_str(line_end);
        if choices.rarely(3) {
            text.push_str(line_end);
        }
    }
    if next.begins_clause && choices.rarely(comments) {
        text.push_str(line_end);
        text.push_str(choices.of(&["/// what it is for", "///", "///  indented  "]));
        text.push_str(line_end);
    }
}

const NAMES: &[&str] = &[
    "main",
    "web",
    "app-2",
    "a",
    "run",
    "on",
    "and",
    "or",
    "because",
    "when",
    "is",
    "changed",
    "artifact",
    "expect",
    "stage",
    "after",
    "not",
    "of",
    "to",
    "env",
    "in",
    "path",
    "release-managers",
    "fork",
    "from",
    "a-name-that-is-as-long-as-names-can-be-in-this-language-63-byte",
];
const VARIABLES: &[&str] = &["TOKEN", "x", "PATH_2", "_a", "run", "KUBECONFIG"];
const STRINGS: &[&str] = &[
    "\"x\"",
    "\"\"",
    "\"cargo test --locked\"",
    "\"**/*.md\"",
    "\"a // b { } , \\\" \\\\ \\n \\t \\u{2713} ü\"",
    "\"\"\"raw \" \\ one line\"\"\"",
    "\"a text that says at some length why this is so, what would happen if it were not, and who knows\"",
];
const RAW_STRINGS: &[&str] = &[
    "\"\"\"\n  a\n    b\n\n  \"\"\"",
    "\"\"\"\n\"\"\"",
    "\"\"\"\n\n\"\"\"",
    "\"\"\"\n\t\tset -x\n\t\t\tcargo test  \n   \n\t\t\"\"\"",
    "\"\"\"  \nleft // no comment\n \"\" }\n\"\"\"",
];
const INTERPOLATED: &[&str] =
    &["$\"x\"", "$\"https://pr-{pull-request.number}.example\"", "$\"{a}{b.c} {{ }} \\\"\""];
const LITERALS: &[&str] = &[
    "1",
    "0",
    "0.82",
    "10m",
    "250ms",
    "7d",
    "80%",
    "2.5%",
    "2GiB",
    "512KiB",
    "08:00",
    "24:00",
    "2027-01-31",
    "true",
    "false",
    "\"high\"",
];

/// What a block says at most once.
const ONCE: &[&str] = &[
    "runs",
    "in",
    "targets",
    "budget",
    "owner",
    "checkout",
    "name",
    "timeout",
    "retry",
    "matrix",
    "shard",
    "advisory",
    "override",
    "strategy",
    "shift",
    "verify",
    "rollback",
    "irreversible",
    "repeat",
    "history",
    "submodules",
    "lfs",
    "expires",
    "review",
    "tier",
    "from",
    "open",
    "url",
    "lock",
    "ttl",
    "teardown",
    "image",
    "host",
    "cpu",
    "memory",
    "gpu",
    "port",
    "ready",
    "user",
    "password",
];

/// How deep bodies in actions in bodies go.
const DEPTH: usize = 3;

struct Writer<'c, 'b> {
    choices: &'c mut Choices<'b>,
    words: Vec<Word>,
    begins_clause: bool,
    depth: usize,
}

impl Writer<'_, '_> {
    fn put(&mut self, text: &str) {
        let begins_clause = std::mem::take(&mut self.begins_clause);
        self.words.push(Word { text: text.to_owned(), begins_clause });
    }

    fn puts(&mut self, words: &str) {
        words.split(' ').for_each(|word| self.put(word));
    }

    fn maybe(&mut self, write: impl FnOnce(&mut Self)) {
        if self.choices.rarely(3) {
            write(self);
        }
    }

    fn list(&mut self, mut write: impl FnMut(&mut Self)) {
        write(self);
        while self.choices.rarely(3) {
            self.put(",");
            write(self);
        }
    }

    /// Clauses between braces.
    fn block(&mut self, write: impl FnMut(&mut Self)) {
        self.clauses(false, write);
    }

    /// Clauses between braces, before any of which a finding may be allowed.
    fn allowing_block(&mut self, write: impl FnMut(&mut Self)) {
        self.clauses(true, write);
    }

    fn clauses(&mut self, allowing: bool, mut write: impl FnMut(&mut Self)) {
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

    fn allow(&mut self) {
        if self.choices.rarely(12) {
            self.puts("allow P0905 because");
            self.text();
            self.maybe(|writer| writer.puts("until 2027-01-31"));
        }
    }

    fn name(&mut self) {
        let name = self.choices.of(NAMES);
        self.put(name);
    }

    fn names(&mut self) {
        self.list(Self::name);
    }

    fn path(&mut self) {
        self.name();
        self.maybe(|writer| {
            writer.put(".");
            writer.name();
        });
    }

    fn paths(&mut self) {
        self.list(Self::path);
    }

    fn variable(&mut self) {
        let variable = self.choices.of(VARIABLES);
        self.put(variable);
    }

    fn plain_string(&mut self) {
        let text = self.choices.of(STRINGS.get(..5).unwrap_or_default());
        self.put(text);
    }

    /// A verbatim string on one line.
    fn text(&mut self) {
        let text = self.choices.of(STRINGS);
        self.put(text);
    }

    fn texts(&mut self) {
        self.list(Self::text);
    }

    /// A verbatim string.
    fn script(&mut self) {
        if self.choices.rarely(3) {
            let text = self.choices.of(RAW_STRINGS);
            self.put(text);
        } else {
            self.text();
        }
    }

    /// Any string.
    fn string(&mut self) {
        if self.choices.rarely(3) {
            let text = self.choices.of(INTERPOLATED);
            self.put(text);
        } else {
            self.script();
        }
    }

    fn reference(&mut self) {
        if self.choices.rarely(2) { self.plain_string() } else { self.name() }
    }

    fn references(&mut self) {
        self.list(Self::reference);
    }

    fn literal(&mut self) {
        let literal = self.choices.of(LITERALS);
        self.put(literal);
    }

    fn duration(&mut self) {
        let duration = self.choices.of(&["10m", "24h", "3d", "90s"]);
        self.put(duration);
    }

    fn because(&mut self) {
        self.put("because");
        self.text();
    }

    fn expression(&mut self) {
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

    fn call(&mut self) {
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

    fn ty(&mut self) {
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

    fn parameter(&mut self) {
        self.name();
        self.put(":");
        self.ty();
        self.maybe(|writer| {
            writer.put("=");
            writer.expression();
        });
    }

    fn parameters(&mut self) {
        self.put("(");
        if self.choices.below(4) > 0 {
            self.list(Self::parameter);
        }
        self.put(")");
    }

    fn file(&mut self) {
        while self.choices.below(6) > 0 {
            self.begins_clause = true;
            self.allow();
            self.declaration();
        }
    }

    fn declaration(&mut self) {
        match self.choices.below(12) {
            0 => {
                self.put("let");
                self.name();
                self.put("=");
                self.expression();
            }
            1 => {
                self.put("use");
                self.path();
            }
            2 => {
                self.puts("use \"./shared.pipe\" as");
                self.name();
            }
            3 => {
                self.put("evidence");
                self.name();
                self.put("of");
                let subject = self.choices.of(&["commit", "artefact"]);
                self.put(subject);
            }
            4 => {
                self.put("runner");
                self.name();
                self.block(Self::runner_clause);
            }
            5 => {
                self.put("role");
                self.name();
                self.block(|writer| {
                    let member = writer.choices.of(&["github team", "gitlab group", "tekton user"]);
                    writer.puts(member);
                    writer.plain_string();
                });
            }
            6 => {
                self.puts("registry \"ghcr.io/acme\"");
                self.block(|writer| {
                    let part = writer.choices.of(&["user", "password"]);
                    writer.put(part);
                    writer.variable();
                });
            }
            7 => {
                self.put("task");
                self.name();
                self.parameters();
                self.put("->");
                self.name();
                self.body();
            }
            8 => self.environment(),
            9 => {
                let noun = self.choices.of(&["pipeline", "environment"]);
                self.put(noun);
                self.name();
                self.put("=");
                self.call();
            }
            _ => {
                self.put("pipeline");
                self.name();
                self.maybe(Self::parameters);
                self.allowing_block(Self::pipeline_clause);
            }
        }
    }

    fn runner_clause(&mut self) {
        match self.choices.below(7) {
            0 => {
                self.put("image");
                self.expression();
            }
            1 => self.puts("host linux-x64"),
            2 => self.puts("with docker"),
            3 => {
                self.puts("label github");
                self.plain_string();
            }
            4 => self.puts("cpu 4"),
            5 => self.puts("memory 8GiB"),
            _ => self.puts("gpu 1"),
        }
    }

    fn environment(&mut self) {
        self.put("environment");
        self.name();
        self.maybe(Self::parameters);
        self.allowing_block(Self::environment_clause);
    }

    fn environment_clause(&mut self) {
        match self.choices.below(15) {
            0 => {
                self.put("requires");
                self.paths();
            }
            1 => {
                self.puts("tier ephemeral");
                self.maybe(|writer| writer.puts("per pull-request"));
            }
            2 => {
                self.put("after");
                self.path();
            }
            3 => {
                self.put("from");
                self.names();
            }
            4 => self.puts("open to members"),
            5 => {
                self.put("url");
                self.string();
            }
            6 => {
                self.puts("approval by");
                self.path();
                self.maybe(|writer| writer.puts("min 2"));
                self.maybe(|writer| writer.puts("not author"));
            }
            7 => self.secret(),
            8 => self.identity(),
            9 => {
                self.put("value");
                self.variable();
                self.put("=");
                self.expression();
            }
            10 => self.puts("window mon .. thu 08:00 .. 16:00 \"Europe/London\""),
            11 => self.puts("window sat 00:00 .. 24:00 \"UTC\""),
            12 => self.puts("lock queue"),
            13 => {
                self.put("ttl");
                self.duration();
            }
            _ => {
                self.put("teardown");
                self.action();
            }
        }
    }

    fn secret(&mut self) {
        self.put("secret");
        self.variable();
        self.maybe(|writer| writer.put("file"));
    }

    fn identity(&mut self) {
        self.puts("identity aws");
        self.plain_string();
    }

    fn default(&mut self) {
        match self.choices.below(5) {
            0 => {
                self.put("env");
                self.variable();
                self.put("=");
                self.expression();
            }
            1 => {
                self.put("tool");
                self.name();
                self.put("from");
                self.plain_string();
            }
            2 => {
                self.put("tool");
                self.name();
                self.plain_string();
            }
            3 => {
                self.puts("runs on");
                self.path();
            }
            _ => {
                self.put("in");
                self.plain_string();
            }
        }
    }

    fn pipeline_clause(&mut self) {
        match self.choices.below(12) {
            0..3 => self.stage(),
            3 | 4 => self.trigger(),
            5 => {
                self.put("protect");
                self.references();
            }
            6 => self.puts("targets github , gitlab , tekton"),
            7 => self.puts("emits github \"release.yml\""),
            8 => {
                self.put("budget");
                self.duration();
            }
            9 => {
                self.put("owner");
                self.path();
            }
            10 => {
                self.put("change");
                let kind = self.choices.of(&["docs", "code", "config", "schema"]);
                self.put(kind);
                self.list(Self::plain_string);
                self.maybe(Self::because);
            }
            _ => self.default(),
        }
    }

    fn trigger(&mut self) {
        self.put("on");
        match self.choices.below(6) {
            0 => {
                self.puts("push to");
                self.references();
            }
            1 => {
                self.puts("pull-request to");
                self.references();
            }
            2 => {
                self.put("tag");
                self.references();
            }
            3 => self.puts("merge-queue"),
            4 => {
                self.put("schedule");
                self.put("\"0 3 * * 1-5\"");
            }
            _ => {
                self.put("manual");
                self.maybe(|writer| {
                    writer.block(|writer| {
                        writer.put("input");
                        writer.parameter();
                    });
                });
            }
        }
    }

    fn stage(&mut self) {
        self.put("stage");
        self.name();
        self.maybe(|writer| {
            writer.put("after");
            writer.names();
        });
        self.maybe(|writer| {
            writer.put("when");
            writer.condition(0);
        });
        self.allowing_block(Self::stage_clause);
    }

    fn condition(&mut self, depth: usize) {
        self.atom(depth);
        while self.choices.rarely(3) {
            let word = self.choices.of(&["and", "or"]);
            self.put(word);
            self.atom(depth);
        }
    }

    fn atom(&mut self, depth: usize) {
        self.maybe(|writer| writer.put("not"));
        match self.choices.below(8) {
            0 => {
                self.puts("event is");
                let event = self.choices.of(&["push", "pull-request", "schedule"]);
                self.put(event);
            }
            1 => {
                self.puts("branch is");
                self.reference();
            }
            2 => {
                self.puts("tag is");
                self.reference();
            }
            3 => {
                self.put("changed");
                self.references();
            }
            4 => {
                self.put("input");
                self.name();
                self.put("is");
                self.literal();
            }
            5 | 6 if depth < DEPTH => {
                self.put("(");
                self.condition(depth + 1);
                self.put(")");
            }
            _ => self.put("fork"),
        }
    }

    fn stage_clause(&mut self) {
        match self.choices.below(9) {
            0..3 => {
                self.put("gate");
                self.name();
                self.put(":");
                self.path();
                self.maybe(|writer| {
                    writer.put("of");
                    writer.names();
                });
                self.work();
            }
            3 => {
                let keyword = self.choices.of(&["artefact", "artefact", "artifact"]);
                self.put(keyword);
                self.name();
                self.put(":");
                let ty = self.choices.of(&["image", "binary", "archive"]);
                self.put(ty);
                self.work();
            }
            4 | 5 => {
                self.put("deploy");
                self.names();
                self.put("to");
                self.path();
                self.work();
            }
            6 => {
                self.put("job");
                self.name();
                self.work();
            }
            7 => {
                self.put("budget");
                self.duration();
            }
            _ => self.default(),
        }
    }

    fn work(&mut self) {
        match self.choices.below(3) {
            0 => self.body(),
            1 => {
                self.put("=");
                self.call();
            }
            _ => {
                self.put("=");
                self.call();
                self.body();
            }
        }
    }

    fn action(&mut self) {
        match self.choices.below(3) {
            0 => {
                self.put("run");
                self.script();
            }
            1 => {
                self.put("=");
                self.call();
            }
            _ if self.depth < DEPTH => {
                self.depth += 1;
                self.body();
                self.depth -= 1;
            }
            _ => self.puts("run \"x\""),
        }
    }

    fn body(&mut self) {
        self.allowing_block(Self::body_clause);
    }

    fn run(&mut self) {
        self.put("run");
        self.maybe(Self::name);
        self.script();
    }

    fn body_clause(&mut self) {
        match self.choices.below(32) {
            0..3 => self.run(),
            3 => {
                self.put("check");
                self.name();
                self.script();
            }
            4 => {
                self.put("uses");
                self.names();
            }
            5 => {
                self.put("path");
                self.texts();
            }
            6 => self.puts("checkout none"),
            7 => {
                self.put("checkout");
                self.block(|writer| {
                    let clause = writer.choices.of(&["lfs", "submodules", "history full"]);
                    writer.puts(clause);
                });
            }
            8 => {
                self.put("name");
                self.string();
            }
            9 => {
                self.put("timeout");
                self.expression();
            }
            10 => {
                self.puts("retry 1");
                self.because();
            }
            11 => self.secret(),
            12 => self.identity(),
            13 => self.puts("may write releases , packages"),
            14 => {
                self.puts("report junit");
                self.text();
            }
            15 => {
                self.put("keep");
                self.texts();
                self.puts("on failure");
            }
            16 => {
                self.put("measure");
                self.text();
                self.block(Self::expectation);
            }
            17 => {
                self.put("cache");
                self.text();
                self.puts("keyed by");
                self.text();
            }
            18 => {
                self.put("matrix");
                self.block(Self::matrix_clause);
            }
            19 => {
                self.put("shard");
                self.expression();
            }
            20 => {
                self.put("sidecar");
                self.name();
                self.block(Self::sidecar_clause);
            }
            21 => {
                self.put("advisory");
                self.because();
            }
            22 => {
                self.puts("exempt unless changed");
                self.references();
                self.because();
            }
            23 => {
                self.puts("exempt on fork");
                self.because();
            }
            24 => {
                self.puts("override by");
                self.path();
                self.block(|writer| {
                    let clause = writer.choices.of(&["expires", "review within"]);
                    writer.puts(clause);
                    writer.duration();
                });
            }
            25 => {
                self.puts("strategy canary");
                self.block(|writer| {
                    writer.puts("step 5%");
                    writer.maybe(|writer| writer.puts("soak 10m"));
                });
            }
            26 | 27 => {
                let action = self.choices.of(&["shift", "verify", "rollback"]);
                self.put(action);
                self.action();
            }
            28 => {
                self.put("irreversible");
                self.because();
            }
            29 => self.puts("repeat 3 quorum 2"),
            30 => {
                self.puts("engine github");
                self.because();
                self.block(Self::engine_step);
            }
            _ => self.default(),
        }
    }

    fn expectation(&mut self) {
        self.put("expect");
        self.reference();
        let operators = ["<", "<=", "==", "!=", ">=", ">"];
        if self.choices.rarely(3) {
            self.put("drop");
            let operator = self.choices.of(&operators);
            self.put(operator);
            self.literal();
            self.put("vs");
            self.path();
        } else {
            let operator = self.choices.of(&operators);
            self.put(operator);
            self.literal();
            self.maybe(|writer| writer.puts("samples 400 confidence 95%"));
        }
    }

    fn matrix_clause(&mut self) {
        self.name();
        if self.choices.rarely(2) {
            self.block(Self::default);
        } else {
            self.list(Self::literal);
        }
    }

    fn sidecar_clause(&mut self) {
        match self.choices.below(4) {
            0 => {
                self.put("image");
                self.expression();
            }
            1 => self.puts("port 5432"),
            2 => {
                self.put("env");
                self.variable();
                self.put("=");
                self.expression();
            }
            _ => {
                self.put("ready");
                self.action();
            }
        }
    }

    fn engine_step(&mut self) {
        match self.choices.below(3) {
            0 => self.run(),
            1 => {
                self.put("env");
                self.variable();
                self.put("=");
                self.expression();
            }
            _ => {
                self.maybe(|writer| {
                    writer.name();
                    writer.put("=");
                });
                self.puts("action \"actions/checkout@v5\" (");
                if self.choices.below(3) > 0 {
                    self.list(|writer| {
                        match writer.choices.below(3) {
                            0 => writer.name(),
                            1 => writer.variable(),
                            _ => writer.plain_string(),
                        }
                        writer.put(":");
                        writer.expression();
                    });
                }
                self.put(")");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_choices_give_the_empty_program_and_the_same_choices_the_same() {
        assert_eq!(Program::random(&mut Choices::new(&[])), Program::default());
        let bytes: Vec<u8> = (0..=255).rev().cycle().take(4000).collect();
        let program = Program::random(&mut Choices::new(&bytes));
        assert!(program.words.len() > 20, "{}", program.plain());
        assert_eq!(program, Program::random(&mut Choices::new(&bytes)));
    }
}
