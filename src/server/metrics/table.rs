//! The metrics: each with its name, what it means, and where its numbers come from. Help, docs and the text for Prometheus read this table.

use super::Figures;

/// One metric.
pub(super) struct Metric {
    /// `vault_render_renders_total`
    pub(super) name: &'static str,
    pub(super) kind: MetricKind,
    /// The names of its labels.
    pub(super) labels: &'static [&'static str],
    /// One sentence, without a full stop.
    pub(super) help: &'static str,
    /// Its numbers. What is not known has none.
    pub(super) samples: fn(&Figures<'_>) -> Vec<Sample>,
}

/// How Prometheus may use a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetricKind {
    Counter,
    Gauge,
    Histogram,
}

/// One number of a metric.
pub(super) struct Sample {
    /// What is added to the metric's name: nothing, but for a histogram.
    pub(super) suffix: &'static str,
    /// The values of the metric's labels.
    pub(super) labels: Vec<String>,
    pub(super) value: f64,
}

/// All metrics, in the order of the docs.
pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "vault_render_renders_total",
        kind: MetricKind::Counter,
        labels: &["result", "project"],
        help: "Calls for manifests that have ended: `success`, `error`, `canceled` (the client has gone) or `timeout`. 200 projects are told apart, the rest is `other`",
        samples: |figures| {
            let counts = figures.renders.counts();
            counts.map(|(project, result, count)| sample(&[result, project], count as f64)).collect()
        },
    },
    Metric {
        name: "vault_render_render_seconds",
        kind: MetricKind::Histogram,
        labels: &["le"],
        help: "How long calls for manifests took, from their first message to their answer, waiting for their turn included",
        samples: seconds,
    },
    Metric {
        name: "vault_render_renders_in_flight",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "Calls that render at this moment, at most `AVP_PARALLEL_RENDERS`",
        samples: |figures| vec![sample(&[], figures.in_flight as f64)],
    },
    Metric {
        name: "vault_render_queue_length",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "Calls that wait for their turn",
        samples: |figures| vec![sample(&[], figures.queued as f64)],
    },
    Metric {
        name: "vault_render_reads_total",
        kind: MetricKind::Counter,
        labels: &["store", "result"],
        help: "Secrets that a store or the keep was asked for: `found`, `kept`, `last_good`, `missing`, `denied` or `failed`",
        samples: |figures| {
            let reads = figures.shared.reads.iter();
            reads.map(|(store, result, count)| sample(&[store, result], *count as f64)).collect()
        },
    },
    Metric {
        name: "vault_render_cache_hits_total",
        kind: MetricKind::Counter,
        labels: &["cache"],
        help: "What was at hand: `secrets` (read within `AVP_SERVER_CACHE`), `reads` (being read for another call)",
        samples: |figures| by_label(&figures.shared.cache_hits),
    },
    Metric {
        name: "vault_render_logins_total",
        kind: MetricKind::Counter,
        labels: &["result"],
        help: "Logins to the store: `success`, `renewed` (its token, without a login) or `failure`",
        samples: |figures| by_label(&figures.shared.logins),
    },
    Metric {
        name: "vault_render_token_remaining_seconds",
        kind: MetricKind::Gauge,
        labels: &[],
        help: "How long the token counts that ends first; absent without one that ends",
        samples: |figures| {
            let left = figures.shared.token_remaining.iter();
            left.map(|left| sample(&[], left.as_secs_f64().floor())).collect()
        },
    },
    Metric {
        name: "vault_render_last_good_total",
        kind: MetricKind::Counter,
        labels: &[],
        help: "Secrets whose last good value stood in for a store that was away (`AVP_LAST_GOOD`)",
        samples: |figures| vec![sample(&[], reads_with("last_good", figures))],
    },
    Metric {
        name: "vault_render_kept_total",
        kind: MetricKind::Counter,
        labels: &[],
        help: "Leases and certificates of earlier renderings that were used again (`AVP_KEEP`)",
        samples: |figures| vec![sample(&[], reads_with("kept", figures))],
    },
    Metric {
        name: "vault_render_cache_bytes",
        kind: MetricKind::Gauge,
        labels: &["cache"],
        help: "What the caches hold, at most `AVP_SERVER_CACHE_BYTES` together",
        samples: |figures| by_label(&figures.shared.cache_bytes),
    },
    Metric {
        name: "vault_render_failed_reloads_total",
        kind: MetricKind::Counter,
        labels: &[],
        help: "Changes of the operator's files that were wrong, so that the last good ones stay in effect",
        samples: |figures| vec![sample(&[], figures.shared.failed_reloads as f64)],
    },
    Metric {
        name: "vault_render_build_info",
        kind: MetricKind::Gauge,
        labels: &["version"],
        help: "1, with the version of vault-render",
        samples: |_| vec![sample(&[env!("CARGO_PKG_VERSION")], 1.0)],
    },
];

fn sample(labels: &[&str], value: f64) -> Sample {
    Sample { suffix: "", labels: labels.iter().map(|label| (*label).to_owned()).collect(), value }
}

/// How many readings ended so, of whatever store.
fn reads_with(result: &str, figures: &Figures<'_>) -> f64 {
    let reads = figures.shared.reads.iter().filter(|(_, ended, _)| *ended == result);
    // Nothing sums up to -0.
    reads.map(|(_, _, count)| *count as f64).fold(0.0, |sum, count| sum + count)
}

fn by_label(counts: &[(&'static str, u64)]) -> Vec<Sample> {
    counts.iter().map(|(label, count)| sample(&[label], *count as f64)).collect()
}

fn seconds(figures: &Figures<'_>) -> Vec<Sample> {
    let bucket = |end: String, count: u64| Sample { suffix: "_bucket", ..sample(&[&end], count as f64) };
    let (total, took) = figures.renders.total();
    let mut samples: Vec<_> = figures.renders.within().map(|(end, count)| bucket(end.to_string(), count)).collect();
    samples.push(bucket("+Inf".to_owned(), total));
    samples.push(Sample { suffix: "_sum", ..sample(&[], took.as_secs_f64()) });
    samples.push(Sample { suffix: "_count", ..sample(&[], total as f64) });
    samples
}

impl MetricKind {
    /// Its name in Prometheus' text.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}
