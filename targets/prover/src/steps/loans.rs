//! What `for` lends to some steps of a node: logins, and files with secrets.
//!
//! A session at Azure and a file are there for every step while they last. So no script may run meanwhile that does not
//! hold them, and each script that does must find them. A login at AWS reaches only the steps that are given it.
//!
//! ```yaml
//! - name: Log in to Azure        # identity azure "…" for apply
//!   uses: Azure/login@532459e…
//! - run: npm ci                  # a finding: "runs the step `npm ci` with the azure identity, which it does not hold"
//! - run: ./apply.sh
//! - name: Log out of Azure
//! ```

use super::acting::Act;
use super::given::{leaves, sign_in, writes};
use super::{Check, Kind};
use crate::values::{Wanted, secret_file};
use pipec_ir::{Held, Identity, Narrowed, Provider, Secret, Step as Script};
use pipec_model::{Credential, Does, Leaves, Part, Step, Value};
use pipec_runtime::Script as Fixed;
use pipec_runtime::names::REGISTRY;

/// Something that is lent to some steps of a node.
enum Lent<'p> {
    Login(&'p Identity),
    File(&'p Secret),
}

/// The names of what is lent at a place of what the node narrows, and whether a script holds it.
pub(super) struct Claim {
    pub(super) name: String,
    pub(super) is_held: bool,
    /// Whether every step finds it while it lasts.
    pub(super) reaches_all: bool,
}

impl<'c> Check<'c, '_, '_> {
    fn lent(&self, narrowed: &Narrowed) -> Option<Lent<'c>> {
        let program = self.gating.program;
        match &narrowed.held {
            Held::Identity(provider, _) if provider.has_sign_in() => {
                let mut identities = program.identities_of(self.node);
                identities.find(|it| Held::identity(it) == narrowed.held).map(Lent::Login)
            }
            Held::Secret(_) => {
                let mut files = program.secrets_of(self.node).filter(|secret| secret.file);
                files.find(|it| Held::secret(it) == narrowed.held).map(Lent::File)
            }
            Held::Identity(..) | Held::Right(_) => None,
        }
    }

    /// The identities whose login is there for every step of the job. One that requests its token itself has no login.
    pub(super) fn lasting_logins(&self) -> impl Iterator<Item = &'c Identity> {
        let body = &self.node.body;
        let logins = self.gating.program.identities_of(self.node).filter(|it| it.provider.has_sign_in());
        logins.filter(|identity| body.narrowed_to(&Held::identity(identity)).is_none())
    }

    /// The secrets whose file is there for every step of the job.
    pub(super) fn lasting_files(&self) -> impl Iterator<Item = &'c Secret> {
        let body = &self.node.body;
        let files = self.gating.program.secrets_of(self.node).filter(|secret| secret.file);
        files.filter(|secret| body.narrowed_to(&Held::secret(secret)).is_none())
    }

    /// The kind of a step that begins or ends a loan.
    pub(super) fn loan(&self, step: &Step) -> Option<Kind> {
        let is_to_push = step.id.as_deref() == Some(REGISTRY);
        let is_file_of =
            |secret: &Secret| step.env("FILE").is_some_and(|file| file.is(&secret_file(&secret.variable)));
        let is_login_file = || {
            let file = step.env("FILE").and_then(Value::as_part);
            matches!(file, Some(Part::OfLogin { got: Credential::File, .. }))
        };
        let all = self.node.body.narrowed.iter().enumerate();
        all.filter_map(|(place, narrowed)| Some((place, self.lent(narrowed)?))).find_map(|(place, lent)| {
            let (begins, ends) = match (lent, &step.does) {
                (Lent::Login(identity), Does::SignIn(login)) => {
                    (login.provider == identity.provider && !is_to_push, false)
                }
                (Lent::Login(identity), Does::Runtime(Fixed::AzureLogOut)) => {
                    (false, identity.provider == Provider::Azure)
                }
                (Lent::Login(identity), Does::Runtime(Fixed::SecretRemoved)) => {
                    (false, identity.provider == Provider::Google && is_login_file())
                }
                (Lent::File(secret), Does::Runtime(Fixed::SecretFile)) => (is_file_of(secret), false),
                (Lent::File(secret), Does::Runtime(Fixed::SecretRemoved)) => (false, is_file_of(secret)),
                _ => (false, false),
            };
            if begins { Some(Kind::Lend(place)) } else { ends.then_some(Kind::TakeBack(place)) }
        })
    }

    /// Checks what is lent, and what is removed at the end of a loan. Who finds it is simulated.
    pub(super) fn loans(&mut self, kinds: &[Kind]) {
        let trusted = !self.is_untrusted_twin();
        for (place, narrowed) in self.node.body.narrowed.iter().enumerate() {
            let Some(lent) = self.lent(narrowed) else { continue };
            let mut newest = None;
            for (kind, step) in kinds.iter().zip(self.steps()) {
                match kind {
                    Kind::Lend(it) if *it == place => {
                        newest = step.id.as_deref();
                        if !trusted || !self.is_begin_of(&lent, step) {
                            self.differs("it lends something that its steps do not hold", step.line);
                        }
                    }
                    Kind::TakeBack(it) if *it == place => {
                        if let Some(Part::OfLogin { step: login, .. }) =
                            step.env("FILE").and_then(Value::as_part)
                            && Some(login.as_str()) != newest
                        {
                            self.differs("it takes back another login than the newest", step.line);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn is_begin_of(&self, lent: &Lent<'_>, step: &Step) -> bool {
        match lent {
            Lent::Login(identity) => {
                let region = self.gating.program.region_of(self.node, identity);
                step.does == sign_in(identity, region, leaves(self.node, identity)) && step.env.is_empty()
            }
            Lent::File(secret) => writes(step, secret),
        }
    }

    /// Whether the node lends something to some of its steps.
    pub(super) fn lends(&self) -> bool {
        !self.is_untrusted_twin()
            && self.node.body.narrowed.iter().any(|narrowed| self.lent(narrowed).is_some())
    }

    /// What is lent at each place of what the node narrows, and whether a script holds it.
    pub(super) fn claims(&self, script: &Script) -> Vec<(usize, Claim)> {
        let all = self.node.body.narrowed.iter().enumerate();
        let lent = all.filter_map(|(place, narrowed)| Some((place, narrowed, self.lent(narrowed)?)));
        lent.map(|(place, narrowed, lent)| {
            let is_held = self.node.body.is_held_by(&narrowed.held, script);
            let (name, reaches_all) = match lent {
                Lent::Login(identity) => {
                    let provider = identity.provider;
                    (format!("the {} identity", provider.word()), provider != Provider::Aws)
                }
                Lent::File(secret) => (format!("the file of `{}`", secret.variable), true),
            };
            (place, Claim { name, is_held, reaches_all })
        })
        .collect()
    }

    /// The variables of the logins that only some scripts hold, for one of them. They must be those of the newest login
    /// before the script.
    pub(super) fn logins(&self, act: &Act<'_>, step: &Step, others: &[Wanted]) -> Vec<Wanted> {
        let (node, program) = (self.node, self.gating.program);
        let mut wanted: Vec<Wanted> = Vec::new();
        for identity in program.identities_of(node).filter(|_| !self.is_untrusted_twin()) {
            let left = leaves(node, identity);
            if left == Leaves::Session || !node.body.is_held_by(&Held::identity(identity), act.script) {
                continue;
            }
            let region = program.region_of(node, identity);
            let login = sign_in(identity, region, left);
            let before = self.steps().iter().take_while(|other| other.line < step.line);
            let newest = before.filter(|other| other.does == login).last().and_then(|it| it.id.clone());
            let known = |name: &str| others.iter().find(|(known, _)| known == name);
            let mut want = |name: &str, value: Option<Value>| {
                if known(name).is_none() {
                    wanted.push((name.to_owned(), value));
                }
            };
            if identity.provider == Provider::Aws {
                let set = known("AWS_REGION").map(|(_, value)| value.clone());
                let region = set.unwrap_or_else(|| region.map(Value::literal));
                want("AWS_REGION", region.clone());
                want("AWS_DEFAULT_REGION", region);
            }
            for (name, got) in variables(identity.provider) {
                let of_newest = |step: &String| Value::of([Part::OfLogin { step: step.clone(), got: *got }]);
                want(name, newest.as_ref().map(of_newest));
            }
        }
        wanted
    }
}

/// The variables by which a provider's tools find a login.
fn variables(provider: Provider) -> &'static [(&'static str, Credential)] {
    match provider {
        Provider::Aws => &[
            ("AWS_ACCESS_KEY_ID", Credential::AccessKeyId),
            ("AWS_SECRET_ACCESS_KEY", Credential::SecretAccessKey),
            ("AWS_SESSION_TOKEN", Credential::SessionToken),
        ],
        Provider::Google => &[
            ("GOOGLE_APPLICATION_CREDENTIALS", Credential::File),
            ("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", Credential::File),
            ("GOOGLE_GHA_CREDS_PATH", Credential::File),
        ],
        Provider::Azure | Provider::Oidc => &[],
    }
}
