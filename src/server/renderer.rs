//! A call's manifests: its repository unpacked, its folder rendered as `build` renders it, all of it or nothing. Knows no protocol.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build_command::BuildCommand;
use super::call::Call;
use super::output::{Output, Rendered};
use crate::error::{Error, Errors};
use crate::input::{Archive, ArchiveLimits, FileModes};
use crate::pass::build::{BuildFolder, ToolOptions, ToolRunner, private_folder_in};
use crate::pass::{Session, SettingFlags, Shared, Watch};
use crate::render::{Leftovers, Options};
use crate::source::Source;
use crate::tool::{self, Needs, RepositoryView, Tool};

/// What the renderings of all calls have in common.
pub(super) struct Renderer {
    /// What is done with each folder.
    pub(super) command: BuildCommand,
    /// The operator's settings beside those of the environment.
    pub(super) flags: SettingFlags,
    /// What is warm.
    pub(super) shared: Arc<Shared>,
    /// How many bytes of a repository are unpacked for one call.
    pub(super) archive_bytes: u64,
    /// Where repositories are written that helm or kustomize reads.
    pub(super) folder: PathBuf,
}

/// The name of the application's folder in messages, as `build` is called in it.
const HERE: &str = ".";

/// The folder of a repository that is written to a disk, in a private one.
const REPOSITORY: &str = "repository";

impl Renderer {
    /// A session of a call, whose repository is not on a disk.
    pub(super) fn session(&self, call: &Call) -> Session {
        let mut session = Session::new(call.workspace(None), call.requester.clone(), self.flags.clone());
        session.share(self.shared.clone());
        session
    }

    /// Renders the folder of a call out of the repository in `gzip`.
    pub(super) async fn render(&self, call: &Call, gzip: &[u8], watch: &dyn Watch) -> Rendered {
        self.try_render(call, gzip, watch).await.unwrap_or_else(Rendered::from)
    }

    async fn try_render(&self, call: &Call, gzip: &[u8], watch: &dyn Watch) -> Result<Rendered, Error> {
        let mut session = self.session(call);
        let limits = ArchiveLimits { bytes: self.archive_bytes, until: call.deadline() };
        let unpacking = watch.waiting("unpacking the repository".to_owned());
        let mut archive = Archive::unpack(gzip, &call.folder, limits)?;
        drop(unpacking);
        let of_folder = || Tool::of(|name| archive.exists(&call.folder.join(name)));
        let tool = self.command.tool.unwrap_or_else(of_folder);
        let folder = BuildFolder::new(Path::new(HERE), tool);
        if tool == Tool::Plain {
            let (sources, errors) = archive.read(&call.folder, self.command.may_be_empty);
            return Ok(self.filled(folder, &sources, errors, &mut session, watch).await);
        }
        let is_ambiguous =
            self.command.tool.is_none() && Tool::is_ambiguous(|name| archive.exists(&call.folder.join(name)));
        self.unpack_for_tool(&mut archive, gzip, call)?;
        let private = private_folder_in(&self.folder)?;
        let root = private.path().canonicalize().unwrap_or_else(|_| private.path().to_owned()).join(REPOSITORY);
        archive.write(&root, FileModes::Fixed)?;
        let mut session = session.moved(call.workspace(Some(&root)));
        let (sources, mut errors) = self.built(&folder, &mut session, watch).await;
        errors.extend(tool.unused_settings(&call.variables));
        errors.extend(is_ambiguous.then(|| folder.note_of_choice()));
        Ok(self.filled(folder, &sources, errors, &mut session, watch).await)
    }

    /// Unpacks what the tool of a call's folder may read: what it names leads to more, until there is nothing new.
    fn unpack_for_tool(&self, archive: &mut Archive, gzip: &[u8], call: &Call) -> Result<(), Error> {
        loop {
            let words = call.words().chain(self.command.tools.words.iter().map(String::as_str));
            let view = RepositoryView { real: &|path| archive.real(path), text: &|path| archive.text(path) };
            let paths = match tool::needs(&call.folder, words, &view) {
                Needs::All => return archive.widen_to_all(gzip),
                Needs::Paths(paths) => paths,
            };
            if !archive.widen(gzip, &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>())? {
                return Ok(());
            }
        }
    }

    /// The manifests that the folder's tool prints, and what is wrong.
    async fn built(
        &self,
        folder: &BuildFolder,
        session: &mut Session,
        watch: &dyn Watch,
    ) -> (Vec<Arc<Source>>, Errors) {
        let options = ToolOptions { ends_group: true, ..self.command.tools.clone() };
        let workspace = session.workspace().clone();
        let outputs = ToolRunner::new(&options, session, watch).run(std::slice::from_ref(folder), &workspace).await;
        outputs.map_or_else(|error| (Vec::new(), error.into()), |outputs| outputs.into_sources())
    }

    /// Fills the manifests, whose reading gave `errors`.
    async fn filled(
        &self,
        folder: BuildFolder,
        sources: &[Arc<Source>],
        errors: Errors,
        session: &mut Session,
        watch: &dyn Watch,
    ) -> Rendered {
        let empty = (!self.command.may_be_empty).then(|| folder.empty());
        let mut output = Output::new(folder, session.workspace().clone());
        let options = Options { leftovers: Leftovers::of_strict(self.command.is_strict), any: false };
        let Ok(is_complete) = session.run(options, watch).print(sources, errors, empty, &mut output).await;
        Rendered { readings: session.reading_counts(), ..output.finish(is_complete) }
    }
}
