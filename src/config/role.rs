//! The roles of settings in the tenant rules. Knows no setting by name.

/// The role of a setting in the tenant rules (`trust.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The address that a credential travels to.
    Address,
    /// A namespace or mount at that address.
    Mount,
    /// A proof of who asks, or its name.
    Credential,
    /// A credential that TLS shows to an address, below every login: namespaces, mounts and logins do not concern it.
    TlsKey,
    /// A restriction: only the operator may choose it, and its default counts as set.
    Narrowing,
    /// A limit: where the operator has set one, tenants may only tighten it; else they choose.
    Limit(Tighter),
    /// A limit whose default counts as set.
    Ceiling(Tighter),
    /// The name for which the credential of the same login speaks.
    Identity,
    /// A choice that tenants always have: it restricts nothing.
    Free,
    /// The authorities and names that TLS accepts for the address. Tenants choose it as an address, and not at all where the operator has
    /// set one of them.
    Verification,
    /// The path of a file or folder.
    File,
    /// The choice of a store or a login.
    Login,
}

/// Which of two values of a limit is the tighter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tighter {
    /// The smaller number.
    Fewer,
    /// The shorter duration; `0` is for ever, so the loosest.
    Shorter,
    /// The lower rate with the smaller burst.
    Slower,
    /// The switch that is on.
    On,
}
