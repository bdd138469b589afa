//! The secrets that manifests need, as `plan` finds them. Charts are built without any network: their repositories are tenants' addresses.

use std::time::Duration;

use tokio::time::timeout;

use super::{Patient, wrong};
use crate::error::{Error, Errors, Kind, Level, Subject};
use crate::pass::build::{BuildOptions, InputFiles};
use crate::pass::{Session, Watch};
use crate::policy::{Grant, Policy};
use crate::probe::Verdict;
use crate::render::{self, Options};
use crate::secret::Access;
use crate::words::count;

/// The fix for an error in manifests that has none of its own.
const SHOWN_BY_PLAN: &str = "`vault-render plan` with the same paths shows the place";

/// The reads of some manifests, and what hides others.
pub(super) struct ReadList {
    accesses: Vec<Access>,
    policy: Policy,
    /// What is wrong or doubtful in the manifests, or refused by the policy.
    errors: Vec<Error>,
    /// Folders that were not built.
    unbuilt: Vec<Error>,
}

impl ReadList {
    /// Reads and builds the manifests at `paths`, and lists their reads, within `time`.
    pub(super) async fn read(
        paths: &[String],
        patient: &Patient,
        session: &mut Session,
        watch: &dyn Watch,
        time: Duration,
    ) -> Self {
        let mut options = BuildOptions { no_build: patient.options.no_build, tools: patient.options.tools.clone() };
        options.tools.is_offline = true;
        let (policy, _) = session.policy(&patient.config);
        let mut errors = Errors::new();
        let mut accesses = Vec::new();
        match timeout(time, InputFiles::read_all(paths, &options, session, watch)).await {
            Ok((sources, found, _)) => {
                errors.extend(found);
                let plan = render::plan(&sources, &Options::default(), &session.surroundings(&sources), &mut errors);
                errors.extend(policy.judge(plan.accesses()).errors());
                accesses = plan.accesses().to_vec();
            }
            Err(_) => errors.push(late(time)),
        }
        let is_of_folder =
            |error: &Error| error.level == Level::Error && matches!(error.subject, Some(Subject::Folder(_)));
        let (unbuilt, errors) = errors.into_iter().partition(is_of_folder);
        Self { accesses, policy, errors, unbuilt }
    }

    /// The permissions to read, each secret once.
    pub(super) fn grants(&self) -> Vec<Grant> {
        self.policy.judge(&self.accesses).grants.into_iter().collect()
    }

    /// How many secrets there are, and what is wrong or was left out.
    pub(super) fn verdicts(&self) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        if !self.errors.iter().any(|error| error.level == Level::Error) {
            verdicts.push(Verdict::Right(format!("the manifests need {}", count::of(self.grants().len(), "secret"))));
        }
        verdicts.extend(
            self.unbuilt
                .iter()
                .map(|error| Verdict::NotTried(format!("{} (here without network)", error.in_one_line()))),
        );
        verdicts.extend(self.errors.iter().map(|error| wrong(error, SHOWN_BY_PLAN)));
        verdicts
    }
}

fn late(time: Duration) -> Error {
    let detail = format!("reading and building the manifests takes longer than {} s", time.as_secs());
    Error::new(Kind::Input, detail).hint("name fewer of them, or ask with `--no-build`")
}
