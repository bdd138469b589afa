//! Parses the values of settings. An error does not quote the text: `is not …`. Knows no setting by name.

use std::path::PathBuf;
use std::time::Duration;

use regex::Regex;

use crate::switch;
use crate::visible::is_invisible;

/// Requests per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rate {
    /// How many a second.
    pub per_second: f64,
    /// How many at once.
    pub burst: u64,
}

/// A regular expression as somebody wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    text: String,
}

/// The units of memory.
const UNITS: [(&str, u64); 9] = [
    ("", 1),
    ("k", 1000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
];

impl Pattern {
    /// A pattern in which `\w`, `\d`, `\s` and `\b` are ASCII, as Go has them: Unicode classes would widen what an operator allowed.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let regex = Regex::new(&ascii_classes(text)).map_err(|_| "is not a regular expression".to_owned())?;
        Ok(Self { regex, text: text.to_owned() })
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The pattern as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// A time limit: `0` is for ever.
pub(super) fn waiting(value: &str) -> Result<Duration, String> {
    duration(value).map(|duration| if duration.is_zero() { Duration::MAX } else { duration })
}

/// Go's durations, or bare seconds as Vault's CLI takes them.
pub(crate) fn duration(value: &str) -> Result<Duration, String> {
    let wrong = || "is not a duration such as `60s` or `1m30s`".to_owned();
    if let Ok(seconds) = value.parse::<u32>() {
        return Ok(Duration::from_secs(seconds.into()));
    }
    let mut rest = value.strip_prefix('+').unwrap_or(value);
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|char: char| !char.is_ascii_digit() && char != '.').ok_or_else(wrong)?;
        let unit_end =
            rest[digits..].find(|char: char| char.is_ascii_digit() || char == '.').unwrap_or(rest.len() - digits);
        let (count, unit) = (&rest[..digits], &rest[digits..digits + unit_end]);
        seconds += count.parse::<f64>().map_err(|_| wrong())? * unit_seconds(unit).ok_or_else(wrong)?;
        rest = &rest[digits + unit_end..];
    }
    if value.is_empty() { Err(wrong()) } else { Duration::try_from_secs_f64(seconds).map_err(|_| wrong()) }
}

/// `RATE` or `RATE:BURST`; the burst is the rate, rounded down, by default.
pub(super) fn rate(value: &str) -> Result<Rate, String> {
    let wrong = || "is not a rate such as `10` or `10:20`".to_owned();
    let (rate, burst) = value.split_once(':').map_or((value, None), |(rate, burst)| (rate, Some(burst)));
    let per_second = rate.parse::<f64>().ok().filter(|rate| rate.is_finite() && *rate > 0.0).ok_or_else(wrong)?;
    let burst = burst.map_or(Ok(per_second as u64), |burst| burst.parse().map_err(|_| wrong()))?;
    Ok(Rate { per_second, burst: burst.max(1) })
}

/// The names in a list.
pub(super) fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(|char: char| char == ',' || char.is_whitespace()).filter(|name| !name.is_empty())
}

/// The paths in a list.
pub(super) fn paths(value: &str) -> Result<Vec<PathBuf>, String> {
    let paths = value.split([':', ',', ' ', '\t', '\n']).filter(|path| !path.is_empty());
    paths.map(|path| path.starts_with('/').then(|| path.into()).ok_or_else(relative)).collect()
}

fn relative() -> String {
    "holds a path that is not absolute".to_owned()
}

/// Bytes, as Kubernetes writes them.
pub(super) fn size(value: &str) -> Result<u64, String> {
    let wrong = || "is not a size such as `1Gi` or `512Mi`".to_owned();
    let digits = value.find(|char: char| !char.is_ascii_digit()).unwrap_or(value.len());
    let (count, unit) = value.split_at(digits);
    let factor = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?.1;
    count.parse::<u64>().ok().and_then(|count| count.checked_mul(factor)).filter(|size| *size > 0).ok_or_else(wrong)
}

/// Whether it looks like an address with a password in it: `https://user:password@host`. A password may hold any character.
pub(super) fn holds_password(value: &str) -> bool {
    value.split_once("://").is_some_and(|(_, rest)| rest.contains('@'))
}

/// A switch, as Go's ParseBool has it.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    switch::parse(text).ok_or_else(|| "is neither `true` nor `false`".to_owned())
}

pub(super) fn number(value: &str) -> Result<u64, String> {
    value.parse().map_err(|_| "is not a whole number".to_owned())
}

fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86400.0,
        _ => return None,
    })
}

pub(super) fn url(value: &str) -> Result<String, String> {
    let wrong = "is not an address such as `https://vault.example.com:8200`".to_owned();
    let (scheme, rest) = value.split_once("://").ok_or_else(|| wrong.clone())?;
    let scheme = scheme.to_ascii_lowercase();
    let fine = matches!(scheme.as_str(), "http" | "https") && !rest.trim_matches('/').is_empty();
    let clean = !value.contains(|char: char| char.is_whitespace() || char.is_control());
    if fine && clean { Ok(format!("{scheme}://{}", rest.trim_end_matches('/'))) } else { Err(wrong) }
}

/// Addresses, or the absolute path of a socket behind `unix://`.
pub(super) fn server(value: &str) -> Result<String, String> {
    let Some(path) = value.strip_prefix("unix://") else {
        return Ok(value.split(',').map(|address| url(address.trim())).collect::<Result<Vec<_>, _>>()?.join(","));
    };
    let is_path =
        path.starts_with('/') && path.len() > 1 && !path.contains(|char: char| char == ',' || char.is_control());
    match is_path {
        true => Ok(value.to_owned()),
        false => Err("is not the address of a socket such as `unix:///run/vault/agent.sock`".to_owned()),
    }
}

/// A slash or a dot segment would lead to another endpoint, however it is encoded.
pub(super) fn segment(value: &str) -> Result<String, String> {
    let leads_elsewhere = value.contains('/') || matches!(value, "." | "..");
    match leads_elsewhere || value.chars().any(|char| char.is_control() || is_invisible(char)) {
        true => {
            Err("is not one segment of a path: it holds a slash, is `.` or `..`, or holds what cannot be seen"
                .to_owned())
        }
        false => Ok(value.to_owned()),
    }
}

pub(super) fn mount(value: &str) -> Result<String, String> {
    let mount = value.trim_matches('/');
    let mount = mount.strip_prefix("auth/").unwrap_or(mount).trim_matches('/');
    let odd = |segment: &str| matches!(segment, "" | "." | "..");
    if mount.split('/').any(odd) || mount.contains(['?', '#', '%']) {
        return Err("is not a mount such as `auth/approle`".to_owned());
    }
    Ok(mount.to_owned())
}

pub(super) fn auth_path(value: &str) -> Result<String, String> {
    mount(value).map_err(|_| "is not a path below `auth/`, such as `auth/approle/login`".to_owned())
}

pub(super) fn namespace(value: &str) -> Result<String, String> {
    let namespace = value.trim_matches('/');
    let odd = |segment: &str| matches!(segment, "" | "." | "..") || segment.contains(|char: char| char.is_control());
    if namespace.split('/').any(odd) {
        Err("is not a namespace such as `team-a`".to_owned())
    } else {
        Ok(namespace.to_owned())
    }
}

/// `pattern` with Perl's classes written out.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        match chars.next() {
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('s') => out.push_str(r"[\t\n\x0c\r ]"),
            Some('S') => out.push_str(r"[^\t\n\x0c\r ]"),
            Some('b') => out.push_str(r"(?-u:\b)"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos_or_seconds() {
        for (text, millis) in [
            ("60s", Some(60_000)),
            ("1m30s", Some(90_000)),
            ("60", Some(60_000)),
            ("1.5h", Some(5_400_000)),
            ("250ms", Some(250)),
            ("0", Some(0)),
            ("", None),
            ("-1s", None),
            ("1", Some(1000)),
            ("1m30", None),
            ("s", None),
            ("1x", None),
            ("99999999999999999999h", None),
        ] {
            assert_eq!(duration(text).ok().map(|duration| duration.as_millis()), millis, "{text}");
        }
    }

    #[test]
    fn rates_have_a_burst() {
        assert_eq!(rate("10"), Ok(Rate { per_second: 10.0, burst: 10 }));
        assert_eq!(rate("0.5:3"), Ok(Rate { per_second: 0.5, burst: 3 }));
        assert!(rate("0").is_err() && rate("-1").is_err() && rate("1:x").is_err());
    }

    #[test]
    fn perls_classes_are_ascii_inside_brackets_too() {
        for (pattern, text, matches) in [
            (r"^[\w-]+$", "a-b", true),
            (r"^[\w-]+$", "ä", false),
            (r"^\W$", "ä", true),
            (r"^\d$", "٣", false),
            (r"^\\w$", r"\w", true),
            (r"\bapp\b", "secret/data/app", true),
            (r"\bapp\b", "secret/data/happy", false),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().is_match(text), matches, "{pattern} {text}");
        }
    }
}
