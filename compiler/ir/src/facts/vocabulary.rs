//! The things that facts distinguish: events, sets of names, kinds of change, input values.
//!
//! A vocabulary gives out a handle for everything that is added to it, and [`Facts`](super::Facts) answer questions
//! about handles only. So nobody can ask about a glob that the facts do not know.
//!
//! ```text
//! on push to main                  add_event(Push), add_branch(main)      → BranchId 0
//! on manual { dry: boolean }       add_event(Manual), add_input(dry, Boolean)
//! change docs "docs/**"            add_change_rule(docs, docs/**)
//! stage deploy when branch is main and not changed docs
//!                                  add_branch(main) → BranchId 0 again, add_kind(docs) → KindId 0
//! ```

use crate::{Event, InputType};
use pipec_logic::{Glob, Language};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};

/// An index in a vocabulary, and the number of the vocabulary that gave it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Handle {
    vocabulary: u32,
    place: usize,
}

/// A set of branch names that a vocabulary distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchId(Handle);

/// A set of tag names that a vocabulary distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagId(Handle);

/// A set of paths that a vocabulary distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathsId(Handle);

/// A kind of change that a vocabulary distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(Handle);

/// A value of an input that a vocabulary distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputValueId(Handle);

/// The sets of names of one sort: branches, tags or paths.
#[derive(Debug, Default)]
pub(super) struct NameSets {
    /// In the order of their addition. A handle holds an index of this list.
    pub(super) languages: Vec<Language>,
    /// The indices of the languages that were added as globs. The key is the text of the glob.
    pub(super) globs: BTreeMap<String, usize>,
}

impl NameSets {
    fn add(&mut self, glob: &Glob) -> usize {
        if let Some(place) = self.globs.get(glob.text()) {
            return *place;
        }
        let place = self.add_language(glob.language());
        self.globs.insert(glob.text().to_owned(), place);
        place
    }

    fn add_language(&mut self, language: Language) -> usize {
        self.languages.push(language);
        self.languages.len() - 1
    }
}

/// An input of manual runs.
#[derive(Debug, Default)]
struct InputValues {
    /// Its type, if one is declared.
    ty: Option<InputType>,
    /// The added values, with their indices among the values of all inputs.
    values: BTreeMap<String, usize>,
}

/// A rule that gives paths a kind of change.
#[derive(Debug)]
struct KindRule {
    kind: String,
    globs: Vec<Glob>,
}

/// The things that facts distinguish.
#[derive(Debug)]
pub struct Vocabulary {
    number: u32,
    pub(super) events: BTreeSet<Event>,
    pub(super) branches: NameSets,
    pub(super) tags: NameSets,
    pub(super) paths: NameSets,
    inputs: BTreeMap<String, InputValues>,
    /// The input and the value of each handle.
    input_values: Vec<(String, String)>,
    rules: Vec<KindRule>,
    kinds: Vec<String>,
}

impl Default for Vocabulary {
    fn default() -> Vocabulary {
        Vocabulary::new()
    }
}

impl Vocabulary {
    /// An empty vocabulary: no event starts a run.
    pub fn new() -> Vocabulary {
        // The number only distinguishes vocabularies; no result depends on its value.
        static NUMBERS: AtomicU32 = AtomicU32::new(0);
        Vocabulary {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            events: BTreeSet::new(),
            branches: NameSets::default(),
            tags: NameSets::default(),
            paths: NameSets::default(),
            inputs: BTreeMap::new(),
            input_values: Vec::new(),
            rules: Vec::new(),
            kinds: Vec::new(),
        }
    }

    /// Adds an event that can start a run. No other event can.
    pub fn add_event(&mut self, event: Event) {
        self.events.insert(event);
    }

    /// Adds the branches that a glob matches.
    pub fn add_branch(&mut self, glob: &Glob) -> BranchId {
        let place = self.branches.add(glob);
        BranchId(self.handle(place))
    }

    /// Adds the branches of a language, even if no glob describes it.
    pub fn add_branch_language(&mut self, language: Language) -> BranchId {
        let place = self.branches.add_language(language);
        BranchId(self.handle(place))
    }

    /// Adds the tags that a glob matches.
    pub fn add_tag(&mut self, glob: &Glob) -> TagId {
        let place = self.tags.add(glob);
        TagId(self.handle(place))
    }

    /// Adds the tags of a language, even if no glob describes it.
    pub fn add_tag_language(&mut self, language: Language) -> TagId {
        let place = self.tags.add_language(language);
        TagId(self.handle(place))
    }

    /// Adds the paths that a glob matches.
    pub fn add_paths(&mut self, glob: &Glob) -> PathsId {
        let place = self.paths.add(glob);
        PathsId(self.handle(place))
    }

    /// Adds a rule that gives paths a kind. The last rule for a path applies, and a path without a rule is `code`.
    ///
    /// The globs of rules split the paths only if a kind is added too.
    pub fn add_change_rule(&mut self, kind: &str, globs: &[Glob]) {
        self.rules.push(KindRule { kind: kind.to_owned(), globs: globs.to_vec() });
    }

    /// Adds a kind of change.
    pub fn add_kind(&mut self, kind: &str) -> KindId {
        let place = self.kinds.iter().position(|known| known == kind).unwrap_or_else(|| {
            self.kinds.push(kind.to_owned());
            self.kinds.len() - 1
        });
        KindId(self.handle(place))
    }

    /// Declares an input of manual runs. It creates facts only if one of its values is added.
    pub fn add_input(&mut self, name: &str, ty: &InputType) {
        self.inputs.entry(name.to_owned()).or_default().ty = Some(ty.clone());
    }

    /// Adds a value of an input.
    pub fn add_input_value(&mut self, name: &str, value: &str) -> InputValueId {
        let input = self.inputs.entry(name.to_owned()).or_default();
        let next = self.input_values.len();
        let place = *input.values.entry(value.to_owned()).or_insert(next);
        if place == next {
            self.input_values.push((name.to_owned(), value.to_owned()));
        }
        InputValueId(self.handle(place))
    }

    /// The branches that a glob matches, if the glob was added.
    pub fn branch(&self, glob: &Glob) -> Option<BranchId> {
        Some(BranchId(self.handle(*self.branches.globs.get(glob.text())?)))
    }

    /// The tags that a glob matches, if the glob was added.
    pub fn tag(&self, glob: &Glob) -> Option<TagId> {
        Some(TagId(self.handle(*self.tags.globs.get(glob.text())?)))
    }

    /// The paths that a glob matches, if the glob was added.
    pub fn paths(&self, glob: &Glob) -> Option<PathsId> {
        Some(PathsId(self.handle(*self.paths.globs.get(glob.text())?)))
    }

    /// The kind with a name, if it was added.
    pub fn kind(&self, kind: &str) -> Option<KindId> {
        let place = self.kinds.iter().position(|known| known == kind)?;
        Some(KindId(self.handle(place)))
    }

    /// The kinds in the order of their addition.
    pub fn kinds(&self) -> impl Iterator<Item = (KindId, &str)> {
        self.kinds.iter().enumerate().map(|(place, kind)| (KindId(self.handle(place)), kind.as_str()))
    }

    /// The value of an input, if it was added.
    pub fn input_value(&self, name: &str, value: &str) -> Option<InputValueId> {
        let place = self.inputs.get(name)?.values.get(value)?;
        Some(InputValueId(self.handle(*place)))
    }

    /// The added values of an input, in order.
    pub fn input_values(&self, name: &str) -> impl Iterator<Item = (&str, InputValueId)> {
        let values = self.inputs.get(name).into_iter().flat_map(|input| &input.values);
        values.map(|(value, place)| (value.as_str(), InputValueId(self.handle(*place))))
    }

    /// The declared inputs with their types, in order.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &InputType)> {
        self.inputs.iter().filter_map(|(name, input)| Some((name.as_str(), input.ty.as_ref()?)))
    }

    /// Adds what facts also need. These are the paths of rules, and the remaining values of closed input types.
    pub(super) fn complete(&mut self) {
        if !self.kinds.is_empty() {
            for glob in self.rules.iter().flat_map(|rule| &rule.globs) {
                self.paths.add(glob);
            }
        }
        let closed: Vec<(String, Vec<String>)> = self
            .asked_inputs()
            .filter_map(|(name, input)| match input.ty.as_ref()? {
                InputType::Boolean => Some((name.clone(), vec!["false".to_owned(), "true".to_owned()])),
                InputType::OneOf(all) => Some((name.clone(), all.clone())),
                InputType::String | InputType::Number => None,
            })
            .collect();
        for (name, values) in closed {
            for value in values {
                self.add_input_value(&name, &value);
            }
        }
    }

    /// The values of each input with an added value. An open type has one more, which means any other value.
    pub(super) fn distinguished_values(&self) -> BTreeMap<String, Vec<String>> {
        let with_others = |(name, input): (&String, &InputValues)| {
            let mut values: BTreeSet<String> = input.values.keys().cloned().collect();
            if !matches!(input.ty, Some(InputType::Boolean | InputType::OneOf(_))) {
                let mut other = "other".to_owned();
                while values.contains(&other) {
                    other.push('x');
                }
                values.insert(other);
            }
            (name.clone(), values.into_iter().collect())
        };
        self.asked_inputs().map(with_others).collect()
    }

    fn asked_inputs(&self) -> impl Iterator<Item = (&String, &InputValues)> {
        self.inputs.iter().filter(|(_, input)| !input.values.is_empty())
    }

    /// The kind of the paths that satisfy a test for globs. It is that of the last rule with such a glob, or else
    /// `code`.
    pub(super) fn kind_of(&self, is_in: impl Fn(usize) -> bool) -> &str {
        let claims = |glob: &Glob| self.paths.globs.get(glob.text()).is_some_and(|place| is_in(*place));
        let rule = self.rules.iter().rev().find(|rule| rule.globs.iter().any(claims));
        rule.map_or("code", |rule| rule.kind.as_str())
    }

    pub(super) fn branch_place(&self, id: BranchId) -> Option<usize> {
        self.place(id.0)
    }

    pub(super) fn tag_place(&self, id: TagId) -> Option<usize> {
        self.place(id.0)
    }

    pub(super) fn paths_place(&self, id: PathsId) -> Option<usize> {
        self.place(id.0)
    }

    pub(super) fn kind_name(&self, id: KindId) -> Option<&str> {
        self.kinds.get(self.place(id.0)?).map(String::as_str)
    }

    pub(super) fn input_and_value(&self, id: InputValueId) -> Option<(&str, &str)> {
        let (name, value) = self.input_values.get(self.place(id.0)?)?;
        Some((name, value))
    }

    fn handle(&self, place: usize) -> Handle {
        Handle { vocabulary: self.number, place }
    }

    /// The index in a handle, if this vocabulary gave it out.
    fn place(&self, handle: Handle) -> Option<usize> {
        (handle.vocabulary == self.number).then_some(handle.place)
    }
}
