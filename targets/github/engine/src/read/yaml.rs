//! The YAML that GitHub reads: version 1.2, core schema, one document.
//!
//! Keys that differ only in case are duplicates. There are no merge keys, and the limits are a depth of 50 and 50,000
//! nodes (engine semantics, section 4).
//!
//! Anchors, aliases and tags are refused, although GitHub accepts some: generated files have none, and a refused
//! document can't be misread. For example, `{on: a, On: b}` is refused because of its keys.

use super::scalar::{ignoring_case, number_text};
use crate::read::expression::Template;
use crate::read::text::{Text, Texts};
use granit_parser::{Event, Parser, ScalarStyle};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::rc::Rc;
use std::slice;

/// The maximum size of a file on GitHub, in bytes.
const BYTES: usize = 500 * 1024;
/// The maximum depth on GitHub.
const DEPTH: usize = 50;
/// The maximum number of nodes on GitHub.
const NODES: usize = 50_000;

/// A node of the document and the line it starts on, from 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) line: usize,
}

/// The value of a node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// The number, and its written form.
    Number(f64, Text),
    Text(Text),
    List(Rc<[Node]>),
    Map(Rc<[(Text, Node)]>),
}

impl Node {
    /// The value of a key. Keys are compared exactly, since other spellings are refused as unknown.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name.as_str() == key).map(|(_, node)| node)
    }

    /// The entries of a map. Empty for other values.
    pub(crate) fn entries(&self) -> &[(Text, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A scalar in the place of a string.
    pub(crate) fn scalar(&self) -> Option<Cow<'_, str>> {
        match &self.value {
            Value::Null => Some(Cow::Borrowed("")),
            Value::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            Value::Number(number, _) => Some(Cow::Owned(number_text(*number))),
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// That string with its expressions. `None` if GitHub refuses one.
    pub(crate) fn template(&self) -> Option<Cow<'_, Template>> {
        match &self.value {
            Value::Text(text) => text.template().map(Cow::Borrowed),
            _ => Template::of(&self.scalar()?).map(Cow::Owned),
        }
    }

    /// A string, or the strings of a list of strings.
    pub(crate) fn texts(&self) -> Option<Vec<String>> {
        match &self.value {
            Value::Text(text) => Some(vec![text.to_string()]),
            Value::List(items) => items.iter().map(|item| item.text().map(str::to_owned)).collect(),
            _ => None,
        }
    }

    /// Every string in the node with its line, including keys.
    pub(crate) fn strings(&self) -> Strings<'_> {
        Strings { node: Some(self), open: Vec::new() }
    }
}

/// The strings of a node, in the order of the file.
pub(crate) struct Strings<'n> {
    /// The next node.
    node: Option<&'n Node>,
    /// The rest of the lists and maps around it.
    open: Vec<Rest<'n>>,
}

enum Rest<'n> {
    Items(slice::Iter<'n, Node>),
    Entries(slice::Iter<'n, (Text, Node)>),
}

impl<'n> Iterator for Strings<'n> {
    type Item = (&'n Text, usize);

    fn next(&mut self) -> Option<(&'n Text, usize)> {
        loop {
            match self.node.take().map(|node| (&node.value, node.line)) {
                Some((Value::Text(text), line)) => return Some((text, line)),
                Some((Value::List(items), _)) => self.open.push(Rest::Items(items.iter())),
                Some((Value::Map(entries), _)) => self.open.push(Rest::Entries(entries.iter())),
                Some((Value::Null | Value::Bool(_) | Value::Number(..), _)) | None => {}
            }
            match self.open.last_mut()? {
                Rest::Items(items) => self.node = items.next(),
                Rest::Entries(entries) => {
                    if let Some((key, node)) = entries.next() {
                        self.node = Some(node);
                        return Some((key, node.line));
                    }
                }
            }
            if self.node.is_none() {
                self.open.pop();
            }
        }
    }
}

impl Node {
    /// The data as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number, _) => serde_json::from_str(&number_text(*number)).unwrap_or_default(),
            Value::Text(text) => text.to_string().into(),
            Value::List(items) => items.iter().map(Node::json).collect(),
            Value::Map(entries) => entries.iter().map(|(key, node)| (key.to_string(), node.json())).collect(),
        }
    }
}

/// The reason why GitHub can't read a text as a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) reason: String,
    pub(crate) line: usize,
}

/// Reads the only document of a file.
pub(crate) fn read(text: &str) -> Result<Node, Unreadable> {
    if text.len() > BYTES {
        return Err(Unreadable { reason: "the file is larger than GitHub reads".to_owned(), line: 1 });
    }
    // GitHub's reader accepts no tab as indentation. Inside a block scalar, a line starts with spaces.
    let tabbed = |line: &str| line.starts_with('\t') && !line.trim().is_empty();
    if (text.starts_with('\t') || text.contains("\n\t"))
        && let Some(place) = text.lines().position(tabbed)
    {
        return Err(Unreadable { reason: "a line is indented by a tab".to_owned(), line: place + 1 });
    }
    let mut reader = Reader {
        events: Parser::new_from_str(text),
        texts: Texts::default(),
        numbers: FxHashMap::default(),
        holders: Vec::new(),
        items: Vec::new(),
        entries: Vec::new(),
        nodes: 0,
    };
    reader.expect("a stream", |event| matches!(event, Event::StreamStart))?;
    reader.expect("a document", |event| matches!(event, Event::DocumentStart(_, None)))?;
    let (event, line) = reader.next()?;
    let root = reader.node(event, line, 0)?;
    reader.expect("the end of the document", |event| matches!(event, Event::DocumentEnd))?;
    reader.expect("one document only", |event| matches!(event, Event::StreamEnd))?;
    Ok(root)
}

struct Reader<'t> {
    events: Parser<'t, granit_parser::StrInput<'t>>,
    texts: Texts,
    /// The number of each key so far, in the form that ignores case. Keys that are equal for GitHub have the same number.
    numbers: FxHashMap<Text, usize>,
    /// The innermost unfinished map with a key of this number, as its index among the nodes; 0 if there is none.
    holders: Vec<usize>,
    /// The items of the unfinished lists, those of the innermost last.
    items: Vec<Node>,
    /// The entries of the unfinished maps, those of the innermost last.
    entries: Vec<Entry>,
    nodes: usize,
}

/// An entry of an unfinished map.
struct Entry {
    key: Text,
    node: Node,
    /// The number of its key, and the unfinished map around this one that has a key of this number.
    number: usize,
    outer: usize,
}

impl<'t> Reader<'t> {
    /// The next event with its line. The parser skips comments.
    fn next(&mut self) -> Result<(Event<'t>, usize), Unreadable> {
        match self.events.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start.line())),
            Some(Err(error)) => Err(refused(error.to_string(), error.marker().line())),
            None => Err(refused("the file ends too soon", 1)),
        }
    }

    fn expect(&mut self, what: &str, is: impl Fn(&Event<'t>) -> bool) -> Result<(), Unreadable> {
        let (event, line) = self.next()?;
        if is(&event) { Ok(()) } else { Err(refused(format!("expected {what}"), line)) }
    }

    fn node(&mut self, event: Event<'t>, line: usize, depth: usize) -> Result<Node, Unreadable> {
        self.admit(&event, line, depth)?;
        let value = match event {
            Event::Scalar(text, style, ..) => self.scalar(text, style),
            Event::SequenceStart(..) => {
                let first = self.items.len();
                loop {
                    let (event, line) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        break Value::List(self.items.drain(first..).collect());
                    }
                    let item = self.node(event, line, depth + 1)?;
                    self.items.push(item);
                }
            }
            Event::MappingStart(..) => self.map(depth)?,
            _ => return Err(refused("neither scalar nor list nor map", line)),
        };
        Ok(Node { value, line })
    }

    /// Refuses a node that exceeds the limits or is not plain data.
    fn admit(&mut self, event: &Event<'t>, line: usize, depth: usize) -> Result<(), Unreadable> {
        self.nodes += 1;
        if depth > DEPTH {
            return Err(refused("nested deeper than GitHub reads", line));
        }
        if self.nodes > NODES {
            return Err(refused("more nodes than GitHub reads", line));
        }
        if event.anchor_id().is_some_and(|id| id != 0) || event.is_alias() || event.tag().is_some() {
            return Err(refused("an anchor, an alias or a tag", line));
        }
        Ok(())
    }

    /// The value of a scalar. In the core schema, only a plain one can be anything else than a string.
    fn scalar(&mut self, text: Cow<'t, str>, style: ScalarStyle) -> Value {
        if style == ScalarStyle::Plain {
            match &*text {
                "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
                "true" | "True" | "TRUE" => return Value::Bool(true),
                "false" | "False" | "FALSE" => return Value::Bool(false),
                _ => {}
            }
            if let Some(number) = number(&text) {
                return Value::Number(number, self.texts.text(text));
            }
        }
        Value::Text(self.texts.text(text))
    }

    fn key(&mut self, event: Event<'t>, line: usize, depth: usize) -> Result<Text, Unreadable> {
        self.admit(&event, line, depth)?;
        let Event::Scalar(text, style, ..) = event else {
            return Err(refused("a key that is no string", line));
        };
        Ok(match self.scalar(text, style) {
            Value::Text(text) => text,
            value => {
                let node = Node { value, line };
                self.texts.text(node.scalar().unwrap_or_default())
            }
        })
    }

    /// The number of a key. Each key is looked up once.
    fn number(&mut self, key: &Text) -> usize {
        key.number_as_key(|| {
            let folded = match ignoring_case(Cow::Borrowed(key)) {
                Cow::Borrowed(_) => key.clone(),
                Cow::Owned(folded) => Text::from(&*folded),
            };
            let next = self.numbers.len();
            *self.numbers.entry(folded).or_insert(next)
        })
    }

    fn map(&mut self, depth: usize) -> Result<Value, Unreadable> {
        let map = self.nodes;
        let first = self.entries.len();
        loop {
            let (event, line) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let holders = &mut self.holders;
                let entries = self.entries.drain(first..).map(|Entry { key, node, number, outer }| {
                    hold(holders, number, outer);
                    (key, node)
                });
                return Ok(Value::Map(entries.collect()));
            }
            let key = self.key(event, line, depth + 1)?;
            if key.as_str() == "<<" {
                return Err(refused("a merge key, which GitHub does not know", line));
            }
            let number = self.number(&key);
            let outer = hold(&mut self.holders, number, map);
            if outer == map {
                return Err(refused(format!("the key `{}` occurs twice", key.as_str()), line));
            }
            let (event, line) = self.next()?;
            let node = self.node(event, line, depth + 1)?;
            self.entries.push(Entry { key, node, number, outer });
        }
    }
}

/// Sets the innermost map with a key of a number. Returns the one before.
fn hold(holders: &mut Vec<usize>, number: usize, map: usize) -> usize {
    if holders.len() <= number {
        holders.resize(number.saturating_add(1), 0);
    }
    holders.get_mut(number).map_or(0, |holder| std::mem::replace(holder, map))
}

fn refused(reason: impl Into<String>, line: usize) -> Unreadable {
    Unreadable { reason: reason.into(), line }
}

fn number(text: &str) -> Option<f64> {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.')) {
        return None;
    }
    let radix = |prefix: &str, radix: u32| {
        let digits = text.strip_prefix(prefix)?;
        let plain = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        if plain { u64::from_str_radix(digits, radix).ok().map(|number| number as f64) } else { None }
    };
    if let Some(number) = radix("0o", 8).or_else(|| radix("0x", 16)) {
        return Some(number);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => {
            return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
        }
        _ if matches!(text, ".nan" | ".NaN" | ".NAN") => return Some(f64::NAN),
        _ => {}
    }
    let decimal = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && unsigned.contains(|digit: char| digit.is_ascii_digit())
        && unsigned.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    if decimal { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(text: &str) -> String {
        read(text).unwrap_err().reason
    }

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        let node =
            read("a: 0755\nb: yes\nc: 12:30:45\nd: 1_000\ne: 1e3\nf: 2001-12-14\ng: 1.10\nh: ~\n").unwrap();
        let texts: Vec<String> =
            node.entries().iter().map(|(_, node)| node.scalar().unwrap().into_owned()).collect();
        assert_eq!(texts, ["755", "yes", "12:30:45", "1_000", "1000", "2001-12-14", "1.1", ""]);
    }

    #[test]
    fn trap_63_keys_that_differ_in_case_are_one_key_twice() {
        for document in ["on: push\nOn: tag\n", "Été: 1\néTÉ: 2\n", "É: 1\nÉ: 2\n", "a: {B: 1}\nA: {}\n"]
        {
            assert!(reason(document).contains("occurs twice"), "{document}");
        }
        assert!(read("on: {ON: {On: push}}\noff: {ON: push}\n").is_ok());
        for document in
            ["a: {b: {A: 1}, a: 1, B: 2}\n", "a: {A: {a: 1}}\nb: 1\nA: 2\n", "x: {y: {X: 1}}\nX: 1\n"]
        {
            assert!(reason(document).contains("occurs twice"), "{document}");
        }
    }

    #[test]
    fn trap_63_what_github_does_not_read_is_refused() {
        assert!(reason("a: {<<: {b: 1}}\n").contains("merge key"));
        assert!(reason("a: 1\n---\nb: 2\n").contains("one document"));
        assert!(reason("a: &x 1\nb: *x\n").contains("anchor"));
        assert!(reason("a: !!str 1\n").contains("tag"));
        assert!(reason(&"[".repeat(80)).len() > 1);
        assert!(read("\ta: 1\n").is_err());
    }

    #[test]
    fn a_block_scalar_keeps_its_last_newline() {
        let node = read("a: |\n  x\nb: |-\n  x\n").unwrap();
        assert_eq!(node.get("a").unwrap().text(), Some("x\n"));
        assert_eq!(node.get("b").unwrap().text(), Some("x"));
    }
}
