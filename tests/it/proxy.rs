//! The proxy for tools with real programs: Git, and helm, which sends its password at once. The hosts belong to the tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tokio::runtime::Runtime;
use vault_render::internals::contain::proxy::{Hosts, Proxy, Upstream};
use vault_render::internals::contain::{Bounds, Network, Support, spawn, support};
use vault_render::internals::error::{Error, Kind};

use crate::support::servers::{self, Internet};

const HOST: &str = "code.example.com";

/// Our proxy, with the stand-in for the internet as the operator's.
fn proxy(runtime: &Runtime, internet: &Internet, hosts: &str) -> Proxy {
    let _runtime = runtime.enter();
    let address = internet.proxy.replace("://", "://operator:canary@");
    let variables = [("HTTPS_PROXY".to_owned(), address)].into();
    Proxy::start(Hosts::parse(hosts).unwrap(), Upstream::new(&variables)).unwrap()
}

/// A tool whose only way out is the proxy, by the kernel's rules where it has them.
fn through(proxy: &Proxy, internet: &Internet, program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", folder);
    command.env("SSL_CERT_FILE", internet.authority()).env("GIT_SSL_CAINFO", internet.authority());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_TERMINAL_PROMPT", "0").env("HTTPS_PROXY", proxy.url());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let network = if support() == Support::Ports { Network::Port(proxy.port()) } else { Network::Open };
    let system = ["/bin", "/usr", "/lib", "/lib64"].map(PathBuf::from);
    let bounds = Bounds {
        read: vec![internet.authority(), PathBuf::from("/dev/urandom")],
        write: vec![folder.to_owned()],
        execute: [&system[..], &[program.to_owned()]].concat(),
        network,
        ..Bounds::default()
    };
    spawn(command, &bounds).expect("it starts").wait_with_output().expect("it ends")
}

/// A repository `app.git` of the host, with one file.
fn repository(internet: &Internet) {
    let work = tempfile::tempdir().unwrap();
    std::fs::write(work.path().join("a.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n").unwrap();
    let bare = internet.files(HOST).join("app.git").display().to_string();
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "."],
        &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "a"],
        &["clone", "-q", "--bare", ".", &bare],
    ] {
        let status = Command::new("git").args(arguments).current_dir(work.path()).env_clear().status().unwrap();
        assert!(status.success(), "{arguments:?}");
    }
}

#[test]
fn git_clones_from_a_listed_host_and_from_no_other() {
    let internet = Internet::new(&[HOST]);
    repository(&internet);
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let address = format!("https://{HOST}/app.git");
    let clone = ["clone", "-q", "--depth=1", &address, "clone"];

    let refusing = proxy(&runtime, &internet, "github.com");
    let output = through(&refusing, &internet, Path::new("git"), folder.path(), &clone);
    assert!(!output.status.success() && internet.asked().is_empty(), "{:?}", internet.asked());
    let error = refusing.explain("git", Error::new(Kind::Input, "x"));
    assert_eq!(error.detail, format!("git asked for `{HOST}:443`, which `AVP_TOOL_HOSTS` does not name"));
    let hint = format!("the operator may allow it: `AVP_TOOL_HOSTS=github.com {HOST}`");
    assert_eq!(error.hint, Some(hint));

    let proxy = proxy(&runtime, &internet, HOST);
    let output = through(&proxy, &internet, Path::new("git"), folder.path(), &clone);
    assert!(output.status.success(), "{} {:?}", String::from_utf8_lossy(&output.stderr), internet.asked());
    assert!(folder.path().join("clone/a.yaml").is_file());
    // The operator's password came from us, and only that one.
    let passwords: Vec<String> = internet.asked().into_iter().filter(|line| line.starts_with("Basic ")).collect();
    assert!(
        !passwords.is_empty() && passwords.iter().all(|line| line == "Basic b3BlcmF0b3I6Y2FuYXJ5"),
        "{passwords:?}"
    );
}

#[test]
fn helm_tells_why_the_proxy_refuses() {
    for helm in ["helm3", "helm4"].into_iter().filter_map(servers::binary) {
        let internet = Internet::new(&[HOST]);
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let proxy = proxy(&runtime, &internet, "github.com");
        let address = format!("https://{HOST}/");
        let arguments = ["template", "web", "chart", "--repo", &address];
        let output = through(&proxy, &internet, &helm, folder.path(), &arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(&format!("AVP_TOOL_HOSTS does not name {HOST}:443")), "{stderr}");
        assert!(internet.asked().is_empty(), "{:?}", internet.asked());
    }
}
