//! Runs the scripts of the standard library that decide something. The tools that they call are replaced.

#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a helper that panics fails its test"
)]

use pipec_stdlib::MODULES;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// The scripts of a task, in their order, as the shell receives them.
fn scripts(module: &str, task: &str) -> Vec<String> {
    let (_, text) = MODULES.iter().find(|(path, _)| *path == module).expect("a module");
    let begin = text.find(&format!("\ntask {task}(")).expect("a task");
    let body = &text[begin..];
    let body = &body[..=body.find("\n}\n").expect("its end")];
    let blocks = body.split("\"\"\"\n").skip(1).step_by(2);
    blocks
        .map(|block| {
            block.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).fold(String::new(), join)
        })
        .collect()
}

fn join(script: String, line: &str) -> String {
    script + line + "\n"
}

fn stand_in(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).expect("a stand-in");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

fn run(script: &str, folder: &Path, variables: &[(&str, &str)]) -> Output {
    let path = std::env::var("PATH").expect("a path");
    Command::new("bash")
        .args(["--noprofile", "--norc", "-euo", "pipefail", "-c", script])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", folder.join("bin").display()))
        .envs(variables.iter().copied())
        .output()
        .expect("bash")
}

/// The tags that `oci.tag` gives to the image.
fn tags(tags: &str, version: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("bin")).expect("a folder");
    stand_in(
        &folder.path().join("bin"),
        "skopeo",
        "[ \"$1\" != copy ] || echo \"${@: -2}\" >> copied; cat > /dev/null",
    );
    let all = scripts("std/oci.pipe", "tag");
    let [script] = all.as_slice() else { panic!("{all:?}") };
    let variables = [
        ("NAME", "ghcr.io/acme/web"),
        ("SUBJECT_LAYOUT", "/layout"),
        ("PIPE_TOKEN", "t"),
        ("TAGS", tags),
        ("VERSION", version),
    ];
    let output = run(script, folder.path(), &variables);
    assert!(output.status.success(), "{output:?}");
    let copied = fs::read_to_string(folder.path().join("copied")).unwrap_or_default();
    copied.lines().map(|line| line.replace("oci:/layout docker://ghcr.io/acme/web:", "")).collect()
}

#[test]
fn an_image_gets_the_tags_of_its_version() {
    assert_eq!(tags("", "1.4.2"), ["1.4.2", "1.4", "1", "latest"]);
    assert_eq!(tags("stable", "11.0.20"), ["stable", "11.0.20", "11.0", "11", "latest"]);
    assert_eq!(tags("", "1.5.0-rc.1"), ["1.5.0-rc.1"]);
    assert_eq!(tags("", "2026.11"), ["2026.11", "latest"]);
    assert_eq!(tags("nightly edge", ""), ["nightly", "edge"]);
}

/// Whether `pages.deploy` continues with a packed front page. The page may differ from that of the artefact.
fn goes_on(packed: Option<&str>, artefact: &str) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    for path in ["bin", "artefact/site", "held"] {
        fs::create_dir_all(at(path)).expect("a folder");
    }
    fs::write(at("artefact/site/index.html"), artefact).expect("a page");
    fs::write(at("held/index.html"), packed.unwrap_or_default()).expect("a page");
    let known = if packed.is_some() { "77" } else { "" };
    stand_in(&at("bin"), "gh", &format!("case \"$2\" in */zip) echo zip ;; *) echo {known} ;; esac"));
    stand_in(&at("bin"), "unzip", "tar -C held -cf artifact.tar .");
    let all = scripts("std/pages.pipe", "deploy");
    let artefact = at("artefact");
    let variables = [
        ("REPOSITORY", "acme/manual"),
        ("RUN", "https://github.com/acme/manual/actions/runs/5"),
        ("FOLDER", "site"),
        ("PIPE_TOKEN", "t"),
        ("SUBJECT_PATH", artefact.to_str().expect("a path")),
    ];
    let output = run(all.first().expect("a script"), folder.path(), &variables);
    let kept = fs::read_to_string(at("id")).is_ok_and(|id| id == "77\n");
    assert_eq!(output.status.success(), kept, "{output:?}");
    kept
}

#[test]
fn pages_deploys_only_the_checked_site() {
    assert!(goes_on(Some("<h1>"), "<h1>"));
    assert!(!goes_on(Some("<h1> of another"), "<h1>"), "another site was packed");
    assert!(!goes_on(None, "<h1>"), "nothing was packed");
}

/// Whether `pages.pack` accepts a site. The site may have a front page, and a link.
fn packs(front_page: bool, link: bool) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path().join("artefact/public");
    fs::create_dir_all(&site).expect("a folder");
    fs::write(site.join(if front_page { "index.html" } else { "other.html" }), "<h1>").expect("a page");
    if link {
        std::os::unix::fs::symlink("/etc/hostname", site.join("link")).expect("a link");
    }
    let all = scripts("std/pages.pipe", "pack");
    let artefact = folder.path().join("artefact");
    let variables = [("FOLDER", "public"), ("SUBJECT_PATH", artefact.to_str().expect("a path"))];
    run(all.first().expect("a script"), folder.path(), &variables).status.success()
}

#[test]
fn pages_takes_files_with_a_front_page() {
    assert!(packs(true, false));
    assert!(!packs(false, false));
    assert!(!packs(true, true));
}
