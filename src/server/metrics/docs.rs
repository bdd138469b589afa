//! docs/metrics.md, printed from the table of metrics.

use super::table::{METRICS, Metric};

/// The page, as Markdown.
pub(crate) fn docs() -> String {
    HEAD.to_owned() + &METRICS.iter().map(row).collect::<String>() + TAIL
}

fn row(metric: &Metric) -> String {
    let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
    format!("| `{}` | {} | {} | {} |\n", metric.name, metric.kind.name(), labels.join(", "), metric.help)
}

const HEAD: &str = "\
<!-- Printed from the table in src/server/metrics/ by `just docs`. -->
# Metrics of `vault-render serve`

`vault-render serve --listen 0.0.0.0:8085` answers Prometheus at `/metrics` ([server.md](server.md#metrics)). No label holds a path, a key or a value of a secret.

| metric | kind | labels | what it says |
|---|---|---|---|
";

const TAIL: &str = "
All of them begin anew with the process. `rate(vault_render_renders_total{result=\"error\"}[5m])` is what to look at first; then, for the store,
`vault_render_reads_total` and `vault_render_logins_total`, and for the room that is left, `vault_render_queue_length`.
";
