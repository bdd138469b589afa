//! A line of the log, as logrus writes it in Argo CD's own programs. Pure; knows no event.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use super::level::{LogFormat, LogLevel};
use crate::visible;

/// The longest text of a line: more would be torn by whoever collects containers' logs in pieces of 16 KiB.
const LONGEST_TEXT: usize = 8 << 10;

/// What stands for the rest of a longer text.
const CUT: &str = " […]";

/// What a line says besides its message, by name. What is null is left out.
pub(super) type Fields = BTreeMap<&'static str, Value>;

/// A line with its line break.
pub(super) fn line(format: LogFormat, level: LogLevel, time: &str, message: &str, mut fields: Fields) -> String {
    fields.retain(|_, value| !value.is_null());
    fields.values_mut().for_each(shorten);
    let message = short(message).unwrap_or_else(|| message.to_owned());
    let mut line = match format {
        LogFormat::Json => json(level, time, &message, fields),
        LogFormat::Text => text(level, time, &message, &fields),
    };
    line.push('\n');
    line
}

fn json(level: LogLevel, time: &str, message: &str, mut fields: Fields) -> String {
    fields.extend([("level", level.name().into()), ("msg", message.into()), ("time", time.into())]);
    visible::json(&serde_json::to_string(&fields).unwrap_or_default()).into_owned()
}

fn text(level: LogLevel, time: &str, message: &str, fields: &Fields) -> String {
    let mut line = format!("time={} level={} msg={}", quoted(time), level.name(), quoted(message));
    for (name, value) in fields {
        let value = value.as_str().map_or_else(|| value.to_string(), quoted);
        let _ = write!(line, " {name}={value}");
    }
    line
}

/// A text as logrus shows it: bare if it is a plain word.
fn quoted(text: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._/@^+".contains(char);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", visible::escaped(&text))
}

fn shorten(value: &mut Value) {
    if let Some(text) = value.as_str().and_then(short) {
        *value = text.into();
    }
}

/// The beginning of a text that is too long.
fn short(text: &str) -> Option<String> {
    (text.len() > LONGEST_TEXT).then(|| text[..text.floor_char_boundary(LONGEST_TEXT)].to_owned() + CUT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(format: LogFormat, message: &str, fields: &[(&'static str, Value)]) -> String {
        line(format, LogLevel::Warning, "2026-11-30T12:00:00.000Z", message, fields.iter().cloned().collect())
    }

    #[test]
    fn both_formats_are_logrus_s() {
        let fields = [("project", json!("web")), ("b", json!(2)), ("a", json!("x y")), ("none", Value::Null)];
        assert_eq!(
            shown(LogFormat::Json, "finished call", &fields),
            "{\"a\":\"x y\",\"b\":2,\"level\":\"warning\",\"msg\":\"finished call\",\"project\":\"web\",\"time\":\"2026-11-30T12:00:00.000Z\"}\n"
        );
        assert_eq!(
            shown(LogFormat::Text, "finished call", &fields),
            "time=\"2026-11-30T12:00:00.000Z\" level=warning msg=\"finished call\" a=\"x y\" b=2 project=web\n"
        );
    }

    #[test]
    fn nobody_s_text_makes_a_second_line_or_steers_a_terminal() {
        let forged = "a\n{\"level\":\"info\"}\u{1b}[2J\u{202e}\"";
        for format in [LogFormat::Json, LogFormat::Text] {
            let line = shown(format, forged, &[("application", json!(forged))]);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            assert!(!line.trim_end().chars().any(visible::is_invisible), "{line}");
        }
        let read: Value = serde_json::from_str(&shown(LogFormat::Json, forged, &[])).unwrap();
        assert_eq!(read["msg"], forged);
    }

    #[test]
    fn a_line_is_not_longer_than_collectors_take() {
        let long = "ë".repeat(LONGEST_TEXT);
        assert!(shown(LogFormat::Json, "finished call", &[("grpc.error", json!(long))]).len() < 2 * LONGEST_TEXT);
        assert!(shown(LogFormat::Text, &long, &[]).ends_with(" […]\"\n"));
    }
}
