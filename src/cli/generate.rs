//! `generate`: the manifests with their placeholders filled, on stdout, or nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;

use super::build::is_here;
use super::environment::Environment;
use super::flags::Flags;
use super::mask::MaskFlags;
use super::offline::Offline;
use super::output;
use super::schema::SchemaFlags;
use super::separate::NamedFiles;
use super::sink::{StreamedOutput, WholeOutput};
use crate::error::{Error, Errors, Kind};
use crate::pass::Session;
use crate::render::{self, Leftovers, Options};
use crate::server::BuildCommand;
use crate::source::Source;
use crate::tool::Tool;
use crate::workspace::Workspace;
use crate::{input, yaml};

/// Render manifests to stdout: all of them, or nothing and exit code 1
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Files, folders, or `-` for stdin; without any, stdin
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<String>,

    /// Refuse output in which an inline placeholder is left, in any encoding; unset, it is a warning
    #[arg(long)]
    strict: bool,

    /// Render in constant memory; after an error the output is not complete
    #[arg(long)]
    stream: bool,

    /// Fill any YAML or JSON, values files too, not only Kubernetes objects
    #[arg(long)]
    any: bool,

    /// Accept an empty result, which makes Argo CD delete what it manages
    #[arg(long)]
    allow_empty: bool,

    /// Accepted for argocd-vault-plugin's sake, without effect: a secret is never printed on stderr
    #[arg(long)]
    verbose_sensitive_output: bool,

    #[command(flatten)]
    offline: Offline,

    #[command(flatten)]
    mask: MaskFlags,

    #[command(flatten)]
    pub(super) schemas: SchemaFlags,

    #[command(flatten)]
    pub(super) flags: Flags,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render generate manifests/
  kustomize build overlays/prod | vault-render generate -
  vault-render generate manifests/ --secrets examples/plain/secrets.yaml
  vault-render generate manifests/ --mask                    every value masked: valid manifests that may be shown
  vault-render generate manifests/ --offline record.json     masked, without a store: see `record`

In a folder every .yaml, .yml and .json is read, in the order of the names; hidden files, kustomizations and what belongs
to a chart (Chart.yaml, values*.yaml, templates/, charts/) are skipped, and files that hold `+argocd:skip-file-rendering`.

Exit codes: 0 rendered, 1 something is wrong and nothing was printed, 2 wrong usage.";

/// Renders manifests.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    if args.paths.is_empty() && environment.stdin_is_terminal {
        return Ok(output::usage(&no_input(), environment));
    }
    session.use_record(args.offline.record(session.workspace())?);
    let mut errors = Errors::new();
    let mask = args.mask.mask(session, &mut errors)?;
    session.use_mask(mask);
    let is_complete = match args.stream {
        true => args.stream(session, environment, errors).await?,
        false => args.print(session, environment, errors).await?,
    };
    Ok(output::rendered(is_complete))
}

impl Args {
    /// What `serve` does for an application in place of the command; else the part that it does not know.
    pub(super) fn served(&self) -> Result<BuildCommand, &'static str> {
        let is_here = matches!(&self.paths[..], [path] if is_here(Path::new(path)));
        let unknown = [
            ("a path other than `.`", !is_here),
            ("`--any`", self.any),
            ("`--mask`", self.mask.is_on()),
            ("`--offline`", self.offline.file().is_some()),
            ("`--schema`: `AVP_SCHEMA` names them for every call", self.schemas.are_given()),
        ];
        if let Some((part, _)) = unknown.iter().find(|(_, is_set)| *is_set) {
            return Err(part);
        }
        let (is_strict, may_be_empty, tool) = (self.strict, self.allow_empty, Some(Tool::Plain));
        Ok(BuildCommand { is_strict, may_be_empty, tool, ..BuildCommand::default() })
    }

    /// The files that the command names.
    pub(super) fn files(&self) -> NamedFiles {
        let inputs = self.paths.iter().filter(|path| *path != "-").map(PathBuf::from).collect();
        let flags = self.schemas.files().chain(self.offline.file()).chain(self.mask.file()).cloned().collect();
        NamedFiles { inputs, flags, ..NamedFiles::default() }
    }

    /// Renders everything, and prints it whole or not at all. Returns whether it was printed.
    async fn print(
        &self,
        session: &mut Session,
        environment: &Environment,
        mut errors: Errors,
    ) -> anyhow::Result<bool> {
        let (sources, unreadable) = input::read(&self.paths(), self.allow_empty, session.workspace());
        errors.extend(unreadable);
        errors.extend(sources.iter().filter_map(|source| self.not_an_object(source)));
        self.add_unbuilt(&mut errors, session.workspace());
        let mut output = WholeOutput::new(environment, &|error| error);
        let mut run = session.run(self.options(), environment);
        let is_complete = run.print(&sources, errors, self.empty(environment), &mut output).await?;
        output.finish(is_complete)?;
        Ok(is_complete)
    }

    /// Renders and prints chunk by chunk, up to the first error. Returns whether there was none.
    async fn stream(
        &self,
        session: &mut Session,
        environment: &Environment,
        mut errors: Errors,
    ) -> anyhow::Result<bool> {
        let (chunks, unreadable) =
            input::chunks(&self.paths(), self.allow_empty, yaml::split::boundary, session.workspace());
        errors.extend(unreadable);
        self.add_unbuilt(&mut errors, session.workspace());
        let mut output = StreamedOutput::new(environment);
        let mut warned: Vec<Error> = Vec::new();
        let chunks = chunks.inspect(|chunk| {
            let new = chunk.as_ref().ok().and_then(|source| self.not_an_object(source));
            warned.extend(new.filter(|error| !warned.last().is_some_and(|last| is_of_one_file(last, error))));
        });
        let mut run = session.run(self.options(), environment);
        let is_complete = run.stream(chunks, errors, self.empty(environment), &mut output).await?;
        output.warn(warned);
        output.finish();
        Ok(is_complete)
    }

    /// Adds a note for each chart or kustomization among the paths, of which only the manifests beside it are printed.
    fn add_unbuilt(&self, errors: &mut Errors, workspace: &Workspace) {
        // A folder without manifests is an error with the same hint.
        for path in self.paths.iter().filter(|_| !errors.any()).collect::<Vec<_>>() {
            let what = match Tool::of(|name| workspace.locate(path).join(name).is_file()) {
                Tool::Helm => "a Helm chart",
                Tool::Kustomize => "a kustomization",
                Tool::Plain => continue,
            };
            let detail = format!("`{path}` is {what}, of which `generate` prints only the manifests in the folder");
            errors.push(Error::note(Kind::Input, detail).hint(format!("`vault-render build {path}` builds it")));
        }
    }

    /// The warning about a file of a folder that Argo CD would refuse.
    fn not_an_object(&self, source: &Arc<Source>) -> Option<Error> {
        let is_named =
            |path: &String| Path::new(path).strip_prefix(".").unwrap_or(Path::new(path)) == Path::new(&source.name);
        let is_named = self.paths.is_empty() || source.name == "stdin" || self.paths.iter().any(is_named);
        if self.any || is_named { None } else { render::not_an_object(source) }
    }

    /// The paths as they are typed; without any, stdin.
    fn paths(&self) -> Vec<String> {
        if self.paths.is_empty() { vec!["-".to_owned()] } else { self.paths.clone() }
    }

    fn options(&self) -> Options {
        Options { leftovers: Leftovers::of_strict(self.strict), any: self.any }
    }

    /// The error of an output without a manifest, if it is one. Under the predecessor's name an empty input gives an empty output; a folder
    /// without manifests is an error there as well.
    fn empty(&self, environment: &Environment) -> Option<Error> {
        (!(self.allow_empty || environment.is_predecessor)).then(empty)
    }
}

fn is_of_one_file(one: &Error, other: &Error) -> bool {
    let name = |error: &Error| error.place.as_ref().map(|place| place.source.name.clone());
    name(one) == name(other)
}

/// An empty render would make Argo CD delete what it manages.
fn empty() -> Error {
    Error::new(Kind::Input, "the input holds no manifest").hint(
        "did the command before the pipe fail? `set -o pipefail` shows it; `--allow-empty` accepts an empty result",
    )
}

fn no_input() -> clap::Error {
    let message = "nothing to render: name files or folders, or pipe manifests in\n\n  \
                   vault-render generate manifests/\n  kustomize build . | vault-render generate -";
    let mut program = super::command();
    program.build();
    program.find_subcommand("generate").cloned().unwrap_or(program).error(ErrorKind::MissingRequiredArgument, message)
}
