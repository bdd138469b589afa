//! A real OpenLDAP with one user in one group.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use super::process::{Process, free_port, home, retry};

/// A running slapd.
pub(crate) struct Directory {
    /// `ldap://127.0.0.1:PORT`.
    pub(crate) address: String,
    _process: Process,
}

impl Directory {
    pub(crate) const SUFFIX: &'static str = "dc=example,dc=com";
    pub(crate) const ADMIN_PASSWORD: &'static str = "directory-password";
    /// Of the user `ann`, who is in the group `devs`.
    pub(crate) const PASSWORD: &'static str = "correct-horse";

    pub(super) fn start(binary: &Path) -> Self {
        retry(|| Self::try_start(binary))
    }

    fn try_start(binary: &Path) -> Result<Self, String> {
        let (home, port) = (home("slapd"), free_port());
        let files = binary.parent().and_then(Path::parent).expect("target/servers").join("slapd");
        let (config, entries) = (home.join("slapd.conf"), home.join("init.ldif"));
        fs::create_dir(home.join("db")).expect("a folder");
        fs::write(&config, settings(&files, &home)).expect("written");
        fs::write(&entries, ldif()).expect("written");
        let add =
            Command::new(binary).args(["-Tadd", "-f"]).arg(&config).arg("-l").arg(&entries).output().expect("slapd");
        assert!(add.status.success(), "{}", String::from_utf8_lossy(&add.stderr));
        let address = format!("ldap://127.0.0.1:{port}");
        let arguments =
            ["-f".into(), config.display().to_string(), "-h".into(), address.clone(), "-d".into(), "0".into()];
        let process = Process::start("slapd", &home, binary, &arguments);
        process.wait(|| TcpStream::connect(("127.0.0.1", port)).ok())?;
        Ok(Self { address, _process: process })
    }
}

fn settings(files: &Path, home: &Path) -> String {
    let (root, home) = (files.display(), home.display());
    let schemas =
        ["core", "cosine", "inetorgperson"].map(|name| format!("include {root}/etc/ldap/schema/{name}.schema\n"));
    format!(
        "{}modulepath {root}/usr/lib/ldap\nmoduleload back_mdb\ndatabase mdb\nsuffix \"{suffix}\"\nrootdn \"cn=admin,{suffix}\"\n\
         rootpw {password}\ndirectory {home}/db\n",
        schemas.concat(),
        suffix = Directory::SUFFIX,
        password = Directory::ADMIN_PASSWORD,
    )
}

fn ldif() -> String {
    let unit =
        |name: &str| format!("dn: ou={name},{0}\nobjectClass: organizationalUnit\nou: {name}\n\n", Directory::SUFFIX);
    format!(
        "dn: {suffix}\nobjectClass: dcObject\nobjectClass: organization\no: example\ndc: example\n\n{}{}\
         dn: uid=ann,ou=people,{suffix}\nobjectClass: inetOrgPerson\nuid: ann\ncn: Ann\nsn: Ann\nuserPassword: {password}\n\n\
         dn: cn=devs,ou=groups,{suffix}\nobjectClass: groupOfNames\ncn: devs\nmember: uid=ann,ou=people,{suffix}\n",
        unit("people"),
        unit("groups"),
        suffix = Directory::SUFFIX,
        password = Directory::PASSWORD,
    )
}
