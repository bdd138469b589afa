//! The key of masks: from a file, from the settings, or a random one for the run.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::environment::Environment;
use super::given::Flags;
use crate::config::general::MASK_KEY;
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::render::Mask;

const HINT: &str = "`openssl rand -hex 32` makes one";

/// The flag that gives the key, the same for every command that shows fingerprints.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Masks")]
pub(super) struct MaskKey {
    /// Make fingerprints with the key in FILE, else with the one in VAULT_RENDER_MASK_KEY
    #[arg(long, value_name = "FILE")]
    mask_key: Option<PathBuf>,
}

impl MaskKey {
    /// Masks under the key that the user gave; none without one. A line break at the file's end is no part of it.
    pub(super) fn given(&self, flags: &Flags, environment: &Environment) -> Result<Option<Mask>, Error> {
        let (key, place) = match &self.mask_key {
            Some(file) => (read(file, environment)?, file.display().to_string()),
            None => match setting(flags, environment) {
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

    /// Masks under the key that the user gave, else under a random one: fingerprints compare within this run then.
    pub(super) fn mask(&self, flags: &Flags, environment: &Environment) -> Result<Mask, Error> {
        match self.given(flags, environment)? {
            Some(mask) => Ok(mask),
            None => random(),
        }
    }
}

/// The key of the settings. What is wrong with others is told once they are needed: `--offline` needs none.
fn setting(flags: &Flags, environment: &Environment) -> Option<Redacted> {
    flags.config(environment).0.get(&MASK_KEY).cloned()
}

fn read(file: &Path, environment: &Environment) -> Result<Zeroizing<Vec<u8>>, Error> {
    environment.file(file, |refusal| {
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
