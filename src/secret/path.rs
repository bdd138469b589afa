//! Paths as they are judged and read: one spelling for each, and no character that somebody else might read as another one.
//! Knows no store and no policy.

use crate::visible::is_invisible;

/// Why a text is not a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathFault {
    /// What is wrong with it, after "the path".
    pub detail: String,
    /// What to do.
    pub hint: &'static str,
}

/// Characters that servers and proxies give a meaning of their own in a path.
const RESERVED: [(char, &str); 4] = [
    ('?', "behind a `?` stand parameters, `NAME=VALUE`"),
    ('#', "behind a `#` stands the key, in a placeholder alone; the annotation for a version is `secret-version`"),
    (';', "rename the secret: some servers end a path at a `;`"),
    ('\\', "write `/`: some servers take a `\\` for one"),
];

/// Characters that look like one that means something in a path, or that become one where text is normalised (NFKC).
const LOOKALIKES: [(char, &str); 6] = [
    (
        '/',
        "\u{337}\u{338}\u{1735}\u{2041}\u{2044}\u{2215}\u{2571}\u{27cb}\u{29f8}\u{2afd}\u{2cc6}\u{2f03}\u{3033}\u{ff0f}\u{1d23a}",
    ),
    (
        '.',
        "\u{6d4}\u{701}\u{702}\u{2024}\u{2025}\u{2026}\u{3002}\u{a60e}\u{fe12}\u{fe19}\u{fe52}\u{ff0e}\u{ff61}\u{10a50}\u{1d16d}",
    ),
    ('\\', "\u{2216}\u{27cd}\u{29f5}\u{29f9}\u{2f02}\u{31d4}\u{4e36}\u{fe68}\u{ff3c}\u{1d20f}\u{1d23b}"),
    ('%', "\u{66a}\u{2052}\u{fe6a}\u{ff05}"),
    ('?', "\u{294}\u{2048}\u{2049}\u{fe16}\u{fe56}\u{ff1f}"),
    (';', "\u{37e}\u{fe14}\u{fe54}\u{ff1b}"),
];

/// The path that is judged and read for a written one, normalised; or why the text is not a path.
pub(crate) fn clean(written: &str) -> Result<String, PathFault> {
    if let Some(fault) = written.trim().char_indices().find_map(|(at, char)| fault(char, &written.trim()[at..])) {
        return Err(fault);
    }
    match normalise(written) {
        None => Err(PathFault { detail: "leads above the root".to_owned(), hint: "write the path without `..`" }),
        Some(path) if path.is_empty() => {
            Err(PathFault { detail: "is empty".to_owned(), hint: "a path is like `secret/data/app`" })
        }
        Some(path) if path.trim() != path => {
            Err(PathFault { detail: "begins or ends with a blank".to_owned(), hint: "take the blank out" })
        }
        Some(path) => Ok(path),
    }
}

/// `//`, `.`, `..`, a leading and a trailing `/` resolved. `None` where `..` leads above the root.
pub(crate) fn normalise(path: &str) -> Option<String> {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.trim().split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

/// What a character of a path may be taken for.
pub(crate) fn lookalike(char: char) -> Option<char> {
    let of = |(_, others): &&(char, &str)| others.contains(char);
    (!char.is_ascii()).then(|| LOOKALIKES.iter().find(of)).flatten().map(|(meant, _)| *meant)
}

/// Whether a text begins with `%` and two hex digits.
pub(crate) fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first() == Some(&b'%') && bytes.get(1..3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// What is wrong with the first character of `rest`.
fn fault(char: char, rest: &str) -> Option<PathFault> {
    let fault = |detail, hint| Some(PathFault { detail, hint });
    if let Some((_, hint)) = RESERVED.iter().find(|(reserved, _)| *reserved == char) {
        return fault(format!("holds `{char}`"), hint);
    }
    if is_escape(rest) {
        let hint = "write the character itself: a path is encoded when it is sent";
        return fault(format!("holds `{}`, an encoded character", &rest[..3]), hint);
    }
    if let Some(meant) = lookalike(char) {
        let detail = format!("holds U+{:04X}, which looks like `{meant}`", u32::from(char));
        return fault(detail, "write the plain character, or rename the secret");
    }
    if char == '\t' || is_invisible(char) {
        return fault(format!("holds the invisible character U+{:04X}", u32::from(char)), "take it out");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_spelling() {
        for (written, path) in [
            ("secret/data/app", "secret/data/app"),
            ("/secret//data/./app/", "secret/data/app"),
            (" secret/data/a/../b ", "secret/data/b"),
            ("secret/data/50% off/é.../ü..", "secret/data/50% off/é.../ü.."),
            ("secret/data/100%", "secret/data/100%"),
            ("secret/data/a%2", "secret/data/a%2"),
            ("secret/data/%zz*+@:~", "secret/data/%zz*+@:~"),
        ] {
            assert_eq!(clean(written).as_deref(), Ok(path), "{written}");
            assert_eq!(clean(path).as_deref(), Ok(path), "it stays {path}");
        }
    }

    #[test]
    fn what_another_reader_might_take_for_another_path_is_refused() {
        for (written, detail) in [
            ("..", "leads above the root"),
            ("a/../../b", "leads above the root"),
            ("", "is empty"),
            ("a/..", "is empty"),
            ("a /", "begins or ends with a blank"),
            ("/ /a", "begins or ends with a blank"),
            ("a/%2e%2e/b", "holds `%2e`, an encoded character"),
            ("a/%252e%252e/b", "holds `%25`, an encoded character"),
            ("a%2Fb", "holds `%2F`, an encoded character"),
            ("a/é%c3/b", "holds `%c3`, an encoded character"),
            ("a;b", "holds `;`"),
            ("what?", "holds `?`"),
            ("a#b", "holds `#`"),
            ("a\\..\\b", "holds `\\`"),
            ("a\tb", "holds the invisible character U+0009"),
            ("a\nb", "holds the invisible character U+000A"),
            ("a/\u{0}", "holds the invisible character U+0000"),
            ("a\u{200b}/b", "holds the invisible character U+200B"),
            ("a/\u{202e}b", "holds the invisible character U+202E"),
            ("a\u{2215}b", "holds U+2215, which looks like `/`"),
            ("a/\u{ff0e}\u{ff0e}/b", "holds U+FF0E, which looks like `.`"),
            ("a/\u{2025}/b", "holds U+2025, which looks like `.`"),
            ("a/\u{ff05}2e/b", "holds U+FF05, which looks like `%`"),
        ] {
            let fault = clean(written).unwrap_err();
            assert_eq!(fault.detail, detail, "{written:?}");
            assert!(!fault.hint.is_empty());
        }
    }

    #[test]
    fn a_lookalike_is_in_the_table_once_and_is_neither_plain_nor_invisible() {
        let all: Vec<char> = LOOKALIKES.iter().flat_map(|(_, others)| others.chars()).collect();
        for (at, char) in all.iter().enumerate() {
            assert!(
                !char.is_ascii() && !is_invisible(*char) && !all[..at].contains(char),
                "U+{:04X}",
                u32::from(*char)
            );
        }
    }
}
