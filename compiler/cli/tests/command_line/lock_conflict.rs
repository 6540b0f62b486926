//! Conflicts of branches in `pipec.lock`: a build merges them, or names what contradicts itself.

use crate::lock::{CALLS, ENTRY, LOCK, entries, kept, own};
use crate::support::{Ran, Workspace, finish};

/// A repository in which two branches, `ours` and `theirs`, each change the workspace. `ours` is checked out.
fn branches(workspace: &Workspace, ours: impl Fn(&Workspace), theirs: impl Fn(&Workspace)) {
    let commit = |message: &str| {
        git(workspace, &["add", "--all"]).expect(0);
        git(workspace, &["commit", "--quiet", "--message", message]).expect(0);
    };
    git(workspace, &["init", "--quiet", "--initial-branch", "ours"]).expect(0);
    commit("base");
    git(workspace, &["checkout", "--quiet", "-b", "theirs"]).expect(0);
    theirs(workspace);
    commit("theirs");
    git(workspace, &["checkout", "--quiet", "ours"]).expect(0);
    ours(workspace);
    commit("ours");
}

fn git(workspace: &Workspace, arguments: &[&str]) -> Ran {
    let mut git = std::process::Command::new("git");
    git.current_dir(workspace.path("")).args(["-c", "user.name=a", "-c", "user.email=a@example.org"]);
    git.args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    finish(git)
}

/// A build with another pipeline that calls `acme/NAME@v1.0.0`, which the lock file lists.
fn build_with(name: &str) -> impl Fn(&Workspace) {
    let source = CALLS.replace("pipeline own", &format!("pipeline {name}"));
    let source = source.replace("acme/setup-tool@v1", &format!("acme/{name}@v1"));
    let entry = ENTRY.replace("acme/setup-tool@v1.2.0", &format!("acme/{name}@v1.0.0"));
    let name = name.to_owned();
    move |workspace| {
        workspace.write(&format!("{name}.pipe"), &source);
        let lock = workspace.read(LOCK);
        workspace.write(LOCK, lock.replace("[actions]\n", &format!("[actions]\n{entry}")));
        workspace.build();
    }
}

#[test]
fn branches_that_add_entries_in_other_places_merge_without_a_conflict() {
    let workspace = own();
    workspace.build();
    branches(&workspace, build_with("a-tool"), build_with("z-tool"));
    git(&workspace, &["merge", "--quiet", "--no-edit", "theirs"]).expect(0);
    workspace.run(&["build", "--check"]).expect(0);
    let known = entries(&workspace.read(LOCK));
    assert_eq!(known[..3], ["acme/a-tool@v1.0.0", "acme/setup-tool@v1.2.0", "acme/z-tool@v1.0.0"]);
}

#[test]
fn a_build_merges_a_conflict_of_branches() {
    for style in ["merge", "diff3", "zdiff3"] {
        let workspace = own();
        workspace.build();
        branches(&workspace, build_with("one"), build_with("other"));
        let style = format!("merge.conflictStyle={style}");
        git(&workspace, &["-c", &style, "merge", "--quiet", "--no-edit", "theirs"]).expect(1);
        let conflicted = workspace.read(LOCK);
        assert!(conflicted.contains("\n<<<<<<< "), "{conflicted}");
        for arguments in [&["check"][..], &["build", "--check"], &["build", "--stdout"], &["check", "--fix"]]
        {
            let ran = workspace.run(arguments).expect(2);
            ran.says("`pipec.lock` has a merge conflict in line ")
                .says("run `pipec build`: it keeps the entries");
        }
        assert_eq!(workspace.read(LOCK), conflicted);
        workspace.build().says("wrote pipec.lock\n").says("merged the two sides of pipec.lock\n");
        let known = entries(&workspace.read(LOCK));
        assert_eq!(known[..3], ["acme/one@v1.0.0", "acme/other@v1.0.0", "acme/setup-tool@v1.2.0"]);
        workspace.run(&["build", "--check"]).expect(0);
        workspace.build().omits("merged");
    }
}

#[test]
fn sides_of_a_conflict_that_contradict_each_other_are_named() {
    let side = |digit: &str| ENTRY.replace("0123456789", &digit.repeat(10));
    let (ours, theirs) = (side("1"), side("2"));
    let text = kept(&format!("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> theirs\n"));
    let workspace = Workspace::with(&[("own.pipe", CALLS), (LOCK, &text)]);
    let says = format!(
        "can't merge the two sides of `pipec.lock`: lines 4 and 6 give `acme/setup-tool` v1.2.0 two commits, `{}` and `{}`",
        "1".repeat(40),
        "2".repeat(40)
    );
    for arguments in [&["check"][..], &["build"], &["build", "--check"]] {
        workspace
            .run(arguments)
            .expect(2)
            .says(&says)
            .says("keep one of the two lines, then run `pipec build`");
    }
    assert_eq!(workspace.read(LOCK), text);
    assert_eq!(workspace.list(""), ["own.pipe", LOCK]);
    workspace.write(LOCK, text.replace(&theirs, ""));
    workspace.build().says("merged the two sides of pipec.lock\n");
    assert!(workspace.read(LOCK).contains(&ours));

    let by_hand = text.replace("# Kept by pipec build", "# ours");
    workspace.write(LOCK, &by_hand);
    workspace.run(&["build"]).expect(2).says("resolve it by hand");
    assert_eq!(workspace.read(LOCK), by_hand);
}
