//! How help is arranged: commands in groups, short with `-h`, whole with `--help`, in paragraphs that clap breaks where the terminal ends.
//! The texts stand beside their commands.

use clap::Command;
use clap::builder::{Resettable, StyledStr};

/// The widest help.
pub(super) const WIDTH: usize = 120;

/// The commands by what they are for.
const GROUPS: &[(&str, &[&str])] = &[
    ("Every day", &["generate", "build", "diff", "plan", "explain", "settings", "doctor", "keep"]),
    ("In CI", &["check", "policy", "record"]),
    ("For Argo CD, kustomize and kpt", &["serve", "healthcheck", "fn", "discover", "parameters"]),
    ("From argocd-vault-plugin", &["migrate"]),
    ("About the program", &["help", "version", "completions", "man"]),
];

/// How wide the list of commands is, which clap does not break.
const LIST_WIDTH: usize = 80;

/// The name of clap's own command, which it adds later than all others.
const HELP: (&str, &str) = ("help", "Print help, of the program or of a command");

/// A part of the text below a command's flags.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Paragraph {
    /// A text to break into lines anywhere.
    Flowing(String),
    /// Lines that stay as they are, below their heading.
    Literal(Vec<String>),
}

/// The program with its help arranged.
pub(super) fn arranged(program: Command) -> Command {
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}Options:\n{{options}}{{after-help}}",
        groups(&program)
    );
    long(program).mut_subcommands(long).help_template(StyledStr::from(template))
}

/// The paragraphs of a text: those with an indented line are literal.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph> {
    let paragraph = |text: &str| match text.lines().any(|line| line.starts_with(' ')) {
        true if text.starts_with(EXAMPLES) => Paragraph::Literal(examples(text.lines())),
        true => Paragraph::Literal(text.lines().map(str::to_owned).collect()),
        false => Paragraph::Flowing(text.lines().collect::<Vec<_>>().join(" ")),
    };
    text.split("\n\n").map(paragraph).collect()
}

/// How the heading of examples begins.
pub(super) const EXAMPLES: &str = "Example";

/// Where the remarks of examples stand at least, in the sources.
const REMARKS: usize = 20;

/// Examples with the remark of each on a line above it, so that none is broken: in the sources it stands beside it, or below a long one.
fn examples<'l>(mut lines: impl Iterator<Item = &'l str>) -> Vec<String> {
    let mut out: Vec<String> = lines.next().map(str::to_owned).into_iter().collect();
    for line in lines {
        let is_remark = line.len() - line.trim_start().len() >= REMARKS;
        let (command, remark) = match line.trim().split_once("  ") {
            _ if is_remark => (out.pop().unwrap_or_default().trim().to_owned(), line.trim()),
            Some((command, remark)) => (command.to_owned(), remark.trim()),
            None => (line.trim().to_owned(), ""),
        };
        out.extend((!remark.is_empty()).then(|| format!("  # {remark}")));
        out.push(format!("  {command}"));
    }
    out
}

impl Paragraph {
    /// The paragraph as help shows it.
    fn text(&self) -> String {
        match self {
            Self::Flowing(text) => text.clone(),
            Self::Literal(lines) => lines.join("\n"),
        }
    }
}

/// The command with its text below the flags in long help alone.
fn long(command: Command) -> Command {
    let Some(text) = command.get_after_help().map(StyledStr::to_string) else { return command };
    let text = paragraphs(&text).iter().map(Paragraph::text).collect::<Vec<_>>().join("\n\n");
    command.after_help(Resettable::Reset).after_long_help(text)
}

/// The list of commands.
fn groups(program: &Command) -> String {
    let about = |name: &str| match program.find_subcommand(name).and_then(Command::get_about) {
        Some(about) => about.to_string(),
        None => HELP.1.to_owned(),
    };
    let width = GROUPS.iter().flat_map(|(_, names)| *names).map(|name| name.len()).max().unwrap_or_default();
    let row = |name: &str| format!("  {name:width$}  {}\n", hanging(&about(name), width + 4));
    let group = |(heading, names): &(&str, &[&str])| {
        format!("{heading}:\n{}\n", names.iter().map(|name| row(name)).collect::<String>())
    };
    GROUPS.iter().map(group).collect()
}

/// A text whose further lines begin below its first.
fn hanging(text: &str, column: usize) -> String {
    let (mut out, mut left) = (String::new(), LIST_WIDTH - column);
    for word in text.split(' ') {
        if !out.is_empty() && word.len() + 1 > left {
            out += &format!("\n{:column$}{word}", "");
            left = LIST_WIDTH - column;
        } else {
            out += &format!("{}{word}", if out.is_empty() { "" } else { " " });
        }
        left = left.saturating_sub(word.len() + 1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        let program = super::super::command();
        let shown = program.get_subcommands().filter(|command| !command.is_hide_set()).map(Command::get_name);
        let mut shown: Vec<&str> = shown.chain([HELP.0]).collect();
        let mut grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        shown.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(shown, grouped);
    }

    #[test]
    fn texts_flow_and_examples_stay() {
        let text = "Examples:\n  a\n  b\n\nOne\ntwo.\n\nwith\n\n  c: 1";
        let literal = |lines: &[&str]| Paragraph::Literal(lines.iter().map(|line| (*line).to_owned()).collect());
        let flowing = |text: &str| Paragraph::Flowing(text.to_owned());
        let expected =
            [literal(&["Examples:", "  a", "  b"]), flowing("One two."), flowing("with"), literal(&["  c: 1"])];
        assert_eq!(paragraphs(text), expected);
    }

    #[test]
    fn the_remark_of_an_example_stands_above_it() {
        let long = format!("  vr long\n{:30}what it does", "");
        let text = format!("Examples:\n  vr a    what a does\n  vr b\n{long}\n  vr c -- -x   c");
        let shown = "Examples:\n  # what a does\n  vr a\n  vr b\n  # what it does\n  vr long\n  # c\n  vr c -- -x";
        assert_eq!(paragraphs(&text)[0].text(), shown);
    }

    #[test]
    fn a_long_line_hangs() {
        let words = ["word"; 20].join(" ");
        assert!(hanging(&words, 15).lines().all(|line| line.len() <= LIST_WIDTH - 15 + 15));
        assert_eq!(hanging("one two", 15), "one two");
    }
}
