//! The system calls that a child may not make, as a seccomp filter: sockets beyond its network, and the ways around Landlock.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::Network;

/// Calls that nobody contained needs.
const REFUSED: &[libc::c_long] = &[
    // Another way to open files and sockets, which no filter sees.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    // Other processes: their memory and their open files.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // The keys that a user keeps in the kernel.
    libc::SYS_add_key,
    libc::SYS_keyctl,
    libc::SYS_request_key,
    // Other views of the machine.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_open_by_handle_at,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
];

/// On x86-64 each call has a second number, in another ABI: 64-bit calls with 32-bit pointers.
#[cfg(target_arch = "x86_64")]
const X32: libc::c_long = 0x4000_0000;

/// The numbers that these calls have in that ABI, where they are not the same: ptrace, process_vm_readv, process_vm_writev,
/// sendmsg, sendmmsg.
#[cfg(target_arch = "x86_64")]
const X32_OWN: &[libc::c_long] = &[521, 539, 540, 518, 538];

/// The part of a socket's type that names its kind; the rest are flags.
const KIND: u64 = 0xf;

/// The protocols of a TCP socket. (MPTCP has a third, which Landlock does not know.)
const TCP: [u64; 2] = [0, libc::IPPROTO_TCP as u64];

type Rules = BTreeMap<libc::c_long, Vec<SeccompRule>>;

/// Restricts the thread that calls it, for good.
pub(super) fn restrict(network: Network) -> Result<(), String> {
    let program = program(network).map_err(|error| error.to_string())?;
    seccompiler::apply_filter(&program).map_err(|error| error.to_string())
}

fn program(network: Network) -> Result<BpfProgram, BackendError> {
    let mut rules: Rules = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_socket, sockets(network)?);
    if let Network::Port(_) = network {
        // A message that opens its own connection, which Landlock does not see.
        rules.insert(libc::SYS_sendto, vec![has_flag(3, libc::MSG_FASTOPEN)?]);
        rules.insert(libc::SYS_sendmsg, vec![has_flag(2, libc::MSG_FASTOPEN)?]);
        rules.insert(libc::SYS_sendmmsg, vec![has_flag(3, libc::MSG_FASTOPEN)?]);
    }
    twice(&mut rules);
    let arch = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(libc::EACCES as u32), arch)?.try_into()
}

/// The sockets that are refused; no rule refuses all.
fn sockets(network: Network) -> Result<Vec<SeccompRule>, BackendError> {
    let families = [libc::AF_INET, libc::AF_INET6].map(|family| family as u64);
    let not_ip = none_of(0, &families)?;
    match network {
        Network::None => Ok(Vec::new()),
        Network::Open => Ok(vec![not_ip]),
        Network::Port(_) => {
            let mut rules = vec![not_ip, none_of(2, &TCP)?];
            for kind in (0..=KIND).filter(|kind| *kind != libc::SOCK_STREAM as u64) {
                rules.push(SeccompRule::new(vec![condition(1, SeccompCmpOp::MaskedEq(KIND), kind)?])?);
            }
            Ok(rules)
        }
    }
}

/// Matches a call whose argument is none of these.
fn none_of(argument: u8, values: &[u64]) -> Result<SeccompRule, BackendError> {
    let conditions = values.iter().map(|value| condition(argument, SeccompCmpOp::Ne, *value));
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}

fn has_flag(argument: u8, flag: libc::c_int) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![condition(argument, SeccompCmpOp::MaskedEq(flag as u64), flag as u64)?])
}

/// A condition on an argument of 32 bits: the kernel ignores the others.
fn condition(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
}

#[cfg(target_arch = "x86_64")]
fn twice(rules: &mut Rules) {
    let second: Vec<_> = rules.iter().map(|(call, rules)| (call | X32, rules.clone())).collect();
    rules.extend(second);
    rules.extend(X32_OWN.iter().map(|call| (call | X32, Vec::new())));
}

#[cfg(not(target_arch = "x86_64"))]
fn twice(_: &mut Rules) {}
