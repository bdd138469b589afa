//! `policy`: what is wrong with a policy file, and whether it means what its own tests say. Neither a setting nor a store is asked.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use super::environment::Environment;
use super::{judge, output};
use crate::error::{Errors, Kind};
use crate::policy::PolicyFile;
use crate::report::{self, Counts};
use crate::words::count;

/// Check a policy file, or run the tests that are written in it
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// What to do
    #[arg(value_enum)]
    action: Action,

    /// The policy file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Find what is wrong with the file
    Check,
    /// Check the file, then run its tests
    Test,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render policy check policy.yaml                unknown fields, patterns and logins, each with its place
  vault-render policy test policy.yaml                 in the pipeline of the repository that holds it

A test is written in the file: `tests: [{as: {project: shop}, allow: [secret/data/shop/db], deny: [secret/data/rival/db]}]`.
`PATH#KEY` asks about one key. docs/tenants.md has the whole language.

Exit codes: 0 right, 1 something is wrong or a test fails, 2 the file cannot be read.";

/// Prints what is wrong.
pub(super) fn run(args: &Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let read = judge::read(&args.file, environment);
    if let Err(errors) = &read
        && errors.iter().any(|error| error.kind == Kind::Input)
    {
        output::report(&report::in_order(errors.clone(), &[]), environment);
        return Ok(ExitCode::from(output::FAILED));
    }
    let (summary, findings) = match read {
        Ok(file) => args.action.outcome(&file),
        Err(errors) => (String::new(), errors),
    };
    let (mut counts, mut text) = (Counts::default(), String::new());
    for finding in &report::in_order(findings, &[]) {
        text += &(report::text::finding(finding, environment.stdout_colour()) + "\n");
        counts.add(finding);
    }
    match counts.list() {
        Some(found) => {
            output::write(&[text.as_bytes(), format!("{found} in `{}`\n", args.file.display()).as_bytes()])?;
            Ok(ExitCode::from(output::FOUND))
        }
        None => output::finish(&format!("{}: {summary}\n", args.file.display())),
    }
}

impl Action {
    /// What is right about a file, and what is wrong.
    fn outcome(self, file: &PolicyFile) -> (String, Errors) {
        let mut errors = Errors::new();
        let rules = count::of(file.rule_count(), "rule");
        if self == Self::Check {
            return (rules, errors);
        }
        errors.extend(file.failures());
        let tests = count::of(file.test_count(), "path");
        (format!("{rules}, and {tests} as the tests say"), errors)
    }
}
