//! Translates EBNF to plain productions.
//!
//! Options and groups are expanded in place, and `{ x }` becomes "nothing, or a list of x". So a parser never has to
//! decide that something is absent before it has seen the following text. A conflict in the tables is then one of the
//! language and not of the translation.

use std::collections::{BTreeMap, BTreeSet};

use super::ebnf::{Expression, Grammar};

/// The smallest part of a sentence. Words have disjoint classes: each keyword, and three kinds of other words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Terminal {
    /// The end of the text.
    End,
    /// A quoted word of the grammar.
    Keyword(String),
    /// A quoted sign of the grammar.
    Sign(String),
    /// A literal, by its name in the grammar.
    Literal(String),
    /// A word with a hyphen: a name.
    HyphenatedWord,
    /// A word of small letters and digits: a name or a variable.
    SmallWord,
    /// A word with a capital or an underscore: a variable.
    CapitalWord,
}

/// A part of a production, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// An index in [`Bnf::terminals`].
    Terminal(usize),
    /// An index in [`Bnf::nonterminals`].
    Nonterminal(usize),
}

/// A production: `left = right`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Production {
    /// The index of the nonterminal.
    pub left: usize,
    /// The symbols that it consists of.
    pub right: Vec<Symbol>,
}

/// A grammar of plain productions. The first says that a text is the first rule and then the end.
#[derive(Clone, Debug)]
pub struct Bnf {
    /// The terminals, by index.
    pub terminals: Vec<Terminal>,
    /// The names of the nonterminals, by index. A nonterminal for a repetition is named after it.
    pub nonterminals: Vec<String>,
    /// The productions, by index.
    pub productions: Vec<Production>,
}

/// The part of a grammar to translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// What this version has.
    Built,
    /// In addition, the planned forms (†).
    Planned,
    /// In addition, the reserved words (‡).
    Whole,
}

/// The tokens that are literals.
const LITERALS: [&str; 10] =
    ["INT", "DECIMAL", "DURATION", "PERCENT", "SIZE", "TIME", "DATE", "STRING", "TRIPLE", "INTERPOLATED"];

/// The keywords that can't be names. Scripts may have variables of these names.
const NEVER_NAMES: [&str; 2] = ["true", "false"];

impl Bnf {
    /// The index of [`Terminal::End`].
    pub const END: usize = 0;

    /// Translates a grammar. Returns an error if a rule is undefined or unused in the whole grammar.
    pub fn new(grammar: &Grammar, extent: Extent) -> Result<Bnf, String> {
        let start = grammar.rules.first().ok_or("the grammar is empty")?;
        let mut translation = Translation {
            grammar,
            extent,
            keywords: keywords(grammar),
            bnf: Bnf { terminals: Vec::new(), nonterminals: Vec::new(), productions: Vec::new() },
            terminals: BTreeMap::new(),
            nonterminals: BTreeMap::new(),
        };
        let text = translation.nonterminal("text of the whole file");
        let file = translation.nonterminal(&start.name);
        let end = translation.terminal(Terminal::End);
        translation.produce(text, vec![Symbol::Nonterminal(file), end]);
        for rule in &grammar.rules {
            let left = translation.nonterminal(&rule.name);
            for right in translation.alternatives(&rule.body)? {
                translation.produce(left, right);
            }
        }
        translation.words();
        let mut bnf = translation.bnf;
        let used = bnf.used();
        let is_unused = |(number, _): &(usize, &String)| !used.contains(number);
        match bnf.nonterminals.iter().enumerate().find(is_unused) {
            Some((_, name)) if extent == Extent::Whole => return Err(format!("no rule uses `{name}`")),
            _ => bnf.productions.retain(|production| used.contains(&production.left)),
        }
        Ok(bnf)
    }

    /// The index of a nonterminal.
    pub fn nonterminal(&self, name: &str) -> Option<usize> {
        self.nonterminals.iter().position(|other| other == name)
    }

    /// The productions of a nonterminal with their indices.
    pub fn productions_of(&self, left: usize) -> impl Iterator<Item = (usize, &Production)> {
        self.productions.iter().enumerate().filter(move |(_, production)| production.left == left)
    }

    /// A symbol as the grammar writes it.
    pub fn show(&self, symbol: Symbol) -> String {
        match symbol {
            Symbol::Nonterminal(number) => self.nonterminals.get(number).cloned().unwrap_or_default(),
            Symbol::Terminal(number) => match self.terminals.get(number) {
                Some(Terminal::Keyword(text) | Terminal::Sign(text)) => format!("\"{text}\""),
                Some(Terminal::Literal(name)) => name.clone(),
                Some(Terminal::End) | None => "end of file".to_owned(),
                Some(Terminal::HyphenatedWord) => "word with a hyphen".to_owned(),
                Some(Terminal::SmallWord) => "word".to_owned(),
                Some(Terminal::CapitalWord) => "word with a capital".to_owned(),
            },
        }
    }

    /// The nonterminals that a text can contain.
    fn used(&self) -> BTreeSet<usize> {
        let mut used = BTreeSet::from([0]);
        let mut fresh = vec![0];
        while let Some(left) = fresh.pop() {
            for symbol in self.productions_of(left).flat_map(|(_, production)| &production.right) {
                if let Symbol::Nonterminal(number) = symbol
                    && used.insert(*number)
                {
                    fresh.push(*number);
                }
            }
        }
        used
    }
}

/// Every quoted word of a grammar.
pub fn keywords(grammar: &Grammar) -> BTreeSet<String> {
    let mut keywords = BTreeSet::new();
    for rule in &grammar.rules {
        rule.body.visit(&mut |part| {
            if let Expression::Quoted(text) = part
                && is_word(text)
            {
                keywords.insert(text.clone());
            }
        });
    }
    keywords
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
}

struct Translation<'g> {
    grammar: &'g Grammar,
    extent: Extent,
    keywords: BTreeSet<String>,
    bnf: Bnf,
    terminals: BTreeMap<Terminal, usize>,
    nonterminals: BTreeMap<String, usize>,
}

impl Translation<'_> {
    fn terminal(&mut self, terminal: Terminal) -> Symbol {
        let next = self.bnf.terminals.len();
        let number = *self.terminals.entry(terminal.clone()).or_insert(next);
        if number == next {
            self.bnf.terminals.push(terminal);
        }
        Symbol::Terminal(number)
    }

    fn nonterminal(&mut self, name: &str) -> usize {
        let next = self.bnf.nonterminals.len();
        let number = *self.nonterminals.entry(name.to_owned()).or_insert(next);
        if number == next {
            self.bnf.nonterminals.push(name.to_owned());
        }
        number
    }

    fn produce(&mut self, left: usize, right: Vec<Symbol>) {
        self.bnf.productions.push(Production { left, right });
    }

    /// All forms of an expression.
    fn alternatives(&mut self, expression: &Expression) -> Result<Vec<Vec<Symbol>>, String> {
        Ok(match expression {
            Expression::Quoted(text) => {
                let text = text.clone();
                let terminal = if is_word(&text) { Terminal::Keyword(text) } else { Terminal::Sign(text) };
                vec![vec![self.terminal(terminal)]]
            }
            Expression::Named(name) => vec![vec![self.named(name)?]],
            Expression::Choice(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.append(&mut self.alternatives(part)?);
                }
                all
            }
            Expression::Sequence(parts) => {
                let mut all = vec![Vec::new()];
                for part in parts {
                    let endings = self.alternatives(part)?;
                    all = all
                        .iter()
                        .flat_map(|front| endings.iter().map(|ending| [front.as_slice(), ending].concat()))
                        .collect();
                }
                all
            }
            Expression::Optional(inner) => {
                let mut all = vec![Vec::new()];
                all.append(&mut self.alternatives(inner)?);
                all
            }
            Expression::Repeated(inner) => vec![Vec::new(), vec![self.list(inner)?]],
            Expression::Planned(inner) if self.extent >= Extent::Planned => self.alternatives(inner)?,
            Expression::Reserved(inner) if self.extent == Extent::Whole => self.alternatives(inner)?,
            Expression::Planned(inner) | Expression::Reserved(inner) => match **inner {
                Expression::Optional(_) | Expression::Repeated(_) => vec![Vec::new()],
                _ => Vec::new(),
            },
        })
    }

    /// The nonterminal for one or more of an expression.
    fn list(&mut self, inner: &Expression) -> Result<Symbol, String> {
        let name = format!("{{ {inner} }}");
        if let Some(known) = self.nonterminals.get(&name) {
            return Ok(Symbol::Nonterminal(*known));
        }
        let list = self.nonterminal(&name);
        for one in self.alternatives(inner)? {
            let more = [&[Symbol::Nonterminal(list)], one.as_slice()].concat();
            self.produce(list, one);
            self.produce(list, more);
        }
        Ok(Symbol::Nonterminal(list))
    }

    fn named(&mut self, name: &str) -> Result<Symbol, String> {
        if self.grammar.rule(name).is_some() || matches!(name, "NAME" | "VAR" | "WORD" | "CODE") {
            Ok(Symbol::Nonterminal(self.nonterminal(name)))
        } else if LITERALS.contains(&name) {
            Ok(self.terminal(Terminal::Literal(name.to_owned())))
        } else {
            Err(format!("no rule defines `{name}`"))
        }
    }

    /// Adds the words that may be names, variables or both.
    fn words(&mut self) {
        for (name, takes_names, takes_variables) in
            [("NAME", true, false), ("VAR", false, true), ("WORD", true, true), ("CODE", true, true)]
        {
            let Some(left) = self.nonterminals.get(name).copied() else { continue };
            let mut classes = vec![Terminal::SmallWord];
            if takes_names {
                classes.push(Terminal::HyphenatedWord);
            }
            if takes_variables {
                classes.push(Terminal::CapitalWord);
            }
            let keywords = self.keywords.iter().filter(|word| {
                let is_name = takes_names && !NEVER_NAMES.contains(&word.as_str());
                let is_variable = takes_variables && !word.contains('-');
                is_name || is_variable
            });
            classes.extend(keywords.cloned().map(Terminal::Keyword));
            for class in classes {
                let right = vec![self.terminal(class)];
                self.produce(left, right);
            }
        }
    }
}
