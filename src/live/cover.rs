//! The cover of an object: which of its scalars hold secrets. They are those where the manifest has placeholders, found again in
//! the object that the API server completed. Where the items of a list cannot be told apart, more is covered rather than less.

use std::collections::HashMap;

use crate::value::Value;

/// The fields by which Kubernetes tells the items of a list apart. The first one that an item has counts.
const MERGE_KEYS: [&str; 8] = ["name", "mountPath", "devicePath", "containerPort", "port", "ip", "key", "id"];

/// Which parts of a value are covered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cover {
    /// None: no placeholder is in it.
    Clear,
    /// The whole value.
    Whole,
    /// Some entries of a map.
    Map(HashMap<String, Cover>),
    /// Some items of a list, by their merge keys. `any` covers items without a known key.
    List { items: Vec<(Option<String>, Cover)>, any: Box<Cover> },
}

impl Cover {
    /// The cover of an object as the manifest has it. `is_gap` says whether a scalar holds a placeholder.
    pub(super) fn of(written: &Value, is_gap: &dyn Fn(&str) -> bool) -> Self {
        match written {
            Value::Text(text) if is_gap(text) => Self::Whole,
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.to_string(), Self::of(value, is_gap)));
                Self::Map(entries.collect())
            }
            Value::List(items) => Self::list(items.iter().map(|item| (merge_key(item), Self::of(item, is_gap)))),
            _ => Self::Clear,
        }
    }

    /// Whether nothing is covered.
    pub(super) fn is_clear(&self) -> bool {
        match self {
            Self::Clear => true,
            Self::Whole => false,
            Self::Map(entries) => entries.values().all(Self::is_clear),
            Self::List { any, .. } => any.is_clear(),
        }
    }

    fn list(items: impl Iterator<Item = (Option<String>, Self)>) -> Self {
        let items: Vec<_> = items.collect();
        let any = items.iter().fold(Self::Clear, |any, (_, cover)| any.union(cover));
        if any.is_clear() {
            return Self::Clear;
        }
        let items = items.into_iter().map(|(key, cover)| (key, cover.or(&any))).collect();
        Self::List { items, any: Box::new(any) }
    }

    /// The cover of a map's entry. An entry that the manifest lacks is covered if its neighbours hold placeholders: it may have
    /// held one before.
    pub(super) fn entry(&self, key: &str) -> &Self {
        match self {
            Self::Clear => &Self::Clear,
            Self::Map(entries) => match entries.get(key) {
                Some(cover) => cover,
                None if entries.values().any(|cover| *cover == Self::Whole) => &Self::Whole,
                None => &Self::Clear,
            },
            // The manifest has another type of value here.
            Self::Whole | Self::List { .. } => &Self::Whole,
        }
    }

    /// Whether the manifest has a placeholder for this entry of a map, or for the whole map.
    pub(super) fn covers(&self, key: &str) -> bool {
        match self {
            Self::Map(entries) => entries.get(key) == Some(&Self::Whole),
            cover => *cover == Self::Whole,
        }
    }

    /// The cover of a list's item: the one of the item with the same key, else every cover that could be meant.
    pub(super) fn item(&self, item: &Value) -> &Self {
        match self {
            Self::Clear => &Self::Clear,
            Self::List { items, any } => {
                let key = merge_key(item);
                let mut same = items.iter().filter(|(own, _)| key.is_some() && *own == key);
                match (same.next(), same.next()) {
                    (Some((_, cover)), None) => cover,
                    _ => any,
                }
            }
            Self::Map(_) if self.is_clear() => &Self::Clear,
            Self::Whole | Self::Map(_) => &Self::Whole,
        }
    }

    fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Clear, cover) | (cover, Self::Clear) => cover.clone(),
            (Self::Map(one), Self::Map(two)) => {
                let mut entries = one.clone();
                for (key, cover) in two {
                    let both = entries.get(key).map_or_else(|| cover.clone(), |own| own.union(cover));
                    entries.insert(key.clone(), both);
                }
                Self::Map(entries)
            }
            (Self::List { items: one, .. }, Self::List { items: two, .. }) => {
                Self::list(one.iter().chain(two).cloned())
            }
            _ => Self::Whole,
        }
    }

    /// This cover, with `any` for entries that it does not have.
    fn or(self, any: &Self) -> Self {
        match (self, any) {
            (Self::Map(mut own), Self::Map(any)) => {
                for (key, cover) in any {
                    own.entry(key.clone()).or_insert_with(|| cover.clone());
                }
                Self::Map(own)
            }
            (cover, _) => cover,
        }
    }
}

/// The field and value that tell an item apart from the others of its list.
fn merge_key(item: &Value) -> Option<String> {
    let (name, value) = MERGE_KEYS.iter().find_map(|key| Some((key, item.get(key)?)))?;
    match value {
        Value::Text(text) | Value::Number(text) => Some(format!("{name}={}", text.as_str())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        Value::from_json(json.as_bytes()).unwrap()
    }

    fn covered(manifest: &str, object: &str) -> String {
        fn shown(value: &Value, cover: &Cover) -> String {
            match value {
                Value::Map(entries) => {
                    let entry =
                        |(key, value): &(_, Value)| shown(value, cover.entry(key as &zeroize::Zeroizing<String>));
                    entries.iter().map(entry).collect::<Vec<_>>().join(" ")
                }
                Value::List(items) => {
                    items.iter().map(|item| shown(item, cover.item(item))).collect::<Vec<_>>().join(" ")
                }
                _ if *cover == Cover::Clear => value.to_text().unwrap().to_string(),
                _ => "*".to_owned(),
            }
        }
        shown(&value(object), &Cover::of(&value(manifest), &|text| text.starts_with('<')))
    }

    #[test]
    fn placeholders_are_found_again_and_what_is_not_sure_is_covered() {
        for (manifest, object, expected) in [
            (r#"{"a":"<x>","b":"y"}"#, r#"{"b":"y","a":"old"}"#, "y *"),
            // What the manifest does not have, beside a placeholder.
            (r#"{"a":"<x>","b":"y"}"#, r#"{"a":"old","b":"y","gone":"old"}"#, "* y *"),
            (r#"{"a":{"b":"y"}}"#, r#"{"a":{"b":"y","c":"z"}}"#, "y z"),
            // Items in another order, and one that is not in the manifest.
            (
                r#"[{"name":"A","value":"<x>"},{"name":"B","value":"y"}]"#,
                r#"[{"name":"B","value":"y"},{"name":"A","value":"old"},{"name":"C","value":"old"}]"#,
                "B y A * C *",
            ),
            // The placeholder has given way to something else.
            (
                r#"[{"name":"A","value":"<x>"},{"name":"B","from":"y"}]"#,
                r#"[{"name":"A","value":"old"},{"name":"B","value":"old"}]"#,
                "A * B *",
            ),
            // Nothing tells items apart.
            (r#"["--a","<x>"]"#, r#"["--b","--a","old"]"#, "* * *"),
            (
                r#"[{"name":"A","value":"<x>"}]"#,
                r#"[{"name":"A","value":"old"},{"name":"A","value":"old"}]"#,
                "A * A *",
            ),
            // A whole map where a placeholder stands, and the other way round.
            (r#"{"data":"<x>"}"#, r#"{"data":{"a":"old","b":["old"]}}"#, "* *"),
            (r#"{"data":{"a":"<x>"}}"#, r#"{"data":"old"}"#, "*"),
        ] {
            assert_eq!(covered(manifest, object), expected, "{manifest} {object}");
        }
    }
}
