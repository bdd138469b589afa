//! The process is closed to others of the same user, and still finds its own descriptors: as root and as another user.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};

use crate::support::program::{binary, root};

/// Argo CD's own user.
const USER: u32 = 999;

const FILLED: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

/// Those who run the test: this user and, where we are root, another one.
fn users() -> Vec<Option<u32>> {
    let is_root = rustix::process::geteuid().is_root();
    [Some(None), is_root.then_some(Some(USER))].into_iter().flatten().collect()
}

/// A shell as somebody, with the program as `$0`.
fn shell(user: Option<u32>, script: &str) -> Command {
    let mut command = Command::new("/bin/bash");
    command.args(["-c", script, binary()]).env_clear().env("PATH", "/usr/bin:/bin").current_dir(root());
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(user: Option<u32>, script: &str, stdin: &str) -> Output {
    let mut child = shell(user, script).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn nobody_reads_the_environment_of_the_process() {
    // The program waits for its stdin; its parent, of the same user, looks.
    let script = "exec 3<&0; \"$0\" generate - <&3 & pid=$!; sleep 0.5; \
                  cat /proc/$pid/environ >/dev/null 2>&1 && echo read; ls -l /proc/$pid/fd >/dev/null 2>&1 && echo listed; \
                  grep 'Max core' /proc/$pid/limits; kill $pid";
    for user in users().into_iter().flatten() {
        let output = shell(Some(user), script).spawn().unwrap();
        let output = output.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(!text.contains("read") && !text.contains("listed"), "{text}");
        let core = text.lines().find(|line| line.starts_with("Max core")).unwrap_or_default();
        assert!(core.split_whitespace().skip(4).take(2).all(|limit| limit == "0"), "{text}");
    }
}

#[test]
fn the_process_finds_its_own_descriptors() {
    for user in users() {
        for (script, stdin) in [
            ("\"$0\" generate -", FILLED),
            ("cat | \"$0\" generate /dev/stdin", FILLED),
            ("cat | \"$0\" generate /proc/self/fd/0", FILLED),
            ("\"$0\" generate - --secrets <(echo '{}')", FILLED),
            ("\"$0\" generate - -c <(echo 'AVP_TYPE: file') --secrets <(echo '{}')", FILLED),
        ] {
            let output = run(user, script, stdin);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(String::from_utf8_lossy(&output.stdout), FILLED, "{user:?} {script}: {stderr}");
        }
    }
}
