//! Secrets committed in clear: tokens and private keys known by how they look, in any text and in base64; literal values in
//! Secrets. A finding says what it is and its first two characters, never more.

mod encoded;
mod forms;
mod key;
mod scan;
#[cfg(test)]
mod tests;

pub use forms::{FORMS, Form, forms};
