//! The unpacked bytes of an archive as they come, within a time and a length: what is passed over costs time as well. Knows no tar.

use std::cell::Cell;
use std::io::{self, Read};
use std::time::Instant;

use super::ArchiveLimits;
use super::trouble::{out_of_time, too_long};
use crate::error::Error;

/// How many times what may be kept the whole may have, with what is passed over.
const TIMES: u64 = 16;

/// Bytes that end with an error beyond their limits.
pub(super) struct Stream<'s, R> {
    bytes: R,
    left: u64,
    most: u64,
    until: Option<Instant>,
    end: &'s Cell<Option<Error>>,
}

impl<'s, R> Stream<'s, R> {
    /// The bytes. What ends them too early is put into `end`.
    pub(super) fn new(bytes: R, limits: &ArchiveLimits, end: &'s Cell<Option<Error>>) -> Self {
        let most = limits.bytes.saturating_mul(TIMES);
        Self { bytes, left: most, most, until: limits.until, end }
    }

    fn stop(&self, error: Error) -> io::Error {
        self.end.set(Some(error));
        io::Error::other("a limit")
    }
}

impl<R: Read> Read for Stream<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            return Err(self.stop(out_of_time()));
        }
        let count = self.bytes.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => self.left = left,
            None => return Err(self.stop(too_long(self.most))),
        }
        Ok(count)
    }
}
