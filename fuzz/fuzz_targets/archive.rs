//! A repository as Argo CD sends it, from any bytes: it is unpacked within its limits, read, and written into a folder, and nothing outside.
#![no_main]

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use vault_render::internals::input::{Archive, ArchiveLimits, FileModes};

const LIMITS: ArchiveLimits = ArchiveLimits { bytes: 1 << 20, until: None };

fuzz_target!(|bytes: &[u8]| {
    let mut tar = GzEncoder::new(Vec::new(), Compression::none());
    tar.write_all(bytes).expect("it is in memory");
    let tar = tar.finish().expect("it is in memory");
    for (gzip, folder) in [(bytes, "."), (&tar, "."), (&tar, "a")] {
        if let Ok(archive) = Archive::unpack(gzip, Path::new(folder), LIMITS) {
            check(&archive, Path::new(folder));
        }
    }
});

fn check(archive: &Archive, folder: &Path) {
    let (sources, _) = archive.read(folder, true);
    let around = tempfile::tempdir().expect("a folder");
    let root = around.path().join("repository");
    // Names may be too long for a disk.
    let _ = archive.write(&root, FileModes::Fixed);
    assert_eq!(std::fs::read_dir(around.path()).expect("it is there").count(), 1);
    for source in sources {
        assert!(source.bytes.len() <= 1 << 20);
    }
    check_links(&root, &root.canonicalize().expect("it is there"));
}

/// No link leads out of the root.
fn check_links(folder: &Path, root: &Path) {
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is there").path();
        if path.is_symlink() {
            assert!(path.canonicalize().map_or(true, |real| real.starts_with(root)), "{}", path.display());
        } else if path.is_dir() {
            check_links(&path, root);
        }
    }
}
