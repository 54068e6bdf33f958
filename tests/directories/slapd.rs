//! OpenLDAP's slapd on a free port, with a database of its own.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::step::Steps;
use crate::support::{Ran, Served, run};
use crate::{certificate, installed, modify, which};

pub const BASE: &str = "dc=example,dc=com";
pub const ROOT: &str = "cn=root,dc=example,dc=com";
const LIMITED: &str = "cn=limited,dc=example,dc=com";
pub const PASSWORD: &str = "invented";

pub struct Slapd {
    child: Child,
    /// Removed with the server.
    pub folder: TempDir,
    pub url: String,
}

impl Slapd {
    pub fn start() -> Option<Self> {
        if !installed("slapd", &["slapd", "ldapmodify", "ldapsearch"]) {
            return None;
        }
        let own = tempfile::tempdir().expect("a folder can be made");
        let folder = own.path();
        std::fs::create_dir(folder.join("data")).expect("a folder can be made");
        let text = folder.to_str().expect("the path is text");
        let (certificate, key) = certificate("127.0.0.1");
        std::fs::write(folder.join("cert.pem"), certificate).expect("the file can be written");
        std::fs::write(folder.join("key.pem"), key).expect("the file can be written");
        let conf = format!(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\ninclude /etc/ldap/schema/nis.schema\ninclude /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\nTLSCertificateFile {text}/cert.pem\nTLSCertificateKeyFile {text}/key.pem\nTLSCACertificateFile {text}/cert.pem\npidfile {text}/pid\ndatabase mdb\nsuffix {BASE}\nrootdn {ROOT}\nrootpw {PASSWORD}\ndirectory {text}/data\nindex objectClass,entryUUID,modifyTimestamp eq\nlimits dn.exact=\"{LIMITED}\" size=3 size.prtotal=3\naccess to attrs=userPassword by anonymous auth\naccess to * by * read\n"
        );
        std::fs::write(folder.join("slapd.conf"), conf).expect("the file can be written");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let url = format!("ldap://127.0.0.1:{port}");
        let child = Command::new(which("slapd").expect("it is installed"))
            .args(["-d", "0", "-h", &url, "-f"])
            .arg(folder.join("slapd.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("slapd starts");
        let slapd = Self { child, folder: own, url };
        slapd.wait();
        slapd.modify(&format!(
            "dn: {BASE}\nchangetype: add\nobjectClass: domain\ndc: example\n\ndn: {LIMITED}\nchangetype: add\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: limited\nuserPassword: {PASSWORD}\n\n"
        ));
        Some(slapd)
    }

    fn wait(&self) {
        for _ in 0..600 {
            let asked = Command::new("ldapsearch")
                .args(["-x", "-o", "nettimeout=1", "-H", &self.url, "-b", "", "-s", "base", "1.1"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if asked.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::yield_now();
        }
        panic!("slapd does not answer");
    }

    pub fn modify(&self, ldif: &str) {
        modify(&["-x", "-H", &self.url, "-D", ROOT, "-w", PASSWORD], ldif);
    }

    fn reach(&self) -> [&str; 6] {
        ["--source", &self.url, "--base-dn", BASE, "--bind-dn", ROOT]
    }

    fn once(&self, served: &Served, bind: &str, arguments: &[&str]) -> Ran {
        let reach = ["--source", &self.url, "--base-dn", BASE, "--bind-dn", bind, "--bind-password", PASSWORD];
        let first = ["provision", "--as", "pingfederate-aquera", "--bearer", served.value("bearer")];
        run(&[&first[..], &reach, arguments, &[served.value("URL")]].concat())
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn person(uid: &str) -> String {
    format!(
        "dn: uid={uid},{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: Invented\nmail: {uid}@example.com\n\n"
    )
}

pub fn group(name: &str, members: &[&str]) -> String {
    let members = members.iter().fold(String::new(), |mut text, member| {
        let _ = writeln!(text, "member: {member},{BASE}");
        text
    });
    format!("dn: cn={name},{BASE}\nchangetype: add\nobjectClass: groupOfNames\ncn: {name}\n{members}\n")
}

#[test]
fn openldap_is_provisioned_step_by_step() {
    let Some(slapd) = Slapd::start() else { return };
    let people: String = (0..25).map(|number| person(&format!("p{number}"))).collect();
    slapd.modify(&(people + &group("first", &["uid=p0", "uid=p1"]) + &group("all", &["cn=first", "uid=p2"])));
    let served = Served::start(&["--target", "aquera"]);
    let authority = slapd.folder.path().join("cert.pem");
    let secure = ["--starttls", "--source-ca", authority.to_str().expect("the path is text")];
    // Pages of ten.
    let arguments = [&slapd.reach()[..], &secure, &["--page-size", "10", "--remove-user-action", "delete"]].concat();
    let mut steps = Steps::start(&served, PASSWORD, &arguments);
    slapd.modify(&person("joiner"));
    slapd.modify(&format!("dn: uid=p3,{BASE}\nchangetype: modify\nreplace: mail\nmail: moved@example.com\n\n"));
    steps.next();
    slapd.modify(&format!("dn: uid=p4,{BASE}\nchangetype: delete\n\n"));
    steps.next();
    steps.next();
    let (status, cycles, output) = steps.finish();
    assert_eq!(status, Some(0), "{output}");
    let expected = [
        "users: created 25; groups: created 2, members changed 2",
        "users: created 1, updated 1",
        "users: deleted 1",
        "",
    ];
    assert_eq!(cycles, expected, "{output}");
}

#[test]
fn whoever_is_deleted_under_a_group_dn_is_noticed_when_the_group_changes() {
    let Some(slapd) = Slapd::start() else { return };
    let people: String = ["ada", "grace", "alan", "edith"].map(person).concat();
    // Groups that contain each other, which SCIM endpoints may refuse: only people are provisioned here.
    slapd.modify(&(people + &group("inner", &["uid=ada", "cn=outer"]) + &group("outer", &["cn=inner", "uid=grace"])));
    let served = Served::start(&["--target", "aquera"]);
    let outer = format!("cn=outer,{BASE}");
    let arguments =
        [&slapd.reach()[..], &["--user-group-dn", &outer, "--nested", "--group-filter", "(cn=none)"]].concat();
    let mut steps = Steps::start(&served, PASSWORD, &arguments);
    slapd.modify(&format!("dn: uid=ada,{BASE}\nchangetype: delete\n\n"));
    steps.next();
    slapd.modify(&format!("dn: uid=grace,{BASE}\nchangetype: modify\nreplace: title\ntitle: Admiral\n\n"));
    steps.next();
    slapd.modify(&format!("dn: cn=outer,{BASE}\nchangetype: modify\nadd: member\nmember: uid=edith,{BASE}\n\n"));
    steps.next();
    let (status, cycles, output) = steps.finish();
    assert_eq!(status, Some(0), "{output}");
    assert_eq!(cycles[0], "users: created 2", "{output}");
    assert_eq!(cycles[1], "", "the deletion goes unnoticed: {output}");
    assert_eq!(cycles[2], "users: updated 1", "{output}");
    assert_eq!(cycles[3], "users: created 1, disabled 1", "{output}");
}

#[test]
fn faults_of_entries_are_named_and_counted_and_the_rest_goes_on() {
    let Some(slapd) = Slapd::start() else { return };
    let long = "x".repeat(256);
    slapd.modify(&["ada", "grace", "alan", "edith"].map(person).concat());
    slapd.modify(&format!("dn: uid=alan,{BASE}\nchangetype: modify\nreplace: title\ntitle: {long}\n\n"));
    slapd.modify(&format!(
        "dn: cn=nameless,{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\ncn: nameless\nsn: Invented\n\ndn: cn=twin,{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\ncn: twin\nsn: Invented\nuid: GRACE\n\ndn: ou=elsewhere,{BASE}\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://other.example.com/ou=elsewhere,{BASE}\n\n"
    ));
    let served = Served::start(&["--target", "aquera"]);
    let ran = slapd.once(&served, ROOT, &[]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    for said in [
        "users: created 3",
        "uid=alan,dc=example,dc=com, field title: ",
        "255 characters",
        "cn=nameless,dc=example,dc=com, field userName: ",
        "cn=twin,dc=example,dc=com, field userName: another entry",
        "ldap://other.example.com/ou=elsewhere",
        "field referral: ",
    ] {
        assert!(ran.stdout.contains(said), "{said}:\n{}", ran.stdout);
    }

    // A directory that stops half-way: those it sent are provisioned, and nobody counts as a leaver.
    let served = Served::start(&["--target", "aquera"]);
    let ran = slapd.once(&served, LIMITED, &[]);
    assert_eq!(ran.status, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("sizeLimitExceeded"), "{}", ran.stdout);
    assert!(ran.stdout.contains("this cycle treats no user as a leaver and no group as deleted"), "{}", ran.stdout);
}

#[test]
fn an_entry_without_guid_is_known_by_its_name_with_a_warning() {
    let Some(slapd) = Slapd::start() else { return };
    slapd.modify(&person("ada"));
    let served = Served::start(&["--target", "aquera"]);
    let ran = slapd.once(&served, ROOT, &["--guid-attribute", "employeeNumber"]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("1 entry has no employeeNumber, it is uid=ada,dc=example,dc=com: its name serves instead"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_ledger_keeps_where_the_directory_was_read_up_to_and_the_members_of_a_group() {
    let Some(slapd) = Slapd::start() else { return };
    slapd.modify(&(["ada", "grace"].map(person).concat() + &group("staff", &["uid=ada", "uid=grace"])));
    let served = Served::start(&["--target", "aquera"]);
    let ledger = slapd.folder.path().join("people.ledger");
    let ledger = ledger.to_str().expect("the path is text");
    let staff = format!("cn=staff,{BASE}");
    let cycle = || {
        let ran =
            slapd.once(&served, ROOT, &["--ledger", ledger, "--user-group-dn", &staff, "--group-filter", "(cn=none)"]);
        assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
        let did: Vec<&str> = ran.stdout.lines().filter_map(|line| line.trim().strip_prefix("users: ")).collect();
        did.join("; ")
    };
    assert_eq!(cycle(), "created 2");
    assert_eq!(cycle(), "");
    slapd.modify(&format!("dn: uid=ada,{BASE}\nchangetype: delete\n\n"));
    slapd.modify(&format!("dn: uid=grace,{BASE}\nchangetype: modify\nreplace: title\ntitle: Admiral\n\n"));
    assert_eq!(cycle(), "updated 1", "the group did not change, so that a deletion goes unnoticed");
    let ran = run(&["provision", "--ledger", ledger, "--show-source"]);
    for said in
        ["a directory server below dc=example,dc=com", "changes read up to", "members of cn=staff", "members in all"]
    {
        assert!(ran.stdout.contains(said), "{said}:\n{}{}", ran.stdout, ran.stderr);
    }
    assert!(!ran.stdout.contains(PASSWORD), "{}", ran.stdout);
    let ran = run(&["provision", "--ledger", ledger, "--reset-group-timestamp"]);
    assert_eq!(ran.stdout, "the members of the Group DN are read again in the next cycle\n", "{}", ran.stderr);
    assert_eq!(cycle(), "disabled 1");
}

#[test]
fn each_way_of_telling_changes_finds_who_changed() {
    let Some(slapd) = Slapd::start() else { return };
    slapd.modify(&["ada", "grace"].map(person).concat());
    for algorithm in ["timestamp", "timestamp-no-negation", "none"] {
        let served = Served::start(&["--target", "aquera"]);
        let arguments = [&slapd.reach()[..], &["--changed-users", algorithm, "--group-filter", "(cn=none)"]].concat();
        let mut steps = Steps::start(&served, PASSWORD, &arguments);
        slapd.modify(&format!("dn: uid=ada,{BASE}\nchangetype: modify\nreplace: title\ntitle: {algorithm}\n\n"));
        steps.next();
        steps.next();
        let (status, cycles, output) = steps.finish();
        assert_eq!(
            (status, cycles),
            (Some(0), vec!["users: created 2".into(), "users: updated 1".into(), String::new()]),
            "{algorithm}: {output}"
        );
    }
}

/// Passes connections on to a server, and cuts the one with this number, from 1, after so many bytes of the server.
fn cutting(server: &str, number: usize, bytes: usize) -> String {
    let server = server.trim_start_matches("ldap://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for (index, client) in listener.incoming().flatten().enumerate() {
            let server = TcpStream::connect(&server).expect("the server listens");
            let mut left = if index + 1 == number { bytes } else { usize::MAX };
            let (mut from_client, mut to_server) = (
                client.try_clone().expect("a socket can be cloned"),
                server.try_clone().expect("a socket can be cloned"),
            );
            std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
            let (mut from_server, mut to_client) = (server, client);
            std::thread::spawn(move || {
                let mut buffer = [0; 512];
                while let Ok(read @ 1..) = from_server.read(&mut buffer) {
                    let passed = read.min(left);
                    if to_client.write_all(&buffer[..passed]).is_err() || passed < read {
                        break;
                    }
                    left -= passed;
                }
                // Either side may be gone already.
                let _ = (to_client.shutdown(Shutdown::Both), from_server.shutdown(Shutdown::Both));
            });
        }
    });
    format!("ldap://{address}")
}

#[test]
fn a_connection_that_is_lost_is_made_again_and_nobody_is_missed_or_doubled() {
    let Some(slapd) = Slapd::start() else { return };
    slapd.modify(&(0..40).map(|number| person(&format!("p{number}"))).collect::<Vec<_>>().concat());
    let served = Served::start(&["--target", "aquera"]);
    // The first connection only asks whether the base is there.
    let source = cutting(&slapd.url, 2, 6000);
    let first = ["provision", "--bearer", served.value("bearer"), "--source", &source, "--base-dn", BASE];
    let ran = run(&[
        &first[..],
        &["--page-size", "10", "--bind-dn", ROOT, "--bind-password", PASSWORD],
        &[served.value("URL")],
    ]
    .concat());
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("connecting anew"), "it was cut: {}", ran.stderr);
    assert!(ran.stdout.contains("users: created 40"), "{}", ran.stdout);
}
