//! The drawing as an SVG picture: one file, in light and dark.
//!
//! It needs no external fonts or scripts. A change travels from left to right. Each stage is a panel, each node a card
//! in it, and lines show the direct order. One arrow between two panels shows that a stage follows another.

use super::layered::{self, Input, Line, Placed};
use super::path::{DrawnNode, DrawnStage, Fact, Kind, Path};
use super::{Graph, UNPROVEN};
use pipec_ir::{NodeId, Tier};
use std::collections::BTreeMap;
use std::fmt::Write;

const MARGIN: f64 = 36.0;
/// The distance between pipelines.
const PIPELINE_GAP: f64 = 56.0;
const PANEL_GAP: f64 = 52.0;
const PANEL_RISE: f64 = 24.0;
const PANEL_PADDING: f64 = 20.0;
const CARD_GAP: f64 = 44.0;
const CARD_RISE: f64 = 14.0;
const CARD_PADDING: f64 = 14.0;
const MIN_HEADER_WIDTH: f64 = 420.0;
const MAX_DOCS_WIDTH: f64 = 640.0;
const MIN_CARD_WIDTH: f64 = 172.0;
const MAX_CARD_WIDTH: f64 = 304.0;
const ICON: f64 = 24.0;

const STYLE: &str = "\
svg{font-family:ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
.page{fill:#fff}
.panel{fill:#f5f6f8;stroke:#e4e7ec}
.card{fill:#fff;stroke:#d8dde4}
.advisory{stroke-dasharray:5 4}
.deploy{fill:#eef0fd;stroke:#a9b3ec}
.production{fill:#4151b5;stroke:#4151b5}
.name{fill:#1c2330;font-weight:700}
.ink{fill:#1c2330;font-weight:600}
.soft{fill:#4b5666}
.faint{fill:#667182}
.when{fill:#1f7166;font-style:italic}
.mark{fill:#9a5b05}
.failed{fill:#b42318;font-weight:700}
.pill{fill:none;stroke:#cfd5dd}
.line{fill:none;stroke:#a3adba;stroke-width:1.4}
.way{fill:none;stroke:#6b7686;stroke-width:2.2}
.tip{fill:#a3adba}
.way-tip{fill:#6b7686}
.gate-sign{fill:none;stroke:#1f8073;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.artefact-sign{fill:none;stroke:#b0761a;stroke-width:1.6;stroke-linejoin:round}
.deploy-sign{fill:none;stroke:#4151b5;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.job-sign{fill:none;stroke:#7b8694;stroke-width:1.8}
.on-production .ink,.on-production .name{fill:#fff}
.on-production .soft{fill:#eef0fd}
.on-production .faint{fill:#c4cbf6}
.on-production .mark{fill:#ffdd9c}
.on-production .deploy-sign{stroke:#fff}
@media (prefers-color-scheme:dark){
.page{fill:#12151a}
.panel{fill:#1a1f26;stroke:#262d37}
.card{fill:#222933;stroke:#37414e}
.deploy{fill:#262b4a;stroke:#4d59a8}
.production{fill:#4d5fd0;stroke:#4d5fd0}
.name,.ink{fill:#edf0f4}
.soft{fill:#b6bfcb}
.faint{fill:#94a0af}
.when{fill:#6ecdbf}
.mark{fill:#eab765}
.failed{fill:#ff8f84}
.pill{stroke:#3a4452}
.line{stroke:#5b6675}
.way{stroke:#8a95a5}
.tip{fill:#5b6675}
.way-tip{fill:#8a95a5}
.gate-sign{stroke:#5cc2b3}
.artefact-sign{stroke:#e0ab55}
.deploy-sign{stroke:#9aa6f5}
.job-sign{stroke:#94a0af}
}
";

pub(super) fn draw(graph: &Graph<'_>) -> String {
    let paths = graph.paths();
    let mut body = String::new();
    let (mut width, mut y) = (0.0_f64, MARGIN);
    for (place, path) in paths.iter().enumerate() {
        if place > 0 {
            y += PIPELINE_GAP;
        }
        let (wide, tall) = pipeline(path, graph.is_proven, y, &mut body);
        width = width.max(wide);
        y += tall;
    }
    if paths.is_empty() {
        y += 20.0;
        text(&mut body, "soft", MARGIN, y, 14.0, "there is no pipeline");
        width = MIN_HEADER_WIDTH;
    }
    let (width, height) = (width + 2.0 * MARGIN, y + MARGIN);
    let names: Vec<&str> = paths.iter().map(|path| path.pipeline.name.as_str()).collect();
    let title = match names.as_slice() {
        [] => "There is no pipeline".to_owned(),
        names => format!("The path to production: {}", names.join(", ")),
    };
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} \
         {height:.0}\" role=\"img\" aria-labelledby=\"pipec-title pipec-description\">"
    );
    let _ = writeln!(svg, "<title id=\"pipec-title\">{}</title>", escaped(&title));
    let _ = writeln!(svg, "<desc id=\"pipec-description\">{}</desc>", escaped(&description(&paths)));
    let _ = writeln!(svg, "<style>{STYLE}</style>");
    svg.push_str(
        "<defs>\n\
         <marker id=\"pipec-tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\" \
         markerUnits=\"userSpaceOnUse\"><path class=\"tip\" d=\"M0 .6 7.4 4 0 7.4Z\"/></marker>\n\
         <marker id=\"pipec-way-tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"11\" markerHeight=\"11\" \
         orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path class=\"way-tip\" d=\"M0 .6 9.6 5 0 9.4Z\"/></marker>\n\
         </defs>\n",
    );
    let _ = writeln!(svg, "<rect class=\"page\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"10\"/>");
    svg.push_str(&body);
    svg.push_str("</svg>\n");
    svg
}

/// A description of the picture, for people who can't see it.
fn description(paths: &[Path<'_>]) -> String {
    let stage = |path: &Path<'_>, drawn_stage: &DrawnStage<'_>| {
        let nodes: Vec<String> = drawn_stage
            .levels
            .iter()
            .flatten()
            .filter_map(|id| path.drawn(*id))
            .map(|drawn| match drawn.kind {
                Kind::Deploy => format!("{} to {}", drawn.yields, drawn.title),
                kind => format!("{} {}", kind.word(), drawn.title),
            })
            .collect();
        let condition = drawn_stage.condition().map(|when| format!(" {when}")).unwrap_or_default();
        format!("stage {}{condition}: {}", drawn_stage.stage.name, nodes.join(", "))
    };
    let descriptions: Vec<String> = paths
        .iter()
        .map(|path| {
            let stages: Vec<String> =
                path.stages.iter().map(|drawn_stage| stage(path, drawn_stage)).collect();
            format!("Pipeline {}, {}; {}.", path.pipeline.name, path.triggers().join(", "), stages.join("; "))
        })
        .collect();
    descriptions.join(" ")
}

/// Draws one pipeline and returns its width and height.
fn pipeline(path: &Path<'_>, is_proven: bool, top: f64, out: &mut String) -> (f64, f64) {
    let mut panels: Vec<Panel> = (0..path.stages.len()).map(|place| Panel::of(path, place)).collect();
    // With equal heights of their headings, the middles of the stages are level.
    let heading = panels.iter().map(|panel| panel.head).fold(0.0, f64::max);
    for panel in &mut panels {
        panel.height += heading - panel.head;
        panel.head = heading;
    }
    let sizes: Vec<(f64, f64)> = panels.iter().map(|panel| (panel.width, panel.height)).collect();
    let edges: Vec<(usize, usize)> = path
        .stages
        .iter()
        .enumerate()
        .flat_map(|(place, drawn_stage)| drawn_stage.after.iter().map(move |before| (*before, place)))
        .collect();
    let placed = layered::place(&Input { sizes: &sizes, edges: &edges, gap: PANEL_GAP, rise: PANEL_RISE });

    let head_width = placed.width.max(header_width(path, is_proven));
    let head = header(path, is_proven, top, head_width, out);
    let floor = top + head;
    for line in &placed.lines {
        connect(line, MARGIN, floor + (heading - PANEL_PADDING) / 2.0, "way", "pipec-way-tip", out);
    }
    let mut cards: BTreeMap<NodeId, (f64, f64, f64, f64)> = BTreeMap::new();
    for (place, panel) in panels.iter().enumerate() {
        let (x, y) = placed.corners.get(place).copied().unwrap_or_default();
        // A stage that is alone in its column is as tall as the tallest, so that the stages are aligned.
        let is_alone = placed.neighbours.get(place) == Some(&1);
        let (y, height) = if is_alone { (0.0, placed.height) } else { (y, panel.height) };
        panel.draw(path, (MARGIN + x, floor + y, height), &mut cards, out);
    }
    for (from, to) in path.edges_across() {
        let (Some(from), Some(to)) = (cards.get(&from), cards.get(&to)) else { continue };
        let line = Line {
            from: (from.0 + from.2, from.1 + from.3 / 2.0),
            to: (to.0, to.1 + to.3 / 2.0),
            through: None,
            arrives: true,
        };
        connect(&line, 0.0, 0.0, "line", "pipec-tip", out);
    }
    (placed.width.max(head_width), head + placed.height)
}

/// The width that the header needs. The name never exceeds the picture, and text with possible breaks has room.
fn header_width(path: &Path<'_>, is_proven: bool) -> f64 {
    let failed = if is_proven { 0.0 } else { 16.0 + measure(UNPROVEN, 15.0, true) };
    let name = measure(&path.pipeline.name, 24.0, true) + failed;
    let docs = path.pipeline.docs.first().map_or(0.0, |line| measure(line, 14.0, false));
    let ways = path.triggers().iter().map(|way| measure(way, 12.0, false) + 18.0).fold(0.0, f64::max);
    docs.min(MAX_DOCS_WIDTH).max(ways).max(name).max(MIN_HEADER_WIDTH)
}

/// The name, the documentation and the triggers.
fn header(path: &Path<'_>, is_proven: bool, top: f64, width: f64, out: &mut String) -> f64 {
    let pipeline = path.pipeline;
    let mut y = top + 20.0;
    text(out, "name", MARGIN, y, 24.0, &pipeline.name);
    if !is_proven {
        text(out, "failed", MARGIN + measure(&pipeline.name, 24.0, true) + 16.0, y, 15.0, UNPROVEN);
    }
    if let Some(docs) = pipeline.docs.first().filter(|line| !line.trim().is_empty()) {
        for line in wrapped(docs, width, 14.0) {
            y += 21.0;
            text(out, "soft", MARGIN, y, 14.0, &line);
        }
    }
    let mut pills: Vec<String> = path.triggers();
    pills.extend(path.budget());
    y += 15.0;
    let mut x = MARGIN;
    for pill in pills {
        let wide = measure(&pill, 12.0, false) + 18.0;
        if x > MARGIN && x + wide > MARGIN + width {
            x = MARGIN;
            y += 31.0;
        }
        let _ = writeln!(
            out,
            "<rect class=\"pill\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"24\" rx=\"12\"/>"
        );
        text_at(out, ("soft", "middle"), (x + wide / 2.0, y + 16.2), 12.0, &pill);
        x += wide + 8.0;
    }
    y + 24.0 + 22.0 - top
}

/// A stage with its layout.
struct Panel {
    stage: usize,
    width: f64,
    height: f64,
    /// The height of the heading above the cards.
    head: f64,
    condition: Vec<String>,
    cards: Vec<Card>,
    placed: Placed,
}

impl Panel {
    fn of(path: &Path<'_>, stage: usize) -> Panel {
        let mut cards = Vec::new();
        let drawn_stage = path.stages.get(stage);
        for level in drawn_stage.into_iter().flat_map(|drawn_stage| &drawn_stage.levels) {
            let nodes: Vec<&DrawnNode<'_>> = level.iter().filter_map(|id| path.drawn(*id)).collect();
            let width = nodes.iter().map(|drawn| natural_width(drawn)).fold(MIN_CARD_WIDTH, f64::max);
            // A name is never cut, because nothing else may distinguish two cards.
            let titled = nodes.iter().map(|drawn| titled_width(drawn)).fold(0.0, f64::max);
            let width = width.min(MAX_CARD_WIDTH).max(titled);
            cards.extend(nodes.into_iter().map(|drawn| Card::of(drawn, width)));
        }
        let place: BTreeMap<NodeId, usize> = cards.iter().map(|card| card.node).zip(0..).collect();
        let edges: Vec<(usize, usize)> = path
            .edges_inside(stage)
            .filter_map(|(from, to)| Some((*place.get(&from)?, *place.get(&to)?)))
            .collect();
        let sizes: Vec<(f64, f64)> = cards.iter().map(|card| (card.width, card.height)).collect();
        let placed = layered::place(&Input { sizes: &sizes, edges: &edges, gap: CARD_GAP, rise: CARD_RISE });
        let name = drawn_stage.map_or("", |drawn_stage| drawn_stage.stage.name.as_str());
        let budget = drawn_stage.and_then(DrawnStage::budget).unwrap_or_default();
        let named = measure(name, 15.0, true) + measure(&budget, 12.0, false) + 16.0;
        let inner = placed.width.max(named).max(120.0);
        let condition = drawn_stage
            .and_then(DrawnStage::condition)
            .map(|when| wrapped(&when, inner, 12.0))
            .unwrap_or_default();
        let head = 30.0 + 16.0 * condition.len() as f64 + 18.0;
        Panel {
            stage,
            width: inner + 2.0 * PANEL_PADDING,
            height: head + placed.height + PANEL_PADDING,
            head,
            condition,
            cards,
            placed,
        }
    }

    fn draw(
        &self,
        path: &Path<'_>,
        (x, y, height): (f64, f64, f64),
        cards: &mut BTreeMap<NodeId, (f64, f64, f64, f64)>,
        out: &mut String,
    ) {
        let Some(drawn_stage) = path.stages.get(self.stage) else { return };
        let width = self.width;
        let _ = writeln!(
            out,
            "<rect class=\"panel\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"14\"/>"
        );
        text(out, "name", x + PANEL_PADDING, y + 28.0, 15.0, &drawn_stage.stage.name);
        if let Some(budget) = drawn_stage.budget() {
            text_at(out, ("faint", "end"), (x + width - PANEL_PADDING, y + 28.0), 12.0, &budget);
        }
        for (line, when) in (1..).zip(&self.condition) {
            text(out, "when", x + PANEL_PADDING, y + 30.0 + 16.0 * f64::from(line), 12.0, when);
        }
        // The cards are centred below the heading.
        let left = x + PANEL_PADDING + (width - 2.0 * PANEL_PADDING - self.placed.width) / 2.0;
        let top = y + self.head + (height - self.height) / 2.0;
        for line in &self.placed.lines {
            connect(line, left, top, "line", "pipec-tip", out);
        }
        for (card, (card_x, card_y)) in self.cards.iter().zip(&self.placed.corners) {
            let Some(drawn) = path.drawn(card.node) else { continue };
            let (card_x, card_y) = (left + card_x, top + card_y);
            cards.insert(card.node, (card_x, card_y, card.width, card.height));
            card.draw(drawn, card_x, card_y, out);
        }
    }
}

/// A node with its layout.
struct Card {
    node: NodeId,
    width: f64,
    height: f64,
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
    fn of(drawn: &DrawnNode<'_>, width: f64) -> Card {
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
        let titled = room - measure(&drawn.timeout, 11.0, false) - 8.0;
        let height = base + CARD_PADDING;
        Card { node: drawn.node.id, width, height, title: fitted(&drawn.title, titled, 14.0), lines }
    }

    fn draw(&self, drawn: &DrawnNode<'_>, x: f64, y: f64, out: &mut String) {
        let is_production = drawn.environment.is_some_and(|environment| environment.tier == Tier::Production);
        let (group, class) = match drawn.kind {
            Kind::Deploy if is_production => (" class=\"on-production\"", "card production"),
            Kind::Deploy => ("", "card deploy"),
            _ if drawn.is_advisory() => ("", "card advisory"),
            _ => ("", "card"),
        };
        let _ = writeln!(out, "<g{group}><title>{}</title>", escaped(&tooltip(drawn)));
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
            11.0,
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

fn natural_width(drawn: &DrawnNode<'_>) -> f64 {
    let lines = std::iter::once(yields(drawn)).chain(drawn.facts.iter().map(Fact::line));
    let lines = lines.map(|line| measure(&line, 12.0, false)).fold(0.0, f64::max);
    (lines + 2.0 * CARD_PADDING + ICON + 2.0).max(titled_width(drawn))
}

/// The width of a card that its title and its time need.
fn titled_width(drawn: &DrawnNode<'_>) -> f64 {
    let head = measure(&drawn.title, 14.0, true) + measure(&drawn.timeout, 11.0, false) + 12.0;
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

/// A smooth line that begins and ends horizontally.
fn connect(line: &Line, x: f64, y: f64, class: &str, tip: &str, out: &mut String) {
    let (from_x, from_y) = (line.from.0 + x, line.from.1 + y);
    let (to_x, to_y) = (line.to.0 + x, line.to.1 + y);
    let straight = line.through.map_or(from_x, |through| through + x);
    let bend = ((to_x - straight) / 2.0).max(16.0);
    let mut drawn = format!("M{from_x:.1} {from_y:.1}");
    if line.through.is_some() {
        let _ = write!(drawn, "H{straight:.1}");
    }
    if (from_y - to_y).abs() < 0.05 {
        let _ = write!(drawn, "H{to_x:.1}");
    } else {
        let (one, other) = (straight + bend, to_x - bend);
        let _ = write!(drawn, "C{one:.1} {from_y:.1} {other:.1} {to_y:.1} {to_x:.1} {to_y:.1}");
    }
    let marker = if line.arrives { format!(" marker-end=\"url(#{tip})\"") } else { String::new() };
    let _ = writeln!(out, "<path class=\"{class}\" d=\"{drawn}\"{marker}/>");
}

fn text(out: &mut String, class: &str, x: f64, y: f64, size: f64, shown: &str) {
    let shown = escaped(shown);
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\">{shown}</text>"
    );
}

/// A text that has its end (`end`) or its middle (`middle`) at a point.
fn text_at(out: &mut String, (class, anchor): (&str, &str), (x, y): (f64, f64), size: f64, shown: &str) {
    let shown = escaped(shown);
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\">{shown}</text>"
    );
}

/// The maximum width of a text in all possible fonts. It uses the widths of Helvetica and a little more.
fn measure(shown: &str, size: f64, is_bold: bool) -> f64 {
    let ems: f64 = shown
        .chars()
        .map(|character| match character {
            'i' | 'j' | 'l' | '|' | '.' | ',' | ':' | ';' | '\'' | '!' => 0.27,
            ' ' | 'f' | 't' | 'r' | '/' | '(' | ')' | '-' | '·' => 0.34,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '→' => 0.89,
            'A'..='Z' | '+' | '=' | '<' | '>' => 0.69,
            '\u{0}'..='\u{2ff}' | '–' | '…' => 0.56,
            _ => 1.0,
        })
        .sum();
    ems * size * if is_bold { 1.1 } else { 1.03 }
}

/// As much of a text as fits.
fn fitted(shown: &str, width: f64, size: f64) -> String {
    if measure(shown, size, true) <= width {
        return shown.to_owned();
    }
    let mut kept = String::new();
    for character in shown.chars() {
        kept.push(character);
        if measure(&kept, size, true) + size > width {
            kept.pop();
            break;
        }
    }
    kept + "…"
}

/// The text in lines of at most a width. It breaks at blanks, if it has any.
fn wrapped(shown: &str, width: f64, size: f64) -> Vec<String> {
    wrapped_from(0.0, shown, width, size)
}

/// The text in lines of at most a width. `taken` is the used part of the first line.
fn wrapped_from(taken: f64, shown: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    let fits = |lines: &[String], candidate: &str| {
        let taken = if lines.len() == 1 { taken } else { 0.0 };
        taken + measure(candidate, size, false) <= width
    };
    for word in shown.split_whitespace() {
        let mut candidate = lines.last().cloned().unwrap_or_default();
        if !candidate.is_empty() {
            candidate.push(' ');
        }
        candidate.push_str(word);
        if fits(&lines, &candidate) {
            if let Some(last) = lines.last_mut() {
                *last = candidate;
            }
            continue;
        }
        if taken > 0.0 || lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        // An address breaks after its signs. A name inside it breaks only if it is too wide alone.
        for part in word.split_inclusive(['/', '.', '-', '_', '?', '&', '=', ':']) {
            let joined = lines.last().cloned().unwrap_or_default() + part;
            let begun = lines.last().is_some_and(|line| !line.is_empty());
            if begun && !fits(&lines, &joined) {
                lines.push(String::new());
            }
            for character in part.chars() {
                let mut candidate = lines.last().cloned().unwrap_or_default();
                candidate.push(character);
                if !fits(&lines, &candidate) && candidate.chars().count() > 1 {
                    lines.push(character.to_string());
                } else if let Some(last) = lines.last_mut() {
                    *last = candidate;
                }
            }
        }
    }
    lines
}

/// The text escaped for XML. Characters that XML can't contain are replaced.
fn escaped(shown: &str) -> String {
    let mut text = String::new();
    for character in shown.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\n' | '\t' => text.push(character),
            '\u{fffe}' | '\u{ffff}' => text.push('\u{fffd}'),
            _ if character.is_control() => text.push('\u{fffd}'),
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_markup() {
        assert_eq!(escaped("a<b>&\"\u{1b}"), "a&lt;b&gt;&amp;&quot;\u{fffd}");
    }

    #[test]
    fn long_words_are_broken_to_fit() {
        let text = "push to main, \"release/*\" https://a-very-long-name.of.a.host.example/with/a/path";
        let lines = wrapped(text, 90.0, 12.0);
        assert!(lines.len() > 3, "{lines:?}");
        assert!(lines.iter().all(|line| measure(line, 12.0, false) <= 90.0), "{lines:?}");
        let without_blanks = |text: &str| text.replace(' ', "");
        assert_eq!(without_blanks(&lines.concat()), without_blanks(text));
        assert_eq!(fitted("short", 90.0, 14.0), "short");
        assert!(fitted(&"long".repeat(9), 90.0, 14.0).ends_with('…'));
    }
}
