//! The prover and brute force must agree on the outputs of random programs.
//!
//! Brute force goes through the runs of their job graphs.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper that panics fails its test; indices are places in the same model"
)]

use pipec_tests::brute_force::choose::Chooser;
use pipec_tests::brute_force::disagreements::{Disagreements, in_halves};
use pipec_tests::brute_force::output::begun::Source;
use pipec_tests::brute_force::output::breaks::{BREAKS, Break};
use pipec_tests::brute_force::output::changed::Changed;
use pipec_tests::brute_force::output::emitted::{Emitted, emitted};
use pipec_tests::brute_force::output::judgement::judge;
use pipec_tests::brute_force::random;
use std::collections::BTreeMap;

/// What a share of the random programs came to.
#[derive(Default)]
struct Tally {
    /// How many outputs were judged.
    outputs: usize,
    disagreements: Disagreements,
}

/// What the prover and brute force find in the outputs of a program.
fn differences(seed: u64, tally: &mut Tally) {
    let program = random::program(seed);
    let Some((compiled, outputs)) = emitted(&program) else { return };
    for Emitted { pipeline, file } in outputs {
        let ir = &compiled.pipelines[pipeline];
        let Some(source) = Source::new(&program, &program.pipelines[pipeline]) else { continue };
        let (workflow, refused) = pipec_github::engine::read(&file.path, &file.text, &compiled.lock);
        let workflow = workflow.unwrap();
        let proof = pipec_prover::prove(&compiled, ir, &workflow, &file);
        let mut choose = Chooser::new(seed);
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let wrong = judge(&source, ir, &workflow, name, &mut choose);
        tally.outputs += 1;
        let mut differ = |kind: &str, what: String| {
            tally.disagreements.add(kind, &program, format!("program {seed}: {what}"));
        };
        for finding in refused.iter().chain(&proof.findings) {
            differ(&finding.message, format!("the prover finds {finding:?}"));
        }
        match wrong {
            None => differ("too large", "its facts are too large".to_owned()),
            Some(wrong) => {
                for (wrong, run) in wrong {
                    let kind: String = wrong.what.chars().take(30).collect();
                    differ(&kind, format!("brute force finds {wrong:?} in a {run}"));
                }
            }
        }
    }
}

fn count() -> u64 {
    std::env::var("PIPEC_RANDOM_OUTPUTS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000)
}

#[test]
fn nothing_is_wrong_with_unbroken_outputs() {
    let count = count();
    let tallies = in_halves(|first| {
        let mut tally = Tally::default();
        let mut seeds = (first..).step_by(2);
        while (tally.outputs as u64) * 2 < count {
            differences(seeds.next().unwrap(), &mut tally);
        }
        tally
    });
    Disagreements::assert_none(tallies.iter().map(|tally| &tally.disagreements));
    let outputs: usize = tallies.iter().map(|tally| tally.outputs).sum();
    println!("{outputs} outputs");
}

/// How often a break was made, and who noticed it.
#[derive(Clone, Copy, Debug, Default)]
struct Noticed {
    made: usize,
    by_prover: usize,
    by_brute_force: usize,
}

/// What became of the breaks of a share of the outputs.
#[derive(Default)]
struct Broken {
    noticed: BTreeMap<&'static str, Noticed>,
    disagreements: Disagreements,
}

/// How many breaks are made in each output.
const BREAKS_EACH: usize = 6;

/// The breaks in the order in which a program gets them. So a seed alone reproduces a finding.
fn in_random_order(choose: &mut Chooser) -> [Break; BREAKS.len()] {
    let mut operators = BREAKS;
    for end in (1..operators.len()).rev() {
        operators.swap(end, choose.below(end + 1));
    }
    operators
}

/// Breaks the outputs of a program in some ways.
fn break_outputs(seed: u64, broken: &mut Broken) {
    let program = random::program(seed);
    let Some((compiled, outputs)) = emitted(&program) else { return };
    for Emitted { pipeline, file } in outputs {
        let ir = &compiled.pipelines[pipeline];
        let Some(source) = Source::new(&program, &program.pipelines[pipeline]) else { continue };
        let (workflow, _) = pipec_github::engine::read(&file.path, &file.text, &compiled.lock);
        let workflow = workflow.unwrap();
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let mut choose = Chooser::new(seed);
        let operators = in_random_order(&mut choose);
        let mut left = BREAKS_EACH;
        for operator in operators {
            let mut changed = Changed::new(&workflow);
            let Some(place) = (operator.apply)(&mut changed, &mut choose) else { continue };
            left -= 1;
            let proof = pipec_prover::prove(&compiled, ir, &changed, &file);
            let wrong = judge(&source, ir, &changed, name, &mut choose).unwrap();
            let noticed = broken.noticed.entry(operator.name).or_default();
            noticed.made += 1;
            noticed.by_prover += usize::from(!proof.findings.is_empty());
            noticed.by_brute_force += usize::from(!wrong.is_empty());
            let is_hole = proof.findings.is_empty() && !wrong.is_empty();
            // A finding without a run is one about the form: what differs may happen in no run.
            let is_shown = proof.findings.iter().any(|finding| finding.counterexample.is_some());
            let is_missed = operator.is_judged && is_shown && wrong.is_empty();
            if is_hole || is_missed {
                let findings: Vec<&str> = proof.findings.iter().map(|it| it.message.as_str()).collect();
                let name = operator.name;
                let kind = format!("{name}: {}", findings.first().unwrap_or(&"a hole"));
                let found = format!("the prover finds {findings:?}, brute force {wrong:?}");
                broken.disagreements.add(kind, &program, format!("program {seed}: {name}: {place}: {found}"));
            }
            if left == 0 {
                break;
            }
        }
    }
}

#[test]
fn broken_outputs_are_noticed_by_the_prover_and_by_brute_force() {
    let count = count() / 4;
    let shares = in_halves(|first| {
        let mut broken = Broken::default();
        (first..count).step_by(2).for_each(|seed| break_outputs(seed, &mut broken));
        broken
    });
    Disagreements::assert_none(shares.iter().map(|share| &share.disagreements));
    let count = usize::try_from(count).unwrap();
    for Break { name, least, .. } in BREAKS {
        let mut all = Noticed::default();
        for one in shares.iter().filter_map(|share| share.noticed.get(name)) {
            all.made += one.made;
            all.by_prover += one.by_prover;
            all.by_brute_force += one.by_brute_force;
        }
        println!("{name}: {all:?}");
        // Some breaks change no run: the condition of a job that always starts, for example.
        assert!(all.made * 100 >= count, "{name}: made {} times in {count} programs", all.made);
        assert!(all.by_prover * 3 >= all.made * 2, "{name}: {all:?}");
        assert!(all.by_brute_force * 100 >= all.by_prover * least, "{name}: {all:?}");
    }
}
