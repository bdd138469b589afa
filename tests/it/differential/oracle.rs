//! Kubernetes' own decoder, asked many streams at once.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

/// What Kubernetes reads in a stream.
pub(crate) struct Answer {
    /// The documents that are not null.
    pub(crate) documents: Vec<Json>,
    pub(crate) error: Option<String>,
}

/// Kubernetes' answers, one for each stream.
pub(crate) fn ask(oracle: &Path, streams: &[Vec<u8>]) -> Vec<Answer> {
    let mut child = Command::new(oracle).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let answers = std::thread::scope(|scope| {
        scope.spawn(move || {
            for stream in streams {
                writeln!(stdin, "{}", stream.len()).unwrap();
                stdin.write_all(stream).unwrap();
            }
        });
        lines.map(|line| answer(&line.unwrap())).collect::<Vec<_>>()
    });
    child.wait().unwrap();
    assert_eq!(answers.len(), streams.len(), "the oracle answers each stream");
    answers
}

fn answer(line: &str) -> Answer {
    let Ok(answer) = serde_json::from_str::<Json>(line) else {
        // Go passes JSON with half a surrogate pair on.
        return Answer { documents: Vec::new(), error: Some("no JSON".to_owned()) };
    };
    let documents = answer["docs"].as_array().unwrap().iter().filter(|document| !document.is_null());
    Answer { documents: documents.cloned().collect(), error: answer["error"].as_str().map(str::to_owned) }
}
