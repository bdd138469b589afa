//! Every way in through the real Argo CD. At the end every request in Vault's audit log belongs to the project of its login's role.

use super::set_up::{PROJECTS, Shared, secret, shared};
use super::ways::{Way, by_file, by_path, by_setting};
use crate::support::servers::{Application, Repository};

const POLICY: &str = "
rules:
  - deny: {modifiers: [sha256sum]}
  - allow: {paths: ['secret/data/{project}/**', 'plain/{project}/**'], versions: [latest], keys: [password, user], creates: false}
    login: {role: 'app-{project}'}
";

#[test]
fn no_path_leads_to_another_project() {
    hold(by_path());
}

#[test]
fn no_setting_leads_to_another_project() {
    hold(by_setting());
}

#[test]
fn no_file_of_a_repository_leads_to_another_project() {
    hold(by_file());
}

/// Tries all these ways, and then what both projects may do.
#[track_caller]
fn hold(ways: Vec<Way>) {
    let policy = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(policy.path(), POLICY).unwrap();
    let settings = vec![
        ("AVP_POLICY", policy.path().display().to_string()),
        ("AVP_PATH_VARIABLES", "ARGOCD_APP_PROJECT_NAME ARGOCD_ENV_STAGE".to_owned()),
    ];
    let Some(shared) = shared(settings) else { return };
    let of_ways =
        ways.iter().flat_map(|way| way.files.iter().map(|(file, text)| (format!("{}/{file}", way.name), text.clone())));
    let own = ("own/secret.yaml".to_owned(), secret("<path:secret/data/${ARGOCD_APP_PROJECT_NAME}/db#password>"));
    let repository = Repository::new(of_ways.chain([own]));
    let wrong: Vec<String> = ways.iter().filter_map(|way| surprise(&shared, &repository, way)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for project in PROJECTS {
        let manifests = shared.render(project, &repository, &Application::at("own")).unwrap();
        assert_eq!(manifests[0]["stringData"]["password"], format!("of-{project}"));
    }
    belongs_to_its_project(&shared);
}

/// What a way gets, if that is not what it should: its own secret, or an error with the words and without the rival's secret.
fn surprise(shared: &Shared, repository: &Repository, way: &Way) -> Option<String> {
    let application =
        way.env.iter().fold(Application::at(way.name), |application, (name, value)| application.env(name, value));
    let got = match shared.render("shop", repository, &application) {
        Ok(manifests) => format!("{manifests:?}"),
        Err(error) => format!("error: {error}"),
    };
    let is_expected = if way.told.is_empty() {
        got.contains("of-shop")
    } else {
        got.starts_with("error: ") && got.contains(way.told)
    };
    (!is_expected || got.contains("of-rival")).then(|| format!("== {} ({:?})\n{got}", way.name, way.told))
}

/// Each request of a role is for its project's paths: a reading, the question for its mount, or the names beside it.
#[track_caller]
fn belongs_to_its_project(shared: &Shared) {
    let requests = shared.vault.requests_of_roles();
    for (role, request) in &requests {
        let project = role.strip_prefix("app-").unwrap_or_default();
        let path = request.split_once(' ').map_or("", |(_, path)| path);
        let path = path.strip_prefix("sys/internal/ui/mounts/").unwrap_or(path);
        let folders = ["secret/data", "secret/metadata", "plain"].map(|mount| format!("{mount}/{project}/"));
        assert!(
            PROJECTS.contains(&project) && folders.iter().any(|folder| path.starts_with(folder)),
            "{role}: {request}"
        );
    }
    for project in PROJECTS {
        assert!(requests.iter().any(|(role, _)| *role == format!("app-{project}")), "{project} reads its own");
    }
}
