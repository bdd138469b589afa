//! `migrate --compare`: the same manifests and store through argocd-vault-plugin and through us, object by object, masked.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;

use super::super::environment::Environment;
use super::super::filled_objects::filled_objects;
use super::super::output;
use super::Args;
use super::program::{self, Printed};
use crate::compare::Comparison;
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::live::{self, Objects};
use crate::pass::build::InputFiles;
use crate::pass::{Session, watched};
use crate::render::{Joiner, Options};
use crate::report;
use crate::source::{ResourceId, Source};
use crate::value::Value;
use crate::words::{count, list};

/// How many objects a note names.
const MOST: usize = 5;

/// How many characters of a message are shown.
const LONGEST: usize = 400;

/// Compares what both print.
pub(super) async fn run(
    program: &str,
    args: &Args,
    session: &mut Session,
    environment: &Environment,
) -> anyhow::Result<ExitCode> {
    if args.flags.secrets().is_some() {
        return Err(no_secrets().into());
    }
    let mut errors = Errors::new();
    let mask = args.mask.mask(session, &mut errors)?;
    let (sources, found, built) =
        InputFiles::read_all(args.paths.list(), &(&args.build).into(), session, environment).await;
    errors.extend(found);
    if errors.any() {
        output::report(&built.name_templates(report::in_order(errors, &sources), session.workspace()), environment);
        return Ok(ExitCode::from(output::FAILED));
    }
    let objects = filled_objects(Options::default(), &sources, session, environment, &mut errors).await;
    let what = format!("running {program}");
    let printed = watched(environment, what, theirs(program, args, &sources, environment)).await;
    let printed =
        printed.unwrap_or_else(|stopped| Err(Error::new(Kind::Input, format!("{stopped} while `{program}` ran"))))?;
    let have_we_failed = errors.any();
    output::report(&built.name_templates(report::in_order(errors, &sources), session.workspace()), environment);
    if let Some(message) = &printed.failure {
        output::report(&[failure(program, &objects.redact(message), have_we_failed)], environment);
        return Ok(ExitCode::from(if have_we_failed { output::FAILED } else { output::FOUND }));
    }
    if have_we_failed {
        let note = format!("`{program}` succeeds where vault-render fails");
        output::report(&[Error::note(Kind::Input, note)], environment);
        return Ok(ExitCode::from(output::FOUND));
    }
    let (comparison, is_same) = compare(program, &objects, &printed, &mask)?;
    output::write(&[report::diff::text(&comparison, environment.stdout_colour()).as_bytes()])?;
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::from(output::FOUND) })
}

/// What the program prints of the same manifests: it reads plain files and folders itself, and what tools have built from a pipe.
async fn theirs(
    program: &str,
    args: &Args,
    sources: &[Arc<Source>],
    environment: &Environment,
) -> Result<Printed, Error> {
    let (workspace, flags) = (&environment.workspace, args.flags.of_predecessor());
    let words = |path: &str| [vec!["generate".to_owned(), path.to_owned()], flags.clone()].concat();
    let paths = args.paths.list();
    let is_plain = input::buildable_folders(paths, workspace).is_empty() && !paths.iter().any(|path| path == "-");
    if !is_plain {
        let joined = Joiner::default().write_all(sources, &crate::render::Edits::default()).concat();
        return program::run(program, &words("-"), &joined, workspace).await;
    }
    let mut all = Printed { stdout: Vec::new().into(), failure: None };
    for path in paths {
        let printed = program::run(program, &words(path), b"", workspace).await?;
        all.stdout.extend_from_slice(b"---\n");
        all.stdout.extend_from_slice(&printed.stdout);
        all.failure = all.failure.or(printed.failure);
    }
    Ok(all)
}

/// The changes from the program's objects to ours, and whether there are none.
fn compare(
    program: &str,
    objects: &Objects,
    printed: &Printed,
    mask: &crate::render::Mask,
) -> Result<(Comparison, bool), Error> {
    let text = String::from_utf8_lossy(&printed.stdout);
    let (theirs, nameless) = live::printed(&text).map_err(|cause| {
        Error::new(Kind::Syntax, format!("what `{program}` prints cannot be read")).cause(objects.redact(&cause))
    })?;
    let mut by_id: HashMap<ResourceId, Vec<Value>> = HashMap::new();
    theirs.into_iter().rev().for_each(|(id, value)| by_id.entry(id).or_default().push(value));
    let others: Vec<Option<Value>> =
        objects.list.iter().map(|object| by_id.get_mut(&*object.id).and_then(Vec::pop)).collect();
    let mut extra: Vec<String> =
        by_id.iter().filter(|(_, left)| !left.is_empty()).map(|(id, _)| objects.redact(&id.to_string())).collect();
    extra.sort();
    let sides = objects.against(&others, mask);
    let mut comparison = Comparison::new(sides.before, sides.after);
    comparison.find_only_secrets((&sides.blank.0, &sides.blank.1));
    comparison.base = program.to_owned();
    let is_same = comparison.changes.is_empty() && extra.is_empty() && nameless == objects.nameless;
    if !extra.is_empty() {
        comparison.notes.push(format!("only `{program}` prints {}", list::few_quoted(&extra, MOST)));
    }
    if objects.nameless + nameless > 0 {
        let documents = count::of(objects.nameless, "document");
        comparison
            .notes
            .push(format!("{documents} without a name here, and {nameless} there: they are counted, not compared"));
    }
    Ok((comparison, is_same))
}

/// The error that the program failed, with the line of its message that says why.
fn failure(program: &str, message: &str, have_we_failed: bool) -> Error {
    let line = message.lines().find(|line| line.starts_with("Error:")).or(message.lines().next_back());
    let line: String = line.unwrap_or_default().chars().take(LONGEST).collect();
    let end = if have_we_failed { "" } else { ", and vault-render does not" };
    let error = Error::new(Kind::Input, format!("`{program}` fails{end}")).cause(line);
    error.hint("both get the same environment, `-c` and `-s`: run it by itself to see more")
}

fn no_secrets() -> Error {
    Error::new(Kind::Setting, "argocd-vault-plugin reads no secrets from a file")
        .hint("leave out `--secrets`, and set what both need to reach the store: `VAULT_ADDR`, a login")
}
