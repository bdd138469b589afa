//! A server that sends back what it received: no part of a credential is shown, in any position and any encoding.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use crate::canary::{CANARY, piece};
use crate::support::program::{Program, program};
use crate::support::render::{render, secret};
use crate::support::servers::{Faults, Request, Response};

/// The canary in encodings that servers may use. Of each, no eight letters in a row may be shown.
fn spellings() -> Vec<String> {
    let each = |spell: fn(u8) -> String| CANARY.bytes().map(spell).collect::<String>();
    vec![
        CANARY.to_owned(),
        format!("before{CANARY}after"),
        CANARY.to_lowercase(),
        CANARY[..11].to_owned(),
        format!("{}\\u0007{}", &CANARY[..6], &CANARY[6..]),
        format!("{}\\n{}", &CANARY[..6], &CANARY[6..]),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("\\\\u{byte:04x}")),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("%25{byte:02X}")),
        each(|byte| format!("&#{byte};")),
        each(|byte| format!("{byte:02x}")),
        STANDARD.encode(CANARY),
        STANDARD.encode(format!("x{CANARY}")),
        URL_SAFE.encode(format!("xy{CANARY}z")),
        STANDARD.encode(STANDARD.encode(CANARY)),
        format!("{}{CANARY}", "x".repeat(390)), // cut within
    ]
}

/// Answers that hold `echo`, each as a whole script: the first answer, then the one for the mount.
fn answers(echo: &str) -> Vec<(Response, Response)> {
    let mount = || Response::json(403, r#"{"errors":[]}"#);
    let error = |status| Response::json(status, &format!(r#"{{"errors":["1 error occurred:\n\t* {echo}\n\n"]}}"#));
    let mut answers: Vec<_> =
        [400, 403, 404, 405, 429, 500, 502, 503].into_iter().map(|status| (error(status), mount())).collect();
    for body in [
        format!(r#"{{"data":{{"{echo}":"v","passwort":"v"}}}}"#),
        format!(
            r#"{{"data":{{"data":null,"metadata":{{"created_time":"t","destroyed":false,"deletion_time":"{echo}","version":"{echo}"}}}}}}"#
        ),
        format!(r#"{{"data":"{echo}"}}"#),
        format!(r#"{{"data":{{"password":{{"x":{echo}}}}}}}"#),
        echo.to_owned(),
    ] {
        answers.push((Response::json(200, &body), mount()));
        answers.push((Response::json(404, &body), mount()));
    }
    for mounted in [
        format!(r#"{{"data":{{"path":"secret/","type":"{echo}"}}}}"#),
        format!(r#"{{"data":{{"path":"{echo}/","type":"kv","options":{{"version":"2"}}}}}}"#),
        format!(r#"{{"data":{{"path":"{echo}","type":"{echo}","options":{{"version":"{echo}"}}}}}}"#),
        format!(r#"{{"errors":["{echo}"]}}"#),
    ] {
        answers.push((Response::json(404, r#"{"errors":[]}"#), Response::json(200, &mounted)));
    }
    let line = echo.replace(['\n', '\r'], "");
    for location in [
        format!("https://{line}.example.com/v1/secret/app"),
        format!("http://{line}:8200/v1/secret/app"),
        format!("/v1/{line}?{line}#{line}"),
        format!("{line}://x"),
        format!("https://{line}@x:{line}/"),
    ] {
        answers.push((Response::Plain(307, vec![("Location", location)], String::new()), mount()));
    }
    answers
}

fn server(first: Response, mount: Response) -> Faults {
    Faults::start(move |_, request| if asks_for_mount(request) { mount.clone() } else { first.clone() })
}

fn asks_for_mount(request: &Request) -> bool {
    request.path.contains("/ui/mounts/")
}

fn run(address: &str) -> Program {
    let run = render(address, &secret(&["<path:secret/app#password>", "<path:secret/app#passwor#3>"]));
    run.env("VAULT_MAX_RETRIES", "0").env("VAULT_CLIENT_TIMEOUT", "20s")
}

#[track_caller]
fn shows_nothing(run: Program, what: &str) {
    let output = run.output();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{what}: {stderr}");
    assert_eq!(piece(&output.stderr), None, "{what}: {stderr}");
    assert!(output.stdout.is_empty(), "{what}");
}

#[test]
fn a_server_that_echoes_the_token_does_not_show_it() {
    std::thread::scope(|scope| {
        for echo in spellings() {
            scope.spawn(move || {
                for (first, mount) in answers(&echo) {
                    let what = format!("{first:?} {mount:?}");
                    let faults = server(first, mount);
                    shows_nothing(run(&faults.address).env("VAULT_TOKEN", CANARY), &what);
                }
            });
        }
    });
}

#[test]
fn a_server_that_echoes_a_logins_secret_does_not_show_it() {
    for echo in spellings() {
        for status in [200, 400, 403, 404, 500, 503] {
            let body = format!(r#"{{"errors":["{echo}"]}}"#);
            let faults = Faults::script(vec![Response::json(status, &body)]);
            let logins = [
                ("approle", [("AVP_ROLE_ID", "role"), ("AVP_SECRET_ID", CANARY)]),
                ("approle", [("AVP_ROLE_ID", CANARY), ("AVP_SECRET_ID", "a-secret-id")]),
                ("userpass", [("AVP_USERNAME", "ann"), ("AVP_PASSWORD", CANARY)]),
            ];
            for (login, settings) in logins {
                let run = run(&faults.address).env("AVP_AUTH_TYPE", login);
                let run = settings.iter().fold(run, |run, (name, value)| run.env(name, value));
                shows_nothing(run, &format!("{login} {status} {body}"));
            }
        }
    }
}

#[test]
fn a_token_of_a_login_is_known_as_soon_as_it_is_there() {
    for echo in spellings() {
        let body = format!(r#"{{"errors":["{echo}"]}}"#);
        let faults = Faults::start(move |_, request| match request.path.ends_with("/login") {
            true => Response::json(200, &format!(r#"{{"auth":{{"client_token":"{CANARY}","accessor":"acc"}}}}"#)),
            false => Response::json(400, &body),
        });
        let run = run(&faults.address).env("AVP_AUTH_TYPE", "approle").env("AVP_ROLE_ID", "role");
        shows_nothing(run.env("AVP_SECRET_ID", "a-secret-id"), &echo);
    }
}

#[test]
fn the_password_of_an_address_is_a_credential_too() {
    let faults = Faults::script(vec![Response::json(400, &format!(r#"{{"errors":["{CANARY}"]}}"#))]);
    let address = faults.address.replace("http://", &format!("http://proxy:{CANARY}@"));
    shows_nothing(run(&address).env("VAULT_TOKEN", "a-token"), "address");
}

#[test]
fn a_proxy_that_echoes_its_own_password_does_not_show_it() {
    let vault = Faults::script(vec![Response::Cut]);
    for echo in [CANARY.to_owned(), STANDARD.encode(format!("ann:{CANARY}"))] {
        let proxy = Faults::script(vec![Response::json(407, &format!(r#"{{"errors":["Basic {echo}"]}}"#))]);
        let address = proxy.address.replace("http://", &format!("http://ann:{CANARY}@"));
        let run = run("http://vault.test:8200").env("VAULT_TOKEN", "a-token").env("HTTP_PROXY", &address);
        shows_nothing(run.env("http_proxy", &address), &echo);
        assert!(!proxy.requests().is_empty() && vault.requests().is_empty());
    }
}

#[test]
fn an_api_server_that_echoes_the_kubeconfigs_token_does_not_show_it() {
    for echo in spellings() {
        for status in [401, 403, 404, 500] {
            let body = format!(
                r#"{{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{echo}","reason":"{echo}","code":{status}}}"#
            );
            let faults = Faults::script(vec![Response::json(status, &body)]);
            let config = tempfile::NamedTempFile::new().unwrap();
            let text = format!(
                "apiVersion: v1\nkind: Config\ncurrent-context: a\n\
                 clusters: [{{name: a, cluster: {{server: '{}'}}}}]\n\
                 contexts: [{{name: a, context: {{cluster: a, user: a}}}}]\n\
                 users: [{{name: a, user: {{token: {CANARY}}}}}]\n",
                faults.address
            );
            std::fs::write(config.path(), text).unwrap();
            let run = program(["generate", "-", "-s", "argocd:avp"]).stdin(secret(&["<path:a/b#c>"]));
            shows_nothing(run.env("KUBECONFIG", config.path()), &body);
            assert_eq!(faults.requests().len(), 1, "{body}");
        }
    }
}
