//! Tools: each has a setup action, except Rust, which rustup installs.
//!
//! Every machine of GitHub has rustup. The caches of the actions are off, since only the source says what is cached. For
//! example, `tool go "1.24.1"` becomes
//!
//! ```yaml
//! - name: Set up Go
//!   uses: actions/setup-go@…
//!   with:
//!     go-version: 1.24.1
//!     cache: false
//! ```

use super::{Lowering, legs};
use crate::document::{Input, Step};
use crate::pins::{self, Pin};
use crate::template::Template;
use pipec_ir::Tool;
use pipec_lowering::acts::Version;
use pipec_runtime::{Dialect, Script, Systems};

/// How an action sets up a tool.
pub(crate) struct Setup {
    pin: &'static Pin,
    /// The name that people know it by.
    title: &'static str,
    /// The input for a version, and the prefix that the action requires.
    version: (&'static str, &'static str),
    /// The input for a file, and the files it understands; by their name, or their end.
    pub(crate) file: Option<(&'static str, &'static [&'static str])>,
    /// What is said besides.
    fixed_inputs: &'static [(&'static str, FixedInput)],
}

#[derive(Clone, Copy)]
enum FixedInput {
    Text(&'static str),
    Off,
}

/// The one tool that no action sets up.
pub(crate) const RUST: &str = "rust";

/// The files that rustup understands.
pub(crate) const TOOLCHAINS: [&str; 2] = ["rust-toolchain.toml", "rust-toolchain"];

pub(crate) fn setup(tool: &str) -> Option<Setup> {
    Some(match tool {
        "go" => Setup {
            pin: &pins::SETUP_GO,
            title: "Go",
            version: ("go-version", ""),
            file: Some(("go-version-file", &["go.mod", "go.work", ".go-version", ".tool-versions"])),
            fixed_inputs: &[("cache", FixedInput::Off)],
        },
        "helm" => Setup {
            pin: &pins::SETUP_HELM,
            title: "Helm",
            version: ("version", "v"),
            file: None,
            fixed_inputs: &[],
        },
        "java" => Setup {
            pin: &pins::SETUP_JAVA,
            title: "Java",
            version: ("java-version", ""),
            file: Some(("java-version-file", &[".java-version", ".tool-versions", ".sdkmanrc"])),
            fixed_inputs: &[("distribution", FixedInput::Text("temurin"))],
        },
        "kubectl" => Setup {
            pin: &pins::SETUP_KUBECTL,
            title: "kubectl",
            version: ("version", "v"),
            file: None,
            fixed_inputs: &[],
        },
        "node" => Setup {
            pin: &pins::SETUP_NODE,
            title: "Node.js",
            version: ("node-version", ""),
            file: Some(("node-version-file", &[".nvmrc", ".node-version", ".tool-versions", "package.json"])),
            fixed_inputs: &[("package-manager-cache", FixedInput::Off)],
        },
        "pnpm" => Setup {
            pin: &pins::SETUP_PNPM,
            title: "pnpm",
            version: ("version", ""),
            file: Some(("package_json_file", &["package.json"])),
            fixed_inputs: &[],
        },
        "python" => Setup {
            pin: &pins::SETUP_PYTHON,
            title: "Python",
            version: ("python-version", ""),
            file: Some((
                "python-version-file",
                &[".python-version", "pyproject.toml", ".tool-versions", "Pipfile"],
            )),
            fixed_inputs: &[],
        },
        "terraform" => Setup {
            pin: &pins::SETUP_TERRAFORM,
            title: "Terraform",
            version: ("terraform_version", ""),
            file: None,
            // It would come between a script and the exit status it looks at.
            fixed_inputs: &[("terraform_wrapper", FixedInput::Off)],
        },
        "uv" => Setup {
            pin: &pins::SETUP_UV,
            title: "uv",
            version: ("version", ""),
            file: Some(("version-file", &["uv.toml", "pyproject.toml", ".tool-versions"])),
            fixed_inputs: &[("enable-cache", FixedInput::Off)],
        },
        _ => return None,
    })
}

/// A version as the action of the tool requires it.
pub(super) fn given(tool: &str, version: &str) -> String {
    let Some(setup) = setup(tool) else { return version.to_owned() };
    let (_, before) = setup.version;
    let plain = version.strip_prefix('v').unwrap_or(version);
    // What is allowed to be no version, as `latest`, has no digits in front.
    let before = if plain.starts_with(|c: char| c.is_ascii_digit()) { before } else { "" };
    format!("{before}{plain}")
}

/// The text before each value of an axis from which a tool takes its version, if it is the same for every value.
pub(crate) fn version_prefix(tool: &Tool, values: &[String]) -> Option<String> {
    let before = |value: &String| given(&tool.name, value).strip_suffix(value.as_str()).map(str::to_owned);
    let first = values.first().and_then(before);
    first.filter(|first| values.iter().all(|value| before(value).as_ref() == Some(first)))
}

impl Lowering<'_> {
    /// The step that sets up a tool. If GitHub can't, there is an error and no step.
    pub(super) fn tool_step(&self, tool: &Tool, wanted: Version<'_>) -> Option<Step> {
        let setup = setup(&tool.name);
        if setup.is_none() && tool.name != RUST {
            self.internal(&tool.origin, format!("nothing sets up tool `{}`", tool.name));
            return None;
        }
        let version = self.version(tool, wanted);
        let Some(setup) = setup else {
            let step = Step::run("Set up Rust", Script::ToolRust.text(Dialect::GitHub, Systems::Linux));
            return Some(match (version, wanted) {
                (Some(version), _) => step.with_env("VERSION", version),
                (None, Version::InFile(file)) => step.with_env("FILE", Template::text(file.to_owned())),
                (None, _) => step,
            });
        };
        let mut inputs = Vec::new();
        match (version, wanted, setup.file) {
            (Some(version), ..) => {
                let (input, _) = setup.version;
                inputs.push((input, Input::Text(version)));
            }
            (None, Version::InFile(file), Some((input, _))) => {
                inputs.push((input, Input::Text(Template::text(file.to_owned()))));
            }
            (None, Version::InFile(file), None) => {
                self.internal(&tool.origin, format!("the version of `{}` comes from `{file}`", tool.name));
            }
            (None, ..) => {}
        }
        for (input, value) in setup.fixed_inputs {
            let value = match value {
                FixedInput::Text(text) => Input::Text(Template::text(*text)),
                FixedInput::Off => Input::Flag(false),
            };
            inputs.push((*input, value));
        }
        Some(Step::uses(format!("Set up {}", setup.title), setup.pin, inputs))
    }

    /// The version of a tool, if the source or the leg names it.
    fn version(&self, tool: &Tool, wanted: Version<'_>) -> Option<Template> {
        let (axis, values) = match wanted {
            Version::InFile(_) => return None,
            Version::Exact(version) => return Some(Template::text(given(&tool.name, version))),
            Version::OfLeg => return Some(legs::leg_tool(&tool.name)),
            Version::OfAxis(axis, values) => (axis, values),
        };
        let Some(before) = version_prefix(tool, values) else {
            self.internal(&tool.origin, format!("`{}` can't take its version from axis `{axis}`", tool.name));
            return None;
        };
        Some(Template::text(before).and(legs::axis(axis)))
    }
}
