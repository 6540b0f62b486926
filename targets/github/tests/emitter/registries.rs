//! Registries that take an identity.

use crate::one_pipeline;
use crate::programs::*;
use pipec_claims::{Assumption, TrustedTokens};
use pipec_ir::*;

/// A program with an image for Amazon's registry.
pub fn registries() -> Build {
    let prefix = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    let role = "arn:aws:iam::123456789012:role/push".to_owned();
    let login = Login::Identity(Identity { provider: Provider::Aws, role, origin: origin() });
    let mut build = Build::new("registries", vec![on_push(&["main"])])
        .stage("commit", Condition::Always)
        .node("web", image(&format!("{prefix}/web")), body(&["make image"]), &[]);
    let registry = Registry { prefix: prefix.to_owned(), login, origin: origin() };
    build.program.registries.insert(prefix.to_owned(), registry);
    build
}

#[test]
fn golden() {
    let build = registries();
    let files = build.output().files;
    let found = one_pipeline::verify(&build.program, &build.pipeline, &files).findings;
    assert!(found.is_empty(), "{found:#?}");
    let (_, login) = files[0].text.split_once("      - name: Log in to the registry").unwrap();
    let (login, _) = login.split_once("\n\n").unwrap();
    insta::assert_snapshot!(format!("      - name: Log in to the registry{login}"));
}

#[test]
fn raw_steps_beside_a_registrys_identity_are_refused() {
    let block = EngineBlock {
        target: "github".to_owned(),
        because: "b".to_owned(),
        steps: vec![EngineStep::Run(step("true"))],
        position: 0,
        origin: origin(),
    };
    let build = registries().edit("web", |node| node.body.engines = vec![block]);
    let image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web";
    assert_eq!(build.complaints(), [format!("P0605 raw steps could use the permission to push `{image}`")]);
}

#[test]
fn a_cloud_trusts_all_holders_of_a_role_at_once() {
    let prefix = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
    let own = |node: &mut Node| {
        let role = "arn:aws:iam::123456789012:role/push".to_owned();
        node.body.identities = vec![Identity { provider: Provider::Aws, role, origin: origin() }];
    };
    let trusts = |build: &Build| -> Vec<TrustedTokens> {
        let output = one_pipeline::emit(&build.program, &build.pipeline, true);
        let settings = output.assumed.iter().filter_map(|assumed| match &assumed.assumption {
            Assumption::Setting(pipec_claims::Setting::CloudTrust(trust)) => Some(trust.tokens.clone()),
            _ => None,
        });
        settings.collect()
    };
    let both =
        registries().edit("web", own).node("api", image(&format!("{prefix}/api")), body(&["make"]), &[]);
    let environments = vec!["registries-web".to_owned(), "registries-api".to_owned()];
    assert_eq!(trusts(&both), [TrustedTokens::OfNodes { environments }]);
    let environment = "registries-web".to_owned();
    assert_eq!(trusts(&registries()), [TrustedTokens::OfEnvironment { environment, is_shared: false }]);
}
