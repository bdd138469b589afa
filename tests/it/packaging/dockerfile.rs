//! The images: the pages build those that the Dockerfile has.

use std::collections::BTreeSet;
use std::fs;

use crate::support::program::root;

fn found(file: &str, pattern: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    regex::Regex::new(pattern).unwrap().captures_iter(&text).map(|found| found[1].to_owned()).collect()
}

#[test]
fn the_pages_build_targets_that_there_are() {
    let stages = found("Dockerfile", r"(?m)^FROM .+ AS ([a-z]+)$");
    let images = BTreeSet::from(["small", "tools", "ci"].map(str::to_owned));
    assert!(stages.is_superset(&images), "{stages:?}");
    for page in ["Dockerfile", "docs/install.md", "docs/argocd.md", "docs/ci.md"] {
        let named = found(page, "--target ([a-z]+)");
        assert!(stages.is_superset(&named), "{page} names {named:?}, there are {stages:?}");
    }
    assert!(
        found("docs/install.md", "--target ([a-z]+)").is_superset(&BTreeSet::from(["tools", "ci"].map(str::to_owned)))
    );
}

/// Every stage that is copied from is defined before, and every file that is copied from the repository is there.
#[test]
fn every_copy_has_a_source() {
    let text = fs::read_to_string(root().join("Dockerfile")).unwrap();
    let mut stages = BTreeSet::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["FROM", .., "AS", name] => drop(stages.insert((*name).to_owned())),
            ["COPY", flags @ .., source, _] => match flags.iter().find_map(|flag| flag.strip_prefix("--from=")) {
                Some(stage) => assert!(stages.contains(stage), "{line}"),
                None => assert!(root().join(source).exists(), "{line}"),
            },
            _ => {}
        }
    }
    assert!(text.trim_end().rsplit("\nFROM ").next().unwrap().contains("AS small"), "the default is the small one");
}
