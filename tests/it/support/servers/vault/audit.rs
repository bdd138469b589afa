//! The requests to Vault, from its audit log. Vault writes a request there before it responds.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::Vault;

impl Vault {
    /// Every request that came in, as `read secret/data/app`, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.entries().iter().filter_map(request).collect()
    }

    /// The reads below a mount or path: `reads("team-a/")` gives `read team-a/data/app`, …
    pub(crate) fn reads(&self, below: &str) -> Vec<String> {
        self.below("read", below)
    }

    /// The lists below a mount or path: `lists("team-a/")` gives `list team-a/metadata`, …
    pub(crate) fn lists(&self, below: &str) -> Vec<String> {
        self.below("list", below)
    }

    /// The number of connections that carried the reads below a mount, counted by the ports of the client.
    pub(crate) fn connections(&self, below: &str) -> usize {
        let start = format!("read {below}");
        let entries = self.entries();
        let reads = entries.iter().filter(|entry| request(entry).is_some_and(|request| request.starts_with(&start)));
        reads.map(|entry| entry["request"]["remote_port"].as_u64()).collect::<BTreeSet<_>>().len()
    }

    /// The logins at an auth mount: `logins("approle-a")`.
    pub(crate) fn logins(&self, mount: &str) -> Vec<String> {
        self.below("update", &format!("auth/{mount}/login"))
    }

    /// The roles of the logins that an auth mount granted, in order.
    pub(crate) fn logged_in(&self, mount: &str) -> Vec<String> {
        let path = format!("auth/{mount}/login");
        let entries =
            self.entries().into_iter().filter(|entry| entry["type"] == "response" && entry["request"]["path"] == *path);
        entries.filter_map(|entry| Some(entry["auth"]["metadata"]["role"].as_str()?.to_owned())).collect()
    }

    /// The requests with tokens of logins, each with the role of its login.
    pub(crate) fn requests_of_roles(&self) -> Vec<(String, String)> {
        let entries = self.entries();
        let role = |entry: &Value| entry["auth"]["metadata"]["role"].as_str().map(str::to_owned);
        entries.iter().filter_map(|entry| Some((role(entry)?, request(entry)?))).collect()
    }

    /// Every line of the audit log.
    pub(crate) fn entries(&self) -> Vec<Value> {
        let log = fs::read_to_string(self.home().join("audit.log")).expect("the audit log");
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn below(&self, operation: &str, path: &str) -> Vec<String> {
        let start = format!("{operation} {path}");
        self.requests().into_iter().filter(|request| request.starts_with(&start)).collect()
    }
}

fn request(entry: &Value) -> Option<String> {
    let (operation, path) = (entry["request"]["operation"].as_str()?, entry["request"]["path"].as_str()?);
    (entry["type"] == "request").then(|| format!("{operation} {path}"))
}
