//! vault-render fills placeholders in Kubernetes manifests from a secret store and leaves every other byte alone.
//!
//! # The pass
//!
//! One pass, whatever the command: **read → plan → fetch → fill → write**. Planning and filling are pure; fetching is the only `await`.
//! `generate` prints what comes out, `check` looks at what planning found, `plan` lists what fetching would read, `diff` compares
//! ([`compare`]) what comes out of two passes, masked, or what a cluster has ([`live`]), `fn` answers kustomize and kpt ([`krm`]).
//!
//! A manifest's way: [`input`] makes it a [`source::Source`]; [`yaml`] finds its documents and nodes; [`manifest`] knows its kind and what its
//! annotations ask; [`placeholder`] parses its gaps; [`render::plan`] lists each secret; [`policy`] says whether it may have them;
//! [`render::fetch`] asks the store, all at once, and [`audit`] notes it; [`render::fill`] makes edits; [`render::Joiner`] hands out the text.
//!
//! # The map
//!
//! Folders are stages, files are nouns. Imports point one way, and a test holds it (`tests/it/structure.rs`): the nouns ([`value`], [`source`],
//! [`secret`], [`error`]) name nothing above them; [`yaml`] knows no Kubernetes, [`manifest`] no placeholders, [`placeholder`] no store,
//! [`backend`] no manifest. [`pass`] is a run, whoever asks for it: a session in a [`workspace`], under a watch; [`cli`] parses what is typed, and
//! only it prints. [`tool`] runs helm and kustomize, within the bounds of [`contain`]; what they print is a source like any other. What gets
//! extended is a table: `MODIFIERS` in [`modifier`], `DIALECTS` in [`placeholder`], [`placeholder::ENCODINGS`], [`backend::BACKENDS`], [`backend::settings`], [`lint::RULES`].
//!
//! # Words
//!
//! *Candidate*: a document that the scan could not prove free of placeholders. *Gap*: a scalar to fill. *Access*: one reading that a placeholder
//! needs, and where it stands. *Requester*: for whom a run reads. *Grant*: the permission for a reading, and its login. *Round*: one run's use of
//! a store. *Edit*: a span of a source and its new text. *Layer*: one encoding around a
//! placeholder. *Keep*: what outlives a run. *Mask*: what is shown instead of a value. *Record*: what placeholders came to, without the values. *Workspace*:
//! the folder that relative paths start from, and the environment. *Session*: settings, open store and what was read. *Reader* and *broker*: the two processes of a
//! run that separates the manifests from the login ([`separate`]). *Watch*: who sees what a run
//! waits for, and may stop it. *Operator* and *tenant*:
//! who runs the renderer, and who may edit an Application or its repository.
//!
//! # The public face
//!
//! A program calls [`main`], or makes a [`Session`] and a [`Run`] for each rendering. Everything else belongs to this package alone.

#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the map is for readers of the sources, whose documentation shows private items"
)]

mod audit;
mod backend;
mod budget;
mod cli;
mod client;
mod compare;
mod config;
mod contain;
mod diff;
mod digest;
mod doctor;
mod error;
mod escape;
mod excerpt;
mod finding_id;
mod input;
#[doc(hidden)]
pub mod internals;
mod journal;
#[allow(dead_code, unused_imports, reason = "the stores begin to use it with leases")]
mod keep;
mod krm;
mod lint;
mod live;
mod manifest;
mod migrate;
mod modifier;
mod moment;
mod named_file;
mod pass;
mod percent;
mod placeholder;
mod policy;
mod private_folder;
mod probe;
mod redacted;
mod render;
mod report;
mod secret;
mod separate;
mod server;
mod setting_file;
mod source;
mod switch;
mod tool;
mod value;
mod visible;
mod wiped;
mod words;
mod workspace;
mod yaml;

pub use cli::main;
pub use error::{Error, Errors};
pub use journal::Journal;
pub use pass::{Run, Session, SettingFlags, Shared, SharedFigures, Sink, Watch};
pub use policy::Requester;
pub use source::Source;
pub use value::Value;
pub use workspace::Workspace;
