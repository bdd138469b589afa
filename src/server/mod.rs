//! Argo CD's plugin server: its gRPC service on the plugin's socket, in place of `argocd-cmp-server` and a process for each application.

mod call;
mod call_watch;
mod objects;
mod queue;
