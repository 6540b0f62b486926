//! When deploys may start.

use super::Expander;
use super::frame::Frame;
use pipec_base::{Diagnostic, Spanned, codes};
use pipec_ir::{Origin, Window};
use pipec_syntax::ast::{self, Name, Time};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Expander<'_, '_> {
    /// A window as it is written.
    pub(super) fn window(
        &mut self,
        from_day: &Name,
        to_day: Option<&Name>,
        (from, to): (&Spanned<Time>, &Spanned<Time>),
        zone: &ast::Text,
        origin: Origin,
        frame: &Frame,
    ) -> Option<Window> {
        let first = self.day(from_day, frame)?;
        let last = match to_day {
            Some(day) => self.day(day, frame)?,
            None => first,
        };
        let minutes = |time: &Time| u16::from(time.hour) * 60 + u16::from(time.minute);
        let (start, end) = (minutes(&from.node), minutes(&to.node));
        if start >= end {
            self.report(
                frame,
                Diagnostic::error(codes::P0505, "the window closes before it opens", from.span.to(to.span))
                    .help("a window opens and closes on one day: `22:00..23:59` ends before midnight"),
            );
            return None;
        }
        let parts: Vec<&str> = zone.node.split('/').collect();
        let known = zone.node == "UTC"
            || (parts.len() >= 2
                && parts.iter().all(|part| {
                    part.starts_with(|c: char| c.is_ascii_uppercase())
                        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
                }));
        if !known {
            self.report(
                frame,
                Diagnostic::error(codes::P0505, format!("`{}` is no time zone", zone.node), zone.span)
                    .help("write a name of the IANA database: `Europe/London`, `America/New_York`, or `UTC`"),
            );
            return None;
        }
        let days =
            if first <= last { (first..=last).collect() } else { (first..=7).chain(1..=last).collect() };
        Some(Window { days, from: start, to: end, zone: zone.node.clone(), origin })
    }

    fn day(&mut self, name: &Name, frame: &Frame) -> Option<u8> {
        let place = DAYS.iter().position(|day| *day == name.node);
        if place.is_none() {
            self.report(
                frame,
                Diagnostic::error(codes::P0505, format!("there is no day `{}`", name.node), name.span)
                    .help(format!("there is {}", DAYS.join(", "))),
            );
        }
        place.and_then(|place| u8::try_from(place + 1).ok())
    }
}
