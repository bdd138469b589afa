//! Faults of what stands behind Vault, and of where things are kept.

use serde_json::json;

use super::{End, Fault, Run};
use crate::dynamic::Renderer;
use crate::support::program::Program;
use crate::support::render::{render, secret};
use crate::support::servers::{self, Postgres, Redis, Setup, Vault};

const VALUE: &str = "the-value-that-nobody-may-see";
const RULES: &str =
    "path \"db/creds/app\" { capabilities = [\"read\"] }\npath \"kv/app\" { capabilities = [\"read\"] }";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "PostgreSQL, whose users Vault makes, is stopped",
        server: "Vault and PostgreSQL",
        end: End::Error { words: "Vault failed (500)", fix: "Vault's own log says why" },
        drive: || {
            let (vault, mut postgres) = (with_values()?, servers::postgres()?);
            postgres.serve(&vault, "db", "10m", "1h");
            postgres.stop();
            let run = render(&vault.address, &user()).env("VAULT_TOKEN", &vault.root);
            Some(Run::of(run, "", &[&vault.root]))
        },
    },
    Fault {
        name: "PostgreSQL is stopped, and a user is kept",
        server: "Vault and PostgreSQL",
        end: End::Rendered("the user that is kept, though its lease ends soon, with a warning"),
        drive: || {
            let (vault, mut postgres) = (with_values()?, servers::postgres()?);
            let renderer = renderer(&vault, &postgres, "12s");
            let first = renderer.rendered(&user());
            postgres.stop();
            std::thread::sleep(std::time::Duration::from_millis(8500));
            run(renderer.render(&user()), &first)
        },
    },
    Fault {
        name: "Redis, where things are kept, is stopped",
        server: "Vault and Redis",
        end: End::Rendered("the run goes on without it, with a warning"),
        drive: || with_redis(|redis| redis.stop()),
    },
    Fault {
        name: "Redis hangs",
        server: "Vault and Redis",
        end: End::Rendered("the run goes on without it, with a warning"),
        drive: || with_redis(|redis| redis.pause()),
    },
    Fault {
        name: "Redis asks for a password",
        server: "Vault and Redis",
        end: End::Rendered("the run goes on without it, with a warning that names `AVP_KEEP_PASSWORD_FILE`"),
        drive: || with_redis(|redis| drop(redis.command(&["CONFIG", "SET", "requirepass", "another"]))),
    },
    Fault {
        name: "Vault is sealed, with `AVP_LAST_GOOD`",
        server: "Vault",
        end: End::Rendered("the values of the last good reading, each with a warning"),
        drive: || {
            let vault = with_values()?;
            let renderer = Renderer::new(&vault, "approle", RULES, json!({"token_ttl": "10m"}));
            let run_it = || renderer.render(&stored()).env("AVP_LAST_GOOD", "1h");
            let first = run_it().output().stdout;
            vault.seal();
            run(run_it(), &first)
        },
    },
];

fn stored() -> String {
    secret(&["<path:kv/app#k>"])
}

fn user() -> String {
    secret(&["<path:db/creds/app#username>", "<path:db/creds/app#password>"])
}

fn with_values() -> Option<Vault> {
    let vault = servers::own_vault(Setup::default())?;
    vault.mount("kv", 1);
    vault.write("kv", "app", &json!({"k": VALUE}));
    Some(vault)
}

fn renderer<'v>(vault: &'v Vault, postgres: &Postgres, ttl: &str) -> Renderer<'v> {
    postgres.serve(vault, "db", ttl, ttl);
    Renderer::new(vault, "approle", RULES, json!({"token_ttl": "10m"}))
}

/// A run with a Redis that was there for the one before.
fn with_redis(fault: impl FnOnce(&mut Redis)) -> Option<Run> {
    let (vault, mut redis) = (with_values()?, servers::redis(&[], &[])?);
    let renderer = Renderer::new(&vault, "approle", RULES, json!({"token_ttl": "10m"})).keeping_in(redis.address());
    let first = renderer.rendered(&stored());
    fault(&mut redis);
    run(renderer.render(&stored()), &first)
}

/// A run that must print what the first one did.
fn run(program: Program, first: &[u8]) -> Option<Run> {
    let manifest = String::from_utf8(first.to_vec()).expect("UTF-8");
    let values: Vec<String> = manifest
        .lines()
        .filter_map(|line| line.split_once("  k")?.1.split_once(": "))
        .map(|(_, value)| value.to_owned())
        .collect();
    Some(Run::of(program, &manifest, &values.iter().map(String::as_str).collect::<Vec<_>>()))
}
