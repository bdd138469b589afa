//! A line of the audit: who has read what, as JSON. Pure; never holds the value of a secret or of a parameter.

use serde::Serialize;

/// The longest line: as much as a pipe takes from one of several writers without mixing it with another's.
pub(super) const LONGEST_LINE: usize = 4096;

/// The longest text of a line that was shortened, in bytes; a character becomes at most two of them as JSON.
const SHORT: usize = 64;
const SHORT_PATH: usize = 1024;

/// One reading of a secret, or one that was refused. What is not known is left out.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Line {
    /// RFC 3339, in UTC, with milliseconds.
    pub(super) time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) application: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<String>,
    /// The first manifest that uses the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) manifest: Option<String>,
    /// All manifests that use it, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) manifests: Vec<String>,
    /// The first resource that uses the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<String>,
    /// All resources that use it, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) resources: Vec<String>,
    pub(super) store: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) vault_namespace: Option<String>,
    /// The path that was read.
    pub(super) path: String,
    /// The path as it is written, if another one was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) written_path: Option<String>,
    /// The names of the parameters. Their values may be secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) parameters: Vec<String>,
    /// The version that was read, else the one that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    /// The keys that are used; `*` is the whole secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) keys: Vec<String>,
    pub(super) result: &'static str,
    /// Who denies it: `policy` or `store`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<&'static str>,
    /// `render` or `preview`.
    pub(super) intent: &'static str,
    /// Whether the run has read it before, and other manifests use it too.
    #[serde(skip_serializing_if = "is_not")]
    pub(super) repeat: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<String>,
    /// The accessor of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<String>,
    /// Whether lists were left out and texts shortened, as the line was too long.
    #[serde(skip_serializing_if = "is_not")]
    pub(super) cut: bool,
}

impl Line {
    /// The line with its line break, at most [`LONGEST_LINE`] bytes.
    pub(super) fn bytes(mut self) -> Vec<u8> {
        let whole = self.as_json();
        if whole.len() <= LONGEST_LINE {
            return whole;
        }
        self.shorten();
        self.as_json()
    }

    fn as_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec(self).expect("texts are JSON");
        json.push(b'\n');
        json
    }

    fn shorten(&mut self) {
        self.cut = true;
        for list in [&mut self.manifests, &mut self.resources, &mut self.parameters, &mut self.keys] {
            list.clear();
        }
        let texts = [
            &mut self.application,
            &mut self.project,
            &mut self.namespace,
            &mut self.manifest,
            &mut self.resource,
            &mut self.vault_namespace,
            &mut self.written_path,
            &mut self.version,
            &mut self.rule,
            &mut self.login,
            &mut self.lease,
        ];
        texts.into_iter().flatten().for_each(|text| *text = short(text, SHORT));
        self.path = short(&self.path, SHORT_PATH);
    }
}

/// The beginning of a text. A control character, which JSON writes with six, becomes a blank.
fn short(text: &str, length: usize) -> String {
    let visible: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    visible[..visible.floor_char_boundary(length)].to_owned()
}

fn is_not(switch: &bool) -> bool {
    !switch
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn line() -> Line {
        Line {
            store: "vault".into(),
            path: "secret/data/a".into(),
            result: "found",
            intent: "render",
            ..Line::default()
        }
    }

    fn parsed(line: Line) -> Value {
        serde_json::from_slice(&line.bytes()).unwrap()
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let expected =
            json!({"time": "", "store": "vault", "path": "secret/data/a", "result": "found", "intent": "render"});
        assert_eq!(parsed(line()), expected);
    }

    #[test]
    fn a_line_break_of_a_tenants_makes_no_second_line() {
        let forged = "a\n{\"result\":\"found\"}".to_owned();
        let bytes = Line { path: forged.clone(), manifest: Some(forged), ..line() }.bytes();
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 1);
    }

    #[test]
    fn a_line_is_never_longer_than_what_a_pipe_takes_at_once() {
        for worst in ["\u{1}", "\"", "ë", "\u{1f512}", "a"] {
            let text = Some(worst.repeat(5000));
            let line = Line {
                application: text.clone(),
                project: text.clone(),
                namespace: text.clone(),
                manifest: text.clone(),
                manifests: vec!["m".into(); 5000],
                resource: text.clone(),
                resources: vec!["r".into(); 5000],
                vault_namespace: text.clone(),
                path: worst.repeat(5000),
                written_path: text.clone(),
                version: text.clone(),
                keys: vec!["k".into(); 5000],
                rule: text.clone(),
                login: text.clone(),
                lease: text,
                ..line()
            };
            assert!(line.clone().bytes().len() <= LONGEST_LINE, "{worst}");
            assert_eq!(parsed(line)["cut"], true);
        }
    }

    #[test]
    fn many_names_do_not_hide_the_path() {
        let line = Line { path: "p".repeat(1000), manifests: vec!["m".repeat(250); 20], ..line() };
        assert_eq!(parsed(line)["path"], "p".repeat(1000));
    }
}
