//! Shows a finding as a workflow command, which GitHub Actions displays beside the line.
//! Reference: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use crate::error::{Error, Level};
use crate::visible::{is_invisible, without_old_commands};

/// One finding in one line, without its line break.
pub(crate) fn finding(error: &Error) -> String {
    let command = match error.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = &error.place {
        let (line, column) = place.line_column();
        properties.push(format!("file={}", property(&visible(&place.source.name))));
        properties.push(format!("line={line},col={column}"));
    }
    properties.push(format!("title=vault-render {}", property(error.rule)));
    format!("::{command} {}::{}", properties.join(","), data(&message(error)))
}

/// The text of a finding, one part a line.
fn message(error: &Error) -> String {
    let place = error.place.as_ref();
    let resource = place.and_then(|place| place.resource.as_ref()).map(ToString::to_string);
    let field = place.and_then(|place| place.field.clone());
    let rest = [("", Some(error.to_string())), ("resource: ", resource), ("field: ", field)];
    let rest = rest.into_iter().chain([("cause: ", error.cause.clone()), ("hint: ", error.hint.clone())]);
    let lines =
        rest.filter_map(|(word, text)| text.filter(|text| !text.is_empty()).map(|text| format!("{word}{text}")));
    let lines = lines.collect::<Vec<_>>().join("\n");
    lines.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// A line without invisible characters: GitHub decodes them, so encoding alone is not enough.
fn visible(line: &str) -> String {
    let line = without_old_commands(line);
    line.chars().map(|char| if is_invisible(char) { char.escape_default().to_string() } else { char.into() }).collect()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::Kind;
    use crate::source::{Place, ResourceId, Source, Span};

    #[test]
    fn a_finding_is_one_command_and_nothing_in_it_ends_it() {
        let resource = ResourceId { kind: "Secret".into(), name: Some("db".into()), ..ResourceId::default() };
        let place = Place {
            resource: Some(Arc::new(resource)),
            field: Some("data.x".into()),
            ..Place::new(Arc::new(Source::new("a:1,b.yaml", "a:\n  <x>")), Span::new(5, 8))
        };
        let error = Error::warning(Kind::Missing, "100% of `x`\n::error::y").at(place).hint("look");
        assert_eq!(
            finding(&error),
            "::warning file=a%3A1%2Cb.yaml,line=2,col=3,title=vault-render missing::\
             100%25 of `x`%0A::error::y%0Aresource: Secret db%0Afield: data.x%0Ahint: look"
        );
        assert_eq!(finding(&Error::new(Kind::Input, "x")), "::error title=vault-render input::x");
    }

    #[test]
    fn nothing_in_it_steers_who_reads_it() {
        let place = Place::new(Arc::new(Source::new("a\u{1b}[2J\n::error::x\u{202e}.yaml", "a")), Span::new(0, 1));
        let error = Error::new(Kind::Store, "no\u{1b}[31m").at(place).cause("a\r\u{202e}b\u{2028}");
        let shown = finding(&error);
        assert!(!shown.chars().any(is_invisible), "{shown:?}");
        assert!(shown.starts_with("::error file=a\\u{1b}[2J\\n%3A%3Aerror"), "{shown}");
    }
}
