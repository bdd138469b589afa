//! Shows findings as SARIF 2.1.0, which code scanning reads: one log with the rules and their help.
//! Reference: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use crate::error::{Error, Level};
use crate::finding_id::finding_ids;
use crate::percent::encode_path;
use crate::source::Place;
use crate::visible;

/// Where the sources and the documentation are: the address that Cargo.toml names, else the one that stands for it in docs/ci.md.
const REPOSITORY: &str = if NAMED.is_empty() { "https://git.example.com/vault-render" } else { NAMED };
const NAMED: &str = env!("CARGO_PKG_REPOSITORY");

/// A rule in the form in which the log describes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// The id by which findings name it.
    pub id: &'static str,
    /// The level of its findings, unless they say otherwise.
    pub level: Level,
    /// What is wrong, in one line.
    pub short: &'static str,
    /// Why it is wrong, and what to do.
    pub help: &'static str,
}

/// The log of a run. Findings must come in the order of the input; paths below `root` become relative to it.
pub(crate) fn log(found: &[Error], rules: &[Rule], root: &str) -> String {
    let ids = finding_ids(found);
    let results = found.iter().zip(ids).map(|(error, id)| result(error, &id, rules, root));
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": REPOSITORY,
                "rules": rules.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    visible::json(&format!("{log:#}\n")).into_owned()
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.short},
        "fullDescription": {"text": rule.help},
        "help": {"text": rule.help, "markdown": rule.help},
        "helpUri": format!("{REPOSITORY}/blob/v{}/docs/rules.md#{}", env!("CARGO_PKG_VERSION"), rule.id),
        "defaultConfiguration": {"level": level(rule.level)},
    })
}

fn result(error: &Error, id: &str, rules: &[Rule], root: &str) -> Value {
    let mut result = json!({
        "ruleId": error.rule,
        "level": level(error.level),
        "message": {"text": error.in_one_line()},
        "partialFingerprints": {"vaultRenderFinding/v1": id},
    });
    if let Some(index) = rules.iter().position(|rule| rule.id == error.rule) {
        result["ruleIndex"] = json!(index);
    }
    if let Some(place) = &error.place {
        result["locations"] = json!([location(place, root)]);
    }
    result
}

/// Where a finding begins. Its end is left out, as it would tell the length of a hidden secret.
fn location(place: &Place, root: &str) -> Value {
    let (line, column) = place.line_column();
    let mut location = json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&place.source.name, root)},
        "region": {"startLine": line, "startColumn": column},
    }});
    let resource = place.resource.as_ref().map(|resource| ("resource", resource.to_string()));
    let field = place.field.clone().map(|field| ("member", field));
    let names = resource.into_iter().chain(field).filter(|(_, name)| !name.is_empty());
    let names: Vec<Value> = names.map(|(kind, name)| json!({"fullyQualifiedName": name, "kind": kind})).collect();
    if !names.is_empty() {
        location["logicalLocations"] = json!(names);
    }
    location
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

/// A path as a relative reference, or as a `file:` URI if it is not below `root`.
fn uri(path: &str, root: &str) -> String {
    let below = path.strip_prefix(root).filter(|_| !root.is_empty()).and_then(|rest| rest.strip_prefix('/'));
    let path = below.unwrap_or(path);
    let escaped = encode_path(path);
    if escaped.starts_with('/') { format!("file://{escaped}") } else { escaped }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::Kind;
    use crate::source::{ResourceId, Source, Span};

    const RULES: &[Rule] =
        &[Rule { id: "missing", level: Level::Error, short: "nothing is there", help: "Look whether it is." }];

    fn found(text: &str) -> Vec<Error> {
        let resource = ResourceId { kind: "Secret".into(), name: Some("db".into()), ..ResourceId::default() };
        let at = text.find('<').unwrap();
        let place = Place {
            resource: Some(Arc::new(resource)),
            field: Some("data.x".into()),
            ..Place::new(Arc::new(Source::new("/repo/apps/a b.yaml", text)), Span::new(at, at + 3))
        };
        vec![
            Error::new(Kind::Missing, "no key `x`").at(place.clone()).cause("HTTP 404").hint("look"),
            Error::note(Kind::Value, "x").rule("other").at(place),
            Error::warning(Kind::Setting, "both are set"),
        ]
    }

    fn parsed(text: &str) -> Value {
        serde_json::from_str(&log(&found(text), RULES, "/repo")).unwrap()
    }

    #[test]
    fn a_log_fits_its_schema() {
        let mut schema: Value =
            serde_json::from_str(include_str!("../../tests/sarif/sarif-schema-2.1.0.json")).unwrap();
        // A stray bracket makes its pattern none; our logs name no language.
        for definition in ["run", "toolComponent"] {
            schema["definitions"][definition]["properties"]["language"] = json!(false);
        }
        let validator = jsonschema::draft7::new(&schema).unwrap();
        for log in [parsed("a: <x>"), serde_json::from_str(&log(&[], &[], "")).unwrap()] {
            let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        assert!(!validator.is_valid(&json!({"version": "2.1.0", "runs": [{}]})));
    }

    #[test]
    fn a_log_names_the_program_s_version_and_the_page_of_each_rule() {
        let driver = &parsed("a: <x>")["runs"][0]["tool"]["driver"];
        assert_eq!(driver["version"], env!("CARGO_PKG_VERSION"));
        let page = driver["rules"][0]["helpUri"].as_str().unwrap();
        assert!(page.starts_with("https://") && page.ends_with("/docs/rules.md#missing"), "{page}");
    }

    #[test]
    fn a_result_says_where_and_which_rule() {
        let log = parsed("é: <x>");
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["ruleIndex"], 0);
        assert_eq!(result["message"]["text"], "no key `x`: HTTP 404; look");
        let location = &result["locations"][0];
        assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "apps/a%20b.yaml");
        assert_eq!(location["physicalLocation"]["region"], json!({"startLine": 1, "startColumn": 4}));
        assert_eq!(location["logicalLocations"][1]["fullyQualifiedName"], "data.x");
    }

    #[test]
    fn fingerprints_stay_when_lines_move() {
        let prints = |log: Value| {
            let results = log["runs"][0]["results"].as_array().unwrap().clone();
            results.into_iter().map(|result| result["partialFingerprints"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(prints(parsed("a: <x>")), prints(parsed("\n\n\na: <x>")));
    }

    #[test]
    fn paths_become_uris() {
        for (path, root, expected) in [
            ("a/b.yaml", "/repo", "a/b.yaml"),
            ("/repo/a.yaml", "/repo", "a.yaml"),
            ("/repository/a.yaml", "/repo", "file:///repository/a.yaml"),
            ("a:b.yaml", "", "a%3Ab.yaml"),
            ("../ü.yaml", "", "../%C3%BC.yaml"),
        ] {
            assert_eq!(uri(path, root), expected);
        }
    }
}
