//! Drawings of the path to production, and what a node waits for.
//!
//! The forms are a text for the terminal, SVG, HTML, Mermaid, DOT and JSON. All draw a [`Path`]: stages in their order, and
//! the nodes in each, with the transitive reduction of the order. An arrow between two stages represents the order of
//! all their nodes.

mod dot;
mod html;
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

/// The drawing of a program.
#[derive(Clone, Copy, Debug)]
pub struct Graph<'p> {
    /// The program.
    pub program: &'p Program,
    /// The only pipeline to draw. `None` means all.
    pub only: Option<&'p str>,
    /// Whether the program is proven. The drawing of an unproven program says so.
    pub is_proven: bool,
}

impl<'p> Graph<'p> {
    /// The drawing for a terminal of `width` columns.
    pub fn terminal(&self, width: usize, colour: Colour) -> String {
        terminal::draw(self, width, colour)
    }

    /// The drawing as an SVG picture that needs no other file.
    pub fn svg(&self) -> String {
        svg::draw(self)
    }

    /// The drawing as an HTML page that loads nothing. People choose a node to read about it.
    pub fn html(&self) -> String {
        html::draw(self)
    }

    /// The drawing as a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        mermaid::draw(self)
    }

    /// The drawing in Graphviz's language.
    pub fn dot(&self) -> String {
        dot::draw(self)
    }

    /// The drawing as one JSON object. Its module documents the form.
    pub fn json(&self) -> String {
        json::draw(self)
    }

    /// What a node waits for. The name of an environment means the deploys to it.
    ///
    /// # Errors
    /// If the name is unknown.
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

/// The text in a drawing without proof.
const UNPROVEN: &str = "not proven";
