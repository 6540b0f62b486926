//! What is handed over between jobs: fetched, and verified against the digest that its one producer recorded.

use super::{Check, Kind};
use crate::proof::values;
use crate::read::expression::{Expression, Piece, Template};
use crate::read::workflow::{Step, expression};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::Form;
use pipec_runtime::Script;

impl Check<'_, '_, '_> {
    /// Each download is followed by the proof that it is what the producer recorded.
    pub(super) fn hand_over(&mut self, kinds: &[Kind]) {
        let mut steps = kinds.iter().zip(&self.job.steps).peekable();
        let mut seen: Vec<String> = Vec::new();
        while let Some((kind, step)) = steps.next() {
            if kind.verifies() {
                self.differs("it verifies what it did not just fetch", step.line);
            }
            if *kind != Kind::Download {
                continue;
            }
            if let Some(pattern) = step.literal_with("pattern") {
                let verify = steps.next_if(|(kind, _)| **kind == Kind::Runtime(Script::VerifyLegs));
                self.legs(step, &pattern, verify.map(|(_, verify)| verify), &mut seen);
                continue;
            }
            let name = step.literal_with("name").unwrap_or_default();
            let verify = steps.next_if(|(kind, _)| kind.verifies());
            let Some((kind, verify)) = verify else {
                self.differs(format!("it does not verify `{name}`"), step.line);
                continue;
            };
            let used = self.node.body.uses.iter().any(|(used, _)| *used == name);
            let Some((producer, artefact)) = self.gating.pipeline.producer(&name).filter(|_| used) else {
                self.differs(format!("it fetches `{name}`, which its node does not use"), step.line);
                continue;
            };
            if producer.has_legs() {
                self.differs(format!("it fetches `{name}` as if one job had built it"), step.line);
            }
            if step.with("merge-multiple").is_some() {
                self.differs(format!("it fetches `{name}` in another way"), step.line);
            }
            if seen.contains(&name) {
                self.differs(format!("it fetches `{name}` twice"), step.line);
            }
            let form = artefact.form();
            let wanted = match form {
                Form::File(_) => Script::VerifyFile,
                Form::Folder => Script::VerifyFolder,
                Form::Image => Script::VerifyImage,
            };
            if *kind != Kind::Runtime(wanted) {
                self.differs(format!("it verifies `{name}` as what it is not"), verify.line);
            }
            if let Form::File(file) = form
                && verify.literal_env("FILE").as_deref() != Some(file.rsplit('/').next().unwrap_or(file))
            {
                self.differs(format!("it takes another file for `{name}`"), verify.line);
            }
            if !values::is(verify.env("FOLDER"), &values::folder(&name)) {
                self.differs(format!("it unpacks `{name}` elsewhere"), verify.line);
            }
            let path = step.with("path").and_then(Yaml::text).unwrap_or_default();
            let packed = verify.env("PACKED").and_then(Yaml::text).unwrap_or_default();
            if path.is_empty() || packed != format!("{path}/{name}.tar") {
                self.differs(
                    format!("it verifies other bytes than those it fetched as `{name}`"),
                    verify.line,
                );
            }
            let digest = verify.env("DIGEST").and_then(expression);
            if !digest.is_some_and(|digest| values::is_digest_of(digest, producer, self.gating, self.job)) {
                self.differs(format!("it does not ask the producer of `{name}` for the digest"), verify.line);
            }
            seen.push(name);
        }
    }

    /// What several legs built: all is fetched at once, and each leg's verified against what that leg recorded.
    fn legs(&mut self, step: &Step, pattern: &str, verify: Option<&Step>, seen: &mut Vec<String>) {
        let name = pattern.strip_suffix(".*").unwrap_or(pattern).to_owned();
        let used = self.node.body.uses.iter().any(|(used, _)| *used == name);
        let producer = self.gating.pipeline.producer(&name).filter(|_| used);
        let Some((producer, artefact)) = producer.filter(|(producer, _)| producer.has_legs()) else {
            self.differs(format!("it fetches the legs of `{name}`, which its node does not use"), step.line);
            return;
        };
        let Some(verify) = verify else {
            self.differs(format!("it does not verify `{name}`"), step.line);
            return;
        };
        if seen.contains(&name) {
            self.differs(format!("it fetches `{name}` twice"), step.line);
        }
        let path = step.with("path").and_then(Yaml::text).unwrap_or_default();
        let packed = verify.env("PACKED").and_then(Yaml::text).unwrap_or_default();
        let merged = step.with("merge-multiple").map(|node| &node.value) == Some(&Value::Bool(true));
        if pattern != format!("{name}.*") || step.with("name").is_some() || !merged {
            self.differs(format!("it fetches `{name}` in another way"), step.line);
        }
        if path.is_empty() || packed != format!("{path}/{name}") {
            self.differs(format!("it verifies other bytes than those it fetched as `{name}`"), verify.line);
        }
        if !values::is(verify.env("FOLDER"), &values::folder(&name)) {
            self.differs(format!("it unpacks `{name}` elsewhere"), verify.line);
        }
        let last = artefact.single_file().map(|file| file.rsplit('/').next().unwrap_or(file).to_owned());
        if verify.literal_env("FILE") != last {
            self.differs(format!("it takes another file for `{name}`"), verify.line);
        }
        if verify.id.as_deref() != Some(&format!("legs-{name}")) {
            self.differs(format!("what it works out for `{name}` has another id"), verify.line);
        }
        let recorded = verify.env("LEGS").and_then(lines).unwrap_or_default();
        let wanted = producer.legs();
        let each_once =
            wanted.iter().all(|leg| recorded.iter().filter(|(name, _)| *name == leg.name).count() == 1);
        let digests = recorded
            .iter()
            .all(|(leg, digest)| values::is_digest_of_leg(digest, leg, producer, self.gating, self.job));
        if recorded.len() != wanted.len() || !each_once || !digests {
            self.differs(format!("it does not ask each leg of `{name}` for its digest"), verify.line);
        }
        seen.push(name);
    }
}

/// The lines of LEGS: a name and an expression each; `None` where it is anything else.
fn lines(legs: &Yaml) -> Option<Vec<(String, Expression)>> {
    let template = Template::of(legs.text()?)?;
    let mut lines = Vec::new();
    let mut begun: Option<String> = None;
    for piece in &template.pieces {
        match (piece, begun.take()) {
            (Piece::Literal(text), None) => {
                let text = if lines.is_empty() { text } else { text.strip_prefix('\n')? };
                begun = Some(text.to_owned());
            }
            (Piece::Expression(expression), Some(name)) => {
                let name = name.strip_suffix(' ').filter(|name| !name.contains(char::is_whitespace))?;
                lines.push((name.to_owned(), expression.clone()));
            }
            _ => return None,
        }
    }
    (begun.as_deref() == Some("")).then_some(lines)
}
