//! The current day, for allowances that expire.

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
    Ok(date(seconds / 86_400))
}

/// The Gregorian date of a number of days after 1970-01-01. Years are counted from March, so that the leap day is the
/// last day of a year.
fn date(days: u64) -> Date {
    let days = days.min(2_932_896); // 9999-12-31
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    Date {
        year: u16::try_from(year).unwrap_or(9999),
        month: u8::try_from(month).unwrap_or(12),
        day: u8::try_from(day).unwrap_or(31),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_through_leap_years() {
        let shown = |days| {
            let Date { year, month, day } = date(days);
            format!("{year:04}-{month:02}-{day:02}")
        };
        assert_eq!(shown(0), "1970-01-01");
        assert_eq!(shown(11_016), "2000-02-29");
        assert_eq!(shown(11_017), "2000-03-01");
        assert_eq!(shown(20_819), "2027-01-01");
        assert_eq!(shown(47_540), "2100-02-28");
        assert_eq!(shown(47_541), "2100-03-01");
        assert_eq!(shown(u64::MAX), "9999-12-31");
    }
}
