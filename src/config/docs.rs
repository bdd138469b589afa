//! docs/settings.md, printed from the table. Knows no value.

use super::general::TENANT_SETTINGS;
use super::key::Declaration;
use super::role::{Role, Tighter};
use super::table::{Row, SettingReader, Table};
use crate::error::Level;
use crate::words::list;

/// The page, as Markdown.
pub(crate) fn docs(table: &Table) -> String {
    let mut page = HEAD.to_owned();
    for row in table.rows() {
        page.push_str(&section(row));
    }
    page.push_str("\n## Not supported yet\n\n");
    for row in table.unsupported() {
        let level = if row.level == Level::Error { "an error" } else { "a warning" };
        page.push_str(&format!("- `{}`, set, is {level}: {}.\n", row.name, row.hint));
    }
    page
}

const HEAD: &str = "\
<!-- Printed from the settings' rows in src/ by `just docs`. -->
# Settings

Every setting has one name, whatever it comes from. Where it is set more than once, the first of these counts:

1. a flag
2. `ARGOCD_ENV_X`: the `env` of the plugin in an Argo CD Application; or the functionConfig of `vault-render fn`
3. `X` in the environment
4. the file that `-c` names: YAML, JSON, or lines of `KEY=VALUE`
5. the Kubernetes Secret that `-s` names, `[namespace:]name`; the default namespace is the pod's own, else `argocd`
6. its default

Vault's own settings have a second name, OpenBao's: `BAO_ADDR` is `VAULT_ADDR`, wherever it is set and whoever sets it. Where one source has both and they differ,
the second one counts, with a warning.

`ARGOCD_ENV_X` counts in any case of letters, and with the prefix more than once, as argocd-vault-plugin has it; the exact spelling wins, with a warning.
An empty value counts as not set. `vault-render settings` shows each setting's value and who set it.
A mistyped name is a warning: in a file, a Secret or an Application whenever it begins as a setting does, in the environment where it begins with `AVP_` or
`VAULT_RENDER_` and misses a setting's by a letter or two, or is an old one (`AVP_VAULT_ADDR`).
[security.md](security.md) says which settings a tenant may choose.

Of the Vault CLI's durations, `60s`, `1m30s` and bare seconds are understood; of its switches, what Go's `ParseBool` takes.
";

fn section(row: &Row) -> String {
    let declaration = row.declaration();
    let mut lines = vec![format!("\n## `{}`\n\n{}.\n", row.name(), sentence(declaration.doc))];
    lines.push(format!("- {}", row.key.form()));
    if let Some(name) = row.second_name() {
        lines.push(format!("- also called `{name}`"));
    }
    if let Some(flag) = declaration.flag {
        lines.push(format!("- flag: `{flag}`"));
    }
    if let Some(fallback) = declaration.fallback {
        lines.push(format!("- unset: `{fallback}`, if that is set"));
    }
    if let Some(other) = declaration.superseded_by {
        lines.push(format!("- without effect where `{other}` is set"));
    }
    if let Some(default) = declaration.default {
        let in_argocd = declaration.argocd_default.map(|value| format!(", in Argo CD `{value}`")).unwrap_or_default();
        lines.push(format!("- default: `{default}`{in_argocd}"));
    }
    lines.extend(readers(&row.readers).map(|reader| format!("- read by: {reader}")));
    if declaration.is_early {
        lines.push("- not from the Secret of `-s`: it is read before the cluster is asked".to_owned());
    }
    lines.push(format!("- tenants: {}", tenants(row)));
    lines.join("\n") + "\n"
}

/// Each store that reads the setting, with the logins for which it does.
fn readers(readers: &[SettingReader]) -> impl Iterator<Item = String> {
    readers.chunk_by(|one, next| one.store == next.store).map(|of_store| {
        let always = of_store.iter().any(|reader| reader.login.is_none());
        let logins = list::quoted(of_store.iter().filter(|_| !always).filter_map(|reader| reader.login));
        let login = if logins.is_empty() { String::new() } else { format!(", login {logins}") };
        format!("store `{}`{login}", of_store[0].store)
    })
}

fn sentence(doc: &str) -> String {
    let mut chars = doc.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// How a tenant may choose the setting.
fn tenants(row: &Row) -> String {
    if row.name() == TENANT_SETTINGS.name() {
        return "never".to_owned();
    }
    let mut says = Vec::new();
    let roles = row.declaration().roles;
    for role in roles {
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
            Role::Credential if roles.len() == 1 => "their own",
            Role::Credential | Role::TlsKey => continue,
        });
    }
    says.into_iter().map(str::to_owned).chain(locks(row.declaration())).collect::<Vec<_>>().join("; ")
}

/// Where tenants cannot choose what they may choose else.
fn locks(declaration: &Declaration) -> Option<String> {
    let template = declaration.is_template.then_some(", or the operator's value has a word in braces");
    let locks = list::quoted_alternatives(declaration.locked_by);
    (!locks.is_empty()).then(|| format!("not where the operator sets {locks}{}", template.unwrap_or_default()))
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

/// How a tenant may change a limit of which the default counts as set.
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
        assert!(
            page == super::docs(crate::backend::settings()),
            "docs/settings.md differs from the table: `just docs` prints it anew"
        );
    }
}
