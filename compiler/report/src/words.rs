//! Parts of a pipeline in the language's words.

use pipec_ir::{
    Approval, Deploy, Environment, Exemption, Gate, Lock, Outcome, Outcomes, Override, Weekday, Window,
};

/// The outcomes for which a `finally` runs: "finally on failed, cancelled".
pub(crate) fn outcomes(outcomes: Outcomes) -> String {
    if outcomes == Outcomes::ALL {
        return "finally".to_owned();
    }
    let words: Vec<&str> = outcomes.all().map(Outcome::word).collect();
    format!("finally on {}", words.join(", "))
}

/// A duration for people: `1h 30m`.
pub(crate) fn duration(milliseconds: u64) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    let mut rest = milliseconds;
    let mut parts = Vec::new();
    for (unit, length) in units {
        let number = rest / length;
        rest %= length;
        if number > 0 {
            parts.push(format!("{number}{unit}"));
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// The evidence of a gate: "test", "acceptance of bundle".
pub(crate) fn judges(gate: &Gate) -> String {
    if gate.of.is_empty() {
        gate.evidence.name.clone()
    } else {
        format!("{} of {}", gate.evidence.name, gate.of.join(", "))
    }
}

/// An exemption: "exempt unless changed schema".
pub(crate) fn exemption(when: &Exemption) -> String {
    match when {
        Exemption::UnlessChanged(changes) => {
            let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
            format!("exempt unless changed {}", changes.join(", "))
        }
        Exemption::OnFork => "exempt on fork".to_owned(),
    }
}

/// An override: "override by security-officers, expires 1d, review within 3d".
pub(crate) fn overriding(rule: &Override) -> String {
    let (expires, review) = (duration(rule.expires), duration(rule.review_within));
    format!("override by {}, expires {expires}, review within {review}", rule.role)
}

/// An approval: "release-managers, 2 of them, not the author".
pub(crate) fn approval(approval: &Approval) -> String {
    let mut text = approval.role.clone();
    if approval.min > 1 {
        text.push_str(&format!(", {} of them", approval.min));
    }
    if approval.not_author {
        text.push_str(", not the author");
    }
    text
}

/// A window: "mon–thu 08:00–16:00 Europe/London".
pub(crate) fn window(window: &Window) -> String {
    let mut spans: Vec<(Weekday, Weekday)> = Vec::new();
    for day in &window.days {
        match spans.last_mut() {
            Some((_, last)) if last.number() + 1 == day.number() => *last = *day,
            _ => spans.push((*day, *day)),
        }
    }
    let days: Vec<String> = spans
        .iter()
        .map(|(first, last)| match last.number() - first.number() {
            0 => first.word().to_owned(),
            1 => format!("{}, {}", first.word(), last.word()),
            _ => format!("{}–{}", first.word(), last.word()),
        })
        .collect();
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    format!("{} {}–{} {}", days.join(", "), clock(window.from), clock(window.to), window.zone)
}

/// A strategy: "canary 5% → 25% → 100%, soaks 20m". Empty without one.
pub(crate) fn strategy(deploy: &Deploy) -> String {
    let Some(strategy) = deploy.strategy() else { return String::new() };
    let mut weights: Vec<String> = strategy.steps.iter().map(|step| format!("{}%", step.weight)).collect();
    weights.push("100%".to_owned());
    weights.dedup();
    format!(
        "{} {}{}",
        strategy.kind.word(),
        weights.join(" → "),
        match deploy.soaks() {
            0 => String::new(),
            soaks => format!(", soaks {}", duration(soaks)),
        }
    )
}

/// Which deploys wait if several runs need one environment.
pub(crate) fn lock(environment: &Environment) -> &'static str {
    match environment.lock {
        Lock::Queue => "one deploy at a time, the others wait in order",
        Lock::Newest => "one deploy at a time, only the latest waits",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_ir::Origin;

    #[test]
    fn durations_are_said_in_their_largest_units() {
        assert_eq!(duration(5_400_000), "1h 30m");
        assert_eq!(duration(600_000), "10m");
        assert_eq!(duration(604_800_000 + 1), "7d 1ms");
        assert_eq!(duration(0), "0s");
    }

    #[test]
    fn days_in_a_row_are_a_span() {
        let shown = |days: &[&str]| {
            let days = days.iter().filter_map(|day| Weekday::from_word(day)).collect();
            let zone = "Europe/London".to_owned();
            window(&Window { days, from: 480, to: 965, zone, origin: Origin::default() })
        };
        assert_eq!(shown(&["mon", "tue", "wed", "thu"]), "mon–thu 08:00–16:05 Europe/London");
        assert_eq!(shown(&["mon", "tue", "sat"]), "mon, tue, sat 08:00–16:05 Europe/London");
    }
}
