//! The page `docs/modifiers.md`, from the table.

use super::row::Modifier;
use super::table::{self, MODIFIERS};

/// The text of the page.
pub(crate) fn docs() -> String {
    let sections: String = MODIFIERS.iter().map(section).collect();
    format!("{INTRODUCTION}{sections}{JSON_PATH}")
}

const INTRODUCTION: &str = "<!-- Printed from the table in src/modifier/table.rs by `just docs`. -->
# Modifiers

A placeholder may pass its value through modifiers, from left to right:
`<path:secret/data/app#cert | base64decode | indent 4>`.

An unknown modifier, an argument too many or too few, and a value that a modifier does not take are errors.
Only `default` and `toJson` take null. `|` and `>` inside brackets or quotes are part of an argument.
The examples show values as JSON.
";

const JSON_PATH: &str = "
## Templates of `jsonPath`

They are [those of kubectl](https://kubernetes.io/docs/reference/kubectl/jsonpath/): text, with
expressions in braces. A missing key is an error, in a filter too, unless some of the values at hand have it;
`[?(@.a && @.a > 1)]` checks for the key first. Differences from kubectl:

- `&&`, `||` and parentheses work in filters; `&&` binds tighter;
- numbers compare by their exact value: `1.0` is `1`, 9007199254740993 is not 9007199254740992; values of different
  types are unequal, and none is less;
- numbers come out as they are written, maps with their keys in their order;
- `['a.b']` finds `b` in `a`, and if that is missing the key `a.b`; keys in brackets may hold any character, and may
  stand in double quotes;
- after `..`, brackets skip values that are not lists; an empty list among others, or as the range, is not an error and cuts
  nothing off;
- a template without `{…}`, and a `{range …}` without `{end}`, are errors.
";

fn section(modifier: &Modifier) -> String {
    let Modifier { name, doc, usage, example, takes, .. } = modifier;
    let call = if usage.is_empty() { (*name).to_owned() } else { format!("{name} {usage}") };
    let (doc, takes) = (sentence(doc), table::kinds(takes));
    let lines = [format!("{} | {}", example.value, example.chain), format!("→ {}", example.result)];
    format!("\n## `{call}`\n\n{doc}. Takes {takes}.\n\n```text\n{}\n```\n", lines.join("\n"))
}

fn sentence(doc: &str) -> String {
    let mut chars = doc.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_as_the_table_says() {
        let page = include_str!("../../docs/modifiers.md");
        assert!(page == super::docs(), "docs/modifiers.md differs from the table: `just docs` prints it anew");
    }
}
