//! The flags of commands that judge what manifests read: by which policy file, and for whom.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::config::Config;
use crate::error::{Error, Errors, Kind};
use crate::named_file::FileRefusal;
use crate::pass::{Session, parse_policy, read_flag_file};
use crate::policy::{Policy, PolicyFile, Requester};

/// The flags of commands that judge what manifests read.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Policy")]
pub(super) struct JudgeFlags {
    /// Judge by this policy file, which may lie in the repository: it grants nothing
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Judge for this requester, e.g. `project=shop,app=web`; `namespace` and `repo` as well
    #[arg(long = "as", value_name = "PART=NAME,...", value_parser = Requester::parse)]
    requester: Option<Requester>,
}

impl JudgeFlags {
    /// For whom it judges; `None` for whom the environment names.
    pub(super) fn requester(&self) -> Option<&Requester> {
        self.requester.as_ref()
    }

    /// Whether a command that need not judge is to do so.
    pub(super) fn is_asked(&self) -> bool {
        self.policy.is_some() || self.requester.is_some()
    }

    /// The policy: of the flag's file, else of the settings. One that cannot be used denies everything.
    pub(super) fn policy(&self, session: &Session, config: &Config, environment: &Environment) -> (Policy, Errors) {
        let Some(path) = &self.policy else { return session.policy(config) };
        let policy = |file: &PolicyFile| Policy::of(config, session.requester().clone(), Some(file));
        match read(path, environment) {
            Ok(file) => (policy(&file), Errors::new()),
            Err(errors) => (policy(&PolicyFile::denying()), errors),
        }
    }
}

/// The policy file that a user types as `path`, wherever it lies.
pub(super) fn read(path: &Path, environment: &Environment) -> Result<PolicyFile, Errors> {
    let unreadable = |refusal: FileRefusal| {
        Error::new(Kind::Input, format!("cannot read the policy file `{}`", path.display())).cause(refusal.to_string())
    };
    let bytes = read_flag_file(path, &environment.workspace, unreadable)?;
    parse_policy(path, &bytes)
}
