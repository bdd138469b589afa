//! The stream of a call: metadata first, then the archive. It is read to its end before anything is answered.

use tonic::Code;

use crate::support::servers::plugin::{AppStreamRequest, Parameters, PluginServer, Upload};

/// A repository that no compression makes small.
fn noise() -> Vec<(String, Vec<u8>)> {
    let mut state = 1_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    vec![("shop/noise.bin".to_owned(), (0..300_000).map(|_| byte()).collect())]
}

fn server() -> PluginServer {
    PluginServer::start(&[], &[("AVP_TYPE", "file"), ("AVP_FILE", "/dev/null"), ("AVP_SERVER_ARCHIVE_BYTES", "200k")])
}

/// The answer to a stream that is longer than what is on its way at once.
#[track_caller]
fn assert_refused(server: &PluginServer, messages: &[AppStreamRequest], expected: &str) {
    for method in ["GenerateManifest", "GetParametersAnnouncement"] {
        let answer: Result<Parameters, _> =
            server.run(async { server.connect().await.send(method, messages.to_vec()).await });
        let status = answer.unwrap_err();
        assert_eq!(status.code(), Code::Unknown);
        assert!(status.message().contains(expected), "{status:?}");
    }
}

#[test]
fn what_is_wrong_with_a_stream_is_said_in_argo_cd_s_words_once_it_was_read() {
    let server = server();
    let upload = Upload::new("shop", [("shop/a.yaml", "a: 1\n")]);
    let long = Upload::new("shop", noise());
    let messages = long.messages();
    for _ in 0..10 {
        assert_refused(&server, &messages[1..], "error getting stream metadata: metadata is nil");
        assert_refused(&server, &messages, "the repository's archive is longer than");
        assert_refused(&server, &[&messages[..1], &messages[..]].concat(), "stream request file is nil");
        let outside = Upload::of("../other", long.archive.clone());
        assert_refused(&server, &outside.messages(), "illegal appPath: out of workDir bound");
    }
    assert_refused(&server, &[], "error receiving stream header: EOF");
    assert_refused(&server, &upload.messages()[..1], "file checksum validation error");
    assert_refused(
        &server,
        &upload.clone().checksum("00").messages(),
        "error receiving tgz file: file checksum validation error",
    );
}
