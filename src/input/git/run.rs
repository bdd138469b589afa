//! Runs `git`: no setting of the system, the user or the repository counts, nothing is fetched, and what it prints, how long it takes
//! and what it touches are bounded.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::bounds::bounds;
use crate::contain::{self, Support};
use crate::error::{Error, Kind};

/// How much it may print.
const MOST: u64 = 512 << 20;

/// How much of its messages is kept.
const MESSAGE: u64 = 8 << 10;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where programs are if `PATH` does not say.
const FOLDERS: &str = "/usr/local/bin:/usr/bin:/bin";

/// All of its environment, but for the git dir. It asks nobody, fetches nothing and writes nothing.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// A call of `git`.
pub(super) struct GitCall<'c> {
    /// The file of the program.
    pub(super) program: &'c Path,
    /// Where it runs.
    pub(super) folder: &'c Path,
    /// Its environment beside [`ENVIRONMENT`].
    pub(super) environment: &'c [(&'c str, &'c Path)],
    /// Its arguments.
    pub(super) args: &'c [&'c str],
    /// What it reads on stdin.
    pub(super) stdin: &'c [u8],
    /// The files and folders that it reads.
    pub(super) read: &'c [PathBuf],
}

impl GitCall<'_> {
    /// Its output; the error is the cause of a failure.
    pub(super) fn output(&self) -> Result<Vec<u8>, String> {
        let mut command = Command::new(self.program);
        command.args(self.args).current_dir(self.folder).env_clear().envs(ENVIRONMENT.iter().copied());
        command.envs(self.environment.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (stdout, stderr, status) = finish(self.start(command)?, self.stdin)?;
        if stdout.len() as u64 > MOST {
            return Err(format!("it prints more than {} MiB", MOST >> 20));
        }
        if status.success() { Ok(stdout) } else { Err(String::from_utf8_lossy(&stderr).trim().to_owned()) }
    }

    /// Contained where the machine can do it. Elsewhere there is still no setting that names a program.
    fn start(&self, mut command: Command) -> Result<Child, String> {
        let started = match contain::support() {
            Support::Nothing(_) => return command.spawn().map_err(|error| error.to_string()),
            Support::Ports | Support::Files => contain::spawn(command, &bounds(self.program, self.read, PATIENCE)),
        };
        started.map_err(|error| error.cause.unwrap_or(error.detail))
    }
}

/// Everything that a program prints, up to the bounds, and how it ends.
fn finish(mut child: Child, stdin: &[u8]) -> Result<(Vec<u8>, Vec<u8>, ExitStatus), String> {
    let (input, output, messages) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        // Git need not read all of its stdin.
        scope.spawn(move || input.map(|mut input| input.write_all(stdin)));
        let messages = scope.spawn(move || read_start(messages, MESSAGE));
        let (end, ended) = mpsc::channel();
        let output = scope.spawn(move || {
            let output = read_up_to(output, MOST + 1);
            let _ = end.send(());
            output
        });
        let is_late = ended.recv_timeout(PATIENCE).is_err();
        if is_late {
            // It may have ended just now.
            let _ = child.kill();
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        let output = output.join().unwrap_or_default();
        match is_late {
            true => Err(format!("it took more than {} s", PATIENCE.as_secs())),
            false => Ok((output, messages.join().unwrap_or_default(), status)),
        }
    })
}

/// All that comes, up to `most` bytes. The rest is not read.
fn read_up_to(pipe: Option<impl Read>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A pipe that cannot be read counts as ended: the program's status tells the rest.
    let _ = pipe.map(|pipe| pipe.take(most).read_to_end(&mut bytes));
    bytes
}

/// The start of what comes; the rest is read and dropped.
fn read_start(pipe: Option<impl Read>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        let _ = pipe.by_ref().take(most).read_to_end(&mut bytes);
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    }
    bytes
}

/// The first `git` in the folders of `path`. Relative ones do not count, nor does a script, whose shell may not run.
pub(super) fn find(path: Option<&str>) -> Result<PathBuf, Error> {
    let folders = path.unwrap_or(FOLDERS).split(':').map(Path::new).filter(|folder| folder.is_absolute());
    let program = folders.map(|folder| folder.join("git")).find(|program| program.is_file() && !is_script(program));
    program.ok_or_else(|| {
        Error::new(Kind::Input, "there is no `git` in PATH").hint("install Git; a script does not count")
    })
}

fn is_script(program: &Path) -> bool {
    let mut start = [0; 2];
    std::fs::File::open(program).is_ok_and(|mut file| file.read_exact(&mut start).is_ok() && start == *b"#!")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program prints in place of Git, in the root.
    fn printed(program: &str, args: &[&str], read: &[PathBuf]) -> Result<String, String> {
        let environment = [("GIT_DIR", Path::new("/x"))];
        let (program, folder) = (Path::new(program), Path::new("/"));
        let output = GitCall { program, folder, environment: &environment, args, stdin: b"", read }.output()?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }

    #[test]
    fn nothing_of_our_environment_is_passed_on() {
        let text = printed("/usr/bin/env", &[], &[]).unwrap();
        let mut names: Vec<&str> = text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
        names.sort_unstable();
        let mut expected: Vec<&str> = ENVIRONMENT.iter().map(|(name, _)| *name).chain(["GIT_DIR"]).collect();
        expected.sort_unstable();
        assert_eq!(names, expected);
    }

    #[test]
    fn what_is_not_named_is_neither_read_nor_run() {
        if matches!(contain::support(), Support::Nothing(_)) {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        std::fs::write(&file, "text").unwrap();
        let name = file.display().to_string();
        assert!(printed("/bin/cat", &[&name], &[]).unwrap_err().contains("Permission denied"));
        assert_eq!(printed("/bin/cat", &[&name], &[folder.path().to_owned()]).unwrap(), "text");
        assert!(printed("/usr/bin/env", &["/bin/cat", &name], &[]).unwrap_err().contains("Permission denied"));
    }

    #[test]
    fn a_script_is_not_taken_for_git() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("git"), "#!/bin/sh\n").unwrap();
        let path = format!("relative:{}:/usr/bin", folder.path().display());
        assert_eq!(find(Some(&path)).unwrap(), Path::new("/usr/bin/git"));
        assert!(find(Some("usr/bin")).is_err());
    }
}
