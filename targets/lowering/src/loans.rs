//! What `for` lends to some steps of a node: logins, and files with secrets.
//!
//! A login at AWS or Google Cloud leaves nothing that a step finds by itself. So it comes before all scripts, and only
//! the steps that hold it get variables. A session at Azure and a file are there for every step of the job. So they
//! begin directly before the steps that hold them, and end behind them. For example, with `identity aws "…" for push`
//! and `identity azure "…" for plan, apply`:
//!
//! ```text
//! login-aws   log in to AWS
//!             the script of `build`
//!             log in to Azure
//!             the scripts of `plan` and `apply`
//!             log out of Azure
//!             the script of `push`, with AWS_ACCESS_KEY_ID of login-aws and the like
//! ```

use crate::acts::{Act, Does, Failure, Reach};
use crate::credentials;
use crate::guard::Guard;
use crate::value::{Credential, Part, Value, Variables};
use pipec_ir::{Held, Identity, Node, Program, Provider, Secret};
use pipec_runtime::Script;
use pipec_runtime::names::LOGIN;
use std::borrow::Cow;

/// Something that is there for all steps while it lasts.
struct Loan<'p> {
    held: Held,
    /// The id of its beginning.
    id: String,
    begin: Act<'p>,
    end: Act<'p>,
}

/// Whether a session at a provider is there for all steps of the job.
fn is_open_to_all(provider: Provider) -> bool {
    provider == Provider::Azure
}

/// Whether an identity of a node is lent for a part of the job only.
pub(crate) fn lends_identity(node: &Node, identity: &Identity) -> bool {
    is_open_to_all(identity.provider) && node.body.narrowed_to(&Held::identity(identity)).is_some()
}

/// Whether the file of a secret of a node is there for a part of the job only.
pub(crate) fn lends_file(node: &Node, secret: &Secret) -> bool {
    secret.file && node.body.narrowed_to(&Held::secret(secret)).is_some()
}

/// Who has a login with an identity of a node.
pub(crate) fn reach(node: &Node, identity: &Identity) -> Reach {
    match node.body.narrowed_to(&Held::identity(identity)) {
        Some(_) => Reach::Given,
        None => Reach::All,
    }
}

/// Adds to the acts of a job what only some steps of its node hold.
pub(crate) fn lend<'p>(
    program: &'p Program,
    node: &'p Node,
    variables: &Variables<'p>,
    unless_exempt: &Guard,
    acts: &mut Vec<Act<'p>>,
) {
    for loan in loans(program, node) {
        *acts = with_loan(node, &loan, unless_exempt, std::mem::take(acts));
    }
    give_logins(program, node, variables, acts);
}

fn loans<'p>(program: &'p Program, node: &'p Node) -> Vec<Loan<'p>> {
    let identities = program.identities_of(node).filter(|identity| lends_identity(node, identity));
    let identities = identities.filter_map(|identity| {
        Some(Loan {
            held: Held::identity(identity),
            id: format!("{LOGIN}{}", identity.provider.word()),
            begin: credentials::sign_in(identity, Reach::Given)?,
            end: credentials::log_out(),
        })
    });
    let files = program.secrets_of(node).filter(|secret| lends_file(node, secret));
    let files = files.map(|secret| Loan {
        held: Held::secret(secret),
        id: format!("file-{}", secret.variable),
        begin: credentials::write(secret),
        end: credentials::remove(secret),
    });
    identities.chain(files).collect()
}

/// The acts with a loan around each sequence of scripts that hold it.
fn with_loan<'p>(node: &Node, loan: &Loan<'p>, unless_exempt: &Guard, acts: Vec<Act<'p>>) -> Vec<Act<'p>> {
    // If no script runs after a failure, the end of the job is soon enough.
    let is_plain = acts.iter().filter(|act| matches!(act.does, Does::Script(..))).all(|act| {
        act.when == *unless_exempt && act.failure == Failure::Counts && node.body.cleanup.is_none()
    });
    let mut lent = Vec::with_capacity(acts.len());
    let mut begun: Vec<String> = Vec::new();
    let mut is_open = false;
    for act in acts {
        let holds = match &act.does {
            Does::Script(step, _) => node.body.is_held_by(&loan.held, step),
            Does::Fixed(Script::TimeLeft, _) => is_open,
            _ => false,
        };
        if holds != is_open {
            // What is left of the time is worked out directly before its script.
            let is_late = matches!(lent.last(), Some(Act { does: Does::Fixed(Script::TimeLeft, _), .. }));
            let time_left = if is_late { lent.pop() } else { None };
            if holds {
                let id = numbered(&loan.id, begun.len());
                let begin = loan.begin.clone().when(act.when.clone());
                lent.push(if is_plain { begin } else { begin.with_id(id.clone()) });
                begun.push(id);
            } else {
                lent.push(end_of(loan, is_plain, unless_exempt, begun.last()));
            }
            lent.extend(time_left);
            is_open = holds;
        }
        lent.push(act);
    }
    if is_open {
        lent.push(end_of(loan, is_plain, unless_exempt, begun.last()));
    }
    lent
}

fn end_of<'p>(loan: &Loan<'p>, is_plain: bool, unless_exempt: &Guard, begun: Option<&String>) -> Act<'p> {
    // A beginning that failed may have left something, too.
    let begun = begun.filter(|_| !is_plain).map(|id| Guard::SkippedAct(id.clone()).negated());
    let when = begun.map(|begun| Guard::all([Guard::Whatever, begun]));
    loan.end.clone().when(when.unwrap_or_else(|| unless_exempt.clone()))
}

/// Gives the scripts the logins that only some of them hold, each by the variables of its provider.
fn give_logins<'p>(program: &'p Program, node: &'p Node, variables: &Variables<'p>, acts: &mut [Act<'p>]) {
    for identity in program.identities_of(node) {
        let held = Held::identity(identity);
        if reach(node, identity) == Reach::All || is_open_to_all(identity.provider) {
            continue;
        }
        // The ids of the logins so far, and whether each happens in every run that comes so far.
        let mut logins: Vec<(String, bool)> = Vec::new();
        for act in acts.iter_mut() {
            match &mut act.does {
                Does::SignIn(other, Reach::Given) if *other == identity => {
                    let id = numbered(&format!("{LOGIN}{}", identity.provider.word()), logins.len());
                    logins.push((id.clone(), act.when == Guard::Always));
                    act.id = Some(id);
                }
                Does::Script(step, own) if node.body.is_held_by(&held, step) => {
                    let newest = newest_first(&logins, act.when == Guard::Always);
                    let is_set =
                        |name: &str| variables.iter().chain(own.iter()).any(|(known, _)| known == name);
                    let given = given(identity, program.region_of(node, identity), &newest);
                    let given: Variables<'p> = given.into_iter().filter(|(name, _)| !is_set(name)).collect();
                    own.extend(given);
                }
                _ => {}
            }
        }
    }
}

/// The logins that a script may find, the newest first. A script that runs only after successes finds the newest one that
/// happens in every run, and needs no older one.
fn newest_first(logins: &[(String, bool)], after_successes: bool) -> Vec<String> {
    let mut newest = Vec::new();
    for (id, is_certain) in logins.iter().rev() {
        newest.push(id.clone());
        if *is_certain && after_successes {
            break;
        }
    }
    newest
}

/// The variables by which a provider's tools find a login.
fn given<'p>(identity: &Identity, region: Option<&'p str>, logins: &[String]) -> Variables<'p> {
    let got = |name: &'static str, credential| {
        (Cow::Borrowed(name), Value::part(Part::OfLogin(logins.to_vec(), credential)))
    };
    match identity.provider {
        Provider::Aws => {
            let region = region.unwrap_or_default();
            vec![
                ("AWS_REGION".into(), Value::text(region)),
                ("AWS_DEFAULT_REGION".into(), Value::text(region)),
                got("AWS_ACCESS_KEY_ID", Credential::AccessKeyId),
                got("AWS_SECRET_ACCESS_KEY", Credential::SecretAccessKey),
                got("AWS_SESSION_TOKEN", Credential::SessionToken),
            ]
        }
        Provider::Google => vec![
            got("GOOGLE_APPLICATION_CREDENTIALS", Credential::File),
            got("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", Credential::File),
            got("GOOGLE_GHA_CREDS_PATH", Credential::File),
        ],
        Provider::Azure | Provider::Oidc => Vec::new(),
    }
}

/// An id, with a number from the second on.
fn numbered(id: &str, before: usize) -> String {
    if before == 0 { id.to_owned() } else { format!("{id}-{}", before + 1) }
}
