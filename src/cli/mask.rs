//! Masking what is printed, and the key of masks: from a file, from the settings, or a random one for the run.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::general::MASK_KEY;
use crate::error::{Error, Errors, Kind};
use crate::pass::mask_key::{HINT, weakness, without_line_breaks};
use crate::pass::{Session, read_flag_file};
use crate::render::Mask;
use crate::workspace::Workspace;

/// The permissions of a file's group and of everybody else to read it.
const READABLE_BY_OTHERS: u32 = 0o044;

/// The flag that gives the key, shared by every command that shows fingerprints.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Masks")]
pub(super) struct MaskKey {
    /// Make fingerprints with the key in FILE, else with the one in VAULT_RENDER_MASK_KEY
    #[arg(long, value_name = "FILE")]
    mask_key: Option<PathBuf>,
}

/// The flags that mask a rendering, shared by the commands that print manifests.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Masks")]
pub(super) struct MaskFlags {
    /// Mask every value: each mask is valid in its field, and the manifests may be shown
    #[arg(long)]
    mask: bool,

    #[command(flatten)]
    key: MaskKey,
}

impl MaskFlags {
    /// Whether values are to be masked.
    pub(super) fn is_on(&self) -> bool {
        self.mask
    }

    /// The file of the key, if one is named.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.key.mask_key.as_ref()
    }

    /// The mask for what `session` prints, if it is to be masked. A record is masked without one.
    pub(super) fn mask(&self, session: &mut Session, errors: &mut Errors) -> Result<Option<Mask>, Error> {
        if !self.mask || session.has_record() {
            return Ok(None);
        }
        let of_user = self.key.of_user(session, errors)?;
        if of_user.is_none() {
            let note = Error::note(Kind::Setting, "there is no mask key: fingerprints compare only within this run");
            errors.push(note.hint("`--mask-key FILE` or VAULT_RENDER_MASK_KEY makes them the same in every run"));
        }
        of_user.map_or_else(|| random(session), Ok).map(Some)
    }
}

impl MaskKey {
    /// Masks under the key that the user gave; `None` without one. Line breaks at the file's end do not count. A weak key is a warning.
    pub(super) fn of_user(&self, session: &mut Session, errors: &mut Errors) -> Result<Option<Mask>, Error> {
        let (key, place) = match &self.mask_key {
            Some(file) => {
                errors.extend(exposure(file, session.workspace()));
                (read(file, session.workspace())?, file.display().to_string())
            }
            // Errors of other settings are reported when these are needed: `--offline` needs none.
            None => match session.local_settings().0.get(&MASK_KEY) {
                Some(key) => (Zeroizing::new(key.reveal().as_bytes().to_vec()), MASK_KEY.name().to_owned()),
                None => return Ok(None),
            },
        };
        let key = without_line_breaks(&key);
        if key.is_empty() {
            return Err(Error::new(Kind::Setting, format!("the mask key in `{place}` is empty")).hint(HINT));
        }
        errors.extend(weakness(key, &place));
        let mask = Mask::new(key);
        session.use_salts_of(&mask);
        Ok(Some(mask))
    }

    /// Masks under the key that the user gave, else under a random one, whose fingerprints are comparable within this run only.
    pub(super) fn mask(&self, session: &mut Session, errors: &mut Errors) -> Result<Mask, Error> {
        match self.of_user(session, errors)? {
            Some(mask) => Ok(mask),
            None => random(session),
        }
    }
}

/// The warning that others may read the file of a key. A pipe is nobody else's.
fn exposure(file: &Path, workspace: &Workspace) -> Option<Error> {
    let metadata = std::fs::metadata(workspace.locate(file)).ok().filter(Metadata::is_file)?;
    let detail = format!("others may read the mask key in `{}`", file.display());
    let hint = format!("`chmod 600 {}`: with the key, values can be tried out on fingerprints", file.display());
    (metadata.mode() & READABLE_BY_OTHERS != 0).then(|| Error::warning(Kind::Setting, detail).hint(hint))
}

fn read(file: &Path, workspace: &Workspace) -> Result<Zeroizing<Vec<u8>>, Error> {
    read_flag_file(file, workspace, |refusal| {
        Error::new(Kind::Setting, format!("cannot read the mask key `{}`", file.display()))
            .cause(refusal.to_string())
            .hint(refusal.hint().unwrap_or(HINT))
    })
}

/// Masks under a random key, which is that of the session's salts as well.
pub(super) fn random(session: &mut Session) -> Result<Mask, Error> {
    let mut key = Zeroizing::new([0; 32]);
    let filled = getrandom::fill(&mut *key);
    filled.map_err(|error| Error::new(Kind::Setting, "cannot make a random mask key").cause(error.to_string()))?;
    let mask = Mask::new(&*key);
    session.use_salts_of(&mask);
    Ok(mask)
}
