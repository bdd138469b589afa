//! The calls of one process that share what [`Shared`] holds: one login, readings under way that are one, and the cache of secrets.

mod cached;
mod logins;
mod reloaded;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::runtime::Runtime;
use vault_render::internals::render::Options;
use vault_render::{Error, Errors, Journal, Requester, Session, SettingFlags, Shared, Sink, Source, Watch, Workspace};

/// A process that renders for many, with the settings of its operator.
struct Process {
    operator: Workspace,
    flags: SettingFlags,
    shared: Arc<Shared>,
    runtime: Runtime,
}

/// Nobody stops a run, and nobody hears of its notes.
struct Silent;

impl Watch for Silent {
    fn waiting(&self, _: String) -> Box<dyn Send> {
        Box::new(())
    }

    fn tell(&self, _: Error) {}

    fn stopped(&self) -> BoxFuture<'_, String> {
        Box::pin(std::future::pending())
    }
}

#[derive(Default)]
struct Output(String);

impl Sink for Output {
    type Failure = Infallible;

    fn report(&mut self, errors: Errors, _: &[Arc<Source>]) {
        errors.into_iter().for_each(|error| self.0 += &format!("error: {error}\n"));
    }

    fn write(&mut self, slices: &[&[u8]]) -> Result<(), Infallible> {
        self.0 += &String::from_utf8_lossy(&slices.concat());
        Ok(())
    }
}

fn pairs(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string()))
}

impl Process {
    fn new(settings: &[(&str, &str)]) -> Self {
        Self::with(settings, SettingFlags::default())
    }

    fn with(settings: &[(&str, &str)], flags: SettingFlags) -> Self {
        let variables = pairs(settings).chain(pairs(&[("AVP_TENANT", "true")])).collect();
        let operator = Workspace { variables, ..Workspace::bare("/dev/null") };
        let shared = Shared::new(&operator, &flags, Journal::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.spawn(shared.clone().tend());
        Self { operator, flags, shared, runtime }
    }

    /// The key `k` of the secret at `path`, as an Application gets it whose call brings these variables, or the error.
    fn call(&self, brought: &[(&str, &str)], path: &str) -> String {
        let mut workspace = self.operator.clone();
        workspace.variables.extend(pairs(brought));
        let requester = Requester::of(&workspace.variables);
        let session = || {
            let mut session = Session::new(workspace.clone(), requester.clone(), self.flags.clone());
            session.share(self.shared.clone());
            session
        };
        // A call may have a session before its turn comes, and another one then.
        let (_, mut session) = (session().time_limit(), session());
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{k: <path:{path}#k>}}\n");
        let sources = [Arc::new(Source::new("a.yaml", text))];
        let mut output = Output::default();
        let mut run = session.run(Options::default(), &Silent);
        let Ok(_) = self.runtime.block_on(run.print(&sources, Errors::new(), None, &mut output));
        let value = output.0.split_once("stringData: {k: ").map(|(_, rest)| rest.trim_end().trim_end_matches('}'));
        value.map_or_else(|| output.0.clone(), str::to_owned)
    }

    /// How often something was counted.
    fn count(counts: &[(&'static str, u64)], name: &str) -> u64 {
        counts.iter().find(|(counted, _)| *counted == name).expect("it is counted").1
    }
}

#[track_caller]
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The variables of a call for an Application at a revision.
fn app<'a>(name: &'a str, revision: &'a str) -> [(&'a str, &'a str); 2] {
    [("ARGOCD_APP_NAME", name), ("ARGOCD_APP_REVISION", revision)]
}
