//! docs/settings.md, printed from the table.

/// The page.
pub fn docs() -> String {
    String::new()
}
