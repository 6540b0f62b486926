//! The arguments of the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "pipec",
    version,
    about = "Proves and compiles deployment pipelines",
    long_about = "Proves and compiles deployment pipelines.\n\nA .pipe file describes how a change travels \
                  from commit to production. pipec proves that no gate can be skipped on the way, and \
                  compiles the pipeline to workflows of a CI engine.",
    after_help = "Exit status: 0 no findings, 1 findings or drift, 2 wrong usage or a path that can't be \
                  read or written, 101 a bug in pipec.",
    after_long_help = "Examples:\n  pipec check                  prove the pipelines of this repository\n\x20 \
                       pipec build examples/hello   prove, compile and write the workflows of one folder\n\x20 \
                        pipec build --check \u{20}        show what differs from the workflows on disk\n\x20 \
                       pipec explain P0401          what a finding means and how to fix it\n\nExit status: \
                       0 no findings, 1 findings or drift, 2 wrong usage or a path that can't be read or \
                       written, 101 a bug in pipec.",
    arg_required_else_help = true,
    subcommand_required = true
)]
pub struct Arguments {
    /// The command.
    #[command(subcommand)]
    pub command: Command,

    /// When to use colours; `auto` depends on the terminal, NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = ColourChoice::Auto)]
    pub color: ColourChoice,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Parse, type and prove the pipelines of a workspace
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Prove the pipelines, compile them and write the outputs, all or none
    #[command(after_help = BUILD_EXAMPLES)]
    Build(Build),
    /// Format .pipe files
    #[command(after_help = FMT_EXAMPLES)]
    Fmt(Fmt),
    /// Draw the path to production, or show what a node waits for
    #[command(after_help = GRAPH_EXAMPLES)]
    Graph(Graph),
    /// List what is proved, what to set on the platform, and what is assumed
    #[command(after_help = ASSURE_EXAMPLES)]
    Assure(Assure),
    /// Show the record of a run, or print it in its documented form
    #[command(after_help = RECORD_EXAMPLES)]
    Record(Record),
    /// Show the page of a finding's code, or list all codes
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Print the completions for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
}

const WORKSPACE: &str = "The workspace is the given folder, or else the git repository that contains the \
                         given file or the current folder.";

const CHECK_EXAMPLES: &str = "Examples:\n  pipec check                        the workspace around the \
                              current folder\n  pipec check services/api           one folder, as its own \
                              workspace\n  pipec check deploy/shop.pipe       prove everything, show the \
                              findings of one file\n  pipec check --format json | jq .summary\n  pipec \
                              check --fix                  apply mechanical fixes\n  pipec check --format \
                              sarif         for code scanning; `github` annotates a pull request";

const BUILD_EXAMPLES: &str = "Examples:\n  pipec build                        write what has changed\n\x20 \
                              pipec build --check \u{20}              exit 1 and a diff if the outputs on \
                              disk differ\n  pipec build --stdout shop.pipe   print the outputs of one \
                              file's pipelines\n  pipec build --out preview          write below another \
                              folder\n\npipec never overwrites a file that it did not write. It reports a \
                              generated file that no pipeline claims any more, but never removes it.";

const FMT_EXAMPLES: &str = "Examples:\n  pipec fmt                          every .pipe file of the workspace\n  pipec fmt \
                            --check                  exit 1 and a diff if a file would change\n  pipec fmt --stdin < \
                            shop.pipe      print the layout of one text";

const GRAPH_EXAMPLES: &str = "Examples:\n  pipec graph                        the path to production, in \
                              the terminal\n  pipec graph --format svg > path.svg\n  pipec graph \
                             --format html > path.html   a page to explore\n  pipec graph \
                              --pipeline api         one pipeline of several\n  pipec graph --why \
                              production       what must happen before a deploy\n\nA workspace that is not \
                              proven is drawn too, and the drawing says so; the exit status is then 1.";

const ASSURE_EXAMPLES: &str = "Examples:\n  pipec assure                       what is proved, and what \
                               to set where\n  pipec assure --verbose             with the evidence and \
                               everything that is trusted\n  pipec assure --environment production\n  pipec assure \
                               --format markdown > ASSURANCE.md\n\nIf the workspace is not proven, nothing \
                               is claimed; the exit status is then 1.";

const RECORD_EXAMPLES: &str = "Examples:\n  gh run download 77 --name record && pipec record record.json\n  pipec record \
                               record.json --format json | jq .verdict";

const EXPLAIN_EXAMPLES: &str = "Examples:\n  pipec explain P0401\n  pipec explain skippable-gate\n  pipec explain          \
                                \u{20}           all codes";

const COMPLETIONS_EXAMPLES: &str = "Examples:\n  pipec completions bash > ~/.local/share/bash-completion/completions/pipec\n  \
                                    pipec completions fish > ~/.config/fish/completions/pipec.fish";

/// `pipec check`
#[derive(Debug, Args)]
pub struct Check {
    /// A folder (a workspace), or a file to report on
    #[arg(value_name = "PATH", help = WORKSPACE)]
    pub path: Option<PathBuf>,
    /// Apply every mechanical fix, in all files or in none, and check again
    #[arg(long)]
    pub fix: bool,
    /// The form of the report.
    #[command(flatten)]
    pub report: ReportOptions,
}

/// `pipec build`
#[derive(Debug, Args)]
pub struct Build {
    /// A folder (a workspace), or a file whose pipelines are written
    #[arg(value_name = "PATH", help = WORKSPACE)]
    pub path: Option<PathBuf>,
    /// Only write the outputs for this target; all are proven
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// Write below this folder instead of the workspace
    #[arg(long, value_name = "DIR", conflicts_with = "stdout")]
    pub out: Option<PathBuf>,
    /// Print the outputs and write nothing; a line `# PATH` comes before each of several
    #[arg(long, conflicts_with = "check")]
    pub stdout: bool,
    /// Write nothing; exit 1 with a diff if an output on disk differs or is left over, or if
    /// pipec.lock differs from what is used
    #[arg(long)]
    pub check: bool,
    /// The form of the report.
    #[command(flatten)]
    pub report: ReportOptions,
}

/// The form of the report.
#[derive(Clone, Copy, Debug, Args)]
pub struct ReportOptions {
    /// The form: for people (on standard error) or for programs (on standard output)
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Format::Human)]
    pub format: Format,
    /// Exit 1 if there are any of these, as for errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Deny>,
}

/// `pipec fmt`
#[derive(Debug, Args)]
pub struct Fmt {
    /// Files and folders; none means the workspace around the current folder
    #[arg(value_name = "PATHS", conflicts_with = "stdin")]
    pub paths: Vec<PathBuf>,
    /// Write nothing; exit 1 with a diff if a file would change
    #[arg(long)]
    pub check: bool,
    /// Read a text from standard input and print its layout
    #[arg(long)]
    pub stdin: bool,
}

/// `pipec graph`
#[derive(Debug, Args)]
pub struct Graph {
    /// A folder (a workspace), or a file whose pipelines are drawn
    #[arg(value_name = "PATH", help = WORKSPACE)]
    pub path: Option<PathBuf>,
    /// The form of the drawing
    #[arg(long, value_enum, value_name = "FORM", default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
    /// Draw only this pipeline
    #[arg(long, value_name = "NAME")]
    pub pipeline: Option<String>,
    /// Show what this node, or the deploys to this environment, wait for (as text or JSON)
    #[arg(long, value_name = "NODE")]
    pub why: Option<String>,
}

/// `pipec assure`
#[derive(Debug, Args)]
pub struct Assure {
    /// A folder (a workspace), or a file whose pipelines are listed
    #[arg(value_name = "PATH", help = WORKSPACE)]
    pub path: Option<PathBuf>,
    /// The form of the list
    #[arg(long, value_enum, value_name = "FORM", default_value_t = AssureFormat::Text)]
    pub format: AssureFormat,
    /// List the evidence of each guarantee, what relies on each setting, and all parts of the output that are trusted;
    /// Markdown and JSON always do
    #[arg(long, short)]
    pub verbose: bool,
    /// Only this environment, and all runs of the pipelines that enter it
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
}

/// `pipec record`
#[derive(Debug, Args)]
pub struct Record {
    /// The file `record.json` of a run; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The form of the record
    #[arg(long, value_enum, value_name = "FORM", default_value_t = RecordFormat::Text)]
    pub format: RecordFormat,
}

/// `pipec explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// A code (`P0401`) or its short name (`skippable-gate`)
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

/// `pipec completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColourChoice {
    /// Depends on the terminal and the environment
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the source and the remedy
    Human,
    /// One JSON object; its form is stable
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// Annotations, for a step of GitHub Actions
    Github,
}

impl Format {
    /// Its name, if it is for programs.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Format::Human => None,
            Format::Json => Some("json"),
            Format::Sarif => Some("sarif"),
            Format::Github => Some("github"),
        }
    }
}

/// The forms of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For the terminal
    Text,
    /// A picture, in one file
    Svg,
    /// A page to explore, in one file: choose a node to read about it
    Html,
    /// A flowchart for Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// One JSON object; its form is stable
    Json,
}

/// The forms of an assurance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AssureFormat {
    /// For the terminal
    Text,
    /// With the settings as a list of tasks
    Markdown,
    /// One JSON object; its form is stable
    Json,
}

/// The forms of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RecordFormat {
    /// For the terminal
    Text,
    /// One JSON object; its form is stable
    Json,
}

/// Kinds of findings that fail the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Warnings
    Warnings,
}
