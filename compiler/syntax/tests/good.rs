//! Good programs and their trees.
#![expect(clippy::string_slice, reason = "a wrong slice fails the test")]
#![expect(clippy::disallowed_methods, reason = "the cases are files")]

use pipec_base::Anchor;
use pipec_syntax::ast::{Allow, Declaration, Literal, PipelineClause, StageClause};
use pipec_syntax::words::Block;
use pipec_syntax::{Parsed, parse};

/// Parses a text.
fn read(text: &str) -> Parsed {
    parse(Anchor(0), text)
}

/// The tree without its spans, which would hide the rest of a snapshot.
fn tree(text: &str) -> String {
    let parsed = read(text);
    assert_eq!(parsed.diagnostics, []);
    let whole = format!("{:#?}", parsed.tree);
    let mut lines: Vec<String> = Vec::new();
    for line in whole.lines() {
        let inside = line.trim_start();
        let is_span = inside.contains("..")
            && inside.chars().all(|letter| letter.is_ascii_digit() || ":.,".contains(letter));
        if is_span || inside.starts_with("span: ") || inside == "docs: []," || inside == "allows: []," {
            continue;
        }
        match inside.strip_prefix("node: ") {
            // A spanned value moves to the line of its field.
            Some(value) if value.ends_with(',') => {
                let begun = lines.pop().unwrap_or_default();
                lines.push(begun.replace("Spanned {", value.trim_end_matches(',')));
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.retain(|line| !matches!(line.trim(), "}," | ")," | "]," | "}" | ")" | "]"));
    lines.join("\n")
}

#[test]
fn every_clause_of_the_grammar_is_in_the_tree() {
    let text = include_str!("good/everything.pipe");
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("everything", tree(text));
    });
}

#[test]
fn a_program_on_one_line_is_the_same_program() {
    for path in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/good")).unwrap() {
        let text = std::fs::read_to_string(path.unwrap().path()).unwrap();
        if text.contains("\"\"\"") {
            continue;
        }
        let (mut bare, mut words) = (text.clone(), Vec::new());
        for token in read(&text).tokens.iter().rev() {
            if token.is_comment() {
                bare.replace_range(token.span.range(), "");
            } else {
                words.insert(0, token.text(&text));
            }
        }
        assert_eq!(tree(&words.join(" ")), tree(&bare));
    }
}

#[test]
fn the_program_of_every_clause_on_one_line_has_no_fault() {
    let text = include_str!("good/everything.pipe");
    let parsed = read(text);
    let words: Vec<&str> =
        parsed.tokens.iter().filter(|token| !token.is_comment()).map(|token| token.text(text)).collect();
    let line = words.join(" ").replace("\n", "\\n");
    let start = line.find("\"\"\"").unwrap();
    let end = line.rfind("\"\"\"").unwrap() + 3;
    let line = format!("{}\"\"\"cat\"\"\"{}", &line[..start], &line[end..]);
    assert_eq!(line.lines().count(), 1);
    assert_eq!(read(&line).diagnostics, []);
    assert_eq!(read(&line).tree.items.len(), parsed.tree.items.len());
}

#[test]
fn every_keyword_but_true_and_false_may_be_a_name() {
    for block in Block::ALL {
        for clause in block.clauses() {
            let word = clause.word;
            let text = format!(
                "pipeline {word} {{ on push to {word} stage {word} after {word} when branch is {word} and input {word} is 1 {{ gate {word}: {word} of {word}, {word} = {word}.{word}({word}: {word}, {word}: [{word}]) {{ uses {word} run {word} \"x\" }} }} }} let {word} = {word}"
            );
            assert_eq!(read(&text).diagnostics, [], "{text}");
        }
    }
}

#[test]
fn documentation_and_allowances_belong_to_the_next_clause() {
    let text = "/// One.\n/// Two.\n\n// no\nallow P0905 because \"x\" until 2027-01-31\n/// Three.\nlet a = 1 /// not this\nlet b = 2\n";
    let parsed = read(text);
    assert_eq!(parsed.diagnostics, []);
    let [first, second] = parsed.tree.items.as_slice() else { panic!("{:#?}", parsed.tree) };
    assert_eq!(first.docs, ["One.", "Two."]);
    assert_eq!(&text[first.span.range()], "let a = 1");
    assert_eq!(second.docs, Vec::<String>::new());
    let [Allow { code, because, until: Some(until), span }] = first.allows.as_slice() else {
        panic!("{first:#?}")
    };
    assert_eq!((code.node.as_str(), because.node.as_str()), ("P0905", "x"));
    assert_eq!((until.node.year, until.node.month, until.node.day), (2027, 1, 31));
    assert_eq!(&text[span.range()], "allow P0905 because \"x\" until 2027-01-31");
}

#[test]
fn spans_are_exact() {
    let text = "pipeline a { stage  b   when not fork { gate c : test of d { run \"é\" } } }";
    let parsed = read(text);
    let Declaration::Pipeline(pipeline) = &parsed.tree.items[0].kind else { panic!() };
    assert_eq!(parsed.tree.items[0].span.range(), 0..text.len());
    let PipelineClause::Stage(stage) = &pipeline.clauses[0].kind else { panic!() };
    assert_eq!(&text[stage.name.span.range()], "b");
    assert_eq!(&text[stage.when.as_ref().unwrap().span().range()], "not fork");
    let gate = &stage.clauses[0];
    assert_eq!(&text[gate.span.range()], "gate c : test of d { run \"é\" }");
    let StageClause::Gate { of, work, .. } = &gate.kind else { panic!() };
    assert_eq!(&text[of[0].span.range()], "d");
    let body = work.body.as_ref().unwrap();
    assert_eq!(&text[body.span.range()], "{ run \"é\" }");
    assert_eq!(&text[body.clauses[0].span.range()], "run \"é\"");
}

#[test]
fn raw_strings_are_dedented_to_their_closing_quotes() {
    let value = |text: &str| {
        let parsed = read(text);
        assert_eq!(parsed.diagnostics, [], "{text:?}");
        match &parsed.tree.items[0].kind {
            Declaration::Let(constant) => match &constant.value {
                pipec_syntax::ast::Expression::String(string) => string.verbatim().unwrap(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(value("let a = \"\"\"\n  one\n    two\n\n  three\n  \"\"\""), "one\n  two\n\nthree");
    assert_eq!(value("let a = \"\"\"\r\n  one\r\n  two\r\n  \"\"\"\r\n"), "one\ntwo");
    assert_eq!(value("let a = \"\"\"\n\ttab \\n $x {y}\n\n\t\"\"\""), "tab \\n $x {y}\n");
    assert_eq!(value("let a = \"\"\"\n\"\"\""), "");
    assert_eq!(value("let a = \"\"\"\"\"\""), "");
    assert_eq!(value("let a = \"\"\"say \"hi\"\"\"\""), "say \"hi\"");
    assert_eq!(value("let a = \"\\\"\\\\\\n\\t\\u{e9}{}$\""), "\"\\\n\té{}$");
}

#[test]
fn numbers_are_read_in_their_units() {
    let text = "let a = [1, 0.50, 90m, 12.5%, 2GiB, 24:00, 2028-02-29, true, 250ms, 3d]";
    let parsed = read(text);
    let Declaration::Let(constant) = &parsed.tree.items[0].kind else { panic!() };
    let pipec_syntax::ast::Expression::List(values, _) = &constant.value else { panic!() };
    let literals: Vec<String> = values
        .iter()
        .map(|value| match value {
            pipec_syntax::ast::Expression::Literal(literal) => match &literal.node {
                Literal::Duration(duration) => format!("{} ms", duration.milliseconds),
                Literal::Size(size) => format!("{} bytes", size.bytes),
                other => format!("{other:?}"),
            },
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        literals,
        [
            "Integer(1)",
            "Decimal(\"0.50\")",
            "5400000 ms",
            "Percent(\"12.5\")",
            "2147483648 bytes",
            "Time(Time { hour: 24, minute: 0 })",
            "Date(Date { year: 2028, month: 2, day: 29 })",
            "Boolean(true)",
            "250 ms",
            "259200000 ms",
        ]
    );
}

#[test]
fn a_clause_may_be_long() {
    for length in 0..200 {
        let ones = vec!["1"; length].join(", ");
        for text in [
            format!("let x = f(a: [{ones}])"),
            format!("let x = [{ones}, f(a: 1)]").replace("[, ", "["),
            format!("pipeline p = make(a: [{ones}]) let y = 1"),
            format!("pipeline p {{ stage s {{ gate t: test = f(a: [{ones}]) {{ run \"x\" }} }} }}"),
            format!("let x = $\"{{f(a: [{ones}])}}\" let y = 1"),
        ] {
            assert_eq!(read(&text).diagnostics, [], "{text}");
        }
    }
    for length in 1..100 {
        let names = vec!["a"; length].join(", ");
        let facts = vec!["fork"; length].join(" and ");
        for text in [
            format!("pipeline p {{ protect {names} change docs \"a\" because \"b\" }}"),
            format!("pipeline p {{ stage s after {names} when {facts} {{ }} }}"),
            format!("pipeline p {{ change docs {} because \"b\" }}", vec!["\"a\""; length].join(", ")),
            format!("task t(x: {} = \"a\") -> test {{ }}", vec!["\"a\""; length].join(" | ")),
        ] {
            assert_eq!(read(&text).diagnostics, [], "{text}");
        }
    }
}

#[test]
fn lines_end_anywhere() {
    for body in [
        "uses main,\nenv run \"x\"",
        "shift\nrun \"x\" run \"y\"",
        "timeout\nrun run \"x\"",
        "timeout\nrun.timeout run \"x\"",
        "uses\nenv,\nrun,\ncheck check\ncheck \"x\"",
        "may write\nrun path \"a\"",
        "runs\non\nrun name \"a\"",
    ] {
        let text = format!("pipeline p {{ stage s {{ deploy a to b {{ {body} }} }} }}");
        assert_eq!(tree(&text), tree(&text.replace('\n', " ")), "{body}");
    }
    let environment = "environment production { lock\nfrom from a tier\nlock lock b }";
    let findings = read(environment).diagnostics;
    assert_eq!(
        findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>(),
        ["`lock` appears twice"]
    );
}

#[test]
fn a_default_may_touch_the_type_it_belongs_to() {
    let cut = |text| {
        let tokens = read(text).tokens;
        tokens.iter().map(|token| token.text(text)).collect::<Vec<_>>().join(" ")
    };
    for (text, spaced) in [
        ("task t(x: list<int>=[1]) -> test { }", "task t ( x : list < int > = [ 1 ] ) -> test { }"),
        (
            "task t(x: list<list<int>>=[], y: list<\"a\"|\"b\">=[]) -> test { }",
            "task t ( x : list < list < int > > = [ ] , y : list < \"a\" | \"b\" > = [ ] ) -> test { }",
        ),
    ] {
        assert_eq!(read(text).diagnostics, []);
        assert_eq!(cut(text), spaced);
    }
    assert_eq!(
        cut("expect a < b expect c >= 1 expect \"d\"<5 expect e>=2"),
        "expect a < b expect c >= 1 expect \"d\" < 5 expect e >= 2"
    );
}

#[test]
fn every_clause_with_a_keyword_may_have_an_allow() {
    for text in [
        "runner r { ALLOW image \"a\" ALLOW cpu 2 }",
        "registry \"a\" { ALLOW user A ALLOW password B }",
        "pipeline p { on manual { ALLOW input a: string } }",
        "task t() -> test { checkout { ALLOW lfs } measure \"a\" { ALLOW expect b >= 1 } }",
        "task t() -> test { sidecar a { ALLOW image \"a\" } override by r { ALLOW expires 2h } }",
        "task t() -> test { matrix { linux { ALLOW env A = 1 } } strategy canary { ALLOW step 5% } }",
    ] {
        let allowed = text.replace("ALLOW", "allow P0905 because \"x\" until 2027-01-31");
        let count = text.matches("ALLOW").count();
        assert_eq!(tree(&allowed).matches("until: Some").count(), count, "{text}");
    }
    // In a block whose clauses begin with names, `allow` is an ordinary name.
    let names = "task t() -> test { matrix { allow \"a\" until 2027-01-31 } }";
    assert_eq!(tree(names).matches("Axis").count(), 2);
}
