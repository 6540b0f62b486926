//! The grammar in the language's reference has one reading for every text. The compiler's parser accepts exactly that
//! grammar.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that panics fails its test"
)]

use std::collections::BTreeSet;

use pipec_base::Anchor;
use pipec_format::Formatted;
use pipec_syntax::words::Block;
use pipec_tests::grammar::bnf::{self, Bnf, Extent, Symbol, Terminal};
use pipec_tests::grammar::ebnf::{Expression, Grammar};
use pipec_tests::grammar::lalr::Tables;
use pipec_tests::grammar::sentences::{Random, Shortest, write};

const PAGE: &str = include_str!("../../compiler/docs/grammar.md");

fn conflicts(ebnf: &str) -> Vec<String> {
    let bnf = Bnf::new(&Grammar::read(ebnf).unwrap(), Extent::Whole).unwrap();
    Tables::new(&bnf).conflicts().iter().map(ToString::to_string).collect()
}

/// The reference's rules with one change.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(PAGE.matches(from).count(), 1, "the page has `{from}` once");
    let page = PAGE.replace(from, to);
    let blocks = page.split("```ebnf\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().concat()
}

#[test]
fn every_text_has_one_reading_with_and_without_planned_forms() {
    let grammar = Grammar::read_page(PAGE).unwrap();
    for extent in [Extent::Built, Extent::Planned, Extent::Whole] {
        let bnf = Bnf::new(&grammar, extent).unwrap();
        let conflicts: Vec<String> = Tables::new(&bnf).conflicts().iter().map(ToString::to_string).collect();
        assert!(conflicts.is_empty(), "{}", conflicts.join("\n\n"));
    }
}

#[test]
fn an_else_without_a_partner_is_found_and_shown() {
    let found = conflicts(r#"statement = "if" INT "then" statement [ "else" statement ] | "stop" ;"#);
    assert_eq!(
        found,
        [r#"two readings before "else"
  statement = "if" INT "then" statement •
  statement = "if" INT "then" statement • "else" statement
  for example: if 42 then if 1 then stop else"#]
    );
}

#[test]
fn ambiguous_grammars_are_found() {
    for ambiguous in [
        r#"sum = sum "+" sum | INT ;"#,
        r#"all = left | right ; left = "a" ; right = "a" ;"#,
        r#"all = "a" | "a" ;"#,
        r#"all = [ "a" ] [ "a" ] "b" ;"#,
        r#"all = { [ "a" ] } "b" ;"#,
        r#"all = { "a" } { "a" } ;"#,
        r#"all = { "run" [ NAME ] | "check" } ;"#,
        r#"all = { NAME [ "file" ] } ;"#,
        // Unambiguous, but one token of lookahead is not enough.
        r#"all = first "c" "d" | second "c" "e" ; first = "a" ; second = "a" ;"#,
        // LR(1), but not LALR(1).
        r#"all = "a" one "d" | "b" two "d" | "a" two "e" | "b" one "e" ; one = "c" ; two = "c" ;"#,
    ] {
        assert!(!conflicts(ambiguous).is_empty(), "{ambiguous}");
    }
}

#[test]
fn unambiguous_grammars_are_accepted() {
    for sound in [
        r#"sum = { INT "+" } INT ;"#,
        r#"sum = sum "+" product | product ; product = product "*" INT | INT ;"#,
        r#"all = { "a" } "b" { "a" } ;"#,
        r#"all = { "run" [ NAME ] STRING | "check" STRING } ;"#,
        r#"all = { [ NAME "=" ] "action" STRING } ;"#,
        // LALR(1), but not SLR(1).
        r#"all = place "=" value | value ; place = "*" value | INT ; value = place ;"#,
        // A lookahead after a part that may be empty.
        r#"all = first none "b" | second none "c" ; first = "a" ; second = "a" "d" ; none = [ "x" ] ;"#,
    ] {
        assert_eq!(conflicts(sound), [""; 0], "{sound}");
    }
}

#[test]
fn ambiguous_continuation_words_are_found() {
    for (from, to, tokens) in [
        (r#"| "change" NAME texts"#, r#"| "because" text | "change" NAME texts"#, r#""because""#),
        (r#"| "check" NAME verbatim"#, r#"| "check" NAME verbatim | "file" text"#, r#""file""#),
        (r#"| "lock" NAME"#, r#"| "lock" NAME | "soak" DURATION"#, r#""soak""#),
        (r#"| "lock" NAME"#, r#"| "lock" NAME | "not" NAME"#, r#""not""#),
        (r#"| "shard" expression"#, r#"| "shard" [ NAME ]"#, r#""advisory""#),
        (r#""step" PERCENT ["#, r#"[ NAME ] PERCENT ["#, r#""soak""#),
    ] {
        let found = conflicts(&changed(from, to));
        let first_lines = found.iter().filter_map(|conflict| conflict.lines().next());
        assert!(first_lines.into_iter().any(|line| line.contains(tokens)), "{to}:\n{}", found.join("\n\n"));
    }
}

#[test]
fn a_name_and_a_variable_in_one_place_are_found() {
    let found =
        conflicts(&changed(r#"path         = NAME { "." WORD }"#, r#"path = NAME { "." ( NAME | VAR ) }"#));
    assert!(found.iter().any(|conflict| conflict.contains("NAME = word •\n  VAR = word •")), "{found:?}");
}

#[test]
fn rules_that_are_missing_or_left_over_are_errors() {
    let error = |ebnf| Bnf::new(&Grammar::read(ebnf).unwrap(), Extent::Whole).unwrap_err();
    assert_eq!(error("all = some ;"), "no rule defines `some`");
    assert_eq!(error("all = INT ; other = INT ;"), "no rule uses `other`");
    assert_eq!(Grammar::read("all = ( INT ;").unwrap_err(), "expected `)` before `;`");
}

/// Findings of the parser about texts that follow the grammar. They are a duplicate clause and a missing clause.
const NOT_OF_THE_GRAMMAR: [&str; 2] = ["P0015", "P0019"];

fn errors(text: &str) -> Vec<String> {
    let parsed = pipec_syntax::parse(Anchor::default(), text);
    parsed
        .diagnostics
        .iter()
        .filter(|finding| finding.is_error())
        .map(|finding| {
            let at = text.get(finding.span().range()).unwrap_or("");
            format!("{}: {} (at `{at}`)", finding.code, finding.message)
        })
        .collect()
}

fn errors_of_grammar(text: &str) -> Vec<String> {
    let mut errors = errors(text);
    errors.retain(|error| !NOT_OF_THE_GRAMMAR.iter().any(|code| error.starts_with(code)));
    errors
}

/// The finding about a planned form.
const PLANNED: &str = "P0020";

/// The errors, without those about the forms that an extent has in addition.
fn errors_within(extent: Extent, errors: Vec<String>) -> Vec<String> {
    let is_planned = |error: &String| extent == Extent::Planned && error.starts_with(PLANNED);
    errors.into_iter().filter(|error| !is_planned(error)).collect()
}

/// Fails with some of the texts that the parser reads wrongly, if there are any.
fn assert_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} texts, such as\n\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n\n")
    );
}

fn grammar(extent: Extent) -> Bnf {
    Bnf::new(&Grammar::read_page(PAGE).unwrap(), extent).unwrap()
}

/// What this version has, and what it parses.
const PARSED: [Extent; 2] = [Extent::Built, Extent::Planned];

/// A shortest text for each production. It has the terminals before the production, its symbols, and the terminals
/// after it.
fn shortest_texts(bnf: &Bnf) -> Vec<(Vec<usize>, Vec<Symbol>, Vec<usize>)> {
    let surroundings = Shortest::new(bnf).surroundings();
    let texts = bnf.productions.iter().skip(1).map(|production| {
        let (before, behind) = surroundings[production.left].clone().unwrap();
        (before, production.right.clone(), behind)
    });
    texts.collect()
}

#[test]
fn the_parser_reads_a_text_of_each_form() {
    let mut wrong = Vec::new();
    for extent in PARSED {
        let bnf = grammar(extent);
        let shortest = Shortest::new(&bnf);
        for (before, symbols, behind) in shortest_texts(&bnf) {
            let terminals = [before, shortest.terminals(&symbols), behind].concat();
            let text = write(&bnf, &terminals, &mut Random::new(0));
            let errors = errors_within(extent, errors_of_grammar(&text));
            if !errors.is_empty() {
                wrong.push(format!("{text}\n  {}", errors.join("\n  ")));
            }
        }
    }
    assert_none(&wrong);
}

/// The productions of a grammar, as the grammar writes them.
fn shown(bnf: &Bnf) -> Vec<String> {
    let show = |symbols: &[Symbol]| symbols.iter().map(|symbol| bnf.show(*symbol)).collect::<Vec<_>>();
    let line =
        |(left, right): (usize, &[Symbol])| format!("{} = {}", bnf.nonterminals[left], show(right).join(" "));
    bnf.productions.iter().map(|production| line((production.left, &production.right))).collect()
}

#[test]
fn each_planned_form_is_refused_and_its_layout_is_stable() {
    let bnf = grammar(Extent::Planned);
    let built: BTreeSet<String> = shown(&grammar(Extent::Built)).into_iter().collect();
    let shortest = Shortest::new(&bnf);
    let planned = shown(&bnf).into_iter().skip(1).map(|form| !built.contains(&form));
    let mut wrong = Vec::new();
    let mut forms = 0;
    for ((before, symbols, behind), is_planned) in shortest_texts(&bnf).into_iter().zip(planned) {
        let terminals = [before, shortest.terminals(&symbols), behind].concat();
        let text = write(&bnf, &terminals, &mut Random::new(0));
        let errors = errors(&text);
        forms += usize::from(is_planned);
        if is_planned && !errors.iter().any(|error| error.starts_with(PLANNED)) {
            wrong.push(format!("{text}\n  is accepted"));
        }
        if errors.iter().all(|error| error.starts_with(PLANNED)) {
            wrong.extend(unstable(&text));
        }
    }
    assert!(forms > 150, "{forms}");
    assert_none(&wrong);
}

/// The text, if formatting fails, changes its tokens or has another result the second time.
fn unstable(text: &str) -> Option<String> {
    let format = |text: &str| pipec_format::format(Anchor::default(), text);
    let once = format(text);
    match &once {
        Formatted::Done(result) if format(result) == once => None,
        other => Some(format!("{text}\n  becomes {other:?}")),
    }
}

#[test]
fn the_parser_reads_random_texts() {
    let mut wrong = Vec::new();
    for extent in PARSED {
        let bnf = grammar(extent);
        let shortest = Shortest::new(&bnf);
        let item = bnf.nonterminal("item").unwrap();
        let mut random = Random::new(1);
        for size in 0..800 {
            let mut terminals = Vec::new();
            for _ in 0..=random.below(4) {
                terminals.extend(shortest.random(item, size / 5, &mut random));
            }
            let text = write(&bnf, &terminals, &mut random);
            let errors = errors_within(extent, errors_of_grammar(&text));
            if !errors.is_empty() {
                wrong.push(format!("{text}\n  {}", errors.join("\n  ")));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_tables_read_what_the_grammar_writes() {
    let bnf = grammar(Extent::Planned);
    let tables = Tables::new(&bnf);
    let shortest = Shortest::new(&bnf);
    let item = bnf.nonterminal("item").unwrap();
    let mut random = Random::new(2);
    for _ in 0..1000 {
        let terminals = shortest.random(item, 60, &mut random);
        assert_eq!(tables.read(&terminals), Ok(()), "{}", write(&bnf, &terminals, &mut random));
    }
}

/// The places of the grammar for a word. Each has the terminals before and after it, and the index of the word's class.
fn places_of_words(bnf: &Bnf) -> BTreeSet<(Vec<usize>, usize, Vec<usize>)> {
    let shortest = Shortest::new(bnf);
    let mut places = BTreeSet::new();
    for (before, symbols, behind) in shortest_texts(bnf) {
        for (place, symbol) in symbols.iter().enumerate() {
            if let Symbol::Nonterminal(class) = symbol
                && ["NAME", "VAR", "WORD", "CODE"].contains(&bnf.nonterminals[*class].as_str())
            {
                let front = [before.clone(), shortest.terminals(&symbols[..place])].concat();
                let rest = [shortest.terminals(&symbols[place + 1..]), behind.clone()].concat();
                places.insert((front, *class, rest));
            }
        }
    }
    assert!(places.len() > 100, "{}", places.len());
    places
}

/// The index of a keyword.
fn keyword(bnf: &Bnf, word: &str) -> usize {
    bnf.terminals.iter().position(|other| *other == Terminal::Keyword(word.to_owned())).unwrap()
}

/// A part of the grammar with its tables.
type Part<'g> = (Extent, &'g Bnf, &'g Tables<'g>);

/// The text, if the grammar and the parser disagree about it.
fn disagreement((extent, bnf, tables): Part<'_>, terminals: &[usize], random: &mut Random) -> Option<String> {
    let text = write(bnf, terminals, random);
    let read = tables.read(terminals);
    let errors = if read.is_ok() { errors_of_grammar(&text) } else { errors(&text) };
    let errors = errors_within(extent, errors);
    (read.is_ok() != errors.is_empty())
        .then(|| format!("{text}\n  the grammar: {read:?}, the parser: {errors:?}"))
}

#[test]
fn the_parser_accepts_every_keyword_as_a_name() {
    let bnf = grammar(Extent::Built);
    let places = places_of_words(&bnf);
    let mut wrong = Vec::new();
    for keyword in bnf::keywords(&Grammar::read_page(PAGE).unwrap()) {
        let Some(terminal) =
            bnf.terminals.iter().position(|other| *other == Terminal::Keyword(keyword.clone()))
        else {
            continue;
        };
        let texts = places.iter().filter(|(_, class, _)| {
            bnf.productions_of(*class).any(|(_, way)| way.right[0] == Symbol::Terminal(terminal))
        });
        let texts: Vec<String> = texts
            .map(|(front, _, rest)| {
                let terminals = [front.clone(), vec![terminal], rest.clone()].concat();
                write(&bnf, &terminals, &mut Random::new(0))
            })
            .collect();
        // All texts at once are faster. Only if that fails, each text is parsed alone.
        if !errors_of_grammar(&texts.join("\n")).is_empty() {
            for text in texts {
                let errors = errors_of_grammar(&text);
                if !errors.is_empty() {
                    wrong.push(format!("{text}\n  {}", errors.join("\n  ")));
                }
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn true_and_false_are_variables_but_no_names() {
    let bnf = grammar(Extent::Planned);
    let tables = Tables::new(&bnf);
    let part = (Extent::Planned, &bnf, &tables);
    let mut wrong = Vec::new();
    for (front, _, rest) in places_of_words(&bnf) {
        for word in ["true", "false"] {
            let terminals = [front.clone(), vec![keyword(&bnf, word)], rest.clone()].concat();
            wrong.extend(disagreement(part, &terminals, &mut Random::new(0)));
        }
    }
    assert_none(&wrong);
}

#[test]
fn an_allow_occurs_only_in_places_of_the_grammar() {
    let bnf = grammar(Extent::Planned);
    let tables = Tables::new(&bnf);
    let part = (Extent::Planned, &bnf, &tables);
    let shortest = Shortest::new(&bnf);
    let surroundings = shortest.surroundings();
    let allow = shortest.terminals(&[Symbol::Nonterminal(bnf.nonterminal("allow").unwrap())]);
    let mut wrong = Vec::new();
    for (_, rule) in CLAUSES {
        let rule = bnf.nonterminal(rule).unwrap();
        let (before, behind) = surroundings[rule].clone().unwrap();
        for (_, production) in bnf.productions_of(rule) {
            let clause = shortest.terminals(&production.right);
            let terminals = [before.clone(), allow.clone(), clause, behind.clone()].concat();
            wrong.extend(disagreement(part, &terminals, &mut Random::new(0)));
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_parser_refuses_what_the_grammar_refuses() {
    for extent in PARSED {
        refuses_the_same(extent);
    }
}

fn refuses_the_same(extent: Extent) {
    let bnf = grammar(extent);
    let tables = Tables::new(&bnf);
    let shortest = Shortest::new(&bnf);
    let item = bnf.nonterminal("item").unwrap();
    let mut random = Random::new(3);
    let mut refused = 0;
    let mut wrong = Vec::new();
    for _ in 0..3000 {
        let mut terminals = shortest.random(item, 40, &mut random);
        let place = random.below(terminals.len());
        let other = 1 + random.below(bnf.terminals.len() - 1);
        match random.below(6) {
            0 => drop(terminals.remove(place)),
            1 => {
                let from = random.below(terminals.len());
                let moved = terminals[from];
                terminals.insert(place, moved);
            }
            2 => terminals.insert(place, other),
            3 => terminals[place] = other,
            4 => {
                let part = shortest.random(random.below(bnf.nonterminals.len()), 4, &mut random);
                terminals.splice(place..place, part.into_iter().filter(|terminal| *terminal != Bnf::END));
            }
            _ => {
                let next = (place + 1).min(terminals.len() - 1);
                terminals.swap(place, next);
            }
        }
        refused += usize::from(tables.read(&terminals).is_err());
        wrong.extend(disagreement((extent, &bnf, &tables), &terminals, &mut random));
    }
    assert!(refused > 1500, "{refused}");
    assert_none(&wrong);
}

/// Each block of the parser's tables, with the grammar's rule for its clauses.
const CLAUSES: [(Block, &str); 24] = [
    (Block::File, "declaration"),
    (Block::Pipeline, "pipeline-clause"),
    (Block::Inputs, "input"),
    (Block::Stage, "stage-clause"),
    (Block::Body, "body-clause"),
    (Block::Checkout, "checkout-clause"),
    (Block::Measure, "expectation"),
    (Block::Sidecar, "sidecar-clause"),
    (Block::Matrix, "matrix-clause"),
    (Block::Leg, "default"),
    (Block::Override, "override-clause"),
    (Block::Strategy, "strategy-step"),
    (Block::Engine, "engine-step"),
    (Block::Environment, "environment-clause"),
    (Block::Runner, "runner-clause"),
    (Block::Role, "role-clause"),
    (Block::Registry, "registry-clause"),
    (Block::Platform, "platform-clause"),
    (Block::Finally, "finally-clause"),
    (Block::Family, "family-clause"),
    (Block::Records, "records-clause"),
    (Block::Source, "source-clause"),
    (Block::Endpoint, "endpoint-clause"),
    (Block::Predictor, "predictor-clause"),
];

/// The keywords at the beginning of a rule, and whether any name may begin it.
fn first_words(bnf: &Bnf, rule: &str) -> (BTreeSet<String>, bool) {
    let mut words = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut takes_names = false;
    let mut open: Vec<usize> = bnf.nonterminal(rule).into_iter().collect();
    while let Some(left) = open.pop() {
        for (_, production) in bnf.productions_of(left) {
            match production.right.first() {
                Some(Symbol::Nonterminal(number)) if bnf.nonterminals[*number] == "NAME" => {
                    takes_names = true
                }
                Some(Symbol::Nonterminal(number)) if seen.insert(*number) => open.push(*number),
                Some(Symbol::Terminal(number)) => match &bnf.terminals[*number] {
                    Terminal::Keyword(word) => drop(words.insert(word.clone())),
                    other => panic!("`{rule}` begins with {other:?}"),
                },
                _ => {}
            }
        }
    }
    (words, takes_names)
}

/// The keywords that may continue an expression that is already complete.
fn words_that_go_on(grammar: &Grammar, expression: &Expression, extent: Extent) -> BTreeSet<String> {
    match expression {
        Expression::Quoted(_) => BTreeSet::new(),
        Expression::Named(name) => {
            grammar.rule(name).map(|rule| words_that_go_on(grammar, &rule.body, extent)).unwrap_or_default()
        }
        Expression::Choice(parts) => {
            parts.iter().flat_map(|part| words_that_go_on(grammar, part, extent)).collect()
        }
        Expression::Sequence(parts) => {
            let mut words = BTreeSet::new();
            for part in parts.iter().rev() {
                words.append(&mut words_that_go_on(grammar, part, extent));
                let optional = match part {
                    Expression::Planned(inner) | Expression::Reserved(inner) => inner,
                    part => part,
                };
                if !matches!(optional, Expression::Optional(_) | Expression::Repeated(_)) {
                    break;
                }
            }
            words
        }
        Expression::Optional(inner) | Expression::Repeated(inner) => {
            let mut words = words_that_go_on(grammar, inner, extent);
            words.append(&mut words_that_begin(grammar, inner));
            words
        }
        Expression::Planned(inner) if extent >= Extent::Planned => words_that_go_on(grammar, inner, extent),
        Expression::Reserved(inner) if extent == Extent::Whole => words_that_go_on(grammar, inner, extent),
        Expression::Planned(_) | Expression::Reserved(_) => BTreeSet::new(),
    }
}

/// The keywords at the beginning of an optional part.
fn words_that_begin(grammar: &Grammar, expression: &Expression) -> BTreeSet<String> {
    match expression {
        Expression::Quoted(text) if text.starts_with(char::is_alphabetic) => BTreeSet::from([text.clone()]),
        Expression::Quoted(_) => BTreeSet::new(),
        Expression::Sequence(parts) => words_that_begin(grammar, &parts[0]),
        Expression::Choice(parts) => parts.iter().flat_map(|part| words_that_begin(grammar, part)).collect(),
        Expression::Named(name) => words_that_begin(grammar, &grammar.rule(name).unwrap().body),
        other => panic!("an optional part begins with {other}"),
    }
}

#[test]
fn the_parser_knows_the_words_that_begin_a_clause() {
    let page = Grammar::read_page(PAGE).unwrap();
    let [now, planned, later] =
        [Extent::Built, Extent::Planned, Extent::Whole].map(|extent| Bnf::new(&page, extent).unwrap());
    assert_eq!(CLAUSES.map(|(block, _)| block), Block::ALL);
    for (block, rule) in CLAUSES {
        let (words, takes_names) = first_words(&now, rule);
        let known: BTreeSet<String> = block.clauses().iter().map(|clause| clause.word.to_owned()).collect();
        // The formatter handles the other spelling of `artefact`.
        let known: BTreeSet<String> = known.into_iter().filter(|word| word != "artifact").collect();
        let (words_planned, _) = first_words(&planned, rule);
        // The clauses of a planned block are planned with it.
        let words = if words.is_empty() { words_planned.clone() } else { words };
        assert_eq!(words, known, "{rule}");
        assert_eq!(takes_names, block.takes_names(), "{rule}");

        let listed: BTreeSet<String> =
            block.planned().iter().map(|planned| planned.clause.word.to_owned()).collect();
        assert_eq!(words_planned.difference(&words).cloned().collect::<BTreeSet<_>>(), listed, "{rule}");

        let reserved: BTreeSet<String> =
            block.reserved().iter().map(|reserved| reserved.word.to_owned()).collect();
        let (words_later, _) = first_words(&later, rule);
        assert_eq!(
            words_later.difference(&words_planned).cloned().collect::<BTreeSet<_>>(),
            reserved,
            "{rule}"
        );
    }
}

#[test]
fn the_parser_knows_the_continuation_words() {
    let page = Grammar::read_page(PAGE).unwrap();
    for (block, rule) in CLAUSES {
        let body = &page.rule(rule).unwrap().body;
        let known: BTreeSet<String> = block
            .clauses()
            .iter()
            .flat_map(|clause| clause.continues.iter().map(|word| (*word).to_owned()))
            .collect();
        assert!(words_that_go_on(&page, body, Extent::Built).is_subset(&known), "{rule}: {known:?}");
        assert!(known.is_subset(&words_that_go_on(&page, body, Extent::Whole)), "{rule}: {known:?}");
    }
}

#[test]
fn no_continuation_word_begins_another_clause() {
    let page = Grammar::read_page(PAGE).unwrap();
    let bnf = Bnf::new(&page, Extent::Whole).unwrap();
    for (_, rule) in CLAUSES {
        let (begin, _) = first_words(&bnf, rule);
        let go_on = words_that_go_on(&page, &page.rule(rule).unwrap().body, Extent::Whole);
        assert!(begin.is_disjoint(&go_on), "{rule}: {begin:?} and {go_on:?}");
        let allow = words_that_go_on(&page, &page.rule("allow").unwrap().body, Extent::Whole);
        assert!(begin.is_disjoint(&allow), "{rule}: {begin:?} and {allow:?}");
    }
}
