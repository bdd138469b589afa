//! Runs the program as a user would, and compares stdout, stderr and status. What a test does not set must be empty, or 0.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use similar::TextDiff;

/// A run of the program, and its expected result.
pub(crate) struct Program {
    command: Command,
    stdin: Vec<u8>,
    stdout: Vec<u8>,
    stderr: Stderr,
    hints: bool,
    status: i32,
}

/// What stderr must be.
enum Stderr {
    Exactly(String),
    /// Each of these is somewhere in it.
    Holds(Vec<String>),
}

/// `vault-render ARGS`, in an empty environment and the repository's root.
pub(crate) fn program<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Program {
    let mut command = Command::new(binary());
    // A home that nobody can make, not even root: no token is kept from one test to the next.
    command.args(args).env_clear().current_dir(root()).env("HOME", "/dev/null");
    let stderr = Stderr::Exactly(String::new());
    Program { command, stdin: Vec::new(), stdout: Vec::new(), stderr, hints: false, status: 0 }
}

/// The program's file.
pub(crate) fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_vault-render")
}

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[allow(dead_code)]
impl Program {
    /// With further arguments.
    pub(crate) fn args<S: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// With a variable in the environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// In another working folder.
    pub(crate) fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.command.current_dir(folder.into());
        self
    }

    /// With something piped in.
    pub(crate) fn stdin(mut self, stdin: impl Into<Vec<u8>>) -> Self {
        self.stdin = stdin.into();
        self
    }

    /// Stdout must be exactly this.
    pub(crate) fn stdout(mut self, stdout: impl Into<Vec<u8>>) -> Self {
        self.stdout = stdout.into();
        self
    }

    /// Stderr must be exactly this.
    pub(crate) fn stderr(mut self, stderr: impl Into<String>) -> Self {
        self.stderr = Stderr::Exactly(stderr.into());
        self
    }

    /// Stderr must hold each of these.
    pub(crate) fn stderr_holds<S: Into<String>>(mut self, parts: impl IntoIterator<Item = S>) -> Self {
        self.stderr = Stderr::Holds(parts.into_iter().map(Into::into).collect());
        self
    }

    /// Every error on stderr must end with a hint.
    pub(crate) fn hints(mut self) -> Self {
        self.hints = true;
        self
    }

    /// The status must be this.
    pub(crate) fn status(mut self, status: i32) -> Self {
        self.status = status;
        self
    }

    /// Runs the program, without any comparison.
    pub(crate) fn output(mut self) -> Output {
        run(&mut self.command, &self.stdin)
    }

    /// Runs the program and panics with everything that differs.
    #[track_caller]
    pub(crate) fn check(self) {
        if let Err(difference) = self.compare() {
            panic!("{difference}");
        }
    }

    /// Runs the program; an error says everything that differs.
    pub(crate) fn compare(mut self) -> Result<(), String> {
        let output = run(&mut self.command, &self.stdin);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let mut wrong = String::new();
        if output.status.code() != Some(self.status) {
            wrong += &format!("status: {} instead of {}\n", output.status, self.status);
        }
        if output.stdout != self.stdout {
            wrong += &difference("stdout", &self.stdout, &output.stdout);
        }
        match &self.stderr {
            Stderr::Exactly(expected) if *expected != stderr => {
                wrong += &difference("stderr", expected.as_bytes(), &output.stderr);
            }
            Stderr::Holds(parts) if parts.iter().any(|part| !stderr.contains(part.as_str())) => {
                let missing: Vec<&String> = parts.iter().filter(|part| !stderr.contains(part.as_str())).collect();
                wrong += &format!("stderr lacks {missing:?}, it is:\n{stderr}\n");
            }
            _ if self.status == 0 && output.status.code() != Some(0) => wrong += &format!("stderr:\n{stderr}\n"),
            _ => {}
        }
        for error in stderr.split("\n\n").filter(|part| self.hints && part.starts_with("error:")) {
            if !error.contains("\nhint: ") {
                wrong += &format!("an error without a hint:\n{error}\n");
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(format!("{:?}\n{wrong}", self.command)) }
    }
}

/// Runs `command` with `stdin`, which it need not read.
fn run(command: &mut Command, stdin: &[u8]) -> Output {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("the program starts");
    let mut pipe = child.stdin.take().expect("stdin is piped");
    std::thread::scope(|scope| {
        scope.spawn(move || pipe.write_all(stdin));
        child.wait_with_output().expect("the program ends")
    })
}

/// What differs, line by line; characters that cannot be seen are escaped.
fn difference(what: &str, expected: &[u8], actual: &[u8]) -> String {
    let visible = |bytes: &[u8]| -> String {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.split_inclusive('\n').map(|line| match line.strip_suffix('\n') {
            Some(line) => line.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'") + "\n",
            None => line.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'") + " (no newline)\n",
        });
        lines.collect()
    };
    let (expected, actual) = (visible(expected), visible(actual));
    let diff = TextDiff::from_lines(&expected, &actual);
    format!("{what} (- expected, + actual):\n{}", diff.unified_diff().context_radius(3))
}
