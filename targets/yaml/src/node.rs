//! The tree that is written, and its builders. It is used for one writing only, so it borrows texts if it can.

use std::borrow::Cow;

/// A whole file: comment lines, then a mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document<'t> {
    /// Comment lines at the top of the file, without `#`.
    pub header: Vec<Cow<'t, str>>,
    /// The content.
    pub root: Mapping<'t>,
}

impl<'t> Document<'t> {
    /// A document without a header.
    pub fn new(root: Mapping<'t>) -> Self {
        Document { header: Vec::new(), root }
    }

    /// Adds comment lines to the header: one, or one per line of the text.
    pub fn header(mut self, text: impl Into<Cow<'t, str>>) -> Self {
        self.header.push(text.into());
        self
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node<'t> {
    /// A string.
    String(Text<'t>),
    /// An integer, at most 2⁵³ - 1 in magnitude.
    Integer(i64),
    /// A boolean.
    Boolean(bool),
    /// A list.
    Sequence(Sequence<'t>),
    /// A mapping in source order.
    Mapping(Mapping<'t>),
}

/// A string and its style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<'t> {
    /// The value that every reader returns; of a wrapped text, with spaces for its line feeds.
    pub value: Cow<'t, str>,
    /// The requested style.
    pub style: Style,
}

/// The requested style of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Plain if every dialect reads the same string, otherwise double-quoted on one line.
    PlainOrQuoted,
    /// Double-quoted on one line.
    DoubleQuoted,
    /// Like [`Style::PlainOrQuoted`], but a long text has several lines. It may end a line where its value has a line feed,
    /// which every reader returns as a space.
    Wrapped,
    /// A literal block if every dialect reads the same bytes. Otherwise double-quoted, with one line for each line of
    /// the script.
    Script,
}

impl<'t> Node<'t> {
    /// A string. It is plain if that is safe in every dialect, otherwise double-quoted on one line.
    pub fn plain_or_quoted(value: impl Into<Cow<'t, str>>) -> Self {
        Node::String(Text { value: value.into(), style: Style::PlainOrQuoted })
    }

    /// A string that is always double-quoted on one line.
    pub fn double_quoted(value: impl Into<Cow<'t, str>>) -> Self {
        Node::String(Text { value: value.into(), style: Style::DoubleQuoted })
    }

    /// A string that may end a line where it has a line feed. Readers return spaces for line feeds.
    ///
    /// It is never a block: a GitHub `if` may not end with a line feed.
    pub fn wrapped(value: impl Into<Cow<'t, str>>) -> Self {
        Node::String(Text { value: value.into(), style: Style::Wrapped })
    }

    /// A script. It is a literal block if every dialect reads it byte for byte, otherwise double-quoted with escapes.
    pub fn script(value: impl Into<Cow<'t, str>>) -> Self {
        Node::String(Text { value: value.into(), style: Style::Script })
    }
}

impl<'t> From<&'t str> for Node<'t> {
    fn from(value: &'t str) -> Self {
        Node::plain_or_quoted(value)
    }
}

impl From<String> for Node<'_> {
    fn from(value: String) -> Self {
        Node::plain_or_quoted(value)
    }
}

impl<'t> From<&'t String> for Node<'t> {
    fn from(value: &'t String) -> Self {
        Node::plain_or_quoted(value.as_str())
    }
}

impl From<i64> for Node<'_> {
    fn from(value: i64) -> Self {
        Node::Integer(value)
    }
}

impl From<i32> for Node<'_> {
    fn from(value: i32) -> Self {
        Node::Integer(value.into())
    }
}

impl From<u32> for Node<'_> {
    fn from(value: u32) -> Self {
        Node::Integer(value.into())
    }
}

impl From<bool> for Node<'_> {
    fn from(value: bool) -> Self {
        Node::Boolean(value)
    }
}

impl<'t> From<Sequence<'t>> for Node<'t> {
    fn from(value: Sequence<'t>) -> Self {
        Node::Sequence(value)
    }
}

impl<'t> From<Mapping<'t>> for Node<'t> {
    fn from(value: Mapping<'t>) -> Self {
        Node::Mapping(value)
    }
}

/// A mapping: ordered entries with unique keys. Case is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping<'t> {
    /// The entries in the order in which they are written.
    pub entries: Vec<Entry<'t>>,
}

/// A key, its value, and the comments around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'t> {
    /// The key. It is quoted if a dialect could misread it.
    pub key: Cow<'t, str>,
    /// Whether the key is never quoted. GitHub's `on` may be written so.
    pub bare: bool,
    /// The value.
    pub value: Node<'t>,
    /// Comment lines above the entry, without `#`.
    pub comment_above: Vec<Cow<'t, str>>,
    /// A comment on the line of the key, without `#`.
    pub trailing_comment: Option<Cow<'t, str>>,
    /// Whether an empty line comes before the entry and its comments. The first entry of a nested mapping has none.
    pub blank_before: bool,
}

impl<'t> Entry<'t> {
    /// An entry without comments.
    pub fn new(key: impl Into<Cow<'t, str>>, value: impl Into<Node<'t>>) -> Self {
        Entry {
            key: key.into(),
            bare: false,
            value: value.into(),
            comment_above: Vec::new(),
            trailing_comment: None,
            blank_before: false,
        }
    }

    /// Adds comment lines above the entry, one per line of the text.
    pub fn comment_above(mut self, text: impl Into<Cow<'t, str>>) -> Self {
        self.comment_above.push(text.into());
        self
    }

    /// Sets the comment on the line of the key.
    pub fn trailing_comment(mut self, text: impl Into<Cow<'t, str>>) -> Self {
        self.trailing_comment = Some(text.into());
        self
    }

    /// Adds an empty line before the entry.
    pub fn blank_before(mut self) -> Self {
        self.blank_before = true;
        self
    }
}

impl<'t> Mapping<'t> {
    /// A mapping without entries, written `{}`.
    pub fn new() -> Self {
        Mapping::default()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an entry.
    pub fn entry(mut self, key: impl Into<Cow<'t, str>>, value: impl Into<Node<'t>>) -> Self {
        self.entries.push(Entry::new(key, value));
        self
    }

    /// Adds an entry if it has a value.
    pub fn entry_if_some(self, key: impl Into<Cow<'t, str>>, value: Option<impl Into<Node<'t>>>) -> Self {
        match value {
            Some(value) => self.entry(key, value),
            None => self,
        }
    }

    /// Adds an entry with an unquoted key. A dialect may read it as another type: GitHub's `on`.
    pub fn bare_key(mut self, key: impl Into<Cow<'t, str>>, value: impl Into<Node<'t>>) -> Self {
        self.entries.push(Entry { bare: true, ..Entry::new(key, value) });
        self
    }

    /// Adds a complete entry.
    pub fn with(mut self, entry: Entry<'t>) -> Self {
        self.entries.push(entry);
        self
    }

    /// Adds an entry in place and returns it, for comments.
    pub fn push(&mut self, key: impl Into<Cow<'t, str>>, value: impl Into<Node<'t>>) -> &mut Entry<'t> {
        self.entries.push_mut(Entry::new(key, value))
    }

    /// Adds comment lines above the last entry, if there is one.
    pub fn comment_above(mut self, text: impl Into<Cow<'t, str>>) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.comment_above.push(text.into());
        }
        self
    }

    /// Sets the comment on the line of the last entry, if there is one.
    pub fn trailing_comment(mut self, text: impl Into<Cow<'t, str>>) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.trailing_comment = Some(text.into());
        }
        self
    }

    /// Adds an empty line before the last entry, if there is one.
    pub fn blank_before(mut self) -> Self {
        if let Some(entry) = self.entries.last_mut() {
            entry.blank_before = true;
        }
        self
    }
}

/// A list, with one item per line or in brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence<'t> {
    /// The items in order.
    pub items: Vec<Item<'t>>,
    /// Whether brackets are preferred. They are used if all items are scalars without comments.
    pub flow: bool,
}

/// An item of a list and the comments around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'t> {
    /// The value.
    pub value: Node<'t>,
    /// Comment lines above the item, without `#`.
    pub comment_above: Vec<Cow<'t, str>>,
    /// A comment on the line of the dash, without `#`.
    pub trailing_comment: Option<Cow<'t, str>>,
    /// Whether an empty line comes before the item. The first has none.
    pub blank_before: bool,
}

impl<'t> Item<'t> {
    /// An item without comments.
    pub fn new(value: impl Into<Node<'t>>) -> Self {
        Item { value: value.into(), comment_above: Vec::new(), trailing_comment: None, blank_before: false }
    }
}

impl<'t> Sequence<'t> {
    /// An empty list, written `[]`. Later items have one line each.
    pub fn new() -> Self {
        Sequence::default()
    }

    /// A list with one item per line.
    pub fn block<T: Into<Node<'t>>>(items: impl IntoIterator<Item = T>) -> Self {
        Sequence { items: items.into_iter().map(Item::new).collect(), flow: false }
    }

    /// A list in brackets. The items must be scalars. Its lines have at most 120 columns.
    pub fn flow<T: Into<Node<'t>>>(items: impl IntoIterator<Item = T>) -> Self {
        Sequence { items: items.into_iter().map(Item::new).collect(), flow: true }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds an item.
    pub fn item(mut self, value: impl Into<Node<'t>>) -> Self {
        self.items.push(Item::new(value));
        self
    }

    /// Adds an item in place and returns it, for comments.
    pub fn push(&mut self, value: impl Into<Node<'t>>) -> &mut Item<'t> {
        self.items.push_mut(Item::new(value))
    }

    /// Adds comment lines above the last item, if there is one.
    pub fn comment_above(mut self, text: impl Into<Cow<'t, str>>) -> Self {
        if let Some(item) = self.items.last_mut() {
            item.comment_above.push(text.into());
        }
        self
    }

    /// Sets the comment on the line of the last item, if there is one.
    pub fn trailing_comment(mut self, text: impl Into<Cow<'t, str>>) -> Self {
        if let Some(item) = self.items.last_mut() {
            item.trailing_comment = Some(text.into());
        }
        self
    }

    /// Adds an empty line before the last item, if there is one.
    pub fn blank_before(mut self) -> Self {
        if let Some(item) = self.items.last_mut() {
            item.blank_before = true;
        }
        self
    }
}

impl<'t, T: Into<Node<'t>>> FromIterator<T> for Sequence<'t> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Sequence::block(items)
    }
}

impl<'t, K: Into<Cow<'t, str>>, V: Into<Node<'t>>> FromIterator<(K, V)> for Mapping<'t> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Mapping { entries: entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect() }
    }
}
