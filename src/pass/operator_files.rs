//! The operator's files in a process that lives long: parsed once, read again after a change, and the last good ones where a change is wrong.
//! Knows no call.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::inspection::inspect;
use super::policy_file::read_policy;
use super::settings::{SettingFlags, Settings, cluster_secret};
use crate::config::{ClusterSecret, Config, ConfigFile};
use crate::error::{Error, Errors};
use crate::policy::PolicyFile;
use crate::policy::settings::POLICY;
use crate::workspace::Workspace;

/// How long the Secret that `-s` names counts.
const SECRET_LIFE: Duration = Duration::from_secs(60);

/// The files that the operator's settings name.
pub(super) struct OperatorFiles {
    operator: Workspace,
    flags: SettingFlags,
    state: Mutex<State>,
    secret: tokio::sync::Mutex<Option<(Instant, ClusterSecret)>>,
}

/// What was read last, and of which files.
#[derive(Default)]
struct State {
    stamps: Vec<(PathBuf, Stamp)>,
    config_file: Option<ConfigFile>,
    policy: Option<(PathBuf, Arc<PolicyFile>)>,
}

/// The state of a file, links followed; `None` if it is not there.
type Stamp = Option<[i64; 5]>;

impl OperatorFiles {
    /// Reads the files. One that is wrong is not kept: each call tells of it.
    pub(super) fn new(operator: &Workspace, flags: &SettingFlags) -> Self {
        let (operator, flags) = (operator.clone(), flags.clone());
        let files = Self { operator, flags, state: Mutex::default(), secret: tokio::sync::Mutex::default() };
        let (read, _) = files.read();
        *files.state() = read;
        files
    }

    /// Reads the files again if one has changed, and returns whether. If anything in them is wrong, what was good before stays.
    pub(super) fn reload(&self) -> Result<bool, Errors> {
        let is_same = self.state().stamps.iter().all(|(path, known)| stamp(path) == *known);
        if is_same {
            return Ok(false);
        }
        let (read, errors) = self.read();
        let mut state = self.state();
        if errors.any() {
            // Of the files as they are now it is told once.
            state.stamps.iter_mut().for_each(|(path, known)| *known = stamp(path));
            return Err(errors);
        }
        *state = read;
        Ok(true)
    }

    /// The file that `-c` names, if its name is the same wherever a call works.
    pub(super) fn config_file(&self) -> Option<ConfigFile> {
        self.state().config_file.clone()
    }

    /// The policy file that these settings name, if the operator's name it as well.
    pub(super) fn policy(&self, config: &Config) -> Option<Arc<PolicyFile>> {
        let state = self.state();
        let (path, file) = state.policy.as_ref()?;
        (config.get(&POLICY) == Some(path)).then(|| file.clone())
    }

    /// The Secret that `-s` names, asked for once a minute; where that fails, the one before, and why.
    pub(super) async fn cluster_secret(&self, name: &str) -> Result<(ClusterSecret, Option<Error>), Error> {
        let mut known = self.secret.lock().await;
        if let Some((_, secret)) = known.as_ref().filter(|(read, _)| read.elapsed() < SECRET_LIFE) {
            return Ok((secret.clone(), None));
        }
        let now = Instant::now();
        let (secret, trouble) = match (cluster_secret(name, &self.operator).await, known.take()) {
            (Ok(secret), _) => (secret, None),
            (Err(error), Some((_, secret))) => (secret, Some(error)),
            (Err(error), None) => return Err(error),
        };
        *known = Some((now, secret.clone()));
        Ok((secret, trouble))
    }

    fn read(&self) -> (State, Errors) {
        let mut settings = Settings::new(self.operator.clone(), self.flags.clone());
        let (config, mut errors) = settings.local();
        errors.extend(inspect(&config, true).0.wrong);
        let policy = read_policy(&config, &self.operator).map_err(|wrong| errors.extend(wrong)).ok().flatten();
        let path = config.get(&POLICY).filter(|path| path.is_absolute()).cloned();
        let flag = self.flags.config_path.as_ref().map(PathBuf::from).filter(|path| path.is_absolute());
        let paths = config.reloaded_paths().map(|path| self.operator.locate(path)).chain(flag.clone());
        let state = State {
            stamps: paths.map(|path| (path.clone(), stamp(&path))).collect(),
            config_file: flag.and_then(|_| settings.last_file()),
            policy: path.zip(policy.map(Arc::new)),
        };
        (state, errors)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state of a file now. In a volume of Kubernetes' it changes with the link `..data`.
fn stamp(path: &Path) -> Stamp {
    let file = std::fs::metadata(path).ok()?;
    let (device, node, size) = (file.dev().cast_signed(), file.ino().cast_signed(), file.size().cast_signed());
    Some([device, node, size, file.mtime(), file.mtime_nsec()])
}
