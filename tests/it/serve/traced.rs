//! Traces: a call is a part of its client's, and a collector that is away is no call's trouble.

use std::time::Duration;

use tonic::Request;

use crate::canary::{CANARY, piece};
use crate::support::servers::collector::Collector;
use crate::support::servers::plugin::{PluginServer, Upload};

/// A trace of a client's, and its span.
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

const MANIFEST: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  k: <path:a/b#k>\n  l: <path:a/c#k>\n";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_call_goes_on_with_its_client_s_trace_and_shows_no_value() {
    let secrets = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secrets.path(), format!("a/b: {{k: {CANARY}}}\na/c: {{k: {CANARY}}}\n")).unwrap();
    let collector = Collector::start();
    let settings = [
        ("AVP_TYPE", "file"),
        ("AVP_FILE", secrets.path().to_str().unwrap()),
        ("ARGOCD_CMP_SERVER_OTLP_ADDRESS", &collector.address),
        ("ARGOCD_CMP_SERVER_OTLP_HEADERS", "authorization=Bearer zq7Xk3vW"),
        ("ARGOCD_CMP_SERVER_OTLP_ATTRS", "env:test"),
    ];
    let server = PluginServer::start(&["--loglevel", "debug"], &settings);
    let upload = Upload::new("shop", [("shop/secret.yaml", MANIFEST)]);
    server.run(async {
        let mut request = Request::new(tokio_stream::iter(upload.messages()));
        request.metadata_mut().insert("traceparent", PARENT.parse().unwrap());
        let _manifests: () = server.connect().await.stream("GenerateManifest", request).await.unwrap();
    });
    let spans = server.process().wait(|| Some(collector.spans()).filter(|spans| !spans.is_empty())).unwrap();
    let root = &spans[0];
    assert_eq!(root.name, "plugin.ConfigManagementPluginService/GenerateManifest");
    assert_eq!((hex(&root.trace).as_str(), hex(&root.parent).as_str()), (&PARENT[3..35], &PARENT[36..52]));
    let children: Vec<_> = spans[1..].iter().map(|span| span.name.as_str()).collect();
    assert_eq!(children, ["waiting", "receiving", "unpacking", "reading"]);
    assert!(spans[1..].iter().all(|span| span.parent == root.id && span.trace == root.trace));
    assert_eq!(collector.header("authorization").as_deref(), Some("Bearer zq7Xk3vW"));
    let attributes = collector.attributes();
    for expected in [("service.name", "argocd-cmp-server"), ("env", "test")] {
        assert!(attributes.contains(&(expected.0.to_owned(), expected.1.to_owned())), "{attributes:?}");
    }
    // The log of a server whose level is `debug`, with what it says of requests and settings.
    let output = server.process().output();
    assert!(output.contains("finished call") && output.contains("\"reads\":2"), "{output}");
    assert_eq!(piece(output.as_bytes()), None, "{output}");
    assert_eq!(piece(format!("{spans:?}").as_bytes()), None);
}

#[test]
fn a_collector_that_is_away_is_told_of_once_and_no_call_waits_for_it() {
    let settings = [("AVP_TYPE", "file"), ("AVP_FILE", "/dev/null")];
    let server = PluginServer::start(&["--otlp-address", "127.0.0.1:9"], &settings);
    let outside = Upload::new("../other", [("a.yaml", "a: 1\n")]);
    let lost = "traces are lost: the collector at `127.0.0.1:9` answers";
    for _ in 0..3 {
        let answer =
            server.run(async { server.connect().await.manifests_within(Duration::from_secs(60), &outside).await });
        assert!(answer.unwrap_err().message().contains("illegal appPath"));
        server.process().wait(|| Some(()).filter(|()| server.process().output().contains(lost))).unwrap();
    }
    assert_eq!(server.process().output().matches(lost).count(), 1);
}

#[test]
fn what_is_wrong_with_the_flags_is_told_without_their_values() {
    for (flag, value, expected) in [
        ("--otlp-headers", "zq7Xk3vWn9Rb5Tg2", "`--otlp-headers` is not a list of `NAME=VALUE`"),
        ("--otlp-attrs", "a=b", "`--otlp-attrs` is not a list of `NAME:VALUE`"),
        ("--otlp-sample-ratio", "2", "`--otlp-sample-ratio` is not a number from 0 to 1"),
        ("--otlp-address", "http://otel:4317", "`--otlp-address` is not `HOST:PORT`"),
    ] {
        let words = ["serve", "--otlp-address", "127.0.0.1:9", flag, value];
        let words = if flag == "--otlp-address" { vec!["serve", flag, value] } else { words.to_vec() };
        let run = crate::support::program::program(words).status(2);
        let output = run.stderr_holds([expected]).output();
        assert_eq!(piece(&output.stderr), None);
    }
}
