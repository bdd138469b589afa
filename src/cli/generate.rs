//! `generate`: the manifests with their placeholders filled, on stdout, or nothing.

use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use zeroize::Zeroizing;

use super::environment::Environment;
use super::given::Flags;
use super::offline::Offline;
use super::output;
use super::pass::Pass;
use crate::error::{Error, Errors, Kind};
use crate::render::{self, Edits, Options};
use crate::source::Source;
use crate::{input, report, yaml};

/// Render manifests to stdout: all of them, or nothing and exit code 1
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Files, folders, or `-` for stdin; without any, stdin
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<String>,

    /// Refuse output in which an inline placeholder is left, in any encoding
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
    pub(super) flags: Flags,
}

/// How many bytes are planned and filled at once: of larger inputs all is read first, and then part after part is filled.
const PART: usize = 1 << 18;

const AFTER_HELP: &str = "\
Examples:
  vault-render generate manifests/
  kustomize build overlays/prod | vault-render generate -
  vault-render generate manifests/ --secrets examples/plain/secrets.yaml
  vault-render generate manifests/ --offline record.json     masked, without a store: see `record`

In a folder every .yaml, .yml and .json is read, in the order of the names; hidden files, kustomizations and what belongs
to a chart (Chart.yaml, values*.yaml, templates/, charts/) are skipped.

Exit codes: 0 rendered, 1 something is wrong and nothing was printed, 2 wrong usage.";

/// Renders.
pub(super) fn run(args: &Args, environment: &Environment) -> ExitCode {
    if args.paths.is_empty() && environment.stdin_is_terminal {
        return output::usage(&no_input(), environment);
    }
    let stdin = ["-".to_owned()];
    let paths = if args.paths.is_empty() { &stdin[..] } else { &args.paths[..] };
    let pass = match args.offline.record(environment) {
        Ok(record) => Pass::new(&args.flags, args.options(), environment).offline(record),
        Err(error) => return output::fail_rendering(error, environment),
    };
    let render = if args.stream { stream } else { whole };
    let fine = render(args, paths, pass, environment);
    if fine { ExitCode::SUCCESS } else { ExitCode::from(output::FOUND) }
}

/// Everything at once: printed whole or not at all.
fn whole(args: &Args, paths: &[String], pass: Pass<'_>, environment: &Environment) -> bool {
    let (sources, errors) = input::read(paths, args.allow_empty, &environment.workspace);
    let whole = Whole { pass, empty: (!args.allows_empty(environment)).then(empty) };
    whole.print(&sources, errors, environment, &|error| error)
}

/// A rendering that is printed whole or not at all.
pub(super) struct Whole<'a> {
    pub(super) pass: Pass<'a>,
    /// What an output without a manifest is, if it is an error.
    pub(super) empty: Option<Error>,
}

impl Whole<'_> {
    /// Renders and prints `sources`, if nothing is wrong; whether nothing was. Each finding is shown as `shown` has it.
    pub(super) fn print(
        mut self,
        sources: &[Arc<Source>],
        mut errors: Errors,
        environment: &Environment,
        shown: &dyn Fn(Error) -> Error,
    ) -> bool {
        let parts = || render::chunks(sources, PART);
        if parts().nth(1).is_some() {
            self.pass.read_ahead(parts(), &mut errors);
        }
        let (mut output, mut texts) = (render::Joiner::default(), Vec::new());
        let (mut failed, mut found) = (errors.any(), report::in_order(errors, sources));
        for part in parts() {
            let mut errors = Errors::new();
            let rendered = self.pass.render(&part, &mut errors);
            failed |= errors.any();
            found.extend(report::in_order(errors, &part));
            if !failed {
                texts.push(Zeroizing::new(output.write_all(&part, &rendered).concat()));
            }
        }
        if !output.has_content() && !failed {
            failed = self.empty.is_some();
            found.extend(self.empty);
        }
        found.sort_by_key(|error| error.place.is_some());
        output::report(&found.into_iter().map(shown).collect::<Vec<_>>(), environment);
        let pieces: Vec<&[u8]> = texts.iter().map(|text| text.as_slice()).collect();
        !failed && output::print(&pieces, environment)
    }
}

/// Window by chunk: what is right before the first error is printed.
fn stream(args: &Args, paths: &[String], mut pass: Pass<'_>, environment: &Environment) -> bool {
    let (chunks, errors) = input::chunks(paths, args.allow_empty, yaml::split::boundary, &environment.workspace);
    let mut report = output::Report::new(environment);
    let mut stream = Stream::default();
    report.add(&report::in_order(errors, &[]));
    for chunk in chunks {
        let mut errors = Errors::new();
        let sources: Vec<Arc<Source>> = chunk.map_err(|error| errors.push(error)).into_iter().collect();
        let rendered = pass.render(&sources, &mut errors);
        report.add(&report::in_order(errors, &sources));
        if !report.failed() && !stream.write(&sources, &rendered, environment) {
            return false;
        }
    }
    if !report.failed() && !stream.output.has_content() {
        if !args.allows_empty(environment) {
            report.add(&[empty()]);
        } else if !output::print(&[&stream.waiting], environment) {
            return false;
        }
    }
    report.finish()
}

/// What `--stream` prints; comments wait for the first manifest, which may never come.
#[derive(Default)]
struct Stream {
    output: render::Joiner,
    waiting: Vec<u8>,
}

impl Stream {
    /// Prints what further sources add; false if that fails.
    fn write(&mut self, sources: &[Arc<Source>], edits: &Edits, environment: &Environment) -> bool {
        let pieces = self.output.write_all(sources, edits);
        if !self.output.has_content() {
            self.waiting.extend(pieces.concat());
            return true;
        }
        let waited = std::mem::take(&mut self.waiting);
        output::print(&[&[&waited[..]], &pieces[..]].concat(), environment)
    }
}

impl Args {
    fn options(&self) -> Options {
        Options { strict: self.strict, any: self.any }
    }

    /// Under the predecessor's name nothing in is nothing out; a folder without manifests is an error there as well.
    fn allows_empty(&self, environment: &Environment) -> bool {
        self.allow_empty || environment.is_predecessor
    }
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
