//! Lines between stages and between cards.

use crate::graph::layered::{Line, Turn};
use std::fmt::Write;

/// The radius of a bend.
const BEND: f64 = 8.0;

/// A kind of line: the class of its path, and the id of its tip.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    class: &'static str,
    tip: &'static str,
}

/// A line between stages.
pub(super) const WAY: Kind = Kind { class: "way", tip: "pipec-way-tip" };

/// A line between nodes.
pub(super) const LINE: Kind = Kind { class: "line", tip: "pipec-tip" };

/// Draws a line of a layout that lies at a point.
pub(super) fn connect(line: &Line, (x, y): (f64, f64), kind: Kind, out: &mut String) {
    let (from_x, from_y) = (line.from.0 + x, line.from.1 + y);
    let to = (line.to.0 + x, line.to.1 + y);
    let mut drawn = format!("M{from_x:.1} {from_y:.1}");
    match line.turn {
        Some(Turn { right, level, left }) => {
            let turn = Turn { right: right + x, level: level + y, left: left + x };
            around(from_y, turn, to, &mut drawn);
        }
        None => {
            let straight = line.through.map(|through| through + x);
            if let Some(straight) = straight {
                let _ = write!(drawn, "H{straight:.1}");
            }
            across((straight.unwrap_or(from_x), from_y), to, &mut drawn);
        }
    }
    finish(&drawn, line.arrives, kind, out);
}

/// Draws a line between cards of stages that no line between the stages connects.
///
/// A card on the right is reached from its left side. Otherwise the line goes down, or up, to the other card.
pub(super) fn between(from: super::Area, to: super::Area, out: &mut String) {
    let mut drawn;
    if to.x >= from.x + from.width {
        let (start, end) = ((from.x + from.width, from.middle()), (to.x, to.middle()));
        drawn = format!("M{:.1} {:.1}", start.0, start.1);
        across(start, end, &mut drawn);
    } else {
        let is_below = to.y > from.y;
        let (start_y, end_y) = match is_below {
            true => (from.y + from.height, to.y),
            false => (from.y, to.y + to.height),
        };
        let (start_x, end_x) = (from.x + from.width / 2.0, to.x + to.width / 2.0);
        let middle = (start_y + end_y) / 2.0;
        drawn = format!(
            "M{start_x:.1} {start_y:.1}C{start_x:.1} {middle:.1} {end_x:.1} {middle:.1} {end_x:.1} {end_y:.1}"
        );
    }
    finish(&drawn, true, LINE, out);
}

/// A smooth line that begins and ends horizontally.
fn across((from_x, from_y): (f64, f64), (to_x, to_y): (f64, f64), drawn: &mut String) {
    if (from_y - to_y).abs() < 0.05 {
        let _ = write!(drawn, "H{to_x:.1}");
        return;
    }
    let bend = ((to_x - from_x) / 2.0).max(16.0);
    let (one, other) = (from_x + bend, to_x - bend);
    let _ = write!(drawn, "C{one:.1} {from_y:.1} {other:.1} {to_y:.1} {to_x:.1} {to_y:.1}");
}

/// A line around the end of a row, with round corners.
fn around(from_y: f64, turn: Turn, (to_x, to_y): (f64, f64), drawn: &mut String) {
    let Turn { right, level, left } = turn;
    let first = BEND.min((level - from_y) / 2.0).max(0.0);
    let last = BEND.min((to_y - level) / 2.0).min(to_x - left).max(0.0);
    let _ = write!(drawn, "H{:.1}q{first:.1} 0 {first:.1} {first:.1}", right - first);
    let _ = write!(drawn, "V{:.1}q0 {first:.1} -{first:.1} {first:.1}", level - first);
    let _ = write!(drawn, "H{:.1}q-{last:.1} 0 -{last:.1} {last:.1}", left + last);
    let _ = write!(drawn, "V{:.1}q0 {last:.1} {last:.1} {last:.1}", to_y - last);
    let _ = write!(drawn, "H{to_x:.1}");
}

fn finish(drawn: &str, arrives: bool, kind: Kind, out: &mut String) {
    let Kind { class, tip } = kind;
    let marker = if arrives { format!(" marker-end=\"url(#{tip})\"") } else { String::new() };
    let _ = writeln!(out, "<path class=\"{class}\" d=\"{drawn}\"{marker}/>");
}
