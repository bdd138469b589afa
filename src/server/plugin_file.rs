//! The plugin's definition as Argo CD's own server reads it, `plugin.yaml`: what of it we do as well, and what is refused. Pure.

use serde::Deserialize;

use super::discovery::Discovery;
use super::message::ParameterAnnouncement;
use super::plugin_name::PluginName;
use crate::budget::Budget;
use crate::error::{Error, Errors, Kind};
use crate::{migrate, yaml};

/// A definition.
#[derive(Debug, Default)]
pub(crate) struct PluginFile {
    /// The plugin's name.
    pub(crate) name: PluginName,
    /// How applications are found.
    pub(crate) discovery: Discovery,
    /// The words of our command that renders.
    pub(crate) command: Vec<String>,
    /// What is offered to set.
    pub(crate) parameters: Parameters,
}

/// The parameters that a plugin announces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    /// Whether those of a chart are among them.
    pub(crate) are_of_chart: bool,
    /// Those that are the same for every application.
    pub(crate) fixed: Vec<ParameterAnnouncement>,
}

/// The file's kind.
const KIND: &str = "ConfigManagementPlugin";

/// The way out for whoever has a command that only Argo CD's server can run.
const OTHERWISE: &str = "Argo CD's own `argocd-cmp-server` runs any command: see docs/argocd.md";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Definition {
    kind: String,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    version: String,
    init: Command,
    generate: Command,
    discover: Discover,
    parameters: DefinedParameters,
    provide_git_creds: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Command {
    command: Vec<String>,
    args: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Discover {
    file_name: String,
    find: Find,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Find {
    glob: String,
    command: Vec<String>,
    args: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DefinedParameters {
    r#static: Vec<ParameterAnnouncement>,
    dynamic: Command,
}

impl Parameters {
    /// Those of a chart alone.
    pub(crate) fn of_chart() -> Self {
        Self { are_of_chart: true, fixed: Vec::new() }
    }
}

impl PluginFile {
    /// Reads a definition. Unknown fields are passed over, as Argo CD does.
    pub(crate) fn parse(text: &str) -> Result<Self, Errors> {
        let Definition { kind, metadata, spec } = parse(text)?;
        let mut errors = Errors::new();
        if kind != KIND {
            errors.push(wrong(format!("`kind` is `{kind}` instead of `{KIND}`")));
        }
        if spec.provide_git_creds {
            errors.push(
                wrong("`provideGitCreds: true`: helm and kustomize get no Git credentials")
                    .hint("take it out, and bring private bases into the repository"),
            );
        }
        let init = spec.init.words();
        if !init.is_empty() && !migrate::is_needless(&init) {
            errors.push(refused("init", &init, "nothing runs before a folder is read"));
        }
        let generate = spec.generate.words();
        let command = migrate::own_command(&generate).map_err(|reason| refused("generate", &generate, &reason));
        let command = command.map_err(|error| errors.push(error)).unwrap_or_default();
        let discovery = spec.discover.discovery().map_err(|error| errors.push(error)).unwrap_or_default();
        let parameters = spec.parameters.read().map_err(|error| errors.push(error)).unwrap_or_default();
        let version = Some(spec.version).filter(|version| !version.is_empty());
        let name = PluginName { name: metadata.name, version };
        if errors.any() { Err(errors) } else { Ok(Self { name, discovery, command, parameters }) }
    }
}

impl Command {
    fn words(self) -> Vec<String> {
        [self.command, self.args].concat()
    }
}

impl Discover {
    /// The first rule of the three that is there.
    fn discovery(self) -> Result<Discovery, Error> {
        let command = [self.find.command, self.find.args].concat();
        if !self.file_name.is_empty() {
            return Discovery::of_file_name(&self.file_name);
        }
        if !self.find.glob.is_empty() {
            return Discovery::of_glob(&self.find.glob);
        }
        if command.is_empty() {
            return Ok(Discovery::Off);
        }
        if is_ours(&command, "discover") {
            return Ok(Discovery::Renderable);
        }
        let Some(find) = migrate::find(&command) else {
            return Err(refused(
                "discover.find",
                &command,
                "it is neither `vault-render discover` nor a `find` by names",
            )
            .hint("`fileName` and `find.glob` need no command; best of all, each Application names the plugin"));
        };
        Discovery::of_find(&find)
    }
}

impl DefinedParameters {
    fn read(self) -> Result<Parameters, Error> {
        let dynamic = self.dynamic.words();
        let are_of_chart = is_ours(&dynamic, "parameters");
        if !dynamic.is_empty() && !are_of_chart {
            return Err(refused("parameters.dynamic", &dynamic, "it is not `vault-render parameters`"));
        }
        Ok(Parameters { are_of_chart, fixed: self.r#static })
    }
}

/// Whether a command is one of ours without anything behind it.
fn is_ours(words: &[String], command: &str) -> bool {
    migrate::own_words(words).is_some_and(|words| words[1..] == [command])
}

fn parse(text: &str) -> Result<Definition, Error> {
    let value = yaml::parse(text, &Budget::default()).map_err(|error| wrong("it is not YAML").cause(error))?;
    let json = value.to_json().map_err(|_| wrong("it is not JSON's kind of YAML"))?;
    serde_json::from_str(&json).map_err(|error| wrong("a field has the wrong type").cause(error.to_string()))
}

fn wrong(detail: impl std::fmt::Display) -> Error {
    Error::new(Kind::Setting, format!("the plugin's definition: {detail}"))
}

/// A command that we do not run.
fn refused(field: &str, words: &[String], reason: &str) -> Error {
    wrong(format!("`{field}` runs `{}`, which is not understood", words.join(" "))).cause(reason).hint(OTHERWISE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(spec: &str) -> String {
        format!("kind: {KIND}\nmetadata: {{name: avp}}\nspec:\n  {spec}\n")
    }

    const GENERATE: &str = "generate: {command: [vault-render, build, ., --strict]}";

    #[test]
    fn our_own_definitions_are_read() {
        for (text, is_on) in [
            (include_str!("../../plugin.yaml"), false),
            (include_str!("../../deploy/argocd/discover/plugin.yaml"), true),
        ] {
            let file = PluginFile::parse(text).unwrap();
            assert_eq!(file.name, PluginName { name: "vault-render".to_owned(), version: None });
            assert_eq!(file.command, ["vault-render", "build", ".", "--strict"]);
            assert_eq!((file.discovery.is_on(), file.parameters.are_of_chart), (is_on, true));
        }
    }

    #[test]
    fn a_definition_s_name_discovery_and_fixed_parameters_are_taken() {
        let file = PluginFile::parse(&definition(&format!(
            "version: v1.0\n  lockRepo: true\n  preserveFileMode: true\n  init: {{command: [sh, -c], args: [helm dependency build]}}\n  {GENERATE}\n  \
             discover: {{fileName: ./s*.yaml, find: {{command: [cat]}}}}\n  \
             parameters: {{static: [{{name: a, title: A, itemType: string, collectionType: map, map: {{x: z}}, array: [b], string: c, required: true}}]}}"
        )))
        .unwrap();
        assert_eq!(file.name, PluginName { name: "avp".to_owned(), version: Some("v1.0".to_owned()) });
        assert!(matches!(file.discovery, Discovery::Path(_)));
        let [parameter] = &file.parameters.fixed[..] else { panic!("{:?}", file.parameters) };
        assert_eq!((&*parameter.collection_type, &*parameter.map["x"], parameter.required), ("map", "z", true));
        assert_eq!((&parameter.array[..], &*parameter.string), (&["b".to_owned()][..], "c"));
    }

    #[test]
    fn what_only_argo_cd_s_own_server_can_do_is_refused_with_the_reason() {
        for (spec, expected) in [
            ("generate: {command: [cat, a.yaml]}", "`generate` runs `cat a.yaml`"),
            ("version: v1", "`generate` runs ``"),
            (&format!("{GENERATE}\n  init: {{command: [make]}}"), "`init` runs `make`"),
            (&format!("{GENERATE}\n  provideGitCreds: true"), "`provideGitCreds: true`"),
            (&format!("{GENERATE}\n  discover: {{find: {{command: [ls]}}}}"), "`discover.find` runs `ls`"),
            (&format!("{GENERATE}\n  discover: {{fileName: ../a}}"), "`../a` in `discover`"),
            (
                &format!("{GENERATE}\n  parameters: {{dynamic: {{command: [cat, p.json]}}}}"),
                "`parameters.dynamic` runs",
            ),
            ("generate: [vault-render]", "a field has the wrong type"),
        ] {
            let errors = PluginFile::parse(&definition(spec)).unwrap_err();
            let text: Vec<String> = errors.iter().map(Error::in_one_line).collect();
            assert!(text.join("\n").contains(expected), "{spec}: {text:?}");
        }
        assert!(PluginFile::parse("kind: Pod\nspec: {generate: {command: [vault-render, build]}}").is_err());
    }
}
