//! The product: read → **plan → fetch → fill → write**. Planning and filling are pure; fetching is the only `await`.

mod chunks;
mod document;
mod fetch;
mod fill;
mod findings;
mod gap;
mod index;
mod joiner;
mod literal;
mod mask;
mod plan;
mod reads;
mod record;
mod rendered_document;
mod resource_context;
mod result;
mod strict;
mod survey;
mod value_source;

pub use chunks::chunks;
pub use document::{Document, Unparsed};
pub use fetch::{fetch, without_side_effects};
pub use fill::{Edits, fill};
pub use gap::{Gap, PlaceholderUse};
pub use joiner::{Joiner, Slices};
pub use mask::{Fingerprint, Mask};
pub use plan::{Plan, plan};
pub use reads::Read;
pub use record::Record;
pub use rendered_document::{RenderedDocument, rendered_documents};
pub use resource_context::ResourceContext;
pub use result::{named_value, result};
pub use survey::Survey;
pub use value_source::ValueSource;

/// What a run makes of its input.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// An inline placeholder that would stay in the output is an error.
    pub strict: bool,
    /// Any YAML or JSON is filled, not only Kubernetes objects.
    pub any: bool,
}
