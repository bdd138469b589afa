//! Types of fields from schemas: where the schemas come from, and what they make of values.

mod checked;
mod cluster;
mod definitions;
mod entrances;
mod fields;
mod judged;
mod tables;

use crate::support::program::{Program, program};

/// A kind with a field of each type, as its definition in a cluster.
pub(super) const DEFINITION: &str = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: integer}
              ready: {type: boolean}
              ratio: {type: number}
              title: {type: string}
              port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
              certificate: {type: string, format: byte}
              free: {x-kubernetes-preserve-unknown-fields: true}
              pod: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
";

pub(super) const WIDGET: &str = "\
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
spec:
  size: <path:app#three>
  ready: <path:app#true>
  ratio: <path:app#half>
  title: <path:app#number>
  port: <path:app#three>
  certificate: <path:app#three | base64encode>
  free: {a: <path:app#three>}
  pod: {apiVersion: v1, kind: Pod, metadata: {name: <path:app#number>}, spec: {priority: <path:app#three>}}
";

/// The widget's fields as its schema has them, and as names alone have them.
pub(super) const TYPED: &str = "\
spec:
  size: 3
  ready: true
  ratio: 0.5
  title: '7'
  port: 3
  certificate: Mw==
  free: {a: '3'}
  pod: {apiVersion: v1, kind: Pod, metadata: {name: '7'}, spec: {priority: '3'}}
";
pub(super) const UNTYPED: &str = "  size: '3'\n";

const SECRETS: &str = "app: {three: '3', 'true': 'true', half: '0.5', number: 7}\n";

/// A folder with the store's file in it.
pub(super) fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    crate::support::files::write(folder.path(), "secrets.yaml", SECRETS);
    folder
}

/// A command in `folder` with its store.
pub(super) fn run(folder: &std::path::Path, args: &[&str]) -> Program {
    program(args).args(["--secrets", "secrets.yaml"]).folder(folder)
}

/// What a command prints.
#[track_caller]
pub(super) fn printed(program: Program) -> String {
    let output = program.output();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(told, "");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
