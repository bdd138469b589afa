//! The way from a file's name to the file, link by link. The kernel only tells where it ends; whose the name is shows on the way.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

/// How many links lead on, as Linux has it.
const LINKS: usize = 40;

/// The folder of the kernel's own links, whose texts cannot be followed.
const OPAQUE: &str = "/proc";

/// Where a name leads, and what it passes.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The end, without links.
    pub(super) place: PathBuf,
    /// Whether a name on the way stands in the repository.
    pub(super) passes_repository: bool,
    /// Whether a name on the way is a `.git` of the repository.
    pub(super) passes_git: bool,
}

impl Walk {
    /// Follows `name` from `folder`, both of which may be anything; `repository` has no links in its path.
    pub(super) fn follow(name: &Path, folder: &Path, repository: &Path) -> io::Result<Self> {
        // A call whose repository is on no disk has no folder, and the operator's files are there all the same.
        let folder = if name.is_absolute() { Path::new("/") } else { folder };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let mut walk = Self { place: folder.canonicalize()?, ..Self::default() };
        let (mut rest, mut links) = (steps(name), 0);
        while let Some(step) = rest.pop_front() {
            match step {
                Step::Root => walk.place = PathBuf::from("/"),
                Step::Up => drop(walk.place.pop()),
                Step::Down(name) => {
                    walk.note(&name, repository);
                    let down = walk.down(name);
                    if down.is_err() && walk.passes_repository && !walk.place.starts_with(repository) {
                        // It is outside: a message must not tell whether it exists.
                        return Ok(walk);
                    }
                    if let Some(target) = down? {
                        links += 1;
                        if links > LINKS {
                            return Err(io::Error::from_raw_os_error(libc::ELOOP));
                        }
                        rest = steps(&target).into_iter().chain(rest).collect();
                    }
                }
            }
        }
        Ok(walk)
    }

    fn note(&mut self, name: &OsString, repository: &Path) {
        let is_inside = !repository.as_os_str().is_empty() && self.place.starts_with(repository);
        self.passes_repository |= is_inside;
        self.passes_git |= is_inside && name.eq_ignore_ascii_case(".git");
    }

    /// Goes to `name`, or stays and returns where the link of that name leads.
    fn down(&mut self, name: OsString) -> io::Result<Option<PathBuf>> {
        let next = self.place.join(name);
        if !next.starts_with(OPAQUE) && next.symlink_metadata()?.is_symlink() {
            return next.read_link().map(Some);
        }
        self.place = next;
        Ok(None)
    }
}

enum Step {
    Root,
    Up,
    Down(OsString),
}

fn steps(path: &Path) -> VecDeque<Step> {
    let step = |component| match component {
        Component::RootDir | Component::Prefix(_) => Some(Step::Root),
        Component::CurDir => None,
        Component::ParentDir => Some(Step::Up),
        Component::Normal(name) => Some(Step::Down(name.to_owned())),
    };
    path.components().filter_map(step).collect()
}
