//! The compiler's proofs agree with the brute-force implementation, over random programs and all their runs.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a helper that panics fails its test"
)]

use pipec_analysis::{Module, analyse};
use pipec_base::{Diagnostic, Sources};
use pipec_logic::{Glob, Regions};
use pipec_syntax::ast::Date;
use pipec_tests::brute_force::disagreements::{Disagreements, in_halves};
use pipec_tests::brute_force::glob::{PATHS, REFS, path_names, ref_names};
use pipec_tests::brute_force::model::Program;
use pipec_tests::brute_force::oracle::{Finding, judge};
use pipec_tests::brute_force::print::Printed;
use pipec_tests::brute_force::random;
use pipec_tests::brute_force::story::Story;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const JUDGED: [&str; 27] = [
    "P0111", "P0201", "P0202", "P0203", "P0204", "P0205", "P0206", "P0207", "P0208", "P0209", "P0301",
    "P0302", "P0303", "P0304", "P0305", "P0401", "P0402", "P0403", "P0404", "P0405", "P0406", "P0412",
    "P0413", "P0415", "P0416", "P0602", "P0802",
];

fn diagnostics_of(text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::new();
    let file = sources.add("random.pipe", text);
    let start = sources.start(file);
    let parsed = pipec_syntax::parse(start, text);
    assert!(parsed.diagnostics.is_empty(), "{text}\n{:#?}", parsed.diagnostics);
    let tree = Arc::new(parsed.tree);
    let module = Module { path: "random.pipe", start, tree: &tree };
    let today = Date { year: 2026, month: 1, day: 1 };
    analyse(&[module], &[], &sources, pipec_targets::engines(), today).diagnostics
}

/// A diagnostic as a finding of the oracle. The nodes come from the lines of its labels and from its message.
fn finding(diagnostic: &Diagnostic, printed: &Printed) -> Finding {
    let code = diagnostic.code.to_string();
    let who = |place: usize| -> String {
        let Some(label) = diagnostic.labels.get(place) else { return String::new() };
        let start = usize::try_from(label.span.start).unwrap();
        let line = printed.text[..start].matches('\n').count();
        printed.lines[&line].clone()
    };
    let word = |place: usize| -> String {
        diagnostic.message.split('`').skip(1).step_by(2).nth(place).unwrap_or_default().to_owned()
    };
    let words: Vec<String> = diagnostic.message.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let last = words.last().cloned().unwrap_or_default();
    let concerns = match code.as_str() {
        "P0201" => words,
        "P0205" | "P0305" => vec![who(0), word(1)],
        "P0111" => vec![who(0), word(0)],
        "P0206" | "P0416" => vec![word(0)],
        "P0208" => [vec![who(0)], words[..words.len() - 1].to_vec()].concat(),
        "P0209" => vec![who(0), word(0)],
        "P0415" => diagnostic.message.rsplit(' ').take(1).map(str::to_owned).collect(),
        "P0802" => {
            let (_, time) = diagnostic.message.split_once(" may take ").unwrap();
            let (time, _) = time.split_once(',').unwrap();
            vec![word(0), minutes(time).to_string()]
        }
        "P0207" => vec![who(0).split('/').next().unwrap().to_owned()],
        "P0301" => vec![who(0), word(0)],
        "P0302" if diagnostic.labels.len() > 1 => vec![who(0), last, who(1)],
        "P0302" | "P0303" => vec![who(0), last],
        "P0304" => vec![who(0), word(1), who(2)],
        "P0401" | "P0403" => vec![who(0), who(1)],
        "P0413" => vec![who(0), who(diagnostic.labels.len() - 1)],
        "P0402" => {
            let (_, kind) = diagnostic.message.split_once(" requires ").unwrap();
            let (kind, _) = kind.split_once(',').unwrap();
            [vec![who(0), kind.to_owned()], words[1..].to_vec()].concat()
        }
        _ => vec![who(0)],
    };
    Finding { code, concerns }
}

/// A duration in minutes: "90m", "2h".
fn minutes(text: &str) -> u64 {
    let (number, unit) = text.split_at(text.len() - 1);
    number.parse::<u64>().unwrap() * if unit == "h" { 60 } else { 1 }
}

/// Every difference between the compiler and the oracle about a program.
fn differences(program: &Program) -> (BTreeSet<Finding>, Vec<String>) {
    let printed = Printed::of(program);
    let expected = judge(program);
    let mut differences = Vec::new();
    let mut found = BTreeSet::new();
    for diagnostic in diagnostics_of(&printed.text) {
        let code = diagnostic.code.to_string();
        // A random list may have duplicates. These are found in the text and do not depend on runs.
        if code == "P0015" {
            continue;
        }
        if !JUDGED.contains(&code.as_str()) {
            differences.push(format!("not a theorem: {diagnostic:#?}"));
            continue;
        }
        let finding = finding(&diagnostic, &printed);
        match (expected.get(&finding), &diagnostic.counterexample) {
            (None, text) => {
                differences.push(format!("false alarm: {finding:?}: {} ({text:?})", diagnostic.message))
            }
            (Some(Some(failure)), Some(text)) => {
                let (before, text) = match text.split_once("; then ") {
                    Some((before, text)) => (Some(before), text),
                    None => (None, text.as_str()),
                };
                if before.is_some() != failure.missed.is_some() {
                    differences.push(format!("{finding:?}: one run is told for two, or two for one: {text}"));
                }
                let pipeline = &program.pipelines[failure.pipeline];
                let stories: Vec<Option<Story>> = before.into_iter().chain([text]).map(Story::read).collect();
                for (place, story) in stories.iter().enumerate() {
                    let Some(story) = story else {
                        differences.push(format!("{finding:?}: no run is told: {text}"));
                        continue;
                    };
                    let (world, runs) = story.runs(pipeline);
                    let shows = |run| match place + 1 == stories.len() {
                        true => failure.shows_in(&world, run),
                        false => failure.shows_before(&world, run),
                    };
                    if runs.is_empty() || !runs.iter().all(shows) {
                        differences.push(format!("{finding:?}: this run does not show it: {text}"));
                    }
                }
                let branches: BTreeSet<Option<&str>> = stories.iter().flatten().map(Story::branch).collect();
                if branches.len() > 1 && failure.missed.is_some() {
                    differences.push(format!("{finding:?}: pushes of several branches: {text}"));
                }
            }
            (Some(Some(_)), None) => differences.push(format!("{finding:?}: no run is told")),
            (Some(None), Some(text)) if Story::read(text).is_some() || text.starts_with(':') => {
                differences.push(format!("{finding:?}: a run is told where none shows it: {text}"));
            }
            (Some(None), _) => {}
        }
        found.insert(finding);
    }
    for missed in expected.keys().filter(|it| !found.contains(it)) {
        differences.push(format!("missed: {missed:?}"));
    }
    (found, differences)
}

#[test]
fn every_region_of_the_globs_has_a_name() {
    for (globs, names) in [(&REFS[..], ref_names()), (&PATHS[..], path_names())] {
        let languages: Vec<_> = globs.iter().map(|glob| Glob::parse(glob).unwrap().language()).collect();
        let regions = Regions::of(&languages, 100_000).unwrap();
        let found: BTreeSet<usize> = names.iter().filter_map(|name| regions.region_of(name)).collect();
        let missing: Vec<&str> = (0..regions.len())
            .filter(|region| !found.contains(region))
            .map(|it| regions.witness(it))
            .collect();
        assert!(missing.is_empty(), "no name like {missing:?}");
    }
}

/// The results of a share of the random programs.
#[derive(Default)]
struct Tally {
    /// The number of programs with each code, and with none.
    counts: BTreeMap<String, usize>,
    /// The shortest program for each kind of disagreement.
    disagreements: Disagreements,
}

fn tally(seeds: impl Iterator<Item = u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let program = random::program(seed);
        let (found, differences) = differences(&program);
        for difference in differences {
            let kind: String = difference.chars().take(42).collect();
            tally.disagreements.add(kind, &program, format!("program {seed}: {difference}"));
        }
        let codes: BTreeSet<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
        for code in if codes.is_empty() { ["proven"].into() } else { codes } {
            *tally.counts.entry(code.to_owned()).or_default() += 1;
        }
    }
    tally
}

#[test]
fn the_compiler_and_brute_force_agree() {
    let count: u64 =
        std::env::var("PIPEC_RANDOM_PROGRAMS").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let tallies = in_halves(|first| tally((first..count).step_by(2)));
    Disagreements::assert_none(tallies.iter().map(|tally| &tally.disagreements));
    let total = |what: &str| -> usize { tallies.iter().filter_map(|tally| tally.counts.get(what)).sum() };
    let count = usize::try_from(count).unwrap();
    let proven = total("proven");
    println!("of {count} programs {proven} are proven");
    for code in JUDGED {
        println!("{code} occurs in {}", total(code));
        assert!(total(code) * 400 >= count, "{code} occurs in {} of {count} programs only", total(code));
    }
    assert!(proven * 4 >= count, "{proven} of {count} programs are proven");
}

/// The codes of a program with one pipeline of these clauses. Production requires these kinds.
fn codes(pipeline: &str, environments: &str) -> Vec<String> {
    let text = format!("pipeline one {{\n{pipeline}\n}}\n{environments}\n");
    diagnostics_of(&text).iter().map(|diagnostic| diagnostic.code.to_string()).collect()
}

fn counterexamples(pipeline: &str, environments: &str) -> Vec<String> {
    let text = format!("pipeline one {{\n{pipeline}\n}}\n{environments}\n");
    diagnostics_of(&text).into_iter().filter_map(|diagnostic| diagnostic.counterexample).collect()
}

const APP: &str = "artefact app: binary { run \"./build.sh\" path \"out/app\" }";

#[test]
fn a_gate_for_pull_requests_does_not_protect_pushes() {
    let pipeline = format!(
        "on push to main
        on pull-request to main
        stage commit {{ {APP} }}
        stage review when event is pull-request {{ gate size: review {{ run \"./size.sh\" }} }}
        stage release when event is push {{ deploy app to production {{ run \"./deploy.sh\" }} }}"
    );
    assert_eq!(codes(&pipeline, "environment production {}"), ["P0416"]);
    assert_eq!(codes(&pipeline, "environment production { requires review }"), ["P0402"]);
}

#[test]
fn each_further_path_to_production_is_found() {
    let pipeline = format!(
        "on push to main
        stage commit {{ {APP} artefact bom: sbom {{ run \"./bom.sh\" path \"out/bom\" }} }}
        stage first {{ deploy app to production {{ run \"./deploy.sh\" }} }}
        stage second {{ deploy app, bom to production {{ run \"./deploy.sh\" }} }}
        stage third {{ deploy bom to production {{ run \"./deploy.sh\" }} }}"
    );
    assert_eq!(codes(&pipeline, "environment production {}"), ["P0202", "P0202", "P0416"]);
}

#[test]
fn circles_of_empty_stages_are_found() {
    let pipeline = format!(
        "on push to main
        stage commit after late {{ {APP} }}
        stage early after late {{ }}
        stage late after early {{ }}"
    );
    assert_eq!(codes(&pipeline, ""), ["P0207"]);
    assert_eq!(codes("on push to main\nstage alone after alone { }", ""), ["P0207"]);
}

#[test]
fn artefacts_built_after_a_deploy_to_the_predecessor_are_late() {
    let pipeline = "on push to main
        stage commit { artefact bom: sbom { run \"./bom.sh\" path \"out/bom\" } }
        stage other after build { deploy app to staging { run \"./deploy.sh\" } }
        stage early after commit { deploy bom to staging { run \"./deploy.sh\" } }
        stage build after early { artefact app: binary { run \"./build.sh\" path \"out/app\" } }
        stage release after other { deploy app to production { run \"./deploy.sh\" } }";
    let environments = "environment staging {}\nenvironment production { after staging }";
    assert_eq!(codes(pipeline, environments), ["P0304", "P0416"]);
}

#[test]
fn a_deploy_that_never_runs_has_one_finding() {
    let pipeline = format!(
        "on push to main
        stage commit {{ {APP} artefact bom: sbom {{ run \"./bom.sh\" path \"out/bom\" }} }}
        stage acceptance {{ deploy app to staging {{ run \"./deploy.sh\" }} }}
        stage release when event is tag {{ deploy app, bom to production {{ run \"./deploy.sh\" }} }}"
    );
    let environments = "environment staging {}\nenvironment production { after staging requires test }";
    assert_eq!(codes(&pipeline, environments), ["P0406"]);
}

#[test]
fn a_counterexample_mentions_unknown_changes_only_if_they_matter() {
    let pipeline = format!(
        "on push to main
        stage commit {{ {APP} }}
        stage check when not changed schema {{ gate unit: test {{ run \"./test.sh\" }} }}
        stage release {{ deploy app to production {{ run \"./deploy.sh\" }} }}"
    );
    assert_eq!(
        counterexamples(&pipeline, "environment production {}"),
        ["push of branch `main`, with unknown changes: `release` runs, `check` does not"]
    );
}

#[test]
fn a_counterexample_prefers_a_push_of_a_branch_that_is_written_out() {
    let pipeline = format!(
        "on pull-request to main
        on push to \"**\"
        protect main
        stage commit {{ {APP} }}
        stage check when not (branch is \"m*\" or event is pull-request) {{ gate unit: test {{ run \"./test.sh\" }} }}
        stage release {{ deploy app to preview {{ run \"./deploy.sh\" }} }}"
    );
    let preview = "environment preview {
        tier ephemeral per pull-request
        open to members
        ttl 1h
        teardown run \"./down.sh\"
    }";
    assert!(
        counterexamples(&pipeline, preview)
            .contains(&"push of branch `main`: `release` runs, `check` does not".to_owned()),
        "{:?}",
        counterexamples(&pipeline, preview)
    );
}

#[test]
fn a_counterexample_names_a_part_that_its_run_leaves_without_evidence() {
    let pipeline = format!(
        "on push to main
        stage commit {{ {APP} artefact bom: sbom {{ run \"./bom.sh\" path \"out/bom\" }} }}
        stage scan when changed \"a\" {{ gate one: vulnerability of app {{ run \"./scan.sh\" advisory because \"new\" }} }}
        stage release {{ deploy app, bom to production {{ run \"./deploy.sh\" }} }}"
    );
    assert_eq!(
        counterexamples(&pipeline, "environment production { requires vulnerability }"),
        ["push of branch `main`: `app` is deployed, but no gate has given vulnerability"]
    );
}
