//! Machines that cannot contain child processes fully: kernels and seccomp profiles without Landlock, kernels without rules for
//! ports. A filter in front of the program answers as they would.

use std::process::{Command, Output, Stdio};

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use super::{CANARY, Site};
use crate::support::program::binary;

/// What a machine answers.
#[derive(Clone, Copy, Debug)]
enum Machine {
    /// To everything of Landlock's, this.
    Without(libc::c_int),
    /// Refuses rules about ports, as an older kernel does.
    WithoutPorts,
}

/// A rule's kind, as `landlock_add_rule` takes it: a port.
const PORT: u64 = 2;

impl Machine {
    fn filter(self) -> BpfProgram {
        let (call, rules, answer) = match self {
            Self::Without(answer) => (libc::SYS_landlock_create_ruleset, Vec::new(), answer),
            Self::WithoutPorts => {
                let port = SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, PORT).unwrap();
                (libc::SYS_landlock_add_rule, vec![SeccompRule::new(vec![port]).unwrap()], libc::EINVAL)
            }
        };
        let arch = std::env::consts::ARCH.try_into().unwrap();
        let answer = SeccompAction::Errno(answer as u32);
        let filter = SeccompFilter::new([(call, rules)].into(), SeccompAction::Allow, answer, arch).unwrap();
        filter.try_into().unwrap()
    }

    /// Runs the program on such a machine.
    fn run(self, mut command: Command) -> Output {
        let filter = self.filter();
        let run = move || {
            seccompiler::apply_filter(&filter).unwrap();
            command.output().unwrap()
        };
        std::thread::spawn(run).join().unwrap()
    }
}

/// `build` with a script that reads outside and opens a connection. Its output says how far it got.
fn build(site: &Site, machine: Machine, variables: &[(&str, &str)]) -> (String, String) {
    site.chart("web", "");
    let outside = site.outside().join("a.yaml").display().to_string();
    let script = format!(
        "#!/bin/bash\necho 'kind: A'\ngrep -q {CANARY} {outside} 2>/dev/null && echo '# outside'\n\
         perl -e 'socket(S, 2, 1, 0) or exit 1' && echo '# socket'\nexit 0\n"
    );
    let helm = site.script("repository/helm", &script);
    let mut command = Command::new(binary());
    command.args(["build", "web", "--helm", &helm]).current_dir(site.repository()).env_clear();
    command.env("PATH", "/usr/bin:/bin").envs(variables.iter().copied()).stdin(Stdio::null());
    let output = machine.run(command);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

const NOTHING: [Machine; 3] =
    [Machine::Without(libc::ENOSYS), Machine::Without(libc::EOPNOTSUPP), Machine::Without(libc::EPERM)];

const TENANT: (&str, &str) = ("ARGOCD_APP_NAME", "web");

#[test]
fn without_landlock_a_tenant_s_tool_does_not_run() {
    for machine in NOTHING {
        let (stdout, stderr) = build(&Site::new(), machine, &[TENANT]);
        assert_eq!(stdout, "", "{machine:?}");
        assert!(
            stderr.contains("cannot be contained on this machine") && stderr.contains("AVP_UNCONTAINED_TOOLS=1"),
            "{stderr}"
        );
        let tenant = [TENANT, ("ARGOCD_ENV_AVP_UNCONTAINED_TOOLS", "1")];
        assert_eq!(build(&Site::new(), machine, &tenant).0, "");
    }
}

#[test]
fn without_landlock_the_operator_may_let_a_tool_run_and_is_warned() {
    for machine in NOTHING {
        let (stdout, stderr) = build(&Site::new(), machine, &[TENANT, ("AVP_UNCONTAINED_TOOLS", "1")]);
        assert_eq!(stdout, "kind: A\n# outside\n# socket\n", "{machine:?}");
        assert!(stderr.starts_with("warning: helm and kustomize cannot be contained on this machine"), "{stderr}");
    }
}

#[test]
fn without_landlock_and_without_a_tenant_a_tool_runs_as_before() {
    for machine in NOTHING {
        let (stdout, stderr) = build(&Site::new(), machine, &[]);
        assert_eq!((&*stdout, &*stderr), ("kind: A\n# outside\n# socket\n", ""), "{machine:?}");
    }
}

#[test]
fn without_ports_files_stay_contained_and_hosts_cannot_be_parted() {
    let run = |variables: &[(&str, &str)]| build(&Site::new(), Machine::WithoutPorts, variables);
    assert_eq!(run(&[TENANT]), ("kind: A\n".to_owned(), String::new()));
    let (stdout, stderr) = run(&[TENANT, ("AVP_TOOL_HOSTS", "*")]);
    assert_eq!(stdout, "kind: A\n# socket\n");
    assert!(stderr.starts_with("warning: this kernel cannot tell hosts apart"), "{stderr}");
    let (stdout, stderr) = run(&[TENANT, ("AVP_TOOL_HOSTS", "charts.example.com")]);
    assert!(stdout.is_empty() && stderr.starts_with("error: this kernel cannot tell hosts apart"), "{stderr}");
    assert_eq!(run(&[]), ("kind: A\n# socket\n".to_owned(), String::new()));
}

#[test]
fn settings_say_what_this_machine_can_do() {
    let settings = |machine: Machine, arguments: &[&str]| {
        let mut command = Command::new(binary());
        command.arg("settings").args(arguments).env_clear().env("HOME", "/dev/null");
        String::from_utf8_lossy(&machine.run(command).stdout).into_owned()
    };
    for (machine, words) in [
        (Machine::Without(libc::ENOSYS), "cannot contain helm and kustomize"),
        (Machine::WithoutPorts, "contains helm and kustomize, without telling hosts apart"),
    ] {
        for arguments in [&[][..], &["--format", "json"]] {
            let text = settings(machine, arguments);
            assert!(text.lines().last().is_some_and(|line| line.contains(words)), "{text}");
        }
    }
}
