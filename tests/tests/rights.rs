//! Least authority: the output grants exactly the rights in the reference's table.
//!
//! The table from clauses to rights is read from the reference, and the clauses of a node from the program. Neither the
//! emitter nor the engine model is used. If you give a right to a clause, add its row to the reference, and to
//! [`CLAUSES`] with a test for the clause.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper that panics fails its test"
)]

use pipec_ir::facts::SourceFacts;
use pipec_ir::{
    Approval, Checkout, Condition, Direction, Environment, Event, Exemption, Node, NodeKind, Pipeline,
    Program, ReportFormat, Right, Tier, Visibility,
};
use pipec_tests::workflows::{Built, build, corpus, lines};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Rights = BTreeMap<String, String>;

/// The origin of a job.
struct Job<'p> {
    program: &'p Program,
    pipeline: &'p Pipeline,
    id: &'p str,
    node: Option<&'p Node>,
    /// Whether it runs reviewed code.
    trusted: bool,
}

impl Job<'_> {
    fn environment(&self) -> Option<&Environment> {
        match &self.node?.kind {
            NodeKind::Deploy(deploy) => self.program.environments.get(&deploy.environment),
            _ => None,
        }
    }

    fn may_write(&self, right: Right) -> bool {
        self.trusted && self.node.is_some_and(|node| node.body.rights.iter().any(|(own, _)| *own == right))
    }

    /// The ephemeral environment that it deploys to.
    fn preview(&self) -> Option<&Environment> {
        self.environment().filter(|environment| environment.tier == Tier::Ephemeral)
    }

    fn lasting(&self) -> Option<&Environment> {
        self.environment().filter(|environment| environment.tier != Tier::Ephemeral)
    }

    /// The ephemeral environment of a job in the teardown workflow.
    fn of_preview(&self, start: &str) -> Option<&Environment> {
        let name = self.id.strip_prefix(start).filter(|_| self.node.is_none())?;
        let entered = self.pipeline.deploys().any(|(_, deploy)| deploy.environment == name);
        self.program.environments.get(name).filter(|it| entered && it.tier == Tier::Ephemeral)
    }

    fn approval(&self) -> Option<&Approval> {
        self.environment()?.approval.as_ref()
    }

    fn compares(&self) -> bool {
        self.id == "plan" && asks_what_changed(self.pipeline)
    }
}

fn asks_what_changed(pipeline: &Pipeline) -> bool {
    let in_stages = pipeline
        .stages
        .iter()
        .flat_map(|stage| stage.condition.atoms())
        .any(|atom| matches!(atom, Condition::Changed(_)));
    let in_gates = pipeline
        .gates()
        .flat_map(|(_, gate)| &gate.exemptions)
        .any(|rule| matches!(rule.when, Exemption::UnlessChanged(_)));
    in_stages || in_gates
}

fn is_private_and_free(program: &Program) -> bool {
    let platform = program.platforms.get("github");
    platform.is_some_and(|platform| {
        platform.visibility == Visibility::Private && platform.plan.as_deref() == Some("free")
    })
}

/// A clause as the table writes it, and whether a job's node has it.
type Clause = (&'static str, fn(&Job<'_>) -> bool);

const CLAUSES: &[Clause] = &[
    ("a checkout", |job| job.node.is_some_and(|node| node.body.checkout != Checkout::None)),
    ("`may write releases`", |job| job.may_write(Right::Releases)),
    ("`may write pages`", |job| job.may_write(Right::Pages)),
    ("`may write packages`", |job| job.may_write(Right::Packages)),
    ("`checks`", |job| job.may_write(Right::Checks)),
    ("`issues`", |job| job.may_write(Right::Issues)),
    ("`pull-requests`", |job| job.may_write(Right::PullRequests)),
    ("`discussions`", |job| job.may_write(Right::Discussions)),
    ("`statuses`", |job| job.may_write(Right::Statuses)),
    ("`may write attestations`", |job| job.may_write(Right::Attestations)),
    ("`may write security-events`", |job| job.may_write(Right::SecurityEvents)),
    ("`report sarif`", |job| {
        job.trusted
            && job.node.is_some_and(|node| {
                node.body.reports.iter().any(|report| report.format == ReportFormat::Sarif)
            })
    }),
    ("an image at `ghcr.io` without a `registry`", |job| {
        let image = job.node.and_then(|node| match &node.kind {
            NodeKind::Artefact(artefact) => artefact.image_name.as_ref(),
            _ => None,
        });
        job.trusted
            && image.is_some_and(|(name, _)| {
                name.starts_with("ghcr.io/")
                    && !job.program.registries.keys().any(|prefix| name.starts_with(prefix.as_str()))
            })
    }),
    ("`identity …`", |job| {
        let own = job.node.is_some_and(|node| !node.body.identities.is_empty());
        let environment = job.environment().filter(|_| job.trusted || job.preview().is_some());
        let environment = environment.or_else(|| job.of_preview("teardown-"));
        own && job.trusted || environment.is_some_and(|it| !it.identities.is_empty())
    }),
    ("`approval by …`", |job| job.approval().is_some_and(|approval| !approval.not_author)),
    ("`approval by … not author`", |job| job.approval().is_some_and(|approval| approval.not_author)),
    ("a deploy that goes `forward by history`", |job| {
        job.lasting().is_some_and(|environment| environment.direction == Direction::History)
    }),
    ("a deploy that goes `forward by version`", |job| {
        job.lasting().is_some_and(|environment| matches!(environment.direction, Direction::Version { .. }))
    }),
    ("a deploy in a private repository on the plan `free`", |job| {
        job.environment().is_some() && is_private_and_free(job.program)
    }),
    ("a deploy to an ephemeral environment", |job| job.preview().is_some()),
    ("the job `find-ENVIRONMENT`", |job| job.of_preview("find-").is_some()),
    ("the job `teardown-ENVIRONMENT`", |job| job.of_preview("teardown-").is_some()),
    ("the job `plan`, where it compares", |job| job.compares()),
    ("the job `plan`, where it compares and a push may start it", |job| {
        job.compares() && job.pipeline.events().contains(&Event::Push)
    }),
    ("the job `plan`, where a gate may be overridden", |job| {
        job.id == "plan" && job.pipeline.gates().any(|(_, gate)| gate.overriding.is_some())
    }),
    ("the job `override-GATE`", |job| {
        let named =
            |name| job.pipeline.gates().any(|(node, it)| node.name == name && it.overriding.is_some());
        job.node.is_none() && job.id.strip_prefix("override-").is_some_and(named)
    }),
];

/// The job id in a row for a job without a node: "the job `record`".
fn whole_job(clause: &str) -> Option<&str> {
    let id = clause.strip_prefix("the job `")?.strip_suffix('`')?;
    id.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-').then_some(id)
}

/// The table of the reference: each clause with its rights. In a row of several clauses, each clause has the right at
/// its position.
fn table() -> BTreeMap<String, Vec<(String, String)>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler/docs/github.md");
    let page = std::fs::read_to_string(path).expect("the reference");
    let (_, section) = page.split_once("\n## Permissions\n").expect("the section of permissions");
    let section = section.split("\n## ").next().expect("the section");
    let mut table = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let [clauses, rights] = row.trim_matches('|').split(" | ").collect::<Vec<_>>()[..] else {
            panic!("this row has no two columns: {row}");
        };
        let rights: Vec<(String, String)> = rights
            .split(", ")
            .map(|right| {
                let (scope, level) = right.trim().trim_matches('`').split_once(": ").expect("a right");
                (scope.to_owned(), level.to_owned())
            })
            .collect();
        let several: Vec<&str> = clauses.trim().split("`, `").collect();
        if several.len() == 1 {
            table.insert(clauses.trim().to_owned(), rights);
            continue;
        }
        assert_eq!(several.len(), rights.len(), "which clause has which right? {row}");
        for (clause, right) in several.iter().zip(rights) {
            table.insert(format!("`{}`", clause.trim_matches('`')), vec![right]);
        }
    }
    table
}

fn add(rights: &mut Rights, scope: &str, level: &str) {
    let known = rights.entry(scope.to_owned()).or_insert_with(|| level.to_owned());
    if level == "write" {
        level.clone_into(known);
    }
}

/// The rights of every job in an emitted file, and those at its top.
fn granted(text: &str) -> (Option<String>, BTreeMap<String, Option<Rights>>) {
    let mut head = None;
    let mut jobs: BTreeMap<String, Option<Rights>> = BTreeMap::new();
    for line in lines(text) {
        let value = line.value.split(" #").next().unwrap_or_default().to_owned();
        if line.is(&["permissions"]) {
            head = Some(value);
        } else if line.is(&["jobs", "*"]) {
            jobs.insert(line.path.last().expect("a job").clone(), None);
        } else if line.is(&["jobs", "*", "permissions"]) {
            assert!(value.is_empty() || value == "{}", "not a list of rights: {value}");
            *jobs.get_mut(&line.path[1]).expect("its job") = Some(Rights::new());
        } else if line.is(&["jobs", "*", "permissions", "*"]) {
            let rights = jobs.get_mut(&line.path[1]).and_then(Option::as_mut).expect("its job");
            rights.insert(line.path[3].clone(), value);
        }
    }
    (head, jobs)
}

/// The node of a job, and whether the job is for unreviewed code.
fn node_of<'p>(pipeline: &'p Pipeline, id: &str) -> (Option<&'p Node>, bool) {
    match pipeline.node_named(id) {
        Some(node) => (Some(node), false),
        None => (id.strip_suffix("-untrusted").and_then(|name| pipeline.node_named(name)), true),
    }
}

/// Whether a node can be in a run of reviewed code.
fn can_be_trusted(pipeline: &Pipeline, node: &Node) -> bool {
    let facts = SourceFacts::of(pipeline).expect("a proven pipeline");
    let trusted = facts.propositions().and(&facts.due_node(node), &facts.trusted());
    facts.propositions().is_satisfiable(&trusted).expect("a proven pipeline")
}

/// Adds the differences between the output and the table. Also adds the clauses that occurred.
fn judge(built: &Built, wrong: &mut Vec<String>, said: &mut BTreeSet<String>) {
    let table = table();
    let program = &built.compilation.program;
    for output in built.compilation.outputs.iter().filter(|output| output.target == "github") {
        let pipeline = program
            .pipelines
            .iter()
            .find(|it| it.name == output.owner.pipeline)
            .expect("the pipeline of a file");
        let (head, jobs) = granted(&output.file.text);
        if head.as_deref() != Some("{}") {
            wrong.push(format!("{}: the head grants {head:?}", built.name));
        }
        for (id, granted) in jobs {
            let (node, twin) = node_of(pipeline, &id);
            let trusted = !twin && node.is_some_and(|node| can_be_trusted(pipeline, node));
            let job = Job { program, pipeline, id: &id, node, trusted };
            let mut wanted = Rights::new();
            for (clause, is_said) in CLAUSES {
                if is_said(&job) {
                    said.insert((*clause).to_owned());
                    for (scope, level) in table.get(*clause).into_iter().flatten() {
                        add(&mut wanted, scope, level);
                    }
                }
            }
            for (clause, rights) in &table {
                if node.is_none() && whole_job(clause) == Some(id.as_str()) {
                    said.insert(clause.clone());
                    rights.iter().for_each(|(scope, level)| add(&mut wanted, scope, level));
                }
            }
            // A job without `permissions` has those of the workflow, which are checked above.
            if granted.clone().unwrap_or_default() != wanted {
                wrong.push(format!(
                    "{}: job `{id}` has {granted:?}, and its clauses give it {wanted:?}",
                    built.name
                ));
            }
        }
    }
}

/// A program with all clauses that have a row.
const EVERY_CLAUSE: &str = r#"
pipeline every {
  on push to main
  on tag "v*"
  on pull-request to main
  change docs "docs/**"

  stage commit {
    gate unit: test {
      run "make test"
      exempt unless changed code because "only the manual changed"
    }
    gate findings: sast {
      run "make scan"
      report sarif "scan.sarif"
    }
    gate bare: lint {
      checkout none
      run "curl --fail https://acme.example"
      override by managers { expires 24h review within 3d }
    }
    artefact app: archive {
      may write releases, pages, packages, checks, issues
      run "make"
      path "dist/**"
    }
    artefact web: image {
      name "ghcr.io/acme/web"
      run "make image"
    }
    job triage {
      may write pull-requests, discussions, statuses, security-events
      run "make triage"
    }
    artefact proof: package {
      may write attestations
      run "make proof"
      path "proof/**"
    }
    job report {
      identity aws "arn:aws:iam::123456789012:role/report"
      run "make report"
    }
  }

  stage review when event is pull-request {
    job look {
      may write checks
      run "make look"
    }
  }

  stage preview when event is pull-request and not fork {
    deploy web to preview { run "./deploy.sh" }
  }

  stage release when branch is main {
    deploy app, web to staging { run "./deploy.sh" }
    deploy app, web to production { run "./deploy.sh" }
  }

  stage publish when event is tag {
    deploy app to store { run "./publish.sh" }
  }
}

environment store {
  tier staging
  forward by version
}

environment preview {
  tier ephemeral per pull-request
  open to members
  ttl 8h
  identity aws "arn:aws:iam::123456789012:role/preview"
  teardown run "./remove.sh \"$PIPE_PULL_REQUEST\""
}

environment staging {
  approval by managers
  identity aws "arn:aws:iam::123456789012:role/staging"
}

environment production {
  after staging
  requires test
  approval by managers not author
}

role managers { github team "acme/managers" }
"#;

/// The clauses that no program has together with all those above.
const ON_A_SMALL_PLAN: &str = r#"
platform github { visibility private  plan free }

pipeline small {
  on push to main
  stage commit {
    gate unit: test { checkout none  run "./unit.sh" }
    artefact app: archive {
      run "make"
      path "dist/**"
    }
  }
  stage release {
    deploy app to production {
      checkout none
      run "./deploy.sh"
    }
  }
}

environment production {}
"#;

#[test]
fn the_table_of_the_reference_and_the_clauses_known_here_are_the_same() {
    let written: BTreeSet<String> =
        table().into_keys().filter(|clause| whole_job(clause).is_none()).collect();
    let known: BTreeSet<String> = CLAUSES.iter().map(|(clause, _)| (*clause).to_owned()).collect();
    assert_eq!(written, known, "give each row of the reference its clause here, and each clause its row");
}

#[test]
fn every_row_is_used_and_every_right_has_a_row() {
    let (mut wrong, mut said) = (Vec::new(), BTreeSet::new());
    for (name, program) in [("every clause", EVERY_CLAUSE), ("on a small plan", ON_A_SMALL_PLAN)] {
        let compilation = build(program);
        assert_eq!(compilation.diagnostics, []);
        judge(&Built { name: name.to_owned(), compilation }, &mut wrong, &mut said);
    }
    assert_eq!(wrong, [""; 0]);
    let unused: Vec<String> = table().into_keys().filter(|clause| !said.contains(clause)).collect();
    assert_eq!(unused, [""; 0], "let a program say them");
}

#[test]
fn every_output_grants_exactly_the_table() {
    let corpus = corpus(400);
    assert!(corpus.len() >= 100, "only {} programs can be built", corpus.len());
    let (mut wrong, mut said) = (Vec::new(), BTreeSet::new());
    for built in &corpus {
        judge(built, &mut wrong, &mut said);
    }
    assert!(wrong.is_empty(), "{} jobs\n{}", wrong.len(), wrong.join("\n"));
}
