//! Faults that no real server shows on demand: the tests' own server answers as the row says.

use std::fs;

use super::{End, Fault, Run};
use crate::support::render::{render, secret};
use crate::support::servers::{Authority, Faults, Response};

const TOKEN: &str = "a-token-that-nobody-may-see";
const VALUE: &str = "the-value-that-nobody-may-see";
const FAKE: &str = "the tests' server";

/// A fault in one line: what the server answers, and what comes of it.
macro_rules! fault {
    ($name:expr, $answers:expr, $end:expr) => {
        Fault { name: $name, server: FAKE, end: $end, drive: || run($answers) }
    };
}

pub(super) const FAULTS: &[Fault] = &[
    fault!(
        "429 with `Retry-After`",
        vec![Response::too_many(Some(1)), found()],
        End::Rendered("the run waits as long")
    ),
    fault!(
        "429 without `Retry-After`",
        vec![Response::too_many(None), found()],
        End::Rendered("the run waits a moment")
    ),
    fault!(
        "429 always",
        vec![Response::too_many(None)],
        End::Error {
            words: "Vault's rate limit was exceeded by every attempt (429)",
            fix: "`VAULT_RATE_LIMIT` spreads the requests: e.g. `10`",
        }
    ),
    fault!("500 once", vec![failed(500), found()], End::Rendered("it is asked once more")),
    fault!("500", vec![failed(500)], failure("Vault failed (500)")),
    fault!("502 once", vec![failed(502), found()], End::Rendered("it is asked again")),
    fault!("502", vec![failed(502)], failure("Vault failed (502)")),
    fault!("503", vec![failed(503)], failure("Vault failed (503)")),
    fault!("504", vec![failed(504)], failure("Vault failed (504)")),
    fault!(
        "502 with a proxy's page",
        vec![Response::Plain(
            502,
            vec![("Content-Type", "text/html".to_owned())],
            "<html>the-value-that-nobody-may-see".to_owned()
        )],
        End::Error {
            words: "a web page in place of Vault's response (status 502)",
            fix: "a proxy or load balancer in front of Vault wrote it: does it find a Vault that is active?",
        }
    ),
    fault!("412 once, from a replica that lags", vec![lagging(), found()], End::Rendered("it is asked again")),
    fault!(
        "412, from a replica that lags",
        vec![lagging()],
        End::Error {
            words: "this Vault lags behind what the run has seen already (412)",
            fix: "a replica catches up within seconds: try again, or let `VAULT_ADDR` name the active node",
        }
    ),
    fault!(
        "a standby node without a leader",
        vec![Response::json(500, r#"{"errors":["local node not active but active cluster node not found"]}"#)],
        End::Error {
            words: "this Vault is a standby node without an active one",
            fix: "is the cluster electing a leader? `AVP_WAIT` says how long to wait for it, and `VAULT_ADDR` may name all nodes",
        }
    ),
    fault!(
        "a KV engine that is still being set up",
        vec![
            Response::json(
                400,
                r#"{"errors":["Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period"]}"#
            ),
            found()
        ],
        End::Rendered("it is asked again")
    ),
    fault!("a connection that is cut once", vec![Response::Cut, found()], End::Rendered("it is asked again")),
    fault!(
        "a connection that is cut",
        vec![Response::Cut],
        End::Error { words: "the connection to", fix: "is `VAULT_ADDR` right, and does the server run there?" }
    ),
    fault!(
        "a connection that is cut within the body",
        vec![Response::Torn(r#"{"data":{"password":"the-value-that-nobody-may-see""#.to_owned())],
        End::Error { words: "the connection to", fix: "is `VAULT_ADDR` right, and does the server run there?" }
    ),
    fault!("headers, then a byte now and then", vec![Response::Slow], hangs()),
    fault!("nothing at all", vec![Response::Silent], hangs()),
    fault!(
        "a body of 1 GiB",
        vec![Response::Huge(1 << 30)],
        End::Error { words: "is larger than 32 MiB", fix: "does `VAULT_ADDR` lead to Vault itself?" }
    ),
    fault!(
        "JSON that is not",
        vec![Response::json(200, "{\"data\": the-value-that-nobody-may-see")],
        not_vault("(status 200)")
    ),
    fault!(
        "a key that is there twice",
        vec![Response::json(200, r#"{"data":{"password":"a","password":"the-value-that-nobody-may-see"}}"#)],
        End::Rendered("the last one counts")
    ),
    fault!(
        "a redirect to another host",
        vec![Response::Plain(
            307,
            vec![("Location", "https://vault.example.com/v1/secret/app".to_owned())],
            String::new()
        )],
        End::Error {
            words: "redirects to `https://vault.example.com`",
            fix: "`VAULT_ADDR` must be Vault itself, best its active node"
        }
    ),
    Fault {
        name: "a redirect loop",
        server: FAKE,
        end: not_vault("(status 307)"),
        drive: || {
            let (authority, ca) = authority();
            let faults = Faults::start_tls(&authority.server(&["127.0.0.1"]), |_, request| {
                Response::Plain(307, vec![("Location", request.path.clone())], String::new())
            });
            against(&faults, Some(&ca))
        },
    },
    fault!("HTTP/1.0", vec![Response::Old(FOUND.to_owned())], End::Rendered("it is read")),
    Fault {
        name: "the certificate has expired, or this machine's clock is ahead",
        server: FAKE,
        end: End::Error {
            words: "certificate expired",
            fix: "the server needs a new certificate, unless this machine's clock is ahead",
        },
        drive: || certificate_of(2020),
    },
    Fault {
        name: "the certificate is not valid yet, or this machine's clock is behind",
        server: FAKE,
        end: End::Error {
            words: "certificate not valid yet",
            fix: "this machine's clock is behind, or the server's certificate is for later",
        },
        drive: || certificate_of(2090),
    },
    fault!(
        "the server's clock is off",
        vec![Response::Plain(200, vec![("Date", "Mon, 01 Jan 2024 01:00:00 GMT".to_owned())], FOUND.to_owned())],
        End::Rendered("no reading looks at the clock; `doctor` names the difference")
    ),
];

const FOUND: &str = r#"{"data": {"password": "the-value-that-nobody-may-see"}}"#;

fn found() -> Response {
    Response::json(200, FOUND)
}

fn failed(status: u16) -> Response {
    Response::json(status, r#"{"errors": ["a reason"]}"#)
}

fn lagging() -> Response {
    Response::json(412, r#"{"errors": ["required index state not present"]}"#)
}

const fn failure(words: &'static str) -> End {
    End::Error { words, fix: "Vault's own log says why: an operator finds it there" }
}

const fn hangs() -> End {
    End::Error {
        words: "no response from",
        fix: "the server hangs or is far away: `VAULT_CLIENT_TIMEOUT` says how long to wait",
    }
}

const fn not_vault(words: &'static str) -> End {
    End::Error { words, fix: "does `VAULT_ADDR` lead to Vault, or to something in front of it?" }
}

fn run(answers: Vec<Response>) -> Option<Run> {
    against(&Faults::script(answers), None)
}

fn against(faults: &Faults, ca: Option<&tempfile::NamedTempFile>) -> Option<Run> {
    let program = render(&faults.address, &secret(&["<path:secret/app#password>"])).env("VAULT_TOKEN", TOKEN);
    let program = program.env("VAULT_CLIENT_TIMEOUT", "8s").env("AVP_TIMEOUT", "20s");
    let program = ca.into_iter().fold(program, |program, ca| program.env("VAULT_CACERT", ca.path()));
    Some(Run::of(program, &secret(&[VALUE]), &[TOKEN, VALUE]))
}

fn authority() -> (Authority, tempfile::NamedTempFile) {
    let authority = Authority::new("the tests' authority");
    let ca = tempfile::NamedTempFile::new().expect("a file");
    fs::write(ca.path(), &authority.pem).expect("written");
    (authority, ca)
}

/// A server whose certificate is valid in a year alone.
fn certificate_of(year: i32) -> Option<Run> {
    let (authority, ca) = authority();
    let faults = Faults::start_tls(&authority.server_of_year(&["127.0.0.1"], year), |_, _| found());
    against(&faults, Some(&ca))
}
