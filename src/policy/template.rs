//! Texts of the operator in which words stand for the requester: `app-{project}`. Pure; knows no setting.

use super::requester::{PARTS, Part, Requester};
use crate::error::{Error, Kind};
use crate::words::list;

/// A text of the operator, with the parts of a requester to fill in.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Part(&'static Part),
}

impl Template {
    /// Parses the text of what `named` names to people. An unknown word is an error, and so are two words of which nobody could tell
    /// where one value ends and the next begins.
    pub(crate) fn parse(text: &str, named: &str) -> Result<Self, Error> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, word, after)) = next_word(rest, named)? {
            pieces.extend([Piece::Text(before.to_owned()), Piece::Part(part(word, named)?)]);
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        check_separators(&pieces, named)?;
        Ok(Self { pieces })
    }

    /// Whether a part of the requester is to be filled in.
    pub(crate) fn has_words(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Part(_)))
    }

    /// The text with each stretch between the words, and each word's part, made into another text. `None` if one of the parts is.
    pub(super) fn map(
        &self,
        text: impl Fn(&str) -> String,
        part: impl Fn(&'static Part) -> Option<String>,
    ) -> Option<String> {
        let piece = |piece: &Piece| match piece {
            Piece::Text(stretch) => Some(text(stretch)),
            Piece::Part(named) => part(named),
        };
        self.pieces.iter().map(piece).collect()
    }

    /// The text for `requester`. A part that is unknown, or that is not a plain name, is an error: it would lead to another path or role.
    pub(crate) fn fill(&self, requester: &Requester, named: &str) -> Result<String, Error> {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Ok(text.clone()),
            Piece::Part(part) => name(part, requester, named).map(str::to_owned),
        };
        self.pieces.iter().map(piece).collect()
    }
}

/// Whether a text is a plain name, as Kubernetes has them: nothing in it leads to another path, ends one or stands for others.
pub(crate) fn is_name(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && text.chars().all(is_of_name)
}

fn is_of_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || "-._".contains(char)
}

/// The text before the next word, the word, and the text after it.
fn next_word<'t>(text: &'t str, named: &str) -> Result<Option<(&'t str, &'t str, &'t str)>, Error> {
    let Some((before, rest)) = text.split_once('{') else { return Ok(None) };
    let Some((word, after)) = rest.split_once('}') else {
        return Err(error(format!("{named} has a `{{` without a `}}`"), words_hint()));
    };
    Ok(Some((before, word, after)))
}

fn part(word: &str, named: &str) -> Result<&'static Part, Error> {
    let part = PARTS.iter().find(|part| part.is_name && part.word == word);
    part.ok_or_else(|| error(format!("{named} has `{{{word}}}`, which stands for nothing"), words_hint()))
}

/// Between two words stands a character that ends a name, or `_`, which no name of a project or a namespace holds.
fn check_separators(pieces: &[Piece], named: &str) -> Result<(), Error> {
    let mut of_text = pieces.iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None });
    let inner = of_text.by_ref().skip(1).take((pieces.len() / 2).saturating_sub(1));
    match inner.into_iter().all(|text| text.chars().any(|char| char == '_' || !is_of_name(char))) {
        true => Ok(()),
        false => Err(error(
            format!("{named} has two words that nothing parts"),
            "with `-` between them, `a` and `b-c` would be the same as `a-b` and `c`: put `_` between, or `/` in a path".to_owned(),
        )),
    }
}

fn name<'r>(part: &Part, requester: &'r Requester, named: &str) -> Result<&'r str, Error> {
    let Part { doc, variable, .. } = part;
    let Some(value) = part.of(requester) else {
        let hint = format!("Argo CD tells it to a plugin in `{variable}`");
        return Err(error(format!("{named} names {doc}, which is not known"), hint));
    };
    is_name(value).then_some(value).ok_or_else(|| {
        let detail = format!("{named} names {doc}, and `{value}` (`{variable}`) is not a plain name");
        error(detail, "a name has letters and digits of ASCII, `-`, `.` and `_`".to_owned())
    })
}

fn words_hint() -> String {
    let words = PARTS.iter().filter(|part| part.is_name).map(|part| format!("{{{}}}", part.word));
    format!("words in braces are {}", list::quoted_alternatives(words))
}

fn error(detail: String, hint: String) -> Error {
    Error::new(Kind::Setting, detail).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, [project, application, namespace]: [&str; 3]) -> Result<String, String> {
        let mut requester = Requester { repository: Some("https://git.test".to_owned()), ..Requester::default() };
        PARTS.iter().zip([project, application, namespace]).for_each(|(part, text)| part.set(&mut requester, text));
        let filled = Template::parse(template, "it").and_then(|template| template.fill(&requester, "it"));
        filled.map_err(|error| error.detail)
    }

    #[test]
    fn words_stand_for_the_requester() {
        let requester = ["shop", "argocd_web", "prod-1"];
        for (template, expected) in [
            ("plain", Ok("plain")),
            ("app-{project}", Ok("app-shop")),
            ("{project}_{app}", Ok("shop_argocd_web")),
            ("{namespace}/{app}/{project}}", Ok("prod-1/argocd_web/shop}")),
            ("a-{projct}", Err("it has `{projct}`, which stands for nothing")),
            ("a-{repo}", Err("it has `{repo}`, which stands for nothing")),
            ("a-{}", Err("it has `{}`, which stands for nothing")),
            ("a-{ project }", Err("it has `{ project }`, which stands for nothing")),
            ("a-{project", Err("it has a `{` without a `}`")),
            ("{project}{app}", Err("it has two words that nothing parts")),
            ("x_{project}-{app}_x", Err("it has two words that nothing parts")),
            ("{project}_{app}.{namespace}", Err("it has two words that nothing parts")),
        ] {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(filled(template, requester), expected, "{template}");
        }
    }

    #[test]
    fn what_is_not_a_plain_name_fills_nothing() {
        for value in [
            "",
            ".",
            "..",
            "a/b",
            "../a",
            "a b",
            "a\n",
            "a\u{0}",
            "*",
            "a?",
            "{app}",
            "a%2fb",
            "a\u{2215}b",
            "ä",
            "\u{ff0e}",
            "a#b",
            "a;b",
        ] {
            let error = filled("app-{project}", [value, "web", "prod"]).unwrap_err();
            let expected = if value.is_empty() { "which is not known" } else { "is not a plain name" };
            assert!(error.starts_with("it names the project, ") && error.contains(expected), "{value:?}: {error}");
            assert_eq!(filled("app-{app}", [value, "web", "prod"]).as_deref(), Ok("app-web"), "{value:?}");
        }
    }
}
