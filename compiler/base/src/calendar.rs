//! The Gregorian calendar.

/// A day, as year, month and day of the month.
pub type Day = (u16, u8, u8);

/// The day that is a number of days after 1970-01-01, at most 9999-12-31.
///
/// Years are counted from March, so that the leap day is the last day of a year.
pub fn day(days: u64) -> Day {
    let days = days.min(2_932_896);
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (u16::try_from(year).unwrap_or(9999), u8::try_from(month).unwrap_or(12), u8::try_from(day).unwrap_or(31))
}

/// A time in UTC, as `2026-11-21T10:00:00Z`, from the seconds since 1970.
pub fn time(seconds: u64) -> String {
    let (year, month, day) = day(seconds / 86_400);
    let of_day = seconds % 86_400;
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_through_leap_years() {
        let shown = |days| {
            let (year, month, day) = day(days);
            format!("{year:04}-{month:02}-{day:02}")
        };
        assert_eq!(shown(0), "1970-01-01");
        assert_eq!(shown(11_016), "2000-02-29");
        assert_eq!(shown(11_017), "2000-03-01");
        assert_eq!(shown(20_819), "2027-01-01");
        assert_eq!(shown(47_540), "2100-02-28");
        assert_eq!(shown(47_541), "2100-03-01");
        assert_eq!(shown(u64::MAX), "9999-12-31");
        assert_eq!(time(1_795_255_200), "2026-11-21T10:00:00Z");
    }
}
