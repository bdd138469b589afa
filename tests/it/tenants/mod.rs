//! Two projects, `shop` and `rival`, whose Applications one sidecar renders: the real Argo CD, and a real Vault with a role for each.

mod audited;
mod forged;
mod paths;
mod set_up;
