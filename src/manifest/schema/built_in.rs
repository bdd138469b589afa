//! The schemas that this program brings along. `schemas/update` writes them.

use std::sync::{Arc, LazyLock};

use super::Table;

/// Kubernetes' own kinds.
pub(super) static KUBERNETES: LazyLock<Arc<Table>> =
    LazyLock::new(|| read(include_str!("../../../schemas/kubernetes.txt")));

/// The kinds of the commonest operators.
pub(super) static OPERATORS: LazyLock<Arc<Table>> =
    LazyLock::new(|| read(include_str!("../../../schemas/operators.txt")));

/// A table of this program's. A test reads every line; what does not parse would be missing here.
fn read(text: &str) -> Arc<Table> {
    Arc::new(Table::parse(text).unwrap_or_default())
}
