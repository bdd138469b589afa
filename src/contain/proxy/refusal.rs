//! The requests that the proxy refused to a tool, and why: the answer for the tool, and the error of the run.

use std::fmt;

use super::hosts::{Hosts, SETTING};
use super::target::Target;
use crate::error::{Error, Kind};

/// How many characters of a request are shown.
const SHOWN: usize = 200;

/// A request of a tool that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The operator does not list the host.
    Unlisted(Destination),
    /// The host's address is of this kind, e.g. `private`, and the operator does not write its name.
    Internal(Destination, &'static str),
    /// Something else than a way to an https server, in the tool's words.
    Insecure(String),
    /// The host is permitted, and cannot be reached.
    Unreachable(Destination, String),
}

/// The host and port of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination(pub(super) Target);

impl Refusal {
    pub(super) fn unlisted(target: &Target) -> Self {
        Self::Unlisted(Destination(target.clone()))
    }

    pub(super) fn internal(target: &Target, kind: &'static str) -> Self {
        Self::Internal(Destination(target.clone()), kind)
    }

    pub(super) fn insecure(words: &str) -> Self {
        Self::Insecure(words.chars().take(SHOWN).flat_map(char::escape_debug).collect())
    }

    pub(super) fn unreachable(target: &Target, cause: impl fmt::Display) -> Self {
        Self::Unreachable(Destination(target.clone()), cause.to_string())
    }

    /// The status and the reason of the answer. Go's programs show the reason, and nothing else of an answer.
    pub(super) fn answer(&self) -> (u16, String) {
        match self {
            Self::Unlisted(Destination(target)) => (403, format!("{SETTING} does not name {target}")),
            Self::Internal(Destination(target), kind) => {
                (403, format!("the address of {target} is {kind}, and {SETTING} does not name it"))
            }
            Self::Insecure(_) => (405, format!("only https is allowed, to the hosts of {SETTING}")),
            Self::Unreachable(Destination(target), cause) => (502, format!("cannot reach {target}: {cause}")),
        }
    }
}

/// The error of a tool that failed, with its refused requests if they may be the reason.
pub(super) fn explain(refusals: &[Refusal], hosts: &Hosts, tool: &str, error: Error) -> Error {
    let Some((detail, hint)) = unlisted(refusals, hosts, tool)
        .or_else(|| internal(refusals, hosts, tool))
        .or_else(|| insecure(refusals, tool))
    else {
        return unreachable(refusals, error);
    };
    let cause = error.cause.map_or(error.detail.clone(), |cause| format!("{}: {cause}", error.detail));
    Error { detail, hint: Some(hint), cause: Some(cause), kind: Kind::Denied, ..error }
}

fn unlisted(refusals: &[Refusal], hosts: &Hosts, tool: &str) -> Option<(String, String)> {
    let targets: Vec<&Target> = refusals
        .iter()
        .filter_map(|refusal| match refusal {
            Refusal::Unlisted(Destination(target)) => Some(target),
            _ => None,
        })
        .collect();
    let first = targets.first()?;
    let detail = format!("{tool} asked for `{first}`, which `{SETTING}` does not name");
    Some((detail, format!("the operator may allow it: `{}`", hosts.line_with(targets.into_iter()))))
}

fn internal(refusals: &[Refusal], hosts: &Hosts, tool: &str) -> Option<(String, String)> {
    let (target, kind) = refusals.iter().find_map(|refusal| match refusal {
        Refusal::Internal(Destination(target), kind) => Some((target, kind)),
        _ => None,
    })?;
    let detail = format!("{tool} asked for `{target}`, whose address is {kind}, and `{SETTING}` does not name it");
    let line = hosts.line_with(std::iter::once(target));
    Some((detail, format!("the operator may allow it: `{line}`; a pattern or `*` is not enough for such an address")))
}

fn insecure(refusals: &[Refusal], tool: &str) -> Option<(String, String)> {
    let words = refusals.iter().find_map(|refusal| match refusal {
        Refusal::Insecure(words) => Some(words),
        _ => None,
    })?;
    let detail = format!("{tool} asked for `{words}`, and a tool may use only https");
    Some((detail, format!("name an https address whose host is in `{SETTING}`")))
}

/// The error with the first host that could not be reached, which not every program tells.
fn unreachable(refusals: &[Refusal], error: Error) -> Error {
    let reason = refusals.iter().find_map(|refusal| match refusal {
        Refusal::Unreachable(..) => Some(refusal.answer().1),
        _ => None,
    });
    let cause = error.cause.clone().unwrap_or_default();
    match reason {
        Some(reason) if !cause.contains(&reason) => error.cause(format!("{reason}\n{cause}")),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Target {
        Target::parse(text).unwrap()
    }

    fn explained(refusals: &[Refusal]) -> Error {
        let hosts = Hosts::parse("github.com").unwrap();
        let error = Error::new(Kind::Input, "`helm template` failed with exit code 1").cause("Error: Forbidden");
        explain(refusals, &hosts, "helm", error)
    }

    #[test]
    fn the_error_says_the_line_to_set() {
        let refusals = [
            Refusal::unreachable(&target("github.com:443"), "timed out"),
            Refusal::unlisted(&target("charts.example.com:443")),
            Refusal::unlisted(&target("b.example:8443")),
        ];
        let error = explained(&refusals);
        assert_eq!(error.detail, "helm asked for `charts.example.com:443`, which `AVP_TOOL_HOSTS` does not name");
        let hint = "the operator may allow it: `AVP_TOOL_HOSTS=github.com charts.example.com b.example:8443`";
        assert_eq!(error.hint.as_deref(), Some(hint));
        let cause = "`helm template` failed with exit code 1: Error: Forbidden";
        assert_eq!(error.cause.as_deref(), Some(cause));
    }

    #[test]
    fn an_internal_address_is_to_be_named() {
        let error = explained(&[Refusal::internal(&target("charts.corp:443"), "private")]);
        assert!(error.detail.contains("`charts.corp:443`, whose address is private"), "{}", error.detail);
        assert!(error.hint.unwrap().contains("`AVP_TOOL_HOSTS=github.com charts.corp`"));
    }

    #[test]
    fn what_a_tool_says_cannot_write_to_the_terminal() {
        let error = explained(&[Refusal::insecure("GET http://a/\u{1b}[2J")]);
        assert_eq!(error.detail, "helm asked for `GET http://a/\\u{1b}[2J`, and a tool may use only https");
    }

    #[test]
    fn a_host_that_cannot_be_reached_is_told_where_the_tool_does_not() {
        let error = explained(&[Refusal::unreachable(&target("github.com:443"), "timed out")]);
        assert_eq!(error.detail, "`helm template` failed with exit code 1");
        assert_eq!(error.cause.as_deref(), Some("cannot reach github.com:443: timed out\nError: Forbidden"));
    }
}
