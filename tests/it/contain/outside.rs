//! No tool can read outside the repository, or in its `.git`, whatever the repository says.

use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use super::{CANARY, Site, helms, kustomize, link, manifest, no_canary, printed};

/// Another process whose working folder is outside: another tenant's.
struct Neighbour(Child);

impl Neighbour {
    fn new(site: &Site) -> Self {
        let mut command = Command::new("sleep");
        Self(command.arg("600").current_dir(site.outside()).env("SECRET", CANARY).spawn().unwrap())
    }

    fn folder(&self) -> String {
        format!("/proc/{}/cwd", self.0.id())
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait().map(drop));
    }
}

#[test]
fn kustomize_takes_in_no_folder_outside() {
    let Some(kustomize) = kustomize() else { return };
    let site = Site::new();
    let neighbour = Neighbour::new(&site);
    let up = "../".repeat(site.repository().components().count() + 1);
    link("../../outside", site.repository().join("app/link"));
    link(neighbour.folder(), site.repository().join("app/cwd"));
    for resource in [
        "../../outside".to_owned(),
        format!("{up}{}", &site.outside().display().to_string()[1..]),
        "link".to_owned(),
        "cwd".to_owned(),
        neighbour.folder(),
        format!("{up}..{}", neighbour.folder()),
    ] {
        for field in ["resources", "bases", "components"] {
            site.write("repository/app/kustomization.yaml", &format!("{field}: ['{resource}']\n"));
            no_canary(site.build(["app", "--kustomize", &kustomize]), &resource);
        }
    }
    let restrictor = ["app", "--kustomize", &kustomize, "--", "--load-restrictor=LoadRestrictionsNone"];
    for file in
        ["../../outside/a.yaml".to_owned(), "../.git/config".to_owned(), format!("{}/a.yaml", neighbour.folder())]
    {
        let generator = format!("configMapGenerator: [{{name: a, files: ['{file}']}}]\n");
        site.write("repository/app/kustomization.yaml", &generator);
        no_canary(site.build(restrictor), &file);
    }
}

#[test]
fn helm_copies_no_chart_from_outside() {
    for helm in helms() {
        let site = Site::new();
        let neighbour = Neighbour::new(&site);
        site.chart("web", &manifest("web"));
        site.write("repository/a/b/c", "");
        link("../../outside", site.repository().join("a/x"));
        let outside = site.outside().display().to_string();
        for (key, repository) in [
            ("repository", format!("file://{outside}")),
            ("Repository", format!("file://{outside}")),
            ("repo\u{17f}itory", format!("file://{outside}")),
            ("repository", "file://../a/x".to_owned()),
            ("Repository", "file://../a/b/../x".to_owned()),
            ("Repository", "file://../../outside".to_owned()),
            ("Repository", format!("file://{}", neighbour.folder())),
        ] {
            for lock in ["Chart.lock", "requirements.lock"] {
                let text = locked(&site, &helm, &repository).replace("repository:", &format!("{key}:"));
                site.write(&format!("repository/web/{lock}"), &text);
                no_canary(site.build(["web", "--helm", &helm]), &repository);
                std::fs::remove_file(site.repository().join("web").join(lock)).unwrap();
            }
        }
    }
}

/// The lock that helm itself writes for the chart `web` if it needs the chart `db` from there.
fn locked(site: &Site, helm: &str, repository: &str) -> String {
    let needs = format!("dependencies: [{{name: db, version: 0.1.0, repository: '{repository}'}}]\n");
    site.write("repository/web/Chart.yaml", &format!("apiVersion: v2\nname: web\nversion: 0.1.0\n{needs}"));
    let mut command = Command::new(helm);
    command.args(["dependency", "update", "web"]).current_dir(site.repository()).env("HOME", site.root());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (folder, lock) = (site.repository().join("web"), site.repository().join("web/Chart.lock"));
    let text = std::fs::read_to_string(&lock).unwrap();
    std::fs::remove_file(lock).unwrap();
    std::fs::remove_dir_all(folder.join("charts")).unwrap();
    text
}

#[test]
fn helm_reads_nothing_of_git() {
    for helm in helms() {
        let site = Site::new();
        let all = "{{ range $path, $bytes := .Files.Glob \"**\" }}# {{ $path }}: {{ $bytes | toString }}\n{{ end }}";
        site.chart(".", &format!("{}{all}", manifest("{{ .Files.Get \".git/config\" }}")));
        let text = printed(site.build([".", "--helm", &helm]));
        assert!(!text.contains(CANARY) && text.contains("a: \"\""), "{text}");
        site.chart("web", &manifest("{{ .Files.Get \"config\" }}"));
        link("../.git/config", site.repository().join("web/config"));
        no_canary(site.build(["web", "--helm", &helm]), "link");
        for words in ["--set-file a=.git/config", "-f .git/config", "--set-file a=web/config"] {
            no_canary(site.build(["web", "--helm", &helm]).env("ARGOCD_ENV_HELM_ARGS", words), words);
        }
    }
}

#[test]
fn a_tool_reaches_no_address_of_a_tenant_s() {
    let Some(kustomize) = kustomize() else { return };
    let site = Site::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}/v1/secret", listener.local_addr().unwrap());
    for kustomization in [
        format!("configMapGenerator: [{{name: a, files: ['k={address}']}}]\n"),
        format!("resources: ['{address}']\n"),
        format!("patches: [{{path: '{address}'}}]\n"),
    ] {
        site.write("repository/app/kustomization.yaml", &kustomization);
        let run = site.build(["app", "--kustomize", &kustomize]).env("ARGOCD_APP_NAME", "web");
        no_canary(run, &kustomization);
        assert!(listener.accept().is_err(), "{kustomization}");
    }
}

/// A script in place of helm that tries everything, and prints what it could read.
#[test]
fn whatever_a_tool_tries_it_reads_nothing_outside() {
    let site = Site::new();
    let neighbour = Neighbour::new(&site);
    let outside = site.outside().display().to_string();
    let proc = neighbour.folder().replace("/cwd", "");
    site.chart("web", "");
    link(&outside, site.repository().join("web/link"));
    let script = format!(
        "#!/bin/sh\necho 'apiVersion: v1'\necho 'kind: A'\n\
         for file in {outside}/a.yaml ../outside/a.yaml web/link/a.yaml {proc}/environ {proc}/cwd/a.yaml {proc}/root{outside}/a.yaml \
         .git/config web/../.git/config /proc/$PPID/environ /proc/$PPID/cwd/.git/config /proc/self/root{outside}/a.yaml \
         /etc/passwd /etc/hostname; do cat \"$file\" | sed 's/^/# /'; done 2>/dev/null\n\
         echo > new; echo > {outside}/new; ls {outside} {proc} 2>/dev/null\n\
         kill -0 $PPID && echo '# signal'; exit 0\n"
    );
    let helm = site.script("repository/helm", &script);
    // The link itself is refused before a real helm starts.
    std::fs::remove_file(site.repository().join("web/link")).unwrap();
    link(&outside, site.repository().join("link"));
    let text = printed(site.build(["web", "--helm", &helm]).env("SECRET", CANARY));
    assert_eq!(text.lines().filter(|line| *line != "# signal").collect::<Vec<_>>(), ["apiVersion: v1", "kind: A"]);
    assert!(!site.repository().join("new").exists() && !site.outside().join("new").exists());
}

#[test]
fn a_tool_of_a_tenant_s_has_no_socket() {
    let site = Site::new();
    site.chart("web", "");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let script =
        format!("#!/bin/bash\necho 'kind: A'\nexec 3<>/dev/tcp/127.0.0.1/{port} && echo '# connected'; exit 0\n");
    let helm = site.script("repository/helm", &script);
    let run = site.build(["web", "--helm", &helm]).env("ARGOCD_APP_NAME", "web");
    let text = String::from_utf8_lossy(&run.output().stdout).into_owned();
    assert_eq!(text, "kind: A\n");
    assert!(listener.accept().is_err());
}

#[test]
fn a_private_folder_is_for_nobody_else() {
    let site = Site::new();
    site.chart("web", "");
    let helm = site.script(
        "repository/helm",
        "#!/bin/sh\necho 'kind: A'; echo \"# $(stat -c %a \"$HOME\" \"$TMPDIR\" | tr '\\n' ' ')\"\n",
    );
    let mut command = Command::new("/bin/sh");
    let line = format!("umask 0; exec {} build web --helm {helm}", crate::support::program::binary());
    let mut child = command.args(["-c", &line]).current_dir(site.repository()).stdout(Stdio::piped()).spawn().unwrap();
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(text, "kind: A\n# 700 700 \n");
}
