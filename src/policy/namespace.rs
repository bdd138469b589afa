//! Vault namespaces that annotations may name: the operator's own, and those below it. Pure.

use super::settings::NAMESPACE;
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::secret::SecretId;

/// Which namespaces a placeholder may be read from.
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

    /// The folder that the namespace of `id` is to the operator: empty for their own. An error if it is neither theirs nor below it.
    pub(super) fn folder<'i>(&self, id: &'i SecretId) -> Result<&'i str, Error> {
        match id.scope.as_deref().filter(|_| !self.may_be_any) {
            None => Ok(""),
            Some(asked) => self.below(asked).ok_or_else(|| self.refusal(asked)),
        }
    }

    /// A namespace as the operator's own sees it: empty for itself, `None` unless it is the operator's or below it.
    fn below<'n>(&self, asked: &'n str) -> Option<&'n str> {
        let asked = asked.trim_matches('/');
        if asked.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
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

    fn refusal(&self, asked: &str) -> Error {
        let why = match &self.own {
            Some(own) => format!("is not below the operator's namespace `{own}`"),
            None => "cannot be chosen by a tenant, as the operator has set no namespace above it".to_owned(),
        };
        let error = Error::new(Kind::Denied, format!("the Vault namespace `{asked}` {why}"));
        error.hint("the operator allows it with `VAULT_NAMESPACE`, or any with `AVP_TENANT_SETTINGS=VAULT_NAMESPACE`")
    }
}
