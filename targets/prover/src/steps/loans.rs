//! What `for` lends to some steps of a node: logins, and files with secrets.
//!
//! A session at Azure and a file are there for every step while they last. So no script may run between that does not
//! hold them. A login at AWS or Google Cloud reaches only the steps that are given it.
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

/// Something that every step of a job could use while it lasts.
enum Lent<'p> {
    Session(&'p Identity),
    File(&'p Secret),
}

impl<'c> Check<'c, '_, '_> {
    fn lent(&self, narrowed: &Narrowed) -> Option<Lent<'c>> {
        let program = self.gating.program;
        match &narrowed.held {
            Held::Identity(Provider::Azure, _) => {
                let mut identities = program.identities_of(self.node);
                identities.find(|it| Held::identity(it) == narrowed.held).map(Lent::Session)
            }
            Held::Secret(_) => {
                let mut files = program.secrets_of(self.node).filter(|secret| secret.file);
                files.find(|it| Held::secret(it) == narrowed.held).map(Lent::File)
            }
            Held::Identity(..) | Held::Right(_) => None,
        }
    }

    /// Whether a secret's file is there only for the steps that hold it.
    pub(super) fn lends_file(&self, secret: &Secret) -> bool {
        secret.file && self.node.body.narrowed_to(&Held::secret(secret)).is_some()
    }

    /// Whether a session is there only for the steps that hold its identity.
    pub(super) fn lends_session(&self, identity: &Identity) -> bool {
        identity.provider == Provider::Azure
            && self.node.body.narrowed_to(&Held::identity(identity)).is_some()
    }

    /// The kind of a step that begins or ends a loan.
    pub(super) fn loan(&self, step: &Step) -> Option<Kind> {
        let is_file_of =
            |secret: &Secret| step.env("FILE").is_some_and(|file| file.is(&secret_file(&secret.variable)));
        let all = self.node.body.narrowed.iter().enumerate();
        all.filter_map(|(place, narrowed)| Some((place, self.lent(narrowed)?))).find_map(|(place, lent)| {
            match (lent, &step.does) {
                (Lent::Session(identity), Does::SignIn(login)) => {
                    let is_to_push = step.id.as_deref() == Some(REGISTRY);
                    (login.provider == identity.provider && !is_to_push).then_some(Kind::Lend(place))
                }
                (Lent::Session(_), Does::Runtime(Fixed::AzureLogOut)) => Some(Kind::TakeBack(place)),
                (Lent::File(secret), Does::Runtime(Fixed::SecretFile)) => {
                    is_file_of(secret).then_some(Kind::Lend(place))
                }
                (Lent::File(secret), Does::Runtime(Fixed::SecretRemoved)) => {
                    is_file_of(secret).then_some(Kind::TakeBack(place))
                }
                _ => None,
            }
        })
    }

    /// Checks what is lent, and that each script finds what it holds. That no other script does is simulated.
    pub(super) fn loans(&mut self, kinds: &[Kind]) {
        let trusted = !self.is_untrusted_twin();
        for (place, narrowed) in self.node.body.narrowed.iter().enumerate() {
            let Some(lent) = self.lent(narrowed) else { continue };
            let mut is_open = false;
            for (kind, step) in kinds.iter().zip(self.steps()) {
                match kind {
                    Kind::Lend(it) if *it == place => {
                        is_open = true;
                        if !trusted || !self.is_begin_of(&lent, step) {
                            self.differs("it lends something that its steps do not hold", step.line);
                        }
                    }
                    Kind::TakeBack(it) if *it == place => is_open = false,
                    Kind::Script(script) | Kind::CleanUp(script) if trusted && !is_open => {
                        let act = self.acts.get(*script);
                        if act.is_some_and(|act| self.node.body.is_held_by(&narrowed.held, act.script)) {
                            let what = format!("a script does not find {}", named(&narrowed.held));
                            self.differs(what, step.line);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn is_begin_of(&self, lent: &Lent<'_>, step: &Step) -> bool {
        match lent {
            Lent::Session(identity) => {
                let region = self.gating.program.region_of(self.node, identity);
                step.does == sign_in(identity, region, Leaves::Session) && step.env.is_empty()
            }
            Lent::File(secret) => writes(step, secret),
        }
    }

    /// What is lent at a place of what the node narrows, if a script does not hold it.
    pub(super) fn withheld(&self, place: usize, script: &Script) -> Option<String> {
        let narrowed = self.node.body.narrowed.get(place)?;
        let is_held = self.node.body.is_held_by(&narrowed.held, script);
        (!is_held).then(|| named(&narrowed.held))
    }

    /// The variables of the logins that only some scripts hold, for one of them. A login that the output gives is right
    /// if it is one of this identity before the script, and no newer one is left out.
    pub(super) fn logins(&self, act: &Act<'_>, step: &Step, others: &[Wanted]) -> Vec<Wanted> {
        let (node, program) = (self.node, self.gating.program);
        let mut wanted: Vec<Wanted> = Vec::new();
        for identity in program.identities_of(node).filter(|_| !self.is_untrusted_twin()) {
            let held = Held::identity(identity);
            let left = leaves(node, identity);
            if left == Leaves::Session || !node.body.is_held_by(&held, act.script) {
                continue;
            }
            let region = program.region_of(node, identity);
            let login = sign_in(identity, region, left);
            let before = self.steps().iter().take_while(|other| other.line < step.line);
            let before = before.filter(|other| other.does == login);
            let mut newest: Vec<&str> = before.filter_map(|other| other.id.as_deref()).collect();
            newest.reverse();
            let of_login = |given: &Value, credential: Credential| match given.as_part() {
                Some(Part::OfLogin { steps, got }) => {
                    let is_newest = steps.iter().zip(&newest).all(|(step, newest)| step == newest);
                    *got == credential && (1..=newest.len()).contains(&steps.len()) && is_newest
                }
                _ => false,
            };
            let mut want = |name: &str, value: Option<Value>| {
                if !others.iter().any(|(known, _)| known == name) {
                    wanted.push((name.to_owned(), value));
                }
            };
            for name in ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().filter(|_| region.is_some()) {
                want(name, region.map(Value::literal));
            }
            for (name, credential) in variables(identity.provider) {
                let given = step.env(name).filter(|given| of_login(given, *credential));
                want(name, given.cloned());
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

fn named(held: &Held) -> String {
    match held {
        Held::Secret(variable) => format!("the file of `{variable}`"),
        Held::Identity(provider, _) => format!("the {} identity", provider.word()),
        Held::Right(right) => format!("the right to write {}", right.word()),
    }
}
