//! A Redis that is away, slow, full, read-only, of another kind, or with another password: a warning that says so, and soon.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Instant;

use super::*;
use crate::support::servers::{self, Authority, Redis};

/// The warning of a run, in one line.
fn warning<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(error.detail.starts_with("the keep at `redis"), "{error:?}");
    assert!(error.detail.ends_with("cannot be used: the run goes on without it"), "{error:?}");
    assert!(error.cause.is_some() && error.hint.as_ref().is_some_and(|hint| !hint.is_empty()), "{error:?}");
    error.in_one_line()
}

fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} in {text}");
    }
}

/// The certificates of a server that is called `127.0.0.1`, in a folder.
fn certificates() -> (TempDir, PathBuf) {
    let (home, authority) = (home(), Authority::new("Redis' authority"));
    let server = authority.server(&["127.0.0.1"]);
    for (name, pem) in [("ca.pem", &authority.pem), ("server.pem", &server.certificate), ("server.key", &server.key)] {
        std::fs::write(home.path().join(name), pem).unwrap();
    }
    let ca = home.path().join("ca.pem");
    (home, ca)
}

fn redis_with_tls(home: &TempDir) -> Option<Redis> {
    let file = |name: &str| home.path().join(name).display().to_string();
    let (ca, certificate, key) = (file("ca.pem"), file("server.pem"), file("server.key"));
    let tls =
        ["--tls-port", "PORT", "--tls-ca-cert-file", &ca, "--tls-cert-file", &certificate, "--tls-key-file", &key];
    servers::redis(&[&tls[..], &["--tls-auth-clients", "no"]].concat(), &[])
}

#[tokio::test]
async fn with_tls_the_authority_counts() {
    let (certificates, ca) = certificates();
    let Some(redis) = redis_with_tls(&certificates) else { return };
    let (home, address) = (home(), redis.address().replace("redis:", "rediss:"));
    let ca = ca.to_str().unwrap();
    let trusting = keep(&address, home.path(), &[("AVP_KEEP_CACERT", ca)]);
    put(&trusting, "a").await.unwrap();
    assert!(has(&trusting, "a").await.unwrap());
    let lock = trusting.lock(&name("a"), deadline()).await.unwrap().unwrap();
    lock.release().await;
    let text = warning(has(&keep(&address, home.path(), &[]), "a").await);
    assert_says(&text, &["cannot make a TLS connection", "`AVP_KEEP_CACERT`", "UnknownIssuer"]);
    let localhost = address.replace("127.0.0.1", "localhost");
    let text = warning(has(&keep(&localhost, home.path(), &[("AVP_KEEP_CACERT", ca)]), "a").await);
    assert_says(&text, &["the certificate bears another name", "`AVP_KEEP`"]);
    let text = warning(has(&keep(&redis.address(), home.path(), &[]), "a").await);
    assert_says(&text, &["rediss://"]);
}

#[tokio::test]
async fn tls_to_a_port_without_it_is_silence() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let keep = keep(&redis.address().replace("redis:", "rediss:"), home.path(), &[]);
    assert_says(&warning(has(&keep, "a").await), &["no answer within 1000 ms", "`rediss://`"]);
}

#[tokio::test]
async fn a_password_is_right_or_wrong_or_missing() {
    let Some(redis) = servers::redis(&["--requirepass", "correct"], &[]) else { return };
    let (redis, home) = (redis.with_password("correct"), home());
    let file = home.path().join("password");
    let with = || keep(&redis.address(), home.path(), &[("AVP_KEEP_PASSWORD_FILE", file.to_str().unwrap())]);
    std::fs::write(&file, "correct\n").unwrap();
    put(&with(), "a").await.unwrap();
    assert_eq!(redis.command(&["DBSIZE"]), "1");
    std::fs::write(&file, "incorrect").unwrap();
    let text = warning(has(&with(), "a").await);
    assert_says(&text, &["refuses the user or the password", "`AVP_KEEP_PASSWORD_FILE`"]);
    assert!(!text.contains("incorrect"), "{text}");
    let text = warning(has(&keep(&redis.address(), home.path(), &[]), "a").await);
    assert_says(&text, &["wants a password", "`AVP_KEEP_PASSWORD_FILE`", "`argocd-redis`"]);
    std::fs::remove_file(&file).unwrap();
    assert_says(&warning(has(&with(), "a").await), &["cannot read", "`AVP_KEEP_PASSWORD_FILE`"]);
}

/// As docs/keep.md has it.
const ACCESS: &str =
    "on >secret resetkeys ~vault-render:* resetchannels -@all +mget +set +get +del +eval +scan +select";

#[tokio::test]
async fn a_user_of_the_access_list_needs_few_commands() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let words: Vec<&str> = ["ACL", "SETUSER", "vault-render"].into_iter().chain(ACCESS.split(' ')).collect();
    assert_eq!(redis.command(&words), "OK");
    let file = home.path().join("password");
    std::fs::write(&file, "secret").unwrap();
    let login = [("AVP_KEEP_USERNAME", "vault-render"), ("AVP_KEEP_PASSWORD_FILE", file.to_str().unwrap())];
    let keep = keep(&redis.address(), home.path(), &login);
    put(&keep, "a").await.unwrap();
    assert!(has(&keep, "a").await.unwrap());
    keep.lock(&name("a"), deadline()).await.unwrap().unwrap().release().await;
    assert_eq!(keep.entries(deadline()).await.unwrap().len(), 1);
    keep.remove(&name("a"), deadline()).await.unwrap();
    assert_eq!(redis.command(&["ACL", "SETUSER", "vault-render", "-set"]), "OK");
    assert_says(&warning(put(&keep, "a").await), &["access list", "docs/keep.md"]);
    let page = std::fs::read_to_string(crate::support::program::root().join("docs/keep.md")).unwrap();
    assert!(page.contains(&ACCESS.replace(">secret", ">PASSWORD")));
}

#[tokio::test]
async fn a_full_redis_still_reads() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let keep = keep(&redis.address(), home.path(), &[]);
    put(&keep, "a").await.unwrap();
    assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory", "1"]), "OK");
    assert_says(&warning(put(&keep, "b").await), &["memory is full", "maxmemory-policy"]);
    assert!(has(&keep, "a").await.unwrap());
    assert!(keep.lock(&name("a"), soon()).await.is_err());
    assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory", "0"]), "OK");
    put(&keep, "b").await.unwrap();
}

#[tokio::test]
async fn a_replica_reads_and_says_that_it_takes_no_writes() {
    let Some(master) = servers::redis(&[], &[]) else { return };
    let port = master.port.to_string();
    let Some(replica) = servers::redis(&["--replicaof", "127.0.0.1", &port], &[]) else { return };
    let home = home();
    put(&keep(&master.address(), home.path(), &[]), "a").await.unwrap();
    assert_eq!(master.command(&["WAIT", "1", "20000"]), "1");
    let keep = keep(&replica.address(), home.path(), &[]);
    assert!(has(&keep, "a").await.unwrap());
    assert_says(&warning(put(&keep, "b").await), &["is a replica", "`redis+sentinel://`"]);
    assert!(has(&keep, "a").await.unwrap(), "it is not left alone for that");
    assert_eq!(replica.command(&["REPLICAOF", "NO", "ONE"]), "OK");
    put(&keep, "b").await.unwrap();
}

#[tokio::test]
async fn a_cluster_is_not_supported() {
    let Some(redis) = servers::redis(&["--cluster-enabled", "yes"], &[]) else { return };
    let home = home();
    let keep = keep(&redis.address(), home.path(), &[]);
    assert_says(&warning(put(&keep, "a").await), &["a Redis cluster, which is not supported"]);
}

#[tokio::test]
async fn a_silent_redis_costs_a_second_once() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    let keep = keep(&redis.address(), home.path(), &[]);
    put(&keep, "a").await.unwrap();
    redis.pause();
    let start = Instant::now();
    assert_says(&warning(has(&keep, "a").await), &["no answer within 1000 ms"]);
    for path in ["b", "c", "d"] {
        warning(put(&keep, path).await);
    }
    assert!(keep.lock(&name("a"), deadline()).await.is_err());
    assert!(start.elapsed() < Duration::from_millis(1600), "{:?}", start.elapsed());
    redis.resume();
    tokio::time::sleep(Duration::from_millis(5100)).await;
    assert!(has(&keep, "a").await.unwrap(), "later it is asked again");
}

#[tokio::test]
async fn a_redis_that_is_gone_is_named_and_one_that_comes_back_empty_is_a_first_run() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let (home, address, port) = (home(), redis.address(), redis.port.to_string());
    let open = keep(&address, home.path(), &[]);
    put(&open, "a").await.unwrap();
    drop(redis);
    assert_says(&warning(has(&open, "a").await), &["cannot connect to `127.0.0.1:", "refused"]);
    let Some(redis) = servers::redis(&["--port", &port], &[]) else { return };
    assert_eq!(redis.command(&["-p", &port, "PING"]), "PONG");
    let again = keep(&address, home.path(), &[]);
    assert!(!has(&again, "a").await.unwrap());
    put(&again, "a").await.unwrap();
    drop(redis);
    let Some(redis) = servers::redis(&["--port", &port], &[]) else { return };
    assert!(!has(&again, "a").await.unwrap(), "a broken connection is opened anew at once");
    drop(redis);
}

#[tokio::test]
async fn a_redis_that_is_loading_says_so() {
    let Some(redis) = servers::redis(&[], &[]) else { return };
    let home = home();
    for number in 0..50 {
        redis.command(&["SET", &format!("key-{number}"), &"x".repeat(2000)]);
    }
    redis.dump();
    let dump = redis.home().join("dump.rdb").display().to_string();
    let slowly = ["--key-load-delay", "200000", "--loading-process-events-interval-bytes", "1024"];
    let folder = std::path::Path::new(&dump).parent().unwrap().display().to_string();
    let Some(loading) = servers::redis(&[&["--dir", &folder][..], &slowly].concat(), &[]) else { return };
    let keep = keep(&loading.address(), home.path(), &[]);
    assert_says(&warning(has(&keep, "a").await), &["still loading"]);
}

/// A server on a port of its own that answers everything with `answer`; closes the connection after it.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("redis://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

#[tokio::test]
async fn another_server_or_an_unknown_error_is_told_without_its_words() {
    let home = home();
    for (answer, expected) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\nhunter2", "is `AVP_KEEP` the address of a Redis?"),
        ("+hunter2\r\n", "does not answer as Redis does"),
        ("-MOVED 3999 127.0.0.1:6381\r\n", "a Redis cluster"),
        ("-MISCONF hunter2\r\n", "takes no writes"),
        ("-ERR hunter2\r\n", "the error `ERR`"),
        ("-WHATEVER hunter2\r\n", "the error `WHATEVER`"),
        ("$5\r\nab", "the connection broke"),
        ("", "the connection broke"),
    ] {
        let text = warning(has(&keep(&answering(answer), home.path(), &[]), "a").await);
        assert_says(&text, &[expected]);
        assert!(!text.contains("hunter2"), "{text}");
    }
}
