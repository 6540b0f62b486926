//! Short sentences, for a list of at most one screen.
//!
//! A short sentence says the same in fewer words, and leaves out details and evidence. For example, "no deploy starts
//! unless unit has passed in the same run; test covers app" becomes "no deploy before unit has passed".

mod task;
mod theorem;
mod trust;

pub use task::{cloud_trust, demands};
pub(crate) use task::{place, task};
pub(crate) use theorem::theorem;
pub(crate) use trust::trusts;

/// The most names that a short sentence lists. More are counted.
const MOST_NAMES: usize = 6;

/// A list in words: "a, b and c".
fn all_of<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [others @ .., last] => {
            let others: Vec<&str> = others.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", others.join(", "), last.as_ref())
        }
    }
}

/// Names, or their number if they are many: "a and b", "12 gates".
fn names_or_number<T: AsRef<str>>(names: &[T], what: &str) -> String {
    if names.len() > MOST_NAMES { format!("{} {what}", names.len()) } else { all_of(names) }
}

fn quoted<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> Vec<String> {
    names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_counted() {
        assert_eq!(names_or_number(&["a"], "gates"), "a");
        assert_eq!(names_or_number(&["a", "b", "c"], "gates"), "a, b and c");
        assert_eq!(names_or_number(&["a"; 7], "gates"), "7 gates");
        assert_eq!(all_of::<&str>(&[]), "");
    }
}
