//! The tables that the program brings along are readable as a whole. What they say is judged by a real API server: `judged.rs`.

use vault_render::internals::manifest::Table;

use crate::support::program::root;

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join("schemas").join(name)).unwrap()
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

#[test]
fn every_line_of_a_table_is_read_and_written_as_it_is() {
    for name in ["kubernetes.txt", "operators.txt"] {
        let text = text(name);
        let table = Table::parse(&text).unwrap_or_else(|line| panic!("{name}: {line}"));
        let (before, after) = (without_comments(&text), table.written());
        let change = before.lines().zip(after.lines()).find(|(before, after)| before != after);
        assert!(before == after, "{name}: {change:?}");
    }
}
