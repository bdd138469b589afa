//! The output of a run: one loop over the chunks of the input, for every kind of output.

use std::sync::Arc;

use super::Run;
use crate::error::{Error, Errors};
use crate::render::{self, Joiner};
use crate::source::Source;

/// How many bytes are planned and filled at once. The secrets of a larger input are all read before its first chunk is filled.
const CHUNK: usize = 1 << 18;

/// Takes the output of a run: keeps it until all is right, or passes it on at once.
pub trait Sink {
    /// Why nothing more can be written: the run ends with it.
    type Failure;

    /// Takes errors without a place, or with a place in `sources`.
    fn report(&mut self, errors: Errors, sources: &[Arc<Source>]);

    /// Takes further text. The text as a whole is right only if no error follows.
    fn write(&mut self, slices: &[&[u8]]) -> Result<(), Self::Failure>;
}

impl Run<'_> {
    /// Renders `sources`, whose reading gave `errors`. Returns whether nothing is wrong. An output without a manifest is the error `empty`,
    /// if there is one.
    pub async fn print<S: Sink>(
        &mut self,
        sources: &[Arc<Source>],
        mut errors: Errors,
        empty: Option<Error>,
        sink: &mut S,
    ) -> Result<bool, S::Failure> {
        self.learn(sources);
        let chunks = || render::chunks(sources, CHUNK);
        if chunks().nth(1).is_some() {
            self.read_ahead(chunks(), &mut errors).await;
        }
        let has_failed = errors.any();
        sink.report(errors, sources);
        self.print_chunks(chunks().map(Ok), |_, _| {}, has_failed, empty, sink).await
    }

    /// Renders chunk after chunk in constant memory, otherwise like [`Run::print`].
    pub async fn stream<S: Sink>(
        &mut self,
        chunks: impl Iterator<Item = Result<Arc<Source>, Error>>,
        errors: Errors,
        empty: Option<Error>,
        sink: &mut S,
    ) -> Result<bool, S::Failure> {
        let has_failed = errors.any();
        sink.report(errors, &[]);
        self.print_chunks(chunks.map(|chunk| chunk.map(|source| vec![source])), Self::learn, has_failed, empty, sink)
            .await
    }

    async fn print_chunks<S: Sink>(
        &mut self,
        chunks: impl Iterator<Item = Result<Vec<Arc<Source>>, Error>>,
        learn: fn(&mut Self, &[Arc<Source>]),
        mut has_failed: bool,
        empty: Option<Error>,
        sink: &mut S,
    ) -> Result<bool, S::Failure> {
        // Comments wait for the first manifest, which may never come.
        let (mut joiner, mut comments) = (Joiner::default(), Vec::new());
        for (number, chunk) in chunks.enumerate() {
            let mut errors = Errors::new();
            if let Some(stopped) = (number > 0).then(|| self.is_over()).flatten() {
                self.stop(&stopped, "filling manifests", &mut errors);
                sink.report(errors, &[]);
                return Ok(false);
            }
            let sources = chunk.map_err(|error| errors.push(error)).unwrap_or_default();
            learn(self, &sources);
            let edits = self.fill(&sources, &mut errors).await;
            has_failed |= errors.any();
            sink.report(errors, &sources);
            if has_failed {
                continue;
            }
            let slices = joiner.write_all(&sources, &edits);
            if joiner.has_content() {
                let comments = std::mem::take(&mut comments);
                sink.write(&[&[&comments[..]], &slices[..]].concat())?;
            } else {
                comments.extend(slices.concat());
            }
        }
        if has_failed || joiner.has_content() {
            return Ok(!has_failed);
        }
        match empty {
            Some(error) => sink.report(error.into(), &[]),
            None => return sink.write(&[&comments]).map(|()| true),
        }
        Ok(false)
    }
}
