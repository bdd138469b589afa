//! vault-render under the name of Argo CD's own plugin server: it takes that program's flags and its plugin.yaml, and serves as `serve` does.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;

use super::environment::Environment;
use super::observers::ObserverFlags;
use super::runtime::complete;
use super::serve;
use super::{Command, SessionCommand, output};
use crate::error::{Error, Errors, Kind};
use crate::pass::SettingFlags;
use crate::report;
use crate::server::{BuildCommand, Options, PluginFile};

/// The name.
const NAME: &str = "argocd-cmp-server";

/// The definition's file in its folder.
const FILE: &str = "plugin.yaml";

/// vault-render in place of Argo CD's plugin server: it renders what the plugin's definition renders, without a process for each Application
#[derive(Debug, Parser)]
#[command(name = NAME, bin_name = NAME, version, max_term_width = super::help::WIDTH, after_help = AFTER_HELP)]
struct Args {
    /// The folder of the plugin's definition, plugin.yaml
    #[arg(long, value_name = "DIR", default_value = "/home/argocd/cmp-server/config")]
    config_dir_path: PathBuf,

    #[command(flatten)]
    observers: ObserverFlags,
}

const AFTER_HELP: &str = "\
Of the plugin's definition it takes name, version, discovery by fileName or find.glob, and static parameters. The commands may be those of
vault-render and of argocd-vault-plugin: `vault-render build . --strict`, `argocd-vault-plugin generate ./`, with or without a shell around
them. It refuses others, with the reason. A discovery may also be a `find` by names, as in the guides of argocd-vault-plugin.

`vault-render serve --help` says more about sockets and signals.

Exit codes: 0 ended by a signal, 2 the definition or a setting is wrong, or the socket is taken.";

/// Whether the program was called by that name.
pub(super) fn is_called(environment: &Environment) -> bool {
    environment.arguments.first().is_some_and(|program| Path::new(program).file_name().is_some_and(|name| name == NAME))
}

/// Runs the program by that name.
pub(super) fn main(environment: &Environment) -> ExitCode {
    let args = match Args::try_parse_from(&environment.arguments) {
        Ok(args) => args,
        Err(error) => return output::usage(&error, environment),
    };
    let served = complete(Builder::new_multi_thread(), run(&args, environment));
    served.unwrap_or_else(|failure| {
        output::fail(&failure, environment);
        ExitCode::from(output::FAILED)
    })
}

async fn run(args: &Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (options, flags) = match args.options(environment) {
        Ok(read) => read,
        Err(errors) => {
            output::report(&report::in_order(errors, &[]), environment);
            return Ok(ExitCode::from(output::FAILED));
        }
    };
    serve::serve(&options, flags, environment).await
}

impl Args {
    /// What is served, and by which settings.
    fn options(&self, environment: &Environment) -> Result<(Options, SettingFlags), Errors> {
        let path = environment.workspace.locate(&self.config_dir_path).join(FILE);
        let unreadable = |error: std::io::Error| {
            Error::new(Kind::Setting, format!("cannot read the plugin's definition `{}`", path.display()))
                .cause(error.to_string())
                .hint("`--config-dir-path` names its folder")
        };
        let file = PluginFile::parse(&fs::read_to_string(&path).map_err(unreadable)?)?;
        let (command, flags) = served(&file.command)?;
        let PluginFile { name, discovery, parameters, .. } = file;
        let options = Options { name, discovery, parameters, command, ..self.observers.options(environment)? };
        Ok((options, flags))
    }
}

/// What our command in a definition does with each application, and its flags about settings.
fn served(words: &[String]) -> Result<(BuildCommand, SettingFlags), Error> {
    let refused = |cause: String| {
        let detail = format!("the plugin's definition: `generate` runs `{}`, which cannot be served", words.join(" "));
        Error::new(Kind::Setting, detail).cause(cause).hint("`vault-render build . --strict` can: see docs/argocd.md")
    };
    let line: Vec<OsString> = words.iter().map(OsString::from).collect();
    let arguments = super::parsed(super::command(), &line).map_err(|error| {
        let text = error.to_string();
        refused(text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned())
    })?;
    let (command, flags) = match &arguments.command {
        Command::Session(SessionCommand::Build(args)) => (args.served(), &args.flags),
        Command::Session(SessionCommand::Generate(args)) => (args.served(), &args.flags),
        _ => (Err("the command"), &super::flags::Flags::default()),
    };
    match command {
        Ok(command) => Ok((command, SettingFlags::from(flags))),
        Err(part) => Err(refused(format!("`serve` does not know {part}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::Tool;

    fn served_line(line: &str) -> Result<(BuildCommand, SettingFlags), Error> {
        served(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_flags_are_consistent() {
        <Args as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_command_of_ours_is_what_each_call_does() {
        let (command, flags) = served_line("vault-render build . --strict -s argocd:avp -- -f prod.yaml").unwrap();
        assert_eq!((command.is_strict, command.may_be_empty, command.tool), (true, false, None));
        assert_eq!(
            (command.tools.words, flags.secret_name.as_deref()),
            (vec!["-f".to_owned(), "prod.yaml".to_owned()], Some("argocd:avp"))
        );
        let (command, _) = served_line("vault-render generate ./ --allow-empty").unwrap();
        assert_eq!((command.is_strict, command.may_be_empty, command.tool), (false, true, Some(Tool::Plain)));
    }

    #[test]
    fn what_serve_does_not_know_is_named() {
        for (line, expected) in [
            ("vault-render build apps", "a folder other than `.`"),
            ("vault-render build . --then kustomize", "`--then`"),
            ("vault-render build . --mask", "`--mask`"),
            ("vault-render generate a.yaml", "a path other than `.`"),
            ("vault-render generate", "a path other than `.`"),
            ("vault-render check .", "the command"),
            ("vault-render build . --strickt", "unexpected argument '--strickt' found"),
        ] {
            let error = served_line(line).unwrap_err();
            assert!(error.in_one_line().contains(expected), "{line}: {}", error.in_one_line());
        }
    }
}
