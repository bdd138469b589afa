//! Writes the output of a function: the list with its edits, and the findings as `results`.

use serde_json::{Value as Json, json};
use zeroize::Zeroizing;

use super::list::{Item, ResourceList};
use crate::error::{Error, Level};
use crate::render::Edits;
use crate::source::{Place, ResourceId, Span};
use crate::visible;
use crate::yaml::Flaw;
use crate::yaml::edit::{Change, edit};
use crate::yaml::splice::{Edit, splice};
use crate::yaml::tree::NodeId;

/// The list with its edits. Findings replace the results that the list came with.
pub(crate) fn answer(list: &ResourceList<'_>, edits: &Edits, findings: &[Error]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut edits: Vec<Edit> = edits.of(list.source).cloned().collect();
    if !findings.is_empty() {
        let old = without_results(list).map_err(|flaw| flaw.error.at(Place::new(list.source.clone(), flaw.span)))?;
        edits.extend(old);
        edits.extend(results(list, findings));
        edits.sort_by_key(|edit| edit.span);
    }
    Ok(splice(&list.source.bytes, &edits))
}

/// The edits that remove the results of an earlier function.
fn without_results(list: &ResourceList<'_>) -> Result<Vec<Edit>, Flaw> {
    let removed = entry(list, "results").map(|(_, node)| Change::Remove { node });
    edit(&list.tree, list.span, &removed.into_iter().collect::<Vec<_>>())
}

/// The edit that writes the results before the entry `items`, at the same column. They are JSON, which is YAML as well.
fn results(list: &ResourceList<'_>, findings: &[Error]) -> Option<Edit> {
    let (key, _) = entry(list, "items")?;
    let at = list.tree.node(key).span.start;
    let findings = findings.iter().map(|finding| result(list, finding).to_string());
    let text = if list.tree.node(list.root).flow {
        format!("\"results\": [{}], ", findings.collect::<Vec<_>>().join(", "))
    } else {
        let column = column(&list.source.bytes, at)?;
        let indent = " ".repeat(column);
        let lines: String = findings.map(|finding| format!("{indent}- {finding}\n")).collect();
        format!("results:\n{lines}{indent}")
    };
    Some(Edit { span: Span::new(at, at), text: Zeroizing::new(text) })
}

/// The key and value of an entry of the list; the last one where it is written twice.
fn entry(list: &ResourceList<'_>, name: &str) -> Option<(NodeId, NodeId)> {
    list.tree.entries(list.root).filter(|(key, _)| list.tree.text(*key) == Some(name)).last()
}

/// The column of the offset `at`; `None` unless only spaces stand before it.
fn column(bytes: &[u8], at: usize) -> Option<usize> {
    let line = bytes[..at].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1);
    bytes[line..at].iter().all(|byte| *byte == b' ').then_some(at - line)
}

/// A finding as a result of a function. Unknown fields are left out.
fn result(list: &ResourceList<'_>, finding: &Error) -> Json {
    let mut result = json!({"message": printable(&finding.in_one_line()), "severity": severity(finding.level)});
    if let Some(place) = &finding.place {
        let item = list.item_at(place.span);
        if let (Some(resource), Some(item)) = (&place.resource, item) {
            result["resourceRef"] = reference(resource, item);
        }
        if let Some(field) = &place.field {
            result["field"] = json!({"path": printable(field)});
        }
        if let Some(path) = &place.origin {
            result["file"] = file(path, item.and_then(|item| item.index));
        }
    }
    result["tags"] = json!({"rule": finding.rule});
    result
}

fn reference(resource: &ResourceId, item: &Item) -> Json {
    let mut reference = json!({"apiVersion": printable(&item.api_version), "kind": printable(&resource.kind)});
    for (key, name) in [("namespace", &resource.namespace), ("name", &resource.name)] {
        if let Some(name) = name {
            reference[key] = printable(name).into();
        }
    }
    reference
}

fn file(path: &str, index: Option<u64>) -> Json {
    let mut file = json!({"path": printable(path)});
    if let Some(index) = index {
        file["index"] = index.into();
    }
    file
}

/// Text with its invisible characters escaped, some of which YAML does not allow.
fn printable(text: &str) -> String {
    visible::escaped(text)
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "info",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::Kind;
    use crate::source::Source;

    const ITEMS: &str = "items:\n- apiVersion: v1\n  kind: Secret\n  metadata:\n    name: app\n    annotations: {config.kubernetes.io/index: '2'}\n";

    /// The output for one finding in the first item.
    fn answered(text: &str) -> String {
        let source = Arc::new(Source::new("stdin", text));
        let list = ResourceList::read(&source).unwrap();
        let at = text.find("Secret").unwrap();
        let resource = ResourceId { kind: "Secret".into(), name: Some("app".into()), ..ResourceId::default() };
        let place = Place {
            resource: Some(Arc::new(resource)),
            field: Some("data.x".into()),
            origin: Some("app.yaml".into()),
            ..Place::new(source.clone(), Span::new(at, at))
        };
        let finding = Error::new(Kind::Missing, "no `x`").cause("a\u{7f}\nb").hint("look").at(place);
        let answer = answer(&list, &Edits::default(), &[finding]).unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    }

    const RESULT: &str = r#"{"message":"no `x`: a\\u{7f}\\nb; look","severity":"error","resourceRef":{"apiVersion":"v1","kind":"Secret","name":"app"},"field":{"path":"data.x"},"file":{"path":"app.yaml","index":2},"tags":{"rule":"missing"}}"#;

    #[test]
    fn results_stand_beside_the_items_and_every_other_byte_stays() {
        let head = "# kept\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\n";
        let expected = format!("{head}results:\n- {RESULT}\n{ITEMS}");
        assert_eq!(answered(&format!("{head}{ITEMS}")), expected);
        assert_eq!(answered(&format!("{head}results:\n- message: old\n{ITEMS}")), expected);
        let json = r#"{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{"config.kubernetes.io/index":"2"}}}]}"#;
        assert_eq!(answered(json), json.replace("\"items\"", &format!("\"results\": [{RESULT}], \"items\"")));
    }

    #[test]
    fn without_findings_nothing_is_added() {
        let text = format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nresults: [{{}}]\n{ITEMS}");
        let source = Arc::new(Source::new("stdin", &*text));
        let list = ResourceList::read(&source).unwrap();
        assert_eq!(*answer(&list, &Edits::default(), &[]).unwrap(), text.as_bytes());
    }
}
