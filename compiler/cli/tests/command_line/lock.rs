//! `pipec.lock`: the build uses and updates it. A lock file that is unreadable or was written by people stays
//! unchanged.

use crate::support::{HELLO, HELLO_OUTPUT, Workspace, link, small};
use std::fs::File;
use std::time::{Duration, SystemTime};

pub const CALLS: &str = r#"pipeline own {
  on push to main

  stage commit {
    gate unit: test {
      engine github because "the runner needs our tool" {
        action "acme/setup-tool@v1"(version: "3")
      }

      run "tool test"
    }
  }
}
"#;

pub const ENTRY: &str = concat!(
    r#""acme/setup-tool@v1.2.0" = { commit = "0123456789012345678901234567890123456789", "#,
    r#"inputs = { cache = "boolean", retries = "integer", version = "required string" } }"#,
    "\n"
);

/// The same entry as in a lock file of 0.1.0.
const TABLE: &str = r#"
[[action]]
name = "acme/setup-tool"
version = "v1.2.0"
commit = "0123456789012345678901234567890123456789"

[action.inputs]
cache = "boolean"
retries = "integer"
version = "required string"
"#;

const OUTPUT: &str = ".github/workflows/own.yml";
pub const LOCK: &str = "pipec.lock";

/// A file that `pipec build` keeps, with an entry that a person has added.
pub fn kept(entry: &str) -> String {
    format!("# Kept by pipec build\n[actions]\n{entry}")
}

pub fn own() -> Workspace {
    Workspace::with(&[("own.pipe", CALLS), (LOCK, &kept(ENTRY))])
}

/// The actions and images of a lock, with their versions.
pub fn entries(lock: &str) -> Vec<String> {
    let key = |line: &str| Some(line.strip_prefix('"')?.split_once('"')?.0.to_owned());
    lock.lines().filter_map(key).collect()
}

/// The line of an action in a lock file.
fn entry(lock: &str, name: &str) -> String {
    let start = format!("\"{name}@");
    let line = lock.lines().find(|line| line.starts_with(&start));
    line.unwrap_or_else(|| panic!("{name} is not in {lock}")).to_owned()
}

#[test]
fn the_lock_adds_unknown_actions() {
    let workspace = Workspace::with(&[("own.pipe", CALLS)]);
    workspace.run(&["check"]).expect(1).says("P0705").says("`pipec.lock`");
    workspace.write(LOCK, kept(ENTRY));
    workspace.run(&["check"]).expect(0);
    assert_eq!(workspace.read(LOCK), kept(ENTRY), "to check is not to write");
    workspace.build().says("wrote pipec.lock\n");
    let text = workspace.read(OUTPUT);
    assert!(text.contains("acme/setup-tool@0123456789012345678901234567890123456789 # v1.2.0"), "{text}");
    let lock = workspace.read(LOCK);
    assert_eq!(entry(&lock, "acme/setup-tool").trim(), ENTRY.trim());
    assert_eq!(entries(&lock)[0], "acme/setup-tool@v1.2.0");
    assert!(entries(&lock).iter().any(|known| known.starts_with("actions/checkout@v")), "{lock}");
    workspace.run(&["build", "--check"]).expect(0);
}

#[test]
fn a_call_is_checked_against_the_signature_in_the_lock() {
    let workspace = own();
    let call = |inputs: &str| workspace.write("own.pipe", CALLS.replace("version: \"3\"", inputs));
    call("vresion: \"3\"");
    let ran = workspace.run(&["check"]).expect(1);
    ran.says("error[P0706]: `acme/setup-tool` v1.2.0 has no input `vresion`")
        .says("own.pipe:7:37")
        .says("did you mean `version`?")
        .says("error[P0707]: the call of `acme/setup-tool` lacks `version`");
    workspace.run(&["check", "--fix"]).expect(0).says("fixed own.pipe:7:37 P0706: write `version`");
    assert_eq!(workspace.read("own.pipe"), CALLS);

    call("version: \"3\", cache: \"true\", retries: \"two\"");
    let ran = workspace.run(&["check"]).expect(1);
    ran.says("error[P0708]: input `cache` of `acme/setup-tool` is a bool")
        .says("own.pipe:7:58")
        .says("error[P0708]: input `retries` of `acme/setup-tool` is a whole number")
        .says("own.pipe:7:75");
    workspace.run(&["check", "--fix"]).expect(1).says("fixed own.pipe:7:58 P0708: write `true`");
    assert!(workspace.read("own.pipe").contains("(version: \"3\", cache: true, retries: \"two\")"));

    call("version: \"3\"");
    let lock = workspace.read(LOCK);
    workspace.write("own.pipe", CALLS.replace("v1\"", "v2\""));
    workspace.run(&["build"]).expect(1).says("P0704").says("pipec knows `v1.2.0`");
    assert_eq!(workspace.read(LOCK), lock, "a build that is refused writes nothing");
}

#[test]
fn another_commit_in_the_lock_is_drift_of_the_output() {
    let workspace = own();
    workspace.build();
    workspace.run(&["build", "--check"]).expect(0);
    workspace.write(LOCK, workspace.read(LOCK).replace("0123456789", "9876543210"));
    let ran = workspace.run(&["build", "--check"]).expect(1);
    ran.says("P1202").says(OUTPUT).omits("`pipec.lock` differs");
    workspace.build().says("1 file is unchanged");
    assert!(workspace.read(LOCK).contains("9876543210"));
    assert!(workspace.read(OUTPUT).contains("acme/setup-tool@9876543210"));
}

#[test]
fn a_build_pins_its_uses_and_a_second_build_changes_nothing() {
    let workspace = Workspace::hello();
    workspace.run(&["check"]).expect(0);
    assert!(!workspace.path(LOCK).exists());
    workspace.build().says("wrote .github/workflows/hello.yml\nwrote pipec.lock\n");
    let lock = workspace.read(LOCK);
    let known = entries(&lock);
    assert!(known.iter().any(|known| known.starts_with("actions/checkout@v")), "{lock}");
    assert!(known.iter().any(|known| known.starts_with("actions/download-artifact@v")), "{lock}");
    let output = workspace.read(HELLO_OUTPUT);
    for line in lock.lines() {
        let Some((_, commit)) = line.split_once("commit = \"") else { continue };
        assert!(output.contains(commit.split('"').next().unwrap()), "{line} is not in the output");
    }
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    File::options().write(true).open(workspace.path(LOCK)).unwrap().set_modified(past).unwrap();
    workspace.build().says("2 files are unchanged\n").omits("wrote");
    assert_eq!(std::fs::metadata(workspace.path(LOCK)).unwrap().modified().unwrap(), past);
    let other = Workspace::hello();
    other.build();
    assert_eq!(other.read(LOCK), lock, "the same source gives the same bytes");
}

#[test]
fn new_entries_are_added_and_unused_ones_dropped_with_a_report() {
    let workspace = own();
    workspace.write("small.pipe", small("small", "make"));
    workspace.build();
    let before = workspace.read(LOCK);
    workspace.write("hello.pipe", HELLO);
    workspace.build().says("wrote pipec.lock").omits("dropped");
    let more = workspace.read(LOCK);
    for known in entries(&before) {
        assert_eq!(
            entry(&more, known.split('@').next().unwrap()).trim(),
            entry(&before, known.split('@').next().unwrap()).trim()
        );
    }
    assert!(entries(&more).len() > entries(&before).len(), "{more}");
    std::fs::remove_file(workspace.path("own.pipe")).unwrap();
    std::fs::remove_file(workspace.path("hello.pipe")).unwrap();
    std::fs::remove_file(workspace.path(HELLO_OUTPUT)).unwrap();
    std::fs::remove_file(workspace.path(OUTPUT)).unwrap();
    workspace
        .build()
        .says("dropped `acme/setup-tool` v1.2.0 from pipec.lock: nothing uses it\n")
        .says("dropped `actions/download-artifact` v");
    let alone = Workspace::with(&[("small.pipe", &small("small", "make"))]);
    alone.build();
    assert_eq!(workspace.read(LOCK), alone.read(LOCK));
}

#[test]
fn lock_drift_is_reported_and_nothing_is_written() {
    let workspace = own();
    workspace.build();
    let lock = workspace.read(LOCK);

    std::fs::remove_file(workspace.path(LOCK)).unwrap();
    workspace.write("own.pipe", small("own", "make"));
    workspace.build();
    let small_lock = workspace.read(LOCK);
    std::fs::remove_file(workspace.path(LOCK)).unwrap();
    workspace
        .run(&["build", "--check"])
        .expect(1)
        .says("error[P1202]: `pipec.lock` is missing")
        .says("run `pipec build`, and commit its result")
        .prints("--- /dev/null\n+++ b/pipec.lock\n")
        .omits("own.yml");
    assert!(!workspace.path(LOCK).exists());

    workspace.write(LOCK, &lock);
    workspace
        .run(&["build", "--check"])
        .expect(1)
        .says("error[P1202]: `pipec.lock` differs from what the workspace uses")
        .says("nothing uses `acme/setup-tool` v1.2.0")
        .prints("--- a/pipec.lock\n+++ b/pipec.lock\n")
        .prints("-\"acme/setup-tool@v1.2.0\" = {");
    assert_eq!(workspace.read(LOCK), lock);

    workspace.write(LOCK, kept(""));
    workspace.run(&["build", "--check"]).expect(1).says("it lacks `actions/checkout` v");

    workspace.write(LOCK, &small_lock);
    workspace.run(&["build", "--check"]).expect(0).says("2 files are up to date");
    workspace.write(LOCK, small_lock.replace('\n', "\r\n"));
    workspace.run(&["build", "--check"]).expect(0);
    workspace.write(LOCK, format!("{small_lock}# a remark\n"));
    workspace.run(&["build", "--check"]).expect(0);
}

#[test]
fn a_lock_with_the_line_ends_of_windows_is_read() {
    let workspace = own();
    workspace.write(LOCK, kept(ENTRY).replace('\n', "\r\n"));
    workspace.build();
    assert!(!workspace.read(LOCK).contains('\r'));
    assert_eq!(entry(&workspace.read(LOCK), "acme/setup-tool").trim(), ENTRY.trim());
    let broken = kept(ENTRY).replace("commit", "comit").replace('\n', "\r\n");
    workspace.write(LOCK, &broken);
    workspace.run(&["build"]).expect(2).says("can't read `pipec.lock`: line 3: unknown field `comit`");
    assert_eq!(workspace.read(LOCK), broken);
}

#[test]
fn the_lock_pins_pipecs_own_actions() {
    let workspace = Workspace::hello();
    workspace.build();
    let lock = workspace.read(LOCK);
    let checkout = entry(&lock, "actions/checkout");
    let version = entries(&lock).into_iter().find(|known| known.starts_with("actions/checkout@")).unwrap();
    let version = version.split('@').nth(1).unwrap();
    let commit = checkout.split("commit = \"").nth(1).unwrap().split('"').next().unwrap();
    let newer = checkout.replace(&format!("@{version}\""), "@v99.0.0\"").replace(commit, &"7".repeat(40));

    workspace.write(LOCK, lock.replace(&checkout, &newer));
    workspace.run(&["build", "--check"]).expect(1).says(HELLO_OUTPUT).omits("`pipec.lock` differs");
    workspace.build().omits("wrote pipec.lock");
    let output = workspace.read(HELLO_OUTPUT);
    assert!(output.contains(&format!("actions/checkout@{} # v99.0.0", "7".repeat(40))), "{output}");
    assert!(!output.contains(commit), "{output}");

    let older = newer.replace("v99.0.0", "v0.9.0").replace("persist-credentials = \"boolean\", ", "");
    workspace.write(LOCK, lock.replace(&checkout, &older));
    workspace.build().says("dropped `actions/checkout` v0.9.0 from pipec.lock");
    assert_eq!(workspace.read(LOCK), lock, "one that can't be called as pipec does is replaced by its own");

    let same = checkout.replace("persist-credentials = \"boolean\", ", "");
    workspace.write(LOCK, lock.replace(&checkout, &same));
    workspace.run(&["build"]).expect(1).says(&format!(
        "error[P0706]: according to `pipec.lock`, `actions/checkout` {version} has no input `persist-credentials`"
    ));
    workspace.write(LOCK, lock.replace(&checkout, ""));
    workspace.build().says("wrote pipec.lock");
    assert_eq!(workspace.read(LOCK), lock, "an entry that is taken away comes back as pipec knows it");
}

#[test]
fn the_lock_pins_images() {
    let source = |image: &str| {
        format!(
            "runner box {{\n  host linux-x64\n  image \"{image}\"\n}}\n\n{}",
            small("own", "make").replace("on push to main", "on push to main\n  runs on box")
        )
    };
    let workspace = Workspace::with(&[("own.pipe", &source("node:22-alpine"))]);
    workspace.build().omits("P0703");
    let lock = workspace.read(LOCK);
    assert!(entries(&lock).contains(&"docker.io/library/node:22-alpine".to_owned()), "{lock}");
    let digest = lock.lines().last().unwrap().split('"').nth(3).unwrap();
    let ours = format!("sha256:{}", "5".repeat(64));
    workspace.write(LOCK, lock.replace(digest, &ours));
    workspace.build();
    assert!(workspace.read(OUTPUT).contains(&format!("node:22-alpine@{ours}")));
    assert!(workspace.read(LOCK).contains(&ours));

    workspace.write("own.pipe", source("ghcr.io/acme/tools:2"));
    workspace.build().says("warning[P0703]").says("dropped `docker.io/library/node:22-alpine`");
    let entry = format!("\n[images]\n\"ghcr.io/acme/tools:2\" = \"{ours}\"\n");
    let with_entry = workspace.read(LOCK) + &entry;
    workspace.write(LOCK, &with_entry);
    workspace.build().omits("P0703").omits("wrote pipec.lock");
    assert!(workspace.read(OUTPUT).contains(&format!("ghcr.io/acme/tools:2@{ours}")));

    workspace.write("own.pipe", source(&format!("ghcr.io/acme/tools:2@sha256:{}", "6".repeat(64))));
    workspace.build().says("dropped `ghcr.io/acme/tools:2` from pipec.lock: nothing uses it");
}

#[test]
fn a_lock_written_by_people_is_never_overwritten() {
    let remark = format!("# what our tool takes\n[actions]\n{ENTRY}");
    for arguments in [&["build"][..], &["build", "--check"]] {
        let workspace = Workspace::with(&[("own.pipe", CALLS), (LOCK, &remark)]);
        workspace.run(&["check"]).expect(0);
        workspace
            .run(arguments)
            .expect(1)
            .says("error[P1201]: `pipec.lock` was not written by pipec, so it is not overwritten")
            .says("add the line `# Kept by pipec build` at the top");
        assert_eq!(workspace.read(LOCK), remark);
        assert!(!workspace.path(OUTPUT).exists(), "the other output must not be written either");
    }
    let workspace = own();
    workspace.build();
    let bare: String = workspace.read(LOCK).lines().skip(3).map(|line| format!("{line}\n")).collect();
    workspace.write(LOCK, &bare);
    workspace.build().says("2 files are unchanged");
    assert_eq!(workspace.read(LOCK), bare, "one that says what is used is well");
    workspace.write(LOCK, "");
    workspace.write("own.pipe", small("own", "make"));
    workspace.run(&["build"]).expect(1).says("error[P1201]");
    assert_eq!(workspace.read(LOCK), "");
}

#[test]
fn an_unreadable_lock_is_reported_and_kept() {
    let broken = [
        (TABLE.replace("commit", "comit"), "line 5: unknown field `comit`"),
        (TABLE.replace("0123", "zzzz"), "line 2: `zzzz456789"),
        (format!("{TABLE}{TABLE}"), "line 12: `acme/setup-tool` v1.2.0 appears twice"),
        (kept(&ENTRY.replace("commit", "comit")), "line 3: unknown field `comit`"),
        (kept(&format!("{ENTRY}{ENTRY}")), "line 4: `acme/setup-tool` v1.2.0 appears twice"),
        (kept(&ENTRY.replace("required string", "required text")), "line 3: the input `version`"),
        (kept(&format!("<<<<<<< ours\n{ENTRY}")), "line 3: the markers of a conflict are incomplete"),
        (kept(ENTRY) + "news = 1\n", "line 4: "),
    ];
    for (text, says) in broken {
        let workspace = Workspace::with(&[("own.pipe", CALLS), (LOCK, &text)]);
        workspace.run(&["check"]).expect(2).says(&format!("can't read `pipec.lock`: {says}"));
        for arguments in [&["build"][..], &["build", "--check"], &["build", "--out", "there"]] {
            workspace.run(arguments).expect(2).says(says);
        }
        assert_eq!(workspace.read(LOCK), text);
        assert_eq!(workspace.list(""), ["own.pipe", LOCK]);
    }
    let workspace = Workspace::with(&[("own.pipe", CALLS)]);
    std::fs::create_dir(workspace.path(LOCK)).unwrap();
    workspace.run(&["check"]).expect(2).says("`pipec.lock` is a folder");
    workspace.run(&["build"]).expect(2).says("`pipec.lock` is a folder");
    assert_eq!(workspace.list(""), ["own.pipe", LOCK]);
    assert_eq!(workspace.list(LOCK), Vec::<String>::new());
}

#[test]
fn a_link_stays_a_link_and_stays_inside() {
    let workspace = own();
    std::fs::create_dir(workspace.path("pins")).unwrap();
    std::fs::rename(workspace.path(LOCK), workspace.path("pins/lock")).unwrap();
    link("pins/lock", &workspace.path(LOCK));
    workspace.build().says("wrote pipec.lock");
    assert!(workspace.path(LOCK).is_symlink());
    assert!(workspace.read("pins/lock").contains("actions/checkout"));

    let elsewhere = Workspace::with(&[("lock", &kept(ENTRY))]);
    std::fs::remove_file(workspace.path(LOCK)).unwrap();
    link(elsewhere.path("lock"), &workspace.path(LOCK));
    workspace
        .run(&["build"])
        .expect(2)
        .says("`pipec.lock` is a symbolic link to a place outside the workspace");
    assert_eq!(elsewhere.read("lock"), kept(ENTRY));
}

#[test]
fn each_workspace_has_its_own_lock() {
    let workspace = Workspace::with(&[
        (".git/HEAD", ""),
        ("services/api/own.pipe", CALLS),
        (LOCK, &kept("# of the whole repository\n")),
    ]);
    workspace.run(&["check", "services/api"]).expect(1).says("P0705");
    workspace.write("services/api/pipec.lock", kept(ENTRY));
    workspace.run(&["build", "services/api"]).expect(0).says("wrote pipec.lock");
    assert!(workspace.read("services/api/pipec.lock").contains("actions/checkout"));
    assert_eq!(workspace.read(LOCK), kept("# of the whole repository\n"));
    assert!(workspace.path("services/api").join(OUTPUT).exists());
    workspace.run(&["check"]).expect(1).says("P0705");
}

#[test]
fn the_lock_always_covers_the_whole_workspace() {
    let workspace = own();
    workspace.write(".git/HEAD", "");
    workspace.write("hello.pipe", HELLO);
    workspace.run(&["build", "hello.pipe"]).expect(0).says("wrote pipec.lock");
    assert!(!workspace.path(OUTPUT).exists());
    let lock = workspace.read(LOCK);
    assert_eq!(entry(&lock, "acme/setup-tool").trim(), ENTRY.trim());
    workspace.run(&["build", "--target", "github"]).expect(0).omits("wrote pipec.lock");
    assert_eq!(workspace.read(LOCK), lock);
    workspace.write(LOCK, kept(ENTRY));
    workspace.run(&["build", "--check", "hello.pipe"]).expect(1).says("error[P1202]: `pipec.lock` differs");
}

#[test]
fn printing_or_writing_elsewhere_keeps_the_lock() {
    let workspace = own();
    let printed = workspace.run(&["build", "--stdout"]).expect(0).out;
    assert!(!printed.contains("[actions]"), "{printed}");
    assert_eq!(workspace.read(LOCK), kept(ENTRY));

    workspace
        .run(&["build", "--out", "there"])
        .expect(0)
        .says("wrote there/.github/workflows/own.yml\nwrote there/pipec.lock\n");
    assert_eq!(workspace.read(LOCK), kept(ENTRY));
    workspace.run(&["build", "--check", "--out", "there"]).expect(0);
    workspace.build();
    assert_eq!(workspace.read("there/pipec.lock"), workspace.read(LOCK));
    assert_eq!(workspace.read("there/.github/workflows/own.yml"), workspace.read(OUTPUT));
    workspace.write("there/pipec.lock", "# mine\n");
    workspace.run(&["build", "--out", "there"]).expect(1).says("error[P1201]: `pipec.lock`");
    assert_eq!(workspace.read("there/pipec.lock"), "# mine\n");
}

#[test]
fn programs_read_the_status_of_the_lock() {
    let workspace = own();
    let status = |arguments: &[&str], code: i32| {
        let ran = workspace.run(arguments).expect(code);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let last = report["files"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["path"], LOCK);
        last["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status(&["build", "--check", "--format", "json"], 1), "differs");
    assert_eq!(status(&["build", "--format", "json"], 0), "written");
    assert_eq!(status(&["build", "--format", "json"], 0), "unchanged");
    assert_eq!(status(&["build", "--check", "--format", "json"], 0), "unchanged");
}

/// `v7` means the newest `v7.…` in the lock file. So a new entry in the lock file changes the meaning of `v7`, in the
/// same build.
#[test]
fn a_second_build_has_nothing_to_do() {
    let calls = |versions: &[&str]| {
        let call = |version: &&str| format!("        action \"acme/setup-tool@{version}\"(version: \"3\")\n");
        CALLS.replace(
            "        action \"acme/setup-tool@v1\"(version: \"3\")\n",
            &versions.iter().map(call).collect::<String>(),
        )
    };
    let older = ENTRY.replace("v1.2.0", "v1.1.0").replace("0123456789", "1111111111");
    let newer = ENTRY.replace("v1.2.0", "v1.10.0").replace("0123456789", "2222222222");
    let all = kept(&[older.as_str(), ENTRY, &newer].concat());
    let workspace = Workspace::with(&[("own.pipe", &calls(&["v1", "v1.1"])), (LOCK, &all)]);
    workspace.build().says("dropped `acme/setup-tool` v1.2.0");
    let lock = workspace.read(LOCK);
    assert_eq!(entries(&lock)[..2], ["acme/setup-tool@v1.10.0", "acme/setup-tool@v1.1.0"]);
    workspace.run(&["build", "--check"]).expect(0);

    let node = |version: &str| format!("action \"actions/setup-node@{version}\"(node-version: \"22\")");
    let source = |calls: &str| CALLS.replace("action \"acme/setup-tool@v1\"(version: \"3\")", calls);
    let workspace = Workspace::with(&[("own.pipe", &source(&node("v6")))]);
    workspace.build();
    workspace.write("own.pipe", source(&format!("{}\n        {}", node("v6"), node("v7"))));
    workspace.build();
    workspace.run(&["build", "--check"]).expect(0);
    workspace.build().says("2 files are unchanged");
}

#[test]
fn a_lock_is_written_with_the_outputs_or_not_at_all() {
    let workspace = Workspace::with(&[("a.pipe", &small("a", "make"))]);
    workspace.build();
    let before = (workspace.read(LOCK), workspace.read(".github/workflows/a.yml"));
    workspace.write("hello.pipe", HELLO);
    for in_the_way in [HELLO_OUTPUT, ".github/workflows/a.yml"] {
        let aside = workspace.path("aside");
        if workspace.path(in_the_way).exists() {
            std::fs::rename(workspace.path(in_the_way), &aside).unwrap();
        }
        std::fs::create_dir(workspace.path(in_the_way)).unwrap();
        workspace.run(&["build"]).expect(2).says("a folder is in the way");
        assert_eq!(workspace.read(LOCK), before.0);
        std::fs::remove_dir(workspace.path(in_the_way)).unwrap();
        if aside.exists() {
            std::fs::rename(&aside, workspace.path(in_the_way)).unwrap();
        }
    }
    for kilobytes in [0, 1, 2] {
        let ran = crate::output::on_a_full_disk(&workspace, kilobytes, "build").expect(2);
        ran.says("the old files are as they were");
        assert_eq!((workspace.read(LOCK), workspace.read(".github/workflows/a.yml")), before);
        assert_eq!(workspace.list(""), [".github", "a.pipe", "hello.pipe", LOCK]);
        assert_eq!(workspace.list(".github/workflows"), ["a.yml"]);
    }
    workspace.build().says("wrote pipec.lock");
    assert_ne!(workspace.read(LOCK), before.0);
}

#[test]
fn the_example_of_the_reference_is_a_lock_that_builds_keep() {
    let reference = include_str!("../../../docs/command-line.md");
    let example = reference.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let on_box = CALLS.replace("on push to main", "on push to main\n  runs on box");
    let source = format!("runner box {{\n  host linux-x64\n  image \"ghcr.io/acme/tools:2\"\n}}\n\n{on_box}");
    let workspace = Workspace::with(&[("own.pipe", &source), (LOCK, example)]);
    workspace.build().omits("warning").omits("dropped");
    let lock = workspace.read(LOCK);
    assert!(lock.starts_with(example.lines().next().unwrap()), "{lock}");
    let known = entries(&lock);
    for kept in entries(example) {
        assert!(known.contains(&kept), "{kept}: {lock}");
    }
}

#[test]
fn an_unreadable_lock_blocks_only_check_fix_and_build() {
    let untidy =
        "pipeline x {\n  on push to main\n  stage commit {\n    gaet   unit: test { run \"make\" }\n  }\n}\n";
    let workspace = Workspace::with(&[("x.pipe", untidy), (LOCK, "nonsense\n")]);
    workspace.run(&["check", "--fix"]).expect(2).says("can't read `pipec.lock`").omits("fixed ");
    assert_eq!(workspace.read("x.pipe"), untidy);
    workspace.write("x.pipe", untidy.replace("gaet", "gate"));
    workspace.run(&["build"]).expect(2).says("can't read `pipec.lock`").omits("wrote");
    workspace.run(&["graph"]).expect(2).says("can't read `pipec.lock`").prints("unit");
    workspace.run(&["fmt"]).expect(0).says("formatted x.pipe").omits("pipec.lock");
}

#[test]
fn a_lock_of_0_1_0_is_read_and_rewritten() {
    let old = format!("# Kept by pipec build: the actions that this workspace calls.\n{TABLE}");
    let workspace = Workspace::with(&[("own.pipe", CALLS), (LOCK, &old)]);
    workspace.run(&["check"]).expect(0).omits("warning");
    assert_eq!(workspace.read(LOCK), old);
    workspace.build().says("wrote pipec.lock\n").says("rewrote pipec.lock with one entry a line");
    let lock = workspace.read(LOCK);
    assert_eq!(entry(&lock, "acme/setup-tool") + "\n", ENTRY);
    let version = workspace.run(&["--version"]).expect(0).out;
    let version = version.trim().trim_start_matches("pipec ");
    assert!(lock.contains(&format!("\npipec = \"{version}\"\n")), "{lock}");
    workspace.build().omits("rewrote");
    workspace.write(LOCK, lock.replace(&format!("\"{version}\""), "\"0.0.1\""));
    workspace.run(&["build", "--check"]).expect(0);
    workspace.build().says("wrote pipec.lock");
    assert_eq!(workspace.read(LOCK), lock);
}

#[test]
fn a_lock_of_a_newer_pipec_is_not_overwritten() {
    let workspace = own();
    workspace.build();
    let lock = workspace.read(LOCK);
    let version = lock.lines().find(|line| line.starts_with("pipec = ")).unwrap();
    let newer = lock.replace(version, "pipec = \"99.0.0\"");
    workspace.write(LOCK, &newer);
    let says = "`pipec.lock` was written by pipec 99.0.0, and this is pipec ";
    for arguments in [&["check"][..], &["build", "--check"], &["build", "--stdout"]] {
        workspace.run(arguments).expect(0).says(&format!("warning[P1204]: {says}"));
    }
    workspace.run(&["check", "--deny", "warnings"]).expect(1);
    workspace.write("own.pipe", CALLS.replace("tool test", "tool  test"));
    workspace.run(&["build"]).expect(1).says(&format!("error[P1204]: {says}")).omits("wrote");
    assert_eq!(workspace.read(LOCK), newer);
    workspace.write(LOCK, format!("{newer}news = 1\n"));
    workspace.run(&["check"]).expect(2).says("pipec 99.0.0 wrote it, and this is pipec ");
    workspace.write(LOCK, lock.replace(version, ""));
    workspace.build().says("wrote pipec.lock");
    assert_eq!(workspace.read(LOCK), lock);
}
