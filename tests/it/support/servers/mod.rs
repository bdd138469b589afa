//! Real servers on loopback, each with its own folder and ports. They end with the test process, even if it is killed.
//! `just servers` builds them. `Faults` shows what a real server cannot be made to show.

mod api;
mod argocd;
mod authority;
mod browser;
pub(crate) mod collector;
mod directory;
mod faults;
mod github;
mod head;
mod internet;
mod issuer;
mod kubernetes;
mod moto;
pub(crate) mod plugin;
mod postgres;
mod process;
mod redis;
mod vault;

pub(crate) use api::Api;
pub(crate) use argocd::{Application, ArgoCd, Parameter, Repository, Served, Sidecar, Working};
pub(crate) use authority::{Authority, Identity};
pub(crate) use browser::Browser;
pub(crate) use directory::Directory;
pub(crate) use faults::{Faults, Request, Response};
pub(crate) use github::GithubStub;
pub(crate) use internet::Internet;
pub(crate) use issuer::Issuer;
pub(crate) use kubernetes::Kubernetes;
pub(crate) use moto::Moto;
pub(crate) use postgres::Postgres;
pub(crate) use redis::Redis;
pub(crate) use vault::{Approle, Cluster, Setup, Storage, Vault};

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use walkdir::{DirEntry, WalkDir};

const SERVERS: &str = "`just servers` (tests/servers/build) builds it";
const PACKAGES: &str = "Debian has it: `apt-get install zsh fish groff-base openssl`";
const CHROMIUM: &str = "Debian has it: `apt-get install chromium chromium-driver`";
const POSTGRES: &str = "Debian has it: `apt-get install postgresql`";
const REDIS: &str = "Debian has it: `apt-get install redis-tools`";

/// The Vault that all tests of this process share. Use mounts, policies and users of your own; never seal it.
pub(crate) fn vault() -> Option<&'static Vault> {
    static SHARED: OnceLock<Option<Vault>> = OnceLock::new();
    SHARED.get_or_init(|| own_vault(Setup::default())).as_ref()
}

/// A Vault for one test: to be sealed, paused, or set up in another way.
pub(crate) fn own_vault(setup: Setup) -> Option<Vault> {
    binary("vault").map(|binary| Vault::start(&binary, &setup))
}

/// The OpenBao that all tests of this process share: it has namespaces. Use some of your own; never seal it.
pub(crate) fn openbao() -> Option<&'static Vault> {
    static SHARED: OnceLock<Option<Vault>> = OnceLock::new();
    SHARED.get_or_init(|| own_openbao(Setup::default())).as_ref()
}

/// An OpenBao for one test.
pub(crate) fn own_openbao(setup: Setup) -> Option<Vault> {
    binary("bao").map(|binary| Vault::start(&binary, &Setup { storage: Storage::Raft, ..setup }))
}

/// Three nodes of one Vault (`vault`) or OpenBao (`bao`), for one test.
pub(crate) fn cluster(program: &str) -> Option<Cluster> {
    binary(program).map(|binary| Cluster::start(&binary))
}

/// An LDAP directory for one test.
pub(crate) fn directory() -> Option<Directory> {
    binary("slapd").map(|binary| Directory::start(&binary))
}

/// An AWS for one test.
pub(crate) fn moto() -> Option<Moto> {
    binary("moto_server").map(|binary| Moto::start(&binary))
}

/// The kube-apiserver that all tests of this process share. Use namespaces of your own.
pub(crate) fn kubernetes() -> Option<&'static Kubernetes> {
    static SHARED: OnceLock<Option<Kubernetes>> = OnceLock::new();
    SHARED
        .get_or_init(|| {
            let (etcd, apiserver) = (binary("etcd")?, binary("kube-apiserver")?);
            Some(Kubernetes::start(&etcd, &apiserver))
        })
        .as_ref()
}

/// An Argo CD for one test, with our plugin beside it.
pub(crate) fn argocd(sidecar: &Sidecar<'_>) -> Option<ArgoCd> {
    let programs = argocd::Programs { argocd: binary("argocd")?, redis: redis_program()? };
    Some(ArgoCd::start(&programs, sidecar))
}

/// A PostgreSQL for one test.
pub(crate) fn postgres() -> Option<Postgres> {
    let programs = postgres::programs();
    if programs.is_none() {
        assert!(setting("CI").is_none(), "postgres is missing: CI skips nothing, {POSTGRES}");
        skipped("postgres", POSTGRES);
    }
    programs.map(|programs| Postgres::start(&programs))
}

/// A Redis for one test. `options` and `files` are as [`Redis::start`] takes them.
pub(crate) fn redis(options: &[&str], files: &[(&str, &str)]) -> Option<Redis> {
    redis_program().map(|program| Redis::start(&program, options, files))
}

/// Redis, from the system's packages: under this name it is in the package without the service.
fn redis_program() -> Option<PathBuf> {
    let path = PathBuf::from("/usr/bin/redis-check-rdb");
    if path.is_file() {
        return Some(path);
    }
    assert!(setting("CI").is_none(), "{} is missing: CI skips nothing, redis-tools has it", path.display());
    skipped("redis-check-rdb", REDIS);
    None
}

/// A program of the system's packages.
pub(crate) fn installed(name: &str) -> Option<PathBuf> {
    let path = Path::new("/usr/bin").join(name);
    if path.is_file() {
        return Some(path);
    }
    assert!(setting("CI").is_none(), "{} is missing: CI skips nothing, {PACKAGES}", path.display());
    skipped(name, PACKAGES);
    None
}

/// A browser for one test, from Debian's packages chromium and chromium-driver.
pub(crate) fn browser() -> Option<Browser> {
    let path = setting("PATH").unwrap_or_default();
    let driver = std::env::split_paths(&path).map(|folder| folder.join("chromedriver")).find(|file| file.is_file());
    if driver.is_none() {
        assert!(setting("CI").is_none(), "chromedriver is missing: CI skips nothing, {CHROMIUM}");
        skipped("chromium", CHROMIUM);
    }
    driver.map(|driver| Browser::start(&driver))
}

/// A server or tool that `just servers` has built. Without it a test has nothing to say: it is skipped, loudly, and in CI
/// it fails.
pub(crate) fn binary(name: &str) -> Option<PathBuf> {
    let path = folder().join("bin").join(name);
    if path.is_file() {
        return Some(path);
    }
    assert!(setting("CI").is_none(), "{} is missing: CI skips nothing, `just servers` builds it", path.display());
    skipped(name, SERVERS);
    None
}

/// Manifests of real projects, kept by `just servers`.
pub(crate) fn manifests() -> Option<PathBuf> {
    kept("manifests")
}

/// The files of [`manifests`], sorted, each text once: many modules bring copies of the same files.
pub(crate) fn distinct_manifests() -> Option<Vec<PathBuf>> {
    let mut texts = HashSet::new();
    let walk = WalkDir::new(manifests()?).sort_by_file_name().into_iter().map(|entry| entry.expect("it is readable"));
    let files = walk.filter(|entry| entry.file_type().is_file()).map(DirEntry::into_path);
    Some(files.filter(|path| texts.insert(std::fs::read(path).expect("it is readable"))).collect())
}

/// The manifests of a stock Argo CD, kept by `just servers`.
pub(crate) fn argocd_installation() -> Option<PathBuf> {
    kept("argocd-install.yaml")
}

fn kept(name: &str) -> Option<PathBuf> {
    let path = folder().join(name);
    if !path.exists() {
        assert!(setting("CI").is_none(), "{} is missing: CI skips nothing, `just servers` builds it", path.display());
        skipped(name, SERVERS);
        return None;
    }
    Some(path)
}

fn folder() -> PathBuf {
    setting("TEST_SERVERS").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/servers"), PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "where the servers are is a setting of the tests, not of the program")]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Once for each server, past the test harness, which shows nothing of a test that passes.
fn skipped(name: &str, remedy: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if SAID.lock().unwrap().insert(name.to_owned()) {
        use std::io::Write as _;
        let line = format!("skipped: the tests that need {name}; {remedy}\n");
        // The terminal's stderr itself: the harness keeps what eprintln! writes.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}
