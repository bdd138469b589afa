//! docs/backends.md, printed from the tables. Knows no connection.

use super::{BACKENDS, Backend};

/// The page, as Markdown.
pub fn docs() -> String {
    let stores: Vec<String> = BACKENDS.iter().map(section).collect();
    format!("{HEAD}{}", stores.concat())
}

const HEAD: &str = "\
<!-- Printed from the table in src/backend/mod.rs by `just docs`. -->
# Stores

`AVP_TYPE` names the store that secrets are read from. Each secret is read once a run, all together, and nothing is read
when no placeholder needs it. [settings.md](settings.md) says more of each setting.
";

fn section(backend: &Backend) -> String {
    let settings: Vec<String> = backend.settings.iter().map(|name| format!("`{name}`")).collect();
    let Backend { name, doc, page, .. } = backend;
    format!("\n## `{name}`\n\n{doc}.\n\nSettings: {}.\n{}", settings.join(", "), page())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_the_table_prints() {
        assert_eq!(include_str!("../../docs/backends.md"), docs(), "`just docs` writes it anew");
    }
}
