//! The guarantees on one screen: what is proved, what to set and where, and what is assumed.
//!
//! Pipelines are listed together. A line that does not hold for all of them names those that it holds for, and a setting
//! that several need is listed once:
//!
//! ```text
//! orders and payments are proved          `--verbose` adds evidence and reasons
//!   production
//!     ✓ orders: no deploy before unit and scan have passed
//!     ✓ payments: no deploy before unit has passed
//!     ✓ one deploy, from main only; no pull request, fork or merge queue
//!     ● the output ensures: one deploy at a time, never an older commit
//!
//! to set on github
//!   environment production
//!     ☐ accept only the branch `main`
//! ```

use super::AssuranceReport;
use crate::paint::{Colour, Style};
use crate::row::{Row, wrapped};
use pipec_claims::{
    Assumption, Checklist, Claim, Exception, Guarantee, PipelineAssurance, Standing, TheoremId, Trust,
};

pub(super) fn draw(report: &AssuranceReport<'_>, width: usize, colour: Colour) -> String {
    let pipelines: Vec<&PipelineAssurance> = report.pipelines().collect();
    let mut page = Page { rows: Vec::new(), width };
    add_proved(report, &pipelines, &mut page);
    add_exceptions(report, &pipelines, &mut page);
    for target in targets(report, &pipelines) {
        add_settings(report, &pipelines, target, &mut page);
        add_trusts(report, &pipelines, target, &mut page);
    }
    page.rows.iter().map(|row| row.render(colour)).collect()
}

/// The environments in the order of their first pipeline, then all runs.
fn environments<'a>(
    report: &AssuranceReport<'a>,
    pipelines: &[&'a PipelineAssurance],
) -> Vec<Option<&'a str>> {
    let mut all = Vec::new();
    for part in pipelines.iter().flat_map(|pipeline| report.parts(pipeline)) {
        if part.environment.is_some() && !all.contains(&part.environment) {
            all.push(part.environment);
        }
    }
    all.push(None);
    all
}

fn title(pipelines: &[&PipelineAssurance]) -> String {
    let names: Vec<&str> = pipelines.iter().map(|pipeline| pipeline.pipeline.as_str()).collect();
    match names.as_slice() {
        [] => "there is no pipeline".to_owned(),
        [one] => format!("{one} is proved"),
        [others @ .., last] => format!("{} and {last} are proved", others.join(", ")),
    }
}

fn add_proved(report: &AssuranceReport<'_>, pipelines: &[&PipelineAssurance], page: &mut Page) {
    page.title(&title(pipelines));
    // What holds for all secrets comes before what is said of some.
    for (of, text) in exceptions(pipelines, |it| it.what.concerns_all_secrets()).texts() {
        page.item(2, (Style::Warning, "! "), &named(of, text));
    }
    for environment in environments(report, pipelines) {
        let mut proved = Lines::default();
        let mut emitted = Lines::default();
        for pipeline in pipelines {
            let parts = report.parts(pipeline);
            let Some(part) = parts.iter().find(|part| part.environment == environment) else { continue };
            for guarantee in part.of_standing(Standing::Proved) {
                proved.add(rank(guarantee), report.assurance.short(guarantee), &pipeline.pipeline);
            }
            let guarantees = part.of_standing(Standing::Emitted);
            let phrases: Vec<String> = guarantees
                .into_iter()
                .filter(|guarantee| !is_general(guarantee))
                .map(|guarantee| report.assurance.short(guarantee))
                .collect();
            if !phrases.is_empty() {
                emitted.add(0, phrases.join(", "), &pipeline.pipeline);
            }
            proved.number += 1;
            emitted.number += 1;
        }
        if proved.lines.is_empty() && emitted.lines.is_empty() {
            continue;
        }
        match environment {
            Some(name) => page.place(Style::Deploy, name),
            None => page.place(Style::Heading, "every run"),
        }
        for (of, text) in proved.texts() {
            page.item(4, (Style::Help, "✓ "), &named(of, text));
        }
        for (of, text) in emitted.texts() {
            let of = of.map_or_else(String::new, |of| format!(" of {of}"));
            page.item(4, (Style::Gate, "● "), &format!("the output{of} ensures: {text}"));
        }
    }
}

/// The position of a theorem in reports.
fn rank(guarantee: &Guarantee) -> usize {
    match &guarantee.claim {
        Claim::Theorem(theorem) => TheoremId::ALL.iter().position(|id| *id == theorem.id()).unwrap_or(0),
        Claim::Assumed(_) => 0,
    }
}

/// Whether the theorem holds for the output of any pipeline. Only the detailed form lists it.
fn is_general(guarantee: &Guarantee) -> bool {
    let general =
        [TheoremId::Order, TheoremId::Timeout, TheoremId::Verdict, TheoremId::SameDigest, TheoremId::OwnJobs];
    matches!(&guarantee.claim, Claim::Theorem(theorem) if general.contains(&theorem.id()))
}

/// The sentences of some exceptions, each with its pipelines.
fn exceptions<'a>(pipelines: &[&'a PipelineAssurance], is_wanted: impl Fn(&Exception) -> bool) -> Lines<'a> {
    let mut lines = Lines { number: pipelines.len(), ..Lines::default() };
    for pipeline in pipelines {
        for exception in pipeline.exceptions.iter().filter(|exception| is_wanted(exception)) {
            lines.add(0, exception.what.sentence(), &pipeline.pipeline);
        }
    }
    lines
}

fn add_exceptions(report: &AssuranceReport<'_>, pipelines: &[&PipelineAssurance], page: &mut Page) {
    let mut lines = exceptions(pipelines, |it| !it.what.concerns_all_secrets());
    for pipeline in pipelines {
        if pipeline.engine_steps > 0 {
            let of = format!("{} of {} steps", pipeline.engine_steps, pipeline.steps);
            lines.add(1, format!("no proof covers the raw steps: {of}"), &pipeline.pipeline);
        }
    }
    let allowed = report.assurance.allowed.iter();
    let allowed =
        allowed.map(|exception| format!("{}: {}", exception.what.sentence(), exception.because.sentence()));
    let texts: Vec<String> = lines.texts().map(|(of, text)| named(of, text)).chain(allowed).collect();
    if texts.is_empty() {
        return;
    }
    page.section("with these exceptions");
    for text in texts {
        page.item(4, (Style::Warning, "! "), &text);
    }
}

/// The targets of the assumptions, in the order of their first one.
fn targets(report: &AssuranceReport<'_>, pipelines: &[&PipelineAssurance]) -> Vec<Option<&'static str>> {
    let mut all = Vec::new();
    for guarantee in assumed(report, pipelines) {
        if !all.contains(&guarantee.target) {
            all.push(guarantee.target);
        }
    }
    all
}

fn assumed<'a>(
    report: &AssuranceReport<'a>,
    pipelines: &[&'a PipelineAssurance],
) -> impl Iterator<Item = &'a Guarantee> {
    let parts: Vec<_> = pipelines.iter().flat_map(|pipeline| report.parts(pipeline)).collect();
    parts.into_iter().flat_map(|part| part.of_standing(Standing::Assumed))
}

/// The assumptions of a target.
fn assumptions_of<'a>(
    report: &AssuranceReport<'a>,
    pipelines: &[&'a PipelineAssurance],
    target: Option<&'static str>,
) -> impl Iterator<Item = &'a Assumption> {
    let own = assumed(report, pipelines).filter(move |guarantee| guarantee.target == target);
    own.filter_map(|guarantee| match &guarantee.claim {
        Claim::Assumed(assumed) => Some(&assumed.assumption),
        Claim::Theorem(_) => None,
    })
}

fn add_settings(
    report: &AssuranceReport<'_>,
    pipelines: &[&PipelineAssurance],
    target: Option<&'static str>,
    page: &mut Page,
) {
    let settings = assumptions_of(report, pipelines, target).filter_map(|assumption| match assumption {
        Assumption::Setting(setting) => Some(setting),
        Assumption::Trust(_) => None,
    });
    let checklist = Checklist::of(settings);
    if checklist.groups.is_empty() {
        return;
    }
    let words = report.assurance.words_of(target);
    page.section(&target.map_or_else(|| "to set".to_owned(), |target| format!("to set on {target}")));
    for group in &checklist.groups {
        page.place(Style::Deploy, &words.places(&group.places));
        for task in &group.tasks {
            page.item(4, (Style::Warning, "☐ "), &words.task(task));
        }
    }
}

fn add_trusts(
    report: &AssuranceReport<'_>,
    pipelines: &[&PipelineAssurance],
    target: Option<&'static str>,
    page: &mut Page,
) {
    let trusts: Vec<&Trust> = assumptions_of(report, pipelines, target)
        .filter_map(|assumption| match assumption {
            Assumption::Trust(trust) => Some(trust),
            Assumption::Setting(_) => None,
        })
        .collect();
    if trusts.is_empty() {
        return;
    }
    page.section("assumed, because no setting ensures it");
    for text in report.assurance.words_of(target).short_trusts(&trusts) {
        page.item(4, (Style::Faint, "· "), &text);
    }
}

/// A statement, and the pipelines that it holds for.
struct Line<'a> {
    rank: usize,
    text: String,
    pipelines: Vec<&'a str>,
}

/// Statements by rank, then in the order of their first occurrence. Each text occurs once.
#[derive(Default)]
struct Lines<'a> {
    lines: Vec<Line<'a>>,
    /// The number of pipelines that may have such statements.
    number: usize,
}

impl<'a> Lines<'a> {
    fn add(&mut self, rank: usize, text: String, pipeline: &'a str) {
        match self.lines.iter_mut().find(|line| line.text == text) {
            Some(line) if line.pipelines.contains(&pipeline) => {}
            Some(line) => line.pipelines.push(pipeline),
            None => self.lines.push(Line { rank, text, pipelines: vec![pipeline] }),
        }
    }

    /// The texts, each with its pipelines if it does not hold for all of them.
    fn texts(&self) -> impl Iterator<Item = (Option<String>, &str)> + '_ {
        let mut lines: Vec<&Line<'_>> = self.lines.iter().collect();
        lines.sort_by_key(|line| line.rank);
        lines.into_iter().map(|line| {
            let is_partial = line.pipelines.len() < self.number;
            (is_partial.then(|| line.pipelines.join(", ")), line.text.as_str())
        })
    }
}

/// A text after the names of the pipelines that it is about.
fn named(pipelines: Option<String>, text: &str) -> String {
    pipelines.map_or_else(|| text.to_owned(), |pipelines| format!("{pipelines}: {text}"))
}

/// The rows of the report.
struct Page {
    rows: Vec<Row>,
    width: usize,
}

impl Page {
    /// The heading of the report. The hint to the rest is in the same row if there is room.
    fn title(&mut self, title: &str) {
        let hint = "`--verbose` adds evidence and reasons";
        let lines = wrapped(title, self.width);
        let place = self.width.saturating_sub(hint.chars().count());
        let has_room = matches!(lines.as_slice(), [only] if only.chars().count() + 2 <= place);
        self.rows.extend(lines.into_iter().map(|line| Row::default().styled(Style::Heading, line)));
        let first = if has_room { self.rows.pop() } else { None };
        self.rows.push(first.unwrap_or_default().to(place).styled(Style::Faint, hint));
    }

    /// The heading of a section.
    fn section(&mut self, title: &str) {
        self.rows.push(Row::default());
        self.rows.push(Row::default().styled(Style::Heading, title));
    }

    /// The heading of a place inside a section.
    fn place(&mut self, style: Style, title: &str) {
        for (number, line) in wrapped(title, self.width.saturating_sub(8)).into_iter().enumerate() {
            self.rows.push(Row::default().to(if number == 0 { 2 } else { 8 }).styled(style, line));
        }
    }

    /// A statement after a sign. Further lines begin below the statement.
    fn item(&mut self, indent: usize, (style, sign): (Style, &str), text: &str) {
        let taken = indent + sign.chars().count();
        for (number, line) in wrapped(text, self.width.saturating_sub(taken)).into_iter().enumerate() {
            let row = Row::default().to(indent);
            let row = if number == 0 { row.styled(style, sign) } else { row };
            self.rows.push(row.to(taken).text(line));
        }
    }
}
