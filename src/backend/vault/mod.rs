//! HashiCorp Vault, and OpenBao, as a store. Knows no manifest and no placeholder.

use super::{Backend, Store};
use crate::config::Config;
use crate::error::{Error, Kind};

/// This store's row.
pub(super) const BACKEND: Backend = Backend {
    name: "vault",
    doc: "HashiCorp Vault or OpenBao: KV version 1 and 2, and any other path that can be read",
    settings: &["VAULT_ADDR"],
    open,
};

fn open(_config: &Config) -> Result<Box<dyn Store>, Error> {
    Err(Error::new(Kind::Setting, "not yet"))
}
