//! Who has read what: in Vault's own audit log, and in the one that `AVP_AUDIT` names.

mod headers;
