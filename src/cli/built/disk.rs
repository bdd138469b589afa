//! What paths name on the disk: manifests as they are written, charts and kustomizations as their tools print them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::environment::Environment;
use super::super::given::Flags;
use super::builder::{Builder, Building, Built, Place};
use super::tools::Printed;
use crate::error::{Error, Errors};
use crate::input::{self, Wanted};
use crate::source::Source;

/// The files as they are on the disk.
#[derive(Debug, Default)]
pub(in crate::cli) struct Disk {
    /// Manifests, but for those that a tool reads.
    pub(in crate::cli) sources: Vec<Arc<Source>>,
    /// What cannot be read.
    pub(in crate::cli) errors: Errors,
    /// What tools have printed.
    pub(in crate::cli) built: Built,
}

impl Disk {
    /// Reads `paths`, and builds the charts and kustomizations below them.
    pub(in crate::cli) fn read(paths: &[String], builder: &mut Builder<'_>) -> Result<Self, Error> {
        Self::read_wanted(paths, builder, &|_| true)
    }

    /// The same, of the files and folders only those that are `wanted`.
    pub(in crate::cli) fn read_wanted(
        paths: &[String],
        builder: &mut Builder<'_>,
        wanted: Wanted<'_>,
    ) -> Result<Self, Error> {
        let workspace = builder.workspace();
        let (mut sources, errors) = input::read_wanted(paths, wanted, &workspace);
        let mut found = input::buildable_folders(paths, &workspace);
        found.retain(|(folder, _)| wanted(Path::new(folder)));
        let folders = builder.choose(&found);
        let find = |name: &str| Ok(PathBuf::from(if name.is_empty() { "." } else { name }));
        let built = builder.build(&folders, &Place { workspace, find: &find, copy_of: None })?;
        sources.retain(|source| !built.takes(&source.name));
        Ok(Self { sources, errors, built })
    }

    /// All of what `paths` name, for who needs all of it: what is left out is among the errors, unless leaving it was asked for.
    pub(in crate::cli) fn read_all(
        paths: &[String],
        building: &Building,
        flags: &Flags,
        environment: &Environment,
    ) -> (Vec<Arc<Source>>, Errors, Printed) {
        let mut builder = Builder::new(building, flags, environment);
        let read = Self::read(paths, &mut builder).map(Self::whole);
        let (sources, mut errors, printed) =
            read.unwrap_or_else(|error| (Vec::new(), error.into(), Printed::default()));
        errors.extend(builder.left());
        (sources, errors, printed)
    }

    /// All of it: the sources, what is wrong, and what was printed.
    pub(in crate::cli) fn whole(self) -> (Vec<Arc<Source>>, Errors, Printed) {
        let (mut sources, mut errors, mut printed) = (self.sources, self.errors, Printed::default());
        for (folder, source) in self.built.outputs {
            printed.push(folder);
            sources.push(source);
        }
        errors.extend(self.built.errors);
        (sources, errors, printed)
    }
}
