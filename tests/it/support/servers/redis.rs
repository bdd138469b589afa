//! A real Redis, or a sentinel: Debian's server, without anything on disk.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Process, free_port, home, retry};

/// A running Redis.
pub(crate) struct Redis {
    process: Process,
    pub(crate) port: u16,
    /// What `redis-cli` needs to talk to it.
    login: Vec<String>,
}

impl Redis {
    /// Starts a server with further options, as `redis-server` takes them. `{}` in them is the server's own folder, where `files` are.
    pub(super) fn start(program: &Path, options: &[&str], files: &[(&str, &str)]) -> Self {
        retry(|| Self::try_start(program, options, files))
    }

    pub(super) fn try_start(program: &Path, options: &[&str], files: &[(&str, &str)]) -> Result<Self, String> {
        let home = home("redis");
        let chosen = options.iter().position(|word| *word == "--port").and_then(|at| options[at + 1].parse().ok());
        let port = chosen.unwrap_or_else(free_port);
        for (name, content) in files {
            std::fs::write(home.join(name), content).expect("written");
        }
        // The same program under another name checks files; by this one it is the server.
        let server = home.join("redis-server");
        symlink(program, &server).expect("a link");
        let port_option = if options.contains(&"--tls-port") { "0" } else { &port.to_string() };
        let own = ["--bind", "127.0.0.1", "--port", port_option, "--dir", "{}", "--appendonly", "no", "--save", ""];
        let text = |word: &&str| match *word {
            "PORT" => port.to_string(),
            word => word.replace("{}", &home.display().to_string()),
        };
        // A sentinel begins with its file.
        let (first, rest) = options.split_at(options.iter().take_while(|word| !word.starts_with("--")).count());
        let own = if first.is_empty() { &own[..] } else { &own[..4] };
        let arguments: Vec<String> = first.iter().chain(own).chain(rest).map(text).collect();
        let process = Process::start("redis", &home, &server, &arguments);
        process.wait(|| std::net::TcpStream::connect(("127.0.0.1", port)).ok())?;
        Ok(Self { process, port, login: Vec::new() })
    }

    /// Commands of the tests log in with this password.
    pub(crate) fn with_password(self, password: &str) -> Self {
        Self { login: ["--no-auth-warning", "-a", password].map(str::to_owned).to_vec(), ..self }
    }

    /// As `AVP_KEEP` names it.
    pub(crate) fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The answer to a command.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let mut cli = Command::new("/usr/bin/redis-cli");
        let said = cli.args(["-p", &self.port.to_string()]).args(&self.login).args(words).output();
        String::from_utf8_lossy(&said.expect("redis-cli starts").stdout).trim().to_owned()
    }

    /// Everything that it holds, as it would write it to disk.
    pub(crate) fn dump(&self) -> Vec<u8> {
        self.command(&["CONFIG", "SET", "rdbcompression", "no"]);
        assert_eq!(self.command(&["SAVE"]), "OK");
        std::fs::read(self.home().join("dump.rdb")).expect("a dump")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.process.home().to_owned()
    }

    /// It ends, and answers nobody any more.
    pub(crate) fn stop(&mut self) {
        self.process.end();
    }

    /// It keeps its connections and answers nothing, until `resume`.
    pub(crate) fn pause(&self) {
        self.process.pause();
    }

    pub(crate) fn resume(&self) {
        self.process.resume();
    }
}
