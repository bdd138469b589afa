//! The two processes, seen from outside: what the reader holds, and how they end together.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::program::{binary, root};
use crate::support::render::secret;
use crate::support::servers::{Faults, Response};

const TOKEN: &str = "token-of-the-operator";
const VALUE: &str = "value-of-the-secret";

/// How long something may take that should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// A run in two processes.
struct Run {
    broker: Child,
    reader: u32,
    _vault: Faults,
}

impl Run {
    /// A run that waits for the store.
    fn that_waits() -> Self {
        Self::start(Response::Silent, &secret(&["<path:a#key>"]))
    }

    /// A run that has read its secret, and waits until somebody reads what it prints.
    fn that_prints() -> Self {
        let manifest = secret(&["<path:a#key>"]) + &"# a comment\n".repeat(20_000);
        Self::start(Response::json(200, &format!(r#"{{"data": {{"key": "{VALUE}"}}}}"#)), &manifest)
    }

    fn start(response: Response, manifest: &str) -> Self {
        let vault = Faults::start(move |_, _| response.clone());
        // Who runs the tests may ignore signals, and the program keeps to that.
        let mut run = Command::new("env");
        run.args(["--default-signal=INT,TERM", binary(), "generate", "-"]).env_clear().current_dir(root());
        run.env("VAULT_ADDR", &vault.address).env("VAULT_TOKEN", TOKEN).env("AVP_KV_VERSION", "1");
        run.env("AVP_SEPARATE", "1").env("SSH_AUTH_SOCK", "/run/agent").env("HOME", "/dev/null");
        let mut broker = run.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        broker.stdin.take().unwrap().write_all(manifest.as_bytes()).unwrap();
        let reader = until(|| child_of(broker.id()));
        until(|| (!vault.requests().is_empty()).then_some(()));
        Self { broker, reader, _vault: vault }
    }

    /// Exit code and stderr, once it has ended.
    fn end(self) -> (Option<i32>, String) {
        let output = self.broker.wait_with_output().unwrap();
        assert!(output.stdout.is_empty());
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }
}

/// What `find` finds, as soon as it does.
fn until<T>(find: impl Fn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        match find() {
            Some(found) => return found,
            None => assert!(start.elapsed() < PATIENCE, "it takes too long"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A line of a process's status, without its name.
fn status(process: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(":\t")?.to_owned()))
}

fn child_of(parent: u32) -> Option<u32> {
    let processes =
        fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.into_iter().find(|process| status(*process, "PPid").is_some_and(|id| id == parent.to_string()))
}

/// Whether a text is somewhere in what a process may write to; `None` if this user must not look.
fn holds(process: u32, text: &str) -> Option<bool> {
    let mut memory = File::open(format!("/proc/{process}/mem")).ok()?;
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    let regions = maps.lines().filter(|line| line.contains(" rw")).filter_map(|line| {
        let (start, end) = line.split_once(' ')?.0.split_once('-')?;
        Some((u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?))
    });
    let mut found = false;
    for (start, end) in regions {
        let mut bytes = vec![0; (end - start) as usize];
        memory.seek(SeekFrom::Start(start)).ok()?;
        if memory.read_exact(&mut bytes).is_ok() {
            found |= bytes.windows(text.len()).any(|window| window == text.as_bytes());
        }
    }
    Some(found)
}

#[test]
fn the_reader_holds_the_values_and_never_the_token() {
    let run = Run::that_prints();
    let (broker, reader) = (run.broker.id(), run.reader);
    // Only root may look into a process that is closed to others.
    if rustix::process::geteuid().is_root() && holds(broker, TOKEN).is_some() {
        assert_eq!(holds(broker, TOKEN), Some(true), "this test would see a token");
        until(|| holds(reader, VALUE)?.then_some(()));
        assert_eq!(holds(reader, TOKEN), Some(false));
        let environment = fs::read(format!("/proc/{reader}/environ")).unwrap();
        let names = environment.split(|byte| *byte == 0).filter_map(|entry| entry.split(|byte| *byte == b'=').next());
        let names: Vec<_> = names.filter(|name| !name.is_empty()).map(String::from_utf8_lossy).collect();
        assert!(names.iter().all(|name| ["TMPDIR", "VAULT_RENDER_READER"].contains(&&**name)), "{names:?}");
        let sockets = |process| {
            let links = fs::read_dir(format!("/proc/{process}/fd"))
                .unwrap()
                .flatten()
                .filter_map(|fd| fs::read_link(fd.path()).ok());
            links.filter(|link| link.to_string_lossy().starts_with("socket:")).collect::<Vec<_>>()
        };
        // The pair's own end, twice, and the two of the runtime's signals: none of the broker's connections.
        assert!(sockets(reader).iter().all(|socket| !sockets(broker).contains(socket)));
    }
    // A thread that began before the bounds would be free of them.
    let threads = fs::read_dir(format!("/proc/{reader}/task")).unwrap().flatten();
    let threads: Vec<u32> = threads.map(|thread| thread.file_name().to_str().unwrap().parse().unwrap()).collect();
    assert!(threads.len() > 1, "{threads:?}");
    for thread in threads {
        assert_eq!(status(thread, "Seccomp").as_deref(), Some("2"));
        assert_eq!(status(thread, "NoNewPrivs").as_deref(), Some("1"));
    }
    assert_eq!(status(broker, "Seccomp").as_deref(), Some("0"));
    let output = run.broker.wait_with_output().unwrap();
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains(VALUE));
}

#[test]
fn a_signal_ends_both_as_it_ends_one() {
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let run = Run::that_waits();
        let reader = run.reader;
        Command::new("kill").args([format!("-{signal}"), run.broker.id().to_string()]).status().unwrap();
        let (ended, said) = run.end();
        assert_eq!(ended, Some(code), "{said}");
        assert!(said.starts_with(&format!("error: stopped by SIG{signal} while reading secrets")), "{said}");
        assert_eq!(status(reader, "Name"), None);
    }
}

#[test]
fn a_reader_that_is_not_needed_ends_with_the_command() {
    for (arguments, code) in
        [(&["generate", "--help"][..], 0), (&["generate", "--no-such-flag"], 2), (&["plan", "generate"], 2)]
    {
        let mut run = Command::new(binary());
        run.args(arguments).env_clear().env("AVP_SEPARATE", "1").current_dir(root());
        // The reader would hold stderr open.
        let output = run.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(!said.contains("no process answers"), "{said}");
    }
}

#[test]
fn neither_outlives_the_other() {
    let run = Run::that_waits();
    let reader = run.reader;
    Command::new("kill").args(["-KILL", &run.broker.id().to_string()]).status().unwrap();
    until(|| status(reader, "Name").is_none().then_some(()));
    drop(run.end());
    let run = Run::that_waits();
    Command::new("kill").args(["-KILL", &run.reader.to_string()]).status().unwrap();
    let (code, said) = run.end();
    assert_eq!((code, said.as_str()), (Some(1), "error: the process that reads the manifests was ended by signal 9\n"));
}
