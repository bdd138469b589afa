//! The way to Vault: TLS, time, limits, broken connections.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Authority, Faults, Request, Response, Setup, Vault};

const MANIFEST_PATH: &str = "<path:secret/app#password>";

fn tls_vault(names: &[&'static str]) -> Option<Vault> {
    let vault = servers::own_vault(Setup { tls: names.to_vec(), ..Setup::default() })?;
    vault.mount("secret", 1);
    vault.write("secret", "app", &json!({"password": "over-tls"}));
    Some(vault)
}

fn as_root(vault: &Vault) -> Program {
    render(&vault.address, &secret(&[MANIFEST_PATH])).env("VAULT_TOKEN", &vault.root).env("VAULT_MAX_RETRIES", "0")
}

#[test]
fn an_own_authority_is_trusted_by_file_by_bytes_and_by_folder() {
    let Some(vault) = tls_vault(&["127.0.0.1"]) else { return };
    let filled = secret(&["over-tls"]);
    as_root(&vault).env("VAULT_CACERT", &vault.ca_file).stdout(filled.clone()).check();
    as_root(&vault).env("VAULT_CACERT_BYTES", &vault.authority.pem).stdout(filled.clone()).check();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("other.pem"), Authority::new("another").pem).unwrap();
    fs::copy(&vault.ca_file, folder.path().join("own.pem")).unwrap();
    as_root(&vault).env("VAULT_CAPATH", folder.path()).stdout(filled).check();
}

#[test]
fn an_unknown_authority_is_refused_unless_verification_is_off() {
    let Some(vault) = tls_vault(&["127.0.0.1"]) else { return };
    let other = tempfile::NamedTempFile::new().unwrap();
    fs::write(other.path(), Authority::new("another").pem).unwrap();
    as_root(&vault).status(1).stderr_holds(["certificate", "VAULT_CACERT"]).check();
    as_root(&vault).env("VAULT_CACERT", other.path()).status(1).stderr_holds(["certificate"]).check();
    let output = as_root(&vault).env("VAULT_SKIP_VERIFY", "true").output();
    assert_eq!(String::from_utf8_lossy(&output.stdout), secret(&["over-tls"]));
}

#[test]
fn the_servers_name_can_be_said() {
    let Some(vault) = tls_vault(&["vault.internal"]) else { return };
    as_root(&vault).env("VAULT_CACERT", &vault.ca_file).status(1).stderr_holds(["certificate"]).check();
    as_root(&vault)
        .env("VAULT_CACERT", &vault.ca_file)
        .env("VAULT_TLS_SERVER_NAME", "vault.internal")
        .stdout(secret(&["over-tls"]))
        .check();
}

#[test]
fn a_client_certificate_is_shown() {
    let setup = Setup { tls: vec!["127.0.0.1"], demands_certificates: true, ..Setup::default() };
    let Some(vault) = servers::own_vault(setup) else { return };
    vault.mount("secret", 1);
    vault.write("secret", "app", &json!({"password": "over-tls"}));
    let folder = tempfile::tempdir().unwrap();
    let with = |authority: &Authority| {
        let identity = authority.client("renderer");
        let (certificate, key) = (folder.path().join("client.pem"), folder.path().join("client.key"));
        fs::write(&certificate, identity.certificate).unwrap();
        fs::write(&key, identity.key).unwrap();
        let program = as_root(&vault).env("VAULT_CACERT", &vault.ca_file);
        program.env("VAULT_CLIENT_CERT", certificate).env("VAULT_CLIENT_KEY", key)
    };
    with(&vault.authority).stdout(secret(&["over-tls"])).check();
    // What Vault thinks of a certificate may come too late to be read, or not at all: the connection just ends.
    with(&Authority::new("another")).status(1).stderr_holds([&vault.address]).check();
    as_root(&vault).env("VAULT_CACERT", &vault.ca_file).status(1).stderr_holds([&vault.address]).check();
}

#[test]
fn plain_http_to_a_tls_port_says_so() {
    let Some(vault) = tls_vault(&["127.0.0.1"]) else { return };
    let address = vault.address.replace("https:", "http:");
    render(&address, &secret(&[MANIFEST_PATH]))
        .env("VAULT_TOKEN", &vault.root)
        .env("VAULT_MAX_RETRIES", "0")
        .status(1)
        .stderr_holds(["https"])
        .check();
}

#[test]
fn a_vault_that_hangs_runs_into_the_timeout_and_then_goes_on() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.mount("secret", 1);
    vault.write("secret", "app", &json!({"password": "patience"}));
    vault.pause();
    let start = Instant::now();
    as_root(&vault).env("VAULT_CLIENT_TIMEOUT", "1s").status(1).stderr_holds(["1s"]).check();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    vault.resume();
    as_root(&vault).stdout(secret(&["patience"])).check();
}

#[test]
fn a_real_rate_limit_is_waited_for_with_and_without_retry_after() {
    for retry_after in [false, true] {
        let Some(vault) = servers::own_vault(Setup::default()) else { return };
        vault.mount("secret", 1);
        for number in 0..8 {
            vault.write("secret", &format!("app{number}"), &json!({"password": "here"}));
        }
        vault.limit("secret/", 5, retry_after);
        let placeholders: Vec<String> = (0..8).map(|number| format!("<path:secret/app{number}#password>")).collect();
        render(&vault.address, &secret(&placeholders.iter().map(String::as_str).collect::<Vec<_>>()))
            .env("VAULT_TOKEN", &vault.root)
            .stdout(secret(&["here"; 8]))
            .check();
    }
}

/// Vault's answer to a read of the only secret.
fn found() -> Response {
    Response::json(200, r#"{"request_id": "1", "lease_id": "", "data": {"password": "found"}}"#)
}

/// Reads only the secret from a server that answers like this.
fn against(faults: &Faults) -> Program {
    render(&faults.address, &secret(&[MANIFEST_PATH])).env("VAULT_TOKEN", "t").env("VAULT_CLIENT_TIMEOUT", "20s")
}

#[test]
fn what_passes_is_tried_again() {
    let passing = [
        Response::too_many(None),
        Response::too_many(Some(1)),
        Response::json(500, r#"{"errors": ["internal error"]}"#),
        Response::json(502, "bad gateway"),
        Response::json(503, r#"{"errors": ["no active node"]}"#),
        Response::json(504, ""),
        Response::Cut,
        Response::Torn(r#"{"data": {"#.to_owned()),
    ];
    for fault in passing {
        let faults = Faults::script(vec![fault.clone(), found()]);
        let output = against(&faults).output();
        assert_eq!(String::from_utf8_lossy(&output.stdout), secret(&["found"]), "{fault:?}");
        assert_eq!(faults.requests().len(), 2, "{fault:?}");
    }
}

#[test]
fn what_does_not_pass_is_not_tried_again() {
    for (fault, word) in [
        (Response::json(400, r#"{"errors": ["a bad request"]}"#), "a bad request"),
        (Response::json(405, r#"{"errors": ["unsupported operation"]}"#), "unsupported operation"),
    ] {
        let faults = Faults::script(vec![fault]);
        against(&faults).status(1).stderr_holds([word]).check();
        assert_eq!(faults.requests().len(), 1, "{word}");
    }
}

#[test]
fn a_500_is_tried_once_more_and_retries_have_an_end() {
    let broken = Faults::script(vec![Response::json(500, r#"{"errors": ["broken"]}"#)]);
    against(&broken).status(1).stderr_holds(["500", "broken"]).check();
    assert_eq!(broken.requests().len(), 2);
    let away = Faults::script(vec![Response::json(502, "")]);
    against(&away).env("VAULT_MAX_RETRIES", "1").status(1).stderr_holds(["502"]).check();
    assert_eq!(away.requests().len(), 2);
    let never = Faults::script(vec![Response::json(502, "")]);
    against(&never).env("VAULT_MAX_RETRIES", "0").status(1).stderr_holds(["502"]).check();
    assert_eq!(never.requests().len(), 1);
}

#[test]
fn retry_after_is_kept() {
    let faults = Faults::script(vec![Response::too_many(Some(2)), found()]);
    let start = Instant::now();
    against(&faults).stdout(secret(&["found"])).check();
    assert!(start.elapsed() >= Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn what_is_not_vaults_json_is_an_error_without_its_text() {
    for body in ["<html>s3cret</html>", "s3cret", r#"{"data": "s3cret"}"#, "[]", ""] {
        let faults = Faults::script(vec![Response::json(200, body)]);
        let output = against(&faults).env("VAULT_MAX_RETRIES", "0").output();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{body}: {stderr}");
        assert!(output.stdout.is_empty() && !stderr.contains("s3cret"), "{body}: {stderr}");
    }
}

#[test]
fn the_headers_are_vaults() {
    let faults = Faults::script(vec![found()]);
    against(&faults).env("VAULT_NAMESPACE", "team-a").stdout(secret(&["found"])).check();
    let requests = faults.requests();
    let header = |request: &Request, name: &str| request.header(name).unwrap_or_default().to_owned();
    assert_eq!(requests[0].method, "GET");
    assert_eq!(requests[0].path, "/v1/secret/app");
    assert_eq!(header(&requests[0], "x-vault-token"), "t");
    assert_eq!(header(&requests[0], "x-vault-request"), "true");
    assert_eq!(header(&requests[0], "x-vault-namespace").trim_end_matches('/'), "team-a");
}

#[test]
fn a_tenant_may_only_shorten_the_runs_time() {
    for (operators, tenants, allowed) in
        [("", "20s", true), ("", "51s", false), ("", "0", false), ("30s", "40s", false)]
    {
        let faults = Faults::script(vec![found()]);
        let run = against(&faults).env("AVP_TIMEOUT", operators).env("ARGOCD_ENV_AVP_TIMEOUT", tenants);
        let output = run.output();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), allowed, "{operators} {tenants}: {stderr}");
        assert_eq!(stderr.contains("AVP_TIMEOUT"), !allowed, "{operators} {tenants}: {stderr}");
    }
}

/// A server of the same authority, which answers only under this name.
fn vouched_for(authority: &Authority, name: &str, answer: Response) -> Faults {
    Faults::start_tls(&authority.server(&[name]), move |_, _| answer.clone())
}

/// A standby node, which sends everybody to `active`.
fn standby(authority: &Authority, active: &str) -> Faults {
    let active = active.to_owned();
    Faults::start_tls(&authority.server(&["127.0.0.1"]), move |_, request| {
        Response::Plain(307, vec![("Location", format!("{active}{}", request.path))], String::new())
    })
}

#[test]
fn a_redirect_takes_the_token_to_no_other_host() {
    let authority = Authority::new("the tests' authority");
    let ca = tempfile::NamedTempFile::new().unwrap();
    fs::write(ca.path(), &authority.pem).unwrap();
    let elsewhere = vouched_for(&authority, "localhost", found());
    let active = vouched_for(&authority, "127.0.0.1", found());
    let other = elsewhere.address.replace("127.0.0.1", "localhost");
    let first = standby(&authority, &other);
    let run = || against(&first).env("VAULT_CACERT", ca.path());
    let login = run().env("VAULT_TOKEN", "").env("AVP_AUTH_TYPE", "approle").env("AVP_ROLE_ID", "role");
    for run in [run(), login.env("AVP_SECRET_ID", "a-secret-id")] {
        run.status(1)
            .stderr_holds([first.address.as_str(), &other, "the host of `VAULT_ADDR`", "load balancer"])
            .check();
    }
    assert!(elsewhere.requests().is_empty(), "{:?}", elsewhere.requests());
    // Another port of the same host is the same machine's.
    against(&standby(&authority, &active.address)).env("VAULT_CACERT", ca.path()).stdout(secret(&["found"])).check();
}

#[test]
fn a_proxy_of_the_environment_is_not_asked_for_loopback() {
    let (proxy, faults) = (Faults::script(vec![Response::Cut]), Faults::script(vec![found()]));
    against(&faults).env("NO_PROXY", "127.0.0.1").env("HTTP_PROXY", &proxy.address).stdout(secret(&["found"])).check();
    assert!(proxy.requests().is_empty());
}
