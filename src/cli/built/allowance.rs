//! What the operator's settings allow helm and kustomize. The Secret of `-s` is not asked.

use super::super::environment::Environment;
use super::super::given::Flags;
use crate::config::Config;
use crate::tool::Allowance;

/// The allowance of a run. What is wrong with the settings is told later, once they are all there; until then the defaults count.
pub(super) fn allowance(flags: &Flags, environment: &Environment) -> Allowance {
    let (config, _) = flags.config(environment);
    of_settings(&config)
}

fn of_settings(config: &Config) -> Allowance {
    let hosts = config.list("AVP_TOOL_HOSTS");
    let unset = Allowance::default();
    Allowance {
        paths: config.paths("AVP_TOOL_PATHS"),
        hosts: (!hosts.is_empty()).then(|| hosts.into_iter().map(str::to_owned).collect()),
        memory: config.size("AVP_TOOL_MEMORY").unwrap_or(unset.memory),
        // `0` is for ever, as with Vault's own.
        timeout: config.duration("AVP_TOOL_TIMEOUT").or(unset.timeout).filter(|time| !time.is_zero()),
        is_uncontained: config.bool("AVP_UNCONTAINED_TOOLS"),
        has_tenant: config.has_tenant(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn settings_become_an_allowance() {
        assert_eq!(of_settings(&Config::for_test(&[])), Allowance::default());
        let wrong = [("AVP_TOOL_MEMORY", "much"), ("AVP_TOOL_TIMEOUT", "soon"), ("AVP_TOOL_PATHS", "a")];
        assert_eq!(of_settings(&Config::for_test(&wrong)), Allowance::default());
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
        };
        assert_eq!(of_settings(&Config::for_test(&set)), expected);
        let tenant = [("ARGOCD_ENV_AVP_TOOL_TIMEOUT", "1h"), ("ARGOCD_ENV_AVP_UNCONTAINED_TOOLS", "1")];
        let allowance = of_settings(&Config::for_test(&tenant));
        assert_eq!((allowance.timeout, allowance.is_uncontained), (Some(Duration::from_secs(60)), false));
    }
}
