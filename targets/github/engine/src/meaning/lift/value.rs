//! Values: the texts of the variables and inputs of a step.
//!
//! `${{ runner.temp }}/packed/app.tar` becomes the scratch folder followed by a literal, and `${{
//! needs.app.outputs.digest }}` becomes an output of the job `app`. Another expression is `Expression`, which only
//! the engine can evaluate.

use crate::read::expression::{Expression, Piece, Template, as_text, chained, settled, truth};
use crate::read::yaml::{Node as Yaml, Value as YamlValue};
use pipec_ir::Fact;
use pipec_model::{Credential, ExpressionId, IfSet, Part, Unlike, Value};
use pipec_runtime::names::{LOGIN, REGISTRY};
use std::cell::RefCell;

/// The path of the scratch folder in every container. In a container, the expression `runner.temp` is still the path on
/// the machine, at least in the variables of steps.
const SCRATCH_IN_CONTAINER: &str = "/__w/_temp";

/// Lifts values in one leg of one job.
pub(crate) struct Lifter<'l> {
    /// The values of `matrix` in the leg. The key is the path after `matrix.`, in lower case, and the value a constant.
    pub(crate) matrix: &'l [(String, Expression)],
    /// Whether the steps of the job run in a container.
    pub(crate) in_container: bool,
    /// The expressions so far without their own part.
    pub(crate) expressions: &'l RefCell<Vec<Expression>>,
}

impl Lifter<'_> {
    /// A scalar in the place of a string.
    pub(crate) fn value(&self, node: &Yaml) -> Value {
        match &node.value {
            YamlValue::Text(text) if !text.has_expressions() => {
                if self.in_container {
                    self.literal(text)
                } else {
                    Value::of([Part::Literal(text.shared())])
                }
            }
            _ => match node.template() {
                Some(template) => self.template(&template),
                None => Value::of([Part::Unknown(Unlike)]),
            },
        }
    }

    /// A text with expressions.
    pub(crate) fn template(&self, template: &Template) -> Value {
        let mut value = Value::default();
        for piece in &template.pieces {
            match piece {
                Piece::Literal(text) => append(&mut value, self.literal(text)),
                Piece::Expression(expression) => append(&mut value, self.expression(expression)),
            }
        }
        with_url_of_run(value)
    }

    /// An expression in a text.
    pub(crate) fn expression(&self, expression: &Expression) -> Value {
        if self.matrix.is_empty() {
            return self.part(expression);
        }
        let mut decided = settled(expression, self.matrix);
        // In a text, null, false-y ends and the empty text are all empty.
        if let Expression::Or(parts) = &mut decided
            && parts.last() == Some(&Expression::Text(String::new()))
        {
            parts.pop();
            decided = chained(std::mem::take(parts), false);
        }
        self.part(&decided)
    }

    /// A known text. In a container, a path below its scratch folder is one of the job's scratch folder.
    fn literal(&self, text: &str) -> Value {
        if !self.in_container || !text.contains(SCRATCH_IN_CONTAINER) {
            return Value::literal(text);
        }
        let mut value = Value::default();
        for (place, piece) in text.split(SCRATCH_IN_CONTAINER).enumerate() {
            // A longer name in the same folder is another one.
            let is_folder =
                place > 0 && !piece.starts_with(|next: char| next != '/' && !next.is_whitespace());
            if is_folder {
                value.push(Part::Scratch);
            } else if place > 0 {
                value.push(Part::literal(SCRATCH_IN_CONTAINER));
            }
            value.push(Part::literal(piece));
        }
        value
    }

    fn part(&self, expression: &Expression) -> Value {
        if truth(expression).is_some() {
            return self.literal(&as_text(expression));
        }
        let known = match expression {
            Expression::Or(parts) => self.alternatives(parts),
            Expression::Call("format", arguments) => self.format(arguments),
            Expression::Call("hashfiles", arguments) => match arguments.as_slice() {
                [Expression::Text(pattern)] => Some(Value::of([Part::HashOfFiles(pattern.clone())])),
                _ => None,
            },
            Expression::Call("tojson", arguments) => match arguments.as_slice() {
                [Expression::Context("needs")] => Some(Value::of([Part::AllResults])),
                [Expression::Context("inputs")] => Some(Value::of([Part::AllInputs])),
                [Expression::Context(name)] => Some(Value::of([Part::Engine(format!("toJSON({name})"))])),
                _ => None,
            },
            _ => expression.words().map(|path| Value::of([self.path(&path)])),
        };
        known.unwrap_or_else(|| Value::of([self.other(expression)]))
    }

    /// An expression without its own part. Equal expressions are equal parts.
    fn other(&self, expression: &Expression) -> Part {
        let mut known = self.expressions.borrow_mut();
        let place = known.iter().position(|known| known == expression).unwrap_or_else(|| {
            known.push(expression.clone());
            known.len() - 1
        });
        Part::Expression(ExpressionId(place))
    }

    fn path(&self, path: &[&str]) -> Part {
        let text = |text: &str| text.to_owned();
        match path {
            ["github", "sha"] => Part::Fact(Fact::CommitSha),
            ["github", "ref_name"] => Part::RefName,
            ["github", "run_number"] => Part::Fact(Fact::RunNumber),
            ["github", "event", "pull_request", "number"] => Part::Fact(Fact::PullRequestNumber),
            ["github", "event", "pull_request", "head", "sha"] => Part::PullRequestHead,
            ["github", "token"] => Part::Token,
            ["runner", "os"] => Part::MachineSystem,
            ["runner", "arch"] => Part::MachineArchitecture,
            ["job", "services", sidecar, "id"] => Part::SidecarId(text(sidecar)),
            ["job", "services", sidecar, "ports", port] => {
                Part::SidecarPort { sidecar: text(sidecar), port: text(port) }
            }
            ["inputs", name] | ["github", "event", "inputs", name] => Part::Fact(Fact::Input(text(name))),
            ["runner", "temp"] if self.in_container => Part::Unknown(Unlike),
            ["runner", "temp"] => Part::Scratch,
            ["secrets", name] => Part::Secret(text(name)),
            ["vars", name] => Part::Setting { name: text(name), default: String::new() },
            ["needs", job, "outputs", output] => {
                Part::JobOutput { jobs: vec![text(job)], output: text(output) }
            }
            ["needs", job, "result"] => Part::JobResult(text(job)),
            ["steps", step, "outputs", output] if let Some(got) = credential(step, output) => {
                Part::OfLogin { step: text(step), got }
            }
            ["steps", step, "outputs", output] => Part::StepOutput { step: text(step), output: text(output) },
            ["steps", step, "outcome"] => Part::StepOutcome(text(step)),
            ["matrix", name] => Part::OfLeg(text(name)),
            _ => Part::Engine(path.join(".")),
        }
    }

    /// Lifts `a || b`. It is an output of the jobs that may have run, a value that depends on whether one ran, or a
    /// setting with its default.
    fn alternatives(&self, parts: &[Expression]) -> Option<Value> {
        if let [Expression::And(condition), otherwise] = parts
            && let [asked, then] = condition.as_slice()
            && let Some(["needs", job, "outputs", output]) = asked.words().as_deref()
        {
            let (job, output) = ((*job).to_owned(), (*output).to_owned());
            let (then, otherwise) = (self.part(then), self.part(otherwise));
            return Some(Value::of([Part::IfSet(Box::new(IfSet { job, output, then, otherwise }))]));
        }
        if let [held, Expression::Text(default)] = parts
            && let Some(["vars", name]) = held.words().as_deref()
        {
            return Some(Value::of([Part::Setting { name: (*name).to_owned(), default: default.clone() }]));
        }
        let mut asked: Vec<String> = Vec::new();
        let mut of: Option<(&str, &str)> = None;
        for part in parts {
            let path = part.words()?;
            let [context @ ("needs" | "steps"), id, "outputs", output] = path.as_slice() else { return None };
            if of.is_some_and(|of| of != (*context, *output)) {
                return None;
            }
            of = Some((context, output));
            asked.push((*id).to_owned());
        }
        let (context, output) = of?;
        let output = output.to_owned();
        Some(Value::of([match context {
            "needs" => Part::JobOutput { jobs: asked, output },
            _ => Part::FirstOutputOf { steps: asked, output },
        }]))
    }

    /// Lifts `format('a{0}b', x)`. It is the text with the values inserted, and doubled braces are braces.
    fn format(&self, arguments: &[Expression]) -> Option<Value> {
        let [Expression::Text(pattern), arguments @ ..] = arguments else { return None };
        let mut value = Value::default();
        let mut text = String::new();
        let mut rest = pattern.chars().peekable();
        while let Some(character) = rest.next() {
            match character {
                '{' | '}' if rest.peek() == Some(&character) => {
                    text.push(character);
                    rest.next();
                }
                '{' => {
                    let mut number = String::new();
                    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                        number.push(digit);
                    }
                    rest.next_if_eq(&'}')?;
                    append(&mut value, self.literal(&std::mem::take(&mut text)));
                    append(&mut value, self.part(arguments.get(number.parse::<usize>().ok()?)?));
                }
                '}' => return None,
                _ => text.push(character),
            }
        }
        append(&mut value, self.literal(&text));
        Some(value)
    }
}

/// What an output of a login holds, if the step is one. Raw steps of the source have other ids.
fn credential(step: &str, output: &str) -> Option<Credential> {
    if step != REGISTRY && !step.starts_with(LOGIN) {
        return None;
    }
    Some(match output {
        "aws-access-key-id" => Credential::AccessKeyId,
        "aws-secret-access-key" => Credential::SecretAccessKey,
        "aws-session-token" => Credential::SessionToken,
        "auth_token" => Credential::Token,
        "credentials_file_path" => Credential::File,
        _ => return None,
    })
}

fn append(value: &mut Value, more: Value) {
    more.into_parts().for_each(|part| value.push(part));
}

/// Replaces the three parts of the run's address by one fact. GitHub has no name for the address.
fn with_url_of_run(value: Value) -> Value {
    const RUN: &str = "github.run_id";
    if !value.parts().iter().any(|part| matches!(part, Part::Engine(name) if name == RUN)) {
        return value;
    }
    let engine = |name: &str| Part::Engine(name.to_owned());
    let url = [
        engine("github.server_url"),
        Part::literal("/"),
        engine("github.repository"),
        Part::literal("/actions/runs/"),
        engine(RUN),
    ];
    let mut rest = value.parts();
    let mut parts = Vec::new();
    while let [first, after @ ..] = rest {
        match rest.strip_prefix(&url) {
            Some(after) => {
                parts.push(Part::Fact(Fact::RunUrl));
                rest = after;
            }
            None => {
                parts.push(first.clone());
                rest = after;
            }
        }
    }
    Value::of(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Value {
        let literal = |text: &str| Expression::Text(text.to_owned());
        let matrix = [
            ("leg".to_owned(), literal("linux")),
            ("shard".to_owned(), Expression::Number(2.0)),
            ("env.target".to_owned(), literal("a ${{ b }}")),
        ];
        Lifter { matrix: &matrix, in_container: false, expressions: &RefCell::default() }
            .template(&Template::of(text).unwrap())
    }

    #[test]
    fn every_text_of_a_leg_has_the_values_of_the_leg() {
        assert_eq!(of("app.${{ matrix.leg }}.tar"), Value::literal("app.linux.tar"));
        assert_eq!(of("${{ Matrix.Shard }}/3"), Value::literal("2/3"));
        assert_eq!(of("x${{ matrix.none }}y"), Value::literal("xy"), "a value that no leg has is null");
        assert_eq!(of("${{ matrix.env.TARGET }}"), Value::literal("a ${{ b }}"), "a value is no expression");
        let own = of("${{ matrix.leg == 'LINUX' && steps.record.outputs.digest || '' }}");
        let output = Part::StepOutput { step: "record".to_owned(), output: "digest".to_owned() };
        assert_eq!(own, Value::of([output]));
        assert_eq!(of("${{ matrix.leg == 'mac' && steps.record.outputs.digest || '' }}"), Value::default());
        let whole = of("${{ toJSON(matrix) }}");
        assert!(matches!(whole.as_part(), Some(Part::Engine(_))), "the whole matrix is not known: {whole:?}");
    }

    #[test]
    fn formats_become_the_text_with_its_values() {
        let value = of("${{ format('{{a}} {0}/b{1}', runner.temp, 'c') }}");
        assert_eq!(value, Value::literal("{a} ").and(Part::Scratch).and_literal("/bc"));
        assert!(matches!(of("${{ format('{0', 'c') }}").as_part(), Some(Part::Expression(_))));
        assert!(matches!(of("${{ format('{1}', 'c') }}").as_part(), Some(Part::Expression(_))));
    }

    #[test]
    fn an_output_of_several_jobs_is_of_the_first_that_has_it() {
        let value = of("${{ needs.a.outputs.digest || needs.b.outputs.digest }}");
        let jobs = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(value, Value::of([Part::JobOutput { jobs, output: "digest".to_owned() }]));
        let mixed = of("${{ needs.a.outputs.digest || needs.b.outputs.other }}");
        assert!(matches!(mixed.as_part(), Some(Part::Expression(_))));
    }

    #[test]
    fn a_setting_has_its_default() {
        let setting = |name: &str, default: &str| {
            Value::of([Part::Setting { name: name.to_owned(), default: default.to_owned() }])
        };
        assert_eq!(of("${{ vars.API_URL }}"), setting("API_URL", ""));
        assert_eq!(of("${{ vars.API_URL || 'a}}b' }}"), setting("API_URL", "a}}b"));
        let nested = of("${{ vars.A || vars.B || 'c' }}");
        assert!(matches!(nested.as_part(), Some(Part::Expression(_))), "{nested:?}");
    }

    #[test]
    fn the_address_of_the_run_is_one_fact() {
        let url = "${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}";
        assert_eq!(of(url), Value::of([Part::Fact(Fact::RunUrl)]));
        assert_eq!(
            of(&format!("see {url}.")),
            Value::literal("see ").and(Part::Fact(Fact::RunUrl)).and_literal(".")
        );
    }

    #[test]
    fn a_container_has_its_own_name_for_the_scratch_folder() {
        let expressions = RefCell::default();
        let lifter = Lifter { matrix: &[], in_container: true, expressions: &expressions };
        let value = |text: &str| lifter.template(&Template::of(text).unwrap());
        assert_eq!(value("/__w/_temp/x"), Value::of([Part::Scratch, Part::literal("/x")]));
        let beside = Value::literal("/__w/_temporary and ").and(Part::Scratch);
        assert_eq!(value("/__w/_temporary and /__w/_temp"), beside);
        assert!(matches!(value("${{ runner.temp }}").as_part(), Some(Part::Unknown(_))));
    }
}
