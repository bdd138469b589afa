//! Names what a store is opened with by a digest: whoever differs in a setting, its origin or the role shares no store. Opens none.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::digest::{Digest, DigestKey};
use crate::policy::Requester;
use crate::policy::template::Template;

/// The digest of everything that a store of these settings depends on.
pub(crate) fn identity(config: &Config, key: &DigestKey) -> Digest {
    key.digest(|add| config.identity(filled, |text| add(text.as_bytes())))
}

/// A text with the requester of an environment in place of words in braces; `None` if it has none.
fn filled(text: &str, environment: &BTreeMap<String, String>) -> Option<String> {
    let template = Template::parse(text, "").ok().filter(Template::has_words)?;
    let requester = Requester::of(environment);
    // A login tells a requester who cannot be filled in.
    Some(template.fill(&requester, "").unwrap_or_else(|_| requester.to_string()))
}
