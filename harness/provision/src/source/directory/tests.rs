use super::*;

const BASE: &str = "\
dn: dc=x
objectClass: domain

dn: ou=People,dc=x
ou: People

dn: uid=ada,ou=People,dc=x
uid: ada
cn: Ada
mail: ada@example.com
mail: a@example.com

dn: cn=Sales,dc=x
cn: Sales
member: uid=ada,ou=People,dc=x
";

fn base() -> Directory {
    Directory::parse("base.ldif", BASE).unwrap().0
}

fn get<'a>(directory: &'a Directory, dn: &str) -> &'a Entry {
    directory.get(&Dn::parse(dn).unwrap()).unwrap()
}

fn applied(changes: &str) -> Directory {
    let mut directory = base();
    directory.apply("step.ldif", changes).unwrap();
    directory
}

#[test]
fn changes_do_what_a_server_does() {
    let directory = applied(
        "dn: uid=bo,ou=People,dc=x\nchangetype: add\nuid: bo\n\n\
         dn: UID=Ada, ou=people, dc=X\nchangetype: modify\nadd: title\ntitle: Dr\n-\ndelete: mail\nmail: A@EXAMPLE.COM\n-\nreplace: cn\ncn: Ada L\n-\nreplace: nothing\n-\n",
    );
    assert_eq!(directory.len(), 5);
    let ada = get(&directory, "uid=ada,ou=People,dc=x");
    assert_eq!(ada.text("title"), Some("Dr"));
    assert_eq!(ada.texts("mail").collect::<Vec<_>>(), ["ada@example.com"]);
    assert_eq!(ada.texts("cn").collect::<Vec<_>>(), ["Ada L"]);

    let directory = applied("dn: uid=ada,ou=People,dc=x\nchangetype: delete\n");
    assert!(directory.get(&Dn::parse("uid=ada,ou=People,dc=x").unwrap()).is_none());
    let group = get(&directory, "cn=Sales,dc=x");
    assert_eq!(group.values("member").count(), 1, "references are the owner's to mend");
}

#[test]
fn a_rename_moves_the_subtree_and_the_naming_value() {
    let directory = applied("dn: ou=People,dc=x\nchangetype: modrdn\nnewrdn: ou=Staff\ndeleteoldrdn: 1\n");
    assert_eq!(get(&directory, "ou=Staff,dc=x").texts("ou").collect::<Vec<_>>(), ["Staff"]);
    let ada = get(&directory, "uid=ada,ou=Staff,dc=x");
    assert_eq!(ada.dn.as_str(), "uid=ada,ou=Staff,dc=x");
    assert_eq!(ada.texts("uid").collect::<Vec<_>>(), ["ada"]);

    let directory = applied(
        "dn: uid=ada,ou=People,dc=x\nchangetype: moddn\nnewrdn: uid=ada2\ndeleteoldrdn: 0\nnewsuperior: dc=x\n",
    );
    assert_eq!(get(&directory, "uid=ada2,dc=x").texts("uid").collect::<Vec<_>>(), ["ada", "ada2"]);
}

#[test]
fn what_a_server_would_refuse_is_refused_with_file_and_line() {
    let ada = "dn: uid=ada,ou=People,dc=x\nchangetype: ";
    let cases = [
        "dn: dc=x\nchangetype: add\nobjectClass: domain\n".to_owned(),
        "dn: uid=bo,dc=x\nchangetype: delete\n".to_owned(),
        "dn: ou=People,dc=x\nchangetype: delete\n".to_owned(),
        "dn: uid=bo,dc=x\nchangetype: modify\nadd: cn\ncn: x\n-\n".to_owned(),
        format!("{ada}modify\nadd: cn\ncn: ADA\n-\n"),
        format!("{ada}modify\ndelete: mail\nmail: x@example.com\n-\n"),
        format!("{ada}modify\ndelete: title\n-\n"),
        format!("{ada}modrdn\nnewrdn: cn=Sales\ndeleteoldrdn: 1\nnewsuperior: dc=x\n"),
        format!("{ada}modrdn\nnewrdn: uid=b\ndeleteoldrdn: 1\nnewsuperior: dc=y\n"),
        "dn: uid=bo,dc=x\nchangetype: modrdn\nnewrdn: uid=b\ndeleteoldrdn: 1\n".to_owned(),
        "dn: uid=bo,dc=x\nuid: bo\n".to_owned(),
        "# nothing\n".to_owned(),
    ];
    let messages: Vec<String> =
        cases.iter().map(|changes| base().apply("step.ldif", changes).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    step.ldif, line 1: the entry dc=x exists already; was it given in line 1 of the source, or added by an earlier change?
    step.ldif, line 1: there is no entry uid=bo,dc=x; the change cannot be applied
    step.ldif, line 1: ou=People,dc=x has entries below it; delete those first
    step.ldif, line 1: there is no entry uid=bo,dc=x; the change cannot be applied
    step.ldif, line 3: uid=ada,ou=People,dc=x: attribute cn already has the value "ADA"
    step.ldif, line 3: uid=ada,ou=People,dc=x: attribute mail has no value "x@example.com" to delete
    step.ldif, line 3: uid=ada,ou=People,dc=x: there is no attribute title to delete
    step.ldif, line 1: the entry cn=Sales,dc=x exists already; was it given in line 13 of the source, or added by an earlier change?
    step.ldif, line 1: there is no entry dc=y; the change cannot be applied
    step.ldif, line 1: there is no entry uid=bo,dc=x; the change cannot be applied
    step.ldif, line 1: this is an entry, but a file of changes is expected; say `changetype: add` after its dn
    step.ldif: the file holds no change; a change is `dn:`, `changetype:` and what belongs to it
    "#);
}

#[test]
fn a_modify_is_applied_as_a_whole_or_not_at_all() {
    let mut directory = base();
    let changes = "dn: uid=ada,ou=People,dc=x\nchangetype: modify\nreplace: cn\ncn: Other\n-\ndelete: title\n-\n";
    assert!(directory.apply("step.ldif", changes).is_err());
    assert_eq!(get(&directory, "uid=ada,ou=People,dc=x").text("cn"), Some("Ada"));
}

#[test]
fn a_source_holds_entries_each_once() {
    let messages = [
        Directory::parse("base.ldif", "dn: dc=x\nchangetype: delete\n").unwrap_err().to_string(),
        Directory::parse("base.ldif", "dn: dc=x\ndc: x\n\ndn: DC=X\ndc: x\n").unwrap_err().to_string(),
        Directory::parse("base.ldif", "version: 1\n").unwrap_err().to_string(),
        Directory::open(Path::new("/nowhere/base.ldif")).unwrap_err().to_string(),
    ];
    insta::assert_snapshot!(messages.join("\n"), @r#"
    base.ldif, line 1: this record changes an entry or deletes it, but the source holds entries; give a file of changes to --changes
    base.ldif, line 4: the entry DC=X stands in line 1 already; keep one
    base.ldif: the file holds no entry; give the export of a directory, for example the output of `ldapsearch -LLL`
    /nowhere/base.ldif: the file cannot be read: there is no such file
    "#);
}

/// The fictional company with the changes of its year.
#[test]
fn the_fixtures_can_be_read_and_applied_in_order() {
    macro_rules! fixture {
        ($name:literal) => {
            include_str!(concat!("../../../../../fixtures/directories/", $name))
        };
    }
    let (mut company, warnings) = Directory::parse("company.ldif", fixture!("company.ldif")).unwrap();
    assert_eq!(warnings, []);
    let people = |directory: &Directory| directory.iter().filter(|entry| entry.is_a("inetOrgPerson")).count();
    let groups = |directory: &Directory| directory.iter().filter(|entry| entry.is_a("groupOfNames")).count();
    assert_eq!((people(&company), groups(&company)), (220, 24));
    for (name, text, expected) in [
        ("joiner.ldif", fixture!("joiner.ldif"), (223, 24)),
        ("mover.ldif", fixture!("mover.ldif"), (223, 24)),
        ("disable.ldif", fixture!("disable.ldif"), (223, 24)),
        ("enable.ldif", fixture!("enable.ldif"), (223, 24)),
        ("leaver.ldif", fixture!("leaver.ldif"), (220, 23)),
    ] {
        assert_eq!(company.apply(name, text).unwrap(), [], "{name}");
        assert_eq!((people(&company), groups(&company)), expected, "{name}");
    }
    for group in company.iter().filter(|entry| entry.is_a("groupOfNames")) {
        for member in group.texts("member") {
            assert!(company.get(&Dn::parse(member).unwrap()).is_some(), "{} names {member}", group.dn);
        }
    }
    let (twenty, _) = Directory::parse("twenty.ldif", fixture!("twenty.ldif")).unwrap();
    assert_eq!((people(&twenty), groups(&twenty)), (20, 3));
}
