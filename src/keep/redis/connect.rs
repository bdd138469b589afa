//! The way to Redis: sentinels, TLS, password. Certificate authorities and password are read for each connection, as they may have
//! been rotated.

use std::path::PathBuf;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, ProtocolVersion, RedisConnectionInfo, RedisResult};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::commands;
use super::fault::Fault;
use super::send::send;
use crate::client::{ByteStream, ServerWords, TlsOptions, TrustOptions, connect};
use crate::config::View;
use crate::error::{Error, Kind};
use crate::keep::place::RedisAddress;
use crate::keep::settings::{CACERT, PASSWORD_FILE, USERNAME};
use crate::setting_file;

/// Opens connections.
pub(super) struct Connector {
    address: RedisAddress,
    settings: View,
}

/// How messages call Redis and its settings.
fn words() -> ServerWords {
    ServerWords {
        server: "Redis",
        address: "`AVP_KEEP`",
        authorities: "`AVP_KEEP_CACERT`",
        server_name: "`AVP_KEEP`",
        ..ServerWords::default()
    }
}

/// How long one sentinel may take before the next one is asked.
const SENTINEL_PATIENCE: Duration = Duration::from_millis(300);

impl Connector {
    /// The way to the Redis at an address.
    pub(super) fn new(address: &RedisAddress, settings: &View) -> Result<Self, Error> {
        if settings.get(&USERNAME).is_some() && settings.get(&PASSWORD_FILE).is_none() {
            let detail = format!("`{}` needs `{}`", USERNAME.name(), PASSWORD_FILE.name());
            return Err(Error::new(Kind::Setting, detail).hint("let it name a file with the user's password"));
        }
        Ok(Self { address: address.clone(), settings: settings.clone() })
    }

    /// Connects to the Redis, or to the one that the sentinels call the master, and logs in.
    pub(super) async fn connect(&self) -> Result<MultiplexedConnection, Fault> {
        match &self.address.master {
            None => {
                let (host, port) = &self.address.hosts[0];
                let tls = if self.address.has_tls { Some(self.tls().map_err(Fault::unreachable)?) } else { None };
                self.log_in((host, *port), tls, self.address.database, true).await
            }
            Some(master) => {
                let (host, port) = self.find_master(master).await?;
                self.log_in((&host, port), None, self.address.database, true).await
            }
        }
    }

    /// The address of the master, from the first sentinel that knows it.
    async fn find_master(&self, master: &str) -> Result<(String, u16), Fault> {
        let (mut has_answered, mut fault) = (false, None);
        for (host, port) in &self.address.hosts {
            match timeout(SENTINEL_PATIENCE, self.ask_sentinel((host, *port), master)).await {
                Ok(Ok(Some(address))) => return Ok(address),
                Ok(Ok(None)) => has_answered = true,
                Ok(Err(other)) => fault = Some(other),
                Err(_) => fault = Some(Fault::silent(SENTINEL_PATIENCE)),
            }
        }
        Err(fault.filter(|_| !has_answered).unwrap_or_else(|| Fault::without_master(master)))
    }

    /// Asks a sentinel, which may have a password or none.
    async fn ask_sentinel(&self, sentinel: (&str, u16), master: &str) -> Result<Option<(String, u16)>, Fault> {
        let question = commands::find_master(master);
        let mut with_password = false;
        loop {
            let connection = self.log_in(sentinel, None, 0, with_password).await?;
            let answer: RedisResult<[Option<(String, u16)>; 1]> = send(&question, connection).await;
            match answer {
                Ok([address]) => return Ok(address),
                Err(error) if error.code() == Some("NOAUTH") && !with_password => with_password = true,
                Err(error) => return Err(Fault::of_redis(&error)),
            }
        }
    }

    async fn log_in(
        &self,
        address: (&str, u16),
        tls: Option<TlsOptions>,
        database: i64,
        with_password: bool,
    ) -> Result<MultiplexedConnection, Fault> {
        let login = self.login(database, with_password).map_err(Fault::unreachable)?;
        let stream = connect(address, tls, &words()).await.map_err(Fault::unreachable)?;
        open(&login, stream).await
    }

    /// Who logs in to which database.
    fn login(&self, database: i64, with_password: bool) -> Result<RedisConnectionInfo, Error> {
        let login = RedisConnectionInfo::default()
            .set_protocol(ProtocolVersion::RESP2)
            .set_db(database)
            .set_skip_set_lib_name();
        let Some(password) = setting_file::read(&self.settings, &PASSWORD_FILE)?.filter(|_| with_password) else {
            return Ok(login);
        };
        let password = std::str::from_utf8(&password)
            .map_err(|_| Error::new(Kind::Setting, format!("the file of `{}` is not text", PASSWORD_FILE.name())))?;
        let login = login.set_password(password.trim_end_matches(['\r', '\n']));
        Ok(self.settings.get(&USERNAME).into_iter().fold(login, RedisConnectionInfo::set_username))
    }

    /// Who may vouch for Redis.
    fn tls(&self) -> Result<TlsOptions, Error> {
        let path = |path: &PathBuf| format!("`{}` (`{}`)", CACERT.name(), path.display());
        let pem: Option<Zeroizing<Vec<u8>>> = setting_file::read(&self.settings, &CACERT)?;
        let trust = match (pem, self.settings.get(&CACERT)) {
            (Some(pem), Some(file)) => TrustOptions::Pem(pem.to_vec(), path(file)),
            _ => TrustOptions::default(),
        };
        Ok(TlsOptions { trust, ..TlsOptions::default() })
    }
}

/// Logs in over a stream. The connection works in the background until its last clone is dropped.
async fn open(login: &RedisConnectionInfo, stream: Box<dyn ByteStream>) -> Result<MultiplexedConnection, Fault> {
    let config = AsyncConnectionConfig::new().set_response_timeout(None);
    let opened = MultiplexedConnection::new_with_config(login, stream, config).await;
    let (connection, driver) = opened.map_err(|error| Fault::of_redis(&error))?;
    tokio::spawn(driver);
    Ok(connection)
}
