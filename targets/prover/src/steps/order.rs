//! The required steps of a node's job, their numbers and their order.
//!
//! ```text
//! gate scan: vulnerability of app, with one script:
//! Checkout, Download, VerifyFile, Script      the order of the source
//! Checkout, Script, Download, VerifyFile      a finding: "its steps are in another order"
//! Checkout, Download, Script                  a finding: "it has 0 steps of the kind `verify-file`, not 1"
//! ```

use super::{Check, Kind, acting};
use crate::{overrides, windows};
use pipec_ir::{Artefact, Checkout, Direction, Environment, Form, Program};
use pipec_runtime::{ApprovalForm, ForwardForm, PlanForm, PushForm, Script, VerdictForm};

impl Check<'_, '_, '_> {
    /// Checks the required steps, their numbers and their order.
    pub(super) fn order(&mut self, kinds: &[Kind]) {
        let count = |kind: &Kind| kinds.iter().filter(|other| *other == kind).count();
        let exemptions = self.node.exemptions().len();
        for (kind, wanted) in self.wanted_counts().into_iter().chain(self.leftover_counts()) {
            if count(&kind) != wanted {
                let steps =
                    if count(&kind) == 1 { "1 step".to_owned() } else { format!("{} steps", count(&kind)) };
                self.differs(format!("it has {steps} of the kind `{kind}`, not {wanted}"), self.job.line);
            }
        }
        if count(&Kind::Runtime(Script::Exempt)) > exemptions || count(&Kind::Runtime(Script::Facts)) > 1 {
            self.differs("it has more steps than its node asks for", self.job.line);
        }
        let works_out = kinds
            .iter()
            .zip(self.steps())
            .any(|(kind, step)| *kind == Kind::Runtime(Script::Facts) && step.id.as_deref() == Some("facts"));
        if !works_out && self.job.mentions.reads_facts {
            self.differs("it reads facts that no step works out", self.job.line);
        }
        // The steps between the scripts of a deploy are checked one by one.
        let (before, _) = kinds.split_at(acting::start(kinds).unwrap_or(kinds.len()));
        let ordered = if self.node.is_deploy() { before } else { kinds };
        // Each attempt has its own order. Its proof checks that no other step is between two attempts.
        let mut parts = ordered.chunk_by(|_, next| *next != Kind::Runtime(Script::Again));
        if !parts.all(are_in_order) {
            self.differs("its steps are in another order", self.job.line);
        }
    }

    /// The exact numbers of steps that the node requires.
    fn wanted_counts(&self) -> Vec<(Kind, usize)> {
        let node = self.node;
        let environment = self.gating.program.environment_of(node);
        let approval = environment.and_then(|of| of.approval.as_ref()).map(|approval| approval.not_author);
        let preview = self.gating.program.preview_of(node).is_some();
        let artefact = node.artefact().map(Artefact::form);
        let trusted = !self.is_untrusted_twin();
        let identities = self.lasting_logins().count();
        let files = self.lasting_files().count();
        let used = || self.gating.pipeline.used_by(node);
        let of_used = |has_form: fn(Form<'_>) -> bool| {
            let whole = used().filter(|(producer, _)| !producer.has_legs());
            whole.filter(|(_, artefact)| has_form(artefact.form())).count()
        };
        let is_file = |form: Form<'_>| matches!(form, Form::File(_));
        let is_folder = |form: Form<'_>| form == Form::Folder;
        let in_legs = used().filter(|(producer, _)| producer.has_legs()).count();
        let is_image = artefact.is_some_and(|form| form == Form::Image);
        let form = self.push_form();
        let program = self.gating.program;
        let entered = program.environment_of(node).filter(|_| !preview);
        let form_there = entered.and_then(|environment| forward_form(program, environment));
        let forward = |wanted: ForwardForm| usize::from(form_there == Some(wanted));
        let pushes = |wanted: PushForm| usize::from(is_image && trusted && form == wanted);
        // Each attempt repeats the preparation.
        let again = usize::try_from(node.attempts()).unwrap_or(usize::MAX);
        // Credentials may have expired after a soak and before a rollback.
        let later = acting::soaks(node).count() + usize::from(acting::goes_back(node));
        vec![
            (Kind::Runtime(Script::Approval(ApprovalForm::Anybody)), usize::from(approval == Some(false))),
            (Kind::Runtime(Script::Approval(ApprovalForm::NotAuthor)), usize::from(approval == Some(true))),
            (Kind::Runtime(Script::Forward(ForwardForm::History)), forward(ForwardForm::History)),
            (Kind::Runtime(Script::Forward(ForwardForm::SharedHistory)), forward(ForwardForm::SharedHistory)),
            (Kind::Runtime(Script::Forward(ForwardForm::Version)), forward(ForwardForm::Version)),
            (Kind::Runtime(Script::PreviewWanted), usize::from(preview)),
            (Kind::Runtime(Script::Outcome), usize::from(self.gating.pipeline.is_afterwards(node))),
            (Kind::Runtime(Script::PreviewFind), 0),
            (Kind::Runtime(Script::PreviewForget), 0),
            (Kind::Checkout, if node.body.checkout == Checkout::None { 0 } else { again }),
            (Kind::Download, node.body.uses.len()),
            (Kind::Runtime(Script::VerifyFile), of_used(is_file).saturating_mul(again)),
            (Kind::Runtime(Script::VerifyFolder), of_used(is_folder).saturating_mul(again)),
            (Kind::Runtime(Script::VerifyImage), of_used(|form| form == Form::Image).saturating_mul(again)),
            (Kind::Runtime(Script::VerifyLegs), in_legs.saturating_mul(again)),
            (Kind::Runtime(Script::Again), again.saturating_sub(1)),
            (Kind::Runtime(Script::Quorum), usize::from(node.quorum().is_some())),
            (Kind::Identity, if trusted { identities * (again + later) } else { 0 }),
            (Kind::Runtime(Script::WindowOpen), windows::times_asked(self.gating.program, node)),
            (Kind::Runtime(Script::WindowWait), 0),
            (Kind::Runtime(Script::Clock), usize::from(acting::is_timed(node))),
            (Kind::Runtime(Script::SecretFile), if trusted { files.saturating_mul(again) } else { 0 }),
            (Kind::Runtime(Script::RecordFile), usize::from(artefact.is_some_and(is_file))),
            (Kind::Runtime(Script::RecordFolder), usize::from(artefact.is_some_and(is_folder))),
            (Kind::Runtime(Script::RecordImage), usize::from(is_image)),
            (Kind::Runtime(Script::ImageFolder), if is_image { again } else { 0 }),
            (Kind::Runtime(Script::PushImage(PushForm::Password)), pushes(PushForm::Password)),
            (Kind::Runtime(Script::PushImage(PushForm::Amazon)), pushes(PushForm::Amazon)),
            (Kind::Runtime(Script::PushImage(PushForm::Azure)), pushes(PushForm::Azure)),
            (
                Kind::RegistryIdentity,
                usize::from(trusted && self.gating.program.login_identity_of(node).is_some()),
            ),
            (Kind::Upload, usize::from(artefact.is_some())),
            (Kind::Runtime(Script::OverrideInForce), overrides::wanted_steps(self.gating, node)),
            (Kind::Runtime(Script::OverrideAsked), 0),
            (Kind::Runtime(Script::OverrideApproved), 0),
            (Kind::Runtime(Script::Plan(PlanForm::Changes)), 0),
            (Kind::Runtime(Script::Plan(PlanForm::Names)), 0),
            (Kind::Runtime(Script::OfABranch), 0),
            (Kind::Runtime(Script::Verdict(VerdictForm::All)), 0),
            (Kind::Runtime(Script::Verdict(VerdictForm::Listed)), 0),
            (Kind::Runtime(Script::Verdict(VerdictForm::Overridable)), 0),
            (Kind::Runtime(Script::RecordRun), 0),
            (Kind::Runtime(Script::RecordDeployment), usize::from(self.records_itself())),
        ]
    }
}

/// What deploys to an environment compare. `None` if it has no direction.
fn forward_form(program: &Program, environment: &Environment) -> Option<ForwardForm> {
    match environment.direction {
        Direction::History if program.is_shared(&environment.name) => Some(ForwardForm::SharedHistory),
        Direction::History => Some(ForwardForm::History),
        Direction::Version { .. } => Some(ForwardForm::Version),
        Direction::Any { .. } => None,
    }
}

/// Whether steps are in the order of their ranks. A loan is between scripts, or between those of a cleanup.
fn are_in_order(steps: &[Kind]) -> bool {
    let ranks = || steps.iter().filter(|kind| !kind.is_loan()).map(rank);
    let first = steps.iter().position(Kind::is_loan).unwrap_or(steps.len());
    ranks().is_sorted() && steps.iter().skip(first).map(rank).all(|later| later >= SCRIPT)
}

/// The rank of scripts.
const SCRIPT: i8 = 7;

/// The rank of a step in a job. Approval and direction come first, then files, credentials, scripts, and reports.
fn rank(kind: &Kind) -> i8 {
    match kind {
        Kind::Runtime(
            Script::WindowOpen
            | Script::Clock
            | Script::Approval(_)
            | Script::Forward(_)
            | Script::PreviewWanted
            | Script::OverrideInForce
            | Script::Outcome
            | Script::Again,
        ) => -1,
        Kind::Checkout => 0,
        // Verified files replace those of a cache.
        Kind::RestoreCache => 1,
        Kind::Download
        | Kind::Runtime(
            Script::VerifyFile | Script::VerifyFolder | Script::VerifyImage | Script::VerifyLegs,
        ) => 2,
        Kind::Runtime(Script::Facts) => 3,
        // Code of other people runs before there are secrets to steal.
        Kind::Tool | Kind::Runtime(Script::ToolRust | Script::Ready) => 4,
        Kind::Identity | Kind::Runtime(Script::SecretFile) => 5,
        Kind::Runtime(Script::Exempt | Script::ImageFolder) => 6,
        Kind::Script(_)
        | Kind::Raw(_)
        | Kind::Lend(_)
        | Kind::TakeBack(_)
        | Kind::Runtime(Script::Encoded | Script::Measure | Script::TimeLeft | Script::Soak) => SCRIPT,
        Kind::Runtime(Script::RecordFile | Script::RecordFolder | Script::RecordImage | Script::Quorum)
        | Kind::SaveCache => 8,
        Kind::Upload => 9,
        // It could remove what the job hands on.
        Kind::CleanUp(_) => 10,
        // A failed artefact is not published, and no script runs once the job has logged in to publish it.
        Kind::RegistryIdentity => 11,
        Kind::Runtime(Script::PushImage(_)) => 12,
        Kind::Runtime(Script::Report(_)) | Kind::KeptReport | Kind::KeptAfterFailure | Kind::CodeScanning => {
            13
        }
        Kind::Runtime(Script::RecordDeployment) => 14,
        Kind::Runtime(
            Script::Plan(_)
            | Script::OfABranch
            | Script::Verdict(_)
            | Script::RecordRun
            | Script::OverrideAsked
            | Script::OverrideApproved
            | Script::PreviewFind
            | Script::PreviewForget
            | Script::WindowWait
            | Script::SecretRemoved
            | Script::AzureLogOut,
        ) => 15,
    }
}
