//! `sha256sum` and `sha512sum`.

use sha2::{Digest, Sha256, Sha512};

use super::text;
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;

/// The SHA-256 digest of a value in lower-case hex.
pub(super) fn sha256sum(value: &Value, budget: &Budget) -> Result<Value, Error> {
    sum::<Sha256>(value, budget)
}

/// The SHA-512 digest of a value in lower-case hex.
pub(super) fn sha512sum(value: &Value, budget: &Budget) -> Result<Value, Error> {
    sum::<Sha512>(value, budget)
}

fn sum<D: Digest>(value: &Value, budget: &Budget) -> Result<Value, Error> {
    budget.make(2 * <D as Digest>::output_size())?;
    let digest = D::digest(text::bytes_of(value)?);
    Ok(Value::text(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}
