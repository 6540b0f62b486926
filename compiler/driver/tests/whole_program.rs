//! Targets that divide files otherwise than one for each pipeline: one root file for all, or several for each.
#![expect(clippy::unwrap_used, reason = "a stand-in that does not find its pipeline fails the test")]

use pipec_base::{Diagnostic, Span, codes};
use pipec_claims::{Judgement, NEUTRAL, Theorem, Words};
use pipec_driver::{
    Compilation, CompiledFile, Content, InputText, Memory, Options, PlannedFile, Session, assure,
    left_behind, plan, replace_all,
};
use pipec_ir::{EngineWord, GeneratedFile, PinnedAction, Pins, Pipeline, PipelineId, Program};
use pipec_syntax::ast::Date;
use pipec_target_api::{Emission, EmittedFile, PipelineOutput, Refusals, Target, TargetContext};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

const HEADER: &str = "# generated\n";
const ROOT: &str = "/w";

/// The pipelines that a stand-in was asked to emit, round by round.
#[derive(Default)]
struct Rounds(Mutex<Vec<Vec<String>>>);

impl Rounds {
    fn add(&self, program: &Program, only: &[PipelineId]) {
        let names = only.iter().map(|id| program.pipeline(*id).unwrap().name.clone()).collect();
        self.0.lock().unwrap().push(names);
    }

    fn all(&self) -> Vec<Vec<String>> {
        self.0.lock().unwrap().clone()
    }
}

/// Writes `ci.yml`, which includes `parts/NAME.yml` of each pipeline. A file that does not hold what the model expects is a
/// difference for every pipeline that it belongs to.
#[derive(Default)]
struct OneRoot {
    rounds: Rounds,
    /// Whether it forgets to name the last pipeline in the root file.
    forgets: bool,
}

impl OneRoot {
    fn root(program: &Program) -> String {
        let included = program.pipelines_for("gitlab").into_iter();
        let included = included.map(|id| format!("include: {}\n", program.pipeline(id).unwrap().name));
        format!("{HEADER}{}", included.collect::<String>())
    }
}

impl Target for OneRoot {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn refusals(&self, _: &Program, _: &[PipelineId]) -> Refusals {
        Refusals::new()
    }

    fn emit(&self, program: &Program, only: &[PipelineId], _: &TargetContext) -> Emission {
        self.rounds.add(program, only);
        let mut emission = Emission::default();
        let mut text = OneRoot::root(program);
        if self.forgets {
            text.truncate(text.trim_end().rfind('\n').unwrap() + 1);
        }
        let root = GeneratedFile { path: "ci.yml".to_owned(), text, origins: Vec::new() };
        let pipelines = program.pipelines_for("gitlab").into_iter().collect();
        emission.files.push(EmittedFile { file: root.into(), pipelines });
        for id in only {
            let pipeline = program.pipeline(*id).unwrap();
            let (text, pins) = part(program, pipeline);
            let path = match pipeline.emits.get("gitlab") {
                Some((name, _)) => format!("parts/{name}"),
                None => format!("parts/{}.yml", pipeline.name),
            };
            let file = GeneratedFile { path, text, origins: Vec::new() };
            emission.add(*id, vec![file], PipelineOutput { pins, ..PipelineOutput::default() });
        }
        emission
    }

    fn verify(&self, program: &Program, files: &[EmittedFile]) -> BTreeMap<PipelineId, Judgement> {
        let root = files.iter().find(|file| file.file.path == "ci.yml").unwrap();
        let judge = |id: &PipelineId| {
            let pipeline = program.pipeline(*id).unwrap();
            let is_included = root.file.text.contains(&format!("include: {}\n", pipeline.name));
            let own = files.iter().filter(|file| file.pipelines.contains(id)).count();
            (*id, judgement(is_included && own == 2, pipeline.origin.span))
        };
        root.pipelines.iter().map(judge).collect()
    }

    fn words(&self) -> &'static dyn Words {
        NEUTRAL
    }

    fn folders(&self) -> &'static [&'static str] {
        &["parts"]
    }

    fn asked_of_platform(&self, _: &str) -> std::collections::BTreeSet<String> {
        std::collections::BTreeSet::new()
    }

    fn is_generated(&self, text: &str) -> bool {
        text.starts_with(HEADER)
    }
}

/// Writes `NAME/tasks.yml` and `NAME/events.yml` of each pipeline.
#[derive(Default)]
struct ManyFiles {
    rounds: Rounds,
    /// Whether it forgets the events.
    forgets: bool,
}

impl Target for ManyFiles {
    fn name(&self) -> &'static str {
        "tekton"
    }

    fn refusals(&self, _: &Program, _: &[PipelineId]) -> Refusals {
        Refusals::new()
    }

    fn emit(&self, program: &Program, only: &[PipelineId], _: &TargetContext) -> Emission {
        self.rounds.add(program, only);
        let mut emission = Emission::default();
        for id in only {
            let pipeline = program.pipeline(*id).unwrap();
            let (text, pins) = part(program, pipeline);
            let file = |name: &str, text: String| GeneratedFile {
                path: format!("{}/{name}.yml", pipeline.name),
                text,
                origins: Vec::new(),
            };
            let mut files = vec![file("tasks", text)];
            if !self.forgets {
                files.push(file("events", format!("{HEADER}starts: {}\n", pipeline.name)));
            }
            emission.add(*id, files, PipelineOutput { pins, ..PipelineOutput::default() });
        }
        emission
    }

    fn verify(&self, program: &Program, files: &[EmittedFile]) -> BTreeMap<PipelineId, Judgement> {
        let mut of: BTreeMap<PipelineId, usize> = BTreeMap::new();
        files.iter().flat_map(|file| &file.pipelines).for_each(|id| *of.entry(*id).or_default() += 1);
        of.into_iter()
            .map(|(id, count)| (id, judgement(count == 2, program.pipeline(id).unwrap().origin.span)))
            .collect()
    }

    fn words(&self) -> &'static dyn Words {
        NEUTRAL
    }

    fn folders(&self) -> &'static [&'static str] {
        &["parts"]
    }

    fn asked_of_platform(&self, _: &str) -> std::collections::BTreeSet<String> {
        std::collections::BTreeSet::new()
    }

    fn is_generated(&self, text: &str) -> bool {
        text.starts_with(HEADER)
    }
}

/// The text of a pipeline's own file and its pins. `major` calls the newest version of `any/way` in the lock, `exact` calls
/// `v2`, and every other pipeline calls nothing.
fn part(program: &Program, pipeline: &Pipeline) -> (String, Pins) {
    let pinned = |version: &str| PinnedAction {
        name: "any/way".to_owned(),
        version: version.to_owned(),
        commit: "1".repeat(40),
        inputs: Default::default(),
        outputs: Default::default(),
    };
    let called = match pipeline.name.as_str() {
        "major" => Some(program.lock.actions.first().cloned().unwrap_or_else(|| pinned("v1").into())),
        "exact" => Some(pinned("v2").into()),
        _ => None,
    };
    let calls = called.iter().map(|action| format!("calls: {}\n", action.version)).collect::<String>();
    let text = format!("{HEADER}name: {}\n{calls}", pipeline.name);
    (text, Pins { actions: called.into_iter().collect(), ..Pins::default() })
}

fn judgement(is_right: bool, span: Span) -> Judgement {
    if is_right {
        return Judgement { findings: Vec::new(), proved: vec![Theorem::StartsOnlyWhenDue].into() };
    }
    Judgement {
        findings: vec![Diagnostic::error(codes::P1190, "the output differs", span)],
        proved: Vec::new().into(),
    }
}

fn pipeline(name: &str, clauses: &str) -> String {
    format!(
        "pipeline {name} {{\n  on push to main\n  {clauses}\n  stage commit {{\n    gate unit: test {{ run \"make\" }}\n  }}\n}}\n"
    )
}

fn compile(texts: &[String], target: &dyn Target) -> Compilation {
    compile_for(texts, &[target])
}

fn compile_for(texts: &[String], targets: &[&dyn Target]) -> Compilation {
    let number = |(place, text): (usize, &String)| InputText {
        path: format!("{place}.pipe"),
        content: Content::Text(text.as_str().into()),
    };
    let texts: Vec<InputText> = texts.iter().enumerate().map(number).collect();
    let options = Options {
        standard: &[],
        engines: &[&EngineWord("github"), &EngineWord("gitlab"), &EngineWord("tekton")],
        targets,
        today: Date { year: 2026, month: 1, day: 1 },
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    };
    Session::new().compile(&texts, &options)
}

/// The path of each file, and its pipelines.
fn owned(compilation: &Compilation) -> Vec<(&str, Vec<&str>)> {
    compilation
        .outputs
        .iter()
        .map(|output| {
            let owners = output.owners().map(|owner| owner.pipeline.as_str()).collect();
            (output.file.path.as_str(), owners)
        })
        .collect()
}

fn messages(compilation: &Compilation) -> Vec<&str> {
    compilation.diagnostics.iter().map(|found| found.message.as_str()).collect()
}

fn a_and_b() -> [String; 2] {
    [pipeline("a", ""), pipeline("b", "")]
}

/// Writes the outputs to an empty disk.
fn written(compilation: &Compilation, target: &dyn Target) -> Memory {
    let files = Memory::default();
    let planned = plan(&files, Path::new(ROOT), &compilation.outputs, &[target]);
    let changes: Vec<_> = planned.files.iter().map(PlannedFile::change).collect();
    replace_all(&files, &changes).unwrap();
    files
}

/// The files that differ from what is on the disk.
fn changed(files: &Memory, compilation: &Compilation, target: &dyn Target) -> Vec<String> {
    let planned = plan(files, Path::new(ROOT), &compilation.outputs, &[target]);
    assert!(planned.diagnostics.is_empty() && planned.problems.is_empty());
    let changed = planned.files.iter().filter(|file| file.is_changed());
    changed.map(|file| file.output.file.path.clone()).collect()
}

/// The generated files that none of these outputs is written to.
fn left(files: &Memory, outputs: &[CompiledFile], target: &dyn Target) -> Vec<String> {
    left_behind(files, Path::new(ROOT), outputs, &[target]).into_iter().map(|file| file.path).collect()
}

#[test]
fn a_root_file_belongs_to_all_pipelines_and_is_written_once() {
    let target = OneRoot::default();
    let compilation = compile(&a_and_b(), &target);
    assert_eq!(messages(&compilation), [""; 0]);
    let all = [("ci.yml", vec!["a", "b"]), ("parts/a.yml", vec!["a"]), ("parts/b.yml", vec!["b"])];
    assert_eq!(owned(&compilation), all);
    assert_eq!(compilation.outputs[0].owners_in_words(), "pipelines `a` and `b`");
    assert_eq!(target.rounds.all(), [["a", "b"]]);
}

#[test]
fn a_pipeline_of_another_target_has_no_part_in_the_root_file() {
    let (one, many) = (OneRoot::default(), ManyFiles::default());
    let texts = [pipeline("a", ""), pipeline("b", "targets tekton"), pipeline("c", "targets gitlab")];
    let compilation = compile_for(&texts, &[&one, &many]);
    let all = [
        ("ci.yml", vec!["a", "c"]),
        ("parts/a.yml", vec!["a"]),
        ("a/tasks.yml", vec!["a"]),
        ("a/events.yml", vec!["a"]),
        ("b/tasks.yml", vec!["b"]),
        ("b/events.yml", vec!["b"]),
        ("parts/c.yml", vec!["c"]),
    ];
    assert_eq!(owned(&compilation), all);
}

#[test]
fn several_files_of_one_pipeline_are_all_written() {
    let compilation = compile(&a_and_b(), &ManyFiles::default());
    assert_eq!(messages(&compilation), [""; 0]);
    let paths: Vec<&str> = owned(&compilation).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["a/tasks.yml", "a/events.yml", "b/tasks.yml", "b/events.yml"]);
}

#[test]
fn each_pipeline_is_judged_on_the_files_that_belong_to_it() {
    let forgetful = OneRoot { forgets: true, ..OneRoot::default() };
    let compilation = compile(&a_and_b(), &forgetful);
    assert_eq!(messages(&compilation), ["the output differs"]);
    assert_eq!(compilation.sources.text(compilation.diagnostics[0].span()), "b");
    assert!(compilation.outputs.is_empty());
    let compilation = compile(&a_and_b(), &ManyFiles { forgets: true, ..ManyFiles::default() });
    assert_eq!(messages(&compilation), ["the output differs"; 2]);
}

#[test]
fn claims_are_listed_for_each_pipeline_of_a_shared_file() {
    let target = OneRoot::default();
    let compilation = compile(&a_and_b(), &target);
    let of_target: Vec<usize> =
        compilation.claims.iter().map(|claims| claims.targets[0].proved.len()).collect();
    assert_eq!(of_target, [1, 1]);
    assert_eq!(assure(&compilation, &[&target]).unwrap().pipelines.len(), 2);
}

#[test]
fn drift_of_a_root_file_and_of_one_file_of_several_is_found() {
    let one = OneRoot::default();
    let many = ManyFiles::default();
    let targets: [(&dyn Target, &str, &[&str]); 2] =
        [(&one, "/w/ci.yml", &["ci.yml"]), (&many, "/w/b/events.yml", &["b/events.yml"])];
    for (target, path, expected) in targets {
        let compilation = compile(&a_and_b(), target);
        let files = written(&compilation, target);
        assert_eq!(changed(&files, &compilation, target), [""; 0]);
        let mut contents = files.contents();
        contents.insert(path.into(), format!("{HEADER}other: text\n").into_bytes());
        let edited = Memory::new(contents);
        assert_eq!(changed(&edited, &compilation, target), expected);
    }
}

#[test]
fn files_of_a_removed_pipeline_are_left_behind_but_not_the_root_file() {
    let target = OneRoot::default();
    let files = written(&compile(&a_and_b(), &target), &target);
    let only_a = compile(&[pipeline("a", "")], &target);
    assert_eq!(left(&files, &only_a.outputs, &target), ["parts/b.yml"]);
    assert_eq!(changed(&files, &only_a, &target), ["ci.yml"], "the root file has changed");
    let target = ManyFiles::default();
    let files = written(&compile(&a_and_b(), &target), &target);
    let without_events = compile(&a_and_b(), &target);
    let kept: Vec<_> = without_events
        .outputs
        .into_iter()
        .filter(|output| !output.file.path.ends_with("events.yml"))
        .collect();
    assert_eq!(left(&files, &kept, &target), ["a/events.yml", "b/events.yml"]);
}

#[test]
fn two_files_of_one_path_are_contested_even_beside_a_shared_file() {
    let texts = [pipeline("a", ""), pipeline("b", "emits gitlab \"A.yml\"")];
    let compilation = compile(&texts, &OneRoot::default());
    assert_eq!(messages(&compilation), ["pipelines `a` and `b` both write `parts/A.yml`"]);
}

#[test]
fn a_lock_that_gains_a_version_makes_only_its_callers_again() {
    let texts = [pipeline("a", ""), pipeline("major", ""), pipeline("exact", "")];
    let (one, many) = (OneRoot::default(), ManyFiles::default());
    let targets: [(&dyn Target, &Rounds, &str); 2] =
        [(&one, &one.rounds, "parts/major.yml"), (&many, &many.rounds, "major/tasks.yml")];
    for (target, rounds, path) in targets {
        let compilation = compile(&texts, target);
        assert_eq!(messages(&compilation), [""; 0]);
        let again = rounds.all();
        assert_eq!(again, [vec!["a", "major", "exact"], vec!["major", "exact"]]);
        let calling = compilation.outputs.iter().find(|output| output.file.path == path).unwrap();
        assert!(calling.file.text.contains("calls: v2"), "{}", calling.file.text);
        assert_eq!(compilation.pins.actions.len(), 1, "v1 is called no more");
        let mut paths: Vec<&str> = owned(&compilation).into_iter().map(|(path, _)| path).collect();
        paths.sort_unstable();
        let count = paths.len();
        paths.dedup();
        assert_eq!(count, paths.len(), "no file is listed twice");
    }
    let compilation = compile(&texts, &one);
    assert_eq!(owned(&compilation)[0], ("ci.yml", vec!["a", "major", "exact"]));
}
