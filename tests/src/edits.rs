//! Random workspaces whose declarations use each other, and the edits that people make in them.

use crate::generate::{Choices, Program};
use pipec_driver::{Content, InputText};

/// A file with what others use: a role, constants, environments, tasks, a runner, and pipelines with parameters.
const SHARED: &str = r#"/// Who may approve.
role owners { github team "acme/owners" }

let domain = "shop.example"

let deep = $"https://{domain}"

runner linux { host linux-x64 }

evidence style-guide of commit

registry "ghcr.io/acme" { user REGISTRY_USER password REGISTRY_PASSWORD }

environment staging {
  tier staging
  url $"{deep}/staging"
  value REGION = "eu"
  secret TOKEN
}

environment production {
  tier production
  after staging
  requires test, acceptance
  approval by owners
  secret TOKEN
}

environment tenant(name: string) {
  tier testing
  url $"https://{name}.{domain}"
}

environment first = tenant(name: "first")

task check(what: string) -> test {
  env WHAT = what
  run "make $WHAT"
}

task scan(level: string) -> style-guide {
  env LEVEL = level
  run "make scan-$LEVEL"
}

task unused(what: string) -> lint {
  run "make unused $UNSET"
}

pipeline service(dir: string) {
  on push to main
  on pull-request to main
  stage commit {
    gate unit: test = check(what: dir) { runs on linux }
    gate look: style-guide = scan(level: "high")
    artefact app: archive {
      run "make app"
      path "dist/**"
    }
  }
}

pipeline docs = service(dir: "docs")
"#;

/// A file that uses the first one.
const SHOP: &str = r#"use "./shared.pipe" as shared
use std.rust

let greeting = "hello"

/// The shop.
pipeline shop {
  on push to main
  on pull-request to main
  change code "src/**", "lib/**"
  owner shared.owners

  stage commit {
    gate unit: test = shared.check(what: greeting) { runs on shared.linux }
    gate rust: lint = rust.clippy()
    artefact app: archive {
      run "make app"
      path "dist/**"
    }
  }

  stage acceptance when branch is main {
    deploy app to shared.staging { run "./deploy.sh \"$APP_PATH\"" }
    gate journeys: acceptance of app {
      env BASE = shared.staging.url
      env REGION = shared.staging.REGION
      run "make journeys"
    }
  }

  stage release when branch is main {
    deploy app to shared.production { run "./deploy.sh \"$APP_PATH\"" }
  }
}

pipeline api = shared.service(dir: "services/api")

environment preview {
  tier ephemeral per pull-request
  open to members
  url "https://preview.example"
  ttl 24h
  teardown run "./remove.sh"
}

pipeline previews {
  on pull-request to main
  stage build {
    artefact app: archive { run "make app" path "dist/**" }
  }
  stage show when not fork {
    deploy app to preview { run "./deploy.sh" }
  }
}
"#;

/// A file that needs no other file.
const NIGHTLY: &str = r#"/// What is done at night.
pipeline nightly {
  on manual { input level: string = "low" }
  emits github "nightly.yml"
  stage s {
    job clean {
      env LEVEL = input.level
      timeout 10m
      run "make clean-$LEVEL"
    }
  }
}

environment lab { tier testing }
"#;

/// Numbers that look random and are the same in every run.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = usize::try_from(self.0 >> 33).unwrap_or_default();
        number.checked_rem(bound).unwrap_or_default()
    }

    /// One of several.
    pub fn of<'t, T: ?Sized>(&mut self, all: &[&'t T]) -> Option<&'t T> {
        all.get(self.below(all.len())).copied()
    }
}

fn text(path: &str, text: String) -> InputText {
    InputText { path: path.to_owned(), content: Content::Text(text.into()) }
}

/// A workspace of a few files. Some of its programs are random, and then few of their names mean anything.
pub fn workspace(random: &mut Random) -> Vec<InputText> {
    let mut all = vec![
        text("nightly.pipe", NIGHTLY.to_owned()),
        text("shared.pipe", SHARED.to_owned()),
        text("shop.pipe", SHOP.to_owned()),
    ];
    if random.below(4) == 0 {
        let bytes: Vec<u8> = (0..400).map(|_| u8::try_from(random.below(256)).unwrap_or_default()).collect();
        let program = Program::random(&mut Choices::new(&bytes));
        all.push(text("zz-random.pipe", program.laid_out(&mut Choices::new(&bytes))));
    }
    all
}

/// What an edit writes somewhere.
const INSERTED: [&str; 14] = [
    "{",
    "}",
    "\"",
    "\n",
    " x",
    "// note\n",
    "let one = 1\n",
    "gate a: test { run \"make\" }\n",
    "use std.go\n",
    "use \"./shared.pipe\" as again\n",
    "allow P0905 because \"x\"\n",
    "pipeline extra { on push to main\n stage s { job j { run \"x\" } } }\n",
    "environment extra { tier production }\n",
    "é",
];

/// Words that an edit puts in the place of each other.
const WORDS: [&str; 18] = [
    "staging",
    "production",
    "first",
    "owners",
    "check",
    "scan",
    "service",
    "shop",
    "unit",
    "domain",
    "deep",
    "main",
    "test",
    "lint",
    "linux",
    "TOKEN",
    "app",
    "docs",
];

/// Edits one text.
pub fn edited(text: &str, random: &mut Random) -> String {
    match random.below(10) {
        0 => without_some(text, random),
        1 => with_some_twice(text, random),
        2 | 3 => with_declarations_moved(text, random),
        4 => renamed(text, random, 1),
        5 => renamed(text, random, usize::MAX),
        6 => text.replacen("\"make", "\"true && make", 1 + random.below(2)),
        7 => format!("// another line\n{text}"),
        _ => with_more(text, random),
    }
}

fn border(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn line(text: &str, at: usize) -> usize {
    let before = text.get(..border(text, at)).unwrap_or_default();
    before.rfind('\n').map_or(0, |newline| newline + 1)
}

fn cut(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(border(text, at)).unwrap_or((text, ""))
}

fn place(text: &str, random: &mut Random) -> usize {
    let at = random.below(text.len() + 1);
    if random.below(3) == 0 { border(text, at) } else { line(text, at) }
}

fn without_some(text: &str, random: &mut Random) -> String {
    let (before, rest) = cut(text, place(text, random));
    before.to_owned() + cut(rest, random.below(40)).1
}

fn with_some_twice(text: &str, random: &mut Random) -> String {
    let (before, rest) = cut(text, place(text, random));
    let twice = cut(rest, line(rest, random.below(400))).0;
    format!("{before}{twice}{rest}")
}

fn with_more(text: &str, random: &mut Random) -> String {
    let (before, rest) = cut(text, place(text, random));
    let more = random.of(&INSERTED).unwrap_or_default();
    format!("{before}{more}{rest}")
}

/// The declarations of a text, cut at empty lines.
fn declarations(text: &str) -> Vec<&str> {
    text.split_inclusive("\n\n").collect()
}

fn with_declarations_moved(text: &str, random: &mut Random) -> String {
    let mut all = declarations(text);
    if all.is_empty() {
        return String::new();
    }
    let taken = all.remove(random.below(all.len()));
    if random.below(3) > 0 {
        all.insert(random.below(all.len() + 1), taken);
    }
    all.concat()
}

fn renamed(text: &str, random: &mut Random, times: usize) -> String {
    let (from, to) = (random.of(&WORDS).unwrap_or_default(), random.of(&WORDS).unwrap_or_default());
    text.replacen(from, to, times)
}

/// Edits a workspace: one of its texts, or which texts there are.
pub fn edit(texts: &mut Vec<InputText>, number: usize, random: &mut Random) {
    let which = random.below(texts.len());
    match random.below(14) {
        0 if texts.len() > 1 => {
            let taken = texts.remove(which);
            if random.below(2) == 0 {
                texts.push(InputText { path: format!("z{number}.pipe"), ..taken });
            }
        }
        1 => texts.push(text(&format!("a{number}.pipe"), NIGHTLY.replace("nightly", &format!("n{number}")))),
        2 => {
            let all: Vec<String> = texts.iter().filter_map(written).map(str::to_owned).collect();
            let moved =
                all.iter().flat_map(|text| declarations(text)).nth(random.below(30)).map(str::to_owned);
            if let (Some(moved), Some(into)) = (moved, texts.get_mut(which)) {
                let changed = format!("{}\n{moved}", written(into).unwrap_or_default());
                into.content = Content::Text(changed.into());
            }
        }
        3 if random.below(3) == 0 => {
            if let Some(into) = texts.get_mut(which) {
                into.content = Content::TooLarge;
            }
        }
        _ => {
            if let Some(into) = texts.get_mut(which) {
                let changed = edited(written(into).unwrap_or_default(), random);
                into.content = Content::Text(changed.into());
            }
        }
    }
    texts.sort_by(|left, right| left.path.cmp(&right.path));
}

fn written(text: &InputText) -> Option<&str> {
    match &text.content {
        Content::Text(written) => Some(written),
        _ => None,
    }
}
