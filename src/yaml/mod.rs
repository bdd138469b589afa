//! YAML as text: read with byte spans, edited in place, checked after the edit. Knows no Kubernetes and no placeholder.

pub mod tree;
