//! A path as a manifest writes it: what the policy grants is below the folder that the operator allows, however the path is read.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use vault_render::internals::backend::{config_for_test, settings};
use vault_render::internals::policy::{Policy, PolicyFile, Requester};
use vault_render::internals::secret::{Access, SecretId, Usage, clean_path};
use vault_render::internals::source::{Place, Source, Span};

/// The policies of a tenant whose operator allows one folder: by a pattern, and by a policy file.
static POLICIES: LazyLock<[Policy; 2]> = LazyLock::new(|| {
    let pattern = ("AVP_PATH_VALIDATION", "^secret/data/a/");
    let rules = Source::new("policy.yaml", "rules: [{allow: {paths: ['secret/data/{project}/**']}}]\n");
    let file = PolicyFile::parse(&Arc::new(rules), settings()).expect("a policy file");
    [policy(&[TENANT, TOKEN, pattern], None), policy(&[TENANT, TOKEN], Some(&file))]
});

const TENANT: (&str, &str) = ("ARGOCD_APP_PROJECT_NAME", "a");
const TOKEN: (&str, &str) = ("VAULT_TOKEN", "t");

fn policy(settings: &[(&str, &str)], file: Option<&PolicyFile>) -> Policy {
    let requester = Requester { project: Some("a".to_owned()), ..Requester::default() };
    Policy::of(&config_for_test(settings), requester, file)
}

/// Whether a policy grants a path, which a store may have made.
fn grants(policy: &Policy, path: &str) -> bool {
    let place = Place::new(Arc::new(Source::new("app.yaml", "a")), Span::new(0, 1));
    let id = SecretId { path: path.to_owned(), ..SecretId::default() };
    policy.judge(&[Access { id: id.clone(), usage: Usage::default(), place }]).grants.allows(&id)
}

/// Whether a path is below the folder, by its segments alone.
fn is_below(path: &str) -> bool {
    let is_plain =
        |segment: &str| !matches!(segment, "" | "." | "..") && segment.chars().all(|char| !";?#\\\0".contains(char));
    path.strip_prefix("secret/data/a/").is_some_and(|rest| rest.split('/').all(is_plain))
}

/// A path after one more decoding, as a proxy may do it.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let [first, others @ ..] = rest {
        let digits = others.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits
            .filter(|two| *first == b'%' && !two.starts_with('+'))
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fuzz_target!(|text: &str| {
    let cleaned = clean_path(text);
    let paths = [Some(text), cleaned.as_deref()].into_iter().flatten();
    for path in paths.filter(|path| POLICIES.iter().any(|policy| grants(policy, path))) {
        assert!(is_below(path) && decoded(path) == path, "{path:?}");
    }
    // What a manifest writes is judged in the one spelling that it has.
    if let Some(path) = cleaned {
        assert_eq!(clean_path(&path), Some(path));
    }
});
