//! Flags of `serve` for those who watch it: probes, log and traces. The names, and the variables beside them, are those of Argo CD's own server.

use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;

use super::environment::Environment;
use crate::error::{Error, Kind};
use crate::server::{
    self, BuildCommand, Discovery, Log, LogFormat, LogLevel, Options, Parameters, PluginName, TraceOptions,
};

/// What the variables' names begin with.
const VARIABLES: &str = "ARGOCD_CMP_SERVER_";

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

    /// Send traces to this OpenTelemetry collector, as OTLP over gRPC
    #[arg(long, value_name = "HOST:PORT")]
    otlp_address: Option<String>,

    /// Whether the collector is spoken to without TLS [default: true]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    otlp_insecure: Option<bool>,

    /// Send these with each request to the collector: NAME=VALUE,NAME=VALUE
    #[arg(long, value_name = "HEADERS")]
    otlp_headers: Option<String>,

    /// Say this of the program in each trace: NAME:VALUE,NAME:VALUE
    #[arg(long, value_name = "ATTRIBUTES")]
    otlp_attrs: Option<String>,

    /// How many of the traces that begin here are recorded, from 0 to 1; of the others Argo CD decides [default: 1]
    #[arg(long, value_name = "RATIO")]
    otlp_sample_ratio: Option<String>,
}

impl ObserverFlags {
    /// The options of a server that is seen so, and that is called as this program is.
    pub(super) fn options(&self, environment: &Environment) -> Result<Options, Error> {
        let name = PluginName { name: super::NAME.to_owned(), version: None };
        let (discovery, parameters, command) = (Discovery::Off, Parameters::of_chart(), BuildCommand::default());
        let stderr = environment.stderr.clone();
        let audit = Arc::new(move |line: &[u8]| stderr.write_at_once(line));
        let (listen, log, traces) = (self.listen, self.log(environment)?, self.traces(environment)?);
        Ok(Options { name, discovery, parameters, command, listen, log, traces, audit })
    }

    /// The log, on stderr, as Argo CD's own server has it.
    fn log(&self, environment: &Environment) -> Result<Log, Error> {
        let level = self.loglevel.map(Ok).or_else(|| variable("LOGLEVEL", LogLevel::from_str, environment));
        let format = self.logformat.map(Ok).or_else(|| variable("LOGFORMAT", LogFormat::from_str, environment));
        let stderr = environment.stderr.clone();
        let write = Arc::new(move |line: &str| stderr.write(line));
        Ok(Log::new(
            level.transpose()?.unwrap_or(LogLevel::Info),
            format.transpose()?.unwrap_or(LogFormat::Json),
            write,
        ))
    }

    /// Where traces go, if anywhere.
    fn traces(&self, environment: &Environment) -> Result<Option<TraceOptions>, Error> {
        let read = |flag: &Option<String>, name| flag.clone().or_else(|| named(name, environment));
        let Some(address) = chosen("otlp-address", read(&self.otlp_address, "OTLP_ADDRESS"), server::address)? else {
            return Ok(None);
        };
        let insecure = self.otlp_insecure.map(Ok).or_else(|| variable("OTLP_INSECURE", switch, environment));
        let headers = chosen("otlp-headers", read(&self.otlp_headers, "OTLP_HEADERS"), server::headers)?;
        let attributes = chosen("otlp-attrs", read(&self.otlp_attrs, "OTLP_ATTRS"), server::attributes)?;
        let ratio = chosen("otlp-sample-ratio", read(&self.otlp_sample_ratio, "OTLP_SAMPLE_RATIO"), server::ratio)?;
        Ok(Some(TraceOptions {
            address,
            is_insecure: insecure.transpose()?.unwrap_or(true),
            headers: headers.unwrap_or_default(),
            attributes: attributes.unwrap_or_default(),
            ratio: ratio.unwrap_or(1.0),
        }))
    }
}

/// A variable of Argo CD's own server.
fn named(name: &str, environment: &Environment) -> Option<String> {
    environment.workspace.variable(&format!("{VARIABLES}{name}")).map(str::to_owned)
}

fn variable<T>(
    name: &str,
    parse: impl Fn(&str) -> Result<T, String>,
    environment: &Environment,
) -> Option<Result<T, Error>> {
    let wrong = |wrong| Error::new(Kind::Setting, format!("`{VARIABLES}{name}` {wrong}"));
    named(name, environment).map(|text| parse(&text).map_err(wrong))
}

/// What a flag or its variable says. The text is not shown: a header may be a credential.
fn chosen<T>(flag: &str, text: Option<String>, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Error> {
    let wrong = |wrong| Error::new(Kind::Setting, format!("`--{flag}` {wrong}"));
    text.map(|text| parse(&text).map_err(wrong)).transpose()
}

fn switch(text: &str) -> Result<bool, String> {
    text.to_ascii_lowercase().parse().map_err(|_| "is neither `true` nor `false`".to_owned())
}
