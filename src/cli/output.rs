//! What leaves the program: bytes on stdout, findings on stderr, an exit code. The only place that prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use super::environment::Environment;
use crate::error::{Error, Kind};
use crate::report;

/// Something was found, or `generate` failed.
pub(super) const FOUND: u8 = 1;

/// The command failed, or was used wrongly.
pub(super) const FAILED: u8 = 2;

/// Writes to stdout. Who closes the pipe has had enough: that is no error.
pub(super) fn write(bytes: &[u8]) -> Result<(), Error> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::new(Kind::Input, "cannot write to stdout").cause(error.to_string()))
        }
        _ => Ok(()),
    }
}

/// Writes the only output of a command that fails with 2.
pub(super) fn finish(text: &str, environment: &Environment) -> ExitCode {
    match write(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error, environment),
    }
}

/// Reports the only error of a command that fails with 2.
pub(super) fn fail(error: Error, environment: &Environment) -> ExitCode {
    report(&[error], environment);
    ExitCode::from(FAILED)
}

/// Writes findings to stderr, a blank line between them, counted at the end.
pub(super) fn report(list: &[Error], environment: &Environment) {
    let findings = list.iter().map(|error| report::text::finding(error, environment.colour()));
    let summary = report::summary(list).map(|summary| summary + "\n");
    let text: Vec<String> = findings.chain(summary).collect();
    let _ = std::io::stderr().lock().write_all(text.join("\n").as_bytes());
}

/// Writes clap's answer: help and version to stdout, a usage error to stderr.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { FAILED } else { 0 })
}
