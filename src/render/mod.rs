//! The product: read → **plan → fetch → fill → write**. Planning and filling are pure; fetching is the only `await`.

mod chunks;
mod fetch;
mod fill;
mod index;
mod joiner;
mod mask;
mod place;
mod plan;
mod reads;
mod record;
mod rendered_document;
mod shape;
mod strict;
mod survey;
mod value_source;
mod walk;

pub use chunks::chunks;
pub use fetch::{fetch, without_side_effects};
pub use fill::{Edits, fill};
pub use joiner::{Joiner, Slices};
pub use mask::{Fingerprint, Mask};
pub use plan::{Gap, PlaceholderUse, Plan, ResourceContext, plan};
pub use reads::Read;
pub use record::Record;
pub use rendered_document::{RenderedDocument, rendered_documents};
pub use survey::{Document, Survey, Unparsed};
pub use value_source::ValueSource;

/// What a run makes of its input.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// An inline placeholder that would stay in the output is an error.
    pub strict: bool,
    /// Any YAML or JSON is filled, not only Kubernetes objects.
    pub any: bool,
}
