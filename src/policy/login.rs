//! The login that a secret is read with. Knows no store: a login is a name and settings.

use std::fmt;
use std::sync::Arc;

use crate::config::Config;
use crate::error::Error;

/// The login that a secret is read with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Login {
    /// The login that the settings choose.
    #[default]
    Primary,
    /// A login that a rule chooses.
    Named(Arc<NamedLogin>),
}

/// A login that a rule chooses: its name, and the settings with the rule's in place.
#[derive(Debug)]
pub struct NamedLogin {
    /// How people know it: `role app-shop`, or the name of a login of the policy file.
    pub name: String,
    /// The settings of its run; or why they cannot be used, which a reading tells.
    pub config: Result<Config, Error>,
}

/// For people: `the login of the settings`, `role app-shop`.
impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primary => f.write_str("the login of the settings"),
            Self::Named(named) => f.write_str(&named.name),
        }
    }
}

impl PartialEq for NamedLogin {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for NamedLogin {}
