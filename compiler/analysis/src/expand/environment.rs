//! Environments.

use super::frame::{Frame, path_text};
use super::{Expansion, repeated};
use crate::scope::{Definition, ModuleId, suggest};
use crate::value::Value;
use pipec_base::{Diagnostic, Span, closest, codes};
use pipec_ir::{Approval, Binding, Environment, Evidence, Lock, Origin, Secret, Tier};
use pipec_syntax::ast::{
    self, Clause, Declaration, EnvironmentClause, Instance, Name, Path, PipelineClause, StageClause,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The values of environments, by environment and name.
pub(super) type Values = BTreeMap<String, BTreeMap<String, Value>>;

/// The first lifetime that is too long for an ephemeral environment, in milliseconds.
const MIN_EXCESSIVE_TTL: u64 = 90 * 86_400_000 + 1;

impl<'a> Expansion<'a, '_> {
    /// An environment without parameters; its values are added to `values`, by name.
    pub(super) fn plain_environment(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        environment: &'a ast::Environment,
        values: &mut BTreeMap<String, Value>,
    ) -> Environment {
        let frame = Frame::of_module(module);
        let name = &environment.name;
        self.environment(&name.node, name, item, &environment.clauses, values, frame)
    }

    /// Reads an environment with parameters that nothing calls.
    pub(super) fn read_environment(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        environment: &'a ast::Environment,
        is_called: bool,
    ) {
        let Some(parameters) = &environment.parameters else { return };
        let mut frame = Frame::of_module(module);
        self.check_parameters(parameters, &mut frame);
        if !is_called {
            let name = &environment.name;
            self.environment(&name.node, name, item, &environment.clauses, &mut BTreeMap::new(), frame);
        }
    }

    /// Reads `environment acme = tenant(name: "…")`.
    pub(super) fn environment_instance(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        instance: &'a Instance,
        values: &mut BTreeMap<String, Value>,
    ) -> Option<Environment> {
        let caller = Frame::of_module(module);
        let call = &instance.call;
        let found = self.resolve(&call.function, "an environment", &caller)?;
        let template = match found.definition {
            Definition::Environment(_, template) if template.parameters.is_some() => template,
            other => {
                let help = "only an environment with parameters can be called: `environment tenant(name: \
                            string) { … }`";
                if let Definition::Environment(..) = other {
                    let message = format!("environment `{}` has no parameters", path_text(&call.function));
                    let finding = Diagnostic::error(codes::P0108, message, call.function.span).help(help);
                    self.report(&caller, finding);
                } else {
                    self.refuse_kind(&call.function, other, "an environment", help, &caller);
                }
                return None;
            }
        };
        self.called.insert(found.id);
        let mut frame = Frame::of_module(found.module);
        frame.calls = vec![(call.span, template.name.node.clone())];
        let parameters = template.parameters.as_deref().unwrap_or_default();
        let given = self.given(call, parameters, &caller);
        let of_arguments = std::mem::take(&mut self.uses);
        self.bind_parameters(call, parameters, given, &caller, &mut frame);
        let of_defaults = std::mem::replace(&mut self.uses, of_arguments);
        self.refuse_reads(&caller, &instance.name.node, call.span);
        self.uses = of_defaults;
        let name = &instance.name;
        Some(self.environment(&name.node, name, item, &template.clauses, values, frame))
    }

    /// Refuses an environment that reads another one. A constant can hold what both need.
    fn refuse_reads(&mut self, frame: &Frame, name: &str, span: Span) {
        let reads = std::mem::take(&mut self.uses.reads);
        let Some((read, _)) = reads.first() else { return };
        let message = if read == name {
            format!("environment `{name}` reads itself")
        } else {
            format!("environment `{name}` reads environment `{read}`")
        };
        self.report(
            frame,
            Diagnostic::error(codes::P0602, message, span)
                .help("put the shared value into a constant: `let name = …`"),
        );
    }

    fn environment(
        &mut self,
        name: &str,
        declared: &Name,
        item: &'a Clause<Declaration>,
        clauses: &'a [Clause<EnvironmentClause>],
        values: &mut BTreeMap<String, Value>,
        mut frame: Frame,
    ) -> Environment {
        // A missing tier has been reported. Development requires least, so nothing else is reported because of it.
        let tier = Tier::from_word(name).unwrap_or(Tier::Development);
        let mut built = Environment::new(name, tier, Origin::at(declared.span));
        built.docs.clone_from(&item.docs);
        let mut tier_known = Tier::from_word(name).is_some();
        let mut opened = None;
        let mut direction = None;
        let mut broken = false;
        for clause in clauses {
            match &clause.kind {
                EnvironmentClause::Tier { tier, per_pull_request } => {
                    tier_known = true;
                    self.tier(tier, *per_pull_request, &mut built, &frame);
                }
                EnvironmentClause::OpenTo(who) => {
                    self.known_word(who, &["members"], "audience", &frame);
                    opened = Some(clause.span);
                    built.open_to_members = true;
                }
                EnvironmentClause::Forward(forward) => {
                    direction = Some(clause.span);
                    built.direction = self.direction(forward, clause.span, &frame);
                }
                EnvironmentClause::Error => {
                    tier_known = true;
                    broken = true;
                }
                other => self.environment_clause(other, clause.span, &mut built, values, &mut frame),
            }
        }
        if !tier_known {
            self.report(
                &frame,
                Diagnostic::error(
                    codes::P0501,
                    format!("environment `{name}` has no tier"),
                    declared.span,
                )
                .help("add `tier production` (or staging, testing, development, ephemeral): the proofs depend on it"),
            );
        }
        if !broken {
            self.check_ephemeral(&built, opened, &frame);
            if let Some(clause) = direction.filter(|_| tier_known) {
                self.check_direction(&built, clause, &frame);
            }
        }
        built
    }

    fn tier(&mut self, tier: &Name, per_pull_request: bool, built: &mut Environment, frame: &Frame) {
        match Tier::from_word(&tier.node) {
            Some(found) => {
                built.tier = found;
                if let Some(other) = Tier::from_word(&built.name).filter(|other| *other != found) {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0501,
                            format!("environment `{}` declares tier {}", built.name, found.word()),
                            tier.span,
                        )
                        .help(format!(
                            "the proofs depend on the tier, but people read the name: write `tier {}`, or \
                             rename the environment",
                            other.word()
                        )),
                    );
                }
                if per_pull_request && found != Tier::Ephemeral {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0501,
                            format!("only tier ephemeral can be `per pull-request`, not {}", tier.node),
                            tier.span,
                        ),
                    );
                }
            }
            None => self.unknown_tier(tier, frame),
        }
    }

    fn unknown_tier(&mut self, tier: &Name, frame: &Frame) {
        let words = Tier::ALL.map(Tier::word);
        let diagnostic =
            Diagnostic::error(codes::P0501, format!("there is no tier `{}`", tier.node), tier.span);
        let near = match tier.node.as_str() {
            "prod" | "live" => Some("production"),
            "stage" | "preprod" => Some("staging"),
            "test" | "qa" => Some("testing"),
            "dev" => Some("development"),
            "preview" | "review" => Some("ephemeral"),
            other => closest(other, words),
        };
        let diagnostic = match near {
            Some(near) => suggest(diagnostic, near, tier.span),
            None => diagnostic.help(format!("there is {}", words.join(", "))),
        };
        self.report(frame, diagnostic);
    }

    fn environment_clause(
        &mut self,
        clause: &'a EnvironmentClause,
        span: Span,
        built: &mut Environment,
        values: &mut BTreeMap<String, Value>,
        frame: &mut Frame,
    ) {
        let origin = frame.origin(span);
        match clause {
            EnvironmentClause::After(path) => {
                let Some(name) = self.environment_named(path, frame) else { return };
                // `repeats` has reported duplicates, here and in the lists below.
                if !built.after.iter().any(|(known, _)| *known == name) {
                    built.after.push((name, frame.origin(path.span)));
                }
            }
            EnvironmentClause::From(names) => {
                let mut entering = BTreeSet::new();
                for name in names {
                    if entering.insert(name.node.clone()) {
                        self.entries.push((built.name.clone(), name.clone(), frame.clone()));
                    }
                }
                built.from = Some((entering.into_iter().collect(), origin));
            }
            EnvironmentClause::Url(string) => {
                // A broken address is still set, so that its uses are not reported.
                let url = self.text(string, frame);
                if let Some(url) = &url {
                    self.check_url(url, string, frame);
                }
                self.refuse_reads(frame, &built.name, string.span);
                let value = url.clone().map_or(Value::Broken, Value::Text);
                values.insert("url".to_owned(), value);
                built.url = Some(url.unwrap_or_default());
            }
            EnvironmentClause::Requires(kinds) => self.requires(kinds, built, frame),
            EnvironmentClause::Approval { role, min, not_author } => {
                if let Some(first) = &built.approval {
                    let first = first.origin.span;
                    self.report(frame, repeated("approval", span, first));
                }
                if let Some(role) = self.role(role, frame) {
                    if let Some(none) = min.as_ref().filter(|min| min.node == 0) {
                        self.report(
                            frame,
                            Diagnostic::error(
                                codes::P0106,
                                "an approval needs at least one approver",
                                none.span,
                            )
                            .help("state how many must approve, at least 1, or remove the clause"),
                        );
                    }
                    let min = min.as_ref().map_or(1, |min| min.node);
                    built.approval = Some(Approval { role, min, not_author: *not_author, origin });
                }
            }
            EnvironmentClause::Secret(secret) => {
                let secret = self.secret(secret, frame);
                self.new_variable(built, &secret.variable, secret.origin.span, frame);
                built.secrets.push(secret);
            }
            EnvironmentClause::Identity(identity) => {
                let place = identity.role.span;
                let identity = self.identity(identity, span, frame);
                self.refuse_reads(frame, &built.name, place);
                if !self.refuse_second_login(&built.identities, identity.as_ref(), frame) {
                    built.identities.extend(identity);
                }
            }
            EnvironmentClause::Value { variable, value } => {
                let place = value.span();
                let value = self.evaluate(value, frame);
                self.refuse_reads(frame, &built.name, place);
                self.new_variable(built, &variable.node, variable.span, frame);
                // A broken value is still set, so that its uses are not reported.
                let text = self.variable_value(&value, place, frame).unwrap_or_default();
                let variable = variable.node.clone();
                values.insert(variable.clone(), value);
                built.values.push(Binding { variable, value: text, origin });
            }
            EnvironmentClause::Window { from_day, to_day, from, to, zone } => {
                built.window = self.window(from_day, to_day.as_ref(), (from, to), zone, origin, frame);
            }
            EnvironmentClause::Lock(name) => {
                let lock = self.word_of(name, Lock::ALL, Lock::word, "lock", frame);
                built.lock = lock.unwrap_or_default();
            }
            EnvironmentClause::Ttl(duration) => {
                let lives = duration.node.milliseconds;
                let message = match lives {
                    0 => Some("a preview with a `ttl` of zero would be removed at once"),
                    MIN_EXCESSIVE_TTL.. => Some("a preview can't live longer than 90 days"),
                    _ => None,
                };
                if let Some(message) = message {
                    self.report(
                        frame,
                        Diagnostic::error(codes::P0502, message, duration.span)
                            .help("state how long it may stay after its last deploy: `ttl 48h`"),
                    );
                }
                built.ttl = Some(lives);
            }
            EnvironmentClause::Teardown(action) => built.teardown = self.action(action, frame),
            EnvironmentClause::Tier { .. }
            | EnvironmentClause::OpenTo(_)
            | EnvironmentClause::Forward(_)
            | EnvironmentClause::Error => {}
        }
    }

    fn requires(&mut self, kinds: &[Path], built: &mut Environment, frame: &Frame) {
        for path in kinds {
            if self.is_gate_for_its_kind(path, frame) {
                continue;
            }
            let Some(kind) = self.evidence(path, frame) else { continue };
            if !built.requires.iter().any(|(known, _)| *known == kind.name) {
                built.requires.push((kind.name, frame.origin(path.span)));
            }
        }
    }

    /// Whether a gate is named in place of a kind of evidence. Reports it if so.
    fn is_gate_for_its_kind(&mut self, path: &Path, frame: &Frame) -> bool {
        let ([name], Some(module)) = (path.segments.as_slice(), frame.module) else { return false };
        let is_kind = Evidence::standard(&name.node).is_some();
        if is_kind || self.workspace.name(module, &name.node).is_some() {
            return false;
        }
        let stages = self.workspace.contents(module).into_iter().filter_map(|(_, found)| match found {
            Definition::Pipeline(_, pipeline) => Some(&pipeline.clauses),
            _ => None,
        });
        let nodes = stages.flatten().filter_map(|clause| match &clause.kind {
            PipelineClause::Stage(stage) => Some(&stage.clauses),
            _ => None,
        });
        let kind = nodes.flatten().find_map(|clause| match &clause.kind {
            StageClause::Gate { name: gate, evidence, .. } if gate.node == name.node => {
                Some(path_text(evidence))
            }
            _ => None,
        });
        let Some(kind) = kind else { return false };
        let finding = Diagnostic::error(
            codes::P0101,
            format!("`{}` is a gate, not a kind of evidence", name.node),
            name.span,
        );
        let help = format!("an environment requires kinds of evidence: `requires {kind}`");
        self.report(frame, finding.help(help));
        true
    }

    fn new_variable(&mut self, built: &Environment, name: &str, span: Span, frame: &Frame) {
        let first = built
            .secrets
            .iter()
            .map(|secret| (&secret.variable, secret.origin.span))
            .chain(built.values.iter().map(|value| (&value.variable, value.origin.span)))
            .find(|(variable, _)| *variable == name);
        if let Some((_, first)) = first {
            self.report(
                frame,
                Diagnostic::error(codes::P0121, format!("variable `{name}` is already defined"), span)
                    .label(first, "first declared here")
                    .help("rename one of them"),
            );
        }
    }

    /// A secret as declared in an environment or a body.
    pub(super) fn secret(&mut self, secret: &ast::Secret, frame: &Frame) -> Secret {
        Secret {
            variable: secret.variable.node.clone(),
            file: secret.file,
            origin: frame.origin(secret.variable.span),
        }
    }

    /// The value of a script's variable.
    pub(super) fn variable_value(
        &mut self,
        value: &Value,
        span: Span,
        frame: &Frame,
    ) -> Option<pipec_ir::Text> {
        if *value == Value::Broken {
            return None;
        }
        let text = value.to_text();
        if let Some(written) = text.as_ref().and_then(engine_expression) {
            let remedy = crate::scripts::counterpart(written.trim_matches(['$', '{', '}', ' ']));
            let help = match remedy {
                Some(remedy) => format!("use the value by its name: {remedy}"),
                None => {
                    "use the value by its name: a fact such as `commit.sha`, an input, a parameter".to_owned()
                }
            };
            let message = format!("`{written}` is an expression of GitHub: nothing expands it in a value");
            self.report(frame, Diagnostic::error(codes::P0905, message, span).help(help));
            return text;
        }
        if let Value::Secret { variable, .. } = value {
            self.report(
                frame,
                Diagnostic::error(codes::P0601, format!("secret `{variable}` can't be used here"), span)
                    .help(
                        "a secret may be used only in `env` of the node that may hold it, or as a task \
                           argument of type secret",
                    ),
            );
        } else if text.is_none() {
            let (what, help) = match value {
                Value::List(_) => ("a list".to_owned(), "write one text: `$\"{one} {two}\"`".to_owned()),
                Value::Artefact(name, ty) => {
                    let name = frame.name_of_artefact(name);
                    let field = ty.main_field();
                    (format!("artefact `{name}`"), format!("name a field of it: `{name}.{field}`"))
                }
                other => (format!("a value of type {}", other.type_of()), "write the text".to_owned()),
            };
            self.report(
                frame,
                Diagnostic::error(codes::P0106, format!("a variable contains text, not {what}"), span)
                    .help(help),
            );
        }
        text
    }
}

/// Reports circles of `after`: such environments are never entered.
pub(super) fn refuse_environment_cycles(
    environments: &mut BTreeMap<String, Environment>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let names: Vec<String> = environments.keys().cloned().collect();
    for name in names {
        let Some(circle) = shortest_circle(environments, &name) else { continue };
        let mut origins = Vec::new();
        for member in &circle {
            if let Some(environment) = environments.get_mut(member) {
                let broken = std::mem::take(&mut environment.after);
                origins.extend(broken.into_iter().find(|(before, _)| circle.contains(before)));
            }
        }
        let Some(((_, origin), others)) = origins.split_first() else { continue };
        let chain: Vec<String> =
            circle.iter().skip(1).chain([&name]).map(|member| format!("`{member}`")).collect();
        let mut diagnostic =
            Diagnostic::error(codes::P0206, format!("environment `{name}` comes after itself"), origin.span)
                .counterexample(format!("`{name}` waits for {}", chain.join(", which waits for ")))
                .help("environments can't form a cycle: remove one `after`");
        for (_, origin) in others {
            diagnostic = diagnostic.label(origin.span, "in the cycle");
        }
        diagnostics.push(diagnostic);
    }
}

/// The shortest circle of `after` from an environment back to itself. Each environment waits for the next.
fn shortest_circle(environments: &BTreeMap<String, Environment>, name: &str) -> Option<Vec<String>> {
    let mut ways = VecDeque::from([vec![name.to_owned()]]);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        let Some(environment) = way.last().and_then(|last| environments.get(last)) else {
            continue;
        };
        for (before, _) in &environment.after {
            if before == name {
                return Some(way);
            }
            if seen.insert(before) {
                ways.push_back(way.iter().cloned().chain([before.clone()]).collect());
            }
        }
    }
    None
}

/// The GitHub expression in a text, as far as it extends.
fn engine_expression(text: &pipec_ir::Text) -> Option<&str> {
    text.pieces.iter().find_map(|piece| {
        let pipec_ir::Piece::Literal(text) = piece else { return None };
        let (_, rest) = text.split_once("${{")?;
        let (inner, _) = rest.split_once("}}")?;
        let start = text.len() - rest.len() - 3;
        text.get(start..start + inner.len() + 5)
    })
}
