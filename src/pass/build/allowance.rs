//! The allowance of helm and kustomize, from the operator's settings. The Secret of `-s` does not count.

use super::ToolOptions;
use crate::config::Config;
use crate::config::general::{TOOL_HOSTS, TOOL_MEMORY, TOOL_PATHS, TOOL_TIMEOUT, UNCONTAINED_TOOLS};
use crate::tool::Allowance;

/// The allowance that the settings make.
pub(super) fn allowance(config: &Config, options: &ToolOptions) -> Allowance {
    let unset = Allowance::default();
    let hosts = || config.get(&TOOL_HOSTS).filter(|hosts| !hosts.is_empty()).cloned();
    Allowance {
        paths: config.get(&TOOL_PATHS).cloned().unwrap_or_default(),
        hosts: if options.is_offline { Some(Vec::new()) } else { hosts() },
        memory: config.get(&TOOL_MEMORY).copied().unwrap_or(unset.memory),
        // `0` is for ever, as with Vault's own.
        timeout: config.get(&TOOL_TIMEOUT).copied().or(unset.timeout).filter(|time| !time.is_zero()),
        is_uncontained: config.is_on(&UNCONTAINED_TOOLS),
        has_tenant: config.has_tenant(),
        ends_group: options.ends_group,
        ..unset
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::backend::config_for_test;

    #[test]
    fn settings_become_an_allowance() {
        let allowance = |config: &Config| allowance(config, &ToolOptions::default());
        assert_eq!(allowance(&config_for_test(&[])), Allowance::default());
        let wrong = [("AVP_TOOL_MEMORY", "much"), ("AVP_TOOL_TIMEOUT", "soon"), ("AVP_TOOL_PATHS", "a")];
        assert_eq!(allowance(&config_for_test(&wrong)), Allowance::default());
        let set = [
            ("AVP_TOOL_PATHS", "/opt/mise:/opt/asdf"),
            ("AVP_TOOL_HOSTS", "a.example.com, b.example.com"),
            ("AVP_TOOL_MEMORY", "512Mi"),
            ("AVP_TOOL_TIMEOUT", "0"),
            ("AVP_UNCONTAINED_TOOLS", "1"),
            ("ARGOCD_APP_NAME", "web"),
        ];
        let expected = Allowance {
            paths: vec!["/opt/mise".into(), "/opt/asdf".into()],
            hosts: Some(vec!["a.example.com".to_owned(), "b.example.com".to_owned()]),
            memory: 512 << 20,
            timeout: None,
            is_uncontained: true,
            has_tenant: true,
            ..Allowance::default()
        };
        assert_eq!(allowance(&config_for_test(&set)), expected);
        let tenant = [("ARGOCD_ENV_AVP_TOOL_TIMEOUT", "1h"), ("ARGOCD_ENV_AVP_UNCONTAINED_TOOLS", "1")];
        let allowed = allowance(&config_for_test(&tenant));
        assert_eq!((allowed.timeout, allowed.is_uncontained), (Some(Duration::from_secs(60)), false));
    }
}
