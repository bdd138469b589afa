//! `record`: the shapes and fingerprints of what the placeholders stand for, to render where no store can be asked.

use std::path::Path;
use std::process::ExitCode;

use super::empty_stdin::EmptyStdin;
use super::environment::Environment;
use super::flags::Flags;
use super::mask::{self, MaskKey};
use super::output;
use super::paths::Paths;
use super::save::save;
use super::schema::SchemaFlags;
use super::tools::BuildFlags;
use crate::error::Errors;
use crate::pass::Session;
use crate::pass::build::InputFiles;
use crate::render::Options;
use crate::report;

/// Record the results of placeholders, without their values, for `--offline`
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) paths: Paths,

    /// Where the record is written; `-` for stdout
    #[arg(short, long, value_name = "FILE")]
    output: String,

    /// Look into any YAML or JSON, values files too, not only Kubernetes objects
    #[arg(long)]
    any: bool,

    #[command(flatten)]
    empty_stdin: EmptyStdin,

    #[command(flatten)]
    build: BuildFlags,

    #[command(flatten)]
    mask_key: MaskKey,

    #[command(flatten)]
    pub(super) schemas: SchemaFlags,

    #[command(flatten)]
    pub(super) flags: Flags,
}

const AFTER_HELP: &str = "\
Examples:
  vault-render record manifests/ -o record.json                     once, where Vault can be asked
  vault-render generate manifests/ --offline record.json            anywhere: masked values, no Vault, no settings
  vault-render record manifests/ -o record.json --mask-key FILE     with fingerprints: a changed value shows
  vault-render record chart/ overlays/prod -o record.json           charts and kustomizations are built

For each secret, key and modifiers the record has the type of the result, the keys of maps and the lengths of lists; no
value. It may be committed. With a mask key it has the fingerprint of each value as well: keep the key secret, because it lets
its owner try out values. `(umask 077 && openssl rand -hex 32 > FILE)` makes one.

Exit codes: 0 recorded, 2 something is wrong and nothing was written.";

/// Writes the record.
pub(super) async fn run(args: &Args, session: &mut Session, environment: &Environment) -> anyhow::Result<ExitCode> {
    let mut key_warnings = Errors::new();
    let mask = args.mask_key.of_user(session, &mut key_warnings)?;
    if mask.is_none() {
        // A hash must have a salt, though its record holds nothing of either.
        mask::random(session)?;
    }
    let build = (&args.build).into();
    let (sources, mut errors, built) = InputFiles::read_all(args.paths.list(), &build, session, environment).await;
    errors.extend(key_warnings);
    errors.extend(args.empty_stdin.error(args.paths.list(), &sources));
    let options = Options { any: args.any, ..Options::default() };
    let record = session.preview(options, environment).record(&sources, mask.as_ref(), &mut errors).await;
    let has_failed = errors.any();
    output::report(&built.name_templates(report::in_order(errors, &sources), session.workspace()), environment);
    if has_failed {
        return Ok(ExitCode::from(output::FAILED));
    }
    if args.output == "-" {
        return output::finish(&record.text());
    }
    save(Path::new(&args.output), &record.text(), session.workspace())?;
    Ok(ExitCode::SUCCESS)
}
