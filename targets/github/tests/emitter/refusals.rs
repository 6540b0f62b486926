//! Programs that can't be built for GitHub are refused completely.

use crate::one_pipeline;
use crate::programs::*;
use pipec_ir::*;
use std::sync::Arc;

fn complaints_of_body(change: impl FnOnce(&mut Body)) -> Vec<String> {
    hello().edit("unit", |node| change(&mut node.body)).complaints()
}

fn cannot(what: &str) -> Vec<String> {
    vec![format!("P1101 {what} can't be built for github by this version")]
}

#[test]
fn clauses_of_later_versions_are_refused() {
    for (basis, what) in [(Basis::Samples, "`samples … confidence`"), (Basis::Drop, "`drop … vs`")] {
        let row =
            Expectation { basis, ..expect("auc", Operator::Greater, Threshold::Number("0.8".to_owned())) };
        let measure = measure("m.json", vec![row]);
        assert_eq!(complaints_of_body(|body| body.measures = vec![measure]), cannot(what));
    }
    let block = |target: &str| EngineBlock {
        target: target.to_owned(),
        because: "b".to_owned(),
        steps: Vec::new(),
        position: 0,
        origin: origin(),
    };
    assert!(complaints_of_body(|body| body.engines = vec![block("gitlab")]).is_empty());
    let alone = |body: &mut Body| {
        body.engines = vec![block("gitlab")];
        body.steps.clear();
    };
    assert_eq!(complaints_of_body(alone), cannot("a node with steps only for gitlab"));
}

#[test]
fn what_every_step_of_a_job_can_reach_is_not_narrowed() {
    let narrow = |held: Held| Narrowed { held, steps: vec![("sign".to_owned(), origin())], origin: origin() };
    let audience = || "sigstore".to_owned();
    let of_identity =
        complaints_of_body(|body| body.narrowed = vec![narrow(Held::Identity(Provider::Oidc, audience()))]);
    let asks = "P1101 on github, every script of a job can ask for the token of `identity oidc`";
    assert_eq!(of_identity, [asks]);
    let of_right = complaints_of_body(|body| {
        body.rights = vec![(Right::Releases, origin())];
        body.narrowed = vec![narrow(Held::Right(Right::Releases))];
        let action = EngineStep::Action {
            name: None,
            action: "actions/checkout@v7".to_owned(),
            inputs: Vec::new(),
            origin: origin(),
        };
        body.engines = vec![EngineBlock {
            target: "github".to_owned(),
            because: "b".to_owned(),
            steps: vec![action],
            position: 0,
            origin: origin(),
        }];
    });
    assert_eq!(of_right, cannot("`for` after a right in a node with a raw action"));
}

#[test]
fn a_lock_gives_no_known_version_another_commit() {
    const KNOWN: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    const OTHER: &str = "0123456789012345678901234567890123456789";
    let locked = |version: &str, commit: &str| {
        let mut build = hello();
        let text = format!(
            "[[action]]\nname = \"Actions/Checkout\"\nversion = \"{version}\"\ncommit = \"{commit}\"\n\
             inputs = {{ persist-credentials = \"string\" }}\noutputs = []\n"
        );
        build.program.lock = Pins::read(&text).unwrap();
        build.complaints()
    };
    let refused = "P0710 `pipec.lock` has another commit for `Actions/Checkout` v7.0.1";
    assert_eq!(locked("v7.0.1", OTHER), [refused]);
    assert_eq!(locked("v7.0.1", KNOWN), [""; 0]);
    assert_eq!(locked("v7.0.1-acme", OTHER), [""; 0], "a version of its own");
}

#[test]
fn secrets_that_differ_in_case_are_one_to_github() {
    let secrets = |names: [&str; 2]| {
        complaints_of_body(|body| {
            body.secrets = names.map(|name| secret(name, true)).to_vec();
        })
    };
    assert_eq!(secrets(["KEY", "Key"]), ["P1102 `KEY` and `Key` are one secret on GitHub"]);
    assert_eq!(secrets(["KEY", "KEYS"]), [""; 0]);
}

#[test]
fn nodes_with_lasting_effects_are_not_retried() {
    assert_eq!(
        complaints_of_body(|body| body.retry = retry(1, "flaky")),
        cannot("`retry` of a gate or a deploy")
    );
    let of_app = |times: u64, change: &dyn Fn(&mut Body)| {
        let build = hello().edit("app", |node| {
            node.body.retry = retry(times, "the mirror is slow");
            change(&mut node.body);
        });
        build.complaints()
    };
    assert!(of_app(1, &|_| {}).is_empty() && of_app(9, &|_| {}).is_empty());
    assert_eq!(of_app(10, &|_| {}), ["P1101 more than 9 retries can't be built for github"]);
    assert!(of_app(u64::MAX, &|_| {}).contains(&of_app(10, &|_| {})[0]));
    let block = |target: &str| EngineBlock {
        target: target.to_owned(),
        because: "b".to_owned(),
        steps: vec![EngineStep::Run(step("true"))],
        position: 0,
        origin: origin(),
    };
    assert_eq!(
        of_app(1, &|body| body.engines = vec![block("github")]),
        ["P1101 `app` can't have `retry` on github: it has raw steps"]
    );
    assert!(of_app(1, &|body| body.engines = vec![block("gitlab")]).is_empty());
    let sidecar = Sidecar {
        name: "db".to_owned(),
        image: format!("db@sha256:{}", "0".repeat(64)),
        port: None,
        at: None,
        env: Vec::new(),
        ready: None,
        origin: origin(),
    };
    assert_eq!(
        of_app(1, &|body| body.sidecars = vec![sidecar.clone()]),
        ["P1101 `app` can't have both `retry` and sidecar `db` on github"]
    );
    assert_eq!(
        of_app(2, &|body| body.timeout = 3 * 3_600_000),
        [
            "P1101 a timeout of all its attempts together of more than 6 hours on a machine of GitHub can't be built for github"
        ]
    );
}

#[test]
fn paths_with_another_meaning_for_actions_are_refused() {
    let path = |text: &str| PathPattern { glob: glob(text), origin: origin() };
    let kept = |text: &str| {
        let keep = Keep { paths: vec![path("a"), path(text)], origin: origin() };
        complaints_of_body(|body| body.keeps = vec![keep])
    };
    assert!(kept("logs/**/*.txt").is_empty());
    assert_eq!(kept("logs**"), cannot("`keep` of the path `logs**`"));
    assert_eq!(kept("#a"), cannot("`keep` of the path `#a`"));
    assert_eq!(kept("~/a"), cannot("`keep` of the path `~/a`"));
    let reported = |format: &str, text: &str| {
        let report = Report { format: report_format(format), path: path(text), origin: origin() };
        complaints_of_body(|body| body.reports = vec![report])
    };
    assert!(reported("junit", "out/*.xml").is_empty() && reported("sarif", "out/a.sarif").is_empty());
    assert_eq!(reported("html", "a/**.html"), cannot("`report` of the path `a/**.html`"));
    assert_eq!(reported("sarif", "out/*.sarif"), cannot("`report sarif` of several files"));
}

#[test]
fn deploys_of_later_versions_are_refused() {
    let with = |change: &dyn Fn(&mut Environment)| {
        let mut build = hello();
        change(Arc::make_mut(&mut build.program.environments).get_mut("production").unwrap());
        build.complaints()
    };
    assert!(with(&|environment| environment.lock = Lock::Newest).is_empty());
}

#[test]
fn ephemeral_environments_must_have_a_teardown() {
    let with = |change: &dyn Fn(&mut Build)| {
        let mut build = previews();
        change(&mut build);
        build.complaints()
    };
    let in_preview = |change: &dyn Fn(&mut Environment)| {
        with(&|build| change(Arc::make_mut(&mut build.program.environments).get_mut("preview").unwrap()))
    };
    let cannot = |what: &str| [format!("P1101 {what} can't be built for github")];
    assert!(with(&|_| {}).is_empty());
    assert_eq!(
        with(&|build| build.pipeline.stages[1].condition = Condition::Event(Event::Push)),
        cannot("a deploy to `preview` in a run without a pull request, which nothing would tear down,")
    );
    let approval = Approval { role: "all".to_owned(), min: 1, not_author: false, origin: origin() };
    let asked = in_preview(&|preview| preview.approval = Some(approval.clone()));
    assert!(asked.contains(&cannot("an approval for the ephemeral environment `preview`")[0]), "{asked:?}");
    assert_eq!(
        in_preview(&|preview| preview.lock = Lock::Newest),
        cannot(
            "`lock newest` for the ephemeral environment `preview`, whose teardown could replace a waiting deploy,"
        )
    );
    assert_eq!(
        in_preview(&|preview| preview.teardown.as_mut().unwrap().steps[0].kind = StepKind::Check),
        cannot("a `check` in the teardown of `preview`")
    );
    assert_eq!(
        with(&|build| {
            let deploy = build.pipeline.nodes.iter_mut().find(|it| it.name == "deploy-pages-to-preview");
            deploy.unwrap().body.rights = vec![(Right::Pages, origin())];
        }),
        cannot("a write permission in a deploy to `preview`, whose code is not reviewed,")
    );
    assert_eq!(
        with(&|build| {
            let other = Pipeline { name: "other".to_owned(), ..build.pipeline.clone() };
            build.program.pipelines = vec![Arc::new(build.pipeline.clone()), Arc::new(other)];
        }),
        cannot("an ephemeral environment that pipeline `other` also enters")
    );
}

#[test]
fn tool_versions_come_from_the_file_the_action_reads() {
    let complaints = |tool: Tool| complaints_of_body(|body| body.tools = vec![tool]);
    for (name, file) in [("node", ".nvmrc"), ("go", "api/go.work"), ("rust", "api/rust-toolchain")] {
        assert!(complaints(tool_from(name, file)).is_empty(), "{name}");
    }
    for (name, file) in
        [("node", "node.txt"), ("go", ".nvmrc"), ("rust", "Cargo.toml"), ("pnpm", "pnpm.yaml")]
    {
        assert_eq!(
            complaints(tool_from(name, file)),
            [format!("P1101 on github the version of `{name}` can't come from `{file}`")]
        );
    }
    for name in ["helm", "kubectl", "terraform"] {
        assert_eq!(
            complaints(tool_from(name, ".tool-versions")),
            [format!("P1101 on github the version of `{name}` can't come from a file")]
        );
    }
    assert_eq!(
        complaints(tool("cobol", "85")),
        ["P1101 tool `cobol` can't be set up on github by this version"]
    );
}

#[test]
fn axis_values_reach_the_tool_unchanged() {
    let complaints = |name: &str, values: &[&str]| {
        complaints_of_body(|body| {
            body.matrix = Some(axes(&[("version", values)]));
            body.tools = vec![tool_of(name, "version")];
        })
    };
    for (name, values) in
        [("helm", ["3.19.0", "3.20.0"]), ("helm", ["v3.19.0", "v3.20.0"]), ("python", ["3.12", "3.13"])]
    {
        assert!(complaints(name, &values).is_empty(), "{name} {values:?}");
    }
    for (name, values) in [("helm", ["v3.19.0", "3.20.0"]), ("python", ["v3.12", "v3.13"])] {
        assert_eq!(
            complaints(name, &values),
            [format!("P1101 the values of axis `version` can't be used for tool `{name}` on github")]
        );
    }
}

#[test]
fn runners_must_exist_on_github() {
    let complaints = |change: &dyn Fn(&mut Runner)| {
        complaints_of_body(|body| {
            body.runner.name = "box".to_owned();
            change(&mut body.runner);
        })
    };
    let pinned = || Some(("node:22-alpine".to_owned(), origin()));
    let none = |what: &str| vec![format!("P1101 github has no machine `box` with {what}")];
    assert!(complaints(&|runner| runner.docker = true).is_empty());
    assert!(complaints(&|runner| runner.image = pinned()).is_empty());
    let mac = |runner: &mut Runner| runner.host = RunnerHost::MacosArm64;
    let windows = |runner: &mut Runner| runner.host = RunnerHost::WindowsX64;
    assert_eq!(complaints(&|runner| (runner.docker = true, mac(runner)).1), none("docker"));
    assert_eq!(complaints(&|runner| (runner.docker = true, windows(runner)).1), none("docker"));
    assert_eq!(complaints(&|runner| (runner.docker, runner.image) = (true, pinned())), none("docker"));
    assert_eq!(complaints(&|runner| (runner.image = pinned(), mac(runner)).1), none("an image"));
    assert_eq!(complaints(&|runner| runner.gpu = Some(1)), none("`gpu` to choose"));
    assert_eq!(complaints(&|runner| runner.cpu = Some(1)), none("`cpu` to choose"));
    assert_eq!(complaints(&|runner| runner.memory = Some(1)), none("`memory` to choose"));
    let labelled = |runner: &mut Runner| {
        runner.labels.insert("github".to_owned(), "gpu-a10".to_owned());
        runner.gpu = Some(1);
    };
    assert!(complaints(&labelled).is_empty());
    let by_tag = |runner: &mut Runner| runner.image = Some(("debian:12.4".to_owned(), origin()));
    assert_eq!(complaints(&by_tag), ["P0703 image `debian:12.4` has a tag but no digest, so it can change"]);
    assert_eq!(
        complaints_of_body(|body| {
            body.runner.image = pinned();
            body.env = vec![binding("WHERE", Text::literal("/__w/_temp/x"))];
        }),
        ["P1102 `/__w/_temp` is GitHub's own folder in a container"]
    );
    let mut build = hello().edit("unit", |node| {
        node.body.runner.image = Some((format!("quay.io/acme/box:1@sha256:{}", "0".repeat(64)), origin()));
    });
    let login = Login::Password { user: "USER".to_owned(), password: "PASSWORD".to_owned() };
    let registry = Registry { prefix: "quay.io/acme".to_owned(), login, origin: origin() };
    build.program.registries.insert(registry.prefix.clone(), registry);
    let said = build.complaints();
    assert!(said.len() == 1 && said[0].ends_with("without the login of registry `quay.io/acme`"), "{said:?}");
}

#[test]
fn images_need_a_push_and_a_login() {
    let complaints = |name: &str, change: &dyn Fn(&mut Runner)| {
        let build = hello().edit("app", |node| {
            node.kind = image(name);
            change(&mut node.body.runner);
        });
        build.complaints()
    };
    assert!(complaints("ghcr.io/acme/app", &|_| ()).is_empty());
    assert!(complaints("ghcr.io/acme/app", &|runner| runner.host = RunnerHost::LinuxArm64).is_empty());
    assert_eq!(
        complaints("ghcr.io/acme/app", &|runner| runner.host = RunnerHost::MacosArm64),
        ["P1101 image `app` can't be pushed from macos-arm64 on github"]
    );
    assert_eq!(
        complaints("quay.io/acme/app", &|_| ()),
        ["P1101 github has no login for `quay.io` to push `app`"]
    );
}

#[test]
fn deploys_longer_than_githubs_limit_are_refused() {
    const HOUR: u64 = 3_600_000;
    let with = |timeout: u64, soak: u64, label: bool| {
        let build = rollout().edit("deploy-app-to-production", |node| {
            node.body.timeout = timeout;
            if label {
                node.body.runner.labels.insert("github".to_owned(), "own".to_owned());
            }
            let weights = [("5", soak), ("25", soak)];
            edit_deploy(node, |deploy| deploy.delivery = stepwise("./shift.sh \"$PIPE_WEIGHT\"", &weights));
        });
        build.complaints()
    };
    let of_github = "P1101 a timeout with its soaks of more than 6 hours on a machine of GitHub can't be built for github";
    assert!(with(2 * HOUR, 2 * HOUR, false).is_empty());
    assert_eq!(with(2 * HOUR + 1, 2 * HOUR, false), [of_github]);
    assert!(with(2 * HOUR + 1, 2 * HOUR, true).is_empty());
    let of_ones_own =
        "P1101 a timeout with its soaks of more than 120 hours on your own machine can't be built for github";
    assert_eq!(with(HOUR, 60 * HOUR, true), [of_ones_own]);
    let long = complaints_of_body(|body| body.timeout = 7 * HOUR);
    assert_eq!(
        long,
        ["P1101 a timeout of more than 6 hours on a machine of GitHub can't be built for github"]
    );
}

#[test]
fn timeouts_without_time_for_a_rollback_are_refused() {
    let with = |timeout: u64| {
        let build = hello().edit("deploy-app-to-production", |node| {
            node.body.timeout = timeout;
            edit_deploy(node, |deploy| deploy.reversal = rollback(&["./back.sh"]));
        });
        build.complaints()
    };
    assert_eq!(with(120_000), ["P1101 on github, this deploy's timeout leaves no time to roll back"]);
    assert!(with(180_000).is_empty());
}

#[test]
fn an_approval_that_github_cannot_enforce_is_refused() {
    let with = |min: u64, engines: &[&str]| {
        let approval = Approval { role: "managers".to_owned(), min, not_author: false, origin: origin() };
        let mut build = hello().role("managers", engines);
        Arc::make_mut(&mut build.program.environments).get_mut("production").unwrap().approval =
            Some(approval);
        build.complaints()
    };
    assert!(with(1, &["github"]).is_empty());
    assert_eq!(with(2, &["github"]), ["P0506 github can't require 2 people to approve `production`"]);
    assert_eq!(
        with(1, &["gitlab"]),
        ["P0506 `managers` has no members on github, so nobody could approve `production`"]
    );
}

#[test]
fn overrides_without_a_possible_approver_are_refused() {
    let build = overridden().role("security-officers", &["gitlab"]);
    let refused = ["P0506 `security-officers` has no members on github, so nobody could override `scan`"];
    assert_eq!(build.complaints(), refused);
}

#[test]
fn override_names_are_reserved() {
    let input = Input {
        name: "override-reason".to_owned(),
        ty: InputType::String,
        default: Some(Text::literal("none")),
        docs: Vec::new(),
        origin: origin(),
    };
    let mut build = overridden();
    build.pipeline.triggers.push(Trigger::Manual(vec![input], origin()));
    let refused = ["P1102 `override-reason` is an input that the compiler adds for overrides"];
    assert_eq!(build.complaints(), refused);
    let build = overridden().node("override-scan", NodeKind::Job, body(&["true"]), &[]);
    let refused = "P1102 the job for this override has the name `override-scan` on GitHub, like a node";
    assert_eq!(build.complaints(), [refused]);
    let build = overridden().environment(environment("Overridden-override-scan"));
    assert_eq!(
        build.complaints(),
        [
            "P1102 who may override `scan` would use GitHub's environment `overridden-override-scan`, which belongs to an environment of the workspace"
        ]
    );
    let mut other = Build::new("overridden-override", vec![on_push(&["main"])])
        .stage("commit", Condition::Always)
        .node("scan", NodeKind::Job, body(&["true"]), &[]);
    other.pipeline.nodes[0].body.secrets = vec![secret("TOKEN", false)];
    let mut build = overridden();
    build.program.pipelines.push(Arc::new(other.pipeline));
    assert_eq!(
        build.complaints(),
        [
            "P1102 who may override `scan` would use GitHub's environment `overridden-override-scan`, which belongs to node `scan` of pipeline `overridden-override`"
        ]
    );
}

#[test]
fn a_filter_that_githubs_dialect_lacks_is_refused() {
    let complaints = Build::new("a", vec![on_push(&["release-?"])])
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Job, body(&["true"]), &[])
        .complaints();
    assert_eq!(complaints, ["P1101 `release-?` can't be the filter of a trigger on github"]);
}

#[test]
fn an_opening_in_a_text_of_an_input_is_refused() {
    let with = |ty: InputType, default: &str, docs: &str| {
        let input = Input {
            name: "x".to_owned(),
            ty,
            default: Some(Text::literal(default)),
            docs: vec![docs.to_owned()],
            origin: origin(),
        };
        Build::new("a", vec![Trigger::Manual(vec![input], origin())])
            .stage("commit", Condition::Always)
            .node("unit", NodeKind::Job, body(&["true"]), &[])
            .complaints()
    };
    let refused =
        |what: &str| format!("P1101 a {what} of `x` has `${{{{`, which github does not allow in a trigger");
    let choice = |values: &[&str]| InputType::OneOf(values.iter().map(|&value| value.to_owned()).collect());
    let token = "${{ github.token }}";
    assert_eq!(with(choice(&["a", token]), "a", "Which."), [refused("value")]);
    assert_eq!(with(choice(&["a", token]), token, "Which."), [refused("value"), refused("default")]);
    assert_eq!(with(InputType::String, token, "Which."), [refused("default")]);
    assert_eq!(with(InputType::Boolean, "true", token), [refused("description")]);
    assert!(with(choice(&["a", "$ {{ b }}", "$b", "}}"]), "a", "{{ Which }}.").is_empty());
}

#[test]
fn ambiguous_tags_are_refused_if_changes_matter() {
    let complaints = |branches: &[&str], tags: &[&str], condition: Condition| {
        Build::new("a", vec![on_push(branches), Trigger::Tag(globs(tags), origin())])
            .stage("commit", condition)
            .node("unit", NodeKind::Job, body(&["true"]), &[])
            .complaints()
    };
    let changed = || Condition::Changed(vec![Change::Glob(glob("src/**"))]);
    let refused = ["P1101 on github, `changed` can't distinguish a tag from a branch with the same name"];
    for (branches, tags) in
        [(&["main"], &["**"]), (&["release/*"], &["*/1"]), (&["**"], &["v*"]), (&["main"], &["main"])]
    {
        assert_eq!(complaints(branches, tags, changed()), refused, "{branches:?} {tags:?}");
        assert!(complaints(branches, tags, Condition::Always).is_empty(), "{branches:?} {tags:?}");
    }
    assert_eq!(complaints(&["main"], &[], changed()), refused, "without names it is every tag");
    assert_eq!(complaints(&[], &["v*"], changed()), refused, "without names it is every branch");
    assert!(complaints(&["main", "release/*"], &["v*"], changed()).is_empty());
    let exempt = ExemptionRule {
        when: Exemption::UnlessChanged(vec![Change::Glob(glob("src/**"))]),
        because: "nothing to see".to_owned(),
        origin: origin(),
    };
    let gate = Gate { exemptions: vec![exempt], ..gate("test", &[]) };
    let by_exemption = Build::new("a", vec![on_push(&["main"]), Trigger::Tag(globs(&["*"]), origin())])
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate), body(&["true"]), &[]);
    assert_eq!(by_exemption.complaints(), refused);
}

#[test]
fn names_reserved_by_github_are_refused() {
    let complaints = complaints_of_body(|body| body.env = vec![binding("GITHUB_SHA", Text::literal("x"))]);
    assert_eq!(complaints, ["P1102 GitHub defines `GITHUB_SHA` itself"]);
    let twice = complaints_of_body(|body| {
        body.env = vec![binding("Name", Text::literal("x")), binding("NAME", Text::literal("y"))];
    });
    assert_eq!(twice.len(), 1, "GitHub tells no variables apart by case: {twice:?}");
    assert!(twice[0].starts_with("P1102 "));
}

#[test]
fn a_cleanup_leaves_time_for_the_scripts() {
    let complaints = |timeout: u64| {
        complaints_of_body(|body| {
            body.timeout = timeout;
            body.cleanup = Some(Action { steps: vec![step("./stop.sh")], env: Vec::new(), origin: origin() });
        })
    };
    let late = ["P1101 on github, the timeout of `unit` leaves no time before its cleanup"];
    assert_eq!(complaints(120_000), late);
    assert_eq!(complaints(180_000), [""; 0]);
}

#[test]
fn nothing_is_cleaned_up_after_raw_steps_that_come_first() {
    let complaints = |position: usize| {
        complaints_of_body(|body| {
            body.cleanup = Some(Action { steps: vec![step("./stop.sh")], env: Vec::new(), origin: origin() });
            body.engines = vec![EngineBlock {
                target: "github".to_owned(),
                because: "b".to_owned(),
                steps: vec![EngineStep::Run(step("./start.sh"))],
                position,
                origin: origin(),
            }];
        })
    };
    let first = ["P1101 on github, `unit` can't clean up after the raw steps that it begins with"];
    assert_eq!(complaints(0), first);
    assert_eq!(complaints(1), [""; 0]);
}

#[test]
fn names_of_settings_are_variables_on_github() {
    let complaints = |names: &[&str]| {
        let mut build = hello();
        for at in names {
            let setting = Setting { at: (*at).to_owned(), default: None, origin: origin() };
            build.program.settings.insert((*at).to_owned(), setting);
        }
        let read = Fact::Setting { name: "read".to_owned(), at: names[0].to_owned() };
        build.edit("unit", |node| node.body.env = vec![binding("READ", Text::fact(read))]).complaints()
    };
    assert_eq!(complaints(&["API_URL", "API_URI"]), [""; 0]);
    assert_eq!(complaints(&["github_url"]), ["P1102 GitHub has no variable with the name `github_url`"]);
    let alike = ["P1102 `API_URL` and `Api_Url` are the same variable on GitHub"];
    assert_eq!(complaints(&["API_URL", "Api_Url"]), alike);
    assert_eq!(complaints(&["LEVEL", "API_URL", "Api_Url"]), [""; 0], "nothing reads them");
}

#[test]
fn a_file_name_stays_in_its_folder() {
    let named = |name: &str| {
        let mut build = hello();
        build.pipeline.emits.insert("github".to_owned(), (name.to_owned(), origin()));
        let output = build.output();
        output.files.first().map(|file| file.path.clone())
    };
    assert_eq!(named("release.yml").as_deref(), Some(".github/workflows/release.yml"));
    for name in ["../x.yml", "a/b.yml", "release.json", ".yml", "a b.yml"] {
        assert_eq!(named(name), None, "{name}");
    }
}

#[test]
fn a_script_that_is_too_long_even_encoded_is_refused() {
    let of = |length: usize| {
        complaints_of_body(|body| body.steps = vec![step(&"# comment\n".repeat(length / 10))])
    };
    assert!(of(30_000).is_empty());
    assert_eq!(of(100_000), ["P1103 this script of `unit` is too long for github"]);
}

#[test]
fn only_too_deep_conditions_are_refused() {
    let mut refused = Vec::new();
    for levels in 20..30 {
        let mut condition = Condition::Event(Event::Push);
        for level in 0..levels {
            let other = Condition::Branch(glob(&format!("r{level}")));
            let both = Condition::All(vec![Condition::Branch(glob("main")), condition]);
            condition = Condition::Any(vec![both, other]);
        }
        let build = Build::new("deep", vec![on_push(&["main", "r*"])])
            .stage("commit", Condition::Always)
            .node("unit", NodeKind::Gate(gate("test", &[])), body(&["make"]), &[])
            .stage("late", condition)
            .node("more", NodeKind::Job, body(&["make more"]), &["unit"]);
        let output = build.output();
        if output.diagnostics.is_empty() {
            let different = one_pipeline::verify(&build.program, &build.pipeline, &output.files).findings;
            assert!(different.is_empty(), "{levels}: {different:#?}");
        } else {
            refused.push((levels, build.complaints()));
        }
    }
    let deep = |levels: usize, depth: usize| {
        (levels, vec![format!("P1103 the condition of `more` has {depth} levels")])
    };
    assert_eq!(refused.first(), Some(&deep(25, 51)));
    assert_eq!(refused.len(), 5, "{refused:?}");
}

#[test]
fn a_workflow_that_is_too_large_is_refused() {
    let script = "# comment\n".repeat(1_900);
    let mut build = Build::new("large", vec![on_push(&["main"])]).stage("commit", Condition::Always);
    for number in 0..27 {
        build = build.node(&format!("job-{number}"), NodeKind::Job, body(&[&script]), &[]);
    }
    let complaints = build.complaints();
    assert_eq!(complaints.len(), 1);
    assert!(complaints[0].starts_with("P1103 the workflow of `large` has "), "{complaints:?}");
}

#[test]
fn secrets_of_nodes_share_no_environment_with_a_deploy() {
    let secret = Secret { variable: "TOKEN".to_owned(), file: false, origin: origin() };
    let build = hello().edit("unit", |node| node.body.secrets = vec![secret]);
    assert!(build.complaints().is_empty());
    let mut build = build;
    let mut production = build.program.environments["production"].clone();
    production.name = "hello-unit".to_owned();
    Arc::make_mut(&mut build.program.environments).insert(production.name.clone(), production);
    assert_eq!(
        build.complaints(),
        [
            "P1102 the secrets of `unit` would use GitHub's environment `hello-unit`, which belongs to an environment of the workspace"
        ]
    );
}

#[test]
fn indistinguishable_legs_are_refused() {
    let complaints =
        |name: &str, matrix: Matrix| hello().edit(name, |node| node.body.matrix = Some(matrix)).complaints();
    for name in ["include", "exclude", "leg", "machine", "env"] {
        assert_eq!(
            complaints("unit", axes(&[(name, &["a", "b"])])),
            [format!(
                "P1102 `{name}` can't be the name of an axis of `unit` on GitHub, where it means something else"
            )]
        );
    }
    assert!(complaints("unit", axes(&[("shard", &["a", "b"])])).is_empty());
    assert!(complaints("unit", axes(&[("path", &["a/b", "..", "x"])])).is_empty(), "nothing is built there");
    assert_eq!(
        complaints("app", axes(&[("path", &["a/b", "..", "x"])])),
        [
            "P1102 the result of the leg `a/b` of `app` can't be stored under that name",
            "P1102 the result of the leg `..` of `app` can't be stored under that name"
        ]
    );
    assert_eq!(
        complaints("app", axes(&[("version", &["3.1", "3_1", "X", "x"])])),
        [
            "P1102 the legs `3.1` and `3_1` of `app` have the same name on GitHub",
            "P1102 the legs `X` and `x` of `app` have the same name on GitHub"
        ]
    );
    let sharded = hello().edit("unit", |node| {
        node.body.matrix = Some(axes(&[("shard", &["a", "b"])]));
        node.body.shards = Some((2, origin()));
    });
    assert_eq!(sharded.complaints().len(), 1);
}

#[test]
fn legs_that_github_lacks_are_refused() {
    let with = |change: &dyn Fn(&mut Leg)| {
        let mut first = leg("linux", RunnerHost::LinuxX64, &[]);
        change(&mut first);
        let legs = vec![first, leg("mac", RunnerHost::MacosArm64, &[])];
        let matrix = Matrix { axes: Vec::new(), legs, origin: origin() };
        hello().edit("unit", |node| node.body.matrix = Some(matrix)).complaints()
    };
    assert!(with(&|_| {}).is_empty());
    assert_eq!(
        with(&|leg| leg.env = vec![binding("COMMIT", Text::fact(Fact::CommitSha))]),
        ["P1101 `COMMIT` differs between legs, so in this version it can't depend on the run on github"]
    );
    assert_eq!(
        with(&|leg| leg.env = vec![binding("RUNNER_OS", Text::literal("x"))]),
        ["P1102 GitHub defines `RUNNER_OS` itself"]
    );
    let gpu = with(&|leg| leg.runner.as_mut().unwrap().gpu = Some(1));
    assert!(gpu.len() == 1 && gpu[0].ends_with("with `gpu` to choose"), "{gpu:?}");
    let image = with(&|leg| {
        leg.runner.as_mut().unwrap().image = Some(("node:22-alpine".to_owned(), origin()));
    });
    assert_eq!(
        image,
        ["P1101 the legs of `unit` use several images, which this version can't build for github"]
    );
}

#[test]
fn a_gate_that_runs_longer_than_a_job_may_is_refused() {
    let complaints = |times: u64| {
        hello()
            .edit("unit", |node| {
                node.body.timeout = 7_200_000;
                if let NodeKind::Gate(gate) = &mut node.kind {
                    gate.quorum = Some(Quorum { times, quorum: times });
                }
            })
            .complaints()
    };
    assert!(complaints(3).is_empty());
    assert_eq!(
        complaints(4),
        [
            "P1101 a timeout of all its repetitions together of more than 6 hours on a machine of GitHub can't be built for github"
        ]
    );
}

#[test]
fn a_lock_that_drops_deploys_of_its_own_run_is_refused() {
    let mut build = hello().node(
        "deploy-app-to-production-2",
        deploy(&["app"], "production"),
        body(&["./deploy.sh"]),
        &["app"],
    );
    Arc::make_mut(&mut build.program.environments).get_mut("production").unwrap().lock = Lock::Newest;
    assert_eq!(
        build.complaints(),
        [
            "P1101 on github, this deploy of `hello` to `production` could replace another waiting deploy of the same run"
        ]
    );
}

#[test]
fn results_that_no_variable_holds_are_refused() {
    let of = |artefacts: usize, shards: u64| {
        let mut build = Build::new("legs", vec![on_push(&["main"])]).stage("commit", Condition::Always);
        for number in 0..artefacts {
            let mut body = body(&["make"]);
            body.shards = Some((shards, origin()));
            build = build.node(&format!("app-{number}"), artefact(ArtefactType::Binary, &["app"]), body, &[]);
        }
        build.complaints()
    };
    assert!(of(1, 180).is_empty());
    let refused = of(12, 180);
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].starts_with("P1103 the results of all jobs of `legs` may have "), "{refused:?}");
}

#[test]
fn a_manual_run_has_at_most_25_inputs() {
    let inputs = |number: usize| -> Vec<Input> {
        let input = |place| Input {
            name: format!("input-{place}"),
            docs: Vec::new(),
            ty: InputType::String,
            default: Some(Text::literal("")),
            origin: origin(),
        };
        (0..number).map(input).collect()
    };
    let with = |mut build: Build, number: usize| {
        build.pipeline.triggers.retain(|trigger| !matches!(trigger, Trigger::Manual(..)));
        build.pipeline.triggers.push(Trigger::Manual(inputs(number), origin()));
        build.complaints()
    };
    assert_eq!(with(hello(), 25), [""; 0]);
    assert_eq!(with(hello(), 26), ["P1103 a manual run has 26 inputs; github accepts 25"]);
    assert_eq!(with(overridden(), 22), [""; 0]);
    let all = "P1103 a manual run has 26 inputs, 3 of them for overrides; github accepts 25";
    assert_eq!(with(overridden(), 23), [all]);
}

/// A job has one token, so a step that has it has all rights of its job.
#[test]
fn rights_of_different_steps_are_refused() {
    let narrow = |right: Right, step: &str| Narrowed {
        held: Held::Right(right),
        steps: vec![(step.to_owned(), origin())],
        origin: origin(),
    };
    let with = |narrowed: Vec<Narrowed>| {
        complaints_of_body(|body| {
            body.rights = vec![(Right::Releases, origin()), (Right::Checks, origin())];
            body.steps =
                ["publish", "test"].map(|name| Step { name: Some(name.to_owned()), ..step("x") }).to_vec();
            body.narrowed = narrowed;
        })
    };
    let refused = |right: &str| {
        format!("P1101 on github, a step with another right would also have the right to write {right}")
    };
    let (releases, checks) = (narrow(Right::Releases, "publish"), narrow(Right::Checks, "test"));
    assert_eq!(with(vec![releases.clone(), checks]), [refused("releases"), refused("checks")]);
    assert_eq!(with(vec![releases.clone()]), [refused("releases")], "every step has the other right");
    assert_eq!(with(vec![releases, narrow(Right::Checks, "publish")]), [""; 0]);
}
