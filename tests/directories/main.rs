//! Whole cycles from real directory servers, through the built binary: OpenLDAP's slapd and a Samba domain controller.
//!
//! A server that is not installed is skipped by name, unless `WEIR_REQUIRE_REAL` is set.

#[path = "../support/gate.rs"]
mod gate;
#[path = "../support/mod.rs"]
mod support;

mod domain_export;
mod samba;
mod same_answers;
mod slapd;
mod step;

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Whether the programs are there; says so if not.
fn installed(server: &str, programs: &[&str]) -> bool {
    let missing: Vec<&&str> = programs.iter().filter(|program| which(program).is_none()).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("WEIR_REQUIRE_REAL").is_none(), "WEIR_REQUIRE_REAL is set, but there is no {missing:?}");
    eprintln!("skipped: {server} is not installed, there is no {missing:?}");
    false
}

fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Changes a directory with the tools of OpenLDAP, as an administrator would. A server that has answered once may still be
/// starting the process that answers next: where nobody can be contacted nothing was changed, so it is asked again.
fn modify(arguments: &[&str], ldif: &str) {
    use std::io::Write as _;
    /// How the tools end when nobody answers.
    const NO_CONTACT: i32 = 255;
    let once = || {
        let mut child = Command::new("ldapmodify")
            .env("LDAPTLS_REQCERT", "never")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("ldapmodify starts");
        // It may end before it has read everything, and says why by its status.
        let _ = child.stdin.take().expect("stdin is piped").write_all(ldif.as_bytes());
        child.wait().expect("it ends").code()
    };
    let status = (0..100).map(|_| once()).find(|status| *status != Some(NO_CONTACT));
    assert_eq!(status, Some(Some(0)), "ldapmodify refuses:\n{ldif}");
}

/// A certificate for an address, and its key, as PEM.
fn certificate(address: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed(vec![address.to_owned()]).expect("a certificate can be made");
    (made.cert.pem(), made.signing_key.serialize_pem())
}
