//! `pipec record`: gives the record of a run its documented form.

use crate::arguments::{Record as Arguments, RecordFormat};
use crate::console::{Console, Outcome};
use pipec_driver::Problem;
use pipec_report::record::Record;
use std::io::Read as _;

/// The largest record that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Reads a raw record and prints it.
pub fn run(arguments: &Arguments, console: &Console) -> Outcome {
    let shown = arguments.file.display().to_string();
    let read = match read(arguments) {
        Ok(text) => text,
        Err(error) => {
            console.problem(&Problem::new(&shown, format!("can't read `{shown}`: {error}")));
            return Outcome::Trouble;
        }
    };
    match Record::of_raw(&read) {
        Ok(record) => {
            console.data(&match arguments.format {
                RecordFormat::Text => record.table(),
                RecordFormat::Json => record.json(),
            });
            Outcome::Clean
        }
        Err(why) => {
            let problem = Problem::new(&shown, format!("can't read `{shown}`: {why}"));
            console.problem(&problem.help("give the file `record.json` of a run's artifact `record`"));
            Outcome::Trouble
        }
    }
}

fn read(arguments: &Arguments) -> std::io::Result<String> {
    let mut text = String::new();
    if arguments.file.as_os_str() == "-" {
        std::io::stdin().lock().take(LARGEST).read_to_string(&mut text)?;
    } else {
        std::fs::File::open(&arguments.file)?.take(LARGEST).read_to_string(&mut text)?;
    }
    Ok(text)
}
