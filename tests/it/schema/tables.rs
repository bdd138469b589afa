//! The tables that the program brings along are readable as a whole. What they say is judged by a real API server: `judged.rs`.

use std::collections::HashSet;

use vault_render::internals::manifest::Table;

use crate::support::program::root;

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join("schemas").join(name)).unwrap()
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

/// The lines of `after` that are not in `before`.
fn other_lines<'t>(before: &str, after: &'t str) -> Vec<&'t str> {
    let before: HashSet<&str> = before.lines().collect();
    after.lines().filter(|line| !before.contains(line)).collect()
}

#[test]
fn every_line_of_a_table_is_read_and_written_as_it_is() {
    for name in ["kubernetes.txt", "operators.txt"] {
        let text = text(name);
        let table = Table::parse(&text).unwrap_or_else(|line| panic!("{name}: {line}"));
        assert_eq!(other_lines(&without_comments(&text), &table.written()), [""; 0], "{name}");
    }
}
