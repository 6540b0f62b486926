//! How steps read the matrix, and what legs hand on.
//!
//! For example, the digest of the leg `linux` is the output
//!
//! ```yaml
//! digest-linux: ${{ matrix.leg == 'linux' && steps.record.outputs.digest || '' }}
//! ```

use crate::expression::{Expression, quoted};
use crate::template::Template;
use std::borrow::Cow;

pub(crate) const LEG: &str = "leg";
pub(crate) const MACHINE: &str = "machine";
pub(crate) const ENV: &str = "env";
pub(crate) const TOOL: &str = "tool";
pub(crate) const SHARD: &str = "shard";

/// The name of the leg, as an operand.
pub(super) fn leg_name() -> String {
    axis(LEG)
}

/// The value of a variable that legs set, as an operand.
pub(super) fn leg_value(variable: &str) -> String {
    format!("matrix.{ENV}.{variable}")
}

/// The version of a tool that legs have of their own.
pub(super) fn leg_tool(tool: &str) -> Template {
    Template::expression(format!("matrix.{TOOL}.{tool}"))
}

/// The value of an axis, as an operand.
pub(super) fn axis(name: &str) -> String {
    format!("matrix.{name}")
}

/// The number of the shard, as an operand.
pub(super) fn shard_index() -> String {
    axis(SHARD)
}

/// The pattern of the names under which the legs of an artefact keep their files.
pub(super) fn kept_pattern(artefact: &str) -> String {
    format!("{artefact}.*")
}

/// The name of the output for what a job or a leg hands on.
///
/// The outputs of all legs are one set, in which the last one that is not empty counts (actions/runner,
/// `JobExtension.FinalizeJob`, passes over empty ones). So each leg has its own.
pub(crate) fn output<'n>(name: &'n str, leg: Option<&str>) -> Cow<'n, str> {
    let Some(leg) = leg else { return Cow::Borrowed(name) };
    let plain = |character: char| if character == '.' { '_' } else { character };
    Cow::Owned(format!("{name}-{}", leg.chars().map(plain).collect::<String>()))
}

/// A value that only one leg has. It is empty in the others.
pub(super) fn only_in(leg: &str, value: &Template) -> Template {
    let here = Expression::equals(leg_name(), leg.to_owned());
    Template::expression(format!("{here} && {} || {}", value.operand(), quoted("")))
}
