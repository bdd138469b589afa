//! The operator's allowance for helm and kustomize, and the bounds of a command that follow from it on this machine, as a value.
//! Knows no setting and reads no file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::command::Command;
use crate::contain::proxy::Hosts;
use crate::contain::{Bounds, Limits, Network, Support};
use crate::error::{Error, Errors, Kind};

/// Programs of the system and what they need: to read and to execute.
pub(super) const SYSTEM: &[&str] = &[
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/local/lib",
    "/nix/store",
];

/// The files that programs of the system read: certificate authorities, time zones, devices. Nothing of `/proc`.
pub(super) const SHARED: &[&str] = &[
    "/usr/share",
    "/usr/local/share",
    "/etc/ssl/certs",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/ca-trust/extracted",
    "/etc/ca-certificates",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
];

/// The files by which programs find a host by its name.
const NAMES: &[&str] =
    &["/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services"];

/// The variables that name further authorities.
const AUTHORITIES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Any host.
pub(crate) const ANY: &str = "*";

/// The operator's allowance for the tools; by default that of a machine without a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    /// The paths that they may read and execute beside the repository and the system.
    pub paths: Vec<PathBuf>,
    /// The hosts that the operator names; `None` if they name none.
    pub hosts: Option<Vec<String>>,
    /// Bytes of memory.
    pub memory: u64,
    /// How long a command may take; `None` is for ever.
    pub timeout: Option<Duration>,
    /// Whether they may run where they cannot be contained.
    pub is_uncontained: bool,
    /// Whether there is a tenant.
    pub has_tenant: bool,
    /// Whether a process without network starts them.
    pub is_separate: bool,
    /// Whether what they leave behind ends with them: nobody ends this program's process group.
    pub ends_group: bool,
}

/// How tools run on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Containment {
    /// Within bounds, with this much of the network.
    Within(Reach),
    /// As any other program.
    Without,
}

/// The network that tools may reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// None.
    Nothing,
    /// These hosts, by https, through a proxy of ours.
    Hosts(Vec<String>),
    /// Everything: the kernel cannot tell hosts apart.
    Everything,
}

/// The conditions under which a command runs, whichever command it is.
#[derive(Clone, Copy)]
pub(crate) struct Sandbox<'g> {
    /// The folder that a program's relative path starts from.
    pub folder: &'g Path,
    /// The operator's allowance.
    pub allowance: &'g Allowance,
    /// How tools run on this machine.
    pub containment: &'g Containment,
    /// The repository's files and folders, but for Git's own.
    pub repository: &'g [PathBuf],
    /// The environment of this program, which may name the operator's own proxy.
    pub variables: &'g BTreeMap<String, String>,
    /// The command's private folder.
    pub private: &'g Path,
    /// How many processors it may use.
    pub processors: u32,
}

impl Default for Allowance {
    fn default() -> Self {
        let (memory, timeout) = (1 << 30, Some(Duration::from_secs(60)));
        Self {
            paths: Vec::new(),
            hosts: None,
            memory,
            timeout,
            is_uncontained: false,
            has_tenant: false,
            is_separate: false,
            ends_group: false,
        }
    }
}

impl Allowance {
    /// How tools run on a machine with this support; `None` if they must not, for a reason that is among the errors.
    pub(crate) fn containment(&self, support: &Support, errors: &mut Errors) -> Option<Containment> {
        if self.is_separate && self.hosts.as_ref().is_some_and(|hosts| !hosts.is_empty()) {
            errors.push(
                Error::new(
                    Kind::Setting,
                    "`AVP_SEPARATE` leaves helm and kustomize no network, and `AVP_TOOL_HOSTS` names hosts",
                )
                .hint("unset one of them: a chart's dependencies may lie in the repository, below `charts/`"),
            );
            return None;
        }
        match (support, self.hosts()) {
            (Support::Nothing(reason), _) => self.without(reason, errors),
            (_, hosts) if hosts.is_empty() => Some(Containment::Within(Reach::Nothing)),
            (Support::Ports, hosts) => Some(Containment::Within(Reach::Hosts(hosts))),
            (Support::Files, hosts) => self.everything(&hosts, errors),
        }
    }

    /// Whether they may reach a host by https; else the hint.
    pub(crate) fn reaches(&self, host: &str) -> Result<(), String> {
        let hosts = Hosts::parse(&self.hosts().join(" ")).map_err(|error| error.detail)?;
        hosts.permit_authority(host)
    }

    /// The hosts that they may reach: all by default, if there is no tenant.
    pub(super) fn hosts(&self) -> Vec<String> {
        match &self.hosts {
            Some(hosts) => hosts.clone(),
            None if self.has_tenant || self.is_separate => Vec::new(),
            None => vec![ANY.to_owned()],
        }
    }

    fn without(&self, reason: &str, errors: &mut Errors) -> Option<Containment> {
        let detail = "helm and kustomize cannot be contained on this machine";
        if self.has_tenant && !self.is_uncontained {
            let error = Error::new(Kind::Setting, format!("{detail}, and a tenant chooses what they read"));
            errors.push(error.cause(reason).hint(
                "docs/argocd.md names the kernel and the seccomp profile that this needs; the operator's `AVP_UNCONTAINED_TOOLS=1` runs them anyway",
            ));
            return None;
        }
        if self.is_uncontained {
            let warning = Error::warning(
                Kind::Setting,
                format!("{detail}: they run uncontained, as `AVP_UNCONTAINED_TOOLS` allows"),
            );
            errors.push(warning.cause(reason));
        }
        Some(Containment::Without)
    }

    /// The network as a whole, where hosts cannot be told apart.
    fn everything(&self, hosts: &[String], errors: &mut Errors) -> Option<Containment> {
        let detail = "this kernel cannot tell hosts apart (Linux 6.7 and later can)";
        if hosts.iter().any(|host| host != ANY) && !self.is_uncontained {
            let error = Error::new(Kind::Setting, format!("{detail}, and `AVP_TOOL_HOSTS` names some"));
            errors
                .push(error.hint(
                    "`AVP_TOOL_HOSTS=*` opens the network; unset, it is closed to a tenant's helm and kustomize",
                ));
            return None;
        }
        if self.hosts.is_some() {
            errors.push(Error::warning(Kind::Setting, format!("{detail}: helm and kustomize reach every address")));
        }
        Some(Containment::Within(Reach::Everything))
    }

    /// How much a command may use. The processor time is limited as well, since a process that it leaves behind has no other end.
    pub(super) fn limits(&self, processors: u32) -> Limits {
        let processor_time = self.timeout.map(|time| time.saturating_mul(processors));
        Limits { memory: Some(self.memory), processor_time, file_size: Some(self.memory) }
    }
}

impl Sandbox<'_> {
    /// The bounds of a command with this network. Its `programs` are its own, the interpreters of scripts, and those that the operator's
    /// words run.
    pub(super) fn bounds(&self, command: &Command, programs: Vec<PathBuf>, network: Network) -> Bounds {
        let folders = |list: &[&str]| list.iter().map(PathBuf::from).collect::<Vec<_>>();
        let mut read = [self.repository, &command.operator_files.read, &folders(SHARED)].concat();
        read.extend(authorities(&command.environment));
        if network == Network::Open {
            read.extend(folders(NAMES));
        }
        let mut execute = [&programs[..], &folders(SYSTEM), &self.allowance.paths].concat();
        if command.operator_files.runs_repository {
            execute.extend_from_slice(self.repository);
        }
        let limits = self.allowance.limits(self.processors);
        Bounds { read, write: vec![self.private.to_owned()], execute, network, limits }
    }
}

/// The files and folders of certificate authorities that the environment names.
pub(super) fn authorities(environment: &BTreeMap<String, String>) -> impl Iterator<Item = PathBuf> {
    let values = AUTHORITIES.iter().filter_map(|name| environment.get(*name));
    values.flat_map(|value| value.split(':')).filter(|path| path.starts_with('/')).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn containment(allowance: &Allowance, support: &Support) -> (Option<Containment>, Vec<String>) {
        let mut errors = Errors::new();
        let containment = allowance.containment(support, &mut errors);
        let told = |error: &Error| format!("{:?}: {}", error.level, error.detail);
        (containment, errors.iter().map(told).collect())
    }

    fn hosts(hosts: &[&str]) -> Vec<String> {
        hosts.iter().map(|host| (*host).to_owned()).collect()
    }

    #[test]
    fn with_a_tenant_the_network_is_closed_and_without_one_it_is_not() {
        for (has_tenant, named, expected) in [
            (false, None, Reach::Hosts(hosts(&["*"]))),
            (true, None, Reach::Nothing),
            (true, Some(&["a.example.com"][..]), Reach::Hosts(hosts(&["a.example.com"]))),
            (false, Some(&[]), Reach::Nothing),
        ] {
            let allowance = Allowance { has_tenant, hosts: named.map(hosts), ..Allowance::default() };
            assert_eq!(allowance.reaches("a.example.com").is_ok(), expected != Reach::Nothing);
            assert_eq!(containment(&allowance, &Support::Ports), (Some(Containment::Within(expected)), vec![]));
        }
    }

    #[test]
    fn a_process_without_network_starts_no_tool_that_is_to_have_one() {
        let separate =
            |named: Option<&[&str]>| Allowance { is_separate: true, hosts: named.map(hosts), ..Allowance::default() };
        for named in [None, Some(&[][..])] {
            let expected = (Some(Containment::Within(Reach::Nothing)), vec![]);
            assert_eq!(containment(&separate(named), &Support::Ports), expected);
        }
        let (containment, errors) = containment(&separate(Some(&["a.example.com"])), &Support::Ports);
        let told = "Error: `AVP_SEPARATE` leaves helm and kustomize no network, and `AVP_TOOL_HOSTS` names hosts";
        assert_eq!((containment, errors.as_slice()), (None, [told.to_owned()].as_slice()));
    }

    #[test]
    fn where_nothing_can_be_contained_a_tenant_s_tool_does_not_run_unless_the_operator_says_so() {
        let nothing = Support::Nothing("ENOSYS".to_owned());
        for (has_tenant, is_uncontained, runs, told) in [
            (false, false, true, None),
            (true, false, false, Some("Error: helm and kustomize cannot be contained on this machine, and")),
            (true, true, true, Some("Warning: helm and kustomize cannot be contained on this machine: they run")),
            (false, true, true, Some("Warning: ")),
        ] {
            let allowance = Allowance { has_tenant, is_uncontained, ..Allowance::default() };
            let (containment, errors) = containment(&allowance, &nothing);
            assert_eq!(containment, runs.then_some(Containment::Without));
            assert_eq!(errors.len(), usize::from(told.is_some()));
            assert!(told.is_none_or(|told| errors[0].starts_with(told)), "{errors:?}");
        }
    }

    #[test]
    fn a_kernel_without_ports_opens_the_network_only_as_a_whole() {
        let all = Some(Containment::Within(Reach::Everything));
        for (has_tenant, named, expected, told) in [
            (false, None, all.clone(), None),
            (true, None, Some(Containment::Within(Reach::Nothing)), None),
            (true, Some(&["*"][..]), all, Some("Warning: this kernel cannot tell hosts apart")),
            (true, Some(&["a.example.com"]), None, Some("Error: this kernel cannot tell hosts apart")),
        ] {
            let allowance = Allowance { has_tenant, hosts: named.map(hosts), ..Allowance::default() };
            let (containment, errors) = containment(&allowance, &Support::Files);
            assert_eq!(containment, expected);
            assert!(told.map_or(errors.is_empty(), |told| errors[0].starts_with(told)), "{errors:?}");
        }
    }

    #[test]
    fn authorities_are_files_and_folders_that_variables_name() {
        let environment = [("SSL_CERT_FILE", "/a/ca.pem"), ("SSL_CERT_DIR", "/b:c:/d"), ("PATH", "/e")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let found: Vec<PathBuf> = authorities(&environment).collect();
        assert_eq!(found, ["/a/ca.pem", "/b", "/d"].map(PathBuf::from));
    }
}
