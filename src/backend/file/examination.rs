//! The part of `doctor` that is the secrets file's: whether it can be used, and whether the paths of the manifests are in it.

use std::sync::OnceLock;

use futures_util::future::{BoxFuture, ready};

use super::{File, read};
use crate::backend::examiner::{Examiner, Subject};
use crate::config::View;
use crate::probe::{Examination, Probe, Question, Verdict};
use crate::secret::Outcome;
use crate::words::count;

/// The examiner of a secrets file.
pub(super) const EXAMINER: Examiner =
    Examiner { questions: || PROBES.iter().map(|probe| probe.question).collect(), examine };

static PROBES: &[Probe<Patient>] = &[
    Probe {
        question: Question {
            name: "secrets",
            doc: "whether the file of `AVP_FILE` is there, readable and valid",
            needs: &[],
        },
        ask: secrets,
    },
    Probe {
        question: Question {
            name: "may-read",
            doc: "whether each path that the manifests name is in the file",
            needs: &["secrets"],
        },
        ask: may_read,
    },
];

/// A secrets file under examination.
struct Patient {
    settings: View,
    subject: Subject,
    file: OnceLock<File>,
}

fn examine(settings: View, subject: Subject, examination: &mut Examination) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        match &subject.obstacle {
            Some(obstacle) => examination.skip(PROBES, obstacle),
            None => examination.run(PROBES, &Patient { settings, subject, file: OnceLock::new() }).await,
        }
    })
}

fn secrets(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    let opened = read(&patient.settings).map(|file| {
        let paths = count::of(file.secrets.len(), "path");
        let _ = patient.file.set(file);
        format!("the file is valid and has {paths}")
    });
    Box::pin(ready(vec![opened.into()]))
}

fn may_read(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    let (Some(file), Some(grants)) = (patient.file.get(), &patient.subject.grants) else {
        let reason = "no manifests are named: `vault-render doctor PATH`";
        return Box::pin(ready(vec![Verdict::NotTried(reason.to_owned())]));
    };
    let mut verdicts: Vec<Verdict> = grants
        .iter()
        .map(|grant| match file.find(grant.id()) {
            Outcome::Found(_) | Outcome::Planned => Verdict::Right(format!("`{}` is there", grant.id().path)),
            Outcome::NoPath(error)
            | Outcome::NoVersion(error)
            | Outcome::Denied(error)
            | Outcome::Refused(error)
            | Outcome::Failed(error) => Verdict::Wrong(error),
        })
        .collect();
    if verdicts.is_empty() {
        verdicts.push(Verdict::NotTried("the manifests need no secret".to_owned()));
    }
    Box::pin(ready(verdicts))
}
