//! The `avp.kubernetes.io/*` annotations, typed. Errors in them are kept until something depends on the annotation.

use crate::error::{Error, Kind};
use crate::source::Span;
use crate::switch;
use crate::yaml::resolve::{Plain, resolve};
use crate::yaml::tree::{Content, NodeId, Style, Tree};

/// The prefix of every annotation that is read here.
pub(crate) const PREFIX: &str = "avp.kubernetes.io/";
/// The annotation that names the secret of generic placeholders.
pub(crate) const PATH_ANNOTATION: &str = "avp.kubernetes.io/path";

/// The annotations of a resource, parsed.
#[derive(Debug, Default)]
pub struct Annotations {
    /// The secret of generic placeholders, as written.
    pub path: Option<String>,
    /// Whether generic placeholders count: the path annotation is present, valid or not.
    pub names_path: bool,
    /// The version of the KV engine whose rules read the resource's paths: 1 or 2.
    pub kv_version: Option<u8>,
    /// The version for generic placeholders; `None` is the newest.
    pub version: Option<u64>,
    /// Whether the resource passes through untouched.
    pub ignore: bool,
    /// How a missing key, path or version is handled.
    pub remove_missing: RemoveMissing,
    /// The Vault namespace.
    pub namespace: Option<String>,
    /// The errors and warnings about the annotations, each with its place.
    pub findings: Vec<(Span, Error)>,
}

/// How a missing key, path or version is handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RemoveMissing {
    /// It is an error.
    #[default]
    No,
    /// The entry or item is removed; a string that lacks only some of its values is an error.
    Yes,
    /// The entry or item is removed even if only some of its values are missing.
    Partial,
}

/// Parses the map of annotations.
pub(super) fn read(tree: &Tree<'_>, map: Option<NodeId>) -> Annotations {
    let mut annotations = Annotations::default();
    let value = |name: &str| map.and_then(|map| tree.get(map, &format!("{PREFIX}{name}")));
    for (name, set) in SETTERS {
        if let Some(value) = value(name) {
            annotations.set(tree, value, name, *set);
        }
    }
    let misread = value("path").is_some_and(|path| tree.text(path).is_none());
    annotations.names_path = annotations.path.is_some() || misread;
    annotations
}

/// Applies an annotation's text.
type Set = fn(&mut Annotations, &str) -> Result<(), Error>;

/// The annotations that are understood.
const SETTERS: &[(&str, Set)] = &[
    ("path", set_path),
    ("kv-version", set_kv_version),
    ("secret-version", set_version),
    ("ignore", set_ignore),
    ("remove-missing", set_remove_missing),
    ("namespace", set_namespace),
];

/// The names of the annotations that are understood, without their prefix.
pub(crate) fn annotation_names() -> impl Iterator<Item = &'static str> {
    SETTERS.iter().map(|(name, _)| *name)
}

impl Annotations {
    fn set(&mut self, tree: &Tree<'_>, value: NodeId, name: &str, set: Set) {
        let span = tree.node(value).span;
        let written = written(tree, value, &format!("{PREFIX}{name}"));
        let set = written.and_then(|(text, warning)| {
            self.findings.extend(warning.map(|warning| (span, warning)));
            set(self, &text)
        });
        self.findings.extend(set.err().map(|error| (span, error)));
    }
}

/// An annotation's text; a bool or number as Kubernetes would print it, with a warning.
fn written(tree: &Tree<'_>, value: NodeId, name: &str) -> Result<(String, Option<Error>), Error> {
    let node = tree.node(tree.target(value));
    let Content::Scalar(style, text) = &node.content else {
        let error = Error::new(Kind::Annotation, format!("the annotation `{name}` must be text"));
        return Err(error.hint("it holds one value, in quotes if it begins with `{` or `[`"));
    };
    let is_text = node.tag().is_some_and(|tag| tag.ends_with(":str"));
    let shown = match resolve(text) {
        Plain::Bool(value) => value.to_string(),
        Plain::Number(digits) => printed(digits),
        Plain::Null => return Err(empty(name)),
        _ => return Ok((text.to_string(), None)),
    };
    if *style != Style::Plain || is_text {
        return Ok((text.to_string(), None));
    }
    let warning =
        Error::warning(Kind::Annotation, format!("the annotation `{name}` is not text; it is taken as `{shown}`"))
            .hint(format!("write `{name}: \"{shown}\"`"));
    Ok((shown, Some(warning)))
}

/// A number as Kubernetes prints it: `1.0` is `1`.
fn printed(digits: String) -> String {
    match digits.parse::<f64>() {
        Ok(float) if digits.contains(['.', 'e', 'E']) => float.to_string(),
        _ => digits,
    }
}

fn empty(name: &str) -> Error {
    Error::warning(Kind::Annotation, format!("the annotation `{name}` is empty"))
        .hint("give it a value, or take it out")
}

fn set_path(annotations: &mut Annotations, text: &str) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Err(empty(PATH_ANNOTATION));
    }
    annotations.path = Some(text.trim().to_owned());
    Ok(())
}

fn set_kv_version(annotations: &mut Annotations, text: &str) -> Result<(), Error> {
    annotations.kv_version = match text.trim() {
        "1" => Some(1),
        "2" => Some(2),
        _ => {
            return Err(Error::new(Kind::Annotation, format!("`{text}` is not a version of the KV engine"))
                .hint(format!("write `{PREFIX}kv-version: \"1\"` or `\"2\"`")));
        }
    };
    Ok(())
}

fn set_version(annotations: &mut Annotations, text: &str) -> Result<(), Error> {
    annotations.version = match text.trim() {
        "" | "latest" => None,
        digits => Some(digits.parse().map_err(|_| {
            Error::new(Kind::Annotation, format!("`{text}` is not a version"))
                .hint(format!("`{PREFIX}secret-version` is a number such as `\"3\"`, or `latest`"))
        })?),
    };
    Ok(())
}

fn set_ignore(annotations: &mut Annotations, text: &str) -> Result<(), Error> {
    annotations.ignore = bool(text, "ignore")?;
    Ok(())
}

fn set_namespace(annotations: &mut Annotations, text: &str) -> Result<(), Error> {
    annotations.namespace = Some(text.trim_matches('/').to_owned()).filter(|name| !name.is_empty());
    Ok(())
}

fn set_remove_missing(annotations: &mut Annotations, text: &str) -> Result<(), Error> {
    annotations.remove_missing = match text {
        "partial" => RemoveMissing::Partial,
        text if bool(text, "remove-missing")? => RemoveMissing::Yes,
        _ => RemoveMissing::No,
    };
    Ok(())
}

fn bool(text: &str, name: &str) -> Result<bool, Error> {
    switch::parse(text).ok_or_else(|| {
        let detail = format!("`{text}` is neither true nor false: `{PREFIX}{name}` counts as false");
        Error::warning(Kind::Annotation, detail).hint(format!("write `{PREFIX}{name}: \"true\"`"))
    })
}
