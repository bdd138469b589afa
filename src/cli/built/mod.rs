//! Charts and kustomizations, built: helm and kustomize are run, and what they print stands for the files that they read.

mod allowance;
mod builder;
mod disk;
mod tools;

pub(super) use builder::{Builder, Building, Built, Found, Place};
pub(super) use disk::Disk;
pub(super) use tools::{Folder, Printed, Tools, private};
