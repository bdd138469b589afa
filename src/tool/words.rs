//! A line → its words, quoted as a shell quotes. Nothing is expanded and nothing is run: `$x`, `*` and `;` are characters.

/// The words of `line`; an error says what is wrong with its quotes.
pub(super) fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        match char {
            ' ' | '\t' | '\n' | '\r' => words.extend(word.take()),
            '\'' => single(&mut chars, word.get_or_insert_default())?,
            '"' => double(&mut chars, word.get_or_insert_default())?,
            '\\' => match chars.next() {
                Some('\n') => {}
                Some(char) => word.get_or_insert_default().push(char),
                None => return Err("ends in a backslash"),
            },
            char => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Everything up to the next single quote.
fn single(chars: &mut impl Iterator<Item = char>, word: &mut String) -> Result<(), &'static str> {
    for char in chars {
        if char == '\'' {
            return Ok(());
        }
        word.push(char);
    }
    Err("has a `'` that nothing closes")
}

/// Everything up to the next double quote; a backslash is one unless it stands before what it can escape there.
fn double(chars: &mut impl Iterator<Item = char>, word: &mut String) -> Result<(), &'static str> {
    while let Some(char) = chars.next() {
        match char {
            '"' => return Ok(()),
            '\\' => match chars.next() {
                Some('\n') => {}
                Some(char) => {
                    if !matches!(char, '"' | '\\' | '$' | '`') {
                        word.push('\\');
                    }
                    word.push(char);
                }
                None => break,
            },
            char => word.push(char),
        }
    }
    Err("has a `\"` that nothing closes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_quotes() {
        for (line, words) in [
            ("", vec![]),
            (" \n\t", vec![]),
            ("--set a=b -f x.yaml", vec!["--set", "a=b", "-f", "x.yaml"]),
            (r#"--set 'a=b c' "d e""#, vec!["--set", "a=b c", "d e"]),
            (r#"a'b'"c"d ''"#, vec!["abcd", ""]),
            (r#"a\ b \' "\"\\\$\n""#, vec!["a b", "'", r#""\$\n"#]),
            (r"'\'", vec![r"\"]),
            ("a\\\nb \"c\\\nd\"", vec!["ab", "cd"]),
            ("$HOME `id` $(id) *; rm | x #y", vec!["$HOME", "`id`", "$(id)", "*;", "rm", "|", "x", "#y"]),
        ] {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        for line in ["'a", "\"a", "a\\", "\"a\\"] {
            assert!(split(line).is_err(), "{line}");
        }
    }
}
