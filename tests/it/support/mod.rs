//! What the tests share: the built program, started with nothing around it but what a test says, and the real servers.

pub(crate) mod case;
pub(crate) mod program;
pub mod servers;
