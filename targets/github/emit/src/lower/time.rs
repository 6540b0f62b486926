//! Times as GitHub takes them: `90s` becomes 2 minutes.

const MILLISECONDS_PER_MINUTE: u64 = 60_000;

/// Milliseconds in whole minutes, rounded up; GitHub knows nothing shorter than one.
pub(super) fn minutes(milliseconds: u64) -> u32 {
    u32::try_from(milliseconds.div_ceil(MILLISECONDS_PER_MINUTE).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_whole_minutes_and_never_shorter_than_asked() {
        assert_eq!([0, 1, 60_000, 60_001, 600_000].map(minutes), [1, 1, 1, 2, 10]);
    }
}
