//! The table in a file that somebody named: CustomResourceDefinitions in YAML or JSON, or an OpenAPI document in JSON.

use std::sync::Arc;

use memchr::memmem;

use super::Table;
use crate::error::{Error, Kind};
use crate::source::{Place, Source};
use crate::yaml::Flaw;

impl Table {
    /// The schemas in a text, which may be none.
    ///
    /// # Errors
    ///
    /// The first place that is wrong. The text is not shown: a link may have led to it.
    pub(crate) fn of_source(source: &Arc<Source>) -> Result<Self, Error> {
        if is_open_api(&source.bytes) {
            return Self::read_open_api(&source.bytes).map_err(|reason| {
                Error::new(Kind::Syntax, format!("the OpenAPI document `{}` cannot be read", source.name)).cause(reason)
            });
        }
        let mut table = Self::default();
        match table.add_definitions(&source.bytes).into_iter().next() {
            Some(Flaw { span, error }) => Err(error.hidden().at(Place::new(source.clone(), span))),
            None => Ok(table),
        }
    }
}

/// Whether a text is a JSON document with the keys of an OpenAPI document, version 2 or 3.
fn is_open_api(bytes: &[u8]) -> bool {
    let holds = |key: &str| memmem::find(bytes, key.as_bytes()).is_some();
    let is_object = bytes.trim_ascii_start().first() == Some(&b'{');
    is_object && (holds("\"swagger\"") || holds("\"openapi\"")) && (holds("\"definitions\"") || holds("\"components\""))
}
