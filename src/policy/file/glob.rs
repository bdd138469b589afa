//! The patterns of a policy file: `*` is any text without a `/`, `**` any text at all, and words in braces stand for the requester.

use regex::Regex;

use crate::error::Error;
use crate::policy::requester::Requester;
use crate::policy::template::{Template, is_name};

/// A pattern as it is written.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    template: Template,
    /// Whether it is `*` or `**` alone.
    is_everything: bool,
}

/// A pattern for one requester.
#[derive(Clone, Debug)]
pub(super) struct Matcher {
    regex: Regex,
    /// Whether it matches every text of one segment at least.
    pub(super) is_everything: bool,
}

impl Glob {
    /// Parses a pattern. A word in braces that stands for nothing is an error.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let template = Template::parse(text, &format!("the pattern `{text}`"))?;
        Ok(Self { template, is_everything: matches!(text, "*" | "**") })
    }

    /// The pattern for `requester`; what fills a word is never a pattern itself. A part that is unknown or not a plain name is `unknown`;
    /// where that is `None`, nothing matches.
    pub(super) fn matcher(&self, requester: &Requester, unknown: Option<&str>) -> Option<Matcher> {
        let pattern = self.template.map(as_regex, |part| {
            let known = part.of(requester).filter(|text| is_name(text)).map(regex::escape);
            known.or_else(|| unknown.map(as_regex))
        })?;
        // The longest pattern of a file of 1 MiB fits the limits of the crate; one that does not matches nothing.
        let regex = Regex::new(&format!("(?s)^(?:{pattern})$")).ok()?;
        Some(Matcher { regex, is_everything: self.is_everything })
    }
}

impl Matcher {
    /// Whether the whole of `text` matches.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// The regular expression of a pattern without words in braces.
fn as_regex(glob: &str) -> String {
    let literal = |text: &str| text.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*");
    glob.split("**").map(literal).collect::<Vec<_>>().join(".*")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(glob: &str, text: &str) -> bool {
        let requester = Requester { project: Some("shop".to_owned()), ..Requester::default() };
        let matcher = Glob::parse(glob).unwrap().matcher(&requester, None);
        matcher.is_some_and(|matcher| matcher.is_match(text))
    }

    #[test]
    fn one_star_stops_at_a_slash() {
        for (glob, text, expected) in [
            ("secret/data/shop/*", "secret/data/shop/db", true),
            ("secret/data/shop/*", "secret/data/shop/db/x", false),
            ("secret/data/shop/*", "secret/data/shop", false),
            ("secret/data/shop/**", "secret/data/shop/db/x", true),
            ("secret/data/shop/**", "secret/data/shopping", false),
            ("secret/*/shop/**", "secret/data/shop/db", true),
            ("secret/*/shop/**", "secret/a/b/shop/db", false),
            ("**/db", "secret/data/db", true),
            ("**", "a\nb", true),
            ("*", "", true),
            ("a.c", "abc", false),
            ("[a-z]", "b", false),
            ("a+", "aa", false),
            ("secret/data/a*", "secret/data/a|b", true),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }

    #[test]
    fn a_word_in_braces_is_the_requesters_own() {
        for (glob, text, expected) in [
            ("secret/data/{project}/**", "secret/data/shop/db", true),
            ("secret/data/{project}/**", "secret/data/shop2/db", false),
            ("secret/data/{project}-*", "secret/data/shop-db", true),
            ("secret/data/{app}/**", "secret/data/shop/db", false), // unknown
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
        assert!(Glob::parse("a/{team}").is_err());
    }

    #[test]
    fn what_fills_a_word_is_never_a_pattern() {
        for project in ["*", "**", ".*", "a|b", "a/b", "{app}", ""] {
            let requester = Requester { project: Some(project.to_owned()), ..Requester::default() };
            let glob = Glob::parse("secret/data/{project}/**").unwrap();
            assert!(glob.matcher(&requester, None).is_none(), "{project}: an allow matches nothing");
            let deny = glob.matcher(&requester, Some("*")).unwrap();
            assert!(deny.is_match("secret/data/any/db"), "{project}: a deny matches any");
        }
        let requester = Requester { project: Some("a.b".to_owned()), ..Requester::default() };
        let matcher = Glob::parse("secret/{project}").unwrap().matcher(&requester, None).unwrap();
        assert!(matcher.is_match("secret/a.b") && !matcher.is_match("secret/axb"));
    }
}
