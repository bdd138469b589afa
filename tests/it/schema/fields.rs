//! Objects with a placeholder in every field that a JSON schema of Kubernetes describes.

use serde_json::{Map, Value, json};

/// The key of a value in the store, for each type of field: one that spells the type, and one that cannot be of it.
pub(super) const VALUES: [(&str, &str, Option<&str>); 9] = [
    ("string", "7", None),
    ("time", "'2026-01-02T03:04:05.000006Z'", None),
    ("duration", "5s", None),
    ("byte", "aGk=", Some("'%'")),
    ("integer", "'3'", Some("three")),
    ("number", "'2.5'", Some("half")),
    ("boolean", "'true'", Some("'yes'")),
    ("int-or-string", "'80'", Some("true")),
    ("quantity", "'1'", None),
];

/// A store with the values; those that do not fit have `-wrong` behind their key.
pub(super) fn store() -> String {
    let right = VALUES.map(|(name, right, _)| format!("  {name}: {right}\n")).concat();
    let wrong =
        VALUES.map(|(name, _, wrong)| wrong.map(|wrong| format!("  {name}-wrong: {wrong}\n")).unwrap_or_default());
    format!("app:\n{right}{}", wrong.concat())
}

/// Makes objects out of schemas.
pub(super) struct Fields<'d> {
    /// What schemas refer to.
    pub(super) definitions: &'d Value,
    /// Whether the values do not fit. Fields that take any scalar are left out then.
    pub(super) wrong: bool,
    /// How many placeholders were made.
    pub(super) count: usize,
    /// The definitions on the way, which do not begin again.
    open: Vec<String>,
}

impl<'d> Fields<'d> {
    pub(super) fn new(definitions: &'d Value, wrong: bool) -> Self {
        Self { definitions, wrong, count: 0, open: Vec::new() }
    }

    /// A value with all fields of `schema`; `None` where there is none to fill.
    pub(super) fn of(&mut self, schema: &Value) -> Option<Value> {
        if let Some(name) = schema["$ref"].as_str().or(schema["allOf"][0]["$ref"].as_str()) {
            return self.named(name.rsplit('/').next()?);
        }
        if schema["x-kubernetes-int-or-string"] == true {
            let is_quantity =
                schema["pattern"].as_str().is_some_and(|pattern| pattern.starts_with(r"^(\+|-)?(([0-9]+"));
            return self.placeholder(if is_quantity { "quantity" } else { "int-or-string" });
        }
        match (schema["type"].as_str()?, schema["format"].as_str()) {
            ("string", Some("date-time")) => self.placeholder("time"),
            ("string", Some("byte")) => self.placeholder("byte"),
            ("string", Some("int-or-string")) => self.placeholder("int-or-string"),
            ("array", _) => self.of(&schema["items"]).map(|item| json!([item])),
            ("object", _) if schema["x-kubernetes-embedded-resource"] == true => None,
            ("object", _) => self.object(schema),
            (scalar, _) => self.placeholder(scalar),
        }
    }

    fn named(&mut self, name: &str) -> Option<Value> {
        match name.rsplit('.').next()? {
            "Quantity" => return self.placeholder("quantity"),
            "Duration" => return self.placeholder("duration"),
            _ if self.open.iter().any(|open| open == name) => return None,
            _ => {}
        }
        self.open.push(name.to_owned());
        let definitions = self.definitions;
        let value = self.of(&definitions[name]);
        self.open.pop();
        value
    }

    fn object(&mut self, schema: &Value) -> Option<Value> {
        let mut object = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            object.extend(self.of(field).map(|value| (name.clone(), value)));
        }
        let members = schema.get("additionalProperties").filter(|members| members.is_object());
        object.extend(members.and_then(|members| self.of(members)).map(|value| ("key".to_owned(), value)));
        Some(Value::Object(object)).filter(|object| object.as_object().is_some_and(|object| !object.is_empty()))
    }

    fn placeholder(&mut self, name: &str) -> Option<Value> {
        let (_, _, wrong) = VALUES.iter().find(|(known, ..)| *known == name).unwrap_or_else(|| panic!("{name}"));
        if self.wrong && wrong.is_none() {
            return None;
        }
        self.count += 1;
        Some(format!("<path:app#{name}{}>", if self.wrong { "-wrong" } else { "" }).into())
    }
}
