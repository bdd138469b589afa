//! The error of a tool that failed: its own message, and the setting or the change that helps. Runs nothing.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use super::Tool;
use super::bounds::{Containment, Reach};
use super::command::Command;
use crate::error::{Error, Kind};

const MEMORY: &str = "the operator may raise `AVP_TOOL_MEMORY`";
const TIME: &str = "the operator may raise `AVP_TOOL_TIMEOUT`";
const KILLED: &str = "the memory or the processor time was perhaps not enough: the operator may raise `AVP_TOOL_MEMORY` or `AVP_TOOL_TIMEOUT`";
const FILES: &str = "it may read the repository without `.git`, and the paths that the operator's words and `AVP_TOOL_PATHS` name: docs/security.md";

/// Words of a process that runs out of memory, or of the size of a file.
const OUT_OF_MEMORY: [&str; 6] = [
    "ut of memory",
    "annot allocate memory",
    "failed to create new OS thread",
    "pthread_create failed",
    "memory exhausted",
    "ile too large",
];

/// Where a Go program that fails begins to print the state of its threads, which is left out.
const THREADS: [&str; 2] = ["\n\ngoroutine ", "\n\nruntime stack:"];

const HTTPS: &str = "helm and kustomize reach only https, at the hosts that `AVP_TOOL_HOSTS` names";

/// Words of programs whose socket or connection the kernel refuses, such as that of Go's own lookup of a name.
const REFUSED: [&str; 3] = ["socket: permission denied", "connect: permission denied", "dial tcp: lookup "];

/// Words of programs that find no name server.
const NAMELESS: [&str; 3] = ["no such host", "in name resolution", "ould not resolve"];

/// The rule of a chart that cannot be built without values that nobody gave.
pub(crate) const NOT_BUILT: &str = "not-built";

/// Words of helm about values that are missing: of `required` and `fail`, of templates that look into them, and of a schema.
const WANTS_VALUES: [&str; 6] = [
    "execution error at (",
    "nil pointer evaluating",
    "untyped nil",
    "wrong type for value; expected string; got interface {}",
    "invalid value; expected string",
    "don't meet the specifications of the schema",
];

/// A command that took too long.
pub(super) fn late(command: &Command, time: Duration) -> Error {
    let error = Error::new(Kind::Input, format!("`{}` took longer than {time:?}", command.name));
    error.hint(TIME)
}

/// A command that failed with this message.
pub(super) fn failed(command: &Command, containment: &Containment, status: ExitStatus, message: &str) -> Error {
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("failed with exit code {code}"),
        (None, signal) => format!("was killed by signal {}", signal.unwrap_or_default()),
    };
    let own = command.hints.iter().find(|(words, _)| message.contains(words)).map(|(_, hint)| (*hint).to_owned());
    let hint = own.or_else(|| limit(status, message)).or_else(|| bound(containment, message));
    let message = THREADS.iter().fold(message, |message, start| message.split(start).next().unwrap_or_default());
    let error = Error { hint, ..Error::new(Kind::Input, format!("`{}` {how}", command.name)) };
    let wants_values = command.name == Tool::Helm.command() && WANTS_VALUES.iter().any(|words| message.contains(words));
    let error = if wants_values { error.rule(NOT_BUILT) } else { error };
    error.cause(if message.is_empty() { "it printed no message" } else { message })
}

/// The limit that a process may have met.
fn limit(status: ExitStatus, message: &str) -> Option<String> {
    let says_memory = OUT_OF_MEMORY.iter().any(|words| message.contains(words));
    match status.signal() {
        _ if says_memory => Some(MEMORY.to_owned()),
        Some(libc::SIGKILL) => Some(KILLED.to_owned()),
        Some(libc::SIGXCPU) => Some(TIME.to_owned()),
        Some(libc::SIGXFSZ) => Some(MEMORY.to_owned()),
        _ => None,
    }
}

/// The bound that a contained process may have met.
fn bound(containment: &Containment, message: &str) -> Option<String> {
    let Containment::Within(reach) = containment else { return None };
    let says = |list: &[&str]| list.iter().any(|words| message.contains(words));
    match reach {
        Reach::Nothing if says(&REFUSED) || says(&NAMELESS) => Some(hosts(message)),
        Reach::Hosts(_) if says(&REFUSED) => Some(HTTPS.to_owned()),
        _ => message.contains("ermission denied").then(|| FILES.to_owned()),
    }
}

/// The line that lets a tool reach the host which its message names.
fn hosts(message: &str) -> String {
    let host = message.split_once("https://").map(|(_, rest)| rest);
    let host = host.and_then(|rest| rest.split(|char: char| !is_of_host(char)).next());
    let host = host.map(|host| host.trim_end_matches(':')).filter(|host| !host.is_empty());
    let line = host.map_or(String::new(), |host| format!(": `AVP_TOOL_HOSTS={host}`"));
    format!("the operator names the hosts that helm and kustomize may reach{line}")
}

fn is_of_host(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | ':')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::super::operator_files::OperatorFiles;
    use super::*;

    fn command() -> Command {
        Command {
            name: "helm template",
            program: String::new(),
            words: Vec::new(),
            folder: None,
            working_folder: PathBuf::new(),
            environment: BTreeMap::new(),
            files: Vec::new(),
            operator_files: OperatorFiles::default(),
            logs_on_stdout: false,
            hints: &[("own", "its own")],
        }
    }

    fn hint(status: i32, message: &str) -> String {
        let containment = Containment::Within(Reach::Nothing);
        failed(&command(), &containment, ExitStatus::from_raw(status), message).hint.unwrap_or_default()
    }

    #[test]
    fn the_state_of_a_go_program_s_threads_is_left_out() {
        let message = "runtime: out of memory\nfatal error: x\n\nruntime stack:\nruntime.throw()\n\ngoroutine 1 [running]:\nmain()";
        let error = failed(&command(), &Containment::Without, ExitStatus::from_raw(512), message);
        assert_eq!(error.cause.as_deref(), Some("runtime: out of memory\nfatal error: x"));
    }

    #[test]
    fn each_limit_and_bound_names_its_setting() {
        for (status, message, words) in [
            (512, "fatal error: runtime: out of memory", "AVP_TOOL_MEMORY"),
            (512, "runtime/cgo: pthread_create failed: Resource temporarily unavailable", "AVP_TOOL_MEMORY"),
            (512, "write /x: file too large", "AVP_TOOL_MEMORY"),
            (9, "", "AVP_TOOL_TIMEOUT"),
            (libc::SIGXCPU, "", "AVP_TOOL_TIMEOUT"),
            (
                256,
                "Get \"https://a.example.com/x\": dial tcp: lookup a: socket: permission denied",
                "`AVP_TOOL_HOSTS=a.example.com`",
            ),
            (
                256,
                "Get \"https://a.example.com:8443/x\": dial tcp: lookup a: Temporary failure in name resolution",
                "`AVP_TOOL_HOSTS=a.example.com:8443`",
            ),
            (256, "unable to access 'https://a.example.com': Could not resolve host", "`AVP_TOOL_HOSTS=a.example.com`"),
            (256, "open /etc/x: permission denied", "AVP_TOOL_PATHS"),
            (256, "own: permission denied", "its own"),
            (256, "no", ""),
        ] {
            let hint = hint(status, message);
            assert!(hint.contains(words) && words.is_empty() == hint.is_empty(), "{message}: {hint}");
        }
    }
}
