//! `doctor`: what stands between a set-up and the secrets of its manifests. Its questions are the rows of [`QUESTIONS`] and of the store's
//! own table; it reads no secret and prints nothing.

mod docs;
mod plan;
mod questions;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use crate::backend::examiner::Subject;
use crate::backend::{Inspection, TYPE};
use crate::config::Config;
use crate::error::{Error, Errors, Kind, Level};
use crate::input;
use crate::pass::build::BuildOptions;
use crate::pass::{self, Session, Watch};
use crate::probe::{Diagnosis, Examination, Verdict};
use crate::tool::Tool;
use crate::workspace::Workspace;
pub(crate) use docs::docs;
use plan::ReadList;
use questions::QUESTIONS;

/// How long everything may take together; printing comes on top.
const TIME: Duration = Duration::from_secs(9);

/// How long the cluster may take for the Secret of `-s`, and the tools for the manifests.
const PATIENCE: Duration = Duration::from_secs(4);

/// The fix for a file that cannot be used.
const IS_IT_THERE: &str = "is the path right where this program runs, and may it read the file? In a pod the file must be mounted into this container";

/// The fix for a setting whose error has none of its own.
const SHOWN_BY_SETTINGS: &str =
    "`vault-render settings` shows each setting and who set it; docs/settings.md says what it takes";

/// A set-up under examination: what was read of it before the first question.
struct Patient {
    workspace: Workspace,
    config: Config,
    /// Findings about the settings.
    wrong_settings: Vec<Error>,
    inspection: Inspection,
    options: BuildOptions,
    /// The tools that the manifests need; `None` if nobody names manifests.
    needed_tools: Option<BTreeSet<Tool>>,
    plan: Option<ReadList>,
}

/// Examines the set-up of a session, and whether it may read what the manifests at `paths` need. Ends within ten seconds.
pub(crate) async fn examine(
    session: &mut Session,
    paths: &[String],
    options: BuildOptions,
    watch: &dyn Watch,
) -> Vec<Diagnosis> {
    let deadline = Instant::now() + TIME;
    let (config, errors) = match timeout(PATIENCE, session.settings(watch)).await {
        Ok(read) => read,
        Err(_) => late_settings(session),
    };
    let errors = errors.into_iter().chain(session.policy(&config).1).collect::<Vec<_>>();
    let (inspection, general) = inspect(&config, errors.iter().any(|error| error.level == Level::Error)).await;
    let mut patient = Patient {
        workspace: session.workspace().clone(),
        wrong_settings: errors.into_iter().chain(general).collect(),
        inspection,
        options,
        needed_tools: (!paths.is_empty()).then(|| needed_tools(paths, session.workspace())),
        plan: None,
        config,
    };
    if !paths.is_empty() {
        patient.plan = Some(ReadList::read(paths, &patient, session, watch, PATIENCE).await);
    }
    let (mut examination, mut of_store) = (Examination::new(deadline), Examination::new(deadline));
    let subject = patient.subject(session, watch);
    tokio::join!(examination.run(QUESTIONS, &patient), examine_store(&patient.config, subject, &mut of_store));
    examination.extend(of_store);
    examination.into_diagnoses()
}

/// Asks the questions of the chosen store.
async fn examine_store(config: &Config, subject: Subject, examination: &mut Examination) {
    if let Some(store) = config.get(&TYPE) {
        (store.examiner.examine)(config.view(store.settings.settings), subject, examination).await;
    }
}

/// What is missing, wrong or risky in the settings, from a thread that nobody waits for: a file that a setting names may be a pipe into
/// which nobody writes, or lie on a disk that hangs.
async fn inspect(config: &Config, are_some_wrong: bool) -> (Inspection, Errors) {
    let (done, inspected) = oneshot::channel();
    let owned = config.clone();
    std::thread::spawn(move || done.send(pass::inspect(&owned, are_some_wrong)));
    match timeout(PATIENCE, inspected).await {
        Ok(Ok(inspected)) => inspected,
        _ => {
            let detail = format!("the files that the settings name cannot be read within {} s", PATIENCE.as_secs());
            let files = questions::files(config).unwrap_or_default();
            let error =
                Error::new(Kind::Setting, detail).cause(files).hint("is one of them a pipe, or on a disk that hangs?");
            (Inspection { wrong: vec![error], ..Inspection::default() }, Errors::new())
        }
    }
}

fn late_settings(session: &mut Session) -> (Config, Errors) {
    let (config, mut errors) = session.local_settings();
    let detail = format!("the cluster has not sent the Secret of `-s` within {} s", PATIENCE.as_secs());
    errors.push(
        Error::new(Kind::Setting, detail)
            .hint("is the API server of the kubeconfig, or of this cluster, right and reachable?"),
    );
    (config, errors)
}

fn needed_tools(paths: &[String], workspace: &Workspace) -> BTreeSet<Tool> {
    let folders = input::buildable_folders(paths, workspace);
    let is_needed = |tool: &Tool| folders.iter().any(|(_, name)| *name == tool.name());
    [Tool::Helm, Tool::Kustomize].into_iter().filter(is_needed).collect()
}

/// What is wrong; a finding without a hint gets this fix.
fn wrong(finding: &Error, fix: &str) -> Verdict {
    let finding = finding.clone();
    Verdict::Wrong(if finding.hint.is_some() { finding } else { finding.hint(fix) })
}

impl Patient {
    /// What the store is to be asked.
    fn subject(&self, session: &Session, watch: &dyn Watch) -> Subject {
        let settings = self.verdicts_on_settings().into_iter().chain(self.verdicts_on_files());
        let is_wrong = settings.into_iter().any(|verdict| verdict.is_error());
        Subject {
            grants: self.plan.as_ref().map(ReadList::grants),
            policy: session.policy(&self.config).0,
            journal: watch.journal(),
            obstacle: is_wrong.then(|| "because of the settings".to_owned()),
        }
    }

    /// How many settings somebody has set, or what is wrong or missing in them.
    fn verdicts_on_settings(&self) -> Vec<Verdict> {
        let findings = self.wrong_settings.iter().chain(&self.inspection.missing);
        let mut verdicts: Vec<Verdict> = findings.map(|finding| wrong(finding, SHOWN_BY_SETTINGS)).collect();
        if !verdicts.iter().any(Verdict::is_error) {
            verdicts.insert(0, Verdict::Right(questions::set(&self.config)));
        }
        verdicts
    }

    /// Which files the settings name, or which of them cannot be used.
    fn verdicts_on_files(&self) -> Vec<Verdict> {
        let wrong: Vec<Verdict> = self.inspection.wrong.iter().map(|error| wrong(error, IS_IT_THERE)).collect();
        if !wrong.is_empty() {
            return wrong;
        }
        vec![match questions::usable_files(&self.config) {
            Some(files) => Verdict::Right(files),
            None => Verdict::NotTried("the settings name no file".to_owned()),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::BACKENDS;
    use crate::probe::Question;

    #[test]
    fn questions_have_short_names_and_need_those_before_them() {
        for store in BACKENDS {
            let own = (store.examiner.questions)();
            let all: Vec<Question> = QUESTIONS.iter().map(|probe| probe.question).chain(own).collect();
            for (number, question) in all.iter().enumerate() {
                let before: Vec<&str> = all[..number].iter().map(|question| question.name).collect();
                assert!(!before.contains(&question.name), "{} is asked twice", question.name);
                assert!(
                    question.needs.iter().all(|name| before.contains(name)),
                    "{} needs what is not asked",
                    question.name
                );
                assert!(question.name.len() <= 10 && !question.doc.is_empty(), "{}", question.name);
            }
        }
    }
}
