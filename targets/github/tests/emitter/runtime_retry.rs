//! Runs the script that prepares another attempt.

use crate::bench::{Bench, Done};
use crate::scripts::*;

/// A machine after a failed attempt.
fn machine() -> Bench {
    let bench = Bench::new();
    let workspace = bench.path("workspace").to_str().unwrap().to_owned();
    bench
        .with("GITHUB_WORKSPACE", workspace)
        .with("NODE", "app")
        .with("ATTEMPT", "2")
        .with("ATTEMPTS", "3")
        .with("BECAUSE", "it's \"$(exit 1)\"")
}

fn begins_again(bench: &Bench) -> Done {
    let done = bench.run(AGAIN);
    assert!(done.success, "{}", done.log);
    assert_eq!(bench.shell("find . -mindepth 1"), "", "the folder of the checkout is empty");
    done
}

#[test]
fn a_failed_attempt_leaves_nothing() {
    let bench = machine();
    bench.shell("git init -q . && mkdir -p .git/objects/ab && touch .git/objects/ab/cd && chmod -R a-w .git");
    bench.write("out/app", "half");
    bench.write(".cache/deep/er/file", "x");
    bench.write("a b\n*/-rf", "x");
    bench.shell(
        "ln -s ../temp link && ln -s nowhere dangling && mkdir closed && touch closed/x && chmod 0 closed",
    );
    bench.shell(
        "mkdir -p ../temp/artefacts/app ../temp/image-layout/blobs ../temp/secrets ../temp/handed-over",
    );
    bench.shell("touch ../temp/artefacts/app/app ../temp/secrets/KEY ../temp/handed-over/app.tar");
    bench.shell("chmod -R a-w ../temp/artefacts .cache");
    begins_again(&bench);
    assert_eq!(
        bench.shell("cd ../temp && find . -mindepth 1 | sort"),
        "./handed-over\n./handed-over/app.tar\n./step.sh"
    );
}

#[test]
fn targets_of_links_stay() {
    let bench = machine();
    bench.shell("mkdir -p ../home/kept ../temp && touch ../home/kept/file && chmod 500 ../home/kept");
    bench.shell("ln -s \"$HOME/kept\" kept && ln -s \"$HOME/kept\" ../temp/artefacts");
    begins_again(&bench);
    assert_eq!(bench.shell("ls ../home/kept && ls ../temp"), "file\nstep.sh");
}

/// After a timeout, GitHub ends the shell of a script. It does not end the processes that the script started.
#[cfg(target_os = "linux")]
#[test]
fn running_processes_of_the_attempt_are_ended() {
    let bench = machine();
    let begun = |variables: &str| bench.shell(&format!("{variables} sleep 60 > /dev/null 2>&1 & echo $!"));
    let own = ["GITHUB_ACTION=try-1", "GITHUB_ACTION=try-1-2"].map(begun);
    let others = ["GITHUB_ACTION=attempt-2", "RUNNER_TEMP=/elsewhere GITHUB_ACTION=try-1", "A=1"].map(begun);
    begins_again(&bench);
    let runs = |process: &String| {
        let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        !status.is_empty() && !status.contains(") Z ")
    };
    assert!(!own.iter().any(runs));
    assert!(others.iter().all(runs));
    bench.shell(&format!("kill {}", others.join(" ")));
}

#[test]
fn an_empty_folder_is_accepted_and_reported() {
    let done = begins_again(&machine());
    assert_eq!(done.summary, "attempt 1 of 3 of app failed; it is tried again because: it's \"$(exit 1)\"\n");
    assert!(done.log.contains("::warning title=Retry::attempt 1 of 3 of app failed"), "{}", done.log);
}

#[test]
fn no_attempt_starts_if_folders_cannot_be_emptied() {
    let bench = machine().with("GITHUB_WORKSPACE", "nowhere");
    assert!(!bench.run(AGAIN).success);
    let unset =
        Bench::new().with("ATTEMPT", "2").with("ATTEMPTS", "2").with("NODE", "app").with("BECAUSE", "b");
    assert!(!unset.run(AGAIN).success);
}
