//! Duplicates in lists (P0015). A duplicate is usually a typing mistake, and a reader may take it for something else.
//!
//! The check reads the source, not its expansion: an instance may be given the same name for two parameters. For
//! example, in `environment production { requires test, scan, test }` the second `test` is reported.

use crate::expand::repeated;
use crate::scope::name_taken;
use pipec_base::{Diagnostic, Sources, Span};
use pipec_syntax::ast::{Action, SidecarClause};
use pipec_syntax::ast::{
    Body, BodyClause, Clause, Condition, Declaration, Environment, EnvironmentClause, Exemption,
    FinallyClause, Name, Parameter, Path, Pipeline, PipelineClause, Ref, RefKind, StageClause, StringLiteral,
    Task, Text, Trigger, Type, Work,
};
use std::collections::BTreeMap;

/// The findings about one declaration.
pub(crate) fn in_declaration(declaration: &Declaration, sources: &Sources) -> Vec<Diagnostic> {
    let mut repeats = Repeats { sources, found: Vec::new() };
    match declaration {
        Declaration::Pipeline(pipeline) => repeats.pipeline(pipeline),
        Declaration::Task(task) => repeats.task(task),
        Declaration::Environment(environment) => repeats.environment(environment),
        _ => {}
    }
    repeats.found
}

/// The items of one kind of list so far, with their places.
type Seen = BTreeMap<String, Span>;

/// A list item and its place.
type Member = (String, Span);

struct Repeats<'a> {
    sources: &'a Sources,
    found: Vec<Diagnostic>,
}

impl Repeats<'_> {
    /// Reports duplicates in a list. If several clauses form one list, `seen` holds the items of the clauses before.
    fn list(&mut self, members: &[Member], clause: Option<Span>, seen: &mut Seen) {
        for (place, (word, span)) in members.iter().enumerate() {
            let Some(first) = seen.get(word) else {
                seen.insert(word.clone(), *span);
                continue;
            };
            let finding = repeated(word, *span, *first);
            let before = place.checked_sub(1).and_then(|before| members.get(before));
            let rest = match (before, members.get(place + 1)) {
                (Some((_, before)), _) => Some(Span { start: before.end, ..*span }),
                (None, Some((_, next))) => Some(Span { end: next.start, ..*span }),
                (None, None) => clause,
            };
            self.found.push(match rest {
                Some(rest) => finding.fix("drop it", rest, ""),
                None => finding,
            });
        }
    }

    fn one_list(&mut self, members: &[Member]) {
        self.list(members, None, &mut Seen::new());
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        self.parameters(pipeline.parameters.as_deref().unwrap_or_default());
        let mut triggers: BTreeMap<&str, Seen> = BTreeMap::new();
        let mut targets = Seen::new();
        let (mut protected, mut branches, mut tags) = (Seen::new(), Seen::new(), Seen::new());
        for clause in &pipeline.clauses {
            match &clause.kind {
                PipelineClause::On(trigger) => self.trigger(trigger, clause.span, &mut triggers),
                // A clause without a kind protects branches and tags, so an item in it is a duplicate in both lists.
                PipelineClause::Protect { only: None, globs: refs } => {
                    let members = globs(refs);
                    self.list(&members, Some(clause.span), &mut protected);
                    for (glob, place) in members {
                        branches.entry(glob.clone()).or_insert(place);
                        tags.entry(glob).or_insert(place);
                    }
                }
                PipelineClause::Protect { only: Some(kind), globs: refs } => {
                    let seen = match kind {
                        RefKind::Branch => &mut branches,
                        RefKind::Tag => &mut tags,
                    };
                    self.list(&globs(refs), Some(clause.span), seen);
                }
                PipelineClause::Targets(names) => {
                    self.list(&words(names), Some(clause.span), &mut targets);
                }
                PipelineClause::Change(change) => self.one_list(&strings(&change.globs)),
                PipelineClause::Stage(stage) => {
                    if let Some(names) = &stage.after {
                        self.one_list(&words(names));
                    }
                    if let Some(condition) = &stage.when {
                        self.condition(condition);
                    }
                    stage.clauses.iter().for_each(|clause| self.node(&clause.kind));
                }
                PipelineClause::Finally(finally) => {
                    for names in [&finally.after, &finally.on].into_iter().flatten() {
                        self.one_list(&words(names));
                    }
                    if let Some(condition) = &finally.when {
                        self.condition(condition);
                    }
                    for clause in &finally.clauses {
                        if let FinallyClause::Job { work: Work { body: Some(body), .. }, .. } = &clause.kind {
                            self.body(body);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn trigger<'t>(&mut self, trigger: &'t Trigger, span: Span, all: &mut BTreeMap<&'t str, Seen>) {
        let (event, members) = match trigger {
            Trigger::Push(refs) => ("push", globs(refs)),
            Trigger::PullRequest(refs) => ("pull-request", globs(refs)),
            Trigger::Tag(refs) => ("tag", globs(refs)),
            Trigger::Schedule(text) => {
                let fields: Vec<&str> = text.node.split_ascii_whitespace().collect();
                ("schedule", vec![(fields.join(" "), text.span)])
            }
            Trigger::MergeQueue => ("merge-queue", vec![("on merge-queue".to_owned(), span)]),
            Trigger::Planned(_) => return,
            Trigger::Manual(inputs) => {
                if let Trigger::Manual(inputs) = trigger {
                    inputs.iter().for_each(|input| self.one_of(&input.kind.ty));
                }
                let seen = all.entry("manual").or_default();
                match seen.get("on manual") {
                    Some(first) if inputs.is_empty() => {
                        self.found.push(repeated("on manual", span, *first).fix("drop it", span, ""));
                    }
                    Some(first) => self.found.push(
                        repeated("on manual", span, *first)
                            .help("put all inputs into one clause: `on manual { input … }`"),
                    ),
                    None => {
                        seen.insert("on manual".to_owned(), span);
                    }
                }
                return;
            }
        };
        self.list(&members, Some(span), all.entry(event).or_default());
    }

    fn node(&mut self, clause: &StageClause) {
        let (names, work) = match clause {
            StageClause::Gate { of, work, .. } => (of.as_slice(), work),
            StageClause::Deploy { artefacts, work, .. } => (artefacts.as_slice(), work),
            StageClause::Artefact { work, .. } | StageClause::Job { work, .. } => (&[][..], work),
            StageClause::Default(_) | StageClause::Budget(_) | StageClause::Error { .. } => return,
        };
        self.one_list(&words(names));
        let Work { body: Some(body), .. } = work else { return };
        self.body(body);
    }

    fn task(&mut self, task: &Task) {
        self.parameters(&task.parameters);
        self.body(&task.body);
    }

    fn body(&mut self, body: &Body) {
        let (mut uses, mut rights, mut paths, mut keeps) =
            (Seen::new(), Seen::new(), Seen::new(), Seen::new());
        let (mut reports, mut steps) = (Seen::new(), Seen::new());
        for clause in &body.clauses {
            let all = Some(clause.span);
            match &clause.kind {
                BodyClause::Run { name: Some(name), .. } | BodyClause::Check { name, .. } => {
                    match steps.get(&name.node) {
                        Some(first) => self.found.push(name_taken(name, *first)),
                        None => {
                            steps.insert(name.node.clone(), name.span);
                        }
                    }
                }
                BodyClause::Uses(names) => self.list(&words(names), all, &mut uses),
                BodyClause::MayWrite { rights: names, only } => {
                    self.list(&words(names), all, &mut rights);
                    self.one_list(&words(only.as_deref().unwrap_or_default()));
                }
                BodyClause::Secret { only, .. } | BodyClause::Identity { only, .. } => {
                    self.one_list(&words(only.as_deref().unwrap_or_default()));
                }
                BodyClause::Path(globs) => self.list(&strings(globs), all, &mut paths),
                BodyClause::Keep(globs) => self.list(&strings(globs), all, &mut keeps),
                BodyClause::Report { format, path } => {
                    if let Some(file) = path.verbatim() {
                        let word = format!("report {} \"{file}\"", format.node);
                        self.list(&[(word, clause.span)], all, &mut reports);
                    }
                }
                BodyClause::Exempt { when: Exemption::UnlessChanged(refs), .. } => {
                    self.one_list(&changes(refs));
                }
                BodyClause::Shift(action)
                | BodyClause::Verify(action)
                | BodyClause::Rollback(action)
                | BodyClause::Cleanup(action) => self.action(action),
                BodyClause::Sidecar { clauses, .. } => {
                    for clause in clauses {
                        if let SidecarClause::Ready(action) = &clause.kind {
                            self.action(action);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn action(&mut self, action: &Action) {
        if let Action::Body(body) = action {
            self.body(body);
        }
    }

    fn environment(&mut self, environment: &Environment) {
        self.parameters(environment.parameters.as_deref().unwrap_or_default());
        let (mut required, mut earlier, mut entering) = (Seen::new(), Seen::new(), Seen::new());
        for Clause { kind, span, .. } in &environment.clauses {
            match kind {
                EnvironmentClause::Requires(kinds) => {
                    let members: Vec<Member> = kinds.iter().map(path).collect();
                    self.list(&members, Some(*span), &mut required);
                }
                EnvironmentClause::After(before) => self.list(&[path(before)], Some(*span), &mut earlier),
                EnvironmentClause::From(names) => self.list(&words(names), Some(*span), &mut entering),
                EnvironmentClause::Teardown(action) => self.action(action),
                _ => {}
            }
        }
    }

    fn parameters(&mut self, parameters: &[Parameter]) {
        parameters.iter().for_each(|parameter| self.one_of(&parameter.ty));
    }

    fn one_of(&mut self, ty: &Type) {
        match ty {
            Type::OneOf(words) => self.one_list(&texts(words)),
            Type::Named { argument: Some(inner), .. } => self.one_of(inner),
            Type::Named { argument: None, .. } => {}
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Or(parts) | Condition::And(parts) => {
                parts.iter().for_each(|part| self.condition(part));
                self.operands(parts);
            }
            Condition::Not(inner, _) => self.condition(inner),
            Condition::Changed(refs, _) => self.one_list(&changes(refs)),
            _ => {}
        }
    }

    /// Reports equal operands of a condition. In `event is push or event is push`, the second is a mistake.
    fn operands(&mut self, parts: &[Condition]) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for part in parts {
            let span = part.span();
            let words: Vec<&str> = self.sources.text(span).split_whitespace().collect();
            if words.is_empty() || matches!(part, Condition::Or(_) | Condition::And(_) | Condition::Error(_))
            {
                continue;
            }
            match seen.get(&words.join(" ")) {
                Some(first) => self.found.push(repeated(&words.join(" "), span, *first)),
                None => {
                    seen.insert(words.join(" "), span);
                }
            }
        }
    }
}

fn words(names: &[Name]) -> Vec<Member> {
    names.iter().map(|name| (name.node.clone(), name.span)).collect()
}

fn texts(texts: &[Text]) -> Vec<Member> {
    texts.iter().map(|text| (text.node.clone(), text.span)).collect()
}

/// The strings of a list, without those that contain parameters: their value is unknown.
fn strings(strings: &[StringLiteral]) -> Vec<Member> {
    let text = |string: &StringLiteral| string.verbatim().unwrap_or_else(|| unique_text(string.span));
    strings.iter().map(|string| (text(string), string.span)).collect()
}

/// Branches and tags. A name is a glob, too.
fn globs(refs: &[Ref]) -> Vec<Member> {
    let text = |it: &Ref| match &it.string {
        Some(string) => string.verbatim().unwrap_or_else(|| unique_text(it.span)),
        None => it.text.clone(),
    };
    refs.iter().map(|it| (text(it), it.span)).collect()
}

/// The operands of `changed`: a name is a kind, and a string a glob.
fn changes(refs: &[Ref]) -> Vec<Member> {
    let text = |it: &Ref| match &it.string {
        Some(string) => string.verbatim().map_or_else(|| unique_text(it.span), |text| format!("\"{text}\"")),
        None => it.text.clone(),
    };
    refs.iter().map(|it| (text(it), it.span)).collect()
}

fn path(path: &Path) -> Member {
    let words: Vec<&str> = path.segments.iter().map(|name| name.node.as_str()).collect();
    (words.join("."), path.span)
}

/// A text that is equal to no other.
fn unique_text(span: Span) -> String {
    format!("{span:?}")
}
