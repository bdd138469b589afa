//! Whose a JWT is: what stays the same when it rotates. Pure; nothing here is verified, that is Vault's business.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::member::text;
use crate::value::Value;

/// The issuer and the subject of a JWT, in one text; `None` if it is none.
pub(super) fn subject(jwt: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let claims = Value::from_json(&payload).ok()?;
    Some(format!("{} {}", claims.get("iss").and_then(text)?, claims.get("sub").and_then(text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_read_without_its_signature() {
        let jwt = |claims: &str| format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
        for (jwt, expected) in [
            (
                jwt(r#"{"iss":"https://k","sub":"system:serviceaccount:a:b","exp":1}"#),
                Some("https://k system:serviceaccount:a:b"),
            ),
            (jwt(r#"{"sub":"x"}"#), None),
            (jwt("[]"), None),
            ("not a jwt".to_owned(), None),
            ("a.!.b".to_owned(), None),
        ] {
            assert_eq!(subject(&jwt).as_deref(), expected);
        }
    }
}
