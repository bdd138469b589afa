//! Writes the policy of Vault that allows the reads and nothing else: one rule for each path, in the namespace of the login.
//! Reference: <https://developer.hashicorp.com/vault/docs/concepts/policies>

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use super::super::text::one_line;
use super::ReadPlan;
use crate::backend::{Engine, capability};
use crate::error::{Error, Errors, Kind};
use crate::render::{PlaceholderUse, Read};
use crate::visible::is_invisible;

/// The rules by namespace, relative to that of the login (empty for itself), and by path.
type Rules = BTreeMap<(String, String), Rule>;

/// A rule, and the comments above it.
#[derive(Default)]
struct Rule {
    capabilities: BTreeSet<&'static str>,
    resources: IndexSet<String>,
    remark: Option<String>,
}

/// The least policy for the reads. A read that no rule can express is an error.
pub(crate) fn policy(plan: &ReadPlan<'_>) -> Result<String, Errors> {
    if !plan.store.has_policies {
        return Err(no_policies(plan.store.name).into());
    }
    let (mut rules, mut errors) = (Rules::new(), Errors::new());
    for read in &plan.reads {
        match target(plan, read) {
            Ok((namespace, path, remark)) => {
                let rule = rules.entry((namespace.to_owned(), path)).or_default();
                rule.capabilities.insert(capability(&read.id));
                rule.resources.extend(read.uses.iter().map(resource));
                rule.remark = rule.remark.take().or(remark);
            }
            Err(error) => errors.push(error.at(read.uses[0].place.clone())),
        }
    }
    if errors.is_empty() { Ok(head(plan, &rules) + &written(&rules)) } else { Err(errors) }
}

fn head(plan: &ReadPlan<'_>, rules: &Rules) -> String {
    let mut head = match rules.len() {
        0 => "# The manifests need no secret: there is nothing to allow.\n".to_owned(),
        _ => "# What rendering the manifests takes, and nothing else.\n".to_owned(),
    };
    if let Some(namespace) = plan.store.scope.as_deref().filter(|_| !rules.is_empty()) {
        head += &format!("# A policy of the namespace {}, where the login is.\n", one_line(namespace));
    }
    head
}

fn written(rules: &Rules) -> String {
    let mut out = String::new();
    let mut group = "";
    for ((namespace, path), rule) in rules {
        if namespace != group {
            out += &format!("\n# Namespace {}\n", one_line(namespace));
            group = namespace;
        }
        out.push('\n');
        for line in rule.resources.iter().chain(&rule.remark) {
            out += &format!("# {line}\n");
        }
        let separator = if namespace.is_empty() { "" } else { "/" };
        let path = quoted(&format!("{namespace}{separator}{path}"));
        let capabilities: Vec<String> = rule.capabilities.iter().map(|capability| quoted(capability)).collect();
        out += &format!("path {path} {{\n  capabilities = [{}]\n}}\n", capabilities.join(", "));
    }
    out
}

/// The resource that needs the secret; the file for a document that is not a Kubernetes object.
fn resource(usage: &PlaceholderUse<'_>) -> String {
    let id = usage.gap.resource.id.to_string();
    one_line(if id.is_empty() { &usage.place.source.name } else { &id })
}

/// The namespace, the path and the remark of the rule for a read.
fn target<'f>(plan: &'f ReadPlan<'_>, read: &'f Read<'_>) -> Result<(&'f str, String, Option<String>), Error> {
    let asked = plan.namespace(read).unwrap_or_default();
    let own = plan.store.scope.as_deref().unwrap_or_default();
    let namespace = below(own, asked).ok_or_else(|| not_below(own, asked))?;
    let (path, remark) = match read.id.parameters.is_empty() {
        true => with_data(&read.id.path, plan.engine(read)),
        false => (read.id.path.clone(), None),
    };
    match special(&format!("{namespace}/{path}")) {
        Some(why) => Err(no_rule(&path, why)),
        None => Ok((namespace, path, remark)),
    }
}

/// A namespace relative to its ancestor `own`: empty for `own` itself, `None` if it is not below.
fn below<'n>(own: &str, namespace: &'n str) -> Option<&'n str> {
    let (own, namespace) = (bare(own), bare(namespace));
    let rest = namespace.strip_prefix(own)?;
    (own.is_empty() || rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/'))
}

/// A namespace without outer slashes; empty for the root namespace.
fn bare(namespace: &str) -> &str {
    match namespace.trim_matches('/') {
        "root" => "",
        namespace => namespace,
    }
}

/// The path that the API reads, as far as it is known without asking Vault, and a remark where it is not.
fn with_data(path: &str, engine: Option<Engine>) -> (String, Option<String>) {
    let Some((mount, rest)) = path.split_once('/').filter(|_| !path.contains("/data/")) else {
        return (path.to_owned(), None);
    };
    let data = format!("{mount}/data/{rest}");
    let (mount, written) = (one_line(mount), one_line(path));
    match engine {
        Some(Engine::V1) => (path.to_owned(), None),
        Some(Engine::V2) => {
            (data, Some(format!("written as {written}; with the mount {mount}/ this is its path on KV version 2")))
        }
        None => {
            let data = one_line(&data);
            (path.to_owned(), Some(format!("if {mount}/ is a KV version 2 mount, {data} is read instead: allow that")))
        }
    }
}

/// Why Vault would apply the rule for a path to other paths as well.
fn special(path: &str) -> Option<&'static str> {
    if path.ends_with('*') {
        Some("a `*` at its end stands for every path that begins so")
    } else if path.contains("+*") {
        Some("Vault refuses `+*` in rules")
    } else if path.split('/').any(|segment| segment == "+") {
        Some("a segment `+` stands for every segment")
    } else if path.contains("{{") || path.contains("}}") {
        Some("double braces stand for what Vault knows of the caller")
    } else {
        None
    }
}

/// A string of HCL, in which `${` is escaped because it would begin an interpolation.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '$' if chars.peek() == Some(&'{') => out += "\\u0024",
            char if is_invisible(char) || char == '\t' => out += &escape(char),
            char => out.push(char),
        }
    }
    out + "\""
}

fn escape(char: char) -> String {
    match u32::from(char) {
        code @ ..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

fn no_policies(store: &str) -> Error {
    Error::new(Kind::Setting, format!("the store `{store}` has no policies"))
        .hint("policies are Vault's; `plan` asks nobody, so it needs neither `--secrets` nor an address")
}

fn not_below(own: &str, asked: &str) -> Error {
    let detail =
        format!("the Vault namespace `{asked}` is not below `{own}`, where the login is: no policy there allows it");
    Error::new(Kind::Setting, detail).hint("log in in a namespace above both: `VAULT_NAMESPACE`")
}

fn no_rule(path: &str, why: &str) -> Error {
    Error::new(Kind::Placeholder, format!("no rule of a policy can say the path `{path}` alone: {why}"))
        .hint("give the secret another name, or write the rule by hand")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_seen_from_the_logins() {
        for (own, asked, expected) in [
            ("", "", Some("")),
            ("", "team/a", Some("team/a")),
            ("root", "/team/", Some("team")),
            ("team", "team", Some("")),
            ("team/", "team/a", Some("a")),
            ("team", "teams", None),
            ("team", "", None),
        ] {
            assert_eq!(below(own, asked), expected, "{own} {asked}");
        }
    }

    #[test]
    fn what_hcl_reads_as_more_than_text_is_escaped() {
        for (text, expected) in [
            ("secret/data/app", r#""secret/data/app""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("a/${b}$c", r#""a/\u0024{b}$c""#),
            ("a\tb", r#""a\u0009b""#),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn what_vault_reads_as_more_than_one_path_is_refused() {
        for (path, refused) in [
            ("/secret/data/app", false),
            ("/secret/data/a*b", false),
            ("/secret/data/a+", false),
            ("/secret/data/{a}", false),
            ("/secret/data/a*", true),
            ("/secret/+/app", true),
            ("/secret/a+*b", true),
            ("/secret/{{identity.entity.id}}", true),
        ] {
            assert_eq!(special(path).is_some(), refused, "{path}");
        }
    }

    #[test]
    fn a_path_without_data_is_not_guessed_unless_the_engine_is_said() {
        for (path, engine, expected, remarked) in [
            ("secret/data/app", None, "secret/data/app", false),
            ("secret/app", None, "secret/app", true),
            ("secret/app", Some(Engine::V1), "secret/app", false),
            ("secret/app", Some(Engine::V2), "secret/data/app", true),
            ("secret", None, "secret", false),
        ] {
            let (path, remark) = with_data(path, engine);
            assert_eq!((path.as_str(), remark.is_some()), (expected, remarked));
        }
    }
}
