//! What was asked of Vault, from its audit log: Vault writes a request there before it answers.

use std::fs;

use serde_json::Value;

use super::Vault;

impl Vault {
    /// Every request that came in, as `read secret/data/app`, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = fs::read_to_string(self.process.home().join("audit.log")).expect("the audit log");
        log.lines().filter_map(request).collect()
    }

    /// The reads below a mount or path: `reads("team-a/")` gives `read team-a/data/app`, …
    pub(crate) fn reads(&self, below: &str) -> Vec<String> {
        self.below("read", below)
    }

    /// The logins at an auth mount: `logins("approle-a")`.
    pub(crate) fn logins(&self, mount: &str) -> Vec<String> {
        self.below("update", &format!("auth/{mount}/login"))
    }

    fn below(&self, operation: &str, path: &str) -> Vec<String> {
        let start = format!("{operation} {path}");
        self.requests().into_iter().filter(|request| request.starts_with(&start)).collect()
    }
}

fn request(line: &str) -> Option<String> {
    let entry: Value = serde_json::from_str(line).ok()?;
    let (operation, path) = (entry["request"]["operation"].as_str()?, entry["request"]["path"].as_str()?);
    (entry["type"] == "request").then(|| format!("{operation} {path}"))
}
