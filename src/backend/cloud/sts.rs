//! A signed request of AWS's token service that says who signed it. It is not sent by us: whoever gets it sends it to AWS. Pure.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::redacted::Redacted;

/// What a request is signed with.
pub(crate) struct Credentials {
    /// The name of the key.
    pub(crate) key_id: String,
    pub(crate) secret_key: Redacted,
    /// The token of credentials that end.
    pub(crate) session_token: Option<Redacted>,
}

/// A signed request, in its parts.
pub(crate) struct SignedRequest {
    pub(crate) url: String,
    pub(crate) body: &'static str,
    pub(crate) headers: Vec<(&'static str, Redacted)>,
}

/// The region of the service for all regions.
pub(crate) const GLOBAL: &str = "us-east-1";

const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The host of the service for a region.
pub(crate) fn host(region: &str) -> String {
    match region {
        GLOBAL => "sts.amazonaws.com".to_owned(),
        china if china.starts_with("cn-") => format!("sts.{china}.amazonaws.com.cn"),
        region => format!("sts.{region}.amazonaws.com"),
    }
}

/// The question who the credentials belong to, signed at `time` (`20130524T000000Z`), for a server of this id if it has one.
/// Reference: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
pub(crate) fn caller_identity(
    credentials: &Credentials,
    region: &str,
    server_id: Option<&str>,
    time: &str,
) -> SignedRequest {
    let host = host(region);
    let mut headers = vec![
        ("Content-Type", Redacted::new(CONTENT_TYPE)),
        ("Host", Redacted::new(host.as_str())),
        ("X-Amz-Date", Redacted::new(time)),
    ];
    headers.extend(credentials.session_token.clone().map(|token| ("X-Amz-Security-Token", token)));
    headers.extend(server_id.map(|id| ("X-Vault-AWS-IAM-Server-ID", Redacted::new(id))));
    let names = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect::<Vec<_>>().join(";");
    let lines: String =
        headers.iter().map(|(name, value)| format!("{}:{}\n", name.to_ascii_lowercase(), value.reveal())).collect();
    let request = format!("POST\n/\n\n{lines}\n{names}\n{}", hash(BODY));
    let scope = format!("{}/{region}/sts/aws4_request", &time[..8.min(time.len())]);
    let signature = sign(credentials, &scope, &format!("{ALGORITHM}\n{time}\n{scope}\n{}", hash(&request)));
    let key = &credentials.key_id;
    let authorization = format!("{ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}");
    headers.push(("Authorization", Redacted::new(authorization)));
    SignedRequest { url: format!("https://{host}/"), body: BODY, headers }
}

/// The signature of a text, by a key for the scope alone.
fn sign(credentials: &Credentials, scope: &str, text: &str) -> String {
    let first = format!("AWS4{}", credentials.secret_key.reveal()).into_bytes();
    let key = scope.split('/').fold(first, |key, part| mac(&key, part));
    hex(&mac(&key, text))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hash(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signatures that botocore makes of the same requests.
    #[test]
    fn a_request_is_signed_as_botocore_signs_it() {
        const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        for (region, token, server_id, url, names, signature) in [
            (
                "us-east-1",
                None,
                None,
                "https://sts.amazonaws.com/",
                "content-type;host;x-amz-date",
                "ac83c178583329477f484aedf6f14b454219c70682f3de8515f20e9139a1e02f",
            ),
            (
                "eu-central-1",
                Some("the-session-token"),
                Some("vault.example.com"),
                "https://sts.eu-central-1.amazonaws.com/",
                "content-type;host;x-amz-date;x-amz-security-token;x-vault-aws-iam-server-id",
                "c0aed2b7fe592f27948e850bf71300aab6d23defc284fa391aa828d223b1a88f",
            ),
        ] {
            let credentials = Credentials {
                key_id: "AKIDEXAMPLE".to_owned(),
                secret_key: Redacted::new(KEY),
                session_token: token.map(Redacted::new),
            };
            let request = caller_identity(&credentials, region, server_id, "20261130T200000Z");
            let scope = format!("AKIDEXAMPLE/20261130/{region}/sts/aws4_request");
            let expected = format!("{ALGORITHM} Credential={scope}, SignedHeaders={names}, Signature={signature}");
            let (name, authorization) = request.headers.last().unwrap();
            assert_eq!(
                (request.url.as_str(), *name, authorization.reveal()),
                (url, "Authorization", expected.as_str())
            );
        }
        assert_eq!(host("cn-north-1"), "sts.cn-north-1.amazonaws.com.cn");
    }
}
