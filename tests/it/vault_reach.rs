//! The ways to Vault beside one address: nodes of a cluster, sockets, agents, proxies; and waiting for one that is away.

use std::io::copy;
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::program::{Program, program};
use crate::support::render::{render, secret};
use crate::support::servers::{self, Faults, Response, Setup, Vault};

const PLACEHOLDER: &str = "<path:secret/app#password>";

fn with_secret(vault: &Vault) {
    vault.mount("secret", 1);
    vault.write("secret", "app", &json!({"password": "here"}));
}

fn as_root(address: &str, vault: &Vault) -> Program {
    render(address, &secret(&[PLACEHOLDER])).env("VAULT_TOKEN", &vault.root).env("VAULT_MAX_RETRIES", "0")
}

/// A server that answers every reading.
fn serving() -> Faults {
    Faults::script(vec![Response::json(200, r#"{"data": {"password": "here"}}"#)])
}

fn sealed() -> Faults {
    Faults::script(vec![Response::json(503, r#"{"errors": ["Vault is sealed"]}"#)])
}

#[test]
fn the_nodes_of_a_cluster_are_asked_in_turn() {
    let standby = || {
        Faults::script(vec![Response::json(
            500,
            r#"{"errors":["local node not active but active cluster node not found"]}"#,
        )])
    };
    for away in [sealed(), standby()] {
        let node = serving();
        for addresses in [
            format!("http://127.0.0.1:1,{},{}", away.address, node.address),
            format!("{},{}", node.address, away.address),
        ] {
            let run = render(&addresses, &secret(&[PLACEHOLDER])).env("VAULT_TOKEN", "t").env("VAULT_MAX_RETRIES", "0");
            run.stdout(secret(&["here"])).check();
        }
        assert_eq!((away.requests().len(), node.requests().len()), (1, 2));
    }
    let nowhere = format!("http://127.0.0.1:1,{}", sealed().address);
    let run = render(&nowhere, &secret(&[PLACEHOLDER])).env("VAULT_TOKEN", "t").env("VAULT_MAX_RETRIES", "0");
    run.status(1).stderr_holds(["cannot connect to"]).check();
}

#[test]
fn a_login_goes_on_to_the_next_node_and_one_token_is_for_all() {
    let away = sealed();
    let node = Faults::start(|_, request| match request.path.ends_with("/login") {
        true => Response::json(200, r#"{"auth": {"client_token": "token", "lease_duration": 3600}}"#),
        false => Response::json(200, r#"{"data": {"password": "here"}}"#),
    });
    let home = tempfile::tempdir().unwrap();
    for addresses in [format!("{},{}", away.address, node.address), format!("{},{}", node.address, away.address)] {
        let run = render(&addresses, &secret(&[PLACEHOLDER])).env("AVP_AUTH_TYPE", "approle").env("HOME", home.path());
        run.env("AVP_ROLE_ID", "a-role").env("AVP_SECRET_ID", "a-secret-id").stdout(secret(&["here"])).check();
    }
    let logins = |faults: &Faults| faults.requests().iter().filter(|request| request.path.ends_with("/login")).count();
    assert_eq!((logins(&away), logins(&node)), (1, 1), "the token is kept for the nodes in whatever order");
}

#[test]
fn the_leader_of_three_may_stop() {
    let Some(mut cluster) = servers::cluster("vault") else { return };
    with_secret(&cluster.nodes[0]);
    let (addresses, root) = (cluster.addresses(), cluster.nodes[0].root.clone());
    let run = || render(&addresses, &secret(&[PLACEHOLDER])).env("VAULT_TOKEN", &root).env("AVP_WAIT", "30s");
    run().stdout(secret(&["here"])).check();
    cluster.stop_the_leader();
    run().stdout(secret(&["here"])).check();
}

/// Passes each connection of a socket on to a server.
fn socket(path: &Path, server: &str) {
    let (listener, server) = (UnixListener::bind(path).unwrap(), server.trim_start_matches("http://").to_owned());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(&server) else { continue };
            std::thread::spawn(move || pass_on(&stream, &server));
        }
    });
}

fn pass_on(stream: &UnixStream, server: &TcpStream) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut from, mut to) = (stream, server);
            let _ = copy(&mut from, &mut to);
            let _ = server.shutdown(Shutdown::Write);
        });
        let (mut from, mut to) = (server, stream);
        let _ = copy(&mut from, &mut to);
        let _ = stream.shutdown(Shutdown::Both);
    });
}

#[test]
fn a_socket_leads_to_vault() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    with_secret(&vault);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.sock");
    socket(&path, &vault.address);
    let address = format!("unix://{}", path.display());
    as_root(&address, &vault).env("HTTP_PROXY", "http://127.0.0.1:1").stdout(secret(&["here"])).check();
    let agent = as_root("https://vault.example.com", &vault).env("VAULT_AGENT_ADDR", &address);
    agent.stdout(secret(&["here"])).check();
    let doctor =
        program(["doctor", "--format", "json"]).env("VAULT_ADDR", &address).env("VAULT_TOKEN", &vault.root).output();
    let answers = String::from_utf8_lossy(&doctor.stdout);
    assert!(answers.contains(&format!("connected to `{address}`")) && answers.contains("is active"), "{answers}");
    let gone = format!("unix://{}/gone.sock", folder.path().display());
    let said = [&format!("cannot connect to `{gone}`"), "No such file", "`VAULT_AGENT_ADDR`"];
    as_root("", &vault).env("VAULT_AGENT_ADDR", &gone).status(1).stderr_holds(said).check();
}

#[test]
fn an_agents_address_alone_means_no_login() {
    let agent = serving();
    let run = || render("", &secret(&[PLACEHOLDER])).env("VAULT_AGENT_ADDR", &agent.address);
    run().stdout(secret(&["here"])).check();
    run().env("VAULT_TOKEN", "t").stdout(secret(&["here"])).check();
    let with_both = run().env("VAULT_ADDR", "https://vault.example.com");
    with_both.status(1).stderr_holds(["Vault needs a login"]).check();
    let tokens: Vec<_> =
        agent.requests().iter().map(|request| request.header("x-vault-token").map(str::to_owned)).collect();
    assert_eq!(tokens, [None, Some("t".to_owned())]);
}

#[test]
fn a_proxy_of_vaults_own_is_for_every_address() {
    let proxy = serving();
    for address in ["http://vault.example.com:8200", "http://127.0.0.1:1"] {
        let run =
            render(address, &secret(&[PLACEHOLDER])).env("VAULT_TOKEN", "t").env("VAULT_PROXY_ADDR", &proxy.address);
        let run = run.env("HTTP_PROXY", "http://127.0.0.1:1").env("NO_PROXY", "*");
        let output = run.output();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            secret(&["here"]),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let asked: Vec<String> = proxy.requests().iter().map(|request| request.path.clone()).collect();
    assert_eq!(asked, ["http://vault.example.com:8200/v1/secret/app", "http://127.0.0.1:1/v1/secret/app"]);
}

#[test]
fn a_sealed_vault_is_waited_for_as_long_as_the_operator_says() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    with_secret(&vault);
    vault.seal();
    let sealed = ["Vault is sealed", "an operator unseals it", "`AVP_WAIT`"];
    let start = Instant::now();
    as_root(&vault.address, &vault).env("AVP_WAIT", "1s").status(1).stderr_holds(sealed).check();
    assert!((1..5).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    as_root(&vault.address, &vault).status(1).stderr_holds(sealed).check();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(2));
            vault.unseal().unwrap();
        });
        as_root(&vault.address, &vault).env("AVP_WAIT", "30s").stdout(secret(&["here"])).check();
    });
}

#[test]
fn a_vault_that_nobody_has_initialised_is_named() {
    let Some(vault) = servers::own_vault(Setup { is_new: true, ..Setup::default() }) else { return };
    let run = render(&vault.address, &secret(&[PLACEHOLDER])).env("VAULT_TOKEN", "t").env("VAULT_MAX_RETRIES", "0");
    run.status(1).stderr_holds(["Vault is sealed", "operator"]).check();
}

#[test]
fn the_wait_ends_in_the_time_of_the_run() {
    let start = Instant::now();
    let run = render("http://127.0.0.1:1", &secret(&[PLACEHOLDER])).env("VAULT_TOKEN", "t");
    run.env("AVP_WAIT", "10m").env("AVP_TIMEOUT", "2s").status(1).stderr_holds(["cannot connect to"]).check();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn the_newest_state_that_was_seen_is_sent_on_and_a_replica_that_lags_is_asked_again() {
    const INDEX: &str = "djE6Y2x1c3Rlcjo5OjA6aG1hYw=="; // v1:cluster:9:0:hmac
    let faults = Faults::start(|number, _| match number {
        0 => Response::Plain(
            200,
            vec![("X-Vault-Index", INDEX.to_owned())],
            r#"{"data": {"password": "one"}}"#.to_owned(),
        ),
        1 => Response::json(412, r#"{"errors": ["required index state not present"]}"#),
        _ => Response::json(200, r#"{"data": {"password": "two"}}"#),
    });
    let manifests = [secret(&["<path:secret/a#password>"]), secret(&["<path:secret/b#password>"])].join("---\n");
    let run =
        render(&faults.address, &manifests).args(["--stream"]).env("VAULT_TOKEN", "t").env("VAULT_RATE_LIMIT", "20:1");
    let output = run.output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sent: Vec<_> =
        faults.requests().iter().map(|request| request.header("x-vault-index").map(str::to_owned)).collect();
    assert_eq!(sent, [None, Some(INDEX.to_owned()), Some(INDEX.to_owned())]);
}
