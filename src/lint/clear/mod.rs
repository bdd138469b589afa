//! Rules about secrets committed in clear: tokens and private keys of a known form, in any text and in base64, and literal values
//! in Secrets. A finding names the kind of secret, and quotes nothing of it.

mod encoded;
mod forms;
mod key;
mod leak;
mod literal;
mod scan;
#[cfg(test)]
mod tests;
mod tool_input;

use std::collections::HashMap;
use std::sync::Arc;

use super::{Detector, Rule};
use crate::error::{Error, Kind, Level};
use crate::render::{Document, Survey};
use crate::source::{Place, Source};

pub use forms::forms;

use leak::{Leak, LeakKind};

const TOKEN: &str = "known-token";
const KEY: &str = "private-key";
const LITERAL: &str = "secret-in-data";

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: LITERAL,
        level: Level::Error,
        doc: "a Secret with a literal value in `data` or `stringData`",
        explanation: "Everybody who may read the repository can read a committed value, as long as its history is kept. \
            Base64 hides nothing. Keep the value in the store and put a placeholder in its place; if the value was in use, \
            change it. Empty values, booleans, certificates, public keys and what another tool fills in (`{{ … }}`, `${…}`) \
            are fine. It is a note where the key does not name a secret, such as `username` or `host`. A literal of a kustomization's \
            `secretGenerator` counts as well, and a password in a chart's values is a warning.",
        example: "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: correct horse\n",
        detector: Detector::Document(find_literals),
    },
    Rule {
        id: TOKEN,
        level: Level::Error,
        doc: "a token of a known form in clear, in any file",
        explanation: "Tokens of Vault, clouds, code hosts, package registries and many services are known by their form; \
            base64 and JSON are searched as well. Whoever may read the repository can use it. Revoke the token, keep the new one in \
            the store, and put a placeholder in its place. A token that says that it is an example is only a note.",
        example: "",
        detector: Detector::Text(find_leaks),
    },
    Rule {
        id: KEY,
        level: Level::Error,
        doc: "a private key in clear, in any file",
        explanation: "Private keys in PEM (RSA, EC, PKCS#8, OpenSSH, PGP, cosign), PuTTY's and age's are found, in base64 and \
            JSON as well. Replace the key and its certificate, keep the new one in the store, and put a placeholder in its \
            place. An encrypted key is as safe as its passphrase.",
        example: "",
        detector: Detector::Pass,
    },
];

/// Whether a rule is about secrets in clear, whose text must not be shown.
pub(super) fn is_about_a_secret(rule: &str) -> bool {
    [TOKEN, KEY, LITERAL].contains(&rule)
}

fn find_literals(document: &Document<'_>, found: &mut Vec<Error>) {
    literal::find(document, found);
    tool_input::find(document, found);
}

fn find_leaks(source: &Arc<Source>, found: &mut Vec<Error>) {
    found.extend(scan::leaks(&source.bytes).iter().map(|leak| finding(leak, source)));
}

fn finding(leak: &Leak, source: &Arc<Source>) -> Error {
    let (rule, name, remedy) = match leak.kind {
        LeakKind::Token(name) => (TOKEN, name, "revoke it"),
        LeakKind::Key(name) => (KEY, name, "replace it"),
    };
    let encoded = if leak.is_encoded { ", in base64" } else { "" };
    let hint = match leak.is_example {
        true => "it says that it is an example: `# vault-render: allow known-token REASON` accepts it".to_owned(),
        false => format!("{remedy}, keep the new one in the store, and put a placeholder here"),
    };
    let level = if leak.is_example { Level::Note } else { Level::Error };
    let error = Error::new(Kind::Value, format!("{name} in clear{encoded}")).rule(rule).hint(hint).hidden();
    Error { level, ..error }.at(Place::new(source.clone(), leak.span))
}

/// Adds the resource and the field to findings in manifests.
pub(super) fn locate(survey: &Survey<'_>, found: &mut [Error]) {
    let documents = Documents::of(survey);
    for error in found.iter_mut().filter(|error| is_about_a_secret(error.rule)) {
        let Some(place) = error.place.as_mut().filter(|place| place.resource.is_none()) else { continue };
        let Some(document) = documents.around(&place.source, place.span.start) else { continue };
        let Some(node) = document.node_at(place.span.start) else { continue };
        let located = document.place(node);
        let field = located.field.filter(|_| document.tree.text(node).is_some());
        *place = Place { span: place.span, field, ..located };
    }
}

/// The documents of a survey, by source.
pub(super) struct Documents<'d, 's> {
    of: HashMap<*const Source, Vec<&'d Document<'s>>>,
}

impl<'d, 's> Documents<'d, 's> {
    pub(super) fn of(survey: &'d Survey<'s>) -> Self {
        let mut of: HashMap<_, Vec<_>> = HashMap::new();
        for document in survey.documents() {
            of.entry(Arc::as_ptr(&document.source)).or_default().push(document);
        }
        Self { of }
    }

    /// The document around a byte of a source.
    pub(super) fn around(&self, source: &Arc<Source>, at: usize) -> Option<&'d Document<'s>> {
        let documents = self.of.get(&Arc::as_ptr(source))?;
        let before = documents.partition_point(|document| document.span.start <= at);
        documents[..before].last().copied().filter(|document| document.span.range().contains(&at))
    }
}
