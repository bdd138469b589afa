//! Finds text that was meant as a placeholder: `<paht:a#k>`, `<Path:a#k>`, `<path;a#k>`, `< user >`, `<user base64encode>`.
//! Knows no YAML. Markup and prose are left alone: without a `#` after a word like `path`, nothing is reported.

use crate::modifier;
use crate::source::Span;
use crate::words::suggestion;

/// A mistyped placeholder, and how to write it.
pub(super) struct Typo {
    pub(super) span: Span,
    pub(super) reason: String,
}

/// The mistyped placeholders in a text. `generic` says that the resource has the path annotation.
pub(super) fn find(text: &str, generic: bool) -> Vec<Typo> {
    let mut found = Vec::new();
    for start in memchr::memchr_iter(b'<', text.as_bytes()) {
        let Some(end) = text[start + 1..].find(['>', '<', '\n']).map(|at| start + 1 + at) else { continue };
        if text[end..].starts_with('>') {
            let reason = inline(&text[start + 1..end]);
            found.extend(reason.map(|reason| Typo { span: Span::new(start, end + 1), reason }));
        }
    }
    found.extend(generic.then(|| blank(text)).flatten());
    found
}

/// The rest of a text after its closing quote.
pub(super) fn after_quote(text: &str) -> &str {
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return &text[at + 1..],
            '\\' => {
                chars.next();
            }
            _ => {}
        }
    }
    ""
}

/// How to write the text between `<` and `>`, if it was meant as an inline placeholder.
fn inline(inner: &str) -> Option<String> {
    const TYPOS: usize = 1;
    let inner = inner.trim_start_matches([' ', '\t']);
    let length = inner.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, rest) = inner.split_at(length);
    let separator = rest.chars().next()?;
    if word.eq_ignore_ascii_case("raw") && word != "raw" && separator == ':' {
        return Some(suggestion::did_you_mean("raw:"));
    }
    let near = suggestion::is_within(&word.to_ascii_lowercase(), "path", TYPOS);
    let right = word == "path" && separator == ':';
    let reads = matches!(separator, ':' | ';' | '=' | '.' | ' ') && rest.split(['|', '"']).next()?.contains('#');
    (near && reads && !right && word.len() >= 3).then(|| suggestion::did_you_mean("path:"))
}

/// A generic placeholder with blanks inside that is the whole text.
fn blank(text: &str) -> Option<Typo> {
    let trimmed = text.trim_end();
    let key = trimmed.strip_prefix('<')?.strip_suffix('>')?;
    let is_key = |key: &str| {
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
    };
    let bare = key.trim_matches([' ', '\t']);
    let meant = match bare.split_once('|') {
        // `< user | base64encode>`
        Some((name, call)) if key.starts_with([' ', '\t']) => {
            let (name, call) = (name.trim(), call.trim());
            let is_known = modifier::ending(&format!("{name} {call}")).is_some();
            return (is_known && is_key(name)).then(|| no_blanks(trimmed, &format!("{name} | {call}")));
        }
        _ => modifier::ending(bare),
    };
    let meant = match meant {
        None => Some(bare.to_owned()).filter(|bare| bare != key && is_key(bare)),
        Some(call) => {
            let name = bare[..bare.len() - call.len()].trim_end();
            is_key(name).then(|| format!("{name} | {call}"))
        }
    }?;
    Some(no_blanks(trimmed, &meant))
}

fn no_blanks(text: &str, meant: &str) -> Typo {
    let reason = format!("a generic placeholder holds no blanks: {}", suggestion::did_you_mean(format!("<{meant}>")));
    Typo { span: Span::new(0, text.len()), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_found_and_markup_is_not() {
        for (text, generic, expected) in [
            ("<paht:secret/data/a#k>", false, 1),
            ("x <Path:secret/data/a#k> y", false, 1),
            ("<PATH:a#k>", false, 1),
            ("<path;a#k>", false, 1),
            ("<path a#k>", false, 1),
            ("<pth:a#k | base64encode>", false, 1),
            ("< paths:a#k>", false, 1),
            ("<Raw:x>", false, 1),
            ("< user >", true, 1),
            ("<user >", true, 1),
            ("<user base64encode>", true, 1),
            ("<  user |base64encode>", true, 1),
            ("< user | base64encode >", true, 1),
            ("< user | nothing >", true, 0),
            ("<user indent 2>", true, 1),
            ("<user base64encode>", false, 0),
            ("<user default-value>", true, 0),
            ("<path:a#k>", false, 0),
            ("<path:a>", false, 0),
            ("<raw:x>", false, 0),
            ("< user >", false, 0),
            ("a < b > c", true, 0),
            ("<path d=\"M0 0\" fill=\"#fff\"/>", false, 0),
            ("<patch>#</patch>", false, 0),
            ("<a href=\"x#y\">", false, 0),
            ("<soap:Envelope>", false, 0),
        ] {
            assert_eq!(find(text, generic).len(), expected, "{text}");
        }
    }
}
