//! What a `vault-render.toml` makes of findings, and what is wrong with one.

use std::sync::Arc;

use super::*;
use crate::error::Kind;
use crate::source::{Place, Source, Span};

fn parse(text: &str) -> Result<RuleLevels, Errors> {
    RuleLevels::parse(&Arc::new(Source::new(FILE, text)))
}

/// What is left of the findings of some rules in some files.
fn left(text: &str, found: &[(&'static str, &str, Level)]) -> Vec<(&'static str, Level)> {
    let error = |(rule, file, level): &(&'static str, &str, Level)| {
        let place = Place::new(Arc::new(Source::new(*file, "x")), Span::new(0, 1));
        Error { level: *level, ..Error::new(Kind::Value, "x").rule(rule).at(place) }
    };
    let mut errors = Errors::new();
    errors.extend(found.iter().map(error));
    let left = parse(text).unwrap().apply(errors, |name| Some(PathBuf::from(name)));
    left.into_iter().map(|error| (error.rule, error.level)).collect()
}

#[test]
fn a_level_counts_everywhere_or_below_its_paths_where_the_last_one_wins() {
    use Level::{Error, Note, Warning};
    let text = "[check]\nrules = { secret-in-data = \"off\", placeholder-in-comment = \"warning\" }\n\
                [[check.paths]]\npaths = [\"test/**\", \"*.tmpl.yaml\"]\nrules = { known-token = \"note\" }\n\
                [[check.paths]]\npaths = [\"test/real\"]\nrules = { known-token = \"error\", secret-in-data = \"warning\" }\n";
    for (rule, file, level, expected) in [
        ("secret-in-data", "a.yaml", Error, None),
        ("placeholder-in-comment", "a.yaml", Note, Some(Warning)),
        ("known-token", "a.yaml", Error, Some(Error)),
        ("known-token", "test/a/b.yaml", Error, Some(Note)),
        ("known-token", "x/a.tmpl.yaml", Error, Some(Note)),
        ("known-token", "x/test/a.yaml", Error, Some(Error)),
        ("known-token", "test/real/b.yaml", Error, Some(Error)),
        ("secret-in-data", "test/real/b.yaml", Error, Some(Warning)),
        ("secret-in-data", "test/real/b.yaml", Note, Some(Note)),
        ("not-base64", "a.yaml", Error, Some(Error)),
    ] {
        let expected: Vec<_> = expected.map(|level| (rule, level)).into_iter().collect();
        assert_eq!(left(text, &[(rule, file, level)]), expected, "{rule} {file}");
    }
}

#[test]
fn what_says_that_the_check_failed_stays() {
    let levels = parse("[check]\nrules = { missing = \"off\" }\n").unwrap();
    let mut errors = Errors::new();
    errors.extend([Error::new(Kind::Store, "x").rule("missing"), Error::new(Kind::Missing, "x")]);
    assert_eq!(levels.apply(errors, |_| None).into_iter().count(), 1);
}

#[test]
fn a_mistake_is_an_error_at_its_place() {
    for (text, place, detail, hint) in [
        ("[chek]\n", "1:2", "unknown key `chek`", "did you mean `check`?"),
        ("[check]\nrule = {}\n", "2:1", "unknown key `rule`", "did you mean `rules`?"),
        (
            "[check]\nrules = { not-base46 = \"off\" }\n",
            "2:11",
            "`not-base46` is not a rule",
            "did you mean `not-base64`?",
        ),
        (
            "[check]\nrules = { comment = \"off\" }\n",
            "2:11",
            "`comment` is not a rule",
            "did you mean `placeholder-in-comment` or `allow-comment`?",
        ),
        ("[check]\nrules = { zzz = \"off\" }\n", "2:11", "`zzz` is not a rule", "--list-rules"),
        ("[check]\nrules = { missing = \"of\" }\n", "2:21", "this is not a level", "did you mean `off`?"),
        ("[check]\nrules = { missing = false }\n", "2:21", "this is not a level", "one of `off`, `note`"),
        ("[check]\nrules = { input = \"off\" }\n", "2:11", "the rule `input` says", "take it out"),
        ("[check]\nrules = []\n", "2:9", "`rules` is not a table", "docs/ci.md"),
        ("[[check.paths]]\npaths = [\"a\"]\n", "1:1", "needs `paths` and `rules`", "write `paths"),
        ("[[check.paths]]\npaths = \"a\"\nrules = {}\n", "2:9", "this is not a list", "test/**"),
        ("[[check.paths]]\npaths = [\"[z-a]\"]\nrules = {}\n", "2:10", "this pattern cannot be read", "z-a"),
        ("[[check.paths]]\npaths = [1]\nrules = {}\n", "2:10", "this is not a pattern", ".gitignore"),
        ("check = 1\n", "1:9", "`check` is not a table", "docs/ci.md"),
        ("[check\n", "1:7", "this is not TOML", ""),
    ] {
        let errors: Vec<Error> = parse(text).unwrap_err().into_iter().collect();
        let [error] = errors.as_slice() else { panic!("{text}: {errors:?}") };
        assert_eq!(error.place.as_ref().unwrap().to_string(), format!("{FILE}:{place}"), "{text}");
        assert!(
            error.detail.contains(detail) && error.hint.as_deref().unwrap_or_default().contains(hint),
            "{text}: {error:?}"
        );
        assert!(error.is_failure());
    }
}

#[test]
fn an_empty_file_changes_nothing() {
    assert_eq!(left("", &[("missing", "a", Level::Error)]), [("missing", Level::Error)]);
}
