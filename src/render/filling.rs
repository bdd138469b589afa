//! What filling works with beside the secrets. Pure; knows no setting by name.

use crate::budget::Budget;
use crate::escape::Escape;
use crate::modifier::SaltKey;

/// The choices of the settings that filling depends on.
#[derive(Clone, Debug, Default)]
pub struct FillOptions {
    /// What is done with a value that would break JSON in a text.
    pub escape: Escape,
    /// The key of the salts that modifiers make, if there is one.
    pub salts: Option<SaltKey>,
}

/// A filling under way: its options, and the budget of its run.
#[derive(Clone, Copy, Debug)]
pub struct Filling<'f> {
    /// The options of the run.
    pub options: &'f FillOptions,
    /// The budget of the run.
    pub budget: &'f Budget,
}
