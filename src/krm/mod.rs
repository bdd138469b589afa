//! A KRM function's input and output, as kustomize and kpt have them: a `ResourceList` in, the same list with its items filled
//! and the findings as `results` out. The list itself is the source: it is edited as any manifest is. Knows no store.

mod answer;
mod config;
mod list;

pub use answer::answer;
pub use config::FunctionConfig;
pub use list::ResourceList;
