//! The surroundings of the program: environment variables, working folder, terminal. They are read once and handed on as arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use clap::ColorChoice;

use super::flags::OutputFlags;
use super::signal::Signals;
use super::stderr::Stderr;
use crate::config::{cache_folder, has_tenant};
use crate::error::{Error, Level};
use crate::policy::Requester;
use crate::report::text::Colour;
use crate::separate::{Link, READER};
use crate::workspace::Workspace;

/// The name under which some ways of argocd-vault-plugin are kept.
const PREDECESSOR: &str = "argocd-vault-plugin";

/// The surroundings, as they were at the start.
#[derive(Debug)]
pub(super) struct Environment {
    /// What the program was called with, its own name first.
    pub(super) arguments: Vec<OsString>,
    /// The working folder and the environment variables; what is not UTF-8 in them is replaced.
    pub(super) workspace: Workspace,
    /// Whether stdin is a terminal, on which somebody would have to type.
    pub(super) stdin_is_terminal: bool,
    /// Whether stdout is a terminal.
    pub(super) stdout_is_terminal: bool,
    /// Where findings go.
    pub(super) stderr: Stderr,
    /// Whether findings go to a terminal.
    pub(super) stderr_is_terminal: bool,
    /// What is shown, and how.
    pub(super) output: OutputFlags,
    /// The signals that ask the program to end.
    pub(super) signals: Signals,
    /// When the program started.
    started: Instant,
    /// How long it may take; unset, for ever.
    pub(super) time_limit: OnceLock<Duration>,
    /// Whether a tenant may have called the program: Argo CD runs it, or `AVP_TENANT` says so.
    pub(super) has_tenant: bool,
    /// The connection to the process that holds the login, if this one only reads manifests.
    pub(super) link: Result<Option<Arc<Link>>, Error>,
    /// Whether the program is installed under argocd-vault-plugin's name: then some of its ways are kept.
    pub(super) is_predecessor: bool,
}

impl Environment {
    /// Reads the surroundings.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub(super) fn read() -> Self {
        let link = std::env::var_os(READER).map(|_| Link::take().map(Arc::new)).transpose();
        let reader = link.as_ref().ok().and_then(Option::as_deref);
        let text = |text: OsString| text.to_string_lossy().into_owned();
        let told = reader.map(Link::variables).unwrap_or_default().iter().cloned();
        let own = std::env::vars_os().filter(|(name, _)| name != READER).map(|(name, value)| (text(name), text(value)));
        let variables: BTreeMap<_, _> = own.chain(told).collect();
        let stderr = Stderr::find(variables.contains_key("HELM_PLUGIN_NAME"), cache_folder(&variables).as_deref());
        let arguments: Vec<OsString> = std::env::args_os().collect();
        Self {
            stderr_is_terminal: stderr.is_terminal(),
            stderr,
            has_tenant: has_tenant(&variables),
            is_predecessor: arguments.first().is_some_and(is_predecessor),
            output: OutputFlags::of_words(arguments.iter().filter_map(|word| word.to_str())),
            signals: reader.map(|link| Signals::without(link.ignored_signals())).unwrap_or_default(),
            started: reader.and_then(|link| Instant::now().checked_sub(link.elapsed())).unwrap_or_else(Instant::now),
            time_limit: reader.and_then(Link::time_limit).map(OnceLock::from).unwrap_or_default(),
            arguments,
            link,
            workspace: Workspace::new(std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")), variables),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
        }
    }

    /// Lets the program act as Argo CD would run it for `requester`.
    pub(super) fn act_as(&mut self, requester: &Requester) {
        requester.write_to(&mut self.workspace.variables);
    }

    /// Returns when the program has taken all of its time, with the words for that.
    pub(super) async fn out_of_time(&self) -> String {
        let Some(limit) = self.time_limit.get() else { return std::future::pending().await };
        let left = limit.saturating_sub(self.elapsed());
        // A timer of the runtime ends only once the runtime has looked at its clock.
        if !left.is_zero() {
            tokio::time::sleep(left).await;
        }
        format!("the end of its time (`AVP_TIMEOUT`: {limit:?})")
    }

    /// How long the program has been running.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The value of a variable, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.workspace.variable(name)
    }

    /// The name by which a shell finds the program.
    pub(super) fn program_name(&self) -> &'static str {
        if self.is_predecessor { PREDECESSOR } else { super::NAME }
    }

    /// Whether people are to see a finding: `--quiet` leaves out notes.
    pub(super) fn shows(&self, finding: &Error) -> bool {
        finding.level > Level::Note || !self.output.quiet
    }

    /// Whether findings on stderr are coloured.
    pub(super) fn colour(&self) -> Colour {
        self.colour_on(self.stderr_is_terminal)
    }

    /// Whether texts on stdout are coloured.
    pub(super) fn stdout_colour(&self) -> Colour {
        self.colour_on(self.stdout_is_terminal)
    }

    /// By `--color`, else by `NO_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR`, else on terminals that have colours.
    fn colour_on(&self, is_terminal: bool) -> Colour {
        let is_wanted = match self.output.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if self.get("NO_COLOR").is_some() => false,
            ColorChoice::Auto if self.get("CLICOLOR_FORCE").is_some_and(|force| force != "0") => true,
            ColorChoice::Auto => is_terminal && self.get("CLICOLOR") != Some("0") && self.get("TERM") != Some("dumb"),
        };
        if is_wanted { Colour::Ansi } else { Colour::None }
    }
}

fn is_predecessor(program: &OsString) -> bool {
    Path::new(program).file_name().is_some_and(|name| name == PREDECESSOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_predecessors_name_counts_wherever_it_lies() {
        for (program, expected) in [
            ("argocd-vault-plugin", true),
            ("/usr/local/bin/argocd-vault-plugin", true),
            ("vault-render", false),
            ("/argocd-vault-plugin/vault-render", false),
        ] {
            assert_eq!(is_predecessor(&program.into()), expected, "{program}");
        }
    }

    #[test]
    fn colours_are_for_terminals_unless_somebody_says_otherwise() {
        use ColorChoice::{Always, Auto, Never};
        for (color, terminal, variables, expected) in [
            (Auto, true, vec![], Colour::Ansi),
            (Auto, true, vec![("NO_COLOR", "")], Colour::Ansi),
            (Auto, true, vec![("NO_COLOR", "1")], Colour::None),
            (Auto, true, vec![("TERM", "dumb")], Colour::None),
            (Auto, true, vec![("CLICOLOR", "0")], Colour::None),
            (Auto, false, vec![], Colour::None),
            (Auto, false, vec![("CLICOLOR_FORCE", "1")], Colour::Ansi),
            (Auto, false, vec![("CLICOLOR_FORCE", "0")], Colour::None),
            (Auto, false, vec![("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], Colour::None),
            (Always, false, vec![("NO_COLOR", "1")], Colour::Ansi),
            (Never, true, vec![("CLICOLOR_FORCE", "1")], Colour::None),
        ] {
            let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            let environment = Environment {
                started: Instant::now(),
                time_limit: OnceLock::new(),
                arguments: Vec::new(),
                workspace: Workspace::new("", variables),
                stdin_is_terminal: false,
                stdout_is_terminal: terminal,
                stderr: Stderr::Own,
                stderr_is_terminal: terminal,
                is_predecessor: false,
                has_tenant: false,
                output: OutputFlags { color, ..OutputFlags::default() },
                signals: Signals::default(),
                link: Ok(None),
            };
            assert_eq!([environment.colour(), environment.stdout_colour()], [expected, expected]);
        }
    }
}
