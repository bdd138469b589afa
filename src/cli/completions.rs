//! `completions`: the script by which a shell asks the program how a word may go on, and the answers. An answer comes from the commands,
//! from folders and from Git: no setting is read and no store is asked.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use anyhow::Context;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter, complete};
use clap_complete::env::{EnvCompleter, Shells};

use super::environment::Environment;
use super::{leading_flags, output};
use crate::input;
use crate::workspace::Workspace;

/// Print the script with which a shell completes commands, flags, values, paths and Git revisions
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// The shell that will read it
    shell: clap_complete::Shell,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render completions bash > /etc/bash_completion.d/vault-render
  vault-render completions zsh > \"${fpath[1]}/_vault-render\"
  vault-render completions fish > ~/.config/fish/completions/vault-render.fish

The script asks the `vault-render` in PATH at each completion. Print it anew with a new version. No setting and no secret is read for a completion.";

/// The variable by which the script names its shell. An Application cannot set it: Argo CD puts a prefix before its variables.
const VARIABLE: &str = "VAULT_RENDER_COMPLETE";

/// The variables by which the scripts of some shells say which word is completed, and what separates candidates.
const INDEX: &str = "_CLAP_COMPLETE_INDEX";
const SEPARATOR: &str = "_CLAP_IFS";

/// Without this, zsh completes nothing at the first attempt when it loads the script by its file's name.
const ZSH_FIRST: &str = r#"[[ "${funcstack[1]}" == "_NAME" ]] && _clap_dynamic_completer_FUNCTION "$@"
"#;

/// Prints the shell's script.
pub(super) fn run(args: &Args, environment: &Environment) -> anyhow::Result<ExitCode> {
    let (name, mut script) = (environment.program_name(), Vec::new());
    let shell = args.shell.to_string();
    let shells = Shells::builtins();
    let adapter = shells.completer(&shell).context("this shell has no completions")?;
    adapter.write_registration(VARIABLE, name, name, name, &mut script).context("cannot make the script")?;
    if shell == "zsh" {
        let first = ZSH_FIRST.replace("NAME", name).replace("FUNCTION", &name.replace('-', "_"));
        script.extend_from_slice(first.as_bytes());
    }
    output::finish(&String::from_utf8_lossy(&script))
}

/// The answer to a script, if one asks.
pub(super) fn answer(environment: &Environment) -> Option<ExitCode> {
    let shells = Shells::builtins();
    let adapter = shells.completer(environment.get(VARIABLE)?)?;
    let (_, words) = environment.arguments.get(1..)?.split_first().filter(|(first, _)| *first == "--")?;
    let candidates = candidates(adapter, words.to_vec(), environment).unwrap_or_default();
    Some(output::write(&[&candidates]).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS))
}

/// What may stand in place of the last of the words, as the shell's script takes it.
fn candidates(adapter: &dyn EnvCompleter, words: Vec<OsString>, environment: &Environment) -> std::io::Result<Vec<u8>> {
    let mut program = with_candidates(super::command(), &environment.workspace);
    let folder = Some(environment.workspace.folder.as_path());
    let index = environment.get(INDEX).and_then(|index| index.parse().ok()).unwrap_or(words.len());
    let is_bash = adapter.name() == "bash";
    let (words, index) = if is_bash { without_equals(words, index) } else { (words, index) };
    let words: Vec<OsString> = words.iter().map(|word| unquoted(&word.to_string_lossy()).into()).collect();
    let words = leading_flags::behind_command(&words, &program);
    if is_bash {
        let found = complete(&mut program, words, index, folder)?;
        let values: Vec<String> = found.iter().map(|one| quoted(&one.get_value().to_string_lossy())).collect();
        return Ok(values.join(environment.get(SEPARATOR).unwrap_or("\n")).into_bytes());
    }
    let mut written = Vec::new();
    adapter.write_complete(&mut program, words, folder, &mut written)?;
    Ok(written)
}

/// bash breaks words at `=`: `--base=ma` comes as three words, and the last of them is completed.
fn without_equals(words: Vec<OsString>, index: usize) -> (Vec<OsString>, usize) {
    let is_between = |(at, word): &(usize, &OsString)| *at < index && *word == "=";
    let dropped = words.iter().enumerate().filter(is_between).count();
    let kept = words.iter().enumerate().filter(|word| !is_between(word)).map(|(_, word)| word.clone()).collect();
    (kept, index - dropped)
}

/// A word as it is typed, without its backslashes.
fn unquoted(word: &str) -> String {
    let mut chars = word.chars();
    std::iter::from_fn(|| chars.next().and_then(|char| if char == '\\' { chars.next() } else { Some(char) })).collect()
}

/// A word as bash is to write it.
fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "-_./=:,+@%^~".contains(char);
    word.chars().flat_map(|char| (!is_plain(char)).then_some('\\').into_iter().chain([char])).collect()
}

/// The program, with what completes a value: the value's name in the help says what it is.
fn with_candidates(program: clap::Command, workspace: &Workspace) -> clap::Command {
    program.mut_subcommands(|command| {
        command.mut_args(|arg| {
            let kinds = ValueKind::of(&arg);
            let workspace = workspace.clone();
            match kinds.is_empty() {
                true => arg,
                false => arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
                    kinds.iter().flat_map(|kind| kind.candidates(typed, &workspace)).collect()
                })),
            }
        })
    })
}

/// What a value is, by one of the alternatives in its name: `REV|DIR|live` has three.
enum ValueKind {
    Revision,
    Folder,
    Path,
    Word(String),
}

impl ValueKind {
    fn of(arg: &clap::Arg) -> Vec<Self> {
        let names = arg.get_value_names().unwrap_or_default().iter().flat_map(|name| name.split('|'));
        names.filter_map(Self::named).collect()
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "REV" => Some(Self::Revision),
            "DIR" => Some(Self::Folder),
            "FILE" | "PATH" | "WORD" => Some(Self::Path),
            word if word.chars().all(|char| char.is_ascii_lowercase()) => Some(Self::Word(word.to_owned())),
            _ => None,
        }
    }

    fn candidates(&self, typed: &OsStr, workspace: &Workspace) -> Vec<CompletionCandidate> {
        let begun = |names: Vec<String>| {
            let start = typed.to_string_lossy();
            names.into_iter().filter(|name| name.starts_with(&*start)).map(CompletionCandidate::new).collect()
        };
        match self {
            Self::Revision => begun(input::revisions(workspace)),
            Self::Folder => PathCompleter::dir().current_dir(&workspace.folder).complete(typed),
            Self::Path => PathCompleter::any().current_dir(&workspace.folder).complete(typed),
            Self::Word(word) => begun(vec![word.clone()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_bash_has_broken_off_its_flag_is_completed() {
        for (line, index, expected) in [
            ("x diff --base = ma", 4, ("x diff --base ma", 3)),
            ("x diff --base = ", 4, ("x diff --base ", 3)),
            ("x a --b = c --d = e", 4, ("x a --b c --d = e", 3)),
            ("x diff --base ma", 3, ("x diff --base ma", 3)),
        ] {
            let words = line.split(' ').map(OsString::from).collect();
            let (words, index) = without_equals(words, index);
            let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
            assert_eq!((words.join(" ").as_str(), index), expected, "{line}");
        }
    }

    #[test]
    fn words_are_quoted_for_bash_and_back() {
        for (word, written) in
            [("with blank.yaml", "with\\ blank.yaml"), ("a/b-1.0~", "a/b-1.0~"), ("it's\\", "it\\'s\\\\")]
        {
            assert_eq!(quoted(word), written);
            assert_eq!(unquoted(written), word);
        }
    }

    #[test]
    fn what_a_value_is_stands_in_its_name() {
        let names = |name: &'static str| ValueKind::of(&clap::Arg::new("x").value_name(name)).len();
        assert_eq!([names("REV|DIR|live"), names("FILE"), names("NAME"), names("[NAMESPACE:]NAME")], [3, 1, 0, 0]);
    }
}
