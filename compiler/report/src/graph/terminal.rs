//! The drawing for a terminal: one band for each stage, from top to bottom.

use super::path::{DrawnNode, DrawnStage, Fact, Kind, Path};
use super::{Graph, UNPROVEN};
use crate::paint::{Colour, Style};
use crate::row::{Row, wrapped};
use crate::words;

/// The minimum and maximum width of a drawing, in columns.
const MIN_WIDTH: usize = 48;
const MAX_WIDTH: usize = 120;

/// The minimum room next to the column of titles. With less room, a node's result is under its title.
const BESIDE: usize = 30;

/// As much of a text as fits.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept + "…"
}

pub(crate) fn sign(kind: Kind, is_advisory: bool) -> &'static str {
    match kind {
        Kind::Gate if is_advisory => "◌",
        Kind::Gate => "◇",
        Kind::Artefact => "■",
        Kind::Deploy => "▶",
        Kind::Job => "○",
    }
}

pub(crate) fn style(kind: Kind) -> Style {
    match kind {
        Kind::Gate => Style::Gate,
        Kind::Artefact => Style::Artefact,
        Kind::Deploy => Style::Deploy,
        Kind::Job => Style::Faint,
    }
}

pub(super) fn draw(graph: &Graph<'_>, width: usize, colour: Colour) -> String {
    let width = width.clamp(MIN_WIDTH, MAX_WIDTH);
    let mut text = String::new();
    for (place, path) in graph.paths().iter().enumerate() {
        if place > 0 {
            text.push('\n');
        }
        for row in pipeline(path, graph.is_proven, width) {
            text.push_str(&row.render(colour));
        }
    }
    text
}

fn pipeline(path: &Path<'_>, is_proven: bool, width: usize) -> Vec<Row> {
    let pipeline = path.pipeline;
    let mut head = Row::default().styled(Style::Heading, &pipeline.name);
    if !is_proven {
        head = head.text("  ").styled(Style::Error, UNPROVEN);
    }
    if let Some((budget, _)) = &pipeline.budget {
        let budget = format!("within {}", words::duration(*budget));
        head = head.to(width.saturating_sub(budget.chars().count())).styled(Style::Faint, budget);
    }
    let mut rows = vec![head];
    if let Some(docs) = pipeline.docs.first().filter(|line| !line.trim().is_empty()) {
        rows.extend(wrapped(docs, width).into_iter().map(|line| Row::default().text(line)));
    }
    let triggers = path.triggers().join("  ·  ");
    rows.extend(wrapped(&triggers, width).into_iter().map(|line| Row::default().styled(Style::Faint, line)));
    rows.push(Row::default());

    let middle = width / 2;
    let column =
        path.nodes.iter().map(|drawn| drawn.title.chars().count()).max().unwrap_or(0).clamp(8, 28) + 2;
    for (place, drawn_stage) in path.stages.iter().enumerate() {
        let follows = place > 0 && drawn_stage.after == [place - 1];
        if follows {
            rows.push(Row::default().to(middle).styled(Style::Faint, "▼"));
        } else if place > 0 {
            rows.push(Row::default());
        }
        let is_followed = path.stages.get(place + 1).is_some_and(|next| next.after == [place]);
        stage(path, drawn_stage, place, Frame { width, middle, column, follows, is_followed }, &mut rows);
    }
    rows
}

#[derive(Clone, Copy)]
struct Frame {
    width: usize,
    /// The column of the line between the stages.
    middle: usize,
    /// The width of a node's title.
    column: usize,
    /// Whether it follows the stage above.
    follows: bool,
    is_followed: bool,
}

fn stage(path: &Path<'_>, drawn_stage: &DrawnStage<'_>, place: usize, frame: Frame, rows: &mut Vec<Row>) {
    let width = frame.width;
    let mut head = Row::default()
        .styled(Style::Faint, "╭─ ")
        .styled(Style::Heading, cut(&drawn_stage.stage.name, width.saturating_sub(30)))
        .text(" ");
    let after = path.names_before(drawn_stage);
    if place > 0 && !frame.follows {
        let predecessors = if after.is_empty() {
            "from the start".to_owned()
        } else {
            format!("after {}", after.join(", "))
        };
        let room = width.saturating_sub(head.width() + 8);
        head = head.styled(Style::Faint, cut(&predecessors, room)).text(" ");
    }
    let budget = drawn_stage.budget().map(|budget| format!(" {budget} ─")).unwrap_or_default();
    let missing = width.saturating_sub(head.width() + budget.chars().count() + 1);
    rows.push(head.styled(Style::Faint, format!("{}{budget}╮", "─".repeat(missing))));
    if let Some(condition) = drawn_stage.condition() {
        for line in wrapped(&condition, width.saturating_sub(6)) {
            rows.push(framed(Row::default().styled(Style::Help, line), width));
        }
    }
    for (level, nodes) in drawn_stage.levels.iter().enumerate() {
        if level > 0 {
            rows.push(framed(Row::default().styled(Style::Faint, "↓"), width));
        }
        let above = level.checked_sub(1).and_then(|above| drawn_stage.levels.get(above));
        for drawn in nodes.iter().filter_map(|id| path.drawn(*id)) {
            let after = path.predecessor_text(drawn, above.map_or(&[], Vec::as_slice));
            node(drawn, after, frame, rows);
        }
    }
    if drawn_stage.levels.is_empty() {
        rows.push(framed(Row::default().styled(Style::Faint, "nothing"), width));
    }
    let mut foot: Vec<char> = format!("╰{}╯", "─".repeat(width.saturating_sub(2))).chars().collect();
    if frame.is_followed
        && let Some(sign) = foot.get_mut(frame.middle)
    {
        *sign = '┬';
    }
    rows.push(Row::default().styled(Style::Faint, foot.into_iter().collect::<String>()));
}

fn node(drawn: &DrawnNode<'_>, after: Option<String>, frame: Frame, rows: &mut Vec<Row>) {
    let width = frame.width;
    let kind = style(drawn.kind);
    // Two columns of symbol, then the title, the result, and the maximum time at the right.
    let room = width.saturating_sub(6);
    let timeout = &drawn.timeout;
    let is_narrow = width < frame.column + BESIDE;
    let column = if is_narrow { 2 } else { frame.column };
    let titled = if is_narrow { room.saturating_sub(timeout.len() + 4) } else { column.saturating_sub(2) };
    let title = cut(&drawn.title, titled);
    let taken = if is_narrow { 4 } else { 2 + column + timeout.len() + 2 };
    let mut yields = wrapped(&drawn.yields, room.saturating_sub(taken)).into_iter();
    let first = if is_narrow { None } else { yields.next() };
    let head = Row::default()
        .styled(kind, sign(drawn.kind, drawn.is_advisory()))
        .text(" ")
        .styled(if drawn.kind == Kind::Deploy { Style::Deploy } else { Style::Plain }, title)
        .to(2 + column)
        .text(first.unwrap_or_default())
        .to(room.saturating_sub(timeout.chars().count()))
        .styled(Style::Faint, timeout);
    rows.push(framed(head, width));
    for line in yields {
        rows.push(framed(Row::default().to(2 + column).text(line), width));
    }
    if let Some(after) = after {
        for line in wrapped(&format!("after {after}"), room.saturating_sub(2 + column)) {
            rows.push(framed(Row::default().to(2 + column).styled(Style::Faint, line), width));
        }
    }
    if let Some(environment) = drawn.environment
        && environment.tier.word() != environment.name
    {
        rows.push(framed(Row::default().to(2 + column).styled(Style::Faint, environment.tier.word()), width));
    }
    for fact in &drawn.facts {
        for row in fact_rows(fact, 2 + column, room) {
            rows.push(framed(row, width));
        }
    }
}

/// A fact with its reason, starting at a column.
fn fact_rows(fact: &Fact, column: usize, room: usize) -> Vec<Row> {
    let mut text = fact.line();
    if let Some(because) = &fact.because {
        text.push_str(&format!(": {because}"));
    }
    let style = if fact.is_marked { Style::Warning } else { Style::Faint };
    wrapped(&text, room.saturating_sub(column))
        .into_iter()
        .map(|line| Row::default().to(column).styled(style, line))
        .collect()
}

fn framed(row: Row, width: usize) -> Row {
    let framed = Row::default().styled(Style::Faint, "│").text("  ").then(row);
    framed.to(width.saturating_sub(1)).styled(Style::Faint, "│")
}
