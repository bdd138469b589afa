//! The client of a Vault, by the settings and the environment. Reads certificates when the first connection asks for them.

use std::path::PathBuf;

use super::failure;
use super::settings::{
    ADDRESS, AGENT_ADDRESS, CACERT, CACERT_BYTES, CAPATH, CLIENT_CERT, CLIENT_KEY, CLIENT_TIMEOUT, MAX_RETRIES,
    PROXY_ADDRESS, RATE_LIMIT, SKIP_VERIFY, TLS_SERVER_NAME, WAIT,
};
use crate::client::{
    self, Client, ClientIdentity, ClientOptions, Credentials, Proxies, Rate, Reach, ServerWords, TlsOptions,
    TrustOptions,
};
use crate::config::{Key, View};
use crate::error::{Error, Kind};
use crate::journal::Journal;
use crate::setting_file;

/// How messages call Vault and its settings.
const WORDS: ServerWords = ServerWords {
    server: "Vault",
    address: "`VAULT_ADDR`",
    tenant_settings: "`AVP_TENANT_SETTINGS=VAULT_ADDR`",
    timeout: "`VAULT_CLIENT_TIMEOUT`",
    run_timeout: "`AVP_TIMEOUT`",
    authorities: "`VAULT_CACERT`",
    server_name: "`VAULT_TLS_SERVER_NAME`",
    certificate: "`VAULT_CLIENT_CERT`",
    key: "`VAULT_CLIENT_KEY`",
    skip_verify: "`VAULT_SKIP_VERIFY`",
    redirect_hint: ", best its active node",
};

/// The header in which a Vault with replicas says how much was written.
const STATE_HEADER: &str = "X-Vault-Index";

/// The setting that says where Vault is.
pub(super) fn address_setting(settings: &View) -> &'static Key<String> {
    if settings.get(&AGENT_ADDRESS).is_some() { &AGENT_ADDRESS } else { &ADDRESS }
}

/// A client of the Vault at `VAULT_ADDR`, or of the agent in its place; nothing is opened and no file is read yet.
pub(super) fn client(settings: &View, journal: Journal) -> Result<Client, Error> {
    let setting = address_setting(settings);
    let Some(address) = settings.get(setting) else {
        return Err(Error::new(Kind::Setting, "`VAULT_ADDR` is not set: where is Vault?")
            .hint("e.g. `VAULT_ADDR=https://vault.example.com:8200`, or a file instead of Vault: `--secrets FILE`"));
    };
    let for_tls = settings.clone();
    let rate = settings.get(&RATE_LIMIT);
    Client::new(ClientOptions {
        address: address.clone(),
        reach: if settings.is_confined(setting) { Reach::OtherMachines } else { Reach::Everything },
        tls: Box::new(move || tls(&for_tls)),
        timeout: *settings.required(&CLIENT_TIMEOUT)?,
        wait: *settings.required(&WAIT)?,
        retries: u32::try_from(*settings.required(&MAX_RETRIES)?).unwrap_or(u32::MAX),
        rate: rate.map(|rate| Rate { per_second: rate.per_second, burst: rate.burst }),
        proxies: proxies(settings),
        credentials: credentials(settings),
        state: failure::server_state,
        state_header: Some(STATE_HEADER),
        words: words(setting),
        journal,
    })
}

/// How messages call Vault and its settings, of which `address` says where it is.
fn words(address: &Key<String>) -> ServerWords {
    if address.name() == ADDRESS.name() { WORDS } else { ServerWords { address: "`VAULT_AGENT_ADDR`", ..WORDS } }
}

/// The proxy of the settings, else those of the environment.
fn proxies(settings: &View) -> Proxies {
    match settings.get(&PROXY_ADDRESS) {
        Some(address) => Proxies::of_setting(PROXY_ADDRESS.name(), address),
        None => Proxies::of_environment(|name| settings.variable(name).map(str::to_owned)),
    }
}

/// Reads the certificates and keys, as the first connection would; an error if they cannot be used.
pub(super) fn check_certificates(settings: &View) -> Result<(), Error> {
    let options = tls(settings)?;
    if let TrustOptions::System { file: Some(file), .. } = &options.trust
        && let Err(error) = std::fs::File::open(file)
    {
        let detail = format!("cannot read `{}`, which `SSL_CERT_FILE` names", file.display());
        return Err(Error::new(Kind::Setting, detail).cause(error.to_string()));
    }
    client::check_tls(options, &WORDS)
}

/// The credentials of the settings, whoever set them.
fn credentials(settings: &View) -> Credentials {
    let credentials = Credentials::default();
    conceal(settings, &credentials);
    credentials
}

/// Adds the credentials of the settings, whoever set them, to those that nothing shows.
pub(super) fn conceal(settings: &View, credentials: &Credentials) {
    for (text, is_proof) in settings.credentials() {
        match is_proof {
            true => credentials.add(text),
            false => credentials.add_public(text),
        }
    }
}

/// Reads the certificates and keys that the settings name.
pub(super) fn tls(settings: &View) -> Result<TlsOptions, Error> {
    let (trust, identity) = (trust(settings)?, identity(settings)?);
    Ok(TlsOptions { trust, server_name: settings.get(&TLS_SERVER_NAME).cloned(), identity })
}

/// The authorities that may vouch for Vault: of a file, else of a text, else of a folder, as for the Vault CLI; else the system's.
fn trust(settings: &View) -> Result<TrustOptions, Error> {
    let name = |key: &Key<PathBuf>| {
        let path = settings.get(key).map(|path| path.display().to_string());
        format!("`{}` (`{}`)", key.name(), path.unwrap_or_default())
    };
    if settings.is_on(&SKIP_VERIFY) {
        return Ok(TrustOptions::Anybody);
    }
    if let Some(pem) = setting_file::read(settings, &CACERT)? {
        return Ok(TrustOptions::Pem(pem.to_vec(), name(&CACERT)));
    }
    if let Some(pem) = settings.get(&CACERT_BYTES) {
        return Ok(TrustOptions::Pem(pem.clone().into_bytes(), format!("`{}`", CACERT_BYTES.name())));
    }
    if let Some(pem) = setting_file::read_folder(settings, &CAPATH)? {
        return Ok(TrustOptions::Pem(pem, name(&CAPATH)));
    }
    let set = |name| settings.variable(name).filter(|value| !value.is_empty());
    let folders = set("SSL_CERT_DIR").into_iter().flat_map(std::env::split_paths);
    Ok(TrustOptions::System {
        file: set("SSL_CERT_FILE").map(|file| settings.locate(file)),
        folders: folders
            .filter(|folder| !folder.as_os_str().is_empty())
            .map(|folder| settings.locate(folder))
            .collect(),
    })
}

/// The certificate and key to show, if the settings name both.
fn identity(settings: &View) -> Result<Option<ClientIdentity>, Error> {
    match (setting_file::read(settings, &CLIENT_CERT)?, setting_file::read(settings, &CLIENT_KEY)?) {
        (None, None) => Ok(None),
        (Some(certificates), Some(key)) => Ok(Some(ClientIdentity { certificates, key })),
        (certificate, _) => {
            let (set, missing) = match certificate {
                Some(_) => (&CLIENT_CERT, &CLIENT_KEY),
                None => (&CLIENT_KEY, &CLIENT_CERT),
            };
            Err(Error::new(Kind::Setting, format!("`{}` is set and `{}` is not", set.name(), missing.name()))
                .hint("a client certificate needs its key, and the key its certificate"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::config_for_test;

    fn view(pairs: &[(&str, &str)]) -> View {
        config_for_test(pairs).view(super::super::settings::SETTINGS.settings)
    }

    #[test]
    fn the_settings_credentials_are_known() {
        let settings = view(&[("VAULT_TOKEN", "a-long-token"), ("AVP_ROLE_ID", "argocd-renderer")]);
        let credentials = credentials(&settings);
        assert!(credentials.are_in(b"a-long-token") && !credentials.are_in(b"argocd-renderer"));
        assert_eq!(credentials.redact("role argocd-renderer", &[]), "role [redacted]");
    }

    #[test]
    fn the_password_of_a_proxy_is_a_credential() {
        let proxy = ("https_proxy", "http://ann:canary%2Fpassword@proxy:3128");
        let client = client(&view(&[("VAULT_ADDR", "https://vault.test"), proxy]), Journal::default()).unwrap();
        assert!(client.credentials().are_in(b"canary/password"));
    }
}
