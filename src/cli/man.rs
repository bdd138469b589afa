//! `man`: the manual pages, of the program and of its commands, as roff. What a page says is taken from the help and from the settings' table.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Command;
use clap::builder::StyledStr;

use super::environment::Environment;
use super::help::{self, Paragraph};
use super::output;
use super::save::save;
use crate::backend;

/// Print the manual page of the program or of a command
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// A command; without one the page is the program's
    command: Option<String>,

    /// Write all pages into a folder, which is made
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    all: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render man generate | man -l -
  vault-render man --all ~/.local/share/man/man1";

/// The variables of the environment that are not settings.
const VARIABLES: &[(&str, &str)] = &[
    ("ARGOCD_ENV_X", "The setting X as an Application sets it: with a tenant's authority."),
    (
        "ARGOCD_APP_NAME, ARGOCD_APP_NAMESPACE, KUBE_VERSION, KUBE_API_VERSIONS",
        "Argo CD's own: the release and the cluster of a chart.",
    ),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "The proxy of requests."),
    ("KUBECONFIG", "The cluster of `-s` and of `diff --base live`."),
    ("NO_COLOR, CLICOLOR, CLICOLOR_FORCE", "Whether to use colours; `--color` comes before."),
    ("TMPDIR, XDG_RUNTIME_DIR, XDG_CACHE_HOME", "Where private folders, render slots and tokens are kept."),
];

const FILES: &[(&str, &str)] = &[
    ("~/.vault-token", "The token that `vault login` left behind: VAULT_TOKEN where nothing else sets it."),
    ("~/.cache/vault-render/", "Tokens of logins, readable by their owner alone; `--disable-token-cache` keeps none."),
    ("~/.kube/config", "The cluster, unless KUBECONFIG names another file."),
    (
        "Chart.yaml, kustomization.yaml",
        "A folder that holds one is built with helm or kustomize, except by `generate`.",
    ),
];

const EXIT_STATUS: &str = "Interrupted: 130. Ended by SIGTERM: 143.";

/// Prints the page, or writes all of them.
pub(super) fn run(args: &Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let mut program = super::command();
    program.build();
    let Some(folder) = &args.all else {
        let command = args.command.as_deref().and_then(|name| program.find_subcommand(name)).unwrap_or(&program);
        return output::finish(&page(command, &program)?);
    };
    let place = environment.workspace.locate(folder);
    std::fs::create_dir_all(&place).with_context(|| format!("cannot make `{}`", folder.display()))?;
    for command in shown(&program).chain([&program]) {
        save(&folder.join(format!("{}.1", title(command))), &page(command, &program)?, &environment.workspace)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The program, with the names of its commands where `man` takes one. A derived list could not name its own commands.
pub(super) fn with_names(program: Command) -> Command {
    let names: Vec<String> = shown(&program).map(|command| command.get_name().to_owned()).collect();
    let names = clap::builder::PossibleValuesParser::new(names);
    program.mut_subcommand("man", |man| man.mut_arg("command", |page| page.value_parser(names)))
}

/// The commands that help shows, but for clap's own `help`, whose page would say nothing.
fn shown(program: &Command) -> impl Iterator<Item = &Command> {
    program.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

/// `vault-render-generate`
fn title(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The page of a command, or of the program itself.
fn page(command: &Command, program: &Command) -> anyhow::Result<String> {
    let text = command.get_after_long_help().map(StyledStr::to_string).unwrap_or_default();
    let parts = Parts::of(help::paragraphs(&text));
    // Below its flags a page of clap's would run the text into one paragraph: it is written here.
    let man = clap_mangen::Man::new(command.clone()).manual("vault-render");
    let mut page = Vec::new();
    man.render_title(&mut page)
        .and_then(|()| man.render_name_section(&mut page))
        .and_then(|()| man.render_synopsis_section(&mut page))
        .and_then(|()| man.render_description_section(&mut page))
        .context("cannot make the page")?;
    page.extend(parts.description.bytes());
    man.render_options_section(&mut page).context("cannot make the page")?;
    let is_program = command.get_name() == program.get_name();
    let commands =
        shown(program).map(|one| (title(one), one.get_about().map(StyledStr::to_string).unwrap_or_default()));
    let sections = [
        section("COMMANDS", &if is_program { list(commands) } else { String::new() }),
        section("EXAMPLES", &parts.examples),
        section("ENVIRONMENT", &environment(command, is_program)),
        section("FILES", &list(FILES.iter().filter(|_| is_program || reads_settings(command)).copied())),
        section("EXIT STATUS", &format!("{}{}", parts.exit_status, flowing(EXIT_STATUS))),
        section("SEE ALSO", &flowing(&see_also(command, program))),
    ];
    page.extend(sections.concat().bytes());
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// The text below a command's flags, by the sections of its page.
#[derive(Default)]
struct Parts {
    description: String,
    examples: String,
    exit_status: String,
}

impl Parts {
    fn of(paragraphs: Vec<Paragraph>) -> Self {
        let mut parts = Self::default();
        for paragraph in paragraphs {
            match &paragraph {
                Paragraph::Literal(lines) if lines[0].starts_with(help::EXAMPLES) => {
                    parts.examples += &literal(&lines[1..])
                }
                Paragraph::Literal(lines) => parts.description += &literal(lines),
                Paragraph::Flowing(text) => match text.strip_prefix("Exit code").and_then(|rest| rest.split_once(": "))
                {
                    Some((_, codes)) => parts.exit_status += &flowing(codes),
                    None => parts.description += &flowing(text),
                },
            }
        }
        parts
    }
}

/// The settings of a command that reads some, and other variables.
fn environment(command: &Command, is_program: bool) -> String {
    if !(is_program || reads_settings(command)) {
        return String::new();
    }
    let settings = backend::settings().rows().iter().map(|row| (row.name(), format!("{}.", row.declaration().doc)));
    list(settings) + &list(VARIABLES.iter().copied())
}

fn reads_settings(command: &Command) -> bool {
    command.get_arguments().any(|arg| arg.get_long() == Some("config-path"))
}

fn see_also(command: &Command, program: &Command) -> String {
    let others = shown(program).chain([program]).map(title).filter(|name| *name != title(command));
    others.map(|name| format!("{name}(1)")).collect::<Vec<_>>().join(", ")
}

/// A section; none without a text.
fn section(heading: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(".SH \"{heading}\"\n{text}") }
}

/// Names, each with what it means below it.
fn list<N: AsRef<str>, T: AsRef<str>>(rows: impl IntoIterator<Item = (N, T)>) -> String {
    let row = |(name, text): (N, T)| format!(".TP\n\\fB{}\\fR\n{}\n", escaped(name.as_ref()), escaped(text.as_ref()));
    rows.into_iter().map(row).collect()
}

/// A paragraph.
fn flowing(text: &str) -> String {
    format!(".PP\n{}\n", escaped(text))
}

/// Lines that stay as they are.
fn literal(lines: &[String]) -> String {
    let lines: String = lines.iter().map(|line| escaped(line) + "\n").collect();
    format!(".PP\n.nf\n{lines}.fi\n")
}

/// A line whose characters mean nothing to roff.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    if line.starts_with('.') { format!("\\&{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page() {
        let parser = super::super::command();
        for name in shown(&parser).map(Command::get_name) {
            assert!(super::super::command().try_get_matches_from(["vault-render", "man", name]).is_ok(), "{name}");
        }
    }

    #[test]
    fn nothing_in_a_text_is_read_as_roff() {
        assert_eq!(escaped(".TH a\\b 'c' --d"), "\\&.TH a\\eb \\(aqc\\(aq \\-\\-d");
    }
}
