//! What the tests share: the built program, started with nothing around it but what a test says.

pub(crate) mod case;
pub(crate) mod program;
