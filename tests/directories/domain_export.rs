//! A domain and what `ldifde` writes of it: the same requests come from both. The export is the domain's own answer to
//! `ldapsearch`, put into the form of `ldifde`, which runs on Windows alone.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use weir_provision::Channel;
use weir_provision::channel::Placement;
use weir_provision::entry::filter::Evaluator;
use weir_provision::entry::{EntryFilter, Role};
use weir_provision::source::{Directory, Source as _};

use crate::gate::get;
use crate::support::{Ran, Served, run};

const BASE: &str = "OU=Export,DC=ad,DC=example,DC=com";
const CONTROL: &str = "invented-control";
/// The filter that most connections to Active Directory have.
const FILTER: &str = "(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))";

/// How the controller is reached.
pub struct Domain<'a> {
    pub url: &'a str,
    pub authority: &'a str,
    pub user: &'a str,
    pub password: &'a str,
    /// Where the export is written.
    pub folder: &'a Path,
}

/// Two people of whom one is disabled, a computer, a contact, and a group of the first three.
pub fn entries() -> String {
    let entry = |name: &str, class: &str, more: &str| {
        format!("dn: CN={name},{BASE}\nchangetype: add\nobjectClass: {class}\n{more}\n\n")
    };
    let members = ["Edna", "Bob", "PC1"].map(|name| format!("member: CN={name},{BASE}")).join("\n");
    [
        format!("dn: {BASE}\nchangetype: add\nobjectClass: organizationalUnit\n\n"),
        entry(
            "Edna",
            "user",
            "sAMAccountName: edna\ngivenName: Edna\nsn: Mode\nuserAccountControl: 544\nmail: Edna.Mode@example.com\n\
             employeeNumber: 0042\ntitle: Designer\nmobile: +1 555 0100\ndescription: Makes  capes\naccountExpires: 9223372036854775807",
        ),
        entry("Bob", "user", "sAMAccountName: bob\ngivenName: Bob\nsn: Parr\nuserAccountControl: 546"),
        entry("PC1", "computer", "sAMAccountName: PC1$\nuserAccountControl: 4096"),
        entry("Cy", "contact", "sn: Cy"),
        entry("Crew", "group", &format!("sAMAccountName: crew\n{members}")),
    ]
    .concat()
}

impl Domain<'_> {
    fn provision(served: &Served, source: &[&str]) -> Ran {
        let first = ["provision", "--directory", "active-directory", "--base-dn", BASE, "--user-filter", FILTER];
        run(&[&first[..], source, &["--bearer", "tok", served.value("URL")]].concat())
    }

    /// What the domain controller answers.
    fn searched(&self, question: &[&str]) -> String {
        let searched = Command::new("ldapsearch")
            .env("LDAPTLS_REQCERT", "never")
            .args([
                "-x",
                "-LLL",
                "-o",
                "ldif-wrap=no",
                "-H",
                self.url,
                "-D",
                self.user,
                "-w",
                self.password,
                "-b",
                BASE,
            ])
            .args(question)
            .output()
            .expect("ldapsearch starts");
        assert!(searched.status.success(), "{question:?}: {}", String::from_utf8_lossy(&searched.stderr));
        String::from_utf8(searched.stdout).expect("LDIF is text")
    }

    /// The people whom the domain controller finds.
    fn found(&self, filter: &str) -> Vec<String> {
        let people = format!("(&(objectClass=user)(!(objectClass=computer)){filter})");
        let answer = self.searched(&[&people, "1.1"]);
        let mut names: Vec<String> =
            answer.lines().filter_map(|line| line.strip_prefix("dn: ")).map(str::to_owned).collect();
        names.sort();
        names
    }

    fn export(&self) -> String {
        let text = self.searched(&[]);
        let mut export = String::from("\u{FEFF}");
        for line in text.lines() {
            export += line;
            export += "\r\n";
            if line.starts_with("dn:") {
                export += "changetype: add\r\n";
            }
        }
        let path = self.folder.join("export.ldf");
        let bytes: Vec<u8> = export.encode_utf16().flat_map(u16::to_le_bytes).collect();
        std::fs::write(&path, bytes).expect("the file can be written");
        path.to_str().expect("the path is text").to_owned()
    }
}

/// Method, target and body of each request, with the number of its creation in place of each id.
fn requests(served: &Served) -> Vec<String> {
    let journal = get(&format!("{}/_weir/journal", served.value("target aquera on")), CONTROL);
    let journal = String::from_utf8(journal).expect("the journal is text");
    let exchanges: Vec<Value> =
        journal.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let mut ids = Vec::new();
    let mut requests = Vec::new();
    for exchange in exchanges {
        let request = &exchange["request"];
        let of = |key: &str| request[key].as_str().unwrap_or_default();
        let mut text = format!("{} {} {}", of("method"), of("target"), of("body"));
        for (number, id) in ids.iter().enumerate() {
            text = text.replace(id, &format!("#{number}"));
        }
        requests.push(text);
        let answer: Value =
            exchange["answer"]["body"].as_str().map_or(Value::Null, |body| serde_json::from_str(body).expect("JSON"));
        if exchange["answer"]["status"] == 201 {
            ids.push(answer["id"].as_str().expect("a created resource has an id").to_owned());
        }
    }
    requests
}

/// Filters as administrators write them for Active Directory. Not among them is the negation of a condition on what no schema has: it
/// is undefined to Active Directory and to the file (RFC 4511 section 4.5.1.7), and true to Samba.
const FILTERS: [&str; 51] = [
    "(objectCategory=person)",
    "(objectCategory=user)",
    "(objectCategory=computer)",
    "(objectCategory=CN=Person,CN=Schema,CN=Configuration,DC=ad,DC=example,DC=com)",
    "(!(objectCategory=person))",
    "(objectClass=person)",
    "(objectClass=contact)",
    "(!(objectClass=computer))",
    "(sAMAccountType=805306368)",
    "(!(sAMAccountType=805306368))",
    "(userAccountControl:1.2.840.113556.1.4.803:=2)",
    "(!(userAccountControl:1.2.840.113556.1.4.803:=2))",
    "(userAccountControl:1.2.840.113556.1.4.804:=34)",
    "(userAccountControl:1.2.840.113556.1.4.803:=34)",
    "(userAccountControl=544)",
    "(userAccountControl>=545)",
    "(userAccountControl<=544)",
    "(memberOf=CN=Crew,OU=Export,DC=ad,DC=example,DC=com)",
    "(memberOf=cn=crew, ou=export, dc=ad,dc=example,dc=com)",
    "(memberOf=CN=None,OU=Export,DC=ad,DC=example,DC=com)",
    "(!(memberOf=CN=Crew,OU=Export,DC=ad,DC=example,DC=com))",
    "(memberOf:1.2.840.113556.1.4.1941:=CN=Crew,OU=Export,DC=ad,DC=example,DC=com)",
    "(memberOf=*)",
    "(mail=*)",
    "(!(mail=*))",
    "(mail=edna.mode@EXAMPLE.com)",
    "(mail=*@example.com)",
    "(mail=edna*mode*)",
    "(mail=*nobody*)",
    "(|(mail=*)(sn=Parr))",
    "(& (mail=*) (sn=Mode))",
    "(&(mail=*)(!(sn=Mode)))",
    "(employeeNumber=0042)",
    "(employeeNumber=42)",
    "(title=designer)",
    "(!(title=designer))",
    "(department=*)",
    "(!(department=Sales))",
    "(description=makes  capes)",
    "(mobile=+1 555 0100)",
    "(accountExpires=9223372036854775807)",
    "(accountExpires>=1)",
    "(uSNChanged>=1)",
    "(uSNChanged<=1)",
    "(whenCreated>=20000101000000.0Z)",
    "(whenCreated<=20000101000000.0Z)",
    "(cn=Ed*)",
    "(name=Bob)",
    "(displayName=*)",
    "(distinguishedName=CN=Bob,OU=Export,DC=ad,DC=example,DC=com)",
    "(nonsense=x)",
];

/// The people of a channel with the filter.
fn selected(export: &Directory, filter: &str) -> Vec<String> {
    let filter = EntryFilter::parse(filter, Evaluator::ActiveDirectoryFile).unwrap_or_else(|error| panic!("{error}"));
    let channel = Channel { user_filter: Some(filter), ..Channel::active_directory() };
    let surroundings = export.surroundings(&channel).expect("a file is read whole");
    let people = export.iter().filter(|entry| channel.placement(entry, &surroundings) == Placement::Within(Role::User));
    let mut names: Vec<String> = people.map(|entry| entry.dn.to_string()).collect();
    names.sort();
    names
}

/// A filter selects in the export whom it selects in the domain, which holds [`entries`].
pub fn gives_the_same_people(domain: &Domain<'_>) {
    let export = Directory::open(Path::new(&domain.export())).expect("it is a source").0;
    let mut others = Vec::new();
    for filter in FILTERS {
        let (of_file, of_server) = (selected(&export, filter), domain.found(filter));
        if of_file != of_server {
            others.push(format!("{filter}: the file gives {of_file:?}, the server {of_server:?}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

/// To be asked of a domain that holds [`entries`].
pub fn gives_the_same_requests(domain: &Domain<'_>) {
    let serve =
        || Served::start(&["--target", "aquera", "--bearer", "tok", "--control-token", CONTROL, "--journal", "full"]);
    let (by_server, by_file) = (serve(), serve());
    let bind = ["--source-ca", domain.authority, "--bind-dn", domain.user, "--bind-password", domain.password];
    let of_server = Domain::provision(&by_server, &[&["--source", domain.url][..], &bind].concat());
    assert_eq!(of_server.status, 0, "{}{}", of_server.stdout, of_server.stderr);
    let of_file = Domain::provision(&by_file, &["--source", &domain.export()]);
    assert_eq!(of_file.status, 0, "{}{}", of_file.stdout, of_file.stderr);
    let requests_of_server = requests(&by_server);
    assert_eq!(requests(&by_file), requests_of_server);
    let creations: Vec<&String> = requests_of_server.iter().filter(|request| request.starts_with("POST")).collect();
    assert_eq!(creations.len(), 2, "a person and a group: {requests_of_server:#?}");
    assert!(creations[0].contains("\"userName\":\"edna\""), "{creations:#?}");
    for ran in [&of_server, &of_file] {
        for said in ["users: created 1", "groups: created 1, members changed 1", "2 members of the group CN=Crew"] {
            assert!(ran.stdout.contains(said), "{said}:\n{}", ran.stdout);
        }
    }
    // Only the file shows whom the filter leaves out: a server does not answer with them.
    for said in ["1 person is left out by the filter", "1 computer", "1 contact"] {
        assert!(of_file.stdout.contains(said), "{said}:\n{}", of_file.stdout);
    }
}
