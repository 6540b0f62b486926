//! All guarantees as Markdown. The assumptions are a list of tasks.

use super::{AssuranceReport, meaning, share};
use pipec_claims::{Exception, Standing};
use std::fmt::Write;

pub(super) fn draw(report: &AssuranceReport<'_>) -> String {
    let mut text = String::from("# Assurance\n");
    for pipeline in report.pipelines() {
        let _ = write!(text, "\n## Pipeline {}\n", pipeline.pipeline);
        let (first, others): (Vec<&Exception>, Vec<&Exception>) =
            pipeline.exceptions.iter().partition(|exception| exception.what.concerns_all_secrets());
        for exception in first {
            let _ = write!(text, "\n{}\n", exception_in_markdown(exception));
        }
        for part in report.parts(pipeline) {
            match part.environment {
                Some(environment) => {
                    let _ = write!(text, "\n### {environment}\n");
                }
                None => text.push_str("\n### All its runs\n"),
            }
            for standing in Standing::ALL {
                let given = part.of_standing(standing);
                if given.is_empty() {
                    continue;
                }
                let _ = write!(text, "\n**{}**: {}\n\n", capital(standing), meaning(standing));
                for guarantee in given {
                    let holds = escape_markdown(&report.assurance.holds(guarantee));
                    let by = escape_markdown(&report.assurance.by(guarantee));
                    let _ = match standing {
                        Standing::Assumed => writeln!(text, "- [ ] {holds} (relied on by: {by})"),
                        _ => writeln!(text, "- **{}**: {holds}. *{by}*", guarantee.claim.kind()),
                    };
                }
            }
        }
        text.push_str("\n### Out of the ordinary\n\n");
        for exception in others {
            let _ = writeln!(text, "- {}", exception_in_markdown(exception));
        }
        let _ = writeln!(text, "- {}", share(pipeline));
    }
    if !report.assurance.allowed.is_empty() {
        text.push_str("\n## Allowed in this workspace\n\n");
        for exception in &report.assurance.allowed {
            let _ = writeln!(text, "- {}", exception_in_markdown(exception));
        }
    }
    text
}

fn capital(standing: Standing) -> &'static str {
    match standing {
        Standing::Proved => "Proved",
        Standing::Emitted => "Emitted",
        Standing::Assumed => "Assumed",
    }
}

fn exception_in_markdown(exception: &Exception) -> String {
    let says = escape_markdown(&exception.what.sentence());
    let because = escape_markdown(exception.because.sentence());
    format!("**{}**: {says}: {because}", exception.what.word())
}

/// The text with its Markdown characters escaped, except in backticks.
fn escape_markdown(text: &str) -> String {
    let mut is_code = false;
    let mut shown = String::new();
    for character in text.chars() {
        match character {
            '`' => is_code = !is_code,
            '*' | '_' | '<' | '>' | '[' | ']' | '\\' | '|' | '#' if !is_code => shown.push('\\'),
            '\n' => {
                shown.push(' ');
                continue;
            }
            _ => {}
        }
        shown.push(character);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_no_markdown() {
        assert_eq!(escape_markdown("a *b* <i>[x](y)\n`a*b`"), "a \\*b\\* \\<i\\>\\[x\\](y) `a*b`");
    }
}
