//! An object of the cluster as anybody may see it: without what the server alone writes, its secrets masked.

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

/// What the server writes into `metadata`; a dry run's differ from the stored ones.
const SERVERS: [&str; 6] = ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"];

/// What a reader looks for first.
const FIRST: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Annotations that hold a whole manifest, secrets and all.
const MANIFESTS: [&str; 4] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    "kapp.k14s.io/original",
    "banzaicloud.com/last-applied",
    "objectset.rio.cattle.io/applied",
];

/// Values of a live object at least this long are looked for in the rest of it.
const SHORTEST: usize = 8;

/// How secrets look.
pub(super) struct Masking<'m> {
    pub(super) mask: &'m Mask,
    /// The values to be found again.
    pub(super) needles: [&'m Needles; 2],
}

impl Masking<'_> {
    /// `object` as YAML; `live` is the stored one, whose old values are looked for too.
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
                "data" if secret => self.data(value, FieldType::Base64),
                "stringData" if secret => self.data(value, FieldType::Text),
                _ => self.value(value, cover.entry(key)),
            };
            Some((key.clone(), shown))
        };
        let mut shown: Vec<_> = entries.iter().filter_map(entry).collect();
        shown.sort_by_key(|(key, _)| FIRST.iter().position(|first| *first == key.as_str()).unwrap_or(FIRST.len()));
        Value::Map(shown)
    }

    /// Without the server's own fields.
    fn metadata(&self, metadata: &Value, cover: &Cover) -> Value {
        let Value::Map(entries) = metadata else { return self.value(metadata, cover) };
        let entry = |(key, value): &(Zeroizing<String>, Value)| {
            let shown = match key.as_str() {
                "name" | "namespace" => self.identity(value, cover, key),
                name if SERVERS.contains(&name) => return None,
                "annotations" => self.value(&without_manifests(value)?, cover.entry(key)),
                _ => self.value(value, cover.entry(key)),
            };
            Some((key.clone(), shown))
        };
        Value::Map(entries.iter().filter_map(entry).collect())
    }

    /// What says which object this is: masked only where a placeholder has filled it, for the manifest says the rest.
    fn identity(&self, value: &Value, around: &Cover, key: &str) -> Value {
        if around.covers(key) { self.masking.mask.field(value, FieldType::Text) } else { value.clone() }
    }

    /// A Secret's data: all of it.
    fn data(&self, data: &Value, field_type: FieldType) -> Value {
        let mask = |value: &Value| self.masking.mask.field(value, field_type);
        match data {
            Value::Map(entries) => {
                Value::Map(entries.iter().map(|(key, value)| (self.key(key, &Cover::Whole), mask(value))).collect())
            }
            value => mask(value),
        }
    }

    /// A key; where a placeholder stands for the whole map, a value may have been made into one.
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

    /// A scalar that no placeholder covers: the secret values in it are masked.
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
            // An overlap's rest is a piece of a secret too.
            let start = span.start.max(at);
            if start < span.end {
                out += &text[at..start];
                out += &self.mark(&text.as_bytes()[start..span.end]);
                at = span.end;
            }
        }
        Value::text(out + &text[at..])
    }

    /// What stands for secret bytes.
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

/// The annotations that hold no manifest; none if nothing is left.
fn without_manifests(annotations: &Value) -> Option<Value> {
    let Value::Map(entries) = annotations else { return Some(annotations.clone()) };
    let left: Vec<_> = entries.iter().filter(|(key, _)| !MANIFESTS.contains(&key.as_str())).cloned().collect();
    (!left.is_empty()).then_some(Value::Map(left))
}

/// What stands where the manifest has placeholders.
fn covered(value: &Value, cover: &Cover, out: &mut Vec<Zeroizing<String>>) {
    match (value, cover) {
        (_, cover) if cover.is_clear() => {}
        (Value::Map(entries), _) => entries.iter().for_each(|(key, value)| covered(value, cover.entry(key), out)),
        (Value::List(items), _) => items.iter().for_each(|item| covered(item, cover.item(item), out)),
        (scalar, _) => texts(scalar, out),
    }
}

/// What a Secret's data stands for.
fn secret_data(object: &Value, out: &mut Vec<Zeroizing<String>>) {
    let Some(data) = object.get("data").filter(|_| is_secret(object)) else { return };
    let mut encoded = Vec::new();
    texts(data, &mut encoded);
    let text = |text: &Zeroizing<String>| String::from_utf8(decoded(text).to_vec()).ok().map(Zeroizing::new);
    out.extend(encoded.iter().filter_map(text));
}
