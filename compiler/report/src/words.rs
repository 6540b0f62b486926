//! Parts of a pipeline in the language's words.

use pipec_ir::{Approval, Deploy, Environment, Exemption, Gate, Lock, Override, Window};

/// A length of time as people say it: `1h 30m`.
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

/// "test", "acceptance of bundle"
pub(crate) fn judges(gate: &Gate) -> String {
    if gate.of.is_empty() {
        gate.evidence.name.clone()
    } else {
        format!("{} of {}", gate.evidence.name, gate.of.join(", "))
    }
}

/// "exempt unless changed schema"
pub(crate) fn exemption(when: &Exemption) -> String {
    match when {
        Exemption::UnlessChanged(changes) => {
            let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
            format!("exempt unless changed {}", changes.join(", "))
        }
        Exemption::OnFork => "exempt on fork".to_owned(),
    }
}

/// "override by security-officers, expires 1d, review within 3d"
pub(crate) fn overriding(rule: &Override) -> String {
    let (expires, review) = (duration(rule.expires), duration(rule.review_within));
    format!("override by {}, expires {expires}, review within {review}", rule.role)
}

/// "release-managers, 2 of them, not the author"
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

/// "mon–thu 08:00–16:00 Europe/London"
pub(crate) fn window(window: &Window) -> String {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let name = |day: &u8| DAYS.get(usize::from(*day).saturating_sub(1)).copied().unwrap_or("");
    let mut spans: Vec<(u8, u8)> = Vec::new();
    for day in &window.days {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            _ => spans.push((*day, *day)),
        }
    }
    let days: Vec<String> = spans
        .iter()
        .map(|(first, last)| match last - first {
            0 => name(first).to_owned(),
            1 => format!("{}, {}", name(first), name(last)),
            _ => format!("{}–{}", name(first), name(last)),
        })
        .collect();
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    format!("{} {}–{} {}", days.join(", "), clock(window.from), clock(window.to), window.zone)
}

/// "canary 5% → 25% → 100%, soaks 20m"; empty without a strategy.
pub(crate) fn strategy(deploy: &Deploy) -> String {
    let Some(strategy) = &deploy.strategy else { return String::new() };
    let percent = |weight: &str| format!("{}%", weight.trim_end_matches('%'));
    let mut weights: Vec<String> = strategy.steps.iter().map(|step| percent(&step.weight)).collect();
    weights.push("100%".to_owned());
    weights.dedup();
    format!(
        "{} {}{}",
        strategy.kind,
        weights.join(" → "),
        match soaks(deploy) {
            0 => String::new(),
            soaks => format!(", soaks {}", duration(soaks)),
        }
    )
}

/// How long a deploy stands still between its steps, in milliseconds.
pub(crate) fn soaks(deploy: &Deploy) -> u64 {
    deploy.strategy.iter().flat_map(|strategy| &strategy.steps).map(|step| step.soak).sum()
}

/// Who waits where several runs want one environment.
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
        let shown = |days: &[u8]| {
            let zone = "Europe/London".to_owned();
            window(&Window { days: days.to_vec(), from: 480, to: 965, zone, origin: Origin::default() })
        };
        assert_eq!(shown(&[1, 2, 3, 4]), "mon–thu 08:00–16:05 Europe/London");
        assert_eq!(shown(&[1, 2, 6]), "mon, tue, sat 08:00–16:05 Europe/London");
    }
}
