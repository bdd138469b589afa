//! Paths of an archive: names below its root, and where links lead from their folders. They are cleaned as texts, as Argo CD's own server cleans
//! them. Knows no tree.

use super::super::tree::names;
use super::trouble::{named, wrong};
use crate::error::Error;

/// How long a path and a link's target may be, as on a disk.
const LONGEST: usize = 4 << 10;

/// How many folders may lie in each other.
const DEPTH: usize = 255;

/// Names below the root, without `.` and `..`.
pub(super) type ArchivePath = Vec<Vec<u8>>;

/// The path of an entry. One that begins with `/` begins at the archive's root.
pub(super) fn clean(name: &[u8]) -> Result<ArchivePath, Error> {
    join(&[], name, "leads out of it")
}

/// Where the link at `path` leads to, from its folder. A target that begins with `/` begins at that folder as well.
pub(super) fn target(path: &ArchivePath, target: &[u8]) -> Result<Vec<u8>, Error> {
    let folder = &path[..path.len().saturating_sub(1)];
    let place = join(folder, target, "is a link that leads out of it")?;
    let shared = folder.iter().zip(&place).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n(&b".."[..], folder.len() - shared);
    Ok(up.chain(place[shared..].iter().map(Vec::as_slice)).collect::<Vec<_>>().join(&b'/'))
}

fn join(folder: &[Vec<u8>], path: &[u8], trouble: &str) -> Result<ArchivePath, Error> {
    if path.len() >= LONGEST || path.contains(&0) {
        return Err(wrong("a name in it is too long, or holds a NUL"));
    }
    let mut place = folder.to_vec();
    for name in names(path) {
        match name {
            b".." => drop(place.pop().ok_or_else(|| named(path, trouble))?),
            name => place.push(name.to_vec()),
        }
    }
    match place.len() > DEPTH {
        true => Err(named(path, &format!("lies below more than {DEPTH} folders"))),
        false => Ok(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_below_the_root() {
        let cleaned = |name: &str| clean(name.as_bytes()).map(|path| String::from_utf8(path.join(&b'/')).unwrap());
        for (name, path) in [("a/b", "a/b"), ("/a", "a"), ("./a//b/", "a/b"), ("a/../b", "b"), (".", ""), ("a/..", "")]
        {
            assert_eq!(cleaned(name).unwrap(), path, "{name}");
        }
        let deep = |levels: usize| "d/".repeat(levels);
        assert!(cleaned(&deep(DEPTH)).is_ok());
        for name in ["..", "../a", "a/../../b", "/..", "a\0b", &deep(DEPTH + 1), &"n".repeat(LONGEST)] {
            assert!(cleaned(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_link_leads_from_its_folder_and_never_out() {
        for (path, leads, expected) in [
            ("l", "a", Some("a")),
            ("a/l", "../b", Some("../b")),
            ("a/l", "../a/x", Some("x")),
            ("a/b/l", "../../c", Some("../../c")),
            ("a/l", "/etc/passwd", Some("etc/passwd")),
            ("a/l", "up/../../b/.", Some("../b")),
            ("a/l", "..", Some("..")),
            ("a/l", "", Some("")),
            ("l", "../x", None),
            ("a/l", "../../x", None),
            ("a/l", "/../../x", None),
        ] {
            let path = clean(path.as_bytes()).unwrap();
            let found = target(&path, leads.as_bytes()).ok().map(|target| String::from_utf8(target).unwrap());
            assert_eq!(found.as_deref(), expected, "{leads}");
        }
    }
}
