//! Sentences of a grammar: the shortest through each production, and random ones.

#![expect(clippy::indexing_slicing, reason = "every index is a number of the table it indexes")]

use std::collections::VecDeque;

use super::bnf::{Bnf, Symbol, Terminal};

/// Pseudorandom numbers that are the same in every run (SplitMix64, by Sebastiano Vigna).
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The sequence with this seed.
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// A number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % bound as u64).unwrap_or_default()
    }
}

/// The spellings of a terminal. Each is valid wherever the grammar allows the terminal.
fn spellings(terminal: &Terminal) -> &[&str] {
    match terminal {
        Terminal::End | Terminal::Keyword(_) | Terminal::Sign(_) => &[],
        Terminal::HyphenatedWord => &["release-managers", "web-2", "a-b-c"],
        Terminal::SmallWord => &["web", "x", "k8s"],
        Terminal::CapitalWord => &["BASE_URL", "_x", "P0905"],
        Terminal::Literal(name) => match name.as_str() {
            "INT" => &["1", "42"],
            "DECIMAL" => &["0.82", "12.50"],
            "DURATION" => &["10m", "500ms", "30s", "2h", "7d"],
            "PERCENT" => &["80%", "2.5%"],
            "SIZE" => &["2GiB", "64KiB", "512MiB"],
            "TIME" => &["08:00", "16:30"],
            "DATE" => &["2027-01-31", "2028-02-29"],
            "TRIPLE" => &["\"\"\"raw \\d \"quoted\"\"\"\"", "\"\"\"\n  make\n  make install\n  \"\"\""],
            "INTERPOLATED" => &["$\"pr-{pull-request.number}\"", "$\"{{{a.b(c: 1)}\""],
            _ => &["\"text\"", "\"v*\"", "\"a \\\"b\\\" \\\\ \\u{e9}\""],
        },
    }
}

/// A text of these terminals, with one space between any two.
pub fn write(grammar: &Bnf, terminals: &[usize], random: &mut Random) -> String {
    let words: Vec<&str> = terminals
        .iter()
        .filter_map(|number| match &grammar.terminals[*number] {
            Terminal::Keyword(text) | Terminal::Sign(text) => Some(text.as_str()),
            other => match spellings(other) {
                [] => None,
                several => Some(several[random.below(several.len())]),
            },
        })
        .collect();
    words.join(" ")
}

/// The shortest form of each nonterminal.
#[derive(Debug)]
pub struct Shortest<'g> {
    grammar: &'g Bnf,
    /// For each nonterminal, the number of terminals and the first production.
    best: Vec<Option<(usize, usize)>>,
}

impl<'g> Shortest<'g> {
    /// Computes the shortest forms of a grammar.
    pub fn new(grammar: &'g Bnf) -> Shortest<'g> {
        let mut shortest = Shortest { grammar, best: vec![None; grammar.nonterminals.len()] };
        let mut changed = true;
        while changed {
            changed = false;
            for (number, production) in grammar.productions.iter().enumerate() {
                let Some(length) = shortest.length(&production.right) else { continue };
                let best = &mut shortest.best[production.left];
                if best.is_none_or(|(known, _)| length < known) {
                    *best = Some((length, number));
                    changed = true;
                }
            }
        }
        shortest
    }

    /// The minimum number of terminals of some symbols. `None` if they never end.
    fn length(&self, symbols: &[Symbol]) -> Option<usize> {
        symbols
            .iter()
            .map(|symbol| match symbol {
                Symbol::Terminal(_) => Some(1),
                Symbol::Nonterminal(number) => self.best[*number].map(|(length, _)| length),
            })
            .sum()
    }

    /// The shortest sentence of some symbols.
    pub fn terminals(&self, symbols: &[Symbol]) -> Vec<usize> {
        let mut terminals = Vec::new();
        let mut open: Vec<Symbol> = symbols.iter().rev().copied().collect();
        while let Some(symbol) = open.pop() {
            match symbol {
                Symbol::Terminal(number) => terminals.push(number),
                Symbol::Nonterminal(number) => {
                    if let Some((_, production)) = self.best[number] {
                        open.extend(self.grammar.productions[production].right.iter().rev());
                    }
                }
            }
        }
        terminals
    }

    /// The shortest sentence of some symbols, as text.
    pub fn text(&self, symbols: &[Symbol]) -> String {
        write(self.grammar, &self.terminals(symbols), &mut Random::new(0))
    }

    /// The shortest texts before and after each nonterminal, without the end. `None` if no text contains it.
    pub fn surroundings(&self) -> Vec<Option<(Vec<usize>, Vec<usize>)>> {
        let mut found: Vec<Option<(Vec<usize>, Vec<usize>)>> = vec![None; self.grammar.nonterminals.len()];
        let end = Symbol::Terminal(Bnf::END);
        found[0] = Some((Vec::new(), Vec::new()));
        let mut queue = VecDeque::from([0]);
        while let Some(left) = queue.pop_front() {
            let Some((before, behind)) = found[left].clone() else { continue };
            for (_, production) in self.grammar.productions_of(left) {
                for (place, symbol) in production.right.iter().enumerate() {
                    let Symbol::Nonterminal(inner) = symbol else { continue };
                    let front = self.terminals(&production.right[..place]);
                    let rest: Vec<Symbol> = production.right[place + 1..]
                        .iter()
                        .copied()
                        .filter(|symbol| *symbol != end)
                        .collect();
                    let before = [before.as_slice(), &front].concat();
                    let behind = [self.terminals(&rest).as_slice(), &behind].concat();
                    let length = before.len() + behind.len();
                    if found[*inner].as_ref().is_none_or(|(a, b)| length < a.len() + b.len()) {
                        found[*inner] = Some((before, behind));
                        queue.push_back(*inner);
                    }
                }
            }
        }
        found
    }

    /// A random sentence of a nonterminal with about `size` terminals. After that number, every part is as short as
    /// possible.
    pub fn random(&self, nonterminal: usize, size: usize, random: &mut Random) -> Vec<usize> {
        let mut terminals = Vec::new();
        let mut open = vec![Symbol::Nonterminal(nonterminal)];
        while let Some(symbol) = open.pop() {
            match symbol {
                Symbol::Terminal(number) => terminals.push(number),
                Symbol::Nonterminal(_) if terminals.len() + open.len() > size => {
                    terminals.append(&mut self.terminals(&[symbol]));
                }
                Symbol::Nonterminal(number) => {
                    let ways: Vec<usize> = self
                        .grammar
                        .productions_of(number)
                        .filter(|(_, production)| self.length(&production.right).is_some())
                        .map(|(way, _)| way)
                        .collect();
                    if !ways.is_empty() {
                        let way = ways[random.below(ways.len())];
                        open.extend(self.grammar.productions[way].right.iter().rev());
                    }
                }
            }
        }
        terminals
    }
}
