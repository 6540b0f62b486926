//! Bad input gives a clear error and loses nothing.

use crate::support::{HELLO, Workspace, finish, link, pipec, small};
use std::fs::File;
use std::process::Command;

#[test]
fn a_folder_with_the_name_of_a_source_is_reported() {
    let workspace = Workspace::hello();
    std::fs::create_dir(workspace.path("odd.pipe")).unwrap();
    workspace.run(&["check"]).expect(2).says("`odd.pipe` is a folder").says("help:");
}

#[test]
fn a_dangling_link_is_reported() {
    let workspace = Workspace::hello();
    link("gone.pipe", &workspace.path("a.pipe"));
    workspace.run(&["check"]).expect(2).says("`a.pipe` is a symbolic link that leads nowhere");
    workspace.run(&["check", "a.pipe"]).expect(2).says("`a.pipe` is a symbolic link that leads nowhere");
}

#[test]
fn links_in_a_circle_end() {
    let workspace = Workspace::hello();
    link("b.pipe", &workspace.path("a.pipe"));
    link("a.pipe", &workspace.path("b.pipe"));
    workspace.run(&["check"]).expect(2).says("can't read `a.pipe`: ").says("can't read `b.pipe`: ");
}

#[test]
fn folders_linked_in_a_circle_end() {
    let workspace = Workspace::hello();
    link(".", &workspace.path("deep/self"));
    link("..", &workspace.path("deep/up"));
    workspace.run(&["check"]).expect(0);
}

#[test]
fn a_pipe_is_never_opened() {
    let workspace = Workspace::hello();
    let made = Command::new("mkfifo").arg(workspace.path("waits.pipe")).status().unwrap();
    assert!(made.success());
    workspace.run(&["check"]).expect(2).says("`waits.pipe` is a pipe, a socket or a device");
    workspace.run(&["check", "waits.pipe"]).expect(2).says("`waits.pipe` is a pipe, a socket or a device");
    workspace.run(&["fmt", "waits.pipe"]).expect(2).says("`waits.pipe` is a pipe, a socket or a device");
}

#[test]
fn an_endless_device_is_never_read() {
    let workspace = Workspace::hello();
    link("/dev/zero", &workspace.path("zero.pipe"));
    workspace.run(&["check"]).expect(2).says("`zero.pipe` is a pipe, a socket or a device");
}

#[test]
fn a_link_out_of_the_workspace_is_refused() {
    let workspace = Workspace::hello();
    link("/proc/self/mem", &workspace.path("memory.pipe"));
    workspace
        .run(&["check"])
        .expect(2)
        .says("`memory.pipe` is a symbolic link to a place outside the workspace");
}

#[test]
fn a_link_to_another_source_of_the_workspace_adds_nothing() {
    let workspace = Workspace::hello();
    link("hello.pipe", &workspace.path("alias.pipe"));
    workspace.run(&["check"]).expect(0).says("1 pipeline proven");
}

#[test]
fn invalid_utf8_is_reported_at_its_start() {
    let workspace = Workspace::empty();
    workspace.write("latin.pipe", b"// caf\xe9 au lait\npipeline x {\n}\n");
    workspace
        .run(&["check"])
        .expect(1)
        .says("error[P0001]: `latin.pipe` is not UTF-8")
        .says("latin.pipe:1:7");
    workspace.run(&["fmt"]).expect(1).says("error[P0001]");
    let left = std::fs::read(workspace.path("latin.pipe")).unwrap();
    assert_eq!(left, b"// caf\xe9 au lait\npipeline x {\n}\n");
}

#[test]
fn utf16_is_recognised() {
    let workspace = Workspace::empty();
    let bytes: Vec<u8> = "\u{feff}pipeline x".encode_utf16().flat_map(u16::to_le_bytes).collect();
    workspace.write("wide.pipe", bytes);
    workspace.run(&["check"]).expect(1).says("`wide.pipe` is UTF-16").says("save it as UTF-8");
}

#[test]
fn a_byte_order_mark_is_no_finding() {
    let workspace = Workspace::with(&[("hello.pipe", &format!("\u{feff}{HELLO}"))]);
    workspace.run(&["check"]).expect(0);
}

#[test]
fn an_enormous_file_is_not_read() {
    let workspace = Workspace::hello();
    File::create(workspace.path("huge.pipe")).unwrap().set_len(10 << 30).unwrap();
    workspace.run(&["check"]).expect(1).says("error[P0002]: `huge.pipe` is larger than 4 MiB");
}

#[test]
fn unlimited_nesting_is_a_finding() {
    for (open, close) in [("{", "}"), ("(", ")"), ("[", "]"), ("not ", ""), ("stage a { ", "} ")] {
        let workspace = Workspace::empty();
        let text = format!("pipeline x {{ stage a when {}{} }}", open.repeat(50_000), close.repeat(50_000));
        workspace.write("deep.pipe", text);
        workspace.run(&["check"]).expect(1).says("error[P0");
        workspace.run(&["fmt"]).expect(1).says("error[P0");
    }
}

#[test]
fn a_half_written_file_is_a_finding_or_a_program_wherever_it_ends() {
    let workspace = Workspace::empty();
    for end in (0..HELLO.len()).step_by(11) {
        workspace.write("hello.pipe", HELLO.get(..end).unwrap());
        let ran = workspace.run(&["check"]);
        assert!(matches!(ran.code, Some(0 | 1)), "cut at {end}: {ran:#?}");
        assert_eq!(ran.code == Some(1), ran.err.contains("error[P"), "cut at {end}: {ran:#?}");
    }
}

#[test]
fn a_broken_file_hides_nothing_in_the_others() {
    let workspace = Workspace::with(&[("a.pipe", "pipeline a {"), ("b.pipe", "pipeline b { on push to }\n")]);
    workspace.run(&["check"]).expect(1).says("a.pipe:1").says("b.pipe:1");
}

#[test]
fn control_characters_of_a_source_never_reach_the_terminal() {
    let workspace = Workspace::with(&[("x.pipe", "pipeline \u{1b}[2J\u{1b}]0;owned\u{7} x {\n}\n")]);
    let ran = workspace.run(&["check"]).expect(1);
    assert!(!ran.err.contains(['\u{1b}', '\u{7}']), "{ran:#?}");
}

#[test]
fn a_missing_path_is_wrong_usage() {
    let workspace = Workspace::hello();
    workspace.run(&["check", "nowhere"]).expect(2).says("there is no `nowhere`");
    workspace.write("README.md", "# x");
    workspace.run(&["check", "README.md"]).expect(2).says("`README.md` is not a `.pipe` file");
    workspace.run(&["check", "hello.pipe/x"]).expect(2).says("there is no `hello.pipe/x`");
}

#[test]
fn a_folder_without_sources_is_reported() {
    Workspace::empty().run(&["check"]).expect(2).says("there is no `.pipe` file in `");
}

#[test]
fn ignored_and_hidden_sources_do_not_belong() {
    let workspace = Workspace::hello();
    workspace.write(".gitignore", "built/\n");
    workspace.write(".pipeignore", "*.draft.pipe\n");
    for path in ["built/a.pipe", "b.draft.pipe", ".hidden/c.pipe"] {
        workspace.write(path, "not a program");
    }
    workspace.run(&["check"]).expect(0).says("1 pipeline proven");
    std::fs::create_dir(workspace.path(".git")).unwrap();
    workspace.run(&["check", "b.draft.pipe"]).expect(2).says("`b.draft.pipe` is ignored");
}

#[test]
fn the_workspace_is_the_enclosing_repository() {
    let workspace = Workspace::with(&[("deploy/hello.pipe", HELLO), (".git/HEAD", ""), ("src/main.c", "")]);
    let mut command = pipec();
    command.current_dir(workspace.path("src")).arg("check");
    finish(command).expect(0).says("1 pipeline proven");
    workspace.run(&["build", "deploy"]).expect(0);
    assert_eq!(workspace.list("deploy/.github/workflows"), ["hello.yml"]);
}

#[test]
fn a_file_limits_the_report_but_not_the_proof() {
    let workspace =
        Workspace::with(&[("a.pipe", &small("a", "make")), ("b.pipe", "pipeline b {"), (".git/HEAD", "")]);
    workspace
        .run(&["check", "a.pipe"])
        .expect(1)
        .says("in other files of the workspace")
        .omits("error[")
        .omits("proven");
    workspace.run(&["check", "b.pipe"]).expect(1).says("error[").omits("other files");
}

#[test]
fn a_hidden_file_gets_an_explanation() {
    let workspace = Workspace::hello();
    workspace.write(".draft.pipe", HELLO);
    workspace.write(".hidden/c.pipe", HELLO);
    std::fs::create_dir(workspace.path(".git")).unwrap();
    for path in [".draft.pipe", ".hidden/c.pipe"] {
        let text = format!("`{path}` is hidden, so it is no part of the workspace");
        workspace.run(&["check", path]).expect(2).says(&text).omits("gitignore");
    }
    workspace.run(&["check", ".hidden"]).expect(0).says("1 pipeline proven");
}

#[test]
fn a_name_that_would_break_a_line_is_refused() {
    let workspace = Workspace::with(&[("a\nb\u{1b}[2J.pipe", HELLO)]);
    for arguments in [&["build"][..], &["check", "a\nb\u{1b}[2J.pipe"]] {
        let ran = workspace.run(arguments).expect(2);
        assert!(!ran.err.contains('\u{1b}'), "{ran:#?}");
        ran.says(r"the name of `a\nb\u{1b}[2J.pipe` contains control characters").says("rename it");
    }
    assert_eq!(workspace.list(""), ["a\nb\u{1b}[2J.pipe"]);
}

#[test]
fn control_characters_of_an_argument_never_reach_the_terminal() {
    let workspace = Workspace::hello();
    for command in ["check", "build", "graph", "assure", "fmt"] {
        let ran = workspace.run(&[command, "\u{1b}[2Jnone"]).expect(2);
        assert!(!ran.err.contains('\u{1b}'), "{ran:#?}");
        ran.says("there is no `?[2Jnone`");
    }
}

#[test]
fn an_empty_workspace_shows_an_example() {
    let workspace = Workspace::empty();
    for command in ["check", "build", "graph", "assure"] {
        let ran = workspace.run(&[command]).expect(2).says("there is no `.pipe` file in `");
        let shown = ran.err.split_once("pipeline first").unwrap().1;
        let lines: Vec<&str> = shown.lines().map(str::trim).collect();
        let other = Workspace::empty();
        other.write("first.pipe", format!("pipeline first{}\n", lines.join("\n")));
        other.run(&["check"]).expect(0).says("1 pipeline proven");
    }
}
