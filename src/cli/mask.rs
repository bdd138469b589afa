//! The key of masks: from a file, from the settings, or a random one for the run.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::general::MASK_KEY;
use crate::error::{Error, Kind};
use crate::pass::{Session, read_flag_file};
use crate::render::Mask;
use crate::workspace::Workspace;

const HINT: &str = "`openssl rand -hex 32` makes one";

/// The flag that gives the key, shared by every command that shows fingerprints.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Masks")]
pub(super) struct MaskKey {
    /// Make fingerprints with the key in FILE, else with the one in VAULT_RENDER_MASK_KEY
    #[arg(long, value_name = "FILE")]
    mask_key: Option<PathBuf>,
}

impl MaskKey {
    /// Masks under the key that the user gave; `None` without one. Line breaks at the file's end do not count.
    pub(super) fn of_user(&self, session: &mut Session) -> Result<Option<Mask>, Error> {
        let (key, place) = match &self.mask_key {
            Some(file) => (read(file, session.workspace())?, file.display().to_string()),
            // Errors of other settings are reported when these are needed: `--offline` needs none.
            None => match session.local_settings().0.get(&MASK_KEY) {
                Some(key) => (Zeroizing::new(key.reveal().as_bytes().to_vec()), MASK_KEY.name().to_owned()),
                None => return Ok(None),
            },
        };
        let end = key.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        if end == 0 {
            return Err(Error::new(Kind::Setting, format!("the mask key in `{place}` is empty")).hint(HINT));
        }
        Ok(Some(Mask::new(&key[..end])))
    }

    /// Masks under the key that the user gave, else under a random one, whose fingerprints are comparable within this run only.
    pub(super) fn mask(&self, session: &mut Session) -> Result<Mask, Error> {
        match self.of_user(session)? {
            Some(mask) => Ok(mask),
            None => random(),
        }
    }
}

fn read(file: &Path, workspace: &Workspace) -> Result<Zeroizing<Vec<u8>>, Error> {
    read_flag_file(file, workspace, |refusal| {
        Error::new(Kind::Setting, format!("cannot read the mask key `{}`", file.display()))
            .cause(refusal.to_string())
            .hint(refusal.hint().unwrap_or(HINT))
    })
}

fn random() -> Result<Mask, Error> {
    let mut key = Zeroizing::new([0; 32]);
    let filled = getrandom::fill(&mut *key);
    filled.map_err(|error| Error::new(Kind::Setting, "cannot make a random mask key").cause(error.to_string()))?;
    Ok(Mask::new(&*key))
}
