//! Which applications a plugin finds for itself, by the names of their files. Pure: names in, an answer out.

use std::path::{Component, Path};

use regex::{Regex, escape};

use crate::error::{Error, Kind};
use crate::migrate::Find;

/// What argocd-vault-plugin's guide looks for in files.
const PLACEHOLDERS: &[&str] = &["<path", "avp.kubernetes.io"];

/// How a plugin finds its applications.
#[derive(Clone, Debug, Default)]
pub(crate) enum Discovery {
    /// Not at all: Applications name it.
    #[default]
    Off,
    /// Any folder that `vault-render build` has something to render in.
    Renderable,
    /// A folder with a file or folder whose path matches.
    Path(Regex),
    /// A folder with a file whose path matches, and in which one of these texts is.
    Text(Regex, &'static [&'static str]),
}

impl Discovery {
    /// Whether there is a rule.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// By `discover.fileName`: a pattern of Go's `filepath.Glob`, in which no wildcard stands for a `/`.
    pub(crate) fn of_file_name(pattern: &str) -> Result<Self, Error> {
        compile(pattern, file_name_pattern)
    }

    /// By a command that looks for files with `find`.
    pub(crate) fn of_find(find: &Find) -> Result<Self, Error> {
        let names = find.names.iter().map(|name| compile(name, file_name_pattern));
        let names = names.collect::<Result<Vec<_>, _>>()?;
        let names: Vec<&str> = names.iter().filter_map(Self::pattern).collect();
        let pattern = format!("^(.*/)?({})$", names.join("|"));
        let pattern =
            Regex::new(&pattern).map_err(|_| Error::new(Kind::Setting, "`discover.find` is not understood"))?;
        Ok(if find.has_placeholder { Self::Text(pattern, PLACEHOLDERS) } else { Self::Path(pattern) })
    }

    /// What stands between the ends of its pattern.
    fn pattern(&self) -> Option<&str> {
        let Self::Path(pattern) = self else { return None };
        pattern.as_str().strip_prefix('^')?.strip_suffix('$')
    }

    /// By `discover.find.glob`, in which `**/` stands for any folders.
    pub(crate) fn of_glob(pattern: &str) -> Result<Self, Error> {
        compile(pattern, glob_pattern)
    }
}

/// The rule of a pattern, as it is seen from the application's folder.
fn compile(pattern: &str, translate: fn(&str) -> Option<String>) -> Result<Discovery, Error> {
    let regex = || Regex::new(&format!("^{}$", translate(&clean(pattern)?)?)).ok();
    regex().map(Discovery::Path).ok_or_else(|| {
        Error::new(
            Kind::Setting,
            format!("`{pattern}` in `discover` is not a pattern of names in the application's folder"),
        )
        .hint("patterns have `*`, `?`, `[a-z]`, and in `glob` also `**/` and `{a,b}`")
    })
}

/// The pattern without `.` and `..`; `None` if it leads out of the folder.
fn clean(pattern: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in Path::new(pattern).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::CurDir | Component::RootDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// The regular expression of a pattern of Go's `filepath.Match`.
fn file_name_pattern(pattern: &str) -> Option<String> {
    let mut expression = String::new();
    let mut rest = pattern.chars();
    while let Some(char) = rest.next() {
        match char {
            '*' => expression += "[^/]*",
            '?' => expression += "[^/]",
            '\\' => expression += &escape(rest.next()?.encode_utf8(&mut [0; 4])),
            '[' => {
                let (class, behind) = rest.as_str().split_once(']')?;
                let (not, class) = class.strip_prefix('^').map_or(("", class), |class| ("^", class));
                expression += &format!("[{not}{}]", escape(class).replace("\\-", "-"));
                rest = behind.chars();
            }
            _ => expression += &escape(char.encode_utf8(&mut [0; 4])),
        }
    }
    Some(expression)
}

/// The regular expression of a pattern of zglob, which Argo CD's own server takes for globs.
fn glob_pattern(pattern: &str) -> Option<String> {
    let mut expression = String::new();
    let mut rest = pattern;
    while let Some(char) = rest.chars().next() {
        let length = match char {
            '*' if rest.starts_with("**/") => {
                expression += "(.*/)?";
                3
            }
            '*' => {
                expression += "[^/]*";
                1
            }
            '{' => {
                let (names, _) = rest[1..].split_once('}')?;
                let names: Vec<String> = names.split(',').map(escape).collect();
                expression += &format!("({})", names.join("|"));
                rest[1..].find('}')? + 2
            }
            _ => {
                expression += &escape(&rest[..char.len_utf8()]);
                char.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Some(expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_matches(discovery: Result<Discovery, Error>, matching: &[&str], others: &[&str]) {
        let Ok(Discovery::Path(pattern)) = discovery else { panic!("{discovery:?}") };
        matching.iter().for_each(|path| assert!(pattern.is_match(path), "{path} by {pattern}"));
        others.iter().for_each(|path| assert!(!pattern.is_match(path), "{path} by {pattern}"));
    }

    #[test]
    fn file_names_are_patterns_of_go() {
        assert_matches(
            Discovery::of_file_name("./subdir/s*.yaml"),
            &["subdir/s.yaml", "subdir/s1.yaml"],
            &["s.yaml", "subdir/a/s.yaml"],
        );
        assert_matches(Discovery::of_file_name("Chart.yaml"), &["Chart.yaml"], &["Chart_yaml", "a/Chart.yaml"]);
        assert_matches(Discovery::of_file_name("a[^b-d]?\\*"), &["aex*"], &["abx*", "aexx", "ae/*"]);
        assert_matches(Discovery::of_file_name("*"), &["a", ".a"], &["a/b"]);
        assert_matches(Discovery::of_file_name("x/../[a.]"), &["a", "."], &["x"]);
    }

    #[test]
    fn globs_reach_into_folders() {
        assert_matches(
            Discovery::of_glob("**/Chart.yaml"),
            &["Chart.yaml", "a/b/Chart.yaml"],
            &["Chart.yml", "aChart.yaml"],
        );
        assert_matches(Discovery::of_glob("a/**/*.{yaml,yml}"), &["a/b.yaml", "a/b/c.yml"], &["b.yaml", "a/b.json"]);
        assert_matches(Discovery::of_glob("a**.yaml"), &["ab.yaml"], &["a/b.yaml"]);
        assert_matches(Discovery::of_glob("[a]?.yaml"), &["[a]?.yaml"], &["a.yaml"]);
    }

    #[test]
    fn find_looks_at_names_in_every_folder() {
        let find = |names: &[&str], has_placeholder| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Discovery::of_find(&Find { names, has_placeholder })
        };
        assert_matches(
            find(&["Chart.yaml", "v*.yaml"], false),
            &["Chart.yaml", "a/b/v.yaml"],
            &["xChart.yaml", "v/a.yaml"],
        );
        assert!(matches!(find(&["*.yaml"], true), Ok(Discovery::Text(_, [_, _]))));
        assert!(find(&["[a"], false).is_err());
    }

    #[test]
    fn a_pattern_that_leads_out_or_does_not_end_is_refused() {
        for discovery in [
            Discovery::of_file_name("../a"),
            Discovery::of_file_name("a[b"),
            Discovery::of_file_name("a\\"),
            Discovery::of_glob("{a,b"),
        ] {
            assert!(discovery.is_err(), "{discovery:?}");
        }
    }
}
