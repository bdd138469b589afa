//! What helps a user whose path Vault does not have or does not let them read. Pure.

use super::engine::Engine;
use super::member;
use super::mount::Mount;
use crate::client::Response;
use crate::secret::Version;
use crate::value::Value;
use crate::words::{list, suggestion};

/// How alike two names must be to be taken for each other.
const ALIKE: f64 = 0.8;
/// The number of near paths that are listed.
const MOST_NEAR: usize = 3;
/// The number of edits that turn a mistyped mount into the mount that is meant.
const MOST_EDITS: usize = 2;

/// The folder of a KV engine that a path lies in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Folder<'p> {
    /// The path that lists its names.
    pub(super) listing: String,
    /// The beginning of the paths that read its secrets.
    prefix: String,
    /// The last segment of the path.
    name: &'p str,
}

impl<'p> Folder<'p> {
    /// The folder of `path`; `None` where the mount is not a KV engine's, or the path is none of a secret.
    pub(super) fn of(mount: &Mount, path: &'p str) -> Option<Self> {
        let (read, list) = match mount.engine? {
            Engine::V1 => ("", ""),
            Engine::V2 => ("data/", "metadata/"),
        };
        let rest = path.strip_prefix(&mount.path)?.strip_prefix(read)?;
        let (folder, name) = rest.rfind('/').map_or(("", rest), |slash| rest.split_at(slash + 1));
        let below = |endpoint| format!("{}{endpoint}{folder}", mount.path);
        Some(Self { listing: below(list), prefix: below(read), name })
    }

    /// The hint of the `names` in the folder, those that `may_read` takes.
    pub(super) fn hint(&self, names: &[String], may_read: impl Fn(&str) -> bool) -> Option<String> {
        let path = |name: &str| format!("{}{name}", self.prefix);
        if names.iter().any(|name| name.strip_suffix('/') == Some(self.name)) {
            return Some(format!("`{}` is a folder: name a secret in it", path(self.name)));
        }
        let secrets = names.iter().map(String::as_str).filter(|name| !name.ends_with('/') && *name != self.name);
        let near = suggestion::by_likeness(self.name, secrets, ALIKE, str::to_lowercase);
        did_you_mean(near.into_iter().map(path).filter(|path| may_read(path)).collect())
    }

    /// Whether the secret is among the `names`: then it lacks only the version.
    pub(super) fn has(&self, names: &[String]) -> bool {
        names.iter().any(|name| name == self.name)
    }
}

/// The names in the folder that a response lists; none where Vault does not list them.
pub(super) fn names(response: &Response) -> Vec<String> {
    let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200);
    body.as_ref().and_then(|body| body.get("data")).map(|data| member::names(data, "keys")).unwrap_or_default()
}

/// The hint of the mounts that Vault shows, for a path that lies in none of them. `front` is the namespace that the path begins with.
pub(super) fn unknown_mount(
    (front, path): (&str, &str),
    mounts: &[Mount],
    may_read: impl Fn(&str, &Mount) -> bool,
) -> String {
    let path = path.strip_prefix(front).unwrap_or(path);
    let first = path.split('/').next().unwrap_or_default();
    let respelt = |mount: &Mount| {
        let segments = mount.path.matches('/').count();
        let (written, rest) =
            path.match_indices('/').nth(segments - 1).map_or((path, ""), |(at, _)| path.split_at(at + 1));
        let is_near =
            suggestion::is_within(written.trim_end_matches('/'), mount.path.trim_end_matches('/'), MOST_EDITS);
        (is_near && !rest.is_empty())
            .then(|| format!("{front}{}{rest}", mount.path))
            .filter(|path| may_read(path, mount))
    };
    let near = did_you_mean(mounts.iter().filter(|mount| mount.path.ends_with('/')).filter_map(respelt).collect());
    joined([Some(format!("no engine is mounted at `{front}{first}/`")), near])
}

/// The hint for a path that is written as something else than Vault's paths are.
pub(super) fn misspelt(path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("v1/") {
        return Some(format!("a path begins with its mount, not with `v1/`: `{rest}`"));
    }
    let (path, query) = path.split_once('?')?;
    Some(match query.strip_prefix("version=") {
        Some(version) => format!("a version stands behind the key: `<path:{path}#KEY#{version}>`"),
        None => format!("a path has no query: `{path}`"),
    })
}

/// The hint for a path with `data/` in a mount that does not know it.
pub(super) fn needless_data(mount: &Mount, path: &str) -> Option<String> {
    let rest = path.strip_prefix(&mount.path).filter(|_| mount.engine == Some(Engine::V1))?.strip_prefix("data/")?;
    Some(format!("its mount `{}` is KV version 1: take `data/` out: `{}{rest}`", mount.path, mount.path))
}

/// The command that asks Vault the same.
pub(super) fn command(mount: &Mount, path: &str, version: Option<&Version>, namespace: Option<&str>) -> String {
    let in_engine = path.strip_prefix(&mount.path).filter(|rest| mount.engine.is_some() && !rest.is_empty());
    let (verb, arguments) = match in_engine {
        Some(rest) => {
            let name = rest.strip_prefix("data/").filter(|_| mount.engine == Some(Engine::V2)).unwrap_or(rest);
            ("kv get", format!("-mount={} {}", quoted(mount.path.trim_end_matches('/')), quoted(name)))
        }
        None => ("read", quoted(path)),
    };
    let flags = [("namespace", namespace), ("version", version.map(Version::text))];
    let flags = flags.into_iter().filter_map(|(name, value)| Some(format!(" -{name}={}", quoted(value?))));
    format!("`vault {verb}{} {arguments}` asks the same", flags.collect::<String>())
}

/// The parts that are there, as one hint. A question ends its sentence.
pub(super) fn joined(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ").replace("?; ", "? ")
}

fn did_you_mean(near: Vec<String>) -> Option<String> {
    match near.as_slice() {
        [] => None,
        [path] => Some(suggestion::did_you_mean(path)),
        paths => Some(format!("near it are {}", list::few_quoted(paths, MOST_NEAR))),
    }
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "_-./@:+,".contains(char);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(path: &str, engine: Option<Engine>) -> Mount {
        Mount { path: path.into(), mount_type: if engine.is_some() { "kv" } else { "pki" }.into(), engine }
    }

    fn names(list: &str) -> Vec<String> {
        list.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_nearest_names_of_the_folder_are_named_as_far_as_they_may_be_read() {
        for (engine, path, folder, listed, hint) in [
            (Engine::V2, "kv/data/team/ap", "kv/metadata/team/", "app other", Some("did you mean `kv/data/team/app`?")),
            (Engine::V2, "kv/data/ap", "kv/metadata/", "app", Some("did you mean `kv/data/app`?")),
            (Engine::V1, "kv/team/App", "kv/team/", "app apps", Some("near it are `kv/team/app`, `kv/team/apps`")),
            (Engine::V1, "kv/team/ap", "kv/team/", "app secret-app", Some("did you mean `kv/team/app`?")),
            (
                Engine::V2,
                "kv/data/team",
                "kv/metadata/",
                "team/ x",
                Some("`kv/data/team` is a folder: name a secret in it"),
            ),
            (Engine::V2, "kv/data/ap", "kv/metadata/", "other app/", None),
        ] {
            let (mount, names) = (mount("kv/", Some(engine)), names(listed));
            let found = Folder::of(&mount, path).unwrap();
            assert_eq!(found.listing, folder, "{path}");
            assert_eq!(found.hint(&names, |_| true).as_deref(), hint, "{path} {listed}");
            assert!(found.hint(&names, |_| false).is_none_or(|hint| hint.contains("folder")), "{path} {listed}");
        }
        assert_eq!(Folder::of(&mount("pki/", None), "pki/issue"), None);
        assert_eq!(Folder::of(&mount("kv/", Some(Engine::V2)), "kv/metadata/app"), None);
    }

    #[test]
    fn a_mistyped_mount_is_corrected_where_the_new_path_may_be_read() {
        let mounts = [mount("secret/", Some(Engine::V2)), mount("team/kv/", Some(Engine::V2)), mount("x/", None)];
        for (path, near) in [
            ("secrets/data/app", "; did you mean `secret/data/app`?"),
            ("team/vk/data/app", "; did you mean `team/kv/data/app`?"),
            ("nothing/like/it", ""),
            ("secrets", ""),
        ] {
            let first = path.split('/').next().unwrap();
            let expected = format!("no engine is mounted at `{first}/`{near}");
            assert_eq!(unknown_mount(("", path), &mounts, |_, _| true), expected);
            assert!(!unknown_mount(("", path), &mounts, |_, _| false).contains("mean"));
        }
    }

    #[test]
    fn what_is_no_path_of_vaults_is_respelt() {
        for (path, hint) in [
            ("v1/secret/data/app", Some("`secret/data/app`")),
            ("secret/data/app?version=7", Some("`<path:secret/data/app#KEY#7>`")),
            ("secret/data/app?list=true", Some("`secret/data/app`")),
            ("secret/v1/app", None),
        ] {
            assert_eq!(misspelt(path).is_some(), hint.is_some(), "{path}");
            assert!(misspelt(path).unwrap_or_default().contains(hint.unwrap_or_default()), "{path}");
        }
        let (v1, v2) = (mount("kv/", Some(Engine::V1)), mount("kv/", Some(Engine::V2)));
        assert!(needless_data(&v1, "kv/data/app").is_some_and(|hint| hint.ends_with("`kv/app`")));
        assert_eq!(needless_data(&v2, "kv/data/app").or(needless_data(&v1, "kv/app")), None);
    }

    #[test]
    fn the_command_is_one_that_a_shell_takes() {
        let version = Version::new("3");
        for (engine, path, version, namespace, command_line) in [
            (Some(Engine::V2), "kv/data/team/app", None, None, "vault kv get -mount=kv team/app"),
            (
                Some(Engine::V2),
                "kv/data/a b",
                Some(&version),
                Some("t"),
                "vault kv get -namespace=t -version=3 -mount=kv 'a b'",
            ),
            (Some(Engine::V1), "kv/data/it's", None, None, r"vault kv get -mount=kv 'data/it'\''s'"),
            (None, "kv/issue/x", None, Some("t"), "vault read -namespace=t kv/issue/x"),
        ] {
            assert_eq!(
                command(&mount("kv/", engine), path, version, namespace),
                format!("`{command_line}` asks the same")
            );
        }
    }
}
