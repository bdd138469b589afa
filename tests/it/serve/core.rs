//! An independent client: gRPC's C-core, through Python's grpcio. Its `:authority` is a path, which h2 alone refuses.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;

use crate::support::program::root;
use crate::support::servers;
use crate::support::servers::plugin::{PluginServer, Upload};

/// What the client prints for an upload, a line for each call.
fn answers(python: &Path, server: &PluginServer, upload: &Upload) -> Vec<String> {
    let mut client = Command::new(python)
        .arg(root().join("tests/it/serve/core.py"))
        .arg(server.socket())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = client.stdin.take().expect("piped");
    for message in upload.messages() {
        writeln!(stdin, "{}", STANDARD.encode(message.encode_to_vec())).expect("it reads");
    }
    drop(stdin);
    let output = client.wait_with_output().expect("it ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn another_implementation_of_grpc_is_answered() {
    let Some(python) = servers::binary("grpcio") else { return };
    let server = PluginServer::start(&[], &[("AVP_TYPE", "file"), ("AVP_FILE", "/dev/null")]);
    let upload = Upload::new("shop", [("shop/a.yaml", "kind: ConfigMap\n")]).checksum("00");
    let answers = answers(&python, &server, &upload);
    assert_eq!(answers.len(), 12);
    for answer in answers.chunks(2) {
        assert_eq!(answer[0], "OK ");
        assert_eq!(
            answer[1],
            "UNKNOWN generate manifest error receiving stream: error receiving tgz file: file checksum validation error"
        );
    }
}
