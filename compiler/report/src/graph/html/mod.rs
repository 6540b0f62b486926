//! The drawing as one HTML page, in which people move, zoom, and choose a node to read about it.
//!
//! The page contains the SVG picture, a section of text for each node, a style and a script. It loads nothing, and its
//! policy forbids every request and every other script. The script is always the same: it contains no data, because the
//! sections are markup. Without it, the page is the picture with all sections below.

mod about;
mod touch;

use super::Graph;
use super::svg::{self, escaped};
use super::why::Triggers;
use std::fmt::Write;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The SHA-256 of the script, in Base64. The policy of the page allows no other script.
const SCRIPT_DIGEST: &str = "z+o6onG71un5BGqIG/V6id2ZhH6eQGlQghtERgWO/Ko=";

pub(super) fn draw(graph: &Graph<'_>) -> String {
    let paths = graph.paths();
    let title = escaped(&svg::title(&paths));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'sha256-{SCRIPT_DIGEST}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main id=\"picture\">\n"
    );
    page.push_str(&svg::picture(graph, svg::Role::Group));
    page.push_str(
        "\n<div class=\"tools\" role=\"toolbar\" aria-label=\"View\">\n\
         <button id=\"nearer\" type=\"button\" aria-label=\"Zoom in\">+</button>\n\
         <button id=\"farther\" type=\"button\" aria-label=\"Zoom out\">−</button>\n\
         <button id=\"whole\" type=\"button\">Show all</button>\n</div>\n</main>\n\
         <aside id=\"about\" aria-label=\"About the chosen node\">\n\
         <button id=\"close\" type=\"button\" aria-label=\"Close\">×</button>\n",
    );
    about::introduction(graph, &paths, &mut page);
    for (number, path) in paths.iter().enumerate() {
        let triggers = Triggers::of(path.pipeline);
        for drawn in &path.nodes {
            about::node(graph, path, (number, &triggers), drawn, &mut page);
        }
    }
    let _ = write!(page, "</aside>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn base64(bytes: &[u8]) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let group = (0..3).fold(0_u32, |sum, at| sum << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
            for at in 0..4 {
                let letter = LETTERS[(group >> (18 - 6 * at) & 63) as usize];
                text.push(if at <= chunk.len() { char::from(letter) } else { '=' });
            }
        }
        text
    }

    /// Without the right digest, browsers refuse the script.
    #[test]
    fn the_policy_allows_exactly_the_script() {
        assert_eq!(base64(b"Man"), "TWFu");
        assert_eq!(base64(b"Ma"), "TWE=");
        let digest = Sha256::digest(format!("\n{SCRIPT}"));
        assert_eq!(SCRIPT_DIGEST, base64(&digest), "write this into SCRIPT_DIGEST");
    }

    /// A script or style that contains markup would end early.
    #[test]
    fn script_and_style_contain_no_markup() {
        for text in [SCRIPT, STYLE, svg::STYLE] {
            let lower = text.to_lowercase();
            assert!(!lower.contains("</") && !lower.contains("<!--") && !lower.contains("]]>"));
        }
    }
}
