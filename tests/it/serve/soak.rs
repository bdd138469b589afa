//! A server under mixed load with faults, for as long as `VAULT_RENDER_SOAK` says (in seconds): nothing grows.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::servers::plugin::{PluginServer, Upload, connect};
use crate::support::servers::{self, Setup, Vault};

/// How long it takes if nobody says otherwise.
const SHORT: Duration = Duration::from_secs(20);

/// How many clients call at the same time.
const CLIENTS: usize = 12;

/// How much more memory than after the first rounds may be taken, in KiB: what an allocator does not give back.
const SLACK: u64 = 24 << 10;

const SECRET: &str =
    "kind: Secret\napiVersion: v1\nmetadata: {name: a}\nstringData: {p: '<path:secret/data/soak#password>'}\n";

/// What a server takes.
#[derive(Debug)]
struct Taken {
    memory: u64,
    descriptors: usize,
    threads: u64,
}

/// A call of a bad day, by turns: an application, a chart, a bomb, one in a hurry, an unknown secret, a large file.
fn call(number: usize) -> (Upload, Duration) {
    let patient = Duration::from_secs(60);
    let call = |files: &[(&str, &str)]| Upload::new("app", files.iter().copied());
    match number % 6 {
        0 => (call(&[("app/a.yaml", SECRET)]), patient),
        1 => {
            let chart = "apiVersion: v2\nname: a\nversion: 1.0.0\n";
            (call(&[("app/Chart.yaml", chart), ("app/templates/a.yaml", SECRET)]), patient)
        }
        2 => {
            let list = |level: usize| vec![format!("*l{}", level - 1); 12].join(", ");
            let lists: String = (1..12).map(|level| format!("l{level}: &l{level} [{}]\n", list(level))).collect();
            (call(&[("app/a.yaml", &format!("l0: &l0 ['<path:secret/data/soak#password>']\n{lists}"))]), patient)
        }
        3 => (call(&[("app/a.yaml", SECRET)]), Duration::from_millis(1)),
        4 => (call(&[("app/a.yaml", &SECRET.replace("soak#", "nowhere#"))]), patient),
        _ => (call(&[("app/a.yaml", SECRET), ("app/large.yaml", &"a: b\n---\n".repeat(20_000))]), patient),
    }
}

/// The password that a server renders; nothing if it renders none.
async fn password(socket: PathBuf, number: usize) -> Option<String> {
    let (upload, time) = call(number);
    let manifests = connect(&socket).await.ok()?.manifests_within(time, &upload).await.ok()?;
    let object: serde_json::Value = serde_json::from_str(manifests.first()?).ok()?;
    object["stringData"]["p"].as_str().map(str::to_owned)
}

/// Calls until `end`, and hangs up on every seventh call. Counts what is answered as it should be.
async fn client(socket: PathBuf, first: usize, end: Instant, answered: Arc<AtomicUsize>) {
    for number in (first..).take_while(|_| Instant::now() < end) {
        let answer = password(socket.clone(), number);
        if number % 7 == 0 {
            let _hung_up = tokio::time::timeout(Duration::from_millis((number % 20) as u64), answer).await;
        } else if answer.await.is_some_and(|password| password == "kept") {
            answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Load for some time, while the Vault is sealed now and then. Returns how many calls were answered with the secret.
fn load(server: &PluginServer, vault: &Vault, time: Duration) -> usize {
    let (answered, end) = (Arc::new(AtomicUsize::new(0)), Instant::now() + time);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    for number in 0..CLIENTS {
        runtime.spawn(client(server.socket().to_owned(), number * 7, end, answered.clone()));
    }
    while Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1500));
        vault.seal();
        std::thread::sleep(Duration::from_millis(500));
        vault.unseal().expect("unsealed");
    }
    runtime.shutdown_timeout(Duration::from_secs(60));
    answered.load(Ordering::Relaxed)
}

#[test]
fn mixed_load_with_faults_grows_neither_memory_nor_descriptors_nor_threads() {
    let Some(vault) = servers::own_vault(Setup::default()) else { return };
    let Some(helm) = servers::binary("helm4") else { return };
    vault.mount("secret", 2);
    vault.write("secret", "soak", &json!({"password": "kept"}));
    let time = crate::support::servers::setting("VAULT_RENDER_SOAK").and_then(|seconds| seconds.parse().ok());
    let time = time.map_or(SHORT, Duration::from_secs);
    let programs = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(helm, programs.path().join("helm")).expect("a link");
    let server = PluginServer::start(
        &[],
        &[
            ("VAULT_ADDR", &vault.address),
            ("VAULT_TOKEN", &vault.root),
            ("VAULT_MAX_RETRIES", "0"),
            ("AVP_SERVER_CACHE", "1s"),
            ("PATH", &programs.path().display().to_string()),
        ],
    );
    // Caches fill, pools grow to their size, the allocator finds its places.
    load(&server, &vault, time / 4);
    let before = taken(&server);
    assert!(load(&server, &vault, time) > 0, "nothing was rendered");
    assert_eq!(server.run(password(server.socket().to_owned(), 0)).as_deref(), Some("kept"), "it still serves");
    let after = settled(&server, &before);
    assert!(after.memory < before.memory + SLACK, "{before:?} {after:?}");
    assert!(after.descriptors <= before.descriptors && after.threads <= before.threads, "{before:?} {after:?}");
}

fn taken(server: &PluginServer) -> Taken {
    let process = server.process();
    Taken { memory: process.status("VmRSS:"), descriptors: process.descriptors(), threads: process.status("Threads:") }
}

/// What is taken once connections are closed and idle threads have ended.
fn settled(server: &PluginServer, before: &Taken) -> Taken {
    let start = Instant::now();
    loop {
        let now = taken(server);
        let is_settled = now.descriptors <= before.descriptors && now.threads <= before.threads;
        if is_settled || start.elapsed() > Duration::from_secs(30) {
            return now;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
