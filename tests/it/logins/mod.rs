//! Every login against a real Vault: as docs/authentication.md says, and what each refusal is told as.

mod cloud;
mod page;
mod refused;
mod reused;
