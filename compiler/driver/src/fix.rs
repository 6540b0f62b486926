//! Applies the fixes of findings until none is left.

use crate::input::{Content, InputText};
use crate::session::{Compilation, Options, Session};
use pipec_base::{Anchor, Code, Diagnostic, Edit, Fix, LineIndex, Place, Sources};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// The maximum number of rounds. A fix reveals further findings a few times at most.
const ROUNDS: usize = 32;

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedFix {
    /// The file of the finding.
    pub path: String,
    /// The line where the finding began before the fix, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The finding's code.
    pub code: Code,
    /// The title of the fix.
    pub title: String,
}

/// The result of applying fixes.
#[derive(Clone, Debug, Default)]
pub struct Fixed {
    /// The changed texts: path, old text, new text.
    pub changed: Vec<(String, Arc<str>, String)>,
    /// The fixes, in the order of their application.
    pub applied: Vec<AppliedFix>,
    /// The compilation of the new texts.
    pub compilation: Compilation,
}

/// Compiles and applies all fixes that don't overlap, until no fix is left. Stops after the maximum number of rounds.
/// With `only`, skips fixes of other files. Also skips a fix that would add syntax errors.
pub fn fix(texts: &[InputText], only: Option<&str>, options: &Options<'_>) -> Fixed {
    let mut session = Session::new();
    let mut now: Vec<InputText> = texts.to_vec();
    let mut compilation = session.compile(&now, options);
    let mut applied = Vec::new();
    let mut refused: BTreeSet<(String, Code, String)> = BTreeSet::new();
    let mut seen: BTreeSet<Vec<Arc<str>>> = [contents(&now)].into();
    for _ in 0..ROUNDS {
        let sources = &compilation.sources;
        let candidates: Vec<(&Diagnostic, &Fix)> = compilation
            .diagnostics
            .iter()
            .filter_map(|finding| Some((finding, finding.fix.as_ref()?)))
            .filter(|(finding, fix)| {
                is_within(fix, sources, &now, only)
                    && !refused.contains(&identity(&compilation, finding, fix))
            })
            .collect();
        let mut chosen = apart(&candidates, sources);
        let mut next = with_edits(&now, &chosen, sources);
        if worsened(&now, &next) {
            // One of them does it: each is tried alone, and the first that is sound is carried out.
            chosen.retain(|one| !worsened(&now, &with_edits(&now, std::slice::from_ref(one), sources)));
            let bad = candidates
                .iter()
                .filter(|one| worsened(&now, &with_edits(&now, std::slice::from_ref(one), sources)));
            refused.extend(bad.map(|(finding, fix)| identity(&compilation, finding, fix)));
            chosen.truncate(1);
            next = with_edits(&now, &chosen, sources);
        }
        // Remedies that undo each other would go on for ever.
        if chosen.is_empty() || !seen.insert(contents(&next)) {
            break;
        }
        applied.extend(chosen.iter().map(|(finding, fix)| applied_fix(&compilation, finding, fix)));
        compilation = session.compile(&next, options);
        now = next;
    }
    let changed = texts
        .iter()
        .zip(&now)
        .filter_map(|(old, new)| match (&old.content, &new.content) {
            (Content::Text(old_text), Content::Text(new_text)) if old_text != new_text => {
                Some((old.path.clone(), old_text.clone(), new_text.to_string()))
            }
            _ => None,
        })
        .collect();
    Fixed { changed, applied, compilation }
}

fn contents(texts: &[InputText]) -> Vec<Arc<str>> {
    texts.iter().filter_map(|text| text_of(text).cloned()).collect()
}

fn text_of(text: &InputText) -> Option<&Arc<str>> {
    match &text.content {
        Content::Text(text) => Some(text),
        _ => None,
    }
}

/// Whether all edits of a fix are in changeable texts. The texts of the workspace come first, in their order. After
/// them come the standard modules, which can't be changed.
fn is_within(fix: &Fix, sources: &Sources, texts: &[InputText], only: Option<&str>) -> bool {
    !fix.edits.is_empty()
        && fix.edits.iter().all(|edit| {
            let Some(place) = sources.place(edit.span) else { return false };
            texts.get(place.rank as usize).is_some_and(|input| {
                let fits = text_of(input).is_some_and(|text| text.get(place.range()).is_some());
                fits && only.is_none_or(|only| input.path == only)
            })
        })
}

fn identity(compilation: &Compilation, finding: &Diagnostic, fix: &Fix) -> (String, Code, String) {
    let file = compilation.sources.file_of(finding.span());
    let path = file.map(|file| compilation.sources.path(file).to_owned()).unwrap_or_default();
    let edits: Vec<&str> = fix.edits.iter().map(|edit| edit.text.as_str()).collect();
    (path, finding.code, format!("{}\n{}\n{}", finding.message, fix.title, edits.join("\n")))
}

fn applied_fix(compilation: &Compilation, finding: &Diagnostic, fix: &Fix) -> AppliedFix {
    let sources = &compilation.sources;
    let bytes = sources.place(finding.span()).unwrap_or_default();
    let text = sources.get(bytes.file).map(|source| source.text.clone()).unwrap_or_default();
    let place = LineIndex::new(text).characters(bytes.range().start);
    AppliedFix {
        path: sources.path(bytes.file).to_owned(),
        line: place.line.saturating_add(1),
        column: place.column.saturating_add(1),
        code: finding.code,
        title: fix.title.clone(),
    }
}

/// The fixes, in order, that do not overlap an earlier one. Two insertions at the same place overlap, because their order
/// would be arbitrary.
fn apart<'a>(candidates: &[(&'a Diagnostic, &'a Fix)], sources: &Sources) -> Vec<(&'a Diagnostic, &'a Fix)> {
    let mut taken: Vec<Place> = Vec::new();
    let mut chosen = Vec::new();
    for (finding, fix) in candidates {
        let places: Vec<Place> = fix.edits.iter().filter_map(|edit| sources.place(edit.span)).collect();
        let touches = |one: &Place| {
            taken.iter().any(|two| one.file == two.file && one.start <= two.end && two.start <= one.end)
        };
        if !places.iter().any(touches) {
            taken.extend(places);
            chosen.push((*finding, *fix));
        }
    }
    chosen
}

fn with_edits(texts: &[InputText], fixes: &[(&Diagnostic, &Fix)], sources: &Sources) -> Vec<InputText> {
    let mut edits: BTreeMap<u32, Vec<(Place, &Edit)>> = BTreeMap::new();
    for edit in fixes.iter().flat_map(|(_, fix)| &fix.edits) {
        let Some(place) = sources.place(edit.span) else { continue };
        edits.entry(place.rank).or_default().push((place, edit));
    }
    let mut next = texts.to_vec();
    for (rank, mut edits) in edits {
        let Some(input) = next.get_mut(rank as usize) else { continue };
        let Some(text) = text_of(input) else { continue };
        edits.sort_by_key(|(place, _)| *place);
        let ranges: Vec<Range<usize>> = edits.iter().map(|(place, _)| place.range()).collect();
        let mut new = String::with_capacity(text.len());
        let mut at = 0;
        for ((_, edit), range) in edits.iter().zip(&ranges) {
            let whole = if edit.text.is_empty() { whole_lines(text, range) } else { range.clone() };
            let is_alone =
                ranges.iter().filter(|other| other.start <= whole.end && whole.start <= other.end).count()
                    == 1;
            let range = if is_alone && whole.start >= at { whole } else { range.clone() };
            new.push_str(text.get(at..range.start).unwrap_or_default());
            new.push_str(&edit.text);
            at = range.end.max(at);
        }
        new.push_str(text.get(at..).unwrap_or_default());
        input.content = Content::Text(new.into());
    }
    next
}

/// Extends a deleted range to whole lines, if the lines contain nothing else.
fn whole_lines(text: &str, range: &Range<usize>) -> Range<usize> {
    let (before, behind) =
        (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default());
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = behind.find('\n').map(|end| range.end + end + 1);
    let is_blank = |part: Option<&str>| part.is_some_and(|part| part.trim().is_empty());
    match end {
        Some(end) if is_blank(text.get(start..range.start)) && is_blank(text.get(range.end..end)) => {
            start..end
        }
        _ => range.clone(),
    }
}

/// Whether the new text has more syntax errors than the old text.
fn worsened(before: &[InputText], after: &[InputText]) -> bool {
    let errors = |text: &Arc<str>| {
        pipec_syntax::parse(Anchor::default(), text)
            .diagnostics
            .iter()
            .filter(|finding| finding.is_error())
            .count()
    };
    before.iter().zip(after).any(|(old, new)| match (text_of(old), text_of(new)) {
        (Some(old), Some(new)) if old != new => errors(new) > errors(old),
        _ => false,
    })
}
