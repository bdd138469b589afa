//! `build`: the chart, the kustomization or the manifests of a folder, rendered as `generate` renders.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;

use super::environment::Environment;
use super::flags::Flags;
use super::offline::Offline;
use super::output;
use super::sink::WholeOutput;
use super::tools::ToolFlags;
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::pass::Session;
use crate::pass::build::{BuildFolder, ToolOptions, ToolRunner};
use crate::render::Options;
use crate::source::Source;
use crate::tool::Tool;
use crate::words::suggestion;
use crate::workspace::Workspace;

/// Run helm or kustomize in a folder, whichever it is for, and render what it prints
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// A chart, a kustomization, or a folder of manifests
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,

    /// What the folder is; unset, Chart.yaml tells, then kustomization.yaml
    #[arg(long, value_enum)]
    tool: Option<Choice>,

    /// Refuse output in which an inline placeholder is left, in any encoding
    #[arg(long)]
    strict: bool,

    /// Accept an empty result, which makes Argo CD delete what it manages
    #[arg(long)]
    allow_empty: bool,

    #[command(flatten)]
    offline: Offline,

    #[command(flatten)]
    tools: ToolFlags,

    #[command(flatten)]
    pub(super) flags: Flags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Choice {
    /// A chart
    Helm,
    /// A kustomization
    Kustomize,
    /// Manifests
    Plain,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render build apps/web                          the folder tells whether helm or kustomize is run
  vault-render build chart/ --release-name web -- -f prod.yaml --set replicas=3
  vault-render build overlays/prod -- --enable-helm
  vault-render build . --secrets secrets.yaml          without Vault: secrets from a file
  vault-render build . --offline record.json           masked, without secrets: see `record`

In Argo CD its variables count: the release is ARGOCD_APP_NAME, the namespace ARGOCD_APP_NAMESPACE, the cluster's versions
KUBE_VERSION and KUBE_API_VERSIONS. What an Application brings (ARGOCD_ENV_HELM_ARGS, ARGOCD_ENV_HELM_VALUES,
ARGOCD_ENV_KUSTOMIZE_BUILD_OPTIONS, parameters) may not run a program, nor read a file outside the repository:
docs/helm.md and docs/kustomize.md have the flags. No setting and no secret reaches helm or kustomize.

Exit codes: 0 rendered, 1 something is wrong and nothing was printed, 2 wrong usage.";

/// Builds and renders a folder.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    session.use_record(args.offline.record(session.workspace())?);
    let folder = args.folder(session.workspace());
    let (sources, mut errors) = args.read(&folder, session, environment).await;
    errors.extend(folder.tool.unused_settings(&environment.workspace.variables));
    let shown = |error| folder.name_template(error, &environment.workspace);
    let mut output = WholeOutput::new(environment, &shown);
    let empty = (!args.allow_empty).then(|| empty(folder.tool));
    let mut run = session.run(Options { strict: args.strict, any: false }, environment);
    let is_complete = run.print(&sources, errors, empty, &mut output).await?;
    output.finish(is_complete)?;
    Ok(output::rendered(is_complete))
}

impl Args {
    fn folder(&self, workspace: &Workspace) -> BuildFolder {
        let tool = self.tool(workspace);
        let (name, place) = (self.folder.clone(), self.folder.clone());
        BuildFolder { name, place, tool, output: tool.command().to_owned(), copy_of: None }
    }

    fn tool(&self, workspace: &Workspace) -> Tool {
        match self.tool {
            Some(Choice::Helm) => Tool::Helm,
            Some(Choice::Kustomize) => Tool::Kustomize,
            Some(Choice::Plain) => Tool::Plain,
            None => Tool::of(|name| workspace.locate(&self.folder).join(name).exists()),
        }
    }

    /// The manifests that are written in the folder or that its tool prints, and what is wrong.
    async fn read(
        &self,
        folder: &BuildFolder,
        session: &mut Session,
        environment: &Environment,
    ) -> (Vec<Arc<Source>>, Errors) {
        if folder.tool == Tool::Plain {
            let path = self.folder.to_string_lossy().into_owned();
            return input::read(&[path], self.allow_empty, session.workspace());
        }
        self.run_tool(folder, session, environment).await.unwrap_or_else(|error| (Vec::new(), error.into()))
    }

    async fn run_tool(
        &self,
        folder: &BuildFolder,
        session: &mut Session,
        environment: &Environment,
    ) -> Result<(Vec<Arc<Source>>, Errors), Error> {
        let workspace = session.workspace().clone();
        if !workspace.locate(&self.folder).is_dir() {
            let error = Error::new(Kind::Input, format!("there is no folder `{}`", self.folder.display()));
            let near = input::near(&self.folder, &workspace);
            return Err(near.into_iter().fold(error, |error, near| error.hint(suggestion::did_you_mean(near))));
        }
        input::check_readable(&self.folder, &workspace)?;
        let options = ToolOptions::from(&self.tools);
        let runner = ToolRunner::new(&options, session, environment);
        let outputs = runner.run(std::slice::from_ref(folder), &workspace).await?;
        let mut errors = outputs.errors;
        let sources = outputs.folders.into_iter().filter_map(|output| {
            errors.extend(output.errors);
            output.source
        });
        Ok((sources.collect(), errors))
    }
}

/// An empty render would make Argo CD delete what it manages.
fn empty(tool: Tool) -> Error {
    let error = Error::new(Kind::Input, format!("{} has printed no manifest", tool.name()));
    error.hint("`--allow-empty` accepts an empty result")
}
