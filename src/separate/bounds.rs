//! The bounds of a reader: the broker chooses them, and the reader enters them before it reads anything that a tenant wrote.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::config::general::UNCONTAINED_TOOLS;
use crate::contain::{self, Bounds, Limits, Network, Support};
use crate::error::{Error, Kind};

/// No network, and no file but these. As text a path could lose bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ReaderBounds {
    read: Vec<OsString>,
    execute: Vec<OsString>,
    write: Vec<OsString>,
    uncontained: Uncontained,
}

/// How a reader goes on that this machine cannot contain.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Uncontained {
    /// It does not: its manifests are a tenant's.
    Refused,
    /// With a warning, as the operator allows it.
    Warned,
    /// As it is: there is no tenant.
    Accepted,
}

impl ReaderBounds {
    /// The bounds of a reader with these settings, and a folder for its temporary files if it needs one.
    pub(super) fn new(config: &Config, read: Vec<PathBuf>, execute: Vec<PathBuf>, private: Option<&Path>) -> Self {
        let names = |paths: Vec<PathBuf>| paths.into_iter().map(PathBuf::into_os_string).collect();
        let write = private.map(PathBuf::from).into_iter().collect();
        Self { read: names(read), execute: names(execute), write: names(write), uncontained: Uncontained::by(config) }
    }

    /// Contains this process, which must not have another thread yet. Returns the warning that nothing contains it.
    pub(super) fn enter(&self) -> Result<Option<Error>, Error> {
        let Err(error) = contain::enter(&self.bounds()) else { return Ok(None) };
        match contain::support() {
            Support::Nothing(reason) => self.uncontained.outcome(&reason),
            _ => Err(error),
        }
    }

    fn bounds(&self) -> Bounds {
        let [read, write, execute] =
            [&self.read, &self.write, &self.execute].map(|paths| paths.iter().map(PathBuf::from).collect());
        Bounds { read, write, execute, network: Network::None, limits: Limits::default() }
    }
}

impl Uncontained {
    fn by(config: &Config) -> Self {
        match (config.is_on(&UNCONTAINED_TOOLS), config.has_tenant()) {
            (true, _) => Self::Warned,
            (false, true) => Self::Refused,
            (false, false) => Self::Accepted,
        }
    }

    /// The warning or the error of a reader that cannot be contained, for this reason.
    fn outcome(self, reason: &str) -> Result<Option<Error>, Error> {
        let detail = "the process that reads the manifests cannot be contained on this machine";
        match self {
            Self::Warned => {
                let warning = format!("{detail}: it runs uncontained, as `AVP_UNCONTAINED_TOOLS` allows");
                Ok(Some(Error::warning(Kind::Setting, warning).cause(reason)))
            }
            Self::Refused => Err(Error::new(Kind::Setting, format!("{detail}, and `AVP_SEPARATE` is set"))
                .cause(reason)
                .hint("docs/argocd.md names the kernel and the seccomp profile that this needs; the operator's `AVP_UNCONTAINED_TOOLS=1` runs it anyway")),
            Self::Accepted => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::config_for_test;
    use crate::error::Level;

    #[test]
    fn where_nothing_can_be_contained_a_tenant_s_manifests_are_not_read_unless_the_operator_says_so() {
        let (tenant, allowed) = (("ARGOCD_APP_NAME", "web"), ("AVP_UNCONTAINED_TOOLS", "true"));
        for (settings, runs, is_warned) in
            [(&[tenant][..], false, false), (&[tenant, allowed], true, true), (&[], true, false)]
        {
            let outcome = Uncontained::by(&config_for_test(settings)).outcome("ENOSYS");
            assert_eq!(outcome.is_ok(), runs, "{settings:?}");
            let warning = outcome.as_ref().ok().and_then(Option::as_ref);
            assert_eq!(warning.is_some_and(|warning| warning.level == Level::Warning), is_warned, "{settings:?}");
            assert!(
                outcome.err().is_none_or(|error| error.hint.is_some_and(|hint| hint.contains("AVP_UNCONTAINED_TOOLS")))
            );
        }
    }
}
