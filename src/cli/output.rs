//! The output of the program: bytes on stdout, findings on stderr, exit codes. The only place that prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;

use super::environment::Environment;
use crate::error::{Error, Kind};
use crate::report::text::{Colour, Findings};
use crate::visible;

/// Something was found, or `generate` failed.
pub(super) const FOUND: u8 = 1;

/// The command failed, or was used wrongly.
pub(super) const FAILED: u8 = 2;

/// The size of the buffer in which small slices are gathered; larger ones go out as they are.
const BUFFER: usize = 1 << 16;

/// Writes to stdout. A closed pipe is not an error: its reader has had enough.
pub(super) fn write(slices: &[&[u8]]) -> anyhow::Result<()> {
    let mut stdout = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
    match slices.iter().try_for_each(|slice| stdout.write_all(slice)).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to stdout"),
        _ => Ok(()),
    }
}

/// The exit code of a command that renders.
pub(super) fn rendered(is_complete: bool) -> ExitCode {
    if is_complete { ExitCode::SUCCESS } else { ExitCode::from(FOUND) }
}

/// Writes the only output of a command.
pub(super) fn finish(text: &str) -> anyhow::Result<ExitCode> {
    write(&[text.as_bytes()])?;
    Ok(ExitCode::SUCCESS)
}

/// Reports why a command failed.
pub(super) fn fail(failure: &anyhow::Error, environment: &Environment) {
    report(&[finding(failure)], environment);
}

/// A failure as a finding. The message of the operating system becomes the cause.
fn finding(failure: &anyhow::Error) -> Error {
    if let Some(error) = failure.downcast_ref::<Error>() {
        return error.clone();
    }
    let causes: Vec<String> = failure.chain().skip(1).map(ToString::to_string).collect();
    let error = Error::new(Kind::Input, failure.to_string());
    if causes.is_empty() { error } else { error.cause(causes.join(": ")) }
}

/// Writes findings to stderr, a blank line between them, counted at the end.
pub(super) fn report(list: &[Error], environment: &Environment) {
    let mut report = Report::new(environment);
    report.add(list);
    report.finish();
}

/// Findings on stderr as they come.
pub(super) struct Report<'e> {
    environment: &'e Environment,
    findings: Findings,
}

impl<'e> Report<'e> {
    /// A report without findings.
    pub(super) fn new(environment: &'e Environment) -> Self {
        Self { environment, findings: Findings::new(environment.colour()) }
    }

    /// Writes further findings. `--quiet` leaves out notes.
    pub(super) fn add(&mut self, list: &[Error]) {
        let shown = list.iter().filter(|finding| self.environment.shows(finding)).cloned().collect::<Vec<_>>();
        if !shown.is_empty() {
            self.environment.stderr.write(&self.findings.add(shown));
        }
    }

    /// Writes how many there were.
    pub(super) fn finish(self) {
        if let Some(summary) = self.findings.finish() {
            self.environment.stderr.write(&summary);
        }
    }
}

/// Writes a message of clap: help and version to stdout, a usage error to stderr.
pub(super) fn usage(error: &clap::Error, environment: &Environment) -> ExitCode {
    let text = error.render();
    if !error.use_stderr() {
        let is_coloured = environment.stdout_colour() == Colour::Ansi;
        let text = if is_coloured { text.ansi().to_string() } else { text.to_string() };
        return finish(&text).unwrap_or(ExitCode::from(FAILED));
    }
    let coloured = environment.colour() == Colour::Ansi;
    let shown = |line| visible::without_commands(&visible::replaced(line)).into_owned() + "\n";
    let plain: String = text.to_string().lines().map(shown).collect();
    // An argument may come from a tenant's parameters. One with control characters of its own is not shown in colour.
    let is_odd = plain.contains('\u{fffd}');
    environment.stderr.write(&if coloured && !is_odd { text.ansi().to_string() } else { plain });
    ExitCode::from(if environment.is_predecessor { FOUND } else { FAILED })
}
