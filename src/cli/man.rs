//! `man`: the manual page, of the program or of one command.

use std::process::ExitCode;

use anyhow::Context;

use super::output;

/// Print the manual page
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vault-render man generate | man -l -")]
pub(super) struct Args {
    /// A command; without one the page is the program's
    command: Option<String>,
}

/// Prints the page as roff.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut program = super::command();
    program.build();
    let command = args.command.as_deref().and_then(|name| program.find_subcommand(name)).unwrap_or(&program);
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).context("cannot make the page")?;
    output::finish(&String::from_utf8_lossy(&page))
}

/// The program, with the names of its commands where `man` takes one. A derived list could not name its own commands.
pub(super) fn with_names(program: clap::Command) -> clap::Command {
    let shown = program.get_subcommands().filter(|command| !command.is_hide_set());
    let names: Vec<String> = shown.map(|command| command.get_name().to_owned()).collect();
    let names = clap::builder::PossibleValuesParser::new(names);
    program.mut_subcommand("man", |man| man.mut_arg("command", |page| page.value_parser(names)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_has_a_page() {
        let parser = super::super::command();
        let visible = parser.get_subcommands().filter(|command| !command.is_hide_set());
        for name in visible.map(|command| command.get_name().to_owned()) {
            assert!(super::super::command().try_get_matches_from(["vault-render", "man", &name]).is_ok(), "{name}");
        }
    }
}
