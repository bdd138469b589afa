//! `record`: what the placeholders come to, without the values, for rendering where no store can be asked.

use std::path::Path;
use std::process::ExitCode;

use super::built::{Building, Disk};
use super::environment::Environment;
use super::given::Flags;
use super::mask::MaskKey;
use super::output;
use super::pass::Pass;
use super::paths::Paths;
use super::save::save;
use crate::render::Options;
use crate::report;

/// Write what placeholders come to, without the values, for `--offline`
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
    building: Building,

    #[command(flatten)]
    mask_key: MaskKey,

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
value. It may be committed. With a mask key it has the fingerprint of each value as well: keep the key secret, for whoever
has it can try out values. `openssl rand -hex 32 > FILE` makes one.

Exit codes: 0 recorded, 2 something is wrong and nothing was written.";

/// Records.
pub(super) fn run(args: &Args, environment: &Environment) -> ExitCode {
    let mask = match args.mask_key.given(&args.flags, environment) {
        Ok(mask) => mask,
        Err(error) => return output::fail(error, environment),
    };
    let (sources, mut errors, printed) = Disk::read_all(args.paths.list(), &args.building, &args.flags, environment);
    let options = Options { any: args.any, ..Options::default() };
    let record = Pass::new(&args.flags, options, environment).record(&sources, mask.as_ref(), &mut errors);
    let failed = errors.any();
    output::report(&printed.name_templates(report::in_order(errors, &sources), &environment.workspace), environment);
    if failed {
        return ExitCode::from(output::FAILED);
    }
    if args.output == "-" {
        return output::finish(&record.text(), environment);
    }
    match save(Path::new(&args.output), &record.text(), environment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => output::fail(error, environment),
    }
}
