//! Tokens kept between runs: one file each, for its owner alone. Off wherever that cannot be; knows no connection.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::auth::Ask;
use super::response::Auth;
use crate::client::Hidden;
use crate::value::{Value, json_string};

/// The folder of tokens; none is off.
#[derive(Debug)]
pub(super) struct TokenCache {
    folder: Option<PathBuf>,
}

/// Which token: by address, namespace, method, mount, role and credential, as a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key(String);

/// A token without an end is asked for anew once a day.
const LONGEST: Duration = Duration::from_secs(86_400);
/// What must be left of a token's life for a run to begin with it.
const MARGIN: Duration = Duration::from_secs(30);

impl Key {
    /// The key of what `ask` gives; none where there is nothing to ask for.
    pub(super) fn new(address: &str, namespace: Option<&str>, method: &str, ask: &Ask) -> Option<Self> {
        let Ask::Login { mount, action, body } = ask else { return None };
        let mut digest = Sha256::new();
        let named = body.iter().flat_map(|(name, value)| [*name, value.reveal()]);
        for part in [address, namespace.unwrap_or_default(), method, mount, action].into_iter().chain(named) {
            digest.update((part.len() as u64).to_be_bytes()); // so that no two lists of parts run into one text
            digest.update(part);
        }
        Some(Self(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl TokenCache {
    /// Keeps tokens in `folder`; none keeps none.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The token under `key`, if it lives long enough.
    pub(super) fn load(&self, key: &Key) -> Option<Hidden> {
        let (expires, token) = read(&self.file(key)?)?;
        (now() + MARGIN < expires).then_some(token)
    }

    /// Keeps a token until shortly before it ends. One that may be used a few times only is not kept.
    pub(super) fn store(&self, key: &Key, auth: &Auth) {
        let Some(file) = self.file(key).filter(|_| auth.uses.is_none()) else { return };
        let lease = auth.lease.unwrap_or(LONGEST).min(LONGEST);
        let expires = now() + lease - lease / 10;
        if expires <= now() + MARGIN {
            return;
        }
        let mut json = Zeroizing::new(format!("{{\"expires\":{},\"token\":", expires.as_secs()));
        json_string(auth.token.reveal(), &mut json);
        json.push('}');
        // A cache that cannot be written is no error: the next run logs in again.
        let _ = write(&file, json.as_bytes());
    }

    /// Forgets `token` under `key`; another one that another process has put there stays.
    pub(super) fn forget(&self, key: &Key, token: &Hidden) {
        let Some(file) = self.file(key) else { return };
        if read(&file).is_some_and(|(_, kept)| kept == *token) {
            let _ = fs::remove_file(file);
        }
    }

    fn file(&self, key: &Key) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("token-{}.json", key.0)))
    }
}

/// When the file's token ends, and the token. A file that others may touch does not count.
fn read(file: &Path) -> Option<(Duration, Hidden)> {
    let metadata = fs::symlink_metadata(file).ok()?;
    if !metadata.is_file() || metadata.permissions().mode() & 0o077 != 0 {
        return None;
    }
    let json = Value::from_json(&Zeroizing::new(fs::read(file).ok()?)).ok()?;
    match (json.get("expires")?, json.get("token")?) {
        (Value::Number(expires), Value::Text(token)) => {
            Some((Duration::from_secs(expires.parse().ok()?), Hidden::new(token.as_str())))
        }
        _ => None,
    }
}

/// Writes a file of its owner's alone, whole or not at all, and takes away those that have ended.
fn write(file: &Path, content: &[u8]) -> std::io::Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    // A home that is not there is not made: `HOME=/nonexistent` says that there is none.
    if !folder.ancestors().nth(2).is_some_and(Path::is_dir) {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    if fs::symlink_metadata(folder)?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    clear(folder);
    let nonce = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let part = file.with_extension(format!("{}-{nonce}.part", std::process::id()));
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .and_then(|mut open| open.write_all(content))
        .and_then(|()| fs::rename(&part, file));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

/// Removes ended tokens: each rotation of a credential leaves one behind.
fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.path();
        if file.extension().is_some_and(|extension| extension == "json")
            && read(&file).is_some_and(|(end, _)| end < now())
        {
            let _ = fs::remove_file(file);
        }
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(mount: &str, role: &str, jwt: &str) -> Ask {
        let body = vec![("role", Hidden::new(role)), ("jwt", Hidden::new(jwt))];
        Ask::Login { mount: mount.into(), action: "login".into(), body }
    }

    fn key() -> Key {
        Key::new("https://v", None, "k8s", &ask("auth/kubernetes", "demo", "jwt")).unwrap()
    }

    fn auth(token: &str, lease: Option<u64>, uses: Option<u64>) -> Auth {
        Auth { token: Hidden::new(token), lease: lease.map(Duration::from_secs), uses }
    }

    #[test]
    fn whatever_differs_makes_another_key() {
        let keys = [
            key(),
            Key::new("https://w", None, "k8s", &ask("auth/kubernetes", "demo", "jwt")).unwrap(),
            Key::new("https://v", Some("team"), "k8s", &ask("auth/kubernetes", "demo", "jwt")).unwrap(),
            Key::new("https://v", None, "jwt", &ask("auth/kubernetes", "demo", "jwt")).unwrap(),
            Key::new("https://v", None, "k8s", &ask("auth/other", "demo", "jwt")).unwrap(),
            Key::new("https://v", None, "k8s", &ask("auth/kubernetes", "demo2", "jwt")).unwrap(),
            Key::new("https://v", None, "k8s", &ask("auth/kubernetes", "demo", "jwt2")).unwrap(),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
    }

    #[test]
    fn a_token_is_kept_for_its_owner_until_shortly_before_its_end() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("deep/vault-render");
        let cache = TokenCache::new(Some(folder.clone()));
        assert_eq!(cache.load(&key()), None);
        for (auth, kept) in [
            (auth("limited", Some(3600), Some(5)), false),
            (auth("short", Some(20), None), false),
            (auth("hour", Some(3600), None), true),
            (auth("ever", None, None), true),
        ] {
            cache.store(&key(), &auth);
            assert_eq!(cache.load(&key()) == Some(auth.token.clone()), kept, "{}", auth.token.reveal());
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&cache.file(&key()).unwrap())), (0o700, 0o600));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no part is left behind");
    }

    #[test]
    fn a_token_is_forgotten_only_by_its_own_text() {
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::new(Some(home.path().join("c")));
        cache.store(&key(), &auth("new", Some(3600), None));
        cache.forget(&key(), &Hidden::new("old"));
        assert!(cache.load(&key()).is_some());
        cache.forget(&key(), &Hidden::new("new"));
        assert!(cache.load(&key()).is_none());
    }

    #[test]
    fn a_file_that_others_may_read_does_not_count_and_ended_ones_go() {
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::new(Some(home.path().join("c")));
        cache.store(&key(), &auth("t", Some(3600), None));
        let file = cache.file(&key()).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(cache.load(&key()), None);
        fs::write(&file, r#"{"expires":1,"token":"t"}"#).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        clear(file.parent().unwrap());
        assert!(!file.exists());
    }

    #[test]
    fn where_nothing_can_be_written_there_is_no_cache() {
        let home = tempfile::tempdir().unwrap();
        for folder in ["/proc/nowhere".into(), home.path().join("none/.cache/vault-render")] {
            let cache = TokenCache::new(Some(folder));
            cache.store(&key(), &auth("t", Some(3600), None));
            assert_eq!(cache.load(&key()), None);
        }
        assert!(!home.path().join("none").exists());
    }
}
