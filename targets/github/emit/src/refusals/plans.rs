//! What the plan of a repository's owner does not offer, if the workspace says which plan that is.

use super::Refusals;
use pipec_base::{Diagnostic, codes};
use pipec_github_catalogue::Offers;
use pipec_ir::{Environment, Node, Origin, Platform, ReportFormat, Right, Tier, Trigger};
use std::fmt;

impl Refusals<'_> {
    /// Refuses everything that the plan does not offer.
    pub(super) fn check_plan(&self) {
        let Some(platform) = self.program.platforms.get("github") else { return };
        let offers = Offers::of(Some(platform));
        if let Some((_, origin)) = &platform.secrets_shared
            && offers.environments
        {
            self.not_offered(
                "github keeps the secrets of each environment apart here, so `secrets shared` says nothing"
                    .to_owned(),
                origin,
                "remove it",
            );
        }
        let without = Without { platform };
        for trigger in &self.pipeline.triggers {
            if let Trigger::MergeQueue(origin) = trigger
                && !offers.merge_queue
            {
                self.not_offered(
                    format!("github has no merge queue {without}"),
                    origin,
                    "remove this trigger, or see to a plan that has one: `plan enterprise`",
                );
            }
        }
        for node in &self.pipeline.nodes {
            self.check_offers(node, offers, &without);
        }
    }

    fn check_offers(&self, node: &Node, offers: Offers, without: &Without<'_>) {
        let environment = self.program.environment_of(node);
        if !offers.reviewers {
            if let Some(approval) = environment.and_then(|environment| environment.approval.as_ref()) {
                self.not_offered(
                    format!("github asks nobody to approve a deploy {without}"),
                    &approval.origin,
                    "let people start the deploy by hand instead: remove `approval`, add `on manual` to the \
                     pipeline, and give the stage `when event is manual`",
                );
            }
            if let Some(overriding) = node.overriding() {
                self.not_offered(
                    format!("github asks nobody to approve an override {without}"),
                    &overriding.origin,
                    "remove it",
                );
            }
        }
        for (right, origin) in &node.body.rights {
            let lacks = match right {
                Right::Attestations if !offers.attestations => "attestations",
                Right::Pages if !offers.pages => "pages",
                Right::SecurityEvents if !offers.code_scanning => "code scanning",
                _ => continue,
            };
            self.not_offered(
                format!("github has no {lacks} {without}"),
                origin,
                "remove the right and what uses it, or see to a plan that has it",
            );
        }
        for report in &node.body.reports {
            if report.format == ReportFormat::Sarif && !offers.code_scanning {
                self.not_offered(
                    format!("github has no code scanning {without}"),
                    &report.origin,
                    "remove `report sarif`, and let the script fail on what must stop a change",
                );
            }
        }
        if !offers.environments {
            self.check_secrets_apart(node, environment, without);
        }
    }

    /// Refuses secrets that every workflow may read, unless the source says that this is wanted.
    fn check_secrets_apart(&self, node: &Node, environment: Option<&Environment>, without: &Without<'_>) {
        if let Some(environment) = environment.filter(|environment| environment.tier == Tier::Ephemeral) {
            self.not_offered(
                format!("github has no ephemeral environment {without}"),
                &environment.origin,
                "remove it, or see to a plan with environments: `plan team`",
            );
        }
        if without.platform.secrets_shared.is_some() {
            return;
        }
        let held = self.program.secrets_of(node).map(|secret| (secret.variable.as_str(), &secret.origin));
        let registry = self.program.registry_for(node);
        let login = registry.into_iter().flat_map(|registry| {
            let secrets = registry.secrets().into_iter().flatten();
            secrets.map(|secret| (secret, &registry.origin))
        });
        for (name, origin) in held.chain(login) {
            self.not_offered(
                format!("every workflow of every branch could read `{name}` {without}"),
                origin,
                "use an identity, which names the branch, or see to a plan with environments; or accept it, \
                 and say why: `platform github { secrets shared because \"…\" }`",
            );
        }
    }

    fn not_offered(&self, message: String, origin: &Origin, help: &str) {
        self.once(Diagnostic::error(codes::P1101, message, origin.span).help(help), origin);
    }
}

/// The repository that lacks something: "in a private repository on the plan `free`".
struct Without<'p> {
    platform: &'p Platform,
}

impl fmt::Display for Without<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in a {} repository", self.platform.visibility.word())?;
        match &self.platform.plan {
            Some(plan) => write!(f, " on the plan `{plan}`"),
            None => Ok(()),
        }
    }
}
