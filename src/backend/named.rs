//! Files that settings name. One that a tenant named must lie in the repository, links followed.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::{Config, Key};
use crate::error::{Error, Kind};
use crate::named_file::{Allowed, DATA_LIMIT, NamedFile, Refusal};

/// The bytes of the file that a setting names; `None` where the setting is not set.
pub(super) fn read(config: &Config, key: &Key<PathBuf>) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let Some(path) = config.get(key) else { return Ok(None) };
    contents(config, key, path).map(Some).map_err(|refusal| refused(config, key, path, &refusal))
}

/// The bytes of all files in the folder that a setting names, one file after the other.
pub(super) fn read_folder(config: &Config, key: &Key<PathBuf>) -> Result<Option<Vec<u8>>, Error> {
    let Some(path) = config.get(key) else { return Ok(None) };
    let failed = |refusal: Refusal| refused(config, key, path, &refusal);
    let folder = find(config, key, path).map_err(failed)?;
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder.place()).map_err(|error| failed(error.into()))? {
        let file = path.join(entry.map_err(|error| failed(error.into()))?.file_name());
        // Folders and links that lead nowhere hold no certificates.
        if config.working_folder().join(&file).is_file() {
            let bytes = contents(config, key, &file).map_err(|refusal| refused(config, key, &file, &refusal))?;
            all.extend_from_slice(&bytes);
            all.push(b'\n');
        }
    }
    Ok(Some(all))
}

fn contents(config: &Config, key: &Key<PathBuf>, path: &Path) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let allowed = if config.has_tenant() { Allowed::File } else { Allowed::Stream };
    find(config, key, path)?.read(DATA_LIMIT, allowed)
}

/// The file, once it is known that it may be read.
fn find(config: &Config, key: &Key<PathBuf>, path: &Path) -> Result<NamedFile, Refusal> {
    let file = NamedFile::find(path, config.working_folder(), config.repository())?;
    match config.confined(key) {
        Some(_) if !file.is_in_repository() => Err(Refusal::Outside),
        None if config.is_allowed_to_tenants(key.name()) || !config.is_contributed() => Ok(file),
        _ => file.within(),
    }
}

fn refused(config: &Config, key: &Key<PathBuf>, path: &Path, refusal: &Refusal) -> Error {
    let name = key.name();
    if let Refusal::Outside = refusal {
        return Error::new(Kind::Setting, format!("`{name}` leads outside the repository: `{}`", path.display())).hint(
            format!("name a file by its own path; an operator may allow tenants' links: `AVP_TENANT_SETTINGS={name}`"),
        );
    }
    let setting = config.setting(name).map_or_else(|| format!("`{name}`"), |setting| setting.origin.locate(name));
    let error = Error::new(Kind::Setting, format!("cannot read `{}`, which {setting} names", path.display()));
    let error = error.cause(refusal.to_string());
    refusal.hint().into_iter().fold(error, Error::hint)
}
