//! Checks that need the `strategy`, actions and `irreversible` of a deploy together.

use super::Work;
use crate::expand::Expansion;
use crate::expand::frame::Frame;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Action, Delivery, Origin, Reversal, Strategy, StrategyKind};

impl Expansion<'_, '_> {
    /// Checks how a deploy moves traffic and how it is reversed.
    pub(super) fn check_strategy(&mut self, work: &Work, frame: &Frame) {
        self.check_reversal(work, frame);
        let Some(strategy) = &work.strategy else {
            if let Some(span) = work.once.get("shift") {
                let diagnostic =
                    Diagnostic::error(codes::P0504, "`shift` needs a strategy with steps", *span)
                        .help("add the steps: `strategy canary { step 5% soak 10m }`");
                self.report(frame, diagnostic);
            }
            return;
        };
        let span = strategy.origin.span;
        self.check_shift(span, work, frame);
        if work.verify.is_none() {
            let message = "the strategy has no `verify` for its steps";
            let help = "add `verify run \"./slo.sh\"`: it runs after every soak, and the weight increases \
                        only if it passes";
            self.report(frame, Diagnostic::error(codes::P0504, message, span).help(help));
        }
        if work.rollback.is_none() && work.irreversible.is_none() {
            let diagnostic = Diagnostic::error(codes::P0504, "the strategy has no rollback", span)
                .help("add `rollback run \"…\"`, or `irreversible because \"…\"`");
            self.report(frame, diagnostic);
        }
        self.check_steps(strategy, frame);
    }

    /// Checks that an irreversible deploy has no `rollback`.
    fn check_reversal(&mut self, work: &Work, frame: &Frame) {
        let (Some(rollback), Some(irreversible)) = (work.once.get("rollback"), work.once.get("irreversible"))
        else {
            return;
        };
        let message = "an irreversible deploy can't have a `rollback`";
        let diagnostic = Diagnostic::error(codes::P0504, message, *rollback)
            .label(*irreversible, "declared irreversible here")
            .help("remove one of them");
        self.report(frame, diagnostic);
    }

    fn check_shift(&mut self, span: Span, work: &Work, frame: &Frame) {
        let run = work.body.steps.first().map(|step| step.origin.span);
        let diagnostic = match (run, &work.shift) {
            (None, None) => Diagnostic::error(codes::P0504, "the strategy has no `shift`", span)
                .help("add it: `shift run \"./shift.sh \\\"$PIPE_WEIGHT\\\"\"`"),
            (Some(run), None) => {
                let message = "a strategy shifts the weight with `shift`, not with `run`";
                Diagnostic::error(codes::P0504, message, run).label(span, "the strategy").help(
                    "write `shift` instead of `run`: it runs once for each step, with `$PIPE_WEIGHT`, and \
                     finally with 100",
                )
            }
            (Some(run), Some(_)) => Diagnostic::error(codes::P0504, "`shift` replaces `run`", run)
                .label(span, "the strategy")
                .help(
                    "move the script of `run` into `shift`: it runs once for each step and finally with 100",
                ),
            (None, Some(_)) => return,
        };
        self.report(frame, diagnostic);
    }

    /// Checks the weights of a strategy. They must rise, and a strategy that switches all traffic at once has no steps.
    fn check_steps(&mut self, strategy: &Strategy, frame: &Frame) {
        let at_once = strategy.kind == StrategyKind::BlueGreen;
        if strategy.steps.is_empty() && !at_once {
            let message = format!("the strategy `{}` has no steps", strategy.kind.word());
            let diagnostic = Diagnostic::error(codes::P0504, message, strategy.origin.span)
                .help("add them: `step 5% soak 10m`; the last step, to 100%, is implicit");
            self.report(frame, diagnostic);
        }
        let mut last = 0.0;
        for step in &strategy.steps {
            let weight = step.weight.percent();
            if weight <= last || weight > 100.0 {
                let message = format!("the weight goes from {last}% to {weight}%");
                let diagnostic = Diagnostic::error(codes::P0504, message, step.origin.span)
                    .help("each step must be higher than the one before, and at most 100%");
                self.report(frame, diagnostic);
                return;
            }
            if at_once && weight < 100.0 {
                let message = format!("the strategy `blue-green` has a step of {weight}%");
                let diagnostic = Diagnostic::error(codes::P0504, message, step.origin.span).help(
                    "it shifts the whole weight at once: write `step 100% soak 10m` for a soak, or use \
                     `strategy canary`",
                );
                self.report(frame, diagnostic);
                return;
            }
            last = weight;
        }
    }
}

/// How a deploy moves traffic. A strategy without `shift`, and a `shift` without strategy, have been reported. The
/// existing half is kept, so that its scripts and times are still checked, and drawings show it as it was written.
pub(in crate::expand) fn delivery(strategy: Option<Strategy>, shift: Option<Action>) -> Delivery {
    match (strategy, shift) {
        (None, None) => Delivery::AtOnce,
        (Some(strategy), Some(shift)) => Delivery::Stepwise { strategy, shift },
        (Some(strategy), None) => {
            let shift = Action { steps: Vec::new(), env: Vec::new(), origin: strategy.origin.clone() };
            Delivery::Stepwise { strategy, shift }
        }
        (None, Some(shift)) => Delivery::ShiftOnly { shift },
    }
}

/// How a deploy is reversed. A deploy with both `rollback` and `irreversible` has been reported.
pub(in crate::expand) fn reversal(
    rollback: Option<Action>,
    irreversible: Option<(String, Origin)>,
) -> Option<Reversal> {
    let irreversible = irreversible.map(|(because, origin)| Reversal::Irreversible { because, origin });
    rollback.map(Reversal::Rollback).or(irreversible)
}
