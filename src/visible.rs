//! Text of unknown origin, made safe to show: it cannot steer a terminal, reverse the direction of reading, hide the text beside
//! it, or give a command to the reader of a log. Every writer uses it. Knows no output format.

use std::borrow::Cow;
use std::fmt::Write;

/// Invisible characters: controls, format characters, separators of lines and paragraphs, and characters that fonts may ignore.
/// The tab and the emoji variation selector are not among them.
const INVISIBLE: [(char, char); 21] = [
    ('\u{0}', '\u{8}'),
    ('\u{a}', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0e}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// The older form of a command to GitHub's runner, which counts anywhere in a line.
const OLD_COMMAND: &str = "##[";

/// Whether a character is invisible or changes how its neighbours are shown.
pub(crate) fn is_invisible(char: char) -> bool {
    let ranges = INVISIBLE.iter().take_while(|(first, _)| *first <= char);
    char != '\t' && !(' '..='~').contains(&char) && ranges.into_iter().any(|(_, last)| char <= *last)
}

/// `text` with `�` for each invisible character. Tabs stay.
pub(crate) fn replaced(text: &str) -> Cow<'_, str> {
    match text.chars().any(is_invisible) {
        true => Cow::Owned(text.chars().map(|char| if is_invisible(char) { '\u{fffd}' } else { char }).collect()),
        false => Cow::Borrowed(text),
    }
}

/// `text` on one line, with an escape such as `\u{202e}` for each invisible character and each tab.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in without_commands(text).chars() {
        match char {
            char if is_invisible(char) || char == '\t' => out.extend(char.escape_default()),
            char => out.push(char),
        }
    }
    out
}

/// The same JSON value, with invisible characters in its strings written as escapes.
pub(crate) fn json(json: &str) -> Cow<'_, str> {
    if json.is_ascii() && !json.contains('\u{7f}') && !json.contains(OLD_COMMAND) {
        return Cow::Borrowed(json);
    }
    let json = json.replace(OLD_COMMAND, "#\\u0023[");
    let mut out = String::with_capacity(json.len());
    for char in json.chars() {
        // ASCII is left alone: JSON's own white space is there, and its strings escape their controls.
        if char > '~' && is_invisible(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(char);
        }
    }
    Cow::Owned(out)
}

/// `text` without commands to GitHub's runner, which reads them from any log: `::name::` at the start of a line, `##[name]`
/// anywhere.
pub(crate) fn without_commands(text: &str) -> Cow<'_, str> {
    let text = without_old_commands(text);
    let start = text.len() - text.trim_start().len();
    match text[start..].starts_with("::") {
        true => Cow::Owned(format!("{}\u{fffd}{}", &text[..start], &text[start + 1..])),
        false => text,
    }
}

/// `text` without `##[`.
pub(crate) fn without_old_commands(text: &str) -> Cow<'_, str> {
    match text.contains(OLD_COMMAND) {
        true => Cow::Owned(text.replace(OLD_COMMAND, "#\u{fffd}[")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn the_table_is_unicode_s() {
        let unicode = Regex::new(r"^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$").unwrap();
        let shown = Regex::new(r"^[\t\x{FE0F}\p{Prepended_Concatenation_Mark}]$").unwrap();
        for char in '\0'..=char::MAX {
            let text = char.to_string();
            let expected = unicode.is_match(&text) && !shown.is_match(&text);
            assert_eq!(is_invisible(char), expected, "U+{:04X}", u32::from(char));
        }
    }

    #[test]
    fn what_cannot_be_seen_is_drawn() {
        for (text, in_a_line, escape) in [
            ("a\tb é", "a\tb é", "a\\tb é"),
            ("\u{1b}[2J\u{9b}1m", "\u{fffd}[2J\u{fffd}1m", "\\u{1b}[2J\\u{9b}1m"),
            ("\u{202e}x\u{2066}", "\u{fffd}x\u{fffd}", "\\u{202e}x\\u{2066}"),
            ("a\u{200b}b\u{2028}c\u{e0041}", "a\u{fffd}b\u{fffd}c\u{fffd}", "a\\u{200b}b\\u{2028}c\\u{e0041}"),
            ("a\r\nb", "a\u{fffd}\u{fffd}b", "a\\r\\nb"),
        ] {
            assert_eq!((&*replaced(text), &*escaped(text)), (in_a_line, escape), "{text:?}");
        }
    }

    #[test]
    fn json_says_the_same() {
        for text in ["plain\n", "\u{202e}\u{7f}\u{9b}", "\u{e0041}é\u{1f600}", "\u{1b}\t\u{2028}", "##[x]"] {
            let written = serde_json::to_string_pretty(&[text]).unwrap();
            let safe = json(&written);
            assert!(!safe.chars().any(|char| char != '\n' && is_invisible(char)), "{safe:?}");
            assert!(!safe.contains(OLD_COMMAND), "{safe}");
            assert_eq!(serde_json::from_str::<[String; 1]>(&safe).unwrap(), [text]);
        }
    }

    #[test]
    fn nothing_is_a_command_to_a_runner() {
        for (text, expected) in [
            ("::add-mask::x", "\u{fffd}:add-mask::x"),
            ("  ::error::x", "  \u{fffd}:error::x"),
            ("a ##[add-path]x", "a #\u{fffd}[add-path]x"),
            ("a::b", "a::b"),
            ("## [x]", "## [x]"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
