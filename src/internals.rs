//! What this package's own tests, benchmarks and fuzz targets name beyond the public face. Nobody else may rely on it.
#![allow(missing_docs, reason = "the items have their documentation where they are")]

pub mod backend {
    pub use crate::backend::{Freshness, Intent, Round, Store, config_for_test, open, settings};
}

pub mod budget {
    pub use crate::budget::{Budget, LIMITS};
}

pub mod client {
    pub use crate::client::Deadline;

    pub mod kubernetes {
        pub use crate::client::kubernetes::secret;
    }
}

pub mod config {
    pub use crate::config::{Config, ConfigFile, SettingSources};
}

pub mod contain {
    pub use crate::contain::{Bounds, Limits, Network, Support, spawn, support};

    pub mod proxy {
        pub use crate::contain::proxy::{Hosts, Proxy, Upstream};
    }
}

pub mod error {
    pub use crate::error::{Error, Errors, Kind};
}

pub mod input {
    pub use crate::input::{Archive, ArchiveLimits, FileModes, paths_without_git};
}

pub mod keep {
    pub use crate::keep::{Entry, EntryLabel, EntryName, Keep, KeepLock, StoredEntry, StoredName, Trouble, Unreadable};
}

pub mod lint {
    pub use crate::lint::{Comments, check, find, forms, hide};
}

pub mod manifest {
    pub use crate::manifest::{Schemas, Table};
}

pub mod modifier {
    pub use crate::modifier::{Chain, ChainContext};
}

pub mod placeholder {
    pub use crate::placeholder::{Base64, Candidates, Context, Match, MatchKind, find};
}

pub mod policy {
    pub use crate::policy::{Policy, PolicyFile, Requester};
}

pub mod render {
    pub use crate::render::{FillOptions, Filling, Joiner, Leftovers, Options, Survey, ValueSource, fetch, fill, plan};
}

pub mod server {
    pub use crate::server::authority::{Frames, Malformed};
}

pub mod secret {
    pub use crate::secret::{Access, Outcome, SecretId, Secrets, Usage, Version};

    /// The path that is judged and read for a written one; `None` if that is not a path.
    pub fn clean_path(written: &str) -> Option<String> {
        crate::secret::path::clean(written).ok()
    }
}

pub mod source {
    pub use crate::source::{Place, Source, Span};
}

pub mod tool {
    pub use crate::tool::{Needs, RepositoryView, needs};
}

pub mod value {
    pub use crate::value::Value;
}

pub mod workspace {
    pub use crate::workspace::Workspace;
}

pub mod yaml {
    pub use crate::yaml::{parse, value};

    pub mod edit {
        pub use crate::yaml::edit::{Change, edit};
    }

    pub mod reader {
        pub use crate::yaml::reader::read;
    }

    pub mod splice {
        pub use crate::yaml::splice::{Edit, splice};
    }

    pub mod split {
        pub use crate::yaml::split::split;
    }

    pub mod tree {
        pub use crate::yaml::tree::{Content, NodeId, Tree};
    }
}
