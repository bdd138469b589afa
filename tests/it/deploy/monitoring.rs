//! The dashboard and the alerts of deploy/argocd/server name metrics that there are, in the way in which they are.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::Value;

use super::{list, text, yaml};
use crate::support::program::{program, root};

/// The metrics that `vault-render docs metrics` lists, with their kinds and labels.
fn metrics() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let page = String::from_utf8(program(["docs", "metrics"]).output().stdout).expect("text");
    let row = Regex::new(r"(?m)^\| `(vault_render_[a-z_]+)` \| ([a-z]+) \| ([a-z`, ]*) \|").unwrap();
    let labels = |cell: &str| cell.split(", ").map(|label| label.trim_matches('`').to_owned()).collect();
    row.captures_iter(&page).map(|row| (row[1].to_owned(), (row[2].to_owned(), labels(&row[3])))).collect()
}

/// The expressions of the alerts and of the dashboard.
fn expressions() -> Vec<String> {
    let alerts = yaml("server/alerts.yaml");
    let alerts = list(&alerts["groups"][0]["rules"]).iter().map(|rule| text(&rule["expr"]).to_owned());
    let panels = dashboard()["panels"].clone();
    let panels = list(&panels).iter().flat_map(|panel| list(&panel["targets"])).map(|target| text(&target["expr"]));
    alerts.chain(panels.map(str::to_owned)).collect()
}

fn dashboard() -> Value {
    let file = root().join("deploy/argocd/server/dashboard.json");
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).expect("JSON")
}

#[test]
fn every_metric_that_is_named_exists_and_is_used_as_what_it_is() {
    let metrics = metrics();
    assert!(metrics.len() > 10, "{metrics:?}");
    let name = Regex::new(r"(?:(rate|increase)\()?(vault_render_[a-z_]+)(\{[^}]*\})?(\[)?").unwrap();
    let label = Regex::new(r"([a-z_]+)=~?").unwrap();
    let mut seen = BTreeSet::new();
    for expression in expressions() {
        for found in name.captures_iter(&expression) {
            let bare = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| found[2].strip_suffix(suffix));
            let bare = bare.filter(|bare| metrics.contains_key(*bare)).unwrap_or(&found[2]);
            let (kind, labels) = metrics.get(bare).unwrap_or_else(|| panic!("{bare} is no metric: {expression}"));
            let is_counted = found.get(1).is_some();
            assert_eq!(is_counted, kind != "gauge", "a counter grows, a gauge is as it is: {expression}");
            for label in label.captures_iter(found.get(3).map_or("", |labels| labels.as_str())) {
                assert!(labels.contains(&label[1]), "{bare} has no label {}: {expression}", &label[1]);
            }
            seen.insert(bare.to_owned());
        }
    }
    let unseen: Vec<_> = metrics.keys().filter(|metric| !seen.contains(*metric)).collect();
    assert!(unseen.is_empty(), "nobody looks at {unseen:?}");
}

#[test]
fn expressions_are_balanced_and_group_by_labels_that_there_are() {
    // Prometheus adds where it has scraped.
    let scraped = ["pod", "namespace", "instance", "job", "le"].map(str::to_owned);
    let known: BTreeSet<String> = metrics().into_values().flat_map(|(_, labels)| labels).chain(scraped).collect();
    let by = Regex::new(r"by \(([a-z_, ]+)\)").unwrap();
    for expression in expressions() {
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            assert_eq!(expression.matches(open).count(), expression.matches(close).count(), "{expression}");
        }
        for labels in by.captures_iter(&expression) {
            assert!(labels[1].split(", ").all(|label| known.contains(label)), "{expression}");
        }
    }
}

#[test]
fn every_alert_says_what_is_wrong_and_how_bad_it_is() {
    let alerts = yaml("server/alerts.yaml");
    let mut names = BTreeSet::new();
    for rule in list(&alerts["groups"][0]["rules"]) {
        let name = text(&rule["alert"]);
        assert!(name.starts_with("VaultRender") && names.insert(name), "{name}");
        assert!(["warning", "critical"].contains(&text(&rule["labels"]["severity"])), "{name}");
        for annotation in ["summary", "description"] {
            assert!(!text(&rule["annotations"][annotation]).is_empty(), "{name}");
        }
    }
}

#[test]
fn every_panel_has_a_place_of_its_own_and_asks_the_chosen_prometheus() {
    let dashboard = dashboard();
    let mut places = BTreeSet::new();
    for panel in list(&dashboard["panels"]) {
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
        assert!(places.insert((panel["gridPos"]["x"].as_u64(), panel["gridPos"]["y"].as_u64())), "{}", panel["title"]);
    }
    assert_eq!(dashboard["templating"]["list"][0]["name"], "datasource");
}
