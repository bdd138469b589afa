//! The files and programs that the operator's own words for a tool name: the tool may use them, wherever they are.

use std::path::{Path, PathBuf};

use super::allow::{Flag, FlagRule};

/// The files and programs of this machine that words name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OperatorFiles {
    /// Files and folders to read.
    pub read: Vec<PathBuf>,
    /// Programs to run: names to look up, or paths.
    pub run: Vec<String>,
    /// Whether programs of the repository run.
    pub runs_repository: bool,
}

/// What the value of a flag names on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// Nothing, or what a tenant may name too.
    Nothing,
    /// Files or folders, separated by commas.
    Files,
    /// A program.
    Program,
    /// Nothing, and programs of the repository run.
    RunsRepository,
}

/// The files and programs that `words` name by these flags; a relative path is relative to `folder`.
pub(super) fn operator_files(flags: &'static [Flag], words: &[String], folder: &Path) -> OperatorFiles {
    let mut found = OperatorFiles::default();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let Some((flag, value)) = find(flags, word) else { continue };
        let has_value = flag.rule != FlagRule::Switch && flag.operand != Operand::RunsRepository;
        let value = match value {
            None if has_value => words.next().map(String::as_str),
            value => value,
        };
        let value = value.unwrap_or_default();
        if !value.is_empty() || flag.operand == Operand::RunsRepository {
            found.add(flag, value, folder);
        }
    }
    found
}

impl OperatorFiles {
    fn add(&mut self, flag: &Flag, value: &str, folder: &Path) {
        let path = |path: &str| folder.join(path.trim_matches('"'));
        match (flag.operand, flag.rule) {
            (Operand::Files, _) | (_, FlagRule::Files) => self.read.extend(value.split(',').map(path)),
            (_, FlagRule::KeyFile) => {
                self.read.extend(value.split(',').filter_map(|pair| Some(path(pair.split_once('=')?.1))));
            }
            (Operand::Program, _) => self.run.push(value.to_owned()),
            (Operand::RunsRepository, _) => self.runs_repository |= value != "false",
            (Operand::Nothing, _) => {}
        }
    }
}

/// A word's flag, and the value that is written in the same word.
fn find<'w>(flags: &'static [Flag], word: &'w str) -> Option<(&'static Flag, Option<&'w str>)> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    if name.starts_with("--") {
        return flags.iter().find(|flag| flag.name == name).map(|flag| (flag, value));
    }
    let rest = word.strip_prefix('-')?;
    let letter = rest.chars().next()?;
    let value = &rest[letter.len_utf8()..];
    let value = value.strip_prefix('=').unwrap_or(value);
    let flag = flags.iter().find(|flag| flag.letter == Some(letter))?;
    Some((flag, Some(value).filter(|value| !value.is_empty())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[Flag] = &[
        Flag::new("--set", FlagRule::Text),
        Flag::new("--values", FlagRule::Files).letter('f'),
        Flag::new("--set-file", FlagRule::KeyFile),
        Flag::new("--skip-tests", FlagRule::Switch),
        Flag::refused("--ca-file", "").operand(Operand::Files),
        Flag::refused("--post-renderer", "").operand(Operand::Program),
        Flag::refused("--enable-exec", "").operand(Operand::RunsRepository),
    ];

    fn read(words: &str) -> OperatorFiles {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        operator_files(FLAGS, &words, Path::new("/w"))
    }

    #[test]
    fn files_are_found_in_every_spelling() {
        for (words, files) in [
            ("-f a.yaml -f/b.yaml -f=c,/d --skip-tests -f e", vec!["/w/a.yaml", "/b.yaml", "/w/c", "/d", "/w/e"]),
            ("--values /dev/fd/63 --values=x --ca-file /ca.pem", vec!["/dev/fd/63", "/w/x", "/ca.pem"]),
            ("--set-file a=/x,b=y", vec!["/x", "/w/y"]),
            ("--set path=/ --set a=/etc --set -f /etc --unknown /etc /etc -", vec![]),
            ("-f", vec![]),
        ] {
            let files: Vec<PathBuf> = files.into_iter().map(PathBuf::from).collect();
            assert_eq!(read(words).read, files, "{words}");
        }
    }

    #[test]
    fn programs_are_found_and_whether_the_repository_s_run() {
        assert_eq!(read("--post-renderer ./x --post-renderer=y").run, ["./x", "y"]);
        assert!(read("--enable-exec ./x").runs_repository && read("--enable-exec=true").runs_repository);
        assert!(!read("--enable-exec=false --set --enable-exec").runs_repository);
    }
}
