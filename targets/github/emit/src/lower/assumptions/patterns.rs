//! Globs of the source as GitHub's settings match names: with `fnmatch` and `FNM_PATHNAME`.
//!
//! There, `**` crosses a `/` only as a whole segment that isn't the last one. For example, `release/**` becomes
//! `release/**/*`: written as it is, it would leave out `release/a/b`, on which the pipeline runs all the same.
//!
//! The sources are GitHub's documentation of rulesets ("Using fnmatch syntax") and of environments ("Deployment branches
//! and tags").

/// The patterns that together match exactly the names of a glob.
pub(super) fn patterns(glob: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let segments: Vec<&str> = glob.split('/').collect();
    for (place, segment) in segments.iter().enumerate() {
        let is_last = place + 1 == segments.len();
        let ways = ways(segment, is_last);
        all = all.iter().flat_map(|start| ways.iter().map(move |way| format!("{start}{way}"))).collect();
        if !is_last {
            all.iter_mut().for_each(|pattern| pattern.push('/'));
        }
    }
    all
}

/// The ways in which a segment with `**` reads on GitHub.
///
/// Within a segment, `**` either stays in it or crosses at least one `/`: `v**-rc` is `v*-rc` or `v*/**/*-rc`.
fn ways(segment: &str, is_last: bool) -> Vec<String> {
    if segment == "**" {
        return vec![if is_last { "**/*" } else { "**" }.to_owned()];
    }
    let mut parts = segment.split("**");
    let mut all = vec![parts.next().unwrap_or_default().to_owned()];
    for part in parts {
        let stays = all.iter().map(|start| format!("{start}*{part}"));
        let crosses = all.iter().map(|start| format!("{start}*/**/*{part}"));
        all = stays.chain(crosses).collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::patterns;
    use pipec_logic::{Glob, Language};

    #[test]
    fn a_glob_is_said_as_github_reads_it() {
        assert_eq!(patterns("main"), ["main"]);
        assert_eq!(patterns("release/*"), ["release/*"]);
        assert_eq!(patterns("release/**"), ["release/**/*"]);
        assert_eq!(patterns("**"), ["**/*"]);
        assert_eq!(patterns("**/x"), ["**/x"]);
        assert_eq!(patterns("a/**/b"), ["a/**/b"]);
        assert_eq!(patterns("feature-**"), ["feature-*", "feature-*/**/*"]);
        assert_eq!(patterns("v**-rc"), ["v*-rc", "v*/**/*-rc"]);
    }

    /// In these patterns, `**` is a whole segment and never the last one, so both dialects read it alike.
    #[test]
    fn the_patterns_match_the_names_of_the_glob_and_no_others() {
        let globs = [
            "main", "*", "**", "a/*", "a/**", "**/a", "a/**/b", "a**", "**a", "a**b", "a/b**", "**a/b",
            "a**b**c", "a/**/b**", "v?.**", "**/**", "x*/**y/z",
        ];
        for text in globs {
            let glob = Glob::parse(text).unwrap();
            let all = patterns(text);
            for pattern in &all {
                let segments: Vec<&str> = pattern.split('/').collect();
                let (last, others) = segments.split_last().unwrap();
                assert!(!last.contains("**"), "{pattern}");
                assert!(
                    others.iter().all(|segment| *segment == "**" || !segment.contains("**")),
                    "{pattern}"
                );
            }
            let languages = all.iter().map(|pattern| Glob::parse(pattern).unwrap().language());
            let union = languages.fold(Language::empty(), |union, language| union.union(&language));
            assert_eq!(union, glob.language(), "{text}");
        }
    }
}
