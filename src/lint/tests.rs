//! Walks the table of rules: each example breaks its rule and no other.

use super::*;
use crate::error::Errors;
use crate::render::{Leftovers, Options};

/// The rules that a manifest breaks, as far as they need no store.
fn broken(manifest: &str) -> Vec<&'static str> {
    let sources = [Arc::new(Source::new("x.yaml", manifest))];
    let survey = Survey::new(&sources, &Arc::default());
    let comments = Comments::of(&survey, &[]);
    let mut errors = Errors::new();
    errors.extend(check(&survey, &[]));
    survey.plan(&Options { leftovers: Leftovers::Refused, any: false }, &mut errors);
    comments.remaining(errors).iter().map(|error| error.rule).collect()
}

#[test]
fn each_example_breaks_its_rule_and_no_other() {
    for rule in rules().filter(|rule| !rule.example.is_empty()) {
        assert_eq!(broken(rule.example), [rule.id], "{}", rule.example);
    }
}

#[test]
fn every_rule_is_documented_once() {
    let ids: Vec<&str> = rules().map(|rule| rule.id).collect();
    for (index, rule) in rules().enumerate() {
        assert!(!ids[..index].contains(&rule.id), "{} is there twice", rule.id);
        assert!(!rule.doc.is_empty() && !rule.doc.ends_with('.'), "{}", rule.id);
        assert!(rule.explanation.ends_with('.'), "{}", rule.id);
        // What looks at texts looks for tokens: an example would be one.
        let findable = matches!(rule.detector, Detector::Document(_));
        assert!(!findable || !rule.example.is_empty(), "{} lacks an example", rule.id);
    }
}

#[test]
fn every_kind_of_error_is_a_rule() {
    use crate::error::Kind;
    for kind in [
        Kind::Input,
        Kind::Syntax,
        Kind::NotKubernetes,
        Kind::Placeholder,
        Kind::Modifier,
        Kind::Annotation,
        Kind::Missing,
        Kind::Denied,
        Kind::Store,
        Kind::Value,
        Kind::Setting,
        Kind::Bug,
    ] {
        assert!(find(kind.id()).is_some(), "{}", kind.id());
    }
}

#[test]
fn what_is_fine_breaks_no_rule() {
    for manifest in [
        "",
        "# <nothing>\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: <path:a#b | base64encode>}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: <path:a#*>\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: \"<b>x</b> <br> <user>\"}\n",
        "apiVersion: v1\nkind: ConfigMap\nx: &x {a: 1}\ny: {<<: *x, a: 2}\n",
    ] {
        assert_eq!(broken(manifest), [""; 0], "{manifest}");
    }
}
