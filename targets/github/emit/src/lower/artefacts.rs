//! Artefacts: recorded and kept where they are built, fetched and verified where they are used.

use super::{Lowering, images, matrix};
use crate::document::{Input, Step};
use crate::pins;
use crate::template::Template;
use pipec_ir::{Artefact, Node, NodeKind};
use pipec_lowering::Unit;
use pipec_runtime::{Dialect, Script};

/// The step that records the digest.
pub(super) const RECORD: &str = "record";

/// The output of a job that is the digest of what it built.
pub(super) const DIGEST: &str = "digest";

/// Where an artefact is in a job that uses it: its one file, or its folder. What legs built stands in folders of theirs.
pub(super) fn path(producer: &Node, artefact: &Artefact) -> Template {
    let folder = folder(&producer.name);
    match artefact.single_file() {
        Some(_) if producer.has_legs() => folder,
        Some(file) => folder.and_text(format!("/{}", last_segment(file))),
        None => folder,
    }
}

/// The outputs of a job that builds.
pub(super) fn outputs(node: &Node) -> Vec<(String, Template)> {
    let recorded = format!("steps.{RECORD}.outputs.{DIGEST}");
    if !node.has_legs() {
        return vec![(DIGEST.to_owned(), Template::expression(recorded))];
    }
    let legs = node.legs().into_iter();
    legs.map(|leg| (matrix::digest_output(&leg.name), matrix::only_in(&leg.name, &recorded))).collect()
}

/// The step that verifies what legs have built and says what the digest of the whole is.
fn verification(name: &str) -> String {
    format!("legs-{name}")
}

impl Lowering<'_> {
    /// The digest that the producer recorded, as this job sees it.
    pub(super) fn digest_of(&self, producer: &Node, unit: &Unit) -> String {
        if producer.has_legs() {
            // Each leg knows its own; that of the whole is known where all have been fetched.
            return format!("steps.{}.outputs.{DIGEST}", verification(&producer.name));
        }
        self.recorded(producer, unit, DIGEST)
    }

    /// An output of the job that built, whichever of its jobs did.
    fn recorded(&self, producer: &Node, unit: &Unit, output: &str) -> String {
        let jobs = self.plans.units_before(unit, producer);
        let digests: Vec<String> =
            jobs.iter().map(|producer| format!("needs.{}.outputs.{output}", producer.id)).collect();
        digests.join(" || ")
    }

    /// The steps that keep what a node has built. The tar is uploaded anew when a failed job runs again.
    pub(super) fn record_steps(&self, node: &Node) -> Vec<Step> {
        let NodeKind::Artefact(artefact) = &node.kind else { return Vec::new() };
        let name = &node.name;
        let kept = if node.has_legs() { matrix::kept_name(name) } else { Template::text(name.clone()) };
        let packed =
            Template::expression("runner.temp").and_text("/").and_template(kept.clone()).and_text(".tar");
        let is_image = images::name(artefact).is_some();
        let record = match artefact.single_file() {
            _ if is_image => self.record_image_step(node),
            Some(file) => Step::run(format!("Record {name}"), Script::RecordFile.text(Dialect::GitHub))
                .with_env("FILE", Template::text(file.to_owned())),
            None => {
                let globs = artefact.paths.iter().map(|path| format!("{}\n", path.glob.text()));
                Step::run(format!("Record {name}"), Script::RecordFolder.text(Dialect::GitHub))
                    .with_env("PATHS", Template::text(globs.collect::<String>()))
            }
        };
        let mut record = record.with_id(RECORD).with_env("PACKED", packed.clone());
        if !is_image {
            record.directory = node.body.directory.as_ref().map(|(directory, _)| directory.clone());
        }
        let mut inputs = vec![
            ("name", Input::Text(kept)),
            ("path", Input::Text(packed)),
            ("if-no-files-found", Input::Text(Template::text("error"))),
            ("overwrite", Input::Flag(true)),
        ];
        if is_image {
            // Layers are compressed already.
            inputs.push(("compression-level", Input::Number(0)));
        }
        vec![record, Step::uses(format!("Keep {name}"), &pins::UPLOAD_ARTIFACT, inputs)]
    }

    /// The steps that bring in what a node uses: nothing else has run before them, and no secret is there yet.
    pub(super) fn fetch_steps(&self, node: &Node, unit: &Unit) -> Vec<Step> {
        let mut steps = Vec::new();
        for (name, artefact, producer) in self.used(node) {
            if producer.has_legs() {
                steps.extend(self.fetch_legs(artefact, producer, unit));
                continue;
            }
            let inputs = vec![
                ("name", Input::Text(Template::text(name.to_owned()))),
                ("path", Input::Text(handed_over())),
            ];
            steps.push(Step::uses(format!("Fetch {name}"), &pins::DOWNLOAD_ARTIFACT, inputs));
            let script = match artefact.single_file() {
                _ if images::name(artefact).is_some() => Script::VerifyImage.text(Dialect::GitHub),
                Some(_) => Script::VerifyFile.text(Dialect::GitHub),
                None => Script::VerifyFolder.text(Dialect::GitHub),
            };
            let mut verify = Step::run(format!("Verify {name}"), script)
                .with_env("DIGEST", Template::expression(self.digest_of(producer, unit)))
                .with_env("PACKED", handed_over().and_text(format!("/{name}.tar")))
                .with_env("FOLDER", folder(name));
            if let Some(file) = artefact.single_file() {
                verify = verify.with_env("FILE", Template::text(last_segment(file).to_owned()));
            }
            steps.push(verify);
        }
        steps
    }

    /// The steps that bring in what several legs built: each in a folder of its name, each verified.
    fn fetch_legs(&self, artefact: &Artefact, producer: &Node, unit: &Unit) -> [Step; 2] {
        let name = &producer.name;
        let inputs = vec![
            ("pattern", Input::Text(Template::text(matrix::kept_pattern(name)))),
            ("merge-multiple", Input::Flag(true)),
            ("path", Input::Text(handed_over())),
        ];
        let legs = producer.legs().into_iter().fold(Template::default(), |lines, leg| {
            let digest = self.recorded(producer, unit, &matrix::digest_output(&leg.name));
            lines.and_text(format!("{} ", leg.name)).and(digest).and_text("\n")
        });
        let mut verify = Step::run(format!("Verify {name}"), Script::VerifyLegs.text(Dialect::GitHub))
            .with_id(verification(name))
            .with_env("LEGS", legs)
            .with_env("PACKED", handed_over().and_text(format!("/{name}")))
            .with_env("FOLDER", folder(name));
        if let Some(file) = artefact.single_file() {
            verify = verify.with_env("FILE", Template::text(last_segment(file).to_owned()));
        }
        [Step::uses(format!("Fetch {name}"), &pins::DOWNLOAD_ARTIFACT, inputs), verify]
    }

    /// `APP_PATH` and `APP_DIGEST` for each artefact, `WEB_REF`, `WEB_DIGEST` and `WEB_LAYOUT` for an image, and `SUBJECT_*` for the one a task speaks of.
    pub(super) fn artefact_variables(&self, node: &Node, unit: &Unit) -> Vec<(String, Template)> {
        let mut variables = Vec::new();
        for (name, artefact, producer) in self.used(node) {
            let digest = Template::expression(self.digest_of(producer, unit));
            let mut add = |prefix: &str| {
                if images::name(artefact).is_some() {
                    variables.push((format!("{prefix}_REF"), self.image_reference(name, producer, unit)));
                    variables.push((format!("{prefix}_LAYOUT"), folder(name)));
                } else {
                    variables.push((format!("{prefix}_PATH"), path(producer, artefact)));
                }
                variables.push((format!("{prefix}_DIGEST"), digest.clone()));
            };
            add(&name.to_ascii_uppercase().replace('-', "_"));
            if node.body.subject.as_deref() == Some(name) {
                add("SUBJECT");
            }
        }
        variables
    }

    fn used<'b>(&'b self, node: &'b Node) -> impl Iterator<Item = (&'b str, &'b Artefact, &'b Node)> {
        node.body.uses.iter().filter_map(|(name, _)| {
            let (producer, artefact) = self.pipeline.producer(name)?;
            Some((name.as_str(), artefact, producer))
        })
    }
}

/// Where what other jobs kept arrives.
fn handed_over() -> Template {
    Template::expression("runner.temp").and_text("/handed-over")
}

/// Where an artefact is unpacked.
pub(super) fn folder(name: &str) -> Template {
    Template::expression("runner.temp").and_text(format!("/artefacts/{name}"))
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
