//! How Vault is, and whether its clock and ours agree.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::Patient;
use crate::backend::vault::{auth, connection, failure, member, request};
use crate::client::{Response, Retry, validity};
use crate::error::{Error, Kind};
use crate::moment;
use crate::probe::Verdict;
use crate::value::Value;

/// By how many seconds clocks may differ: Vault itself grants tokens two and a half minutes.
const MOST_SKEW: i64 = 60;

pub(super) fn health(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async {
        let request = request::health();
        let verdict = match patient.client().send(&request, Retry::Never, patient.deadline()).await {
            Ok(response) => {
                let verdict = judge(&response, &patient.client().address());
                let _ = patient.health.set(response);
                verdict
            }
            Err(failure) => Verdict::Wrong(failure.error),
        };
        patient.clean(vec![verdict])
    })
}

/// The meaning of a response to `sys/health`.
fn judge(response: &Response, address: &str) -> Verdict {
    let wrong = |detail: String, hint: &str| Verdict::Wrong(Error::new(Kind::Store, detail).hint(hint));
    let body = Value::from_json(&response.body).ok();
    let version = body.as_ref().and_then(|body| member::text(body.get("version")?));
    let Some(version) = version.filter(|version| version.len() <= member::LONGEST_NAME) else {
        return Verdict::Wrong(failure::failed(response));
    };
    match response.status {
        200 => Verdict::Right(format!("Vault {version} is active")),
        429 | 473 => {
            Verdict::Right(format!("Vault {version} is a standby node, which passes requests on to the active one"))
        }
        501 => wrong(
            format!("the Vault at `{address}` is not initialised"),
            "an operator initialises it: `vault operator init`",
        ),
        503 => wrong(format!("the Vault at `{address}` is sealed"), "an operator unseals it: `vault operator unseal`"),
        472 => wrong(
            format!("the Vault at `{address}` is a disaster recovery secondary, which answers nothing"),
            "let `VAULT_ADDR` name the primary cluster",
        ),
        _ => Verdict::Wrong(failure::failed(response)),
    }
}

pub(super) fn clock(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async {
        let now = now();
        let mut verdicts = vec![skew(patient.health.get(), now)];
        verdicts
            .extend(token_times(patient).into_iter().filter_map(|times| outside("the token of the login", times, now)));
        verdicts.extend(certificate_times(patient).into_iter().filter_map(|(first, last)| {
            outside("the certificate of `VAULT_CLIENT_CERT`", (Some(first), Some(last)), now)
        }));
        patient.clean(verdicts)
    })
}

/// How far the clocks are apart.
fn skew(health: Option<&Response>, now: i64) -> Verdict {
    let body = health.and_then(|health| Value::from_json(&health.body).ok());
    let own = body.as_ref().and_then(|body| member::text(body.get("server_time_utc")?)?.parse().ok());
    let Some(server) = health.and_then(|health| health.date).or(own) else {
        return Verdict::NotTried("the server's response has no `Date`".to_owned());
    };
    let (apart, shown) = (now - server, moment::length(now - server));
    if apart.abs() <= MOST_SKEW {
        return Verdict::Right(format!("this machine's clock and the server's are {shown} apart"));
    }
    let direction = if apart > 0 { "ahead of" } else { "behind" };
    let detail = format!("this machine's clock is {shown} {direction} the server's: {} here", moment::shown(now));
    Verdict::Wrong(Error::new(Kind::Store, detail).hint(
        "set the clock that is wrong, best by NTP (`timedatectl`; a container has its node's): else tokens and certificates count as \
         expired, or as not valid yet",
    ))
}

/// Why a token or a certificate is not valid now, if it is not.
fn outside(name: &str, (first, last): (Option<i64>, Option<i64>), now: i64) -> Option<Verdict> {
    let wrong = |detail: String, hint: &str| Some(Verdict::Wrong(Error::new(Kind::Setting, detail).hint(hint)));
    match (first, last) {
        (_, Some(last)) if last < now => wrong(
            format!("{name} expired {} ago, at {}", moment::length(now - last), moment::shown(last)),
            "get a new one; where Kubernetes or an agent renews the file, see that it is mounted without `subPath`",
        ),
        (Some(first), _) if first > now + MOST_SKEW => {
            wrong(format!("{name} is valid only from {} on", moment::shown(first)), "is this machine's clock behind?")
        }
        _ => None,
    }
}

/// From when until when the token is valid that the login shows, if it is a JWT.
fn token_times(patient: &Patient) -> Option<(Option<i64>, Option<i64>)> {
    let source = auth::source(&patient.settings).ok()?;
    source.proofs().into_iter().find_map(|proof| times(proof.reveal()))
}

/// The claims `nbf` and `exp` of a JWT.
fn times(jwt: &str) -> Option<(Option<i64>, Option<i64>)> {
    let mut parts = jwt.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?);
    let claims = Value::from_json(&claims).ok()?;
    let moment = |name| member::text(claims.get(name)?)?.parse::<f64>().ok().map(|moment| moment as i64);
    Some((moment("nbf"), moment("exp")))
}

/// From when until when the certificate is valid that is shown to Vault.
fn certificate_times(patient: &Patient) -> Option<(i64, i64)> {
    let options = connection::tls(&patient.settings).ok()?;
    let certificate = CertificateDer::from_pem_slice(&options.identity?.certificates).ok()?;
    validity(&certificate)
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs() as i64)
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn response(status: u16, body: &str, date: Option<i64>) -> Response {
        Response { status, body: Zeroizing::new(body.as_bytes().to_vec()), retry_after: None, date }
    }

    fn told(verdict: &Verdict) -> String {
        match verdict {
            Verdict::Right(text) => format!("right: {text}"),
            Verdict::Wrong(error) => format!("wrong: {}", error.in_one_line()),
            Verdict::NotTried(reason) => format!("not tried: {reason}"),
        }
    }

    #[test]
    fn every_state_of_vault_has_its_verdict() {
        for (status, body, expected) in [
            (200, r#"{"version":"1.21.0"}"#, "right: Vault 1.21.0 is active"),
            (429, r#"{"version":"1.21.0"}"#, "right: Vault 1.21.0 is a standby node"),
            (473, r#"{"version":"1.21.0+ent"}"#, "right: Vault 1.21.0+ent is a standby node"),
            (472, r#"{"version":"1.21.0+ent"}"#, "wrong: the Vault at `https://v` is a disaster recovery secondary"),
            (501, r#"{"version":"1.21.0"}"#, "wrong: the Vault at `https://v` is not initialised"),
            (503, r#"{"version":"1.21.0"}"#, "wrong: the Vault at `https://v` is sealed"),
            (200, "<html>", "wrong: the response did not come from Vault (status 200)"),
            (404, "", "wrong: the response did not come from Vault (status 404)"),
        ] {
            let told = told(&judge(&response(status, body, None), "https://v"));
            assert!(told.starts_with(expected), "{told}");
        }
    }

    #[test]
    fn clocks_may_differ_by_a_minute() {
        for (server, expected) in [
            (Some(1000), "right: this machine's clock and the server's are 0 s apart"),
            (Some(1060), "right: "),
            (Some(1061), "wrong: this machine's clock is 1 min 1 s behind the server's"),
            (Some(-6200), "wrong: this machine's clock is 2 h ahead of the server's"),
            (None, "not tried: "),
        ] {
            let told = told(&skew(Some(&response(200, "", server)), 1000));
            assert!(told.starts_with(expected), "{told}");
        }
        assert!(told(&skew(Some(&response(200, r#"{"server_time_utc":9999}"#, None)), 1000)).starts_with("wrong: "));
    }

    #[test]
    fn the_times_of_a_token_are_its_claims() {
        let jwt = |claims: &str| format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims));
        assert_eq!(times(&jwt(r#"{"exp":5,"nbf":3.5}"#)), Some((Some(3), Some(5))));
        assert_eq!(times(&jwt("{}")), Some((None, None)));
        assert_eq!([times("hvs.a.b"), times("canary")], [None, None]);
        for (times, expected) in [
            ((None, Some(940)), Some("wrong: t expired 1 min ago, at 1970-01-01 00:15 UTC")),
            ((Some(1061), None), Some("wrong: t is valid only from 1970-01-01 00:17 UTC on")),
            ((Some(1060), Some(1000)), None),
            ((None, None), None),
        ] {
            let told = outside("t", times, 1000).map(|verdict| told(&verdict));
            assert!(
                expected.is_none_or(|expected| told.as_ref().is_some_and(|told| told.starts_with(expected))),
                "{told:?}"
            );
            assert_eq!(told.is_none(), expected.is_none(), "{told:?}");
        }
    }
}
