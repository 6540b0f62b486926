//! Adds up what was booked.

/// The sum of all bookings, in cents.
#[must_use]
pub fn balance(bookings: &[i64]) -> i64 {
    bookings.iter().sum()
}

/// Whether what was booked is owed rather than had.
#[cfg(feature = "signed")]
#[must_use]
pub fn is_owed(bookings: &[i64]) -> bool {
    balance(bookings) < 0
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_booked_is_nothing() {
        assert_eq!(super::balance(&[]), 0);
    }

    #[cfg(feature = "signed")]
    #[test]
    fn more_out_than_in_is_owed() {
        assert!(super::is_owed(&[100, -250]));
    }
}
