//! Reports: how one goes to code scanning.

use crate::document::{Input, Step};
use crate::pins;
use crate::template::Template;

/// The step that sends a report to code scanning.
pub(super) fn send_to_code_scanning(title: String, file: &str, category: Template) -> Step {
    let inputs = vec![
        ("sarif_file", Input::Text(Template::text(file.to_owned()))),
        ("category", Input::Text(category)),
    ];
    Step::uses(title, &pins::UPLOAD_SARIF, inputs)
}
