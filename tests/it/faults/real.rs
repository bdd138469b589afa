//! Faults of real servers.

use std::time::Duration;

use serde_json::json;

use super::{End, Fault, Run};
use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Approle, Setup, Vault};

const VALUE: &str = "the-value-that-nobody-may-see";
const REAL: &str = "Vault";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "the token of `VAULT_TOKEN` has expired",
        server: REAL,
        end: End::Error {
            words: "Vault refuses the token (403)",
            fix: "set a new `VAULT_TOKEN`, or choose another `AVP_AUTH_TYPE`",
        },
        drive: || {
            let vault = with_secret()?;
            let token = vault.token_with(json!({"policies": ["reader"], "ttl": "1s"}));
            std::thread::sleep(Duration::from_millis(1500));
            run(vault.run(1).env("VAULT_TOKEN", &token), 1, &[&token])
        },
    },
    Fault {
        name: "the token of `VAULT_TOKEN` is revoked midway",
        server: REAL,
        end: End::Error {
            words: "Vault refuses the token (403)",
            fix: "set a new `VAULT_TOKEN`, or choose another `AVP_AUTH_TYPE`",
        },
        drive: || {
            let vault = with_secret()?;
            let token = vault.token(&["reader"]);
            midway(vault.run(SLOW).env("VAULT_TOKEN", &token), SLOW, &[&token], || {
                vault.api().post("auth/token/revoke", &json!({"token": token})).ok();
            })
        },
    },
    Fault {
        name: "the token of a login is revoked midway",
        server: REAL,
        end: End::Rendered("one more login a run"),
        drive: || {
            let vault = with_secret()?;
            let approle = vault.reader(&json!({}));
            midway(vault.log_in(SLOW, &approle), SLOW, &[&approle.secret_id], || {
                vault.api().put("sys/leases/revoke-prefix/auth/approle/login", &json!({"sync": true})).ok();
            })
        },
    },
    Fault {
        name: "the token of a login may be used too seldom",
        server: REAL,
        end: End::Rendered("one more login a run"),
        drive: || {
            let vault = with_secret()?;
            let approle = vault.reader(&json!({"token_num_uses": 4}));
            run(vault.log_in(SLOW, &approle), SLOW, &[&approle.secret_id])
        },
    },
    Fault {
        name: "the secret id is used up",
        server: REAL,
        end: End::Error {
            words: "cannot log in to Vault: `approle` at `auth/approle`",
            fix: "the role id or the secret id is wrong, or the secret id has expired or is used up",
        },
        drive: || {
            let vault = with_secret()?;
            let approle = vault.reader(&json!({"secret_id_num_uses": 1}));
            vault.log_in(1, &approle).output();
            run(vault.log_in(1, &approle), 1, &[&approle.secret_id])
        },
    },
    Fault {
        name: "the policy is changed midway",
        server: REAL,
        end: End::Error { words: "Vault denies reading", fix: "the login's policies do not grant `read` there" },
        drive: || {
            let vault = with_secret()?;
            let token = vault.token(&["reader"]);
            midway(vault.run(SLOW).env("VAULT_TOKEN", &token), SLOW, &[&token], || {
                vault.policy("reader", &["secret/other"]);
            })
        },
    },
    Fault {
        name: "Vault is sealed midway",
        server: REAL,
        end: End::Error {
            words: "Vault is sealed",
            fix: "an operator unseals it: `vault operator unseal`; `AVP_WAIT` says how long to wait for that",
        },
        drive: || {
            let vault = with_secret()?;
            midway(vault.as_root(SLOW), SLOW, &[&vault.root], || vault.seal())
        },
    },
    Fault {
        name: "Vault is sealed midway and unsealed, with `AVP_WAIT`",
        server: REAL,
        end: End::Rendered("the run waits"),
        drive: || {
            let vault = with_secret()?;
            midway(vault.as_root(SLOW).env("AVP_WAIT", "30s"), SLOW, &[&vault.root], || {
                vault.seal();
                std::thread::sleep(Duration::from_secs(1));
                vault.unseal().expect("unsealed");
            })
        },
    },
    Fault {
        name: "Vault is restarted midway, with `AVP_WAIT`",
        server: REAL,
        end: End::Rendered("the run waits"),
        drive: || {
            let mut vault = with_secret()?;
            let (program, root) = (vault.as_root(SLOW).env("AVP_WAIT", "30s"), vault.root.clone());
            midway(program, SLOW, &[&root], || {
                vault.kill();
                vault.start_again();
                vault.unseal().expect("unsealed");
            })
        },
    },
    Fault {
        name: "Vault is stopped midway",
        server: REAL,
        end: End::Error { words: "cannot connect to", fix: "is `VAULT_ADDR` right, and does the server run there?" },
        drive: || {
            let vault = with_secret()?;
            midway(vault.as_root(SLOW), SLOW, &[&vault.root], || vault.kill())
        },
    },
    Fault {
        name: "Vault hangs",
        server: REAL,
        end: End::Error {
            words: "no response from",
            fix: "the server hangs or is far away: `VAULT_CLIENT_TIMEOUT` says how long to wait",
        },
        drive: || {
            let vault = with_secret()?;
            vault.pause();
            let ended = run(vault.as_root(1).env("VAULT_CLIENT_TIMEOUT", "1s"), 1, &[&vault.root]);
            vault.resume();
            ended
        },
    },
    Fault {
        name: "the certificate bears another name",
        server: REAL,
        end: End::Error {
            words: "cannot make a TLS connection to",
            fix: "the certificate bears another name: use it in `VAULT_ADDR`, or give it as `VAULT_TLS_SERVER_NAME`",
        },
        drive: || {
            let vault = servers::own_vault(Setup { tls: vec!["vault.internal"], ..Setup::default() })?;
            run(vault.as_root(1).env("VAULT_CACERT", &vault.ca_file), 1, &[&vault.root])
        },
    },
    Fault {
        name: "the certificate's authority is unknown",
        server: REAL,
        end: End::Error {
            words: "invalid peer certificate: UnknownIssuer",
            fix: "name the authority that signed the server's certificate with `VAULT_CACERT`",
        },
        drive: || {
            let vault = servers::own_vault(Setup { tls: vec!["127.0.0.1"], ..Setup::default() })?;
            run(vault.as_root(1), 1, &[&vault.root])
        },
    },
    Fault {
        name: "403, on the mount lookup too",
        server: REAL,
        end: End::Error {
            words: "Vault denies reading `secret/app0` (403)",
            fix: "if its engine is KV version 2, the path is `secret/data/app0`",
        },
        drive: || {
            let vault = with_secret()?;
            let token = vault.token(&["nothing"]);
            run(vault.run(1).env("VAULT_TOKEN", &token), 1, &[&token])
        },
    },
    Fault {
        name: "nobody has initialised Vault",
        server: REAL,
        end: End::Error { words: "Vault is sealed", fix: "an operator unseals it" },
        drive: || {
            let vault = servers::own_vault(Setup { is_new: true, ..Setup::default() })?;
            run(vault.run(1).env("VAULT_TOKEN", "a-token-of-nobody"), 1, &["a-token-of-nobody"])
        },
    },
    Fault {
        name: "the leader of three nodes is stopped, with all of them in `VAULT_ADDR` and `AVP_WAIT`",
        server: "a cluster of OpenBao",
        end: End::Rendered("another node is asked, once it leads"),
        drive: || {
            let mut cluster = servers::cluster("bao")?;
            let (addresses, root) = (cluster.addresses(), cluster.nodes[0].root.clone());
            fill(&cluster.nodes[0]);
            // A standby node of OpenBao's answers readings itself, for a moment without what was just written.
            std::thread::sleep(Duration::from_secs(2));
            cluster.stop_the_leader();
            let program = render(&addresses, &manifest(1)).env("VAULT_TOKEN", &root).env("AVP_WAIT", "30s");
            run(program, 1, &[&root])
        },
    },
];

/// So many secrets, read at `RATE`, take some seconds.
const SLOW: usize = 6;
const RATE: &str = "2:1";
/// By then a slow run has read a secret, and has not read the last.
const MIDWAY: Duration = Duration::from_millis(1200);

fn manifest(secrets: usize) -> String {
    let placeholders: Vec<String> = (0..secrets).map(|number| format!("<path:secret/app{number}#password>")).collect();
    secret(&placeholders.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A Vault with secrets and somebody who may read them.
fn with_secret() -> Option<Vault> {
    let vault = servers::own_vault(Setup::default())?;
    fill(&vault);
    vault.policy("reader", &["secret/*"]);
    Some(vault)
}

fn fill(vault: &Vault) {
    vault.mount("secret", 1);
    (0..SLOW).for_each(|number| vault.write("secret", &format!("app{number}"), &json!({"password": VALUE})));
}

fn run(program: Program, secrets: usize, hidden: &[&str]) -> Option<Run> {
    Some(Run::of(program, &secret(&vec![VALUE; secrets]), &[hidden, &[VALUE]].concat()))
}

/// A run during which something happens.
fn midway(program: Program, secrets: usize, hidden: &[&str], event: impl FnOnce() + Send) -> Option<Run> {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(MIDWAY);
            event();
        });
        run(program.env("VAULT_RATE_LIMIT", RATE), secrets, hidden)
    })
}

impl Vault {
    fn run(&self, secrets: usize) -> Program {
        render(&self.address, &manifest(secrets))
    }

    fn as_root(&self, secrets: usize) -> Program {
        self.run(secrets).env("VAULT_TOKEN", &self.root)
    }

    fn reader(&self, role: &serde_json::Value) -> Approle {
        let mut role = role.clone();
        role["token_policies"] = json!(["reader"]);
        self.approle("approle", &role)
    }

    fn log_in(&self, secrets: usize, approle: &Approle) -> Program {
        let program = self.run(secrets).env("AVP_AUTH_TYPE", "approle");
        program.env("AVP_ROLE_ID", &approle.role_id).env("AVP_SECRET_ID", &approle.secret_id)
    }
}
