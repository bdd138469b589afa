//! A run, whoever asks for it: plan → fetch → fill, in a [`Workspace`](crate::workspace::Workspace), by a [`Session`], under a [`Watch`].
//! Knows no terminal: it parses no flags, prints nothing, hears no signals and starts no runtime, so that many runs share a process.

mod broker;
pub(crate) mod build;
mod flag_file;
mod inspection;
pub(crate) mod mask_key;
mod open_store;
mod operator_files;
mod path_variables;
mod policy_file;
mod record;
mod render_slot;
mod run;
mod schema_files;
mod session;
mod settings;
mod shared;
mod sink;
#[cfg(test)]
mod tests;
mod watch;

pub(crate) use broker::{Broker, Fetched};
pub(crate) use flag_file::read_flag_file;
pub(crate) use inspection::inspect;
pub(crate) use path_variables::names_for_paths;
pub(crate) use policy_file::parse as parse_policy;
pub(crate) use record::read_record;
pub(crate) use render_slot::RenderSlot;
pub use run::Run;
pub use session::Session;
pub use settings::SettingFlags;
pub use shared::{Shared, SharedFigures};
pub use sink::Sink;
use watch::Stopped;
pub use watch::Watch;
pub(crate) use watch::{waiting_for, watched};
