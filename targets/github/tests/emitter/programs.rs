//! Programs built by hand, as the analysis would build them from small sources.

use crate::one_pipeline::{self, Output};
use pipec_ir::*;
use pipec_logic::Glob;
use std::collections::BTreeMap;
use std::sync::Arc;

pub fn glob(text: &str) -> Glob {
    Glob::parse(text).unwrap()
}

pub fn globs(texts: &[&str]) -> Vec<Glob> {
    texts.iter().map(|text| glob(text)).collect()
}

pub fn origin() -> Origin {
    Origin::default()
}

pub fn on_push(branches: &[&str]) -> Trigger {
    Trigger::Push(globs(branches), origin())
}

pub fn on_pull_request(branches: &[&str]) -> Trigger {
    Trigger::PullRequest(globs(branches), origin())
}

pub fn step(script: &str) -> Step {
    Step { name: None, script: script.to_owned(), kind: StepKind::Run, origin: origin() }
}

pub fn check(name: &str, script: &str) -> Step {
    Step { name: Some(name.to_owned()), kind: StepKind::Check, ..step(script) }
}

pub fn body(scripts: &[&str]) -> Body {
    Body { steps: scripts.iter().map(|script| step(script)).collect(), timeout: 600_000, ..Body::default() }
}

pub fn binding(variable: &str, value: Text) -> Binding {
    Binding { variable: variable.to_owned(), value, origin: origin() }
}

pub fn secret(variable: &str, file: bool) -> Secret {
    Secret { variable: variable.to_owned(), file, origin: origin() }
}

/// The product of axes.
pub fn axes(axes: &[(&str, &[&str])]) -> Matrix {
    let axes: Vec<(String, Vec<String>)> = axes
        .iter()
        .map(|(name, values)| ((*name).to_owned(), values.iter().map(|&value| value.to_owned()).collect()))
        .collect();
    let mut combinations: Vec<BTreeMap<String, String>> = vec![BTreeMap::new()];
    for (name, values) in &axes {
        combinations = combinations
            .into_iter()
            .flat_map(|so_far| {
                values.iter().map(move |value| {
                    let mut more = so_far.clone();
                    more.insert(name.clone(), value.clone());
                    more
                })
            })
            .collect();
    }
    let legs = combinations.into_iter().map(|values| {
        let name: Vec<String> = axes.iter().map(|(name, _)| values[name].clone()).collect();
        Leg { name: name.join("-"), values, runner: None, env: Vec::new(), tools: Vec::new() }
    });
    Matrix { legs: legs.collect(), axes: axes.clone(), origin: origin() }
}

/// A named leg.
pub fn leg(name: &str, host: RunnerHost, env: &[(&str, &str)]) -> Leg {
    let env = env.iter().map(|(variable, value)| binding(variable, Text::literal(*value))).collect();
    let runner = Runner { name: name.to_owned(), host, ..Runner::default() };
    Leg { name: name.to_owned(), values: BTreeMap::new(), runner: Some(runner), env, tools: Vec::new() }
}

pub fn gate(kind: &str, of: &[&str]) -> Gate {
    Gate {
        evidence: Evidence { name: kind.to_owned(), of_artefact: !of.is_empty() },
        of: of.iter().map(|name| (*name).to_owned()).collect(),
        advisory: None,
        exemptions: Vec::new(),
        overriding: None,
        quorum: None,
    }
}

pub fn artefact(ty: ArtefactType, paths: &[&str]) -> NodeKind {
    let pattern = |text: &&str| PathPattern { glob: glob(text), origin: origin() };
    NodeKind::Artefact(Artefact { ty, paths: paths.iter().map(pattern).collect(), image_name: None })
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

pub fn environment(name: &str) -> Environment {
    Environment::new(name, Tier::Production, origin())
}

/// A pipeline under construction.
pub struct Build {
    pub program: Program,
    pub pipeline: Pipeline,
}

impl Build {
    pub fn new(name: &str, triggers: Vec<Trigger>) -> Build {
        let source = SourceFile { path: format!("{name}.pipe"), is_standard: false };
        let pipeline =
            Pipeline { name: name.to_owned(), triggers, sources: vec![source], ..Pipeline::default() };
        Build { program: Program::default(), pipeline }
    }

    pub fn environment(mut self, environment: Environment) -> Build {
        Arc::make_mut(&mut self.program.environments).insert(environment.name.clone(), environment);
        self
    }

    pub fn role(mut self, name: &str, engines: &[&str]) -> Build {
        let member = || RoleMember { kind: MemberKind::Team, name: "acme/release".to_owned() };
        let members: BTreeMap<String, RoleMember> =
            engines.iter().map(|engine| ((*engine).to_owned(), member())).collect();
        let role = Role { name: name.to_owned(), members, origin: origin() };
        self.program.roles.insert(name.to_owned(), role);
        self
    }

    pub fn change(mut self, kind: &str, paths: &[&str]) -> Build {
        let rule = ChangeRule { kind: kind.to_owned(), globs: globs(paths), because: None, origin: origin() };
        self.pipeline.changes.push(rule);
        self
    }

    /// Adds a stage for the following nodes.
    pub fn stage(mut self, name: &str, condition: Condition) -> Build {
        let after = self.pipeline.stages.len().checked_sub(1).map(StageId).into_iter().collect();
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
        self
    }

    /// Adds a `finally` after these stages for the following nodes.
    pub fn finally(self, name: &str, after: &[usize], on: &[Outcome], condition: Condition) -> Build {
        let mut build = self.stage(name, condition);
        let stage = build.pipeline.stages.last_mut().unwrap();
        stage.after = after.iter().copied().map(StageId).collect();
        stage.finally = Some(Outcomes::of(on));
        stage.runs_on_schedule = true;
        build
    }

    /// Adds a node after the named ones and their predecessors.
    pub fn node(mut self, name: &str, kind: NodeKind, mut body: Body, before: &[&str]) -> Build {
        let id = NodeId(self.pipeline.nodes.len());
        let stage = StageId(self.pipeline.stages.len() - 1);
        if let NodeKind::Deploy(deploy) = &kind {
            body.uses.extend(deploy.artefacts.iter().map(|artefact| (artefact.clone(), origin())));
        }
        let mut all = std::collections::BTreeSet::new();
        for name in before {
            let node = self.pipeline.node_named(name).unwrap();
            all.extend(node.before.iter().copied());
            all.insert(node.id);
        }
        if !matches!(kind, NodeKind::Deploy(_)) {
            let stage = &mut self.pipeline.stages[stage.0];
            let deploys =
                stage.nodes.iter().any(|id| matches!(self.pipeline.nodes[id.0].kind, NodeKind::Deploy(_)));
            stage.runs_on_schedule |= !deploys;
        } else {
            let stage = &mut self.pipeline.stages[stage.0];
            stage.runs_on_schedule = stage.condition.names_schedule();
        }
        self.pipeline.stages[stage.0].nodes.push(id);
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
        self
    }

    pub fn edit(mut self, name: &str, change: impl FnOnce(&mut Node)) -> Build {
        change(self.pipeline.nodes.iter_mut().find(|node| node.name == name).unwrap());
        self
    }

    pub fn output(&self) -> Output {
        one_pipeline::emit(&self.program, &self.pipeline, false)
    }

    /// The workflow. Panics with the target's findings if there is none.
    pub fn workflow(&self) -> String {
        let output = self.output();
        assert!(output.diagnostics.is_empty(), "{:#?}", output.diagnostics);
        output.files.into_iter().next().unwrap().text
    }

    /// The code and message of each diagnostic.
    pub fn complaints(&self) -> Vec<String> {
        let output = self.output();
        output
            .diagnostics
            .iter()
            .map(|diagnostic| format!("{} {}", diagnostic.code, diagnostic.message))
            .collect()
    }
}

/// The example of the language reference's first page.
pub fn hello() -> Build {
    Build::new("hello", vec![on_push(&["main"])])
        .environment(Environment {
            requires: vec![("test".to_owned(), origin())],
            ..environment("production")
        })
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), body(&["cargo test --locked"]), &[])
        .node(
            "app",
            artefact(ArtefactType::Binary, &["target/release/app"]),
            body(&["cargo build --release --locked"]),
            &[],
        )
        .stage("release", Condition::Always)
        .node(
            "deploy-app-to-production",
            deploy(&["app"], "production"),
            body(&["./deploy.sh \"$APP_PATH\""]),
            &["unit", "app"],
        )
}

/// A service with most of the parts that a job can have.
pub fn service() -> Build {
    let migrations = Gate {
        exemptions: vec![ExemptionRule {
            when: Exemption::UnlessChanged(vec![
                Change::Kind("schema".to_owned()),
                Change::Glob(glob("db/**")),
            ]),
            because: "there is no migration to check".to_owned(),
            origin: origin(),
        }],
        ..gate("schema-check", &[])
    };
    let on_main = || Condition::Branch(glob("main"));
    let advisory = Gate { advisory: Some(("it is new".to_owned(), origin())), ..gate("lint", &[]) };
    let production = Environment {
        url: Some(Text::literal("https://shop.example")),
        approval: Some(Approval {
            role: "release-managers".to_owned(),
            min: 1,
            not_author: true,
            origin: origin(),
        }),
        secrets: vec![secret("DATABASE_URL", false), secret("KUBECONFIG", true)],
        values: vec![binding("AWS_REGION", Text::literal("eu-west-1"))],
        identities: vec![Identity {
            provider: Provider::Aws,
            role: "arn:aws:iam::123456789012:role/storefront-production".to_owned(),
            origin: origin(),
        }],
        ..environment("production")
    };
    let mut notes = body(&["./notes.sh --tag \"$BUILD\" > notes.md", "gh release create \"$BUILD\""]);
    notes.rights = vec![(Right::Releases, origin())];
    notes.secrets = vec![secret("CHAT_TOKEN", false)];
    let mut build = Text::literal("build-");
    build.append(Text::fact(Fact::CommitShort));
    notes.env = vec![binding("BUILD", build), binding("RUN", Text::fact(Fact::RunUrl))];
    let mut journeys = body(&["npm ci", "npm run e2e"]);
    journeys.uses = vec![("site".to_owned(), origin())];
    journeys.subject = Some("site".to_owned());
    journeys.directory = Some(("e2e".to_owned(), origin()));
    Build::new("storefront", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .role("release-managers", &["github"])
        .environment(production)
        .environment(Environment { tier: Tier::Staging, ..environment("staging") })
        .change("schema", &["migrations/**"])
        .change("docs", &["docs/**", "*.md"])
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), body(&["npm ci\nnpm test\n"]), &[])
        .node("style", NodeKind::Gate(advisory), body(&["npm run lint"]), &[])
        .node("migrations", NodeKind::Gate(migrations), body(&["squawk migrations/*.sql"]), &[])
        .node(
            "site",
            artefact(ArtefactType::Site, &["dist/**", "index.html"]),
            body(&["npm ci", "npm run build"]),
            &[],
        )
        .node("notes", NodeKind::Job, notes, &[])
        .edit("site", |node| node.docs = vec!["The pages, minified.".to_owned()])
        .stage("acceptance", on_main())
        .node(
            "deploy-site-to-staging",
            deploy(&["site"], "staging"),
            body(&["./deploy.sh staging"]),
            &["unit", "style", "migrations", "site", "notes"],
        )
        .node(
            "journeys",
            NodeKind::Gate(gate("acceptance", &["site"])),
            journeys,
            &["deploy-site-to-staging"],
        )
        .stage("release", on_main())
        .node(
            "deploy-site-to-production",
            deploy(&["site"], "production"),
            body(&["./deploy.sh production"]),
            &["journeys"],
        )
}

/// A gate with `override by security-officers { expires 24h review within 3d }`.
pub fn overridable(gate: Gate) -> Gate {
    let overriding = Override {
        role: "security-officers".to_owned(),
        expires: 86_400_000,
        review_within: 259_200_000,
        origin: origin(),
    };
    Gate { overriding: Some(overriding), ..gate }
}

/// A gate with an override, in a pipeline with manual runs.
pub fn overridden() -> Build {
    let mut clean = body(&["make clean"]);
    clean.checkout = Checkout::None;
    let triggers = vec![
        on_push(&["main", "release/*"]),
        on_pull_request(&["main"]),
        Trigger::Manual(Vec::new(), origin()),
    ];
    let mut build = Build::new("overridden", triggers)
        .role("security-officers", &["github"])
        .environment(environment("production"))
        .stage("commit", Condition::Not(Box::new(Condition::Event(Event::Manual))))
        .node("app", artefact(ArtefactType::Binary, &["out/app"]), body(&["make"]), &[])
        .node(
            "scan",
            NodeKind::Gate(overridable(gate("vulnerability", &["app"]))),
            body(&["./scan.sh"]),
            &["app"],
        )
        .stage("release", Condition::Event(Event::Push))
        .node(
            "deploy-app-to-production",
            deploy(&["app"], "production"),
            body(&["./deploy.sh"]),
            &["app", "scan"],
        )
        .stage("housekeeping", Condition::Event(Event::Manual))
        .node("clean", NodeKind::Job, clean, &[]);
    build.pipeline.protected_branches = globs(&["main"]);
    build
}

/// A preview for each pull request of a member, and a path to production.
pub fn previews() -> Build {
    let members = vec![Condition::Event(Event::PullRequest), Condition::Not(Box::new(Condition::Fork))];
    let host = Text {
        pieces: vec![
            Piece::Literal("https://pr-".to_owned()),
            Piece::Fact(Fact::PullRequestNumber),
            Piece::Literal(".shop.example".to_owned()),
        ],
    };
    Build::new("previews", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .environment(Environment {
            tier: Tier::Ephemeral,
            open_to_members: true,
            url: Some(host.clone()),
            ttl: Some(172_800_000),
            values: vec![binding("SITE", host)],
            secrets: vec![secret("TOKEN", false), secret("KEY", true)],
            identities: vec![Identity {
                provider: Provider::Aws,
                role: "arn:aws:iam::123456789012:role/preview".to_owned(),
                origin: origin(),
            }],
            teardown: Some(Action {
                steps: vec![step("./remove.sh \"$SITE\""), check("gone", "./gone.sh")]
                    .into_iter()
                    .map(|step| Step { kind: StepKind::Run, ..step })
                    .collect(),
                env: vec![binding("PARTS", Text::literal("all"))],
                origin: origin(),
            }),
            ..environment("preview")
        })
        .environment(environment("production"))
        .stage("commit", Condition::Always)
        .node("pages", artefact(ArtefactType::Package, &["dist/**"]), body(&["make"]), &[])
        .stage("preview", Condition::All(members))
        .node("deploy-pages-to-preview", deploy(&["pages"], "preview"), body(&["./deploy.sh"]), &["pages"])
        .stage("release", Condition::Branch(glob("main")))
        .node(
            "deploy-pages-to-production",
            deploy(&["pages"], "production"),
            body(&["./deploy.sh"]),
            &["pages"],
        )
}

/// Every trigger, and conditions that GitHub can't decide.
pub fn every_event() -> Build {
    let input = |name: &str, ty, default: &str| Input {
        name: name.to_owned(),
        ty,
        default: Some(Text::literal(default)),
        docs: vec![format!("About {name}.")],
        origin: origin(),
    };
    let choice = InputType::OneOf(vec!["small".to_owned(), "Large".to_owned()]);
    let inputs = vec![
        input("size", choice, "small"),
        input("dry-run", InputType::Boolean, "false"),
        input("times", InputType::Number, "3"),
        input("note", InputType::String, "yes"),
    ];
    let triggers = vec![
        on_push(&["main", "release/*"]),
        on_pull_request(&["main"]),
        Trigger::Tag(globs(&["v*"]), origin()),
        Trigger::Schedule(schedule("0 3 * * 1-5"), origin()),
        Trigger::Manual(inputs, origin()),
        Trigger::MergeQueue(origin()),
    ];
    let large = Condition::Input { name: "size".to_owned(), value: "Large".to_owned() };
    let dry = Condition::Input { name: "dry-run".to_owned(), value: "true".to_owned() };
    Build::new("every-event", triggers)
        .environment(environment("production"))
        .stage("commit", Condition::Not(Box::new(Condition::Fork)))
        .node("unit", NodeKind::Gate(gate("test", &[])), body(&["make test"]), &[])
        .stage(
            "nightly",
            Condition::Any(vec![Condition::Event(Event::Schedule), Condition::All(vec![large, dry])]),
        )
        .node("soak", NodeKind::Job, body(&["make soak"]), &["unit"])
        .stage(
            "release",
            Condition::Any(vec![
                Condition::Branch(glob("release/*")),
                Condition::Tag(glob("v*")),
                Condition::All(vec![
                    Condition::Branch(glob("main")),
                    Condition::Changed(vec![Change::Kind("code".to_owned())]),
                ]),
            ]),
        )
        .node("app", artefact(ArtefactType::Archive, &["out/app.tgz"]), body(&["make"]), &["unit"])
        .node(
            "deploy-app-to-production",
            deploy(&["app"], "production"),
            body(&["make deploy"]),
            &["soak", "app"],
        )
}

/// An image artefact with this name.
pub fn image(name: &str) -> NodeKind {
    NodeKind::Artefact(Artefact {
        ty: ArtefactType::Image,
        paths: Vec::new(),
        image_name: Some((name.to_owned(), origin())),
    })
}

/// A pipeline that builds two images, one for its own registry.
pub fn images() -> Build {
    let registry = Registry {
        prefix: "registry.shop.example".to_owned(),
        login: Login::Password { user: "REGISTRY_USER".to_owned(), password: "REGISTRY_PASSWORD".to_owned() },
        origin: origin(),
    };
    let build = "docker buildx build --output \"type=oci,tar=false,dest=$PIPE_IMAGE_LAYOUT\" .";
    let mut scan = body(&["trivy image --input \"$WEB_LAYOUT\"", "echo \"$IMAGE is $WHAT\""]);
    scan.uses = vec![("web".to_owned(), origin())];
    scan.subject = Some("web".to_owned());
    let named = Text::fact(Fact::ArtefactName("web".to_owned()));
    let mut what = Text::literal("pulled as ");
    what.append(Text::fact(Fact::ArtefactRef("web".to_owned())));
    scan.env = vec![binding("IMAGE", named), binding("WHAT", what)];
    let mut built = Build::new("images", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .environment(environment("production"))
        .stage("commit", Condition::Always)
        .node("web", image("ghcr.io/acme/web"), body(&[build]), &[])
        .node("scan", NodeKind::Gate(gate("vulnerability", &["web"])), scan, &["web"])
        .stage("nightly", Condition::Branch(glob("main")))
        .node("proxy", image("registry.shop.example/acme/proxy"), body(&[build]), &["scan"])
        .stage("release", Condition::Branch(glob("main")))
        .node(
            "deploy-web-proxy-to-production",
            deploy(&["web", "proxy"], "production"),
            body(&["kubectl set image deployment/web \"web=$WEB_REF\" \"proxy=$PROXY_REF\""]),
            &["scan", "proxy"],
        );
    built.program.registries.insert(registry.prefix.clone(), registry);
    built
}

pub fn tool(name: &str, version: &str) -> Tool {
    Tool { name: name.to_owned(), version: ToolVersion::Exact(version.to_owned()), origin: origin() }
}

pub fn tool_from(name: &str, file: &str) -> Tool {
    Tool { name: name.to_owned(), version: ToolVersion::FromFile(file.to_owned()), origin: origin() }
}

pub fn tool_of(name: &str, axis: &str) -> Tool {
    Tool { name: name.to_owned(), version: ToolVersion::OfAxis(axis.to_owned()), origin: origin() }
}

/// Every tool, by version and, if possible, by file.
pub fn tools() -> Build {
    let mut versions = body(&["make"]);
    versions.tools = vec![
        tool("go", "1.25"),
        tool("helm", "v3.19.0"),
        tool("java", "21.0.9+10"),
        tool("kubectl", "1.34.1"),
        tool("node", "22"),
        tool("pnpm", "10.20.0"),
        tool("python", "3.10"),
        tool("rust", "1.95.0"),
        tool("terraform", "1.7.4"),
        tool("uv", "0.9.5"),
    ];
    let mut files = body(&["make"]);
    files.tools = vec![
        tool_from("go", "go.mod"),
        tool_from("java", "app/.java-version"),
        tool_from("node", ".nvmrc"),
        tool_from("pnpm", "web/package.json"),
        tool_from("python", "pyproject.toml"),
        tool_from("rust", "rust-toolchain.toml"),
        tool_from("uv", "uv.toml"),
    ];
    files.secrets = vec![secret("LICENCE", true)];
    Build::new("tools", vec![on_push(&["main"])])
        .stage("commit", Condition::Always)
        .node("versions", NodeKind::Job, versions, &[])
        .node("files", NodeKind::Job, files, &[])
}

/// Nodes with reports. One has shards and keeps files after a failure.
pub fn reports() -> Build {
    let path = |text: &str| PathPattern { glob: glob(text), origin: origin() };
    let report = |format: &str, text: &str| Report {
        format: report_format(format),
        path: path(text),
        origin: origin(),
    };
    let mut unit = body(&["make test"]);
    unit.directory = Some(("app".to_owned(), origin()));
    unit.reports = vec![report("junit", "out/*.xml"), report("coverage", "out/lcov.info")];
    unit.keeps = vec![Keep { paths: vec![path("logs/**")], origin: origin() }];
    unit.shards = Some((2, origin()));
    let mut sast = body(&["make scan"]);
    sast.reports =
        vec![report("sarif", "scan.sarif"), report("markdown", "notes.md"), report("html", "site/**")];
    Build::new("reports", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), unit, &[])
        .node("sast", NodeKind::Gate(gate("sast", &[])), sast, &[])
}

pub fn action(scripts: &[&str]) -> Action {
    let steps = scripts.iter().map(|script| step(script)).collect();
    Action { steps, env: Vec::new(), origin: origin() }
}

pub fn stepwise(shift: &str, steps: &[(&str, u64)]) -> Delivery {
    let step = |(weight, soak): &(&str, u64)| StrategyStep {
        weight: Weight::parse(weight).unwrap(),
        soak: *soak,
        origin: origin(),
    };
    let steps = steps.iter().map(step).collect();
    let strategy = Strategy { kind: StrategyKind::Canary, steps, origin: origin() };
    Delivery::Stepwise { strategy, shift: action(&[shift]) }
}

pub fn rollback(scripts: &[&str]) -> Option<Reversal> {
    Some(Reversal::Rollback(action(scripts)))
}

pub fn schedule(times: &str) -> Schedule {
    Schedule::parse(times).unwrap()
}

pub fn report_format(word: &str) -> ReportFormat {
    ReportFormat::from_word(word).unwrap()
}

pub fn edit_deploy(node: &mut Node, change: impl FnOnce(&mut Deploy)) {
    let NodeKind::Deploy(deploy) = &mut node.kind else { panic!("{} deploys nothing", node.name) };
    change(deploy);
}

const MINUTES: u64 = 60_000;

/// Deploys with steps, verification and rollback.
pub fn rollout() -> Build {
    let production = Environment {
        after: vec![("staging".to_owned(), origin())],
        identities: vec![Identity {
            provider: Provider::Aws,
            role: "arn:aws:iam::123456789012:role/shop".to_owned(),
            origin: origin(),
        }],
        secrets: vec![secret("KUBECONFIG", true)],
        ..environment("production")
    };
    let build = Build::new("rollout", vec![on_push(&["main"])])
        .environment(production)
        .environment(Environment { tier: Tier::Staging, ..environment("staging") })
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), body(&["make test"]), &[])
        .node("app", artefact(ArtefactType::Binary, &["out/app"]), body(&["make app"]), &[])
        .stage("release", Condition::Always)
        .node("deploy-app-to-staging", deploy(&["app"], "staging"), body(&["make stage"]), &["unit", "app"])
        .node(
            "deploy-app-to-production",
            deploy(&["app"], "production"),
            body(&[]),
            &["deploy-app-to-staging"],
        );
    build
        .edit("deploy-app-to-staging", |node| {
            edit_deploy(node, |deploy| {
                let steps = vec![check("smoke", "make smoke"), check("links", "make links")];
                let short = Text::fact(Fact::CommitShort);
                deploy.verify = Some(Action { steps, env: vec![binding("COMMIT", short)], origin: origin() });
                deploy.reversal = rollback(&["make back", "make tell"]);
            });
        })
        .edit("deploy-app-to-production", |node| {
            node.body.timeout = 30 * MINUTES;
            edit_deploy(node, |deploy| {
                deploy.delivery =
                    stepwise("./shift.sh \"$PIPE_WEIGHT\"", &[("5", 10 * MINUTES), ("25", 90 * MINUTES)]);
                deploy.verify = Some(action(&["./slo.sh"]));
                deploy.reversal = rollback(&["./rollback.sh"]);
            });
        })
}

/// Nodes in containers, and one on a self-hosted machine. The digests of the images are from the source or the
/// catalogue.
pub fn containers() -> Build {
    let mut unit = body(&["npm test", "echo '${{ x }}'"]);
    unit.runner.image = Some(("node:22-bookworm-slim".to_owned(), origin()));
    unit.secrets = vec![secret("LICENCE", true)];
    let mut app = body(&["make"]);
    let own = format!("registry.example:5000/box:1@sha256:{}", "0".repeat(64));
    app.runner.image = Some((own, origin()));
    app.runner.host = RunnerHost::LinuxArm64;
    let mut links = body(&["check-links \"$APP_PATH\" \"$WEB_REF\""]);
    links.runner.image = Some(("docker.io/library/alpine:3.22".to_owned(), origin()));
    links.uses = vec![("app".to_owned(), origin()), ("web".to_owned(), origin())];
    let mut train = body(&["train"]);
    train.runner.labels.insert("github".to_owned(), "gpu-a10".to_owned());
    train.runner.gpu = Some(1);
    train.runner.memory = Some(1 << 34);
    train.runner.docker = true;
    Build::new("containers", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), unit, &[])
        .node("app", artefact(ArtefactType::Binary, &["out/app"]), app, &[])
        .node("web", image("ghcr.io/acme/web"), body(&["make web"]), &[])
        .node("links", NodeKind::Job, links, &["app", "web"])
        .node("train", NodeKind::Job, train, &[])
}

/// Scripts and values that GitHub could misread.
pub fn awkward() -> Build {
    let mut named = body(&["cat <<'END'\n  indented\nEND"]);
    named.steps[0].name = Some("say ${{ x }}".to_owned());
    named.env =
        vec![binding("TEMPLATE", Text::literal("a ${{ b }}")), binding("ANSWER", Text::literal("no"))];
    named.timeout = 61_000;
    let mut windows = body(&["echo one", "echo one\necho two\n"]);
    windows.runner.host = RunnerHost::WindowsX64;
    windows.checkout = Checkout::None;
    let mut checks = body(&["make"]);
    checks.steps.extend([
        check("spelling", "make spelling"),
        check("links", "make links"),
        step("make report"),
    ]);
    checks.checkout = Checkout::With { full_history: true, submodules: true, lfs: true };
    Build::new("awkward", vec![on_push(&["main"])])
        .stage("commit", Condition::Always)
        .node("named", NodeKind::Job, named, &[])
        .node("expression", NodeKind::Job, body(&["echo '${{ github.token }}'"]), &[])
        .node("carriage", NodeKind::Job, body(&["printf 'a\r\n'\r\n\ttabbed"]), &[])
        .node("windows", NodeKind::Job, windows, &[])
        .node("checks", NodeKind::Gate(gate("test", &[])), checks, &[])
}

/// Legs that differ only by axes and shards, and artefacts of legs. Other legs have their own machines and variables.
pub fn legs() -> Build {
    let mut unit = body(&["make test"]);
    unit.matrix = Some(axes(&[("python", &["3.10", "3.11"]), ("database", &["postgres", "none at all"])]));
    unit.env = vec![binding("PYTHON", Text::fact(Fact::Matrix("python".to_owned())))];
    let mut slow = body(&["make slow"]);
    slow.shards = Some((3, origin()));
    let mut shard = Text::fact(Fact::ShardIndex);
    shard.append(Text::literal("/"));
    shard.append(Text::fact(Fact::ShardCount));
    slow.env = vec![binding("SHARD", shard)];
    let rule = |when| ExemptionRule { when, because: "nothing to see".to_owned(), origin: origin() };
    let exempt = Gate {
        exemptions: vec![rule(Exemption::UnlessChanged(vec![Change::Glob(glob("src/**"))]))],
        ..gate("test", &[])
    };
    let mut app = body(&["make\nmake strip\n", "make check"]);
    app.env = vec![binding("MODE", Text::literal("release")), binding("COMMIT", Text::fact(Fact::CommitSha))];
    app.matrix = Some(Matrix {
        axes: Vec::new(),
        legs: vec![
            leg("linux", RunnerHost::LinuxX64, &[("TARGET", "x86_64-unknown-linux-gnu")]),
            leg(
                "windows",
                RunnerHost::WindowsX64,
                &[("TARGET", "x86_64-pc-windows-msvc"), ("MODE", "small ${{ x }}")],
            ),
        ],
        origin: origin(),
    });
    let mut book = body(&["make book"]);
    book.matrix = Some(axes(&[("language", &["en", "de.at"])]));
    book.shards = Some((2, origin()));
    let mut scan = body(&["scan \"$APP_PATH/linux/app\""]);
    scan.uses = vec![("app".to_owned(), origin())];
    scan.env = vec![binding("SEEN", Text::fact(Fact::ArtefactDigest("app".to_owned())))];
    let pushed = || vec![on_push(&["main"]), on_pull_request(&["main"])];
    let mut build = Build::new("legs", pushed());
    build.pipeline.protected_branches = globs(&["main"]);
    build
        .environment(environment("production"))
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), unit, &[])
        .node("slow", NodeKind::Gate(exempt), slow, &[])
        .node("app", artefact(ArtefactType::Binary, &["out/app"]), app, &[])
        .node("book", artefact(ArtefactType::Site, &["book/**"]), book, &[])
        .node("scan", NodeKind::Gate(gate("vulnerability", &["app"])), scan, &["app"])
        .stage("release", Condition::Branch(glob("main")))
        .node(
            "deploy-app-book-to-production",
            deploy(&["app", "book"], "production"),
            body(&["./deploy.sh \"$APP_PATH\" \"$BOOK_DIGEST\""]),
            &["unit", "slow", "app", "book", "scan"],
        )
}

/// Tools that differ between legs: from axes, and from named legs. Other legs have the node's version.
pub fn tools_of_legs() -> Build {
    let mut unit = body(&["make test"]);
    unit.matrix = Some(axes(&[("python", &["3.10", "3.11"]), ("helm", &["3.19.0", "3.20.0"])]));
    unit.tools = vec![tool_of("python", "python"), tool("node", "22"), tool_of("helm", "helm")];
    let mut lint = body(&["make lint"]);
    lint.matrix = Some(axes(&[("rust", &["1.94.0", "1.95.0"])]));
    lint.tools = vec![tool_of("rust", "rust")];
    let mut site = body(&["make site"]);
    site.matrix = Some(axes(&[("kubectl", &["v1.34.1", "v1.35.0"])]));
    site.tools = vec![tool_of("kubectl", "kubectl")];
    let own = |leg: Leg, tools: &[(&str, &str)]| Leg {
        tools: tools.iter().map(|(name, version)| tool(name, version)).collect(),
        ..leg
    };
    let mut app = body(&["make"]);
    app.tools = vec![tool("go", "1.25")];
    app.matrix = Some(Matrix {
        axes: Vec::new(),
        legs: vec![
            own(leg("old", RunnerHost::LinuxX64, &[]), &[("helm", "v3.18.0"), ("go", "1.24")]),
            own(leg("new", RunnerHost::LinuxX64, &[]), &[("helm", "3.19.0")]),
        ],
        origin: origin(),
    });
    Build::new("tools-of-legs", vec![on_push(&["main"])])
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), unit, &[])
        .node("lint", NodeKind::Gate(gate("lint", &[])), lint, &[])
        .node("site", artefact(ArtefactType::Site, &["book/**"]), site, &[])
        .node("app", artefact(ArtefactType::Binary, &["out/app"]), app, &[])
}

/// Gates that run several times: one with one script, and one with several and checks.
pub fn repeated() -> Build {
    let quorum = |times, quorum| Some(Quorum { times, quorum });
    let speed = Gate { quorum: quorum(3, 2), ..gate("performance", &["app"]) };
    let answers = Gate {
        quorum: quorum(2, 2),
        exemptions: vec![ExemptionRule {
            when: Exemption::OnFork,
            because: "forks have no model".to_owned(),
            origin: origin(),
        }],
        ..gate("evaluation", &["app"])
    };
    let uses = || vec![("app".to_owned(), origin())];
    let mut bench = body(&["make bench"]);
    bench.uses = uses();
    bench.timeout = 90_000;
    let mut ask = body(&["make ready", "make ask"]);
    ask.steps.extend([check("right", "make right"), check("quick", "make quick"), step("make clean")]);
    ask.uses = uses();
    Build::new("repeated", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .stage("commit", Condition::Always)
        .node("app", artefact(ArtefactType::Binary, &["app"]), body(&["make"]), &[])
        .node("speed", NodeKind::Gate(speed), bench, &["app"])
        .node("answers", NodeKind::Gate(answers), ask, &["app"])
}

pub fn expect(key: &str, operator: Operator, threshold: Threshold) -> Expectation {
    Expectation { key: key.to_owned(), operator, threshold, basis: Basis::Value, origin: origin() }
}

pub fn measure(file: &str, expectations: Vec<Expectation>) -> Measure {
    Measure { file: file.to_owned(), expectations, origin: origin() }
}

/// Gates that check reports: after scripts, without scripts, repeated, and exempt ones.
pub fn measured() -> Build {
    let quantity = |number: &str, unit: &str| Threshold::Quantity(number.to_owned(), unit.to_owned());
    let rows = || {
        vec![
            expect("latency.p95", Operator::Less, quantity("300", "ms")),
            expect("errors", Operator::LessOrEqual, quantity("0.5", "%")),
            expect("build \"${{ x }}\"", Operator::NotEqual, Threshold::Text("de|bug ${{ y }}".to_owned())),
        ]
    };
    let memory = || vec![expect("peak", Operator::LessOrEqual, quantity("2", "GiB"))];
    let auc = || vec![expect("auc", Operator::GreaterOrEqual, Threshold::Number("0.82".to_owned()))];
    let mut load = body(&["make load"]);
    load.directory = Some(("bench".to_owned(), origin()));
    load.measures = vec![measure("out/load.json", rows()), measure("memory.json", memory())];
    let mut bare = body(&[]);
    bare.uses = vec![("app".to_owned(), origin())];
    bare.measures = vec![measure("app.json", memory())];
    let mut model = body(&["make ask", "make answer"]);
    model.measures = vec![measure("model.json", auc())];
    let answers = Gate {
        quorum: Some(Quorum { times: 2, quorum: 2 }),
        exemptions: vec![ExemptionRule {
            when: Exemption::OnFork,
            because: "forks have no model".to_owned(),
            origin: origin(),
        }],
        ..gate("evaluation", &["app"])
    };
    let mut speed = body(&[]);
    speed.measures = vec![measure("a.json", auc()), measure("b.json", auc())];
    let again = Gate { quorum: Some(Quorum { times: 2, quorum: 2 }), ..gate("performance", &["app"]) };
    Build::new("measured", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .stage("commit", Condition::Always)
        .node("app", artefact(ArtefactType::Archive, &["app.json"]), body(&["make"]), &[])
        .node("load", NodeKind::Gate(gate("performance", &["app"])), load, &["app"])
        .node("bare", NodeKind::Gate(gate("acceptance", &["app"])), bare, &["app"])
        .node("answers", NodeKind::Gate(answers), model, &["app"])
        .node("speed", NodeKind::Gate(again), speed, &["app"])
}

pub fn cache(path: &str, key_file: &str) -> Cache {
    Cache { path: path.to_owned(), key_file: key_file.to_owned(), origin: origin() }
}

/// Caches of legs, and of exempt or repeated gates. Others belong to nodes that are due only for pull requests or tags.
pub fn cached() -> Build {
    let registry = || cache("~/.cargo/registry", "Cargo.lock");
    let mut unit = body(&["cargo test"]);
    unit.directory = Some(("tools".to_owned(), origin()));
    unit.caches = vec![registry(), cache("target", "it's.lock")];
    unit.shards = Some((2, origin()));
    let mut app = body(&["make"]);
    app.caches = vec![registry()];
    let mut speed = body(&["make bench"]);
    speed.caches = vec![registry()];
    let again = Gate {
        quorum: Some(Quorum { times: 2, quorum: 2 }),
        exemptions: vec![ExemptionRule {
            when: Exemption::OnFork,
            because: "forks have no machine".to_owned(),
            origin: origin(),
        }],
        ..gate("performance", &["app"])
    };
    let mut release = body(&["make notes"]);
    release.caches = vec![registry()];
    Build::new(
        "cached",
        vec![on_push(&["main"]), on_pull_request(&["main"]), Trigger::Tag(vec![glob("v*")], origin())],
    )
    .stage("commit", Condition::Always)
    .node("unit", NodeKind::Gate(gate("test", &[])), unit, &[])
    .node("app", artefact(ArtefactType::Binary, &["app"]), app, &[])
    .node("speed", NodeKind::Gate(again), speed, &["app"])
    .stage("release", Condition::Event(Event::Tag))
    .node("notes", NodeKind::Job, release, &["unit"])
}

pub fn retry(times: u64, because: &str) -> Option<Retry> {
    Some(Retry { times, because: because.to_owned(), origin: origin() })
}

/// Nodes with retries. They have caches and kept files, legs, checks and credentials, no checkout, or an image.
pub fn retried() -> Build {
    let path = |text: &str| PathPattern { glob: glob(text), origin: origin() };
    let mut app = body(&["make fetch", "make"]);
    app.timeout = 300_000;
    app.retry = retry(1, "the mirror is away now and then");
    app.directory = Some(("app".to_owned(), origin()));
    app.caches = vec![cache("~/.cargo/registry", "Cargo.lock"), cache("target", "Cargo.lock")];
    app.reports = vec![Report { format: ReportFormat::Junit, path: path("out/*.xml"), origin: origin() }];
    app.keeps = vec![Keep { paths: vec![path("logs/**")], origin: origin() }];
    let mut book = body(&["make book"]);
    book.retry = retry(1, "fonts come from afar");
    book.matrix = Some(axes(&[("language", &["en", "de"])]));
    let mut publish = body(&["./ready.sh"]);
    publish.steps.extend([
        check("first", "./first.sh"),
        check("second", "./second.sh"),
        step("./publish.sh"),
    ]);
    publish.retry = retry(2, "the index answers \"${{ 503 }}\"");
    publish.checkout = Checkout::With { full_history: true, submodules: true, lfs: false };
    publish.uses = vec![("app".to_owned(), origin()), ("book".to_owned(), origin())];
    publish.secrets = vec![secret("TOKEN", false), secret("KEY_FILE", true)];
    publish.identities = vec![Identity {
        provider: Provider::Aws,
        role: "arn:aws:iam::111122223333:role/publish".to_owned(),
        origin: origin(),
    }];
    let mut ping = body(&["curl --fail https://example.org"]);
    ping.retry = retry(1, "the network");
    ping.checkout = Checkout::None;
    let mut web = body(&["docker buildx build --output \"type=oci,dest=$PIPE_IMAGE_LAYOUT,tar=false\" ."]);
    web.retry = retry(1, "base images come from afar");
    Build::new("retried", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .stage("commit", Condition::Always)
        .node("app", artefact(ArtefactType::Binary, &["out/app"]), app, &[])
        .node("book", artefact(ArtefactType::Site, &["book/**"]), book, &[])
        .node("web", image("ghcr.io/acme/web"), web, &[])
        .stage("publish", Condition::Event(Event::Push))
        .node("publish", NodeKind::Job, publish, &["app", "book"])
        .node("ping", NodeKind::Job, ping, &[])
}

/// A fixed file name, required inputs, several schedules, and a lock with one waiting deploy.
pub fn ways_in() -> Build {
    let input = |name: &str, ty, default: Option<&str>| Input {
        name: name.to_owned(),
        ty,
        default: default.map(Text::literal),
        docs: Vec::new(),
        origin: origin(),
    };
    let inputs = vec![
        input("ring", InputType::OneOf(vec!["canary".to_owned(), "yes".to_owned()]), None),
        input("dry-run", InputType::Boolean, None),
        input("times", InputType::Number, None),
        input("weight", InputType::Number, Some("0.5")),
        input("note", InputType::String, None),
        input("label", InputType::String, Some("")),
    ];
    let triggers = vec![
        on_push(&["main"]),
        on_pull_request(&["main", "release/*"]),
        Trigger::Schedule(schedule("30 5 * * 1-5"), origin()),
        Trigger::Schedule(schedule("0 12 1 * *"), origin()),
        Trigger::Manual(inputs, origin()),
        Trigger::MergeQueue(origin()),
    ];
    let mut told = body(&["./announce.sh"]);
    told.env = ["ring", "dry-run", "times", "weight", "note", "label"]
        .map(|name| {
            binding(&name.to_ascii_uppercase().replace('-', "_"), Text::fact(Fact::Input(name.to_owned())))
        })
        .to_vec();
    let changed = Condition::Changed(vec![Change::Glob(glob("src/**"))]);
    let mut build = Build::new("ways-in", triggers);
    build.pipeline.emits.insert("github".to_owned(), ("release.yml".to_owned(), origin()));
    build
        .environment(Environment { lock: Lock::Newest, ..environment("production") })
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), body(&["make test"]), &[])
        .node("app", artefact(ArtefactType::Binary, &["app"]), body(&["make"]), &[])
        .stage("told", Condition::Event(Event::Manual))
        .node("announce", NodeKind::Job, told, &["unit", "app"])
        .stage("queued", Condition::Event(Event::MergeQueue))
        .node("together", NodeKind::Gate(gate("review", &[])), body(&["make together"]), &["unit", "app"])
        .stage("release", Condition::All(vec![Condition::Branch(glob("main")), changed]))
        .node(
            "deploy-app-to-production",
            deploy(&["app"], "production"),
            body(&["./deploy.sh"]),
            &["unit", "app"],
        )
}
