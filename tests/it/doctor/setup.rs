//! A set-up to be examined, and what must be said about it.

use std::process::Output;

use serde_json::Value;

use crate::support::program::program;

/// A set-up by its environment and its arguments.
#[derive(Clone, Default)]
pub(super) struct SetUp {
    name: &'static str,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

/// Credentials of all set-ups: nothing of them may be shown.
pub(super) const CANARY: &str = "canary-of-a-credential";

impl SetUp {
    /// A set-up without tools, for which that is right.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }.argument("--no-build")
    }

    /// A set-up that may need helm and kustomize.
    pub(super) fn with_tools(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    pub(super) fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    pub(super) fn env(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.environment.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs `doctor`.
    pub(super) fn output(&self, format: &str) -> Output {
        let run = program(["doctor", "--format", format]).args(&self.arguments);
        self.environment.iter().fold(run, |run, (name, value)| run.env(name, value)).output()
    }

    /// The exit code and the answers: check, state, and all of its text.
    pub(super) fn answers(&self) -> (Option<i32>, Vec<[String; 3]>) {
        let output = self.output("json");
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!stdout.contains(CANARY) && !stderr.contains(CANARY), "{}: {stdout}{stderr}", self.name);
        assert_eq!(stderr, "", "{}", self.name);
        let document: Value =
            serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{}: {error}: {stdout}", self.name));
        let text = |one: &Value, names: &[&str]| {
            names.iter().filter_map(|name| one[name].as_str()).collect::<Vec<_>>().join(" / ")
        };
        let checks = document["checks"].as_array().expect("a list").iter();
        let has_fix = |one: &Value| one["state"] != "wrong" || one["fix"].as_str().is_some_and(|fix| !fix.is_empty());
        let checks = checks.inspect(|one| assert!(has_fix(one), "{}: no fix: {one:#}", self.name));
        let answers = checks
            .map(|one| [text(one, &["check"]), text(one, &["state"]), text(one, &["detail", "place", "cause", "fix"])])
            .collect();
        (output.status.code(), answers)
    }

    /// Exactly `check` must be wrong, with these words in its line and its fix, and what builds on it not tried.
    #[track_caller]
    pub(super) fn is_wrong(&self, check: &str, words: &[&str]) {
        let (code, answers) = self.answers();
        let wrong: Vec<&[String; 3]> = answers.iter().filter(|answer| answer[1] == "wrong").collect();
        assert_eq!(code, Some(1), "{}: {answers:#?}", self.name);
        assert!(!wrong.is_empty() && wrong.iter().all(|answer| answer[0] == check), "{}: {answers:#?}", self.name);
        let told: String = wrong.iter().map(|answer| answer[2].as_str()).collect();
        let missing: Vec<&&str> = words.iter().filter(|word| !told.contains(**word)).collect();
        assert!(missing.is_empty(), "{}: {missing:?} is not said: {told}", self.name);
    }

    /// Nothing must be wrong. Returns the answers.
    #[track_caller]
    pub(super) fn is_healthy(&self) -> Vec<[String; 3]> {
        let (code, answers) = self.answers();
        assert_eq!(code, Some(0), "{}: {answers:#?}", self.name);
        answers
    }
}

/// The state of a check, and what is said; of the first line if it has several.
#[track_caller]
pub(super) fn answer<'a>(answers: &'a [[String; 3]], check: &str) -> (&'a str, &'a str) {
    let found = answers.iter().find(|answer| answer[0] == check);
    let [_, state, text] = found.unwrap_or_else(|| panic!("{check} is not asked: {answers:#?}"));
    (state, text)
}
