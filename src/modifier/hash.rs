//! `sha256sum`.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::text;
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;

/// The SHA-256 digest of a value in lower-case hex.
pub(super) fn sha256sum(value: &Value, budget: &Budget) -> Result<Value, Error> {
    budget.make(2 * Sha256::output_size())?;
    let digest = Sha256::digest(text::bytes_of(value)?);
    Ok(Value::text(digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })))
}
