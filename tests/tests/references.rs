//! A program whose names lead nowhere is refused, even if the analysis has missed it.

#![expect(clippy::expect_used, reason = "a helper that panics fails its test")]

use pipec_driver::{Content, InputText, Session};
use pipec_ir::{Binding, Environment, Fact, NodeKind, Origin, Piece, Pipeline, Program, Text};
use pipec_tests::workflows;
use std::sync::Arc;

const SOUND: &str = r#"role owners { github team "acme/owners" }

environment staging { tier staging }

environment production {
  tier production
  requires vulnerability
  after staging
  approval by owners
  secret TOKEN
}

environment preview {
  tier ephemeral
  open to members
  url "https://preview.example"
  ttl 2d
  teardown { run "./remove.sh" env WHY = "gone" }
}

pipeline shop {
  on push to main
  on pull-request to main
  owner owners

  stage commit {
    artefact app: archive { run "make" path "out/app" }
    gate scan: vulnerability of app {
      run "make test"
      env DIGEST = app.digest
      override by owners { expires 24h review within 3d }
    }
  }

  stage preview when event is pull-request and not fork { deploy app to preview { run "./preview.sh" } }

  stage release when branch is main {
    deploy app to staging { run "./deploy.sh" }
    deploy app to production { run "./deploy.sh" env KEY = production.TOKEN }
  }
}
"#;

fn sound() -> Program {
    let text = InputText { path: "shop.pipe".to_owned(), content: Content::Text(SOUND.into()) };
    let compilation = Session::new().compile(&[text], &workflows::options());
    assert!(!compilation.is_refused(), "{:#?}", compilation.diagnostics);
    compilation.program
}

/// The names that lead nowhere after a change of the program: what is missing, and its name.
fn dangling(change: impl Fn(&mut Program, &mut Pipeline)) -> Vec<(&'static str, String)> {
    let mut program = sound();
    let mut pipeline = Pipeline::clone(program.pipelines.first().expect("there is one"));
    change(&mut program, &mut pipeline);
    program.dangling(&pipeline).into_iter().map(|dangling| (dangling.what, dangling.name)).collect()
}

fn environment<'p>(program: &'p mut Program, name: &str) -> &'p mut Environment {
    Arc::make_mut(&mut program.environments).get_mut(name).expect("it is there")
}

fn names(what: &'static str, name: &str) -> (&'static str, String) {
    (what, name.to_owned())
}

#[test]
fn a_sound_program_has_no_name_that_leads_nowhere() {
    assert_eq!(dangling(|_, _| ()), []);
}

#[test]
fn every_kind_of_name_is_looked_up() {
    let without_role = dangling(|program, _| program.roles.clear());
    // The approval, the override and the owner.
    assert_eq!(without_role, vec![names("role", "owners"); 3]);

    let without_environment = dangling(|program, _| {
        Arc::make_mut(&mut program.environments).remove("staging");
    });
    // The deploy, and what comes before production.
    assert_eq!(without_environment, vec![names("environment", "staging"); 2]);

    let without_stage = dangling(|_, pipeline| pipeline.stages.truncate(2));
    assert_eq!(without_stage.len(), 2, "{without_stage:?}");
    assert!(without_stage.iter().all(|(what, _)| *what == "stage of"), "{without_stage:?}");

    let without_secret = dangling(|program, _| environment(program, "production").secrets.clear());
    assert_eq!(without_secret, [names("secret", "TOKEN")]);

    let without_artefact = dangling(|_, pipeline| {
        let producer = pipeline.nodes.iter_mut().find(|node| node.name == "app").expect("it is there");
        producer.kind = NodeKind::Job;
    });
    assert!(without_artefact.len() > 5, "{without_artefact:?}");
    assert!(without_artefact.iter().all(|found| *found == names("artefact", "app")), "{without_artefact:?}");
}

#[test]
fn a_teardown_has_only_what_its_environment_has() {
    for (fact, what) in [
        (Fact::ArtefactDigest("app".to_owned()), "artefact"),
        (Fact::Secret("TOKEN".to_owned()), "secret"),
        (Fact::Matrix("leg".to_owned()), "fact"),
    ] {
        let found = dangling(|program, _| {
            let teardown = environment(program, "preview").teardown.as_mut().expect("it has one");
            let value = Text { pieces: vec![Piece::Fact(fact.clone())] };
            teardown.env.push(Binding { variable: "X".to_owned(), value, origin: Origin::default() });
        });
        assert_eq!(found, [(what, fact.to_string())]);
    }
}
