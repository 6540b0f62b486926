//! `pipec explain`: shows the page of a code.

use crate::arguments::Explain;
use crate::console::{Console, Outcome};
use pipec_base::{Code, closest, reserved_code};
use pipec_driver::Problem;
use pipec_report::page;

/// Shows the page of a code, or lists all codes.
pub fn run(arguments: &Explain, console: &Console) -> Outcome {
    let Some(word) = &arguments.code else {
        let codes = Code::all().map(|code| (code.to_string(), code.slug()));
        console.data(&page::list(codes, console.out_colour));
        return Outcome::Clean;
    };
    match word.parse::<Code>() {
        Ok(code) => {
            console.data(&page::render(code.page(), console.out_colour));
            Outcome::Clean
        }
        Err(_) => {
            console.problem(&unknown(word));
            Outcome::Trouble
        }
    }
}

fn unknown(word: &str) -> Problem {
    if let Some(subject) = reserved_code(word) {
        return Problem::new(word, "this version gives no finding with this code")
            .help(format!("the code is reserved for a later version, for {subject}"));
    }
    let known: Vec<String> =
        Code::all().flat_map(|code| [code.to_string(), code.slug().to_owned()]).collect();
    let (upper, lower) = (word.to_uppercase(), word.to_lowercase());
    let near = closest(&lower, known.iter().map(String::as_str))
        .or_else(|| closest(&upper, known.iter().map(String::as_str)));
    let problem = Problem::new(word, format!("there is no code `{word}`"));
    match near {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("`pipec explain` lists all codes"),
    }
}
