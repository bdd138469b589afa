//! The rules for logins whose credential is not a secret of the settings: a certificate, the machine, an agent.

use super::tests::expect;

const TENANTS_ADDRESS: (&str, &str) = ("ARGOCD_ENV_VAULT_ADDR", "https://evil");
const TENANTS_NAMESPACE: (&str, &str) = ("ARGOCD_ENV_VAULT_NAMESPACE", "other");
const CERT: (&str, &str) = ("VAULT_CLIENT_CERT", "/c.pem");
const KEY: (&str, &str) = ("VAULT_CLIENT_KEY", "/k.pem");
const LOGIN: &str = "AVP_AUTH_TYPE";

#[test]
fn the_key_of_a_certificate_that_logs_in_goes_to_no_namespace_and_mount_of_a_tenants() {
    let own_token = ("ARGOCD_ENV_VAULT_TOKEN", "own");
    expect(&[
        (&[TENANTS_NAMESPACE, CERT, KEY, (LOGIN, "cert")], &["ARGOCD_ENV_VAULT_NAMESPACE", "`VAULT_CLIENT_KEY`"]),
        (
            &[("ARGOCD_ENV_AVP_MOUNT_PATH", "x"), CERT, KEY, (LOGIN, "cert")],
            &["namespace or mount", "`VAULT_CLIENT_KEY`"],
        ),
        (&[TENANTS_ADDRESS, CERT, KEY, (LOGIN, "cert")], &["`VAULT_CLIENT_KEY`"]),
        // TLS shows it whatever the namespace is, but it logs nobody in.
        (&[TENANTS_NAMESPACE, CERT, KEY, own_token, (LOGIN, "token")], &[]),
        // A tenant does not log in with it instead.
        (
            &[("ARGOCD_ENV_AVP_AUTH_TYPE", "cert"), CERT, KEY, (LOGIN, "token")],
            &["in a way that the operator did not choose"],
        ),
    ]);
}

#[test]
fn what_the_machine_or_an_agent_proves_is_the_operators() {
    let allow = ("AVP_TENANT_SETTINGS", "VAULT_NAMESPACE");
    expect(&[
        (&[TENANTS_ADDRESS, (LOGIN, "none")], &["token of the agent", "to an address that a tenant chose"]),
        (&[TENANTS_NAMESPACE, (LOGIN, "none")], &["token of the agent", "to a namespace or mount"]),
        (&[TENANTS_NAMESPACE, (LOGIN, "none"), allow], &[]),
        (&[("ARGOCD_ENV_AVP_AUTH_TYPE", "none"), (LOGIN, "k8s")], &["token of the agent"]),
        (&[("ARGOCD_ENV_AVP_AUTH_TYPE", "none"), (LOGIN, "none")], &[]),
        (&[TENANTS_ADDRESS, (LOGIN, "aws")], &["AWS identity of this machine", "to an address"]),
        (&[("ARGOCD_ENV_AVP_AUTH_TYPE", "gcp"), ("ARGOCD_ENV_VAULT_TOKEN", "own")], &["Google Cloud identity"]),
        (&[("ARGOCD_ENV_AVP_MOUNT_PATH", "x"), (LOGIN, "azure")], &["Azure identity", "namespace or mount"]),
    ]);
}

#[test]
fn a_setting_beside_which_another_does_not_count_lends_nothing() {
    let own = [("ARGOCD_ENV_AVP_AUTH_TYPE", "jwt"), ("ARGOCD_ENV_AVP_JWT", "own"), TENANTS_ADDRESS];
    expect(&[
        (&own, &[]),
        (&[("AVP_AUTH_TYPE", "jwt"), TENANTS_ADDRESS], &["`AVP_JWT_FILE`", "to an address that a tenant chose"]),
        (&[("AVP_AUTH_TYPE", "jwt"), ("AVP_JWT", "t"), TENANTS_ADDRESS], &["`AVP_JWT`"]),
        (
            &[("AVP_AUTH_TYPE", "jwt"), ("ARGOCD_ENV_AVP_JWT_FILE", "/var/run/other")],
            &["names a file outside the repository"],
        ),
    ]);
}

#[test]
fn the_role_and_the_path_of_a_wrapped_secret_id_are_the_operators() {
    expect(&[
        (&[("ARGOCD_ENV_AVP_AUTH_ROLE", "admin"), ("AVP_AUTH_ROLE", "app")], &["differs from `AVP_AUTH_ROLE`"]),
        (&[("ARGOCD_ENV_AVP_AUTH_ROLE", "admin")], &["is the operator's to set"]),
        (&[("ARGOCD_ENV_AVP_SECRET_ID_WRAPPING_PATH", "x/y")], &["is the operator's to set"]),
        (
            &[("ARGOCD_ENV_AVP_LOGIN_PATH", "x/login"), (LOGIN, "custom"), ("AVP_LOGIN_BODY_FILE", "/b.json")],
            &["namespace or mount", "`AVP_LOGIN_BODY_FILE`"],
        ),
    ]);
}

#[test]
fn rule_2_a_role_that_is_locked_is_not_a_tenants_to_choose() {
    const OWN: (&str, &str) = ("ARGOCD_ENV_AVP_K8S_ROLE", "own");
    const REFUSED: &str = "`ARGOCD_ENV_AVP_K8S_ROLE` is the operator's to choose, because of";
    expect(&[
        (&[OWN, ("AVP_K8S_ROLE", "app-{project}")], &[REFUSED, "`AVP_K8S_ROLE` (environment)"]),
        (&[("ARGOCD_ENV_avp_k8s_role", "own"), ("AVP_K8S_ROLE", "app-{project}")], &["is the operator's to choose"]),
        (&[OWN, ("AVP_K8S_ROLE", "app"), ("AVP_LOCK_ROLE", "true")], &[REFUSED, "`AVP_LOCK_ROLE` (environment)"]),
        (&[OWN, ("AVP_LOCK_ROLE", "1")], &[REFUSED, "`AVP_LOCK_ROLE` (environment)"]),
        (&[("AVP_LOCK_ROLE", "true"), ("ARGOCD_ENV_AVP_LOCK_ROLE", "false")], &["`ARGOCD_ENV_AVP_LOCK_ROLE` differs"]),
        (&[OWN, ("AVP_K8S_ROLE", "app"), ("AVP_LOCK_ROLE", "false")], &[]),
        (&[("ARGOCD_ENV_AVP_K8S_ROLE", "app-{project}")], &[]),
        // The operator's own words are not a choice, and they may leave the choice to tenants.
        (&[("ARGOCD_ENV_AVP_K8S_ROLE", "app-{project}"), ("AVP_K8S_ROLE", "app-{project}")], &[]),
        (&[OWN, ("AVP_K8S_ROLE", "app-{project}"), ("AVP_TENANT_SETTINGS", "AVP_K8S_ROLE")], &[]),
    ]);
}
