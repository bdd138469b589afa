//! `build`: what a folder holds, be it a chart, a kustomization or manifests, rendered as `generate` renders.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;

use super::built::{Folder, Tools};
use super::environment::Environment;
use super::generate::Whole;
use super::given::Flags;
use super::offline::Offline;
use super::output;
use super::pass::Pass;
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::render::Options;
use crate::source::Source;
use crate::tool::Tool;
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
    tools: Tools,

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

/// Builds.
pub(super) fn run(args: &Args, environment: &Environment) -> ExitCode {
    let options = Options { strict: args.strict, any: false };
    let pass = match args.offline.record(environment) {
        Ok(record) => Pass::new(&args.flags, options, environment).offline(record),
        Err(error) => return output::fail_rendering(error, environment),
    };
    let fine = args.print(pass, environment);
    if fine { ExitCode::SUCCESS } else { ExitCode::from(output::FOUND) }
}

impl Args {
    /// Builds and renders; whether nothing was wrong.
    fn print(&self, pass: Pass<'_>, environment: &Environment) -> bool {
        let folder = self.folder(&environment.workspace);
        let (sources, mut errors) = match folder.tool {
            Tool::Plain => {
                let path = self.folder.to_string_lossy().into_owned();
                input::read(&[path], self.allow_empty, &environment.workspace)
            }
            _ => self.built(&folder, environment),
        };
        errors.extend(folder.tool.unheard(&environment.workspace.variables));
        let whole = Whole { pass, empty: (!self.allow_empty).then(|| empty(folder.tool)) };
        whole.print(&sources, errors, environment, &|error| folder.name_template(error, &environment.workspace))
    }

    fn folder(&self, workspace: &Workspace) -> Folder {
        let tool = self.tool(workspace);
        let (name, place) = (self.folder.clone(), self.folder.clone());
        Folder { name, place, tool, output: tool.command().to_owned(), copy_of: None }
    }

    fn tool(&self, workspace: &Workspace) -> Tool {
        match self.tool {
            Some(Choice::Helm) => Tool::Helm,
            Some(Choice::Kustomize) => Tool::Kustomize,
            Some(Choice::Plain) => Tool::Plain,
            None => Tool::of(|name| workspace.locate(&self.folder).join(name).exists()),
        }
    }

    /// What the tool prints, and what is wrong.
    fn built(&self, folder: &Folder, environment: &Environment) -> (Vec<Arc<Source>>, Errors) {
        if !environment.workspace.locate(&self.folder).is_dir() {
            let error = Error::new(Kind::Input, format!("there is no folder `{}`", self.folder.display()));
            return (Vec::new(), error.into());
        }
        let workspace = &environment.workspace;
        if let Err(error) = input::may_read(&self.folder, workspace) {
            return (Vec::new(), error.into());
        }
        match self.tools.build(std::slice::from_ref(folder), workspace, &self.flags, environment) {
            Ok(built) => {
                let mut errors = built.errors;
                let sources = built.list.into_iter().filter_map(|one| {
                    errors.extend(one.errors);
                    one.source
                });
                (sources.collect(), errors)
            }
            Err(error) => (Vec::new(), error.into()),
        }
    }
}

/// An empty render would make Argo CD delete what it manages.
fn empty(tool: Tool) -> Error {
    let error = Error::new(Kind::Input, format!("{} has printed no manifest", tool.name()));
    error.hint("`--allow-empty` accepts an empty result")
}
