//! The server's end: who has called before it is answered, nobody is after it.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::program::binary;
use crate::support::servers::plugin::{self, PluginClient, Upload};
use crate::support::servers::{Faults, Response};

const SECRET: &str =
    "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: '<path:secret/data/shop#password>'}\n";

/// A server whose end is seen.
struct Server {
    folder: TempDir,
    child: Child,
}

impl Server {
    fn start(vault: &Faults) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = [("VAULT_ADDR", &*vault.address), ("VAULT_TOKEN", "t"), ("AVP_KV_VERSION", "2")];
        let mut command = Command::new(binary());
        command.args(["serve", "--loglevel", "error"]).env_clear().envs(settings);
        command.env("ARGOCD_PLUGINSOCKFILEPATH", folder.path()).env("HOME", "/dev/null").stderr(Stdio::null());
        Self { child: command.spawn().unwrap(), folder }
    }

    async fn connect(&self) -> Result<PluginClient, String> {
        plugin::connect(&self.folder.path().join("vault-render.sock")).await
    }

    /// A connection, once it is served.
    async fn first(&self) -> PluginClient {
        let start = Instant::now();
        loop {
            match self.connect().await {
                Ok(client) => return client,
                Err(error) => assert!(start.elapsed() < Duration::from_secs(60), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks it to end, and waits until no client can connect.
    async fn ask_to_end(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        while self.connect().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A store that tells of each reading, and answers when it is let.
fn vault() -> (Faults, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (read, reads) = mpsc::channel();
    let (let_answer, answers) = mpsc::channel::<()>();
    let answers = std::sync::Mutex::new(answers);
    let vault = Faults::start(move |_, _| {
        let _ = read.send(());
        let _ = answers.lock().unwrap().recv();
        Response::json(200, r#"{"data": {"data": {"password": "late"}, "metadata": {"version": 1}}}"#)
    });
    (vault, reads, let_answer)
}

/// The answer of a call that is at work when the server is asked to end, and the server's exit code.
fn ended(mut before_end: impl FnMut(mpsc::Sender<()>)) -> (Result<Vec<String>, tonic::Status>, Option<i32>) {
    let (vault, reads, answers) = vault();
    let mut server = Server::start(&vault);
    let answer = Runtime::new().unwrap().block_on(async {
        let mut client = server.first().await;
        let call =
            tokio::spawn(async move { client.manifests(&Upload::new("shop", [("shop/db.yaml", SECRET)])).await });
        tokio::task::spawn_blocking(move || reads.recv().unwrap()).await.unwrap();
        server.ask_to_end().await;
        before_end(answers);
        call.await.unwrap()
    });
    (answer, server.child.wait().unwrap().code())
}

#[test]
fn a_call_under_way_is_answered_after_the_signal() {
    let (answer, code) = ended(|answers| answers.send(()).unwrap());
    assert!(answer.unwrap()[0].contains("late"));
    assert_eq!(code, Some(0));
}

#[test]
fn a_call_that_takes_too_long_ends_with_the_server_and_says_so() {
    let mut held = Vec::new();
    let (answer, code) = ended(|answers| held.push(answers));
    let status = answer.unwrap_err();
    assert!(status.message().contains("the server's end"), "{status:?}");
    assert_eq!(code, Some(0));
}
