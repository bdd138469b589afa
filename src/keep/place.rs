//! Where things are kept, as `AVP_KEEP` writes it. Pure: opens nothing.

use std::fmt;
use std::path::PathBuf;

/// A folder, or a Redis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A Redis that several machines may share.
    Redis(RedisAddress),
}

/// How a Redis is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedisAddress {
    /// The server; or the sentinels, any of which knows the master.
    pub(super) hosts: Vec<(String, u16)>,
    /// The name of the master that the sentinels watch.
    pub(super) master: Option<String>,
    /// The number of the database.
    pub(super) database: i64,
    pub(super) has_tls: bool,
}

/// The schemes of addresses, with the ports of those that name none.
const SCHEMES: [(&str, u16); 3] = [("redis", 6379), ("rediss", 6379), ("redis+sentinel", 26_379)];

impl Place {
    /// The place that a setting names. An error does not quote it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('/') {
            return Ok(Self::Folder(PathBuf::from(text)));
        }
        let split = text.split_once("://");
        let scheme = split.and_then(|(name, _)| SCHEMES.iter().find(|(scheme, _)| scheme.eq_ignore_ascii_case(name)));
        let (Some((_, rest)), Some((scheme, port))) = (split, scheme) else {
            return Err(
                "is neither an absolute path nor a `redis://`, `rediss://` or `redis+sentinel://` address".into()
            );
        };
        RedisAddress::parse(scheme, rest, *port).map(Self::Redis)
    }
}

impl RedisAddress {
    fn parse(scheme: &str, rest: &str, port: u16) -> Result<Self, String> {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(
                "holds a user or password: give them as `AVP_KEEP_USERNAME` and `AVP_KEEP_PASSWORD_FILE`".into()
            );
        }
        let mut path = path.trim_end_matches('/').split('/').filter(|segment| !segment.is_empty());
        let is_sentinel = scheme == "redis+sentinel";
        let master = if is_sentinel { path.next().map(str::to_owned) } else { None };
        if is_sentinel && master.is_none() {
            return Err("names no master: `redis+sentinel://HOST:PORT,HOST:PORT/MASTER`".into());
        }
        let database = path.next().map_or(Ok(0), |number| number.parse().ok().filter(|number| *number >= 0).ok_or(()));
        let database = database.map_err(|()| "does not end in the number of a database".to_owned())?;
        let hosts: Vec<_> = authority.split(',').map(|host| parse_host(host.trim(), port)).collect::<Result<_, _>>()?;
        if path.next().is_some() || hosts.len() > 1 && !is_sentinel {
            return Err("is not the address of one Redis; several are for `redis+sentinel://` alone".into());
        }
        Ok(Self { hosts, master, database, has_tls: scheme == "rediss" })
    }
}

/// `host`, `host:port`, `[::1]:port`
fn parse_host(text: &str, default: u16) -> Result<(String, u16), String> {
    let wrong = || "is not an address: `redis://HOST:PORT`".to_owned();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or_else(wrong)?,
        None => text.find(':').map_or((text, ""), |colon| text.split_at(colon)),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().map_err(|_| wrong())?,
        None if port.is_empty() => default,
        None => return Err(wrong()),
    };
    let is_host = |char: char| char.is_ascii_alphanumeric() || "-._:".contains(char);
    if host.is_empty() || !host.chars().all(is_host) { Err(wrong()) } else { Ok((host.to_owned(), port)) }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Redis(address) => write!(f, "{address}"),
        }
    }
}

impl fmt::Display for RedisAddress {
    /// `redis://h:6379`, `redis+sentinel://a:26379,b:26379/master/2`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match (&self.master, self.has_tls) {
            (Some(_), _) => "redis+sentinel",
            (None, true) => "rediss",
            (None, false) => "redis",
        };
        let host = |(host, port): &(String, u16)| {
            if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
        };
        let hosts: Vec<String> = self.hosts.iter().map(host).collect();
        write!(f, "{scheme}://{}", hosts.join(","))?;
        self.master.iter().try_for_each(|master| write!(f, "/{master}"))?;
        if self.database > 0 { write!(f, "/{}", self.database) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_spelling() {
        for (text, expected) in [
            ("/var/lib/keep", "/var/lib/keep"),
            ("redis://argocd-redis", "redis://argocd-redis:6379"),
            ("REDISS://r:1/2", "rediss://r:1/2"),
            ("redis://[::1]:7", "redis://[::1]:7"),
            ("redis+sentinel://a, b:1/mymaster/3", "redis+sentinel://a:26379,b:1/mymaster/3"),
        ] {
            assert_eq!(Place::parse(text).map(|place| place.to_string()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_place_is_refused_and_not_quoted() {
        for text in [
            "keep",
            "./keep",
            "http://r",
            "redis://",
            "redis://:pw@r",
            "redis://user:pw@r:1",
            "redis://a,b",
            "redis://r:x",
            "redis://r/x",
            "redis://r/-1",
            "redis://r/1/2",
            "redis+sentinel://a:1",
            "redis://r pw",
        ] {
            let error = Place::parse(text).expect_err(text);
            assert!(!error.contains("pw"), "{error}");
        }
    }
}
