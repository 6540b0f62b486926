//! "Did you mean": finds the nearest of a list of known words.
//!
//! For example, among `push` and `tag`, the nearest to `psuh` is `push`: one swap of neighbours.

/// The nearest known word, if it is near enough for a typing mistake. At most a third of its letters may differ, and
/// two swapped neighbours count as one change. If several are equally near, the result is the shortest.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    all_closest(word, known).into_iter().next()
}

/// All known words with the smallest distance, the shortest first. People must choose among them.
pub fn all_closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // Any letter is one change away from any other.
    let limit = match word.chars().count() {
        0 | 1 => 0,
        letters => (letters / 3).max(1),
    };
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    near.sort_by_key(|(distance, candidate)| (*distance, candidate.len()));
    let nearest = near.first().map(|(distance, _)| *distance);
    let mut all: Vec<&str> = Vec::new();
    for (_, candidate) in near.into_iter().take_while(|(distance, _)| Some(*distance) == nearest) {
        if !all.contains(&candidate) {
            all.push(candidate);
        }
    }
    all
}

/// The optimal string alignment distance: insertions, deletions, replacements, swaps of neighbours.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let at = |line: &Vec<usize>, index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, column) + usize::from(a != b))
                .min(at(&last, column + 1) + 1)
                .min(at(&next, column) + 1);
            let swapped =
                row > 0 && column > 0 && left.get(row - 1) == Some(b) && right.get(column - 1) == Some(a);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_distant_ones_are_not() {
        let known = ["stage", "gate", "artefact", "deploy"];
        assert_eq!(closest("sateg", known), None);
        assert_eq!(closest("satge", known), Some("stage"));
        assert_eq!(closest("artifact", known), Some("artefact"));
        assert_eq!(closest("banana", known), None);
        assert_eq!(closest("b", ["a"]), None);
        assert_eq!(all_closest("apx", ["web", "app", "api", "app"]), ["app", "api"]);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
