//! The two sides rendered and compared. Documents that are the same on both sides are counted, not rendered.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::environment::Environment;
use super::super::output;
use super::base::{Base, File, Files};
use super::{Args, Difference};
use crate::compare::{self, ChangeKind, Comparison, Side};
use crate::error::{Error, Errors, Kind, Level};
use crate::pass::{Run, Session};
use crate::render::{self, Mask};
use crate::report;
use crate::source::Source;
use crate::words::count;
use crate::yaml::split::split;

/// Compares two sides.
pub(super) async fn compare(
    args: &Args,
    base: &Base,
    session: &mut Session,
    environment: &Environment,
) -> anyhow::Result<Option<Difference>> {
    let mut files = base.read(args, session, environment).await?;
    let mask = args.mask.mask(session, &mut files.errors)?;
    let all = [sources(&files.after), sources(&files.before)].concat();
    let unchanged = files.take_unchanged();
    session.use_record(args.offline.record(session.workspace())?);
    let mut renderer = Renderer { run: session.preview(args.options(), environment), mask };
    // What describes a changed resource may itself be unchanged.
    renderer.run.learn(&all);
    let after = renderer.side(&files.after, &mut files.errors).await;
    if files.errors.any() {
        let mut errors = std::mem::take(&mut files.errors);
        errors.extend(std::mem::take(&mut files.build_errors));
        output::report(&in_order(errors, &files.after, &files, environment), environment);
        return Ok(None);
    }
    let mut base_errors = std::mem::take(&mut files.base_build_errors);
    let before = renderer.side(&files.before, &mut base_errors).await;
    let base_errors = as_warnings(base_errors, &files.errors);
    if base_errors.any() {
        output::report(&in_order(base_errors, &files.before, &files, environment), environment);
        return Ok(None);
    }
    let mut comparison = Comparison::new(before, after);
    comparison.unchanged += unchanged;
    comparison.base = base.name().to_owned();
    comparison.notes = std::mem::take(&mut files.notes);
    comparison.notes.extend(not_filled(&base_errors, base.name()));
    if comparison.changes.iter().any(|change| change.kind() == ChangeKind::Changed) {
        let (before, after) = (renderer.blank(&files.before).await, renderer.blank(&files.after).await);
        comparison.find_only_secrets((&before, &after));
    }
    let is_complete = !files.build_errors.any();
    let mut errors = std::mem::take(&mut files.errors);
    errors.extend(std::mem::take(&mut files.build_errors));
    let found = [
        in_order(errors, &files.after, &files, environment),
        in_order(base_errors, &files.before, &files, environment),
    ];
    output::report(&found.concat(), environment);
    Ok(Some(Difference { comparison, is_complete }))
}

/// Renders files as they may be shown.
struct Renderer<'s> {
    run: Run<'s>,
    mask: Mask,
}

impl Renderer<'_> {
    async fn side(&mut self, files: &[File], errors: &mut Errors) -> Side {
        let mask = self.mask.clone();
        self.masked(files, &mask, errors).await
    }

    /// The files with one fingerprint for all values. Their errors are known already.
    async fn blank(&mut self, files: &[File]) -> Side {
        self.masked(files, &Mask::blank(), &mut Errors::new()).await
    }

    async fn masked(&mut self, files: &[File], mask: &Mask, errors: &mut Errors) -> Side {
        let sources = sources(files);
        let edits = self.run.render_marked(&sources, mask, errors).await;
        let mut side = Side::new();
        for file in files {
            for document in render::rendered_documents(&file.source, &edits) {
                side.add(&file.source.name, &file.key, document.line, &String::from_utf8_lossy(&document.text));
            }
        }
        side
    }
}

impl Files {
    /// Takes out the documents that are equal on both sides. Returns how many resources these are.
    fn take_unchanged(&mut self) -> usize {
        let mut past: HashMap<(&str, &[u8]), usize> = HashMap::new();
        for file in &self.before {
            for document in split(&file.source.bytes) {
                *past.entry((&file.key, &file.source.bytes[document.range()])).or_default() += 1;
            }
        }
        let mut unchanged = 0;
        let mut take = |document| {
            let Some(left) = past.get_mut(&document).filter(|left| **left > 0) else { return false };
            *left -= 1;
            true
        };
        let after = documents(&self.after, |document| {
            let is_old = take(document);
            unchanged += if is_old { compare::count(document.1) } else { 0 };
            !is_old
        });
        let before = documents(&self.before, take);
        (self.before, self.after) = (before, after);
        unchanged
    }
}

/// The documents that are wanted, each as a file of its own that knows its first line.
fn documents<'f>(files: &'f [File], mut wanted: impl FnMut((&'f str, &'f [u8])) -> bool) -> Vec<File> {
    let mut out = Vec::new();
    for file in files {
        let mut lines = file.source.lines();
        for document in split(&file.source.bytes) {
            let (text, line) = (&file.source.bytes[document.range()], lines.number(document.start));
            if wanted((&file.key, text)) {
                let source = Source::window(file.source.name.clone(), text, line);
                out.push(File { key: file.key.clone(), source: Arc::new(source) });
            }
        }
    }
    out
}

/// Errors at the base do not hide the changes, unless the run itself was stopped: they become warnings. An error that is found now as well
/// is left out.
fn as_warnings(errors: Errors, now: &Errors) -> Errors {
    let mut out = Errors::new();
    let is_known =
        |error: &Error| error.place.is_none() && now.iter().any(|other| other.to_string() == error.to_string());
    let errors = errors.into_iter().filter(|error| !is_known(error));
    let is_of_store = |error: &Error| matches!(error.kind, Kind::Store | Kind::Unavailable);
    let was_stopped = |error: &Error| is_of_store(error) && error.place.is_none();
    out.extend(errors.map(|error| match was_stopped(&error) {
        true => error,
        false => Error { level: error.level.min(Level::Warning), ..error },
    }));
    out
}

fn not_filled(errors: &Errors, base: &str) -> Option<String> {
    let count = errors.iter().filter(|error| error.level == Level::Warning && error.place.is_some()).count();
    let things = count::of_subject(count, "thing");
    (count > 0).then(|| {
        format!("{things} wrong at `{base}`: placeholders that cannot be filled there stay as they are written")
    })
}

/// The findings in the order of a side's files.
fn in_order(errors: Errors, side: &[File], files: &Files, environment: &Environment) -> Vec<Error> {
    files.built.name_templates(report::in_order(errors, &sources(side)), &environment.workspace)
}

fn sources(files: &[File]) -> Vec<Arc<Source>> {
    files.iter().map(|file| file.source.clone()).collect()
}
