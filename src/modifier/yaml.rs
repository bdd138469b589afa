//! `yamlParse`.

use super::{error, text};
use crate::budget::Budget;
use crate::error::Error;
use crate::value::Value;
use crate::yaml;

/// Parses YAML text into a value, with the types that Kubernetes reads.
pub(super) fn parse(value: &Value, budget: &Budget) -> Result<Value, Error> {
    yaml::parse(&text::text_of(value)?, budget).map_err(|reason| {
        let error = error("`yamlParse` got text that is not YAML").cause(reason);
        error.hint("remove `yamlParse` if the text is to stay as it is")
    })
}
