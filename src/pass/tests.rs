//! Sessions side by side in one process, and a run that its watch stops.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::render_slot::RenderLimit;
use super::*;
use crate::error::{Error, Errors};
use crate::input;
use crate::policy::Requester;
use crate::render::Options;
use crate::source::Source;
use crate::workspace::Workspace;

/// A sink that keeps all of it.
#[derive(Default)]
struct Kept {
    text: String,
    errors: Vec<String>,
}

impl Sink for Kept {
    type Failure = std::convert::Infallible;

    fn report(&mut self, errors: Errors, _: &[Arc<Source>]) {
        self.errors.extend(errors.into_iter().map(|error| error.to_string()));
    }

    fn write(&mut self, slices: &[&[u8]]) -> Result<(), Self::Failure> {
        self.text += &String::from_utf8_lossy(&slices.concat());
        Ok(())
    }
}

/// A watch that counts what is waited for, and stops a run after some time if there is one.
#[derive(Default)]
struct Clock {
    patience: Option<Duration>,
    waits: Arc<AtomicUsize>,
}

/// One less is waited for once this is dropped.
struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Watch for Clock {
    fn waiting(&self, _: String) -> Box<dyn Send> {
        self.waits.fetch_add(1, Ordering::SeqCst);
        Box::new(Waiting(self.waits.clone()))
    }

    fn tell(&self, _: Error) {}

    fn stopped(&self) -> BoxFuture<'_, String> {
        Box::pin(async {
            match self.patience {
                Some(Duration::ZERO) => {}
                Some(patience) => tokio::time::sleep(patience).await,
                None => std::future::pending().await,
            }
            "the test".to_owned()
        })
    }
}

fn workspace(folder: &Path, variables: &[(&str, &str)]) -> Workspace {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Workspace::new(folder, variables)
}

/// A folder whose files are called as those of every other team, with that team's own secret.
fn folder_of(team: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: {team}}}\nstringData:\n  a: <path:team/app#key>\n  b: <path:{team}/app#key>\n"
    );
    std::fs::create_dir(folder.path().join("manifests")).unwrap();
    std::fs::write(folder.path().join("manifests/app.yaml"), manifest).unwrap();
    let secrets = format!("team/app: {{key: secret of {team}}}\n{team}/app: {{key: own secret of {team}}}\n");
    std::fs::write(folder.path().join("secrets.yaml"), secrets).unwrap();
    std::fs::write(folder.path().join("avp.env"), "AVP_FILE=secrets.yaml\nAVP_TYPE=file\n").unwrap();
    folder
}

fn session(team: &str, folder: &Path) -> Session {
    let allowed = format!("^(team|{team})/");
    let variables = [("AVP_PATH_VALIDATION", &*allowed), ("ARGOCD_APP_PROJECT_NAME", team), ("TMPDIR", "tmp")];
    let workspace = workspace(folder, &variables);
    let requester = Requester::of(&workspace.variables);
    let flags = SettingFlags { config_path: Some("avp.env".to_owned()), ..SettingFlags::default() };
    Session::new(workspace, requester, flags)
}

async fn rendered(mut session: Session) -> Kept {
    let (sources, errors) = input::read(&["manifests".to_owned()], false, session.workspace());
    assert_eq!(sources[0].name, "manifests/app.yaml");
    let (watch, mut kept) = (Clock::default(), Kept::default());
    let Ok(_) = session.run(Options::default(), &watch).print(&sources, errors, None, &mut kept).await;
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_in_one_process_do_not_mix() {
    let teams = ["red", "blue"];
    let folders = teams.map(folder_of);
    let sessions = (0..16).map(|number| {
        let team = teams[number % 2];
        let session = session(team, folders[number % 2].path());
        assert_eq!(session.requester().project.as_deref(), Some(team));
        // To be spawned it must be free to move between threads.
        let run = tokio::spawn(async move { rendered(session).await });
        async move { (team, run.await.unwrap()) }
    });
    for (team, kept) in join_all(sessions).await {
        assert_eq!(kept.errors, [""; 0], "{team}");
        assert!(kept.text.contains(&format!("  a: secret of {team}\n  b: own secret of {team}\n")), "{}", kept.text);
    }
}

#[tokio::test]
async fn a_session_reads_only_what_its_own_settings_allow() {
    let [red, blue] = ["red", "blue"].map(folder_of);
    std::fs::copy(red.path().join("manifests/app.yaml"), blue.path().join("manifests/app.yaml")).unwrap();
    let (red, blue) = tokio::join!(rendered(session("red", red.path())), rendered(session("blue", blue.path())));
    assert!(red.errors.is_empty() && red.text.contains("own secret of red"));
    assert!(blue.text.is_empty() && blue.errors[0].contains("the path `red/app` is not allowed"), "{:?}", blue.errors);
}

#[tokio::test]
async fn a_run_ends_when_its_watch_stops_it() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let folder = folder_of("red");
    let workspace = workspace(folder.path(), &[("VAULT_ADDR", &address), ("VAULT_TOKEN", "t"), ("AVP_TYPE", "vault")]);
    let mut session = Session::new(workspace, Requester::default(), SettingFlags::default());
    let (sources, _) = input::read(&["manifests".to_owned()], false, session.workspace());
    let watch = Clock { patience: Some(Duration::from_millis(50)), ..Clock::default() };
    let mut run = session.run(Options::default(), &watch);
    let mut kept = Kept::default();
    let Ok(is_complete) = run.print(&sources, Errors::new(), None, &mut kept).await;
    assert!(!is_complete && kept.text.is_empty());
    assert_eq!(kept.errors[0], "stopped by the test while reading secrets");
    assert_eq!(watch.waits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_run_that_only_computes_ends_between_two_chunks() {
    let folder = folder_of("red");
    let text = "a: 1\n---\n".repeat(50_000);
    let sources = ["a.yaml", "b.yaml"].map(|name| Arc::new(Source::new(name, text.clone())));
    let watch = Clock { patience: Some(Duration::ZERO), ..Clock::default() };
    let (mut session, mut kept) = (session("red", folder.path()), Kept::default());
    let Ok(is_complete) = session.run(Options::default(), &watch).print(&sources, Errors::new(), None, &mut kept).await;
    assert!(!is_complete);
    assert_eq!(kept.errors, ["stopped by the test while filling manifests"]);
}

#[tokio::test]
async fn waiting_for_a_slot_ends_when_the_watch_stops_it() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(folder.path(), &[("XDG_RUNTIME_DIR", ".")]);
    let watch = Clock { patience: Some(Duration::from_millis(50)), ..Clock::default() };
    let held = RenderSlot::wait(&RenderLimit::of_user(1), &workspace, &Clock::default()).await.unwrap();
    let error = RenderSlot::wait(&RenderLimit::of_user(1), &workspace, &watch).await.unwrap_err();
    assert!(error.detail.starts_with("stopped by the test while waiting"), "{error}");
    drop(held);
    assert!(RenderSlot::wait(&RenderLimit::of_user(1), &workspace, &Clock::default()).await.is_ok());
}
