//! A broker that is asked by a reader which a manifest has taken over: it speaks the protocol, and says what it likes.

use std::net::TcpListener;

use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

use super::frame::Frame;
use super::message::Numbered;
use super::{serve, value};
use crate::error::Error;
use crate::pass::{Session, SettingFlags, Watch};
use crate::policy::Requester;
use crate::value::Value;
use crate::workspace::Workspace;

/// A watch that never stops a run.
struct Nobody;

impl Watch for Nobody {
    fn waiting(&self, _: String) -> Box<dyn Send> {
        Box::new(())
    }

    fn tell(&self, _: Error) {}

    fn stopped(&self) -> BoxFuture<'_, String> {
        Box::pin(std::future::pending())
    }
}

fn session(variables: &[(&str, &str)]) -> Session {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let workspace = Workspace::new("/usr", variables);
    let requester = Requester::of(&workspace.variables);
    Session::new(workspace, requester, SettingFlags::default())
}

/// What a broker answers to these requests, and how it ends.
async fn answers(
    session: &mut Session,
    is_function: bool,
    requests: &[Json],
) -> (Vec<(Json, Option<Value>)>, Result<(), Error>) {
    let (mut own, other) = UnixStream::pair().unwrap();
    let asking = async {
        for message in requests {
            let frame = Frame::of(&Numbered { number: 1, message }).unwrap();
            let _ = own.write_all(&frame.to_bytes()).await;
        }
        own.shutdown().await.unwrap();
        let mut answers = Vec::new();
        while let Ok(Some(frame)) = Frame::receive(&mut own).await {
            answers.push((frame.message::<Numbered<Json>>().unwrap().message, value::decode(frame.body())));
        }
        answers
    };
    let serving = serve(other, session, &Nobody, is_function);
    tokio::join!(asking, serving)
}

fn begin(function: &Json) -> Json {
    json!({"Begin": {"function": function, "is_preview": false}})
}

fn access(path: &str, modifiers: &[&str]) -> Json {
    let secret =
        json!({"store": null, "scope": null, "path": path, "version": null, "parameters": {}, "kv_version": "1"});
    let place = json!({"manifest": "a.yaml", "span": [3, 9], "position": [1, 4]});
    json!({"secret": secret, "key": "k", "modifiers": modifiers, "place": place, "resource": null})
}

fn fetch(path: &str) -> Json {
    json!({"Fetch": [access(path, &[])]})
}

/// A Vault that nobody must ask, and the settings of a requester who may read below `team-a`.
fn vault() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

#[tokio::test]
async fn what_the_policy_refuses_is_not_read_whoever_asks() {
    let (listener, address) = vault();
    let settings = [("VAULT_ADDR", &*address), ("VAULT_TOKEN", "t"), ("AVP_PATH_VALIDATION", "^team-a/")];
    let requests = [begin(&json!([])), fetch("team-b/db"), fetch("sys/seal")];
    let (told, ended) = answers(&mut session(&settings), false, &requests).await;
    assert!(ended.is_ok() && told.len() == 2, "{told:?}");
    for (answer, value) in told {
        let finding = &answer["Done"]["findings"][0];
        assert!(finding["detail"].as_str().is_some_and(|detail| detail.ends_with("is not allowed")), "{answer}");
        assert_eq!((&finding["place"]["manifest"], value), (&json!("a.yaml"), None));
    }
    assert!(listener.accept().is_err(), "Vault was asked");
}

#[tokio::test]
async fn a_question_that_no_reader_asks_ends_the_conversation() {
    let (plain, wider) = (json!([]), json!([["AVP_PATH_VALIDATION", "."]]));
    for (name, is_function, requests) in [
        ("a path that leads up", false, vec![begin(&plain), fetch("team-a/../team-b/db")]),
        ("a path with a slash too many", false, vec![begin(&plain), fetch("team-a//db")]),
        ("an encoded path", false, vec![begin(&plain), fetch("team-a/%2e%2e/team-b/db")]),
        ("a modifier that does not exist", false, vec![begin(&plain), json!({"Fetch": [access("team-a/db", &["x"])]})]),
        ("secrets before a run", false, vec![fetch("team-a/db")]),
        ("settings of no function", false, vec![begin(&wider)]),
        ("settings once a run has begun", true, vec![begin(&plain), begin(&wider)]),
        ("something else", false, vec![json!({"Token": null})]),
    ] {
        let (listener, address) = vault();
        let settings = [("VAULT_ADDR", &*address), ("VAULT_TOKEN", "t"), ("AVP_PATH_VALIDATION", "^team-a/")];
        let (told, ended) = answers(&mut session(&settings), is_function, &requests).await;
        let error = ended.expect_err(name);
        assert!(error.detail.ends_with("asks for what it may not ask") && told.is_empty(), "{name}: {told:?}");
        assert!(listener.accept().is_err(), "{name}: Vault was asked");
    }
}

#[tokio::test]
async fn what_the_policy_allows_is_answered_with_its_value_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "team-a/db: {k: value}").unwrap();
    let path = file.path().display().to_string();
    let settings = [("AVP_TYPE", "file"), ("AVP_FILE", &*path), ("AVP_PATH_VALIDATION", "^team-a/")];
    let requests = [begin(&json!([])), fetch("team-a/db"), fetch("team-a/db"), json!({"Fetch": []})];
    let (told, ended) = answers(&mut session(&settings), false, &requests).await;
    assert!(ended.is_ok() && told.len() == 4, "{told:?}");
    let found = told[0].1.as_ref().and_then(|value| value.get("k").cloned());
    assert_eq!(found, Some(Value::text("value")));
    for (answer, _) in &told[1..] {
        assert_eq!(answer["Done"]["findings"], json!([]));
    }
}

#[tokio::test]
async fn a_key_that_the_policy_refuses_does_not_leave_the_broker_with_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let [secrets, policy] = ["secrets.yaml", "policy.yaml"].map(|name| folder.path().join(name).display().to_string());
    std::fs::write(&secrets, "team-a/db: {k: value, root: canary}\nteam-b/db: {k: value, root: canary}").unwrap();
    let rules = "rules: [{allow: {paths: [team-a/**], keys: [k]}}, {allow: {paths: [team-b/**]}}]";
    std::fs::write(&policy, rules).unwrap();
    let settings = [("AVP_TYPE", "file"), ("AVP_FILE", &*secrets), ("AVP_POLICY", &*policy)];
    let requests = [begin(&json!([])), fetch("team-a/db"), fetch("team-b/db")];
    let (told, ended) = answers(&mut session(&settings), false, &requests).await;
    assert!(ended.is_ok() && told.len() == 4, "{told:?}");
    for (at, root) in [(0, Value::Null), (2, Value::text("canary"))] {
        let value = told[at].1.as_ref().unwrap();
        assert_eq!((value.get("k"), value.get("root")), (Some(&Value::text("value")), Some(&root)));
    }
}
