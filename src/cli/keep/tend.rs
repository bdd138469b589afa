//! `keep renew` and `keep revoke`: what the store has made is renewed, or taken away.

use std::process::ExitCode;
use std::time::Duration;

use tokio::time::sleep;

use super::super::environment::Environment;
use super::super::output;
use crate::backend::{self, EntryChoice, Fate, Tended};
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::pass::{Watch, watched};
use crate::visible;

/// Renews what ends soon: once, or again and again until a signal comes.
pub(super) async fn renew(
    config: &Config,
    every: Option<Duration>,
    environment: &Environment,
) -> anyhow::Result<ExitCode> {
    loop {
        let renewed = watched(environment, "renewing what is kept".to_owned(), renew_once(config, environment)).await;
        let code = match (renewed, every) {
            // The signal decides the exit code.
            (Err(_), _) => return Ok(ExitCode::SUCCESS),
            (Ok(Ok(code)), _) => code,
            (Ok(Err(error)), None) => return Err(error),
            (Ok(Err(error)), Some(_)) => {
                output::fail(&error, environment);
                ExitCode::from(output::FAILED)
            }
        };
        let Some(every) = every else { return Ok(code) };
        if watched(environment, "waiting to renew again".to_owned(), sleep(every)).await.is_err() {
            return Ok(code);
        }
    }
}

async fn renew_once(config: &Config, environment: &Environment) -> anyhow::Result<ExitCode> {
    // Anew each time: nobody keeps what has failed, and settings' files are read again.
    let tended = backend::keeper(config, environment.journal())?.renew().await?;
    tell(&tended, environment)
}

/// Revokes what was made for these paths; for everything, if there are none.
pub(super) async fn revoke(config: &Config, paths: &[String], environment: &Environment) -> anyhow::Result<ExitCode> {
    let choice = if paths.is_empty() { EntryChoice::All } else { EntryChoice::Paths(paths.to_vec()) };
    let tended = backend::keeper(config, environment.journal())?.revoke(&choice).await?;
    let is_there = |path: &&String| tended.iter().any(|one| one.label.path == **path);
    let missing: Vec<Error> = paths.iter().filter(|path| !is_there(path)).map(|path| not_kept(path)).collect();
    let code = tell(&tended, environment)?;
    output::report(&missing, environment);
    Ok(if missing.is_empty() { code } else { ExitCode::from(output::FAILED) })
}

fn not_kept(path: &str) -> Error {
    Error::new(Kind::Missing, format!("nothing is kept for `{path}`"))
        .hint("`vault-render keep list` shows the paths, as they are to be written")
}

/// Prints what became of each entry, and reports what could not be done.
fn tell(tended: &[Tended], environment: &Environment) -> anyhow::Result<ExitCode> {
    let lines: String = tended.iter().map(line).collect();
    output::finish(&lines)?;
    let failed: Vec<Error> = tended.iter().filter_map(|one| failure(&one.fate).cloned()).collect();
    output::report(&failed, environment);
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(output::FAILED) })
}

/// `database/creds/app: renewed, good until 2026-11-30 12:00 UTC`
fn line(Tended { label, fate }: &Tended) -> String {
    let namespace = label.namespace.as_ref().map(|namespace| format!(" in `{namespace}`")).unwrap_or_default();
    visible::escaped(&format!("{}{namespace}: {fate}", label.path)) + "\n"
}

/// Why nothing could be done.
fn failure(fate: &Fate) -> Option<&Error> {
    match fate {
        Fate::Failed(error) => Some(error),
        _ => None,
    }
}
