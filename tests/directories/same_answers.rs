//! One table of cases, asked of a server and of what its own tools export: the answers are the same.

use std::path::Path;
use std::process::Command;

use weir_provision::Channel;
use weir_provision::channel::Placement;
use weir_provision::entry::filter::Evaluator;
use weir_provision::entry::{EntryFilter, Role};
use weir_provision::source::{Directory, Source as _};

use crate::slapd::{BASE, PASSWORD, ROOT, Slapd, group, person};
use crate::support::run;
use crate::which;

#[test]
fn a_file_gives_the_people_that_the_server_gives() {
    const CASES: &[&[&str]] = &[
        &[],
        &["--user-filter", "(title=*)"],
        &["--user-filter", "(!(title=*))"],
        &["--user-filter", "(|(uid=ada)(title=clerk))"],
        &["--user-filter", "(&(objectClass=person)(cn=*a*))"],
        &["--user-filter", "( & (objectClass=person) (! (cn=a*a)) )"],
        &["--user-filter", "uid=ada"],
        &["--user-filter", "(mail=ADA@example.com)"],
        &["--user-filter", "(telephoneNumber=+1 5550-100)"],
        &["--user-filter", "(uid:caseExactMatch:=Ada)"],
        &["--user-filter", "(uid:2.5.13.2:=Ada)"],
        &["--user-filter", "(dc:dn:=example)"],
        &["--user-filter", "(sn>=A)"],
        &["--user-filter", "(createTimestamp>=20200101000000Z)"],
        &["--user-filter", "(createTimestamp<=20200101000000Z)"],
        &["--user-filter", "(manager=UID=bo, DC=example, DC=com)"],
        &["--user-filter", "(surname=invented)"],
        &["--user-filter", "(name=ada)"],
        &["--user-filter", "(entryDN=userid=ada,dc=example,dc=com)"],
        &["--user-filter", "(!(companyTier=gold))"],
        &["--user-group-dn", "cn=all,dc=example,dc=com"],
        &["--user-group-dn", "cn=all,dc=example,dc=com", "--nested"],
        &["--user-group-dn", "cn=all,dc=example,dc=com", "--nested", "--user-filter", "(title=*)"],
        &["--user-group-dn", "cn=nothing,dc=example,dc=com"],
        &["--group-group-dn", "cn=all,dc=example,dc=com"],
        &["--group-group-dn", "cn=all,dc=example,dc=com", "--nested-groups"],
        &["--user-class", "person"],
        &["--user-class", "organizationalRole", "--group-filter", "(cn=all)"],
    ];
    let Some(slapd) = Slapd::start() else { return };
    let people = person("ada") + &person("bo") + &person("cy");
    slapd.modify(&(people + &group("all", &["uid=ada", "cn=eng"]) + &group("eng", &["uid=bo", "cn=all"])));
    slapd.modify(&format!(
        "dn: uid=ada,{BASE}\nchangetype: modify\nadd: manager\nmanager: uid=bo,{BASE}\n-\nadd: telephoneNumber\ntelephoneNumber: +1 555 0100\n\ndn: uid=bo,{BASE}\nchangetype: modify\nadd: title\ntitle: Clerk\n\n"
    ));
    let exports = exports(&slapd);
    for case in CASES {
        assert_same(&slapd, &exports, case);
    }
}

/// What the server's tools write: with the comments and the trailer of a search, and the whole of the database.
fn exports(slapd: &Slapd) -> [String; 2] {
    let searched = Command::new("ldapsearch")
        .args(["-x", "-H", &slapd.url, "-b", BASE, "-D", ROOT, "-w", PASSWORD, "(objectClass=*)", "*", "+"])
        .output()
        .expect("ldapsearch starts");
    let kept = Command::new(which("slapcat").expect("it is installed with slapd"))
        .args(["-b", BASE, "-f"])
        .arg(slapd.folder.path().join("slapd.conf"))
        .output()
        .expect("slapcat starts");
    [("searched.ldif", searched), ("kept.ldif", kept)].map(|(name, output)| {
        let path = slapd.folder.path().join(name);
        std::fs::write(&path, output.stdout).expect("the file can be written");
        path.to_str().expect("the path is text").to_owned()
    })
}

/// The people and groups of a dry run are those of the server, for each export.
fn assert_same(slapd: &Slapd, exports: &[String], case: &[&str]) {
    let planned = |source: &[&str], case: &[&str]| {
        let ran = run(&[&["provision", "--dry-run", "--base-dn", BASE], source, case].concat());
        let mut lines: Vec<String> =
            ran.stdout.lines().filter(|line| line.starts_with("user ")).map(str::to_owned).collect();
        lines.extend(ran.stdout.lines().filter(|line| line.starts_with("group ")).map(str::to_owned));
        lines.sort();
        (ran.status, lines, ran.stdout + &ran.stderr)
    };
    let bind = ["--source", &slapd.url, "--bind-dn", ROOT, "--bind-password", PASSWORD];
    let (status, of_server, said) = planned(&bind, case);
    for export in exports {
        let (file_status, of_file, file_said) = planned(&["--source", export], case);
        assert_eq!((file_status, &of_file), (status, &of_server), "{case:?}\n{said}\n{file_said}");
    }
}

/// Names, numbers, supertypes, options and rules of attributes as the schema has them, operational attributes, and assertions that
/// are undefined, also negated.
const FILTERS: &[&str] = &[
    "(surname=Tree)",
    "(2.5.4.4=tree)",
    "(userid=bo)",
    "(commonName=Cy)",
    "(rfc822Mailbox=CY@example.com)",
    "(name=Tree)",
    "(name=*)",
    "(name=P*)",
    "(!(name=*))",
    "(distinguishedName=uid=bo,ou=people,dc=example,dc=com)",
    "(distinguishedName=uid=ada,ou=people,dc=example,dc=com)",
    "(distinguishedName=*)",
    "(entryDN=uid=bo,ou=people,dc=example,dc=com)",
    "(entryDN=userid=BO,ou=people,dc=example,dc=com)",
    "(entryDN=*)",
    "(!(entryDN=uid=bo,ou=people,dc=example,dc=com))",
    "(entryDN=uid=*)",
    "(hasSubordinates=TRUE)",
    "(hasSubordinates=true)",
    "(hasSubordinates=FALSE)",
    "(hasSubordinates=*)",
    "(!(hasSubordinates=TRUE))",
    "(hasSubordinates=x)",
    "(subschemaSubentry=cn=Subschema)",
    "(subschemaSubentry=*)",
    "(!(subschemaSubentry=cn=Subschema))",
    "(structuralObjectClass=inetOrgPerson)",
    "(structuralObjectClass=2.16.840.1.113730.3.2.2)",
    "(structuralObjectClass=person)",
    "(structuralObjectClass=*)",
    "(objectClass=2.16.840.1.113730.3.2.2)",
    "(objectClass=2.5.6.6)",
    "(objectClass=person)",
    "(objectClass=nonsense)",
    "(!(objectClass=nonsense))",
    "(!(objectClass=device))",
    "(objectClass=user)",
    "(objectClass=top)",
    "(objectClass=*)",
    "(objectClass=inetOrg*)",
    "(2.5.4.0=person)",
    "(nonsense=x)",
    "(!(nonsense=x))",
    "(nonsense=*)",
    "(!(nonsense=*))",
    "(|(nonsense=x)(uid=bo))",
    "(&(!(nonsense=x))(uid=bo))",
    "(!(&(nonsense=x)(uid=bo)))",
    "(cn=Adele)",
    "(cn;lang-fr=Adele)",
    "(cn;lang-fr=Ada Lovelace)",
    "(cn;lang-de=*)",
    "(cn;lang-fr=*)",
    "(userCertificate=*)",
    "(userCertificate;binary=*)",
    "(jpegPhoto=*)",
    "(cn=)",
    "(uid=)",
    "(mail=)",
    "(description=)",
    "(!(cn=))",
    "(member=notadn)",
    "(!(member=notadn))",
    "(member=*)",
    "(member=uid=ada*)",
    "(!(member=uid=ada*))",
    "(uidNumber=abc)",
    "(!(uidNumber=abc))",
    "(uidNumber>=1000)",
    "(uidNumber<=1000)",
    "(uidNumber=01001)",
    "(uidNumber=1*)",
    "(departmentNumber>=1)",
    "(employeeNumber=0042)",
    "(employeeNumber=42)",
    "(sn>=A)",
    "(!(sn>=A))",
    "(sn<=Z)",
    "(homeDirectory=/home/bo)",
    "(homeDirectory=/home/Bo)",
    "(homeDirectory=/home/*)",
    "(telephoneNumber=+15550100)",
    "(telephoneNumber=*55*)",
    "(labeledURI=http://example.com/a x)",
    "(labeledURI=http://example.com/A x)",
    "(labeledURI=http*)",
    "(postalAddress=1 road $ town)",
    "(postalAddress=1*)",
    "(preferredLanguage=DE)",
    "(l=paris)",
    "(localityName=PARIS)",
    "(createTimestamp>=20200101000000Z)",
    "(createTimestamp=2020*)",
    "(createTimestamp=*)",
    "(modifyTimestamp>=abc)",
    "(entryUUID=*)",
    "(entryUUID>=00000000-0000-0000-0000-000000000000)",
    "(entryUUID=abc)",
    "(entryUUID=a*)",
    "(entryCSN=*)",
    "(entryCSN>=20200101000000.000000Z#000000#000#000000)",
    "(creatorsName=cn=admin,dc=example,dc=com)",
    "(creatorsName=CN=Admin,dc=example,dc=com)",
    "(ou:dn:=people)",
    "(organizationalUnitName:dn:=people)",
    "(2.5.4.11:dn:=people)",
    "(:dn:2.5.13.2:=people)",
    "(:caseIgnoreMatch:=tree)",
    "(:caseExactMatch:=tree)",
    "(name:dn:=people)",
    "(sn:caseExactMatch:=tree)",
    "(sn:caseExactMatch:=Tree)",
    "(surname:2.5.13.2:=tree)",
    "(sn:integerMatch:=1)",
    "(uidNumber:caseIgnoreMatch:=1001)",
    "(sn:booleanMatch:=TRUE)",
    "(objectClass:=person)",
    "(member:distinguishedNameMatch:=uid=ada,ou=people,dc=example,dc=com)",
    "(nonsense:=x)",
    "(manager=userid=bo,organizationalUnitName=people,dc=example,dc=com)",
    "(manager=0.9.2342.19200300.100.1.1=bo,2.5.4.11=people,dc=example,dc=com)",
    "(uniqueMember=uid=ada,ou=people,dc=example,dc=com)",
    "(uniqueMember=uid=ada,ou=people,dc=example,dc=com#'1'B)",
    "(owner=uid=bo,ou=people,dc=example,dc=com)",
    "(aRecord=x)",
    "(!(aRecord=x))",
    "(cn=*a*a*)",
    "(cn=ada  lovelace)",
    "(cn= ada lovelace )",
    "(cn=*  lovelace)",
    "(cn=ada *)",
    "(mail=ada@EXAMPLE.com)",
    "(mail=*@example.com)",
    "(mail:2.5.13.2:=ada@example.com)",
    r"(jpegPhoto=\ff\d8\ff\e0\00\10)",
    "(street=x)",
    "(streetAddress=x)",
    "(fax=*)",
    "(o=ex)",
    "(&)",
    "(|)",
    "(!(&))",
    r"(cn=\2a)",
    "(title=clerk)",
    "(mobileTelephoneNumber=*)",
    "(manager=*)",
    "(drink=*)",
    "(dc=EXAMPLE)",
    "(dnQualifier=x)",
    "(!(memberUid=*))",
    "(memberUid=x)",
    "(!(mail=))",
    "(!(jpegPhoto=x))",
    "(!(jpegPhoto=*))",
    "(!(uidNumber=*1))",
    "(!(hasSubordinates=x))",
    "(!(entryUUID=abc))",
    "(!(sn:integerMatch:=1))",
    "(!(mail:2.5.13.2:=ada@example.com))",
    "(!(fax=1))",
    "(!(fax=*))",
    "(!(cn;lang-de=x))",
    "(!(cn;lang-de=*))",
    "(!(cn;x-weird=*))",
    "(!(cn;lang-=*))",
    "(name;lang-fr=Adele)",
    "(!(telephoneNumber=x))",
    "(!(telephoneNumber=))",
    "(!(telephoneNumber=é))",
    "(!(mail=é))",
    "(!(structuralObjectClass=nonsense))",
    "(!(objectClass=1.2.3))",
    "(!(objectClass=*x*))",
    "(!(labeledURI=*x*))",
    "(!(homeDirectory=/*))",
    "(!(seeAlso=x))",
    "(!(seeAlso=uid=x))",
    "(!(createTimestamp=x))",
    "(!(createTimestamp=20200101))",
    "(!(userCertificate=x))",
    "(!(entryDN=x))",
    "(!(entryDN=*x*))",
    "(!(entryDN>=x))",
    "(!(uidNumber>=x))",
    "(!(uidNumber=-0))",
    "(!(uidNumber=-1))",
    "(!(name>=x))",
    "(!(2.5.4.99=x))",
    "(!(2.5.4.4=x))",
    "(!(aliasedObjectName=*))",
    "(cn:dn:=bo)",
    "(!(dc:dn:=example))",
    "(!(uid:dn:caseIgnoreMatch:=bo))",
    "(:dn:caseIgnoreIA5Match:=example)",
    "(:caseIgnoreIA5Match:=ada@example.com)",
    "(:integerMatch:=1001)",
    "(:distinguishedNameMatch:=uid=ada,ou=people,dc=example,dc=com)",
    "(postalAddress=*road*)",
    "(postalAddress=1 road*)",
    "(telephoneNumber=+1-555-0100)",
    "(dnQualifier>=a)",
    "(c=fr)",
    "(cn>=a)",
    "(entryCSN>=2020)",
    "(!(entryCSN>=2020))",
    "(!(uniqueMember=x))",
    "(!(preferredDeliveryMethod=*))",
    "(internationaliSDNNumber=1)",
    "(!(internationaliSDNNumber=x))",
    "(!(hasSubordinates>=TRUE))",
    "(!(hasSubordinates=T*))",
    "(objectClass=PERSON)",
    "(!(objectClass=))",
    "(&(objectClass=person)(!(objectClass=foo)))",
    "(sn=tr*e)",
    "(sn=*)",
    "(name:caseIgnoreMatch:=tree)",
    "(name:=tree)",
    "(name=tr*)",
    "(name;lang-fr=*)",
];

#[test]
fn a_filter_selects_in_a_file_whom_it_selects_in_the_server() {
    let Some(slapd) = Slapd::start() else { return };
    slapd.modify(&format!(
        "dn: ou=people,{BASE}\nchangetype: add\nobjectClass: organizationalUnit\nou: people\n\n\
         dn: uid=ada,ou=people,{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ada\ncn: Ada Lovelace\ncn;lang-fr: Adele\n\
         sn: Lovelace\ngivenName: Ada\ntitle: Clerk\nmail: ada@example.com\nmanager: uid=bo,ou=people,{BASE}\n\
         telephoneNumber: +1 555 0100\nemployeeNumber: 0042\nlabeledURI: http://example.com/A x\njpegPhoto:: /9j/4AAQ\n\
         postalAddress: 1 Road $ Town\n\n\
         dn: uid=bo,ou=people,{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\nuid: bo\ncn: Bo Tree\n\
         sn: Tree\ninitials: B\nuidNumber: 1001\ngidNumber: 500\nhomeDirectory: /home/Bo\ndepartmentNumber: 12\nl: Paris\n\n\
         dn: uid=cy,uid=bo,ou=people,{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: cy\ncn: Cy\nsn: Bauer\n\
         mail: cy@example.com\npreferredLanguage: de\nseeAlso: uid=ada,ou=people,{BASE}\n\n"
    ));
    let exports = exports(&slapd).map(|export| Directory::open(Path::new(&export)).expect("it is a source").0);
    let answers: Vec<(&str, Vec<String>)> = FILTERS.iter().map(|filter| (*filter, searched(&slapd, filter))).collect();
    let mut others = Vec::new();
    for (filter, of_server) in answers {
        for export in &exports {
            let of_file = selected(export, filter);
            if of_file != of_server {
                others.push(format!("{filter}: the file gives {of_file:?}, the server {of_server:?}"));
            }
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

/// The people that the server finds.
fn searched(slapd: &Slapd, filter: &str) -> Vec<String> {
    let people = format!("(&(objectClass=inetOrgPerson){filter})");
    let asked = Command::new("ldapsearch")
        .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &slapd.url, "-b", BASE, &people, "1.1"])
        .output()
        .expect("ldapsearch starts");
    assert!(asked.status.success(), "{filter}: {}", String::from_utf8_lossy(&asked.stderr));
    let found = String::from_utf8(asked.stdout).expect("it is text");
    let mut names: Vec<String> =
        found.lines().filter_map(|line| line.strip_prefix("dn: ")).map(str::to_owned).collect();
    names.sort();
    names
}

/// The people of a channel with the filter.
fn selected(export: &Directory, filter: &str) -> Vec<String> {
    let filter = EntryFilter::parse(filter, Evaluator::File).unwrap_or_else(|error| panic!("{error}"));
    let channel = Channel { user_filter: Some(filter), ..Channel::default() };
    let surroundings = export.surroundings(&channel).expect("a file is read whole");
    let people = export.iter().filter(|entry| channel.placement(entry, &surroundings) == Placement::Within(Role::User));
    let mut names: Vec<String> = people.map(|entry| entry.dn.to_string()).collect();
    names.sort();
    names
}
