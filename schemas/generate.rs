//! Prints a table of schemas: of API servers' OpenAPI documents (`.json`), or of CustomResourceDefinitions (`.yaml`).
#![allow(clippy::print_stdout, reason = "the table is what it prints")]

use std::fs;
use std::process::ExitCode;

use vault_render::internals::manifest::Table;

fn main() -> ExitCode {
    let mut table = Table::default();
    for path in std::env::args().skip(1) {
        match fs::read(&path).map_err(|error| error.to_string()).and_then(|text| read(&path, &text)) {
            Ok(more) => table.merge(more),
            Err(reason) => {
                println!("{path}: {reason}");
                return ExitCode::FAILURE;
            }
        }
    }
    print!("{}", table.written());
    ExitCode::SUCCESS
}

fn read(path: &str, text: &[u8]) -> Result<Table, String> {
    if path.ends_with(".json") { Table::read_open_api(text) } else { Ok(Table::of_definitions(text)) }
}
