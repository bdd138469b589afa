//! Tokens kept between runs, one file each, readable by its owner alone. Nothing is kept where that is impossible. Knows no connection.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::auth::LoginRequest;
use super::cached_token::{self, CachedToken, now};
use super::login_response::GrantedToken;
use crate::private_folder;
use crate::redacted::Redacted;
use crate::value::Value;

/// The cache of tokens.
#[derive(Debug)]
pub(super) struct TokenCache {
    /// The folder; `None` keeps nothing.
    folder: Option<PathBuf>,
}

/// The name of a token: a digest of address, namespace, login, mount, role and credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CacheKey(String);

/// How long a token without an end is kept.
const LONGEST_LIFE: Duration = Duration::from_secs(86_400);
/// The largest file that may be a token's, in bytes.
const LARGEST_FILE: u64 = 64 << 10;
/// How much of its life a token must have left when a run begins.
const MARGIN: Duration = Duration::from_secs(30);

impl CacheKey {
    /// The name of the token that `login` gets.
    pub(super) fn new(address: &str, namespace: Option<&str>, method: &str, login: &LoginRequest) -> Self {
        let LoginRequest { mount, action, body, kept_by, .. } = login;
        let mut digest = Sha256::new();
        let json = body.json();
        let named = [json.reveal()].into_iter().chain(kept_by.iter().map(Redacted::reveal));
        for part in [address, namespace.unwrap_or_default(), method, mount, action].into_iter().chain(named) {
            digest.update((part.len() as u64).to_be_bytes()); // so that no two lists of parts run into one text
            digest.update(part);
        }
        Self(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl TokenCache {
    /// A cache in `folder`; `None` keeps nothing.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The token under `key`, if it lives long enough.
    pub(super) fn load(&self, key: &CacheKey) -> Option<CachedToken> {
        let cached = read(&self.file(key)?)?;
        (now().saturating_add(MARGIN) < cached.expires).then_some(cached)
    }

    /// Keeps a token until shortly before it ends. A token with a limited number of uses is not kept.
    pub(super) fn store(&self, key: &CacheKey, token: &GrantedToken) {
        let Some(file) = self.file(key).filter(|_| token.facts.uses.is_none()) else { return };
        let lease = token.facts.life.unwrap_or(LONGEST_LIFE).min(LONGEST_LIFE);
        let expires = now().saturating_add(lease - lease / 10);
        if expires <= now().saturating_add(MARGIN) {
            return;
        }
        let json = cached_token::json(token, expires);
        // A failure to write is not an error: the next run logs in again.
        let _ = write(&file, json.as_bytes());
    }

    /// Forgets `token` under `key`. A newer one, which another process has written, stays.
    pub(super) fn forget(&self, key: &CacheKey, token: &Redacted) {
        let Some(file) = self.file(key) else { return };
        if read(&file).is_some_and(|cached| cached.text == *token) {
            let _ = fs::remove_file(file);
        }
    }

    fn file(&self, key: &CacheKey) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("token-{}.json", key.0)))
    }
}

/// The token in a file. A file that others may touch, or that belongs to another user, does not count.
fn read(file: &Path) -> Option<CachedToken> {
    if !file.parent().is_some_and(private_folder::is_own_folder) {
        return None;
    }
    let bytes = private_folder::read(file, LARGEST_FILE).ok()?;
    let json = Value::from_json(&bytes).ok()?;
    cached_token::parse(&json)
}

/// Writes a file that only its owner may read, whole or not at all, and removes useless ones.
fn write(file: &Path, content: &[u8]) -> std::io::Result<()> {
    let Some(folder) = file.parent() else { return Ok(()) };
    // No home is created: `HOME=/nonexistent` means that there is none.
    if !folder.ancestors().nth(2).is_some_and(Path::is_dir) {
        return Ok(());
    }
    private_folder::create(folder)?;
    private_folder::make_private(folder)?;
    if !private_folder::is_own_folder(folder) {
        return Ok(());
    }
    clear(folder);
    private_folder::write(file, content, None)
}

/// Removes tokens that have ended (each rotation of a credential leaves one behind) or cannot be used, and the parts that killed processes
/// left.
fn clear(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.path();
        let is_useless = match file.extension().and_then(|extension| extension.to_str()) {
            _ if !is_token_file(&file) => false,
            Some("json") => read(&file).is_none_or(|cached| cached.expires < now()),
            Some("part") => private_folder::is_abandoned(&entry),
            _ => false,
        };
        if is_useless {
            let _ = fs::remove_file(file);
        }
    }
}

/// Whether a file's name is that of a file of this cache.
fn is_token_file(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("token-"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::time::SystemTime;

    use super::super::auth::Member;
    use super::super::identity::TokenFacts;
    use super::*;
    use crate::private_folder::own_user;

    fn login(mount: &str, role: &str, jwt: &str) -> LoginRequest {
        let body = [Member::public("role", Redacted::new(role)), Member::proof("jwt", Redacted::new(jwt))];
        LoginRequest::new(mount, "AVP_MOUNT_PATH", body)
    }

    fn key() -> CacheKey {
        CacheKey::new("https://v", None, "k8s", &login("auth/kubernetes", "demo", "jwt"))
    }

    fn granted(token: &str, lease: Option<u64>, uses: Option<u64>) -> GrantedToken {
        let facts = TokenFacts {
            accessor: Some(Redacted::new(format!("accessor-of-{token}"))),
            entity: Some("e".to_owned()),
            role: Some("demo".to_owned()),
            policies: vec!["apps".to_owned(), "default".to_owned()],
            token_type: Some("service".to_owned()),
            is_renewable: true,
            life: lease.map(Duration::from_secs),
            uses,
        };
        GrantedToken { text: Redacted::new(token), facts }
    }

    #[test]
    fn whatever_differs_makes_another_key() {
        let keys = [
            key(),
            CacheKey::new("https://w", None, "k8s", &login("auth/kubernetes", "demo", "jwt")),
            CacheKey::new("https://v", Some("team"), "k8s", &login("auth/kubernetes", "demo", "jwt")),
            CacheKey::new("https://v", None, "jwt", &login("auth/kubernetes", "demo", "jwt")),
            CacheKey::new("https://v", None, "k8s", &login("auth/other", "demo", "jwt")),
            CacheKey::new("https://v", None, "k8s", &login("auth/kubernetes", "demo2", "jwt")),
            CacheKey::new("https://v", None, "k8s", &login("auth/kubernetes", "demo", "jwt2")),
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
        for (token, is_kept) in [
            (granted("limited", Some(3600), Some(5)), false),
            (granted("short", Some(20), None), false),
            (granted("hour", Some(3600), None), true),
            (granted("ever", None, None), true),
        ] {
            cache.store(&key(), &token);
            let loaded = cache.load(&key()).is_some_and(|cached| {
                let (kept, given) = (cached.facts.life, token.facts.life);
                let is_as_long = kept.is_some() == given.is_some()
                    && given.unwrap_or_default().abs_diff(kept.unwrap_or_default()) < Duration::from_secs(5);
                let facts = TokenFacts { life: given, ..cached.facts };
                cached.text == token.text && facts == token.facts && is_as_long
            });
            assert_eq!(loaded, is_kept, "{}", token.text.reveal());
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&cache.file(&key()).unwrap())), (0o700, 0o600));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no part is left behind");
    }

    #[test]
    fn a_token_is_forgotten_only_by_its_own_text() {
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::new(Some(home.path().join("c")));
        cache.store(&key(), &granted("new", Some(3600), None));
        cache.forget(&key(), &Redacted::new("old"));
        assert!(cache.load(&key()).is_some());
        cache.forget(&key(), &Redacted::new("new"));
        assert!(cache.load(&key()).is_none());
    }

    #[test]
    fn a_file_that_others_may_read_does_not_count_and_ended_ones_go() {
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::new(Some(home.path().join("c")));
        cache.store(&key(), &granted("t", Some(3600), None));
        let file = cache.file(&key()).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(cache.load(&key()), None);
        fs::write(&file, r#"{"version":2,"expires":1,"token":"t"}"#).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        clear(file.parent().unwrap());
        assert!(!file.exists());
    }

    #[test]
    fn a_link_as_folder_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let (elsewhere, link) = (home.path().join("elsewhere"), home.path().join("c"));
        fs::DirBuilder::new().mode(0o755).create(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        let cache = TokenCache::new(Some(link));
        cache.store(&key(), &granted("t", Some(3600), None));
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
        assert_eq!(fs::metadata(&elsewhere).unwrap().mode() & 0o777, 0o755, "nor are its rights changed");
        let own = TokenCache::new(Some(elsewhere.clone()));
        own.store(&key(), &granted("t", Some(3600), None));
        assert!(own.load(&key()).is_some());
        assert_eq!(cache.load(&key()), None, "nothing is read through it either");
    }

    #[test]
    fn another_users_folder_or_file_does_not_count_even_for_root() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("c");
        let cache = TokenCache::new(Some(folder.clone()));
        cache.store(&key(), &granted("t", Some(3600), None));
        let file = cache.file(&key()).unwrap();
        // Only root can give a file away: for everybody else there is nothing to test.
        if std::os::unix::fs::chown(&file, Some(4242), None).is_err() {
            return;
        }
        assert_eq!(cache.load(&key()), None);
        std::os::unix::fs::chown(&file, Some(own_user()), None).unwrap();
        assert!(cache.load(&key()).is_some());
        std::os::unix::fs::chown(&folder, Some(4242), None).unwrap();
        assert_eq!(cache.load(&key()), None);
        fs::remove_file(&file).unwrap();
        cache.store(&key(), &granted("t", Some(3600), None));
        assert!(!file.exists());
    }

    #[test]
    fn what_is_of_no_use_goes() {
        let home = tempfile::tempdir().unwrap();
        let cache = TokenCache::new(Some(home.path().join("c")));
        cache.store(&key(), &granted("t", Some(3600), None));
        let file = cache.file(&key()).unwrap();
        let write = |name: &str, text: &str| {
            let file = file.with_file_name(name);
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).unwrap();
            fs::write(&file, text).unwrap();
            file
        };
        let broken = write("token-a.json", r#"{"version":2,"expires":99999999999,"token":"a\nb"}"#);
        let torn = write("token-b.json", r#"{"expires":999"#);
        let huge = write("token-c.json", r#"{"version":2,"expires":1e400,"token":"t"}"#);
        let old = write("token-f.json", r#"{"expires":99999999999,"token":"t"}"#);
        let (left, fresh) = (write("token-d.1-2.part", "{"), write("token-e.1-2.part", "{"));
        let others = write("notes.json", "{}");
        let yesterday = SystemTime::now() - Duration::from_secs(86_400);
        fs::File::options().write(true).open(&left).unwrap().set_modified(yesterday).unwrap();
        clear(file.parent().unwrap());
        for gone in [&broken, &torn, &huge, &old, &left] {
            assert!(!gone.exists(), "{}", gone.display());
        }
        for stays in [&file, &fresh, &others] {
            assert!(stays.exists(), "{}", stays.display());
        }
    }

    #[test]
    fn where_nothing_can_be_written_there_is_no_cache() {
        let home = tempfile::tempdir().unwrap();
        for folder in ["/proc/nowhere".into(), home.path().join("none/.cache/vault-render")] {
            let cache = TokenCache::new(Some(folder));
            cache.store(&key(), &granted("t", Some(3600), None));
            assert_eq!(cache.load(&key()), None);
        }
        assert!(!home.path().join("none").exists());
    }
}
