//! Edits that are right pass; edits that are not do not, whatever reader has planned them.

use super::*;
use crate::value::Value;
use crate::yaml::tests::at;
use crate::yaml::tree::NodeId;
use crate::yaml::{set, split};

const TEXT: &str = "\
a: 1
spec:
  # c
  list:
    - name: x
      env: [1, {k: X}]
      last: |
        one
        X
    - X
    - two

  n: X # c
b:
- X
- d: 1
";

/// What an excerpt shows of the document in which the nodes at `paths` become `v`.
fn excerpt(text: &str, paths: &[&str]) -> Option<String> {
    let document = Span::new(0, text.len());
    let tree = reader::read(text, document).unwrap();
    let value = Value::text("v");
    let values: NewValues = paths.iter().map(|path| (at(&tree, path), Cow::Borrowed(&value))).collect();
    let mut edits = Vec::new();
    values.iter().for_each(|(node, value)| set::set(&tree, document, *node, value, &mut edits).unwrap());
    edits.sort_by_key(|edit| edit.span);
    let removal = Removal::new(&tree, std::iter::empty()).unwrap();
    let edited = EditedDocument { tree: &tree, document, values, removal, edits };
    verify(&[&edited]).remove(0).unwrap();
    Excerpt::of(&edited).map(|excerpt| excerpt.text())
}

#[test]
fn an_excerpt_holds_the_changed_entries_and_what_follows() {
    for (paths, expected) in [
        (&["a"][..], "---\na: v\nspec: ~\n"),
        (&["spec.n"], "---\n  n: v # c\n"),
        (&["spec.list.0.env.1.k"], "---\n      env: [1, {k: v}]\n      last: ~\n"),
        (&["spec.list.0.name"], "---\n      name: v\n      env: ~\n"),
        (&["spec.list.0.last"], "---\n      last: |-\n        v\n"),
        (&["spec.list.1"], "---\n    - v\n    - ~\n"),
        (&["spec.list.1", "spec.list.2"], "---\n    - v\n    - v\n\n"),
        (&["b.0"], "---\n- v\n- ~\n"),
        (&["b.1.d"], "---\n  d: v\n"),
        (&["a", "b.0"], "---\na: v\nspec: ~\n---\n- v\n- ~\n"),
    ] {
        assert_eq!(excerpt(TEXT, paths).as_deref(), Some(expected), "{paths:?}");
    }
    for text in ["{\"a\": \"X\"}", "a: &x X\n", "a: 'X\n  Y'\n", "a: X\r\n"] {
        assert_eq!(excerpt(text, &["a"]), None, "{text}");
    }
}

/// A text, and the one edit of the node at `path`: it was to become `value`, and `new` is written in the place of `old`.
struct Case {
    text: &'static str,
    path: &'static str,
    value: Value,
    old: &'static str,
    new: &'static str,
}

/// Which of the edits are accepted, all of them checked together.
fn accepted(cases: &[Case]) -> Vec<bool> {
    let read = |case: &Case| reader::read(case.text, Span::new(0, case.text.len())).unwrap();
    let trees: Vec<Tree> = cases.iter().map(read).collect();
    let edited = trees.iter().zip(cases).map(|(tree, case)| {
        let node: NodeId = at(tree, case.path);
        let start = case.text.find(case.old).unwrap();
        let edit = Edit { span: Span::new(start, start + case.old.len()), text: case.new.to_owned().into() };
        let values = NewValues::from([(node, Cow::Borrowed(&case.value))]);
        let removal = Removal::new(tree, std::iter::empty()).unwrap();
        EditedDocument { tree, document: Span::new(0, case.text.len()), values, removal, edits: vec![edit] }
    });
    let edited: Vec<EditedDocument> = edited.collect();
    verify(&edited.iter().collect::<Vec<_>>()).into_iter().map(|check| check.is_ok()).collect()
}

#[test]
fn what_an_edit_would_break_is_refused_whatever_is_checked_with_it() {
    let (mut cases, mut expected) = (Vec::new(), Vec::new());
    for (text, path, value, old, new, is_right) in [
        ("a: X\nb: 1\n", "a", "v", "X", "v", true),
        ("a: X\nb: 1\n", "a", "v", "X", "w", false),
        ("a: X\nb: 1\n", "a", "yes", "X", "yes", false),
        ("a: X\nb: 1\n", "a", "v", "X", "'v", false),
        ("a: X\nb: 1\n", "a", "v", "X", "v\nc: 1", false),
        ("a: X\nb: 1\n", "a", "v: w", "X", "v: w", false),
        ("a: X\nb: 1\n", "a", "v", "X\n", "v", false),
        ("a: X\nb: 1\n", "a", "v #w", "X", "v #w", false),
        ("a: |\n  X\nb: 1\n", "a", "v\n", "X\n", "v\n  w\n", false),
        ("a: |\n  X\nb: 1\n", "a", "v\n", "X\n", "v\n", true),
        ("a: |\n  X\nb: 1\n", "a", "v\nb: 1\n", "X\nb", "v\n  b", false),
        ("- k: X\n- c\n", "0.k", "v", "X", "v\n  l: w", false),
        ("- k: X\n- c\n", "0.k", "v", "X\n- c", "v\n-", false),
        ("k:\n  - X\n  - c\n", "k.0", "v", "X", "v\n  - w", false),
        ("k:\n  - X\nc: 1\n", "k.0", "v", "X", "v\n  - w", false),
        ("k: {a: X, b: 1}\n", "k.a", "v", "X", "v, c: 1", false),
        ("{\"a\": \"X\", \"b\": 1}", "a", "v", "X", "v", true),
        ("{\"a\": \"X\", \"b\": 1}", "a", "v", "X", "w", false),
        ("{\"a\": \"X\", \"b\": 1}", "a", "v", "\"X\"", "\"v\", \"c\": 1", false),
        ("{\"a\": \"X\", \"b\": 1}", "a", "1", "\"X\"", "1", false),
        ("a: &x X\nb: *x\n", "a", "v", "X", "v", true),
        ("a: &x X\nb: *x\n", "a", "v", "&x X", "v", false),
        ("k:\n  a: X\nb: 1\n", "k.a", "v", "X", "v\n...", false),
        ("k:\n  a: X\nb: 1\n", "k.a", "v", "X", "v\n---\nc: 1", false),
        ("k:\n  a: X\nb: 1\n", "k.a", "v", "X", "v\n---\n  a: v", false),
        ("k:\n  a: X\nb: 1\n", "k.a", "v", "X\n", "v ", false),
    ] {
        cases.push(Case { text, path, value: Value::text(value), old, new });
        expected.push(is_right);
    }
    assert_eq!(accepted(&cases), expected);
    for (case, is_right) in cases.iter().zip(expected) {
        let (text, old, new) = (case.text, case.old, case.new);
        assert_eq!(accepted(std::slice::from_ref(case)), [is_right], "{text:?}: {old:?} → {new:?}");
    }
}

/// The quick reader and the parser crate read alike, whatever stands in a scalar: of every short text, in every place that a
/// scalar has. (A debug build's `read` compares them.)
#[test]
fn two_readers_read_every_short_text_alike() {
    const PLACES: [&str; 10] = [
        "k: ∎\nl: 1\n",
        " ∎\nk: 1\n",
        "- ∎\n- 1\n",
        "k: '∎'\n",
        "k: \"∎\"\n",
        "k: |\n  ∎\nl: 1\n",
        "k: [a, ∎]\n",
        "k: {a: ∎}\n",
        "∎: 1\n",
        "k:\n  ∎\nl: 1\n",
    ];
    const CHARACTERS: [char; 16] = ['a', ' ', ':', '#', '-', '\'', '"', '{', ',', '|', '&', '?', '\n', '\\', '1', '~'];
    let mut quick = 0;
    for number in 0..CHARACTERS.len().pow(3) {
        let digits = [number / 256, number / 16 % 16, number % 16];
        let text: String = digits.into_iter().map(|digit| CHARACTERS[digit]).collect();
        for place in PLACES {
            let text = place.replace('∎', &text);
            for document in split::split(text.as_bytes()) {
                quick += usize::from(reader::read(&text, document).is_ok_and(|tree| tree.read_by == ReadBy::Subset));
            }
        }
    }
    assert!(quick > 5_000, "only {quick} documents were read by the quick reader");
}
