//! The current day, for allowances that expire.

use pipec_base::calendar;
use pipec_driver::Problem;
use pipec_syntax::ast::Date;
use std::time::{SystemTime, UNIX_EPOCH};

/// Today in UTC. `SOURCE_DATE_EPOCH` (seconds since 1970) overrides it, for reproducible builds.
///
/// # Errors
/// If `SOURCE_DATE_EPOCH` is set to something else.
pub fn today() -> Result<Date, Problem> {
    let seconds = match std::env::var_os("SOURCE_DATE_EPOCH").filter(|value| !value.is_empty()) {
        Some(value) => value.to_str().and_then(|value| value.parse::<u64>().ok()).ok_or_else(|| {
            Problem::new("SOURCE_DATE_EPOCH", "`SOURCE_DATE_EPOCH` is not a number of seconds since 1970")
        })?,
        None => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |duration| duration.as_secs()),
    };
    let (year, month, day) = calendar::day(seconds / 86_400);
    Ok(Date { year, month, day })
}
