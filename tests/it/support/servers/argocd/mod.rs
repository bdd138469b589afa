//! The part of a real Argo CD that renders: repo-server and cmp-server with vault-render as the plugin, on a real Redis, without a cluster.

mod messages;
mod repository;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::task::JoinHandle;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

pub(crate) use messages::{Announcement, Parameter};
use messages::{Plugin, Variable};
pub(crate) use repository::Repository;

use super::Redis;
use super::process::{Process, SYSTEM_PATH, free_port, home, retry};
use crate::support::program::binary;

/// The programs that it takes.
pub(super) struct Programs {
    pub(super) argocd: PathBuf,
    pub(super) redis: PathBuf,
}

/// Who serves the plugin's socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// Argo CD's own server, which runs the commands of the plugin's definition.
    ByArgoCd,
    /// `vault-render serve`, with the flags that come to the same as the definition.
    ByUs,
    /// vault-render under the name of Argo CD's server, with the definition.
    InItsName,
}

/// What is not the same for every Argo CD.
pub(crate) struct Sidecar<'a> {
    /// Who serves.
    pub(crate) served: Served,
    /// The plugin's definition.
    pub(crate) plugin: &'a str,
    /// The programs in the sidecar's image, by name: nothing else is on its PATH, no shell either.
    pub(crate) programs: Vec<(&'a str, PathBuf)>,
    /// The operator's settings.
    pub(crate) settings: Vec<(&'a str, String)>,
}

/// The running servers.
pub(crate) struct ArgoCd {
    // Dropped in this order: the client hangs up, then the servers go.
    channel: Channel,
    runtime: tokio::runtime::Runtime,
    program: PathBuf,
    sockets: PathBuf,
    _repo: Process,
    cmp: Process,
    _redis: Redis,
}

/// An Application, as far as its manifests go.
#[derive(Clone)]
pub(crate) struct Application {
    /// Its name.
    pub(crate) name: String,
    /// Where it is in the repository.
    pub(crate) path: String,
    /// Its project.
    project: String,
    /// The namespace that it deploys to.
    namespace: String,
    /// The plugin that it names, and what it tells it.
    plugin: Option<Plugin>,
}

impl Application {
    /// One called `shop` at `path`, that names our plugin.
    pub(crate) fn at(path: &str) -> Self {
        let [name, namespace, project] = ["shop", "shop", "default"].map(str::to_owned);
        Self { name, path: path.to_owned(), project, namespace, plugin: None }.plugin("vault-render")
    }

    /// One with this name.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    /// One of this project.
    pub(crate) fn of_project(mut self, project: &str) -> Self {
        self.project = project.to_owned();
        self
    }

    /// One that deploys to this namespace.
    pub(crate) fn deploying_to(mut self, namespace: &str) -> Self {
        self.namespace = namespace.to_owned();
        self
    }

    /// A repo-server with another plugin.
    pub(crate) fn plugin(mut self, name: &str) -> Self {
        self.plugin = Some(Plugin { name: name.to_owned(), ..Plugin::default() });
        self
    }

    /// Without a plugin: Argo CD looks for one.
    pub(crate) fn unnamed(mut self) -> Self {
        self.plugin = None;
        self
    }

    /// With a variable in `spec.source.plugin.env`.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        let variable = Variable { name: name.to_owned(), value: value.to_owned() };
        self.plugin.get_or_insert_default().env.push(variable);
        self
    }

    /// With one of `spec.source.plugin.parameters`.
    pub(crate) fn parameter(mut self, parameter: Parameter) -> Self {
        self.plugin.get_or_insert_default().parameters.push(parameter);
        self
    }
}

impl ArgoCd {
    pub(super) fn start(programs: &Programs, sidecar: &Sidecar<'_>) -> Self {
        retry(|| Self::try_start(programs, sidecar))
    }

    fn try_start(programs: &Programs, sidecar: &Sidecar<'_>) -> Result<Self, String> {
        let redis = Redis::try_start(&programs.redis, &[], &[])?;
        let (cmp, sockets) = cmp_server(&programs.argocd, sidecar)?;
        let (repo, port) = repo_server(&programs.argocd, &sockets, redis.port)?;
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().expect("a runtime");
        let channel = repo.wait(|| {
            let endpoint = Channel::from_shared(format!("http://127.0.0.1:{port}")).expect("an address");
            // An error is sent in a header; this is as long as Argo CD's own clients take.
            runtime.block_on(endpoint.http2_max_header_list_size(16 << 20).connect()).ok()
        })?;
        let program = programs.argocd.canonicalize().expect("it is there");
        Ok(Self { channel, runtime, program, sockets, _repo: repo, cmp, _redis: redis })
    }

    /// The socket of the plugin itself.
    pub(crate) fn plugin_socket(&self) -> PathBuf {
        self.sockets.join("vault-render.sock")
    }

    /// What Argo CD would apply, or what its UI would show. Argo CD's own cache is not asked, as in a hard refresh.
    pub(crate) fn manifests(&self, repository: &Repository, application: &Application) -> Result<Vec<Value>, String> {
        self.wait(self.ask(repository, application))
    }

    /// Sends the request without waiting. When the task is aborted, the client hangs up.
    pub(crate) fn ask(&self, repository: &Repository, application: &Application) -> Asked {
        let request = messages::ManifestRequest {
            repo: Some(messages::Repository { repo: repository.url() }),
            revision: "HEAD".to_owned(),
            no_cache: true,
            app_label_key: "app.kubernetes.io/instance".to_owned(),
            app_name: application.name.clone(),
            namespace: application.namespace.clone(),
            application_source: Some(source(repository, application)),
            kube_version: "1.34.0".to_owned(),
            api_versions: vec!["v1".to_owned(), "apps/v1".to_owned()],
            project_source_repos: vec!["*".to_owned()],
            project_name: application.project.clone(),
        };
        let call = unary(self.channel.clone(), "/repository.RepoServerService/GenerateManifest", request);
        self.runtime.spawn(async {
            let response: messages::ManifestResponse = call.await?;
            Ok(response.manifests)
        })
    }

    /// The end of what was asked.
    pub(crate) fn wait(&self, asked: Asked) -> Result<Vec<Value>, String> {
        let manifests = self.runtime.block_on(asked).expect("nobody has aborted it");
        let manifests = manifests.map_err(|status| status.message().to_owned())?;
        Ok(manifests.iter().map(|json| serde_json::from_str(json).expect("JSON")).collect())
    }

    /// The parameters that Argo CD's UI would show.
    pub(crate) fn parameters(&self, repository: &Repository, application: &Application) -> Vec<Announcement> {
        let request = messages::DetailsRequest {
            repo: Some(messages::Repository { repo: repository.url() }),
            source: Some(source(repository, application)),
            app_name: application.name.clone(),
            no_cache: true,
        };
        let call = unary(self.channel.clone(), "/repository.RepoServerService/GetAppDetails", request);
        let details: Result<messages::DetailsResponse, Status> = self.runtime.block_on(call);
        details.expect("details").plugin.unwrap_or_default().parameters
    }

    /// The processes of plugins at work.
    pub(crate) fn plugins(&self) -> Vec<Working> {
        let work = self.cmp.home().join("work");
        let processes = fs::read_dir("/proc").expect("/proc").flatten().map(|entry| Working { process: entry.path() });
        // One that is not yet a plugin is cmp-server itself, in another folder.
        processes.filter(|it| it.link("cwd").starts_with(&work) && it.link("exe") != self.program).collect()
    }
}

/// An answer to come.
pub(crate) type Asked = JoinHandle<Result<Vec<String>, Status>>;

/// A process in the folder that cmp-server made for a call.
pub(crate) struct Working {
    process: PathBuf,
}

impl Working {
    /// Where a link of its leads; nowhere if it has ended.
    fn link(&self, name: &str) -> PathBuf {
        fs::read_link(self.process.join(name)).unwrap_or_default()
    }

    /// Its own memory in KiB, without the pages of the program; `None` if it has ended.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(self.process.join("status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }
}

fn source(repository: &Repository, application: &Application) -> messages::ApplicationSource {
    messages::ApplicationSource {
        repo_url: repository.url(),
        path: application.path.clone(),
        target_revision: "HEAD".to_owned(),
        plugin: application.plugin.clone(),
    }
}

async fn unary<Q, A>(channel: Channel, method: &'static str, request: Q) -> Result<A, Status>
where
    Q: prost::Message + 'static,
    A: prost::Message + Default + 'static,
{
    let mut client = tonic::client::Grpc::new(channel).max_decoding_message_size(100 << 20);
    client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let path = PathAndQuery::from_static(method);
    Ok(client.unary(Request::new(request), path, ProstCodec::default()).await?.into_inner())
}

/// The sidecar, and the folder of its socket.
fn cmp_server(argocd: &Path, sidecar: &Sidecar<'_>) -> Result<(Process, PathBuf), String> {
    let home = home("cmp");
    let programs = home.join("bin");
    let sockets = home.join("sockets");
    folders(&home, &["bin", "config", "sockets", "tmp", "work"]);
    fs::write(home.join("config/plugin.yaml"), sidecar.plugin).expect("written");
    for (name, program) in &sidecar.programs {
        symlink(program, programs.join(name)).expect("a link");
    }
    let mut environment = environment(&home, &sockets);
    environment.push(("PATH".to_owned(), programs.display().to_string()));
    environment.extend(sidecar.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let config = home.join("config").display().to_string();
    let program = if sidecar.served == Served::ByArgoCd { argocd } else { Path::new(binary()) };
    let (name, arguments) = match sidecar.served {
        Served::ByUs if sidecar.plugin.contains("discover:") => ("vault-render", vec!["serve", "--discover"]),
        Served::ByUs => ("vault-render", vec!["serve"]),
        _ => ("argocd-cmp-server", vec!["--config-dir-path", &config]),
    };
    let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
    let server = called(program, &home, name);
    let process = Process::start_in(name, &home, &server, &arguments, &environment);
    process.wait(|| fs::read_dir(&sockets).expect("a folder").next().map(drop))?;
    Ok((process, sockets))
}

/// The repo-server, and its port.
fn repo_server(argocd: &Path, sockets: &Path, redis: u16) -> Result<(Process, u16), String> {
    let (home, port, metrics) = (home("repo"), free_port(), free_port());
    folders(&home, &["tmp"]);
    let mut environment = environment(&home, sockets);
    environment.push(("PATH".to_owned(), SYSTEM_PATH.to_owned()));
    let text = format!(
        "--address 127.0.0.1 --port {port} --metrics-address 127.0.0.1 --metrics-port {metrics} --disable-tls --redis 127.0.0.1:{redis}"
    );
    let arguments: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let server = called(argocd, &home, "argocd-repo-server");
    let process = Process::start_in("argocd-repo-server", &home, &server, &arguments, &environment);
    Ok((process, port))
}

/// Argo CD's one program, by the name that says which server it is.
fn called(argocd: &Path, home: &Path, name: &str) -> PathBuf {
    let server = home.join(name);
    symlink(argocd, &server).expect("a link");
    server
}

fn environment(home: &Path, sockets: &Path) -> Vec<(String, String)> {
    let path = |name: &str| home.join(name).display().to_string();
    let pairs = [
        ("ARGOCD_PLUGINSOCKFILEPATH", sockets.display().to_string()),
        ("ARGOCD_CMP_WORKDIR", path("work")),
        ("ARGOCD_ASK_PASS_SOCK", path("ask.sock")),
        ("ARGOCD_GPG_ENABLED", "false".to_owned()),
        // A failure is shown each time, not from the cache; the first calls do not wait for each other.
        ("ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS", "0".to_owned()),
        ("ARGOCD_REVISION_CACHE_LOCK_TIMEOUT", "0s".to_owned()),
        ("TMPDIR", path("tmp")),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

fn folders(home: &Path, names: &[&str]) {
    names.iter().for_each(|name| fs::create_dir_all(home.join(name)).expect("a folder"));
}
