//! Which resources match, and which changes are reported.

use super::*;

fn side(files: &[(&str, &str)]) -> Side {
    let mut side = Side::new();
    files.iter().for_each(|(name, text)| side.add(name, name, 1, text));
    side
}

fn compared(before: &[(&str, &str)], after: &[(&str, &str)]) -> (Vec<String>, usize) {
    let comparison = Comparison::new(side(before), side(after));
    let changes = comparison.changes.iter().map(|change| {
        let resource = change.resource().unwrap();
        format!("{} {} {}:{}", change.kind().word(), resource.identity, resource.file, resource.line)
    });
    (changes.collect(), comparison.unchanged)
}

fn map(namespace: &str, name: &str, value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {namespace}\ndata:\n  key: {value}\n"
    )
}

#[test]
fn resources_are_matched_by_what_they_are_wherever_they_are_written() {
    let (a, b, other) = (map("x", "a", "1"), map("x", "b", "1"), map("x", "b", "2"));
    let before = [("one.yaml", &*a), ("two.yaml", &*b)];
    let joined = format!("# both\n---\n{other}---\n\n{a}");
    assert_eq!(compared(&before, &before), (vec![], 2));
    assert_eq!(compared(&before, &[("joined.yaml", &joined)]), (vec!["changed ConfigMap x/b joined.yaml:3".into()], 1));
    assert_eq!(compared(&before, &[("one.yaml", &a)]), (vec!["removed ConfigMap x/b two.yaml:1".into()], 1));
    let moved = map("y", "a", "1");
    let expected = ["removed ConfigMap x/a one.yaml:1", "added ConfigMap y/a one.yaml:1"].map(String::from);
    assert_eq!(compared(&[("one.yaml", &a)], &[("one.yaml", &moved)]), (expected.into(), 0));
}

#[test]
fn resources_of_one_name_are_matched_within_their_file_first() {
    let [one, two, three] = ["1", "2", "3"].map(|value| map("x", "a", value));
    let pairs = |before: &[(&str, &str)], after: &[(&str, &str)]| {
        let file = |side: &Option<Resource>| side.as_ref().map_or("-", |resource| &*resource.file).to_owned();
        let changes = Comparison::new(side(before), side(after)).changes;
        changes.iter().map(|change| format!("{} {}", file(&change.before), file(&change.after))).collect::<Vec<_>>()
    };
    let before = [("prod", &*one), ("stage", &*one)];
    assert_eq!(
        pairs(&before, &[("dev", &two), ("prod", &two), ("stage", &three)]),
        ["- dev", "prod prod", "stage stage"]
    );
    assert_eq!(pairs(&before, &[("prod", &two), ("stage", &one)]), ["prod prod"]);
    assert_eq!(pairs(&before, &[("other", &two), ("stage", &one)]), ["prod other"]);
}

#[test]
fn a_version_of_the_api_is_no_other_resource_and_a_group_is() {
    let ingress = |version: &str| format!("apiVersion: {version}\nkind: Ingress\nmetadata: {{name: web}}\n");
    let (beta, stable, old) = (ingress("networking.k8s.io/v1beta1"), ingress("networking.k8s.io/v1"), ingress("x/v1"));
    assert_eq!(compared(&[("a", &beta)], &[("a", &stable)]).0, ["changed Ingress web a:1"]);
    assert_eq!(compared(&[("a", &old)], &[("a", &stable)]).0, ["removed Ingress web a:1", "added Ingress web a:1"]);
}

#[test]
fn the_items_of_a_list_are_resources_of_their_own() {
    let item = |name: &str, value: &str| {
        format!("- apiVersion: v1\n  kind: ConfigMap\n  metadata: {{name: {name}}}\n  data:\n    key: {value}\n")
    };
    let list = |items: &[String]| format!("apiVersion: v1\nkind: List\nitems:\n{}", items.concat());
    let before = list(&[item("a", "1"), item("b", "1")]);
    let after = list(&[item("b", "2"), item("c", "1"), item("a", "1")]);
    let expected = ["changed ConfigMap b l:4", "added ConfigMap c l:9"].map(String::from);
    assert_eq!(compared(&[("l", &before)], &[("l", &after)]), (expected.into(), 1));
    let alone = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  key: 1\n";
    let json =
        r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}]}"#;
    assert_eq!(compared(&[("l", &list(&[item("a", "1")]))], &[("l", alone)]), (vec![], 1));
    assert_eq!(compared(&[("l", json)], &[("l", alone)]).0, ["changed ConfigMap a l:1"]);
    assert_eq!(count(before.as_bytes()), 2);
}

#[test]
fn a_list_with_an_item_that_is_written_elsewhere_is_one_resource() {
    let list = "kind: List\napiVersion: v1\nx: &a {apiVersion: v1, kind: A, metadata: {name: a}}\nitems: [*a]\n";
    assert_eq!(compared(&[], &[("l", list)]), (vec!["added List of l l:1".into()], 0));
    assert_eq!(compared(&[], &[("l", "kind: List\napiVersion: v1\nitems: []\n")]).0, ["added List of l l:1"]);
}

#[test]
fn what_has_no_name_is_matched_within_its_file() {
    let job = |value: &str| format!("apiVersion: v1\nkind: Job\nmetadata: {{generateName: j-}}\nspec: {value}\n");
    let (one, two) = (job("1"), job("2"));
    assert_eq!(compared(&[("a", &one)], &[("a", &two)]).0, ["changed Job of a a:1"]);
    assert_eq!(compared(&[("a", "x: 1\n")], &[("a", "x: 2\n")]).0, ["changed a document of a a:1"]);
    assert_eq!(
        compared(&[("a", "x: {{ y }}\n")], &[("b", "x: [")]).0,
        ["removed a document of a a:1", "added a document of b b:1"]
    );
    assert_eq!(compared(&[("a", "# nothing\n---\n")], &[("b", "")]), (vec![], 0));
}

#[test]
fn of_equal_names_the_equal_texts_are_matched_and_the_rest_in_order() {
    let [a, b, c] = ["1", "2", "3"].map(|value| map("x", "a", value));
    let before = format!("{a}---\n{b}");
    let after = format!("{b}---\n{c}");
    assert_eq!(compared(&[("f", &before)], &[("f", &after)]), (vec!["changed ConfigMap x/a f:9".into()], 1));
    assert_eq!(compared(&[("f", &before)], &[("f", &c)]).0, ["changed ConfigMap x/a f:1", "removed ConfigMap x/a f:9"]);
}

#[test]
fn line_ends_markers_and_blank_lines_around_are_no_change() {
    let text = map("x", "a", "1");
    for same in [
        text.replace('\n', "\r\n"),
        format!("---\n{text}"),
        format!("\u{feff}{text}\n\n"),
        format!("{text}...\n"),
        text.trim_end().to_owned(),
    ] {
        assert_eq!(compared(&[("a", &text)], &[("a", &same)]), (vec![], 1), "{same:?}");
    }
    let kept = |end: &str| format!("apiVersion: v1\nkind: A\nmetadata: {{name: a}}\ndata: |+\n  x\n{end}");
    assert_eq!(compared(&[("a", &kept(""))], &[("a", &kept("\n"))]).0, ["changed A a a:1"]);
}

#[test]
fn a_change_of_secret_values_alone_is_known() {
    let secret = |replicas: &str, mask: &str| {
        let text = format!("apiVersion: v1\nkind: S\nmetadata: {{name: s}}\nr: {replicas}\np: <redacted:{mask}>\n");
        side(&[("a", &text)])
    };
    let blank = secret("1", "0000");
    let mut comparison = Comparison::new(secret("1", "aaaa"), secret("1", "bbbb"));
    comparison.find_only_secrets((&blank, &blank));
    assert!(comparison.changes[0].only_secrets);
    let mut comparison = Comparison::new(secret("1", "aaaa"), secret("2", "bbbb"));
    comparison.find_only_secrets((&blank, &secret("2", "0000")));
    assert!(!comparison.changes[0].only_secrets);
    let counts = Counts { changed: 1, ..Counts::default() };
    assert_eq!(comparison.counts(), counts);
}
