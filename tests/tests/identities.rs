//! The region in which a job signs in to AWS, from the source to the output.

use pipec_driver::{Content, InputText, Session};
use pipec_tests::workflows;

/// Jobs whose scripts know the region in different ways, each with the region of its login.
const JOBS: &[(&str, &str)] = &[
    ("env AWS_REGION = \"ap-southeast-2\"", "ap-southeast-2"),
    ("matrix { region \"eu-west-1\", \"us-west-2\" } env AWS_REGION = matrix.region", "us-east-1"),
    // A login is the same in all legs, so a region of one leg is not the region of the login.
    (
        "env AWS_REGION = \"eu-west-1\" matrix { a { env AWS_REGION = \"us-west-1\" } b { env X = \"1\" } }",
        "us-east-1",
    ),
    ("secret AWS_REGION", "us-east-1"),
    ("", "us-east-1"),
];

fn regions(text: &str) -> Vec<String> {
    let text = InputText { path: "a.pipe".to_owned(), content: Content::Text(text.into()) };
    let compilation = Session::new().compile(&[text], &workflows::options());
    assert!(!compilation.is_refused(), "{:#?}", compilation.diagnostics);
    let lines = compilation.outputs.iter().flat_map(|output| output.file.text.lines());
    lines.filter_map(|line| line.trim().strip_prefix("aws-region: ")).map(str::to_owned).collect()
}

#[test]
fn a_job_signs_in_where_its_scripts_work() {
    for (clauses, region) in JOBS {
        let identity = "identity aws \"arn:aws:iam::111122223333:role/one\"";
        let text = format!(
            "pipeline p {{\n  on push to main\n  stage s {{ job one {{ {clauses} {identity} run \"make\" }} }}\n}}\n"
        );
        assert_eq!(regions(&text), [*region], "{clauses}");
    }
}

#[test]
fn a_teardown_signs_in_where_its_scripts_work() {
    let preview = |clauses: &str, teardown: &str| {
        format!(
            "environment preview {{
  tier ephemeral
  open to members
  url \"https://preview.example\"
  ttl 2d
  identity aws \"arn:aws-cn:iam::111122223333:role/preview\"
  {clauses}
  teardown {{ run \"./remove.sh\" {teardown} }}
}}

pipeline shop {{
  on pull-request to main
  stage commit {{ artefact app: archive {{ run \"make\" path \"out/app\" }} }}
  stage preview when not fork {{ deploy app to preview {{ run \"./preview.sh\" }} }}
}}
"
        )
    };
    let value = preview("value AWS_REGION = \"cn-northwest-1\"", "");
    assert_eq!(regions(&value), ["cn-northwest-1", "cn-northwest-1"]);
    let own = preview("", "env AWS_REGION = \"cn-northwest-1\"");
    assert_eq!(regions(&own), ["cn-north-1", "cn-northwest-1"]);
}
