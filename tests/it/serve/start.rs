//! The server's start and end: its socket, what keeps it from starting, and what a signal does.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;

use crate::support::program::program;
use crate::support::servers::plugin::{self, PluginServer};

/// A server that needs no Vault.
const OFFLINE: [(&str, &str); 2] = [("AVP_TYPE", "file"), ("AVP_FILE", "/dev/null")];

#[test]
fn the_socket_has_the_plugin_s_name_and_answers() {
    let server = PluginServer::start(&["--name", "avp", "--plugin-version", "v1"], &OFFLINE);
    assert_eq!(server.socket().file_name().unwrap(), "avp-v1.sock");
    assert_eq!(std::fs::metadata(server.socket()).unwrap().permissions().mode() & 0o777, 0o660);
    server.run(async {
        let mut client = server.connect().await;
        assert_eq!(client.configuration().await.unwrap(), (false, false));
        assert_eq!(client.health("").await.unwrap(), 1);
        assert_eq!(client.health("plugin.ConfigManagementPluginService").await.unwrap(), 1);
        assert_eq!(client.health("other").await.unwrap_err().code(), tonic::Code::NotFound);
        let unknown: Result<(), _> = client.send("Nothing", Vec::new()).await;
        assert_eq!(unknown.unwrap_err().code(), tonic::Code::Unimplemented);
    });
}

#[test]
fn a_signal_ends_it_with_its_socket() {
    // Whoever runs the tests may ignore the others, as `nohup` does.
    let server = PluginServer::start(&[], &OFFLINE);
    let _waiting = server.run(server.connect());
    server.process().signal("TERM");
    server.process().ended();
    assert!(!server.socket().exists());
    assert!(server.run(plugin::connect(server.socket())).is_err());
}

#[test]
fn wrong_settings_end_it_before_it_binds() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |name: &str, value: &str| {
        let settings = OFFLINE.into_iter().fold(program(["serve"]), |program, (name, value)| program.env(name, value));
        settings.env("ARGOCD_PLUGINSOCKFILEPATH", folder.path()).env(name, value).status(2)
    };
    serve("AVP_SERVER_CACHE", "soon").stderr_holds(["`AVP_SERVER_CACHE`"]).check();
    serve("AVP_POLICY", "/nowhere/policy.yaml")
        .stderr_holds(["cannot read the policy file `/nowhere/policy.yaml`"])
        .check();
    serve("ARGOCD_GRPC_MAX_SIZE_MB", "much")
        .stderr_holds(["`ARGOCD_GRPC_MAX_SIZE_MB` is not a number of MiB: `much`"])
        .check();
    serve("ARGOCD_PLUGINSOCKFILEPATH", "/nowhere").stderr_holds(["cannot bind the plugin's socket `/nowhere/"]).check();
    serve("AVP_SEPARATE", "1").stderr_holds(["`AVP_SEPARATE` is set, and `serve` reads manifests"]).check();
    serve("AVP_TYPE", "files").stderr_holds(["`AVP_TYPE` (environment) is not one of"]).check();
    let _other = UnixListener::bind(folder.path().join("vault-render.sock")).unwrap();
    serve("X", "").stderr_holds(["another server answers on it"]).check();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_probe_in_the_container_asks_the_socket() {
    let server = PluginServer::start(&["--name", "avp"], &OFFLINE);
    let probe = |flags: &[&str]| {
        let folder = server.socket().parent().unwrap();
        program(["healthcheck"]).args(flags).env("ARGOCD_PLUGINSOCKFILEPATH", folder)
    };
    probe(&["--name", "avp"]).check();
    probe(&["--socket", server.socket().to_str().unwrap()]).check();
    probe(&[]).status(1).stderr_holds(["error: no server serves on `", "vault-render.sock`"]).check();
    server.process().pause();
    probe(&["--name", "avp"]).status(1).stderr_holds(["it does not answer within 5s"]).check();
}
