//! `doctor`: what stands between this set-up and its secrets.

use std::process::ExitCode;

use clap::ValueEnum;

use super::environment::Environment;
use super::flags::Flags;
use super::output;
use super::tools::BuildFlags;
use crate::doctor;
use crate::pass::Session;
use crate::report::diagnoses;

/// Find out why secrets cannot be read: settings, files, network, TLS, Vault, login, policies, tools
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Files and folders with manifests, to ask whether the login may read each secret that they need
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    #[command(flatten)]
    build: BuildFlags,

    #[command(flatten)]
    pub(super) flags: Flags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people: a line for each answer, with the fix below what is wrong
    Text,
    /// One JSON document
    Json,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render doctor                                  the set-up, up to the login's policies
  vault-render doctor manifests/                       and whether it may read what these manifests need
  vault-render doctor -s argocd:vault-configuration    with the Secret that the plugin's command names
  kubectl exec -n argocd deploy/argocd-repo-server -c vault-render -- vault-render doctor

Each line is `ok`, `wrong` with the fix below it, or `not tried` with the reason: nothing is asked that builds on a wrong answer.
No secret is read. One login is made, past the tokens that are kept, and its token is not kept; nothing else is created. Only the
operator's address is spoken to: charts are built without any network. It takes ten seconds at most. docs/doctor.md lists the questions.

Exit codes: 0 nothing is wrong, 1 something is wrong, 2 it could not run.";

/// Asks all questions, and prints the answers.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    let diagnoses = doctor::examine(session, &args.paths, (&args.build).into(), environment).await;
    let text = match args.format {
        Format::Text => diagnoses::text(&diagnoses, environment.stdout_colour()),
        Format::Json => diagnoses::json(&diagnoses),
    };
    let code = output::finish(&text)?;
    Ok(if diagnoses::is_healthy(&diagnoses) { code } else { ExitCode::from(output::FOUND) })
}
