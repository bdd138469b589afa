//! Flags before the command: they count as though they stood behind it. argocd-vault-plugin takes its flags on either side.

use std::ffi::OsString;

use clap::{Arg, Command};

/// The arguments with the command before the flags. They stay as they are where no command follows the flags.
pub(super) fn behind_command(arguments: &[OsString], program: &Command) -> Vec<OsString> {
    let mut arguments = arguments.to_vec();
    let command = first_word(&arguments, program);
    let is_command = |word: &OsString| word.to_str().is_some_and(|word| program.find_subcommand(word).is_some());
    if arguments.get(command).is_some_and(is_command) {
        arguments[1..=command].rotate_right(1);
    }
    arguments
}

/// Where the first word stands that is neither a flag nor its value.
fn first_word(arguments: &[OsString], program: &Command) -> usize {
    let mut index = 1;
    while let Some(word) = arguments.get(index).map(|word| word.to_string_lossy()) {
        if !word.starts_with('-') || word == "-" || word == "--" {
            break;
        }
        index += if takes_next_word(&word, program) { 2 } else { 1 };
    }
    index
}

/// Whether the value of a flag is the next word.
fn takes_next_word(flag: &str, program: &Command) -> bool {
    match flag.strip_prefix("--") {
        Some(name) => !name.contains('=') && has_value(program, |arg| arg.get_long() == Some(name)),
        None => {
            let mut letters = flag.chars().skip(1);
            letters.find(|letter| has_value(program, |arg| arg.get_short() == Some(*letter))).is_some()
                && letters.next().is_none()
        }
    }
}

/// Whether a flag of the program or of one of its commands takes a value.
fn has_value(program: &Command, is_flag: impl Fn(&Arg) -> bool) -> bool {
    let commands = program.get_subcommands().filter(|command| takes_leading_flags(command));
    let mut flags = commands.chain([program]).flat_map(Command::get_arguments);
    flags.any(|arg| is_flag(arg) && arg.get_action().takes_values())
}

/// Whether a command's own flags may stand before it: those of `man` may not, whose `--all` is another than that of `keep`.
fn takes_leading_flags(command: &Command) -> bool {
    command.get_name() != "man"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let moved = behind_command(&words, &super::super::command());
        moved.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn flags_go_behind_the_command() {
        for (line, expected) in [
            ("x -s argocd:vault generate ./", "x generate -s argocd:vault ./"),
            ("x -c f generate a", "x generate -c f a"),
            ("x -cf -sname generate a", "x generate -cf -sname a"),
            (
                "x --config-path=f --disable-token-cache generate -",
                "x generate --config-path=f --disable-token-cache -",
            ),
            ("x --secret-name generate generate", "x generate --secret-name generate"),
            ("x --strict build -- -f x", "x build --strict -- -f x"),
            ("x generate -c f", "x generate -c f"),
            ("x -c generate", "x -c generate"),
            ("x -c f nothing", "x -c f nothing"),
            ("x -- generate", "x -- generate"),
            ("x", "x"),
        ] {
            assert_eq!(moved(line), expected);
        }
    }

    /// A flag before the command is read without knowing the command.
    #[test]
    fn a_flag_takes_a_value_in_every_command_or_in_none() {
        let program = super::super::command();
        let commands = || program.get_subcommands().filter(|command| takes_leading_flags(command));
        let flags = || commands().flat_map(Command::get_arguments);
        for arg in flags().filter(|arg| arg.get_long().is_some()) {
            let is_same = |other: &&Arg| {
                other.get_long() == arg.get_long() || other.get_short().is_some_and(|one| arg.get_short() == Some(one))
            };
            for other in flags().filter(is_same) {
                assert_eq!(other.get_action().takes_values(), arg.get_action().takes_values(), "{arg:?}");
            }
        }
    }
}
