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
    for FlagUse { flag, value, .. } in uses(flags, words) {
        if !value.is_empty() || flag.operand == Operand::RunsRepository {
            found.add(flag, value, folder);
        }
    }
    found
}

/// The words, with other files in place of those that they name by these flags. `other` takes a path as it is written.
pub(super) fn with_files(
    flags: &'static [Flag],
    words: &[String],
    other: &mut dyn FnMut(&str) -> Option<String>,
) -> Vec<String> {
    let mut out = words.to_vec();
    for FlagUse { flag, value, at } in uses(flags, words) {
        let mut path = |path: &str| other(path.trim_matches('"')).unwrap_or_else(|| path.to_owned());
        let replaced: Vec<String> = value
            .split(',')
            .map(|part| match (flag.operand, flag.rule) {
                (Operand::Files, _) | (_, FlagRule::Files) => path(part),
                (_, FlagRule::KeyFile) => {
                    part.split_once('=').map_or_else(|| part.to_owned(), |(key, file)| format!("{key}={}", path(file)))
                }
                _ => part.to_owned(),
            })
            .collect();
        let before = words[at].len() - value.len();
        out[at].replace_range(before.., &replaced.join(","));
    }
    out
}

/// A flag among words.
struct FlagUse<'w> {
    flag: &'static Flag,
    /// The value, empty without one.
    value: &'w str,
    /// The word that ends with the value.
    at: usize,
}

/// The flags among the words.
fn uses<'w>(flags: &'static [Flag], words: &'w [String]) -> Vec<FlagUse<'w>> {
    let (mut uses, mut at) = (Vec::new(), 0);
    while let Some(word) = words.get(at) {
        if let Some((flag, value)) = find(flags, word) {
            let has_value = flag.rule != FlagRule::Switch && flag.operand != Operand::RunsRepository;
            let next = words.get(at + 1).filter(|_| has_value && value.is_none());
            at += usize::from(next.is_some());
            uses.push(FlagUse { flag, value: value.or(next.map(String::as_str)).unwrap_or_default(), at });
        }
        at += 1;
    }
    uses
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
    fn other_files_stand_where_the_first_were_named() {
        for (words, expected) in [
            ("-f /dev/fd/6 --set a=/dev/fd/6 -f/dev/fd/63", "-f /COPY/6 --set a=/dev/fd/6 -f/COPY/63"),
            ("--values=a.yaml,/dev/fd/6 -f=/dev/fd/6", "--values=a.yaml,/COPY/6 -f=/COPY/6"),
            ("--set-file a=/dev/fd/6,b=c --ca-file /dev/fd/7", "--set-file a=/COPY/6,b=c --ca-file /COPY/7"),
            ("--post-renderer /dev/fd/6 --skip-tests -f", "--post-renderer /dev/fd/6 --skip-tests -f"),
        ] {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            let mut copy = |path: &str| path.strip_prefix("/dev/fd").map(|number| format!("/COPY{number}"));
            assert_eq!(with_files(FLAGS, &words, &mut copy).join(" "), expected);
        }
    }

    #[test]
    fn programs_are_found_and_whether_the_repository_s_run() {
        assert_eq!(read("--post-renderer ./x --post-renderer=y").run, ["./x", "y"]);
        assert!(read("--enable-exec ./x").runs_repository && read("--enable-exec=true").runs_repository);
        assert!(!read("--enable-exec=false --set --enable-exec").runs_repository);
    }
}
