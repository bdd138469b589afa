//! Two processes in place of one: a *reader* parses, plans, fills and prints what tenants wrote, and never holds a login; a *broker* holds
//! settings, login and store, never sees a manifest, and judges each reading itself. A socket pair is all that connects them.

mod bounds;
mod broker;
mod environment;
mod frame;
mod link;
mod message;
mod process;
mod reader;
mod reply;
mod settings;
mod start;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use broker::serve;
pub(crate) use environment::READER;
pub(crate) use link::Link;
pub(crate) use process::NewReader;
pub(crate) use start::Start;
