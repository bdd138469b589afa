//! The questions of every set-up, whatever the store: settings, files, helm, kustomize, the plan.

use std::time::Duration;

use futures_util::future::{BoxFuture, ready};

use super::Patient;
use super::plan::ReadList;
use crate::client::Deadline;
use crate::config::{Config, Origin, Role};
use crate::journal::Journal;
use crate::keep::Keep;
use crate::pass::build::tool_version;
use crate::probe::{Probe, Question, Verdict};
use crate::tool::Tool;
use crate::words::{count, list};

/// The number of files that are named.
const MOST_FILES: usize = 6;

/// How long the keep may take.
const KEEP_PATIENCE: Duration = Duration::from_secs(3);

/// The questions that do not depend on the store.
pub(super) static QUESTIONS: &[Probe<Patient>] = &[
    Probe {
        question: Question {
            name: "settings",
            doc: "whether the settings are right and complete, the Secret of `-s` and the file of `-c` included",
            needs: &[],
        },
        ask: |patient| Box::pin(ready(patient.verdicts_on_settings())),
    },
    Probe {
        question: Question {
            name: "files",
            doc: "whether the files and values that the settings name can be used: certificates, keys, tokens",
            needs: &["settings"],
        },
        ask: |patient| Box::pin(ready(patient.verdicts_on_files())),
    },
    Probe {
        question: Question {
            name: "keep",
            doc: "whether what outlives runs can be read where `AVP_KEEP` says, and how much is there",
            needs: &["settings"],
        },
        ask: |patient| Box::pin(keep(&patient.config)),
    },
    Probe {
        question: Question { name: "helm", doc: "whether helm is there, and its version", needs: &[] },
        ask: |patient| tool(patient, Tool::Helm),
    },
    Probe {
        question: Question { name: "kustomize", doc: "whether kustomize is there, and its version", needs: &[] },
        ask: |patient| tool(patient, Tool::Kustomize),
    },
    Probe {
        question: Question {
            name: "plan",
            doc: "which secrets the manifests need, and whether the policy of the operator lets them be read",
            needs: &["helm", "kustomize"],
        },
        ask: |patient| Box::pin(ready(plan(patient.plan.as_ref()))),
    },
];

/// How many settings somebody has set.
pub(super) fn set(config: &Config) -> String {
    let is_set = |setting: &&crate::config::Setting| setting.origin != Origin::Default;
    let set = config.settings().filter_map(|(_, setting)| setting).filter(is_set).count();
    format!("{} set, the others have their defaults", count::of(set, "setting"))
}

/// The files that the settings in effect name, which can be used; `None` if they name none.
pub(super) fn usable_files(config: &Config) -> Option<String> {
    files(config).map(|files| format!("readable and valid: {files}"))
}

/// The files that the settings in effect name; `None` if they name none.
pub(super) fn files(config: &Config) -> Option<String> {
    let named = config.settings().filter(|(row, _)| row.is(Role::File) && config.reads(row));
    let named = named.filter_map(|(row, setting)| Some(format!("`{}` (`{}`)", setting?.text.as_str(), row.name())));
    let files: Vec<String> = named.collect();
    (!files.is_empty()).then(|| list::few(&files, MOST_FILES))
}

/// Reads all entries; makes none.
async fn keep(config: &Config) -> Vec<Verdict> {
    let keep = match Keep::open(&config.view(&[]), Journal::default()) {
        Ok(Some(keep)) => keep,
        Ok(None) => return vec![Verdict::NotTried("`AVP_KEEP` is not set: nothing outlives a run".to_owned())],
        Err(error) => return vec![Verdict::Wrong(error)],
    };
    let entries = match keep.entries(Deadline::after(KEEP_PATIENCE)).await {
        Ok(entries) => entries,
        // A run goes on without it.
        Err(trouble) => return vec![Verdict::Wrong(trouble.into_warning())],
    };
    let sealed = entries.iter().filter(|(_, opened)| opened.is_err()).count();
    let others = if sealed > 0 { format!(", {sealed} more sealed by another key") } else { String::new() };
    vec![Verdict::Right(format!("`{}`, kept there: {}{others}", keep.place(), entries.len() - sealed))]
}

fn tool(patient: &Patient, tool: Tool) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async move {
        if patient.options.no_build {
            return vec![Verdict::NotTried("`--no-build` leaves charts and kustomizations out".to_owned())];
        }
        if patient.needed_tools.as_ref().is_some_and(|needed| !needed.contains(&tool)) {
            return vec![Verdict::NotTried("no folder of the manifests needs it".to_owned())];
        }
        let version = tool_version(tool, &patient.options.tools, &patient.config, &patient.workspace).await;
        let with_way_out = |error: crate::error::Error| {
            let hint = error.hint.clone().map(|hint| format!("{hint}; ")).unwrap_or_default();
            error.hint(format!("{hint}where nothing is built, ask with `--no-build`"))
        };
        vec![version.map_err(with_way_out).into()]
    })
}

fn plan(plan: Option<&ReadList>) -> Vec<Verdict> {
    match plan {
        Some(list) => list.verdicts(),
        None => vec![Verdict::NotTried("no manifests are named: `vault-render doctor PATH`".to_owned())],
    }
}
