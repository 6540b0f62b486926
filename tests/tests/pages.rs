//! Every code has a correct page.
//!
//! Its failing program fails for that reason alone, and its fixed program has no findings. The compiler can report
//! every code of the registry.

#![expect(clippy::expect_used, reason = "a helper that panics fails its test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pipec_base::{Anchor, Code, Diagnostic, codes};
use pipec_driver::{Compilation, Content, InputText, MAX_SOURCE_BYTES, Options, Session};
use pipec_format::Formatted;
use pipec_syntax::ast::Date;
use pipec_tests::pages::{self, Page, Section};

/// The codes that no program on a page can show, with the reasons.
const BEYOND_SOURCE: &[(Code, &str)] = &[
    (codes::P0001, "a page is text"),
    (codes::P0002, "the program would be longer than all pages"),
    (codes::P0003, "the program would be a hundred and thirty brackets"),
    (codes::P0099, "a defect of the formatter"),
    (codes::P1190, "a defect of a target"),
    (codes::P1201, "it is about what stands where the output goes"),
    (codes::P1202, "it is about what stands where the output goes"),
    (codes::P0710, "it is about an entry of the lock file"),
    (codes::P1204, "it is about who wrote the lock file"),
];

fn options() -> Options<'static> {
    Options {
        standard: pipec_stdlib::MODULES,
        engines: pipec_targets::engines(),
        targets: pipec_targets::all(),
        today: Date { year: 2026, month: 1, day: 1 },
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    }
}

fn compile(program: &[(String, String)]) -> Compilation {
    let texts: Vec<InputText> = program
        .iter()
        .map(|(path, text)| InputText { path: path.clone(), content: Content::Text(text.as_str().into()) })
        .collect();
    Session::new().compile(&texts, &options())
}

/// A finding, for the message of a failed test.
fn shown(compilation: &Compilation, diagnostic: &Diagnostic) -> String {
    let bytes = compilation.sources.place(diagnostic.span()).unwrap_or_default();
    let place = compilation.sources.get(bytes.file).map_or(String::new(), |source| {
        let line =
            source.text.get(..bytes.range().start).map_or(0, |before| before.matches('\n').count() + 1);
        format!("{}:{line}: ", source.path)
    });
    format!("{place}{}: {}", diagnostic.code, diagnostic.message)
}

fn all_shown(compilation: &Compilation) -> String {
    compilation.diagnostics.iter().map(|it| format!("\n    {}", shown(compilation, it))).collect()
}

fn is_beyond_source(code: Code) -> bool {
    BEYOND_SOURCE.iter().any(|(known, _)| *known == code)
}

/// Runs a check over all pages. Fails with the problems of all of them.
fn each_page(check: impl Fn(Code, &Page, &mut Vec<String>)) {
    let mut problems = Vec::new();
    for code in Code::all() {
        match pages::load(code) {
            Ok(page) => {
                let mut found = Vec::new();
                check(code, &page, &mut found);
                problems.extend(found.into_iter().map(|problem| format!("{code}: {problem}")));
            }
            Err(problem) => problems.push(problem),
        }
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_page_has_the_same_sections() {
    each_page(|code, page, problems| {
        let examples: &[&str] = if is_beyond_source(code) { &["Example"] } else { &["Fails", "Fixed"] };
        let mut wanted = vec!["Why it matters"];
        wanted.extend(examples);
        if code.can_be_allowed() {
            wanted.push("Allowing it");
        }
        if page.headings() != wanted {
            problems.push(format!("the sections are {:?}, not {wanted:?}", page.headings()));
        }
        if page.opening.trim().is_empty() {
            problems.push("nothing says what it means".to_owned());
        }
        for section in &page.sections {
            let is_program = matches!(section.heading.as_str(), "Fails" | "Fixed");
            if is_program == section.program.is_empty() {
                problems.push(format!("`{}` and its fences don't fit", section.heading));
            }
            if (section.heading == "Example") == section.consoles.is_empty() {
                problems.push(format!("`{}` and its fences of `console` don't fit", section.heading));
            }
            if !is_program && section.prose.trim().is_empty() {
                problems.push(format!("`{}` says nothing", section.heading));
            }
            if !section.also.is_empty() && section.heading != "Fails" {
                problems.push(format!("`Also:` stands in `{}`", section.heading));
            }
        }
    });
}

#[test]
fn every_title_is_its_code_and_a_sentence() {
    let mut titles: BTreeMap<String, Code> = BTreeMap::new();
    each_page(|code, page, problems| {
        let Some(words) = page.title.strip_prefix(&format!("{code}: ")) else {
            problems.push(format!("the title is `{}`", page.title));
            return;
        };
        if words.trim() == code.slug() || !words.contains(' ') {
            problems.push("the title is its short name".to_owned());
        }
        if words.ends_with('.') || words.starts_with(char::is_uppercase) {
            problems.push("the title is lower case, without a full stop".to_owned());
        }
    });
    for code in Code::all() {
        let title = pages::load(code).expect("read above").title;
        let words = title.split_once(": ").expect("checked above").1.to_owned();
        if let Some(other) = titles.insert(words, code) {
            panic!("{code} and {other} have the same title");
        }
    }
}

#[test]
fn every_page_is_short_and_in_one_shape() {
    let mut problems = Vec::new();
    for code in Code::all() {
        let text = fs::read_to_string(pages::path(code)).expect("a page");
        let lines = text.lines().count();
        if !(12..=80).contains(&lines) {
            problems.push(format!("{code}: {lines} lines"));
        }
        if !text.ends_with('\n') || text.contains("\n\n\n") || text.lines().any(|line| line.ends_with(' ')) {
            problems.push(format!("{code}: stray blanks or blank lines"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_failing_program_fails_for_that_reason_alone() {
    each_page(|code, page, problems| {
        let Some(fails) = page.section("Fails") else { return };
        let compilation = compile(&fails.program);
        let given: BTreeSet<String> = compilation.diagnostics.iter().map(|it| it.code.to_string()).collect();
        let mut wanted = fails.also.clone();
        wanted.insert(code.to_string());
        if given != wanted {
            problems.push(format!("it gives {given:?}, not {wanted:?}:{}", all_shown(&compilation)));
        }
        let about_it: Vec<&Diagnostic> =
            compilation.diagnostics.iter().filter(|it| it.code == code).collect();
        if about_it.iter().all(|it| it.help.is_none() && it.counterexample.is_none() && it.notes.is_empty()) {
            problems.push(format!("no finding teaches:{}", all_shown(&compilation)));
        }
    });
}

#[test]
fn every_fixed_program_has_no_findings_and_differs() {
    each_page(|_, page, problems| {
        let (Some(fails), Some(fixed)) = (page.section("Fails"), page.section("Fixed")) else { return };
        let compilation = compile(&fixed.program);
        if !compilation.diagnostics.is_empty() {
            problems.push(format!("its fixed program gives{}", all_shown(&compilation)));
        }
        if fails.program == fixed.program {
            problems.push("nothing is fixed".to_owned());
        }
    });
}

#[test]
fn every_program_on_a_page_is_formatted() {
    each_page(|_, page, problems| {
        for section in &page.sections {
            unformatted(section, problems);
        }
    });
}

/// Reports programs that the formatter would change. Only a failing program may be unreadable to it.
fn unformatted(section: &Section, problems: &mut Vec<String>) {
    for (path, text) in &section.program {
        match pipec_format::format(Anchor(0), text) {
            Formatted::Done(new) if new == *text => {}
            Formatted::Done(new) => {
                problems.push(format!("`{path}` of `{}` is laid out\n{new}", section.heading));
            }
            Formatted::Broken(_) if section.heading == "Fails" => {}
            Formatted::Broken(found) => {
                problems.push(format!("`{path}` of `{}` can't be laid out: {found:?}", section.heading));
            }
        }
    }
}

#[test]
fn every_mechanical_fix_of_a_failing_program_helps() {
    each_page(|code, page, problems| {
        let Some(fails) = page.section("Fails") else { return };
        let before = compile(&fails.program);
        for diagnostic in &before.diagnostics {
            let Some(fix) = &diagnostic.fix else { continue };
            let mut program = fails.program.clone();
            let mut edits = fix.edits.clone();
            edits.sort_by_key(|edit| before.sources.place(edit.span));
            for edit in edits.iter().rev() {
                let place = before.sources.place(edit.span).expect("an edit's place");
                let path = before.sources.path(place.file);
                let (_, text) = program.iter_mut().find(|(known, _)| known == path).expect("an edit's file");
                text.replace_range(place.range(), &edit.text);
            }
            let after = compile(&program);
            let count = |of: &Compilation| of.diagnostics.iter().filter(|it| it.code == code).count();
            if diagnostic.code == code && count(&after) >= count(&before) {
                problems.push(format!("the fix `{}` leaves{}", fix.title, all_shown(&after)));
            }
        }
    });
}

/// Programs that no page can show are generated. The console on the page is what people see.
#[test]
fn generated_programs_give_the_console_of_their_page() {
    let long: usize = usize::try_from(MAX_SOURCE_BYTES).expect("a length") + 1;
    let deep = format!("let depth = {}1{}\n", "[".repeat(130), "]".repeat(130));
    let generated = [
        (codes::P0001, Content::NotText { readable: "caf\u{fffd}".into(), offset: 3, utf16: false }),
        (codes::P0001, Content::NotText { readable: "\u{fffd}".into(), offset: 0, utf16: true }),
        (codes::P0002, Content::TooLarge),
        (codes::P0003, Content::Text(deep.into())),
    ];
    assert!(
        pipec_syntax::parse(Anchor(0), &" ".repeat(long))
            .diagnostics
            .iter()
            .any(|it| it.code == codes::P0002)
    );
    for (code, content) in generated {
        let texts = [InputText { path: "shop.pipe".to_owned(), content }];
        let compilation = Session::new().compile(&texts, &options());
        let given: BTreeSet<Code> = compilation.diagnostics.iter().map(|it| it.code).collect();
        assert_eq!(given, BTreeSet::from([code]), "{}", all_shown(&compilation));
        let page = pages::load(code).expect("a page");
        let consoles = page.section("Example").map(|section| section.consoles.concat()).unwrap_or_default();
        for diagnostic in &compilation.diagnostics {
            let line = format!("error[{code}]: {}\n", diagnostic.message);
            assert!(consoles.contains(&line), "{code}'s page does not show\n{line}");
        }
    }
}

#[test]
fn each_generated_code_is_listed_once_with_its_console() {
    let codes: BTreeSet<Code> = BEYOND_SOURCE.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes.len(), BEYOND_SOURCE.len());
    for (code, reason) in BEYOND_SOURCE {
        assert!(!reason.is_empty());
        let page = pages::load(*code).expect("a page");
        let example = page.section("Example").unwrap_or_else(|| panic!("{code} has no example"));
        let shows = example.consoles.iter().any(|console| console.contains(&code.to_string()));
        assert!(shows, "{code}'s console does not show it");
    }
}

/// The sources of the compiler and its targets without tests. Each has its path from the root and its text.
fn compiler_sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut found = Vec::new();
    for entry in ignore::WalkBuilder::new(root).build() {
        let entry = entry.expect("the tree can be read");
        let path = entry.path().strip_prefix(root).expect("below the root");
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        let tests = ["tests", "benches", "examples"];
        let is_test = path.iter().any(|part| tests.iter().any(|test| part == *test || part == "tests.rs"));
        if is_source && !is_test {
            let text = fs::read_to_string(entry.path()).expect("a source");
            let text = text.split("#[cfg(test)]\nmod tests {").next().expect("the first part").to_owned();
            found.push((path.to_owned(), text));
        }
    }
    assert!(found.len() > 50, "these can't be all sources: {}", found.len());
    found
}

/// The words of a text that look like codes: `P` and four digits.
fn codes_in(text: &str) -> BTreeSet<String> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| {
            word.strip_prefix('P')
                .is_some_and(|number| number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_code_of_the_registry_is_reported_somewhere() {
    let sources = compiler_sources();
    let given = |code: Code| {
        let name = format!("codes::{code}");
        sources.iter().any(|(_, text)| text.contains(&name))
    };
    let never: Vec<String> =
        Code::all().filter(|code| !given(*code)).map(|code| format!("{code} {}", code.slug())).collect();
    assert!(never.is_empty(), "in the registry, and never given: {}", never.join(", "));
}

#[test]
fn no_source_and_no_page_names_a_code_that_is_not_registered() {
    let registered: BTreeSet<String> = Code::all().map(|code| code.to_string()).collect();
    let pages =
        Code::all().map(|code| (pages::path(code), fs::read_to_string(pages::path(code)).expect("a page")));
    let unknown: Vec<String> = compiler_sources()
        .into_iter()
        .chain(pages)
        .flat_map(|(path, text)| {
            let strangers: Vec<String> = codes_in(&text).difference(&registered).cloned().collect();
            strangers.into_iter().map(move |code| format!("{}: {code}", path.display()))
        })
        .collect();
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn every_page_belongs_to_a_code() {
    let folder = pages::path(codes::P0001);
    let folder = folder.parent().expect("the folder of the pages");
    let wanted: BTreeSet<String> = Code::all().map(|code| format!("{code}.md")).collect();
    let found: BTreeSet<String> = fs::read_dir(folder)
        .expect("the pages")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, wanted);
}
