//! Outputs are written completely or not at all, and files of others are never lost.

use crate::support::{HELLO, HELLO_OUTPUT, Ran, Workspace, finish, link, small};
use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

const FOLDER: &str = ".github/workflows";

fn two_pipelines() -> Workspace {
    Workspace::with(&[("a.pipe", &small("a", "make a")), ("b.pipe", &small("b", "make b"))])
}

#[test]
fn a_build_lists_the_files_it_writes() {
    let workspace = Workspace::hello();
    workspace
        .build()
        .says("1 pipeline proven: 1 gate, 1 deploy, 1 environment\n")
        .says("wrote .github/workflows/hello.yml\n");
    assert_eq!(workspace.list(FOLDER), ["hello.yml"]);
    assert!(workspace.read(HELLO_OUTPUT).contains("cargo test --locked"));
}

#[test]
fn an_unchanged_file_is_not_touched() {
    let workspace = Workspace::hello();
    workspace.build();
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    File::options().write(true).open(workspace.path(HELLO_OUTPUT)).unwrap().set_modified(past).unwrap();
    workspace.build().says("2 files are unchanged\n").omits("wrote");
    let modified = std::fs::metadata(workspace.path(HELLO_OUTPUT)).unwrap().modified().unwrap();
    assert_eq!(modified, past);
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    let (first, second) = (Workspace::hello(), Workspace::hello());
    first.build();
    second.build();
    assert_eq!(first.read(HELLO_OUTPUT), second.read(HELLO_OUTPUT));
}

#[test]
fn check_compares_outputs_without_their_headers() {
    let workspace = Workspace::hello();
    let missing = workspace.run(&["build", "--check"]).expect(1);
    missing.says("error[P1202]: `.github/workflows/hello.yml` is missing").prints("--- /dev/null\n");
    assert!(!workspace.path(".github").exists());

    workspace.build();
    workspace.run(&["build", "--check"]).expect(0).says("2 files are up to date");

    workspace.write("hello.pipe", HELLO.replace("  on push", "  // a remark\n  on push"));
    workspace.run(&["build", "--check"]).expect(0);

    workspace.write("hello.pipe", HELLO.replace("cargo test --locked", "cargo test"));
    let before = workspace.read(HELLO_OUTPUT);
    let ran = workspace.run(&["build", "--check"]).expect(1);
    ran.says("error[P1202]: `.github/workflows/hello.yml` differs from what pipeline `hello` compiles to")
        .says(&format!("line {} is the first difference", line_of(&before, "cargo test --locked")))
        .prints("--- a/.github/workflows/hello.yml\n+++ b/.github/workflows/hello.yml\n@@ ")
        .prints("cargo test --locked\n");
    assert_eq!(workspace.read(HELLO_OUTPUT), before);
}

/// The line of a part of a text, counted from 1.
fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).map_or(0, |before| before + 1)
}

#[test]
fn a_hand_written_file_is_never_overwritten() {
    let workspace = two_pipelines();
    workspace.write(".github/workflows/b.yml", "name: mine\n");
    workspace
        .run(&["build"])
        .expect(1)
        .says("error[P1201]: `.github/workflows/b.yml` was not written by pipec");
    assert_eq!(workspace.read(".github/workflows/b.yml"), "name: mine\n");
    assert_eq!(workspace.list(FOLDER), ["b.yml"], "the other output must not be written either");
    workspace.run(&["build", "--check"]).expect(1).says("error[P1201]");
    workspace.write(".github/workflows/b.yml", b"\xff\xfe no text");
    workspace.run(&["build"]).expect(1).says("error[P1201]");
    workspace.write(".github/workflows/b.yml", b"");
    workspace.run(&["build"]).expect(1).says("error[P1201]");
}

#[test]
fn two_pipelines_for_one_file_are_refused() {
    let emitting = |name: &str, file: &str| {
        small(name, "make").replace("on push to main", &format!("on push to main\n  emits github \"{file}\""))
    };
    for other in ["release.yml", "Release.yml"] {
        let workspace =
            Workspace::with(&[("a.pipe", &emitting("a", "release.yml")), ("b.pipe", &emitting("b", other))]);
        workspace.run(&["build"]).expect(1).says("error[P1203]: pipelines `a` and `b` both write ");
        workspace.run(&["check"]).expect(1).says("error[P1203]");
        assert!(!workspace.path(".github").exists());
    }
}

#[test]
fn a_folder_in_place_of_a_file_is_reported() {
    let workspace = two_pipelines();
    std::fs::create_dir_all(workspace.path(".github/workflows/a.yml")).unwrap();
    workspace.run(&["build"]).expect(2).says("can't write `.github/workflows/a.yml`: a folder is in the way");
    assert_eq!(workspace.list(FOLDER), ["a.yml"]);
}

#[test]
fn a_file_in_place_of_a_folder_is_reported() {
    let workspace = two_pipelines();
    workspace.write(".github", "a file");
    workspace.run(&["build"]).expect(2).says("`.github` is not a folder");
    assert_eq!(workspace.read(".github"), "a file");
}

#[test]
fn an_unwritable_output_is_reported() {
    let workspace = two_pipelines();
    for out in ["/proc/pipec", "/dev/null/pipec"] {
        workspace
            .run(&["build", "--out", out])
            .expect(2)
            .says("can't write `.github/workflows/a.yml`: ")
            .omits("wrote");
    }
}

#[test]
fn links_out_of_the_workspace_are_not_followed() {
    let elsewhere = Workspace::with(&[("precious.yml", "# precious\n")]);
    let workspace = Workspace::hello();
    link(elsewhere.path("precious.yml"), &workspace.path(HELLO_OUTPUT));
    workspace.run(&["build"]).expect(2).says("is outside the workspace, through a symbolic link");

    let workspace = Workspace::hello();
    link(elsewhere.path(""), &workspace.path(".github"));
    workspace.run(&["build"]).expect(2).says("is outside the workspace, through a symbolic link");

    let workspace = Workspace::hello();
    link(elsewhere.path("new.yml"), &workspace.path(HELLO_OUTPUT));
    workspace.run(&["build"]).expect(2).says("a symbolic link that leads nowhere is in the way");
    assert_eq!(elsewhere.list(""), ["precious.yml"]);
    assert_eq!(elsewhere.read("precious.yml"), "# precious\n");
}

#[test]
fn a_link_inside_the_workspace_stays_a_link() {
    let workspace = Workspace::hello();
    std::fs::create_dir(workspace.path("ci")).unwrap();
    link("../ci", &workspace.path(".github/workflows"));
    workspace.build();
    assert_eq!(workspace.list("ci"), ["hello.yml"]);
    assert!(workspace.path(FOLDER).is_symlink());
}

#[test]
fn a_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = Workspace::hello();
    workspace.build();
    std::fs::set_permissions(workspace.path(HELLO_OUTPUT), PermissionsExt::from_mode(0o640)).unwrap();
    workspace.write("hello.pipe", HELLO.replace("cargo test", "cargo nextest"));
    workspace.build().says("wrote");
    let mode = std::fs::metadata(workspace.path(HELLO_OUTPUT)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

/// The program with a limit of `kilobytes` on each file. As on a full disk, a write ends in the middle.
pub fn on_a_full_disk(workspace: &Workspace, kilobytes: u32, arguments: &str) -> Ran {
    let program = env!("CARGO_BIN_EXE_pipec");
    let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec '{program}' {arguments}");
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(workspace.path(""));
    finish(command)
}

#[test]
fn a_full_disk_loses_nothing() {
    let workspace = two_pipelines();
    workspace.build();
    let (a, b) = (workspace.read(".github/workflows/a.yml"), workspace.read(".github/workflows/b.yml"));
    // The first output fits into its size plus one kilobyte; the second does not.
    let roomy = u32::try_from(a.len() / 1024 + 1).unwrap();
    workspace.write("a.pipe", small("a", "make all"));
    workspace.write("b.pipe", small("b", &"very long ".repeat(2000)));
    for kilobytes in [0, 1, roomy] {
        let ran = on_a_full_disk(&workspace, kilobytes, "build").expect(2);
        ran.says("can't write `.github/workflows/").says("the old files are as they were");
        assert_eq!(workspace.list(FOLDER), ["a.yml", "b.yml"]);
        assert_eq!(workspace.read(".github/workflows/a.yml"), a);
        assert_eq!(workspace.read(".github/workflows/b.yml"), b);
    }
    workspace.build().says("wrote .github/workflows/a.yml\nwrote .github/workflows/b.yml\n");
}

#[test]
fn a_full_disk_leaves_no_empty_folders() {
    let workspace = Workspace::hello();
    on_a_full_disk(&workspace, 0, "build").expect(2);
    assert_eq!(workspace.list(""), ["hello.pipe"]);
}

#[test]
fn a_full_disk_behind_standard_output_is_reported() {
    let workspace = Workspace::hello();
    let mut command = workspace.command(&["build", "--stdout"]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let ran = crate::support::finish_child(child);
    ran.expect(2).says("can't write to standard output");
}

#[test]
fn a_kill_in_the_middle_leaves_old_or_new_files() {
    let workspace = Workspace::empty();
    let source = |mark: &str| small("a", &format!("echo {}", mark.repeat(4000)));
    let outputs = ["x", "y"].map(|mark| {
        workspace.write("a.pipe", source(mark));
        workspace.build();
        workspace.read(".github/workflows/a.yml")
    });
    let mut killed = 0;
    for round in 0..24_u64 {
        workspace.write("a.pipe", source(["x", "y"][usize::try_from(round % 2).unwrap()]));
        let mut child = workspace.command(&["build"]).stderr(Stdio::null()).spawn().unwrap();
        // The program is killed at times from before the first write to after the last.
        std::thread::sleep(Duration::from_micros(500 + round * 900));
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            killed += 1;
        }
        let found = workspace.read(".github/workflows/a.yml");
        assert!(outputs.contains(&found), "a mixture after round {round}: {} bytes", found.len());
    }
    assert!(killed > 0, "no build was killed in time");
    workspace.build();
    workspace.write("a.pipe", small("a", "done"));
    workspace.build();
    assert_eq!(workspace.list(FOLDER), ["a.yml"], "leftovers must be gone after a build that writes");
}

#[test]
fn leftovers_of_killed_builds_are_removed_and_running_builds_kept() {
    let workspace = Workspace::hello();
    workspace.write(".github/workflows/.pipec-1-0.tmp", "half a fi");
    workspace.write(".github/workflows/.pipec-2-0.tmp", "being written");
    let held = File::open(workspace.path(".github/workflows/.pipec-2-0.tmp")).unwrap();
    held.lock().unwrap();
    workspace.build();
    assert_eq!(workspace.list(FOLDER), [".pipec-2-0.tmp", "hello.yml"]);
}

#[test]
fn builds_at_the_same_time_leave_a_whole_file() {
    let alone = Workspace::hello();
    alone.build();
    // Each build removes leftover files. It may take an unlocked file of another build for one.
    for _ in 0..12 {
        let workspace = Workspace::hello();
        let start =
            || workspace.command(&["build"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let children: Vec<_> = (0..6).map(|_| start()).collect();
        for child in children {
            crate::support::finish_child(child).expect(0);
        }
        assert_eq!(workspace.read(HELLO_OUTPUT), alone.read(HELLO_OUTPUT));
        assert_eq!(workspace.read("pipec.lock"), alone.read("pipec.lock"));
        assert_eq!(workspace.list(FOLDER), ["hello.yml"]);
        assert_eq!(workspace.list(""), [".github", "hello.pipe", "pipec.lock"]);
    }
}

#[test]
fn the_output_of_a_renamed_pipeline_is_reported_and_kept() {
    let workspace = Workspace::hello();
    workspace.build();
    workspace.write(".github/workflows/mine.yml", "name: mine\n");
    workspace.write("hello.pipe", HELLO.replace("pipeline hello", "pipeline hullo"));
    let finding = "`.github/workflows/hello.yml` was generated, but no pipeline claims it any more";
    workspace.build().says(&format!("warning[P1202]: {finding}")).omits("mine.yml");
    assert_eq!(workspace.list(FOLDER), ["hello.yml", "hullo.yml", "mine.yml"]);
    workspace.run(&["build", "--deny", "warnings"]).expect(1);
    workspace.run(&["build", "--check"]).expect(1).says(&format!("error[P1202]: {finding}"));
}

#[test]
fn standard_output_gets_the_bytes_of_the_file() {
    let workspace = Workspace::hello();
    let printed = workspace.run(&["build", "--stdout"]).expect(0).out;
    assert!(!workspace.path(".github").exists());
    workspace.build();
    assert_eq!(printed, workspace.read(HELLO_OUTPUT));

    let workspace = two_pipelines();
    let printed = workspace.run(&["build", "--stdout"]).expect(0).out;
    workspace.build();
    let (a, b) = (workspace.read(".github/workflows/a.yml"), workspace.read(".github/workflows/b.yml"));
    assert_eq!(printed, format!("# .github/workflows/a.yml\n{a}# .github/workflows/b.yml\n{b}"));
}

#[test]
fn another_folder_gets_the_same_files() {
    let workspace = Workspace::hello();
    workspace
        .run(&["build", "--out", "preview/deep"])
        .expect(0)
        .says("wrote preview/deep/.github/workflows/hello.yml");
    workspace.build();
    assert_eq!(workspace.read(HELLO_OUTPUT), workspace.read("preview/deep/.github/workflows/hello.yml"));
}

#[test]
fn one_file_builds_its_own_pipelines() {
    let workspace = two_pipelines();
    workspace.write(".git/HEAD", "");
    workspace.run(&["build", "b.pipe"]).expect(0);
    assert_eq!(workspace.list(FOLDER), ["b.yml"]);
}

#[test]
fn nothing_is_written_while_anything_is_wrong() {
    let workspace = two_pipelines();
    workspace.write("c.pipe", "pipeline c {");
    workspace.run(&["build"]).expect(1).says("error[");
    assert!(!workspace.path(".github").exists());
    std::fs::remove_file(workspace.path("c.pipe")).unwrap();
    std::fs::create_dir(workspace.path("c.pipe")).unwrap();
    workspace.run(&["build"]).expect(2);
    assert!(!workspace.path(".github").exists());
}

#[test]
fn a_read_only_file_is_never_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let read_only = |workspace: &Workspace, path: &str| {
        std::fs::set_permissions(workspace.path(path), PermissionsExt::from_mode(0o444)).unwrap();
    };
    let workspace = Workspace::hello();
    workspace.build();
    read_only(&workspace, HELLO_OUTPUT);
    let old = workspace.read(HELLO_OUTPUT);
    workspace.build().omits("wrote");
    workspace.write("hello.pipe", HELLO.replace("cargo test", "cargo  nextest"));
    workspace
        .run(&["build"])
        .expect(2)
        .says(&format!("can't write `{HELLO_OUTPUT}`: the file is read-only"))
        .says("nothing was written");
    assert_eq!(workspace.read(HELLO_OUTPUT), old);
    assert_eq!(workspace.list(".github/workflows"), ["hello.yml"]);

    let untidy = format!("{HELLO}let  x = 'a'\n");
    workspace.write("hello.pipe", &untidy);
    read_only(&workspace, "hello.pipe");
    workspace.run(&["check", "--fix"]).expect(2).says("can't write `hello.pipe`: the file is read-only");
    workspace.write("other.pipe", "let  y = \"a\"\n");
    read_only(&workspace, "other.pipe");
    workspace.run(&["fmt"]).expect(2).says("can't write `other.pipe`: the file is read-only");
    assert_eq!(workspace.read("hello.pipe"), untidy);
}

#[test]
fn a_file_as_the_output_folder_is_reported() {
    let workspace = Workspace::hello();
    workspace.write("f1", "a file");
    workspace
        .run(&["build", "--out", "f1"])
        .expect(2)
        .says("`f1` is not a folder")
        .says("nothing was written")
        .omits("``");
    assert_eq!(workspace.read("f1"), "a file");
}
