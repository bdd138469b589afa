//! The sidecar of both projects, and what its Vault saw.

use std::fs;

use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::support::program::{binary, root};
use crate::support::servers::{self, Application, ArgoCd, Issuer, Repository, Served, Setup, Sidecar, Vault};

/// The projects. Each has a role of its name, and secrets below `secret/data/` at its name.
pub(super) const PROJECTS: [&str; 2] = ["shop", "rival"];

/// A sidecar, its Vault, and the file with the token of its service account.
pub(super) struct Shared {
    pub(super) vault: Vault,
    pub(super) argocd: ArgoCd,
    _token: NamedTempFile,
}

/// The sidecar with the role `app-{project}`, and with these further settings.
pub(super) fn shared(settings: Vec<(&'static str, String)>) -> Option<Shared> {
    shared_with(&plugin(), settings)
}

/// The plugin's definition, as the repository has it.
pub(super) fn plugin() -> String {
    fs::read_to_string(root().join("plugin.yaml")).expect("the plugin")
}

/// The sidecar with this definition of the plugin as well.
pub(super) fn shared_with(plugin: &str, settings: Vec<(&'static str, String)>) -> Option<Shared> {
    let vault = vault()?;
    let token = NamedTempFile::new().unwrap();
    let issuer = Issuer::new();
    roles(&vault, &issuer);
    fs::write(token.path(), issuer.token(&json!({"sub": "sidecar", "aud": "vault"}), 3600)).unwrap();
    let (helm, kustomize) = (servers::binary("helm4")?, servers::binary("kustomize")?);
    let programs = vec![("vault-render", binary().into()), ("helm", helm), ("kustomize", kustomize)];
    let own = [
        ("VAULT_ADDR", vault.address.clone()),
        ("AVP_AUTH_TYPE", "k8s".to_owned()),
        ("AVP_K8S_ROLE", "app-{project}".to_owned()),
        // Vault's jwt method takes the same login as its kubernetes method, and asks no cluster.
        ("AVP_K8S_MOUNT_PATH", "sidecar".to_owned()),
        ("AVP_K8S_TOKEN_PATH", token.path().display().to_string()),
    ];
    let settings = own.into_iter().chain(settings).collect();
    let argocd = servers::argocd(&Sidecar { served: Served::ByArgoCd, plugin, programs, settings })?;
    Some(Shared { vault, argocd, _token: token })
}

/// A Vault with a secret of each project. Its key `admin` is nobody's to read, and counts as the rival's in every test.
fn vault() -> Option<Vault> {
    let vault = servers::own_vault(Setup::default())?;
    vault.mount("secret", 2);
    vault.mount("plain", 1);
    vault.api().post("sys/mounts/codes", &json!({"type": "totp"})).ok();
    for project in PROJECTS {
        vault.write(
            "secret",
            &format!("{project}/db"),
            &json!({"password": format!("of-{project}"), "user": "web", "admin": "of-rival"}),
        );
        let key = json!({"generate": true, "issuer": "a", "account_name": "b"});
        vault.api().post(&format!("codes/keys/{project}"), &key).ok();
        vault.write("plain", &format!("{project}/db"), &json!({"password": format!("of-{project}")}));
    }
    Some(vault)
}

/// A role for each project. Vault's own policy lets them read everything, so that nothing but vault-render keeps them apart by path.
fn roles(vault: &Vault, issuer: &Issuer) {
    vault.policy("everything", &["*"]);
    vault.jwt("sidecar", issuer, json!({"bound_audiences": ["vault"], "token_policies": ["everything"]}));
    for project in PROJECTS {
        let role = json!({
            "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"], "token_policies": ["everything"],
        });
        vault.api().post(&format!("auth/sidecar/role/app-{project}"), &role).ok();
    }
}

impl Shared {
    /// The manifests of an Application in `project`, or what Argo CD's UI shows.
    pub(super) fn render(
        &self,
        project: &str,
        repository: &Repository,
        application: &Application,
    ) -> Result<Vec<Value>, String> {
        self.argocd.manifests(repository, &application.clone().of_project(project))
    }
}

/// A Secret with this password.
pub(super) fn secret(password: &str) -> String {
    format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: database\nstringData:\n  password: {password}\n")
}
