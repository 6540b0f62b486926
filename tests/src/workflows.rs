//! The outputs of programs, read as plain text, without the compiler's own reader.

use crate::brute_force::print::Printed;
use crate::brute_force::random;
use crate::cases::TODAY;
use pipec_driver::{Compilation, Content, Disk, InputText, Options, Session};
use std::path::{Path, PathBuf};

/// A built program and its origin.
#[derive(Clone, Debug)]
pub struct Built {
    /// Its origin.
    pub name: String,
    /// The result.
    pub compilation: Compilation,
}

/// Options with all targets and standard modules.
pub fn options() -> Options<'static> {
    Options {
        standard: pipec_stdlib::MODULES,
        engines: pipec_targets::engines(),
        targets: pipec_targets::all(),
        today: TODAY,
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    }
}

/// Builds one file.
pub fn build(text: &str) -> Compilation {
    build_all(&[("main.pipe".to_owned(), text.to_owned())])
}

fn build_all(sources: &[(String, String)]) -> Compilation {
    let mut texts: Vec<InputText> = sources
        .iter()
        .map(|(path, text)| InputText { path: path.clone(), content: Content::Text(text.as_str().into()) })
        .collect();
    texts.sort_by(|left, right| left.path.cmp(&right.path));
    Session::new().compile(&texts, &options())
}

/// All programs that can be built. They are from the examples, the reference, the pages of codes, the cases, and a
/// number of random programs.
pub fn corpus(random_programs: u64) -> Vec<Built> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let mut all = Vec::new();
    for folder in below(&root.join("examples")) {
        let workspace = pipec_driver::read(&Disk, &folder);
        if !workspace.texts.is_empty() {
            let options = Options { lock: workspace.pins(), ..options() };
            let compilation = Session::new().compile(&workspace.texts, &options);
            all.push(Built { name: folder.display().to_string(), compilation });
        }
    }
    let mut pages = below(&root.join("compiler/docs"));
    pages.extend(below(&root.join("compiler/base/codes")));
    pages.extend(below(&root.join("tests/cases")).iter().flat_map(|folder| below(folder)));
    for page in pages.iter().filter(|page| page.extension().is_some_and(|it| it == "md")) {
        let text = std::fs::read_to_string(page).unwrap_or_default();
        for (line, program) in fences(&text) {
            all.push(Built { name: format!("{}:{line}", page.display()), compilation: build(&program) });
        }
    }
    for seed in 0..random_programs {
        let text = Printed::of(&random::program(seed)).text;
        all.push(Built { name: format!("random program {seed}\n{text}"), compilation: build(&text) });
    }
    all.retain(|built| !built.compilation.is_refused() && !built.compilation.outputs.is_empty());
    all
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    all.sort();
    all
}

/// The programs of a page that are in one fence, with its line.
fn fences(page: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some((_, text)), None) => *text += &format!("{line}\n"),
            (Some(_), Some(_)) => all.extend(open.take()),
            (None, Some("pipe")) => open = Some((number + 1, String::new())),
            (None, _) => {}
        }
    }
    all
}

/// A line of an emitted file: the keys above it, and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The keys that lead to it, its own last. An element of a list is `-`.
    pub path: Vec<String>,
    /// Its value, or a line of its block of text.
    pub value: String,
    /// Whether it is a line of a block of text.
    pub is_block: bool,
}

impl Line {
    /// Whether its keys are these. `*` matches any key.
    pub fn is(&self, keys: &[&str]) -> bool {
        self.path.len() == keys.len()
            && self.path.iter().zip(keys).all(|(own, key)| *key == "*" || own == key)
    }
}

/// The lines of an emitted file with their keys, by indentation. That is sufficient for the only layout that is
/// written.
pub fn lines(text: &str) -> Vec<Line> {
    let mut all = Vec::new();
    let mut above: Vec<(usize, String)> = Vec::new();
    let mut block: Option<usize> = None;
    for line in text.lines() {
        let mut indent = line.len() - line.trim_start().len();
        if let Some(begun) = block {
            if line.trim().is_empty() || indent > begun {
                let path = above.iter().map(|(_, key)| key.clone()).collect();
                all.push(Line { path, value: line.trim().to_owned(), is_block: true });
                continue;
            }
            block = None;
        }
        let mut rest = line.trim_start();
        if rest.is_empty() || rest.starts_with('#') {
            continue;
        }
        above.retain(|(depth, _)| *depth < indent);
        while let Some(element) = rest.strip_prefix("- ") {
            above.push((indent, "-".to_owned()));
            indent += 2;
            rest = element;
        }
        let key = rest.split_once(": ").or_else(|| rest.strip_suffix(':').map(|key| (key, "")));
        let value = match key {
            Some((key, value)) if !key.contains([' ', '{', '"', '\'']) || key.starts_with(['"', '\'']) => {
                above.push((indent, key.trim_matches(['"', '\'']).to_owned()));
                value
            }
            _ => rest,
        };
        if value.starts_with(['|', '>']) {
            block = Some(indent);
        }
        let path = above.iter().map(|(_, key)| key.clone()).collect();
        all.push(Line { path, value: value.to_owned(), is_block: false });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_line_knows_the_keys_above_it() {
        let text = "jobs:\n  # a\n  one:\n    if: \"${{ a: b }}\"\n    steps:\n      - name: x\n        env:\n          A: 1 # why\n        run: |\n          a: b\n\n          c\n      - run: y\n  two:\n    name: z\n";
        let shown: Vec<String> =
            lines(text).into_iter().map(|line| format!("{}={}", line.path.join("/"), line.value)).collect();
        assert_eq!(
            shown,
            [
                "jobs=",
                "jobs/one=",
                "jobs/one/if=\"${{ a: b }}\"",
                "jobs/one/steps=",
                "jobs/one/steps/-/name=x",
                "jobs/one/steps/-/env=",
                "jobs/one/steps/-/env/A=1 # why",
                "jobs/one/steps/-/run=|",
                "jobs/one/steps/-/run=a: b",
                "jobs/one/steps/-/run=",
                "jobs/one/steps/-/run=c",
                "jobs/one/steps/-/run=y",
                "jobs/two=",
                "jobs/two/name=z",
            ]
        );
    }
}
