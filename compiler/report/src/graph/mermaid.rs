//! The drawing as a Mermaid flowchart, which code hosts show inside Markdown.

use super::Graph;
use super::path::{DrawnNode, Kind, Path};

pub(super) fn draw(graph: &Graph<'_>) -> String {
    let mut lines = vec!["flowchart LR".to_owned()];
    let paths = graph.paths();
    for (place, path) in paths.iter().enumerate() {
        lines.push(format!("  subgraph p{place}[{}]", quoted(&path.heading(graph.is_proven))));
        pipeline(path, place, "    ", &mut lines);
        lines.push("  end".to_owned());
    }
    for (class, style) in [
        ("gate", "fill:#e3f3f0,stroke:#2a8074,color:#14302c"),
        ("artefact", "fill:#fbf1dc,stroke:#b0761a,color:#3d2a08"),
        ("deploy", "fill:#e6e9fb,stroke:#4456c7,color:#171d45"),
        ("job", "fill:#eef0f3,stroke:#7b8694,color:#262c33"),
        ("advisory", "fill:#ffffff,stroke:#7b8694,color:#262c33,stroke-dasharray:4 3"),
    ] {
        let members: Vec<String> = paths
            .iter()
            .enumerate()
            .flat_map(|(place, path)| {
                path.nodes
                    .iter()
                    .filter(move |drawn| class_of(drawn) == class)
                    .map(move |drawn| id(place, drawn))
            })
            .collect();
        if !members.is_empty() {
            lines.push(format!("  classDef {class} {style}"));
            lines.push(format!("  class {} {class}", members.join(",")));
        }
    }
    lines.join("\n") + "\n"
}

fn pipeline(path: &Path<'_>, place: usize, indent: &str, lines: &mut Vec<String>) {
    for (at, drawn_stage) in path.stages.iter().enumerate() {
        let mut title = drawn_stage.stage.name.clone();
        for more in [drawn_stage.condition(), drawn_stage.budget()].into_iter().flatten() {
            title.push('\n');
            title.push_str(&more);
        }
        lines.push(format!("{indent}subgraph p{place}s{at}[{}]", quoted(&title)));
        for drawn in drawn_stage.levels.iter().flatten().filter_map(|id| path.drawn(*id)) {
            let label = quoted(&label(drawn));
            let (open, close) = match drawn.kind {
                Kind::Gate => ("{{", "}}"),
                Kind::Artefact => ("[", "]"),
                Kind::Deploy => ("([", "])"),
                Kind::Job => ("(", ")"),
            };
            lines.push(format!("{indent}  {}{open}{label}{close}", id(place, drawn)));
        }
        for (from, to) in path.edges_inside(at) {
            lines.push(format!("{indent}  p{place}n{} --> p{place}n{}", from.0, to.0));
        }
        lines.push(format!("{indent}end"));
    }
    for (at, drawn_stage) in path.stages.iter().enumerate() {
        for before in &drawn_stage.after {
            lines.push(format!("{indent}p{place}s{before} ==> p{place}s{at}"));
        }
    }
    for (from, to) in path.edges_across() {
        lines.push(format!("{indent}p{place}n{} --> p{place}n{}", from.0, to.0));
    }
}

fn id(place: usize, drawn: &DrawnNode<'_>) -> String {
    format!("p{place}n{}", drawn.node.id.0)
}

fn class_of(drawn: &DrawnNode<'_>) -> &'static str {
    if drawn.is_advisory() { "advisory" } else { drawn.kind.word() }
}

fn label(drawn: &DrawnNode<'_>) -> String {
    let mut label = match drawn.kind {
        Kind::Deploy => format!("{} to {}", drawn.yields, drawn.title),
        _ => format!("{}\n{}", drawn.title, drawn.yields),
    };
    if let Some(environment) = drawn.environment
        && environment.tier.word() != environment.name
    {
        label.push_str(&format!(" ({})", environment.tier.word()));
    }
    for fact in &drawn.facts {
        label.push('\n');
        label.push_str(&fact.line());
    }
    label.push_str(&format!("\nup to {}", drawn.timeout));
    label
}

/// A text that can't be read as Markdown, markup or syntax. Letters, digits and harmless signs stay, everything else
/// becomes an entity.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => quoted.push_str("<br/>"),
            ' ' | '-' | ',' | '.' => quoted.push(character),
            _ if character.is_alphanumeric() => quoted.push(character),
            _ if character.is_control() => quoted.push(' '),
            _ => quoted.push_str(&format!("#{};", u32::from(character))),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_label_is_never_syntax() {
        assert_eq!(super::quoted("a \"b\" #1\n<i>`x`"), "\"a #34;b#34; #35;1<br/>#60;i#62;#96;x#96;\"");
    }
}
