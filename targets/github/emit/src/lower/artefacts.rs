//! The actions that check out, fetch and keep files.

use super::legs;
use crate::document::{Input, Step};
use crate::pins;
use crate::template::Template;
use pipec_ir::Checkout;
use pipec_lowering::acts::{Keep, Kept};

/// The default branch, in a run of a schedule or of a pull request.
const DEFAULT_BRANCH: &str = "github.event_name == 'schedule' && github.ref || format('refs/heads/{0}', github.event.pull_request.base.repo.default_branch)";

/// The step that checks out the commit of the run.
pub(super) fn check_out(title: String, checkout: &Checkout) -> Step {
    let mut inputs = Vec::new();
    if let Checkout::With { full_history, submodules, lfs } = checkout {
        if *full_history {
            inputs.push(("fetch-depth", Input::Number(0)));
        }
        if *submodules {
            inputs.push(("submodules", Input::Text(Template::text("recursive"))));
        }
        if *lfs {
            inputs.push(("lfs", Input::Flag(true)));
        }
    }
    inputs.push(("persist-credentials", Input::Flag(false)));
    Step::uses(title, &pins::CHECKOUT, inputs)
}

/// The step that checks out the default branch.
pub(super) fn check_out_default(title: String) -> Step {
    let inputs = vec![
        ("ref", Input::Text(Template::expression(DEFAULT_BRANCH))),
        ("persist-credentials", Input::Flag(false)),
    ];
    Step::uses(title, &pins::CHECKOUT, inputs)
}

/// The step that fetches what another job kept.
pub(super) fn fetch(title: String, kept: &Kept, into: Template) -> Step {
    let mut inputs = match kept {
        Kept::Whole(name) => vec![("name", Input::Text(Template::text(name.clone())))],
        Kept::OfLegs(name) => vec![
            ("pattern", Input::Text(Template::text(legs::kept_pattern(name)))),
            ("merge-multiple", Input::Flag(true)),
        ],
    };
    inputs.push(("path", Input::Text(into)));
    Step::uses(title, &pins::DOWNLOAD_ARTIFACT, inputs)
}

/// The step that keeps files. What a failed job kept is replaced when it runs again.
pub(super) fn keep(title: String, keep: &Keep<'_>, name: Template, paths: Template) -> Step {
    // The action skips files of folders whose names begin with a dot, unless it has `include-hidden-files`.
    let is_hidden = |paths: &str| paths.split(['\n', '/']).any(|segment| segment.starts_with('.'));
    let has_hidden = !keep.is_required && paths.as_text().is_some_and(is_hidden);
    let missing = if keep.is_required { "error" } else { "ignore" };
    let mut inputs = vec![
        ("name", Input::Text(name)),
        ("path", Input::Text(paths)),
        ("if-no-files-found", Input::Text(Template::text(missing))),
        ("overwrite", Input::Flag(true)),
    ];
    if keep.is_compressed {
        inputs.push(("compression-level", Input::Number(0)));
    }
    if has_hidden {
        inputs.push(("include-hidden-files", Input::Flag(true)));
    }
    Step::uses(title, &pins::UPLOAD_ARTIFACT, inputs)
}
