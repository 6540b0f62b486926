//! What is handed over between jobs: fetched, and verified against the digest that its one producer recorded.

use super::{Check, Kind};
use crate::engine::fixed::Fixed;
use crate::engine::reading::Node as Yaml;
use crate::engine::values::{self, Form};
use crate::engine::workflow::expression;

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
            if seen.contains(&name) {
                self.differs(format!("it fetches `{name}` twice"), step.line);
            }
            let form = values::form(artefact);
            let single = artefact.single_file().filter(|_| form == Form::File);
            let wanted = match form {
                Form::File => Fixed::VerifyFile,
                Form::Folder => Fixed::VerifyFolder,
                Form::Image => Fixed::VerifyImage,
            };
            if *kind != Kind::Fixed(wanted) {
                self.differs(format!("it verifies `{name}` as what it is not"), verify.line);
            }
            let last = single.map(|file| file.rsplit('/').next().unwrap_or(file).to_owned());
            if single.is_some() && verify.literal_env("FILE") != last {
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
            if !digest.is_some_and(|digest| values::is_digest_of(&digest, producer, self.gating, self.job)) {
                self.differs(format!("it does not ask the producer of `{name}` for the digest"), verify.line);
            }
            seen.push(name);
        }
    }
}
