//! The legs of a job, as GitHub makes them: each is a job of its own with the values of its `matrix`. They must be those of
//! the node, each once; so what is proven of a job is proven of each of its legs, with its values put in.

use crate::read::expression::{Comparison, Expression, Piece, Template};
use crate::read::finding::Finding;
use crate::read::workflow::{self, Job};
use crate::read::yaml::{Node as Yaml, Value, number_text, same_ignoring_case};
use pipec_ir::{Node, NodeLeg};
use std::borrow::Cow;
use std::rc::Rc;

/// The most jobs that GitHub makes of one.
const MOST: usize = 256;

/// A job and its node, in one of the legs of both.
pub(crate) struct Instance<'i> {
    pub(crate) job: Cow<'i, Job>,
    pub(crate) node: Cow<'i, Node>,
    /// The leg's name; none where there is but the job itself.
    pub(crate) leg: Option<String>,
}

/// The values of `matrix` in a leg: paths behind `matrix.`, and what they are worth.
type Values = Vec<(String, Expression)>;

/// The output that is the digest of what a leg built.
pub(crate) fn digest_output(leg: &str) -> String {
    format!("digest-{}", leg.replace('.', "_"))
}

/// A job in each leg of its node. Nothing that differs from the source is among them; it is a finding.
pub(crate) fn instances<'i>(node: &'i Node, job: &'i Job, findings: &mut Vec<Finding>) -> Vec<Instance<'i>> {
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
    let strategy = job.node.get("strategy");
    if !node.has_legs() {
        if strategy.is_some() {
            differs("it has a `strategy`, though its node has no legs");
        }
        return vec![Instance { job: Cow::Borrowed(job), node: Cow::Borrowed(node), leg: None }];
    }
    let Some(strategy) = strategy else {
        differs("it has no `strategy`, though its node has legs");
        return Vec::new();
    };
    let Some(emitted) = emitted(strategy) else {
        differs("its `strategy` can't be interpreted");
        return Vec::new();
    };
    // A leg that GitHub cancels because another failed is no leg that was run (trap 7).
    if strategy.get("fail-fast").map(|node| &node.value) != Some(&Value::Bool(false)) {
        differs("a leg that fails stops the others");
    }
    let wanted = node.legs();
    if emitted.is_empty() || emitted.len() > MOST || emitted.len() != wanted.len() {
        differs("it has more legs than its node, or fewer");
    }
    let mut instances = Vec::new();
    for leg in wanted {
        let mut same = emitted.iter().filter(|values| is_leg(values, &leg));
        let (Some(values), None) = (same.next(), same.next()) else {
            differs(&format!("it does not run once in the leg `{}`", leg.name));
            continue;
        };
        let yaml = settled_node(&job.node, values, false);
        // What is wrong with the job as it stands has been found where it was read.
        let instance = workflow::job(&job.id, &yaml, &mut Vec::new());
        let job = Job { line: job.line, ..instance };
        instances.push(Instance {
            job: Cow::Owned(job),
            node: Cow::Owned(node.in_leg(&leg)),
            leg: Some(leg.name),
        });
    }
    instances
}

/// Whether these are the values of a leg of the source: of its name where legs have names, else of each axis and of its
/// shard.
fn is_leg(values: &Values, leg: &NodeLeg<'_>) -> bool {
    let worth = |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, value)| as_text(value));
    let axes = leg.of_matrix.into_iter().flat_map(|leg| &leg.values);
    let axes = axes.map(|(axis, value)| (axis.as_str(), value.clone()));
    let wanted: Vec<(&str, String)> =
        axes.chain(leg.shard.map(|shard| ("shard", shard.to_string()))).collect();
    worth("leg").is_none_or(|name| name == leg.name)
        && wanted.iter().all(|(axis, value)| worth(axis).as_ref() == Some(value))
        && (worth("leg").is_some() || values.len() == wanted.len())
}

/// The legs that GitHub makes of a `strategy`; `None` where the model does not know.
fn emitted(strategy: &Yaml) -> Option<Vec<Values>> {
    if strategy.entries().iter().any(|(key, _)| !matches!(key.as_str(), "fail-fast" | "matrix")) {
        return None;
    }
    let matrix = strategy.get("matrix")?;
    if let [(key, legs)] = matrix.entries()
        && key == "include"
    {
        let Value::List(legs) = &legs.value else { return None };
        return legs.iter().map(listed).collect();
    }
    let mut legs: Vec<Values> = vec![Vec::new()];
    for (axis, values) in matrix.entries() {
        // Both go through the product of the axes; `exclude` may leave nothing (trap 8).
        if same_ignoring_case(axis, "include") || same_ignoring_case(axis, "exclude") {
            return None;
        }
        let Value::List(values) = &values.value else { return None };
        let values: Vec<Expression> = values.iter().map(constant).collect::<Option<_>>()?;
        legs = legs
            .into_iter()
            .flat_map(|leg| {
                values.iter().map(move |value| {
                    let own = (axis.to_ascii_lowercase(), value.clone());
                    leg.iter().cloned().chain([own]).collect()
                })
            })
            .collect();
    }
    (!matrix.entries().is_empty()).then_some(legs)
}

fn listed(leg: &Yaml) -> Option<Values> {
    let mut values = Values::new();
    for (key, value) in leg.entries() {
        let key = key.to_ascii_lowercase();
        if let Value::Map(inner) = &value.value {
            for (name, value) in inner.iter() {
                values.push((format!("{key}.{}", name.to_ascii_lowercase()), constant(value)?));
            }
        } else {
            values.push((key, constant(value)?));
        }
    }
    (!values.is_empty()).then_some(values)
}

/// The value of a scalar without expressions.
fn constant(node: &Yaml) -> Option<Expression> {
    match &node.value {
        Value::Text(text) => Some(Expression::Text(text.literal()?.into_owned())),
        Value::Number(number, _) => Some(Expression::Number(*number)),
        Value::Bool(value) => Some(Expression::Bool(*value)),
        _ => None,
    }
}

/// A node of a job with the values of a leg put in for `matrix`.
fn settled_node(node: &Yaml, leg: &Values, is_condition: bool) -> Yaml {
    let value = match &node.value {
        Value::Text(text) => Value::Text(settled_text(text, leg, is_condition).into()),
        Value::List(items) => Value::List(items.iter().map(|item| settled_node(item, leg, false)).collect()),
        Value::Map(entries) => Value::Map(
            entries.iter().map(|(key, node)| (key.clone(), settled_node(node, leg, key == "if"))).collect(),
        ),
        other => other.clone(),
    };
    Yaml { value, line: node.line }
}

fn settled_text(text: &str, leg: &Values, is_condition: bool) -> String {
    if !text.contains("${{") || !text.to_ascii_lowercase().contains("matrix") {
        return text.to_owned();
    }
    let Some(template) = Template::of(text) else { return text.to_owned() };
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Expression(expression) => {
            let mut settled = settled(expression, leg);
            // In a text, what is null or empty is the empty text either way.
            if let Expression::Or(parts) = &mut settled
                && !is_condition
                && parts.last() == Some(&Expression::Text(String::new()))
            {
                parts.pop();
                settled = chained(std::mem::take(parts), false);
            }
            match truth(&settled).filter(|_| !is_condition).map(|_| as_text(&settled)) {
                Some(text) if !text.contains(['$', '{']) => text,
                _ => format!("${{{{ {} }}}}", written(&settled)),
            }
        }
    });
    pieces.collect()
}

/// An expression with what is known of it decided.
fn settled(expression: &Expression, leg: &Values) -> Expression {
    if let Some(path) = expression.path()
        && let [root, rest @ ..] = path.as_slice()
        && root == "matrix"
        && !rest.is_empty()
        && !rest.iter().any(|name| name == "*")
    {
        let name = rest.join(".").to_ascii_lowercase();
        let value = leg.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        return value.unwrap_or(Expression::Null);
    }
    let each = |parts: &[Expression]| parts.iter().map(|part| settled(part, leg)).collect::<Vec<_>>();
    let shared = |part: &Expression| Rc::new(settled(part, leg));
    match expression {
        Expression::And(parts) => chained(each(parts), true),
        Expression::Or(parts) => chained(each(parts), false),
        Expression::Not(part) => match settled(part, leg) {
            part if truth(&part).is_some() => Expression::Bool(truth(&part) == Some(false)),
            part => Expression::Not(Rc::new(part)),
        },
        Expression::Compare(comparison, left, right) => {
            let (left, right) = (shared(left), shared(right));
            match (comparison, left.as_ref(), right.as_ref()) {
                (Comparison::Equal, Expression::Text(left), Expression::Text(right)) => {
                    Expression::Bool(same_ignoring_case(left, right))
                }
                (Comparison::NotEqual, Expression::Text(left), Expression::Text(right)) => {
                    Expression::Bool(!same_ignoring_case(left, right))
                }
                _ => Expression::Compare(*comparison, left, right),
            }
        }
        Expression::Call(name, arguments) => Expression::Call(name, each(arguments)),
        Expression::Index(of, index) => Expression::Index(shared(of), index.as_deref().map(shared)),
        other => other.clone(),
    }
}

/// `a && b` is `b` where `a` is truthy, else `a`; `||` the other way round.
fn chained(parts: Vec<Expression>, go_on_if: bool) -> Expression {
    let mut kept = Vec::new();
    let last = parts.len().saturating_sub(1);
    for (place, part) in parts.into_iter().enumerate() {
        match truth(&part) {
            Some(truth) if truth == go_on_if && place < last => {}
            Some(_) => {
                kept.push(part);
                break;
            }
            None => kept.push(part),
        }
    }
    match (kept.pop(), kept.is_empty(), go_on_if) {
        (Some(only), true, _) => only,
        (Some(end), false, true) => Expression::And(kept.into_iter().chain([end]).collect()),
        (Some(end), false, false) => Expression::Or(kept.into_iter().chain([end]).collect()),
        (None, ..) => Expression::Null,
    }
}

/// Whether a constant is truthy; `None` of anything else.
fn truth(expression: &Expression) -> Option<bool> {
    match expression {
        Expression::Null => Some(false),
        Expression::Bool(value) => Some(*value),
        Expression::Number(number) => Some(*number != 0.0 && !number.is_nan()),
        Expression::Text(text) => Some(!text.is_empty()),
        _ => None,
    }
}

/// A constant as GitHub puts it into a text.
fn as_text(constant: &Expression) -> String {
    match constant {
        Expression::Text(text) => text.clone(),
        Expression::Bool(value) => value.to_string(),
        Expression::Number(number) => number_text(*number),
        _ => String::new(),
    }
}

/// An expression as people write it.
fn written(expression: &Expression) -> String {
    let joined = |parts: &[Expression], sign: &str| parts.iter().map(written).collect::<Vec<_>>().join(sign);
    match expression {
        Expression::Null => "null".to_owned(),
        Expression::Bool(value) => value.to_string(),
        Expression::Number(number) => number_text(*number),
        Expression::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Expression::Context(name) => (*name).to_owned(),
        Expression::Index(of, None) => format!("{}.*", written(of)),
        Expression::Index(of, Some(index)) => match index.as_ref() {
            Expression::Text(name) if is_name(name) => format!("{}.{name}", written(of)),
            index => format!("{}[{}]", written(of), written(index)),
        },
        Expression::Call(name, arguments) => format!("{name}({})", joined(arguments, ", ")),
        Expression::Not(part) => format!("!({})", written(part)),
        Expression::And(parts) => format!("({})", joined(parts, " && ")),
        Expression::Or(parts) => format!("({})", joined(parts, " || ")),
        Expression::Compare(comparison, left, right) => {
            let sign = match comparison {
                Comparison::Equal => "==",
                Comparison::NotEqual => "!=",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            format!("({} {sign} {})", written(left), written(right))
        }
    }
}

/// Whether a name can stand behind a dot.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leg() -> Values {
        let text = |text: &str| Expression::Text(text.to_owned());
        vec![
            ("leg".to_owned(), text("linux")),
            ("shard".to_owned(), Expression::Number(2.0)),
            ("env.target".to_owned(), text("a ${{ b }}")),
        ]
    }

    #[test]
    fn a_leg_has_its_values_in_every_text() {
        let of = |text: &str| settled_text(text, &leg(), false);
        assert_eq!(of("app.${{ matrix.leg }}.tar"), "app.linux.tar");
        assert_eq!(of("${{ Matrix.Shard }}/3"), "2/3");
        assert_eq!(of("x${{ matrix.none }}y"), "xy", "what no leg says is null");
        assert_eq!(of("${{ matrix.env.TARGET }}"), "${{ 'a ${{ b }}' }}", "a value is no expression");
        let own = "${{ matrix.leg == 'LINUX' && steps.record.outputs.digest || '' }}";
        assert_eq!(of(own), "${{ steps.record.outputs.digest }}");
        assert_eq!(of("${{ matrix.leg == 'mac' && steps.record.outputs.digest || '' }}"), "");
        assert_eq!(of("${{ toJSON(matrix) }}"), "${{ tojson(matrix) }}", "what is not known stays");
    }

    #[test]
    fn trap_06_a_condition_that_is_empty_stays_one() {
        assert_eq!(settled_text("${{ matrix.none }}", &leg(), true), "${{ null }}");
    }

    #[test]
    fn trap_08_what_may_leave_no_leg_is_not_interpreted() {
        let legs = |text: &str| emitted(&crate::read::yaml::read(text).unwrap());
        assert_eq!(legs("matrix:\n  a: [1, 2]\n  b: [x]\n").unwrap().len(), 2);
        assert_eq!(legs("matrix:\n  a: []\n").unwrap().len(), 0);
        assert_eq!(legs("matrix: ${{ fromJSON('{}') }}\n"), None);
        assert_eq!(legs("matrix:\n  a: [1]\n  exclude:\n    - a: 1\n"), None);
        assert_eq!(legs("max-parallel: 1\nmatrix:\n  a: [1]\n"), None);
    }
}
