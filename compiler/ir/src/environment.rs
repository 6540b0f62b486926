//! Environments, and the roles that approve deploys to them.
//!
//! For example, `environment production { after staging  requires test  approval by owners }` has one predecessor, one
//! required kind of evidence and one approval.

use crate::{Action, Binding, Identity, Origin, Secret, Text};
use std::collections::BTreeMap;

/// An environment, in which artefacts run. Durations are in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// Its name, unique in the workspace.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it was declared.
    pub origin: Origin,
    /// Its class, from ephemeral to production.
    pub tier: Tier,
    /// The environments before it, by name.
    pub after: Vec<(String, Origin)>,
    /// The pipelines that may enter it, if it lists them.
    pub from: Option<(Vec<String>, Origin)>,
    /// Whether pull requests from branches of the same repository may enter it.
    pub open_to_members: bool,
    /// The address that people open.
    pub url: Option<Text>,
    /// The kinds of evidence that it requires.
    pub requires: Vec<(String, Origin)>,
    /// The approval of deploys.
    pub approval: Option<Approval>,
    /// Its secrets.
    pub secrets: Vec<Secret>,
    /// Its identities.
    pub identities: Vec<Identity>,
    /// Its values.
    pub values: Vec<Binding>,
    /// The times when deploys may start.
    pub window: Option<Window>,
    /// Which waiting deploys are kept.
    pub lock: Lock,
    /// In which direction its commits move.
    pub direction: Direction,
    /// The lifetime of an ephemeral environment, in milliseconds.
    pub ttl: Option<u64>,
    /// The action that removes an ephemeral environment.
    pub teardown: Option<Action>,
}

impl Environment {
    /// An environment with a name and a tier only.
    pub fn new(name: impl Into<String>, tier: Tier, origin: Origin) -> Environment {
        Environment {
            name: name.into(),
            docs: Vec::new(),
            origin,
            tier,
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
            direction: Direction::default(),
            ttl: None,
            teardown: None,
        }
    }
}

/// The class of an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum Tier {
    Ephemeral,
    Development,
    Testing,
    Staging,
    Production,
}

impl Tier {
    /// All tiers, in the order in which a change reaches them.
    pub const ALL: [Tier; 5] =
        [Tier::Ephemeral, Tier::Development, Tier::Testing, Tier::Staging, Tier::Production];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Ephemeral => "ephemeral",
            Tier::Development => "development",
            Tier::Testing => "testing",
            Tier::Staging => "staging",
            Tier::Production => "production",
        }
    }

    /// The tier with a keyword.
    pub fn from_word(word: &str) -> Option<Tier> {
        Tier::ALL.into_iter().find(|tier| tier.word() == word)
    }
}

/// `approval by ROLE min 2 not author`.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// The role.
    pub role: String,
    /// The number of required approvals.
    pub min: u64,
    /// Whether the person who started the run can't approve.
    pub not_author: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// `window mon..thu 08:00..16:00 "Europe/London"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The days, in order. Those of `fri..mon` begin with Friday.
    pub days: Vec<Weekday>,
    /// The start, in minutes of the day.
    pub from: u16,
    /// The end, in minutes of the day.
    pub to: u16,
    /// The time zone's name in the IANA database.
    pub zone: String,
    /// Where it was written.
    pub origin: Origin,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All days, from Monday.
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// Its keyword in the language: `mon`.
    pub fn word(self) -> &'static str {
        match self {
            Weekday::Monday => "mon",
            Weekday::Tuesday => "tue",
            Weekday::Wednesday => "wed",
            Weekday::Thursday => "thu",
            Weekday::Friday => "fri",
            Weekday::Saturday => "sat",
            Weekday::Sunday => "sun",
        }
    }

    /// The day with a keyword.
    pub fn from_word(word: &str) -> Option<Weekday> {
        Weekday::ALL.into_iter().find(|day| day.word() == word)
    }

    /// Its number in ISO 8601, from 1 (Monday) to 7.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// In which direction the commits of a lasting environment move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Each commit is, or descends from, the one before it: `forward by history`.
    #[default]
    History,
    /// Each tag has at least the version of the one before it: `forward by version`.
    Version {
        /// The part of the version up to which tags are compared with each other only if they agree in it.
        within: Option<VersionPart>,
        /// Where it was written.
        origin: Origin,
    },
    /// Any: `forward off because "…"`.
    Any {
        /// The reason.
        because: String,
        /// Where it was written.
        origin: Origin,
    },
}

/// A part of a version. A line of versions agrees in it and in all parts before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum VersionPart {
    Major,
    Minor,
}

impl VersionPart {
    /// The parts that can name a line.
    pub const ALL: [VersionPart; 2] = [VersionPart::Major, VersionPart::Minor];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            VersionPart::Major => "major",
            VersionPart::Minor => "minor",
        }
    }
}

/// Which waiting deploys are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// All deploys wait, in order.
    #[default]
    Queue,
    /// Only the latest deploy waits.
    Newest,
}

impl Lock {
    /// All locks.
    pub const ALL: [Lock; 2] = [Lock::Queue, Lock::Newest];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            Lock::Queue => "queue",
            Lock::Newest => "newest",
        }
    }
}

/// A role: the people who may approve or override.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its member on each engine.
    pub members: BTreeMap<String, RoleMember>,
    /// Where it was declared.
    pub origin: Origin,
}

/// `github team "acme/release-managers"`.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleMember {
    /// Its kind.
    pub kind: MemberKind,
    /// Its name on the engine.
    pub name: String,
}

/// A kind of role member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum MemberKind {
    Team,
    Group,
    User,
}

impl MemberKind {
    /// All kinds.
    pub const ALL: [MemberKind; 3] = [MemberKind::Team, MemberKind::Group, MemberKind::User];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            MemberKind::Team => "team",
            MemberKind::Group => "group",
            MemberKind::User => "user",
        }
    }

    /// The kind with a keyword.
    pub fn from_word(word: &str) -> Option<MemberKind> {
        MemberKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
