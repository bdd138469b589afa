//! A real Vault, or OpenBao: not in dev mode, initialised, unsealed, with an audit log that can be counted.

mod agent;
mod audit;
mod auth;
mod cluster;
mod secrets;

pub(crate) use cluster::Cluster;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

pub(crate) use auth::Approle;

use super::process::{Process, free_port, home, retry};
use super::{Api, Authority};

/// What is not the same for every Vault.
#[derive(Default)]
pub(crate) struct Setup {
    /// The names of the server's certificate; none: plain HTTP.
    pub(crate) tls: Vec<&'static str>,
    /// Whether it talks only to those who show a certificate of its authority's.
    pub(crate) demands_certificates: bool,
    /// Whether nobody initialises it: it has no root token, and answers nothing but how it is.
    pub(crate) is_new: bool,
    /// Where it keeps its data.
    pub(crate) storage: Storage,
}

/// Where a Vault keeps its data.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Storage {
    /// In files: the quickest.
    #[default]
    File,
    /// In files, replicated by raft among the nodes of a cluster. OpenBao has no other.
    Raft,
}

/// A running Vault, and its operator.
pub(crate) struct Vault {
    process: Process,
    /// How it is started.
    command: (PathBuf, Vec<String>),
    /// Its processes before it was restarted, whose folder it keeps.
    former: Vec<Process>,
    api: Api,
    unseal_key: String,
    /// `http(s)://127.0.0.1:PORT`, for `VAULT_ADDR`.
    pub(crate) address: String,
    /// The root token.
    pub(crate) root: String,
    /// Signed the server's certificate, if it has one; signs clients' certificates too.
    pub(crate) authority: Authority,
    /// The authority's certificate as a file, for `VAULT_CACERT`.
    pub(crate) ca_file: PathBuf,
}

impl Vault {
    pub(super) fn start(binary: &Path, setup: &Setup) -> Self {
        retry(|| Self::try_start(binary, setup))
    }

    fn try_start(binary: &Path, setup: &Setup) -> Result<Self, String> {
        let (home, port, cluster) = (home("vault"), free_port(), free_port());
        let authority = Authority::new("the tests' authority");
        let ca_file = home.join("ca.pem");
        fs::write(&ca_file, &authority.pem).expect("written");
        let scheme = if setup.tls.is_empty() { "http" } else { "https" };
        let address = format!("{scheme}://127.0.0.1:{port}");
        let config = home.join("vault.json");
        fs::write(&config, settings(&home, &address, port, cluster, &authority, setup).to_string()).expect("written");

        let arguments = ["server".to_owned(), format!("-config={}", config.display())];
        let process = Process::start("vault", &home, binary, &arguments);
        let (command, former) = ((binary.to_owned(), arguments.to_vec()), Vec::new());
        // A certificate for other names is one of the things to be tested; its operator calls the server by the right one.
        let name = setup.tls.first().unwrap_or(&"127.0.0.1");
        let api = Api::new(
            &format!("{scheme}://{name}:{port}/v1"),
            Some(&authority.pem),
            Some(&authority.client("operator")),
        );
        process.wait(|| api.try_get("sys/health").filter(|answer| answer.status == 501))?;
        if setup.is_new {
            let (unseal_key, root) = (String::new(), String::new());
            return Ok(Self { process, command, former, api, unseal_key, address, root, authority, ca_file });
        }
        let keys = api.put("sys/init", &json!({"secret_shares": 1, "secret_threshold": 1})).ok();
        let (unseal_key, root) = (text(&keys["keys"][0]), text(&keys["root_token"]));
        let api = api.with_token(&root);
        let vault = Self { process, command, former, api, unseal_key, address, root, authority, ca_file };
        vault.unseal()?;
        // OpenBao takes audit devices from its configuration alone.
        if setup.storage == Storage::File {
            let audit = json!({"type": "file", "options": {"file_path": vault.process.home().join("audit.log")}});
            vault.api.put("sys/audit/file", &audit).ok();
        }
        Ok(vault)
    }

    /// The folder that holds its configuration, data and audit log.
    fn home(&self) -> &Path {
        self.former.first().unwrap_or(&self.process).home()
    }

    /// The API, as root. Paths are without `/v1/`.
    pub(crate) fn api(&self) -> &Api {
        &self.api
    }

    /// From here on every call is a 503.
    pub(crate) fn seal(&self) {
        self.api.put("sys/seal", &json!({})).ok();
    }

    /// Everything is back, tokens too.
    pub(crate) fn unseal(&self) -> Result<(), String> {
        self.api.put("sys/unseal", &json!({"key": self.unseal_key})).ok();
        self.process.wait(|| self.api.try_get("sys/health").filter(|answer| answer.status == 200))?;
        Ok(())
    }

    /// It is gone at once, as after a crash; what it stored stays.
    pub(crate) fn kill(&self) {
        self.process.kill();
    }

    /// It is there again after `kill`, sealed.
    pub(crate) fn start_again(&mut self) {
        let (binary, arguments) = &self.command;
        let next = Process::start("vault", &home("vault"), binary, arguments);
        self.former.push(std::mem::replace(&mut self.process, next));
        self.process
            .wait(|| self.api.try_get("sys/health").filter(|answer| answer.status == 503))
            .expect("a sealed Vault");
    }

    /// It keeps its connections and answers nothing, until `resume`.
    pub(crate) fn pause(&self) {
        self.process.pause();
    }

    pub(crate) fn resume(&self) {
        self.process.resume();
    }

    /// A namespace, as OpenBao has them; `path` is below the root.
    pub(crate) fn namespace(&self, path: &str) {
        let (above, name) =
            path.rsplit_once('/').map_or((String::new(), path), |(above, name)| (format!("{above}/"), name));
        self.api.post(&format!("{above}sys/namespaces/{name}"), &json!({})).ok();
    }

    /// A real 429 after `rate` requests a second below `path`; `retry_after`: the answer says how long to wait.
    pub(crate) fn limit(&self, path: &str, rate: u32, retry_after: bool) {
        let headers = json!({"enable_rate_limit_response_headers": retry_after});
        self.api.post("sys/quotas/config", &headers).ok();
        let name = path.trim_end_matches('/').replace('/', "-");
        self.api.post(&format!("sys/quotas/rate-limit/{name}"), &json!({"rate": rate, "path": path})).ok();
    }
}

fn settings(home: &Path, address: &str, port: u16, cluster: u16, authority: &Authority, setup: &Setup) -> Value {
    let mut tcp = json!({
        "address": format!("127.0.0.1:{port}"), "cluster_address": format!("127.0.0.1:{cluster}"), "tls_disable": true,
    });
    if !setup.tls.is_empty() {
        let identity = authority.server(&setup.tls);
        let (certificate, key) = (home.join("server.pem"), home.join("server.key"));
        fs::write(&certificate, identity.certificate).expect("written");
        fs::write(&key, identity.key).expect("written");
        tcp["tls_disable"] = json!(false);
        tcp["tls_cert_file"] = json!(certificate);
        tcp["tls_key_file"] = json!(key);
        tcp["tls_client_ca_file"] = json!(home.join("ca.pem"));
        tcp["tls_require_and_verify_client_cert"] = json!(setup.demands_certificates);
    }
    let data = home.join("data");
    let storage = match setup.storage {
        Storage::File => json!({"file": {"path": data}}),
        Storage::Raft => {
            fs::create_dir(&data).expect("a new folder");
            json!({"raft": {"path": data, "node_id": format!("node-{port}"), "performance_multiplier": "1"}})
        }
    };
    json!({
        "storage": storage, "listener": [{"tcp": tcp}], "api_addr": address,
        "cluster_addr": format!("https://127.0.0.1:{cluster}"), "disable_mlock": true, "ui": false,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text was expected: {value}")).to_owned()
}
