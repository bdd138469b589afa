//! The schemas that a user, the operator or a cluster brings along.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::read_flag_file;
use crate::client::kubernetes::Cluster;
use crate::error::{Error, Kind};
use crate::manifest::{Schemas, Table};
use crate::source::Source;
use crate::workspace::Workspace;

/// How many files of a folder are read.
const MOST_FILES: usize = 10_000;

/// The endings of files with schemas.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// The schemas in a file, or in all files of a folder.
pub(super) fn read_schemas(name: &Path, workspace: &Workspace) -> Result<Table, Error> {
    let mut table = Table::default();
    for file in files(name, workspace)? {
        let bytes = read_flag_file(&file, workspace, |refusal| {
            let error = unreadable(&file).cause(refusal.to_string());
            refusal.hint().into_iter().fold(error, Error::hint)
        })?;
        let source = Arc::new(Source::new(file.to_string_lossy(), bytes.to_vec()));
        table.add(Table::of_source(&source)?);
    }
    if table.is_empty() { Err(no_schema(name)) } else { Ok(table) }
}

/// The schemas of the kinds that the cluster has beside Kubernetes' own.
pub(super) async fn cluster_schemas(workspace: &Workspace) -> Result<Table, Error> {
    let cluster = Cluster::connect("vault-render", workspace).await?;
    let mut table = Table::default();
    for document in cluster.open_api(|group, version| !Schemas::is_built_in(group, version)).await? {
        let read = Table::read_open_api(document.as_bytes());
        table.add(
            read.map_err(|reason| Error::new(Kind::Store, "a schema of the cluster cannot be read").cause(reason))?,
        );
    }
    Ok(table)
}

/// The file itself, or the files of a folder in the order of their names. Links lead on, as in a ConfigMap's volume; hidden files do not
/// count, among them the folders that such links lead to.
fn files(name: &Path, workspace: &Workspace) -> Result<Vec<PathBuf>, Error> {
    let place = workspace.locate(name);
    if !place.is_dir() {
        return Ok(vec![name.to_owned()]);
    }
    let is_hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
    let has_ending = |path: &Path| path.extension().and_then(OsStr::to_str).is_some_and(|end| ENDINGS.contains(&end));
    let walk = WalkDir::new(&place).follow_links(true).sort_by_file_name().into_iter();
    let mut files = Vec::new();
    for entry in walk.filter_entry(|entry| !is_hidden(entry)) {
        let entry = entry.map_err(|error| unreadable(name).cause(error.to_string()))?;
        if entry.file_type().is_file() && has_ending(entry.path()) {
            let below = entry.path().strip_prefix(&place).unwrap_or(entry.path());
            files.push(name.join(below));
        }
        if files.len() > MOST_FILES {
            let cause = format!("the folder holds more than {MOST_FILES} files");
            return Err(unreadable(name).cause(cause).hint("name the folder of the definitions alone"));
        }
    }
    Ok(files)
}

fn unreadable(name: &Path) -> Error {
    let error = Error::new(Kind::Input, format!("cannot read the schemas in `{}`", name.display()));
    error.hint("name a file or folder that is there, or `live` for those of the cluster")
}

fn no_schema(name: &Path) -> Error {
    Error::new(Kind::Input, format!("`{}` holds no schema", name.display())).hint(
        "a schema is a CustomResourceDefinition in YAML or JSON, or an OpenAPI document in JSON: `kubectl get crd -o yaml` prints those of a cluster",
    )
}
