//! The schemas that this program brings along. `schemas/update` writes them.

use std::sync::{Arc, LazyLock};

use super::Table;

/// Kubernetes' own kinds.
pub(super) static KUBERNETES: LazyLock<Arc<Table>> =
    LazyLock::new(|| Arc::new(Table::of_lines(include_str!("../../../schemas/kubernetes.txt"))));

/// The kinds of the commonest operators.
pub(super) static OPERATORS: LazyLock<Arc<Table>> =
    LazyLock::new(|| Arc::new(Table::of_lines(include_str!("../../../schemas/operators.txt"))));
