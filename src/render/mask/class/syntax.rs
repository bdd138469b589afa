//! The syntaxes by which the class of a text is told.

use std::cell::OnceCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::render::mask::pem::Pem;
use crate::render::mask::public_format::PublicFormat;
use crate::value::Value;

/// How long a text may be whose JSON is looked at.
const LONGEST_JSON: usize = 1 << 20;

/// A text of which a class is sought. What takes long is done once.
pub(super) struct Sample<'t> {
    pub(super) text: &'t str,
    json: OnceCell<Option<Value>>,
}

impl<'t> Sample<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, json: OnceCell::new() }
    }

    /// Its value, if it is a JSON object or list.
    pub(super) fn json(&self) -> Option<&Value> {
        let may_be = self.text.trim_start().starts_with(['{', '[']) && self.text.len() <= LONGEST_JSON;
        let parse = || may_be.then(|| Value::from_json(self.text.as_bytes()).ok()).flatten();
        self.json.get_or_init(parse).as_ref()
    }

    /// The well-known format of its JSON.
    pub(super) fn format(&self) -> Option<PublicFormat> {
        self.json().and_then(PublicFormat::of)
    }

    /// The content of its first block, if it is PEM.
    pub(super) fn pem(&self) -> Option<Pem> {
        pem(self.text)
    }

    /// The content of its first block, if it is base64 of PEM.
    pub(super) fn encoded_pem(&self) -> Option<Pem> {
        const BEGIN: &str = "LS0tLS1CRUdJTi"; // -----BEGIN
        let encoded = self.text.starts_with(BEGIN).then_some(self.text)?;
        let decoded = STANDARD.decode(encoded).map(Zeroizing::new).ok()?;
        pem(std::str::from_utf8(&decoded).ok()?)
    }

    /// Whether it is one or more numbers, at most `most`, each with one of `units` behind it.
    pub(super) fn has_units(&self, units: &[&str], most: usize) -> bool {
        let (mut rest, mut count) = (self.text, 0);
        while let Some(behind) = behind_unit(rest, units) {
            (rest, count) = (behind, count + 1);
        }
        rest.is_empty() && (1..=most).contains(&count)
    }
}

/// What stands behind a number and its unit; `None` if the text does not begin with them.
fn behind_unit<'t>(text: &'t str, units: &[&str]) -> Option<&'t str> {
    let number = text.find(|char: char| !char.is_ascii_digit() && char != '.')?;
    let end = text[number..].find(|char: char| char.is_ascii_digit()).map_or(text.len(), |at| number + at);
    let is_one = text[..number].parse::<f64>().is_ok() && units.contains(&&text[number..end]);
    is_one.then(|| &text[end..])
}

fn pem(text: &str) -> Option<Pem> {
    let label = text.trim_start().strip_prefix("-----BEGIN ")?.split_once("-----")?.0;
    text.contains(&format!("-----END {label}-----")).then(|| Pem::of_label(label))
}

/// Whether a text is a whole number of 64 bits as Kubernetes writes one.
pub(super) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = digits == "0" || !digits.starts_with('0');
    is_plain && (1..=19).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a number of JSON's.
pub(super) fn is_number(text: &str) -> bool {
    text.len() < 64 && matches!(Value::from_json(text.as_bytes()), Ok(Value::Number(_))) && text.trim() == text
}

pub(super) fn is_cidr<A: std::str::FromStr>(text: &str, bits: u8) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    address.parse::<A>().is_ok() && length.parse::<u8>().is_ok_and(|length| length <= bits)
}

pub(super) fn is_url(text: &str) -> bool {
    text.contains("://") && !text.contains(char::is_whitespace) && url::Url::parse(text).is_ok_and(|url| url.has_host())
}

pub(super) fn is_email(text: &str) -> bool {
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let parts = text.split_once('@');
    parts.is_some_and(|(local, host)| !local.is_empty() && local.bytes().all(is_local) && is_host(host))
}

/// Whether a text is a host's name with a dot in it, the last part of which is a word.
pub(super) fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_word = |label: &str| label.bytes().any(|byte| byte.is_ascii_alphabetic());
    text.len() <= 253
        && text.rsplit_once('.').is_some_and(|(_, last)| last.len() > 1 && is_word(last))
        && text.split('.').all(is_label)
}

/// Whether a text is five fields of cron's, or one of its names. Days and months may be names.
pub(super) fn is_cron(text: &str) -> bool {
    const NAMES: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    let is_number = |char: char| char.is_ascii_digit() || "*,-/?".contains(char);
    let is_name = |char: char| is_number(char) || char.is_ascii_alphabetic();
    let fields: Vec<&str> = text.split(' ').take(6).collect();
    let is_five = fields.len() == 5 && fields.iter().all(|field| !field.is_empty());
    let (times, days) = fields.split_at(fields.len().min(2));
    let all = |fields: &[&str], is: &dyn Fn(char) -> bool| fields.iter().all(|field| field.chars().all(is));
    NAMES.contains(&text) || is_five && all(times, &is_number) && all(days, &is_name)
}

pub(super) fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.len() > 1 && !text.contains(char::is_whitespace)
}

/// Whether a text is base64 that no word and no name is: it has a letter for that alone, or padding.
pub(super) fn is_base64(text: &str) -> bool {
    text.len() >= 8 && text.contains(['+', '/', '=']) && STANDARD.decode(text).is_ok()
}
