//! What begins another attempt, run for real.

use crate::bench::{Bench, Done};
use crate::scripts::*;

/// A machine on which an attempt has failed.
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
fn nothing_is_left_of_what_failed() {
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
fn what_a_link_leads_to_stays() {
    let bench = machine();
    bench.shell("mkdir -p ../home/kept ../temp && touch ../home/kept/file && chmod 500 ../home/kept");
    bench.shell("ln -s \"$HOME/kept\" kept && ln -s \"$HOME/kept\" ../temp/artefacts");
    begins_again(&bench);
    assert_eq!(bench.shell("ls ../home/kept && ls ../temp"), "file\nstep.sh");
}

/// GitHub ends the shell of a script that runs out of time, and not what it had started.
#[cfg(target_os = "linux")]
#[test]
fn what_still_runs_is_ended_and_nothing_of_others() {
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
fn an_empty_folder_is_fine_and_people_are_told() {
    let done = begins_again(&machine());
    assert_eq!(done.summary, "attempt 1 of 3 of app failed; it is tried again because: it's \"$(exit 1)\"\n");
    assert!(done.log.contains("::warning title=Retry::attempt 1 of 3 of app failed"), "{}", done.log);
}

#[test]
fn what_can_not_be_emptied_does_not_begin_again() {
    let bench = machine().with("GITHUB_WORKSPACE", "nowhere");
    assert!(!bench.run(AGAIN).success);
    let unset =
        Bench::new().with("ATTEMPT", "2").with("ATTEMPTS", "2").with("NODE", "app").with("BECAUSE", "b");
    assert!(!unset.run(AGAIN).success);
}
