//! A real kube-apiserver on a real etcd: no nodes, no controllers, but Secrets, service accounts and TokenReview.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::KeyPair;
use serde_json::{Value, json};

use super::process::{Process, free_port, home, retry};
use super::{Api, Authority};

/// A running cluster, and its administrator.
pub(crate) struct Kubernetes {
    _etcd: Process,
    apiserver: Process,
    api: Api,
    /// `https://127.0.0.1:PORT`.
    pub(crate) address: String,
    /// The administrator's token.
    pub(crate) admin: &'static str,
    /// Signed the apiserver's certificate.
    pub(crate) authority: Authority,
}

impl Kubernetes {
    /// What service-account tokens for Vault are made out to.
    pub(crate) const AUDIENCE: &'static str = "vault";

    pub(super) fn start(etcd: &Path, apiserver: &Path) -> Self {
        retry(|| Self::try_start(etcd, apiserver))
    }

    fn try_start(etcd: &Path, apiserver: &Path) -> Result<Self, String> {
        let (clients, peers, port) = (free_port(), free_port(), free_port());
        let etcd_home = home("etcd");
        let etcd = Process::start("etcd", &etcd_home, etcd, &etcd_arguments(&etcd_home, clients, peers));
        let home = home("kubernetes");
        let authority = Authority::new("the tests' cluster");
        let admin = "admin-token";
        write_identities(&home, &authority, admin);
        let apiserver = Process::start("kube-apiserver", &home, apiserver, &arguments(&home, clients, port));
        let address = format!("https://127.0.0.1:{port}");
        let api = Api::new(&address, Some(&authority.pem), None).with_token(admin);
        apiserver.wait(|| api.try_get("readyz").filter(|answer| answer.text == "ok"))?;
        let cluster = Self { _etcd: etcd, apiserver, api, address, admin, authority };
        cluster.make_reviewer();
        Ok(cluster)
    }

    /// The API, as administrator.
    pub(crate) fn api(&self) -> &Api {
        &self.api
    }

    /// A namespace, which several tests may want.
    pub(crate) fn namespace(&self, name: &str) {
        let answer = self.api.post("api/v1/namespaces", &json!({"metadata": {"name": name}}));
        assert!(matches!(answer.status, 201 | 409), "{} {}", answer.status, answer.text);
    }

    pub(crate) fn service_account(&self, namespace: &str, name: &str) {
        self.create(&format!("api/v1/namespaces/{namespace}/serviceaccounts"), &json!({"metadata": {"name": name}}));
    }

    /// A token for the service account; without an audience it is one for the apiserver itself.
    pub(crate) fn token(&self, namespace: &str, account: &str, audience: Option<&str>) -> String {
        let path = format!("api/v1/namespaces/{namespace}/serviceaccounts/{account}/token");
        let audiences: Vec<&str> = audience.into_iter().collect();
        let answer = self.api.post(&path, &json!({"spec": {"audiences": audiences, "expirationSeconds": 3600}})).ok();
        answer["status"]["token"].as_str().expect("a token").to_owned()
    }

    /// A Secret of texts.
    pub(crate) fn secret(&self, namespace: &str, name: &str, data: &Value) {
        let secret = json!({"metadata": {"name": name}, "stringData": data});
        self.create(&format!("api/v1/namespaces/{namespace}/secrets"), &secret);
    }

    /// Lets the service account read one Secret, and nothing else.
    pub(crate) fn may_read_secret(&self, namespace: &str, account: &str, secret: &str) {
        let rbac = format!("apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}");
        let name = format!("{account}-{secret}");
        let rules = json!([{"apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret], "verbs": ["get"]}]);
        self.create(&format!("{rbac}/roles"), &json!({"metadata": {"name": name}, "rules": rules}));
        let binding =
            binding(&name, "Role", &name, json!({"kind": "ServiceAccount", "name": account, "namespace": namespace}));
        self.create(&format!("{rbac}/rolebindings"), &binding);
        let reading = json!({"verb": "get", "resource": "secrets", "namespace": namespace, "name": secret});
        self.wait_for_right(namespace, account, &reading);
    }

    /// A kubeconfig with this token, as the file `name` in the cluster's folder.
    pub(crate) fn kubeconfig(&self, name: &str, token: &str) -> PathBuf {
        let file = self.apiserver.home().join(name);
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.address, "certificate-authority": self.ca_file()}}],
            "users": [{"name": "test", "user": {"token": token}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        });
        fs::write(&file, config.to_string()).expect("written");
        file
    }

    /// The authority's certificate as a file.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.apiserver.home().join("ca.pem")
    }

    /// For Vault: it may ask whether a token is good.
    pub(crate) fn reviewer_token(&self) -> String {
        self.token("default", "reviewer", None)
    }

    fn make_reviewer(&self) {
        self.service_account("default", "reviewer");
        let subject = json!({"kind": "ServiceAccount", "name": "reviewer", "namespace": "default"});
        let binding = binding("reviewer", "ClusterRole", "system:auth-delegator", subject);
        self.create("apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &binding);
        let reviewing = json!({"verb": "create", "group": "authentication.k8s.io", "resource": "tokenreviews"});
        self.wait_for_right("default", "reviewer", &reviewing);
    }

    /// The apiserver learns of a new binding a moment after it has stored it.
    fn wait_for_right(&self, namespace: &str, account: &str, right: &Value) {
        let user = format!("system:serviceaccount:{namespace}:{account}");
        let review = json!({"spec": {"user": user, "resourceAttributes": right}});
        let asked = || self.api.post("apis/authorization.k8s.io/v1/subjectaccessreviews", &review).ok();
        self.apiserver.wait(|| (asked()["status"]["allowed"] == true).then_some(())).expect("the right is given");
    }

    fn create(&self, path: &str, object: &Value) {
        self.api.post(path, object).ok();
    }
}

fn binding(name: &str, kind: &str, role: &str, subject: Value) -> Value {
    json!({
        "metadata": {"name": name}, "subjects": [subject],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
    })
}

fn write_identities(home: &Path, authority: &Authority, admin: &str) {
    let server = authority.server(&["127.0.0.1"]);
    let accounts = KeyPair::generate().expect("a key");
    let files = [
        ("ca.pem", authority.pem.clone()),
        ("server.pem", server.certificate),
        ("server.key", server.key),
        ("sa.key", accounts.serialize_pem()),
        ("sa.pub", accounts.public_key_pem()),
        ("tokens.csv", format!("{admin},admin,admin,\"system:masters\"\n")),
    ];
    for (name, content) in files {
        fs::write(home.join(name), content).expect("written");
    }
}

fn etcd_arguments(home: &Path, clients: u16, peers: u16) -> Vec<String> {
    let (clients, peers) = (format!("http://127.0.0.1:{clients}"), format!("http://127.0.0.1:{peers}"));
    flags(&[
        ("data-dir", &home.join("data").display().to_string()),
        ("listen-client-urls", &clients),
        ("advertise-client-urls", &clients),
        ("listen-peer-urls", &peers),
        ("initial-advertise-peer-urls", &peers),
        ("initial-cluster", &format!("default={peers}")),
        ("unsafe-no-fsync", "true"),
        ("log-level", "warn"),
    ])
}

fn arguments(home: &Path, etcd: u16, port: u16) -> Vec<String> {
    let file = |name: &str| home.join(name).display().to_string();
    let address = format!("https://127.0.0.1:{port}");
    flags(&[
        ("etcd-servers", &format!("http://127.0.0.1:{etcd}")),
        ("bind-address", "127.0.0.1"),
        ("secure-port", &port.to_string()),
        ("advertise-address", "127.0.0.1"),
        ("endpoint-reconciler-type", "none"),
        ("service-cluster-ip-range", "10.0.0.0/24"),
        ("tls-cert-file", &file("server.pem")),
        ("tls-private-key-file", &file("server.key")),
        ("client-ca-file", &file("ca.pem")),
        ("token-auth-file", &file("tokens.csv")),
        ("authorization-mode", "RBAC"),
        ("service-account-issuer", &address),
        ("api-audiences", &address),
        ("service-account-signing-key-file", &file("sa.key")),
        ("service-account-key-file", &file("sa.pub")),
        ("cert-dir", &file("certificates")),
    ])
}

fn flags(flags: &[(&str, &str)]) -> Vec<String> {
    flags.iter().map(|(name, value)| format!("--{name}={value}")).collect()
}
