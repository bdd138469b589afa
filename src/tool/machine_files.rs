//! The files of this machine that helm, kustomize and what they start may use, whichever of them runs: for the bounds of a process that
//! starts them within narrower ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::bounds::{Allowance, SHARED, SYSTEM, authorities};
use super::operator_files::{OperatorFiles, operator_files};
use super::{helm, kustomize, run, script};

/// Files and folders of this machine, beside the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MachineFiles {
    /// To read.
    pub read: Vec<PathBuf>,
    /// To read and execute.
    pub execute: Vec<PathBuf>,
    /// Whether programs of the repository run.
    pub runs_repository: bool,
}

impl MachineFiles {
    /// What the tools of these names may use with the operator's words and allowance. Relative paths start at `folder`.
    pub(crate) fn of_tools(
        tools: [&str; 2],
        words: &[String],
        allowance: &Allowance,
        variables: &BTreeMap<String, String>,
        folder: &Path,
    ) -> Self {
        let path = variables.get("PATH").map(String::as_str);
        let folders = |list: &[&str]| list.iter().map(PathBuf::from).collect::<Vec<_>>();
        let mut files = Self { read: folders(SHARED), execute: folders(SYSTEM), runs_repository: false };
        files.read.extend(authorities(variables));
        files.execute.extend_from_slice(&allowance.paths);
        let mut programs = tools.map(str::to_owned).to_vec();
        for flags in [helm::FLAGS, kustomize::FLAGS] {
            let OperatorFiles { read, run, runs_repository } = operator_files(flags, words, folder);
            files.read.extend(read);
            programs.extend(run);
            files.runs_repository |= runs_repository;
        }
        let found = programs.iter().filter_map(|program| run::find(program, path, folder));
        files.execute.extend(found.flat_map(|program| script::programs(&program, path, folder)));
        files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_words_and_allowance_add_to_the_system() {
        let variables = [("PATH", "/bin"), ("SSL_CERT_FILE", "/ca.pem")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let allowance = Allowance { paths: vec!["/opt/mise".into()], ..Allowance::default() };
        let words = ["-f", "values.yaml", "--post-renderer", "/bin/cat"].map(str::to_owned);
        let files = MachineFiles::of_tools(["sh", "none"], &words, &allowance, &variables, Path::new("/w"));
        for path in ["/usr/share", "/ca.pem", "/w/values.yaml"] {
            assert!(files.read.contains(&path.into()), "{path}");
        }
        for path in ["/usr/bin", "/opt/mise", "/bin/sh", "/bin/cat"] {
            assert!(files.execute.contains(&path.into()), "{path}");
        }
        assert!(!files.runs_repository);
        let words = ["--enable-exec".to_owned()];
        assert!(MachineFiles::of_tools(["a", "b"], &words, &allowance, &variables, Path::new("/w")).runs_repository);
    }
}
