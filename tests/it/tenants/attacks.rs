//! Every way in through the real Argo CD. At the end every request in Vault's audit log belongs to the project of its login's role.

use super::set_up::{PROJECTS, Shared, plugin, secret, shared_with};
use super::ways::{Way, by_file, by_name, by_parameter, by_path, by_setting, by_settings_file};
use crate::support::servers::{Application, Repository};

const POLICY: &str = "
rules:
  - deny: {modifiers: [sha256sum]}
  - allow: {paths: ['secret/data/{project}/**', 'plain/{project}/**'], versions: [latest], keys: [password, user], creates: false}
    login: {role: 'app-{project}'}
  - allow: {paths: ['secret/data/{project}/{app}'], versions: [latest], keys: [admin]}
    login: {role: 'app-{project}'}
  - allow: {paths: ['codes/*/{project}'], creates: false}
    login: {role: 'app-{project}'}
";

#[test]
fn no_path_leads_to_another_project() {
    hold(by_path(), &plugin(), &[]);
}

#[test]
fn no_setting_leads_to_another_project() {
    hold(by_setting().into_iter().chain(by_name()).chain(by_parameter()).collect(), &plugin(), &[]);
}

#[test]
fn no_file_of_a_repository_leads_to_another_project() {
    hold(by_file(), &plugin(), &[]);
}

#[test]
fn no_settings_file_that_the_command_names_leads_to_another_project() {
    hold(by_settings_file(), &plugin().replace("--strict", "--strict, -c, settings.env"), &[]);
}

#[test]
fn no_way_leads_to_another_project_when_another_process_reads_the_manifests() {
    let mut ways: Vec<Way> =
        [by_path(), by_setting(), by_name(), by_parameter(), by_file()].into_iter().flatten().collect();
    let separate = ways.iter_mut().find(|way| way.name == "separate").expect("the way that would end it");
    separate.told = "AVP_SEPARATE";
    hold(ways, &plugin(), &[("AVP_SEPARATE", "1")]);
}

/// Tries all these ways, and then what both projects may do.
#[track_caller]
fn hold(ways: Vec<Way>, plugin: &str, further: &[(&'static str, &str)]) {
    let policy = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(policy.path(), POLICY).unwrap();
    let own = [
        ("AVP_POLICY", policy.path().display().to_string()),
        ("AVP_PATH_VARIABLES", "ARGOCD_APP_PROJECT_NAME ARGOCD_APP_NAME ARGOCD_ENV_STAGE".to_owned()),
    ];
    let further = further.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let Some(shared) = shared_with(plugin, own.into_iter().chain(further).collect()) else { return };
    let of_ways =
        ways.iter().flat_map(|way| way.files.iter().map(|(file, text)| (format!("{}/{file}", way.name), text.clone())));
    let own = secret("<path:secret/data/${ARGOCD_APP_PROJECT_NAME}/db#password>");
    let own = [("own/secret.yaml".to_owned(), own), ("own/settings.env".to_owned(), String::new())];
    let repository = Repository::new(of_ways.chain(own));
    let wrong: Vec<String> = ways.iter().filter_map(|way| surprise(&shared, &repository, way)).collect();
    for project in PROJECTS {
        let manifests = shared.render(project, &repository, &Application::at("own")).unwrap();
        assert_eq!(manifests[0]["stringData"]["password"], format!("of-{project}"));
    }
    belongs_to_its_project(&shared);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What a way gets, if that is not what it should: its own secret, or an error with the words and without the rival's secret.
fn surprise(shared: &Shared, repository: &Repository, way: &Way) -> Option<String> {
    let application = Application::at(way.name).named(way.application.unwrap_or("shop"));
    let application = way.env.iter().fold(application, |application, (name, value)| application.env(name, value));
    let application = way.parameters.iter().cloned().fold(application, Application::parameter);
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
        assert!(PROJECTS.contains(&project) && is_of(project, request), "{role}: {request}");
    }
    for project in PROJECTS {
        assert!(requests.iter().any(|(role, _)| *role == format!("app-{project}")), "{project} reads its own");
    }
}

/// Whether a request is for a path of the project's. Only the mount of a path that creates something is asked for.
fn is_of(project: &str, request: &str) -> bool {
    let path = request.split_once(' ').map_or("", |(_, path)| path);
    let question = path.strip_prefix("sys/internal/ui/mounts/");
    let folders = ["secret/data", "secret/metadata", "plain"].map(|mount| format!("{mount}/{project}/"));
    folders.iter().any(|folder| question.unwrap_or(path).starts_with(folder))
        || question.is_some_and(|path| path == format!("codes/keys/{project}"))
}
