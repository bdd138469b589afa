//! Bounds, tried with small programs.

use std::io::Read;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Instant;

use super::*;

/// What a shell prints within bounds, stdout and stderr together, and whether it succeeded.
fn shell(script: &str, bounds: &Bounds) -> (String, bool) {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(command, bounds).unwrap();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    (text, child.wait().unwrap().success())
}

/// Bounds with the system's programs to execute.
fn bounds() -> Bounds {
    let execute = ["/bin", "/usr", "/lib", "/lib64"].map(PathBuf::from).to_vec();
    Bounds { execute, ..Bounds::default() }
}

/// A folder with files that hold their names.
fn folder(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file).unwrap();
    }
    folder
}

#[test]
fn who_enters_bounds_stays_within_them() {
    let folder = folder(&["in", "out"]);
    let path = |name: &str| folder.path().join(name);
    // It stands for a process: the test's other threads stay free.
    let contained = std::thread::scope(|scope| {
        let within = || {
            enter(&Bounds { read: vec![path("in")], ..Bounds::default() }).unwrap();
            let child = Command::new("/bin/true").spawn();
            (
                std::fs::read(path("in")).is_ok(),
                std::fs::read(path("out")).is_ok(),
                TcpListener::bind("[::1]:0").is_ok(),
                child.is_ok(),
            )
        };
        scope.spawn(within).join().unwrap()
    });
    assert_eq!(contained, (true, false, false, false));
    assert!(std::fs::read(path("out")).is_ok());
}

#[test]
fn only_files_that_are_named_are_read() {
    let folder = folder(&["in/a", "in/b/c", "out/d", "e"]);
    let root = folder.path().display();
    std::os::unix::fs::symlink("../out/d", folder.path().join("in/link")).unwrap();
    let bounds = Bounds { read: vec![folder.path().join("in"), folder.path().join("e")], ..bounds() };
    for (path, readable) in [
        ("in/a", true),
        ("in/b/c", true),
        ("in/../in/a", true),
        ("e", true),
        ("out/d", false),
        ("in/link", false),
        ("in/../out/d", false),
    ] {
        let (text, success) = shell(&format!("cat {root}/{path}"), &bounds);
        assert_eq!(success, readable, "{path}: {text}");
    }
    let (text, success) = shell(&format!("echo x > {root}/in/new; echo x > {root}/in/a; ls {root}/out"), &bounds);
    assert!(!success && !folder.path().join("in/new").exists(), "{text}");
    assert_eq!(std::fs::read_to_string(folder.path().join("in/a")).unwrap(), "in/a");
}

#[test]
fn only_folders_that_are_named_are_written_and_nothing_in_them_is_executed() {
    let folder = folder(&["in/a"]);
    let root = folder.path().display();
    let bounds = Bounds { write: vec![folder.path().join("in")], ..bounds() };
    let script =
        format!("cd {root}/in && mkdir b && echo x > b/c && mv b/c d && rm a && cp /bin/true e && echo y > /dev/null");
    let (text, success) = shell(&script, &bounds);
    assert!(success, "{text}");
    let (text, success) = shell(&format!("{root}/in/e"), &bounds);
    assert!(!success && text.contains("ermission denied"), "{text}");
}

#[test]
fn nothing_of_other_processes_is_read() {
    let id = std::process::id();
    for script in [
        format!("cat /proc/{id}/environ"),
        format!("cat /proc/{id}/cwd/Cargo.toml"),
        format!("cat /proc/{id}/root/etc/passwd"),
        format!("cat /proc/{id}/mem"),
        "cat /proc/self/environ".to_owned(),
        "ls /proc".to_owned(),
        format!("kill -0 {id}"),
    ] {
        // Signals are Landlock's only since its sixth version.
        let (text, success) = shell(&script, &bounds());
        assert!(!success || script.starts_with("kill"), "{script}: {text}");
    }
}

/// A try to connect to a port of this machine, in bash's own words.
fn connect(port: u16, network: Network) -> (String, bool) {
    let mut command = Command::new("/bin/bash");
    command.args(["-c", &format!("exec 3<>/dev/tcp/127.0.0.1/{port}")]).stderr(Stdio::piped());
    let mut child = spawn(command, &Bounds { network, ..bounds() }).unwrap();
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    (text, child.wait().unwrap().success())
}

#[test]
fn a_network_is_none_or_one_port_or_open() {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [port, other] = listeners.each_ref().map(|listener| listener.local_addr().unwrap().port());
    for (network, reached) in
        [(Network::None, [false, false]), (Network::Port(port), [true, false]), (Network::Open, [true, true])]
    {
        if matches!(network, Network::Port(_)) && support() != Support::Ports {
            continue;
        }
        for (port, reached) in [port, other].into_iter().zip(reached) {
            let (text, success) = connect(port, network);
            assert_eq!(success, reached, "{network:?}: {text}");
        }
    }
}

/// Whether Perl may make a socket of this family, kind and protocol.
fn socket(numbers: &str, network: Network) -> bool {
    let script = format!("perl -e 'socket(S, {numbers}) or die $!'");
    let (text, success) = shell(&script, &Bounds { network, ..bounds() });
    assert!(success || text.contains("ermission denied"), "{numbers}: {text}");
    success
}

#[test]
fn only_sockets_that_landlock_knows_reach_one_port() {
    use libc::{AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM};
    for (family, kind, protocol, port, open) in [
        (AF_INET, SOCK_STREAM, 0, true, true),
        (AF_INET6, SOCK_STREAM, libc::IPPROTO_TCP, true, true),
        (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0, true, true),
        (AF_INET, SOCK_DGRAM, 0, false, true),
        (AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0, false, true),
        (AF_INET, SOCK_STREAM, libc::IPPROTO_MPTCP, false, true),
        (AF_UNIX, SOCK_STREAM, 0, false, false),
        (AF_NETLINK, SOCK_DGRAM, 0, false, false),
    ] {
        let numbers = format!("{family}, {kind}, {protocol}");
        assert!(!socket(&numbers, Network::None), "{numbers}");
        assert_eq!(socket(&numbers, Network::Open), open, "{numbers}");
        if support() == Support::Ports {
            assert_eq!(socket(&numbers, Network::Port(1)), port, "{numbers}");
        }
    }
}

#[test]
fn a_child_uses_no_more_than_it_may() {
    let folder = folder(&["in/a"]);
    let limited = |limits| Bounds { write: vec![folder.path().join("in")], limits, ..bounds() };
    let start = Instant::now();
    let second = Limits { processor_time: Some(Duration::from_secs(1)), ..Limits::default() };
    let (_, success) = shell("while :; do :; done", &limited(second));
    assert!(!success && start.elapsed() < Duration::from_secs(30));
    let file = folder.path().join("in/big");
    let small = Limits { file_size: Some(1 << 20), ..Limits::default() };
    shell(
        &format!(
            "until [ \"$(ulimit -f)\" != unlimited ]; do sleep 0.05; done; yes | head -c 2000000 > {}",
            file.display()
        ),
        &limited(small),
    );
    assert_eq!(file.metadata().unwrap().len(), 1 << 20);
    let little = Limits { memory: Some(256 << 20), ..Limits::default() };
    let (text, success) = shell(
        "until [ \"$(ulimit -d)\" != unlimited ]; do sleep 0.05; done; perl -e '$x = \"a\" x (1 << 29)'",
        &limited(little),
    );
    assert!(!success && text.contains("emory"), "{text}");
}

#[test]
fn the_rest_of_the_process_stays_free() {
    let (_, success) = shell("true", &bounds());
    assert!(success);
    std::fs::read("/proc/self/environ").unwrap();
    TcpListener::bind("127.0.0.1:0").unwrap();
}

#[tokio::test]
async fn a_child_of_a_runtime_is_contained_too() {
    let mut command = tokio::process::Command::new("/bin/cat");
    command.arg("/etc/passwd").stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = spawn_async(command, &bounds()).unwrap().wait_with_output().await.unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
}
