//! The product: read → **plan → fetch → fill → write**. Planning and filling are pure; fetching is the only `await`.

mod chunks;
mod document;
mod fetch;
mod fill;
mod filling;
mod findings;
mod gap;
mod index;
mod joiner;
mod literal;
mod mask;
mod misfit;
mod not_objects;
mod plan;
mod reads;
mod record;
mod rendered_document;
mod resource_context;
mod result;
mod strict;
mod surroundings;
mod survey;
mod value_source;

pub(crate) use chunks::chunks;
pub(crate) use document::Document;
pub use fetch::fetch;
pub(crate) use fetch::{Witness, not_read, within};
pub(crate) use fill::Edits;
pub use fill::fill;
pub(crate) use fill::is_base64;
pub use filling::{FillOptions, Filling};
pub(crate) use gap::{Gap, PlaceholderUse};
pub use joiner::Joiner;
pub(crate) use mask::{Mask, MaskForm};
pub(crate) use not_objects::not_an_object;
pub(crate) use plan::Plan;
pub use plan::plan;
pub(crate) use reads::Read;
pub(crate) use record::Record;
pub(crate) use rendered_document::rendered_documents;
pub(crate) use resource_context::ResourceContext;
pub(crate) use result::named_value;
pub(crate) use surroundings::Surroundings;
pub use survey::Survey;
pub use value_source::ValueSource;

/// What an inline placeholder is that would stay in the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leftovers {
    /// Nothing to speak of: the output is not shipped.
    #[default]
    Ignored,
    /// A warning, where it can be seen without reading more than what is filled.
    Warned,
    /// An error, in any encoding and any document.
    Refused,
}

impl Leftovers {
    /// What they are to a command that prints manifests, `--strict` or not.
    pub fn of_strict(is_strict: bool) -> Self {
        if is_strict { Self::Refused } else { Self::Warned }
    }
}

/// The options of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What an inline placeholder is that would stay in the output.
    pub leftovers: Leftovers,
    /// Whether any YAML or JSON is filled, not only Kubernetes objects.
    pub any: bool,
}
