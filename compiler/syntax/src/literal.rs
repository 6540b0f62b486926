//! Literals other than strings. They begin with a digit.

use crate::ast::{Date, Duration, Literal, Size, Time};
use crate::token::TokenKind;

/// Why a text that begins with a digit is no literal, and its probable meaning.
pub(crate) struct Malformed {
    pub message: String,
    pub help: String,
    /// The replacement, if it is certain.
    pub instead: Option<String>,
}

const UNITS: &str =
    "durations are whole numbers with `ms`, `s`, `m`, `h` or `d`; sizes with `KiB`, `MiB` or `GiB`";

/// The units of durations, in milliseconds.
const DURATIONS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// The units of sizes, in bytes.
const SIZES: [(&str, u64); 3] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// Parses a literal.
pub(crate) fn read(text: &str) -> Result<Literal, Malformed> {
    if let Some(number) = text.strip_suffix('%') {
        return if is_number(number) {
            Ok(Literal::Percent(number.to_owned()))
        } else {
            Err(unreadable(text))
        };
    }
    if text.contains(':') {
        return time(text);
    }
    if text.contains('-') {
        return date(text);
    }
    let (digits, unit) = split_digits(text);
    if unit.is_empty() {
        return digits.parse().map(Literal::Integer).map_err(|_| too_large(text));
    }
    if is_number(text) {
        return Ok(Literal::Decimal(text.to_owned()));
    }
    if let Some((unit, milliseconds)) = DURATIONS.into_iter().find(|(known, _)| *known == unit) {
        return scaled(digits, milliseconds)
            .zip(digits.parse().ok())
            .map(|(milliseconds, count)| Literal::Duration(Duration { milliseconds, count, unit }))
            .ok_or_else(|| too_large(text));
    }
    if let Some((unit, bytes)) = SIZES.into_iter().find(|(known, _)| *known == unit) {
        return scaled(digits, bytes)
            .zip(digits.parse().ok())
            .map(|(bytes, count)| Literal::Size(Size { bytes, count, unit }))
            .ok_or_else(|| too_large(text));
    }
    Err(wrong_unit(text, digits, unit))
}

/// The token kind of a literal.
pub(crate) fn kind(literal: &Literal) -> TokenKind {
    match literal {
        Literal::Integer(_) => TokenKind::Integer,
        Literal::Decimal(_) => TokenKind::Decimal,
        Literal::Duration(_) => TokenKind::Duration,
        Literal::Percent(_) => TokenKind::Percent,
        Literal::Size(_) => TokenKind::Size,
        Literal::Time(_) => TokenKind::Time,
        Literal::Date(_) => TokenKind::Date,
        Literal::Boolean(_) => TokenKind::Word,
        Literal::String(_) => TokenKind::PlainString,
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(text),
    }
}

fn unit_milliseconds(unit: &str) -> Option<u64> {
    DURATIONS.into_iter().find(|(known, _)| *known == unit).map(|(_, milliseconds)| milliseconds)
}

fn scaled(digits: &str, unit: u64) -> Option<u64> {
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

fn too_large(text: &str) -> Malformed {
    Malformed {
        message: format!("the number `{text}` is too large"),
        help: "the largest number is 2^64 - 1, for durations in milliseconds and for sizes in bytes"
            .to_owned(),
        instead: None,
    }
}

/// The fault of a whole number with a zero at its front. A number keeps none, and an account may need it.
pub(crate) fn loses_a_zero(text: &str) -> Option<Malformed> {
    if text.len() < 2 || !text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let quoted = format!("\"{text}\"");
    Some(Malformed {
        message: format!("`{text}` begins with a zero, which a number does not keep"),
        help: format!("if the zero belongs to it, it is a string: `{quoted}`; else leave it out"),
        instead: Some(quoted),
    })
}

fn unreadable(text: &str) -> Malformed {
    let help = if text.matches('.').count() > 1 {
        format!("a version is a string: `\"{text}\"`")
    } else {
        UNITS.to_owned()
    };
    let instead = (text.matches('.').count() > 1).then(|| format!("\"{text}\""));
    Malformed { message: format!("`{text}` is not a number, duration, size, time or date"), help, instead }
}

fn time(text: &str) -> Result<Literal, Malformed> {
    let fail = |message: String, instead| Malformed {
        message,
        help: "a time of day is two digits, a colon and two digits, from `00:00` to `24:00`".to_owned(),
        instead,
    };
    let parts: Vec<&str> = text.split(':').collect();
    let [hour, minute] = parts.as_slice() else {
        return Err(fail(format!("`{text}` is not a time of day"), None));
    };
    let (Ok(hours), Ok(minutes)) = (hour.parse::<u8>(), minute.parse::<u8>()) else {
        return Err(fail(format!("`{text}` is not a time of day"), None));
    };
    if minutes > 59 || hours > 24 || (hours == 24 && minutes > 0) {
        return Err(fail(format!("a day has no `{text}`"), None));
    }
    if hour.len() != 2 || minute.len() != 2 {
        let instead = (minute.len() == 2).then(|| format!("{hours:02}:{minutes:02}"));
        return Err(fail(format!("`{text}` is not a time of day"), instead));
    }
    Ok(Literal::Time(Time { hour: hours, minute: minutes }))
}

fn date(text: &str) -> Result<Literal, Malformed> {
    let fail = |message: String, instead| Malformed {
        message,
        help: "a date has a year, a month and a day: `2027-01-31`".to_owned(),
        instead,
    };
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return Err(fail(format!("`{text}` is not a date"), None));
    };
    let (Ok(years), Ok(months), Ok(days)) = (year.parse::<u16>(), month.parse::<u8>(), day.parse::<u8>())
    else {
        return Err(fail(format!("`{text}` is not a date"), None));
    };
    if year.len() == 4 && !(1..=12).contains(&months) {
        return Err(fail(format!("`{text}` is not a date: there is no month {months}"), None));
    }
    if year.len() == 4 && !(1..=days_of_month(years, months)).contains(&days) {
        return Err(fail(format!("`{text}` is not a date: that month has no day {days}"), None));
    }
    if year.len() != 4 || month.len() != 2 || day.len() != 2 {
        let instead = (year.len() == 4).then(|| format!("{years:04}-{months:02}-{days:02}"));
        return Err(fail(format!("`{text}` is not a date"), instead));
    }
    Ok(Literal::Date(Date { year: years, month: months, day: days }))
}

fn days_of_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

fn wrong_unit(text: &str, digits: &str, unit: &str) -> Malformed {
    let fail = |message: String, help: String, instead| Malformed { message, help, instead };
    let unknown = format!("`{text}` has an unknown unit");
    let known = match unit.to_ascii_lowercase().as_str() {
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "min" | "mins" | "minute" | "minutes" => Some("m"),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "d" | "day" | "days" => Some("d"),
        "msec" | "millis" | "milliseconds" => Some("ms"),
        "k" | "kb" | "ki" | "kib" => Some("KiB"),
        "mb" | "mi" | "mib" => Some("MiB"),
        "g" | "gb" | "gi" | "gib" => Some("GiB"),
        _ => None,
    };
    if let Some(known) = known {
        let instead = format!("{digits}{known}");
        return fail(unknown, format!("write `{instead}`; {UNITS}"), Some(instead));
    }
    if let ("w" | "week" | "weeks", Some(days)) = (unit.to_ascii_lowercase().as_str(), scaled(digits, 7)) {
        let instead = format!("{days}d");
        return fail(unknown, format!("write `{instead}`; {UNITS}"), Some(instead));
    }
    if let Some(milliseconds) = compound(text) {
        let instead = spell_duration(milliseconds);
        return fail(
            format!("`{text}` is not a whole number with one unit"),
            format!("write `{instead}`; {UNITS}"),
            Some(instead),
        );
    }
    if unit.starts_with('.') {
        return unreadable(text);
    }
    if let Some(plain) =
        text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_').then(|| text.replace('_', ""))
    {
        return fail(format!("`{text}` is not a number"), "numbers have only digits".to_owned(), Some(plain));
    }
    fail(unknown, format!("{UNITS}; a name begins with a letter"), None)
}

/// The milliseconds of `1h30m` and `1.5h`, if they are whole.
fn compound(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let (number, after) = rest.split_at_checked(end)?;
        let end = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at_checked(end)?;
        let unit = unit_milliseconds(unit)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part = if fraction.is_empty() { 0 } else { scaled(fraction, unit)? };
        if !part.is_multiple_of(scale) {
            return None;
        }
        total = total.checked_add(scaled(whole, unit)?)?.checked_add(part / scale)?;
        rest = after;
    }
    Some(total)
}

fn spell_duration(milliseconds: u64) -> String {
    ["d", "h", "m", "s"]
        .into_iter()
        .find_map(|unit| {
            let size = unit_milliseconds(unit)?;
            (milliseconds > 0 && milliseconds.is_multiple_of(size))
                .then(|| format!("{}{unit}", milliseconds / size))
        })
        .unwrap_or_else(|| format!("{milliseconds}ms"))
}
