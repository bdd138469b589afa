//! Links in a repository that lead out of it, through the real Argo CD.

use std::fs;
use std::os::unix::fs::symlink;

use super::set_up::{secret, shared};
use crate::support::servers::{Application, Repository};

/// Argo CD itself refuses a link that leads out of the repository, before the plugin sees it.
#[test]
fn no_link_leads_out_of_the_repository() {
    let token = tempfile::NamedTempFile::new().unwrap();
    fs::write(token.path(), "of-rival").unwrap();
    let policy = tempfile::NamedTempFile::new().unwrap();
    fs::write(policy.path(), "rules: [{allow: {paths: ['secret/data/{project}/**']}}] # of-rival").unwrap();
    let Some(shared) = shared(vec![("AVP_POLICY", policy.path().display().to_string())]) else { return };
    let checkout = Repository::new([("secret.yaml", secret("of-rival"))]);
    let [token, policy, checkout] = [token.path(), policy.path(), checkout.folder()].map(|it| it.display().to_string());
    let targets = [
        checkout.clone(),
        format!("{checkout}/secret.yaml"),
        "../../../../../../../../etc/passwd".to_owned(),
        "/proc/self/environ".to_owned(),
        "/proc/self/cwd/secret.yaml".to_owned(),
        policy,
        token,
    ];
    for target in &targets {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("web")).unwrap();
        fs::write(folder.path().join("web/own.yaml"), secret("<path:secret/data/shop/db#password>")).unwrap();
        symlink(target, folder.path().join("web/link.yaml")).unwrap();
        let error = shared.render("shop", &Repository::of(folder), &Application::at("web")).unwrap_err();
        assert!(error.contains("out-of-bounds symlinks") && !error.contains("of-rival"), "{target}: {error}");
    }
}
