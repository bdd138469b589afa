//! The server seen from outside: its log, its probes and its metrics.

use serde_json::Value;

use crate::support::program::program;
use crate::support::servers::Api;
use crate::support::servers::plugin::{PluginServer, Upload};

/// A server that needs no Vault, and answers probes on a free port.
fn server(settings: &[(&str, &str)]) -> PluginServer {
    let settings = [&[("AVP_TYPE", "file"), ("AVP_FILE", "/dev/null")], settings].concat();
    PluginServer::start(&["--listen", "127.0.0.1:0"], &settings)
}

/// Status and text of a page.
fn page(server: &PluginServer, path: &str) -> (u16, String) {
    let said =
        server.process().wait(|| told(server, "answering probes and Prometheus on `").into_iter().next()).unwrap();
    let address = said["msg"].as_str().unwrap().split('`').nth(1).unwrap().to_owned();
    let answer = Api::new(&format!("http://{address}"), None, None).get(path.trim_start_matches('/'));
    (answer.status, answer.text)
}

/// The lines of the log whose message begins so.
fn told(server: &PluginServer, message: &str) -> Vec<Value> {
    let output = server.process().output();
    // The last line may be half there.
    let lines = output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["msg"].as_str().is_some_and(|text| text.starts_with(message))).collect()
}

#[test]
fn probes_are_answered_until_clients_find_no_socket_any_more() {
    let server = server(&[]);
    assert_eq!(page(&server, "/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(page(&server, "/readyz"), (200, "ok\n".to_owned()));
    assert_eq!(page(&server, "/").0, 404);
    std::fs::remove_file(server.socket()).unwrap();
    assert_eq!(page(&server, "/readyz"), (503, "the plugin's socket is gone\n".to_owned()));
    assert_eq!(page(&server, "/healthz").0, 200);
}

#[test]
fn a_call_that_fails_is_logged_and_counted() {
    let server = server(&[]);
    let outside = Upload::new("../other", [("a.yaml", "a: 1\n")]).env("ARGOCD_APP_PROJECT_NAME", "web");
    server.manifests(&outside).unwrap_err();
    let line = server.process().wait(|| told(&server, "finished call").into_iter().next()).unwrap();
    assert_eq!((&line["level"], &line["grpc.code"]), (&"error".into(), &"Unknown".into()), "{line}");
    assert_eq!((&line["application"], &line["project"]), (&"shop".into(), &"web".into()), "{line}");
    assert!(line["grpc.error"].as_str().unwrap().contains("illegal appPath"), "{line}");
    assert!(line["grpc.request.deadline"].is_null() && line["seconds"].is_number(), "{line}");
    let (_, metrics) = page(&server, "/metrics");
    assert!(metrics.contains("vault_render_renders_total{result=\"error\",project=\"web\"} 1\n"), "{metrics}");
    assert!(metrics.contains("vault_render_render_seconds_count 1\n"), "{metrics}");
}

#[test]
fn the_log_is_as_loud_as_argo_cd_s_own_server_was_told_to_be() {
    let server = server(&[("ARGOCD_CMP_SERVER_LOGFORMAT", "text"), ("ARGOCD_CMP_SERVER_LOGLEVEL", "error")]);
    server.manifests(&Upload::new("../other", [("a.yaml", "a: 1\n")])).unwrap_err();
    let output = server.process().wait(|| Some(server.process().output()).filter(|text| text.ends_with('\n'))).unwrap();
    assert!(output.starts_with("time=") && output.contains(" level=error msg=\"finished call\" "), "{output}");
    assert!(!output.contains("level=info"), "{output}");
}

#[test]
fn wrong_words_and_a_port_that_is_taken_end_it_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |flags: &[&str]| {
        let program = program([&["serve"], flags].concat()).env("ARGOCD_PLUGINSOCKFILEPATH", folder.path());
        program.env("AVP_TYPE", "file").env("AVP_FILE", "/dev/null").status(2)
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    serve(&["--listen", &taken]).stderr_holds([format!("cannot listen on `{taken}`").as_str()]).check();
    serve(&["--listen", "8085"]).stderr_holds(["--listen <ADDRESS:PORT>"]).check();
    serve(&["--loglevel", "loud"]).stderr_holds(["is not one of `debug`, `info`, `warn`, `error`"]).check();
    let format = serve(&[]).env("ARGOCD_CMP_SERVER_LOGFORMAT", "xml");
    format.stderr_holds(["`ARGOCD_CMP_SERVER_LOGFORMAT` is neither `json` nor `text`"]).check();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no socket is left");
}
