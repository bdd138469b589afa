//! The files and programs that the operator's own words name: the tool may use them, wherever they are.

use std::path::{Path, PathBuf};

use super::allow::{Flag, Rule};

/// What words name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Files and folders to read.
    pub read: Vec<PathBuf>,
    /// Programs to run: names to look up, or paths.
    pub run: Vec<String>,
    /// Whether programs of the repository run.
    pub runs_repository: bool,
}

/// What the value of a flag names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Nothing on this machine, or what a tenant may name too.
    Nothing,
    /// Files or folders, separated by commas.
    Files,
    /// A program.
    Program,
    /// Nothing, and programs of the repository run.
    RunsRepository,
}

/// What `words` name by these flags; a relative path is relative to `folder`.
pub(super) fn named(flags: &'static [Flag], words: &[String], folder: &Path) -> Named {
    let mut named = Named::default();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let Some((flag, value)) = find(flags, word) else { continue };
        let has_value = flag.rule != Rule::Switch && flag.names != Names::RunsRepository;
        let value = match value {
            None if has_value => words.next().map(String::as_str),
            value => value,
        };
        let value = value.unwrap_or_default();
        if !value.is_empty() || flag.names == Names::RunsRepository {
            named.add(flag, value, folder);
        }
    }
    named
}

impl Named {
    fn add(&mut self, flag: &Flag, value: &str, folder: &Path) {
        let path = |path: &str| folder.join(path.trim_matches('"'));
        match (flag.names, flag.rule) {
            (Names::Files, _) | (_, Rule::Files) => self.read.extend(value.split(',').map(path)),
            (_, Rule::KeyFile) => {
                self.read.extend(value.split(',').filter_map(|pair| Some(path(pair.split_once('=')?.1))));
            }
            (Names::Program, _) => self.run.push(value.to_owned()),
            (Names::RunsRepository, _) => self.runs_repository |= value != "false",
            (Names::Nothing, _) => {}
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
        Flag::new("--set", Rule::Text),
        Flag::new("--values", Rule::Files).letter('f'),
        Flag::new("--set-file", Rule::KeyFile),
        Flag::new("--skip-tests", Rule::Switch),
        Flag::refused("--ca-file", "").names(Names::Files),
        Flag::refused("--post-renderer", "").names(Names::Program),
        Flag::refused("--enable-exec", "").names(Names::RunsRepository),
    ];

    fn read(words: &str) -> Named {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        named(FLAGS, &words, Path::new("/w"))
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
