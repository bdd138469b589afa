//! A `.case` file: secrets, `+++`, input, `+++`, the output or `ERROR` with what stderr holds, and after a further `+++`
//! what stderr holds beside an output. Among the comments before the secrets: `# flags: …`, `# env: NAME=value`, `# stdin-crlf`, `# no-final-newline`.

use std::path::Path;

use super::program::{Program, program};

/// What a case file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Case {
    flags: Vec<String>,
    env: Vec<(String, String)>,
    crlf: bool,
    no_final_newline: bool,
    secrets: String,
    input: String,
    expected: Expected,
}

#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Output { stdout: String, warnings: Vec<String> },
    Error(Vec<String>),
}

impl Default for Expected {
    fn default() -> Self {
        Self::Error(Vec::new())
    }
}

impl Case {
    /// Reads a case file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut case = Self::default();
        for line in text.lines().take_while(|line| line.starts_with('#')) {
            case.header(line);
        }
        let mut parts = parts(text).into_iter();
        let mut next = |what: &str| parts.next().ok_or(format!("no {what} part"));
        case.secrets = next("secrets")?;
        case.input = case.ends(next("input")?);
        let output = next("output")?;
        let warnings = parts.next();
        case.expected = match output.strip_prefix("ERROR\n") {
            Some(_) if warnings.is_some() => return Err("an ERROR has no fourth part".to_owned()),
            Some(lines) => Expected::Error(lines.lines().map(str::to_owned).collect()),
            None => Expected::Output {
                stdout: case.ends(output),
                warnings: warnings.unwrap_or_default().lines().map(str::to_owned).collect(),
            },
        };
        if parts.next().is_some() { Err("more than four parts".to_owned()) } else { Ok(case) }
    }

    /// Takes a header line; every other comment is for the reader.
    fn header(&mut self, line: &str) {
        if let Some(flags) = line.strip_prefix("# flags:") {
            self.flags.extend(flags.split_whitespace().map(str::to_owned));
        } else if let Some((name, value)) = line.strip_prefix("# env:").and_then(|setting| setting.split_once('=')) {
            self.env.push((name.trim().to_owned(), value.to_owned()));
        }
        self.crlf |= line.trim_end() == "# stdin-crlf";
        self.no_final_newline |= line.trim_end() == "# no-final-newline";
    }

    /// A part with the line ends that the headers ask for.
    fn ends(&self, part: String) -> String {
        let part = if self.crlf { part.replace('\n', "\r\n") } else { part };
        let without = part.strip_suffix("\r\n").or(part.strip_suffix('\n'));
        if self.no_final_newline { without.unwrap_or(&part).to_owned() } else { part }
    }

    /// Renders the input; `folder` takes the secrets.
    pub(crate) fn run(&self, folder: &Path) -> Result<(), String> {
        let secrets = folder.join("secrets.yaml");
        std::fs::write(&secrets, &self.secrets).map_err(|error| error.to_string())?;
        let run = program(["generate", "-", "--secrets"].map(str::as_ref).into_iter().chain([secrets.as_os_str()]));
        let run = self.env.iter().fold(run.args(&self.flags), |run, (name, value)| run.env(name, value));
        self.expect(run.stdin(self.input.as_bytes())).compare()
    }

    fn expect(&self, run: Program) -> Program {
        match &self.expected {
            Expected::Error(parts) => run.status(1).stderr_holds(parts).hints(),
            Expected::Output { stdout, warnings } if warnings.is_empty() => run.stdout(stdout.as_bytes()),
            Expected::Output { stdout, warnings } => run.stdout(stdout.as_bytes()).stderr_holds(warnings),
        }
    }
}

/// The parts between lines that are `+++`, each with its final newline.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.split_inclusive('\n') {
        match line.trim_end_matches('\n') {
            "+++" => parts.push(String::new()),
            _ => parts.last_mut().expect("there is one").push_str(line),
        }
    }
    parts
}

#[test]
fn a_case_file_is_read() {
    let text = "# what it shows\n# flags: --strict --any\n# env: A=b c\n# no-final-newline\ns: {k: v}\n+++\na: <x>\n+++\na: v\n+++\nwarning: w\n";
    let expected = Expected::Output { stdout: "a: v".into(), warnings: vec!["warning: w".into()] };
    let case = Case {
        flags: vec!["--strict".into(), "--any".into()],
        env: vec![("A".into(), "b c".into())],
        crlf: false,
        no_final_newline: true,
        secrets: text.split_once("+++").unwrap().0.to_owned(),
        input: "a: <x>".into(),
        expected,
    };
    assert_eq!(Case::parse(text), Ok(case));
    assert_eq!(Case::parse("a: b\n+++\nx\n"), Err("no output part".to_owned()));
}
