//! The role follows the project that Argo CD names, whatever an Application says about itself.

use super::set_up::{PROJECTS, secret, shared};
use crate::support::servers::{Application, Parameter, Repository};

#[test]
fn the_role_follows_the_project_and_no_application_says_another() {
    let Some(shared) = shared(vec![]) else { return };
    let repository = Repository::new([("web/secret.yaml", secret("<path:secret/data/shop/db#password>"))]);
    let forged = [
        Application::at("web"),
        Application::at("web").env("ARGOCD_APP_PROJECT_NAME", "rival"),
        Application::at("web").env("ARGOCD_ENV_ARGOCD_APP_PROJECT_NAME", "rival"),
        Application::at("web").env("argocd_app_project_name", "rival").env("PROJECT", "rival").env("project", "rival"),
        Application::at("web").parameter(Parameter::text("ARGOCD_APP_PROJECT_NAME", "rival")),
        Application::at("web").parameter(Parameter::map("argocd", &[("app_project_name", "rival")])),
        Application::at("web").named("rival").deploying_to("rival"),
    ];
    for application in &forged {
        shared.render("shop", &repository, application).unwrap();
    }
    let roles = shared.vault.logged_in("sidecar");
    assert!(!roles.is_empty() && roles.iter().all(|role| role == "app-shop"), "{roles:?}");
    for (name, value) in [("AVP_K8S_ROLE", "app-rival"), ("avp_k8s_role", "app-rival"), ("AVP_K8S_ROLE", "web")] {
        let error = shared.render("shop", &repository, &Application::at("web").env(name, value)).unwrap_err();
        assert!(error.contains("is the operator's to choose, because of `AVP_K8S_ROLE`"), "{error}");
    }
    for project in ["../shop", "sh/op", "", "shop*"] {
        let error = shared.render(project, &repository, &Application::at("web")).unwrap_err();
        assert!(error.contains("`AVP_K8S_ROLE` (environment) names the project"), "{project:?}: {error}");
    }
    assert_eq!(shared.vault.logged_in("sidecar"), roles, "no other login was sent");
}

/// Both projects' tokens are kept in one home, and neither is used for the other.
#[test]
fn a_token_is_kept_for_its_project_alone() {
    let Some(shared) = shared(vec![]) else { return };
    let repository = Repository::new([("web/secret.yaml", secret("<path:secret/data/shop/db#password>"))]);
    for project in PROJECTS.into_iter().chain(PROJECTS) {
        shared.render(project, &repository, &Application::at("web")).unwrap();
    }
    assert_eq!(shared.vault.logged_in("sidecar"), ["app-shop", "app-rival"]);
}
