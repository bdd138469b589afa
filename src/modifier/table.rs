//! The table of modifiers. Lookup, errors, help and the docs page read it; a test runs every example.

use super::row::{Example, Function, Modifier};
use super::{base64, default, docker, edit, hash, json, jsonpath, password, text, yaml};
use crate::words::{list, suggestion};

const TEXT: &[&str] = &["text"];
const MAP: &[&str] = &["a map"];
const WRITTEN: &[&str] = &["text", "a number", "a bool"];
const SCALARS: &[&str] = &["text", "bytes", "a number", "a bool"];
const PRINTED: &[&str] = &["text", "a number", "a bool", "a list", "a map"];
const JSON: &[&str] = &["text", "a number", "a bool", "null", "a list", "a map"];
const ANY: &[&str] = &["text", "bytes", "a number", "a bool", "null", "a list", "a map"];

/// Every modifier, in the order of the docs page.
pub(crate) static MODIFIERS: &[Modifier] = &[
    Modifier {
        name: "base64encode",
        doc: "text, bytes, or the literal of a number or bool in standard base64",
        usage: "",
        example: Example { value: r#""s3cret""#, chain: "base64encode", result: r#""czNjcmV0""# },
        takes: SCALARS,
        function: Function::Plain(base64::encode),
    },
    Modifier {
        name: "base64decode",
        doc: "the content of base64 text: standard or URL-safe alphabet, padded or not, line breaks ignored; \
              bytes if it is not UTF-8",
        usage: "",
        example: Example { value: r#""czNjcmV0""#, chain: "base64decode", result: r#""s3cret""# },
        takes: TEXT,
        function: Function::Plain(base64::decode),
    },
    Modifier {
        name: "jsonPath",
        doc: "the result of Kubernetes' JSONPath template EXPR on a value or on JSON text, as text, numbers exact; \
              filters also take `&&` and `||`",
        usage: "EXPR",
        example: Example {
            value: r#""{\"users\": [{\"name\": \"bob\", \"id\": 7}]}""#,
            chain: "jsonPath {.users[?(@.id > 1)].name}",
            result: r#""bob""#,
        },
        takes: PRINTED,
        function: Function::With(jsonpath::json_path),
    },
    Modifier {
        name: "jsonParse",
        doc: "JSON text as a value, numbers exact",
        usage: "",
        example: Example {
            value: r#""{\"id\": 9007199254740993}""#,
            chain: "jsonParse",
            result: r#"{"id":9007199254740993}"#,
        },
        takes: TEXT,
        function: Function::Plain(json::parse),
    },
    Modifier {
        name: "yamlParse",
        doc: "YAML text as a value, with the types that Kubernetes reads, decimal numbers exact",
        usage: "",
        example: Example {
            value: r#""port: 0x10\ntls: yes\nratio: 1.50\n""#,
            chain: "yamlParse",
            result: r#"{"port":16,"tls":true,"ratio":1.50}"#,
        },
        takes: TEXT,
        function: Function::Plain(yaml::parse),
    },
    Modifier {
        name: "indent",
        doc: "text with every line after the first indented by N blanks; blank lines stay blank",
        usage: "N",
        example: Example { value: r#""a:\n  b\n\nc""#, chain: "indent 2", result: r#""a:\n    b\n\n  c""# },
        takes: TEXT,
        function: Function::With(text::indent),
    },
    Modifier {
        name: "trim",
        doc: "text without the white space at its ends",
        usage: "",
        example: Example { value: r#"" s3cret\n""#, chain: "trim", result: r#""s3cret""# },
        takes: TEXT,
        function: Function::Plain(edit::trim),
    },
    Modifier {
        name: "upper",
        doc: "text in upper case",
        usage: "",
        example: Example { value: r#""db-1""#, chain: "upper", result: r#""DB-1""# },
        takes: TEXT,
        function: Function::Plain(edit::upper),
    },
    Modifier {
        name: "lower",
        doc: "text in lower case",
        usage: "",
        example: Example { value: r#""DB-1""#, chain: "lower", result: r#""db-1""# },
        takes: TEXT,
        function: Function::Plain(edit::lower),
    },
    Modifier {
        name: "replace",
        doc: "text with OLD replaced by NEW wherever it occurs; both are texts, not patterns, in quotes if they hold blanks",
        usage: "OLD NEW",
        example: Example { value: r#""a\nb\n""#, chain: r#"replace "\n" ''"#, result: r#""ab""# },
        takes: TEXT,
        function: Function::With(edit::replace),
    },
    Modifier {
        name: "sha256sum",
        doc: "the SHA-256 of the text, the bytes, or the literal of a number or bool, in hex",
        usage: "",
        example: Example {
            value: r#""s3cret""#,
            chain: "sha256sum",
            result: r#""1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0""#,
        },
        takes: SCALARS,
        function: Function::Plain(hash::sha256sum),
    },
    Modifier {
        name: "sha512sum",
        doc: "the SHA-512 of the text, the bytes, or the literal of a number or bool, in hex",
        usage: "",
        example: Example {
            value: r#""s3cret""#,
            chain: "sha512sum",
            result: r#""95c89addde506357ec5efd0ee41ac241efd6fb1009a7680c1501ea8170342b8cbf0f2d938b56295490f19f1fc5fa28d09b1584eaa09c9a6b2f777623299cd521""#,
        },
        takes: SCALARS,
        function: Function::Plain(hash::sha512sum),
    },
    Modifier {
        name: "bcrypt",
        doc: "the bcrypt hash of a password of at most 72 bytes, as `$2y$…`; COST is 4 to 14, 10 unless given; the salt is made \
              from path, key and value under `VAULT_RENDER_MASK_KEY`, or from TEXT of 8 bytes and more, so that the hash stays as \
              long as they do",
        usage: "[COST] [salt=TEXT]",
        example: Example {
            value: r#""s3cret""#,
            chain: "bcrypt 4 salt=of-team-a",
            result: r#""$2y$04$0XtZVOY6psx74Z8SBqcEEuktfq5JBkxpFkvi.pCSC0ZM4ddeZ3wO2""#,
        },
        takes: WRITTEN,
        function: Function::With(password::bcrypt),
    },
    Modifier {
        name: "htpasswd",
        doc: "a line of the password file that Apache, nginx and Traefik read: USER, a colon, and what `bcrypt` makes of the \
              password with the same arguments",
        usage: "USER [COST] [salt=TEXT]",
        example: Example {
            value: r#""s3cret""#,
            chain: "htpasswd bob 4 salt=of-team-a",
            result: r#""bob:$2y$04$0XtZVOY6psx74Z8SBqcEEuktfq5JBkxpFkvi.pCSC0ZM4ddeZ3wO2""#,
        },
        takes: WRITTEN,
        function: Function::With(password::htpasswd),
    },
    Modifier {
        name: "dockerconfig",
        doc: "the login to REGISTRY as the JSON text of a `.dockerconfigjson`, from the values of two keys of a map, `username` and \
              `password` unless given",
        usage: "REGISTRY [USER-KEY PASSWORD-KEY]",
        example: Example {
            value: r#"{"username":"bob","password":"s3cret"}"#,
            chain: "dockerconfig ghcr.io",
            result: r#""{\"auths\":{\"ghcr.io\":{\"username\":\"bob\",\"password\":\"s3cret\",\"auth\":\"Ym9iOnMzY3JldA==\"}}}""#,
        },
        takes: MAP,
        function: Function::With(docker::dockerconfig),
    },
    Modifier {
        name: "default",
        doc: "VALUE, a YAML scalar, if the key, path or version is missing or the value is null; modifiers before it \
              are then skipped; never used if the read is denied or fails",
        usage: "VALUE",
        example: Example { value: "null", chain: "base64encode | default 3", result: "3" },
        takes: ANY,
        function: Function::Default(default::value),
    },
    Modifier {
        name: "toString",
        doc: "the value as text: a number or bool as written, a list or map as compact JSON",
        usage: "",
        example: Example { value: "5432", chain: "toString", result: r#""5432""# },
        takes: PRINTED,
        function: Function::Plain(text::to_string),
    },
    Modifier {
        name: "toJson",
        doc: "the value as compact JSON; text comes out in quotes",
        usage: "",
        example: Example { value: r#""a\"b""#, chain: "toJson", result: r#""\"a\\\"b\"""# },
        takes: JSON,
        function: Function::Plain(json::to_json),
    },
    Modifier {
        name: "urlencode",
        doc: "text that is safe anywhere in a URL: all but letters, digits and `-._~` as `%XX`",
        usage: "",
        example: Example { value: r#""p@ss w/rd""#, chain: "urlencode", result: r#""p%40ss%20w%2Frd""# },
        takes: SCALARS,
        function: Function::Plain(text::url_encode),
    },
    Modifier {
        name: "jsonEscape",
        doc: "text that is safe inside a JSON string, without the quotes around it",
        usage: "",
        example: Example { value: r#""say \"hi\"\n""#, chain: "jsonEscape", result: r#""say \\\"hi\\\"\\n""# },
        takes: WRITTEN,
        function: Function::Plain(json::escape),
    },
];

/// The row of the modifier `name`.
pub(super) fn find(name: &str) -> Option<&'static Modifier> {
    MODIFIERS.iter().find(|modifier| modifier.name == name)
}

/// The name of the modifier that is called so.
pub(crate) fn known_name(name: &str) -> Option<&'static str> {
    find(name).map(|modifier| modifier.name)
}

/// Whether a text begins with a modifier's name.
pub(crate) fn is_call(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|name| find(name).is_some())
}

/// The modifier at the end of a text, with its arguments: `indent 2` of `key indent 2`, in which the `|` was forgotten.
pub(crate) fn ending(text: &str) -> Option<&str> {
    let blank = |char: char| matches!(char, ' ' | '\t');
    let mut words = text.match_indices(blank).map(|(at, _)| &text[at + 1..]);
    words.find(|rest| find(rest.split(blank).next().unwrap_or_default()).is_some())
}

/// The name that the author of a typo may have meant.
pub(super) fn nearest(typo: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.75;
    let names = MODIFIERS.iter().map(|modifier| modifier.name);
    suggestion::by_likeness(typo, names, ALIKE, str::to_lowercase).first().copied()
}

/// The list of types that a modifier takes, for messages and the docs page.
pub(super) fn kinds(takes: &[&str]) -> String {
    list::alternatives(takes, "nothing")
}

#[cfg(test)]
mod tests {
    use walkdir::WalkDir;

    use super::*;
    use crate::budget::Budget;
    use crate::modifier::{Chain, ChainContext};
    use crate::value::Value;

    #[test]
    fn every_example_is_true() {
        for Modifier { name, example, .. } in MODIFIERS {
            let segments: Vec<&str> = example.chain.split('|').collect();
            let value = Value::from_json(example.value.as_bytes()).unwrap();
            let result = Chain::parse(&segments)
                .unwrap()
                .apply(Some(&value), &ChainContext::new(&Budget::default()))
                .unwrap()
                .unwrap();
            assert_eq!(result.to_json().unwrap().as_str(), example.result, "{name}");
            assert!(example.chain.contains(name), "the example of {name} does not show it");
        }
    }

    #[test]
    fn every_modifier_has_a_case() {
        let files = WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases")).into_iter();
        let files = files.map(|entry| entry.unwrap().into_path()).filter(|path| path.extension().is_some());
        let cases: Vec<String> = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
        for Modifier { name, .. } in MODIFIERS {
            let has_it = |case: &String| {
                let mut calls = case.split('|').skip(1).filter_map(|call| call.trim_start().strip_prefix(name));
                calls.any(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()))
            };
            assert!(cases.iter().any(has_it), "no case in tests/cases shows `{name}`");
        }
    }

    #[test]
    fn every_row_is_complete_and_unique() {
        for (index, Modifier { name, doc, takes, usage, function, .. }) in MODIFIERS.iter().enumerate() {
            assert!(!doc.is_empty() && !doc.ends_with('.') && !takes.is_empty(), "{name}");
            assert!(MODIFIERS[..index].iter().all(|other| other.name != *name), "{name} is there twice");
            assert_eq!(usage.is_empty(), matches!(function, Function::Plain(_)), "{name}");
        }
    }

    #[test]
    fn a_modifier_behind_a_blank_is_found_with_its_arguments() {
        for (text, ends) in [
            ("key base64encode", Some("base64encode")),
            ("odd  key\tindent 2", Some("indent 2")),
            ("key base64decode indent 2", Some("base64decode indent 2")),
            ("base64encode", None),
            ("key base64encoded", None),
            ("key-base64encode", None),
            ("ключ ключ", None),
            ("", None),
        ] {
            assert_eq!(ending(text), ends, "{text}");
        }
    }

    #[test]
    fn a_typo_finds_its_modifier() {
        for (typo, name) in [
            ("base64encod", Some("base64encode")),
            ("Base64Decode", Some("base64decode")),
            ("jsonpath", Some("jsonPath")),
            ("sha256", Some("sha256sum")),
            ("tojson", Some("toJson")),
            ("defautl", Some("default")),
            ("xyzzy", None),
        ] {
            assert_eq!(nearest(typo), name, "{typo}");
        }
    }
}
