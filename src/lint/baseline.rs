//! A baseline: a file of findings that are known and accepted, by their ids. It holds no value and nothing to guess one from.
//! Knows no file system.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind};
use crate::finding_id::finding_ids;

/// The accepted findings.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Baseline {
    version: u32,
    findings: Vec<Entry>,
}

/// An accepted finding. Its rule and its file are there for whoever reads the baseline.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    #[serde(rename = "fingerprint")]
    id: String,
    rule: String,
    file: String,
}

impl Baseline {
    /// The baseline that accepts these findings, which must come in the order of the input.
    pub(crate) fn of(findings: &[Error]) -> Self {
        let entries = finding_ids(findings).into_iter().zip(findings).map(|(id, error)| Entry {
            id,
            rule: error.rule.to_owned(),
            file: error.place.as_ref().map(|place| place.source.name.clone()).unwrap_or_default(),
        });
        Self { version: 1, findings: entries.collect() }
    }

    /// Parses the text of a baseline.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |cause: String| {
            Error::new(Kind::Input, "the baseline cannot be read")
                .cause(cause)
                .hint("`--write-baseline FILE` writes one anew")
        };
        let baseline: Self = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        match baseline.version {
            1 => Ok(baseline),
            version => Err(wrong(format!("its version is {version}, known is 1"))),
        }
    }

    /// The text of the file, one line for each finding.
    pub(crate) fn text(&self) -> String {
        let lines: Vec<String> = self.findings.iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect();
        let version = self.version;
        match lines.is_empty() {
            true => format!("{{\"version\": {version}, \"findings\": []}}\n"),
            false => format!("{{\"version\": {version}, \"findings\": [\n  {}\n]}}\n", lines.join(",\n  ")),
        }
    }

    /// The findings that are not accepted; `findings` must come in the order of the input.
    pub(crate) fn new_ones(&self, findings: Vec<Error>) -> Vec<Error> {
        let accepted: HashSet<&str> = self.findings.iter().map(|entry| entry.id.as_str()).collect();
        let ids = finding_ids(&findings);
        let new = findings.into_iter().zip(ids).filter(|(_, id)| !accepted.contains(id.as_str()));
        new.map(|(error, _)| error).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::{Place, Source, Span};

    fn finding(detail: &str) -> Error {
        let source = Arc::new(Source::new("a.yaml", "password: hunter22"));
        Error::new(Kind::Value, detail).rule("secret-in-data").at(Place::new(source, Span::new(10, 18)))
    }

    #[test]
    fn what_is_written_down_is_accepted_and_nothing_else() {
        let baseline = Baseline::parse(&Baseline::of(&[finding("a"), finding("b")]).text()).unwrap();
        let new = baseline.new_ones(vec![finding("a"), finding("c"), finding("b"), finding("b")]);
        assert_eq!(new.iter().map(|error| error.detail.as_str()).collect::<Vec<_>>(), ["c", "b"]);
        assert!(Baseline::parse(&Baseline::default().text()).is_err());
        assert!(Baseline::parse(&Baseline::of(&[]).text()).is_ok());
    }

    #[test]
    fn a_baseline_holds_no_value() {
        let text = Baseline::of(&[finding("a")]).text();
        assert!(!text.contains("hunter22") && text.contains("a.yaml"), "{text}");
    }
}
