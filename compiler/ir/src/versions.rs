//! The order of versions.

use std::cmp::{Ordering, Reverse};

/// Orders newer versions before older ones. Numbers are compared as numbers, and a text after a dash makes a version
/// older (`v2.0.0` is newer than `v2.0.0-rc1`).
pub(crate) fn newest_first(left: &str, right: &str) -> Ordering {
    Reverse(key(left)).cmp(&Reverse(key(right))).then_with(|| left.cmp(right))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Run<'a> {
    Text(&'a str),
    /// The number of digits without leading zeros, and the digits.
    Number(usize, &'a str),
}

fn key(version: &str) -> (Vec<Run<'_>>, bool, Vec<Run<'_>>) {
    match version.split_once('-') {
        Some((version, before)) => (parts(version), false, parts(before)),
        None => (parts(version), true, Vec::new()),
    }
}

fn parts(text: &str) -> Vec<Run<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_number = first.is_ascii_digit();
        let end = rest.find(|it: char| it.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let significant = run.trim_start_matches('0');
        parts.push(if is_number { Run::Number(significant.len(), significant) } else { Run::Text(run) });
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_versions_come_first() {
        let mut versions =
            ["v2.0.0-rc2", "v1", "v10.0.1", "v2.0.0-rc10", "v9.12", "v2.0.0", "v9.2", "master"];
        versions.sort_by(|left, right| newest_first(left, right));
        assert_eq!(
            versions,
            ["v10.0.1", "v9.12", "v9.2", "v2.0.0", "v2.0.0-rc10", "v2.0.0-rc2", "v1", "master"]
        );
    }
}
