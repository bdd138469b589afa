//! Each class has an example, and its mask is of the same class.

use super::*;
use crate::render::mask::choice::Seed;
use crate::render::mask::fingerprint::{Fingerprint, Mask};

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/// Texts with the words of their classes.
fn examples() -> Vec<(String, &'static str)> {
    let pem = |label: &str| format!("-----BEGIN {label}-----\nMIIB\n-----END {label}-----\n");
    let base64 = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let texts = [
        ("true", "bool"),
        ("5432", "integer"),
        ("-1", "integer"),
        ("0.5", "fraction"),
        ("1e3", "fraction"),
        ("25%", "percent"),
        ("10.0.0.1", "ipv4"),
        ("::1", "ipv6"),
        ("10.0.0.0/8", "cidr4"),
        ("fd00::/8", "cidr6"),
        ("1h30m", "duration"),
        ("1.5s", "duration"),
        ("500m", "duration"),
        ("10Gi", "quantity"),
        ("2k", "quantity"),
        ("https://vault.example.com:8200/v1?x=y", "url"),
        ("postgres://user:pass@db/app", "url"),
        ("ops@example.com", "e-mail"),
        ("*/5 0 1,15 * MON-FRI", "cron"),
        ("@daily", "cron"),
        (r#"{"auths":{"r":{"auth":"eA=="}}}"#, "docker-config"),
        (r#"{"r":{"auth":"eA=="}}"#, "dockercfg"),
        (r#"{"type":"service_account","project_id":"p","private_key":"k","client_email":"e"}"#, "gcp-key"),
        (r#"{"AccessKeyId":"a","SecretAccessKey":"b"}"#, "aws-key"),
        (r#"{"clientId":"a","clientSecret":"b","tenantId":"c","subscriptionId":"d"}"#, "azure-key"),
        (r#" {"a": 1} "#, "json-object"),
        ("{}", "json-object"),
        ("[1]", "json-list"),
        ("*.example.com", "wildcard-host"),
        ("db.shop.svc.cluster.local", "host"),
        ("/etc/ssl", "path"),
        ("c2VjcmV0LXZhbHVlLXg=", "base64"),
        ("correct horse battery staple", ""),
        ("zq7Xk3vWn9Rb5Tg2", ""),
        ("bob", ""),
        ("007", ""),
        ("1.2.3", ""),
        ("a b c d e", ""),
        ("{not json}", ""),
        ("", ""),
        ("yes", ""),
        ("12345678901234567890", "fraction"),
    ];
    let pems = [
        (pem("CERTIFICATE"), "certificate"),
        (pem("CERTIFICATE REQUEST"), "certificate-request"),
        (pem("EC PRIVATE KEY"), "private-key"),
        (pem("PUBLIC KEY"), "public-key"),
        (pem("DH PARAMETERS"), "pem"),
        (base64(CERTIFICATE), "base64-certificate"),
        (base64(&pem("CERTIFICATE REQUEST")), "base64-certificate-request"),
        (base64(&pem("PRIVATE KEY")), "base64-pem"),
    ];
    texts.into_iter().map(|(text, word)| (text.to_owned(), word)).chain(pems).collect()
}

#[test]
fn a_text_has_the_class_that_it_looks_like() {
    for (text, word) in examples() {
        assert_eq!(Class::of_text(&text).word(), word, "{text}");
    }
}

#[test]
fn every_class_has_a_word_of_its_own_and_an_example() {
    let examples: Vec<&str> = examples().iter().map(|(_, word)| *word).collect();
    for row in CLASSES {
        // Of values that nobody has read there is no example.
        assert!(examples.contains(&row.word) || row.class == Class::Unknown, "{}", row.word);
        assert_eq!(Class::parse(row.word).unwrap_or_default(), row.class);
        assert_eq!(CLASSES.iter().filter(|other| other.word == row.word).count(), 1);
    }
    assert_eq!(Class::parse("no such class"), None);
}

proptest::proptest! {
    #[test]
    fn a_mask_is_of_the_class_of_what_it_masks(key: [u8; 4], value: u64) {
        let mask = Mask::new(&key);
        for row in CLASSES {
            let Class::Like(form) = row.class else { continue };
            let fingerprint = mask.fingerprint(&value.to_be_bytes());
            let text = form.text(&Seed { fingerprint: &fingerprint, choice: None, field: "f" });
            let found = Class::of_text(&text).word();
            // A mask of a quantity is a plain number, and so fits where no unit does.
            let expected = if row.word == "quantity" { "integer" } else { row.word };
            proptest::prop_assert_eq!(found, expected, "{}", text);
        }
    }

    #[test]
    fn masks_with_room_for_it_hold_the_whole_fingerprint(key: [u8; 4]) {
        let fingerprint = Mask::new(&key).fingerprint(b"x");
        let digits = fingerprint.to_string();
        for form in [Form::Mark, Form::Name, Form::PortName, Form::Domain, Form::Host, Form::WildcardHost, Form::Url, Form::Email,
            Form::Path, Form::JsonObject, Form::JsonList] {
            let seed = Seed { fingerprint: &fingerprint, choice: None, field: "" };
            proptest::prop_assert!(form.text(&seed).contains(&digits));
        }
    }
}

#[test]
fn a_fingerprint_is_all_that_a_mask_is_made_from() {
    let [one, other] = ["0123456789", "0123456789"].map(|digits| Fingerprint::parse(digits).unwrap());
    for row in CLASSES {
        let Class::Like(form) = row.class else { continue };
        let text = |fingerprint| form.text(&Seed { fingerprint, choice: None, field: "" });
        assert_eq!(text(&one), text(&other));
    }
}
