//! Files with documents that are plainly no objects of Kubernetes, found without parsing. Pure.

use std::sync::Arc;

use memchr::memmem;

use super::joiner::has_content;
use crate::error::{Error, Kind};
use crate::source::{Place, Source, Span};
use crate::yaml::split::split;

/// The keys that every object has.
const KEYS: [&[u8]; 2] = [b"apiVersion", b"kind"];

/// A warning about the first document of a source that lacks a key which every object has.
pub(crate) fn not_an_object(source: &Arc<Source>) -> Option<Error> {
    let lacks = |document: &Span| {
        let text = &source.bytes[document.range()];
        has_content(text) && !KEYS.iter().all(|key| memmem::find(text, key).is_some())
    };
    let document = split(&source.bytes).find(lacks)?;
    let start = source.bytes[document.range()].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let at = Span::new(document.start + start, document.start + start);
    let detail = "a document without `apiVersion` and `kind`: Argo CD refuses the application that it is part of";
    let hint = "move the file out of the folder, or let the line `# +argocd:skip-file-rendering` leave it out";
    Some(Error::warning(Kind::NotKubernetes, detail).hint(hint).hidden().at(Place::new(source.clone(), at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_document_without_the_keys_of_an_object_is_found() {
        let object = "apiVersion: v1\nkind: ConfigMap\n";
        for (text, line) in [
            (object.to_owned(), None),
            ("# nothing\n---\n".to_owned(), None),
            ("{\"name\": \"web\"}".to_owned(), Some(1)),
            (format!("{object}---\na: 1\n"), Some(3)),
            (format!("\n\na: 1\n---\n{object}"), Some(3)),
            ("kind: ConfigMap\n".to_owned(), Some(1)),
        ] {
            let found = not_an_object(&Arc::new(Source::new("x", text.as_str())));
            assert_eq!(found.map(|error| error.place.unwrap().line_column().0), line, "{text}");
        }
    }
}
