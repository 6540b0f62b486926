//! The formatter over a workspace.

use crate::findings::tidy;
use crate::input::{Content, InputText, findings_of_content};
use pipec_base::{Diagnostic, Sources};
use pipec_format::Formatted;
use std::sync::Arc;

/// The result of formatting a workspace.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The original texts.
    pub sources: Sources,
    /// The findings about texts that could not be formatted.
    pub diagnostics: Vec<Diagnostic>,
    /// The changed texts: path, old text, new text.
    pub changed: Vec<(String, Arc<str>, String)>,
    /// The number of formatted texts, changed or not.
    pub formatted: usize,
}

/// Formats every text. Reports broken texts and does not change them.
pub fn layout(texts: &[InputText]) -> Layout {
    let mut layout = Layout::default();
    for text in texts {
        let Content::Text(content) = &text.content else {
            layout.diagnostics.extend(findings_of_content(text, &mut layout.sources).1);
            continue;
        };
        let file = layout.sources.add(&text.path, content.clone());
        match pipec_format::format(layout.sources.start(file), content) {
            Formatted::Done(new) => {
                layout.formatted += 1;
                if *new != **content {
                    layout.changed.push((text.path.clone(), content.clone(), new));
                }
            }
            Formatted::Broken(findings) => layout.diagnostics.extend(findings),
        }
    }
    layout.diagnostics = tidy(layout.diagnostics, &layout.sources);
    layout
}
