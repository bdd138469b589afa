//! Shared by the tests: the program, started in an environment that only the test fills, and real servers.

pub(crate) mod case;
pub(crate) mod files;
pub(crate) mod program;
pub(crate) mod render;
pub(crate) mod servers;
