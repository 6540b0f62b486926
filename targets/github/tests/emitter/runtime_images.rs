//! Runs the scripts for images. The test builds a small layout, and a replacement of `skopeo` records its calls.

use crate::bench::{Bench, Done};
use crate::scripts::*;

/// A replacement of `skopeo` that accepts only the calls of the push. Its registry is a folder of manifests by digest.
const SKOPEO: &str = r#"#!/usr/bin/env bash
set -euo pipefail
registry=$GH_FOLDER/registry
mkdir -p "$registry"
printf '%s\n' "$*" >> "$GH_FOLDER/asked"
[[ -z ${REGISTRY_PASSWORD+set} ]] || { echo "the password is still a variable" >&2; exit 1; }
case $1 in
  login)
    [[ $2 == --username && $4 == --password-stdin && $# == 5 ]]
    read -r password
    [[ $password == "$(cat "$GH_FOLDER/password")" ]] || { echo "unauthorized" >&2; exit 1; }
    echo "$5 $3" > "$REGISTRY_AUTH_FILE"
    echo "$REGISTRY_AUTH_FILE" > "$GH_FOLDER/auth-file"
    ;;
  copy)
    [[ $2 == --all && $3 == --preserve-digests && $4 == oci:* && $5 == docker://* && $# == 5 ]]
    [[ -s $REGISTRY_AUTH_FILE ]] || { echo "not logged in" >&2; exit 1; }
    digest=${5##*@sha256:}
    [[ -e $GH_FOLDER/drops-it ]] || cp "${4#oci:}/blobs/sha256/$digest" "$registry/$digest"
    ;;
  inspect)
    [[ $2 == --raw && $3 == docker://* && $# == 3 ]]
    cat "$registry/${3##*@sha256:}"
    ;;
  *) exit 1 ;;
esac
"#;

/// Builds a layout of one image with one layer, and a superfluous blob. With a second argument, the image is under an
/// index.
const MAKE: &str = r#"
put() { # the digest of standard input, put away
  cat > blob
  digest=$(sha256sum < blob | cut -d ' ' -f 1)
  mkdir -p "$PIPE_IMAGE_LAYOUT/blobs/sha256"
  mv blob "$PIPE_IMAGE_LAYOUT/blobs/sha256/$digest"
  echo "sha256:$digest"
}
layer=$(printf 'layer' | put)
config=$(printf '{"architecture":"amd64","os":"linux"}' | put)
printf 'left over' | put > /dev/null
type=application/vnd.oci.image.manifest.v1+json
image=$(printf '{"schemaVersion":2,"config":{"mediaType":"a","digest":"%s","size":37},"layers":[{"mediaType":"b","digest":"%s","size":5}]}' "$config" "$layer" | put)
echo "$layer" > layer
if [[ -e many ]]; then
  type=application/vnd.oci.image.index.v1+json
  image=$(printf '{"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"%s","size":1}]}' "$image" | put)
fi
size=$(wc -c < "$PIPE_IMAGE_LAYOUT/blobs/sha256/${image#sha256:}")
printf '{"imageLayoutVersion": "1.0.0"}\n' > "$PIPE_IMAGE_LAYOUT/oci-layout"
printf '{"schemaVersion": 2, "manifests": [{"mediaType": "%s", "digest": "%s", "size": %s, "annotations": {"a": "b"}}]}\n' \
  "$type" "$image" "$size" > "$PIPE_IMAGE_LAYOUT/index.json"
echo "$image"
"#;

fn bench() -> Bench {
    let bench = Bench::new().program("skopeo", SKOPEO);
    let (layout, packed, folder) =
        (bench.temp("image-layout"), bench.temp("handed-over/web.tar"), bench.temp("artefacts/web"));
    std::fs::create_dir(bench.path("temp/handed-over")).unwrap();
    let bench = bench
        .with("PIPE_IMAGE_LAYOUT", layout.clone())
        .with("LAYOUT", layout)
        .with("PACKED", packed)
        .with("FOLDER", folder)
        .with("GITHUB_REPOSITORY_OWNER", "Acme")
        .with("GITHUB_ACTOR", "ann")
        .with("NAME", "web");
    assert!(bench.run(IMAGE_FOLDER).success);
    bench
}

fn refused(done: &Done, why: &str) {
    assert!(!done.success, "{}", done.log);
    assert!(done.log.contains(why), "{}", done.log);
}

/// Tests of the scripts that read JSON with `jq`, which not every test machine has.
#[cfg(feature = "jq")]
mod with_jq {
    use super::*;

    #[test]
    fn an_image_arrives_with_exactly_its_blobs() {
        for many in [false, true] {
            let bench = bench();
            if many {
                bench.write("many", "");
            }
            let image = bench.shell(MAKE);
            let digest = bench.run(RECORD_IMAGE).output("digest").to_owned();
            assert_eq!(digest, image, "the digest is that of the image itself");
            let bench = bench.with("DIGEST", digest.clone());
            let done = bench.run(VERIFY_IMAGE);
            assert!(done.success, "{}", done.log);
            let files = bench.shell("cd \"$FOLDER\" && find . -type f | wc -l");
            assert_eq!(files, if many { "7" } else { "6" }, "with what the build left over");
            assert_eq!(
                bench.run(RECORD_IMAGE).output("digest"),
                digest,
                "a layout that was recorded can be recorded again"
            );
        }
    }

    #[test]
    fn a_layout_that_lacks_a_blob_or_holds_another_is_refused() {
        let bench = bench();
        bench.shell(MAKE);
        let layer = "layer=\"$PIPE_IMAGE_LAYOUT/blobs/sha256/$(cut -c 8- layer)\"\n";
        bench.shell(&format!("{layer} printf lager > \"$layer\""));
        refused(&bench.run(RECORD_IMAGE), ": FAILED");
        bench.shell(&format!("{layer} rm \"$layer\""));
        refused(&bench.run(RECORD_IMAGE), "No such file");
    }

    #[test]
    fn a_folder_that_is_no_layout_of_one_image_is_refused() {
        let bench = bench();
        refused(&bench.run(RECORD_IMAGE), "index.json: No such file");
        bench.shell(MAKE);
        bench.shell("echo '{\"manifests\": []}' > \"$LAYOUT/index.json\"");
        refused(&bench.run(RECORD_IMAGE), "an image for several platforms is one index");
        let one = format!("{{\"mediaType\": \"m\", \"digest\": \"sha256:{}\", \"size\": 1}}", "0".repeat(64));
        bench.shell(&format!("echo '{{\"manifests\": [{one}, {one}]}}' > \"$LAYOUT/index.json\""));
        refused(&bench.run(RECORD_IMAGE), "an image for several platforms is one index");
    }

    #[test]
    fn trap_61_another_image_is_refused() {
        let bench = bench();
        bench.shell(MAKE);
        let digest = bench.run(RECORD_IMAGE).output("digest").to_owned();
        let bench = bench.with("DIGEST", format!("sha256:{}", "0".repeat(64)));
        refused(&bench.run(VERIFY_IMAGE), "this is not the image that was built");
        let again = "rm -rf \"$FOLDER\" && mkdir -p \"$FOLDER\" && tar -xf \"$PACKED\" -C \"$FOLDER\" && cd \"$FOLDER\"";
        let pack = "tar -cf \"$PACKED\" . && cd / && chmod -R u+w \"$FOLDER\" && rm -rf \"$FOLDER\"";
        let bench = bench.with("DIGEST", digest);
        bench.shell("chmod -R u+w \"$FOLDER\"");
        bench.shell(&format!("cp \"$PACKED\" good && {again} && printf x >> blobs/sha256/$(ls blobs/sha256 | head -1) && {pack}"));
        refused(&bench.run(VERIFY_IMAGE), ": FAILED");
        bench.shell(&format!(
            "cp good \"$PACKED\" && chmod -R u+w \"$FOLDER\" && {again} && touch more && {pack}"
        ));
        refused(&bench.run(VERIFY_IMAGE), "this is not the image that was built");
        bench.shell(&format!("cp good \"$PACKED\" && chmod -R u+w \"$FOLDER\" && {again} && rm blobs/sha256/${{DIGEST#sha256:}} && {pack}"));
        refused(&bench.run(VERIFY_IMAGE), "No such file");
        bench.shell(&format!("cp good \"$PACKED\" && chmod -R u+w \"$FOLDER\" && {again} && ln -s oci-layout blobs/link && {pack}"));
        refused(&bench.run(VERIFY_IMAGE), "this is not the image that was built");
        bench.shell("cp good \"$PACKED\" && chmod -R u+w \"$FOLDER\" && rm -rf \"$FOLDER\"");
        assert!(bench.run(VERIFY_IMAGE).success);
    }
}

/// A layout with its digest, and the password of the registry.
fn pushed() -> Bench {
    let bench = bench();
    let image = bench.shell(MAKE);
    std::fs::write(bench.path("gh/password"), "hunter2").unwrap();
    bench.with("DIGEST", image).with("REGISTRY_PASSWORD", "hunter2").with("NAME", "ghcr.io/acme/web")
}

#[test]
fn trap_20_an_image_without_a_digest_is_refused() {
    let bench = pushed();
    bench.shell("tar -cf \"$PACKED\" -C \"$LAYOUT\" .");
    let bench = bench.with("DIGEST", "");
    refused(&bench.run(PUSH_IMAGE), "");
    refused(&bench.with("NAME", "web").run(VERIFY_IMAGE), "this is not the image that was built");
}

#[test]
fn an_image_is_pushed_under_its_digest_and_the_login_does_not_stay() {
    let bench = pushed();
    let digest = bench.shell("echo \"$DIGEST\"");
    let done = bench.run(PUSH_IMAGE);
    assert!(done.success, "{}", done.log);
    assert!(done.log.contains(&format!("pushed ghcr.io/acme/web@{digest}")), "{}", done.log);
    assert!(!done.log.contains("hunter2"));
    let layout = bench.temp("image-layout");
    let asked = std::fs::read_to_string(bench.path("gh/asked")).unwrap();
    assert_eq!(
        asked,
        format!(
            "login --username ann --password-stdin ghcr.io\n\
             copy --all --preserve-digests oci:{layout} docker://ghcr.io/acme/web@{digest}\n\
             inspect --raw docker://ghcr.io/acme/web@{digest}\n"
        )
    );
    let file = std::fs::read_to_string(bench.path("gh/auth-file")).unwrap();
    assert!(!std::path::Path::new(file.trim_end()).exists());
}

#[test]
fn the_jobs_token_pushes_only_to_the_owner() {
    let bench = pushed().with("NAME", "ghcr.io/other/web");
    refused(&bench.run(PUSH_IMAGE), "ghcr.io/other/web is not of Acme");
    let bench = bench.with("REGISTRY_USER", "robot");
    let done = bench.run(PUSH_IMAGE);
    assert!(done.success, "a declared registry may be anybody's: {}", done.log);
    assert!(std::fs::read_to_string(bench.path("gh/asked")).unwrap().starts_with("login --username robot "));
}

#[test]
fn a_login_that_is_not_set_or_wrong_pushes_nothing() {
    let bench = pushed();
    refused(&bench.with("REGISTRY_USER", "").run(PUSH_IMAGE), "user or password for ghcr.io is not set");
    let bench = pushed().with("REGISTRY_PASSWORD", "");
    refused(&bench.run(PUSH_IMAGE), "user or password for ghcr.io is not set");
    let bench = bench.with("REGISTRY_PASSWORD", "guess");
    refused(&bench.run(PUSH_IMAGE), "unauthorized");
    let asked = std::fs::read_to_string(bench.path("gh/asked")).unwrap();
    assert!(!asked.contains("copy"), "{asked}");
}

#[test]
fn another_digest_in_the_registry_fails_the_push() {
    let bench = pushed();
    let digest = bench.shell("echo \"$DIGEST\"");
    std::fs::create_dir(bench.path("gh/registry")).unwrap();
    std::fs::write(bench.path("gh/registry").join(digest.trim_start_matches("sha256:")), "other").unwrap();
    std::fs::write(bench.path("gh/drops-it"), "").unwrap();
    refused(&bench.run(PUSH_IMAGE), "pushed: FAILED");
}

/// A replacement of `aws`, which knows one access key.
const AWS: &str = r#"#!/usr/bin/env bash
set -euo pipefail
[[ "$*" == "ecr get-login-password" && $AWS_REGION == eu-west-1 ]]
if [[ $AWS_ACCESS_KEY_ID/$AWS_SECRET_ACCESS_KEY/$AWS_SESSION_TOKEN != key/secret/session ]]; then
  echo "An error occurred (UnrecognizedClientException) when calling the GetAuthorizationToken operation" >&2
  exit 254
fi
cat "$GH_FOLDER/password"
"#;

/// A replacement of `az`, which has logged in to one client.
const AZ: &str = r#"#!/usr/bin/env bash
set -euo pipefail
case $* in
  "acr login --name acme --expose-token --query accessToken --output tsv")
    [[ ! -e $GH_FOLDER/logged-out ]] || { echo "ERROR: Please run 'az login' to setup account." >&2; exit 1; }
    cat "$GH_FOLDER/password"
    ;;
  logout) touch "$GH_FOLDER/logged-out" ;;
  *) exit 2 ;;
esac
"#;

#[test]
fn an_identity_of_aws_gets_the_password_of_its_registry() {
    let host = "1.dkr.ecr.eu-west-1.amazonaws.com";
    let bench = pushed().program("aws", AWS).with("NAME", format!("{host}/web"));
    let bench = [("REGION", "eu-west-1"), ("ACCESS_KEY_ID", "key"), ("SECRET_ACCESS_KEY", "secret")]
        .into_iter()
        .fold(bench, |bench, (name, value)| bench.with(&format!("AWS_{name}"), value))
        .with("AWS_SESSION_TOKEN", "session");
    let done = bench.run(PUSH_TO_AMAZON);
    assert!(done.success, "{}", done.log);
    assert!(!done.log.contains("hunter2"), "{}", done.log);
    let asked = std::fs::read_to_string(bench.path("gh/asked")).unwrap();
    assert!(asked.starts_with(&format!("login --username AWS --password-stdin {host}\n")), "{asked}");
    std::fs::remove_file(bench.path("gh/asked")).unwrap();
    let bench = bench.with("AWS_SECRET_ACCESS_KEY", "guess");
    refused(&bench.run(PUSH_TO_AMAZON), "UnrecognizedClientException");
    assert!(!bench.path("gh/asked").exists(), "nothing was pushed");
}

#[test]
fn a_client_of_azure_gets_a_token_and_logs_out() {
    let bench = pushed().program("az", AZ).with("NAME", "acme.azurecr.io/web");
    let done = bench.run(PUSH_TO_AZURE);
    assert!(done.success, "{}", done.log);
    let asked = std::fs::read_to_string(bench.path("gh/asked")).unwrap();
    let user = "00000000-0000-0000-0000-000000000000";
    assert!(
        asked.starts_with(&format!("login --username {user} --password-stdin acme.azurecr.io\n")),
        "{asked}"
    );
    refused(&bench.run(PUSH_TO_AZURE), "Please run 'az login'");
}
