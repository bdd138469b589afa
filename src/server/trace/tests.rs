//! What a collector gets: see tests/it/serve/traced.rs for the whole way.

use std::time::Duration;

use super::message::Value;
use super::*;
use crate::server::call_record::{Step, fixture::rendering};

#[test]
fn steps_are_children_of_the_call_that_is_a_child_of_the_client_s() {
    let context = TraceContext { trace: [7; 16], parent: Some([9; 8]) };
    let step = Step { what: "reading 3 secrets".to_owned(), start: rendering().start, took: Duration::from_millis(3) };
    let call = CallRecord { code: Code::Unknown, steps: vec![step], ..rendering() };
    let spans = spans(&context, &call).unwrap();
    assert!(spans.iter().all(|span| span.trace_id == [7; 16]));
    let [root, step] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((&root.parent_span_id[..], &step.parent_span_id), (&[9; 8][..], &root.span_id));
    assert_eq!(
        (root.name.as_str(), step.name.as_str()),
        ("plugin.ConfigManagementPluginService/GenerateManifest", "reading")
    );
    assert_eq!(
        (root.end_time_unix_nano - root.start_time_unix_nano, root.status.as_ref().unwrap().code),
        (12_345_000, FAILED)
    );
    let project = root.attributes.iter().find(|attribute| attribute.key == "argocd.project").unwrap();
    assert_eq!(project.value.as_ref().unwrap().value, Some(Value::Text("web".to_owned())));
}
