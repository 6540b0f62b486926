//! Environments, runners, roles and registries.

use super::{
    Action, Clause, Duration, Expression, Identity, Name, Parameter, Path, Secret, StringLiteral, Text, Time,
    Variable,
};
use pipec_base::Spanned;

/// An environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// Its name.
    pub name: Name,
    /// Its parameters. `None` if none were written.
    pub parameters: Option<Vec<Parameter>>,
    /// Its clauses.
    pub clauses: Vec<Clause<EnvironmentClause>>,
}

/// A clause of an environment.
#[derive(Clone, Debug, PartialEq)]
pub enum EnvironmentClause {
    /// `tier ephemeral per pull-request`
    Tier {
        /// The tier.
        tier: Name,
        /// Whether `per pull-request` was written.
        per_pull_request: bool,
    },
    /// `after staging`
    After(Path),
    /// `from api, web`
    From(Vec<Name>),
    /// `open to members`
    OpenTo(Name),
    /// `url "https://…"`
    Url(StringLiteral),
    /// `requires test, lint`
    Requires(Vec<Path>),
    /// `approval by release-managers min 2 not author`
    Approval {
        /// The role that approves.
        role: Path,
        /// The number of required approvals.
        min: Option<Spanned<u64>>,
        /// Whether the author can't approve.
        not_author: bool,
    },
    /// `secret NAME`
    Secret(Secret),
    /// `identity aws "…"`
    Identity(Identity),
    /// `value NAME = expr`
    Value {
        /// The variable.
        variable: Variable,
        /// Its value.
        value: Expression,
    },
    /// `window mon..thu 08:00..16:00 "Europe/London"`
    Window {
        /// The first day.
        from_day: Name,
        /// The last day, if it differs.
        to_day: Option<Name>,
        /// The start.
        from: Spanned<Time>,
        /// The end.
        to: Spanned<Time>,
        /// The time zone's name.
        zone: Text,
    },
    /// `lock queue`
    Lock(Name),
    /// `ttl 48h`
    Ttl(Spanned<Duration>),
    /// `teardown run "…"`
    Teardown(Action),
    /// `forward by history`, `forward off because "…"`
    Forward(Forward),
    /// A clause that can't be parsed, or that is only planned.
    Error,
}

/// The direction in which the commits of an environment move.
#[derive(Clone, Debug, PartialEq)]
pub enum Forward {
    /// `forward by version within major`
    By {
        /// `history` or `version`.
        order: Name,
        /// The part of the version that has its own direction.
        within: Option<Name>,
    },
    /// `forward off because "…"`
    Off {
        /// The reason.
        because: Text,
    },
}

/// A runner.
#[derive(Clone, Debug, PartialEq)]
pub struct Runner {
    /// Its name.
    pub name: Name,
    /// Its clauses.
    pub clauses: Vec<Clause<RunnerClause>>,
}

/// A clause of a runner.
#[derive(Clone, Debug, PartialEq)]
pub enum RunnerClause {
    /// `image "debian:bookworm"`
    Image(Expression),
    /// `host linux-x64`
    Host(Name),
    /// `with docker`
    With(Name),
    /// `label github "gpu-a10"`
    Label {
        /// The engine.
        target: Name,
        /// The label on the engine.
        label: Text,
    },
    /// `cpu 4`
    Cpu(Spanned<u64>),
    /// `memory 8GiB`, in bytes.
    Memory(Spanned<u64>),
    /// `gpu 1`
    Gpu(Spanned<u64>),
    /// A clause that can't be parsed.
    Error,
}

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name.
    pub name: Name,
    /// Its member on each engine.
    pub members: Vec<Clause<RoleMember>>,
}

/// `github team "acme/release-managers"`
#[derive(Clone, Debug, PartialEq)]
pub struct RoleMember {
    /// The engine.
    pub target: Name,
    /// `team`, `group` or `user`.
    pub kind: Name,
    /// Its name on the engine.
    pub member: Text,
}

/// `registry "ghcr.io/acme" { user X password Y }`
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// The prefix.
    pub prefix: Text,
    /// Its clauses.
    pub clauses: Vec<Clause<RegistryClause>>,
}

/// A clause of a registry.
#[derive(Clone, Debug, PartialEq)]
pub enum RegistryClause {
    /// `user X`: the secret with the user's name.
    User(Variable),
    /// `password Y`: the secret with the password.
    Password(Variable),
    /// `identity aws "…"`: the identity that logs in.
    Identity(Identity),
    /// A clause that can't be parsed.
    Error,
}

/// `platform github { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Platform {
    /// The engine.
    pub engine: Name,
    /// Its clauses.
    pub clauses: Vec<Clause<PlatformClause>>,
}

/// A clause of a platform.
#[derive(Clone, Debug, PartialEq)]
pub enum PlatformClause {
    /// `plan free`
    Plan(Name),
    /// `visibility private`
    Visibility(Name),
    /// `secrets shared because "…"`
    SecretsShared {
        /// The reason.
        because: Text,
    },
    /// A clause that can't be parsed.
    Error,
}
