//! Every form is found, alone and in other text. Near misses are not.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::forms::forms;
use super::key;
use super::leak::{Leak, LeakKind};
use super::scan::leaks;

/// The names of the secrets that are found.
fn names(text: &str) -> Vec<&'static str> {
    leaks(text.as_bytes()).into_iter().map(|leak| name(&leak)).collect()
}

fn name(leak: &Leak) -> &'static str {
    match leak.kind {
        LeakKind::Token(name) | LeakKind::Key(name) => name,
    }
}

/// A private key with this header.
fn pem(header: &str) -> String {
    let body = "MIIEpAIBAAKCAQEA7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fSj9EoKq1M7Qm2vXkP0a\n".repeat(3);
    format!("{header}\n{body}{}\n", header.replace("BEGIN", "END"))
}

#[test]
fn every_form_is_found_wherever_it_stands() {
    for form in forms() {
        let token = form.example.concat();
        let encoded = STANDARD.encode(format!("user=app\ntoken={token}\n"));
        for text in [
            token.clone(),
            format!("token: {token}\n"),
            format!("token: \"{token}\" # of the build\n"),
            format!("{{\"a\":\"{token}\",\"b\":1}}"),
            format!("a: \"x\\n{token}\\ny\"\n"),
            format!("TOKEN={token}\nOTHER=1\n"),
            format!("  config: {encoded}\n"),
            format!("  config: {}\n", STANDARD.encode(format!("{{\"auth\": \"{encoded}\"}}"))),
        ] {
            assert_eq!(names(&text), [form.name], "in {text}");
        }
    }
}

#[test]
fn forms_are_documented_and_their_names_differ() {
    let mut names: Vec<&str> = forms().map(|form| form.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), forms().count());
    for form in forms() {
        assert!(!form.doc.is_empty() && !form.doc.ends_with('.'), "{}", form.name);
        assert!(regex::Regex::new(form.pattern).is_ok(), "{}", form.name);
        assert!(form.marks.iter().any(|mark| form.example.concat().contains(mark)), "{}", form.name);
        assert!(form.name.starts_with("a ") || form.name.starts_with("an ") || form.name.starts_with("the "));
    }
}

#[test]
fn what_holds_the_place_of_a_token_is_none() {
    for form in forms() {
        let token = form.example.concat();
        let mark = form.marks.iter().find(|mark| token.contains(*mark)).unwrap();
        let at = token.find(mark).unwrap() + mark.len();
        let blank: String =
            token[at..].chars().map(|char| if char.is_ascii_alphanumeric() { '0' } else { char }).collect();
        for text in
            [format!("{}{blank}", &token[..at]), format!("{mark}TOKEN"), format!("{mark}<path:secret/data/a#b>")]
        {
            if form.before == 0 {
                assert_eq!(names(&text), [""; 0], "in {text}");
            }
        }
    }
}

#[test]
fn private_keys_of_every_kind_are_found_with_their_end() {
    for mark in key::MARKS {
        let text = match mark.text {
            age if age.starts_with("AGE") => {
                format!("{age}Q7QM2VXKP4TGR5NUEW8BYD3LZQ7QM2VXKP4TGR5NUEW8BYD3LZHCSJEKQ9X")
            }
            putty if putty.starts_with("PuTTY") => {
                format!("{putty}3: ssh-rsa\nPublic-Lines: 1\nAAAAB3\nPrivate-Lines: 1\nAAABAQ\nPrivate-MAC: 7a2b")
            }
            header => pem(header).trim_end().to_owned(),
        };
        let indented = format!("key: |\n  {}\nnext: 1\n", text.replace('\n', "\n  "));
        let json = format!("{{\"key\": \"{}\"}}", text.replace('\n', "\\n"));
        let encoded = format!("key: {}\n", STANDARD.encode(&text));
        for (text, escaped) in [(text.clone(), false), (indented, false), (json, true), (encoded, false)] {
            if escaped && mark.text.starts_with("PuTTY") {
                continue;
            }
            let found = leaks(text.as_bytes());
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(name(&found[0]), mark.name);
            let rest = &text[found[0].span.end..];
            assert!(!rest.contains("KEY") && !rest.contains("7a2b"), "{rest}");
        }
    }
}

#[test]
fn what_only_looks_like_a_secret_is_none() {
    for text in [
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQ\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7Qm2vX\n-----END PUBLIC KEY-----",
        "if text.contains(\"-----BEGIN PRIVATE KEY-----\") { parsePrivateKeyOfSomething(text) }",
        "-----BEGIN PRIVATE KEY-----\n<path:secret/data/app#key>\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n{{ .Values.privateKeyOfTheIngress }}\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n-----END PRIVATE KEY-----",
        "image: registry.example.com/app@sha256:7a2b0c5d8e3f4a9b1c6d7e2f0a5b8c3d4e9f1a6b7c2d0e5f8a3b4c9d1e6f7a2b",
        "s.ServiceAccountInformer2Sync",
        "this.s.statusOfThePodsInCluster",
        "secretAccessKey is the key of 7a2b0c5d8e3f4a9b1c6d7e2f0a5b8c3d4e9f1a6b",
        "secret_access_key: <path:secret/data/aws#secret_access_key>",
        "eyJhbGciOiJIUzI1NiJ9",
        "eyJzdWIiOiJhcHAtMTIzNCJ9.eyJzdWIiOiJhcHAtMTIzNCJ9.7Qm2vXkP0aTgR5nUeW8bYd3LzHc4fS",
        "xoxb-your-token-goes-here",
        "whsec_ key-of sk- SK SG. pul- dapi",
    ] {
        assert_eq!(names(text), [""; 0], "{text}");
    }
}

#[test]
fn a_token_in_wrapped_base64_is_found() {
    let token = forms().next().unwrap().example.concat();
    let encoded =
        STANDARD.encode(format!("{{\"auths\": {{\"registry\": \"{}\", \"token\": \"{token}\"}}}}", "a".repeat(90)));
    let lines: Vec<&str> = (0..encoded.len()).step_by(64).map(|at| &encoded[at..encoded.len().min(at + 64)]).collect();
    assert_eq!(names(&format!("data:\n  x: |\n    {}\n  y: 1\n", lines.join("\n    "))).len(), 1);
    assert_eq!(names(&format!("data:\n  x: \"{}\"\n", lines.join("\\n"))).len(), 1);
}

#[test]
fn an_example_says_so() {
    let found = leaks(format!("id: AK{}\n", "IAIOSFODNN7EXAMPLE").as_bytes());
    assert!(found.len() == 1 && found[0].is_example);
}
