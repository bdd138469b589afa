//! The process of a server: its folder, its log, and how it ends.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts `"$@"`, says its pid, and waits: when its stdin ends, because the guard was dropped or the test process died in
/// whatever way, it kills the server and removes its folder. A shell outlives the tests' process, a destructor does not.
const GUARD: &str = r#"
home=$1; shift
"$@" >"$home/log" 2>&1 </dev/null &
server=$! PATH=/usr/sbin:/usr/bin:/sbin:/bin
trap '' INT TERM HUP
echo "$server"
exec >&- 2>&-
read -r _
kill -KILL "$server"
wait "$server"
chmod -R u+rwx "$home"
rm -rf "$home"
"#;

/// Where the system's programs are.
pub(crate) const SYSTEM_PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// A running server. Dropped, it is gone: process and folder.
pub(crate) struct Process {
    name: &'static str,
    home: PathBuf,
    pid: u32,
    shell: Child,
    stdin: Option<ChildStdin>,
}

impl Process {
    /// `home` is the server's own folder; it goes when the server goes.
    pub(crate) fn start(name: &'static str, home: &Path, binary: &Path, arguments: &[String]) -> Self {
        Self::start_in(name, home, binary, arguments, &[])
    }

    /// Starts a server with more in its environment than a home and a path.
    pub(crate) fn start_in(
        name: &'static str,
        home: &Path,
        binary: &Path,
        arguments: &[String],
        environment: &[(String, String)],
    ) -> Self {
        let mut shell = Command::new("/bin/sh")
            .args(["-c", GUARD, "guard"])
            .arg(home)
            .arg(binary)
            .args(arguments)
            .env_clear()
            .env("HOME", home)
            .env("PATH", SYSTEM_PATH)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh starts");
        let stdin = shell.stdin.take();
        let mut line = String::new();
        BufReader::new(shell.stdout.take().expect("piped")).read_line(&mut line).expect("sh says the pid");
        let pid = line.trim().parse().expect("a pid");
        Self { name, home: home.to_owned(), pid, shell, stdin }
    }

    /// Asks until the answer is there; shows the end of the log when the server dies or takes longer than half a minute.
    pub(crate) fn wait<T>(&self, mut ask: impl FnMut() -> Option<T>) -> Result<T, String> {
        let start = Instant::now();
        loop {
            if !self.alive() {
                return Err(format!("{} died while starting:\n{}", self.name, self.log()));
            }
            if let Some(answer) = ask() {
                return Ok(answer);
            }
            if start.elapsed() > Duration::from_secs(60) {
                return Err(format!("{} is not ready after 60 s:\n{}", self.name, self.log()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops the server in its tracks: it keeps its connections and answers nothing.
    pub(crate) fn pause(&self) {
        self.signal("STOP");
    }

    /// It goes on as if nothing had been.
    pub(crate) fn resume(&self) {
        self.signal("CONT");
    }

    /// The server is gone at once.
    pub(crate) fn kill(&self) {
        self.signal("KILL");
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Asks it to end, and waits a little until it has.
    pub(crate) fn end(&self) {
        if self.alive() {
            self.signal("INT");
        }
        let start = Instant::now();
        while self.alive() && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The most memory that it has had, in KiB.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// A number of its `/proc/PID/status`.
    pub(crate) fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid)).map(Iterator::count).unwrap_or_default()
    }

    /// Sends it a signal, by its name without `SIG`.
    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([&format!("-{signal}"), &self.pid.to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{signal} {}", self.name);
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&self) {
        let start = Instant::now();
        while self.alive() {
            assert!(start.elapsed() < Duration::from_secs(60), "{} does not end:\n{}", self.name, self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A dead child stays a zombie as long as its shell waits for us.
    fn alive(&self) -> bool {
        fs::read_to_string(format!("/proc/{}/stat", self.pid))
            .is_ok_and(|stat| !stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
    }

    /// What it has written so far.
    pub(crate) fn output(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }

    fn log(&self) -> String {
        let log = self.output();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.shell.wait();
    }
}

/// A new folder for a server.
pub(crate) fn home(name: &str) -> PathBuf {
    tempfile::Builder::new().prefix(&format!("vault-render-{name}-")).tempdir().expect("a folder").keep()
}

/// A port of loopback that is free at this moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// Between asking for a port and using it, somebody else may have taken it: the server dies then, and gets another try.
pub(crate) fn retry<T>(mut start: impl FnMut() -> Result<T, String>) -> T {
    let mut last = String::new();
    for _ in 0..3 {
        match start() {
            Ok(server) => return server,
            Err(error) => last = error,
        }
    }
    panic!("{last}")
}
