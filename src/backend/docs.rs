//! docs/backends.md, printed from the tables. Knows no connection.

use super::{BACKENDS, Backend};
use crate::words::list;

/// The page, as Markdown.
pub(crate) fn docs() -> String {
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
    let settings = list::quoted(backend.settings.settings.iter().map(|key| key.declaration().name));
    let Backend { doc, page, .. } = backend;
    format!("\n## `{}`\n\n{doc}.\n\nSettings: {settings}.\n{}", backend.name(), page())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_the_table_prints() {
        let page = include_str!("../../docs/backends.md");
        assert!(page == docs(), "docs/backends.md differs from the table: `just docs` prints it anew");
    }
}
