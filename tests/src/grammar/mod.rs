//! The grammar of the language's reference as a subject of tests: read from its EBNF, translated to plain productions,
//! made into LALR(1) tables that show every conflict, and turned around to write sentences.

pub mod bnf;
pub mod ebnf;
pub mod lalr;
pub mod sentences;
