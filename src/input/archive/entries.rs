//! The entries of a gzipped tar, as Argo CD's own server takes them: files, folders and links. Keeps nothing, and knows no manifest.

use std::cell::Cell;
use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use tar::{EntryType, Header};

use super::ArchiveLimits;
use super::long_names::LongNames;
use super::path::{ArchivePath, clean, target};
use super::stream::Stream;
use super::trouble::{self, unreadable, wrong};
use crate::error::Error;

/// How much is unpacked at once.
const BUFFER: usize = 64 << 10;

/// An entry.
pub(super) enum Entry<'e> {
    Folder,
    /// A file, with its mode and its content.
    File(u32, FileContent<'e>),
    /// A link, with where it leads from its folder.
    Link(Vec<u8>),
}

/// The content of a file, unread.
pub(super) struct FileContent<'e> {
    /// How many bytes it has.
    pub(super) size: u64,
    bytes: &'e mut dyn Read,
}

/// Calls `take` with each entry and its path, in the order of the archive.
pub(super) fn each_entry(
    gzip: &[u8],
    limits: &ArchiveLimits,
    take: &mut dyn FnMut(ArchivePath, Entry<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let end = Cell::new(None);
    let stream = Stream::new(MultiGzDecoder::new(gzip), limits, &end);
    let mut archive = tar::Archive::new(BufReader::with_capacity(BUFFER, stream));
    let read = each(&mut archive, take);
    // What ended the stream says more than what was made of its end.
    end.take().map_or(read, Err)
}

fn each(
    archive: &mut tar::Archive<impl Read>,
    take: &mut dyn FnMut(ArchivePath, Entry<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut long = LongNames::default();
    // As they are written: the crate's own reading of long names has no bound.
    for entry in archive.entries().map_err(|error| unreadable(&error))?.raw(true) {
        let mut entry = entry.map_err(|error| unreadable(&error))?;
        let header = entry.header().clone();
        if long.read(header.entry_type(), &mut entry)? {
            continue;
        }
        let named = std::mem::take(&mut long);
        let name = named.path.clone().unwrap_or_else(|| header.path_bytes().into_owned());
        let path = clean(&name)?;
        let size = size(&header, &named)?;
        if let Some(entry) = kind(&header, &named, &path, &name, size, &mut entry)?
            && !path.is_empty()
        {
            take(path, entry)?;
        }
    }
    Ok(())
}

/// The entry; `None` if it is of a kind that is passed over.
fn kind<'e>(
    header: &Header,
    named: &LongNames,
    path: &ArchivePath,
    name: &[u8],
    size: u64,
    bytes: &'e mut dyn Read,
) -> Result<Option<Entry<'e>>, Error> {
    let entry = match header.entry_type() {
        // Before POSIX only the name told a folder from a file.
        EntryType::Regular if !(is_old(header) && name.ends_with(b"/")) => {
            let mode = header.mode().map_err(|error| unreadable(&error))? & 0o777;
            return Ok(Some(Entry::File(mode, FileContent { size, bytes })));
        }
        EntryType::Regular | EntryType::Directory => Some(Entry::Folder),
        EntryType::Symlink => {
            let leads = named.link.clone().or_else(|| header.link_name_bytes().map(|link| link.into_owned()));
            Some(Entry::Link(target(path, &leads.unwrap_or_default())?))
        }
        EntryType::GNUSparse => return Err(wrong("a file in it is sparse")),
        _ => None,
    };
    // Readers that take the size at its word and readers that do not would see different entries.
    if entry.is_some() && size > 0 {
        return Err(wrong("a folder or link in it has content"));
    }
    Ok(entry)
}

fn is_old(header: &Header) -> bool {
    header.as_old().linkflag[0] == 0
}

fn size(header: &Header, named: &LongNames) -> Result<u64, Error> {
    let size = header.entry_size().map_err(|error| unreadable(&error))?;
    match named.size {
        Some(other) if other != size => Err(wrong("an entry of it has two sizes")),
        _ => Ok(size),
    }
}

impl FileContent<'_> {
    /// Reads it. It must not be longer than a limit, which the caller has checked.
    pub(super) fn read(self) -> Result<Vec<u8>, Error> {
        // The size is a claim until the bytes are there.
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(BUFFER).min(BUFFER));
        let read = self.bytes.take(self.size).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(&error))?;
        match bytes.len() as u64 == self.size {
            true => Ok(bytes),
            false => Err(trouble::unreadable(&io::ErrorKind::UnexpectedEof.into())),
        }
    }
}
