//! The text about a node: when it runs, what it waits for, what it may touch, and what it runs.

use super::touch::{authority, inputs, machine};
use crate::graph::path::{DrawnNode, Kind, Path};
use crate::graph::svg::escaped;
use crate::graph::why::{self, Triggers};
use crate::graph::{Graph, UNPROVEN};
use crate::words;
use pipec_ir::{Act, Phase};
use std::fmt::Write;

/// The text that is shown while no node is chosen.
pub(super) fn introduction(graph: &Graph<'_>, paths: &[Path<'_>], out: &mut String) {
    out.push_str("<section class=\"about open\" id=\"about-nothing\">\n");
    let names: Vec<&str> = paths.iter().map(|path| path.pipeline.name.as_str()).collect();
    let title = if names.is_empty() { "There is no pipeline".to_owned() } else { names.join(", ") };
    let _ = writeln!(out, "<h2>{}</h2>", escaped(&title));
    if !graph.is_proven {
        let _ = writeln!(out, "<p class=\"mark\">{UNPROVEN}</p>");
    }
    out.push_str(
        "<p>Choose a node to read when it runs, what it waits for and why, and what it may touch.</p>\n",
    );
    for (number, path) in paths.iter().enumerate() {
        let links: Vec<String> = path.nodes.iter().map(|drawn| link(number, drawn)).collect();
        let name = escaped(&path.pipeline.name);
        let _ = writeln!(out, "<h3>The nodes of {name}</h3>\n<p>{}</p>", links.join(", "));
    }
    out.push_str(
        "<div class=\"legend\">\n<h3>Colours</h3>\n\
         <p><b class=\"is-before\"></b>must happen before the chosen node</p>\n\
         <p><b class=\"is-after\"></b>waits for the chosen node</p>\n\
         <h3>Mouse and touch</h3>\n\
         <p>Drag to move. Pinch, or hold <kbd>Ctrl</kbd> and turn the wheel, to zoom.</p>\n\
         <h3>Keyboard</h3>\n\
         <p><kbd>Tab</kbd> goes to the next node, <kbd>Enter</kbd> opens it, <kbd>Esc</kbd> closes it. Arrows move, \
         <kbd>+</kbd> and <kbd>−</kbd> zoom, <kbd>0</kbd> shows all.</p>\n</div>\n</section>\n",
    );
}

/// The section about one node. Its pipeline has a number and triggers.
pub(super) fn node(
    graph: &Graph<'_>,
    path: &Path<'_>,
    (pipeline, triggers): (usize, &Triggers<'_>),
    drawn: &DrawnNode<'_>,
    out: &mut String,
) {
    let ids =
        |nodes: &[&DrawnNode<'_>]| nodes.iter().map(|other| other.id(pipeline)).collect::<Vec<_>>().join(" ");
    let (before, after) = (why::predecessors(path, drawn), why::successors(path, drawn.node.id));
    let (id, name) = (drawn.id(pipeline), escaped(&drawn.node.name));
    let kind = drawn.kind.word();
    let _ = writeln!(
        out,
        "<section class=\"about\" id=\"about-{id}\" data-name=\"{kind} {name}\" data-before=\"{}\" data-after=\"{}\">",
        ids(&before),
        ids(&after)
    );
    let stage = path.pipeline.stage_of(drawn.node).map_or("", |stage| stage.name.as_str());
    let of = format!("{kind} in stage {stage} of {}", path.pipeline.name);
    let _ = writeln!(out, "<p class=\"kind\">{}</p>\n<h2 tabindex=\"-1\">{name}</h2>", escaped(&of));
    let docs = drawn.node.docs.join("\n");
    if !docs.trim().is_empty() {
        let _ = writeln!(out, "<p class=\"docs\">{}</p>", escaped(&docs));
    }
    when(path, triggers, drawn, out);
    waits(path, pipeline, drawn, &before, out);
    touches(graph, drawn, out);
    particulars(drawn, out);
    waiting(pipeline, &after, out);
    scripts(drawn, out);
    out.push_str("</section>\n");
}

fn heading(title: &str, out: &mut String) {
    let _ = writeln!(out, "<h3>{title}</h3>");
}

/// A list of facts, each with its subject.
fn facts<'f>(rows: impl IntoIterator<Item = (&'f str, String)>, out: &mut String) {
    out.push_str("<dl>\n");
    for (what, text) in rows {
        let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(what), escaped(&text));
    }
    out.push_str("</dl>\n");
}

fn when(path: &Path<'_>, triggers: &Triggers<'_>, drawn: &DrawnNode<'_>, out: &mut String) {
    heading("When it runs", out);
    let starts = triggers.starting(drawn.node).unwrap_or_else(|| "no trigger".to_owned());
    let mut rows = vec![("is due in", why::due(path, drawn)), ("runs start on", starts)];
    if let Some(skipped) = why::may_be_skipped(drawn) {
        rows.push(("may be", skipped.to_owned()));
    }
    rows.push(("takes at most", drawn.timeout.clone()));
    rows.push(("on", machine(drawn)));
    facts(rows, out);
}

fn link(pipeline: usize, drawn: &DrawnNode<'_>) -> String {
    format!("<a href=\"#about-{}\">{}</a>", drawn.id(pipeline), escaped(&drawn.node.name))
}

fn waits(
    path: &Path<'_>,
    pipeline: usize,
    drawn: &DrawnNode<'_>,
    before: &[&DrawnNode<'_>],
    out: &mut String,
) {
    heading("What it waits for", out);
    if before.is_empty() {
        out.push_str("<p>Nothing must happen before it.</p>\n");
    } else {
        out.push_str("<ul>\n");
        for other in before {
            let must = escaped(&why::obligation(path, drawn, other));
            let _ =
                writeln!(out, "<li>{} <span class=\"what\">must</span> {must}</li>", link(pipeline, other));
        }
        out.push_str("</ul>\n");
    }
    let requirements = why::requirements(drawn);
    if !requirements.is_empty() {
        heading("Then it waits for", out);
        facts(requirements, out);
    }
}

fn touches(graph: &Graph<'_>, drawn: &DrawnNode<'_>, out: &mut String) {
    heading("What it may touch", out);
    let mut touched = authority(graph.program, drawn);
    if touched.is_empty() {
        out.push_str("<p>It has no environment, no secret, no identity and no right to write.</p>\n");
    }
    touched.extend(inputs(drawn));
    if !touched.is_empty() {
        facts(touched, out);
    }
}

/// What the card says, with the reasons.
fn particulars(drawn: &DrawnNode<'_>, out: &mut String) {
    heading("Details", out);
    let yields = match drawn.kind {
        Kind::Gate => format!("gives evidence: {}", drawn.yields),
        Kind::Artefact => format!("builds: {}", drawn.yields),
        Kind::Deploy | Kind::Job => drawn.yields.clone(),
    };
    let _ = writeln!(out, "<ul>\n<li>{}</li>", escaped(&yields));
    for fact in &drawn.facts {
        let class = if fact.is_marked { " class=\"mark\"" } else { "" };
        let because = fact
            .because
            .as_ref()
            .map(|because| format!("<span class=\"more\">because: {}</span>", escaped(because)));
        let _ = writeln!(
            out,
            "<li><span{class}>{}</span>{}</li>",
            escaped(&fact.line()),
            because.unwrap_or_default()
        );
    }
    out.push_str("</ul>\n");
}

fn waiting(pipeline: usize, after: &[&DrawnNode<'_>], out: &mut String) {
    heading("What waits for it", out);
    if after.is_empty() {
        out.push_str("<p>Nothing waits for it.</p>\n");
        return;
    }
    let links: Vec<String> = after.iter().map(|other| link(pipeline, other)).collect();
    let _ = writeln!(out, "<p>{}</p>", links.join(", "));
}

fn scripts(drawn: &DrawnNode<'_>, out: &mut String) {
    let phases: Vec<Phase<'_>> = drawn
        .node
        .forward_phases()
        .into_iter()
        .chain(drawn.node.rollback_phase())
        .chain(drawn.node.cleanup_phase())
        .collect();
    let number: usize = phases.iter().map(|phase| phase.scripts.len()).sum();
    if number == 0 {
        return;
    }
    out.push_str("<details>\n<summary>What it runs</summary>\n");
    for phase in phases.iter().filter(|phase| !phase.scripts.is_empty()) {
        if let Some(title) = phase_title(phase) {
            let _ = writeln!(out, "<p class=\"what\">{}</p>", escaped(&title));
        }
        for step in phase.scripts {
            let _ = writeln!(out, "<pre>{}</pre>", escaped(&step.script));
        }
    }
    out.push_str("</details>\n");
}

/// The name of a phase: "shift to 5%", "verify at 5% after a soak of 10m".
fn phase_title(phase: &Phase<'_>) -> Option<String> {
    let weight =
        |word: &str| phase.weight.as_ref().map(|weight| format!(" {word} {weight}%")).unwrap_or_default();
    let soak = match phase.soak {
        0 => String::new(),
        soak => format!(", after a soak of {}", words::duration(soak)),
    };
    match phase.act {
        Act::Run => None,
        Act::Shift => Some(format!("shift{}", weight("to"))),
        Act::Verify => Some(format!("verify{}{soak}", weight("at"))),
        Act::RollBack => Some("roll back after a failure".to_owned()),
        Act::CleanUp => Some("clean up, whatever became of the rest".to_owned()),
    }
}
