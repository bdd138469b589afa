//! Findings in what helm and kustomize print, traced to the file that somebody wrote. What a file shows itself is reported once.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem;
use zeroize::Zeroizing;

use crate::error::{Error, Errors, Level, Subject};
use crate::input::{CHART, KUSTOMIZATIONS};
use crate::pass::build::CheckedFiles;
use crate::source::{Place, Source, Span};
use crate::tool::NOT_BUILT;
use crate::workspace::Workspace;

/// The shortest text that is searched in files: a shorter one stands in many.
const SHORTEST: usize = 6;

/// The spellings of what a finding is about.
type Spellings = Vec<Zeroizing<Vec<u8>>>;

/// The findings, those in outputs at the places in files that they come from.
pub(super) fn in_sources(errors: Errors, files: &CheckedFiles, workspace: &Workspace) -> Errors {
    let is_output = |error: &Error| {
        error.place.as_ref().is_some_and(|place| files.outputs.iter().any(|output| Arc::ptr_eq(output, &place.source)))
    };
    let (outputs, mut list): (Vec<Error>, Vec<Error>) = errors.into_iter().partition(is_output);
    let outputs: Vec<Error> = outputs.into_iter().filter(|error| !is_written(error, &list, files)).collect();
    let mut seen = HashSet::new();
    for error in files.built.name_templates(outputs, workspace) {
        let error = traced(error, files);
        let place = error.place.as_ref().map(|place| (Arc::as_ptr(&place.source), place.span));
        if seen.insert((error.rule, error.to_string(), place)) {
            list.push(error);
        }
    }
    let mut errors = Errors::new();
    errors.extend(list.into_iter().map(|error| not_built(error, files)));
    errors
}

/// Whether the finding in an output is one about a file, too, which the tool has read.
fn is_written(error: &Error, list: &[Error], files: &CheckedFiles) -> bool {
    let Some(place) = &error.place else { return false };
    let Some(folder) = files.built.folder_of(&place.source.name) else { return false };
    let read: HashSet<*const Source> = files.read_for(&folder.name).map(Arc::as_ptr).collect();
    let spellings = spellings(error);
    list.iter().filter(|other| other.rule == error.rule).any(|other| {
        let is_read = other.place.as_ref().is_some_and(|place| read.contains(&Arc::as_ptr(&place.source)));
        is_read && self::spellings(other).iter().any(|text| spellings.contains(text))
    })
}

/// A finding in an output at the place that it comes from, or else at the file that makes the output.
fn traced(mut error: Error, files: &CheckedFiles) -> Error {
    let Some(place) = error.place.clone() else { return error };
    let Some(folder) = files.built.folder_of(&place.source.name) else { return error };
    let spellings = spellings(&error);
    let origin = place.origin.as_ref().and_then(|name| file(name, files));
    // A placeholder may come from values that the operator's words name, anywhere. A secret elsewhere is another one.
    let elsewhere = files.all().filter(|_| !error.hidden);
    let written = origin.into_iter().chain(files.read_for(&folder.name)).chain(elsewhere);
    let exact = written.into_iter().find_map(|source| Some((source, position(source, &spellings)?)));
    let whole = || Some((origin.or_else(|| mark(&folder.name, files))?, Span::new(0, 0)));
    let is_exact = exact.is_some();
    let Some((source, span)) = exact.or_else(whole) else { return error };
    if !is_exact {
        error.detail = format!("{}, in the output of `{}`", error.detail, folder.tool.command());
    }
    error.place = Some(Place { source: source.clone(), span, origin: None, ..place });
    error
}

/// A chart that wants values is a warning at its `Chart.yaml`: whoever checks it need not have them.
fn not_built(mut error: Error, files: &CheckedFiles) -> Error {
    if error.rule != NOT_BUILT {
        return error;
    }
    if let Some(Subject::Folder(folder)) = &error.subject
        && let Some(source) = mark(Path::new(folder).strip_prefix(".").unwrap_or(Path::new(folder)), files)
    {
        error.place = Some(Place::new(source.clone(), Span::new(0, 0)));
    }
    Error { level: Level::Warning, ..error }
}

fn file<'f>(name: &str, files: &'f CheckedFiles) -> Option<&'f Arc<Source>> {
    files.all().find(|source| source.name == name)
}

/// The file that makes a folder a chart or a kustomization: a finding about all of it stands there.
fn mark<'f>(folder: &Path, files: &'f CheckedFiles) -> Option<&'f Arc<Source>> {
    [CHART].iter().chain(&KUSTOMIZATIONS).find_map(|name| file(&folder.join(name).to_string_lossy(), files))
}

/// Where one of some spellings stands in a source.
fn position(source: &Source, spellings: &Spellings) -> Option<Span> {
    spellings
        .iter()
        .filter(|text| text.len() >= SHORTEST)
        .find_map(|text| memmem::find(&source.bytes, text).map(|start| Span::new(start, start + text.len())))
}

/// What a finding is about, as it stands in the text, decoded, and as the placeholder that it names.
fn spellings(error: &Error) -> Spellings {
    let place = error.place.as_ref();
    let text = place.and_then(|place| place.source.bytes.get(place.span.range())).unwrap_or_default().trim_ascii();
    let decoded = STANDARD_NO_PAD.decode(text.split(|byte| *byte == b'=').next().unwrap_or_default());
    let placeholder = match &error.subject {
        Some(Subject::Placeholder { written, .. }) => written.clone().into_bytes(),
        _ => Vec::new(),
    };
    let texts = [text.to_vec(), decoded.unwrap_or_default().trim_ascii().to_vec(), placeholder];
    texts.into_iter().filter(|text| !text.is_empty()).map(Zeroizing::new).collect()
}
