//! The renderings that have ended, as numbers: by result and project, and how long they took. Knows no format.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::server::call_record::CallRecord;

/// How many projects are told apart. The later ones are one together, so that nobody fills a database of metrics.
const PROJECTS: usize = 200;

/// The name of the projects that are not told apart.
const OTHER: &str = "other";

/// The upper ends of the histogram's buckets, in seconds: from a plain manifest to Argo CD's own limit and beyond.
pub(super) const BUCKETS: [f64; 13] = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 60.0];

/// What the renderings of a process came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Renders {
    projects: BTreeSet<String>,
    /// By project and result.
    counts: BTreeMap<(String, &'static str), u64>,
    /// How many ended within each bucket and in no earlier one.
    buckets: [u64; BUCKETS.len()],
    total: u64,
    took: Duration,
}

impl Renders {
    /// Counts a rendering.
    pub(super) fn count(&mut self, call: &CallRecord) {
        let project = self.project(call.project.as_deref().unwrap_or_default());
        *self.counts.entry((project, call.result())).or_default() += 1;
        let took = call.took.as_secs_f64();
        if let Some(bucket) = BUCKETS.iter().position(|end| took <= *end) {
            self.buckets[bucket] += 1;
        }
        self.total += 1;
        self.took += call.took;
    }

    /// How many there were, by project and result.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.counts.iter().map(|((project, result), count)| (project.as_str(), *result, *count))
    }

    /// How many took at most as long as the end of each bucket.
    pub(super) fn within(&self) -> impl Iterator<Item = (f64, u64)> {
        BUCKETS.into_iter().zip(self.buckets.iter().scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        }))
    }

    /// How many there were, and how long they took together.
    pub(super) fn total(&self) -> (u64, Duration) {
        (self.total, self.took)
    }

    fn project(&mut self, name: &str) -> String {
        if !self.projects.contains(name) {
            if self.projects.len() >= PROJECTS {
                return OTHER.to_owned();
            }
            self.projects.insert(name.to_owned());
        }
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::call_record::fixture::rendering;

    #[test]
    fn two_hundred_projects_are_told_apart() {
        let mut renders = Renders::default();
        for number in 0..PROJECTS + 5 {
            renders.count(&CallRecord { project: Some(format!("p{number}")), ..rendering() });
        }
        renders.count(&CallRecord { project: Some("p0".to_owned()), ..rendering() });
        assert_eq!(renders.counts().count(), PROJECTS + 1);
        let count = |name| renders.counts().find(|(project, ..)| *project == name).map(|(.., count)| count);
        assert_eq!((count("p0"), count("p199"), count("p200"), count(OTHER)), (Some(2), Some(1), None, Some(5)));
    }

    #[test]
    fn a_bucket_holds_what_took_no_longer() {
        let mut renders = Renders::default();
        for milliseconds in [1, 5, 6, 600_000] {
            renders.count(&CallRecord { took: Duration::from_millis(milliseconds), ..rendering() });
        }
        let within: Vec<_> = renders.within().take(3).collect();
        assert_eq!(within, [(0.0025, 1), (0.005, 2), (0.01, 3)]);
        assert_eq!((renders.within().last(), renders.total().0), (Some((60.0, 3)), 4));
    }
}
