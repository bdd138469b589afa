//! A call from its coming to its answer: its time, its turn, its repository, a thread to render on. Knows no protocol.

use std::num::NonZero;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::build_command::BuildCommand;
use super::call::Call;
use super::call_record::Step;
use super::call_watch::{AuditLine, CallWatch, Client, TimeLimit};
use super::output::Rendered;
use super::queue::{Queue, Slot};
use super::renderer::Renderer;
use crate::config::Config;
use crate::config::general::{PARALLEL_RENDERS, TIMEOUT};
use crate::config::server::SERVER_ARCHIVE_BYTES;
use crate::error::{Error, Kind};
use crate::journal::Journal;
use crate::pass::{Session, SettingFlags, Shared, watched};
use crate::workspace::Workspace;

/// The variable of Argo CD's that names the folder in which repositories are unpacked.
const WORK_FOLDER: &str = "ARGOCD_CMP_WORKDIR";

/// How many calls render at once for each processor, unless the operator says otherwise: most of them wait for a store.
const RENDERS: usize = 4;

/// What the calls for manifests have in common.
pub(super) struct Generation {
    /// How they render.
    pub(super) renderer: Arc<Renderer>,
    /// Where they wait for their turn.
    pub(super) queue: Arc<Queue>,
    /// Where lines of the audit go if the settings want them on stderr.
    pub(super) audit: Arc<AuditLine>,
    /// Whether the calls that are left have to end now.
    end: watch::Receiver<bool>,
}

/// The reason that those calls give.
const END: &str = "the server's end";

/// What came of a call, and what is known of it then.
pub(super) struct Generated {
    /// The objects and findings; an error if the repository did not arrive.
    pub(super) rendered: Result<Rendered, Error>,
    /// How long it waited for its turn.
    pub(super) queued: Duration,
    /// What it has waited for, in its order.
    pub(super) steps: Vec<Step>,
}

impl Generation {
    /// Manifests are rendered by the operator's settings.
    pub(super) fn new(
        config: &Config,
        operator: &Workspace,
        command: BuildCommand,
        flags: SettingFlags,
        journal: Journal,
        audit: Arc<AuditLine>,
        end: watch::Receiver<bool>,
    ) -> Result<Self, Error> {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let chosen = config.get(&PARALLEL_RENDERS).and_then(|slots| usize::try_from(*slots).ok());
        let slots = chosen.filter(|slots| *slots > 0).unwrap_or(RENDERS * processors);
        let archive_bytes = *config.required(&SERVER_ARCHIVE_BYTES)?;
        let folder = operator.variable(WORK_FOLDER).map(|folder| operator.locate(folder));
        let folder = folder.unwrap_or_else(|| operator.temporary_folder());
        let shared = Shared::new(operator, &flags, journal)?;
        let renderer = Renderer { command, flags, shared, archive_bytes, folder };
        Ok(Self { renderer: Arc::new(renderer), queue: Queue::new(slots), audit, end })
    }

    /// The manifests of a call, whose repository is `received` once it is its turn. If this future is dropped, everything ends that it began.
    pub(super) async fn generate(
        &self,
        call: Call,
        received: impl Future<Output = Result<Vec<u8>, Error>>,
    ) -> Generated {
        let (client, heard) = Client::new();
        let (mut end, mut generated) = (self.end.clone(), pin!(self.generate_for(heard, call, received)));
        tokio::select! {
            generated = &mut generated => return generated,
            Ok(_) = end.wait_for(|has_come| *has_come) => client.end(END),
        }
        generated.await
    }

    /// The manifests of a call that hears of its client's end.
    async fn generate_for(
        &self,
        heard: watch::Receiver<Option<&'static str>>,
        call: Call,
        received: impl Future<Output = Result<Vec<u8>, Error>>,
    ) -> Generated {
        let (limit, renders) = self.limits(&call);
        let watch = Arc::new(CallWatch::new(heard, limit, self.audit.clone()));
        let entering = self.queue.enter(call.project(), renders);
        let entered = waited(&watch, "waiting for its turn", entering).await;
        let queued = call.started.elapsed();
        let rendered = match entered {
            Ok(slot) => self.in_turn(call, slot, received, &watch).await,
            Err(error) => Ok(error.into()),
        };
        Generated { rendered: rendered.map(|rendered| with_notes(rendered, &watch)), queued, steps: watch.steps() }
    }

    /// The end of a call's time, and how many calls of its project may render at once. A thousand calls that wait keep no session each.
    fn limits(&self, call: &Call) -> (Option<TimeLimit>, Option<u64>) {
        let mut session = self.renderer.session(call);
        (time_limit(call, &mut session), session.render_limit_of_project())
    }

    /// Receives the repository, and renders.
    async fn in_turn(
        &self,
        call: Call,
        slot: Slot,
        received: impl Future<Output = Result<Vec<u8>, Error>>,
        watch: &Arc<CallWatch>,
    ) -> Result<Rendered, Error> {
        match waited(watch, "receiving the repository", received).await {
            Ok(gzip) => Ok(self.render(call, gzip?, slot, watch.clone()).await),
            Err(error) => Ok(error.into()),
        }
    }

    /// Renders on a thread of its own: computing holds up no other call's readings. The slot is held as long as it computes.
    async fn render(&self, call: Call, gzip: Vec<u8>, slot: Slot, watch: Arc<CallWatch>) -> Rendered {
        let (renderer, runtime) = (self.renderer.clone(), Handle::current());
        let rendering = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            runtime.block_on(renderer.render(&call, &gzip, &*watch))
        });
        // What a panic says may hold a secret.
        rendering.await.unwrap_or_else(|_| fault().into())
    }
}

/// The end of a call's time: its client's or its policy's, or what the settings say.
fn time_limit(call: &Call, session: &mut Session) -> Option<TimeLimit> {
    let of_client = call.deadline().map(|end| TimeLimit { end, origin: "as long as its client waits".to_owned() });
    let of_settings = if of_client.is_some() { session.chosen_time_limit() } else { session.time_limit() };
    let of_settings = of_settings.map(|limit| {
        let origin = format!("`{}`: {limit:?}", TIMEOUT.name());
        TimeLimit { end: call.started + limit, origin }
    });
    of_client.into_iter().chain(of_settings).min_by_key(|limit| limit.end)
}

/// Waits for a part of a call, unless the call ends before.
async fn waited<T>(watch: &CallWatch, what: &str, work: impl Future<Output = T>) -> Result<T, Error> {
    watched(watch, what.to_owned(), work)
        .await
        .map_err(|stopped| Error::new(Kind::Store, format!("{stopped} while {what}")))
}

/// Adds what was told on the way and, for a call whose time was too short, what took it.
fn with_notes(mut rendered: Rendered, watch: &CallWatch) -> Rendered {
    rendered.findings.extend(watch.take_notes());
    if rendered.objects.is_none() && watch.is_out_of_time() {
        let waited = watch.waited().map(|waited| Error::note(Kind::Store, format!("its time went into {waited}")));
        rendered.findings.extend(waited);
    }
    rendered
}

fn fault() -> Error {
    Error::new(Kind::Bug, "vault-render failed while it rendered").hint("this is a fault of its own: please report it")
}
