//! The grammar of the language's reference, as a subject of tests.
//!
//! It is read from its EBNF, translated to plain productions, turned into LALR(1) tables that show every conflict, and
//! used to generate sentences.

pub mod bnf;
pub mod ebnf;
pub mod lalr;
pub mod sentences;
