//! Prints a YAML document with every string in `tests/awkward.json`, for readers of other dialects.
//!
//! Each string occurs in every place and style. Each list of the document has an item per string, in order: `values`,
//! `quoted` and `scripts` contain the string itself, `brackets` a list of only that string, `keys` a mapping from the
//! string to itself, and `steps` a mapping whose `run` is the string as a script, with comments and empty lines around
//! it. `wrapped` contains texts of two lines, each with the string, too long for one line.

use pipec_yaml::{Document, Mapping, Node, Sequence};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let strings: Vec<String> = serde_json::from_str(include_str!("../tests/awkward.json"))?;
    let list = |node: fn(&str) -> Node<'_>| strings.iter().map(|text| node(text)).collect::<Sequence>();
    let mut steps = Sequence::new();
    for text in &strings {
        let step = Mapping::new()
            .entry("name", "awkward")
            .comment_above(text)
            .entry("run", Node::script(text))
            .comment_above(text)
            .trailing_comment(text)
            .entry("after", true)
            .comment_above("after")
            .blank_before();
        steps = steps.item(step).comment_above("before").blank_before();
    }
    let root = Mapping::new()
        .entry("values", list(|text| Node::plain_or_quoted(text)))
        .entry("quoted", list(|text| Node::double_quoted(text)))
        .entry("wrapped", list(|text| Node::wrapped(format!("{text}\n&& {text} {}", "x".repeat(120)))))
        .entry("scripts", list(|text| Node::script(text)))
        .entry("brackets", list(|text| Sequence::flow([text]).into()))
        .entry("keys", list(|text| Mapping::new().entry(text, text).into()))
        .entry("steps", steps);
    let text = pipec_yaml::write(&Document::new(root).header("Awkward strings in every place and style."))?;
    #[expect(clippy::print_stdout, reason = "the document is for readers outside this workspace")]
    {
        print!("{text}");
    }
    Ok(())
}
