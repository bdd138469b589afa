//! Metrics as the text that Prometheus reads (exposition format 0.0.4). Pure.

use std::fmt::Write;

use super::Figures;
use super::table::{Metric, Sample};

/// What the text is, for an HTTP header.
pub(in crate::server) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text of some metrics.
pub(super) fn text(metrics: &[Metric], figures: &Figures<'_>) -> String {
    let mut text = String::new();
    for metric in metrics {
        let _ = writeln!(text, "# HELP {} {}", metric.name, metric.help.replace('\\', "\\\\"));
        let _ = writeln!(text, "# TYPE {} {}", metric.name, metric.kind.name());
        for sample in (metric.samples)(figures) {
            let _ = writeln!(text, "{}{}{} {}", metric.name, sample.suffix, labels(metric, &sample), sample.value);
        }
    }
    text
}

/// `{a="x",b="y"}`, or nothing.
fn labels(metric: &Metric, sample: &Sample) -> String {
    if sample.labels.is_empty() {
        return String::new();
    }
    let labels = metric.labels.iter().zip(&sample.labels);
    let labels: Vec<_> = labels.map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}}", labels.join(","))
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
