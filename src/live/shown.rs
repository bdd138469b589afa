//! Shows an object of the cluster: without the fields that only the server writes, and with its secrets masked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::cover::Cover;
use super::needle::{Needles, texts};
use crate::manifest::FieldType;
use crate::render::Mask;
use crate::source::Span;
use crate::value::Value;
use crate::yaml;

/// The fields of `metadata` that the server writes. Those of a dry run differ from those in the cluster.
const SERVER_FIELDS: [&str; 6] =
    ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"];

/// The fields that come first, because a reader looks for them first.
const FIRST_FIELDS: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Annotations that hold a whole manifest, with its secrets.
const MANIFESTS: [&str; 4] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "kapp.k14s.io/original",
    "banzaicloud.com/last-applied",
    "objectset.rio.cattle.io/applied",
];

/// The shortest secret value of a live object that is searched in the rest of it.
const SHORTEST: usize = 8;

/// Masks for secrets, and the values to find.
pub(super) struct Masking<'m> {
    pub(super) mask: &'m Mask,
    /// The values to mask wherever they stand: of all documents, and of the object's own document.
    pub(super) needles: [&'m Needles; 2],
}

impl Masking<'_> {
    /// An object as YAML. `live` is the object in the cluster: its old secret values are masked as well.
    pub(super) fn text(&self, object: &Value, cover: &Cover, live: Option<&Value>) -> String {
        let mut old = Vec::new();
        if let Some(live) = live {
            covered(live, cover, &mut old);
            secret_data(live, &mut old);
        }
        old.retain(|text| text.len() >= SHORTEST);
        let old = Needles::new(old.iter(), SHORTEST);
        yaml::document(&Shown { masking: self, old: &old }.object(object, cover))
    }
}

struct Shown<'m> {
    masking: &'m Masking<'m>,
    old: &'m Needles,
}

impl Shown<'_> {
    fn object(&self, object: &Value, cover: &Cover) -> Value {
        let Value::Map(entries) = object else { return self.value(object, cover) };
        let secret = is_secret(object);
        let entry = |(key, value): &(Zeroizing<String>, Value)| {
            let shown = match key.as_str() {
                "status" => return None,
                "apiVersion" | "kind" => self.identity(value, cover, key),
                "metadata" => self.metadata(value, cover.entry(key)),
                "data" if secret => self.data(value, FieldType::Data),
                "stringData" if secret => self.data(value, FieldType::Text),
                _ => self.value(value, cover.entry(key)),
            };
            Some((key.clone(), shown))
        };
        let mut shown: Vec<_> = entries.iter().filter_map(entry).collect();
        shown.sort_by_key(|(key, _)| {
            FIRST_FIELDS.iter().position(|first| *first == key.as_str()).unwrap_or(FIRST_FIELDS.len())
        });
        Value::Map(shown)
    }

    /// The metadata without the fields of the server.
    fn metadata(&self, metadata: &Value, cover: &Cover) -> Value {
        let Value::Map(entries) = metadata else { return self.value(metadata, cover) };
        let entry = |(key, value): &(Zeroizing<String>, Value)| {
            let shown = match key.as_str() {
                "name" | "namespace" => self.identity(value, cover, key),
                name if SERVER_FIELDS.contains(&name) => return None,
                "annotations" => self.value(&without_manifests(value)?, cover.entry(key)),
                _ => self.value(value, cover.entry(key)),
            };
            Some((key.clone(), shown))
        };
        Value::Map(entries.iter().filter_map(entry).collect())
    }

    /// A field that identifies the object. It is masked only where a placeholder filled it, as the manifest shows the rest.
    fn identity(&self, value: &Value, around: &Cover, key: &str) -> Value {
        if around.covers(key) { self.masking.mask.field(value, FieldType::Text) } else { value.clone() }
    }

    /// The data of a Secret, masked as a whole.
    fn data(&self, data: &Value, field_type: FieldType) -> Value {
        let mask = |value: &Value| self.masking.mask.field(value, field_type);
        match data {
            Value::Map(entries) => {
                Value::Map(entries.iter().map(|(key, value)| (self.key(key, &Cover::Whole), mask(value))).collect())
            }
            value => mask(value),
        }
    }

    /// A key of a map. Where one placeholder filled the whole map, a secret value may have become a key.
    fn key(&self, key: &Zeroizing<String>, around: &Cover) -> Zeroizing<String> {
        match self.scalar(&Value::text(key.as_str())) {
            Value::Text(shown) if *around == Cover::Whole => shown,
            _ => key.clone(),
        }
    }

    fn value(&self, value: &Value, cover: &Cover) -> Value {
        match value {
            Value::Map(entries) => {
                let entry = |(key, value): &(Zeroizing<String>, Value)| {
                    (self.key(key, cover), self.value(value, cover.entry(key)))
                };
                Value::Map(entries.iter().map(entry).collect())
            }
            Value::List(items) => Value::List(items.iter().map(|item| self.value(item, cover.item(item))).collect()),
            Value::Null => Value::Null,
            scalar if cover.is_clear() => self.scalar(scalar),
            scalar => self.masking.mask.field(scalar, FieldType::Text),
        }
    }

    /// A scalar without a placeholder, with the secret values in it masked.
    fn scalar(&self, scalar: &Value) -> Value {
        let (Value::Text(text) | Value::Number(text)) = scalar else { return scalar.clone() };
        let needles = self.masking.needles.iter().chain([&self.old]);
        let mut found: Vec<Span> = needles.flat_map(|needles| needles.find(text)).collect();
        if found.is_empty() {
            return scalar.clone();
        }
        found.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        let (mut out, mut at) = (String::new(), 0);
        for span in found {
            // Where two values overlap, the rest of the second is a piece of a secret too.
            let start = span.start.max(at);
            if start < span.end {
                out += &text[at..start];
                out += &self.mark(&text.as_bytes()[start..span.end]);
                at = span.end;
            }
        }
        Value::text(out + &text[at..])
    }

    /// The mask of secret bytes.
    fn mark(&self, bytes: &[u8]) -> String {
        self.masking.mask.fingerprint(bytes).mark()
    }
}

fn is_secret(object: &Value) -> bool {
    let is = |key, expected| matches!(object.get(key), Some(Value::Text(text)) if text.as_str() == expected);
    is("kind", "Secret") && is("apiVersion", "v1")
}

fn decoded(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(STANDARD.decode(text).unwrap_or_else(|_| text.as_bytes().to_vec()))
}

/// The annotations that do not hold a manifest; `None` if there are none.
fn without_manifests(annotations: &Value) -> Option<Value> {
    let Value::Map(entries) = annotations else { return Some(annotations.clone()) };
    let left: Vec<_> = entries.iter().filter(|(key, _)| !MANIFESTS.contains(&key.as_str())).cloned().collect();
    (!left.is_empty()).then_some(Value::Map(left))
}

/// Collects the values where the manifest has placeholders.
fn covered(value: &Value, cover: &Cover, out: &mut Vec<Zeroizing<String>>) {
    match (value, cover) {
        (_, cover) if cover.is_clear() => {}
        (Value::Map(entries), _) => entries.iter().for_each(|(key, value)| covered(value, cover.entry(key), out)),
        (Value::List(items), _) => items.iter().for_each(|item| covered(item, cover.item(item), out)),
        (scalar, _) => texts(scalar, out),
    }
}

/// Collects the decoded values of a Secret's data.
fn secret_data(object: &Value, out: &mut Vec<Zeroizing<String>>) {
    let Some(data) = object.get("data").filter(|_| is_secret(object)) else { return };
    let mut encoded = Vec::new();
    texts(data, &mut encoded);
    let text = |text: &Zeroizing<String>| String::from_utf8(decoded(text).to_vec()).ok().map(Zeroizing::new);
    out.extend(encoded.iter().filter_map(text));
}
