//! Environments, roles and registries.

use super::Expander;
use super::frame::{Frame, path_text};
use crate::scope::{Definition, ModuleId};
use crate::value::Value;
use pipec_base::{Diagnostic, closest, codes};
use pipec_ir::{
    Approval, Binding, Environment, Identity, Lock, Origin, Role, RoleMember, Secret, Tier, Window,
};
use pipec_syntax::ast::{
    self, Clause, Declaration, EnvironmentClause, Instance, Name, Path, RegistryClause, Time,
};
use std::collections::{BTreeMap, BTreeSet};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const PROVIDERS: [&str; 3] = ["aws", "azure", "google"];
const ENGINES: [&str; 3] = ["github", "gitlab", "tekton"];

impl<'a> Expander<'a, '_> {
    /// Roles and registries come first: environments name them.
    pub(super) fn roles_and_registries(&mut self, module: ModuleId) {
        let frame = Frame::of_module(module);
        let Some(source) = self.workspace.source(module) else { return };
        let tree = source.tree;
        for (name, definition) in self.workspace.definitions(module) {
            let Definition::Role(role) = definition else { continue };
            let mut members = BTreeMap::new();
            for clause in &role.members {
                let member = &clause.kind;
                self.known_word(&member.target, &ENGINES, "engine", &frame);
                self.known_word(&member.kind, &["team", "group", "user"], "kind of member", &frame);
                let entry = RoleMember { kind: member.kind.node.clone(), name: member.member.node.clone() };
                if members.insert(member.target.node.clone(), entry).is_some() {
                    self.report(&frame, repeated(&member.target.node, clause.span));
                }
            }
            let origin = frame.origin(role.name.span);
            let role = Role { name: name.to_owned(), members, origin };
            if let Some(first) = self.program.roles.get(name) {
                let first = first.origin.span;
                self.report(&frame, taken(name, "role", role.origin.span, first));
            } else {
                self.program.roles.insert(name.to_owned(), role);
            }
        }
        for item in &tree.items {
            let Declaration::Registry(registry) = &item.kind else { continue };
            let (mut user, mut password) = (None, None);
            for clause in &registry.clauses {
                match &clause.kind {
                    RegistryClause::User(variable) => user = Some(variable.node.clone()),
                    RegistryClause::Password(variable) => password = Some(variable.node.clone()),
                    RegistryClause::Error => {}
                }
            }
            self.program.registries.insert(registry.prefix.node.clone(), (user, password));
        }
    }

    /// All environments of a module.
    pub(super) fn environments(&mut self, module: ModuleId) {
        for (name, definition) in self.workspace.definitions(module) {
            match definition {
                Definition::Environment(item, environment) => {
                    let mut frame = Frame::of_module(module);
                    if let Some(parameters) = &environment.parameters {
                        self.check_parameters(parameters, &mut frame);
                        continue;
                    }
                    let built = self.environment(name, &environment.name, item, &environment.clauses, frame);
                    self.keep_environment(built);
                }
                Definition::EnvironmentInstance(item, instance) => {
                    self.environment_instance(module, item, instance);
                }
                _ => {}
            }
        }
    }

    fn environment_instance(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        instance: &'a Instance,
    ) {
        let mut caller = Frame::of_module(module);
        let call = &instance.call;
        let Some(found) =
            self.workspace.resolve(module, &call.function, "an environment", &mut self.diagnostics)
        else {
            return;
        };
        let Definition::Environment(_, template) = found.definition else {
            self.report(
                &caller,
                Diagnostic::error(
                    codes::P0101,
                    format!("`{}` is {}", path_text(&call.function), found.definition.what()),
                    call.function.span,
                ),
            );
            return;
        };
        let mut frame = Frame::of_module(found.module);
        frame.calls = vec![(call.span, template.name.node.clone())];
        let none = Vec::new();
        let parameters = template.parameters.as_ref().unwrap_or(&none);
        self.arguments(call, parameters, &mut caller, &mut frame);
        let name = instance.name.node.clone();
        let built = self.environment(&name, &instance.name, item, &template.clauses, frame);
        self.keep_environment(built);
    }

    fn keep_environment(&mut self, environment: Environment) {
        let name = environment.name.clone();
        match self.program.environments.get(&name) {
            Some(first) => {
                let first = first.origin.span;
                let frame = Frame::default();
                self.report(&frame, taken(&name, "environment", environment.origin.span, first));
            }
            None => {
                self.program.environments.insert(name, environment);
            }
        }
    }

    fn environment(
        &mut self,
        name: &str,
        declared: &Name,
        item: &'a Clause<Declaration>,
        clauses: &'a [Clause<EnvironmentClause>],
        mut frame: Frame,
    ) -> Environment {
        let mut built = Environment {
            name: name.to_owned(),
            docs: item.docs.clone(),
            origin: Origin::at(declared.span),
            tier: Tier::from_word(name).unwrap_or(Tier::Production),
            after: Vec::new(),
            from: None,
            open_to_members: false,
            url: None,
            requires: Vec::new(),
            approval: None,
            secrets: Vec::new(),
            identities: Vec::new(),
            values: Vec::new(),
            window: None,
            lock: Lock::default(),
            ttl: None,
            teardown: None,
        };
        let mut tier_known = Tier::from_word(name).is_some();
        let mut opened = None;
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
                EnvironmentClause::Error => {
                    tier_known = true;
                    broken = true;
                }
                other => self.environment_clause(other, clause.span, &mut built, &mut frame),
            }
        }
        if !tier_known {
            self.report(
                &frame,
                Diagnostic::error(
                    codes::P0501,
                    format!("environment `{name}` does not say its tier"),
                    declared.span,
                )
                .help("say `tier production` (or staging, testing, development, ephemeral): what is proven of it depends on that"),
            );
        }
        if !broken {
            self.check_ephemeral(&built, opened, &frame);
        }
        built
    }

    fn check_ephemeral(
        &mut self,
        environment: &Environment,
        opened: Option<pipec_base::Span>,
        frame: &Frame,
    ) {
        let name = &environment.name;
        if environment.tier == Tier::Ephemeral {
            let (missing, remedy) = match (environment.ttl, &environment.teardown) {
                (Some(_), Some(_)) => return,
                (None, None) => (
                    "`ttl` and `teardown`",
                    "say how long it lives (`ttl 48h`) and how it goes (`teardown run \"…\"`)",
                ),
                (None, Some(_)) => ("`ttl`", "say how long it lives at most: `ttl 48h`"),
                (Some(_), None) => ("`teardown`", "say how it goes: `teardown run \"…\"`"),
            };
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0502,
                    format!("ephemeral environment `{name}` does not say its {missing}"),
                    environment.origin.span,
                )
                .help(format!("{remedy}; engines miss some closed pull requests")),
            );
        } else if let Some(span) = opened {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0503,
                    format!(
                        "only an ephemeral environment may be open, and `{name}` is of tier {}",
                        environment.tier.word()
                    ),
                    span,
                )
                .help("pull requests run code that nobody has reviewed: give them an environment of `tier ephemeral per pull-request`"),
            );
        }
    }

    fn tier(&mut self, tier: &Name, per_pull_request: bool, built: &mut Environment, frame: &Frame) {
        match Tier::from_word(&tier.node) {
            Some(found) => {
                built.tier = found;
                if per_pull_request && found != Tier::Ephemeral {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0501,
                            format!("only tier ephemeral is `per pull-request`, not {}", tier.node),
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
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                tier.span,
                near,
            ),
            None => diagnostic.help(format!("there is {}", words.join(", "))),
        };
        self.report(frame, diagnostic);
    }

    fn environment_clause(
        &mut self,
        clause: &'a EnvironmentClause,
        span: pipec_base::Span,
        built: &mut Environment,
        frame: &mut Frame,
    ) {
        let origin = frame.origin(span);
        match clause {
            EnvironmentClause::After(path) => {
                if let Some(name) = self.environment_named(path, frame) {
                    built.after.push((name, frame.origin(path.span)));
                }
            }
            EnvironmentClause::From(names) => {
                let names = names.iter().map(|name| name.node.clone()).collect();
                built.from = Some((names, origin));
            }
            EnvironmentClause::Url(string) => built.url = Some(self.text(string, frame)),
            EnvironmentClause::Requires(kinds) => self.requires(kinds, built, frame),
            EnvironmentClause::Approval { role, min, not_author } => {
                if let Some(role) = self.role(role, frame) {
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
                built.identities.extend(self.identity(identity, span, frame));
            }
            EnvironmentClause::Value { variable, value } => {
                let value = self.evaluate(value, frame);
                self.new_variable(built, &variable.node, variable.span, frame);
                if let Some(value) = self.variable_value(&value, variable.span, frame) {
                    let variable = variable.node.clone();
                    built.values.push(Binding { variable, value, origin });
                }
            }
            EnvironmentClause::Window { from_day, to_day, from, to, zone } => {
                built.window = self.window(from_day, to_day.as_ref(), (from, to), zone, origin, frame);
            }
            EnvironmentClause::Lock(name) => {
                self.known_word(name, &["queue", "newest"], "lock", frame);
                built.lock = if name.node == "newest" { Lock::Newest } else { Lock::Queue };
            }
            EnvironmentClause::Ttl(duration) => built.ttl = Some(duration.node.milliseconds),
            EnvironmentClause::Teardown(action) => built.teardown = self.action(action, frame),
            EnvironmentClause::Tier { .. } | EnvironmentClause::OpenTo(_) | EnvironmentClause::Error => {}
        }
    }

    fn requires(&mut self, kinds: &[Path], built: &mut Environment, frame: &Frame) {
        for path in kinds {
            let Some(kind) = self.evidence(path, frame) else { continue };
            if built.requires.iter().any(|(known, _)| *known == kind.name) {
                self.report(frame, repeated(&kind.name, path.span));
            } else {
                built.requires.push((kind.name, frame.origin(path.span)));
            }
        }
    }

    fn new_variable(&mut self, built: &Environment, name: &str, span: pipec_base::Span, frame: &Frame) {
        let first = built
            .secrets
            .iter()
            .map(|secret| (&secret.variable, secret.origin.span))
            .chain(built.values.iter().map(|value| (&value.variable, value.origin.span)))
            .find(|(variable, _)| *variable == name);
        if let Some((_, first)) = first {
            self.report(
                frame,
                Diagnostic::error(codes::P0121, format!("variable `{name}` is taken"), span)
                    .label(first, "it was first declared here"),
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

    /// An identity as declared in an environment or a body.
    pub(super) fn identity(
        &mut self,
        identity: &ast::Identity,
        span: pipec_base::Span,
        frame: &Frame,
    ) -> Option<Identity> {
        if !self.known_word(&identity.provider, &PROVIDERS, "identity provider", frame) {
            return None;
        }
        let role = identity.role.node.as_str();
        let (fits, form) = match identity.provider.node.as_str() {
            "aws" => (
                role.starts_with("arn:aws") && role.contains(":role/") && role.split(':').count() >= 6,
                "arn:aws:iam::123456789012:role/name",
            ),
            "azure" => (
                (2..=3).contains(&role.split('/').filter(|part| !part.is_empty()).count()),
                "tenant-id/client-id",
            ),
            _ => (
                role.starts_with("projects/")
                    && role.contains("/workloadIdentityPools/")
                    && role.contains("/providers/"),
                "projects/123/locations/global/workloadIdentityPools/pool/providers/github",
            ),
        };
        if !fits || role.contains(char::is_whitespace) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0604,
                    format!("`{role}` is no identity of {}", identity.provider.node),
                    identity.role.span,
                )
                .help(format!("it has the form `{form}`")),
            );
            return None;
        }
        Some(Identity {
            provider: identity.provider.node.clone(),
            role: role.to_owned(),
            origin: frame.origin(span),
        })
    }

    fn window(
        &mut self,
        from_day: &Name,
        to_day: Option<&Name>,
        (from, to): (&pipec_base::Spanned<Time>, &pipec_base::Spanned<Time>),
        zone: &ast::Text,
        origin: Origin,
        frame: &Frame,
    ) -> Option<Window> {
        let first = self.day(from_day, frame)?;
        let last = match to_day {
            Some(day) => self.day(day, frame)?,
            None => first,
        };
        let minutes = |time: &Time| u16::from(time.hour) * 60 + u16::from(time.minute);
        let (start, end) = (minutes(&from.node), minutes(&to.node));
        if start >= end {
            self.report(
                frame,
                Diagnostic::error(codes::P0505, "the window closes before it opens", from.span.to(to.span))
                    .help("a window opens and closes on one day: `22:00..23:59` ends before midnight"),
            );
            return None;
        }
        let parts: Vec<&str> = zone.node.split('/').collect();
        let known = zone.node == "UTC"
            || (parts.len() >= 2
                && parts.iter().all(|part| {
                    part.starts_with(|c: char| c.is_ascii_uppercase())
                        && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
                }));
        if !known {
            self.report(
                frame,
                Diagnostic::error(codes::P0505, format!("`{}` is no time zone", zone.node), zone.span)
                    .help("write a name of the IANA database: `Europe/London`, `America/New_York`, or `UTC`"),
            );
            return None;
        }
        let days =
            if first <= last { (first..=last).collect() } else { (first..=7).chain(1..=last).collect() };
        Some(Window { days, from: start, to: end, zone: zone.node.clone(), origin })
    }

    fn day(&mut self, name: &Name, frame: &Frame) -> Option<u8> {
        let place = DAYS.iter().position(|day| *day == name.node);
        if place.is_none() {
            self.report(
                frame,
                Diagnostic::error(codes::P0505, format!("there is no day `{}`", name.node), name.span)
                    .help(format!("there is {}", DAYS.join(", "))),
            );
        }
        place.and_then(|place| u8::try_from(place + 1).ok())
    }

    /// Whether a word is one of a closed list; says so if not.
    pub(super) fn known_word(&mut self, word: &Name, known: &[&str], what: &str, frame: &Frame) -> bool {
        if known.contains(&word.node.as_str()) {
            return true;
        }
        let diagnostic =
            Diagnostic::error(codes::P0101, format!("there is no {what} `{}`", word.node), word.span);
        let diagnostic = match closest(&word.node, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                word.span,
                near,
            ),
            None => diagnostic.help(format!("there is {}", known.join(", "))),
        };
        self.report(frame, diagnostic);
        false
    }

    /// What a variable of a script holds.
    pub(super) fn variable_value(
        &mut self,
        value: &Value,
        span: pipec_base::Span,
        frame: &Frame,
    ) -> Option<pipec_ir::Text> {
        if *value == Value::Broken {
            return None;
        }
        let text = value.to_text();
        if let Value::Secret { variable, .. } = value {
            self.report(
                frame,
                Diagnostic::error(codes::P0601, format!("secret `{variable}` would leave its node"), span)
                    .help("a secret flows only into `env` of the node that may hold it, or a task parameter of type secret"),
            );
        } else if text.is_none() {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0106,
                    format!("a variable holds text, not a value of type {}", value.type_of()),
                    span,
                )
                .help("name a field of it, or write the text"),
            );
        }
        text
    }

    /// Environments in a circle of `after` are never entered.
    pub(super) fn refuse_environment_cycles(&mut self) {
        let names: Vec<String> = self.program.environments.keys().cloned().collect();
        for name in names {
            let mut reached: BTreeSet<String> = BTreeSet::new();
            let mut next: Vec<String> = vec![name.clone()];
            while let Some(current) = next.pop() {
                let Some(environment) = self.program.environments.get(&current) else { continue };
                for (before, _) in &environment.after {
                    if reached.insert(before.clone()) {
                        next.push(before.clone());
                    }
                }
            }
            if !reached.contains(&name) {
                continue;
            }
            let Some(environment) = self.program.environments.get_mut(&name) else { continue };
            let broken = std::mem::take(&mut environment.after);
            let Some((before, origin)) = broken.into_iter().next() else { continue };
            self.diagnostics.push(
                Diagnostic::error(
                    codes::P0206,
                    format!("environment `{name}` comes after itself"),
                    origin.span,
                )
                .counterexample(format!("`{name}` waits for `{before}`, which waits for `{name}`"))
                .help("a change travels one way: drop one of the `after`"),
            );
        }
    }
}

fn repeated(name: &str, span: pipec_base::Span) -> Diagnostic {
    Diagnostic::error(codes::P0015, format!("`{name}` stands here twice"), span).help("drop one of the two")
}

fn taken(name: &str, what: &str, span: pipec_base::Span, first: pipec_base::Span) -> Diagnostic {
    Diagnostic::error(codes::P0102, format!("there are two {what}s `{name}` in the workspace"), span)
        .label(first, "the other is declared here")
        .help("names of pipelines, environments and roles are unique in a workspace: records and settings go by them")
}
