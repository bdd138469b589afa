//! `check`: findings on stdout, and no manifest. It is the pass of `generate`, ended before it fills, for all that a repository holds.

mod findings;
mod format;
mod levels;
mod locate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;

use super::empty_stdin::EmptyStdin;
use super::environment::Environment;
use super::flags::Flags;
use super::judge::JudgeFlags;
use super::output;
use super::paths::Paths;
use super::save::save;
use super::schema::SchemaFlags;
use super::tools::BuildFlags;
use crate::error::{Error, Kind, Level};
use crate::input::ChangedFiles;
use crate::lint::{self, Baseline};
use crate::pass::build::{BuildPlan, CheckedFiles, Wanted};
use crate::pass::{Session, read_flag_file};

use findings::Check;
use format::{Format, Written};

/// Find what is wrong before anything ships; no manifest is printed
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) paths: Paths,

    /// Ask the store as well: missing keys, denied paths, deleted versions
    #[arg(long)]
    online: bool,

    /// The format of the findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Check only files that differ from a Git revision
    #[arg(long, value_name = "REV")]
    since: Option<String>,

    /// Accept placeholders in any YAML or JSON, values files too, not only in Kubernetes objects
    #[arg(long)]
    any: bool,

    /// Accept the findings that FILE names by their fingerprints
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write what is found to FILE, for `--baseline`
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,

    /// Explain a rule, with an example that breaks it
    #[arg(long, value_name = "RULE", value_parser = known_rules(), hide_possible_values = true)]
    explain: Option<String>,

    /// List the rules with their levels
    #[arg(long)]
    list_rules: bool,

    #[command(flatten)]
    pub(super) judge: JudgeFlags,

    #[command(flatten)]
    empty_stdin: EmptyStdin,

    #[command(flatten)]
    build: BuildFlags,

    #[command(flatten)]
    pub(super) schemas: SchemaFlags,

    #[command(flatten)]
    pub(super) flags: Flags,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render check                                   the current folder
  vault-render check manifests/ --online               with what only the store knows; nothing is created there
  vault-render check --since origin/main               what a branch has changed
  vault-render check --policy policy.yaml --as project=shop,app=web
                                                       what the policy file would deny, in a pull request
  kustomize build overlays/prod | vault-render check -
  vault-render check chart/ -- -f chart/prod.yaml      charts and kustomizations are built, as `build` does it
  vault-render check $(git ls-files)                   files are judged by what they are; nothing is built
  vault-render check --format sarif > check.sarif      for code scanning; docs/ci.md has whole pipelines
  vault-render check --write-baseline baseline.json    accept what is known; then --baseline baseline.json
  vault-render check --list-rules                      every rule; then --explain not-base64

Every rule is in docs/rules.md. A note is worth knowing and does not count as found.

Exit codes: 0 nothing found, 1 errors or warnings, 2 failed: a file, a setting or the store.";

/// Checks the texts.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    if let Some(rule) = args.explain.as_deref().and_then(lint::find) {
        return output::finish(&lint::explain(rule));
    }
    if args.list_rules {
        return output::finish(&lint::list());
    }
    let mut files = args.read(session, environment).await?;
    let found = Check { args, environment }.findings(&mut files, session).await;
    let (about_settings, found): (Vec<Error>, Vec<Error>) = found.into_iter().partition(is_about_settings);
    output::report(&about_settings, environment);
    Ok(ExitCode::from(args.end(found, &files, environment)?))
}

/// The exit code for these findings. Notes do not count.
fn code(found: &[Error]) -> u8 {
    if found.iter().any(Error::is_failure) {
        output::FAILED
    } else if found.iter().any(|error| error.level > Level::Note) {
        output::FOUND
    } else {
        0
    }
}

/// Whether the finding warns of a setting: it says nothing about the manifests.
fn is_about_settings(error: &Error) -> bool {
    error.level == Level::Warning && error.kind == Kind::Setting && error.place.is_none()
}

fn unreadable(baseline: &Path, error: &dyn std::fmt::Display) -> Error {
    let detail = format!("cannot read the baseline `{}`", baseline.display());
    Error::new(Kind::Input, detail).cause(error.to_string()).hint("`--write-baseline FILE` writes one")
}

impl Args {
    /// Prints the findings that the baseline does not accept, or writes the baseline. Returns the exit code.
    fn end(&self, found: Vec<Error>, files: &CheckedFiles, environment: &Environment) -> anyhow::Result<u8> {
        if let Some(path) = &self.write_baseline {
            let (failed, found): (Vec<Error>, Vec<Error>) = found.into_iter().partition(Error::is_failure);
            save(path, &Baseline::of(&found).text(), &environment.workspace)?;
            let written = Written { findings: found.len(), file: path };
            output::write(&[self.format.written(&failed, &written, files, environment).as_bytes()])?;
            return Ok(code(&failed));
        }
        let found = match &self.baseline {
            Some(path) => {
                let bytes = read_flag_file(path, &environment.workspace, |refusal| unreadable(path, &refusal))?;
                let text = std::str::from_utf8(&bytes).map_err(|error| unreadable(path, &error))?;
                Baseline::parse(text)?.new_ones(found)
            }
            None => found,
        };
        output::write(&[self.format.shown(&found, files, environment).as_bytes()])?;
        Ok(code(&found))
    }

    /// The texts, and the outputs of the charts and kustomizations among them.
    async fn read(&self, session: &mut Session, environment: &Environment) -> Result<CheckedFiles, Error> {
        let workspace = session.workspace();
        let changed = self.since.as_ref().map(|revision| ChangedFiles::since(revision, workspace)).transpose()?;
        let file = |path: &Path| changed.as_ref().is_none_or(|changed| changed.contains(path));
        let folder = |path: &Path| changed.as_ref().is_none_or(|changed| changed.has_below(path));
        let options = (&self.build).into();
        let mut plan = BuildPlan::new(&options, session, environment);
        let paths = self.paths.list();
        let mut files = CheckedFiles::read(paths, &mut plan, Wanted { file: &file, folder: &folder }).await?;
        files.errors.extend(self.empty_stdin.error(paths, &files.texts.manifests));
        Ok(files)
    }
}

fn known_rules() -> PossibleValuesParser {
    PossibleValuesParser::new(lint::rules().map(|rule| rule.id))
}
