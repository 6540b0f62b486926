//! All guarantees of each pipeline and environment, with their evidence, for a terminal.

use super::{AssuranceReport, Part, meaning, share};
use crate::paint::{Colour, Style};
use crate::row::{Row, wrapped};
use pipec_claims::{Exception, Standing};

pub(super) fn draw(report: &AssuranceReport<'_>, width: usize, colour: Colour) -> String {
    let mut rows = Vec::new();
    for pipeline in report.pipelines() {
        if !rows.is_empty() {
            rows.push(Row::default());
        }
        rows.push(Row::default().styled(Style::Heading, &pipeline.pipeline));
        let (first, others): (Vec<&Exception>, Vec<&Exception>) =
            pipeline.exceptions.iter().partition(|exception| exception.what.concerns_all_secrets());
        first.into_iter().for_each(|exception| except(exception, width, &mut rows));
        for part in report.parts(pipeline) {
            rows.push(Row::default());
            let title = part.environment.unwrap_or("all its runs");
            let style = if part.environment.is_some() { Style::Deploy } else { Style::Heading };
            rows.push(Row::default().text("  ").styled(style, title));
            for standing in Standing::ALL {
                add_guarantees(report, &part, standing, width, &mut rows);
            }
        }
        rows.push(Row::default());
        rows.push(Row::default().text("  ").styled(Style::Heading, "out of the ordinary"));
        others.into_iter().for_each(|exception| except(exception, width, &mut rows));
        let share = share(pipeline);
        rows.extend(
            wrapped(&share, width.saturating_sub(4))
                .into_iter()
                .map(|line| Row::default().text("    ").text(line)),
        );
    }
    if !report.assurance.allowed.is_empty() {
        rows.push(Row::default());
        rows.push(Row::default().styled(Style::Heading, "allowed in this workspace"));
        for exception in &report.assurance.allowed {
            except(exception, width, &mut rows);
        }
    }
    rows.iter().map(|row| row.render(colour)).collect()
}

fn add_guarantees(
    report: &AssuranceReport<'_>,
    part: &Part<'_>,
    standing: Standing,
    width: usize,
    rows: &mut Vec<Row>,
) {
    let given = part.of_standing(standing);
    if given.is_empty() {
        return;
    }
    let (sign, style) = match standing {
        Standing::Proved => ("✓", Style::Help),
        Standing::Emitted => ("●", Style::Gate),
        Standing::Assumed => ("☐", Style::Warning),
    };
    rows.push(
        Row::default()
            .text("    ")
            .styled(style, standing.word())
            .styled(Style::Faint, format!(": {}", meaning(standing))),
    );
    for guarantee in given {
        let mut sign = Some(sign);
        for line in wrapped(&report.assurance.holds(guarantee), width.saturating_sub(8)) {
            let sign = sign.take().unwrap_or(" ");
            rows.push(Row::default().text("      ").styled(style, sign).text(" ").text(line));
        }
        let by = report.assurance.by(guarantee);
        let by = match standing {
            Standing::Assumed => format!("relied on by: {by}"),
            _ => format!("{}: {by}", guarantee.claim.kind()),
        };
        for line in wrapped(&by, width.saturating_sub(8)) {
            rows.push(Row::default().text("        ").styled(Style::Faint, line));
        }
    }
}

fn except(exception: &Exception, width: usize, rows: &mut Vec<Row>) {
    let text = format!("{}: {}", exception.what.sentence(), exception.because.sentence());
    let word = exception.what.word();
    let column = 18.max(word.len() + 6);
    let mut kind = Some(word);
    for line in wrapped(&text, width.saturating_sub(column)) {
        let kind = kind.take().unwrap_or("");
        rows.push(Row::default().text("    ").styled(Style::Warning, kind).to(column).text(line));
    }
}
