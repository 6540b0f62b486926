//! Runs scripts that record and verify artefacts, encoded scripts, and scripts for secret files.

use crate::bench::{Bench, Done};
use crate::scripts::*;

fn with_places(bench: Bench) -> Bench {
    let (packed, folder) = (bench.temp("handed-over/app.tar"), bench.temp("artefacts/app"));
    std::fs::create_dir(bench.path("temp/handed-over")).unwrap();
    bench.with("PACKED", packed).with("FOLDER", folder).with("NAME", "app")
}

fn refused(done: &Done, why: &str) {
    assert!(!done.success, "{}", done.log);
    assert!(done.log.contains(why), "{}", done.log);
}

#[test]
fn one_file_arrives_with_its_mode_and_its_digest_is_its_own() {
    let bench = with_places(Bench::new()).with("FILE", "out/my app");
    bench.write("out/my app", "#!/bin/sh\necho hi\n");
    bench.shell("chmod 755 'out/my app'");
    let digest = bench.run(RECORD_FILE).output("digest").to_owned();
    assert_eq!(digest, format!("sha256:{}", bench.shell("sha256sum < 'out/my app' | cut -d ' ' -f 1")));
    let bench = bench.with("FILE", "my app").with("DIGEST", digest);
    assert!(bench.run(VERIFY_FILE).success);
    assert_eq!(bench.shell("\"$FOLDER/my app\""), "hi");
    assert_eq!(bench.shell("stat -c %a \"$FOLDER/my app\""), "555");
}

#[test]
fn trap_20_an_empty_or_other_digest_is_refused() {
    let bench = with_places(Bench::new()).with("FILE", "app");
    bench.write("app", "1");
    assert!(bench.run(RECORD_FILE).success);
    let bench = bench.with("DIGEST", "");
    refused(&bench.run(VERIFY_FILE), "no properly formatted");
    refused(&bench.run(VERIFY_FOLDER), "this is not what was built");
    let bench = bench.with("DIGEST", format!("sha256:{}", "0".repeat(64)));
    refused(&bench.run(VERIFY_FILE), "./app: FAILED");
    refused(&bench.run(VERIFY_FOLDER), "this is not what was built");
}

#[test]
fn trap_61_a_second_file_beside_the_one_is_refused() {
    let bench = with_places(Bench::new()).with("FILE", "app");
    bench.write("app", "1");
    let digest = bench.run(RECORD_FILE).output("digest").to_owned();
    bench.shell("echo 2 > other && tar -cf \"$PACKED\" ./app ./other");
    let bench = bench.with("DIGEST", digest);
    refused(&bench.run(VERIFY_FILE), "the artifact is not app alone");
}

#[test]
fn a_file_that_was_not_built_is_an_error() {
    let bench = with_places(Bench::new()).with("FILE", "app");
    refused(&bench.run(RECORD_FILE), "app: No such file");
    bench.shell("mkdir app");
    refused(&bench.run(RECORD_FILE), "Is a directory");
}

#[test]
fn several_files_are_one_artefact_with_the_digest_of_their_sorted_manifest() {
    let bench = with_places(Bench::new()).with("PATHS", "^dist/.*$\n^index\\.[^/]*$");
    bench.write("dist/-a b.js", "1");
    bench.write("dist/sub/\u{fc}.css", "2");
    bench.write("dist/sub/.hidden", "3");
    bench.write("index.html", "4");
    bench.write("indexes", "not asked for");
    bench.shell("chmod 700 dist/sub/.hidden && ln -s ../index.html dist/link && ln -s sub dist/folder");
    let digest = bench.run(RECORD_FOLDER).output("digest").to_owned();
    let files = ["dist/-a b.js", "dist/link", "dist/sub/.hidden", "dist/sub/\u{fc}.css", "index.html"];
    let listed: Vec<String> = files.iter().map(|file| format!("'{file}'")).collect();
    let manifest = format!(
        "for file in {}; do printf '%s  ./%s\\n' \"$(sha256sum < \"$file\" | cut -d ' ' -f 1)\" \"$file\"; done \
         | LC_ALL=C sort | sha256sum | cut -d ' ' -f 1",
        listed.join(" ")
    );
    assert_eq!(digest, format!("sha256:{}", bench.shell(&manifest)));
    let bench = bench.with("DIGEST", digest.clone());
    let done = bench.run(VERIFY_FOLDER);
    assert!(done.success, "{}", done.log);
    assert_eq!(bench.shell("cd \"$FOLDER\" && find . -type f | wc -l"), "5");
    assert_eq!(bench.shell("stat -c %a \"$FOLDER/dist/sub/.hidden\""), "500");
    assert_eq!(bench.run(RECORD_FOLDER).output("digest"), digest, "building the same again gives the same");
}

#[test]
fn a_glob_that_matches_nothing_is_an_error() {
    let bench = with_places(Bench::new()).with("PATHS", "^dist/.*$\n^index\\.html$");
    bench.write("index.html", "4");
    refused(&bench.run(RECORD_FOLDER), "no file matches ^dist/.*$");
}

#[test]
fn unrecorded_files_are_refused() {
    let bench = with_places(Bench::new()).with("PATHS", "^dist/[^/]*$");
    bench.write("dist/a", "1");
    let digest = bench.run(RECORD_FOLDER).output("digest").to_owned();
    let bench = bench.with("DIGEST", digest);
    bench.shell("touch dist/b && tar -cf \"$PACKED\" ./dist");
    refused(&bench.run(VERIFY_FOLDER), "this is not what was built");
    bench.shell("rm dist/b && ln -s a dist/b && tar -cf \"$PACKED\" ./dist && chmod -R u+w \"$FOLDER\" && rm -r \"$FOLDER\"");
    refused(&bench.run(VERIFY_FOLDER), "this is not what was built");
}

#[test]
fn scripts_for_any_system_record_the_same_digests() {
    let bench = with_places(Bench::new()).with("FILE", "dist/app").with("PATHS", "^dist/.*$");
    bench.write("dist/app", "1");
    bench.write("dist/a b", "2");
    let digest = |script: &str| bench.run(script).output("digest").to_owned();
    let (file, folder) = (digest(RECORD_FILE), digest(RECORD_FOLDER));
    assert_eq!(
        (digest(RECORD_FILE_ANYWHERE), digest(RECORD_FOLDER_ANYWHERE)),
        (file.clone(), folder.clone())
    );
    // A machine of Windows, where the tool marks files as binary, and one of macOS, which has another tool.
    let tool = "#!/usr/bin/env bash\nPATH=${PATH#*:}\n";
    std::fs::write(bench.path("bin/sha256sum"), format!("{tool}sha256sum --binary \"$@\"\n")).unwrap();
    bench.shell("chmod +x ../bin/sha256sum");
    assert_eq!(
        (digest(RECORD_FILE_ANYWHERE), digest(RECORD_FOLDER_ANYWHERE)),
        (file.clone(), folder.clone())
    );
    std::fs::write(bench.path("bin/sha256sum"), "#!/bin/sh\nexit 127\n").unwrap();
    let shasum = format!("{tool}[[ $1 == -a && $2 == 256 ]]\nshift 2\nsha256sum \"$@\"\n");
    std::fs::write(bench.path("bin/shasum"), shasum).unwrap();
    bench.shell("chmod +x ../bin/shasum");
    let on_mac = |script: &str| {
        let done = bench.run(&format!("OSTYPE=darwin23\n{script}"));
        done.output("digest").to_owned()
    };
    assert_eq!((on_mac(RECORD_FILE_ANYWHERE), on_mac(RECORD_FOLDER_ANYWHERE)), (file, folder));
}

/// Two legs that each built a file of this name. They are kept as in the workflow. Also gives the lines of `LEGS`.
fn legs_of_a_file() -> (Bench, String) {
    let mut bench = Bench::new().with("FILE", "out/app");
    let mut lines = String::new();
    for leg in ["linux", "de.at-1"] {
        bench.write("out/app", leg);
        let packed = bench.temp(&format!("handed-over/app.{leg}.tar"));
        bench = bench.with("PACKED", packed);
        bench.shell("mkdir -p \"${PACKED%/*}\"");
        let recorded = bench.run(RECORD_FILE).output("digest").to_owned();
        lines.push_str(&format!("{leg} {recorded}"));
        if leg == "linux" {
            lines.push('\n');
        }
    }
    let (packed, folder) = (bench.temp("handed-over/app"), bench.temp("artefacts/app"));
    let bench = bench.with("FILE", "app").with("PACKED", packed).with("FOLDER", folder).with("NAME", "app");
    (bench.with("LEGS", lines.clone()), lines)
}

#[test]
fn artefacts_of_legs_have_folders_and_a_manifest_digest() {
    let (bench, _) = legs_of_a_file();
    let done = bench.run(VERIFY_LEGS);
    assert!(done.success, "{}", done.log);
    let manifest = "cd \"$FOLDER\" && for file in de.at-1/app linux/app; do printf '%s  ./%s\\n' \
        \"$(sha256sum < \"$file\" | cut -d ' ' -f 1)\" \"$file\"; done | LC_ALL=C sort | sha256sum | cut -d ' ' -f 1";
    assert_eq!(done.output("digest"), format!("sha256:{}", bench.shell(manifest)));
    assert_eq!(bench.shell("cat \"$FOLDER/linux/app\" \"$FOLDER/de.at-1/app\""), "linuxde.at-1");
    assert_eq!(bench.shell("stat -c %a \"$FOLDER/linux\""), "555");
}

#[test]
fn trap_19_a_leg_without_a_digest_or_with_anothers_is_refused() {
    let (bench, lines) = legs_of_a_file();
    let swapped: Vec<&str> = lines.split_whitespace().collect();
    let [linux, first, german, second] = swapped.as_slice() else { panic!("{lines}") };
    let refused_with = |bench: Bench, legs: String, why: &str| {
        let bench = bench.with("LEGS", legs);
        refused(&bench.run(VERIFY_LEGS), why);
        bench.shell("chmod -R u+w \"$FOLDER\" && rm -r \"$FOLDER\"");
        bench
    };
    let bench = refused_with(bench, format!("{linux} \n{german} {second}"), "not what linux built");
    let bench = refused_with(bench, format!("{linux} {second}\n{german} {first}"), "not what linux built");
    let bench = refused_with(bench, format!("{linux} {first}\nother {second}"), "");
    bench.shell("tar -cf \"$PACKED.linux.tar\" -C ../.. ./event.json 2> ../err || tar -cf \"$PACKED.linux.tar\" ./out");
    refused_with(bench, lines, "not what linux built: sha256:other");
}

#[test]
fn legs_of_several_files_are_verified_one_by_one() {
    let mut bench = Bench::new().with("PATHS", "^dist/.*$");
    let mut lines = String::new();
    for leg in ["a", "b"] {
        bench.write("dist/sub/x y", leg);
        bench.write(&format!("dist/{leg}"), "1");
        let packed = bench.temp(&format!("handed-over/site.{leg}.tar"));
        bench = bench.with("PACKED", packed);
        bench.shell("mkdir -p \"${PACKED%/*}\"");
        lines.push_str(&format!("{leg} {}\n", bench.run(RECORD_FOLDER).output("digest")));
    }
    let (packed, folder) = (bench.temp("handed-over/site"), bench.temp("artefacts/site"));
    let bench = bench.with("PACKED", packed).with("FOLDER", folder).with("NAME", "site");
    let bench = bench.with("LEGS", lines.trim_end());
    let done = bench.run(VERIFY_LEGS);
    assert!(done.success, "{}", done.log);
    assert_eq!(
        bench.shell("cd \"$FOLDER\" && find . -type f | LC_ALL=C sort | tr '\\n' ' '"),
        "./a/dist/a ./a/dist/sub/x y ./b/dist/a ./b/dist/b ./b/dist/sub/x y"
    );
    bench.shell(
        "chmod -R u+w \"$FOLDER\" && rm -r \"$FOLDER\" && ln -s x link && tar -cf \"$PACKED.b.tar\" ./link",
    );
    refused(&bench.run(VERIFY_LEGS), "there is something other than files");
}

#[test]
fn an_incomplete_file_list_gives_no_digest() {
    let (bench, _) = legs_of_a_file();
    let find = "#!/usr/bin/env bash\nPATH=${PATH#*:} find \"$@\"\n[[ $* != '. -type f -print0' ]]\n";
    std::fs::write(bench.path("bin/find"), find).unwrap();
    bench.shell("chmod +x ../bin/find");
    let done = bench.run(VERIFY_LEGS);
    assert!(!done.success && !done.outputs.contains_key("digest"), "{}", done.log);
}

#[test]
fn a_quorum_counts_the_runs_of_which_every_script_succeeded() {
    let decide = |runs: &str, scripts: &str, quorum: &str| {
        Bench::new().with("RUNS", runs).with("SCRIPTS", scripts).with("QUORUM", quorum).run(QUORUM)
    };
    let done = decide("1 success\n2 failure\n3 success\n", "1", "2");
    assert!(done.success && done.summary == "2 of 3 runs passed; 2 must\n", "{}", done.log);
    refused(&decide("1 success\n2 failure\n3 success\n", "1", "3"), "2 of 3 runs passed; 3 must");
    for runs in [
        "1 failure\n2 success\n3 skipped\n",
        "1 success\n2 \n3 \n",
        "1 success\n2 cancelled\n3 Success\n",
        "1 success\n2 success success\n3 failure success\n",
        "",
    ] {
        refused(&decide(runs, "1", "2"), "runs passed; 2 must");
    }
    assert!(decide("1 success success\n2 success \n3 success success\n", "2", "2").success);
    refused(&decide("1 success success\n2 success \n3 success skipped\n", "2", "2"), "1 of 3 runs passed");
    refused(&decide("1 success\n", "1", ""), "it is not said how many runs must pass");
    refused(&decide("1\n2\n3\n", "0", "2"), "it is not said how many runs must pass");
}

#[test]
fn an_encoded_script_runs_byte_for_byte_under_the_same_shell() {
    let script = "\tcat \"$0\" > copy\necho ${-} ${PIPE_SCRIPT-unset} > options\nset -o | grep pipefail >> options\n# \r ${{ x }}";
    let bench = Bench::new();
    bench.write("script", script);
    let encoded = bench.shell("base64 script");
    let bench = bench.with("PIPE_SCRIPT", encoded);
    let done = bench.run(SCRIPT);
    assert!(done.success, "{}", done.log);
    bench.shell("cmp script copy");
    let options = bench.shell("tr -s '[:blank:]' ' ' < options");
    assert_eq!(options, "ehpuB unset\npipefail on");
}

#[test]
fn an_encoded_script_that_fails_fails_its_step() {
    let bench = Bench::new();
    bench.write("script", "false | true\necho not reached > reached\n");
    let encoded = bench.shell("base64 script");
    let bench = bench.with("PIPE_SCRIPT", encoded);
    assert!(!bench.run(SCRIPT).success);
    assert!(!bench.path("workspace/reached").exists());
}

#[test]
fn a_secret_file_is_exact_and_only_its_owners() {
    let bench = Bench::new();
    let file = bench.temp("secrets/KEY");
    let bench = bench.with("SECRET", "line\nlast line without end").with("FILE", file);
    assert!(bench.run(SECRET_FILE).success);
    assert_eq!(bench.shell("cat \"$FILE\"; stat -c ' %a' \"$FILE\""), "line\nlast line without end 600");
    assert!(bench.run(SECRET_REMOVED).success);
    assert!(!bench.path("temp/secrets/KEY").exists());
    assert!(bench.run(SECRET_REMOVED).success, "nothing to remove is no failure");
    refused(&bench.with("SECRET", "").run(SECRET_FILE), "is not set");
}

#[test]
fn a_session_of_azure_ends_even_if_its_client_fails() {
    for client in [
        "#!/usr/bin/env bash\n[[ $* == 'account clear' ]] && rm \"$AZURE_CONFIG_DIR/msal_token_cache.json\"",
        "#!/usr/bin/env bash\nexit 1\n",
    ] {
        let bench = Bench::new().program("az", client);
        let folder = bench.temp("azure");
        bench.write("../temp/azure/msal_token_cache.json", "{}");
        let bench = bench.with("AZURE_CONFIG_DIR", folder);
        assert!(bench.run(AZURE_LOG_OUT).success);
        assert!(!bench.path("temp/azure/msal_token_cache.json").exists(), "{client}");
    }
}

#[test]
fn versions_are_tags_from_their_first_digit_on() {
    let bench = Bench::new();
    let done = bench.run(FACTS);
    assert_eq!(done.output("commit-short"), "0123456789ab");
    assert!(!done.outputs.contains_key("tag-version"));
    let bench = bench.with("GITHUB_REF_TYPE", "tag").with("GITHUB_REF_NAME", "release-v1.2.3-rc1");
    assert_eq!(bench.run(FACTS).output("tag-version"), "1.2.3-rc1");
}
