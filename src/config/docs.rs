//! docs/settings.md, printed from the table. Knows no value.

use super::format;
use super::table::{Format, Role, Row, SETTINGS, Tighter, UNSUPPORTED};
use crate::error::Level;

/// The page, as Markdown.
pub fn docs() -> String {
    let mut page = HEAD.to_owned();
    for row in SETTINGS {
        page.push_str(&section(row));
    }
    page.push_str("\n## Not supported yet\n\n");
    for row in UNSUPPORTED {
        let level = if row.level == Level::Error { "an error" } else { "a warning" };
        page.push_str(&format!("- `{}`, set, is {level}: {}.\n", row.name, row.hint));
    }
    page
}

const HEAD: &str = "\
<!-- Printed from the table in src/config/table.rs by `just docs`. -->
# Settings

Every setting has one name, whatever it comes from. Where it is set more than once, the first of these counts:

1. a flag
2. `ARGOCD_ENV_X`: the `env` of the plugin in an Argo CD Application; or the functionConfig of `vault-render fn`
3. `X` in the environment
4. the file that `-c` names: YAML, JSON, or lines of `KEY=VALUE`
5. the Kubernetes Secret that `-s` names, `[namespace:]name`; the default namespace is the pod's own, else `argocd`
6. its default

An empty value counts as not set. `vault-render settings` shows each setting's value and who set it.
A mistyped name is a warning: in a file or Secret whenever it begins as a setting does, in the environment where it begins with `AVP_` and
misses a setting's by a letter or two.
[security.md](security.md) says which settings a tenant may choose.

Of the Vault CLI's durations, `60s`, `1m30s` and bare seconds are understood; of its switches, what Go's `ParseBool` takes.
";

fn section(row: &Row) -> String {
    let mut lines = vec![format!("\n## `{}`\n\n{}.\n", row.name, sentence(row.doc))];
    lines.push(format!("- {}", written(row)));
    if let Some(flag) = row.flag {
        lines.push(format!("- flag: `{flag}`"));
    }
    if let Some(default) = row.default {
        lines.push(format!("- default: `{default}`"));
    }
    if let Some(store) = row.store {
        let logins: Vec<String> = row.logins.iter().map(|login| format!("`{login}`")).collect();
        let login = if logins.is_empty() { String::new() } else { format!(", login {}", logins.join(", ")) };
        lines.push(format!("- read by: store `{store}`{login}"));
    }
    if row.early {
        lines.push("- not from the Secret of `-s`: it counts before the cluster is asked".to_owned());
    }
    lines.push(format!("- tenants: {}", tenants(row)));
    lines.join("\n") + "\n"
}

fn sentence(doc: &str) -> String {
    let mut chars = doc.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn written(row: &Row) -> String {
    let example = row.example;
    match row.format {
        Format::Choice(choices) => format!("one of: {}", format::choices(choices)),
        Format::Text => format!("text, e.g. `{example}`"),
        Format::Bool => "a switch: `true` or `false`".to_owned(),
        Format::Number => format!("a whole number, e.g. `{example}`"),
        Format::Duration => format!("a duration, e.g. `{example}`"),
        Format::Rate => format!("a rate, e.g. `{example}`"),
        Format::Url => format!("an address, e.g. `{example}`"),
        Format::Regex => format!("a regular expression (RE2's, as Go has it), e.g. `{example}`"),
        Format::Path => format!("a path, e.g. `{example}`"),
        Format::Segment => format!("a name without slashes, e.g. `{example}`"),
        Format::Mount => format!("a mount, with or without `auth/` and slashes, e.g. `{example}`"),
        Format::Namespace => format!("a namespace, e.g. `{example}`"),
        Format::List => format!("names, separated by commas or blanks, e.g. `{example}`"),
        Format::Paths => format!("absolute paths, separated by colons, commas or blanks, e.g. `{example}`"),
        Format::Size => format!("bytes, as Kubernetes writes memory, e.g. `{example}`"),
    }
}

/// What the tenant rules make of it.
fn tenants(row: &Row) -> String {
    if row.name == "AVP_TENANT_SETTINGS" {
        return "never".to_owned();
    }
    let mut says = Vec::new();
    for role in row.roles {
        says.push(match role {
            Role::Address | Role::Mount => "with a credential of their own",
            Role::Narrowing => "only where `AVP_TENANT_SETTINGS` names it",
            Role::Verification => "with a credential of their own, where the operator has not said whom TLS trusts",
            Role::File => "a file of the repository",
            Role::Login => "with a credential of their own",
            Role::Identity => "with a credential of their own for it",
            Role::Limit(tighter) => limit(*tighter),
            Role::Ceiling(tighter) => ceiling(*tighter),
            Role::Free => "yes",
            Role::Credential if row.roles.len() == 1 => "their own",
            Role::Credential => continue,
        });
    }
    says.join("; ")
}

/// How a tenant may change what the operator has set.
fn limit(tighter: Tighter) -> &'static str {
    match tighter {
        Tighter::Fewer => "yes; where the operator has set it, only to fewer",
        Tighter::Shorter => "yes; where the operator has set it, only to a shorter one, and `0` is the longest",
        Tighter::Slower => "yes; where the operator has set it, only to a lower one",
        Tighter::On => "yes; where the operator has set it to `true`, it stays",
    }
}

/// The same where the default counts as set.
fn ceiling(tighter: Tighter) -> &'static str {
    match tighter {
        Tighter::Fewer => "only fewer than the operator's, else than the default",
        Tighter::Shorter => "only shorter than the operator's, else than the default; `0` is the longest",
        Tighter::Slower => "only lower than the operator's, else than the default",
        Tighter::On => "`true` alone",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_as_the_table_says() {
        let page = include_str!("../../docs/settings.md");
        assert!(page == super::docs(), "docs/settings.md differs from the table: `just docs` prints it anew");
    }
}
