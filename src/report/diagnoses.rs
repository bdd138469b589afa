//! Shows what `doctor` has found: one line for each verdict, and under what is wrong its cause and the fix.

use serde_json::{Value, json};

use super::text::{Colour, one_line};
use crate::error::Level;
use crate::probe::{Diagnosis, Verdict};
use crate::visible;
use crate::words::count;

/// The width of the column with the questions' names.
const NAMES: usize = 10;

/// The width of the column with the words for the verdicts.
const WORDS: usize = 9;

/// Whether nothing is wrong.
pub(crate) fn is_healthy(diagnoses: &[Diagnosis]) -> bool {
    !diagnoses.iter().any(|diagnosis| diagnosis.verdict.is_error())
}

/// The verdicts for people.
pub(crate) fn text(diagnoses: &[Diagnosis], colour: Colour) -> String {
    let mut out = String::new();
    for Diagnosis { question, verdict } in diagnoses {
        let text = match verdict {
            Verdict::Right(text) | Verdict::NotTried(text) => one_line(text),
            Verdict::Wrong(error) => one_line(&error.to_string()),
        };
        let (word, code) = word(verdict);
        let word = colour.paint(code, &format!("{word:WORDS$}"));
        out += &format!("{word}  {question:NAMES$}  {text}\n");
        out += &below(verdict, colour);
    }
    out + &summary(diagnoses)
}

/// The lines below a verdict that something is wrong: the place, the cause, the fix.
fn below(verdict: &Verdict, colour: Colour) -> String {
    let Verdict::Wrong(error) = verdict else { return String::new() };
    let (place, cause) = (error.place.as_ref().map(ToString::to_string), error.cause.clone());
    let parts = [("at", place), ("cause", cause), ("fix", error.hint.clone())];
    let line = |(name, text): (&str, String)| {
        let name = if name == "fix" { colour.paint("1;32", name) } else { name.to_owned() };
        format!("{:indent$}{name}: {}\n", "", one_line(&text), indent = WORDS + NAMES + 4)
    };
    parts.into_iter().filter_map(|(name, text)| Some(line((name, text?)))).collect()
}

fn summary(diagnoses: &[Diagnosis]) -> String {
    let of = |name: &str| diagnoses.iter().filter(|diagnosis| word(&diagnosis.verdict).0 == name).count();
    let (wrong, warnings) = (of("wrong"), of("warning"));
    let verdict = if wrong == 0 { "nothing is wrong".to_owned() } else { format!("{wrong} wrong") };
    let warnings = if warnings == 0 { String::new() } else { format!(", {}", count::of(warnings, "warning")) };
    format!("\n{verdict}{warnings}, {} ok, {} not tried\n", of("ok"), of("not tried"))
}

/// The verdicts as one JSON document.
pub(crate) fn json(diagnoses: &[Diagnosis]) -> String {
    let checks: Vec<Value> = diagnoses.iter().map(of_one).collect();
    let document = json!({"healthy": is_healthy(diagnoses), "checks": checks});
    visible::json(&format!("{document:#}")).into_owned() + "\n"
}

fn of_one(Diagnosis { question, verdict }: &Diagnosis) -> Value {
    let mut one = json!({"check": question, "state": word(verdict).0});
    match verdict {
        Verdict::Right(text) | Verdict::NotTried(text) => one["detail"] = text.as_str().into(),
        Verdict::Wrong(error) => {
            one["detail"] = error.to_string().into();
            let place = error.place.as_ref().map(ToString::to_string);
            let parts = [("place", place), ("cause", error.cause.clone()), ("fix", error.hint.clone())];
            parts
                .into_iter()
                .filter_map(|(name, text)| Some((name, text?)))
                .for_each(|(name, text)| one[name] = text.into());
        }
    }
    one
}

/// The word for a verdict, and its colour.
fn word(verdict: &Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Right(_) => ("ok", "32"),
        Verdict::Wrong(finding) => match finding.level {
            Level::Error => ("wrong", "1;31"),
            Level::Warning => ("warning", "1;33"),
            Level::Note => ("note", "1;36"),
        },
        Verdict::NotTried(_) => ("not tried", "2"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Kind};

    fn diagnoses() -> Vec<Diagnosis> {
        let wrong = Error::new(Kind::Store, "cannot connect\u{1b}[2J").cause("refused").hint("start it");
        [
            ("dns", Verdict::Right("`vault` is 10.0.0.1".to_owned())),
            ("tcp", Verdict::Wrong(wrong)),
            ("tls", Verdict::NotTried("because of `tcp`".to_owned())),
        ]
        .map(|(question, verdict)| Diagnosis { question, verdict })
        .into()
    }

    #[test]
    fn a_line_a_verdict_with_the_fix_below() {
        let expected = "\
ok         dns         `vault` is 10.0.0.1
wrong      tcp         cannot connect\\u{1b}[2J
                       cause: refused
                       fix: start it
not tried  tls         because of `tcp`

1 wrong, 1 ok, 1 not tried
";
        assert_eq!(text(&diagnoses(), Colour::None), expected);
        assert!(!is_healthy(&diagnoses()) && is_healthy(&[]));
    }

    #[test]
    fn programs_read_the_same() {
        let document: Value = serde_json::from_str(&json(&diagnoses())).unwrap();
        assert_eq!(document["healthy"], false);
        assert_eq!(
            document["checks"][1],
            json!({"check": "tcp", "state": "wrong", "detail": "cannot connect\u{1b}[2J", "cause": "refused", "fix": "start it"})
        );
        assert_eq!(document["checks"][2]["state"], "not tried");
    }
}
