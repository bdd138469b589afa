//! What the tests share: the built program, started with nothing around it but what a test says, and real servers.

pub(crate) mod case;
pub(crate) mod program;
pub(crate) mod render;
pub(crate) mod servers;
