//! What messages are made of: the nearest name, a list that ends in time, a count with its noun. Knows no subject of its own.

pub(crate) mod count;
pub(crate) mod list;
pub(crate) mod suggestion;
