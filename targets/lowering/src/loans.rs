//! What `for` lends to some steps of a node: logins, and files with secrets.
//!
//! A loan begins directly before the scripts that hold it, and ends behind them. For example, with `identity azure "…"
//! for plan, apply` and `identity aws "…" for push`:
//!
//! ```text
//!             the script of `build`
//! login-azure log in to Azure
//!             the scripts of `plan` and `apply`
//!             log out of Azure
//! login-aws   log in to AWS
//!             the script of `push`, with AWS_ACCESS_KEY_ID of login-aws and the like
//! ```
//!
//! A session at Azure, the file of Google's login and the file of a secret are there for every step of the job while they
//! last. A login at AWS has no end: it leaves nothing that a step finds by itself.

use crate::acts::{Act, Does, Failure, Reach};
use crate::credentials;
use crate::guard::Guard;
use crate::value::{Credential, Part, Value, Variables};
use pipec_ir::{Held, Identity, Node, Program, Provider, Secret};
use pipec_runtime::Script;
use pipec_runtime::names::LOGIN;
use std::borrow::Cow;

/// Something that is lent.
struct Loan<'p> {
    held: Held,
    /// The id of its first beginning; a number follows for the others.
    id: String,
    begin: Act<'p>,
    what: Lent<'p>,
}

enum Lent<'p> {
    File(&'p Secret),
    Login { identity: &'p Identity, region: Option<&'p str> },
}

/// Whether an identity of a node is lent to some of its steps.
pub(crate) fn lends_identity(node: &Node, identity: &Identity) -> bool {
    node.body.narrowed_to(&Held::identity(identity)).is_some()
}

/// Whether the file of a secret of a node is lent to some of its steps.
pub(crate) fn lends_file(node: &Node, secret: &Secret) -> bool {
    secret.file && node.body.narrowed_to(&Held::secret(secret)).is_some()
}

/// Adds to the acts of a job what only some steps of its node hold.
pub(crate) fn lend<'p>(
    program: &'p Program,
    node: &'p Node,
    variables: &Variables<'p>,
    unless_exempt: &Guard,
    acts: &mut Vec<Act<'p>>,
) {
    let identities = program.identities_of(node).filter(|identity| lends_identity(node, identity));
    let identities = identities.filter_map(|identity| {
        Some(Loan {
            held: Held::identity(identity),
            id: format!("{LOGIN}{}", identity.provider.word()),
            begin: credentials::sign_in(identity, Reach::Given)?,
            what: Lent::Login { identity, region: program.region_of(node, identity) },
        })
    });
    let files = program.secrets_of(node).filter(|secret| lends_file(node, secret));
    let files = files.map(|secret| Loan {
        held: Held::secret(secret),
        id: format!("file-{}", secret.variable),
        begin: credentials::write(secret),
        what: Lent::File(secret),
    });
    // If no script runs after a failure, the end of the job is soon enough.
    let is_plain = acts.iter().filter(|act| matches!(act.does, Does::Script(..))).all(|act| {
        act.when == *unless_exempt && act.failure == Failure::Counts && node.body.cleanup.is_none()
    });
    for loan in identities.chain(files) {
        let mut lending = Lending {
            node,
            loan,
            unless_exempt,
            is_plain,
            acts: Vec::with_capacity(acts.len()),
            times: 0,
            open: None,
        };
        std::mem::take(acts).into_iter().for_each(|act| lending.take(act, variables));
        *acts = lending.end();
    }
}

/// The acts of a job while one loan is put between them.
struct Lending<'l, 'p> {
    node: &'p Node,
    loan: Loan<'p>,
    unless_exempt: &'l Guard,
    is_plain: bool,
    acts: Vec<Act<'p>>,
    /// How often the loan has begun.
    times: usize,
    open: Option<Open>,
}

/// A loan that has begun and not ended.
struct Open {
    /// The id of its beginning.
    id: String,
    /// When it begins.
    when: Guard,
    /// The ids of the scripts so far that hold it.
    scripts: Vec<String>,
}

impl<'p> Lending<'_, 'p> {
    fn take(&mut self, mut act: Act<'p>, variables: &Variables<'p>) {
        let holds = match &act.does {
            Does::Script(step, _) => self.node.body.is_held_by(&self.loan.held, step),
            // It belongs to the script that follows.
            Does::Fixed(Script::TimeLeft, _) => return self.acts.push(act),
            // A login may last only an hour, so what follows a wait logs in again.
            Does::Fixed(Script::Soak | Script::Again, _) => {
                self.close();
                return self.acts.push(act);
            }
            _ => false,
        };
        if !holds && self.loan.end().is_some() {
            self.close();
        }
        if holds {
            if !self.open.as_ref().is_some_and(|open| open.is_there_for(&act, self.unless_exempt)) {
                self.close();
                self.begin(act.when.clone());
            }
            if let Some(open) = &mut self.open {
                open.scripts.extend(act.id.clone());
                if let Does::Script(_, own) = &mut act.does {
                    let given = self.loan.variables(&open.id, variables, own);
                    own.extend(given);
                }
            }
        }
        self.acts.push(act);
    }

    fn begin(&mut self, when: Guard) {
        let id = numbered(&self.loan.id, self.times);
        self.times += 1;
        let begin = self.loan.begin.clone().when(when.clone());
        let has_id = !self.is_plain || !matches!(self.loan.what, Lent::File(_));
        self.put(if has_id { begin.with_id(id.clone()) } else { begin });
        self.open = Some(Open { id, when, scripts: Vec::new() });
    }

    /// Ends the loan, if it is open. A beginning that failed may have left something, too.
    fn close(&mut self) {
        let (Some(open), Some(end)) = (self.open.take(), self.loan.end()) else { return };
        let begun = Guard::SkippedAct(open.id.clone()).negated();
        let when = match self.is_plain {
            true => self.unless_exempt.clone(),
            false => Guard::all([Guard::Whatever, begun]),
        };
        self.put(self.loan.ended(end, &open.id).when(when));
    }

    /// Puts an act before what only works out the time for the next script.
    fn put(&mut self, act: Act<'p>) {
        let is_late = matches!(self.acts.last(), Some(Act { does: Does::Fixed(Script::TimeLeft, _), .. }));
        let time_left = if is_late { self.acts.pop() } else { None };
        self.acts.push(act);
        self.acts.extend(time_left);
    }

    fn end(mut self) -> Vec<Act<'p>> {
        self.close();
        self.acts
    }
}

impl Open {
    /// Whether the loan has begun in every run in which a script runs, and not long ago.
    fn is_there_for(&self, act: &Act<'_>, unless_exempt: &Guard) -> bool {
        // A rollback may begin hours later.
        if is_of_rollback(&act.when) != is_of_rollback(&self.when) {
            return false;
        }
        let has_run = |guard: &Guard| match guard {
            Guard::SucceededAct(id) | Guard::FailedAct(id) => self.scripts.contains(id),
            Guard::Not(other) => matches!(&**other, Guard::SkippedAct(id) if self.scripts.contains(id)),
            _ => false,
        };
        let is_implied = |guard: &Guard| match guard {
            Guard::Any(some) => some.iter().all(has_run),
            guard => has_run(guard),
        };
        let is_certain = |guard: &Guard| *guard == Guard::Always || guard == unless_exempt;
        is_certain(&self.when) && is_certain(&act.when)
            || self.when == act.when
            || match &act.when {
                Guard::All(all) => all.iter().any(is_implied),
                guard => is_implied(guard),
            }
    }
}

/// Whether a guard lets an act run only once a deploy is broken.
fn is_of_rollback(guard: &Guard) -> bool {
    match guard {
        Guard::All(all) => all.contains(&Guard::Broken),
        guard => *guard == Guard::Broken,
    }
}

/// How a loan ends.
#[derive(Clone, Copy)]
enum End {
    LogOut,
    RemoveLogin,
    RemoveFile,
}

impl<'p> Loan<'p> {
    /// How it ends. `None` if nothing of it is there for other steps.
    fn end(&self) -> Option<End> {
        match &self.what {
            Lent::File(_) => Some(End::RemoveFile),
            Lent::Login { identity, .. } => match identity.provider {
                Provider::Azure => Some(End::LogOut),
                Provider::Google => Some(End::RemoveLogin),
                Provider::Aws | Provider::Oidc => None,
            },
        }
    }

    fn ended(&self, end: End, id: &str) -> Act<'p> {
        match (end, &self.what) {
            (End::RemoveFile, Lent::File(secret)) => credentials::remove(secret),
            (End::RemoveLogin, _) => credentials::remove_login(id),
            _ => credentials::log_out(),
        }
    }

    /// The variables by which the tools of a provider find a login, unless a script has them already.
    fn variables(&self, id: &str, of_node: &Variables<'p>, own: &Variables<'p>) -> Variables<'p> {
        let Lent::Login { identity, region } = self.what else { return Vec::new() };
        let known = |name: &str| of_node.iter().chain(own).find(|(known, _)| known == name);
        let got = |name: &'static str, credential| {
            (Cow::Borrowed(name), Value::part(Part::OfLogin(id.to_owned(), credential)))
        };
        let mut all: Variables<'p> = Vec::new();
        match identity.provider {
            Provider::Aws => {
                let set = known("AWS_REGION").map(|(_, value)| value.clone());
                let region = set.unwrap_or_else(|| Value::text(region.unwrap_or_default()));
                all.extend(["AWS_REGION", "AWS_DEFAULT_REGION"].map(|name| (name.into(), region.clone())));
                all.push(got("AWS_ACCESS_KEY_ID", Credential::AccessKeyId));
                all.push(got("AWS_SECRET_ACCESS_KEY", Credential::SecretAccessKey));
                all.push(got("AWS_SESSION_TOKEN", Credential::SessionToken));
            }
            Provider::Google => {
                let names = [
                    "GOOGLE_APPLICATION_CREDENTIALS",
                    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
                    "GOOGLE_GHA_CREDS_PATH",
                ];
                all.extend(names.map(|name| got(name, Credential::File)));
            }
            Provider::Azure | Provider::Oidc => {}
        }
        all.retain(|(name, _)| known(name).is_none());
        all
    }
}

/// An id, with a number from the second on.
fn numbered(id: &str, before: usize) -> String {
    if before == 0 { id.to_owned() } else { format!("{id}-{}", before + 1) }
}
