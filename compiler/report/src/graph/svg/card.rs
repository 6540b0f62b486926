//! A card: a node of the picture.

use super::text::{escaped, fitted, measure, text, text_at, wrapped, wrapped_from};
use crate::graph::path::{DrawnNode, Fact, Kind};
use pipec_ir::{NodeId, Tier};
use std::fmt::Write;

const CARD_PADDING: f64 = 14.0;
const ICON: f64 = 24.0;

/// A node with its layout.
pub(super) struct Card {
    pub(super) node: NodeId,
    pub(super) width: f64,
    pub(super) height: f64,
    title: String,
    lines: Vec<CardLine>,
}

/// A line of a card below its title.
struct CardLine {
    class: &'static str,
    /// The subject of the fact, before the text.
    about: &'static str,
    text: String,
    /// The distance from the top of the card to the baseline.
    base: f64,
}

impl Card {
    pub(super) fn of(drawn: &DrawnNode<'_>, width: f64) -> Card {
        let room = width - 2.0 * CARD_PADDING - ICON;
        let mut lines = Vec::new();
        let mut base = CARD_PADDING + 13.0;
        for text in wrapped(&yields(drawn), room, 12.0) {
            base += 16.0;
            lines.push(CardLine { class: "soft", about: "", text, base });
        }
        for fact in &drawn.facts {
            base += 3.0;
            let class = if fact.is_marked { "mark" } else { "soft" };
            // The first line also contains the subject. If it is too wide for both, the text begins below it.
            let indent = if fact.about.is_empty() { 0.0 } else { measure(fact.about, 12.0, false) + 4.0 };
            let mut about = fact.about;
            for text in wrapped_from(indent, &fact.text, room, 12.0) {
                base += 16.0;
                lines.push(CardLine { class, about: std::mem::take(&mut about), text, base });
            }
        }
        let titled = room - measure(&drawn.timeout, 12.0, false) - 8.0;
        let height = base + CARD_PADDING;
        Card { node: drawn.node.id, width, height, title: fitted(&drawn.title, titled, 14.0), lines }
    }

    /// Draws the card at a point. The number of its pipeline is part of its id.
    pub(super) fn draw(&self, drawn: &DrawnNode<'_>, pipeline: usize, x: f64, y: f64, out: &mut String) {
        let is_production = drawn.environment.is_some_and(|environment| environment.tier == Tier::Production);
        let (group, class) = match drawn.kind {
            Kind::Deploy if is_production => ("node on-production", "card production"),
            Kind::Deploy => ("node", "card deploy"),
            _ if drawn.is_advisory() => ("node", "card advisory"),
            _ => ("node", "card"),
        };
        let id = drawn.id(pipeline);
        let _ = writeln!(out, "<g id=\"{id}\" class=\"{group}\"><title>{}</title>", escaped(&tooltip(drawn)));
        let (width, height) = (self.width, self.height);
        let _ = writeln!(
            out,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"9\"/>"
        );
        sign(drawn.kind, x + CARD_PADDING, y + CARD_PADDING - 1.0, out);
        let left = x + CARD_PADDING + ICON;
        text(out, "ink", left, y + CARD_PADDING + 12.0, 14.0, &self.title);
        text_at(
            out,
            ("faint", "end"),
            (x + width - CARD_PADDING, y + CARD_PADDING + 12.0),
            12.0,
            &drawn.timeout,
        );
        for line in &self.lines {
            let (class, base) = (line.class, y + line.base);
            let _ = write!(out, "<text class=\"{class}\" x=\"{left:.1}\" y=\"{base:.1}\" font-size=\"12\">");
            if !line.about.is_empty() {
                let _ = write!(out, "<tspan class=\"faint\">{}</tspan> ", escaped(line.about));
            }
            let _ = writeln!(out, "{}</text>", escaped(&line.text));
        }
        out.push_str("</g>\n");
    }
}

/// The text of a card about what its node yields.
fn yields(drawn: &DrawnNode<'_>) -> String {
    match drawn.environment {
        Some(environment) if environment.tier.word() != environment.name => {
            format!("{} · {}", drawn.yields, environment.tier.word())
        }
        _ => drawn.yields.clone(),
    }
}

pub(super) fn natural_width(drawn: &DrawnNode<'_>) -> f64 {
    let lines = std::iter::once(yields(drawn)).chain(drawn.facts.iter().map(Fact::line));
    let lines = lines.map(|line| measure(&line, 12.0, false)).fold(0.0, f64::max);
    (lines + 2.0 * CARD_PADDING + ICON + 2.0).max(titled_width(drawn))
}

/// The width of a card that its title and its time need.
pub(super) fn titled_width(drawn: &DrawnNode<'_>) -> f64 {
    let head = measure(&drawn.title, 14.0, true) + measure(&drawn.timeout, 12.0, false) + 12.0;
    head + 2.0 * CARD_PADDING + ICON + 2.0
}

/// All facts about a node, with the reasons, for which a card has no room.
fn tooltip(drawn: &DrawnNode<'_>) -> String {
    let mut lines = vec![format!("{} {}", drawn.kind.word(), drawn.node.name)];
    lines.extend(drawn.node.docs.iter().filter(|line| !line.trim().is_empty()).cloned());
    for fact in &drawn.facts {
        lines.push(match &fact.because {
            Some(because) => format!("{}: {because}", fact.line()),
            None => fact.line(),
        });
    }
    lines.push(format!("may take {}", drawn.timeout));
    lines.join("\n")
}

/// The symbol of a kind, 16 by 16.
fn sign(kind: Kind, x: f64, y: f64, out: &mut String) {
    let drawn = match kind {
        // A shield with a tick.
        Kind::Gate => {
            "<path class=\"gate-sign\" d=\"M8 1.2 13.8 3.4V8c0 3.4-2.4 5.7-5.8 7-3.4-1.3-5.8-3.6-5.8-7V3.4Z\"/>\
                       <path class=\"gate-sign\" d=\"m5.4 8 1.9 1.9 3.4-3.6\"/>"
        }
        // A box.
        Kind::Artefact => {
            "<path class=\"artefact-sign\" d=\"M8 1.2 14 4.5v7L8 14.8 2 11.5v-7Z\"/>\
                           <path class=\"artefact-sign\" d=\"m2 4.5 6 3.3 6-3.3M8 7.8v7\"/>"
        }
        // An arrow that leaves its base.
        Kind::Deploy => {
            "<path class=\"deploy-sign\" d=\"M8 10.6V1.8M4.4 5.2 8 1.6l3.6 3.6M2 10.4v3.8h12v-3.8\"/>"
        }
        Kind::Job => {
            "<circle class=\"job-sign\" cx=\"8\" cy=\"8\" r=\"5.6\"/><circle class=\"job-sign\" cx=\"8\" cy=\"8\" r=\"1\"/>"
        }
    };
    let _ = writeln!(out, "<g transform=\"translate({x:.1} {y:.1})\">{drawn}</g>");
}
