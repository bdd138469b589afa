//! `sha256sum`.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::text;
use crate::error::Error;
use crate::value::Value;

/// The digest in lower case hex.
pub(super) fn sha256sum(value: &Value) -> Result<Value, Error> {
    let digest = Sha256::digest(text::bytes_of(value)?);
    Ok(Value::text(digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })))
}
