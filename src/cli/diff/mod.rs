//! `diff`: the changes, resource by resource, between two masked renderings.

mod base;
mod live;
mod sides;

use std::process::ExitCode;

use clap::ValueEnum;
use clap::error::ErrorKind;

use super::environment::Environment;
use super::flags::Flags;
use super::mask::MaskKey;
use super::offline::Offline;
use super::output;
use super::paths::Paths;
use super::schema::SchemaFlags;
use super::tools::BuildFlags;
use crate::compare::Comparison;
use crate::error::Error;
use crate::input::MergeBase;
use crate::pass::Session;
use crate::render::Options;
use crate::report;
use crate::workspace::Workspace;

use base::Base;

/// Show what changes, resource by resource, without showing a secret
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) paths: Paths,

    /// The other side: a Git revision, a folder or file, or the objects of a cluster; unset, where the branch left its upstream
    #[arg(long, value_name = "REV|DIR|live")]
    base: Option<String>,

    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Fill any YAML or JSON, values files too, not only Kubernetes objects
    #[arg(long)]
    any: bool,

    /// With `--base live`: the field manager that applies the manifests, e.g. `argocd-controller`
    #[arg(long, value_name = "NAME", default_value = "vault-render")]
    field_manager: String,

    #[command(flatten)]
    offline: Offline,

    /// Fail where a chart or kustomization is left out for want of helm or kustomize, instead of a note
    #[arg(long, conflicts_with = "no_build", help_heading = "Helm and kustomize")]
    require_build: bool,

    #[command(flatten)]
    build: BuildFlags,

    #[command(flatten)]
    mask: MaskKey,

    #[command(flatten)]
    pub(super) schemas: SchemaFlags,

    #[command(flatten)]
    pub(super) flags: Flags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// As `git diff` shows it
    Text,
    /// For a comment on a pull request, cut to what GitHub takes
    Markdown,
    /// One page for a browser, which loads nothing from elsewhere
    Html,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render diff                                    what the branch changes, since it left its upstream
  vault-render diff --base main                        the current folder against a branch
  vault-render diff apps/web --base HEAD~1             uncommitted changes count as well
  vault-render diff --base \"$(git merge-base origin/main HEAD)\" --format markdown
                                                       a pull request: docs/ci.md has it whole
  vault-render diff --base main --format html > diff.html
                                                       a page with both sides, search and folding; no server, no network
  vault-render diff overlays/prod --base overlays/staging
  vault-render diff chart/ --base main -- -f chart/prod.yaml
  helm template web chart/ | vault-render diff - --base rendered/web.yaml
  vault-render diff --base main --offline record.json  without a store: see `record`
  vault-render diff manifests/ --base live             what applying would change in the cluster

Resources are matched by kind, namespace and name, wherever they are written. Both sides are
filled from the same store, and each value is shown as <redacted:FINGERPRINT>: equal values have
equal fingerprints under one key. A revision is read from Git's objects; neither the working
folder nor the index is touched. A folder's name comes before a revision's: refs/heads/NAME is
always the branch.

Charts and kustomizations are built on both sides, as `build` does it, and compared by what comes
out; docs/preview.md says which ones.

With `live`, each object is tried by the API server of the kubeconfig's cluster (server-side
apply, dry run) and compared with the one that is there, so that what the server fills in is no
change. Nothing is stored; docs/preview.md says what is masked.

Exit codes: 0 nothing changes, 1 something does, 2 failed: a file, a setting, a placeholder, the
store or the cluster.";

/// Compares two sides.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    let Some(base) = args.base(&environment.workspace)? else { return Ok(output::usage(&no_base(), environment)) };
    let compared = if args.base.as_deref() == Some(live::NAME) {
        live::compare(args, session, environment).await?
    } else if base.is_revision() && args.paths.list().iter().any(|path| path == "-") {
        return Ok(output::usage(&no_stdin(base.name()), environment));
    } else {
        sides::compare(args, &base, session, environment).await?
    };
    let Some(Difference { comparison, is_complete }) = compared else { return Ok(ExitCode::from(output::FAILED)) };
    let code = args.end(&comparison, environment)?;
    Ok(if is_complete { code } else { ExitCode::from(output::FAILED) })
}

/// The result of comparing two sides.
struct Difference {
    comparison: Comparison,
    /// Whether all changes are known.
    is_complete: bool,
}

impl Args {
    /// The base that is named, else where the branch left its upstream; `None` if it has none.
    fn base(&self, workspace: &Workspace) -> Result<Option<Base>, Error> {
        match &self.base {
            Some(name) => Ok(Some(Base::named(name, workspace))),
            None => Ok(MergeBase::find(workspace)?.map(Base::of_branch)),
        }
    }

    fn options(&self) -> Options {
        Options { any: self.any, ..Options::default() }
    }

    /// Prints the changes. Returns the exit code.
    fn end(&self, comparison: &Comparison, environment: &Environment) -> anyhow::Result<ExitCode> {
        let shown = match self.format {
            Format::Text => report::diff::text(comparison, environment.stdout_colour()),
            Format::Markdown => report::markdown::comment(comparison),
            Format::Html => report::html::page(comparison),
        };
        output::write(&[shown.as_bytes()])?;
        Ok(if comparison.changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(output::FOUND) })
    }
}

fn no_base() -> clap::Error {
    let message = "nothing to compare with: the branch has no upstream, so name a base\n\n  \
                   vault-render diff --base main\n  vault-render diff manifests/ --base live";
    usage(ErrorKind::MissingRequiredArgument, message)
}

/// Stdin has no revision to compare with.
fn no_stdin(base: &str) -> clap::Error {
    let message = format!(
        "stdin has no revision `{base}`: compare it with a folder or a file\n\n  \
         kustomize build . | vault-render diff - --base DIR"
    );
    usage(ErrorKind::ArgumentConflict, message)
}

fn usage(kind: ErrorKind, message: impl std::fmt::Display) -> clap::Error {
    let mut program = super::command();
    program.build();
    program.find_subcommand("diff").cloned().unwrap_or(program).error(kind, message)
}
