//! `vault-render serve` on a socket of its own, and a client that speaks Argo CD's plugin protocol, for many calls at once.

mod messages;
mod upload;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::runtime::Runtime;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

pub(crate) use messages::{AppStreamRequest, Parameters};
use messages::{Booleans, HealthRequest, HealthResponse, ManifestResponse};
pub(crate) use upload::{Upload, packed};

use super::process::{Process, SYSTEM_PATH, home};
use crate::support::program::binary;

/// The plugin's service.
const SERVICE: &str = "/plugin.ConfigManagementPluginService";

/// A running server.
pub(crate) struct PluginServer {
    runtime: Runtime,
    socket: PathBuf,
    process: Process,
}

/// A client of a plugin's socket, with a connection of its own.
#[derive(Clone)]
pub(crate) struct PluginClient(Channel);

impl PluginServer {
    /// Starts it with these flags and this environment. Panics if it does not get ready.
    pub(crate) fn start(flags: &[&str], settings: &[(&str, &str)]) -> Self {
        Self::try_start(flags, settings).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts it, or says what it said.
    pub(crate) fn try_start(flags: &[&str], settings: &[(&str, &str)]) -> Result<Self, String> {
        Self::try_start_program(Path::new(binary()), &[&["serve"], flags].concat(), settings)
    }

    /// Starts the program in a file, by whose name it knows what to do.
    pub(crate) fn start_program(program: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        Self::try_start_program(program, arguments, settings).unwrap_or_else(|error| panic!("{error}"))
    }

    fn try_start_program(program: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Result<Self, String> {
        let home = home("plugin");
        let own = [("ARGOCD_PLUGINSOCKFILEPATH", home.display().to_string()), ("PATH", SYSTEM_PATH.to_owned())];
        let own = own.map(|(name, value)| (name.to_owned(), value)).into_iter();
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment: Vec<_> = own.chain(settings).collect();
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let process = Process::start_in("serve", &home, program, &arguments, &environment);
        let socket = process.wait(|| socket_in(&home))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        Ok(Self { runtime: runtime.expect("a runtime"), socket, process })
    }

    /// Where its socket is.
    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Its process.
    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    /// Runs a client's calls.
    pub(crate) fn run<T>(&self, calls: impl Future<Output = T>) -> T {
        self.runtime.block_on(calls)
    }

    /// A new connection.
    pub(crate) async fn connect(&self) -> PluginClient {
        connect(&self.socket).await.expect("it is served")
    }

    /// The manifests of an upload, or the error's text.
    pub(crate) fn manifests(&self, upload: &Upload) -> Result<Vec<serde_json::Value>, String> {
        let answer = self.run(async { self.connect().await.manifests(upload).await });
        let manifests = answer.map_err(|status| status.message().to_owned())?;
        Ok(manifests.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect())
    }
}

/// The socket in a folder, once there is one.
fn socket_in(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "sock") && can_connect(path))
}

fn can_connect(socket: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}

/// A new connection to a socket.
pub(crate) async fn connect(socket: &Path) -> Result<PluginClient, String> {
    let endpoint = Endpoint::from_shared(format!("unix:{}", socket.display())).expect("an address");
    // An error is sent in a header; this is as long as Argo CD's own clients take.
    let channel = endpoint.http2_max_header_list_size(16 << 20).connect().await;
    channel.map(PluginClient).map_err(|error| error.to_string())
}

impl PluginClient {
    /// GenerateManifest.
    pub(crate) async fn manifests(&mut self, upload: &Upload) -> Result<Vec<String>, Status> {
        self.send("GenerateManifest", upload.messages()).await.map(|answer: ManifestResponse| answer.manifests)
    }

    /// GenerateManifest with a deadline.
    pub(crate) async fn manifests_within(&mut self, time: Duration, upload: &Upload) -> Result<Vec<String>, Status> {
        let mut request = Request::new(tokio_stream::iter(upload.messages()));
        request.set_timeout(time);
        let answer: Result<ManifestResponse, Status> = self.stream("GenerateManifest", request).await;
        answer.map(|answer| answer.manifests)
    }

    /// MatchRepository: whether the application is supported, and whether discovery is enabled.
    pub(crate) async fn matches(&mut self, upload: &Upload) -> Result<(bool, bool), Status> {
        let answer = self.send("MatchRepository", upload.messages()).await;
        answer.map(|Booleans { first, second }| (first, second))
    }

    /// GetParametersAnnouncement.
    pub(crate) async fn parameters(&mut self, upload: &Upload) -> Result<Parameters, Status> {
        self.send("GetParametersAnnouncement", upload.messages()).await
    }

    /// CheckPluginConfiguration: whether discovery is configured, and whether it wants Git credentials.
    pub(crate) async fn configuration(&mut self) -> Result<(bool, bool), Status> {
        let answer = self.unary(format!("{SERVICE}/CheckPluginConfiguration"), ()).await;
        answer.map(|Booleans { first, second }| (first, second))
    }

    /// The health of a service: 1 is serving.
    pub(crate) async fn health(&mut self, service: &str) -> Result<i32, Status> {
        let request = HealthRequest { service: service.to_owned() };
        let answer = self.unary("/grpc.health.v1.Health/Check".to_owned(), request).await;
        answer.map(|HealthResponse { status }| status)
    }

    /// Any call that sends a stream.
    pub(crate) async fn send<A>(&mut self, method: &str, messages: Vec<AppStreamRequest>) -> Result<A, Status>
    where
        A: prost::Message + Default + 'static,
    {
        self.stream(method, Request::new(tokio_stream::iter(messages))).await
    }

    /// Any call that sends a stream, with its headers.
    pub(crate) async fn stream<A, S>(&mut self, method: &str, request: Request<S>) -> Result<A, Status>
    where
        A: prost::Message + Default + 'static,
        S: tokio_stream::Stream<Item = AppStreamRequest> + Send + 'static,
    {
        let mut client = tonic::client::Grpc::new(self.0.clone()).max_decoding_message_size(100 << 20);
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = PathAndQuery::try_from(format!("{SERVICE}/{method}")).expect("a path");
        let codec = ProstCodec::<AppStreamRequest, A>::default();
        Ok(client.client_streaming(request, path, codec).await?.into_inner())
    }

    async fn unary<Q, A>(&mut self, path: String, request: Q) -> Result<A, Status>
    where
        Q: prost::Message + 'static,
        A: prost::Message + Default + 'static,
    {
        let mut client = tonic::client::Grpc::new(self.0.clone());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = PathAndQuery::try_from(path).expect("a path");
        Ok(client.unary(Request::new(request), path, ProstCodec::<Q, A>::default()).await?.into_inner())
    }
}
