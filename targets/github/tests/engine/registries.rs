//! Images for registries that take an identity, where the output logs in as another or lets scripts use the login.

use crate::broken::{broken, edited};
use crate::sample::{Build, body, origin, pull_request, push, run};
use crate::whole::{compiled, findings};
use pipec_ir::{
    Artefact, ArtefactType, Condition, GeneratedFile, Identity, Login, NodeKind, Provider, Registry,
};

const ROLE: &str = "arn:aws:iam::123456789012:role/push";
const AMAZON: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const POOL: &str = "projects/1/locations/global/workloadIdentityPools/pool/providers/github";
const CLIENT: &str = "0f8fad5b-d9cb-469f-a165-70867728950e/7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// Three images for three registries that take an identity.
fn registries() -> Build {
    let mut build = Build::new("registries", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    let all = [
        ("web", AMAZON, Provider::Aws, ROLE),
        ("api", "europe-docker.pkg.dev/acme", Provider::Google, POOL),
        ("store", "acme.azurecr.io", Provider::Azure, CLIENT),
    ];
    for (name, prefix, provider, role) in all {
        let image_name = Some((format!("{prefix}/{name}"), origin()));
        let image = Artefact { ty: ArtefactType::Image, paths: Vec::new(), image_name };
        build.node(name, NodeKind::Artefact(image), body(vec![run("make image")], &[]), &[]);
        let login = Login::Identity(Identity { provider, role: role.to_owned(), origin: origin() });
        let registry = Registry { prefix: prefix.to_owned(), login, origin: origin() };
        build.program.registries.insert(prefix.to_owned(), registry);
    }
    build
}

#[test]
fn only_the_push_gets_the_login_of_a_registry() {
    let build = registries();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    assert_eq!(file.text.matches("id-token: write").count(), 3, "none in jobs for unreviewed code");
    assert_eq!(file.text.matches("    environment:").count(), 3, "the token names it");
}

const LOGIN: &str = "      - name: Log in to the registry\n        id: registry\n";
const WITH_KEY: &str = "AWS_SECRET_ACCESS_KEY: ${{ steps.registry.outputs.aws-secret-access-key }}";

broken! {
    a_login_as_another_role: registries {
        "web": "role/push" => "role/deploy"
    } "it logs in to another registry, or as another";
    a_login_in_another_region: registries {
        "web": "aws-region: eu-west-1" => "aws-region: eu-west-2"
    } "it logs in to another registry, or as another";
    a_password_for_another_region: registries {
        "web": "AWS_REGION: eu-west-1" => "AWS_REGION: eu-west-2"
    } "pushes another image, or as another";
    a_login_that_all_later_steps_find: registries {
        "web": "output-env-credentials: false" => "output-env-credentials: true"
    } "it logs in to another registry, or as another";
    a_login_that_says_nothing_of_later_steps: registries {
        "web": "          output-env-credentials: false\n" => ""
    } "it logs in to another registry, or as another";
    credentials_that_google_leaves_in_a_file: registries {
        "api": "          create_credentials_file: false\n" => ""
    } "it logs in to another registry, or as another";
    another_client_of_azure: registries {
        "store": "7c9e6679-7425-40de-944b-e07fc1f90ae7" => "7c9e6679-7425-40de-944b-e07fc1f90ae8"
    } "it logs in to another registry, or as another";
    a_token_that_names_no_environment: registries {
        "web": "    environment:\n      name: registries-web\n      deployment: false # only for the secrets and identities of this job\n" => ""
    } "it has no environment";
    a_token_that_names_another_node: registries {
        "web": "name: registries-web" => "name: registries-api"
    } "its environment has another name";
    a_login_without_its_id: registries {
        "web": LOGIN => "      - name: Log in to the registry\n"
    } "`sign-in";
    a_script_with_the_login: registries {
        "web": "        run: make image\n" => &format!("          {}\n        run: make image\n", WITH_KEY)
    } "`AWS_SECRET_ACCESS_KEY`";
    a_push_with_another_token: registries {
        "api": "${{ steps.registry.outputs.auth_token }}" => "${{ github.token }}"
    } "passes on a secret or a token";
    a_push_with_the_wrong_half_of_a_key: registries {
        "web": WITH_KEY => "AWS_SECRET_ACCESS_KEY: ${{ steps.registry.outputs.aws-access-key-id }}"
    } "pushes another image, or as another";
    a_push_without_the_right_to_prove_itself: registries {
        "web": "      id-token: write # proves to AWS which job this is\n" => ""
    } "it lacks `id-token: write`";
    the_right_to_prove_itself_on_unreviewed_code: registries {
        "web-untrusted": "      contents: read # checkout\n" => "      contents: read # checkout\n      id-token: write\n"
    } "`id-token: write`, which no clause asks for";
    a_login_that_is_passed_over: registries {
        "web": LOGIN => &format!("{}        if: ${{{{ github.event_name == 'schedule' }}}}\n", LOGIN)
    } "is green without the step `Log in to the registry`";
}

#[test]
fn no_script_runs_once_the_job_has_logged_in() {
    let build = registries();
    let good = compiled(&build);
    let (before, rest) = good.text.split_once("      - name: Make the layout's folder").unwrap();
    let (login, after) = rest
        .split_once(LOGIN)
        .map(|(between, rest)| {
            let (login, push) = rest.split_once("      - name: Push web").unwrap();
            let between = format!("      - name: Make the layout's folder{between}");
            (format!("{LOGIN}{login}"), format!("{between}      - name: Push web{push}"))
        })
        .unwrap();
    let text = format!("{before}{login}{after}");
    let found = findings(&build, &GeneratedFile { text, ..good });
    assert!(found.iter().any(|it| it.contains("its steps are in another order")), "{found:#?}");
}
