//! The server from its start to its end: settings are judged, the socket is bound, calls are answered, and the last ones have time to finish.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::transport::Server;

use super::build_command::BuildCommand;
use super::call_watch::AuditLine;
use super::connections::connections;
use super::discovery::Discovery;
use super::generation::Generation;
use super::http::{self, Answers, Limits};
use super::log::{Log, LogLevel};
use super::metrics::Metrics;
use super::observed::Observers;
use super::plugin::Plugin;
use super::plugin_file::Parameters;
use super::plugin_name::PluginName;
use super::queue::Queue;
use super::service::{HealthService, PluginService};
use super::socket::SocketFile;
use super::trace::{TraceOptions, Tracer};
use crate::config::Config;
use crate::config::general::SEPARATE;
use crate::config::server::SERVER_ARCHIVE_BYTES;
use crate::error::{Error, Errors, Kind};
use crate::pass::{self, Session, SettingFlags, Shared, Watch};
use crate::policy::Requester;
use crate::tool;
use crate::workspace::Workspace;

/// The variable of Argo CD's for the size of a message in MiB, and the size if it is not set.
const MESSAGE_SIZE: (&str, usize) = ("ARGOCD_GRPC_MAX_SIZE_MB", 100);

/// How many bytes of a stream nobody has read yet are on their way: a thousand calls that wait for their turn hold that much each.
const WINDOW: u32 = 16 << 10;

/// How long calls under way have to finish once the server is asked to end.
const GRACE: Duration = Duration::from_secs(25);

/// How long they have to say why they did not.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What somebody chooses when they start the server.
pub(crate) struct Options {
    /// The plugin's name.
    pub(crate) name: PluginName,
    /// How it finds its applications.
    pub(crate) discovery: Discovery,
    /// What Argo CD's UI offers to set.
    pub(crate) parameters: Parameters,
    /// What is done with each application.
    pub(crate) command: BuildCommand,
    /// Where probes and Prometheus are answered.
    pub(crate) listen: Option<SocketAddr>,
    /// Where the server says what it does.
    pub(crate) log: Log,
    /// Where traces go, if anywhere.
    pub(crate) traces: Option<TraceOptions>,
    /// Where lines of the audit go that the settings want on stderr.
    pub(crate) audit: Arc<AuditLine>,
}

/// Serves until `watch` is stopped. An error ends the server before it begins.
pub(crate) async fn serve(
    options: &Options,
    operator: Workspace,
    flags: SettingFlags,
    watch: &dyn Watch,
) -> Result<(), Errors> {
    // From here on a signal ends the server in its order.
    let stopped = watch.stopped();
    let config = settings(&operator, flags.clone(), watch, &options.log).await?;
    let message_bytes = message_bytes(&operator)?;
    let archive_bytes = config.required(&SERVER_ARCHIVE_BYTES).copied()?;
    raise_descriptor_limit();
    // Elsewhere the first process of the container waits for what a tool leaves behind.
    let _ = tool::adopt_orphans();
    let path = options.name.socket(&operator)?;
    let port = match options.listen {
        Some(address) => Some(http::bind(address).await?),
        None => None,
    };
    // What runs beside the calls. Dropped, it ends.
    let mut beside = JoinSet::new();
    let observers = observers(options, &mut beside);
    let (cut, cutting) = watch::channel(false);
    let generation = {
        let (command, journal) = (options.command.clone(), options.log.journal(None));
        Generation::new(&config, &operator, command, flags, journal, options.audit.clone(), cutting)?
    };
    let (queue, shared) = (generation.queue.clone(), generation.renderer.shared.clone());
    let plugin = Arc::new(Plugin {
        generation,
        discovery: options.discovery.clone(),
        parameters: options.parameters.clone(),
        operator,
        archive_bytes,
        observers: observers.clone(),
        message_bytes,
    });
    let socket = SocketFile::bind(&path).await?;
    options.log.say(LogLevel::Info, &format!("serving Argo CD on `{}`", path.display()));
    let (end, ending) = watch::channel(false);
    beside.spawn(shared.clone().tend());
    if let Some((port, address)) = port {
        options.log.say(LogLevel::Info, &format!("answering probes and Prometheus on `{address}`"));
        let answers = answers(observers.clone(), queue, shared, socket.0.presence(), ending.clone());
        beside.spawn(http::serve(port, Arc::new(answers), Limits::default()));
    }
    let server = Server::builder()
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .add_service(PluginService(plugin))
        .add_service(HealthService)
        .serve_with_incoming_shutdown(connections(socket, ending), std::future::pending());
    let stopped = async {
        stopped.await;
        end.send_replace(true);
        tokio::time::sleep(GRACE).await;
        cut.send_replace(true);
        tokio::time::sleep(LAST_WORDS).await;
    };
    tokio::select! {
        served = server => served.map_err(|error| Error::new(Kind::Bug, "the server has ended").cause(error.to_string()))?,
        () = stopped => {}
    }
    if let Some(tracer) = &observers.tracer {
        tracer.flush().await;
    }
    Ok(())
}

/// Those who see calls; what they need to run goes `beside`.
fn observers(options: &Options, beside: &mut JoinSet<()>) -> Arc<Observers> {
    let tracer = options.traces.clone().map(|traces| {
        let (tracer, export) = Tracer::new(traces, options.log.clone());
        beside.spawn(export);
        tracer
    });
    Arc::new(Observers { log: options.log.clone(), metrics: Metrics::default(), tracer })
}

/// What probes and Prometheus are told. Vault is not asked: while it is away, the repo-server goes on with what it has.
fn answers(
    observers: Arc<Observers>,
    queue: Arc<Queue>,
    shared: Arc<Shared>,
    is_found: impl Fn() -> bool + Send + Sync + 'static,
    ending: watch::Receiver<bool>,
) -> Answers {
    let ready = move || match (*ending.borrow(), is_found()) {
        (true, _) => Err("the server ends"),
        (_, false) => Err("the plugin's socket is gone"),
        _ => Ok(()),
    };
    Answers {
        ready: Box::new(move || ready().map_err(str::to_owned)),
        metrics: Box::new(move || observers.metrics.text(queue.counts(), &shared.figures())),
    }
}

/// The operator's settings, if nothing in them and in the files that they name is wrong.
async fn settings(operator: &Workspace, flags: SettingFlags, watch: &dyn Watch, log: &Log) -> Result<Config, Errors> {
    let mut session = Session::new(operator.clone(), Requester::of(&operator.variables), flags);
    let (config, mut errors) = session.settings(watch).await;
    let are_wrong = errors.any();
    // What is missing, an Application may bring.
    let (inspection, general) = pass::inspect(&config, are_wrong);
    errors.extend(general);
    errors.extend(inspection.wrong);
    errors.extend(session.policy(&config).1);
    errors.extend(config.is_on(&SEPARATE).then(one_process));
    if errors.any() {
        return Err(errors);
    }
    errors.into_iter().for_each(|finding| log.report(&finding));
    Ok(config)
}

/// A server reads the manifests where it holds the logins.
fn one_process() -> Error {
    let detail =
        format!("`{}` is set, and `serve` reads manifests in the process that holds the logins", SEPARATE.name());
    Error::new(Kind::Setting, detail)
        .hint("run `vault-render build .` under `argocd-cmp-server` for two processes, or unset it")
}

/// The most bytes of one message, as Argo CD's own servers read it.
fn message_bytes(operator: &Workspace) -> Result<usize, Error> {
    let (name, default) = MESSAGE_SIZE;
    let Some(text) = operator.variable(name) else { return Ok(default << 20) };
    let size = text.parse::<u32>().ok().and_then(|size| (size as usize).checked_mul(1 << 20));
    size.ok_or_else(|| {
        Error::new(Kind::Setting, format!("`{name}` is not a number of MiB: `{text}`"))
            .hint("it is the same as on the repo-server")
    })
}

/// Each connection takes a descriptor. Whoever started the program allows more than it begins with, as a rule.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    // With the old limit there are fewer connections at once, no less right.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator(pairs: &[(&str, &str)]) -> Workspace {
        let variables = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Workspace::new("/work", variables)
    }

    #[test]
    fn the_size_of_messages_is_argo_cd_s() {
        for (text, expected) in [("", Some(100 << 20)), ("1", Some(1 << 20)), ("-1", None), ("1Mi", None)] {
            assert_eq!(message_bytes(&operator(&[(MESSAGE_SIZE.0, text)])).ok(), expected, "{text}");
        }
    }
}
