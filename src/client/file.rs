//! Files that settings name. One that a tenant named must lie in the repository, links followed.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::Config;
use crate::error::{Error, Kind};

/// What the file that the setting `name` names holds; none where the setting is not set.
pub fn read(config: &Config, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let Some(path) = path(config, name)? else { return Ok(None) };
    std::fs::read(&path)
        .map(|bytes| Some(Zeroizing::new(bytes)))
        .map_err(|error| unreadable(config, name, &path, &error))
}

/// What the files of the folder that the setting `name` names hold, one after the other.
pub fn read_folder(config: &Config, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let Some(path) = path(config, name)? else { return Ok(None) };
    let failed = |error| unreadable(config, name, &path, &error);
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.is_file() {
            all.extend(std::fs::read(&file).map_err(failed)?);
            all.push(b'\n');
        }
    }
    Ok(Some(all))
}

/// Where the setting's file is, once it is known that it may be read.
fn path(config: &Config, name: &str) -> Result<Option<PathBuf>, Error> {
    let Some(path) = config.get(name).map(PathBuf::from) else { return Ok(None) };
    let Some(folder) = config.confined(name) else { return Ok(Some(path)) };
    let real = |path: &Path| path.canonicalize().map_err(|error| unreadable(config, name, path, &error));
    let (real_path, real_folder) = (real(&path)?, real(folder)?);
    if let Ok(below) = real_path.strip_prefix(real_folder) {
        if below.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git")) {
            let detail = format!("`{name}` leads to Git's own files: `{}`", path.display());
            return Err(Error::new(Kind::Setting, detail).hint("name a file of the work tree"));
        }
        return Ok(Some(real_path));
    }
    Err(Error::new(Kind::Setting, format!("`{name}` leads outside the repository: `{}`", path.display()))
        .hint(format!("an operator may allow it: `AVP_TENANT_SETTINGS={name}`")))
}

fn unreadable(config: &Config, name: &str, path: &Path, error: &std::io::Error) -> Error {
    let who = config.setting(name).map_or_else(|| format!("`{name}`"), |setting| setting.origin.locate(name));
    Error::new(Kind::Setting, format!("cannot read `{}`, which {who} names", path.display())).cause(error.to_string())
}
