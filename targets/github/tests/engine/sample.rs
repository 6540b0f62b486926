//! Pipelines for the proofs, built by hand.

use pipec_base::Span;
use pipec_ir::*;
use pipec_logic::Glob;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub fn glob(text: &str) -> Glob {
    Glob::parse(text).unwrap()
}

pub fn origin() -> Origin {
    Origin::at(Span::default())
}

pub struct Build {
    pub program: Program,
    pub pipeline: Pipeline,
}

impl Build {
    pub fn new(name: &str, triggers: Vec<Trigger>) -> Build {
        let sources = vec![SourceFile { path: format!("{name}.pipe"), is_standard: false }];
        let protected_branches = vec![glob("main")];
        let pipeline =
            Pipeline { name: name.to_owned(), triggers, sources, protected_branches, ..Pipeline::default() };
        Build { program: Program::default(), pipeline }
    }

    pub fn stage(&mut self, name: &str, condition: Condition) {
        let after = (0..self.pipeline.stages.len()).map(StageId).collect();
        let runs_on_schedule = condition.names_schedule();
        self.pipeline.stages.push(Stage {
            name: name.to_owned(),
            docs: Vec::new(),
            origin: origin(),
            after,
            finally: None,
            condition,
            condition_origin: None,
            runs_on_schedule,
            budget: None,
            nodes: Vec::new(),
        });
    }

    /// A node of the last stage. It comes after `before`, the nodes of earlier stages and the artefacts that it uses.
    pub fn node(&mut self, name: &str, kind: NodeKind, body: Body, before: &[&str]) -> &mut Node {
        let id = NodeId(self.pipeline.nodes.len());
        let stage = StageId(self.pipeline.stages.len() - 1);
        let mut all: BTreeSet<NodeId> =
            self.pipeline.nodes.iter().filter(|node| node.stage < stage).map(|node| node.id).collect();
        let used: Vec<&str> = body.uses.iter().map(|(name, _)| name.as_str()).collect();
        for name in before.iter().chain(&used) {
            let node = self.pipeline.node_named(name).unwrap();
            all.insert(node.id);
            all.extend(node.before.iter().copied());
        }
        self.pipeline.stages.last_mut().unwrap().nodes.push(id);
        self.pipeline.nodes.push(Node {
            name: name.to_owned(),
            id,
            docs: Vec::new(),
            origin: origin(),
            name_origin: origin(),
            stage,
            kind,
            body,
            before: all,
        });
        self.pipeline.nodes.last_mut().unwrap()
    }

    pub fn environment(&mut self, name: &str, tier: Tier) -> &mut Environment {
        let environment = Environment::new(name, tier, origin());
        Arc::make_mut(&mut self.program.environments).entry(name.to_owned()).or_insert(environment)
    }
}

pub fn run(script: &str) -> Step {
    Step { name: None, script: script.to_owned(), kind: StepKind::Run, origin: origin() }
}

pub fn check(script: &str) -> Step {
    Step { kind: StepKind::Check, ..run(script) }
}

pub fn body(steps: Vec<Step>, uses: &[&str]) -> Body {
    let uses = uses.iter().map(|name| ((*name).to_owned(), origin())).collect();
    Body { steps, uses, timeout: 600_000, ..Body::default() }
}

pub fn gate(evidence: &str, of: &[&str]) -> NodeKind {
    NodeKind::Gate(Gate {
        evidence: Evidence { name: evidence.to_owned(), of_artefact: !of.is_empty() },
        of: of.iter().map(|name| (*name).to_owned()).collect(),
        advisory: None,
        exemptions: Vec::new(),
        overriding: None,
        quorum: None,
    })
}

pub fn exempt(mut kind: NodeKind, when: Exemption, because: &str) -> NodeKind {
    if let NodeKind::Gate(gate) = &mut kind {
        gate.exemptions.push(ExemptionRule { when, because: because.to_owned(), origin: origin() });
    }
    kind
}

pub fn artefact(ty: ArtefactType, paths: &[&str]) -> NodeKind {
    let paths = paths.iter().map(|path| PathPattern { glob: glob(path), origin: origin() }).collect();
    NodeKind::Artefact(Artefact { ty, paths, image_name: None })
}

pub fn deploy(artefacts: &[&str], environment: &str) -> NodeKind {
    NodeKind::Deploy(Box::new(Deploy {
        artefacts: artefacts.iter().map(|name| (*name).to_owned()).collect(),
        environment: environment.to_owned(),
        environment_origin: origin(),
        delivery: Delivery::AtOnce,
        verify: None,
        reversal: None,
    }))
}

pub fn secret(name: &str, file: bool) -> Secret {
    Secret { variable: name.to_owned(), file, origin: origin() }
}

pub fn push(globs: &[&str]) -> Trigger {
    Trigger::Push(globs.iter().map(|text| glob(text)).collect(), origin())
}

pub fn pull_request(globs: &[&str]) -> Trigger {
    Trigger::PullRequest(globs.iter().map(|text| glob(text)).collect(), origin())
}

pub fn tag(globs: &[&str]) -> Trigger {
    Trigger::Tag(globs.iter().map(|text| glob(text)).collect(), origin())
}

/// The smallest pipeline: one branch, one gate, one artefact, one environment.
pub fn hello() -> Build {
    let mut build = Build::new("hello", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    build.node("unit", gate("test", &[]), body(vec![run("cargo test --locked")], &[]), &[]);
    let kind = artefact(ArtefactType::Binary, &["target/release/app"]);
    build.node("app", kind, body(vec![run("cargo build --release --locked")], &[]), &[]);
    build.stage("release", Condition::Always);
    let scripts = vec![run("./deploy.sh \"$APP_PATH\"")];
    build.node("deploy-app-to-production", deploy(&["app"], "production"), body(scripts, &["app"]), &[]);
    build.environment("production", Tier::Production);
    build
}

/// The smallest pipeline with an irreversible deploy.
pub fn one_way() -> Build {
    let mut build = hello();
    for node in &mut build.pipeline.nodes {
        if let NodeKind::Deploy(deploy) = &mut node.kind {
            let because = "a version is taken once".to_owned();
            deploy.reversal = Some(Reversal::Irreversible { because, origin: origin() });
        }
    }
    build
}

/// All features of the output: pull requests, a manual run, changes, exemptions, twins, approval, identities.
pub fn shop() -> Build {
    let inputs = vec![Input {
        name: "target".to_owned(),
        ty: InputType::String,
        default: Some(Text::literal("none")),
        docs: Vec::new(),
        origin: origin(),
    }];
    let triggers = vec![
        push(&["main", "release/*"]),
        pull_request(&["main"]),
        Trigger::Manual(inputs, origin()),
        Trigger::MergeQueue(origin()),
    ];
    let mut build = Build::new("shop", triggers);
    build.pipeline.changes = vec![
        ChangeRule {
            kind: "schema".to_owned(),
            globs: vec![glob("migrations/**")],
            because: None,
            origin: origin(),
        },
        ChangeRule { kind: "docs".to_owned(), globs: vec![glob("docs/**")], because: None, origin: origin() },
    ];
    build.stage("commit", Condition::Always);
    let steps =
        vec![run("npm ci"), check("npm test"), check("npm run lint -- \"${{ x }}\"\n"), run("echo done")];
    build.node("unit", gate("test", &[]), body(steps, &[]), &[]);
    let unless = Exemption::UnlessChanged(vec![Change::Kind("schema".to_owned())]);
    let kind = exempt(gate("schema-check", &[]), unless, "there is no migration");
    let kind = exempt(kind, Exemption::OnFork, "forks have no database");
    build.node("migrations", kind, body(vec![run("squawk migrations/*.sql")], &[]), &[]);
    build.node("app", artefact(ArtefactType::Binary, &["out/app"]), body(vec![run("make")], &[]), &[]);
    let mut pages = body(vec![run("make docs")], &[]);
    pages.rights = vec![(Right::Pages, origin())];
    pages.directory = Some(("site".to_owned(), origin()));
    build.node("pages", artefact(ArtefactType::Site, &["public/**"]), pages, &[]);
    let mut scan = body(vec![run("scan \"$APP_PATH\"")], &["app"]);
    scan.secrets = vec![secret("SCAN_TOKEN", false)];
    scan.env = vec![Binding {
        variable: "COMMIT".to_owned(),
        value: Text::fact(Fact::CommitShort),
        origin: origin(),
    }];
    build.node("scan", gate("vulnerability", &["app"]), scan, &[]);
    let style = build.node("style", gate("lint", &[]), body(vec![run("lint")], &[]), &[]);
    if let NodeKind::Gate(gate) = &mut style.kind {
        gate.advisory = Some(("being introduced".to_owned(), origin()));
    }
    build.stage("docs", Condition::Changed(vec![Change::Kind("docs".to_owned())]));
    build.node("links", NodeKind::Job, body(vec![run("check-links \"$PAGES_PATH\"")], &["pages"]), &[]);
    let on_main = || Condition::Branch(glob("main"));
    build.stage("acceptance", on_main());
    let mut staging = body(vec![run("helm upgrade")], &["app", "pages"]);
    staging.subject = Some("app".to_owned());
    build.node("deploy-app-to-staging", deploy(&["app", "pages"], "staging"), staging, &[]);
    let journeys = body(vec![run("npm run e2e")], &["app"]);
    build.node("journeys", gate("acceptance", &["app"]), journeys, &["deploy-app-to-staging"]);
    build.stage("release", on_main());
    let steps = vec![run("./deploy.sh \"$APP_PATH\"")];
    build.node("deploy-app-to-production", deploy(&["app"], "production"), body(steps, &["app"]), &[]);
    let chosen = Condition::Input { name: "target".to_owned(), value: "Europe".to_owned() };
    build.stage("europe", Condition::All(vec![on_main(), chosen]));
    let steps = vec![run("./deploy.sh \"$APP_PATH\" eu")];
    build.node("deploy-app-to-europe", deploy(&["app"], "europe"), body(steps, &["app"]), &[]);
    let staging = build.environment("staging", Tier::Staging);
    staging.url = Some(Text::literal("https://staging.shop.example"));
    staging.secrets = vec![secret("KUBECONFIG", true)];
    let production = build.environment("production", Tier::Production);
    production.approval =
        Some(Approval { role: "managers".to_owned(), min: 1, not_author: true, origin: origin() });
    production.identities = vec![Identity {
        provider: Provider::Aws,
        role: "arn:aws:iam::123456789012:role/shop".to_owned(),
        origin: origin(),
    }];
    production.values =
        vec![Binding { variable: "REGION".to_owned(), value: Text::literal("eu-west-1"), origin: origin() }];
    production.secrets = vec![secret("DATABASE_URL", false)];
    build.environment("europe", Tier::Production);
    let member = RoleMember { kind: MemberKind::Team, name: "acme/managers".to_owned() };
    build.program.roles.insert(
        "managers".to_owned(),
        Role {
            name: "managers".to_owned(),
            members: BTreeMap::from([("github".to_owned(), member)]),
            origin: origin(),
        },
    );
    build
}

/// Tags and branches.
pub fn library() -> Build {
    let mut build = Build::new(
        "library",
        vec![
            push(&["main"]),
            tag(&["v*", "v*/**"]),
            Trigger::Schedule(Schedule::parse("0 3 * * 1-5").unwrap(), origin()),
        ],
    );
    build.pipeline.protected_tags = vec![glob("v*")];
    build.stage("commit", Condition::Always);
    build.node("unit", gate("test", &[]), body(vec![run("cargo test")], &[]), &[]);
    build.node(
        "crate",
        artefact(ArtefactType::Package, &["a.crate", "b.crate"]),
        body(vec![run("cargo package")], &[]),
        &[],
    );
    build.stage("publish", Condition::All(vec![Condition::Event(Event::Tag), Condition::Tag(glob("v*"))]));
    let steps = body(vec![run("cargo publish")], &["crate"]);
    build.node("deploy-crate-to-registry", deploy(&["crate"], "registry"), steps, &[]);
    build.environment("registry", Tier::Production).secrets = vec![secret("TOKEN", false)];
    build
}

/// Images, one for its own registry.
pub fn images() -> Build {
    let mut build = Build::new("images", vec![push(&["main"]), pull_request(&["main"])]);
    let image = |name: &str| {
        NodeKind::Artefact(Artefact {
            ty: ArtefactType::Image,
            paths: Vec::new(),
            image_name: Some((name.to_owned(), origin())),
        })
    };
    build.stage("commit", Condition::Always);
    build.node("web", image("ghcr.io/acme/web"), body(vec![run("make web")], &[]), &[]);
    let mut scan = body(vec![run("trivy image --input \"$WEB_LAYOUT\"")], &["web"]);
    scan.env = vec![Binding {
        variable: "IMAGE".to_owned(),
        value: Text::fact(Fact::ArtefactName("web".to_owned())),
        origin: origin(),
    }];
    build.node("scan", gate("vulnerability", &["web"]), scan, &[]);
    build.stage("release", Condition::Branch(glob("main")));
    build.node("proxy", image("registry.shop.example/acme/proxy"), body(vec![run("make proxy")], &[]), &[]);
    let steps = body(vec![run("./deploy.sh \"$WEB_REF\" \"$PROXY_REF\"")], &["web", "proxy"]);
    build.node("deploy-web-proxy-to-production", deploy(&["web", "proxy"], "production"), steps, &[]);
    build.environment("production", Tier::Production);
    let registry = Registry {
        prefix: "registry.shop.example".to_owned(),
        login: Login::Password { user: "REGISTRY_USER".to_owned(), password: "REGISTRY_PASSWORD".to_owned() },
        origin: origin(),
    };
    build.program.registries.insert(registry.prefix.clone(), registry);
    build
}

fn officers(build: &mut Build) {
    let member = RoleMember { kind: MemberKind::Team, name: "acme/officers".to_owned() };
    let members = BTreeMap::from([("github".to_owned(), member)]);
    let role = Role { name: "officers".to_owned(), members, origin: origin() };
    build.program.roles.insert(role.name.clone(), role);
}

fn overridable(build: &mut Build, gate: &str) {
    let node = build.pipeline.nodes.iter_mut().find(|node| node.name == gate).unwrap();
    let NodeKind::Gate(gate) = &mut node.kind else { panic!("{gate} is no gate") };
    gate.overriding = Some(Override {
        role: "officers".to_owned(),
        expires: 86_400_000,
        review_within: 259_200_000,
        origin: origin(),
    });
}

/// The smallest pipeline with an override, without its own manual runs.
pub fn hotfix() -> Build {
    let mut build = hello();
    overridable(&mut build, "unit");
    officers(&mut build);
    build
}

/// A deploy on pushes only, in a pipeline with tags. Optionally, manual runs have their own stages.
pub fn pushed(with_manual_runs: bool) -> Build {
    let mut build = hotfix();
    build.pipeline.triggers.extend([push(&["release/*"]), tag(&["v*"])]);
    let release = build.pipeline.stages.last_mut().unwrap();
    release.condition =
        Condition::All(vec![Condition::Event(Event::Push), Condition::Not(Box::new(Condition::Fork))]);
    if with_manual_runs {
        build.pipeline.triggers.push(Trigger::Manual(Vec::new(), origin()));
        build.stage("by-hand", Condition::Event(Event::Manual));
        build.node("clean", NodeKind::Job, body(vec![run("make clean")], &[]), &[]);
        build.stage("otherwise", Condition::Not(Box::new(Condition::Event(Event::Manual))));
        build.node("tell", NodeKind::Job, body(vec![run("make tell")], &[]), &[]);
    }
    build
}

/// Two gates with overrides, one of them split into two jobs. The pipeline has manual runs, tags and all other
/// features.
pub fn guarded() -> Build {
    let mut build = shop();
    build.pipeline.triggers.push(tag(&["v*"]));
    overridable(&mut build, "scan");
    overridable(&mut build, "journeys");
    officers(&mut build);
    build
}

/// Tools by version and by file.
pub fn tools() -> Build {
    let tool = |name: &str, version: ToolVersion| Tool { name: name.to_owned(), version, origin: origin() };
    let exact = |text: &str| ToolVersion::Exact(text.to_owned());
    let file = |text: &str| ToolVersion::FromFile(text.to_owned());
    let mut build = Build::new("tools", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    let mut unit = body(vec![run("npm test")], &[]);
    unit.tools = vec![
        tool("node", file(".nvmrc")),
        tool("kubectl", exact("1.34.1")),
        tool("java", exact("21")),
        tool("rust", exact("1.95.0")),
    ];
    unit.secrets = vec![secret("LICENCE", true)];
    build.node("unit", gate("test", &[]), unit, &[]);
    build
}

/// A deploy with verification and rollback, and one with steps.
pub fn rollout() -> Build {
    const MINUTES: u64 = 60_000;
    let action = |steps: Vec<Step>| Action { steps, env: Vec::new(), origin: origin() };
    let mut build = Build::new("rollout", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    build.node("unit", gate("test", &[]), body(vec![run("make test")], &[]), &[]);
    build.node("app", artefact(ArtefactType::Binary, &["out/app"]), body(vec![run("make")], &[]), &[]);
    build.stage("try", Condition::Always);
    let mut judged = deploy(&["app"], "staging");
    if let NodeKind::Deploy(deploy) = &mut judged {
        let color = Text::literal("green");
        let env = vec![Binding { variable: "COLOR".to_owned(), value: color, origin: origin() }];
        deploy.verify = Some(Action { steps: vec![check("smoke"), check("links")], env, origin: origin() });
        deploy.reversal = Some(Reversal::Rollback(action(vec![run("back"), run("tell")])));
    }
    build.node("deploy-app-to-staging", judged, body(vec![run("stage")], &["app"]), &[]);
    build.stage("release", Condition::Always);
    let mut stepped = deploy(&["app"], "production");
    if let NodeKind::Deploy(deploy) = &mut stepped {
        let step = |weight: &str, soak| StrategyStep {
            weight: Weight::parse(weight).unwrap(),
            soak,
            origin: origin(),
        };
        let steps = vec![step("0.5", 10 * MINUTES), step("25", 20 * MINUTES)];
        let strategy = Strategy { kind: StrategyKind::Canary, steps, origin: origin() };
        let shift = action(vec![run("shift \"$PIPE_WEIGHT\"")]);
        deploy.delivery = Delivery::Stepwise { strategy, shift };
        deploy.verify = Some(action(vec![run("slo")]));
        deploy.reversal = Some(Reversal::Rollback(action(vec![run("rollback")])));
    }
    let mut of_production = body(Vec::new(), &["app"]);
    of_production.timeout = 30 * MINUTES;
    build.node("deploy-app-to-production", stepped, of_production, &[]);
    build.environment("staging", Tier::Staging);
    build.environment("production", Tier::Production).identities = vec![Identity {
        provider: Provider::Aws,
        role: "arn:aws:iam::123456789012:role/shop".to_owned(),
        origin: origin(),
    }];
    build
}

/// Nodes in containers.
pub fn containers() -> Build {
    let mut build = Build::new("containers", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    let boxed = |mut body: Body, image: &str| {
        body.runner.image = Some((image.to_owned(), origin()));
        body
    };
    let mut app = boxed(body(vec![run("make")], &[]), "node:22-alpine");
    app.secrets = vec![secret("LICENCE", true)];
    build.node("app", artefact(ArtefactType::Binary, &["out/app"]), app, &[]);
    let name = Some(("ghcr.io/acme/web".to_owned(), origin()));
    let web = Artefact { ty: ArtefactType::Image, paths: Vec::new(), image_name: name };
    build.node("web", NodeKind::Artefact(web), body(vec![run("make web")], &[]), &[]);
    let own = format!("box:1@sha256:{}", "0".repeat(64));
    let scan = boxed(body(vec![run("scan")], &["app", "web"]), &own);
    build.node("scan", gate("test", &[]), scan, &[]);
    build
}

pub fn report(format: &str, path: &str) -> Report {
    Report { format: ReportFormat::from_word(format).unwrap(), path: path_pattern(path), origin: origin() }
}

pub fn path_pattern(path: &str) -> PathPattern {
    PathPattern { glob: glob(path), origin: origin() }
}

/// Other parts of jobs: reports, and files kept after a failure.
pub fn workshop() -> Build {
    let triggers = vec![
        push(&["main"]),
        pull_request(&["main"]),
        tag(&["v*"]),
        Trigger::Schedule(Schedule::parse("0 3 * * 1-5").unwrap(), origin()),
        Trigger::Manual(Vec::new(), origin()),
    ];
    let mut build = Build::new("workshop", triggers);
    build.stage("commit", Condition::Always);
    build.pipeline.stages[0].runs_on_schedule = true;
    let mut unit = body(vec![run("make test")], &[]);
    unit.directory = Some(("app".to_owned(), origin()));
    unit.reports = vec![
        report("junit", "out/*.xml"),
        report("markdown", "notes.md"),
        report("junit", "more.xml"),
        report("coverage", ".cover/lcov.info"),
    ];
    unit.keeps = vec![Keep { paths: vec![path_pattern("logs/**"), path_pattern("core")], origin: origin() }];
    build.node("unit", gate("test", &[]), unit, &[]);
    let mut sast = body(vec![run("scan")], &[]);
    sast.reports = vec![report("sarif", "out/scan.sarif")];
    build.node("sast", gate("sast", &[]), sast, &[]);
    let mut spelling = body(vec![run("spell")], &[]);
    spelling.reports = vec![report("html", "spelling.html")];
    let kind = exempt(gate("lint", &[]), Exemption::OnFork, "forks have their own words");
    build.node("spelling", kind, spelling, &[]);
    build
}

/// A pipeline as large as people write. It has sixty gates in six stages, conditions of all kinds, and one deploy after
/// all of them.
pub fn large() -> Build {
    let mut build = shop();
    build.pipeline.name = "large".to_owned();
    for stage in 0..6 {
        let condition = match stage {
            0 | 1 => Condition::Always,
            2 => Condition::Changed(vec![Change::Kind("docs".to_owned())]),
            _ => Condition::Branch(glob("main")),
        };
        build.stage(&format!("more-{stage}"), condition);
        for place in 0..10 {
            let unless = Exemption::UnlessChanged(vec![Change::Kind("schema".to_owned())]);
            let kind =
                if place % 3 == 0 { exempt(gate("lint", &[]), unless, "none") } else { gate("lint", &[]) };
            build.node(&format!("gate-{stage}-{place}"), kind, body(vec![run("true")], &[]), &[]);
        }
    }
    build.stage("last", Condition::Branch(glob("main")));
    build.node("deploy-app-to-last", deploy(&["app"], "last"), body(vec![run("d")], &["app"]), &[]);
    build.environment("last", Tier::Production);
    build
}

fn leg(name: &str, host: RunnerHost, env: &[(&str, &str)]) -> Leg {
    let bind = |(variable, value): &(&str, &str)| Binding {
        variable: (*variable).to_owned(),
        value: Text::literal(*value),
        origin: origin(),
    };
    let runner = Runner { name: name.to_owned(), host, ..Runner::default() };
    Leg {
        name: name.to_owned(),
        values: BTreeMap::new(),
        runner: Some(runner),
        env: env.iter().map(bind).collect(),
        tools: Vec::new(),
    }
}

/// A job with every right.
pub fn rights() -> Build {
    let mut build = Build::new("rights", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    let mut all = body(vec![run("make all")], &[]);
    all.rights = Right::ALL.into_iter().map(|right| (right, origin())).collect();
    build.node("all", NodeKind::Job, all, &[]);
    build
}

/// Tools that differ between legs: from an axis, and from named legs.
pub fn tools_of_legs() -> Build {
    let tool = |name: &str, version: ToolVersion| Tool { name: name.to_owned(), version, origin: origin() };
    let exact = |name: &str, text: &str| tool(name, ToolVersion::Exact(text.to_owned()));
    let of_axis = |name: &str, axis: &str| tool(name, ToolVersion::OfAxis(axis.to_owned()));
    let mut build = Build::new("tools-of-legs", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    let in_versions = |python: &str, rust: &str| Leg {
        name: format!("{python}-{rust}"),
        values: BTreeMap::from([
            ("python".to_owned(), python.to_owned()),
            ("rust".to_owned(), rust.to_owned()),
        ]),
        runner: None,
        env: Vec::new(),
        tools: Vec::new(),
    };
    let mut unit = body(vec![run("make test")], &[]);
    unit.tools = vec![of_axis("python", "python"), of_axis("rust", "rust"), exact("node", "22")];
    unit.matrix = Some(Matrix {
        axes: vec![
            ("python".to_owned(), vec!["3.10".to_owned(), "3.11".to_owned()]),
            ("rust".to_owned(), vec!["1.95.0".to_owned()]),
        ],
        legs: vec![in_versions("3.10", "1.95.0"), in_versions("3.11", "1.95.0")],
        origin: origin(),
    });
    build.node("unit", gate("test", &[]), unit, &[]);
    let named = |name: &str, tools: Vec<Tool>| Leg { tools, ..leg(name, RunnerHost::LinuxX64, &[]) };
    let mut app = body(vec![run("make")], &[]);
    app.tools = vec![exact("go", "1.25")];
    app.matrix = Some(Matrix {
        axes: Vec::new(),
        legs: vec![
            named("old", vec![exact("helm", "3.18.0"), exact("go", "1.24")]),
            named("new", vec![exact("helm", "3.19.0")]),
        ],
        origin: origin(),
    });
    build.node("app", artefact(ArtefactType::Binary, &["out/app"]), app, &[]);
    build
}

/// An axis with these values.
fn of_axis(axis: &str, texts: &[&str]) -> Matrix {
    let value = |text: &str| BTreeMap::from([(axis.to_owned(), text.to_owned())]);
    Matrix {
        axes: vec![(axis.to_owned(), texts.iter().map(|&text| text.to_owned()).collect())],
        legs: texts
            .iter()
            .map(|text| Leg {
                name: (*text).to_owned(),
                values: value(text),
                runner: None,
                env: Vec::new(),
                tools: Vec::new(),
            })
            .collect(),
        origin: origin(),
    }
}

/// Nodes with legs. They are a gate over an axis in shards, an artefact of named legs, a site built for each value of
/// an axis, and a deploy of both.
pub fn legs() -> Build {
    let mut build = Build::new("legs", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    let mut unit = body(vec![run("make test")], &[]);
    unit.matrix = Some(of_axis("python", &["3.10", "3.11"]));
    unit.shards = Some((2, origin()));
    let fact = |variable: &str, fact| Binding {
        variable: variable.to_owned(),
        value: Text::fact(fact),
        origin: origin(),
    };
    unit.env = vec![
        fact("PYTHON", Fact::Matrix("python".to_owned())),
        fact("SHARD", Fact::ShardIndex),
        fact("SHARDS", Fact::ShardCount),
    ];
    build.node("unit", gate("test", &[]), unit, &[]);
    let mut app = body(vec![run("make\nmake strip\n"), run("make check")], &[]);
    app.env =
        vec![Binding { variable: "MODE".to_owned(), value: Text::literal("release"), origin: origin() }];
    app.matrix = Some(Matrix {
        axes: Vec::new(),
        legs: vec![
            leg("linux", RunnerHost::LinuxX64, &[("TARGET", "gnu")]),
            leg("windows", RunnerHost::WindowsX64, &[("TARGET", "msvc"), ("MODE", "debug")]),
        ],
        origin: origin(),
    });
    app.secrets = vec![secret("SIGNING_KEY", false)];
    build.node("app", artefact(ArtefactType::Binary, &["out/app"]), app, &[]);
    let mut book = body(vec![run("make book")], &[]);
    book.matrix = Some(of_axis("language", &["en", "de"]));
    build.node("book", artefact(ArtefactType::Site, &["book/**"]), book, &[]);
    build.stage("release", Condition::Branch(glob("main")));
    let scripts = vec![run("./deploy.sh \"$APP_PATH\" \"$BOOK_DIGEST\"")];
    let kind = deploy(&["app", "book"], "production");
    build.node("deploy-app-book-to-production", kind, body(scripts, &["app", "book"]), &[]);
    build.environment("production", Tier::Production);
    build
}

/// A gate with legs that is exempt by two rules, each with its reason.
pub fn exempt_legs() -> Build {
    let mut build = Build::new("exempt", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    let mut unit = body(vec![run("make test")], &[]);
    unit.matrix = Some(of_axis("python", &["3.10", "3.11"]));
    let code = Change::Glob(glob("src/**"));
    let kind = exempt(gate("test", &[]), Exemption::OnFork, "a fork has no licence");
    let kind = exempt(kind, Exemption::UnlessChanged(vec![code]), "there is no new code");
    build.node("unit", kind, unit, &[]);
    build
}

/// Two repeated gates. One has one script and runs three times; the other has several and checks, runs twice, and is
/// exempt on forks.
pub fn repeated() -> Build {
    let mut build = Build::new("repeated", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    build.node("app", artefact(ArtefactType::Binary, &["app"]), body(vec![run("make")], &[]), &[]);
    let quorum = |kind: NodeKind, times, quorum| match kind {
        NodeKind::Gate(gate) => NodeKind::Gate(Gate { quorum: Some(Quorum { times, quorum }), ..gate }),
        other => other,
    };
    let speed = quorum(gate("performance", &["app"]), 3, 2);
    build.node("speed", speed, body(vec![run("make bench")], &["app"]), &[]);
    let answers = quorum(gate("evaluation", &["app"]), 2, 2);
    let answers = exempt(answers, Exemption::OnFork, "forks have no model");
    let steps = vec![run("make ask"), check("make right"), check("make quick"), run("make clean")];
    build.node("answers", answers, body(steps, &["app"]), &[]);
    build.stage("release", Condition::Branch(glob("main")));
    let steps = body(vec![run("./deploy.sh")], &["app"]);
    build.node("deploy-app-to-production", deploy(&["app"], "production"), steps, &[]);
    build.environment("production", Tier::Production);
    build
}

pub fn retry(times: u64) -> Option<Retry> {
    Some(Retry { times, because: "the mirror is slow".to_owned(), origin: origin() })
}

/// Nodes with retries. They are an artefact of one script with caches and reports, an image, and a job with checks,
/// credentials and artefacts of one file and of legs, with three attempts.
pub fn retried() -> Build {
    let mut build = Build::new("retried", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    let cache = |path: &str| Cache { path: path.to_owned(), key_file: "a.lock".to_owned(), origin: origin() };
    let mut app = body(vec![run("make")], &[]);
    app.retry = retry(1);
    app.caches = vec![cache("~/.cache"), cache("target")];
    app.reports = vec![report("junit", "out/*.xml")];
    app.keeps = vec![Keep { paths: vec![path_pattern("logs/**")], origin: origin() }];
    build.node("app", artefact(ArtefactType::Binary, &["app"]), app, &[]);
    let mut book = body(vec![run("make book")], &[]);
    book.matrix = Some(of_axis("language", &["en", "de"]));
    book.retry = retry(1);
    build.node("book", artefact(ArtefactType::Site, &["book/**"]), book, &[]);
    let mut web = body(vec![run("make web")], &[]);
    web.retry = retry(1);
    let name = Some(("ghcr.io/acme/web".to_owned(), origin()));
    let image = Artefact { ty: ArtefactType::Image, paths: Vec::new(), image_name: name };
    build.node("web", NodeKind::Artefact(image), web, &[]);
    build.stage("publish", Condition::Event(Event::Push));
    let scripts = vec![run("./ready.sh"), check("./first.sh"), check("./second.sh"), run("./publish.sh")];
    let mut publish = body(scripts, &["app", "book"]);
    publish.retry = retry(2);
    publish.secrets = vec![secret("KEY_FILE", true), secret("TOKEN", false)];
    publish.identities = vec![Identity {
        provider: Provider::Aws,
        role: "arn:aws:iam::111122223333:role/publish".to_owned(),
        origin: origin(),
    }];
    build.node("publish", NodeKind::Job, publish, &[]);
    build
}

/// A job and a deploy with two identities and two secret files each.
pub fn keyring() -> Build {
    let identity = |provider, role: &str| Identity { provider, role: role.to_owned(), origin: origin() };
    let identities = || {
        vec![
            identity(Provider::Aws, "arn:aws:iam::111122223333:role/publish"),
            identity(Provider::Azure, "tenant/subscription/client"),
        ]
    };
    let mut build = hello();
    build.pipeline.name = "keyring".to_owned();
    build.stage("publish", Condition::Event(Event::Push));
    let mut publish = body(vec![run("./publish.sh")], &[]);
    publish.retry = retry(1);
    publish.secrets = vec![secret("FIRST", true), secret("SECOND", true)];
    publish.identities = identities();
    build.node("publish", NodeKind::Job, publish, &[]);
    build
}

/// An environment where only the newest deploy waits.
pub fn newest() -> Build {
    let mut build = hello();
    build.pipeline.name = "newest".to_owned();
    build.environment("production", Tier::Production).lock = Lock::Newest;
    build
}
