//! Auth methods of Vault, each at a mount of its own for the test.

use serde_json::{Value, json};

use super::super::{Directory, GithubStub, Issuer, Kubernetes};
use super::{Vault, text};

/// What an approle login needs.
pub(crate) struct Approle {
    pub(crate) role_id: String,
    pub(crate) secret_id: String,
}

impl Vault {
    /// An approle `web` at `mount`; `role` as the API takes it: `token_policies`, `secret_id_num_uses`, `token_num_uses`, …
    pub(crate) fn approle(&self, mount: &str, role: &Value) -> Approle {
        self.enable(mount, "approle");
        self.api.post(&format!("auth/{mount}/role/web"), role).ok();
        let role_id = text(&self.api.get(&format!("auth/{mount}/role/web/role-id")).ok()["data"]["role_id"]);
        Approle { role_id, secret_id: self.secret_id(mount) }
    }

    /// Another secret id for the role `web`.
    pub(crate) fn secret_id(&self, mount: &str) -> String {
        text(&self.api.post(&format!("auth/{mount}/role/web/secret-id"), &json!({})).ok()["data"]["secret_id"])
    }

    /// A user at `mount`; wrong passwords do not lock him.
    pub(crate) fn userpass(&self, mount: &str, user: &str, password: &str, policies: &[&str]) {
        self.enable(mount, "userpass");
        let tune = json!({"user_lockout_config": {"lockout_disable": true}});
        self.api.post(&format!("sys/auth/{mount}/tune"), &tune).ok();
        let account = json!({"password": password, "token_policies": policies});
        self.api.post(&format!("auth/{mount}/users/{user}"), &account).ok();
    }

    /// The members of the stub's team may log in.
    pub(crate) fn github(&self, mount: &str, stub: &GithubStub, policies: &[&str]) {
        self.enable(mount, "github");
        let config = json!({"organization": stub.organization(), "base_url": stub.base_url()});
        self.api.post(&format!("auth/{mount}/config"), &config).ok();
        let team = json!({"value": policies.join(",")});
        self.api.post(&format!("auth/{mount}/map/teams/{}", stub.team()), &team).ok();
    }

    /// A role for a service account; Vault asks the real apiserver's TokenReview.
    pub(crate) fn kubernetes(
        &self,
        mount: &str,
        role: &str,
        cluster: &Kubernetes,
        account: (&str, &str),
        policies: &[&str],
    ) {
        self.enable(mount, "kubernetes");
        let config = json!({
            "kubernetes_host": cluster.address, "kubernetes_ca_cert": cluster.authority.pem,
            "token_reviewer_jwt": cluster.reviewer_token(), "disable_local_ca_jwt": true,
        });
        self.api.post(&format!("auth/{mount}/config"), &config).ok();
        let (namespace, name) = account;
        let role_config = json!({
            "bound_service_account_names": [name], "bound_service_account_namespaces": [namespace],
            "audience": Kubernetes::AUDIENCE, "token_policies": policies,
        });
        self.api.post(&format!("auth/{mount}/role/{role}"), &role_config).ok();
    }

    /// The users of the test's directory may log in; those of the group `devs` have these policies.
    pub(crate) fn ldap(&self, mount: &str, address: &str, policies: &[&str]) {
        self.enable(mount, "ldap");
        let suffix = Directory::SUFFIX;
        let config = json!({
            "url": address, "userdn": format!("ou=people,{suffix}"), "userattr": "uid", "groupdn": format!("ou=groups,{suffix}"),
            "groupfilter": "(member={{.UserDN}})", "groupattr": "cn", "binddn": format!("cn=admin,{suffix}"),
            "bindpass": Directory::ADMIN_PASSWORD,
        });
        self.api.post(&format!("auth/{mount}/config"), &config).ok();
        self.api.post(&format!("auth/{mount}/groups/devs"), &json!({"policies": policies})).ok();
    }

    /// A role `web` for tokens of the issuer; `role` as the API takes it: `bound_audiences`, `token_policies`, …
    pub(crate) fn jwt(&self, mount: &str, issuer: &Issuer, mut role: Value) {
        self.enable(mount, "jwt");
        let config = json!({"jwt_validation_pubkeys": [issuer.public_key()], "jwt_supported_algs": ["EdDSA"]});
        self.api.post(&format!("auth/{mount}/config"), &config).ok();
        (role["role_type"], role["user_claim"]) = (json!("jwt"), json!("sub"));
        self.api.post(&format!("auth/{mount}/role/web"), &role).ok();
    }

    /// A token that wraps what `path` makes.
    pub(crate) fn wrapped(&self, path: &str) -> String {
        text(&self.api.post_wrapped(path).ok()["wrap_info"]["token"])
    }

    pub(crate) fn enable(&self, mount: &str, method: &str) {
        self.api.post(&format!("sys/auth/{mount}"), &json!({"type": method})).ok();
    }
}
