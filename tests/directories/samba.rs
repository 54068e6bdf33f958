//! A Samba Active Directory domain controller on an address of its own: its LDAP ports are fixed in its source. It needs
//! root.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::domain_export::{self, Domain};
use crate::step::Steps;
use crate::support::{Served, run};
use crate::{certificate, installed, modify, which};

const ADDRESS: &str = "127.0.0.42";
const PASSWORD: &str = "Invented-Pass-42";
const ADMINISTRATOR: &str = "Administrator@ad.example.com";
const BASE: &str = "OU=People,DC=ad,DC=example,DC=com";

struct Samba {
    child: Child,
    /// Removed with the server.
    folder: TempDir,
}

impl Samba {
    /// A new domain, served. Nothing if the server is not installed.
    fn start() -> Option<Self> {
        if !installed("Samba", &["samba", "samba-tool", "ldapmodify", "ldapsearch"]) {
            return None;
        }
        // Sockets have short paths.
        let own_folder = tempfile::Builder::new().prefix("dc").rand_bytes(6).tempdir().expect("a folder can be made");
        let folder = own_folder.path();
        let text = folder.to_str().expect("the path is text");
        let provisioned = Command::new("samba-tool")
            .args(["domain", "provision", "--realm=AD.EXAMPLE.COM", "--domain=AD", "--server-role=dc"])
            .args(["--dns-backend=NONE", "--option=bind interfaces only=yes", "--option=vfs objects="])
            .arg(format!("--option=interfaces={ADDRESS}/8"))
            .arg(format!("--host-ip={ADDRESS}"))
            .arg(format!("--adminpass={PASSWORD}"))
            .arg(format!("--targetdir={text}"))
            .output()
            .expect("samba-tool starts");
        assert!(provisioned.status.success(), "{}", String::from_utf8_lossy(&provisioned.stderr));
        let (certificate, key) = certificate(ADDRESS);
        let tls = folder.join("private/tls");
        std::fs::create_dir_all(&tls).expect("a folder can be made");
        for (name, pem) in [("cert.pem", &certificate), ("ca.pem", &certificate), ("key.pem", &key)] {
            write_secret(&tls.join(name), pem);
        }
        let file = folder.join("etc/smb.conf");
        let conf = std::fs::read_to_string(&file).expect("the configuration was made");
        // The distribution's own configuration may have added sections of shares, in which nothing global counts.
        let global = conf.split_once("[global]").expect("it has a global section").1;
        let global = global.split("\n[").next().expect("there is something before the next section");
        let global: Vec<&str> = global.lines().filter(|line| !line.contains("server services")).collect();
        let own = format!(
            "\tserver services = ldap\n\tpid directory = {text}/run\n\tncalrpc dir = {text}/run/ncalrpc\n\tlog file = {text}/log\n\ttls enabled = yes\n\ttls keyfile = {text}/private/tls/key.pem\n\ttls certfile = {text}/private/tls/cert.pem\n\ttls cafile = {text}/private/tls/ca.pem\n"
        );
        std::fs::create_dir_all(folder.join("run")).expect("a folder can be made");
        std::fs::write(&file, format!("[global]{}\n{own}", global.join("\n")))
            .expect("the configuration can be written");
        let child = Command::new(which("samba").expect("it is installed"))
            .args(["-F", "--no-process-group", "-s"])
            .arg(&file)
            // With a pipe as input it would end at the input's end.
            .stdin(Stdio::null())
            .arg("--debug-stdout")
            .stdout(std::fs::File::create(folder.join("said")).expect("the file can be made"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("samba starts");
        let samba = Self { child, folder: own_folder };
        samba.wait();
        Some(samba)
    }

    /// Until it answers a bind.
    fn wait(&self) {
        for _ in 0..600 {
            let asked = Command::new("ldapsearch")
                .env("LDAPTLS_REQCERT", "never")
                .args(["-x", "-o", "nettimeout=1", "-H", &format!("ldaps://{ADDRESS}"), "-D", ADMINISTRATOR])
                .args(["-w", PASSWORD, "-b", "", "-s", "base", "1.1"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if asked.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::yield_now();
        }
        let said = std::fs::read_to_string(self.folder.path().join("said")).unwrap_or_default();
        panic!("samba does not answer; it needs root, and {ADDRESS} free:\n{said}");
    }

    fn modify(ldif: &str) {
        modify(&["-x", "-H", &format!("ldaps://{ADDRESS}"), "-D", ADMINISTRATOR, "-w", PASSWORD], ldif);
    }

    fn authority(&self) -> String {
        self.folder.path().join("private/tls/ca.pem").to_str().expect("the path is text").to_owned()
    }
}

fn write_secret(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).expect("the file can be written");
    // Samba refuses a key that others may read.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("permissions can be set");
}

impl Drop for Samba {
    fn drop(&mut self) {
        // Its children end with it when it is asked to end.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        // They write into the folder until they end, and each holds the pipe open as long.
        if let Some(mut errors) = self.child.stderr.take() {
            let _ = errors.read_to_end(&mut Vec::new());
        }
    }
}

fn person(name: &str, surname: &str) -> String {
    format!(
        "dn: CN={name} {surname},{BASE}\nchangetype: add\nobjectClass: user\nsAMAccountName: {}\ngivenName: {name}\nsn: {surname}\nuserAccountControl: 544\n\n",
        name.to_lowercase()
    )
}

fn group(name: &str, members: &[&str]) -> String {
    let members: Vec<String> = members.iter().map(|member| format!("member: CN={member},{BASE}\n")).collect();
    format!(
        "dn: CN={name},{BASE}\nchangetype: add\nobjectClass: group\nsAMAccountName: {}\n{}\n",
        name.to_lowercase(),
        members.concat()
    )
}

fn change(name: &str, text: &str) -> String {
    format!("dn: CN={name},{BASE}\nchangetype: {text}\n\n")
}

#[test]
fn a_domain_controller_is_provisioned_step_by_step() {
    let Some(samba) = Samba::start() else { return };
    Samba::modify(
        &[
            format!("dn: {BASE}\nchangetype: add\nobjectClass: organizationalUnit\n\n"),
            person("Ada", "Lovelace"),
            person("Grace", "Hopper"),
            person("Alan", "Turing"),
            group("Core", &["Ada Lovelace"]),
            group("Everybody", &["Core", "Grace Hopper"]),
        ]
        .concat(),
    );
    let served = Served::start(&["--target", "aquera"]);
    let (url, authority) = (format!("ldaps://{ADDRESS}"), samba.authority());
    let reach =
        ["--source", &url, "--source-ca", &authority, "--directory", "active-directory", "--bind-dn", ADMINISTRATOR];

    let mut steps = Steps::start(&served, PASSWORD, &[&reach[..], &["--base-dn", BASE]].concat());
    // A joiner and a mover, whose name changes with her.
    Samba::modify(
        &[
            person("Edith", "Clarke"),
            change("Ada Lovelace", "modrdn\nnewrdn: CN=Ada King\ndeleteoldrdn: 1"),
            change("Ada King", "modify\nreplace: sn\nsn: King"),
        ]
        .concat(),
    );
    steps.next();
    Samba::modify(&change("Grace Hopper", "modify\nreplace: userAccountControl\nuserAccountControl: 546"));
    steps.next();
    Samba::modify(&change("Alan Turing", "delete"));
    steps.next();
    steps.next();
    let (status, cycles, output) = steps.finish();
    assert_eq!(status, Some(0), "{output}");
    assert_eq!(
        cycles,
        [
            "users: created 3; groups: created 2, members changed 2",
            "users: created 1, updated 1",
            "users: disabled 1",
            "users: disabled 1",
            "",
        ],
        "{output}"
    );
    assert!(output.ends_with("0                 0       2\n"), "the last cycle finds groups unchanged: {output}");
    assert!(output.contains("users   1         1        0         0                 0       3\n"), "{output}");

    // Members of one group, and of the groups in it; StartTLS instead of LDAPS.
    let plain = format!("ldap://{ADDRESS}");
    let everybody = format!("CN=Everybody,{BASE}");
    let arguments = [
        "--source",
        &plain,
        "--starttls",
        "--source-ca",
        &authority,
        "--directory",
        "active-directory",
        "--bind-dn",
        ADMINISTRATOR,
        "--base-dn",
        BASE,
        "--user-group-dn",
        &everybody,
        "--nested",
        "--member-of-attribute",
        "memberOf",
    ];
    let served = Served::start(&["--target", "aquera"]);
    let mut steps = Steps::start(&served, PASSWORD, &[&arguments[..], &["--provision-disabled-users"]].concat());
    Samba::modify(&change("Core", &format!("modify\nadd: member\nmember: CN=Edith Clarke,{BASE}")));
    steps.next();
    let (status, cycles, output) = steps.finish();
    assert_eq!(status, Some(0), "{output}");
    assert_eq!(
        cycles,
        ["users: created 2; groups: created 2, members changed 2", "users: created 1; groups: members changed 1",],
        "{output}"
    );

    Samba::modify(&domain_export::entries());
    let domain = Domain {
        url: &url,
        authority: &authority,
        user: ADMINISTRATOR,
        password: PASSWORD,
        folder: samba.folder.path(),
    };
    domain_export::gives_the_same_requests(&domain);
    domain_export::gives_the_same_people(&domain);

    wrong_answers_say_what_to_change(&url, &plain, &authority);
}

/// What a person meets who gives something wrong.
fn wrong_answers_say_what_to_change(url: &str, plain: &str, authority: &str) {
    let wrong = |arguments: &[&str]| {
        let ran = run(&[
            &["provision", "--dry-run", "--directory", "active-directory", "--bind-dn", ADMINISTRATOR],
            arguments,
        ]
        .concat());
        assert_eq!(ran.stdout, "", "{}", ran.stderr);
        (ran.status, ran.stderr)
    };
    let (status, said) = wrong(&["--source", url, "--base-dn", BASE, "--bind-password", PASSWORD]);
    assert!(status == 3 && said.contains("--source-ca"), "{said}");
    let reach = ["--source", url, "--source-ca", authority];
    let (status, said) = wrong(&[&reach[..], &["--base-dn", BASE, "--bind-password", "wrong"]].concat());
    assert!(status == 3 && said.contains("invalidCredentials") && said.contains("--bind-password"), "{said}");
    let (status, said) =
        wrong(&[&reach[..], &["--base-dn", "OU=No,DC=ad,DC=example,DC=com", "--bind-password", PASSWORD]].concat());
    assert!(status == 2 && said.contains("check --base-dn"), "{said}");
    let (status, said) = wrong(&["--source", plain, "--base-dn", BASE, "--bind-password", PASSWORD]);
    assert!(status == 3 && said.contains("--starttls"), "{said}");
}
