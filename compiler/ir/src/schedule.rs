//! Schedules: the times at which runs start.
//!
//! `"0 3,15 * * 1-5"` is minute 0 of the hours 3 and 15, on every day of the month, in every month, from Monday to
//! Friday.

use std::fmt;

/// The bounds of a minute.
const MINUTES: (u32, u32) = (0, 59);

/// Five fields of a time in UTC. They are shown as they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The minutes of the hour, 0 to 59.
    pub minute: Field,
    /// The hours of the day, 0 to 23.
    pub hour: Field,
    /// The days of the month, 1 to 31.
    pub day: Field,
    /// The months, 1 to 12.
    pub month: Field,
    /// The days of the week, 0 (Sunday) to 6.
    pub weekday: Field,
    written: String,
}

/// A field of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its parts, in order. There is at least one.
    pub parts: Vec<Part>,
}

/// A part of a field: `*`, `7` or `1-5`. Each may have a step, as in `*/10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The numbers of the part.
    pub range: Range,
    /// The step: only every such number of the range counts, from the first on. From 1 to 59, or `None` if no step was
    /// written.
    pub step: Option<u32>,
}

/// The numbers of a part of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// `*`.
    All,
    /// `7`.
    One(u32),
    /// `1-5`.
    Span(u32, u32),
}

impl Schedule {
    /// Parses five fields with blanks between them. `None` if the number of fields is wrong or a number is out of its
    /// bounds.
    pub fn parse(text: &str) -> Option<Schedule> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
        Some(Schedule {
            minute: Field::parse(minute, MINUTES)?,
            hour: Field::parse(hour, (0, 23))?,
            day: Field::parse(day, (1, 31))?,
            month: Field::parse(month, (1, 12))?,
            weekday: Field::parse(weekday, (0, 6))?,
            written: text.to_owned(),
        })
    }

    /// A schedule that can't be read, and is reported. It is shown as it was written, and counts as every minute.
    pub fn unreadable(written: &str) -> Schedule {
        let all = || Field { parts: vec![Part { range: Range::All, step: None }] };
        Schedule {
            minute: all(),
            hour: all(),
            day: all(),
            month: all(),
            weekday: all(),
            written: written.to_owned(),
        }
    }

    /// The minutes of an hour at which a run starts, in order.
    pub fn minutes(&self) -> Vec<u32> {
        (MINUTES.0..=MINUTES.1).filter(|minute| self.minute.has(*minute, MINUTES)).collect()
    }

    /// Whether no year has its days, because all its months are too short.
    pub fn is_in_no_year(&self) -> bool {
        let earliest = self.day.parts.iter().map(|part| part.range.first().unwrap_or(1)).min().unwrap_or(1);
        let length = |month: u32| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        // Every month has each day of the week. A range of months has one of 31 days, or none shorter than 30 alone.
        let is_too_short = |part: &Part| match (part.range, part.step) {
            (Range::One(month), None) => length(month) < earliest,
            _ => false,
        };
        self.weekday.is_any() && self.month.parts.iter().all(is_too_short)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl Field {
    /// Parses a list of parts with numbers within these bounds.
    fn parse(text: &str, bounds: (u32, u32)) -> Option<Field> {
        let parts = text.split(',').map(|part| Part::parse(part, bounds)).collect::<Option<_>>()?;
        Some(Field { parts })
    }

    /// Whether the field is `*`.
    pub fn is_any(&self) -> bool {
        self.parts == [Part { range: Range::All, step: None }]
    }

    /// Whether the field contains a number within these bounds.
    fn has(&self, number: u32, bounds: (u32, u32)) -> bool {
        self.parts.iter().any(|part| part.has(number, bounds))
    }
}

impl Part {
    fn parse(text: &str, (least, greatest): (u32, u32)) -> Option<Part> {
        let number = |text: &str| {
            let number: u32 = text.parse().ok()?;
            (text.len() <= 2 && (least..=greatest).contains(&number)).then_some(number)
        };
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (text, None),
        };
        let range = match range.split_once('-') {
            _ if range == "*" => Range::All,
            Some((first, last)) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Range::Span(first, last))?
            }
            None => Range::One(number(range)?),
        };
        let step = match step {
            Some(step) => Some(step.parse::<u32>().ok().filter(|step| (1..60).contains(step))?),
            None => None,
        };
        Some(Part { range, step })
    }

    fn has(self, number: u32, (least, greatest): (u32, u32)) -> bool {
        let (first, last) = match (self.range, self.step) {
            (Range::All, _) => (least, greatest),
            (Range::Span(first, last), _) => (first, last),
            (Range::One(only), None) => (only, only),
            // With a step, a single number means the range from this number on.
            (Range::One(first), Some(_)) => (first, greatest),
        };
        (first..=last).contains(&number) && (number - first).is_multiple_of(self.step.unwrap_or(1))
    }
}

impl Range {
    /// Its first number, if it has one.
    fn first(self) -> Option<u32> {
        match self {
            Range::All => None,
            Range::One(first) | Range::Span(first, _) => Some(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_schedule_is_shown_as_it_was_written() {
        assert_eq!(Schedule::parse("@daily"), None);
        assert_eq!(Schedule::unreadable("@daily").to_string(), "@daily");
    }

    #[test]
    fn a_field_stays_in_its_bounds() {
        for good in ["*", "*/5", "1,2", "1-5", "0-30/2"] {
            assert!(Field::parse(good, (0, 59)).is_some(), "{good}");
        }
        for bad in ["", "60", "5-1", "*/0", "a", "1,", "-1", "007"] {
            assert!(Field::parse(bad, (0, 59)).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_schedule_is_shown_as_it_was_written() {
        for text in ["0 3 * * 1-5", "*/10  03 1,15 2-6/2 0"] {
            assert_eq!(Schedule::parse(text).map(|schedule| schedule.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn impossible_days_are_detected() {
        let never = |text: &str| Schedule::parse(text).is_some_and(|schedule| schedule.is_in_no_year());
        assert!(never("0 3 31 2,4 *") && never("0 3 30 2 *"));
        assert!(
            !never("0 3 29 2 *") && !never("0 3 31 2 1") && !never("0 3 31 2-4 *") && !never("0 3 * 2 *")
        );
    }

    #[test]
    fn a_field_has_what_its_parts_have() {
        let minutes = |text: &str| Schedule::parse(text).map(|schedule| schedule.minutes());
        assert_eq!(minutes("50/4,7 * * * *"), Some(vec![7, 50, 54, 58]));
        assert_eq!(minutes("3-20/8 * * * *"), Some(vec![3, 11, 19]));
        assert_eq!(minutes("*/20 * * * *"), Some(vec![0, 20, 40]));
    }
}
