//! The text of the page. How a browser shows it is tested in a browser (`tests/it/html`).

use super::*;
use crate::compare::Side;

fn page_of(before: &str, after: &str) -> String {
    let side = |text: &str| {
        let mut side = Side::new();
        side.add("web/a.yaml", "a.yaml", 11, text);
        side
    };
    page(&Comparison { base: "main".into(), ..Comparison::new(side(before), side(after)) })
}

/// A resource with so many lines of data.
fn map(lines: usize) -> String {
    let data: String = (1..=lines).map(|number| format!("  k{number}: v\n")).collect();
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: x}}\ndata:\n{data}")
}

#[test]
fn nothing_is_left_of_the_template() {
    let page = page_of(&map(1), &map(2));
    assert!(!page.contains("{{") && page.contains("<title>1 of 1 resource changes · main</title>"));
    assert!(page_of("", "").contains("Nothing to compare"));
    assert!(page_of(&map(1), &map(1)).contains("The one resource stays as it is."));
}

#[test]
fn what_is_put_in_is_not_looked_through() {
    let page = page_of("", &map(1).replace("name: a", "name: \"{{script}}\""));
    assert_eq!(page.matches("\"use strict\";").count(), 1);
    assert!(page.contains("<bdi>{{script}}</bdi>"));
}

#[test]
fn the_policy_names_the_style_and_the_script_that_are_in_the_page() {
    let page = page_of("", "");
    let between = |open: &str, close: &str| page.split(open).nth(1).unwrap().split(close).next().unwrap().to_owned();
    for text in [between("<style>", "</style>"), between("<script>", "</script>")] {
        assert!(page.contains(&format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))));
    }
}

#[test]
fn lines_have_the_numbers_of_their_files_and_few_that_stay_are_not_folded() {
    let page = page_of(&map(20), &map(20).replace("k7: v", "k7: w"));
    assert!(page.contains("<tr class=d><td>21<td><td class=\"t i2\">  <i>k7</i>: <u>v</u>"), "{page}");
    assert!(page.contains("<tr class=a><td><td>21<td class=\"t i2\">  <i>k7</i>: <u>w</u>"));
    assert!(page.contains("7 unchanged lines") && page.contains("10 unchanged lines"));
    assert_eq!(page.matches("<tr>").count() - 2, 4 + 19, "every line that stays, and no line twice");
    let page = page_of(&map(5), &map(5).replace("k1: v", "k1: w"));
    assert!(!page.contains("▸ "), "what the script writes has no blank");
}

#[test]
fn a_long_change_is_several_tables() {
    let page = page_of("", &map(1200));
    assert_eq!(page.matches("<table class=\"inline\"").count(), 3);
    assert_eq!(page.matches("<tr class=a>").count(), 1204);
}

#[test]
fn numbers_are_read_in_groups() {
    assert_eq!([0, 12, 999, 1000, 10412, 1_000_000].map(number), ["0", "12", "999", "1,000", "10,412", "1,000,000"]);
}
