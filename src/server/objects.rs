//! Rendered manifests as Argo CD takes them: one JSON text an object. Knows no placeholder.

use crate::budget::Budget;
use crate::value::Value;
use crate::yaml::{self, split};

/// The objects of a text, in their order. Documents without content are none. What we cannot read is passed on as it is written: Argo CD reads
/// YAML as well.
pub(super) fn objects(text: &str) -> Vec<String> {
    let documents = split::split(text.as_bytes()).map(|document| &text[document.range()]);
    documents.filter_map(object).collect()
}

fn object(document: &str) -> Option<String> {
    let read = yaml::parse(document, &Budget::default());
    match read {
        Ok(Value::Null) => None,
        Ok(value) => Some(value.to_json().map_or_else(|_| document.to_owned(), |json| json.as_str().to_owned())),
        Err(_) => Some(document.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_is_one_json_text() {
        for (text, expected) in [
            ("a: 1\n---\n# nothing\n---\nb: [x, 0x10, 1e3, yes]\n", &["{\"a\":1}", "{\"b\":[\"x\",16,1e3,true]}"][..]),
            ("{\"b\": 1, \"a\": 12345678901234567890}\n", &["{\"b\":1,\"a\":12345678901234567890}"]),
            ("a: &x {k: v}\nb: *x\n", &["{\"a\":{\"k\":\"v\"},\"b\":{\"k\":\"v\"}}"]),
            ("---\n---\nnull\n", &[]),
            ("", &[]),
            ("1: a\n", &["{\"1\":\"a\"}"]),
            ("a: .inf\n", &["a: .inf\n"]),
        ] {
            assert_eq!(objects(text), expected, "{text}");
        }
    }
}
