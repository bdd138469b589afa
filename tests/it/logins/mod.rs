//! Every login against a real Vault: as docs/authentication.md says, and what each refusal is told as.

mod page;
mod refused;
mod reused;
