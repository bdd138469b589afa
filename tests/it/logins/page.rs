//! Runs the commands of docs/authentication.md, and renders with each login.

use std::fs;
use std::process::{Command, Output};

use serde_json::json;

use super::cloud::{azure, google};
use crate::guides::blocks;
use crate::support::program::{binary, root};
use crate::support::render::{render, secret};
use crate::support::servers::{self, Directory, GithubStub, Issuer, Kubernetes, Setup, Vault};

/// A Vault with the page's policy and secret, and a folder in which its commands run.
struct Reader {
    vault: Vault,
    page: String,
    folder: tempfile::TempDir,
}

/// What stands on the page and what it is on this machine.
type Replacements = Vec<(&'static str, String)>;

impl Reader {
    fn new() -> Option<Self> {
        let vault = servers::own_vault(Setup { tls: vec!["127.0.0.1"], ..Setup::default() })?;
        vault.mount("secret", 2);
        vault.write("secret", "app", &json!({"password": "s3cret"}));
        let page = fs::read_to_string(root().join("docs/authentication.md")).expect("the page");
        let reader = Self { vault, page, folder: tempfile::tempdir().expect("a folder") };
        let policy = blocks(&reader.page, "sh").next().expect("the policy").to_owned();
        assert!(reader.sh(&policy).status.success());
        Some(reader)
    }

    /// The section of a login, up to the next.
    fn section(&self, login: &str) -> &str {
        let (_, rest) =
            self.page.split_once(&format!("\n## {login}\n")).unwrap_or_else(|| panic!("no section `{login}`"));
        rest.split("\n## ").next().expect("a text")
    }

    /// Runs the commands of a section, and renders with the login that they leave in the environment.
    fn follow(&self, login: &str, replacements: &Replacements) {
        let commands: Vec<&str> = blocks(self.section(login), "sh").collect();
        assert!(!commands.is_empty(), "{login}: no commands");
        let commands = replacements.iter().fold(commands.concat(), |text, (there, here)| {
            assert!(text.contains(there), "{login}: `{there}` is not on the page");
            text.replace(there, here)
        });
        // The operator's own token is not the login's, unless the page sets one.
        let forget = format!("[ \"$VAULT_TOKEN\" != {} ] || unset VAULT_TOKEN", self.vault.root);
        let output = self.sh(&format!("{commands}\n{forget}\nexec {} generate - <manifest.yaml", binary()));
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(stdout.ends_with(&secret(&["s3cret"])), "{login}: {stdout}{stderr}\n{commands}");
    }

    /// Runs a script with the real `vault` as the operator.
    fn sh(&self, script: &str) -> Output {
        fs::write(self.folder.path().join("manifest.yaml"), secret(&["<path:secret/data/app#password>"]))
            .expect("written");
        let programs = servers::binary("vault").expect("it runs");
        let path = format!("{}:/usr/bin:/bin", programs.parent().expect("a folder").display());
        let mut shell = Command::new("sh");
        shell.args(["-euc", script]).current_dir(self.folder.path()).env_clear();
        shell.env("PATH", path).env("HOME", self.folder.path()).env("VAULT_ADDR", &self.vault.address);
        shell.env("VAULT_CACERT", &self.vault.ca_file).env("VAULT_TOKEN", &self.vault.root).output().expect("a shell")
    }

    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        fs::write(&file, text).expect("written");
        file.display().to_string()
    }
}

/// The logins of docs/backends.md, which the table in the code makes.
fn logins() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/backends.md")).expect("the page");
    let table = page.split_once("| login | what it is |").expect("the table").1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with("| `"));
    rows.map(|line| line.split('`').nth(1).expect("a name").to_owned()).collect()
}

#[test]
fn every_login_has_a_section_with_its_settings() {
    let page = fs::read_to_string(root().join("docs/authentication.md")).expect("the page");
    for login in logins() {
        let (_, rest) = page.split_once(&format!("\n## {login}\n")).unwrap_or_else(|| panic!("no section `{login}`"));
        let section = rest.split("\n## ").next().expect("a text");
        assert!(section.contains(&format!("export AVP_AUTH_TYPE={login}\n")), "{login}");
    }
}

#[test]
fn logins_that_need_vault_alone_work_as_the_page_says() {
    let Some(reader) = Reader::new() else { return };
    for login in ["token", "approle", "userpass", "custom"] {
        reader.follow(login, &Vec::new());
    }
    let client = reader.vault.authority.client("web");
    reader.write("clients-ca.pem", &reader.vault.authority.pem);
    reader.write("client.pem", &client.certificate);
    reader.write("client-key.pem", &client.key);
    reader.follow("cert", &Vec::new());
    let issuer = Issuer::new();
    let key = reader.write("issuer.pem", &issuer.public_key());
    let claims = json!({"sub": "project_path:team/app:ref_type:branch:ref:main", "aud": "vault"});
    reader.follow(
        "jwt",
        &vec![
            (
                "oidc_discovery_url=https://gitlab.example.com",
                format!("jwt_supported_algs=EdDSA jwt_validation_pubkeys=@{key}"),
            ),
            ("$VAULT_ID_TOKEN", issuer.token(&claims, 600)),
        ],
    );
}

#[test]
fn an_agents_token_works_as_the_page_says() {
    let Some(reader) = Reader::new() else { return };
    let approle = reader.vault.approle("approle", &json!({"token_policies": ["apps"]}));
    for (login, there) in [("token_file", "/vault/secrets/token"), ("none", "http://127.0.0.1:8100")] {
        let config = blocks(reader.section(login), "hcl").next().expect("the agent's configuration");
        let Some(agent) = reader.vault.agent(config, &approle) else { return };
        let here = if login == "none" { agent.address.clone() } else { agent.sink().display().to_string() };
        reader.follow(login, &vec![(there, here)]);
        if login == "none" {
            let manifest = secret(&["<path:secret/data/app#password>"]);
            let run = render("", &manifest).env("VAULT_AGENT_ADDR", &agent.address);
            run.stdout(secret(&["s3cret"])).check();
        }
    }
}

#[test]
fn a_pods_service_account_logs_in_as_the_page_says() {
    let (Some(reader), Some(cluster)) = (Reader::new(), servers::kubernetes()) else { return };
    cluster.namespace("argocd");
    cluster.service_account("argocd", "argocd-repo-server");
    let token = reader.write("token", &cluster.token("argocd", "argocd-repo-server", Some(Kubernetes::AUDIENCE)));
    let ca = reader.write("cluster.pem", &cluster.authority.pem);
    let config =
        format!("{} kubernetes_ca_cert=@{ca} token_reviewer_jwt={}", cluster.address, cluster.reviewer_token());
    reader.follow("k8s", &vec![("https://kubernetes.default.svc", config), ("/var/run/secrets/tokens/vault", token)]);
}

#[test]
fn a_directory_and_github_log_in_as_the_page_says() {
    let (Some(reader), Some(directory)) = (Reader::new(), servers::directory()) else { return };
    let page = reader.section("ldap");
    for known in [Directory::SUFFIX, Directory::ADMIN_PASSWORD, Directory::PASSWORD] {
        assert!(page.contains(known), "{known}");
    }
    reader.follow("ldap", &vec![("ldaps://ldap.example.com", directory.address.clone())]);
    let stub = GithubStub::start();
    let config = format!("organization={} base_url={}", stub.organization(), stub.base_url());
    reader.follow("github", &vec![("organization=acme", config), ("$GITHUB_TOKEN", GithubStub::TOKEN.to_owned())]);
}

#[test]
fn a_role_of_aws_logs_in_as_the_page_says() {
    let (Some(reader), Some(moto)) = (Reader::new(), servers::moto()) else { return };
    moto.role("argocd");
    let endpoints = format!(
        "access_key=x secret_key=y endpoint={0} iam_endpoint={0} sts_endpoint={0} sts_region=us-east-1 iam_server_id",
        moto.address
    );
    let token = reader.write("web-identity", "a token of the cluster");
    let identity = format!(
        "export AWS_ROLE_ARN=arn:aws:iam::123456789012:role/argocd AWS_WEB_IDENTITY_TOKEN_FILE={token} AWS_ENDPOINT_URL_STS={}\n\
         export AVP_AUTH_TYPE=aws",
        moto.address
    );
    reader.follow("aws", &vec![("iam_server_id", endpoints), ("export AVP_AUTH_TYPE=aws", identity)]);
}

/// The clouds are out of reach: Vault's method `jwt` in the place of theirs takes the same bodies, and checks the signature.
#[test]
fn machines_of_google_and_azure_log_in_as_the_page_says() {
    let Some(reader) = Reader::new() else { return };
    let issuer = std::sync::Arc::new(Issuer::new());
    let key = reader.write("issuer.pem", &issuer.public_key());
    let replaced = |login: &str, audience: &str, variable: &str, address: &str| {
        format!(
            "vault auth disable {login}\nvault auth enable -path={login} jwt\n\
             vault write auth/{login}/config jwt_supported_algs=EdDSA jwt_validation_pubkeys=@{key}\n\
             vault write auth/{login}/role/argocd role_type=jwt user_claim=sub bound_audiences={audience} token_policies=apps\n\
             export {variable}={address}\nexport AVP_AUTH_TYPE={login}"
        )
    };
    let (google, azure) = (google(issuer.clone()), azure(issuer));
    let host = google.address.trim_start_matches("http://");
    let gcp = replaced("gcp", "vault/argocd", "GCE_METADATA_HOST", host);
    reader.follow("gcp", &vec![("export AVP_AUTH_TYPE=gcp", gcp)]);
    let resource = "https://management.azure.com/";
    let azure_login = replaced("azure", resource, "AZURE_POD_IDENTITY_AUTHORITY_HOST", &azure.address);
    reader.follow("azure", &vec![("export AVP_AUTH_TYPE=azure", azure_login)]);
}
