//! A second reading of a node's meaning: attempts, the order of scripts, and legs.
//!
//! It shares no code with the first. It counts and lists as the language reference says, one case after another.

#![expect(clippy::unwrap_used, reason = "a failing helper fails its test")]

use pipec_ir::{
    Act, Action, Artefact, ArtefactType, Binding, Body, Delivery, Deploy, Evidence, Form, Gate, Leg, Matrix,
    Node, NodeId, NodeKind, Origin, PathPattern, Phase, Quorum, Retry, Reversal, Runner, RunnerHost, StageId,
    Step, StepKind, Strategy, StrategyKind, StrategyStep, Text, Tool, ToolVersion, Weight,
};
use pipec_logic::Glob;
use proptest::collection::vec;
use proptest::prelude::{Strategy as Any, any, prop_assert_eq, proptest};
use proptest::{option, strategy};
use std::collections::{BTreeMap, BTreeSet};

const MINUTE: u64 = 60_000;

fn origin() -> Origin {
    Origin::default()
}

fn node(kind: NodeKind, body: Body) -> Node {
    Node {
        name: "it".to_owned(),
        id: NodeId(0),
        docs: Vec::new(),
        origin: origin(),
        name_origin: origin(),
        stage: StageId(0),
        kind,
        body,
        before: BTreeSet::new(),
    }
}

fn step(script: String) -> Step {
    Step { name: None, script, kind: StepKind::Run, origin: origin() }
}

fn action(word: &str, scripts: usize) -> Action {
    let steps = (0..scripts).map(|number| step(format!("{word} {number}"))).collect();
    Action { steps, env: Vec::new(), origin: origin() }
}

fn gate(quorum: Option<Quorum>) -> NodeKind {
    NodeKind::Gate(Gate {
        evidence: Evidence { name: "test".to_owned(), of_artefact: false },
        of: Vec::new(),
        advisory: None,
        exemptions: Vec::new(),
        overriding: None,
        quorum,
    })
}

fn artefact(ty: ArtefactType, paths: &[&str]) -> Artefact {
    let pattern = |text: &&str| PathPattern { glob: Glob::parse(text).unwrap(), origin: origin() };
    let image_name = Some(("r/i".to_owned(), origin()));
    Artefact { ty, paths: paths.iter().map(pattern).collect(), image_name }
}

/// All scripts of a node, listed by reading the source from top to bottom.
fn scripts_in_order(node: &Node) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |scripts: &[Step], at: &str| {
        lines.extend(scripts.iter().map(|step| format!("{}{at}", step.script)));
    };
    let NodeKind::Deploy(deploy) = &node.kind else {
        say(&node.body.steps, "");
        return lines;
    };
    let verify: &[Step] = deploy.verify.as_ref().map_or(&[], |action| &action.steps);
    match &deploy.delivery {
        Delivery::AtOnce => {
            say(&node.body.steps, "");
            say(verify, "");
        }
        Delivery::Stepwise { strategy, shift } => {
            let mut is_done = false;
            for step in &strategy.steps {
                is_done = step.weight.percent() >= 100.0;
                let at = if is_done { " at 100".to_owned() } else { format!(" at {}", step.weight) };
                say(&shift.steps, &at);
                say(verify, &format!("{at} after {}", step.soak));
            }
            if !is_done {
                say(&shift.steps, " at 100");
                say(verify, " at 100 after 0");
            }
        }
        Delivery::ShiftOnly { shift } => {
            say(&shift.steps, " at 100");
            say(verify, " at 100 after 0");
        }
    }
    if let Some(Reversal::Rollback(rollback)) = &deploy.reversal {
        say(&rollback.steps, " back");
    }
    lines
}

/// The same list, computed from the phases.
fn from_phases(node: &Node) -> Vec<String> {
    let line = |phase: &Phase<'_>, step: &Step| {
        let at = phase.weight.as_ref().map(|weight| format!(" at {weight}")).unwrap_or_default();
        match phase.act {
            Act::Run | Act::Shift => format!("{}{at}", step.script),
            Act::Verify if at.is_empty() => step.script.clone(),
            Act::Verify => format!("{}{at} after {}", step.script, phase.soak),
            Act::RollBack => format!("{} back", step.script),
            Act::CleanUp => format!("{} at the end", step.script),
        }
    };
    let mut lines = Vec::new();
    for phase in node.forward_phases().into_iter().chain(node.rollback_phase()) {
        lines.extend(phase.scripts.iter().map(|step| line(&phase, step)));
    }
    lines
}

fn stepwise(weights: Vec<(u32, u64)>, scripts: usize) -> Delivery {
    let step = |(weight, minutes): (u32, u64)| StrategyStep {
        weight: Weight::parse(&weight.to_string()).unwrap(),
        soak: minutes * MINUTE,
        origin: origin(),
    };
    let steps = weights.into_iter().map(step).collect();
    let strategy = Strategy { kind: StrategyKind::Canary, steps, origin: origin() };
    Delivery::Stepwise { strategy, shift: action("shift", scripts) }
}

fn deploys() -> strategy::BoxedStrategy<Node> {
    let weights = option::of((vec((1_u32..130, 0_u64..30), 0..4), 0_usize..3));
    (weights, option::of(0_usize..3), option::of(0_usize..3), 1_u64..90)
        .prop_map(|(weights, verify, rollback, timeout)| {
            let (delivery, steps) = match weights {
                None => (Delivery::AtOnce, vec![step("run".to_owned())]),
                Some((weights, scripts)) => (stepwise(weights, scripts), Vec::new()),
            };
            let deploy = Deploy {
                artefacts: vec!["app".to_owned()],
                environment: "production".to_owned(),
                environment_origin: origin(),
                delivery,
                verify: verify.map(|scripts| action("verify", scripts)),
                reversal: rollback.map(|scripts| Reversal::Rollback(action("rollback", scripts))),
            };
            let body = Body { timeout: timeout * MINUTE, steps, ..Body::default() };
            node(NodeKind::Deploy(Box::new(deploy)), body)
        })
        .boxed()
}

fn colour(value: &str) -> Binding {
    Binding { variable: "COLOUR".to_owned(), value: Text::literal(value), origin: origin() }
}

fn tool(version: &str) -> Tool {
    Tool { name: "node".to_owned(), version: ToolVersion::Exact(version.to_owned()), origin: origin() }
}

fn machine(host: RunnerHost) -> Runner {
    Runner { host, ..Runner::default() }
}

/// A leg of a matrix. Says whether it runs on a Mac, its colour, and its version of the tool.
type Drawn = (bool, Option<String>, Option<String>);

fn leg(number: usize, (on_mac, own, version): &Drawn) -> Leg {
    Leg {
        name: format!("leg{number}"),
        values: BTreeMap::new(),
        runner: on_mac.then(|| machine(RunnerHost::MacosArm64)),
        env: own.iter().map(|own| colour(own)).collect(),
        tools: version.iter().map(|version| tool(version)).collect(),
    }
}

proptest! {
    #[test]
    fn scripts_come_in_the_order_of_the_reference(deploy in deploys()) {
        prop_assert_eq!(from_phases(&deploy), scripts_in_order(&deploy));
    }

    #[test]
    fn a_deploy_may_take_its_timeout_and_its_soaks(deploy in deploys()) {
        let mut most = deploy.body.timeout;
        if let NodeKind::Deploy(it) = &deploy.kind
            && let Delivery::Stepwise { strategy, .. } = &it.delivery
        {
            for step in &strategy.steps {
                most += step.soak;
            }
        }
        prop_assert_eq!(deploy.allowed_time(), most);
        prop_assert_eq!(deploy.longest(), most.max(MINUTE));
    }

    #[test]
    fn a_node_has_its_stated_executions(times in 2_u64..9, retries in option::of(1_u64..5)) {
        let retry = retries.map(|times| Retry { times, because: "b".to_owned(), origin: origin() });
        let body = || Body { retry: retry.clone(), ..Body::default() };
        let tries = retries.map_or(1, |more| 1 + more);
        let built = NodeKind::Artefact(artefact(ArtefactType::Binary, &["a"]));
        prop_assert_eq!(node(NodeKind::Job, body()).executions(), tries);
        prop_assert_eq!(node(built, body()).executions(), tries);
        prop_assert_eq!(node(gate(Some(Quorum { times, quorum: times })), body()).executions(), times);
        prop_assert_eq!(node(gate(None), body()).executions(), 1);
    }

    #[test]
    fn a_leg_has_its_own_runner_variables_and_tools(
        legs in vec((any::<bool>(), option::of("[a-z]{1,3}"), option::of("[1-9]{1,2}")), 1..4),
        own in option::of("[A-Z]{1,3}"),
        shards in option::of(1_u64..4),
    ) {
        let of_matrix = legs.iter().enumerate().map(|(number, drawn)| leg(number, drawn)).collect();
        let body = Body {
            env: own.iter().map(|own| colour(own)).collect(),
            tools: vec![tool("0")],
            runner: machine(RunnerHost::LinuxArm64),
            matrix: Some(Matrix { axes: Vec::new(), legs: of_matrix, origin: origin() }),
            shards: shards.map(|count| (count, origin())),
            ..Body::default()
        };
        let node = node(gate(None), body);
        let is_set = legs.iter().any(|(_, colour, _)| colour.is_some());
        let mut expected = Vec::new();
        for (number, (on_mac, colour, version)) in legs.iter().enumerate() {
            for shard in 1..=shards.unwrap_or(1) {
                let name = match shards {
                    Some(_) => format!("leg{number}-{shard}"),
                    None => format!("leg{number}"),
                };
                let host = if *on_mac { RunnerHost::MacosArm64 } else { RunnerHost::LinuxArm64 };
                let colour = colour.clone().or_else(|| own.clone()).or_else(|| is_set.then(String::new));
                let version = version.clone().unwrap_or_else(|| "0".to_owned());
                expected.push((name, host, colour, ToolVersion::Exact(version)));
            }
        }
        let mut found = Vec::new();
        for leg in node.legs() {
            let node = node.in_leg(&leg);
            let own = node.body.env.first().map(|own| own.value.as_literal().unwrap().to_owned());
            prop_assert_eq!((node.body.env.len() < 2, node.body.tools.len()), (true, 1));
            found.push((leg.name, node.body.runner.host, own, node.body.tools[0].version.clone()));
        }
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn an_artefact_is_a_file_a_folder_or_an_image() {
    let is_folder = |paths: &[&str]| artefact(ArtefactType::Binary, paths).form() == Form::Folder;
    assert_eq!(artefact(ArtefactType::Binary, &["out/app"]).form(), Form::File("out/app"));
    assert!(is_folder(&["out/*"]) && is_folder(&["a", "b"]) && is_folder(&[]));
    let image = artefact(ArtefactType::Image, &[]);
    assert_eq!((image.form(), image.image()), (Form::Image, Some("r/i")));
    assert_eq!(artefact(ArtefactType::Binary, &["out/app"]).image(), None);
}
