//! Environments and the people who guard them.

use crate::{Action, Binding, Identity, Origin, Secret, Text};
use std::collections::BTreeMap;

/// A place where artefacts run. Durations are in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// Its name, unique in the workspace.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Where it was declared.
    pub origin: Origin,
    /// What it is for.
    pub tier: Tier,
    /// The environments that come before it, by name.
    pub after: Vec<(String, Origin)>,
    /// The pipelines that enter it, where it lists them.
    pub from: Option<(Vec<String>, Origin)>,
    /// Whether pull requests from branches of the same repository may enter it.
    pub open_to_members: bool,
    /// Where people reach it.
    pub url: Option<Text>,
    /// The evidence it asks for, by kind.
    pub requires: Vec<(String, Origin)>,
    /// Who approves a deploy.
    pub approval: Option<Approval>,
    /// Its secrets.
    pub secrets: Vec<Secret>,
    /// Its identities.
    pub identities: Vec<Identity>,
    /// Its values.
    pub values: Vec<Binding>,
    /// When deploys may start.
    pub window: Option<Window>,
    /// Who waits.
    pub lock: Lock,
    /// How long an ephemeral environment lives.
    pub ttl: Option<u64>,
    /// Removes an ephemeral environment.
    pub teardown: Option<Action>,
}

impl Environment {
    /// An environment that says nothing but its name and tier.
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
            ttl: None,
            teardown: None,
        }
    }
}

/// What an environment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum Tier {
    Ephemeral,
    Development,
    Testing,
    Staging,
    Production,
}

impl Tier {
    /// All of them, from the first to the last a change reaches.
    pub const ALL: [Tier; 5] =
        [Tier::Ephemeral, Tier::Development, Tier::Testing, Tier::Staging, Tier::Production];

    /// Its word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Ephemeral => "ephemeral",
            Tier::Development => "development",
            Tier::Testing => "testing",
            Tier::Staging => "staging",
            Tier::Production => "production",
        }
    }

    /// The tier of that word.
    pub fn from_word(word: &str) -> Option<Tier> {
        Tier::ALL.into_iter().find(|tier| tier.word() == word)
    }
}

/// `approval by ROLE min 2 not author`
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    /// The role.
    pub role: String,
    /// How many must approve.
    pub min: u64,
    /// Whether whoever started the run may not.
    pub not_author: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// `window mon..thu 08:00..16:00 "Europe/London"`
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The days, in order; those of `fri..mon` begin with Friday.
    pub days: Vec<Weekday>,
    /// From when, in minutes of the day.
    pub from: u16,
    /// Until when, in minutes of the day.
    pub to: u16,
    /// The time zone's name in the IANA database.
    pub zone: String,
    /// Where it was written.
    pub origin: Origin,
}

/// The days of the week, from Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants name themselves")]
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
    /// All of them, in order.
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// Its word in the language: `mon`.
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

    /// The day of that word.
    pub fn from_word(word: &str) -> Option<Weekday> {
        Weekday::ALL.into_iter().find(|day| day.word() == word)
    }

    /// Its number, from 1 (Monday) to 7, as ISO 8601 counts.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}

/// Which waiting deploy goes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// All wait, in order.
    #[default]
    Queue,
    /// Only the latest waits.
    Newest,
}

impl Lock {
    /// All of them.
    pub const ALL: [Lock; 2] = [Lock::Queue, Lock::Newest];

    /// Its word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Lock::Queue => "queue",
            Lock::Newest => "newest",
        }
    }
}

/// Who may approve or override.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Who it is, by engine.
    pub members: BTreeMap<String, RoleMember>,
    /// Where it was declared.
    pub origin: Origin,
}

/// `github team "acme/release-managers"`
#[derive(Clone, Debug, PartialEq)]
pub struct RoleMember {
    /// What it is.
    pub kind: MemberKind,
    /// Its name there.
    pub name: String,
}

/// The kinds of members of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum MemberKind {
    Team,
    Group,
    User,
}

impl MemberKind {
    /// All of them.
    pub const ALL: [MemberKind; 3] = [MemberKind::Team, MemberKind::Group, MemberKind::User];

    /// Its word in the language.
    pub fn word(self) -> &'static str {
        match self {
            MemberKind::Team => "team",
            MemberKind::Group => "group",
            MemberKind::User => "user",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<MemberKind> {
        MemberKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
