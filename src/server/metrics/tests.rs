//! What Prometheus gets to read.

use std::collections::BTreeSet;
use std::time::Duration;

use regex::Regex;

use super::table::{METRICS, MetricKind};
use super::*;
use crate::server::call_record::fixture::rendering;

fn text() -> String {
    let metrics = Metrics::default();
    metrics.count(&rendering());
    metrics.count(&CallRecord { project: Some("a\"b\\c\nd".to_owned()), ..rendering() });
    let shared = SharedFigures {
        reads: vec![("vault", "found", 5)],
        cache_hits: vec![("secrets", 2)],
        logins: vec![("success", 1)],
        token_remaining: Some(Duration::from_millis(59_900)),
        cache_bytes: vec![("results", 77)],
        ..SharedFigures::default()
    };
    metrics.text((3, 4), &shared)
}

#[test]
fn each_line_is_what_prometheus_reads() {
    let text = text();
    let sample = Regex::new(r#"^[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? [0-9.]+$"#).unwrap();
    for line in text.lines() {
        assert!(line.starts_with("# HELP ") || line.starts_with("# TYPE ") || sample.is_match(line), "{line}");
    }
    for line in [
        "vault_render_renders_total{result=\"success\",project=\"web\"} 1",
        "vault_render_renders_total{result=\"success\",project=\"a\\\"b\\\\c\\nd\"} 1",
        "# TYPE vault_render_render_seconds histogram",
        "vault_render_render_seconds_bucket{le=\"0.01\"} 0",
        "vault_render_render_seconds_bucket{le=\"0.025\"} 2",
        "vault_render_render_seconds_bucket{le=\"+Inf\"} 2",
        "vault_render_render_seconds_sum 0.02469",
        "vault_render_render_seconds_count 2",
        "vault_render_renders_in_flight 3",
        "vault_render_queue_length 4",
        "vault_render_reads_total{store=\"vault\",result=\"found\"} 5",
        "vault_render_cache_hits_total{cache=\"secrets\"} 2",
        "vault_render_token_remaining_seconds 59",
        "vault_render_cache_bytes{cache=\"results\"} 77",
    ] {
        assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
    }
}

#[test]
fn the_table_keeps_prometheus_customs() {
    let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), METRICS.len(), "a name is there twice");
    for metric in METRICS {
        assert!(metric.name.starts_with("vault_render_"), "{}", metric.name);
        assert_eq!(metric.name.ends_with("_total"), metric.kind == MetricKind::Counter, "{}", metric.name);
        assert!(metric.help.is_ascii() && !metric.help.contains(['|', '\n']), "{}", metric.name);
    }
    assert!(docs().contains("| `vault_render_queue_length` | gauge |  | Calls that wait for their turn |\n"));
}
