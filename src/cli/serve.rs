//! `serve`: renders for Argo CD on the plugin's socket, until a signal asks it to end.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use super::environment::Environment;
use super::flags::Flags;
use super::output;
use crate::error::{Error, Kind};
use crate::pass::SettingFlags;
use crate::report;
use crate::server::{self, BuildCommand, Discovery, Log, LogFormat, LogLevel, Options, Parameters, PluginName};

/// Render for Argo CD on the plugin's socket, in place of `argocd-cmp-server`
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    name: NameFlags,

    /// Tell Argo CD that the plugin finds its applications: every folder with something to render. If it fails, Argo CD goes on without it
    #[arg(long)]
    discover: bool,

    #[command(flatten)]
    observers: ObserverFlags,

    #[command(flatten)]
    flags: Flags,
}

/// The flags about what is seen from outside.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ObserverFlags {
    /// Answer probes and Prometheus there, over HTTP: /healthz, /readyz, /metrics
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,

    /// What is logged: debug, info, warn or error [default: info]
    #[arg(long, value_name = "LEVEL")]
    loglevel: Option<LogLevel>,

    /// How it is logged: json or text [default: json]
    #[arg(long, value_name = "FORMAT")]
    logformat: Option<LogFormat>,
}

/// The flags for the plugin's name.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct NameFlags {
    /// The plugin's name: Applications have it in `spec.source.plugin.name`
    #[arg(long, value_name = "NAME", default_value = super::NAME)]
    name: String,

    /// The plugin's version: Applications have it after the name and a `-`
    #[arg(long, value_name = "VERSION")]
    plugin_version: Option<String>,
}

const AFTER_HELP: &str = "\
It takes the place of Argo CD's own `argocd-cmp-server` in the sidecar of the repo-server: no process and no login for each Application.
An Application is rendered as `vault-render build . --strict` renders its folder.

The socket is NAME.sock, or NAME-VERSION.sock, in the folder that ARGOCD_PLUGINSOCKFILEPATH names (/home/argocd/cmp-server/plugins if it
names none). It is bound once the settings and the policy file are read, and right. Who runs as the same user or group may connect.

SIGTERM or SIGINT: no new connection is taken, calls under way have 25 seconds to finish.

Exit codes: 0 ended by a signal, 2 a setting is wrong or the socket is taken.";

impl ObserverFlags {
    /// The options of a server that is seen so, and that is called as this program is.
    pub(super) fn options(&self, environment: &Environment) -> Result<Options, Error> {
        let name = PluginName { name: super::NAME.to_owned(), version: None };
        let (discovery, parameters, command) = (Discovery::Off, Parameters::of_chart(), BuildCommand::default());
        let stderr = environment.stderr.clone();
        let audit = Arc::new(move |line: &[u8]| stderr.write_at_once(line));
        let (listen, log) = (self.listen, self.log(environment)?);
        Ok(Options { name, discovery, parameters, command, listen, log, audit })
    }

    /// Where the server says what it does: on stderr, as Argo CD's own server does.
    fn log(&self, environment: &Environment) -> Result<Log, Error> {
        let level = of_variable(self.loglevel, "ARGOCD_CMP_SERVER_LOGLEVEL", environment)?.unwrap_or(LogLevel::Info);
        let format =
            of_variable(self.logformat, "ARGOCD_CMP_SERVER_LOGFORMAT", environment)?.unwrap_or(LogFormat::Json);
        let stderr = environment.stderr.clone();
        Ok(Log::new(level, format, Arc::new(move |line| stderr.write(line))))
    }
}

/// What a flag says, else a variable of Argo CD's own server.
fn of_variable<T>(flag: Option<T>, name: &str, environment: &Environment) -> Result<Option<T>, Error>
where
    T: FromStr<Err = String>,
{
    let variable = environment.workspace.variable(name).filter(|_| flag.is_none());
    let read = variable.map(|text| {
        let parsed = text.parse();
        parsed.map_err(|wrong: String| Error::new(Kind::Setting, format!("`{name}` {wrong}: `{text}`")))
    });
    read.transpose().map(|read| flag.or(read))
}

/// Serves until a signal comes.
pub(super) async fn run(args: Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let discovery = if args.discover { Discovery::Renderable } else { Discovery::Off };
    let options = Options { name: args.name.into(), discovery, ..args.observers.options(environment)? };
    serve(&options, SettingFlags::from(&args.flags), environment).await
}

/// Serves with these options until a signal comes.
pub(super) async fn serve(
    options: &Options,
    flags: SettingFlags,
    environment: &Environment,
) -> anyhow::Result<ExitCode> {
    match server::serve(options, environment.workspace.clone(), flags, environment).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(errors) => {
            output::report(&report::in_order(errors, &[]), environment);
            Ok(ExitCode::from(output::FAILED))
        }
    }
}

impl From<NameFlags> for PluginName {
    fn from(flags: NameFlags) -> Self {
        Self { name: flags.name, version: flags.plugin_version }
    }
}
