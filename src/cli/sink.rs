//! Where the output of a run goes on a terminal: kept until all of it is right, or printed as it comes.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::environment::Environment;
use super::output::{self, Report};
use crate::error::{Error, Errors};
use crate::pass::Sink;
use crate::report;
use crate::source::Source;

/// An output that is printed whole or not at all, after the findings.
pub(super) struct WholeOutput<'e> {
    environment: &'e Environment,
    /// How a finding is shown.
    shown: &'e dyn Fn(Error) -> Error,
    findings: Vec<Error>,
    texts: Vec<Zeroizing<Vec<u8>>>,
}

/// An output that is printed as it comes, up to the first error.
pub(super) struct StreamedOutput<'e> {
    report: Report<'e>,
}

impl<'e> WholeOutput<'e> {
    pub(super) fn new(environment: &'e Environment, shown: &'e dyn Fn(Error) -> Error) -> Self {
        Self { environment, shown, findings: Vec::new(), texts: Vec::new() }
    }

    /// Reports the findings, and prints the text if it `is_whole`.
    pub(super) fn finish(mut self, is_whole: bool) -> anyhow::Result<()> {
        self.findings.sort_by_key(|error| error.place.is_some());
        let findings: Vec<Error> = self.findings.into_iter().map(self.shown).collect();
        output::report(&findings, self.environment);
        let texts: Vec<&[u8]> = self.texts.iter().map(|text| text.as_slice()).collect();
        if is_whole { output::write(&texts) } else { Ok(()) }
    }
}

impl<'e> StreamedOutput<'e> {
    pub(super) fn new(environment: &'e Environment) -> Self {
        Self { report: Report::new(environment) }
    }

    /// Reports further findings, in their order.
    pub(super) fn warn(&mut self, findings: Vec<Error>) {
        self.report.add(&findings);
    }

    /// Counts the findings.
    pub(super) fn finish(self) {
        self.report.finish();
    }
}

impl Sink for WholeOutput<'_> {
    type Failure = anyhow::Error;

    fn report(&mut self, errors: Errors, sources: &[Arc<Source>]) {
        self.findings.extend(report::in_order(errors, sources));
    }

    fn write(&mut self, slices: &[&[u8]]) -> anyhow::Result<()> {
        self.texts.push(Zeroizing::new(slices.concat()));
        Ok(())
    }
}

impl Sink for StreamedOutput<'_> {
    type Failure = anyhow::Error;

    fn report(&mut self, errors: Errors, sources: &[Arc<Source>]) {
        self.report.add(&report::in_order(errors, sources));
    }

    fn write(&mut self, slices: &[&[u8]]) -> anyhow::Result<()> {
        output::write(slices)
    }
}
