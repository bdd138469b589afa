//! The calls that look into a repository: whether it is for the plugin, and what can be set.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::program::binary;
use crate::support::servers::plugin::{PluginServer, Upload};

const OFFLINE: [(&str, &str); 2] = [("AVP_TYPE", "file"), ("AVP_FILE", "/dev/null")];

const CHART: [(&str, &str); 4] = [
    ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
    ("web/values.yaml", "replicas: 1\nimage: {tag: v1}\n"),
    ("web/templates/a.yaml", "a: 1\n"),
    ("README.md", "none"),
];

/// A server in place of Argo CD's own, with this `spec` beside the command.
fn defined(spec: &str) -> PluginServer {
    let folder = tempfile::tempdir().unwrap();
    let generate = "generate: {command: [vault-render, build, ., --strict]}";
    let definition = format!("kind: ConfigManagementPlugin\nmetadata: {{name: a}}\nspec:\n  {generate}\n  {spec}\n");
    fs::write(folder.path().join("plugin.yaml"), definition).unwrap();
    let program = folder.path().join("argocd-cmp-server");
    symlink(binary(), &program).unwrap();
    PluginServer::start_program(&program, &["--config-dir-path", folder.path().to_str().unwrap()], &OFFLINE)
}

/// Whether it finds the application in a folder, and whether it looks for any.
fn matches(server: &PluginServer, folder: &str) -> (bool, bool) {
    let chart = Upload::new(folder, CHART);
    server.run(async { server.connect().await.matches(&chart).await.unwrap() })
}

#[test]
fn who_is_for_the_plugin_is_told_as_argo_cd_s_own_server_tells_it() {
    for (spec, web, root) in [
        ("version: ''", (false, false), (false, false)),
        ("discover: {fileName: Chart.yaml}", (true, true), (false, true)),
        ("discover: {fileName: ./t*/*.yaml}", (true, true), (false, true)),
        ("discover: {find: {glob: '**/Chart.yaml'}}", (true, true), (true, true)),
        ("discover: {find: {command: [vault-render, discover]}}", (true, true), (false, true)),
        ("discover: {find: {command: [sh, -c, vault-render discover]}}", (true, true), (false, true)),
        ("discover: {find: {command: [find, ., -name, Chart.yaml]}}", (true, true), (true, true)),
        ("discover: {fileName: none, find: {glob: '**/Chart.yaml'}}", (false, true), (false, true)),
    ] {
        let server = defined(spec);
        assert_eq!((matches(&server, "web"), matches(&server, ".")), (web, root), "{spec}");
        let configuration = server.run(async { server.connect().await.configuration().await.unwrap() });
        assert_eq!(configuration, (web.1, false), "{spec}");
    }
    let server = PluginServer::start(&["--discover"], &OFFLINE);
    assert_eq!((matches(&server, "web"), matches(&server, ".")), ((true, true), (false, true)));
    assert_eq!(matches(&server, "nowhere"), (false, true));
}

#[test]
fn a_chart_s_parameters_and_the_fixed_ones_are_announced() {
    let names = |server: &PluginServer, folder: &str| {
        let upload = Upload::new(folder, CHART);
        let announced = server.run(async { server.connect().await.parameters(&upload).await.unwrap() });
        let values: Vec<_> = announced.list.iter().flat_map(|parameter| parameter.map.keys().cloned()).collect();
        (announced.list.into_iter().map(|parameter| parameter.name).collect::<Vec<_>>(), values.len())
    };
    let of_chart = ["release-name", "values-files", "values", "helm-parameters"];
    let server = PluginServer::start(&[], &OFFLINE);
    assert_eq!(names(&server, "web"), (of_chart.map(str::to_owned).to_vec(), 2));
    assert_eq!(names(&server, "."), (Vec::new(), 0));
    let server = defined("parameters: {static: [{name: colour, string: red}]}");
    assert_eq!(names(&server, "web"), (vec!["colour".to_owned()], 0));
    let server = defined("parameters: {dynamic: {command: [vault-render, parameters]}, static: [{name: colour}]}");
    assert_eq!(
        names(&server, "web"),
        ([&of_chart[..], &["colour"]].concat().into_iter().map(str::to_owned).collect(), 2)
    );
}
