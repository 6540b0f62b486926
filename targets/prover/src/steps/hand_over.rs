//! Artefacts between jobs: each is fetched and verified against the recorded digest.
//!
//! Only its producer records the digest.
//!
//! ```yaml
//! - name: Fetch app                                     # without the next step: "it does not verify `app`"
//!   with: { name: app, path: "${{ runner.temp }}/handed-over" }
//! - name: Verify app
//!   env:
//!     DIGEST: ${{ needs.web.outputs.digest }}           # "it does not ask the producer of `app` for the digest"
//!     PACKED: ${{ runner.temp }}/handed-over/web.tar    # "it verifies other bytes than those it fetched as `app`"
//! ```

use super::{Check, Kind};
use crate::values;
use pipec_ir::{Artefact, Form, Node};
use pipec_model::{Does, Fetched, Step, Value, Which};
use pipec_runtime::Script;

impl<'c> Check<'c, '_, '_> {
    /// Checks that a verification follows each download.
    pub(super) fn hand_over(&mut self, kinds: &[Kind]) {
        let mut steps = kinds.iter().zip(self.steps()).peekable();
        let mut seen: Vec<String> = Vec::new();
        while let Some((kind, step)) = steps.next() {
            if kind.verifies() {
                self.differs("it verifies what it did not just fetch", step.line);
            }
            if *kind != Kind::Download {
                continue;
            }
            let Does::Fetch(fetched) = &step.does else { continue };
            match &fetched.which {
                Which::LegsOf(name) => {
                    let verify = steps.next_if(|(kind, _)| **kind == Kind::Runtime(Script::VerifyLegs));
                    self.legs_of(name, fetched, step, verify.map(|(_, verify)| verify), &mut seen);
                }
                Which::Named(name) => {
                    let verify = steps.next_if(|(kind, _)| kind.verifies());
                    self.whole_of(name, fetched, step, verify, &mut seen);
                }
            }
        }
    }

    /// Checks an artefact of one job. It is verified against the digest that the job recorded.
    fn whole_of(
        &mut self,
        name: &str,
        fetched: &Fetched,
        step: &Step,
        verify: Option<(&Kind, &Step)>,
        seen: &mut Vec<String>,
    ) {
        let Some((kind, verify)) = verify else {
            return self.differs(format!("it does not verify `{name}`"), step.line);
        };
        let Some((producer, artefact)) = self.used(name) else {
            return self.differs(format!("it fetches `{name}`, which its node does not use"), step.line);
        };
        if producer.has_legs() {
            self.differs(format!("it fetches `{name}` as if one job had built it"), step.line);
        }
        let form = artefact.form();
        let wanted = match form {
            Form::File(_) => Script::VerifyFile,
            Form::Folder => Script::VerifyFolder,
            Form::Image => Script::VerifyImage,
        };
        if *kind != Kind::Runtime(wanted) {
            self.differs(format!("it verifies `{name}` as another form of artefact"), verify.line);
        }
        if let Form::File(file) = form
            && verify.env_literal("FILE") != Some(last(file))
        {
            self.differs(format!("it takes another file for `{name}`"), verify.line);
        }
        self.unpacked(name, fetched, step, verify, seen);
        let digest = self.scene().output_of(producer, "digest");
        if !is_given(verify, "DIGEST", digest) {
            self.differs(format!("it does not ask the producer of `{name}` for the digest"), verify.line);
        }
    }

    /// Checks an artefact of several legs. All are fetched at once, and each is verified against its own digest.
    fn legs_of(
        &mut self,
        name: &str,
        fetched: &Fetched,
        step: &Step,
        verify: Option<&Step>,
        seen: &mut Vec<String>,
    ) {
        let Some((producer, artefact)) = self.used(name).filter(|(producer, _)| producer.has_legs()) else {
            let what = format!("it fetches the legs of `{name}`, which its node does not use");
            return self.differs(what, step.line);
        };
        let Some(verify) = verify else {
            return self.differs(format!("it does not verify `{name}`"), step.line);
        };
        self.unpacked(name, fetched, step, verify, seen);
        let is_file = match artefact.single_file() {
            Some(file) => verify.env_literal("FILE") == Some(last(file)),
            None => verify.env("FILE").is_none(),
        };
        if !is_file {
            self.differs(format!("it takes another file for `{name}`"), verify.line);
        }
        if verify.id.as_deref() != Some(&format!("legs-{name}")) {
            self.differs(format!("what it works out for `{name}` has another id"), verify.line);
        }
        let lines = verify.env("LEGS").map(Value::lines).unwrap_or_default();
        let recorded: Vec<Value> = lines.iter().map(|line| Value::of_line(line)).collect();
        let wanted: Option<Vec<Value>> = producer
            .legs()
            .iter()
            .map(|leg| {
                let digest = self.scene().digest_of_leg(producer, &leg.name)?;
                let line = Value::literal(format!("{} ", leg.name));
                Some(digest.parts().iter().cloned().fold(line, Value::and))
            })
            .collect();
        let is_each_once = wanted.is_some_and(|wanted| {
            recorded.len() == wanted.len()
                && wanted.iter().all(|leg| recorded.iter().filter(|line| line.is(leg)).count() == 1)
        });
        if !is_each_once {
            self.differs(format!("it does not ask each leg of `{name}` for its digest"), verify.line);
        }
    }

    /// The artefact with this name and its producer, if the node uses it.
    fn used(&self, name: &str) -> Option<(&'c Node, &'c Artefact)> {
        let is_used = self.node.body.uses.iter().any(|(used, _)| used == name);
        self.gating.pipeline.producer(name).filter(|_| is_used)
    }

    /// Checks that exactly the fetched files are verified. Each artefact occurs once.
    fn unpacked(
        &mut self,
        name: &str,
        fetched: &Fetched,
        step: &Step,
        verify: &Step,
        seen: &mut Vec<String>,
    ) {
        if fetched.is_unknown {
            self.differs(format!("it fetches `{name}` in another way"), step.line);
        }
        if seen.iter().any(|seen| seen == name) {
            self.differs(format!("it fetches `{name}` twice"), step.line);
        }
        if !fetched.into.is(&values::scratch("handed-over")) || verify.env_literal("NAME") != Some(name) {
            let what = format!("it verifies other bytes than those it fetched as `{name}`");
            self.differs(what, verify.line);
        }
        seen.push(name.to_owned());
    }
}

/// Whether a step has this value.
fn is_given(step: &Step, name: &str, wanted: Option<Value>) -> bool {
    step.env(name).zip(wanted).is_some_and(|(given, wanted)| given.is(&wanted))
}

/// The last name of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
