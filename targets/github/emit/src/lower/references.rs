//! Branches and tags in GitHub's expressions.
//!
//! Expressions ignore case; git and the filters of triggers don't. So an expression is used only if the triggers admit no
//! reference for which this makes a difference. For example, with `on push to main, "release/*"`,
//!
//! ```text
//! branch is main          github.ref == 'refs/heads/main'
//! branch is "release/*"   startsWith(github.ref, 'refs/heads/release/')
//! branch is "release/1a"  no expression: the filter also admits release/1A
//! ```

use crate::expression::{Expression, quoted};
use pipec_logic::Glob;

/// What the reference of a branch starts with.
pub(super) const BRANCHES: &str = "refs/heads/";

/// What the reference of a tag starts with.
pub(super) const TAGS: &str = "refs/tags/";

/// The expression that the reference is in the glob, if one says exactly that.
///
/// Only references in these filters start a run.
pub(super) fn is_one_of(kind: &str, glob: &Glob, filters: &[&Glob]) -> Option<Expression> {
    if filters.is_empty() {
        return Some(Expression::Constant(false));
    }
    if glob.is_literal() {
        let is_distinguished = filters.iter().all(|filter| tells_name_apart(glob.text(), filter));
        return is_distinguished.then(|| is(kind, glob.text()));
    }
    if filters.iter().all(|filter| filter.is_literal()) {
        let names = filters.iter().map(|filter| filter.text());
        let inside: Vec<&str> = names.filter(|name| glob.matches(name)).collect();
        let is_distinguished = |name: &&str| filters.iter().all(|filter| tells_name_apart(name, filter));
        return inside
            .iter()
            .all(is_distinguished)
            .then(|| Expression::any(inside.iter().map(|name| is(kind, name))));
    }
    let prefix = only_prefix(glob)?;
    let start = quoted(&format!("{kind}{prefix}"));
    filters
        .iter()
        .all(|filter| tells_prefix_apart(glob, prefix, filter))
        .then(|| Expression::raw(format!("startsWith(github.ref, {start})")))
}

/// Whether the glob may match a name that starts with this.
pub(super) fn may_match_under(glob: &Glob, start: &str) -> bool {
    let known = if glob.is_literal() { glob.text() } else { glob.literal_prefix() };
    !glob.text().is_ascii() || starts_with(known, start) || (!glob.is_literal() && starts_with(start, known))
}

fn is(kind: &str, name: &str) -> Expression {
    Expression::equals("github.ref", format!("{kind}{name}"))
}

/// The start of a glob, if only a wildcard follows it.
fn only_prefix(glob: &Glob) -> Option<&str> {
    let text = glob.text();
    let prefix = text.strip_suffix("**").or_else(|| text.strip_suffix('*'))?;
    (!prefix.contains(['*', '?'])).then_some(prefix)
}

/// Whether the filter admits no reference that differs from the name only in case.
fn tells_name_apart(name: &str, filter: &Glob) -> bool {
    if filter.is_literal() {
        return filter.text() == name
            || both_ascii(filter, name) && !filter.text().eq_ignore_ascii_case(name);
    }
    both_ascii(filter, name) && !starts_with(name, filter.literal_prefix())
}

/// Whether the prefix decides the glob, in any case, for all references that a filter admits.
fn tells_prefix_apart(glob: &Glob, prefix: &str, filter: &Glob) -> bool {
    if filter.text() == glob.text() {
        return true;
    }
    if !both_ascii(filter, prefix) {
        return false;
    }
    if filter.is_literal() {
        return glob.matches(filter.text()) == starts_with(filter.text(), prefix);
    }
    let start = filter.literal_prefix();
    !starts_with(start, prefix) && !starts_with(prefix, start)
}

fn both_ascii(filter: &Glob, text: &str) -> bool {
    filter.text().is_ascii() && text.is_ascii()
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(glob: &str, filters: &[&str]) -> Option<String> {
        let glob = Glob::parse(glob).unwrap();
        let filters: Vec<Glob> = filters.iter().map(|filter| Glob::parse(filter).unwrap()).collect();
        is_one_of(BRANCHES, &glob, &filters.iter().collect::<Vec<_>>())
            .map(|expression| expression.to_string())
    }

    #[test]
    fn a_name_is_compared_where_no_filter_lets_in_its_like() {
        assert_eq!(exact("main", &["main"]).as_deref(), Some("github.ref == 'refs/heads/main'"));
        assert_eq!(exact("main", &["main", "release/*"]).as_deref(), Some("github.ref == 'refs/heads/main'"));
        assert_eq!(exact("main", &["main", "Main"]), None, "`==` takes one for the other");
        assert_eq!(exact("main", &["*"]), None);
        assert_eq!(exact("release/1a", &["release/*"]), None);
    }

    #[test]
    fn a_glob_is_compared_where_its_start_is_all_there_is_to_it() {
        let start = Some("startsWith(github.ref, 'refs/heads/release/')");
        assert_eq!(exact("release/**", &["main", "release/**"]).as_deref(), start);
        assert_eq!(exact("release/*", &["main", "release/*"]).as_deref(), start);
        assert_eq!(exact("release/*", &["main", "release/**"]), None, "`release/1/2` is not in it");
        assert_eq!(exact("release/**", &["Release/1", "release/**"]), None);
        assert_eq!(exact("release/*", &["main", "develop"]).as_deref(), Some("false"));
        assert_eq!(exact("*", &["main"]).as_deref(), Some("github.ref == 'refs/heads/main'"));
    }
}
