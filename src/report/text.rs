//! Shows a finding to people: what is wrong, where, the line with carets, and a hint.

use super::{Counts, gathered};
use crate::error::{Error, Kind, Level};
use crate::excerpt::Excerpt;
use crate::source::Place;
use crate::visible;
use crate::words::list;

/// Whether the text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// With colours, for a terminal.
    Ansi,
    /// Without colours.
    None,
}

/// The number of further places that are listed.
const ALSO: usize = 3;

/// Findings one after the other: gathered, a blank line between two, counted at the end.
#[derive(Debug)]
pub(crate) struct Findings {
    colour: Colour,
    counts: Counts,
}

impl Findings {
    /// None until now.
    pub(crate) fn new(colour: Colour) -> Self {
        Self { colour, counts: Counts::default() }
    }

    /// The text of a whole list.
    pub(crate) fn text(list: Vec<Error>, colour: Colour) -> String {
        let mut findings = Self::new(colour);
        let text = findings.add(list);
        text + &findings.finish().unwrap_or_default()
    }

    /// The text of further ones.
    pub(crate) fn add(&mut self, list: Vec<Error>) -> String {
        let mut text = String::new();
        for error in &gathered(list) {
            if !self.counts.is_empty() {
                text.push('\n');
            }
            text += &finding(error, self.colour);
            self.counts.add(error);
        }
        text
    }

    /// The line that says how many there were, after a blank one.
    pub(crate) fn finish(self) -> Option<String> {
        self.counts.summary().map(|summary| format!("\n{summary}\n"))
    }
}

/// A finding on several lines.
pub(crate) fn finding(error: &Error, colour: Colour) -> String {
    let mut out = String::new();
    let (word, code) = match error.level {
        Level::Error => ("error", "1;31"),
        Level::Warning => ("warning", "1;33"),
        Level::Note => ("note", "1;36"),
    };
    line(&mut out, &format!("{}: {}", colour.paint(code, word), colour.paint("1", &one_line(&error.to_string()))));
    let gutter = match &error.place {
        Some(place) => around(&mut out, error, place, colour),
        None => " ".to_owned(),
    };
    if let Some(also) = also(&error.also) {
        line(&mut out, &format!("{gutter} = also: {}", one_line(&also)));
    }
    if let Some(cause) = &error.cause {
        let mut lines = cause.trim_end().lines().map(one_line);
        line(&mut out, &format!("{gutter} = cause: {}", lines.next().unwrap_or_default()));
        lines.for_each(|text| line(&mut out, format!("{gutter}          {text}").trim_end()));
    }
    if let Some(hint) = &error.hint {
        line(&mut out, &format!("{}: {}", colour.paint("1;32", "hint"), one_line(hint)));
    }
    out
}

/// The first few of the other places, with the files that they come from, and how many there are.
fn also(places: &[Place]) -> Option<String> {
    let shown = |place: &Place| match &place.origin {
        Some(origin) => format!("{place} ({origin})"),
        None => place.to_string(),
    };
    (!places.is_empty()).then(|| list::few(places.iter().map(shown), ALSO))
}

/// Writes where a finding is, and returns the gutter for the following lines.
fn around(out: &mut String, error: &Error, place: &Place, colour: Colour) -> String {
    let excerpt = Excerpt::new(&place.source, place.span);
    let gutter = " ".repeat(excerpt.line.to_string().len());
    line(out, &format!("{gutter}{} {}", colour.paint("1;34", "-->"), one_line(&place.to_string())));
    // A document that is not a Kubernetes object may be a file of secrets: none of it is shown.
    if error.kind == Kind::NotKubernetes {
        return gutter;
    }
    if !error.hidden {
        excerpt.to_string().lines().for_each(|text| line(out, &visible::without_commands(text)));
    }
    let resource = place.resource.as_ref().map(ToString::to_string);
    let origin = place.origin.as_ref().map(ToString::to_string);
    for (word, text) in [("resource", resource), ("field", place.field.clone()), ("template", origin)] {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            line(out, &format!("{gutter} = {word}: {}", one_line(&text)));
        }
    }
    gutter
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// A text on one line with visible characters only: names and responses come from others.
pub(super) fn one_line(text: &str) -> String {
    visible::escaped(text.trim_end())
}

impl Colour {
    /// `text` in the colour `code` of ECMA-48.
    pub(crate) fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::None => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::{ResourceId, Source, Span};

    fn place() -> Place {
        let text = "kind: Secret\nstringData:\n  password: <path:secret/data/app#passwrd>\n";
        let span = Span::new(text.find('<').unwrap(), text.len() - 1);
        let resource = ResourceId {
            kind: "Secret".into(),
            namespace: Some("web".into()),
            name: Some("db".into()),
            ..ResourceId::default()
        };
        Place {
            resource: Some(Arc::new(resource)),
            field: Some("stringData.password".into()),
            origin: Some("chart/templates/db.yaml".into()),
            ..Place::new(Arc::new(Source::new("apps/db.yaml", text)), span)
        }
    }

    #[test]
    fn a_finding_says_what_where_and_what_helps() {
        let error = Error::new(Kind::Missing, "secret `secret/data/app` has no key `passwrd`");
        let error = error.at(place()).cause("HTTP 200").hint("its nearest keys are `password`, `user`");
        let expected = "\
error: secret `secret/data/app` has no key `passwrd`
 --> apps/db.yaml:3:13
  |
3 |   password: <path:secret/data/app#passwrd>
  |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = resource: Secret web/db
  = field: stringData.password
  = template: chart/templates/db.yaml
  = cause: HTTP 200
hint: its nearest keys are `password`, `user`
";
        assert_eq!(finding(&error, Colour::None), expected);
    }

    #[test]
    fn nothing_of_a_document_that_is_no_kubernetes_object_is_shown() {
        let error = Error::new(Kind::NotKubernetes, "the document is not a Kubernetes object").at(place());
        let text = finding(&error, Colour::None);
        assert_eq!(text, "error: the document is not a Kubernetes object\n --> apps/db.yaml:3:13\n");
    }

    #[test]
    fn the_lines_of_a_cause_stay_in_its_column() {
        let text = finding(&Error::warning(Kind::Store, "x").cause("a\n\nerror: b\u{1b}[2J\n"), Colour::None);
        assert_eq!(text, "warning: x\n  = cause: a\n\n           error: b\\u{1b}[2J\n");
    }

    #[test]
    fn nothing_that_a_finding_quotes_steers_who_reads_it() {
        let text = "kind: \u{1b}[2J\u{202e}x\n";
        let odd = |words: &str| format!("{words}\u{1b}[2J\u{202e}\u{200b}\u{2028}");
        let resource = ResourceId {
            kind: odd("Secret"),
            namespace: Some(odd("web")),
            name: Some(odd("db")),
            ..ResourceId::default()
        };
        let place = Place {
            resource: Some(Arc::new(resource)),
            field: Some(odd("data")),
            origin: Some(odd("chart").into()),
            ..Place::new(Arc::new(Source::new(odd("a.yaml"), text)), Span::new(0, 4))
        };
        let mut error = Error::new(Kind::Missing, odd("no key")).at(place.clone()).hint(odd("look"));
        error.cause = Some(format!("{}\n::add-mask::x\n##[error]y", odd("said")));
        error.also.push(place);
        let shown = finding(&error, Colour::None);
        assert!(shown.chars().all(|char| char == '\n' || !visible::is_invisible(char)), "{shown:?}");
        assert!(shown.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##[")), "{shown}");
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        let error = Error::new(Kind::Input, "x");
        assert_eq!(finding(&error, Colour::None), "error: x\n");
        assert_eq!(finding(&error, Colour::Ansi), "\u{1b}[1;31merror\u{1b}[0m: \u{1b}[1mx\u{1b}[0m\n");
    }
}
