//! A written document is read back as the same tree. This test has one reader; `examples/awkward.rs` prints the corpus
//! for others.

#![expect(clippy::panic, reason = "a failing helper fails its test")]

use std::borrow::Cow;
use std::collections::BTreeSet;

use pipec_yaml::{Document, Entry, Item, Mapping, Node, Sequence, Style, Text, write};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::Value;

const AWKWARD: &str = include_str!("awkward.json");

/// Pieces of awkward strings.
const PIECES: [&str; 64] = [
    "on",
    "yes",
    "y",
    "N",
    "null",
    "inf",
    ".inf",
    "nan",
    "true",
    "e",
    "E",
    "T",
    "Z",
    "x",
    "o",
    "0",
    "1",
    "7",
    "60",
    "2001",
    "-",
    "+",
    ".",
    "_",
    ",",
    ":",
    ": ",
    " #",
    "#",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\t",
    "\\",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    "|",
    ">",
    "&",
    "*",
    "!",
    "%",
    "@",
    "`",
    "?",
    "<<",
    "=",
    "~",
    "$",
    "a",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{a0}",
    "\u{7}",
    "\u{1f680}",
    "é",
    "---",
];

fn expected(node: &Node<'_>) -> Value {
    match node {
        Node::String(Text { value, style: Style::Wrapped }) => Value::from(value.replace('\n', " ")),
        Node::String(text) => Value::from(text.value.as_ref()),
        Node::Integer(integer) => Value::from(*integer),
        Node::Boolean(boolean) => Value::from(*boolean),
        Node::Sequence(sequence) => sequence.items.iter().map(|item| expected(&item.value)).collect(),
        Node::Mapping(mapping) => {
            mapping.entries.iter().map(|entry| (entry.key.to_string(), expected(&entry.value))).collect()
        }
    }
}

fn read(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => vec(proptest::sample::select(PIECES.as_slice()), 0..10).prop_map(|pieces| pieces.concat()),
        1 => vec(any::<char>(), 0..12).prop_map(String::from_iter),
        1 => "[ -~]{0,20}",
    ]
    .prop_map(|text| text.replace('\0', ""))
}

fn text() -> impl Strategy<Value = Cow<'static, str>> {
    string().prop_map(Cow::Owned)
}

fn comments() -> impl Strategy<Value = (Vec<Cow<'static, str>>, Option<Cow<'static, str>>, bool)> {
    (vec(text(), 0..2), option::weighted(0.2, text()), any::<bool>())
}

fn mapping(value: impl Strategy<Value = Node<'static>>) -> impl Strategy<Value = Mapping<'static>> {
    vec((string(), value, comments()), 0..5).prop_map(|entries| {
        let mut seen = BTreeSet::new();
        let entries = entries
            .into_iter()
            .filter(|(key, ..)| seen.insert(key.to_uppercase().to_lowercase()))
            .map(|(key, value, (comment_above, trailing_comment, blank_before))| Entry {
                comment_above,
                trailing_comment,
                blank_before,
                ..Entry::new(key, value)
            })
            .collect();
        Mapping { entries }
    })
}

fn node() -> impl Strategy<Value = Node<'static>> {
    let scalar = prop_oneof![
        3 => string().prop_map(Node::plain_or_quoted),
        1 => string().prop_map(Node::double_quoted),
        1 => string().prop_map(Node::wrapped),
        1 => vec(string(), 1..9).prop_map(|lines| Node::wrapped(lines.join("\n&& "))),
        3 => string().prop_map(Node::script),
        1 => (-(1_i64 << 53) + 1..1 << 53).prop_map(Node::Integer),
        1 => any::<bool>().prop_map(Node::Boolean),
    ];
    scalar.prop_recursive(4, 24, 4, |value| {
        let item = (value.clone(), comments()).prop_map(
            |(value, (comment_above, trailing_comment, blank_before))| Item {
                comment_above,
                trailing_comment,
                blank_before,
                ..Item::new(value)
            },
        );
        prop_oneof![
            (vec(item, 0..4), any::<bool>())
                .prop_map(|(items, flow)| Node::Sequence(Sequence { items, flow })),
            vec(value.clone(), 0..4).prop_map(|items| Sequence::flow(items).into()),
            mapping(value).prop_map(Node::Mapping),
        ]
    })
}

fn document() -> impl Strategy<Value = Document<'static>> {
    (vec(text(), 0..3), mapping(node())).prop_map(|(header, root)| Document { header, root })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_tree_is_read_back(document in document()) {
        let text = write(&document).unwrap();
        prop_assert_eq!(read(&text), expected(&Node::Mapping(document.root)), "{}", text);
    }

    #[test]
    fn the_same_tree_gives_the_same_text(document in document()) {
        prop_assert_eq!(write(&document), write(&document.clone()));
    }

    #[test]
    fn comments_and_empty_lines_change_nothing(document in document()) {
        let bare = Document { header: Vec::new(), root: without_comments(document.root.clone()) };
        prop_assert_eq!(read(&write(&document).unwrap()), read(&write(&bare).unwrap()));
    }

    #[test]
    fn a_forced_quote_is_one_line(text in string()) {
        let root = Mapping::new().entry("if", Node::double_quoted(text));
        let written = write(&Document::new(root)).unwrap();
        prop_assert!(written.starts_with("if: \"") && written.ends_with("\"\n"));
        prop_assert_eq!(written.lines().count(), 1);
    }

    #[test]
    fn only_visible_characters_are_written(document in document()) {
        let text = write(&document).unwrap();
        prop_assert!(!text.contains(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{feff}', '\u{7}', '\u{a0}']), "{}", text);
    }
}

fn without_comments(mapping: Mapping<'_>) -> Mapping<'_> {
    let strip = |value| match value {
        Node::Mapping(mapping) => Node::Mapping(without_comments(mapping)),
        other => other,
    };
    Mapping {
        entries: mapping.entries.into_iter().map(|entry| Entry::new(entry.key, strip(entry.value))).collect(),
    }
}

#[test]
fn every_awkward_string_is_read_back_in_every_style_and_place() {
    let strings: Vec<String> = serde_json::from_str(AWKWARD).unwrap();
    assert!(strings.len() >= 150);
    for text in &strings {
        let lines = |text: &str| Node::wrapped(format!("{text}\n|| {text} {}", "x".repeat(120)));
        let styles =
            [Node::plain_or_quoted(text), Node::double_quoted(text), Node::script(text), lines(text)];
        let root = Mapping::new()
            .entry("list", Sequence::block(styles.clone()))
            .entry("brackets", Sequence::flow(styles.clone()))
            .entry("key", Mapping::new().entry(text, 1))
            .entry("script", Node::script(text))
            .comment_above(text)
            .trailing_comment(text)
            .entry("nested", Sequence::block([Mapping::new().entry("run", Node::script(text))]))
            .comment_above(text)
            .blank_before();
        let written = write(&Document::new(root.clone()).header(text)).unwrap();
        assert_eq!(read(&written), expected(&Node::Mapping(root)), "{text:?}\n{written}");
    }
}

#[test]
fn the_awkward_strings_are_distinct() {
    let strings: Vec<String> = serde_json::from_str(AWKWARD).unwrap();
    assert_eq!(strings.iter().collect::<BTreeSet<_>>().len(), strings.len());
}

#[test]
fn a_script_of_30_kilobytes_is_read_back() {
    let text = "  printf '%s\\n' \"${{ x }}\" # a line: of many\n".repeat(700);
    assert!(text.len() > 30_000);
    let root = Mapping::new().entry("run", Node::script(&text));
    let written = write(&Document::new(root)).unwrap();
    assert!(written.starts_with("run: |2\n"));
    assert_eq!(read(&written), serde_json::json!({ "run": text }));
}
