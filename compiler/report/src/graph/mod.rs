//! The path to production as a drawing: for the terminal, as SVG, Mermaid, DOT and JSON, and the answer to what holds a
//! node back.
//!
//! What is drawn is [`Path`]: stages that follow each other, and in each the nodes, with the transitive reduction of what
//! comes before what. That a stage follows another is drawn once, not for each pair of their nodes.

mod dot;
mod json;
mod layered;
mod mermaid;
mod path;
mod svg;
mod terminal;
mod why;

pub use why::{Answer, Unknown};

use crate::Colour;
use path::Path;
use pipec_ir::Program;

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Graph<'p> {
    /// The program.
    pub program: &'p Program,
    /// The one pipeline asked for; all, if none is.
    pub only: Option<&'p str>,
    /// Whether the program is proven: a drawing of one that is not says so.
    pub is_proven: bool,
}

impl<'p> Graph<'p> {
    /// For a terminal of that many columns.
    pub fn terminal(&self, width: usize, colour: Colour) -> String {
        terminal::draw(self, width, colour)
    }

    /// As a picture that needs no other file.
    pub fn svg(&self) -> String {
        svg::draw(self)
    }

    /// As a flowchart of Mermaid.
    pub fn mermaid(&self) -> String {
        mermaid::draw(self)
    }

    /// In the language of Graphviz.
    pub fn dot(&self) -> String {
        dot::draw(self)
    }

    /// As one JSON object; the form is documented there.
    pub fn json(&self) -> String {
        json::draw(self)
    }

    /// What holds a node back: a node's name, or an environment's, for the deploys to it.
    ///
    /// # Errors
    /// When nothing is called so.
    pub fn why(&self, name: &str) -> Result<Answer<'p>, Unknown> {
        why::answer(self, name)
    }

    fn paths(&self) -> Vec<Path<'p>> {
        self.program
            .pipelines
            .iter()
            .filter(|pipeline| self.only.is_none_or(|only| pipeline.name == only))
            .map(|pipeline| Path::of(self.program, pipeline))
            .collect()
    }
}

/// What a drawing says where the proof has failed.
const UNPROVEN: &str = "not proven";
