//! A server's answers, byte for byte, and the numbers of the settings: the first line holds a timeout, a rate, a number of
//! retries and the run's time, separated by blanks; what follows is sent to whoever connects. Nothing may panic or outlast the run.

#![no_main]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use tokio::runtime::Builder;
use vault_render::internals::backend::{self, Freshness, Intent};
use vault_render::internals::budget::Budget;
use vault_render::internals::policy::{Policy, Requester};
use vault_render::internals::render::fetch;
use vault_render::internals::secret::{Access, SecretId, Secrets, Usage};
use vault_render::internals::source::{Place, Source, Span};

fuzz_target!(|bytes: &[u8]| {
    let (line, answer) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let Ok(line) = str::from_utf8(line) else { return };
    let numbers: Vec<&str> = line.split(' ').collect();
    let number = |at: usize| numbers.get(at).copied().unwrap_or_default();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    let answer = answer.to_vec();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten().take(8) {
            let _ = stream.read(&mut [0; 4096]).and_then(|_| stream.write_all(&answer));
        }
    });
    let config = backend::config_for_test(&[
        ("VAULT_ADDR", address.as_str()),
        ("AVP_AUTH_TYPE", "approle"),
        ("AVP_ROLE_ID", "role"),
        ("AVP_SECRET_ID", "a-secret-id"),
        ("VAULT_CLIENT_TIMEOUT", number(0)),
        ("VAULT_RATE_LIMIT", number(1)),
        ("VAULT_MAX_RETRIES", number(2)),
        // An operator may give a run a year: here a second is enough.
        ("AVP_TIMEOUT", if number(3).ends_with("ms") { number(3) } else { "1s" }),
    ]);
    let Ok(store) = backend::open(&config, vault_render::Journal::default()) else { return };
    let id = SecretId { path: "secret/data/app".into(), ..SecretId::default() };
    let place = Place::new(Arc::new(Source::new("", "")), Span::new(0, 0));
    let policy = Arc::new(Policy::of(&config, Requester::default(), None));
    let grants = policy.judge(&[Access { id, usage: Usage::default(), place }]).grants;
    let start = Instant::now();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let round = store.begin(policy, Freshness::default());
    runtime.block_on(fetch(grants, &*round, Intent::Render, &Budget::default(), &mut Secrets::default(), &mut ()));
    assert!(start.elapsed() < Duration::from_secs(5), "the run's time is over");
});
