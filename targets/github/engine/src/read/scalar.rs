//! Scalars: how GitHub writes and compares them.

use std::borrow::Cow;

/// A number as a string, as GitHub writes it.
pub(crate) fn number_text(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { format!("{number}") }
}

/// Whether two keys are equal for GitHub. Its dictionaries compare ordinally without case.
pub(crate) fn same_ignoring_case(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        left.eq_ignore_ascii_case(right)
    } else {
        ignoring_case(left.into()) == ignoring_case(right.into())
    }
}

/// A form that is equal for equal keys. It is their upper case with ASCII letters in lower case, as most keys are
/// written.
pub(crate) fn ignoring_case(key: Cow<'_, str>) -> Cow<'_, str> {
    if !key.is_ascii() {
        Cow::Owned(key.to_uppercase().to_ascii_lowercase())
    } else if key.bytes().any(|letter| letter.is_ascii_uppercase()) {
        Cow::Owned(key.to_ascii_lowercase())
    } else {
        key
    }
}
