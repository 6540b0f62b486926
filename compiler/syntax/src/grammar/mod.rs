//! The grammar, in chumsky, for one clause at a time.
//!
//! A block is one lexeme here: a clause only says where it has one, and the contents are parsed afterwards, again by
//! clause ([`crate::reader`]). So the grammar is flat, its stack stays small, and a clause that can't be parsed hides
//! no other clause.
//!
//! A block always ends its clause. The parser of a block only writes its number into [`Notes`]. Since no alternative
//! follows, such a note never comes from an abandoned path.
//!
//! Each rule boxes its parser. That keeps the types small, and so the time to compile them.

/// A parser that takes one lexeme that matches a pattern.
macro_rules! take {
    ($($pattern:pat $(if $guard:expr)? => $value:expr),+ $(,)?) => {
        $crate::grammar::taking(move |lexeme| match lexeme {
            $($pattern $(if $guard)? => Some($value),)+
            _ => None,
        })
    };
}

mod blocks;
mod parts;
mod planned;
mod top;

use std::collections::BTreeMap;

use chumsky::Boxed;
use chumsky::extra::{Full, SimpleState};
use chumsky::input::MapExtra;
use chumsky::prelude::*;
use pipec_base::Span;

use crate::ast;
use crate::failure::{Expected, Failure};
use crate::lexeme::{Lexeme, Stream};
use crate::token::Punctuation;
pub(crate) use parts::{Parts, is_name, kebab};

/// The notes of a parser, in addition to its result.
pub(crate) struct Notes<'t> {
    /// The texts between the expressions of interpolated strings.
    pub texts: &'t [String],
    /// The block at the end of the clause.
    pub block: Option<usize>,
    /// The start of the furthest lexeme that any parser has inspected. It counts even if the parser did not take it.
    pub furthest: u32,
}

impl<'t> Notes<'t> {
    pub fn new(texts: &'t [String]) -> Notes<'t> {
        Notes { texts, block: None, furthest: 0 }
    }

    fn look(&mut self, place: Span) {
        self.furthest = self.furthest.max(place.start);
    }
}

pub(crate) type Extra<'t> = Full<Failure, SimpleState<Notes<'t>>, ()>;
pub(crate) type Rule<'t, T> = Boxed<'t, 't, Stream<'t>, T, Extra<'t>>;

/// The clauses of one kind of block.
pub(crate) struct Table<'t, T> {
    /// Rules by the keyword at the beginning.
    pub words: BTreeMap<&'static str, Rule<'t, T>>,
    /// The rule for clauses that begin with a name.
    pub other: Option<Rule<'t, T>>,
}

impl<'t, T> Table<'t, T> {
    fn new<const N: usize>(words: [(&'static str, Rule<'t, T>); N]) -> Table<'t, T> {
        Table { words: words.into(), other: None }
    }

    fn or_else(self, other: Rule<'t, T>) -> Table<'t, T> {
        Table { other: Some(other), ..self }
    }

    fn and_defaults(mut self, parts: &Parts<'t>, wrap: fn(ast::DefaultClause) -> T) -> Table<'t, T>
    where
        T: 't,
    {
        for (keyword, rule) in blocks::defaults(parts) {
            self.words.insert(keyword, rule.map(wrap).boxed());
        }
        self
    }
}

/// All tables.
pub(crate) struct Grammar<'t> {
    pub allow: Rule<'t, ast::Allow>,
    pub declarations: Table<'t, ast::Declaration>,
    pub pipeline: Table<'t, ast::PipelineClause>,
    pub inputs: Table<'t, ast::Input>,
    pub stage: Table<'t, ast::StageClause>,
    pub body: Table<'t, ast::BodyClause>,
    pub checkout: Table<'t, ast::CheckoutClause>,
    pub measure: Table<'t, ast::Expectation>,
    pub sidecar: Table<'t, ast::SidecarClause>,
    pub matrix: Table<'t, ast::MatrixClause>,
    pub leg: Table<'t, ast::DefaultClause>,
    pub overriding: Table<'t, ast::OverrideClause>,
    pub strategy: Table<'t, ast::StrategyStep>,
    pub engine: Table<'t, ast::EngineStep>,
    pub environment: Table<'t, ast::EnvironmentClause>,
    pub runner: Table<'t, ast::RunnerClause>,
    pub role: Table<'t, ast::RoleMember>,
    pub registry: Table<'t, ast::RegistryClause>,
    pub platform: Table<'t, ast::PlatformClause>,
    pub finally: Table<'t, ast::FinallyClause>,
    pub family: Table<'t, ast::FamilyClause>,
    pub records: Table<'t, ast::RecordsClause>,
    pub source: Table<'t, ast::SourceClause>,
    pub endpoint: Table<'t, ast::EndpointClause>,
    pub predictor: Table<'t, ast::PredictorClause>,
}

impl<'t> Grammar<'t> {
    pub fn new() -> Grammar<'t> {
        let parts = Parts::new();
        Grammar {
            allow: top::allow(&parts),
            declarations: top::declarations(&parts),
            pipeline: top::pipeline(&parts),
            inputs: top::inputs(&parts),
            stage: top::stage(&parts),
            body: blocks::body(&parts),
            checkout: blocks::checkout(&parts),
            measure: blocks::measure(&parts),
            sidecar: blocks::sidecar(&parts),
            matrix: blocks::matrix(&parts),
            leg: Table::new(blocks::defaults(&parts)),
            overriding: blocks::overriding(&parts),
            strategy: blocks::strategy(&parts),
            engine: blocks::engine(&parts),
            environment: top::environment(&parts),
            runner: top::runner(&parts),
            role: top::role(&parts),
            registry: top::registry(&parts),
            platform: top::platform(&parts),
            finally: top::finally_block(&parts),
            family: planned::family(&parts),
            records: planned::records(&parts),
            source: planned::source(&parts),
            endpoint: planned::endpoint(&parts),
            predictor: planned::predictor(&parts),
        }
    }
}

/// A parser of one lexeme. All lexemes are inspected here or by the parser of a block, so that the reader knows how far
/// parsing went.
fn taking<'t, T: 't>(
    take: impl Fn(Lexeme<'t>) -> Option<T> + Clone + 't,
) -> impl Parser<'t, Stream<'t>, T, Extra<'t>> + Clone {
    chumsky::primitive::select(move |lexeme, e: &mut MapExtra<'t, '_, Stream<'t>, Extra<'t>>| {
        let place = e.span().0;
        e.state().look(place);
        take(lexeme)
    })
}

/// A keyword.
fn word<'t>(text: &'static str) -> impl Parser<'t, Stream<'t>, Span, Extra<'t>> + Clone {
    take! { Lexeme::Word(found) if found == text => () }
        .labelled(Expected::Word(text))
        .map_with(|(), e| e.span().0)
}

/// A punctuation sign.
fn sign<'t>(sign: Punctuation) -> impl Parser<'t, Stream<'t>, Span, Extra<'t>> + Clone {
    take! { Lexeme::Sign(found) if found == sign => () }
        .labelled(Expected::Sign(sign))
        .map_with(|(), e| e.span().0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Block;

    fn words<T>(table: &Table<'_, T>) -> Vec<&'static str> {
        table.words.keys().copied().collect()
    }

    #[test]
    fn the_tables_of_words_are_those_of_the_grammar() {
        let grammar = Grammar::new();
        for block in Block::ALL {
            let read = match block {
                Block::File => words(&grammar.declarations),
                Block::Pipeline => words(&grammar.pipeline),
                Block::Inputs => words(&grammar.inputs),
                Block::Stage => words(&grammar.stage),
                Block::Body => words(&grammar.body),
                Block::Checkout => words(&grammar.checkout),
                Block::Measure => words(&grammar.measure),
                Block::Sidecar => words(&grammar.sidecar),
                Block::Matrix => words(&grammar.matrix),
                Block::Leg => words(&grammar.leg),
                Block::Override => words(&grammar.overriding),
                Block::Strategy => words(&grammar.strategy),
                Block::Engine => words(&grammar.engine),
                Block::Environment => words(&grammar.environment),
                Block::Runner => words(&grammar.runner),
                Block::Role => words(&grammar.role),
                Block::Registry => words(&grammar.registry),
                Block::Platform => words(&grammar.platform),
                Block::Finally => words(&grammar.finally),
                Block::Family => words(&grammar.family),
                Block::Records => words(&grammar.records),
                Block::Source => words(&grammar.source),
                Block::Endpoint => words(&grammar.endpoint),
                Block::Predictor => words(&grammar.predictor),
            };
            let planned = block.planned().iter().map(|planned| &planned.clause);
            let mut words: Vec<&str> =
                block.clauses().iter().chain(planned).map(|clause| clause.word).collect();
            words.sort_unstable();
            assert_eq!(read, words, "{block:?}");
        }
    }

    #[test]
    fn no_continuation_word_begins_a_clause_of_its_block() {
        for block in Block::ALL {
            let begins = |word: &str| word == "allow" || block.is_taken(word);
            let planned = block.planned().iter().map(|planned| &planned.clause);
            for clause in block.clauses().iter().chain(planned) {
                for word in clause.continues {
                    assert!(
                        !begins(word),
                        "`{word}` goes on with `{}` and begins a clause of {block:?}",
                        clause.word
                    );
                }
            }
        }
    }
}
