//! The files that running a program takes: its own and, for a script, its interpreter. Reads the file's first line.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::run::find;

/// How long a first line may be, as the kernel has it.
const LONGEST: u64 = 256;

/// How many interpreters may be scripts themselves.
const DEPTH: usize = 4;

/// The files that running `program` takes; `path` is where a script's `env` looks, from `folder` on.
pub(super) fn programs(program: &Path, path: Option<&str>, folder: &Path) -> Vec<PathBuf> {
    let mut programs = vec![program.to_owned()];
    for _ in 0..DEPTH {
        let Some(line) = programs.last().and_then(|program| first_line(program)) else { break };
        let Some(interpreters) = interpreters(&line, path, folder) else { break };
        programs.extend(interpreters);
    }
    programs
}

/// The text after `#!` in a script's first line.
fn first_line(program: &Path) -> Option<String> {
    let mut start = Vec::new();
    File::open(program).ok()?.take(LONGEST).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    Some(String::from_utf8_lossy(line).into_owned())
}

/// The interpreter, and the program that it looks up if it is `env`.
fn interpreters(line: &str, path: Option<&str>, folder: &Path) -> Option<Vec<PathBuf>> {
    let mut words = line.split_whitespace();
    let interpreter = PathBuf::from(words.next()?);
    let is_env = interpreter.file_name().is_some_and(|name| name == "env");
    let name = words.find(|word| is_env && !word.starts_with('-') && !word.contains('='));
    let looked_up = name.and_then(|name| find(name, path, folder));
    Some([Some(interpreter), looked_up].into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_needs_its_interpreter_and_what_env_looks_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let root = folder.path().display();
        for (name, text) in [
            ("binary", "\u{7f}ELF".to_owned()),
            ("shell", "#!/bin/sh -e\nexit".to_owned()),
            ("env", "#!/usr/bin/env -S A=b own --flag\n".to_owned()),
            ("own", format!("#! {root}/shell\n")),
            ("empty", String::new()),
        ] {
            std::fs::write(path(name), text).unwrap();
        }
        let find = |name: &str| programs(&path(name), folder.path().to_str(), folder.path());
        assert_eq!(find("binary"), [path("binary")]);
        assert_eq!(find("empty"), [path("empty")]);
        assert_eq!(find("shell"), [path("shell"), "/bin/sh".into()]);
        let all = [path("env"), "/usr/bin/env".into(), path("own"), path("shell"), "/bin/sh".into()];
        assert_eq!(find("env"), all);
    }
}
