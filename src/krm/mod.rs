//! The input and output of a KRM function, as kustomize and kpt call it: a `ResourceList` comes in, and goes out with its items
//! filled and the findings as `results`. The list is a source like any other, and is edited in place. Knows no store.

mod answer;
mod config;
mod list;

pub(crate) use answer::answer;
pub(crate) use config::FunctionConfig;
pub(crate) use list::ResourceList;
