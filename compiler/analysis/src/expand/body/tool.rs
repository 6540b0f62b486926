//! Tools: each has one fixed version in each leg of its node.

use super::Work;
use crate::expand::Expansion;
use crate::expand::frame::Frame;
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Checkout, Fact, Tool, ToolVersion};
use pipec_syntax::ast::{self, Name};

/// The tools that `tool` can install.
const TOOLS: [&str; 10] =
    ["go", "helm", "java", "kubectl", "node", "pnpm", "python", "rust", "terraform", "uv"];

/// Programs that are installed with another tool.
const INCLUDED_PROGRAMS: [(&str, &str); 8] = [
    ("npm", "node"),
    ("npx", "node"),
    ("corepack", "node"),
    ("cargo", "rust"),
    ("rustup", "rust"),
    ("pip", "python"),
    ("gradle", "java"),
    ("maven", "java"),
];

impl Expansion<'_, '_> {
    /// The requested version of a tool.
    pub(super) fn tool_version(
        &mut self,
        name: &Name,
        version: &ast::ToolVersion,
        frame: &Frame,
    ) -> Option<ToolVersion> {
        if let Some((_, with)) = INCLUDED_PROGRAMS.iter().find(|(tool, _)| *tool == name.node) {
            let message = format!("`{}` is not a separate tool: it comes with `{with}`", name.node);
            let help = format!("give the version of {with}: `tool {with} \"1.2.3\"`");
            self.report(frame, Diagnostic::error(codes::P0101, message, name.span).help(help));
            return None;
        }
        if !self.known_word(name, &TOOLS, "tool", frame) {
            return None;
        }
        match version {
            ast::ToolVersion::Exact(version) => {
                if !is_version(&version.node) {
                    let diagnostic = no_version(&name.node, &version.node, version.span);
                    let diagnostic = match axis_in(&version.node) {
                        Some(axis) => {
                            let written = format!("matrix.{axis}");
                            diagnostic
                                .help(format!(
                                    "write the axis without quotes: `tool {} {written}`",
                                    name.node
                                ))
                                .fix(format!("write `{written}`"), version.span, written)
                        }
                        None => diagnostic.help(remedy(&name.node)),
                    };
                    self.report(frame, diagnostic);
                }
                Some(ToolVersion::Exact(version.node.clone()))
            }
            ast::ToolVersion::FromFile(file) => self.tool_file(file, frame).map(ToolVersion::FromFile),
            ast::ToolVersion::OfAxis(axis) => match self.axis(axis, frame) {
                Value::Fact(Fact::Matrix(found), Type::String | Type::Int | Type::Decimal) => {
                    Some(ToolVersion::OfAxis(found))
                }
                Value::Fact(_, other) => {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0106,
                            format!("the axis `{}` has type {other}, which can't be a version", axis.node),
                            axis.span,
                        )
                        .help(format!("write its versions as strings: `matrix {{ {} \"1.2\" }}`", axis.node)),
                    );
                    None
                }
                _ => None,
            },
        }
    }

    fn tool_file(&mut self, file: &ast::Text, frame: &Frame) -> Option<String> {
        let wanted = file.node.as_str();
        let plain = wanted.strip_prefix("./").unwrap_or(wanted);
        if plain.is_empty() || plain.starts_with('/') || plain.split('/').any(|part| part == "..") {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0105,
                    if wanted.is_empty() {
                        "this names no file".to_owned()
                    } else {
                        format!("`{wanted}` is not a file of the repository")
                    },
                    file.span,
                )
                .help("write it relative to the root of the repository, without `..`"),
            );
            return None;
        }
        Some(plain.to_owned())
    }

    /// Checks that each tool has a known version in each leg. Also checks that the files with the versions are present.
    pub(super) fn check_tools(&mut self, work: &Work, frame: &Frame) {
        for tool in &work.body.tools {
            match &tool.version {
                ToolVersion::Exact(_) => {}
                ToolVersion::FromFile(file) => self.check_tool_file(tool, file, work, frame),
                ToolVersion::OfAxis(axis) => {
                    let values = work.axis_values.get(axis).into_iter().flatten();
                    for (value, span) in values.filter(|(value, _)| !is_version(value)) {
                        let diagnostic = no_version(&tool.name, value, *span)
                            .label(tool.origin.span, "used here")
                            .help("the newest version changes every day: give a version, `\"1.2.3\"`");
                        self.report(frame, diagnostic);
                    }
                }
            }
        }
        self.check_leg_tools(work, frame);
    }

    /// Checks that the job has the file that states a tool's version.
    fn check_tool_file(&mut self, tool: &Tool, file: &str, work: &Work, frame: &Frame) {
        if work.body.checkout != Checkout::None {
            return;
        }
        let place = work.once.get("checkout").copied().unwrap_or(tool.origin.span);
        self.report(
            frame,
            Diagnostic::error(
                codes::P0019,
                format!("`{file}`, which contains the version of `{}`, is not checked out here", tool.name),
                place,
            )
            .label(tool.origin.span, "read here")
            .help(format!("remove `checkout none`, or give the version: `tool {} \"1.2.3\"`", tool.name)),
        );
    }

    /// Checks that a tool named in one leg has a version in all legs. The version comes from the leg or from the node.
    fn check_leg_tools(&mut self, work: &Work, frame: &Frame) {
        let legs = work.body.matrix.as_ref().map(|matrix| matrix.legs.as_slice()).unwrap_or_default();
        for (leg, place) in legs.iter().zip(&work.leg_places) {
            for other in legs.iter().flat_map(|other| &other.tools) {
                if leg.tools.iter().any(|own| own.name == other.name) {
                    continue;
                }
                let of_node = work.body.tools.iter().find(|tool| tool.name == other.name);
                let diagnostic = match of_node.map(|tool| (&tool.version, tool.origin.span)) {
                    Some((ToolVersion::Exact(_), _)) => continue,
                    Some((_, span)) => Diagnostic::error(
                        codes::P0019,
                        format!("leg `{}` would read the version of `{}` from a file, but another leg does not", leg.name, other.name),
                        *place,
                    )
                    .label(span, "the node's own")
                    .help(format!("give the version in the node, or also in this leg: `tool {} \"1.2.3\"`", other.name)),
                    None => Diagnostic::error(
                        codes::P0019,
                        format!("leg `{}` has no version of `{}`", leg.name, other.name),
                        *place,
                    )
                    .label(other.origin.span, "another leg does")
                    .help(format!(
                        "give it in each leg, or in the node for all legs without their own: `tool {} \"1.2.3\"`",
                        other.name
                    )),
                };
                self.report(frame, diagnostic);
                return;
            }
        }
    }
}

/// Whether a text is one version. Ranges and names such as `latest` are not versions.
fn is_version(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
    let floats = text.split('.').any(|part| part.eq_ignore_ascii_case("x")) || axis_in(text).is_some();
    text.chars().all(plain) && text.contains(|c: char| c.is_ascii_digit()) && !floats
}

/// The axis in a text written as in other languages: `${{ matrix.python }}`.
fn axis_in(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once("matrix.")?;
    let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(behind.len());
    behind.get(..end).filter(|axis| !axis.is_empty())
}

fn no_version(tool: &str, wanted: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::P0702, format!("`{wanted}` is not a version of `{tool}`"), span)
}

fn remedy(tool: &str) -> String {
    format!(
        "the newest version changes every day: give a version, `tool {tool} \"1.2.3\"`, or the file that \
         contains it, `tool {tool} from \"…\"`"
    )
}
