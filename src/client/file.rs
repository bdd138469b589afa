//! Files that settings name. One that a tenant named must lie in the repository, links followed.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::Config;
use crate::error::{Error, Kind};
use crate::named_file::{Allowed, DATA_LIMIT, NamedFile, Refusal};

/// What the file that the setting `name` names holds; none where the setting is not set.
pub fn read(config: &Config, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let Some(path) = config.get(name).map(PathBuf::from) else { return Ok(None) };
    contents(config, name, &path).map(Some).map_err(|refusal| refused(config, name, &path, &refusal))
}

/// What the files of the folder that the setting `name` names hold, one after the other.
pub fn read_folder(config: &Config, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let Some(path) = config.get(name).map(PathBuf::from) else { return Ok(None) };
    let failed = |refusal: Refusal| refused(config, name, &path, &refusal);
    let folder = find(config, name, &path).map_err(failed)?;
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder.place()).map_err(|error| failed(error.into()))? {
        let file = path.join(entry.map_err(|error| failed(error.into()))?.file_name());
        // Folders and links that lead nowhere are no authorities.
        if config.working_folder().join(&file).is_file() {
            let bytes = contents(config, name, &file).map_err(|refusal| refused(config, name, &file, &refusal))?;
            all.extend_from_slice(&bytes);
            all.push(b'\n');
        }
    }
    Ok(Some(all))
}

fn contents(config: &Config, name: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let allowed = if config.has_tenant() { Allowed::File } else { Allowed::Stream };
    find(config, name, path)?.read(DATA_LIMIT, allowed)
}

/// The file, once it is known that it may be read.
fn find(config: &Config, name: &str, path: &Path) -> Result<NamedFile, Refusal> {
    let file = NamedFile::find(path, config.working_folder(), config.repository())?;
    match config.confined(name) {
        Some(_) if !file.is_in_repository() => Err(Refusal::Outside),
        None if config.tenant_settings_name(name) || !config.is_contributed() => Ok(file),
        _ => file.within(),
    }
}

fn refused(config: &Config, name: &str, path: &Path, refusal: &Refusal) -> Error {
    if let Refusal::Outside = refusal {
        return Error::new(Kind::Setting, format!("`{name}` leads outside the repository: `{}`", path.display())).hint(
            format!("name a file by its own path; an operator may allow tenants' links: `AVP_TENANT_SETTINGS={name}`"),
        );
    }
    let who = config.setting(name).map_or_else(|| format!("`{name}`"), |setting| setting.origin.locate(name));
    let error = Error::new(Kind::Setting, format!("cannot read `{}`, which {who} names", path.display()));
    let error = error.cause(refusal.to_string());
    refusal.hint().into_iter().fold(error, Error::hint)
}
