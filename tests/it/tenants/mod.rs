//! Two projects, `shop` and `rival`, whose Applications one sidecar renders: the real Argo CD, and a real Vault with a role for each.

mod attacks;
mod audited;
mod forged;
mod links;
mod paths;
mod pull_request;
mod set_up;
mod ways;
