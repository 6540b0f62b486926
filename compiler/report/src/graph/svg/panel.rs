//! A panel: a stage of the picture, with the cards of its nodes.

use super::card::{self, Card};
use super::text::{measure, text, text_at, wrapped};
use super::{Area, MARGIN, PAGE, line};
use crate::graph::layered::{self, Input, Placed};
use crate::graph::path::{DrawnNode, DrawnStage, Path};
use pipec_ir::NodeId;
use std::collections::BTreeMap;
use std::fmt::Write;

const PADDING: f64 = 24.0;
const CARD_GAP: f64 = 36.0;
const CARD_RISE: f64 = 14.0;
/// The distance between rows of cards.
const ROW_GAP: f64 = 38.0;
const MIN_CARD_WIDTH: f64 = 172.0;
const MAX_CARD_WIDTH: f64 = 304.0;
/// The maximum width of the cards.
const LIMIT: f64 = PAGE - 2.0 * MARGIN - 2.0 * PADDING;
/// The space between the heading and the cards.
const BELOW_HEADING: f64 = 18.0;

/// A stage with its layout.
pub(super) struct Panel {
    stage: usize,
    pub(super) width: f64,
    pub(super) height: f64,
    /// The height of the heading above the cards.
    pub(super) head: f64,
    condition: Vec<String>,
    cards: Vec<Card>,
    placed: Placed,
}

impl Panel {
    pub(super) fn of(path: &Path<'_>, stage: usize) -> Panel {
        let mut cards = Vec::new();
        let drawn_stage = path.stages.get(stage);
        for level in drawn_stage.into_iter().flat_map(|drawn_stage| &drawn_stage.levels) {
            let nodes: Vec<&DrawnNode<'_>> = level.iter().filter_map(|id| path.drawn(*id)).collect();
            let width = nodes.iter().map(|drawn| card::natural_width(drawn)).fold(MIN_CARD_WIDTH, f64::max);
            // A name is never cut, because nothing else may distinguish two cards.
            let titled = nodes.iter().map(|drawn| card::titled_width(drawn)).fold(0.0, f64::max);
            let width = width.min(MAX_CARD_WIDTH).max(titled);
            cards.extend(nodes.into_iter().map(|drawn| Card::of(drawn, width)));
        }
        let place: BTreeMap<NodeId, usize> = cards.iter().map(|card| card.node).zip(0..).collect();
        let edges: Vec<(usize, usize)> = path
            .edges_inside(stage)
            .filter_map(|(from, to)| Some((*place.get(&from)?, *place.get(&to)?)))
            .collect();
        let sizes: Vec<(f64, f64)> = cards.iter().map(|card| (card.width, card.height)).collect();
        let placed = layered::place(&Input {
            sizes: &sizes,
            edges: &edges,
            gap: CARD_GAP,
            rise: CARD_RISE,
            limit: LIMIT,
            row_gap: ROW_GAP,
            room: PADDING - 2.0,
        });
        let name = drawn_stage.map_or("", |drawn_stage| drawn_stage.stage.name.as_str());
        let budget = drawn_stage.and_then(DrawnStage::budget).unwrap_or_default();
        let named = measure(name, 15.0, true) + measure(&budget, 12.0, false) + 16.0;
        let inner = placed.width.max(named).max(120.0);
        let condition = drawn_stage
            .and_then(DrawnStage::condition)
            .map(|when| wrapped(&when, inner, 12.0))
            .unwrap_or_default();
        let head = 30.0 + 16.0 * condition.len() as f64 + BELOW_HEADING;
        let (width, height) = (inner + 2.0 * PADDING, head + placed.height + PADDING);
        Panel { stage, width, height, head, condition, cards, placed }
    }

    /// Puts cards without an order side by side, in as few rows as possible.
    pub(super) fn spread(&mut self) {
        let width = self.cards.iter().map(|card| card.width).fold(0.0, f64::max);
        if !self.placed.lines.is_empty() || self.cards.len() < 3 {
            return;
        }
        let fitting = ((LIMIT + CARD_RISE) / (width + CARD_RISE)).floor().max(1.0);
        let number = self.cards.len() as f64;
        let columns = (number / (number / fitting).ceil()).ceil() as usize;
        let mut top = 0.0;
        self.placed.corners.clear();
        for row in self.cards.chunks(columns) {
            self.placed.corners.extend((0..row.len()).map(|at| (at as f64 * (width + CARD_RISE), top)));
            top += row.iter().map(|card| card.height).fold(0.0, f64::max) + CARD_RISE;
        }
        let before = (self.placed.width, self.placed.height);
        self.placed.width = columns as f64 * (width + CARD_RISE) - CARD_RISE;
        self.placed.height = top - CARD_RISE;
        self.width += (self.placed.width - before.0).max(0.0);
        self.height += self.placed.height - before.1;
    }

    /// Makes the heading as high as the highest of its row.
    pub(super) fn raise_head(&mut self, head: f64) {
        self.height += head - self.head;
        self.head = head;
    }

    /// Draws the panel in an area, and adds the areas of its cards.
    pub(super) fn draw(
        &self,
        path: &Path<'_>,
        pipeline: usize,
        Area { x, y, width, height }: Area,
        cards: &mut BTreeMap<NodeId, Area>,
        out: &mut String,
    ) {
        let Some(drawn_stage) = path.stages.get(self.stage) else { return };
        let _ = writeln!(
            out,
            "<rect class=\"panel\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"14\"/>"
        );
        text(out, "name", x + PADDING, y + 28.0, 15.0, &drawn_stage.stage.name);
        if let Some(budget) = drawn_stage.budget() {
            text_at(out, ("faint", "end"), (x + width - PADDING, y + 28.0), 12.0, &budget);
        }
        for (line, when) in (1..).zip(&self.condition) {
            text(out, "when", x + PADDING, y + 30.0 + 16.0 * f64::from(line), 12.0, when);
        }
        // The cards are centred below the heading.
        let left = x + PADDING + (width - 2.0 * PADDING - self.placed.width) / 2.0;
        let top = y + self.head + (height - self.height) / 2.0;
        for line in &self.placed.lines {
            line::connect(line, (left, top), line::LINE, out);
        }
        for (card, (card_x, card_y)) in self.cards.iter().zip(&self.placed.corners) {
            let Some(drawn) = path.drawn(card.node) else { continue };
            let (x, y) = (left + card_x, top + card_y);
            cards.insert(card.node, Area { x, y, width: card.width, height: card.height });
            card.draw(drawn, pipeline, x, y, out);
        }
    }
}
