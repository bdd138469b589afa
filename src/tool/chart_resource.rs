//! The resource of a kustomization for which a chart's output stands, where `helm template > FILE && kustomize build` was a script.
//! Reads no file.

use std::path::{Component, Path};

use super::layout::{items, one_text, texts};
use super::{MARKS, Tool};
use crate::budget::Budget;
use crate::error::{Error, Kind};
use crate::value::Value;
use crate::words::list;
use crate::yaml;

const HINT: &str = "`--helm-output FILE` names the resource that the chart's output becomes";

/// The resource of the kustomization with this text that is `named`, or else the only one that is not there.
pub(crate) fn chart_resource(
    text: &str,
    named: Option<&str>,
    is_there: impl Fn(&str) -> bool,
) -> Result<String, Error> {
    let content = yaml::parse_with_written_keys(text, &Budget::default()).unwrap_or(Value::Null);
    let resources: Vec<&str> = items(&content, "resources").iter().filter_map(one_text).collect();
    let missing: Vec<&str> = resources.iter().copied().filter(|name| is_manifest(name) && !is_there(name)).collect();
    let name = match (named, &missing[..]) {
        (Some(name), _) if resources.contains(&name) => name,
        (Some(name), _) => return Err(wrong(format!("the kustomization has no resource `{name}`"))),
        (None, [name]) => name,
        (None, []) => return Err(wrong("every resource of the kustomization is there already".to_owned())),
        (None, names) => return Err(wrong(format!("more than one resource is not there: {}", list::quoted(names)))),
    };
    let mut all = Vec::new();
    texts(&content, &mut all);
    // As a transformer or a generator, the chart's output would be more than manifests.
    match is_manifest(name) && all.iter().filter(|text| **text == name).count() == 1 {
        true => Ok(name.to_owned()),
        false => Err(wrong(format!(
            "`{name}` cannot be the chart's output: it must be a resource below the folder, and nothing else"
        ))),
    }
}

fn wrong(detail: String) -> Error {
    Error::new(Kind::Input, detail).hint(HINT)
}

/// Whether a resource is a file of manifests below the folder.
fn is_manifest(name: &str) -> bool {
    let path = Path::new(name);
    let is_below = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let is_mark = MARKS.iter().any(|(mark, tool)| *tool == Tool::Kustomize && path.ends_with(mark));
    let is_address = name.contains("//");
    is_below && !is_mark && !is_address && [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resource_that_is_not_there_is_the_chart_s() {
        for (text, named, expected) in [
            ("resources: [a.yaml, all.yaml]\n", None, Ok("all.yaml")),
            ("resources: [a.yaml, all.yaml, ../base, https://x/y.yaml]\n", None, Ok("all.yaml")),
            ("resources: [a.yaml, all.yaml]\n", Some("a.yaml"), Ok("a.yaml")),
            ("resources: [a.yaml]\n", None, Err("is there already")),
            ("resources: [b.yaml, c.yaml]\n", None, Err("`b.yaml`, `c.yaml`")),
            ("resources: [b.yaml, c.yaml]\n", Some("d.yaml"), Err("no resource `d.yaml`")),
            ("resources: [all.yaml]\ntransformers: [all.yaml]\n", None, Err("nothing else")),
            ("resources: [x/kustomization.yaml]\n", None, Err("is there already")),
            ("resources: [../all.yaml]\n", Some("../all.yaml"), Err("below the folder")),
        ] {
            let found = chart_resource(text, named, |name| name == "a.yaml");
            match expected {
                Ok(name) => assert_eq!(found.unwrap(), name, "{text}"),
                Err(words) => assert!(found.unwrap_err().detail.contains(words), "{text}"),
            }
        }
    }
}
