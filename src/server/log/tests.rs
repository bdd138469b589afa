//! What the log says of calls and findings.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tonic::Code;

use super::*;
use crate::error::Kind;
use crate::server::call_record::fixture::rendering;

/// The lines that `events` writes at a level.
fn lines(level: LogLevel, events: impl FnOnce(&Log)) -> Vec<Value> {
    let written = Arc::new(Mutex::new(Vec::new()));
    let taken = written.clone();
    let write = move |line: &str| taken.lock().unwrap().push(serde_json::from_str(line).unwrap());
    events(&Log::new(level, LogFormat::Json, Arc::new(write)));
    std::mem::take(&mut written.lock().unwrap())
}

#[test]
fn a_call_is_one_line_with_the_names_of_argo_cd_s_server() {
    let mut written = lines(LogLevel::Info, |log| log.finished(&rendering()));
    written[0].as_object_mut().unwrap().shift_remove("time").expect("a time");
    assert_eq!(
        written,
        [json!({
            "level": "info", "msg": "finished call", "protocol": "grpc", "grpc.component": "server", "grpc.code": "OK",
            "grpc.service": "plugin.ConfigManagementPluginService", "grpc.method": "GenerateManifest",
            "grpc.method_type": "client_stream", "grpc.start_time": "2026-11-30T12:00:00.250Z",
            "grpc.request.deadline": "2026-11-30T12:01:00.250Z", "grpc.time_ms": "12.345", "application": "shop",
            "project": "web", "reads": 3, "cache_hits": 1, "seconds": 0.012, "seconds_queued": 0.002,
        })]
    );
}

#[test]
fn a_failure_is_an_error_with_its_text() {
    let failed = CallRecord { code: Code::Unknown, error: Some("missing key `x`".to_owned()), ..rendering() };
    let written = lines(LogLevel::Error, |log| {
        log.finished(&failed);
        log.finished(&rendering());
    });
    assert_eq!(written.len(), 1, "the level leaves out the call that was right");
    assert_eq!((&written[0]["level"], &written[0]["grpc.error"]), (&json!("error"), &json!("missing key `x`")));
}

#[test]
fn what_was_found_on_the_way_has_lines_of_its_own() {
    let findings = [Error::warning(Kind::Setting, "both are set").hint("take one"), Error::note(Kind::Store, "kept")];
    let written = lines(LogLevel::Info, |log| log.findings(&rendering(), &findings));
    let shown = written.iter().map(|line| [&line["level"], &line["msg"], &line["application"], &line["rule"]]);
    let shown: Vec<_> = shown.map(|texts| texts.map(|text| text.as_str().unwrap())).collect();
    assert_eq!(shown, [["warning", "both are set", "shop", "setting"], ["info", "kept", "shop", "store"]]);
    assert_eq!(written[0]["hint"], "take one");
}

#[test]
fn steps_are_told_where_the_level_says_so() {
    let told = |level| lines(level, |log| log.journal(Some("shop")).tell(|| "GET x: 200".to_owned())).len();
    assert_eq!((told(LogLevel::Info), told(LogLevel::Debug)), (0, 1));
}
