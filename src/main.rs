//! The program: hands over to the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    vault_render::cli::main()
}
