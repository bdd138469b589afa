//! How a setting's value is written, and its one spelling. Knows no setting by name.

use std::time::Duration;

use regex::Regex;
use strsim::jaro_winkler;

use super::table::Format;

/// Requests per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many a second.
    pub per_second: f64,
    /// How many at once.
    pub burst: u64,
}

impl Format {
    /// The value in its one spelling, or what is wrong with it: `is not …`, without the value.
    pub fn canonical(self, value: &str) -> Result<String, String> {
        let trimmed = value.trim();
        match self {
            Self::Text => Ok(value.to_owned()),
            Self::Path | Self::List => Ok(trimmed.to_owned()),
            Self::Bool => bool(trimmed).map(|value| value.to_string()),
            Self::Number => number(trimmed).map(|value| value.to_string()),
            Self::Duration => duration(trimmed).map(|_| trimmed.to_owned()),
            Self::Rate => rate(trimmed).map(|_| trimmed.to_owned()),
            Self::Url => url(trimmed),
            Self::Regex => regex(value).map(|_| value.to_owned()),
            Self::Mount => mount(trimmed),
            Self::Namespace => Ok(namespace(trimmed)),
            Self::Choice(choices) => choice(choices, trimmed),
        }
    }
}

/// A namespace without slashes at its ends; Vault calls the outermost one `root`, which is none.
pub fn namespace(value: &str) -> String {
    let namespace = value.trim().trim_matches('/');
    if namespace == "root" { String::new() } else { namespace.to_owned() }
}

/// Go's durations, or bare seconds as Vault's CLI takes them.
pub fn duration(value: &str) -> Result<Duration, String> {
    let wrong = || "is no duration such as `60s` or `1m30s`".to_owned();
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

/// `RATE` or `RATE:BURST`; the burst is the rate, rounded down, where it is not given.
pub fn rate(value: &str) -> Result<Rate, String> {
    let wrong = || "is no rate such as `10` or `10:20`".to_owned();
    let (rate, burst) = value.split_once(':').map_or((value, None), |(rate, burst)| (rate, Some(burst)));
    let per_second = rate.parse::<f64>().ok().filter(|rate| rate.is_finite() && *rate > 0.0).ok_or_else(wrong)?;
    let burst = burst.map_or(Ok(per_second as u64), |burst| burst.parse().map_err(|_| wrong()))?;
    Ok(Rate { per_second, burst: burst.max(1) })
}

/// A regular expression in which `\w`, `\d`, `\s` and `\b` are ASCII, as Go has them: more would widen what an operator allowed.
pub fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(&ascii_classes(pattern)).map_err(|_| "is no regular expression".to_owned())
}

/// The names in a list.
pub fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(|char: char| char == ',' || char.is_whitespace()).filter(|name| !name.is_empty())
}

/// A choice's spellings, for people.
pub fn choices(choices: &[&[&str]]) -> String {
    let names: Vec<String> = choices.iter().map(|spellings| format!("`{}`", spellings.join("` (or `"))).collect();
    let closed: Vec<String> =
        names.into_iter().map(|name| if name.contains('(') { format!("{name})") } else { name }).collect();
    closed.join(", ")
}

/// The nearest of `names`, if it is near.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (jaro_winkler(word, name), name))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

/// Whether it looks like an address with a password in it: `https://user:password@host`.
pub fn holds_password(value: &str) -> bool {
    value.split_once("://").is_some_and(|(_, rest)| rest.split('/').next().is_some_and(|host| host.contains('@')))
}

fn bool(value: &str) -> Result<bool, String> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("is neither `true` nor `false`".to_owned()),
    }
}

fn number(value: &str) -> Result<u64, String> {
    value.parse().map_err(|_| "is no whole number".to_owned())
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

fn url(value: &str) -> Result<String, String> {
    let wrong = "is no address such as `https://vault.example.com:8200`".to_owned();
    let (scheme, rest) = value.split_once("://").ok_or_else(|| wrong.clone())?;
    let scheme = scheme.to_ascii_lowercase();
    let fine = matches!(scheme.as_str(), "http" | "https") && !rest.trim_matches('/').is_empty();
    let clean = !value.contains(|char: char| char.is_whitespace() || char.is_control());
    if fine && clean { Ok(format!("{scheme}://{}", rest.trim_end_matches('/'))) } else { Err(wrong) }
}

fn mount(value: &str) -> Result<String, String> {
    let mount = value.trim_matches('/');
    let mount = mount.strip_prefix("auth/").unwrap_or(mount).trim_matches('/');
    let odd = |segment: &str| matches!(segment, "" | "." | "..");
    if mount.split('/').any(odd) || mount.contains(['?', '#', '%']) {
        return Err("is no mount such as `auth/approle`".to_owned());
    }
    Ok(mount.to_owned())
}

fn choice(choices: &[&[&str]], value: &str) -> Result<String, String> {
    let known = choices.iter().find(|spellings| spellings.iter().any(|name| name.eq_ignore_ascii_case(value)));
    known.map(|spellings| spellings[0].to_owned()).ok_or_else(|| format!("is none of {}", self::choices(choices)))
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
