//! A real Vault Agent in front of a Vault, by a configuration as its users write it.

use std::fs;
use std::path::Path;

use super::super::process::{Process, free_port, home, retry};
use super::super::{Api, binary};
use super::{Approle, Vault};

/// A running agent, and its files.
pub(crate) struct Agent {
    process: Process,
    /// `http://127.0.0.1:PORT`, where its listener is, if it has one.
    pub(crate) address: String,
}

impl Vault {
    /// An agent of this configuration, with the addresses and files of this machine in the place of those of the documentation. It logs in
    /// as the approle.
    pub(crate) fn agent(&self, config: &str, approle: &Approle) -> Option<Agent> {
        let program = binary("vault")?;
        Some(retry(|| self.try_agent(&program, config, approle)))
    }

    fn try_agent(&self, program: &Path, config: &str, approle: &Approle) -> Result<Agent, String> {
        let (home, port) = (home("agent"), free_port());
        for (name, text) in [("role-id", &approle.role_id), ("secret-id", &approle.secret_id)] {
            fs::write(home.join(name), text).expect("written");
        }
        let here = home.display().to_string();
        let vault = format!("\"{}\"\n  ca_cert = \"{}\"", self.address, self.ca_file.display());
        let config = config.replace("\"https://vault.example.com:8200\"", &vault);
        let config = config.replace("127.0.0.1:8100", &format!("127.0.0.1:{port}"));
        let config = config.replace("/etc/vault", &here).replace("/vault/secrets", &here);
        fs::write(home.join("agent.hcl"), &config).expect("written");
        let arguments = ["agent".to_owned(), format!("-config={}", home.join("agent.hcl").display())];
        let process = Process::start("vault agent", &home, program, &arguments);
        let api = Api::new(&format!("http://127.0.0.1:{port}/v1"), None, None);
        let has_sink = config.contains("sink ");
        let agent = Agent { process, address: format!("http://127.0.0.1:{port}") };
        agent.process.wait(|| match has_sink {
            true => fs::metadata(agent.sink()).ok().filter(|file| file.len() > 0).map(drop),
            // Its listener is there before its token is.
            false => api.try_get("auth/token/lookup-self").filter(|answer| answer.status == 200).map(drop),
        })?;
        Ok(agent)
    }
}

impl Agent {
    /// The file in which its token is.
    pub(crate) fn sink(&self) -> std::path::PathBuf {
        self.process.home().join("token")
    }
}
