//! The product: read → **plan → fetch → fill → write**. Planning and filling are pure; fetching is the only `await`.

mod fetch;
mod fill;
mod index;
mod mask;
mod parts;
mod place;
mod plan;
mod reads;
mod record;
mod shape;
mod strict;
mod survey;
mod values;
mod walk;
mod write;
mod written;

pub use fetch::{fetch, harmless};
pub use fill::{Rendered, fill};
pub use mask::{Fingerprint, Mask};
pub use parts::parts;
pub use plan::{Asked, Asker, Gap, Plan, plan};
pub use reads::Read;
pub use record::Record;
pub use survey::{Document, Survey, Unread};
pub use values::Values;
pub use write::{Output, Pieces};
pub use written::{Written, written};

/// What a run makes of its input.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// An inline placeholder that would stay in the output is an error.
    pub strict: bool,
    /// Any YAML or JSON is filled, not only Kubernetes objects.
    pub any: bool,
}
