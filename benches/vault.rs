//! What it takes to read 1,000 secrets of a Vault that answers each after 5 ms: the session's store in this process, the server in
//! threads of its own. `cargo bench --bench vault` prints milliseconds, the median and the ends.
#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints its figures")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use vault_render::Journal;
use vault_render::internals::backend::{self, Freshness, Intent, Store};
use vault_render::internals::policy::{Policy, Requester};
use vault_render::internals::secret::{Access, Outcome, SecretId, Usage};
use vault_render::internals::source::{Place, Source, Span};

const SECRETS: usize = 1_000;
const LATENCY: Duration = Duration::from_millis(5);
const RUNS: usize = 9;
const BODY: &str = r#"{"request_id":"1","data":{"data":{"user":"bob","password":"hunter2-hunter2"},"metadata":{"created_time":"2026-01-01T00:00:00Z","deletion_time":"","destroyed":false,"version":3}},"mount_type":"kv"}"#;

fn main() {
    let address = serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut times: Vec<f64> = (0..RUNS).map(|_| runtime.block_on(read(&address))).collect();
    times.sort_by(f64::total_cmp);
    let (median, least, most) = (times[RUNS / 2], times[0], times[RUNS - 1]);
    println!("{median:6.1} ms ({least:.1} to {most:.1})  {SECRETS} secrets, each answered after {LATENCY:?}");
}

/// Reads all secrets with a new store, as a run does, and says how many milliseconds it took.
async fn read(address: &str) -> f64 {
    let config = backend::config_for_test(&[("VAULT_ADDR", address), ("VAULT_TOKEN", "t")]);
    let policy = Arc::new(Policy::of(&config, Requester::default(), None));
    let start = Instant::now();
    let store: Arc<dyn Store> = backend::open(&config, Journal::default()).expect("a store");
    let place = Place::new(Arc::new(Source::new("", "")), Span::new(0, 0));
    let id = |number| SecretId { path: format!("secret/data/app-{number}"), ..SecretId::default() };
    let access = |number| Access { id: id(number), usage: Usage::default(), place: place.clone() };
    let accesses: Vec<Access> = (0..SECRETS).map(access).collect();
    let grants = policy.judge(&accesses).grants;
    let round = store.begin(policy, Freshness::Recent);
    let outcomes: Vec<_> = round.read(grants.into_iter().collect(), Intent::Render).collect().await;
    let took = start.elapsed();
    assert!(outcomes.len() == SECRETS && outcomes.iter().all(|(_, outcome)| matches!(outcome, Outcome::Found(_))));
    took.as_secs_f64() * 1e3
}

/// A server with a thread for each connection, whose sleep is more exact than a runtime's timer.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    address
}

/// Answers the requests of one connection, one after the other.
fn answer(mut stream: TcpStream) {
    let response =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len());
    let _ = stream.set_nodelay(true);
    let (mut buffer, mut filled) = ([0; 4096], 0);
    while let Ok(count @ 1..) = stream.read(&mut buffer[filled..]) {
        filled += count;
        if buffer[..filled].ends_with(b"\r\n\r\n") {
            filled = 0;
            std::thread::sleep(LATENCY);
            if stream.write_all(response.as_bytes()).is_err() {
                return;
            }
        }
    }
}
