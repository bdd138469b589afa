//! A real PostgreSQL, for users that Vault makes: of Debian's package, with its data in a folder of its own.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::Vault;
use super::process::{Process, free_port, home, retry};

/// The user nobody: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65534;

/// A running PostgreSQL. Its superuser is `vaultroot`.
pub(crate) struct Postgres {
    process: Process,
    pub(crate) port: u16,
}

impl Postgres {
    /// `programs` is the folder of `postgres` and `initdb`.
    pub(super) fn start(programs: &Path) -> Self {
        retry(|| Self::try_start(programs))
    }

    fn try_start(programs: &Path) -> Result<Self, String> {
        let (home, port) = (home("postgres"), free_port());
        let password = home.join("password");
        fs::write(&password, "vaultroot").expect("written");
        if is_root() {
            [&home, &password]
                .iter()
                .for_each(|path| chown(path, Some(NOBODY), Some(NOBODY)).expect("given to nobody"));
        }
        let data = home.join("data");
        let initdb = as_nobody(&programs.join("initdb"));
        let arguments =
            format!("-D {} -U vaultroot -A scram-sha-256 --pwfile={} --no-sync", data.display(), password.display());
        let words: Vec<&str> = initdb[1..].iter().map(String::as_str).chain(arguments.split(' ')).collect();
        let made = Command::new(&initdb[0]).args(words).current_dir(&home).output().expect("initdb starts");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let server = as_nobody(&programs.join("postgres"));
        let arguments =
            format!("-D {} -p {port} -k {} -c listen_addresses=127.0.0.1 -c fsync=off", data.display(), home.display());
        let words: Vec<String> = server[1..].iter().cloned().chain(arguments.split(' ').map(str::to_owned)).collect();
        let process = Process::start("postgres", &home, Path::new(&server[0]), &words);
        process.wait(|| {
            let status = fs::read_to_string(data.join("postmaster.pid")).ok()?;
            status.lines().nth(7).filter(|state| state.trim() == "ready").map(drop)
        })?;
        Ok(Self { process, port })
    }

    /// Lets `vault` make users here: an engine at `mount` with the role `app`, whose leases last `ttl` and may be renewed up to `max_ttl`.
    pub(crate) fn serve(&self, vault: &Vault, mount: &str, ttl: &str, max_ttl: &str) {
        let api = vault.api();
        api.post(&format!("sys/mounts/{mount}"), &json!({"type": "database"})).ok();
        let address =
            format!("postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{}/postgres?sslmode=disable", self.port);
        let config = json!({
            "plugin_name": "postgresql-database-plugin", "allowed_roles": "*", "connection_url": address,
            "username": "vaultroot", "password": "vaultroot",
        });
        api.post(&format!("{mount}/config/pg"), &config).ok();
        let statement = "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';";
        let role = json!({"db_name": "pg", "creation_statements": [statement], "default_ttl": ttl, "max_ttl": max_ttl});
        api.post(&format!("{mount}/roles/app"), &role).ok();
    }

    /// Whether somebody may log in.
    pub(crate) fn lets_in(&self, user: &str, password: &str) -> bool {
        let address = format!("postgresql://{user}@127.0.0.1:{}/postgres", self.port);
        let said = Command::new("psql").args([&address, "-tAc", "select 1"]).env("PGPASSWORD", password).output();
        said.expect("psql starts").status.success()
    }

    /// It ends, and answers nobody any more.
    pub(crate) fn stop(&mut self) {
        self.process.end();
    }
}

/// So that it takes its shared memory along.
impl Drop for Postgres {
    fn drop(&mut self) {
        self.process.end();
    }
}

/// The folder of the newest PostgreSQL that Debian has installed.
pub(super) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).max()
}

/// The command that runs `program` as nobody, if this is root.
fn as_nobody(program: &Path) -> Vec<String> {
    let words = format!("/usr/bin/setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups");
    let before = if is_root() { words.split(' ').map(str::to_owned).collect() } else { Vec::new() };
    before.into_iter().chain([program.display().to_string()]).collect()
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
