//! The formats of settings: how a value is written, and which type it has. Knows no setting by name.

use std::path::PathBuf;
use std::time::Duration;

use super::parse::{self, Pattern, Rate};
use super::role::Tighter;
use crate::redacted::Redacted;
use crate::words::list;

/// How values of type `T` are written.
pub struct Format<T: 'static>(Form<T>);

enum Form<T: 'static> {
    /// A text, which docs describe as `form`. `read` gives its one spelling and the value, or an error that does not quote it: `is not …`.
    /// `words` are what most people write.
    Text { form: &'static str, words: &'static [&'static str], read: fn(&str) -> Result<(String, T), String> },
    /// One of the rows of a table.
    Choice(fn() -> Vec<Choice<T>>),
}

/// One of the values to choose from.
pub struct Choice<T> {
    /// Its name, and its other spellings.
    pub names: &'static [&'static str],
    /// What the name stands for.
    pub value: T,
}

/// Any text.
pub(crate) const TEXT: Format<String> = Format::text("text", |text| Ok((text.to_owned(), text.to_owned())));

/// Any text that is a credential.
pub(crate) const SECRET: Format<Redacted> = Format::text("text", |text| Ok((text.to_owned(), Redacted::new(text))));

/// As Go's ParseBool: `1`, `t`, `true`, `0`, `f`, `false` in lower, upper or title case.
pub(crate) const SWITCH: Format<bool> = Format(Form::Text {
    form: "a switch (`true` or `false`)",
    words: &["true", "false"],
    read: |text| {
        let value = parse::switch(text.trim())?;
        Ok((value.to_string(), value))
    },
});

/// Digits.
pub(crate) const NUMBER: Format<u64> = Format::text("a whole number", |text| {
    let value = parse::number(text.trim())?;
    Ok((value.to_string(), value))
});

/// As Vault's CLI: Go's durations (`60s`, `1m30s`), or bare seconds.
pub(crate) const DURATION: Format<Duration> = Format::text("a duration", |text| as_written(text, parse::duration));

/// Requests per second, or `RATE:BURST`.
pub(crate) const RATE: Format<Rate> = Format::text("a rate", |text| as_written(text, parse::rate));

/// An `http://` or `https://` address.
pub(crate) const URL: Format<String> = Format::text("an address", |text| respelt(text, parse::url));

/// The addresses of one server's nodes, separated by commas, or that of a socket.
pub(crate) const SERVER: Format<String> =
    Format::text("an address, or those of a cluster's nodes, separated by commas", |text| respelt(text, parse::server));

/// A regular expression, matched anywhere unless anchored.
pub(crate) const REGEX: Format<Pattern> =
    Format::text("a regular expression (RE2's, as Go has it)", |text| Ok((text.to_owned(), Pattern::new(text)?)));

/// A file or folder.
pub(crate) const PATH: Format<PathBuf> =
    Format::text("a path", |text| as_written(text, |path| Ok(PathBuf::from(path))));

/// A name that becomes one segment of a URL's path: no slash, not `.` or `..`, nothing that cannot be seen.
pub(crate) const SEGMENT: Format<String> = Format::text("a name without slashes", |text| respelt(text, parse::segment));

/// The mount of an auth method: `approle` or `auth/approle`, slashes or not.
pub(crate) const MOUNT: Format<String> =
    Format::text("a mount, with or without `auth/` and slashes", |text| respelt(text, parse::mount));

/// A path of an auth method, with its mount: `auth/approle/login` or `approle/login`.
pub(crate) const AUTH_PATH: Format<String> =
    Format::text("a path, with or without `auth/` and slashes", |text| respelt(text, parse::auth_path));

/// A Vault namespace, slashes at the ends or not.
pub(crate) const NAMESPACE: Format<String> = Format::text("a namespace", |text| respelt(text, parse::namespace));

/// Names, separated by commas or blanks.
pub(crate) const LIST: Format<Vec<String>> = Format::text("names, separated by commas or blanks", |text| {
    as_written(text, |text| Ok(parse::list(text).map(str::to_owned).collect()))
});

/// Absolute paths, separated by colons, commas or blanks.
pub(crate) const PATHS: Format<Vec<PathBuf>> =
    Format::text("absolute paths, separated by colons, commas or blanks", |text| as_written(text, parse::paths));

/// Bytes, as Kubernetes writes memory: `1Gi`, `512Mi`, `1G`, or bare.
pub(crate) const SIZE: Format<u64> =
    Format::text("bytes, as Kubernetes writes memory", |text| as_written(text, parse::size));

impl<T: 'static> Format<T> {
    /// A text of this form. The reader gives the one spelling and the value.
    pub const fn text(form: &'static str, read: fn(&str) -> Result<(String, T), String>) -> Self {
        Self(Form::Text { form, words: &[], read })
    }

    /// One of the rows of a table.
    pub const fn choice(rows: fn() -> Vec<Choice<T>>) -> Self {
        Self(Form::Choice(rows))
    }

    /// The one spelling of `text` and the value.
    pub(super) fn parse(&self, text: &str) -> Result<(String, T), String> {
        match &self.0 {
            Form::Text { read, .. } => read(text),
            Form::Choice(rows) => choose(rows(), text.trim()),
        }
    }

    pub(super) fn form(&self, example: &str) -> String {
        match (&self.0, self.choices()) {
            (Form::Text { form, .. }, _) => format!("{form}, e.g. `{example}`"),
            (Form::Choice(_), names) => format!("one of: {}", choices(&names.unwrap_or_default())),
        }
    }

    /// The words that a wrong value may be meant to be.
    pub(super) fn words(&self) -> Vec<&'static str> {
        match &self.0 {
            Form::Text { words, .. } => words.to_vec(),
            Form::Choice(rows) => rows().iter().flat_map(|row| row.names).copied().collect(),
        }
    }

    pub(super) fn choices(&self) -> Option<Vec<&'static [&'static str]>> {
        match &self.0 {
            Form::Text { .. } => None,
            Form::Choice(rows) => Some(rows().iter().map(|row| row.names).collect()),
        }
    }
}

impl Tighter {
    /// Whether `value` is at least as tight as `limit`. A value that cannot be parsed is not.
    pub(super) fn keeps(self, value: &str, limit: &str) -> bool {
        match self {
            Self::Fewer => both(parse::number, value, limit).is_some_and(|(value, limit)| value <= limit),
            Self::Shorter => both(parse::waiting, value, limit).is_some_and(|(value, limit)| value <= limit),
            Self::Slower => both(parse::rate, value, limit)
                .is_some_and(|(value, limit)| value.per_second <= limit.per_second && value.burst <= limit.burst),
            Self::On => both(parse::switch, value, limit).is_some_and(|(value, limit)| value || !limit),
        }
    }
}

/// A choice's spellings, for people: "`k8s` (or `kubernetes`), `token`".
pub(super) fn choices(choices: &[&[&str]]) -> String {
    let named = choices.iter().map(|spellings| match spellings {
        [name, others @ ..] if !others.is_empty() => format!("`{name}` (or {})", list::quoted(others)),
        names => list::quoted(*names),
    });
    named.collect::<Vec<_>>().join(", ")
}

fn choose<T>(rows: Vec<Choice<T>>, text: &str) -> Result<(String, T), String> {
    let names: Vec<_> = rows.iter().map(|row| row.names).collect();
    let chosen = rows.into_iter().find(|row| row.names.iter().any(|name| name.eq_ignore_ascii_case(text)));
    chosen.map(|row| (row.names[0].to_owned(), row.value)).ok_or_else(|| format!("is not one of {}", choices(&names)))
}

/// A value that keeps its spelling, except for blanks around it.
fn as_written<T>(text: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<(String, T), String> {
    let text = text.trim();
    parse(text).map(|value| (text.to_owned(), value))
}

/// A text whose one spelling is its value.
fn respelt(text: &str, parse: fn(&str) -> Result<String, String>) -> Result<(String, String), String> {
    parse(text.trim()).map(|text| (text.clone(), text))
}

fn both<T>(parse: fn(&str) -> Result<T, String>, value: &str, limit: &str) -> Option<(T, T)> {
    Some((parse(value).ok()?, parse(limit).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_spelling() {
        const AUTH: Format<bool> = Format::choice(|| vec![Choice { names: &["k8s", "kubernetes"], value: true }]);
        for (spelt, expected) in [
            (spelling(&MOUNT, "approle"), "approle"),
            (spelling(&MOUNT, "/auth/approle/"), "approle"),
            (spelling(&MOUNT, "auth/team/approle"), "team/approle"),
            (spelling(&NAMESPACE, "/team/a/"), "team/a"),
            (spelling(&URL, "HTTPS://vault:8200//"), "https://vault:8200"),
            (spelling(&SERVER, "HTTPS://vault:8200/"), "https://vault:8200"),
            (spelling(&SERVER, "https://a/, http://b:8200"), "https://a,http://b:8200"),
            (spelling(&SERVER, "unix:///run/agent.sock"), "unix:///run/agent.sock"),
            (spelling(&SWITCH, "T"), "true"),
            (spelling(&NUMBER, " 5 "), "5"),
            (spelling(&TEXT, " p "), " p "),
            (spelling(&AUTH, "Kubernetes"), "k8s"),
        ] {
            assert_eq!(spelt.as_deref(), Ok(expected));
        }
        for wrong in ["", "a//b", "a/../b", "a?b", "a%2fb"] {
            assert!(MOUNT.parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["vault:8200", "ftp://vault", "https://", "https://a b"] {
            assert!(URL.parse(wrong).is_err() && SERVER.parse(wrong).is_err(), "{wrong}");
        }
        for wrong in
            ["", "https://a,", "https://a,unix:///b", "unix://", "unix://run/agent.sock", "unix:///a,https://b"]
        {
            assert!(SERVER.parse(wrong).is_err(), "{wrong}");
        }
    }

    fn spelling<T>(format: &Format<T>, text: &str) -> Result<String, String> {
        format.parse(text).map(|(spelling, _)| spelling)
    }

    #[test]
    fn a_choice_names_its_other_spellings() {
        assert_eq!(choices(&[&["token"], &["k8s", "kubernetes"]]), "`token`, `k8s` (or `kubernetes`)");
    }
}
