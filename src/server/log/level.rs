//! How much the server logs, and in which form, in the words of Argo CD's own programs.

use std::str::FromStr;

use tonic::Code;

/// What a line is worth; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LogLevel {
    /// A call that failed.
    Error,
    /// A call that was refused, or a warning for the author of manifests.
    Warning,
    /// Each call.
    Info,
    /// Each step of a call: settings, logins, requests.
    Debug,
}

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// One JSON object.
    Json,
    /// `name=value` pairs.
    Text,
}

impl LogLevel {
    /// Its name in a line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }

    /// The level of a call that ended so, as Argo CD's own servers choose it.
    pub(super) fn of(code: Code) -> Self {
        use Code::*;
        match code {
            Ok | NotFound | Cancelled | AlreadyExists | InvalidArgument | Unauthenticated => Self::Info,
            Unknown | Unimplemented | Internal | DataLoss => Self::Error,
            DeadlineExceeded | PermissionDenied | ResourceExhausted | FailedPrecondition | Aborted | OutOfRange
            | Unavailable => Self::Warning,
        }
    }
}

impl FromStr for LogLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "panic" | "fatal" | "error" => Ok(Self::Error),
            "warn" | "warning" => Ok(Self::Warning),
            "info" => Ok(Self::Info),
            "debug" | "trace" => Ok(Self::Debug),
            _ => Err("is not one of `debug`, `info`, `warn`, `error`".to_owned()),
        }
    }
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err("is neither `json` nor `text`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_logrus_s() {
        assert_eq!("WARN".parse(), Ok(LogLevel::Warning));
        assert_eq!("trace".parse(), Ok(LogLevel::Debug));
        assert!("loud".parse::<LogLevel>().is_err());
        assert_eq!("Text".parse(), Ok(LogFormat::Text));
        assert!("xml".parse::<LogFormat>().is_err());
    }

    #[test]
    fn a_call_that_its_client_has_given_up_is_no_error() {
        assert_eq!(
            [Code::Ok, Code::Cancelled, Code::Unavailable, Code::Unknown].map(LogLevel::of),
            [LogLevel::Info, LogLevel::Info, LogLevel::Warning, LogLevel::Error]
        );
    }
}
