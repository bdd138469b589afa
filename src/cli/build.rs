//! `build`: the chart, the kustomization or the manifests of a folder, rendered as `generate` renders.

use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use clap::error::ErrorKind;

use super::environment::Environment;
use super::flags::Flags;
use super::mask::MaskFlags;
use super::offline::Offline;
use super::output;
use super::schema::SchemaFlags;
use super::separate::NamedFiles;
use super::sink::WholeOutput;
use super::tools::ToolFlags;
use crate::error::{Error, Errors, Kind};
use crate::input::{self, KUSTOMIZATIONS};
use crate::pass::Session;
use crate::pass::build::{BuildFolder, FolderOutput, ToolOptions, ToolRunner};
use crate::render::{Leftovers, Options};
use crate::server::BuildCommand;
use crate::source::Source;
use crate::tool::{self, Tool};
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

    /// Give the chart's output to another tool in the same folder
    #[arg(long, value_enum, value_name = "TOOL")]
    then: Option<Then>,

    /// With `--then`: the resource that the chart's output becomes; unset, the only one that is not there
    #[arg(long, value_name = "FILE", requires = "then")]
    helm_output: Option<String>,

    /// Refuse output in which an inline placeholder is left, in any encoding; unset, it is a warning
    #[arg(long)]
    strict: bool,

    /// Accept an empty result, which makes Argo CD delete what it manages
    #[arg(long)]
    allow_empty: bool,

    #[command(flatten)]
    offline: Offline,

    #[command(flatten)]
    mask: MaskFlags,

    #[command(flatten)]
    tools: ToolFlags,

    #[command(flatten)]
    pub(super) schemas: SchemaFlags,

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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Then {
    /// The kustomization beside the chart
    Kustomize,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render build apps/web                          the folder tells whether helm or kustomize is run
  vault-render build chart/ --release-name web -- -f prod.yaml --set replicas=3
  vault-render build overlays/prod -- --enable-helm
  vault-render build web --then kustomize              as `helm template > all.yaml && kustomize build`
  vault-render build . --secrets secrets.yaml          without Vault: secrets from a file
  vault-render build . --mask                          every value masked: valid manifests that may be shown
  vault-render build . --offline record.json           masked, without secrets: see `record`

In Argo CD its variables count: the release is ARGOCD_APP_NAME, the namespace ARGOCD_APP_NAMESPACE, the cluster's versions
KUBE_VERSION and KUBE_API_VERSIONS. What an Application brings (ARGOCD_ENV_HELM_ARGS, ARGOCD_ENV_HELM_VALUES,
ARGOCD_ENV_KUSTOMIZE_BUILD_OPTIONS, parameters) may not run a program, nor read a file outside the repository:
docs/helm.md and docs/kustomize.md have the flags. No setting and no secret reaches helm or kustomize.

Exit codes: 0 rendered, 1 something is wrong and nothing was printed, 2 wrong usage.";

/// Builds and renders a folder.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    let folder = args.folder(session.workspace());
    if folder.tool == Tool::Plain && args.tools.has_words() {
        return Ok(output::usage(&no_tool(&args.folder), environment));
    }
    session.use_record(args.offline.record(session.workspace())?);
    let mut key_findings = Errors::new();
    let mask = args.mask.mask(session, &mut key_findings)?;
    session.use_mask(mask);
    let (sources, mut errors) = args.read(&folder, session, environment).await;
    errors.extend(key_findings);
    if args.then.is_none() {
        errors.extend(folder.tool.unused_settings(&environment.workspace.variables));
    }
    errors.extend(args.choice(&folder, &environment.workspace));
    let shown = |error| folder.name_template(error, &environment.workspace);
    let mut output = WholeOutput::new(environment, &shown);
    let empty = (!args.allow_empty).then(|| folder.empty());
    let mut run = session.run(Options { leftovers: Leftovers::of_strict(args.strict), any: false }, environment);
    let is_complete = run.print(&sources, errors, empty, &mut output).await?;
    output.finish(is_complete)?;
    Ok(output::rendered(is_complete))
}

impl Args {
    /// What `serve` does for an application in place of the command; else the part that it does not know.
    pub(super) fn served(&self) -> Result<BuildCommand, &'static str> {
        let unknown = [
            ("a folder other than `.`", !is_here(&self.folder)),
            ("`--then`", self.then.is_some()),
            ("`--mask`", self.mask.is_on()),
            ("`--offline`", self.offline.file().is_some()),
            ("`--schema`: `AVP_SCHEMA` names them for every call", self.schemas.are_given()),
        ];
        if let Some((part, _)) = unknown.iter().find(|(_, is_set)| *is_set) {
            return Err(part);
        }
        let tool = self.tool.map(Choice::tool);
        Ok(BuildCommand { is_strict: self.strict, may_be_empty: self.allow_empty, tool, tools: (&self.tools).into() })
    }

    /// The files that the command names, and those of its tools.
    pub(super) fn files(&self, session: &mut Session) -> NamedFiles {
        let flags = self.schemas.files().chain(self.offline.file()).chain(self.mask.file()).cloned().collect();
        let machine = ToolOptions::from(&self.tools).machine_files(session);
        NamedFiles { inputs: vec![self.folder.clone()], flags, machine }
    }

    fn folder(&self, workspace: &Workspace) -> BuildFolder {
        BuildFolder::new(&self.folder, self.tool(workspace))
    }

    /// A note which of two tools is taken.
    fn choice(&self, folder: &BuildFolder, workspace: &Workspace) -> Option<Error> {
        let has = |name: &str| workspace.locate(&self.folder).join(name).exists();
        let is_open = self.tool.is_none() && self.then.is_none() && Tool::is_ambiguous(has);
        is_open.then(|| folder.note_of_choice())
    }

    fn tool(&self, workspace: &Workspace) -> Tool {
        match self.tool {
            Some(choice) => choice.tool(),
            None if self.then.is_some() => Tool::Helm,
            None => Tool::of(|name| workspace.locate(&self.folder).join(name).exists()),
        }
    }

    /// The kustomization of the folder, to which the chart's output is added.
    fn kustomization(&self, chart: &Arc<Source>, workspace: &Workspace) -> Result<BuildFolder, Error> {
        let texts = KUSTOMIZATIONS.iter().map(|name| input::text(&self.folder.join(name), workspace));
        let text = texts.filter_map(Result::transpose).next().transpose()?.ok_or_else(|| {
            Error::new(
                Kind::Input,
                format!("`{}` holds no kustomization for the chart's output", self.folder.display()),
            )
        })?;
        let is_there = |name: &str| workspace.locate(&self.folder).join(name).exists();
        let resource = tool::chart_resource(&text, self.helm_output.as_deref(), is_there)?;
        Ok(BuildFolder {
            added: Some((resource.into(), chart.clone())),
            ..BuildFolder::new(&self.folder, Tool::Kustomize)
        })
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
        let mut outputs = runner.run(std::slice::from_ref(folder), &workspace).await?;
        if let (Some(Then::Kustomize), Some(FolderOutput { source: Some(chart), .. })) =
            (self.then, outputs.folders.first())
        {
            let kustomization = self.kustomization(chart, &workspace)?;
            let options = ToolOptions { words: Vec::new(), ..options.clone() };
            let runner = ToolRunner::new(&options, session, environment);
            let mut last = runner.run(std::slice::from_ref(&kustomization), &workspace).await?;
            outputs.folders.iter_mut().for_each(|output| output.source = None);
            outputs.folders.append(&mut last.folders);
        }
        Ok(outputs.into_sources())
    }
}

impl Choice {
    fn tool(self) -> Tool {
        match self {
            Self::Helm => Tool::Helm,
            Self::Kustomize => Tool::Kustomize,
            Self::Plain => Tool::Plain,
        }
    }
}

/// Whether a folder is the working folder.
pub(super) fn is_here(folder: &Path) -> bool {
    folder.components().all(|part| part == Component::CurDir)
}

/// Words for a tool that is not run.
fn no_tool(folder: &Path) -> clap::Error {
    let message = format!(
        "nothing takes the words after `--`: `{}` holds neither a chart nor a kustomization, so no tool is run",
        folder.display()
    );
    let mut program = super::command();
    program.build();
    program.find_subcommand("build").cloned().unwrap_or(program).error(ErrorKind::ArgumentConflict, message)
}
