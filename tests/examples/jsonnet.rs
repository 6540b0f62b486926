//! Writes a Jsonnet program that prints a workflow, to compare its time with that of a build. The arguments are the file of
//! the workflow, as `pipec build` writes it for a program of `large`, and the file of the Jsonnet program.
//!
//! Gates of one form become one function and a comprehension. Everything else is literal.

use std::collections::BTreeMap;
use std::fmt::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("the file of a workflow, and one for Jsonnet, please");
    let mut workflow = pipec_github::engine::read_as_json(&std::fs::read_to_string(next()?)?)?;
    let jobs = workflow.as_object_mut().and_then(|root| root.remove("jobs"));
    let mut others = jobs.and_then(|jobs| jobs.as_object().cloned()).ok_or("the workflow has no jobs")?;
    let mut gates: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    others.retain(|name, job| {
        let Some(number) = name.strip_prefix("g-").and_then(|number| number.parse().ok()) else {
            return true;
        };
        let form = format!("{job:#}")
            .replace(&format!("\"{name}\""), "name")
            .replace(&format!("\"make check-{number}\""), "script");
        gates.entry(form).or_default().push(number);
        false
    });
    let (mut functions, mut calls) = (String::new(), String::new());
    for (place, (form, numbers)) in gates.iter_mut().enumerate() {
        numbers.sort_unstable();
        writeln!(functions, "local gate{place}(name, script) = {form};")?;
        write!(
            calls,
            "{{[\"g-%d\" % n]: gate{place}(\"g-%d\" % n, \"make check-%d\" % n) for n in {numbers:?}}} + "
        )?;
    }
    let others = serde_json::Value::Object(others);
    let jobs = format!("{{jobs: {calls}{others:#}}}");
    let program = format!("{functions}std.manifestYamlDoc({workflow:#} + {jobs}, quote_keys=false)\n");
    Ok(std::fs::write(next()?, program)?)
}
