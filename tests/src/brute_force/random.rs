//! Random small programs. Each starts as a proven one, and then some changes may break it.

use super::choose::Chooser;
use super::glob::{PATHS, REFS};
use super::model::{
    Change, Condition, Environment, Event, Gate, Input, KINDS, Node, Pipeline, Program, ROLES, RunFact,
    Stage, Trigger, What, is_of_artefact,
};
use super::world;
use std::collections::BTreeSet;

const CHANGE_KINDS: [&str; 5] = ["schema", "docs", "code", "none", "config"];

/// The maximum number of distinct paths of a pipeline. More would give too many sets of them.
const MAX_PATHS: usize = 6;

/// The program for a seed.
pub fn program(seed: u64) -> Program {
    let mut random = Random { choose: Chooser::new(seed), names: 0 };
    let mut program = Program { environments: random.environments(), ..Program::default() };
    let count = if random.choose.chance(12) { 2 } else { 1 };
    for name in ["one", "two"].into_iter().take(count) {
        let pipeline = random.pipeline(name, &program.environments);
        program.pipelines.push(pipeline);
    }
    if count == 2 && random.choose.chance(70) {
        list_entries(&mut program);
    }
    let changes = match random.choose.below(10) {
        0..3 => 0,
        3..7 => 1 + random.choose.below(2),
        _ => 3 + random.choose.below(6),
    };
    for _ in 0..changes {
        random.change(&mut program);
    }
    for pipeline in &mut program.pipelines {
        if random.choose.chance(5) {
            random.narrow(pipeline);
        }
        mend(pipeline);
    }
    random.times(&mut program);
    random.facts(&mut program);
    random.identities(&mut program);
    program
}

/// Lists the entering pipelines of environments that several enter.
fn list_entries(program: &mut Program) {
    for environment in &mut program.environments {
        let enters = |pipeline: &&Pipeline| {
            let mut nodes = pipeline.stages.iter().flat_map(|stage| &stage.nodes);
            nodes.any(|node| matches!(&node.what, What::Deploy(_, name) if *name == environment.name))
        };
        let entering: Vec<String> =
            program.pipelines.iter().filter(enters).map(|pipeline| pipeline.name.clone()).collect();
        environment.from = (entering.len() > 1).then_some(entering);
    }
}

/// Removes parts that no theorem is about. These are inputs without a trigger, and too many paths.
fn mend(pipeline: &mut Pipeline) {
    fn inputs(condition: &mut Condition, known: &[Input]) {
        match condition {
            Condition::Input(input, _) if !known.contains(input) => *condition = Condition::Fork,
            Condition::Not(part) => inputs(part, known),
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter_mut().for_each(|part| inputs(part, known));
            }
            _ => {}
        }
    }
    fn paths(condition: &mut Condition) {
        match condition {
            Condition::Changed(_) => *condition = Condition::Changed(vec![Change::Glob("lib/**")]),
            Condition::Not(part) => paths(part),
            Condition::And(parts) | Condition::Or(parts) => parts.iter_mut().for_each(paths),
            _ => {}
        }
    }
    let known = pipeline.inputs();
    for when in pipeline.stages.iter_mut().filter_map(|stage| stage.when.as_mut()) {
        inputs(when, &known);
    }
    let distinguished = |pipeline: &Pipeline| {
        super::glob::distinguished(super::glob::path_names(), &world::globs(pipeline).1).len()
    };
    while distinguished(pipeline) > MAX_PATHS {
        if pipeline.changes.pop().is_some() {
            continue;
        }
        for stage in &mut pipeline.stages {
            stage.when.as_mut().map(paths).unwrap_or_default();
            for node in &mut stage.nodes {
                if let What::Gate(gate) = &mut node.what {
                    gate.unless_changed = None;
                }
            }
        }
    }
}

struct Random {
    choose: Chooser,
    names: usize,
}

impl Random {
    /// Adds timeouts to some nodes, and budgets that may be too small.
    fn times(&mut self, program: &mut Program) {
        for pipeline in &mut program.pipelines {
            if !self.choose.chance(30) {
                continue;
            }
            if self.choose.chance(70) {
                pipeline.budget = Some(30 + 10 * self.choose.below(12) as u64);
            }
            for stage in &mut pipeline.stages {
                if self.choose.chance(30) {
                    stage.budget = Some(10 + 5 * self.choose.below(8) as u64);
                }
                for node in &mut stage.nodes {
                    if self.choose.chance(40) {
                        node.timeout = Some(1 + self.choose.below(20) as u64);
                    }
                    let again = matches!(node.what, What::Artefact | What::Job);
                    node.retry = (again && self.choose.chance(20)).then_some(1);
                }
            }
        }
    }

    /// Makes a node use a fact of the run.
    fn facts(&mut self, program: &mut Program) {
        for pipeline in &mut program.pipelines {
            let inputs = pipeline.inputs();
            let fits = |fact: &RunFact| !matches!(fact, RunFact::Input(input) if !inputs.contains(input));
            let all: Vec<RunFact> = [RunFact::TagName, RunFact::BranchName, RunFact::PullRequestNumber]
                .into_iter()
                .chain(Input::ALL.map(RunFact::Input))
                .filter(fits)
                .collect();
            for node in pipeline.stages.iter_mut().flat_map(|stage| &mut stage.nodes) {
                if self.choose.chance(2) {
                    node.fact = Some(self.choose.of(&all));
                }
            }
        }
    }

    /// Adds identities to environments and nodes.
    fn identities(&mut self, program: &mut Program) {
        for environment in &mut program.environments {
            if self.choose.chance(8) {
                environment.identity = Some(self.choose.of(&ROLES));
            }
        }
        for node in program.pipelines.iter_mut().flat_map(|it| &mut it.stages).flat_map(|it| &mut it.nodes) {
            if !matches!(node.what, What::Deploy(..)) && self.choose.chance(2) {
                node.identity = Some(self.choose.of(&ROLES));
            }
        }
    }

    fn environments(&mut self) -> Vec<Environment> {
        let mut all = Vec::new();
        let named = |name: &str, tier| Environment { name: name.to_owned(), tier, ..Environment::default() };
        if self.choose.chance(35) {
            all.push(named("dev", "development"));
        }
        if self.choose.chance(60) {
            all.push(named("staging", "staging"));
        }
        if self.choose.chance(15) {
            all.push(Environment { open: true, ..named("preview", "ephemeral") });
        }
        let mut before: Vec<String> =
            all.iter().filter(|it| it.tier != "ephemeral").map(|it| it.name.clone()).collect();
        if let [first, second] = before.as_slice() {
            let (first, second) = (first.clone(), second.clone());
            if let Some(environment) = all.iter_mut().find(|it| it.name == second) {
                environment.after.push(first);
            }
            before = vec![second];
        }
        let mut production = named("production", "production");
        production.after = before;
        production.requires = self.kinds(40);
        all.push(production);
        all
    }

    fn kinds(&mut self, percent: usize) -> Vec<&'static str> {
        KINDS.into_iter().filter(|_| self.choose.chance(percent)).collect()
    }

    fn fresh(&mut self, what: &str) -> String {
        self.names += 1;
        format!("{what}{}", self.names)
    }

    /// A pipeline that is usually proven.
    fn pipeline(&mut self, name: &str, environments: &[Environment]) -> Pipeline {
        let mut pipeline = Pipeline { name: name.to_owned(), ..Pipeline::default() };
        let pushed =
            self.choose.of(&[vec!["main"], vec!["main", "release/*"], vec!["m*n"], vec!["main", "rel*"]]);
        pipeline.triggers.push(Trigger::Push(pushed.clone()));
        if self.choose.chance(40) {
            pipeline.triggers.push(Trigger::PullRequest(vec!["main"]));
        }
        if self.choose.chance(20) {
            pipeline.triggers.push(Trigger::Tag(vec!["v*"]));
        }
        if self.choose.chance(25) {
            pipeline.triggers.push(Trigger::Schedule);
        }
        if self.choose.chance(25) {
            let inputs = Input::ALL.into_iter().filter(|_| self.choose.chance(40)).collect();
            pipeline.triggers.push(Trigger::Manual(inputs));
        }
        if self.choose.chance(15) {
            pipeline.triggers.push(Trigger::MergeQueue);
        }
        if self.choose.chance(15) {
            match self.choose.below(3) {
                0 => pipeline.protect = Some([pushed.as_slice(), &["v*"]].concat()),
                1 => pipeline.protect_branch = Some(pushed.clone()),
                _ => pipeline.protect_tag = Some(vec!["v*"]),
            }
        }
        for _ in 0..self.choose.below(4) {
            let rule = self.change_rule();
            pipeline.changes.push(rule);
        }
        let artefacts: Vec<String> =
            ["app", "bom"].into_iter().take(1 + self.choose.below(2)).map(str::to_owned).collect();
        let mut commit = Stage { name: "commit".to_owned(), ..Stage::default() };
        commit.nodes.extend(artefacts.iter().map(|it| node(it, What::Artefact)));
        let required: BTreeSet<&str> = environments.iter().flat_map(|it| it.requires.clone()).collect();
        for kind in KINDS {
            if required.contains(kind) || self.choose.chance(15) {
                let of = if is_of_artefact(kind) { artefacts.clone() } else { Vec::new() };
                let gate = self.gate(kind, of, &pipeline);
                commit.nodes.push(gate);
            }
        }
        pipeline.stages.push(commit);
        let base = self.choose.of(&[
            Condition::Branch("main"),
            Condition::Event(Event::Push),
            Condition::And(vec![Condition::Event(Event::Push), Condition::Branch("main")]),
            Condition::And(vec![Condition::Branch("main"), Condition::Changed(vec![Change::Kind("code")])]),
            Condition::And(vec![
                Condition::Event(Event::Push),
                Condition::Not(Box::new(Condition::Branch("rel*"))),
            ]),
        ]);
        for environment in environments {
            if environment.tier == "ephemeral" {
                let when = Condition::And(vec![
                    Condition::Event(Event::PullRequest),
                    Condition::Not(Box::new(Condition::Fork)),
                ]);
                let deploy = node("deploy", What::Deploy(artefacts.clone(), environment.name.clone()));
                if pipeline.triggers.iter().any(|trigger| matches!(trigger, Trigger::PullRequest(_))) {
                    let after = Some(vec!["commit".to_owned()]);
                    let name = format!("to-{}", environment.name);
                    pipeline.stages.push(Stage {
                        name,
                        after,
                        when: Some(when),
                        nodes: vec![deploy],
                        budget: None,
                    });
                }
                continue;
            }
            let deploy = node("deploy", What::Deploy(artefacts.clone(), environment.name.clone()));
            let mut nodes = vec![deploy];
            if self.choose.chance(20) && environment.tier != "production" {
                let mut gate = self.gate("acceptance", artefacts.clone(), &pipeline);
                gate.reads.push(environment.name.clone());
                nodes.push(gate);
            }
            let name = format!("to-{}", environment.name);
            let when = Some(base.clone());
            pipeline.stages.push(Stage { name, after: None, when, nodes, budget: None });
        }
        // A preview between the other stages would have unnecessary successors.
        let (previews, others): (Vec<Stage>, Vec<Stage>) =
            pipeline.stages.drain(..).partition(|stage| stage.name == "to-preview");
        pipeline.stages = others.into_iter().chain(previews).collect();
        pipeline
    }

    fn gate(&mut self, kind: &'static str, of: Vec<String>, pipeline: &Pipeline) -> Node {
        let mut gate = Gate { kind, of, ..Gate::default() };
        if self.choose.chance(15) {
            gate.unless_changed = Some(self.changes());
        }
        gate.on_fork = self.choose.chance(8) && !pipeline.triggers.is_empty();
        gate.overridable = self.choose.chance(10);
        node(&self.fresh("gate"), What::Gate(gate))
    }

    fn change_rule(&mut self) -> (&'static str, Vec<&'static str>) {
        let kind = self.choose.of(&CHANGE_KINDS);
        (kind, self.choose.some_of(&PATHS, 8))
    }

    fn changes(&mut self) -> Vec<Change> {
        let count = 1 + self.choose.below(2);
        (0..count)
            .map(|_| {
                if self.choose.chance(50) {
                    Change::Kind(self.choose.of(&CHANGE_KINDS))
                } else {
                    Change::Glob(self.choose.of(&PATHS))
                }
            })
            .collect()
    }

    fn condition(&mut self, depth: usize) -> Condition {
        if depth > 0 && self.choose.chance(45) {
            let parts = |random: &mut Random| {
                (0..2 + random.choose.below(2)).map(|_| random.condition(depth - 1)).collect()
            };
            return match self.choose.below(3) {
                0 => Condition::Not(Box::new(self.condition(depth - 1))),
                1 => Condition::And(parts(self)),
                _ => Condition::Or(parts(self)),
            };
        }
        match self.choose.below(12) {
            0..3 => Condition::Event(self.choose.of(&Event::ALL)),
            3 | 4 => Condition::Branch("main"),
            5 | 6 => Condition::Branch(self.choose.of(&REFS)),
            7 => Condition::Tag(self.choose.of(&REFS)),
            8 | 9 => Condition::Changed(self.changes()),
            10 => {
                let input = self.choose.of(&Input::ALL);
                let asked = if input == Input::Ring { &["inner", "outer"][..] } else { input.values() };
                Condition::Input(input, self.choose.of(asked))
            }
            _ => Condition::Fork,
        }
    }

    /// Makes one change somewhere.
    fn change(&mut self, program: &mut Program) {
        let environments: Vec<String> = program.environments.iter().map(|it| it.name.clone()).collect();
        if self.choose.chance(15) {
            self.change_environment(program, &environments);
            return;
        }
        let which = self.choose.below(program.pipelines.len());
        let pipeline = &mut program.pipelines[which];
        let artefacts: Vec<String> = pipeline
            .stages
            .iter()
            .flat_map(|stage| &stage.nodes)
            .filter(|node| matches!(node.what, What::Artefact))
            .map(|node| node.name.clone())
            .collect();
        let stage = self.choose.below(pipeline.stages.len());
        match self.choose.below(19) {
            0..3 => {
                let depth = self.choose.below(4);
                pipeline.stages[stage].when = Some(self.condition(depth));
            }
            3 => pipeline.stages[stage].when = None,
            4 => {
                let names: Vec<String> = pipeline.stages.iter().map(|stage| stage.name.clone()).collect();
                let earlier = if self.choose.chance(85) { &names[..stage] } else { names.as_slice() };
                if !earlier.is_empty() {
                    pipeline.stages[stage].after = Some(self.choose.some_of(earlier, 40));
                }
            }
            5..9 => {
                let node = self.node(&artefacts, &environments, pipeline);
                let nodes = &mut pipeline.stages[stage].nodes;
                let place = self.choose.below(nodes.len() + 1);
                nodes.insert(place, node);
            }
            9 => {
                let nodes = &mut pipeline.stages[stage].nodes;
                let place = self.choose.below(nodes.len());
                if nodes.get(place).is_some_and(|node| !matches!(node.what, What::Artefact)) {
                    nodes.remove(place);
                }
            }
            10 => {
                let nodes = &mut pipeline.stages[stage].nodes;
                if nodes.len() > 1 {
                    let place = self.choose.below(nodes.len() - 1);
                    nodes.swap(place, place + 1);
                }
            }
            11 => {
                let other = self.choose.below(pipeline.stages.len());
                if !pipeline.stages[stage].nodes.is_empty() {
                    let place = self.choose.below(pipeline.stages[stage].nodes.len());
                    let moved = pipeline.stages[stage].nodes.remove(place);
                    pipeline.stages[other].nodes.push(moved);
                }
            }
            12 => self.change_triggers(pipeline),
            13 => {
                let when = if self.choose.chance(50) { Some(self.condition(2)) } else { None };
                let nodes = (0..self.choose.below(3))
                    .map(|_| self.node(&artefacts, &environments, pipeline))
                    .collect();
                let place = self.choose.below(pipeline.stages.len() + 1);
                let name = self.fresh("more");
                if pipeline.stages.len() < 5 {
                    pipeline.stages.insert(place, Stage { name, after: None, when, nodes, budget: None });
                }
            }
            14 => self.late_part(&mut pipeline.stages),
            15 => {
                let mut part = node(&self.fresh("part"), What::Artefact);
                part.reads.push(self.choose.of(&environments));
                pipeline.stages[stage].nodes.push(part);
            }
            16 => self.review(&artefacts, pipeline),
            17 => {
                let other = self.choose.below(pipeline.stages.len());
                pipeline.stages.swap(stage, other);
            }
            _ => {
                let nodes = &mut pipeline.stages[stage].nodes;
                let place = self.choose.below(nodes.len());
                if let Some(node) = nodes.get_mut(place) {
                    self.change_node(node, &artefacts, &environments);
                }
            }
        }
    }

    /// Adds a gate that checks only untrusted code, at a random place.
    fn review(&mut self, artefacts: &[String], pipeline: &mut Pipeline) {
        pipeline.triggers.push(Trigger::PullRequest(vec!["main"]));
        let kind = self.choose.of(&KINDS);
        let of = if is_of_artefact(kind) { artefacts.to_vec() } else { Vec::new() };
        let nodes = vec![self.gate(kind, of, pipeline)];
        let when = Some(self.choose.of(&[Condition::Event(Event::PullRequest), Condition::Fork]));
        let place = self.choose.below(pipeline.stages.len() + 1);
        let name = self.fresh("review");
        pipeline.stages.insert(place, Stage { name, after: None, when, nodes, budget: None });
    }

    /// Limits stages to some changes, and makes some gates exempt without others.
    fn narrow(&mut self, pipeline: &mut Pipeline) {
        let changed = Condition::Changed(self.changes());
        for stage in &mut pipeline.stages {
            stage.when = Some(match stage.when.take() {
                None => changed.clone(),
                Some(when) => Condition::And(vec![when, changed.clone()]),
            });
            for node in &mut stage.nodes {
                if let What::Gate(gate) = &mut node.what
                    && self.choose.chance(50)
                {
                    gate.unless_changed = Some(self.changes());
                }
            }
        }
    }

    /// Moves an artefact to a later stage, and adds it to some deploys.
    fn late_part(&mut self, stages: &mut [Stage]) {
        let stage = self.choose.below(stages.len());
        let name = self.fresh("late");
        let nodes = &mut stages[stage].nodes;
        let place = self.choose.below(nodes.len() + 1);
        nodes.insert(place, node(&name, What::Artefact));
        let later = stages[stage..].iter_mut().flat_map(|stage| &mut stage.nodes);
        for node in later {
            if let What::Deploy(parts, _) = &mut node.what
                && self.choose.chance(80)
            {
                parts.push(name.clone());
            }
        }
    }

    fn change_environment(&mut self, program: &mut Program, names: &[String]) {
        let which = self.choose.below(program.environments.len());
        let pipelines: Vec<String> = program.pipelines.iter().map(|it| it.name.clone()).collect();
        let environment = &mut program.environments[which];
        match self.choose.below(5) {
            0 => environment.requires = self.kinds(45),
            1 => {
                environment.after =
                    if self.choose.chance(75) { self.choose.some_of(names, 30) } else { Vec::new() };
            }
            2 => environment.from = Some(self.choose.some_of(&pipelines, 40)),
            3 => environment.open = environment.tier == "ephemeral" && !environment.open,
            _ if environment.name == "dev" => {
                environment.tier = self.choose.of(&["development", "production", "testing", "ephemeral"]);
            }
            _ => environment.requires.clear(),
        }
    }

    fn change_triggers(&mut self, pipeline: &mut Pipeline) {
        let globs = self.choose.some_of(&REFS, 10);
        match self.choose.below(7) {
            0 => pipeline.triggers.push(Trigger::Push(globs)),
            1 => pipeline.triggers.push(Trigger::Tag(globs)),
            2 => match self.choose.below(3) {
                0 => pipeline.protect = Some(globs),
                1 => pipeline.protect_branch = Some(globs),
                _ => pipeline.protect_tag = Some(globs),
            },
            3 => {
                let rule = self.change_rule();
                pipeline.changes.push(rule);
            }
            4 if pipeline.triggers.len() > 1 => {
                pipeline.triggers.remove(0);
            }
            5 => pipeline.triggers.push(Trigger::MergeQueue),
            _ => pipeline.triggers.push(Trigger::PullRequest(globs)),
        }
    }

    fn node(&mut self, artefacts: &[String], environments: &[String], pipeline: &Pipeline) -> Node {
        let mut new = match self.choose.below(10) {
            0..4 => {
                let kind = self.choose.of(&KINDS);
                let of = if is_of_artefact(kind) { self.choose.some_of(artefacts, 50) } else { Vec::new() };
                let mut gate = self.gate(kind, of, pipeline);
                if let What::Gate(it) = &mut gate.what {
                    it.advisory = self.choose.chance(20);
                }
                gate
            }
            4..7 => {
                let parts = self.choose.some_of(artefacts, 70);
                node("deploy", What::Deploy(parts, self.choose.of(environments)))
            }
            7 => node(&self.fresh("part"), What::Artefact),
            _ => node(&self.fresh("job"), What::Job),
        };
        if self.choose.chance(25) && !matches!(new.what, What::Deploy(..)) {
            new.uses = self.choose.some_of(artefacts, 30);
        }
        if self.choose.chance(15) {
            new.reads.push(self.choose.of(environments));
        }
        new
    }

    fn change_node(&mut self, node: &mut Node, artefacts: &[String], environments: &[String]) {
        match &mut node.what {
            What::Gate(gate) => match self.choose.below(4) {
                0 => gate.advisory = !gate.advisory,
                1 if is_of_artefact(gate.kind) => gate.of = self.choose.some_of(artefacts, 50),
                2 => gate.on_fork = true,
                _ => gate.unless_changed = Some(self.changes()),
            },
            What::Deploy(parts, environment) => {
                if self.choose.chance(50) {
                    *parts = self.choose.some_of(artefacts, 50);
                } else {
                    *environment = self.choose.of(environments);
                }
            }
            What::Artefact | What::Job => {
                if self.choose.chance(50) {
                    node.uses = self.choose.some_of(artefacts, 30);
                } else {
                    node.reads = vec![self.choose.of(environments)];
                }
            }
        }
    }
}

fn node(name: &str, what: What) -> Node {
    Node {
        name: name.to_owned(),
        what,
        uses: Vec::new(),
        reads: Vec::new(),
        timeout: None,
        retry: None,
        fact: None,
        identity: None,
    }
}
