//! The sources of settings: collected by the program's edge, a literal in tests.

use std::collections::BTreeMap;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::table::Table;
use super::{ClusterSecret, ConfigFile};

/// The sources that [`super::Config::read`] reads.
#[derive(Clone, Default)]
pub struct SettingSources {
    /// Settings that flags gave.
    pub flags: Vec<FlagValue>,
    /// Settings that a KRM function's configuration gave.
    pub function: Vec<(String, String)>,
    /// The whole environment.
    pub environment: BTreeMap<String, String>,
    /// The file that `-c` names.
    pub file: Option<ConfigFile>,
    /// The Kubernetes Secret that `-s` names.
    pub secret: Option<ClusterSecret>,
    /// The files below the user's home that hold a setting's value.
    pub home_files: Vec<HomeFile>,
    /// Whether the pod's service-account token is where Kubernetes puts it.
    pub has_service_account_token: bool,
    /// The folder that a tenant's files must not leave: the nearest parent with `.git`, else what Argo CD implies, else the folder.
    pub repository: PathBuf,
    /// Whether Git or Argo CD says that it is a repository, so that others may have written its files.
    pub is_checkout: bool,
    /// Where the renderer runs; relative paths start here.
    pub working_folder: PathBuf,
}

/// A setting that a flag gave.
#[derive(Clone, Debug)]
pub struct FlagValue {
    /// The flag, e.g. `--secrets`.
    pub flag: &'static str,
    /// The setting's name.
    pub setting: &'static str,
    /// The value.
    pub value: String,
}

impl FlagValue {
    /// The value that `flag` gives to its setting; `None` if it has none in the table.
    pub fn new(table: &Table, flag: &'static str, value: String) -> Option<Self> {
        let row = table.rows().iter().find(|row| row.declaration().flag == Some(flag))?;
        Some(Self { flag, setting: row.name(), value })
    }
}

/// A file below the user's home that holds nothing but the value of a setting.
#[derive(Clone)]
pub struct HomeFile {
    /// The file, below the home.
    pub file: &'static str,
    /// The setting's name.
    pub setting: &'static str,
    /// The file's text.
    pub text: Zeroizing<String>,
}
