//! A compilation with targets that do as they are told, on files in memory.
#![expect(clippy::unwrap_used, reason = "a stand-in that does not find its pipeline fails the test")]

use pipec_base::{Diagnostic, Span, codes};
use pipec_claims::{Judgement, Theorem, Words};
use pipec_driver::{
    Compilation, CompiledFile, Content, InputText, Memory, Options, PlannedFile, Session, assure,
    left_behind, plan, read, replace_all,
};
use pipec_ir::{EngineWord, GeneratedFile, PinnedAction, Pins, Pipeline, PipelineId, Program};
use pipec_syntax::ast::Date;
use pipec_target_api::{Emission, EmittedFile, PipelineOutput, Refusals, Target, TargetContext};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

const HEADER: &str = "# generated\n";

/// Writes the pipeline's name below its folder; refuses or mistrusts a pipeline whose name says so.
struct Echo {
    name: &'static str,
    folder: &'static str,
}

impl Echo {
    /// Every pipeline calls an action of the target. One called `major` takes any version of another that the lock has,
    /// `v1` if it has none; one called `exact`, `v2`.
    fn pins(&self, program: &Program, pipeline: &str) -> Pins {
        let pinned = |name: &str, version: &str| PinnedAction {
            name: name.to_owned(),
            version: version.to_owned(),
            commit: "1".repeat(40),
            inputs: Default::default(),
            outputs: Default::default(),
        };
        let locked = program.lock.actions.iter().find(|action| action.name == "any/way");
        let called = match pipeline {
            "major" => Some(locked.cloned().unwrap_or_else(|| pinned("any/way", "v1").into())),
            "exact" => Some(pinned("any/way", "v2").into()),
            _ => None,
        };
        let own = pinned(&format!("of/{}", self.name), "v1");
        Pins { actions: called.into_iter().chain([own.into()]).collect(), ..Pins::default() }
    }

    fn emit_pipeline(&self, program: &Program, pipeline: &Pipeline) -> (Vec<GeneratedFile>, PipelineOutput) {
        let is_refused = pipeline.name == "refused" && self.name == "second";
        assert!(!is_refused, "what a target refuses is not emitted");
        let name = match pipeline.emits.get(self.name) {
            Some((name, _)) => name.clone(),
            None if pipeline.name == "escaping" => "../../x.yml".to_owned(),
            None => format!("{}.yml", pipeline.name),
        };
        let file = GeneratedFile {
            path: format!("{}/{name}", self.folder),
            text: format!("{HEADER}name: {}\n", pipeline.name),
            origins: Vec::new(),
        };
        let output = PipelineOutput {
            pins: self.pins(program, &pipeline.name),
            assumed: Vec::new(),
            diagnostics: Vec::new(),
        };
        (vec![file], output)
    }
}

impl Target for Echo {
    fn name(&self) -> &'static str {
        self.name
    }

    fn refusals(&self, program: &Program, only: &[PipelineId]) -> Refusals {
        let mut refusals = Refusals::new();
        for id in only {
            let pipeline = program.pipeline(*id).unwrap();
            if pipeline.name == "refused" && self.name == "second" {
                let message = format!("{} can't express `{}`", self.name, pipeline.name);
                let finding = Diagnostic::error(codes::P1101, message, pipeline.origin.span);
                refusals.insert(*id, vec![finding]);
            }
        }
        refusals
    }

    fn emit(&self, program: &Program, only: &[PipelineId], _: &TargetContext) -> Emission {
        let mut emission = Emission::default();
        for id in only {
            let (files, output) = self.emit_pipeline(program, program.pipeline(*id).unwrap());
            emission.add(*id, files, output);
        }
        emission
    }

    fn verify(&self, program: &Program, files: &[EmittedFile]) -> BTreeMap<PipelineId, Judgement> {
        let judge = |file: &EmittedFile| {
            let id = *file.pipelines.first().unwrap();
            let pipeline = program.pipeline(id).unwrap();
            let finding = Diagnostic::error(codes::P1190, "the output differs", pipeline.origin.span);
            let findings = (pipeline.name == "mistrusted").then_some(finding).into_iter().collect();
            (id, Judgement { findings, proved: vec![Theorem::StartsOnlyWhenDue].into() })
        };
        files.iter().map(judge).collect()
    }

    fn words(&self) -> &'static dyn Words {
        if self.name == "github" { &Named("github") } else { &Named("second") }
    }

    fn folders(&self) -> &'static [&'static str] {
        &["one"]
    }

    fn asked_of_platform(&self, _: &str) -> std::collections::BTreeSet<String> {
        std::collections::BTreeSet::new()
    }

    fn is_generated(&self, text: &str) -> bool {
        text.starts_with(HEADER)
    }
}

/// The words of a target for its own theorems.
#[derive(Debug)]
struct Named(&'static str);

impl Words for Named {
    fn basis(&self, _: &Theorem) -> String {
        format!("{}'s model", self.0)
    }
}

const FIRST: Echo = Echo { name: "github", folder: "one" };
const SECOND: Echo = Echo { name: "second", folder: "two" };
const TARGETS: &[&dyn Target] = &[&FIRST, &SECOND];

fn pipeline(name: &str, clauses: &str) -> String {
    format!(
        "pipeline {name} {{\n  on push to main\n  {clauses}\n  stage commit {{\n    gate unit: test {{ run \"make\" }}\n  }}\n}}\n"
    )
}

fn compile(files: &[(&str, String)]) -> Compilation {
    let texts: Vec<InputText> = files
        .iter()
        .map(|(path, text)| InputText {
            path: (*path).to_owned(),
            content: Content::Text(text.as_str().into()),
        })
        .collect();
    Session::new().compile(&texts, &options())
}

fn options() -> Options<'static> {
    Options {
        standard: &[],
        engines: &[&EngineWord("github"), &EngineWord("gitlab"), &EngineWord("tekton")],
        targets: TARGETS,
        today: Date { year: 2026, month: 1, day: 1 },
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    }
}

fn messages(compilation: &Compilation) -> Vec<(String, &str)> {
    compilation.diagnostics.iter().map(|found| (found.code.to_string(), found.message.as_str())).collect()
}

fn paths(compilation: &Compilation) -> Vec<&str> {
    compilation.outputs.iter().map(|output| output.file.path.as_str()).collect()
}

#[test]
fn every_target_compiles_every_pipeline() {
    let compilation = compile(&[("a.pipe", pipeline("a", "")), ("b.pipe", pipeline("b", ""))]);
    assert_eq!(messages(&compilation), []);
    assert_eq!(paths(&compilation), ["one/a.yml", "two/a.yml", "one/b.yml", "two/b.yml"]);
}

#[test]
fn a_pipeline_can_name_its_targets() {
    let compilation = compile(&[("a.pipe", pipeline("a", "targets github"))]);
    assert_eq!(messages(&compilation), []);
    assert_eq!(paths(&compilation), ["one/a.yml"]);
}

#[test]
fn a_target_this_version_lacks_is_a_finding() {
    let compilation = compile(&[("a.pipe", pipeline("a", "targets github, tekton"))]);
    assert_eq!(messages(&compilation), [("P1101".to_owned(), "this version has no target `tekton`")]);
    assert_eq!(compilation.sources.text(compilation.diagnostics[0].span()), "tekton");
    assert_eq!(paths(&compilation), [""; 0]);
}

#[test]
fn a_session_without_outputs_reports_what_targets_refuse() {
    let files = [("a.pipe", pipeline("refused", "")), ("b.pipe", pipeline("mistrusted", "targets tekton"))];
    let texts =
        files.map(|(path, text)| InputText { path: path.to_owned(), content: Content::Text(text.into()) });
    let source_only = Options { emits_outputs: false, ..options() };
    let compilation = Session::new().compile(&texts, &source_only);
    let expected = ["second can't express `refused`", "this version has no target `tekton`"];
    assert_eq!(messages(&compilation), expected.map(|message| ("P1101".to_owned(), message)));
    let proven = [InputText { path: "a.pipe".to_owned(), content: Content::Text(pipeline("a", "").into()) }];
    let compilation = Session::new().compile(&proven, &source_only);
    assert!(!compilation.is_refused() && compilation.outputs.is_empty() && compilation.claims.is_empty());
}

#[test]
fn a_refusal_by_one_target_stops_all_targets() {
    let compilation = compile(&[("a.pipe", pipeline("a", "")), ("b.pipe", pipeline("refused", ""))]);
    assert_eq!(messages(&compilation), [("P1101".to_owned(), "second can't express `refused`")]);
    assert_eq!(paths(&compilation), [""; 0]);
}

#[test]
fn an_output_that_is_not_proven_is_no_output() {
    let compilation = compile(&[("a.pipe", pipeline("mistrusted", "targets github"))]);
    assert_eq!(messages(&compilation), [("P1190".to_owned(), "the output differs")]);
    assert_eq!(paths(&compilation), [""; 0]);
}

#[test]
fn no_target_sees_a_program_with_errors() {
    let compilation = compile(&[("a.pipe", pipeline("mistrusted", "")), ("b.pipe", "pipeline {".to_owned())]);
    assert!(compilation.is_refused());
    assert!(compilation.diagnostics.iter().all(|found| found.code != codes::P1190));
}

#[test]
fn an_unreadable_file_may_declare_any_name() {
    let texts = [InputText { path: "a.pipe".to_owned(), content: Content::Unreadable }];
    let compilation = Session::new().compile(&texts, &options());
    assert_eq!(messages(&compilation), []);
}

#[test]
fn a_session_remembers_texts_and_notices_changes() {
    let text =
        |path: &str, text: String| InputText { path: path.to_owned(), content: Content::Text(text.into()) };
    let mut session = Session::new();
    let steps = [
        vec![text("a.pipe", pipeline("a", "")), text("b.pipe", pipeline("b", ""))],
        vec![text("a.pipe", pipeline("a", "")), text("b.pipe", "pipeline {".to_owned())],
        vec![text("a.pipe", pipeline("a", "")), text("b.pipe", pipeline("b", ""))],
        vec![text("b.pipe", pipeline("b", ""))],
        vec![InputText { path: "b.pipe".to_owned(), content: Content::TooLarge }],
        vec![text("b.pipe", String::new())],
    ];
    for texts in steps {
        let remembered = session.compile(&texts, &options());
        let anew = Session::new().compile(&texts, &options());
        assert_eq!(messages(&remembered), messages(&anew));
        assert_eq!(outputs(&remembered), outputs(&anew));
    }
}

/// The target, the pipeline, the file, and where the source names the two.
type Placed<'a> = (&'a str, &'a str, &'a GeneratedFile, [Option<(&'a str, Range<usize>)>; 2]);

/// The outputs, each with the place of its pipeline and of the name of its file: in spans, sessions count differently.
fn outputs(compilation: &Compilation) -> Vec<Placed<'_>> {
    let sources = &compilation.sources;
    let place = |span: Span| sources.place(span).map(|place| (sources.path(place.file), place.range()));
    let one = |output: &CompiledFile| [place(output.owner.origin), output.owner.named.and_then(place)];
    compilation
        .outputs
        .iter()
        .map(|output| (output.target, output.owner.pipeline.as_str(), &*output.file, one(output)))
        .collect()
}

#[test]
fn a_standard_module_is_read_where_something_uses_it() {
    let standard = [
        ("std/first.pipe", "use std.second\n\nprivate let a = \"1\"\n"),
        ("std/second.pipe", "let b = \"2\"\nthis is no declaration\n"),
    ];
    let options = Options { standard: &standard, ..options() };
    let mut session = Session::new();
    let mut compile = |text: &str| {
        let text = InputText { path: "a.pipe".to_owned(), content: Content::Text(text.into()) };
        session.compile(&[text], &options).diagnostics.len()
    };
    let user = "use std.first\n";
    let found = compile(user);
    assert!(found > 0, "what a module uses is read with it");
    assert_eq!(compile(""), 0, "what nothing uses is not");
    assert_eq!(compile(user), found, "nor does it matter what was used before");
}

#[test]
fn a_plan_distinguishes_new_changed_and_foreign_files() {
    let compilation =
        compile(&[("w.pipe", ["a", "b", "c"].map(|name| pipeline(name, "targets github")).concat())]);
    let same = compilation.outputs[0].file.text.clone();
    let files = Memory::new([
        ("/w/one/a.yml", same.as_str()),
        ("/w/one/b.yml", "name: mine\n"),
        ("/w/one/old.yml", "# generated\nname: old\n"),
        ("/w/one/mine.yml", "name: mine\n"),
    ]);
    let planned = plan(&files, Path::new("/w"), &compilation.outputs, TARGETS);
    let told = planned.files.iter().map(|file| (file.output.file.path.as_str(), file.is_changed()));
    assert_eq!(told.collect::<Vec<_>>(), [("one/a.yml", false), ("one/c.yml", true)]);
    let refused: Vec<&str> = planned.diagnostics.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(refused, ["`one/b.yml` was not written by pipec, so it is not overwritten"]);
    assert_eq!(left(&files, &compilation.outputs), ["one/old.yml"]);
    assert_eq!(left(&files, &[]), ["one/a.yml", "one/old.yml"], "no pipeline is left");
}

/// The generated files that none of these outputs is written to.
fn left(files: &Memory, outputs: &[CompiledFile]) -> Vec<String> {
    left_behind(files, Path::new("/w"), outputs, TARGETS).into_iter().map(|file| file.path).collect()
}

#[test]
fn a_change_of_the_header_alone_is_written() {
    let compilation = compile(&[("a.pipe", pipeline("a", "targets github"))]);
    let files = Memory::new([("/w/one/a.yml", "# generated\n# other documentation\nname: a\n")]);
    let planned = plan(&files, Path::new("/w"), &compilation.outputs, TARGETS);
    assert!(planned.files[0].is_changed());
    let changes: Vec<_> = planned.files.iter().map(PlannedFile::change).collect();
    replace_all(&files, &changes).unwrap();
    let planned = plan(&files, Path::new("/w"), &compilation.outputs, TARGETS);
    assert!(!planned.files[0].is_changed());
}

#[test]
fn two_owners_of_one_file_are_named_once() {
    let emitting = |name| pipeline(name, "targets github\n  emits github \"Same.yml\"");
    let compilation = compile(&[("a.pipe", pipeline("same", "targets github")), ("b.pipe", emitting("b"))]);
    assert_eq!(
        messages(&compilation),
        [("P1203".to_owned(), "pipelines `same` and `b` both write `one/Same.yml`")]
    );
}

#[test]
fn an_output_never_leaves_the_workspace() {
    let compilation = compile(&[("a.pipe", pipeline("escaping", "targets github"))]);
    assert_eq!(
        messages(&compilation),
        [("P0105".to_owned(), "the output `one/../../x.yml` is outside the workspace")]
    );
    assert_eq!(paths(&compilation), [""; 0]);
}

#[test]
fn a_workspace_of_no_files_is_an_empty_program() {
    let workspace = read(&Memory::default(), Path::new("/w"));
    let compilation = Session::new().compile(&workspace.texts, &options());
    assert_eq!((messages(&compilation).len(), compilation.program.pipelines.len()), (0, 0));
}

#[test]
fn the_assurance_has_theorems_second_proofs_and_exceptions() {
    let source = "pipeline shop {\n  on push to main\n  change docs \"docs/**\"\n  stage commit {\n    gate unit: test {\n      \
                  run \"make\"\n      exempt unless changed code because \"only code is tested\"\n    }\n    \
                  artefact app: archive { run \"make\" path \"out/**\" }\n  }\n  stage release { deploy app to production { run \"./d\" } }\n}\n\
                  environment production { requires test }\n";
    let compilation = compile(&[("shop.pipe", source.to_owned())]);
    let assurance = assure(&compilation, TARGETS).unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
    let [pipeline] = assurance.pipelines.as_slice() else { panic!("{assurance:#?}") };
    assert_eq!(pipeline.environments, ["production"]);
    let gates = pipeline.guarantees.iter().find(|given| given.claim.kind() == "no-skipped-gates");
    let gates = gates.expect("the theorem");
    assert_eq!(gates.claim.environment(), Some("production"));
    assert_eq!(
        assurance.holds(gates),
        "no deploy starts unless unit has passed or been exempt under its rule in the same run; test covers app"
    );
    let by = assurance.by(gates);
    assert!(by.contains("; github: github's model; second: second's model"), "{by}");
    let exceptions: Vec<String> =
        pipeline.exceptions.iter().map(|exception| exception.what.sentence()).collect();
    assert_eq!(exceptions, ["unit is exempt unless code changed"]);
    assert_eq!((pipeline.engine_steps, pipeline.steps), (0, 3));

    let skipped = source.replace("requires test", "requires test, lint");
    assert!(assure(&compile(&[("shop.pipe", skipped)]), TARGETS).is_none());
}

#[test]
fn only_allowances_of_what_is_called_are_exceptions() {
    let task = |name: &str, work: &str| {
        format!("task {name}() -> lint {{\n  allow P0901 because \"{name}\"\n  {work}\n}}\n")
    };
    let library = ["called", "uncalled"].map(|name| task(name, "run \"make lint || true\"")).concat();
    let source = "use \"./lib.pipe\" as lib\npipeline p {\n  on push to main\n  stage s { gate l: lint = lib.called() }\n  \
                  finally tell on failed {\n    job chat {\n      allow P0901 because \"chat\"\n      run \"./tell.sh || true\"\n    \
                  }\n  }\n}\n";
    let compilation = compile(&[("lib.pipe", library), ("main.pipe", source.to_owned())]);
    let assurance = assure(&compilation, TARGETS).unwrap_or_else(|| panic!("{:#?}", compilation.diagnostics));
    let reasons: Vec<&str> = assurance.allowed.iter().map(|it| it.because.sentence()).collect();
    assert_eq!(reasons, ["called", "chat"]);
    assert_eq!(messages(&compilation), []);
}

fn pins(compilation: &Compilation) -> Vec<String> {
    compilation.pins.without(&Pins::default())
}

#[test]
fn the_pins_are_those_of_all_pipelines_and_targets() {
    let both = compile(&[("a.pipe", pipeline("a", "")), ("b.pipe", pipeline("b", ""))]);
    assert_eq!(pins(&both), ["`of/github` v1", "`of/second` v1"]);
    let one = compile(&[("a.pipe", pipeline("a", "targets github"))]);
    assert_eq!(pins(&one), ["`of/github` v1"]);
    let refused = compile(&[("a.pipe", pipeline("a", "")), ("b.pipe", pipeline("refused", ""))]);
    assert!(refused.is_refused() && refused.pins.is_empty());
}

#[test]
fn a_build_with_its_own_lock_changes_nothing() {
    let files =
        [("a.pipe", pipeline("major", "targets github")), ("b.pipe", pipeline("exact", "targets github"))];
    let first = compile(&files);
    assert_eq!(pins(&first), ["`any/way` v2", "`of/github` v1"], "any version is that of the lock");
    let texts = files.map(|(path, text)| InputText {
        path: path.to_owned(),
        content: Content::Text(text.as_str().into()),
    });
    let again = Session::new().compile(&texts, &Options { lock: Some(&first.pins), ..options() });
    assert_eq!((again.pins, again.outputs), (first.pins, first.outputs));
}
