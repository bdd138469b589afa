//! `doctor`: broken set-ups, each named with its fix, and what it leaves alone. Against the real Vault, and servers that no real one is.

mod broken;
mod bystander;
mod logins;
mod setup;
