//! Files that settings name. One that a tenant named must lie in the repository, links followed.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::{FileBounds, FileSetting, Key, View};
use crate::error::{Error, Kind};
use crate::named_file::{DATA_LIMIT, FileKind, FileRefusal, NamedFile};

/// The bytes of the file that a setting names; `None` where the setting is not set.
pub(crate) fn read(settings: &View, key: &Key<PathBuf>) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let Some(setting) = settings.file(key) else { return Ok(None) };
    contents(&setting, setting.path).map(Some).map_err(|refusal| refused(&setting, setting.path, &refusal))
}

/// The state of a file, for whoever wants to know whether it changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FileStamp(Option<[i64; 6]>);

/// The state of the file that a setting names now, links followed.
pub(super) fn stamp(settings: &View, key: &Key<PathBuf>) -> FileStamp {
    let file = settings.file(key).map(|setting| setting.working_folder.join(setting.path));
    let metadata = file.and_then(|file| std::fs::metadata(file).ok());
    FileStamp(metadata.map(|file| {
        let (device, node) = (file.dev().cast_signed(), file.ino().cast_signed());
        [device, node, file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()]
    }))
}

/// The bytes of all files in the folder that a setting names, one file after the other.
pub(crate) fn read_folder(settings: &View, key: &Key<PathBuf>) -> Result<Option<Vec<u8>>, Error> {
    let Some(setting) = settings.file(key) else { return Ok(None) };
    let failed = |refusal: FileRefusal| refused(&setting, setting.path, &refusal);
    let folder = find(&setting, setting.path).map_err(failed)?;
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder.place()).map_err(|error| failed(error.into()))? {
        let file = setting.path.join(entry.map_err(|error| failed(error.into()))?.file_name());
        // Folders and links that lead nowhere hold no certificates.
        if setting.working_folder.join(&file).is_file() {
            let bytes = contents(&setting, &file).map_err(|refusal| refused(&setting, &file, &refusal))?;
            all.extend_from_slice(&bytes);
            all.push(b'\n');
        }
    }
    Ok(Some(all))
}

fn contents(setting: &FileSetting<'_>, path: &Path) -> Result<Zeroizing<Vec<u8>>, FileRefusal> {
    let allowed = if setting.has_tenant { FileKind::Regular } else { FileKind::Stream };
    find(setting, path)?.read(DATA_LIMIT, allowed)
}

/// The file, once it is known that it may be read.
fn find(setting: &FileSetting<'_>, path: &Path) -> Result<NamedFile, FileRefusal> {
    let file = NamedFile::find(path, setting.working_folder, setting.repository)?;
    match setting.bounds {
        FileBounds::Anywhere => Ok(file),
        FileBounds::Repository if !file.is_in_repository() => Err(FileRefusal::Outside),
        FileBounds::Repository | FileBounds::NoLinksOut => file.within_repository(),
    }
}

fn refused(setting: &FileSetting<'_>, path: &Path, refusal: &FileRefusal) -> Error {
    let (name, path) = (setting.name, path.display());
    if let FileRefusal::Outside = refusal {
        return Error::new(Kind::Setting, format!("`{name}` leads outside the repository: `{path}`")).hint(format!(
            "name a file by its own path; an operator may allow tenants' links: `AVP_TENANT_SETTINGS={name}`"
        ));
    }
    let detail = format!("cannot read `{path}`, which {} names", setting.origin.locate(name));
    let error = Error::new(Kind::Setting, detail).cause(refusal.to_string());
    refusal.hint().into_iter().fold(error, Error::hint)
}
