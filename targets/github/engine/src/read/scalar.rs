//! How GitHub writes and compares scalars.

use std::borrow::Cow;

/// How GitHub writes a number as a string.
pub(crate) fn number_text(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { format!("{number}") }
}

/// Whether GitHub takes two keys for one: its dictionaries compare ordinally without case.
pub(crate) fn same_ignoring_case(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        left.eq_ignore_ascii_case(right)
    } else {
        ignoring_case(left.into()) == ignoring_case(right.into())
    }
}

/// What keys have in common that GitHub takes for one: their upper case, its ASCII letters made small again, as most
/// keys are written.
pub(crate) fn ignoring_case(key: Cow<'_, str>) -> Cow<'_, str> {
    if !key.is_ascii() {
        Cow::Owned(key.to_uppercase().to_ascii_lowercase())
    } else if key.bytes().any(|letter| letter.is_ascii_uppercase()) {
        Cow::Owned(key.to_ascii_lowercase())
    } else {
        key
    }
}
