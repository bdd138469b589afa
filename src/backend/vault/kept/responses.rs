//! Vault's responses about leases, tokens and certificates that are kept. Pure.

use std::time::Duration;

use super::super::member::text;
use crate::client::Response;
use crate::value::Value;

/// What a response says of the life of something kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend::vault) enum Life {
    /// It is good for this long.
    Left(Duration),
    /// It has ended or is revoked.
    Gone,
    /// Vault does not say.
    Unknown,
}

/// What is left of a lease or a token, by the response to a look-up or a renewal: the member `ttl` below `data`, or `lease_duration` at the top
/// or below `auth`.
pub(in crate::backend::vault) fn life(response: &Response) -> Life {
    let body = Value::from_json(&response.body).ok();
    let member = |outer: &str, name: &str| body.as_ref()?.get(outer)?.get(name).and_then(text);
    let seconds = member("data", "ttl").or_else(|| member("auth", "lease_duration"));
    let seconds = seconds.or_else(|| body.as_ref()?.get("lease_duration").and_then(text));
    match (response.status, seconds.and_then(|seconds| seconds.parse().ok())) {
        (200, Some(0)) | (400 | 404, _) => Life::Gone,
        (200, Some(seconds)) => Life::Left(Duration::from_secs(seconds)),
        _ => Life::Unknown,
    }
}

/// Whether a certificate is revoked, by the response to its look-up: `None` if the engine does not keep it, or does not say.
pub(in crate::backend::vault) fn revocation(response: &Response) -> Option<bool> {
    let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200)?;
    let time = body.get("data")?.get("revocation_time").and_then(text)?;
    Some(time != "0")
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn response(status: u16, body: &str) -> Response {
        Response { status, body: Zeroizing::new(body.as_bytes().to_vec()), retry_after: None, date: None }
    }

    #[test]
    fn vault_says_how_long_something_lives() {
        let left = |seconds| Life::Left(Duration::from_secs(seconds));
        for (status, body, expected) in [
            (200, r#"{"data":{"id":"x","ttl":597,"renewable":true}}"#, left(597)),
            (200, r#"{"lease_id":"x","lease_duration":600}"#, left(600)),
            (200, r#"{"lease_duration":0,"auth":{"lease_duration":60}}"#, left(60)),
            (200, r#"{"data":{"ttl":0}}"#, Life::Gone),
            (400, r#"{"errors":["invalid lease"]}"#, Life::Gone),
            (400, r#"{"errors":["lease not found"]}"#, Life::Gone),
            (403, r#"{"errors":["permission denied"]}"#, Life::Unknown),
            (503, r#"{"errors":["Vault is sealed"]}"#, Life::Unknown),
            (200, "<html>", Life::Unknown),
        ] {
            assert_eq!(life(&response(status, body)), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_certificate_is_revoked_from_a_time_on() {
        for (status, body, expected) in [
            (200, r#"{"data":{"revocation_time":0}}"#, Some(false)),
            (200, r#"{"data":{"revocation_time":1796000000}}"#, Some(true)),
            (404, r#"{"errors":[]}"#, None),
            (200, "{}", None),
        ] {
            assert_eq!(revocation(&response(status, body)), expected, "{status} {body}");
        }
    }
}
