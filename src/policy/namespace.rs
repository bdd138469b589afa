//! The Vault namespaces that annotations may name: the operator's own, and those below it. Pure.

use super::settings::NAMESPACE;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::{SecretId, path};

/// The namespaces that placeholders may be read from.
#[derive(Clone, Debug)]
pub(super) struct Namespaces {
    /// Whether an annotation may name any.
    may_be_any: bool,
    /// The operator's, below which it may name one.
    own: Option<String>,
}

impl Namespaces {
    pub(super) fn of(config: &Config) -> Self {
        Self { may_be_any: config.may_tenants_choose(&NAMESPACE), own: config.of_operator(&NAMESPACE).cloned() }
    }

    /// The namespace of `id` as a folder of the operator's own: empty if it is their own, an error if it is not below it.
    pub(super) fn folder<'i>(&self, id: &'i SecretId) -> Result<&'i str, Error> {
        match id.scope.as_deref().filter(|_| !self.may_be_any) {
            None => Ok(""),
            Some(asked) => self.below(asked).ok_or_else(|| self.refused(asked)),
        }
    }

    /// A namespace relative to the operator's own: empty if they are the same, `None` if it is not below it.
    fn below<'n>(&self, asked: &'n str) -> Option<&'n str> {
        let asked = asked.trim_matches('/');
        if path::clean(asked).as_deref() != Ok(asked) {
            return None;
        }
        match self.own.as_deref()? {
            "root" => Some(asked.strip_prefix("root").filter(|rest| rest.is_empty()).unwrap_or(asked)),
            own => asked
                .strip_prefix(own)
                .filter(|rest| rest.is_empty() || rest.starts_with('/'))
                .map(|rest| rest.trim_matches('/')),
        }
    }

    fn refused(&self, asked: &str) -> Error {
        let why = match &self.own {
            Some(own) => format!("is not below the operator's namespace `{own}`"),
            None => "cannot be chosen by a tenant, as the operator has set no namespace above it".to_owned(),
        };
        let error = Error::new(Kind::Denied, format!("the Vault namespace `{asked}` {why}"));
        error.hint("the operator allows it with `VAULT_NAMESPACE`, or any with `AVP_TENANT_SETTINGS=VAULT_NAMESPACE`")
    }
}
