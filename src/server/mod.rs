//! Argo CD's plugin server: its gRPC service on the plugin's socket, in place of `argocd-cmp-server` and a process for each application.

pub(crate) mod authority;
mod build_command;
mod call;
mod call_record;
mod call_watch;
mod connection;
mod connections;
mod discovery;
mod generation;
mod health;
mod http;
mod log;
mod message;
mod metrics;
mod objects;
mod observed;
mod output;
mod plugin;
mod plugin_file;
mod plugin_name;
mod queue;
mod receipt;
mod renderer;
mod repository_calls;
mod serve;
mod service;
mod socket;
mod timeout;

pub(crate) use build_command::BuildCommand;
pub(crate) use discovery::Discovery;
pub(crate) use health::check_health;
pub(crate) use log::{Log, LogFormat, LogLevel};
pub(crate) use metrics::docs;
pub(crate) use plugin_file::{Parameters, PluginFile};
pub(crate) use plugin_name::PluginName;
pub(crate) use serve::{Options, serve};
