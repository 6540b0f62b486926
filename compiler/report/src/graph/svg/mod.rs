//! The drawing as an SVG picture: one file, in light and dark, as wide as a page.
//!
//! It needs no external fonts or scripts. A change travels from left to right, in rows that fit on a page of A4. Each
//! stage is a panel, each node a card in it, and lines show the direct order. One arrow between two panels shows that a
//! stage follows another.

mod card;
mod header;
mod line;
mod panel;
mod text;

pub(super) use text::escaped;

use super::Graph;
use super::layered::{self, Input, Placed};
use super::path::{DrawnStage, Kind, Path};
use panel::Panel;
use pipec_ir::NodeId;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The width of a page.
///
/// A4 without its margins is 190 mm wide, so the smallest text, of size 12, is printed with 7.2 points.
const PAGE: f64 = 900.0;
const MARGIN: f64 = 30.0;
/// The distance between pipelines.
const PIPELINE_GAP: f64 = 56.0;
const PANEL_GAP: f64 = 40.0;
const PANEL_RISE: f64 = 24.0;
/// The distance between rows of panels.
const ROW_GAP: f64 = 44.0;
const MIN_HEADER_WIDTH: f64 = 420.0;

/// The style of the picture, without markup.
pub(super) const STYLE: &str = include_str!("style.css");

/// A rectangle in the picture.
#[derive(Clone, Copy, Debug)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Area {
    fn middle(&self) -> f64 {
        self.y + self.height / 2.0
    }
}

pub(super) fn draw(graph: &Graph<'_>) -> String {
    picture(graph, Role::Image) + "\n"
}

/// What the picture is for people who can't see it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    /// One image with a description.
    Image,
    /// A group of nodes that people can choose.
    Group,
}

/// The element `svg`.
pub(super) fn picture(graph: &Graph<'_>, role: Role) -> String {
    let paths = graph.paths();
    let mut body = String::new();
    let (mut width, mut y) = (0.0_f64, MARGIN);
    for (place, path) in paths.iter().enumerate() {
        if place > 0 {
            y += PIPELINE_GAP;
        }
        let (wide, tall) = pipeline(path, place, graph.is_proven, y, &mut body);
        width = width.max(wide);
        y += tall;
    }
    if paths.is_empty() {
        y += 20.0;
        text::text(&mut body, "soft", MARGIN, y, 14.0, "there is no pipeline");
        width = MIN_HEADER_WIDTH;
    }
    let (width, height) = (width + 2.0 * MARGIN, y + MARGIN);
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} \
         {height:.0}\" role=\"{}\" aria-labelledby=\"pipec-title pipec-description\">",
        match role {
            Role::Image => "img",
            Role::Group => "group",
        }
    );
    let _ = writeln!(svg, "<title id=\"pipec-title\">{}</title>", escaped(&title(&paths)));
    let _ = writeln!(svg, "<desc id=\"pipec-description\">{}</desc>", escaped(&description(&paths)));
    let _ = writeln!(svg, "<style>\n{STYLE}</style>");
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
    svg.push_str("</svg>");
    svg
}

/// The title of the picture.
pub(super) fn title(paths: &[Path<'_>]) -> String {
    let names: Vec<&str> = paths.iter().map(|path| path.pipeline.name.as_str()).collect();
    match names.as_slice() {
        [] => "There is no pipeline".to_owned(),
        names => format!("The path to production: {}", names.join(", ")),
    }
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

/// Draws one pipeline and returns its width and height. Its number is part of the ids of its cards.
fn pipeline(path: &Path<'_>, number: usize, is_proven: bool, top: f64, out: &mut String) -> (f64, f64) {
    let mut panels: Vec<Panel> = (0..path.stages.len()).map(|place| Panel::of(path, place)).collect();
    let edges: Vec<(usize, usize)> = path
        .stages
        .iter()
        .enumerate()
        .flat_map(|(place, drawn_stage)| drawn_stage.after.iter().map(move |before| (*before, place)))
        .collect();
    arrange(&mut panels, &edges);
    let placed = place(&panels, &edges);

    let head_width = placed.width.max(header::width(path, is_proven));
    let head = header::draw(path, is_proven, top, head_width, out);
    let floor = top + head;
    for line in &placed.lines {
        line::connect(line, (MARGIN, floor), line::WAY, out);
    }
    let mut cards: BTreeMap<NodeId, Area> = BTreeMap::new();
    for (place, panel) in panels.iter().enumerate() {
        let (x, y) = placed.corners.get(place).copied().unwrap_or_default();
        let row = placed.row_of.get(place).and_then(|row| placed.rows.get(*row)).copied().unwrap_or_default();
        // A stage that is alone in its column is as tall as its row, so that the stages are aligned.
        let is_alone = placed.neighbours.get(place) == Some(&1);
        let (y, height) = if is_alone { (row.top, row.height) } else { (y, panel.height) };
        let area = Area { x: MARGIN + x, y: floor + y, width: panel.width, height };
        panel.draw(path, number, area, &mut cards, out);
    }
    for (from, to) in path.edges_across() {
        if let (Some(from), Some(to)) = (cards.get(&from), cards.get(&to)) {
            line::between(*from, *to, out);
        }
    }
    (placed.width.max(head_width), head + placed.height)
}

fn place(panels: &[Panel], edges: &[(usize, usize)]) -> Placed {
    let sizes: Vec<(f64, f64)> = panels.iter().map(|panel| (panel.width, panel.height)).collect();
    layered::place(&Input {
        sizes: &sizes,
        edges,
        gap: PANEL_GAP,
        rise: PANEL_RISE,
        // A stretched row may exceed the limit by an error of rounding.
        limit: PAGE - 2.0 * MARGIN + 0.5,
        row_gap: ROW_GAP,
        room: MARGIN - 4.0,
    })
}

/// Fits the panels to the rows that they lie in.
fn arrange(panels: &mut [Panel], edges: &[(usize, usize)]) {
    let first = place(panels, edges);
    if first.rows.len() > 1 {
        for (panel, row) in panels.iter_mut().zip(&first.row_of) {
            if first.rows.get(*row).is_some_and(|row| row.columns == 1) {
                panel.spread();
            }
        }
        // The rows end at the same edge.
        let placed = place(panels, edges);
        for (place, panel) in panels.iter_mut().enumerate() {
            let row = placed.row_of.get(place).and_then(|row| placed.rows.get(*row));
            let (Some(row), Some(width)) = (row, placed.column_widths.get(place)) else { continue };
            panel.width = width + (placed.width - row.width) / row.columns as f64;
        }
    }
    // With equal heights of their headings, the middles of the stages of a row are level.
    let heads: Vec<f64> = panels.iter().map(|panel| panel.head).collect();
    for (panel, row) in panels.iter_mut().zip(&first.row_of) {
        let row_heads = heads.iter().zip(&first.row_of).filter(|(_, other)| *other == row);
        panel.raise_head(row_heads.map(|(head, _)| *head).fold(0.0, f64::max));
    }
}
