//! Globs as extended regular expressions, for scripts.
//!
//! Bash matches them with `=~`. Its locale must be one of UTF-8, such as `C.UTF-8`, or `?` matches a byte. For example,
//! `docs/**/*.md` becomes
//!
//! ```text
//! ^docs/(.*/)?[^/]*\.md$
//! ```

use crate::Glob;

/// The marks that an extended regular expression reads as operators.
const MARKS: &str = r".()+^$|";

impl Glob {
    /// The extended regular expression that matches what the glob matches.
    pub fn expression(&self) -> String {
        let mut expression = String::from("^");
        let mut rest = self.text();
        let mut starts_segment = true;
        loop {
            if let Some(after) = rest.strip_prefix("**/").filter(|_| starts_segment) {
                expression.push_str("(.*/)?");
                rest = after;
            } else if let Some(after) = rest.strip_prefix("**") {
                expression.push_str(".*");
                (rest, starts_segment) = (after, false);
            } else if let Some(first) = rest.chars().next() {
                match first {
                    '*' => expression.push_str("[^/]*"),
                    '?' => expression.push_str("[^/]"),
                    mark if MARKS.contains(mark) => expression.extend(['\\', mark]),
                    other => expression.push(other),
                }
                starts_segment = first == '/';
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            } else {
                expression.push('$');
                return expression;
            }
        }
    }

    /// The glob whose expression this is. `None` for any other text.
    pub fn of_expression(expression: &str) -> Option<Glob> {
        let mut rest = expression.strip_prefix('^')?.strip_suffix('$')?;
        let mut text = String::new();
        while let Some(first) = rest.chars().next() {
            let known = [("(.*/)?", "**/"), (".*", "**"), ("[^/]*", "*"), ("[^/]", "?")];
            let wildcard = known.into_iter().find_map(|(from, to)| Some((rest.strip_prefix(from)?, to)));
            if let Some((after, wildcard)) = wildcard {
                text.push_str(wildcard);
                rest = after;
            } else {
                let plain = rest.strip_prefix('\\').unwrap_or(rest);
                let letter = plain.chars().next().unwrap_or(first);
                text.push(letter);
                rest = plain.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
        Glob::parse(&text).ok().filter(|glob| glob.expression() == expression)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_and_its_expression_tell_each_other() {
        let pairs = [
            ("docs/**", "^docs/.*$"),
            ("**/*.md", r"^(.*/)?[^/]*\.md$"),
            ("a/**/b", "^a/(.*/)?b$"),
            ("a**b", "^a.*b$"),
            ("a***b", "^a.*[^/]*b$"),
            ("v?", "^v[^/]$"),
            ("(a)|b+$", r"^\(a\)\|b\+\$$"),
            ("é", "^é$"),
        ];
        for (glob, expression) in pairs {
            assert_eq!(Glob::parse(glob).unwrap().expression(), expression);
            assert_eq!(Glob::of_expression(expression).unwrap().text(), glob);
        }
        for other in ["docs/.*", "^docs/.+$", "^[ab]$", "^$", r"^\d$", "^a"] {
            assert_eq!(Glob::of_expression(other), None, "{other}");
        }
    }
}
