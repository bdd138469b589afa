//! What the pass itself finds: the texts of its rules.

use super::{Judge, Rule};
use crate::error::Level;

pub(super) static RULES: &[Rule] = &[Rule {
    id: "syntax",
    level: Level::Error,
    doc: "YAML or JSON that does not parse",
    explanation: "A document that does not parse is passed on as it is, and Kubernetes refuses it.",
    example: "apiVersion: v1\nkind: ConfigMap\ndata: [\n",
    judge: Judge::Pass,
}];
