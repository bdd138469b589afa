//! Where a setting's value comes from, and who answers for it. Knows no setting.

use std::fmt;

/// The source of a value, highest precedence first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag, e.g. `--secrets`.
    Flag(&'static str),
    /// `ARGOCD_ENV_X`: whoever may edit the Application.
    Tenant,
    /// A KRM function's configuration: whoever may edit the repository.
    Function,
    /// The environment.
    Environment,
    /// The file that `-c` names.
    File {
        /// The path, as the user wrote it.
        path: String,
        /// Whether it is the repository's.
        is_tenants: bool,
    },
    /// The Kubernetes Secret that `-s` names, as `namespace:name`.
    Secret(String),
    /// A file below the user's home that holds nothing but the value, such as Vault's own `~/.vault-token`.
    HomeFile(&'static str),
    /// A login of the operator's policy file, as the file names it.
    Policy(String),
    /// Nobody set it.
    Default,
}

/// Who answers for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Who runs the renderer.
    Operator,
    /// Who may edit an Application or its repository.
    Tenant,
}

impl Origin {
    /// Who answers for what comes from here.
    pub fn authority(&self) -> Authority {
        match self {
            Self::Tenant | Self::Function | Self::File { is_tenants: true, .. } => Authority::Tenant,
            _ => Authority::Operator,
        }
    }

    /// How a user finds the setting here: `` `ARGOCD_ENV_VAULT_ADDR` ``, `` `VAULT_ADDR` in `avp.yaml` ``.
    pub fn locate(&self, name: &str) -> String {
        match self {
            Self::Flag(flag) => format!("`{flag}`"),
            Self::Tenant => format!("`ARGOCD_ENV_{name}`"),
            Self::Function => format!("`{name}` of the functionConfig"),
            other => format!("`{name}` ({other})"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag `{flag}`"),
            Self::Tenant => write!(f, "`ARGOCD_ENV_` (tenant)"),
            Self::Function => write!(f, "functionConfig (tenant)"),
            Self::Environment => write!(f, "environment"),
            Self::File { path, is_tenants: false } => write!(f, "file `{path}`"),
            Self::File { path, is_tenants: true } => write!(f, "file `{path}` of the repository (tenant)"),
            Self::Secret(name) => write!(f, "Secret `{name}`"),
            Self::HomeFile(file) => write!(f, "`~/{file}`"),
            Self::Policy(login) => write!(f, "{login} of the policy file"),
            Self::Default => write!(f, "default"),
        }
    }
}
