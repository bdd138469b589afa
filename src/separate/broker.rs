//! The broker: answers a reader from the session that holds settings, login and store. It trusts nothing that the reader says: it judges
//! and audits each reading itself, for the requester of its own environment.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use futures_util::future::BoxFuture;
use tokio::net::UnixStream;

use super::frame::Frame;
use super::message::{AccessMessage, Answer, Finding, Numbered, Request};
use super::reply::Reply;
use super::settings::for_reader;
use crate::error::{Error, Kind};
use crate::journal::Journal;
use crate::pass::{Run, Session, Watch};
use crate::render::Options;
use crate::secret::{Access, SecretId, Usage};

/// Answers a reader from `session` until it closes its end. Only that of a KRM function may bring settings. A question that no reader asks
/// is an error, and the last one.
pub(crate) async fn serve(
    stream: UnixStream,
    session: &mut Session,
    watch: &dyn Watch,
    is_function: bool,
) -> Result<(), Error> {
    let watch = SilentWatch(watch);
    let served = answer_all(stream, session, &watch, is_function).await;
    // A reader that has ended says so by its exit code.
    let refused = served.err().filter(|error| error.kind() == io::ErrorKind::InvalidData);
    refused.map_or(Ok(()), |error| {
        let detail = "the process that reads the manifests asks for what it may not ask";
        Err(Error::new(Kind::Denied, detail).cause(error.to_string()))
    })
}

async fn answer_all(
    mut stream: UnixStream,
    session: &mut Session,
    watch: &dyn Watch,
    is_function: bool,
) -> io::Result<()> {
    let Some(frame) = Frame::receive(&mut stream).await? else { return Ok(()) };
    let Request::Begin { function, is_preview } = frame.message::<Numbered<Request>>()?.message else {
        return Err(refused("secrets, before a run has begun"));
    };
    if !function.is_empty() {
        add_settings(session, function, is_function)?;
    }
    let options = Options::default();
    let run = if is_preview { session.preview(options, watch) } else { session.run(options, watch) };
    let mut service = Service { run, usages: BTreeMap::new() };
    while let Some(frame) = Frame::receive(&mut stream).await? {
        let Numbered { number, message } = frame.message()?;
        let Request::Fetch(accesses) = message else { return Err(refused("a second run")) };
        service.answer(accesses, Reply::new(&mut stream, number)).await?;
    }
    Ok(())
}

/// Settings of a function's configuration have a tenant's authority.
fn add_settings(session: &mut Session, settings: Vec<(String, String)>, is_function: bool) -> io::Result<()> {
    if !is_function {
        return Err(refused("settings"));
    }
    session.add_function_settings(settings);
    Ok(())
}

/// The run of a reader.
struct Service<'s> {
    run: Run<'s>,
    /// The secrets that the reader has asked for, with their usages.
    usages: BTreeMap<SecretId, Vec<Usage>>,
}

impl Service<'_> {
    async fn answer(&mut self, accesses: Vec<AccessMessage>, mut reply: Reply<'_>) -> io::Result<()> {
        let accesses: Option<Vec<Access>> = accesses.into_iter().map(AccessMessage::access).collect();
        let accesses = accesses.ok_or_else(|| refused("a secret that no placeholder names"))?;
        let errors = self.run.fetch_for_other(&accesses).await;
        for id in self.note(&accesses) {
            if let Some(outcome) = self.run.outcome_for_other(id, &self.usages[id]) {
                reply.add_outcome(id, outcome).await?;
            }
        }
        let findings = errors.iter().map(Finding::from).collect();
        reply.finish(Answer::Done { findings, settings: for_reader(&self.run.settings_in_effect()) }).await
    }

    /// Notes the usages of secrets. Returns the secrets with new ones: the reader does not have all of their values.
    fn note<'a>(&mut self, accesses: &'a [Access]) -> BTreeSet<&'a SecretId> {
        let mut new = BTreeSet::new();
        for Access { id, usage, .. } in accesses {
            let usages = self.usages.entry(id.clone()).or_default();
            if !usages.contains(usage) {
                usages.push(usage.clone());
                new.insert(id);
            }
        }
        new
    }
}

fn refused(question: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, question)
}

/// A watch without progress and without an end: the reader has both.
struct SilentWatch<'w>(&'w dyn Watch);

impl Watch for SilentWatch<'_> {
    fn waiting(&self, _: String) -> Box<dyn Send> {
        Box::new(())
    }

    fn tell(&self, note: Error) {
        self.0.tell(note);
    }

    fn journal(&self) -> Journal {
        self.0.journal()
    }

    fn audit(&self, line: &[u8]) -> io::Result<usize> {
        self.0.audit(line)
    }

    fn stopped(&self) -> BoxFuture<'_, String> {
        Box::pin(std::future::pending())
    }
}
