//! `docs`: the pages that are printed from tables in the code. Hidden: `just docs` writes them, a test compares.

use std::process::ExitCode;

use super::output;
use crate::{backend, config, doctor, lint, modifier, server};

/// A page's name, and what prints it.
const PAGES: [(&str, Page); 6] = [
    ("backends", backend::docs),
    ("doctor", doctor::docs),
    ("metrics", server::docs),
    ("modifiers", modifier::docs),
    ("rules", lint::docs),
    ("settings", || config::docs(backend::settings())),
];

type Page = fn() -> String;

/// Print a page of docs/ that is made from the code
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The page
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(PAGES.iter().map(|(name, _)| *name)))]
    page: String,
}

/// Prints the page.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let page = PAGES.iter().find(|(name, _)| *name == args.page);
    output::finish(&page.map(|(_, print)| print()).unwrap_or_default())
}
