//! Which arguments a tenant may give to a tool: a table of flags, and the walk that lets arguments through or refuses them by name.
//! Knows no tool.

use std::iter::Peekable;
use std::path::Path;

use super::command::{IsInside, argument};
use super::operator_files::Operand;
use super::words;
use crate::error::{Error, Errors, Kind};
use crate::words::list;

/// One flag of a tool.
#[derive(Debug)]
pub(super) struct Flag {
    /// Its name, with its dashes.
    pub(super) name: &'static str,
    /// Its letter.
    pub(super) letter: Option<char>,
    /// Who may use it.
    pub(super) rule: FlagRule,
    /// What its value names on this machine, where the operator uses it.
    pub(super) operand: Operand,
}

/// Who may use a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlagRule {
    /// A tenant, without a value.
    Switch,
    /// A tenant, with any text.
    Text,
    /// A tenant, with files of the repository, separated by commas.
    Files,
    /// A tenant, as `key=file`, the file in the repository.
    KeyFile,
    /// The operator alone, because it does this.
    Operator(&'static str),
}

/// The arguments of a tenant that are permitted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PermittedWords {
    /// The words for the tool: `--name`, or `--name=value`.
    pub(super) words: Vec<String>,
}

/// Which arguments a tenant may give to a tool, and where they come from.
pub(super) struct ArgumentPolicy<'s> {
    /// The tool's flags.
    pub(super) flags: &'static [Flag],
    /// The tool, for messages.
    pub(super) tool: &'static str,
    /// The variable, for messages.
    pub(super) variable: &'s str,
    /// Whether a path stays in the repository.
    pub(super) is_inside: IsInside<'s>,
}

impl Flag {
    /// A flag that tenants may use.
    pub(super) const fn new(name: &'static str, rule: FlagRule) -> Self {
        Self { name, letter: None, rule, operand: Operand::Nothing }
    }

    /// A flag that is the operator's alone.
    pub(super) const fn refused(name: &'static str, does: &'static str) -> Self {
        Self { name, letter: None, rule: FlagRule::Operator(does), operand: Operand::Nothing }
    }

    pub(super) const fn letter(self, letter: char) -> Self {
        Self { letter: Some(letter), ..self }
    }

    pub(super) const fn operand(self, operand: Operand) -> Self {
        Self { operand, ..self }
    }
}

impl PermittedWords {
    /// Whether a switch is among the words.
    pub(super) fn has(&self, name: &str) -> bool {
        self.words.iter().any(|word| word == name)
    }
}

impl ArgumentPolicy<'_> {
    /// The words of `line` that a tenant may use; every other one is an error.
    pub(super) fn permit(&self, line: &str, errors: &mut Errors) -> PermittedWords {
        let mut allowed = PermittedWords::default();
        match words::split(line) {
            Ok(words) => {
                let mut words = words.iter().peekable();
                while let Some(word) = words.next() {
                    match self.word(word, &mut words) {
                        Ok(words) => allowed.words.extend(words),
                        Err(error) => errors.push(error),
                    }
                }
            }
            Err(wrong) => errors.push(Error::new(Kind::Setting, format!("`{}` {wrong}", self.variable))),
        }
        allowed
    }

    /// The words of one flag with this value.
    pub(super) fn permit_flag(&self, name: &str, value: &str) -> Result<Vec<String>, Error> {
        let (flag, _) = self.find(name)?;
        self.value(flag, value)
    }

    /// The words that one word becomes, with the next one if that is its value.
    fn word<'w>(
        &self,
        word: &str,
        rest: &mut Peekable<impl Iterator<Item = &'w String>>,
    ) -> Result<Vec<String>, Error> {
        match self.find(word)? {
            (flag, _) if flag.rule == FlagRule::Switch => self.switch(flag, word),
            (flag, Some(value)) => self.value(flag, value),
            (flag, None) if matches!(flag.rule, FlagRule::Operator(_)) => {
                rest.next_if(|next| !next.starts_with('-'));
                self.value(flag, "")
            }
            (flag, None) => match rest.next() {
                Some(value) => self.value(flag, value),
                None => Err(self.wrong(flag, "has no value")),
            },
        }
    }

    fn value(&self, flag: &Flag, value: &str) -> Result<Vec<String>, Error> {
        match flag.rule {
            FlagRule::Files => value.split(',').map(|file| self.file(flag, file)).collect(),
            FlagRule::KeyFile => self.key_file(flag, value),
            FlagRule::Operator(does) => Err(self.refused(flag, does)),
            FlagRule::Text | FlagRule::Switch => Ok(vec![format!("{}={value}", flag.name)]),
        }
    }

    /// A word's flag, and the value that is written in the same word.
    fn find<'w>(&self, word: &'w str) -> Result<(&'static Flag, Option<&'w str>), Error> {
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        if name.len() > 2 && name.starts_with("--") {
            let flag = self.flags.iter().find(|flag| flag.name == name);
            return flag.map(|flag| (flag, value)).ok_or_else(|| self.unknown(name));
        }
        let letter = word.strip_prefix('-').and_then(|rest| rest.chars().next()).filter(|letter| *letter != '-');
        let Some(letter) = letter else { return Err(self.no_flag(word)) };
        let flag = self.flags.iter().find(|flag| flag.letter == Some(letter));
        let value = &word[1 + letter.len_utf8()..];
        let value = value.strip_prefix('=').unwrap_or(value);
        flag.map(|flag| (flag, Some(value).filter(|value| !value.is_empty())))
            .ok_or_else(|| self.unknown(&format!("-{letter}")))
    }

    fn switch(&self, flag: &Flag, word: &str) -> Result<Vec<String>, Error> {
        match word.split_once('=') {
            None | Some((_, "true")) => Ok(vec![flag.name.to_owned()]),
            Some((_, "false")) => Ok(Vec::new()),
            Some(_) => Err(self.wrong(flag, "is a switch and has no value")),
        }
    }

    /// `--values=./file`, the file read as one, whatever is in its name.
    fn file(&self, flag: &Flag, file: &str) -> Result<String, Error> {
        if file.contains('"') {
            return Err(self.wrong(flag, "names a file with a `\"` in its name"));
        }
        Ok(format!("{}={}", flag.name, self.path(flag, file)?))
    }

    fn key_file(&self, flag: &Flag, value: &str) -> Result<Vec<String>, Error> {
        let (key, file) = value.split_once('=').ok_or_else(|| self.wrong(flag, "is not written as `key=file`"))?;
        if value.contains([',', '\\', '{', '}']) {
            return Err(self.wrong(flag, "holds more than one `key=file`").hint("give the flag once for each"));
        }
        Ok(vec![format!("{}={key}={}", flag.name, self.path(flag, file)?)])
    }

    /// A file of the repository, as an argument.
    fn path(&self, flag: &Flag, file: &str) -> Result<String, Error> {
        if file.contains("://") {
            let error = self.wrong(flag, &format!("names the address `{file}`"));
            return Err(error.hint("commit the file to the repository"));
        }
        if file.contains(|char: char| char.is_control()) {
            return Err(self.wrong(flag, "names a file with a control character in its name"));
        }
        match (self.is_inside)(Path::new(file)) {
            true => Ok(argument(Path::new(file))),
            false => Err(self.wrong(flag, &format!("names `{file}`, which is not in the repository"))),
        }
    }

    fn refused(&self, flag: &Flag, does: &str) -> Error {
        let error = Error::new(Kind::Setting, format!("`{}` in `{}` {does}", flag.name, self.variable));
        error.hint(format!(
            "only the operator may use it, in the plugin's command: `vault-render build . -- {}`",
            flag.name
        ))
    }

    fn unknown(&self, name: &str) -> Error {
        let error =
            Error::new(Kind::Setting, format!("`{name}` in `{}` is not a flag that a tenant may use", self.variable));
        error.hint(format!("those for {} are {}", self.tool, self.names()))
    }

    fn no_flag(&self, word: &str) -> Error {
        let error = Error::new(Kind::Setting, format!("`{word}` in `{}` is not a flag", self.variable));
        error.hint("quote words that belong together, as in a shell: `--set 'name=two words'`")
    }

    fn wrong(&self, flag: &Flag, wrong: &str) -> Error {
        Error::new(Kind::Setting, format!("`{}` in `{}` {wrong}", flag.name, self.variable))
    }

    fn names(&self) -> String {
        let free = self.flags.iter().filter(|flag| !matches!(flag.rule, FlagRule::Operator(_)));
        list::quoted(free.map(|flag| flag.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[Flag] = &[
        Flag::new("--set", FlagRule::Text),
        Flag::new("--values", FlagRule::Files).letter('f'),
        Flag::new("--set-file", FlagRule::KeyFile),
        Flag::new("--skip-tests", FlagRule::Switch),
        Flag::refused("--post-renderer", "runs a program"),
    ];

    fn judge(line: &str) -> Result<Vec<String>, Vec<String>> {
        let is_inside: IsInside<'_> = &|path| !path.starts_with("/") && !path.starts_with("..");
        let mut errors = Errors::new();
        let words =
            ArgumentPolicy { flags: FLAGS, tool: "helm", variable: "X", is_inside }.permit(line, &mut errors).words;
        if errors.is_empty() { Ok(words) } else { Err(errors.iter().map(|error| error.detail.clone()).collect()) }
    }

    #[test]
    fn what_the_table_allows_goes_through_in_one_spelling() {
        for (line, words) in [
            ("--set a=b --set=c=d,e=f", vec!["--set=a=b", "--set=c=d,e=f"]),
            ("--set 'a=<path:x#y | z>'", vec!["--set=a=<path:x#y | z>"]),
            ("-f a.yaml -fb.yaml -f=c.yaml", vec!["--values=./a.yaml", "--values=./b.yaml", "--values=./c.yaml"]),
            ("--values a.yaml,b/c.yaml", vec!["--values=./a.yaml", "--values=./b/c.yaml"]),
            ("--set-file a=b.txt", vec!["--set-file=a=./b.txt"]),
            ("--skip-tests --skip-tests=true --skip-tests=false", vec!["--skip-tests", "--skip-tests"]),
            ("--set --post-renderer", vec!["--set=--post-renderer"]),
            ("", vec![]),
        ] {
            assert_eq!(judge(line), Ok(words.into_iter().map(str::to_owned).collect()), "{line}");
        }
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for (line, error) in [
            ("--post-renderer ./x.sh", "`--post-renderer` in `X` runs a program"),
            ("--post-renderer=./x.sh", "`--post-renderer` in `X` runs a program"),
            ("--unknown", "`--unknown` in `X` is not a flag that a tenant may use"),
            ("--Set=a=b", "`--Set` in `X` is not a flag that a tenant may use"),
            ("-x", "`-x` in `X` is not a flag that a tenant may use"),
            ("-é", "`-é` in `X` is not a flag that a tenant may use"),
            ("name", "`name` in `X` is not a flag"),
            ("--", "`--` in `X` is not a flag"),
            ("-", "`-` in `X` is not a flag"),
            ("''", "`` in `X` is not a flag"),
            ("--=x", "`--=x` in `X` is not a flag"),
            ("--skip-tests=x", "`--skip-tests` in `X` is a switch and has no value"),
            ("--set", "`--set` in `X` has no value"),
            ("-f", "`--values` in `X` has no value"),
            ("-f ../x.yaml", "`--values` in `X` names `../x.yaml`, which is not in the repository"),
            ("-f a.yaml,/etc/passwd", "`--values` in `X` names `/etc/passwd`, which is not in the repository"),
            ("-f 'a,\"/etc/passwd\"'", "`--values` in `X` names a file with a `\"` in its name"),
            ("-f 'a\nb'", "`--values` in `X` names a file with a control character in its name"),
            ("-f https://x/y.yaml", "`--values` in `X` names the address `https://x/y.yaml`"),
            ("--set-file a=/etc/hostname", "`--set-file` in `X` names `/etc/hostname`, which is not in the repository"),
            ("--set-file a=b,c=/etc/hostname", "`--set-file` in `X` holds more than one `key=file`"),
            ("--set-file a", "`--set-file` in `X` is not written as `key=file`"),
            ("--set 'a", "`X` has a `'` that nothing closes"),
        ] {
            let errors = judge(line).unwrap_err();
            assert_eq!(errors, [error], "{line}");
        }
    }
}
