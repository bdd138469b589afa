//! Where a response redirects to, and whether the request may follow. Pure.

use reqwest::Url;

use super::failure::AttemptError;
use super::nodes::shown;
use super::options::ServerWords;
use super::request::Request;
use super::retry::Attempt;
use crate::error::{Error, Kind};

/// The address of a redirect, by which a standby node names the active one. The credential goes with it: so only to a host of the
/// `nodes`, only over TLS or to exactly one of the nodes, and only for the same request.
pub(super) fn redirect(
    from: &Url,
    location: &str,
    nodes: &[Url],
    request: &Request,
    words: &ServerWords,
) -> Result<Url, Box<AttemptError>> {
    let ServerWords { server, address, redirect_hint, .. } = words;
    let refuse = |why: String, hint: String| {
        let error = Error::new(Kind::Store, format!("`{}` redirects {why}", shown(from))).hint(hint);
        Box::new(AttemptError { attempt: Attempt::Refused, error })
    };
    let itself = || format!("{address} must be {server} itself{redirect_hint}");
    let to = from.join(location).map_err(|_| refuse("to nowhere".to_owned(), itself()))?;
    let (path, query) = request.parts();
    if !(to.path().ends_with(path) && to.query() == query) {
        return Err(refuse(format!("to another page, of `{}`: it is not {server}", shown(&to)), itself()));
    }
    if nodes.iter().any(|node| node.origin() == to.origin()) && to.origin() != from.origin() {
        return Ok(to);
    }
    if (from.scheme(), to.scheme()) != ("https", "https") {
        return Err(refuse(format!("to `{}`, and credentials are sent over TLS only", shown(&to)), itself()));
    }
    if !nodes.iter().chain([from]).any(|node| node.host() == to.host()) {
        let why = format!("to `{}`, and credentials are sent only to the host of {address}", shown(&to));
        let hint = format!("set {address} to the active node, to all nodes, or to a load balancer that finds it");
        return Err(refuse(why, hint));
    }
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_to_the_same_request_on_the_same_host_over_tls() {
        for (from, to, followed) in [
            ("https://one:8200/v1/a/data/b?version=3", "https://ONE:8201/v1/a/data/b?version=3", true),
            ("https://one:8200/v1/a/data/b?version=3", "https://one/vault/v1/a/data/b?version=3", true),
            ("https://one:8200/v1/a/data/b?version=3", "https://two:8200/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "//two:8200/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "https://one.two/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "https://one@two/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "https://two:8200/v1/a/data/b", false),
            ("https://one:8200/v1/a/data/b?version=3", "https://sso/login?next=/v1/a/data/b?version=3#x", false),
            ("https://one:8200/v1/a/data/b?version=3", "http://two:8200/v1/a/data/b?version=3", false),
            ("http://one:8200/v1/a/data/b?version=3", "https://one:8200/v1/a/data/b?version=3", false),
            ("http://one:8200/v1/a/data/b?version=3", "http://two:8200/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "", true),
            ("https://one:8200/v1/a/data/b?version=3", "https://three:8200/v1/a/data/b?version=3", true),
            ("https://one:8200/v1/a/data/b?version=3", "https://three:8201/v1/a/data/b?version=3", true),
            ("https://one:8200/v1/a/data/b?version=3", "https://three:8200/v1/other", false),
            ("http://one:8200/v1/a/data/b?version=3", "http://four:8200/v1/a/data/b?version=3", true),
            ("http://one:8200/v1/a/data/b?version=3", "http://four:8201/v1/a/data/b?version=3", false),
            ("https://one:8200/v1/a/data/b?version=3", "http://three:8200/v1/a/data/b?version=3", false),
        ] {
            let from = Url::parse(from).unwrap();
            let nodes =
                [from.clone(), Url::parse("https://three:8200").unwrap(), Url::parse("http://four:8200").unwrap()];
            let request = Request::get("/v1/a/data/b?version=3");
            assert_eq!(redirect(&from, to, &nodes, &request, &ServerWords::default()).is_ok(), followed, "{from} {to}");
        }
    }
}
