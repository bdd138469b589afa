//! The command line itself: help, usage errors, exit codes, the small commands.

use crate::support::program::program;

#[test]
fn a_typo_in_a_command_or_flag_is_a_usage_error_with_the_near_name() {
    for (args, near) in [(vec!["gnerate"], "'generate'"), (vec!["generate", "--stric"], "'--strict'")] {
        program(args).status(2).stderr_holds(["error: ", near]).check();
    }
}

#[test]
fn version_is_printed_as_the_predecessor_does() {
    let output = program(["version"]).output();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("vault-render v") && text.contains(") BuildDate: "), "{text}");
}
