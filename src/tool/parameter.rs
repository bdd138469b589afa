//! Argo CD's parameters (`spec.source.plugin.parameters`): a table of those that a chart takes, read from
//! `ARGOCD_APP_PARAMETERS`, announced to Argo CD's UI by `announce.rs`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Errors, Kind};
use crate::words::{list, suggestion};

/// The variable that holds them.
pub(super) const VARIABLE: &str = "ARGOCD_APP_PARAMETERS";

/// One parameter of a chart.
#[derive(Debug)]
pub(super) struct ParameterRow {
    /// Its name in the Application.
    pub(super) name: &'static str,
    /// Its name in the UI.
    pub(super) title: &'static str,
    /// Its description in the UI.
    pub(super) tooltip: &'static str,
    /// The form of its value.
    pub(super) form: Form,
}

/// The form of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One text.
    Text,
    /// Texts.
    Array,
    /// Texts by name.
    Map,
}

/// The parameters of a chart.
pub(super) const PARAMETERS: &[ParameterRow] = &[
    ParameterRow {
        name: "release-name",
        title: "Release name",
        tooltip: "the Application's name unless set",
        form: Form::Text,
    },
    ParameterRow { name: "values-files", title: "Values files", tooltip: "files of the repository", form: Form::Array },
    ParameterRow { name: "values", title: "Values", tooltip: "YAML, after the values files", form: Form::Text },
    ParameterRow {
        name: "helm-parameters",
        title: "Helm parameters",
        tooltip: "single values, as helm's `--set` has them",
        form: Form::Map,
    },
];

/// The parameters that an Application sets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    /// The release's name.
    pub(super) release_name: Option<String>,
    /// Values files, in order.
    pub(super) values_files: Vec<String>,
    /// Values as YAML.
    pub(super) values: Option<String>,
    /// Single values.
    pub(super) set: Vec<(String, String)>,
}

/// A parameter as Argo CD writes it.
#[derive(Deserialize)]
struct Parameter {
    #[serde(default)]
    name: String,
    string: Option<String>,
    array: Option<Vec<String>>,
    map: Option<BTreeMap<String, String>>,
}

/// Whether the variable holds a parameter.
pub(super) fn is_set(variables: &BTreeMap<String, String>) -> bool {
    variables.get(VARIABLE).is_some_and(|text| !matches!(text.trim(), "" | "null" | "[]"))
}

/// The parameters that the variable holds. It may be `null` or empty.
pub(super) fn read(variables: &BTreeMap<String, String>, errors: &mut Errors) -> Parameters {
    let mut parameters = Parameters::default();
    let text = variables.get(VARIABLE).map_or("", |text| text.trim());
    if text.is_empty() {
        return parameters;
    }
    match serde_json::from_str::<Option<Vec<Parameter>>>(text) {
        Ok(list) => list.into_iter().flatten().for_each(|parameter| parameters.add(parameter, errors)),
        Err(_) => errors.push(Error::new(Kind::Setting, format!("`{VARIABLE}` is not a JSON list of parameters"))),
    }
    parameters
}

impl Parameters {
    fn add(&mut self, parameter: Parameter, errors: &mut Errors) {
        let Parameter { name, string, array, map } = parameter;
        match (name.as_str(), string, array, map) {
            ("release-name", Some(text), None, None) => self.release_name = Some(text).filter(|text| !text.is_empty()),
            ("values-files", None, Some(files), None) => self.values_files.extend(files),
            ("values", Some(text), None, None) => self.values = Some(text),
            ("helm-parameters", None, None, Some(map)) => self.set.extend(map),
            // The UI leaves an emptied parameter behind without anything in it.
            (name, None, None, None) if find(name).is_some() => {}
            (name, ..) => errors.push(wrong(name)),
        }
    }
}

/// The error of an unknown parameter, or of one with another form.
fn wrong(name: &str) -> Error {
    if let Some(row) = find(name) {
        let form = match row.form {
            Form::Text => "string",
            Form::Array => "array",
            Form::Map => "map",
        };
        return Error::new(Kind::Setting, format!("the parameter `{name}` takes `{form}:` and nothing else"));
    }
    let spelling = name.to_ascii_lowercase().replace('_', "-");
    let error = Error::new(Kind::Setting, format!("`{name}` is not a parameter of a chart"));
    error.hint(match suggestion::by_edits(&spelling, PARAMETERS.iter().map(|row| row.name), 2) {
        Some(near) => suggestion::did_you_mean(near),
        None => format!("there are {}", list::quoted(PARAMETERS.iter().map(|row| row.name))),
    })
}

fn find(name: &str) -> Option<&'static ParameterRow> {
    PARAMETERS.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(text: &str) -> (Parameters, Vec<String>) {
        let mut errors = Errors::new();
        let parameters = read(&[(VARIABLE.to_owned(), text.to_owned())].into(), &mut errors);
        (parameters, errors.iter().map(|error| error.detail.clone()).collect())
    }

    #[test]
    fn parameters_are_as_argo_cd_writes_them() {
        let text = r#"[{"name":"release-name","string":"web"},{"array":["a.yaml","b.yaml"],"name":"values-files"},
            {"name":"values","string":"a: \u003cpath:x#y\u003e\n"},{"map":{"b":"1","a.b":"x,y"},"name":"helm-parameters"}]"#;
        let expected = Parameters {
            release_name: Some("web".to_owned()),
            values_files: vec!["a.yaml".to_owned(), "b.yaml".to_owned()],
            values: Some("a: <path:x#y>\n".to_owned()),
            set: vec![("a.b".to_owned(), "x,y".to_owned()), ("b".to_owned(), "1".to_owned())],
        };
        assert_eq!(parameters(text), (expected, vec![]));
        for none in ["null", "", "[]", " null\n", r#"[{"name":"values"}]"#] {
            assert_eq!(parameters(none), (Parameters::default(), vec![]), "{none}");
        }
    }

    #[test]
    fn what_is_no_parameter_is_an_error() {
        for (text, error) in [
            (r#"[{"name":"value-files","array":["a"]}]"#, "`value-files` is not a parameter of a chart"),
            (r#"[{"string":"x"}]"#, "`` is not a parameter of a chart"),
            (
                r#"[{"name":"values-files","string":"a"}]"#,
                "the parameter `values-files` takes `array:` and nothing else",
            ),
            (r#"[{"name":"values","string":"a","map":{}}]"#, "the parameter `values` takes `string:` and nothing else"),
            ("{}", "`ARGOCD_APP_PARAMETERS` is not a JSON list of parameters"),
            ("[1]", "`ARGOCD_APP_PARAMETERS` is not a JSON list of parameters"),
        ] {
            assert_eq!(parameters(text), (Parameters::default(), vec![error.to_owned()]), "{text}");
        }
    }

    #[test]
    fn every_parameter_is_known_to_the_reader() {
        for row in PARAMETERS {
            let value = match row.form {
                Form::Text => r#""string":"x""#,
                Form::Array => r#""array":["x"]"#,
                Form::Map => r#""map":{"x":"y"}"#,
            };
            let (read, errors) = parameters(&format!(r#"[{{"name":"{}",{value}}}]"#, row.name));
            assert!(errors.is_empty() && read != Parameters::default(), "{}: {errors:?}", row.name);
        }
    }
}
