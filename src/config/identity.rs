//! What a store that is opened with some settings depends on, text by text: processes that render for many open it once for all who differ
//! in none of them. Knows no store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Authority, Config, Setting};

/// What the names of variables begin with that Argo CD sets for each call. No store reads them but as settings, or filled into one.
const OF_CALL: [&str; 4] = ["ARGOCD_APP_", "ARGOCD_ENV_", "KUBE_", "PARAM_"];

/// The variables with paths that are not settings.
const PATHS: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

impl Config {
    /// Passes on every text that a store of these settings depends on, always in the same order. `fill` puts the requester, whom the
    /// environment names, into a setting of the operator's that has words in braces.
    pub(crate) fn identity(
        &self,
        fill: impl Fn(&str, &BTreeMap<String, String>) -> Option<String>,
        mut add: impl FnMut(&str),
    ) {
        let read = || self.settings().filter(|(row, _)| self.reads(row));
        for (row, setting) in read().filter_map(|(row, setting)| Some((row, setting?))) {
            let is_template = !row.is_general() && setting.origin.authority() == Authority::Operator;
            let filled = if is_template { fill(&setting.text, &self.environment) } else { None };
            [row.name(), &setting.origin.to_string(), &setting.text].into_iter().for_each(&mut add);
            filled.iter().for_each(|text| add(text));
        }
        add(if self.has_tenant { "a tenant" } else { "" });
        if read().any(|(_, setting)| setting.is_some_and(|setting| self.depends_on_folder(setting)))
            || PATHS.iter().any(|name| self.environment.get(*name).is_some_and(|path| !path.starts_with('/')))
        {
            add(&self.working_folder.to_string_lossy());
            add(&self.repository.to_string_lossy());
        }
        let variables =
            self.environment.iter().filter(|(name, _)| !OF_CALL.iter().any(|begin| name.starts_with(begin)));
        variables.flat_map(|(name, value)| [name, value]).for_each(|text| add(text));
    }

    /// The files and folders that the settings name, but for those that a login reads anew each time.
    pub(crate) fn reloaded_paths(&self) -> impl Iterator<Item = &Path> {
        let read = self.settings().filter(|(row, _)| self.reads(row) && !self.login_reads(row));
        read.filter_map(|(_, setting)| setting?.value.downcast_ref::<PathBuf>()).map(PathBuf::as_path)
    }

    /// Whether a setting names a file that is another one, or may not be read, for who works elsewhere.
    fn depends_on_folder(&self, setting: &Setting) -> bool {
        let is_ours = |path: &Path| path.is_absolute() && !path.starts_with(&self.repository);
        let path = setting.value.downcast_ref::<PathBuf>();
        path.is_some_and(|path| setting.origin.authority() == Authority::Tenant || !is_ours(path))
    }
}
