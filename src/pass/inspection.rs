//! What settings that parse lack, and what is wrong or risky in them, before anything is sent. `settings` and `doctor` say the same.

use super::mask_key;
use crate::backend::{self, Inspection};
use crate::config::Config;
use crate::config::general::{MASK_KEY, TOOL_HOSTS};
use crate::contain::proxy::Hosts;
use crate::error::Errors;
use crate::journal::Journal;
use crate::keep::Keep;

/// What is missing for a run, what is wrong with the files and values that the settings name, and what is wrong or risky in general.
/// Settings of which some are wrong lack what these do not give: that is not missing.
pub(crate) fn inspect(config: &Config, are_some_wrong: bool) -> (Inspection, Errors) {
    let mut general = backend::risks(config);
    let key = config.get(&MASK_KEY);
    general.extend(key.and_then(|key| mask_key::weakness(key.reveal().as_bytes(), MASK_KEY.name())));
    general.extend(config.get(&TOOL_HOSTS).and_then(|hosts| Hosts::parse(&hosts.join(" ")).err()));
    general.extend(Keep::open(&config.view(&[]), Journal::default()).err());
    let mut inspection = backend::inspect(config);
    if are_some_wrong {
        inspection.missing.clear();
    }
    (inspection, general)
}
