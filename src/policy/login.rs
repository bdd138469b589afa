//! The login that a secret is read with. Knows no store: a login is a name and settings.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::config::Config;

/// The login that a secret is read with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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
    /// The settings of its run.
    pub config: Config,
}

impl PartialEq for NamedLogin {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for NamedLogin {}

impl Hash for NamedLogin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}
