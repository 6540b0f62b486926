//! The drawing in Graphviz's language.

use super::Graph;
use super::path::{DrawnNode, DrawnStage, Kind, Path};

pub(super) fn draw(graph: &Graph<'_>) -> String {
    let paths = graph.paths();
    let name = match paths.as_slice() {
        [only] => only.pipeline.name.as_str(),
        _ => "pipelines",
    };
    let mut lines = vec![
        format!("digraph {} {{", quoted(name)),
        "  rankdir=LR; compound=true; nodesep=0.25; ranksep=0.6;".to_owned(),
        "  fontname=\"Helvetica\"; fontsize=12; color=\"#c9cfd8\"; style=\"rounded\";".to_owned(),
        "  node [fontname=\"Helvetica\", fontsize=11, style=\"filled,rounded\", shape=box, margin=\"0.16,0.09\"];".to_owned(),
        "  edge [color=\"#7b8694\", arrowsize=0.7];".to_owned(),
    ];
    for (place, path) in paths.iter().enumerate() {
        pipeline(path, place, graph.is_proven, &mut lines);
    }
    lines.push("}".to_owned());
    lines.join("\n") + "\n"
}

fn pipeline(path: &Path<'_>, place: usize, is_proven: bool, lines: &mut Vec<String>) {
    lines.push(format!("  subgraph cluster_p{place} {{"));
    lines.push(format!("    label={}; labeljust=l; penwidth=0;", quoted(&path.heading(is_proven))));
    for (at, drawn_stage) in path.stages.iter().enumerate() {
        lines.push(format!("    subgraph {} {{", cluster(place, at)));
        let mut title = drawn_stage.stage.name.clone();
        for more in [drawn_stage.condition(), drawn_stage.budget()].into_iter().flatten() {
            title.push('\n');
            title.push_str(&more);
        }
        lines.push(format!("      label={}; penwidth=1;", quoted(&title)));
        for drawn in drawn_stage.levels.iter().flatten().filter_map(|id| path.drawn(*id)) {
            lines.push(format!("      p{place}n{} [{}];", drawn.node.id.0, attributes(drawn)));
        }
        if drawn_stage.levels.is_empty() {
            lines.push(format!("      {} [shape=point, style=invis];", anchor(place, at, drawn_stage, true)));
        }
        lines.push("    }".to_owned());
    }
    lines.push("  }".to_owned());
    for at in 0..path.stages.len() {
        for (from, to) in path.edges_inside(at) {
            lines.push(format!("  p{place}n{} -> p{place}n{};", from.0, to.0));
        }
    }
    for (at, drawn_stage) in path.stages.iter().enumerate() {
        for before in &drawn_stage.after {
            let Some(first) = path.stages.get(*before) else { continue };
            lines.push(format!(
                "  {} -> {} [ltail={}, lhead={}, penwidth=2];",
                anchor(place, *before, first, true),
                anchor(place, at, drawn_stage, false),
                cluster(place, *before),
                cluster(place, at)
            ));
        }
    }
    for (from, to) in path.edges_across() {
        lines.push(format!("  p{place}n{} -> p{place}n{};", from.0, to.0));
    }
}

fn cluster(place: usize, stage: usize) -> String {
    format!("cluster_p{place}s{stage}")
}

/// The node that represents a stage in an edge. Graphviz draws edges between nodes and cuts them at the clusters.
fn anchor(place: usize, stage: usize, drawn_stage: &DrawnStage<'_>, last: bool) -> String {
    let level = if last { drawn_stage.levels.last() } else { drawn_stage.levels.first() };
    match level.and_then(|nodes| nodes.get(nodes.len() / 2)) {
        Some(id) => format!("p{place}n{}", id.0),
        None => format!("p{place}s{stage}"),
    }
}

fn attributes(drawn: &DrawnNode<'_>) -> String {
    let (fill, line) = match drawn.kind {
        _ if drawn.is_advisory() => ("#ffffff", "#7b8694"),
        Kind::Gate => ("#e3f3f0", "#2a8074"),
        Kind::Artefact => ("#fbf1dc", "#b0761a"),
        Kind::Deploy => ("#e6e9fb", "#4456c7"),
        Kind::Job => ("#eef0f3", "#7b8694"),
    };
    let mut label = match drawn.kind {
        Kind::Deploy => format!("{} to {}", drawn.yields, drawn.title),
        _ => format!("{}\n{}", drawn.title, drawn.yields),
    };
    for fact in &drawn.facts {
        label.push('\n');
        label.push_str(&fact.line());
    }
    label.push_str(&format!("\nup to {}", drawn.timeout));
    let dashed = if drawn.is_advisory() { ", style=\"filled,rounded,dashed\"" } else { "" };
    format!("label={}, fillcolor=\"{fill}\", color=\"{line}\"{dashed}", quoted(&label))
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            // Graphviz reads HTML entities in labels.
            '&' => quoted.push_str("&amp;"),
            _ if character.is_control() => quoted.push(' '),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_label_is_never_syntax() {
        assert_eq!(super::quoted("a\"b\\N\n&lt;"), "\"a\\\"b\\\\N\\n&amp;lt;\"");
    }
}
