//! The settings of the audit. They are the operator's: no tenant reads unseen.

use std::fmt;
use std::path::PathBuf;

use crate::config::format::{Format, SWITCH};
use crate::config::{AnyKey, Key, Role};

/// Where the lines of the audit go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The stderr of the program.
    Stderr,
    /// A file, or a pipe with a name.
    File(PathBuf),
}

/// Where the lines go.
pub(crate) const AUDIT: Key<Target> = Key::new(
    "AVP_AUDIT",
    "where each reading of a secret leaves a line of JSON: a file outside the repository, or `stderr`; unset, nowhere",
    Format::text("an absolute path, or `stderr`", |text| {
        let target = Target::parse(text.trim())?;
        Ok((target.to_string(), target))
    }),
    "/var/log/vault-render/audit.jsonl",
    &[Role::Narrowing],
);

/// Whether a run fails that cannot write its lines.
pub(crate) const REQUIRED: Key<bool> = Key::new(
    "AVP_AUDIT_REQUIRED",
    "`true` fails a run whose readings cannot be audited, as where the disk is full; else it warns",
    SWITCH,
    "true",
    &[Role::Narrowing],
)
.default("false");

/// All of them, in the order in which help and docs show them.
pub(crate) const SETTINGS: &[&dyn AnyKey] = &[&AUDIT, &REQUIRED];

impl Target {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            // The file is a link, which is not followed.
            "stderr" | "/dev/stderr" => Ok(Self::Stderr),
            path if path.starts_with('/') => Ok(Self::File(path.into())),
            _ => Err("is neither an absolute path nor `stderr`".to_owned()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stderr => f.write_str("stderr"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_an_absolute_path_or_stderr() {
        for (text, spelling) in [
            ("stderr", Some("stderr")),
            ("/dev/stderr", Some("stderr")),
            ("/var/log/audit", Some("/var/log/audit")),
            ("audit.jsonl", None),
            ("../audit", None),
            ("stdout", None),
            ("", None),
        ] {
            let target = Target::parse(text).ok().map(|target| target.to_string());
            assert_eq!(target.as_deref(), spelling, "{text}");
        }
    }
}
