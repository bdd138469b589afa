//! What many replicas of `serve` ask of one Vault that has a rate quota, where all their Applications are refreshed at once: four of them are
//! measured, more are computed by the same waits. `just servers` builds what it takes; `cargo bench --bench replicas` runs it.
#![allow(clippy::print_stdout, dead_code, unused_imports, unreachable_pub)]

#[path = "../tests/it/support/mod.rs"]
mod support;

#[path = "replicas/model.rs"]
mod model;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use model::{Fleet, Outcome};
use support::servers::plugin::{PluginServer, Upload, connect, packed};
use support::servers::{self, Setup, Vault};

/// The replicas that are measured, and the Applications of each.
const MEASURED: (usize, usize) = (4, 100);

/// The replicas and Applications that are computed.
const COMPUTED: (usize, usize) = (50, 5000);

/// How many calls a replica renders at once: four for each of two processors.
const SLOTS: usize = 8;

/// The requests a second that Vault lets pass.
const QUOTA: u32 = 100;

fn main() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    vault.mount("secret", 2);
    let (replicas, each) = MEASURED;
    let applications = replicas * each;
    (0..applications).for_each(|number| vault.write("secret", &format!("app{number}"), &json!({"password": "v"})));
    let settings = [
        ("VAULT_ADDR", &*vault.address),
        ("VAULT_TOKEN", &*vault.root),
        ("AVP_KV_VERSION", "2"),
        ("AVP_PARALLEL_RENDERS", "8"),
    ];
    let servers: Vec<PluginServer> = (0..replicas).map(|_| PluginServer::start(&[], &settings)).collect();
    let single = refresh(&servers[..1], 1);
    println!("one Application alone                        {:8.3} s", single.as_secs_f64());
    vault.limit("secret", QUOTA, true);
    let took = refresh(&servers, each);
    let answered = vault.reads("secret").len();
    println!(
        "{applications} Applications of {replicas} replicas, measured     {:8.1} s, {answered} reads answered",
        took.as_secs_f64()
    );
    let fleet = |replicas, applications, quota| Fleet { replicas, applications, slots: SLOTS, quota, reading: single };
    tell(&format!("{applications} of {replicas}, computed"), &fleet(replicas, applications, QUOTA).refreshed());
    for quota in [QUOTA, 500, 2000] {
        let (replicas, applications) = COMPUTED;
        tell(
            &format!("{applications} of {replicas}, quota {quota}, computed"),
            &fleet(replicas, applications, quota).refreshed(),
        );
    }
}

fn tell(what: &str, outcome: &Outcome) {
    let Outcome { seconds, failed, most_asked, mean_asked, most_answered } = outcome;
    println!(
        "{what:<40} {seconds:8.1} s, {failed} failed, asked {mean_asked:.0} a second, {most_asked} at most, {most_answered} answered at most"
    );
}

/// How long it takes until so many Applications of each server are fresh.
fn refresh(servers: &[PluginServer], each: usize) -> Duration {
    let files: BTreeMap<String, String> =
        (0..servers.len() * each).map(|number| (format!("app{number}/secret.yaml"), manifest(number))).collect();
    let archive = packed(files);
    let calls = servers.iter().enumerate().flat_map(|(replica, server)| {
        let of_replica = (0..each).map(move |number| replica * each + number);
        of_replica
            .map(|number| (server.socket(), Upload::of(&format!("app{number}"), archive.clone())))
            .collect::<Vec<_>>()
    });
    let calls: Vec<_> = calls.collect();
    let start = Instant::now();
    let answers = servers[0].run(join_all(
        calls
            .iter()
            .map(|(socket, upload)| async move { connect(socket).await.expect("it serves").manifests(upload).await }),
    ));
    let took = start.elapsed();
    let failed = answers.iter().filter(|answer| answer.is_err()).count();
    if failed > 0 {
        println!("{failed} failed, the first one: {:?}", answers.iter().find_map(|answer| answer.as_ref().err()));
    }
    took
}

fn manifest(number: usize) -> String {
    let head = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: app{number}\nstringData:\n");
    format!("{head}  password: <path:secret/data/app{number}#password>\n")
}
