//! The header of a pipeline: its name, documentation, triggers and budget.

use super::text::{measure, text, text_at, wrapped};
use super::{MARGIN, MIN_HEADER_WIDTH, PAGE};
use crate::graph::UNPROVEN;
use crate::graph::path::Path;
use std::fmt::Write;

const MAX_DOCS_WIDTH: f64 = 640.0;

/// The width that the header needs. The name never exceeds the picture, and text with possible breaks has room.
pub(super) fn width(path: &Path<'_>, is_proven: bool) -> f64 {
    let failed = if is_proven { 0.0 } else { 16.0 + measure(UNPROVEN, 15.0, true) };
    let name = measure(&path.pipeline.name, 24.0, true) + failed;
    let docs = path.pipeline.docs.first().map_or(0.0, |line| measure(line, 14.0, false));
    let ways = path.triggers().iter().map(|way| measure(way, 12.0, false) + 18.0).fold(0.0, f64::max);
    let ways = ways.min(PAGE - 2.0 * MARGIN);
    docs.min(MAX_DOCS_WIDTH).max(ways).max(name).max(MIN_HEADER_WIDTH)
}

/// The name, the documentation and the triggers.
pub(super) fn draw(path: &Path<'_>, is_proven: bool, top: f64, width: f64, out: &mut String) -> f64 {
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
