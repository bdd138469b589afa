//! JSON in formats that everybody knows: their keys are no secret, so a mask has them too, and programs that read such a text can.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fingerprint::Fingerprint;
use super::pem::Pem;
use crate::value::{Value, json_escape};

/// A format of JSON with well-known keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum PublicFormat {
    /// `~/.docker/config.json`, and a Secret's `.dockerconfigjson`.
    DockerConfig,
    /// `~/.dockercfg`, its older form.
    DockerCfg,
    /// The key of a service account of Google's.
    GcpKey,
    /// The key of a user of Amazon's.
    AwsKey,
    /// The credentials of an application of Azure's.
    AzureKey,
}

/// A format, the keys by which it is known, and its mask. In a mask `FINGERPRINT` stands for the digits, `MARK` for the mark, `LOGIN` for
/// user and password in base64, and `KEY` for a private key.
struct Row {
    format: PublicFormat,
    keys: &'static [&'static str],
    mask: &'static str,
}

const FORMATS: &[Row] = &[
    Row {
        format: PublicFormat::DockerConfig,
        keys: &["auths"],
        mask: r#"{"auths":{"redacted-FINGERPRINT.invalid":{"username":"redacted-FINGERPRINT","password":"MARK","auth":"LOGIN"}}}"#,
    },
    Row {
        format: PublicFormat::GcpKey,
        keys: &["type", "project_id", "private_key", "client_email"],
        mask: r#"{"type":"service_account","project_id":"redacted-FINGERPRINT","private_key_id":"FINGERPRINT","private_key":"KEY","client_email":"redacted-FINGERPRINT@redacted.invalid","client_id":"FINGERPRINT","auth_uri":"https://redacted-FINGERPRINT.invalid/","token_uri":"https://redacted-FINGERPRINT.invalid/"}"#,
    },
    Row {
        format: PublicFormat::AwsKey,
        keys: &["AccessKeyId", "SecretAccessKey"],
        mask: r#"{"AccessKeyId":"redacted-FINGERPRINT","SecretAccessKey":"MARK"}"#,
    },
    Row {
        format: PublicFormat::AzureKey,
        keys: &["clientId", "clientSecret", "tenantId"],
        mask: r#"{"clientId":"redacted-FINGERPRINT","clientSecret":"MARK","subscriptionId":"redacted-FINGERPRINT","tenantId":"redacted-FINGERPRINT"}"#,
    },
    // Its keys are registries: it is known by what is below them.
    Row {
        format: PublicFormat::DockerCfg,
        keys: &[],
        mask: r#"{"redacted-FINGERPRINT.invalid":{"username":"redacted-FINGERPRINT","password":"MARK","auth":"LOGIN"}}"#,
    },
];

impl PublicFormat {
    /// The format of a JSON object.
    pub(super) fn of(object: &Value) -> Option<Self> {
        let has_all = |row: &&Row| !row.keys.is_empty() && row.keys.iter().all(|key| object.get(key).is_some());
        let known = FORMATS.iter().find(has_all).map(|row| row.format);
        known.or_else(|| is_dockercfg(object).then_some(Self::DockerCfg))
    }

    /// The mask in this format.
    pub(super) fn mask(self, fingerprint: &Fingerprint) -> String {
        let row = FORMATS.iter().find(|row| row.format == self);
        let mut key = String::new();
        json_escape(&Pem::PrivateKey.mask(fingerprint), &mut key);
        let login = STANDARD.encode(format!("redacted-{}:{}", fingerprint.digits(), fingerprint.mark()));
        let words = [
            ("FINGERPRINT", fingerprint.digits()),
            ("MARK", &fingerprint.mark()),
            ("LOGIN", &login),
            ("\"KEY\"", &format!("\"{key}\"")),
        ];
        let template = row.map_or("{}", |row| row.mask).to_owned();
        words.iter().fold(template, |text, (word, value)| text.replace(word, value))
    }
}

/// Whether each entry of a map is the login of a registry.
fn is_dockercfg(object: &Value) -> bool {
    let Value::Map(entries) = object else { return false };
    !entries.is_empty() && entries.iter().all(|(_, login)| matches!(login.get("auth"), Some(Value::Text(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_of_its_own_format_and_has_a_row() {
        let fingerprint = Fingerprint::parse("0123456789").unwrap();
        for Row { format, .. } in FORMATS {
            let mask = format.mask(&fingerprint);
            let value = Value::from_json(mask.as_bytes()).unwrap();
            assert_eq!(PublicFormat::of(&value), Some(*format), "{mask}");
            assert!(mask.contains("0123456789"), "{mask}");
        }
    }

    #[test]
    fn the_login_of_a_registry_is_user_and_password() {
        let mask = PublicFormat::DockerConfig.mask(&Fingerprint::parse("0123456789").unwrap());
        let json: serde_json::Value = serde_json::from_str(&mask).unwrap();
        let login = &json["auths"]["redacted-0123456789.invalid"];
        let auth = STANDARD.decode(login["auth"].as_str().unwrap()).unwrap();
        let expected = format!("{}:{}", login["username"].as_str().unwrap(), login["password"].as_str().unwrap());
        assert_eq!(String::from_utf8(auth).unwrap(), expected);
    }
}
