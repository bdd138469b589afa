//! The classes of values: what a text is, as far as its mask depends on that. A record keeps them in place of the value.

mod syntax;
#[cfg(test)]
mod tests;

use core::net::{Ipv4Addr, Ipv6Addr};

use super::form::Form;
use super::pem::Pem;
use super::public_format::PublicFormat;
use crate::value::Value;

use syntax::{Sample, is_base64, is_cidr, is_cron, is_email, is_host, is_integer, is_number, is_path, is_url};

/// What a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::render) enum Class {
    /// Text of no class that matters.
    #[default]
    Plain,
    /// What nobody has read, or a record of version 1 has: any class.
    Unknown,
    /// `true` or `false`.
    Bool,
    /// A whole number, as Kubernetes reads one: no leading zero, no fraction.
    Integer,
    /// Another number.
    Fraction,
    /// A value that a mask of the form takes the place of.
    Like(Form<'static>),
}

/// A class, its word in a record, and whether a text is of it.
struct Row {
    class: Class,
    word: &'static str,
    is: fn(&Sample<'_>) -> bool,
}

const fn row(class: Class, word: &'static str, is: fn(&Sample<'_>) -> bool) -> Row {
    Row { class, word, is }
}

const fn like(form: Form<'static>, word: &'static str, is: fn(&Sample<'_>) -> bool) -> Row {
    row(Class::Like(form), word, is)
}

/// All classes. The first one that a text is of counts.
const CLASSES: &[Row] = &[
    row(Class::Bool, "bool", |one| matches!(one.text, "true" | "false")),
    row(Class::Integer, "integer", |one| is_integer(one.text)),
    row(Class::Fraction, "fraction", |one| is_number(one.text)),
    like(Form::Percent, "percent", |one| one.text.strip_suffix('%').is_some_and(is_integer)),
    like(Form::Ipv4, "ipv4", |one| one.text.parse::<Ipv4Addr>().is_ok()),
    like(Form::Ipv6, "ipv6", |one| one.text.parse::<Ipv6Addr>().is_ok()),
    like(Form::Cidr4, "cidr4", |one| is_cidr::<Ipv4Addr>(one.text, 32)),
    like(Form::Cidr6, "cidr6", |one| is_cidr::<Ipv6Addr>(one.text, 128)),
    like(Form::Duration, "duration", |one| one.has_units(&["ns", "us", "µs", "ms", "s", "m", "h"], usize::MAX)),
    like(QUANTITY, "quantity", |one| one.has_units(&QUANTITY_UNITS, 1)),
    like(Form::Url, "url", |one| is_url(one.text)),
    like(Form::Email, "e-mail", |one| is_email(one.text)),
    like(Form::Cron, "cron", |one| is_cron(one.text)),
    like(Form::Pem(Pem::Certificate), "certificate", |one| one.pem() == Some(Pem::Certificate)),
    like(Form::Pem(Pem::CertificateRequest), "certificate-request", |one| one.pem() == Some(Pem::CertificateRequest)),
    like(Form::Pem(Pem::PrivateKey), "private-key", |one| one.pem() == Some(Pem::PrivateKey)),
    like(Form::Pem(Pem::PublicKey), "public-key", |one| one.pem() == Some(Pem::PublicKey)),
    like(Form::Pem(Pem::Data), "pem", |one| one.pem() == Some(Pem::Data)),
    like(Form::Json(PublicFormat::DockerConfig), "docker-config", |one| {
        one.format() == Some(PublicFormat::DockerConfig)
    }),
    like(Form::Json(PublicFormat::DockerCfg), "dockercfg", |one| one.format() == Some(PublicFormat::DockerCfg)),
    like(Form::Json(PublicFormat::GcpKey), "gcp-key", |one| one.format() == Some(PublicFormat::GcpKey)),
    like(Form::Json(PublicFormat::AwsKey), "aws-key", |one| one.format() == Some(PublicFormat::AwsKey)),
    like(Form::Json(PublicFormat::AzureKey), "azure-key", |one| one.format() == Some(PublicFormat::AzureKey)),
    like(Form::JsonObject, "json-object", |one| matches!(one.json(), Some(Value::Map(_)))),
    like(Form::JsonList, "json-list", |one| matches!(one.json(), Some(Value::List(_)))),
    like(Form::WildcardHost, "wildcard-host", |one| one.text.strip_prefix("*.").is_some_and(is_host)),
    like(Form::Host, "host", |one| is_host(one.text)),
    like(Form::Path, "path", |one| is_path(one.text)),
    like(Form::EncodedPem(Pem::Certificate), "base64-certificate", |one| one.encoded_pem() == Some(Pem::Certificate)),
    like(Form::EncodedPem(Pem::CertificateRequest), "base64-certificate-request", |one| {
        one.encoded_pem() == Some(Pem::CertificateRequest)
    }),
    like(Form::EncodedPem(Pem::Data), "base64-pem", |one| one.encoded_pem().is_some()),
    like(Form::Base64, "base64", |one| is_base64(one.text)),
    row(Class::Plain, "", |_| true),
    row(Class::Unknown, "any", |_| false),
];

/// The mask of a quantity that the API compares with nothing.
pub(super) const QUANTITY: Form<'static> = Form::Quantity(1, 999_999_999, "");

const QUANTITY_UNITS: [&str; 15] = ["n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

impl Class {
    /// The class of a value without members.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::of_text(text),
            Value::Number(digits) if is_integer(digits) => Self::Integer,
            Value::Number(_) => Self::Fraction,
            Value::Bool(_) => Self::Bool,
            _ => Self::Plain,
        }
    }

    /// The class of a text.
    pub(super) fn of_text(text: &str) -> Self {
        let sample = Sample::of(text);
        CLASSES.iter().find(|row| (row.is)(&sample)).map_or(Self::Plain, |row| row.class)
    }

    /// Its word in a record; empty for plain text.
    pub(in crate::render) fn word(self) -> &'static str {
        CLASSES.iter().find(|row| row.class == self).map_or("", |row| row.word)
    }

    /// Parses its word; `None` if there is no such class.
    pub(in crate::render) fn parse(word: &str) -> Option<Self> {
        CLASSES.iter().find(|row| row.word == word && !word.is_empty()).map(|row| row.class)
    }

    /// The form of JSON that a text has, if it has one.
    pub(super) fn json(self) -> Option<Form<'static>> {
        match self {
            Self::Like(form @ (Form::JsonObject | Form::JsonList | Form::Json(_))) => Some(form),
            _ => None,
        }
    }
}
