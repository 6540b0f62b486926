//! Detects texts that pass on a secret or the token of their job.
//!
//! For example, `${{ secrets.KEY }}` and `${{ toJSON(secrets) }}` do, and `${{ github.sha }}` does not.

use super::{Expression, parse};
use crate::read::text::Text;

/// Whether a text passes on a secret or the token. Checks its expressions, and the text itself as an expression,
/// because an `if` may lack `${{ }}`.
pub(crate) fn passes_on_secret(text: &Text) -> bool {
    if text.has_expressions() {
        match text.template() {
            Some(template) if !template.expressions().any(leaks_in) => {}
            Some(_) => return true,
            None => return false,
        }
    }
    let mentions = text.contains("secrets") || text.contains("token");
    mentions && parse(text).is_some_and(|bare| leaks_in(&bare))
}

/// Whether an expression names a secret, the token, or a whole context with one.
fn leaks_in(expression: &Expression) -> bool {
    match expression {
        Expression::Context(name) => matches!(*name, "secrets" | "github"),
        Expression::Index(..) => match expression.words().as_deref() {
            Some(["secrets", ..]) => true,
            Some(["github", name, ..]) => name.eq_ignore_ascii_case("token") || *name == "*",
            Some(_) => false,
            None => expression.parts().any(leaks_in),
        },
        _ => expression.parts().any(leaks_in),
    }
}
