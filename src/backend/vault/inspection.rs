//! What the settings of a Vault say before anything is sent to it. Reads the files that they name.

use super::settings::SKIP_VERIFY;
use super::{auth, connection};
use crate::backend::inspection::Inspection;
use crate::client::Client;
use crate::config::View;
use crate::error::{Error, Kind};
use crate::journal::Journal;
use crate::policy::settings::POLICY;

/// What is missing for a run, and what is wrong: the address, the certificates, the login and its credential.
pub(super) fn inspect(settings: &View) -> Inspection {
    let mut inspection = Inspection::default();
    match settings.get(connection::address_setting(settings)) {
        Some(_) => inspection.expect(client(settings)),
        None => inspection.missing.extend(client(settings).err()),
    }
    inspection.expect(connection::check_certificates(settings));
    // The rules of a policy file may choose the login, or its role.
    if settings.get(&POLICY).is_none() {
        inspection.missing.extend(auth::choose(settings).err());
    }
    inspection.expect(auth::check_credential(settings));
    inspection
}

/// Warnings about a connection on which others may listen, or pose as Vault.
pub(super) fn risks(settings: &View) -> Vec<Error> {
    let mut risks = Vec::new();
    if settings.is_on(&SKIP_VERIFY) {
        let detail = format!(
            "{} accepts any certificate: whoever poses as Vault gets the login",
            settings.locate_setting(&SKIP_VERIFY)
        );
        risks.push(warning(&detail, "`VAULT_CACERT` names the authority that vouches for Vault's certificate"));
    }
    if client(settings).is_ok_and(|client| client.is_in_clear()) {
        let detail = format!(
            "{} is `http://`: logins and secrets cross the network in clear",
            settings.locate_setting(connection::address_setting(settings))
        );
        risks.push(warning(&detail, "use `https://`, or an agent on this machine"));
    }
    risks
}

/// The client that a run would use; it sends nothing.
fn client(settings: &View) -> Result<Client, Error> {
    connection::client(settings, Journal::default())
}

fn warning(detail: &str, hint: &str) -> Error {
    Error::warning(Kind::Setting, detail).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::config_for_test;

    fn view(pairs: &[(&str, &str)]) -> View {
        config_for_test(pairs).view(super::super::settings::SETTINGS.settings)
    }

    #[test]
    fn a_connection_in_clear_or_to_anybody_is_risky() {
        for (settings, words) in [
            (&[("VAULT_ADDR", "http://vault.vault.svc:8200")][..], &["`VAULT_ADDR` (environment) is `http://`"][..]),
            (&[("VAULT_ADDR", "http://10.0.0.1")], &["is `http://`"]),
            (
                &[("VAULT_ADDR", "https://vault"), ("VAULT_SKIP_VERIFY", "1")],
                &["`VAULT_SKIP_VERIFY` (environment) accepts"],
            ),
            (&[("VAULT_ADDR", "http://vault"), ("VAULT_SKIP_VERIFY", "1")], &["VAULT_SKIP_VERIFY", "is `http://`"]),
            (&[("VAULT_ADDR", "http://127.0.0.1:8200")], &[]),
            (&[("VAULT_ADDR", "http://127.9.9.9")], &[]),
            (&[("VAULT_ADDR", "http://[::1]:8200")], &[]),
            (&[("VAULT_ADDR", "http://localhost:8200")], &[]),
            (&[("VAULT_ADDR", "https://vault"), ("VAULT_SKIP_VERIFY", "false")], &[]),
            (&[], &[]),
        ] {
            let found = risks(&view(settings));
            assert_eq!(found.len(), words.len(), "{settings:?}: {found:?}");
            assert!(found.iter().zip(words).all(|(one, words)| one.detail.contains(words)), "{found:?}");
        }
    }

    #[test]
    fn what_is_missing_and_what_is_wrong_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (token, broken) = (file("token", "jwt"), file("broken.pem", "-----BEGIN CERTIFICATE-----\n!\n"));
        let nowhere = folder.path().join("nowhere").to_str().unwrap().to_owned();
        let empty = file("empty", "\n");
        let base = [
            ("VAULT_ADDR", "https://vault"),
            ("AVP_AUTH_TYPE", "k8s"),
            ("AVP_K8S_ROLE", "r"),
            ("AVP_K8S_TOKEN_PATH", &*token),
        ];
        for (settings, missing, wrong) in [
            (&[][..], &[][..], &[][..]),
            (&[("AVP_K8S_TOKEN_PATH", &*nowhere)], &[], &["cannot read"]),
            (&[("AVP_K8S_TOKEN_PATH", &*empty)], &[], &["is empty"]),
            (&[("VAULT_CACERT", &*nowhere)], &[], &["which `VAULT_CACERT` (environment) names"]),
            (&[("VAULT_CAPATH", &*nowhere)], &[], &["which `VAULT_CAPATH` (environment) names"]),
            (&[("VAULT_CACERT", &*broken)], &[], &["VAULT_CACERT"]),
            (&[("VAULT_CACERT_BYTES", "pem")], &[], &["VAULT_CACERT_BYTES"]),
            (&[("VAULT_TLS_SERVER_NAME", "a b")], &[], &["VAULT_TLS_SERVER_NAME"]),
            (&[("VAULT_CLIENT_CERT", &*broken)], &[], &["`VAULT_CLIENT_CERT` is set and `VAULT_CLIENT_KEY` is not"]),
            (&[("VAULT_ADDR", "https://a:99999")], &[], &["VAULT_ADDR"]),
            (&[("VAULT_ADDR", ""), ("AVP_K8S_ROLE", "")], &["`VAULT_ADDR` is not set", "needs `AVP_K8S_ROLE`"], &[]),
            (&[("AVP_AUTH_TYPE", "approle")], &["needs `AVP_ROLE_ID`"], &[]),
            (&[("AVP_AUTH_TYPE", "approle"), ("AVP_POLICY", "/etc/policy.yaml")], &[], &[]),
            (&[("AVP_AUTH_TYPE", "token"), ("VAULT_TOKEN", "a\nb")], &[], &["holds a line break"]),
            (&[("AVP_K8S_ROLE", ""), ("AVP_K8S_TOKEN_PATH", &*nowhere)], &["AVP_K8S_ROLE"], &["cannot read"]),
        ] {
            let all: Vec<(&str, &str)> = base.iter().chain(settings).copied().collect();
            let found = inspect(&view(&all));
            for (errors, words) in [(&found.missing, missing), (&found.wrong, wrong)] {
                assert_eq!(errors.len(), words.len(), "{settings:?}: {errors:?}");
                assert!(
                    errors.iter().zip(words).all(|(one, words)| one.detail.contains(words)),
                    "{settings:?}: {errors:?}"
                );
            }
        }
    }
}
