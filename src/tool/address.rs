//! Which texts are addresses to helm and kustomize, and which of them they may fetch.

use crate::contain::proxy::SETTING;

/// An address: how it is fetched, and from where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// `https`, `oci`, `ssh`, …
    scheme: String,
    /// The host, with its port if there is one.
    host: String,
}

impl Address {
    /// The address that a text is to kustomize, which takes texts without a scheme as Git addresses too: `github.com/x/y`, `git@host:path`.
    pub(super) fn of(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        let rest = lower.strip_prefix("git::").unwrap_or(&lower);
        if let Some((scheme, rest)) = rest.split_once("://") {
            let scheme = scheme.rsplit("::").next().unwrap_or_default();
            let is_scheme = |char: char| char.is_ascii_alphanumeric() || "+-.".contains(char);
            if scheme.is_empty() || !scheme.chars().all(is_scheme) {
                return None;
            }
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let host = host.rsplit('@').next().unwrap_or_default();
            return Some(Self { scheme: scheme.to_owned(), host: host.to_owned() });
        }
        if let Some((scheme @ ("http" | "https"), _)) = rest.split_once(':') {
            return Some(Self { scheme: scheme.to_owned(), host: String::new() });
        }
        if rest.starts_with("github.com/") || rest.starts_with("github.com:") {
            return Some(Self { scheme: "https".to_owned(), host: "github.com".to_owned() });
        }
        let (user, rest) = rest.split_once('@')?;
        let is_user = user.chars().all(|char| char.is_ascii_alphanumeric() || char == '-') && !user.is_empty();
        let (host, _) = rest.split_once(['/', ':'])?;
        is_user.then(|| Self { scheme: "ssh".to_owned(), host: host.to_owned() })
    }

    /// Why it may not be fetched, with a hint; `None` if tools may reach its host.
    pub(super) fn refusal(&self, reaches: &dyn Fn(&str) -> Result<(), String>) -> Option<(String, String)> {
        let Self { scheme, host } = self;
        match scheme.as_str() {
            "https" | "oci" => {
                let hint = reaches(host).err()?;
                Some((format!("whose host `{SETTING}` does not name"), hint))
            }
            "ssh" => Some((
                "which Git would fetch over ssh, with keys of this machine".to_owned(),
                "write it as `https://HOST/PATH`".to_owned(),
            )),
            _ => Some((
                format!("which would be fetched by `{scheme}`"),
                "only https addresses are fetched; commit the file to the repository".to_owned(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_known_by_any_spelling() {
        for (text, expected) in [
            ("https://Example.com:8443/x?ref=y", Some(("https", "example.com:8443"))),
            ("HTTP://127.0.0.1:8100/v1", Some(("http", "127.0.0.1:8100"))),
            ("https://user:pass@example.com/x", Some(("https", "example.com"))),
            ("git::https://example.com/x.git", Some(("https", "example.com"))),
            ("git::ssh://git@example.com/x", Some(("ssh", "example.com"))),
            ("s3::https://example.com/x", Some(("https", "example.com"))),
            ("oci://example.com/charts", Some(("oci", "example.com"))),
            ("file:///etc", Some(("file", ""))),
            ("http:127.0.0.1/x", Some(("http", ""))),
            ("GitHub.com/x/y?ref=z", Some(("https", "github.com"))),
            ("github.com:x/y", Some(("https", "github.com"))),
            ("git@github.com:x/y", Some(("ssh", "github.com"))),
            ("org-1@example.com/x/y", Some(("ssh", "example.com"))),
            ("a.yaml", None),
            ("../base", None),
            ("me@home.yaml", None),
            ("a=b.yaml", None),
            ("key=https://example.com/x", None),
        ] {
            let found = Address::of(text);
            let found = found.as_ref().map(|address| (&*address.scheme, &*address.host));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn only_https_to_an_allowed_host_is_fetched() {
        let reaches = |host: &str| if host == "example.com" { Ok(()) } else { Err(String::new()) };
        for (text, refused) in [
            ("https://example.com/x", None),
            ("oci://example.com/x", None),
            ("https://example.org/x", Some("whose host `AVP_TOOL_HOSTS` does not name")),
            ("http://example.com/x", Some("fetched by `http`")),
            ("git@example.com:x/y", Some("over ssh")),
        ] {
            let refusal = Address::of(text).unwrap().refusal(&reaches);
            assert_eq!(refusal.is_some(), refused.is_some(), "{text}");
            assert!(refused.is_none_or(|words| refusal.unwrap().0.contains(words)), "{text}");
        }
    }
}
