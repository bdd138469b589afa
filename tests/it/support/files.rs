//! Files of a test's folder, with the folders around them.

use std::fs;
use std::path::Path;

/// Writes a file below `folder`.
pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// Writes files below `folder`, each with its name.
pub(crate) fn write_all(folder: &Path, files: &[(&str, &str)]) {
    files.iter().for_each(|(name, text)| write(folder, name, text));
}
