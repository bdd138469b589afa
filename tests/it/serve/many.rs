//! Many calls at once, each over a connection of its own as Argo CD's repo-server has it.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::servers::plugin::{PluginServer, Upload, connect, packed};
use crate::support::servers::{Faults, Response};

/// How many applications are refreshed at once.
const MANY: usize = 150;

/// How much more memory than for one they take, in KiB. Their repositories together take half as much again.
const MOST: u64 = 40 << 10;

#[test]
fn many_applications_at_once_are_rendered_within_bounded_memory() {
    let vault = Faults::start(|_, _| {
        Response::json(200, &json!({"data": {"data": {"password": "v"}, "metadata": {"version": 1}}}).to_string())
    });
    let settings =
        [("VAULT_ADDR", &*vault.address), ("VAULT_TOKEN", "t"), ("AVP_KV_VERSION", "2"), ("AVP_TIMEOUT", "10m")];
    let server = PluginServer::start(&[], &settings);
    let secret =
        "kind: Secret\napiVersion: v1\nmetadata: {name: a}\nstringData: {p: '<path:secret/data/a#password>'}\n";
    let mut files: BTreeMap<String, String> =
        (0..MANY).map(|number| (format!("apps/{number}/a.yaml"), secret.to_owned())).collect();
    // Noise that does not get smaller.
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'!' + (state >> 58) as u8)
    });
    files.insert("noise.txt".to_owned(), noise.take(400_000).collect());
    let archive = packed(files);
    assert!(archive.len() > 300_000);
    let uploads: Vec<Upload> =
        (0..MANY).map(|number| Upload::of(&format!("apps/{number}"), archive.clone()).chunks_of(32 << 10)).collect();
    server.manifests(&uploads[0]).expect("rendered");
    let for_one = server.process().peak_memory();
    let answers = server.run(join_all(
        uploads
            .iter()
            .map(|upload| async { connect(server.socket()).await.expect("it serves").manifests(upload).await }),
    ));
    for answer in answers {
        assert!(answer.expect("rendered")[0].contains("\"p\":\"v\""));
    }
    let for_all = server.process().peak_memory();
    assert!(for_all < for_one + MOST, "{for_one} KiB, then {for_all} KiB");
}
