//! Bounds as Landlock rules. Everything that no rule allows is refused.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, AddRuleError, AddRulesError, BitFlags, CompatLevel, Compatible, NetPort,
    PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
    make_bitflags,
};

use super::{Bounds, Network};

/// The rights that were tried. A kernel does not refuse a right that it does not know: see the table in docs/security.md.
const KNOWN: ABI = ABI::V6;

/// The rights that every kernel with Landlock knows; without them nothing is contained.
const NEEDED: ABI = ABI::V1;

/// The files that starting a process opens.
const NULL: &str = "/dev/null";

/// Restricts the thread that calls it, for good.
pub(super) fn restrict(bounds: &Bounds) -> Result<(), String> {
    let status = ruleset(bounds).and_then(RulesetCreated::restrict_self).map_err(told)?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("the kernel does not enforce Landlock".to_owned()),
        _ if !status.no_new_privs => Err("the kernel cannot take privileges away".to_owned()),
        _ => Ok(()),
    }
}

fn ruleset(bounds: &Bounds) -> Result<RulesetCreated, RulesetError> {
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    let write = AccessFs::from_all(KNOWN) & !(AccessFs::Execute | AccessFs::MakeBlock | AccessFs::MakeChar);
    let mut rules = ports(handled(Ruleset::default(), bounds.network)?.create()?, bounds.network)?;
    rules = files(rules, &bounds.read, read)?;
    rules = files(rules, &bounds.write, write)?;
    rules = files(rules, &bounds.execute, read | AccessFs::Execute)?;
    files(rules, &[PathBuf::from(NULL)], AccessFs::ReadFile | AccessFs::WriteFile)
}

/// What is refused unless a rule allows it. The first rights of files and, where a port is to be told apart, those of ports must be
/// known to the kernel.
fn handled(rules: Ruleset, network: Network) -> Result<Ruleset, RulesetError> {
    let must = CompatLevel::HardRequirement;
    let rules = rules.set_compatibility(must).handle_access(AccessFs::from_all(NEEDED))?;
    let rules = rules.set_compatibility(CompatLevel::BestEffort).handle_access(AccessFs::from_all(KNOWN))?;
    let rules = rules.scope(Scope::from_all(KNOWN))?;
    let tcp = AccessNet::from_all(ABI::V4);
    match network {
        Network::None => rules.handle_access(tcp),
        Network::Port(_) => {
            Ok(rules.set_compatibility(must).handle_access(tcp)?.set_compatibility(CompatLevel::BestEffort))
        }
        Network::Open => Ok(rules),
    }
}

fn ports(rules: RulesetCreated, network: Network) -> Result<RulesetCreated, RulesetError> {
    match network {
        Network::Port(port) => rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp)),
        Network::None | Network::Open => Ok(rules),
    }
}

/// A rule for each path that exists. A path that does not exist allows nothing.
fn files(
    mut rules: RulesetCreated,
    paths: &[PathBuf],
    access: impl Into<BitFlags<AccessFs>>,
) -> Result<RulesetCreated, RulesetError> {
    let access = access.into();
    for path in paths {
        let Some(file) = open(path) else { continue };
        match (&mut rules).add_rule(PathBeneath::new(file, access)) {
            Ok(_) => {}
            Err(error) if is_pipe(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(rules)
}

/// Whether the kernel says that a file is on no file system: a pipe, which needs no rule.
fn is_pipe(error: &RulesetError) -> bool {
    let RulesetError::AddRules(AddRulesError::Fs(AddRuleError::AddRuleCall { source, .. })) = error else {
        return false;
    };
    source.raw_os_error() == Some(libc::EBADFD)
}

fn open(path: &Path) -> Option<PathFd> {
    PathFd::new(path).ok()
}

/// The kernel's own words, which name the error.
fn told(error: RulesetError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
