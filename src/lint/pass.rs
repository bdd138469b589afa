//! The explanations of the rules that the pass itself checks.

use super::{Detector, Rule};
use crate::error::Level;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "input",
        level: Level::Error,
        doc: "a file or folder that cannot be read",
        explanation: "A path that does not exist, a file that may not be read, or a link that leads out of the repository. \
                      The check has failed then, and exits with 2.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "not-built",
        level: Level::Warning,
        doc: "a chart that cannot be built without values which nobody gave",
        explanation: "What the chart renders to is not checked, only its files. Give it the values: `check chart/ -- -f values-prod.yaml`, or \
                      a default in its `values.yaml`. A chart that is never built by itself is left out with `--no-build`.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "setting",
        level: Level::Error,
        doc: "a setting that is wrong or missing, or that a tenant may not choose",
        explanation: "Settings are read only with `--online`. `vault-render settings` shows each with who set it; \
                      docs/settings.md explains them.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "store",
        level: Level::Error,
        doc: "the store could not be reached, or it failed",
        explanation: "The check is incomplete then, and exits with 2.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "missing",
        level: Level::Error,
        doc: "a path, version or key that is not in the store",
        explanation: "The nearest names are listed. `| default \"…\"` gives a placeholder a value for that case, the annotation \
                      `avp.kubernetes.io/remove-missing: \"true\"` takes its entry out.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "denied",
        level: Level::Error,
        doc: "a path that may not be read",
        explanation: "The store refused (403), or `AVP_PATH_VALIDATION` does not allow the path.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "value",
        level: Level::Error,
        doc: "a value that does not fit the place of its placeholder",
        explanation: "A value that is null or not UTF-8 where text is needed, or an anchor whose base64 is used in a Secret's \
                      `data` and elsewhere. Bytes go into the `data` of a Secret, with `| base64encode`.",
        example: "apiVersion: v1
kind: Secret
metadata: {name: app}
data: {a: &a PHBhdGg6c2VjcmV0L2RhdGEvYXBwI2s+}
type: *a
",
        detector: Detector::Pass,
    },
    Rule {
        id: "limit",
        level: Level::Error,
        doc: "input that grows beyond the limits of a run",
        explanation: "Modifiers, aliases and values that are filled in over and over can turn a few bytes into gigabytes. docs/security.md \
                      lists the limits: split the input, or remove the part that grows so much.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "not-read",
        level: Level::Note,
        doc: "a secret that was not read, because reading it creates something",
        explanation: "Reading `database/creds/…` and its like creates a login and a lease. A check leaves the store as it is.",
        example: "",
        detector: Detector::Pass,
    },
    Rule {
        id: "not-kubernetes",
        level: Level::Error,
        doc: "a document with placeholders that is not a Kubernetes object",
        explanation: "Without `apiVersion` and `kind` nothing is filled: Argo CD would print such a document, with the values in \
                      it, into its own error. `--any` accepts any YAML or JSON, values files for example.",
        example: "password: <path:secret/data/app#password>\n",
        detector: Detector::Pass,
    },
    Rule {
        id: "placeholder",
        level: Level::Error,
        doc: "a placeholder that cannot be filled",
        explanation: "A version that is not a number, or a path that leads above the root or holds a character that others may read as another one: \
                      `%2e`, `;`, `?`, invisible ones, look-alikes of `/` and `.`.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  password: <path:secret/data/app#password#newest>
",
        detector: Detector::Pass,
    },
    Rule {
        id: "modifier",
        level: Level::Error,
        doc: "an unknown or empty modifier, or one with wrong arguments",
        explanation: "docs/modifiers.md lists them all, each with an example.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  password: <path:secret/data/app#password | base64encod>
",
        detector: Detector::Pass,
    },
    Rule {
        id: "bug",
        level: Level::Error,
        doc: "a fault of vault-render itself: please report it",
        explanation: "The output did not match the input with its values filled in, so nothing was printed.",
        example: "",
        detector: Detector::Pass,
    },
];
