//! `build`: what a folder holds, be it a chart, a kustomization or manifests, rendered as `generate` renders.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;

use super::environment::Environment;
use super::generate::Whole;
use super::given::Flags;
use super::output;
use super::pass::{self, Pass};
use super::progress::Progress;
use crate::error::{Error, Errors, Kind};
use crate::input;
use crate::render::Options;
use crate::source::Source;
use crate::tool::{self, Command, Given, Tool};

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

    /// The release of a chart; unset, the Application's name
    #[arg(long, value_name = "NAME")]
    release_name: Option<String>,

    /// The helm to run
    #[arg(long, value_name = "PATH", default_value = "helm")]
    helm: String,

    /// The kustomize to run
    #[arg(long, value_name = "PATH", default_value = "kustomize")]
    kustomize: String,

    /// Refuse output in which an inline placeholder is left, in any encoding
    #[arg(long)]
    strict: bool,

    /// Accept an empty result, which makes Argo CD delete what it manages
    #[arg(long)]
    allow_empty: bool,

    /// Words for helm or kustomize, after its own
    #[arg(last = true, value_name = "WORD")]
    words: Vec<String>,

    #[command(flatten)]
    flags: Flags,
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

In Argo CD its variables count: the release is ARGOCD_APP_NAME, the namespace ARGOCD_APP_NAMESPACE, the cluster's versions
KUBE_VERSION and KUBE_API_VERSIONS. What an Application brings (ARGOCD_ENV_HELM_ARGS, ARGOCD_ENV_HELM_VALUES,
ARGOCD_ENV_KUSTOMIZE_BUILD_OPTIONS, parameters) may not run a program, nor read a file outside the repository:
docs/helm.md and docs/kustomize.md have the flags. No setting and no secret reaches helm or kustomize.

Exit codes: 0 rendered, 1 something is wrong and nothing was printed, 2 wrong usage.";

/// Builds.
pub(super) fn run(args: &Args, environment: &Environment) -> ExitCode {
    let tool = args.tool();
    let (sources, errors) = match tool {
        Tool::Plain => {
            let folder = args.folder.to_string_lossy().into_owned();
            input::read(&[folder], &environment.here(args.allow_empty))
        }
        _ => args.built(tool, environment),
    };
    let options = Options { strict: args.strict, any: false };
    let pass = Pass::new(&args.flags, options, environment);
    let whole = Whole { pass, empty: (!args.allow_empty).then(|| empty(tool)) };
    let fine = whole.print(&sources, errors, environment, &|error| args.name_template(tool, error));
    if fine { ExitCode::SUCCESS } else { ExitCode::from(output::FOUND) }
}

impl Args {
    fn tool(&self) -> Tool {
        match self.tool {
            Some(Choice::Helm) => Tool::Helm,
            Some(Choice::Kustomize) => Tool::Kustomize,
            Some(Choice::Plain) => Tool::Plain,
            None => Tool::of(|name| self.folder.join(name).exists()),
        }
    }

    /// What the tool prints, and what is wrong.
    fn built(&self, tool: Tool, environment: &Environment) -> (Vec<Arc<Source>>, Errors) {
        let mut errors = Errors::new();
        let source = self.build(tool, environment, &mut errors).map_err(|error| errors.push(error));
        (source.ok().flatten().map(Arc::new).into_iter().collect(), errors)
    }

    fn build(&self, tool: Tool, environment: &Environment, errors: &mut Errors) -> Result<Option<Source>, Error> {
        if !self.folder.is_dir() {
            return Err(Error::new(Kind::Input, format!("there is no folder `{}`", self.folder.display())));
        }
        let private = tempfile::Builder::new().prefix("vault-render-").tempdir().map_err(|error| {
            Error::new(Kind::Input, "cannot make a temporary folder")
                .cause(error.to_string())
                .hint("`TMPDIR` names where")
        })?;
        let commands = self.commands(tool, environment, private.path(), errors);
        if errors.any() {
            return Ok(None);
        }
        let mut source = None;
        for command in &commands {
            source = Some(child(command, environment, errors)?);
        }
        Ok(source)
    }

    fn commands(&self, tool: Tool, environment: &Environment, private: &Path, errors: &mut Errors) -> Vec<Command> {
        let here = environment.here(self.allow_empty);
        let given = Given {
            folder: &self.folder,
            variables: &environment.variables,
            words: &self.words,
            release_name: self.release_name.as_deref(),
            helm: &self.helm,
            kustomize: &self.kustomize,
            private,
            inside: &|path| input::is_inside(path, &here),
            read: &|name| std::fs::read_to_string(self.folder.join(name)).ok(),
            holds: &|name| self.folder.join(name).exists(),
        };
        tool.commands(&given, errors)
    }

    /// A finding with the template's file instead of the name that the tool has for it.
    fn name_template(&self, tool: Tool, mut error: Error) -> Error {
        if let Some(place) = &mut error.place {
            let file = place.origin.as_ref().and_then(|origin| tool.template(&self.folder, origin));
            if let Some(file) = file.filter(|file| file.is_file()) {
                let file = file.strip_prefix(".").unwrap_or(&file);
                place.origin = Some(Arc::from(file.to_string_lossy()));
            }
        }
        error
    }
}

/// What a command prints, under its name; what it says beside is a warning.
fn child(command: &Command, environment: &Environment, errors: &mut Errors) -> Result<Source, Error> {
    let runtime = pass::runtime()?;
    let _progress = Progress::start(format!("running {}", command.name), environment);
    let output = runtime.block_on(async {
        tokio::select! {
            output = tool::run(command) => output,
            signal = pass::stopped() => {
                Err(Error::new(Kind::Input, format!("stopped by {signal} while `{}` ran", command.name)))
            }
        }
    })?;
    if !output.message.is_empty() {
        errors
            .push(Error::warning(Kind::Input, format!("`{}` has said something", command.name)).cause(output.message));
    }
    Ok(Source::new(command.name, output.stdout))
}

/// An empty render would make Argo CD delete what it manages.
fn empty(tool: Tool) -> Error {
    let error = Error::new(Kind::Input, format!("{} has printed no manifest", tool.name()));
    error.hint("`--allow-empty` accepts an empty result")
}
