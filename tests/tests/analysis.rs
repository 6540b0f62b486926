//! Properties of the analysis of any program: low cost, no panic, and well-formed findings. The cost is counted, not
//! timed.

#![expect(clippy::expect_used, clippy::panic, reason = "a helper that panics fails its test")]

use pipec_analysis::Effort;
use pipec_base::{Anchor, Diagnostic, Sources};
use pipec_driver::Compilation;
use pipec_syntax::lex;
use pipec_tests::cases::{compile, read};
use pipec_tests::generate::{Choices, Program};
use std::fmt::Write;
use std::path::Path;

/// A sequence of pseudorandom numbers that is the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).expect("a small number")).expect("it fits")
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

fn well_formed(finding: &Diagnostic, sources: &Sources) -> Result<(), String> {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
    for span in finding.labels.iter().map(|label| label.span).chain(edits) {
        if sources.text_from(span.anchor).get(span.range()).is_none() {
            return Err(format!("{span:?} lies outside"));
        }
    }
    let texts = [&finding.message].into_iter().chain(&finding.help).chain(&finding.notes);
    for text in texts.chain(&finding.counterexample) {
        if text.trim().is_empty() || text.contains('\n') {
            return Err(format!("{text:?} is no line"));
        }
    }
    if finding.message.starts_with(char::is_uppercase) && !finding.message.starts_with('P') {
        return Err(format!("{:?} begins with a capital", finding.message));
    }
    Ok(())
}

/// Several times the cost of the most expensive small program here.
const SMALL: Effort = Effort { expansion: 1 << 20, facts: 1 << 7, steps: 1 << 11 };

fn analysed(text: &str) -> Compilation {
    compile(&[("main.pipe".to_owned(), text.to_owned())])
}

fn judge(text: &str) {
    let compilation = analysed(text);
    let effort = compilation.effort;
    let is_small =
        effort.expansion <= SMALL.expansion && effort.facts <= SMALL.facts && effort.steps <= SMALL.steps;
    assert!(is_small, "{effort:?} for\n{text}");
    for finding in &compilation.diagnostics {
        if let Err(wrong) = well_formed(finding, &compilation.sources) {
            panic!("{wrong}: {finding:#?}\n{text}");
        }
    }
    let again = analysed(text);
    assert_eq!((again.diagnostics, again.effort), (compilation.diagnostics, effort), "{text}");
}

#[test]
fn any_program_is_analysed() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..300 {
        let bytes = random.bytes(600);
        judge(&Program::random(&mut Choices::new(&bytes)).plain());
    }
}

/// Work that doubles with every level would not end.
#[test]
fn a_condition_of_many_levels_is_analysed() {
    let condition = (0..50).fold("branch is main".to_owned(), |inner, _| {
        format!("(branch is main and {inner} or event is push)")
    });
    let stage = format!("stage late when {condition} {{ gate unit: test {{ run \"make\" }} }}");
    let compilation = analysed(&format!("pipeline p {{ on push to main\n{stage} }}"));
    let messages: Vec<&str> =
        compilation.diagnostics.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["`branch is main` appears twice here"]);
}

fn sources_of_cases() -> Vec<String> {
    fn pages(folder: &Path, all: &mut Vec<String>) {
        let mut entries: Vec<_> = std::fs::read_dir(folder)
            .expect("the cases")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                pages(&path, all);
            } else {
                all.push(std::fs::read_to_string(&path).expect("a page"));
            }
        }
    }
    let mut all = Vec::new();
    pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"), &mut all);
    let cases = all.iter().flat_map(|page| read(page).expect("cases"));
    cases.flat_map(|case| case.sources).map(|(_, text)| text).collect()
}

/// The program with some of its words removed, doubled, swapped, or replaced by each other.
fn mutated(text: &str, random: &mut Random) -> String {
    let (tokens, _) = lex(Anchor(0), text);
    let mut words: Vec<&str> = tokens.iter().filter_map(|token| text.get(token.span.range())).collect();
    for _ in 0..=random.below(3) {
        let (one, other) = (random.below(words.len()), random.below(words.len()));
        match random.below(4) {
            0 if words.len() > 1 => drop(words.remove(one)),
            1 => {
                let word = words.get(one).copied().unwrap_or_default();
                words.insert(one, word);
            }
            2 if !words.is_empty() => words.swap(one, other),
            _ => {
                let word = words.get(other).copied().unwrap_or_default();
                if let Some(place) = words.get_mut(one) {
                    *place = word;
                }
            }
        }
    }
    words.join(" ")
}

#[test]
fn any_mistake_in_a_program_is_analysed() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for text in sources_of_cases() {
        for _ in 0..6 {
            judge(&mutated(&text, &mut random));
        }
    }
}

/// Analyses a large program, after one of half its size. Twice the size may cost at most four times as much.
fn grown(size: usize, program: impl Fn(usize) -> String) -> Vec<Diagnostic> {
    /// The part of the cost that hardly depends on the size.
    const REST: usize = 100;
    let half = analysed(&program(size / 2)).effort;
    let whole = analysed(&program(size));
    for (count, before, after) in [
        ("expansion", half.expansion, whole.effort.expansion),
        ("facts", half.facts, whole.effort.facts),
        ("steps", half.steps, whole.effort.steps),
    ] {
        assert!(after <= before * 8 + REST, "{count}: {before} for {}, {after} for {size}", size / 2);
    }
    whole.diagnostics
}

fn codes(findings: &[Diagnostic]) -> Vec<String> {
    findings.iter().map(|finding| finding.code.to_string()).collect()
}

const START: &str = "pipeline p {\n  on push to main\n";

#[test]
fn five_hundred_nodes() {
    let found = grown(10, |stages| {
        let mut text = START.to_owned();
        for stage in 0..stages {
            let _ = writeln!(text, "  stage s{stage} {{");
            for node in 0..50 {
                let _ = writeln!(text, "    gate g{stage}x{node}: test {{ run \"make\" }}");
            }
            text.push_str("  }\n");
        }
        text.push_str("  stage build { artefact app: binary { run \"make\" path \"out\" } }\n");
        text.push_str("  stage release { deploy app to production { run \"./deploy.sh\" } }\n}\nenvironment production { requires test }\n");
        text
    });
    assert_eq!(found, []);
}

/// Stages of five gates. A run of any event leaves out a quarter of them.
fn stages_with_budget(stages: usize, budget: &str) -> String {
    let mut text =
        format!("pipeline big {{\n  on push to main\n  on pull-request to main\n  budget {budget}\n");
    for stage in 0..stages {
        let when = match stage % 4 {
            0 => "when event is push".to_owned(),
            1 => "when event is pull-request".to_owned(),
            _ => format!("when changed \"lib{stage}/**\""),
        };
        let _ = writeln!(text, "  stage s{stage} {when} {{");
        for node in 0..5 {
            let _ = writeln!(text, "    gate g{stage}x{node}: test {{ timeout {}m run \"make\" }}", 3 + node);
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

#[test]
fn the_budget_of_five_hundred_nodes() {
    let findings = grown(100, |stages| stages_with_budget(stages, "499m"));
    assert_eq!(codes(&findings), ["P0802"]);
    // 25 stages run on a push or on a pull request, and so do all that depend on changes.
    let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["pipeline `big` may take 525m, but its budget is 499m"]);
    assert_eq!(analysed(&stages_with_budget(100, "525m")).diagnostics, []);
}

#[test]
fn two_hundred_environments() {
    let found = grown(200, |places| {
        let mut text = START.to_owned();
        text.push_str("  stage build { gate unit: test { run \"make\" } artefact app: binary { run \"make\" path \"out\" } }\n");
        for place in 0..places {
            let _ = writeln!(text, "  stage s{place} {{ deploy app to e{place} {{ run \"./deploy.sh\" }} }}");
        }
        text.push_str("}\n");
        for place in 0..places {
            let after = if place == 0 { String::new() } else { format!("after e{}", place - 1) };
            let _ = writeln!(
                text,
                "environment e{place} {{ tier staging {after} url \"https://e{place}.example\" }}"
            );
        }
        text
    });
    assert_eq!(found, []);
}

#[test]
fn three_hundred_globs() {
    let found = grown(300, |globs| {
        let mut text = START.to_owned();
        for place in 0..globs {
            let _ = writeln!(text, "  change docs \"services/s{place}/**\"");
        }
        text.push_str("  stage commit when changed code { gate unit: test { run \"make\" } }\n}\n");
        text
    });
    assert_eq!(found, []);
}

#[test]
fn constants_that_double_with_every_line() {
    for (open, close, join) in [("[", "]", ", "), ("$\"", "\"", "")] {
        let found = grown(60, |lines| {
            let mut text =
                format!("{START}  stage commit {{ gate unit: test {{ env A = a0 run \"make $A\" }} }}\n}}\n");
            for place in 0..lines {
                let next = format!("a{}", place + 1);
                let next = if join.is_empty() { format!("{{{next}}}") } else { next };
                let _ = writeln!(text, "let a{place} = {open}{next}{join}{next}{close}");
            }
            let _ = writeln!(text, "let a{lines} = \"a text of some length\"");
            text
        });
        let found = codes(&found);
        assert!(found.contains(&"P0122".to_owned()) && found.len() <= 2, "{found:?}");
    }
}

#[test]
fn a_chain_of_constants_and_one_of_tasks() {
    let found = grown(5_000, |constants| {
        let mut text =
            format!("{START}  stage commit {{ gate unit: test {{ env A = a0 run \"make $A\" }} }}\n}}\n");
        for place in 0..constants {
            let _ = writeln!(text, "let a{place} = a{}", place + 1);
        }
        let _ = writeln!(text, "let a{constants} = \"x\"");
        text
    });
    assert!(codes(&found).iter().all(|code| code == "P0122"));

    let found = grown(500, |tasks| {
        let mut text = format!(
            "{START}  stage commit {{ artefact app: binary {{ run \"make\" path \"out\" }} deploy app to staging = t0() }}\n}}\nenvironment staging {{}}\n"
        );
        for place in 0..tasks {
            let next = place + 1;
            let _ = writeln!(
                text,
                "task t{place}() -> deploy {{ run \"./deploy.sh\" verify = t{next}() rollback = t{next}() }}"
            );
        }
        let _ = writeln!(text, "task t{tasks}() -> deploy {{ run \"./deploy.sh\" }}");
        text
    });
    let found = codes(&found);
    assert!(!found.is_empty() && found.iter().all(|code| code == "P0013"), "{found:?}");
}

#[test]
fn instances_without_end() {
    /// The maximum number of nodes in a workspace, by the reference.
    const NODES: usize = 1 << 15;
    let mut text = String::from("pipeline service(dir: path) {\n  on push to main\n  stage commit {\n");
    for node in 0..300 {
        let _ = writeln!(text, "    gate g{node}: test {{ in $\"{{dir}}\" run \"make\" }}");
    }
    text.push_str("  }\n}\n");
    for place in 0..3_000 {
        let _ = writeln!(text, "pipeline p{place} = service(dir: \"services/s{place}\")");
    }
    let compilation = analysed(&text);
    assert_eq!(codes(&compilation.diagnostics), ["P0122"]);
    let nodes: usize = compilation.program.pipelines.iter().map(|pipeline| pipeline.nodes.len()).sum();
    assert!(nodes <= NODES, "{nodes} nodes");
}

#[test]
fn a_task_called_five_hundred_times_with_a_mistake_in_it() {
    let found = grown(500, |nodes| {
        let mut text = START.to_owned();
        text.push_str("  stage commit {\n");
        for node in 0..nodes {
            let _ = writeln!(text, "    gate g{node}: test = t()");
        }
        text.push_str("  }\n}\ntask t() -> test { env A = nothing run \"make $A\" }\n");
        text
    });
    assert_eq!(codes(&found), ["P0101"]);
}
