//! The two sides rendered and compared. Files that are the same on both sides are counted, not rendered.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::environment::Environment;
use super::super::output;
use super::super::pass::Pass;
use super::Args;
use super::base::{Base, File, Files};
use crate::compare::{self, Comparison, Fate, Side};
use crate::error::{Error, Errors, Kind, Level};
use crate::render::{self, Mask};
use crate::report;
use crate::source::Source;

/// What changes; none if that cannot be said, for a reason that is reported.
pub(super) fn compare(args: &Args, base: &Base, environment: &Environment) -> Result<Option<Comparison>, Error> {
    let mut files = base.read(args, &environment.here(true))?;
    let mask = args.mask.mask(environment)?;
    let unchanged = files.take_unchanged();
    let pass = Pass::new(&args.flags, args.options(), environment).offline(args.offline.record()?);
    let mut renderer = Renderer { pass, mask };
    let after = renderer.side(&files.after, &mut files.errors);
    if files.errors.any() {
        output::report(&in_order(files.errors, &files.after), environment);
        return Ok(None);
    }
    let mut past_errors = Errors::new();
    let before = renderer.side(&files.before, &mut past_errors);
    let past_errors = harmless(past_errors, &files.errors);
    if past_errors.any() {
        output::report(&in_order(past_errors, &files.before), environment);
        return Ok(None);
    }
    let mut comparison = Comparison::new(before, after);
    comparison.unchanged += unchanged;
    comparison.base = args.base.clone();
    comparison.notes = files.notes;
    comparison.notes.extend(not_filled(&past_errors, &args.base));
    if comparison.changes.iter().any(|change| change.fate() == Fate::Changed) {
        comparison.find_only_secrets((&renderer.blank(&files.before), &renderer.blank(&files.after)));
    }
    let found = in_order(files.errors, &files.after).into_iter().chain(in_order(past_errors, &files.before));
    output::report(&found.collect::<Vec<_>>(), environment);
    Ok(Some(comparison))
}

/// Renders files as they may be shown.
struct Renderer<'a> {
    pass: Pass<'a>,
    mask: Mask,
}

impl Renderer<'_> {
    fn side(&mut self, files: &[File], errors: &mut Errors) -> Side {
        let mask = self.mask.clone();
        self.masked(files, &mask, errors)
    }

    /// The same, every fingerprint the same; what is wrong is known already.
    fn blank(&mut self, files: &[File]) -> Side {
        self.masked(files, &Mask::blank(), &mut Errors::new())
    }

    fn masked(&mut self, files: &[File], mask: &Mask, errors: &mut Errors) -> Side {
        let sources = sources(files);
        let rendered = self.pass.render_masked(&sources, mask, errors);
        let mut side = Side::new();
        for file in files {
            for document in render::written(&file.source, &rendered) {
                side.add(&file.source.name, &file.key, document.line, &String::from_utf8_lossy(&document.text));
            }
        }
        side
    }
}

impl Files {
    /// Takes out what is the same on both sides; how many resources that is.
    fn take_unchanged(&mut self) -> usize {
        let past: HashMap<&str, &Arc<Source>> =
            self.before.iter().map(|file| (file.key.as_str(), &file.source)).collect();
        let is_same = |file: &File| past.get(file.key.as_str()).is_some_and(|past| past.bytes == file.source.bytes);
        let (same, after): (Vec<File>, Vec<File>) = std::mem::take(&mut self.after).into_iter().partition(is_same);
        let keys: HashSet<&str> = same.iter().map(|file| file.key.as_str()).collect();
        self.before.retain(|file| !keys.contains(file.key.as_str()));
        self.after = after;
        same.iter().map(|file| compare::count(&file.source.bytes)).sum()
    }
}

/// What was wrong before is no reason not to see what changes, unless the run itself was stopped. What is wrong in the same
/// way now is said once.
fn harmless(errors: Errors, now: &Errors) -> Errors {
    let mut out = Errors::new();
    let said = |error: &Error| error.place.is_none() && now.iter().any(|other| other.detail == error.detail);
    let errors = errors.into_iter().filter(|error| !said(error));
    let was_stopped = |error: &Error| error.kind == Kind::Store && error.place.is_none();
    out.extend(errors.map(|error| match was_stopped(&error) {
        true => error,
        false => Error { level: error.level.min(Level::Warning), ..error },
    }));
    out
}

fn not_filled(errors: &Errors, base: &str) -> Option<String> {
    let count = errors.iter().filter(|error| error.level == Level::Warning).count();
    let what = if count == 1 { "one thing is".to_owned() } else { format!("{count} things are") };
    (count > 0)
        .then(|| format!("{what} wrong at `{base}`: placeholders that cannot be filled there stay as they are written"))
}

fn in_order(errors: Errors, files: &[File]) -> Vec<Error> {
    report::in_order(errors, &sources(files))
}

fn sources(files: &[File]) -> Vec<Arc<Source>> {
    files.iter().map(|file| file.source.clone()).collect()
}
