//! The key of masks: from a file, from the environment, or a random one for the run.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::environment::Environment;
use crate::error::{Error, Kind};
use crate::render::Mask;

/// Where the key may stand instead of a file.
const VARIABLE: &str = "VAULT_RENDER_MASK_KEY";

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
    pub(super) fn given(&self, environment: &Environment) -> Result<Option<Mask>, Error> {
        let key = match (&self.mask_key, environment.get(VARIABLE)) {
            (Some(file), _) => read(file, environment)?,
            (None, Some(text)) => Zeroizing::new(text.as_bytes().to_vec()),
            (None, None) => return Ok(None),
        };
        let place = self.mask_key.as_ref().map_or(VARIABLE.to_owned(), |file| file.display().to_string());
        let end = key.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        if end == 0 {
            return Err(Error::new(Kind::Setting, format!("the mask key in `{place}` is empty")).hint(HINT));
        }
        Ok(Some(Mask::new(&key[..end])))
    }

    /// Masks under the key that the user gave, else under a random one: fingerprints compare within this run then.
    pub(super) fn mask(&self, environment: &Environment) -> Result<Mask, Error> {
        match self.given(environment)? {
            Some(mask) => Ok(mask),
            None => random(),
        }
    }
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
