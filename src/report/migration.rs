//! Shows what becomes of a team's set-up: line by line, then our definition, then the order of the steps with the way back for each.

use super::text::{Colour, one_line};
use crate::migrate::{Definition, Effect, Migration, Statement};
use crate::words::{count, list};

/// The width of the column with the words for the effects.
const WORDS: usize = 14;

/// The number of Applications that a step names.
const MOST: usize = 5;

/// The whole report.
pub(crate) fn text(migration: &Migration, colour: Colour) -> String {
    let mut out = String::new();
    for statement in &migration.statements {
        out += &line(statement, colour);
    }
    for file in &migration.unread {
        let word = colour.paint("1;33", &format!("{:WORDS$}", Effect::NotUnderstood.word()));
        out += &format!("{word}  {}  a document is not YAML: pipe in what your templates make of it\n", one_line(file));
    }
    out += &counts(migration);
    let definitions = migration.definitions();
    if !definitions.is_empty() {
        out += &heading("The definition", colour);
        out += &definitions.iter().map(definition).collect::<Vec<_>>().join("---\n");
    }
    if !migration.plugins.is_empty() || !migration.applications.is_empty() {
        out += &heading("The order", colour);
        out += &order(migration, &definitions);
    }
    out
}

fn line(statement: &Statement, colour: Colour) -> String {
    let code = match statement.effect {
        Effect::Stops => "1;31",
        Effect::NotUnderstood => "1;33",
        Effect::Changes => "1;36",
        Effect::Stays => "32",
    };
    let word = colour.paint(code, &format!("{:WORDS$}", statement.effect.word()));
    let (site, subject) = (one_line(&statement.site.to_string()), one_line(&statement.subject));
    let subject = if subject.contains('`') { subject } else { format!("`{subject}`") };
    format!("{word}  {site}  {subject}: {}\n", one_line(&statement.text))
}

fn counts(migration: &Migration) -> String {
    let of = |effect: Effect| migration.statements.iter().filter(|statement| statement.effect == effect).count();
    let documents = count::of(migration.documents, "document");
    if migration.statements.is_empty() && migration.unread.is_empty() {
        return format!("nothing here concerns argocd-vault-plugin ({documents} read)\n");
    }
    let effects = [Effect::Stays, Effect::Changes, Effect::Stops, Effect::NotUnderstood];
    let counts: Vec<String> = effects.iter().map(|effect| format!("{} {}", effect.word(), of(*effect))).collect();
    format!("\n{documents} read: {}\n", counts.join(", "))
}

fn heading(text: &str, colour: Colour) -> String {
    format!("\n{}\n\n", colour.paint("1", text))
}

/// A ConfigManagementPlugin, for the sidecar's `plugin.yaml`.
fn definition(definition: &Definition) -> String {
    let words: Vec<String> = definition.command.iter().map(|word| word_of_yaml(word)).collect();
    format!(
        "# In the place of {}\napiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata:\n  name: {}\nspec:\n  generate:\n    \
         command: [{}]\n  parameters:\n    dynamic:\n      command: [vault-render, parameters]\n",
        list::few(definition.replaces.iter().map(|name| one_line(name)), MOST),
        word_of_yaml(&definition.name),
        words.join(", ")
    )
}

/// A word as an item of a list in brackets.
fn word_of_yaml(word: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_./".contains(char);
    let is_text = word.starts_with(|char: char| char.is_ascii_alphabetic() || "-./".contains(char))
        && !matches!(word, "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "-" | "y" | "n");
    if is_text && word.chars().all(is_plain) { word.to_owned() } else { serde_json::Value::from(word).to_string() }
}

fn order(migration: &Migration, definitions: &[Definition]) -> String {
    let moving = migration.moving();
    let (first, old, new) = match moving.first() {
        Some((first, old, new)) => (one_line(&first.name), old.map(one_line), one_line(new)),
        None => {
            let new = definitions.first().map_or("vault-render", |definition| &definition.name);
            ("APPLICATION".to_owned(), migration.plugins.first().map(|plugin| one_line(&plugin.name)), one_line(new))
        }
    };
    let mut steps = Vec::new();
    if migration.statements.iter().any(|statement| statement.is_first) {
        steps.push((
            "Settle what stands first above: a store that is not there keeps its Applications with argocd-vault-plugin; a fallback goes out of the old definition, today.".to_owned(),
            "none is needed: a fallback only hid errors".to_owned(),
        ));
    }
    steps.push((
        "Compare both on your own machine or in CI, with the same store: `vault-render migrate --compare argocd-vault-plugin FOLDER`, and `vault-render check FOLDER`."
            .to_owned(),
        "nothing has changed yet".to_owned(),
    ));
    steps.push((
        "Add the sidecar beside the old one, with the definition above and the settings: deploy/argocd/sidecar, docs/argocd.md. Then `kubectl exec -n argocd \
         deploy/argocd-repo-server -c vault-render -- vault-render doctor`."
            .to_owned(),
        "take the container out again; no Application uses it".to_owned(),
    ));
    steps.push((
        format!("Move one Application, best the least important: in `{first}`, `plugin.name: {new}`. `argocd app diff {first}` shows no change, or one that COMPATIBILITY.md explains; then sync."),
        old.map_or_else(|| "take `plugin` out of that Application".to_owned(), |old| format!("`plugin.name: {old}` in that Application")),
    ));
    let rest = match moving.len() {
        0 | 1 => "the rest".to_owned(),
        _ => list::few_quoted(moving[1..].iter().map(|(application, ..)| one_line(&application.name)), MOST),
    };
    steps.push((
        format!("Move {rest}, a project at a time, each with `argocd app diff` first."),
        "the old name in each".to_owned(),
    ));
    steps.push((
        "When no Application names an old plugin any more, take out its sidecar, its definition and the download of argocd-vault-plugin.".to_owned(),
        "revert that commit".to_owned(),
    ));
    let step =
        |(number, (what, back)): (usize, (String, String))| format!("{}. {what}\n   Back: {back}.\n", number + 1);
    steps.into_iter().enumerate().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_yaml_reads_otherwise_are_quoted() {
        for (word, expected) in [
            ("vault-render", "vault-render"),
            (".", "."),
            ("--enable-helm", "--enable-helm"),
            ("--", "--"),
            ("-", "\"-\""),
            ("a: b", "\"a: b\""),
            ("5", "\"5\""),
            ("true", "\"true\""),
            ("--set=a,b", "\"--set=a,b\""),
            ("argocd:vault", "\"argocd:vault\""),
        ] {
            assert_eq!(word_of_yaml(word), expected);
        }
    }
}
