//! Reads source texts piece by piece, so that an edit reads one declaration again instead of its file.
//!
//! An unchanged piece keeps its tree and its anchor, even if it moves:
//!
//! ```text
//! let a = 1        read                // why
//!                                      let a = 1        read again
//! let b = 2        read
//!                                      let b = 2        known; only its anchor moves
//! ```
//!
//! A changed piece takes the anchor of a removed piece, and the anchor gets a new revision.

use pipec_base::{Anchor, Diagnostic, FileId, Sources, parallel};
use pipec_syntax::{Cut, Parsed, Pieces, Tokens, ast, pieces, pieces_after};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

/// The trees and findings of a text.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) text: Arc<str>,
    pub(crate) tree: Arc<ast::File>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The pieces in their order, each with its first byte.
    runs: Vec<(usize, Run)>,
    /// The remembered groups of consecutive pieces of this text, in order. Each has its range of bytes.
    known: Vec<(Range<usize>, Run)>,
    /// The number of them that are single pieces. These come first.
    singles: usize,
    /// Where the text was cut into pieces.
    cut: Cut,
    /// The anchors of removed pieces.
    spare: Vec<Anchor>,
}

/// A run of neighbouring pieces that were read together, with their own anchor.
#[derive(Clone, Debug)]
struct Run {
    anchor: Anchor,
    parsed: Arc<Parsed>,
}

impl Reading {
    /// The tokens of each piece, with comments. Their places are relative to the byte beside them.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = (usize, &Tokens)> {
        self.runs.iter().map(|(start, run)| (*start, &run.parsed.tokens))
    }
}

impl Run {
    fn of(anchor: Anchor, parsed: Option<Parsed>, keeps_tokens: bool) -> Run {
        let mut parsed = parsed.unwrap_or_default();
        if !keeps_tokens {
            parsed.tokens = Tokens::default();
        }
        Run { anchor, parsed: Arc::new(parsed) }
    }
}

/// A new text, cut into pieces.
struct Fresh<'t> {
    file: FileId,
    text: &'t Arc<str>,
    pieces: Pieces<'t>,
}

/// The known pieces of a text, before its missing pieces are read.
struct Plan {
    /// Each piece: as it is known, or the anchor to read it with.
    alone: Vec<Result<Run, Anchor>>,
    /// The runs of the previous text that no piece uses again.
    left: BTreeMap<String, VecDeque<Run>>,
    spare: Vec<Anchor>,
}

impl Plan {
    fn wanted(&self) -> Vec<(Range<usize>, Anchor)> {
        let each = self.alone.iter().enumerate();
        each.filter_map(|(place, run)| Some((place..place + 1, *run.as_ref().err()?))).collect()
    }
}

/// Reads texts and updates their last readings in `before`. Returns the number of pieces that had to be read. Keeps
/// tokens only on request, because they take a tenth of the memory of a compilation.
pub(crate) fn read(
    files: &[(FileId, Arc<str>)],
    before: &mut BTreeMap<FileId, Reading>,
    sources: &mut Sources,
    keeps_tokens: bool,
) -> usize {
    let fresh: Vec<Fresh<'_>> = parallel::map(files, |(file, text)| {
        let pieces = match before.get(file) {
            Some(before) => pieces_after(text, &before.text, &before.cut),
            None => pieces(text),
        };
        Fresh { file: *file, text, pieces }
    });
    let plans: Vec<Plan> =
        fresh.iter().map(|fresh| plan(before.remove(&fresh.file), fresh, sources)).collect();
    let both: Vec<(&Fresh<'_>, &Plan)> = fresh.iter().zip(&plans).collect();
    let read: Vec<Vec<Parsed>> = parallel::map(&both, |(fresh, plan)| {
        let wanted = plan.wanted();
        if wanted.is_empty() { Vec::new() } else { fresh.pieces.read(&wanted) }
    });
    let mut count = read.iter().map(Vec::len).sum();
    for ((fresh, plan), parsed) in fresh.iter().zip(plans).zip(read) {
        let reading = settle(fresh, plan, parsed, sources, keeps_tokens, &mut count);
        before.insert(fresh.file, reading);
    }
    count
}

/// Finds the known pieces, and gives each other piece an anchor.
fn plan(before: Option<Reading>, fresh: &Fresh<'_>, sources: &mut Sources) -> Plan {
    let pieces = &fresh.pieces;
    let mut left: BTreeMap<String, VecDeque<Run>> = BTreeMap::new();
    let mut spare: Vec<Anchor> = Vec::new();
    // An edit changes no piece far before it or far after it.
    let mut first: Vec<Run> = Vec::new();
    let mut last: VecDeque<Run> = VecDeque::new();
    if let Some(before) = before {
        let Reading { text, known: remembered, singles, cut, spare: unused, .. } = before;
        spare = unused;
        let mut old = VecDeque::from(remembered);
        let of = |bytes: &Range<usize>| text.get(bytes.clone()).unwrap_or("");
        // What one piece says of its end may differ from what a whole text does.
        if cut.is_several() != pieces.cut().is_several() {
            spare.extend(old.drain(..).map(|(_, run)| run.anchor));
        }
        let groups = old.split_off(singles.min(old.len()));
        let is = |bytes: &Range<usize>, place: usize| of(bytes) == pieces.text(place..place + 1);
        while first.len() < pieces.len()
            && let Some((_, run)) = old.pop_front_if(|(bytes, _)| is(bytes, first.len()))
        {
            first.push(run);
        }
        while first.len() + last.len() < pieces.len()
            && let place = pieces.len() - last.len() - 1
            && let Some((_, run)) = old.pop_back_if(|(bytes, _)| is(bytes, place))
        {
            last.push_front(run);
        }
        for (bytes, run) in old.into_iter().chain(groups) {
            left.entry(of(&bytes).to_owned()).or_default().push_back(run);
        }
    }
    let mut take = |place| left.get_mut(pieces.text(place..place + 1)).and_then(VecDeque::pop_front);
    let between: Vec<Option<Run>> = (first.len()..pieces.len() - last.len()).map(&mut take).collect();
    let known = first.into_iter().map(Some).chain(between).chain(last.into_iter().map(Some));
    let mut gone: VecDeque<Anchor> = left.values().flatten().map(|run| run.anchor).collect();
    gone.make_contiguous().sort_unstable();
    let mut reused = Vec::new();
    let alone = known.map(|run| {
        run.ok_or_else(|| match gone.pop_front() {
            Some(anchor) => {
                reused.push(anchor);
                anchor
            }
            None => spare.pop().unwrap_or_else(|| sources.anchor(fresh.file, 0)),
        })
    });
    let alone = alone.collect();
    left.values_mut().for_each(|runs| runs.retain(|run| !reused.contains(&run.anchor)));
    Plan { alone, left, spare }
}

/// Combines the known pieces and the new ones into a reading.
fn settle(
    fresh: &Fresh<'_>,
    plan: Plan,
    parsed: Vec<Parsed>,
    sources: &mut Sources,
    keeps_tokens: bool,
    count: &mut usize,
) -> Reading {
    let Plan { alone, mut left, mut spare } = plan;
    let mut parsed = parsed.into_iter();
    let alone: Vec<Run> = alone
        .into_iter()
        .map(|run| {
            run.unwrap_or_else(|anchor| {
                sources.renew(anchor);
                Run::of(anchor, parsed.next(), keeps_tokens)
            })
        })
        .collect();
    let pieces = &fresh.pieces;
    let mut known: Vec<(Range<usize>, Run)> =
        alone.iter().enumerate().map(|(place, run)| (pieces.bytes(place..place + 1), run.clone())).collect();
    let again = |together: Range<usize>| {
        let text = pieces.text(together.clone());
        let run = left.get_mut(text).and_then(VecDeque::pop_front).unwrap_or_else(|| {
            *count += together.len();
            let anchor = spare.pop().unwrap_or_else(|| sources.anchor(fresh.file, 0));
            sources.renew(anchor);
            Run::of(anchor, pieces.read(&[(together.clone(), anchor)]).pop(), keeps_tokens)
        });
        known.push((pieces.bytes(together), run.clone()));
        run
    };
    let singles = alone.len();
    let runs = pieces.sequences(alone, |run| &run.parsed.diagnostics, again);
    let runs: Vec<(usize, Run)> =
        runs.into_iter().map(|(together, run)| (pieces.bytes(together).start, run)).collect();
    for (start, run) in &runs {
        sources.move_anchor(run.anchor, *start);
    }
    spare.extend(left.into_values().flatten().map(|run| run.anchor));
    let parts = || runs.iter().map(|(_, run)| &run.parsed);
    let tree = ast::File { items: parts().flat_map(|parsed| parsed.tree.items.iter().cloned()).collect() };
    let diagnostics = parts().flat_map(|parsed| parsed.diagnostics.iter().cloned()).collect();
    let (text, cut) = (fresh.text.clone(), pieces.cut().clone());
    Reading { text, tree: Arc::new(tree), diagnostics, runs, known, singles, cut, spare }
}
