//! The output of a call: kept until all of it is right. Knows no protocol.

use std::convert::Infallible;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::objects::objects;
use crate::error::{Error, Errors, Kind};
use crate::pass::Sink;
use crate::pass::build::BuildFolder;
use crate::report;
use crate::source::Source;
use crate::wiped;
use crate::workspace::Workspace;

/// What came of a call.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    /// Its objects; `None` if something is wrong.
    pub(super) objects: Option<Vec<String>>,
    /// What was found, those without a place first.
    pub(super) findings: Vec<Error>,
    /// How many secrets it has read, and how many of them another call had read.
    pub(super) readings: (u64, u64),
}

/// An output that grows.
pub(super) struct Output {
    folder: BuildFolder,
    workspace: Workspace,
    findings: Vec<Error>,
    text: Zeroizing<Vec<u8>>,
}

impl Output {
    /// An output of what a folder is rendered to.
    pub(super) fn new(folder: BuildFolder, workspace: Workspace) -> Self {
        Self { folder, workspace, findings: Vec::new(), text: Zeroizing::default() }
    }

    /// The objects, if the output `is_complete`, and the findings.
    pub(super) fn finish(mut self, is_complete: bool) -> Rendered {
        self.findings.sort_by_key(|error| error.place.is_some());
        let shown = |error| self.folder.name_template(error, &self.workspace);
        let findings = self.findings.into_iter().map(shown).collect();
        let mut rendered = Rendered { findings, ..Rendered::default() };
        if is_complete {
            match std::str::from_utf8(&self.text) {
                Ok(text) => rendered.objects = Some(objects(text)),
                Err(_) => rendered.findings.push(not_text()),
            }
        }
        rendered
    }
}

impl Sink for Output {
    type Failure = Infallible;

    fn report(&mut self, errors: Errors, sources: &[Arc<Source>]) {
        self.findings.extend(report::in_order(errors, sources));
    }

    fn write(&mut self, slices: &[&[u8]]) -> Result<(), Infallible> {
        slices.iter().for_each(|slice| wiped::append(&mut self.text, slice));
        Ok(())
    }
}

impl From<Error> for Rendered {
    fn from(error: Error) -> Self {
        Self { findings: vec![error], ..Self::default() }
    }
}

fn not_text() -> Error {
    Error::new(Kind::Input, "a manifest is not UTF-8 text, which is all that Argo CD takes")
        .hint("save the file as UTF-8")
}
