//! What documents are planned with, whichever they are: the schemas of their kinds, and the variables of their paths.

use crate::manifest::Schemas;
use crate::secret::PathVariables;

/// What documents are planned with.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// What tells the types of fields.
    pub schemas: Schemas,
    /// The variables that may stand in paths.
    pub variables: PathVariables,
}
