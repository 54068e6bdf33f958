use super::*;
use crate::entry::dn::Dn;

fn entry() -> Entry {
    let mut entry = Entry::new(Dn::parse("uid=ada,ou=People,dc=x").unwrap());
    for (attribute, value) in [
        ("objectClass", "inetOrgPerson"),
        ("departmentNumber", "4110"),
        ("cn", "Ada (Countess) Lovelace"),
        ("sn", "Lovelace"),
        ("givenName", "Ada"),
        ("userAccountControl", "514"),
        ("uSNChanged", "12900"),
        ("whenChanged", "20260131080000.0Z"),
        ("manager", "CN=Bo\\, Jr,DC=x"),
        ("homeDirectory", "/home/Ada"),
        ("objectCategory", "CN=Person,CN=Schema,CN=Configuration,DC=x"),
        ("level", "9"),
        ("telephoneNumber", "+1 555 0100"),
    ] {
        entry.push(attribute, value.as_bytes());
    }
    entry.push("objectGUID", [0xFF_u8, 0x2A, 0x00]);
    entry
}

/// The answer of the entries of a file, of which the entry is one.
fn answer(filter: &str, entry: &Entry, schema: Schema) -> Truth {
    let parsed: EntryFilter = filter.parse().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(parsed.to_string().parse::<EntryFilter>().unwrap(), parsed, "{filter}");
    let mut links = Links::of(&[&parsed], &["member".to_owned()], schema);
    links.collect(entry);
    parsed.evaluate(entry, &links)
}

#[test]
fn a_filter_selects_entries() {
    for (filter, expected) in [
        ("(objectClass=INETORGPERSON)", true),
        ("(objectClass=person)", true),
        ("(objectClass=top)", true),
        ("(objectClass=user)", false),
        ("(&(objectclass=inetOrgPerson)(departmentNumber=4110))", true),
        ("(&(objectClass=inetOrgPerson)(!(departmentNumber=4110)))", false),
        ("(|(departmentNumber=1)(departmentNumber=4110))", true),
        ("(mail=*)", false),
        ("(!(mail=ada@example.com))", true),
        ("(cn=*)", true),
        ("(cn=ada*love*ace)", true),
        ("(cn=*love)", false),
        (r"(cn=*\28countess\29*)", true),
        ("(&)", true),
        ("(|)", false),
        ("departmentNumber=4110", true),
        ("&(cn=ada*)(mail=*)", false),
        (" ( & ( objectClass = person ) \n ( cn=Ada* ) ) ", true),
        ("(sn~=LOVELACE)", true),
        ("(level>=10)", false),
        ("(departmentNumber<=999)", false),
        ("(sn>=love)", false),
        ("(telephoneNumber=+1555 01-00)", true),
        ("(telephoneNumber=*55-50*)", true),
        ("(sn:caseExactMatch:=lovelace)", false),
        ("(sn:2.5.13.2:=lovelace)", true),
        ("(ou:dn:=people)", true),
        ("(ou:=people)", false),
        ("(:dn:2.5.13.2:=people)", true),
        (r"(manager=cn=bo\5c2C jr,dc=X)", true),
        ("(manager=CN=Bo*)", false),
        ("(homeDirectory=/home/ada)", false),
    ] {
        assert_eq!(answer(filter, &entry(), Schema::Standard) == Truth::True, expected, "{filter}");
    }
}

#[test]
fn active_directory_has_rules_of_its_own() {
    for (filter, expected) in [
        ("(uSNChanged>=12900)", true),
        ("(uSNChanged>=9999)", true),
        ("(uSNChanged<=9999)", false),
        ("(uSNChanged=012900)", true),
        ("(whenChanged>=20260131090000+0200)", true),
        ("(whenChanged>=202601310801Z)", false),
        ("(userAccountControl:1.2.840.113556.1.4.803:=2)", true),
        ("(!(userAccountControl:1.2.840.113556.1.4.803:=2))", false),
        ("(userAccountControl:1.2.840.113556.1.4.803:=6)", false),
        ("(userAccountControl:1.2.840.113556.1.4.804:=6)", true),
        ("(userAccountControl:1.2.840.113556.1.4.804:=abc)", false),
        ("(!(userAccountControl:1.2.840.113556.1.4.804:=abc))", false),
        (r"(objectGUID=\ff\2a\00)", true),
        (r"(objectGUID=\ff*)", true),
        ("(objectCategory=person)", true),
        ("(objectCategory=user)", true),
        ("(objectCategory=Computer)", false),
        ("(objectCategory=cn=person,cn=schema,cn=configuration,dc=x)", true),
        ("(anr=love)", true),
        ("(anr=ada lovel)", true),
        ("(anr=byron)", false),
        ("(sn>=love)", true),
        ("(name=ada)", true),
        ("(name=Lovelace)", false),
        ("(2.5.4.4=lovelace)", true),
        ("(distinguishedName=UID=Ada, ou=People,dc=x)", true),
        ("(objectCategory=CN=Group,CN=Schema,CN=Configuration,dc=x)", false),
        ("(whenCreated=*)", true),
        ("(!(whenCreated>=20260101000000.0Z))", false),
        ("(!(extensionAttribute5=NoSync))", true),
        ("(!(companyTier=gold))", false),
        ("(!(surname=x))", false),
    ] {
        assert_eq!(answer(filter, &entry(), Schema::ActiveDirectory) == Truth::True, expected, "{filter}");
    }
}

/// An export holds what was asked for; the name and the classes of an entry tell these.
#[test]
fn active_directory_has_of_every_entry_what_an_export_left_out() {
    let mut contact = Entry::new(Dn::parse("CN=Bo,OU=People,DC=example,DC=com").unwrap());
    for class in ["top", "person", "organizationalPerson", "contact"] {
        contact.push("objectClass", class.as_bytes());
    }
    for (filter, expected) in [
        ("(objectCategory=person)", Truth::True),
        ("(objectCategory=computer)", Truth::False),
        ("(objectCategory=cn=person,cn=schema,cn=configuration,dc=example,dc=com)", Truth::True),
        ("(name=b*)", Truth::True),
        ("(distinguishedName=*)", Truth::True),
        ("(objectGUID=*)", Truth::True),
        (r"(objectGUID=\00\01)", Truth::Undefined),
        ("(objectClass=*)", Truth::True),
        ("(uSNChanged>=1)", Truth::Undefined),
    ] {
        assert_eq!(answer(filter, &contact, Schema::ActiveDirectory), expected, "{filter}");
    }
}

/// Names, numbers, supertypes and operational attributes, with the answers of OpenLDAP.
#[test]
fn attributes_are_those_of_the_schema() {
    let mut entry = entry();
    entry.push("cn;lang-fr", *b"Ad\xc3\xa8le");
    for (filter, expected) in [
        ("(surname=lovelace)", Truth::True),
        ("(2.5.4.4=lovelace)", Truth::True),
        ("(OID.2.5.4.4=lovelace)", Truth::True),
        ("(name=Lovelace)", Truth::True),
        ("(name=4110)", Truth::False),
        ("(gn=a*)", Truth::True),
        ("(cn=ad\u{e8}le)", Truth::True),
        ("(cn;lang-fr=ad\u{e8}le)", Truth::True),
        ("(cn;lang-=ad\u{e8}le)", Truth::True),
        ("(name;lang-fr=*)", Truth::True),
        ("(cn;lang-de=*)", Truth::False),
        ("(cn;x-own=*)", Truth::Undefined),
        ("(objectClass=2.5.6.6)", Truth::True),
        ("(2.5.4.0=2.16.840.1.113730.3.2.2)", Truth::True),
        ("(objectClass=device)", Truth::False),
        ("(objectClass=nonsense)", Truth::Undefined),
        ("(objectClass=inet*)", Truth::Undefined),
        ("(entryDN=userid=ADA,organizationalUnitName=People,DC=X)", Truth::True),
        ("(entryDN=*)", Truth::True),
        ("(entryDN=uid=ada,dc=x)", Truth::False),
        ("(hasSubordinates=FALSE)", Truth::True),
        ("(hasSubordinates=false)", Truth::Undefined),
        ("(subschemaSubentry=*)", Truth::True),
        ("(subschemaSubentry=cn=Subschema)", Truth::False),
        ("(entryUUID=*)", Truth::True),
        ("(createTimestamp>=20260101000000Z)", Truth::Undefined),
        ("(nonsense=x)", Truth::Undefined),
        ("(nonsense=*)", Truth::Undefined),
        ("(!(nonsense=x))", Truth::Undefined),
        ("(|(nonsense=x)(sn=Lovelace))", Truth::True),
        ("(!(&(nonsense=x)(sn=Lovelace)))", Truth::Undefined),
        ("(!(uidNumber=abc))", Truth::Undefined),
        ("(!(uidNumber=007))", Truth::Undefined),
        ("(!(uidNumber=7))", Truth::True),
        ("(!(member=notadn))", Truth::Undefined),
        ("(!(member=uid=*))", Truth::Undefined),
        ("(!(cn=))", Truth::Undefined),
        ("(!(mail=))", Truth::True),
        ("(!(jpegPhoto=x))", Truth::Undefined),
        ("(!(jpegPhoto=*))", Truth::True),
        ("(!(sn:integerMatch:=1))", Truth::Undefined),
        ("(!(mail:2.5.13.2:=ada@example.com))", Truth::Undefined),
        ("(surname:caseExactMatch:=Lovelace)", Truth::True),
        ("(organizationalUnitName:dn:=people)", Truth::True),
        ("(name:dn:=people)", Truth::True),
        ("(level>=8)", Truth::True),
    ] {
        assert_eq!(answer(filter, &entry, Schema::Standard), expected, "{filter}");
    }
}

#[test]
fn what_stands_below_an_entry_is_known_from_the_others() {
    let filter: EntryFilter = "(hasSubordinates=TRUE)".parse().unwrap();
    let mut links = Links::of(&[&filter], &[], Schema::Standard);
    links.collect(&entry());
    for (dn, expected) in [("OU=people,DC=x", Truth::True), ("uid=ada,ou=People,dc=x", Truth::False)] {
        assert_eq!(filter.evaluate(&Entry::new(Dn::parse(dn).unwrap()), &links), expected, "{dn}");
    }
}

#[test]
fn what_no_file_can_answer_is_refused_and_a_server_may_know_more_rules() {
    for (filter, evaluator, offset) in [
        ("(sn~=lovlace)", Evaluator::File, Some(3)),
        ("(sn~=lovlace)", Evaluator::ActiveDirectoryFile, None),
        ("(sn~=lovlace)", Evaluator::Server, None),
        ("(cn:1.2.3:=x)", Evaluator::File, Some(4)),
        ("(cn:1.2.3:=x)", Evaluator::Server, None),
        ("(a=1)(b=2)", Evaluator::Server, Some(5)),
        ("a=1)(b=2", Evaluator::Server, Some(3)),
        ("(cn=W**l)", Evaluator::Server, Some(6)),
    ] {
        let parsed = EntryFilter::parse(filter, evaluator);
        assert_eq!(parsed.as_ref().err().map(|error| error.offset), offset, "{filter}");
        if let Ok(parsed) = parsed {
            assert_eq!(parsed.to_string(), filter);
        }
    }
}

#[test]
fn links_are_followed_from_entry_to_entry() {
    let group = |name: &str, members: &[&str]| {
        let mut entry = Entry::new(Dn::parse(&format!("cn={name},dc=x")).unwrap());
        for member in members {
            entry.push("member", member.as_bytes());
        }
        entry
    };
    let groups =
        [group("all", &["cn=eng,dc=x"]), group("eng", &["uid=ada,ou=People,dc=x", "CN=All,dc=x"]), group("none", &[])];
    for (filter, is_derived, expected) in [
        ("(memberOf:1.2.840.113556.1.4.1941:=cn=all,dc=x)", false, true),
        ("(memberOf:1.2.840.113556.1.4.1941:=cn=none,dc=x)", true, false),
        ("(memberOf=cn=eng,dc=x)", true, true),
        ("(memberOf=cn=eng,dc=x)", false, false),
        ("(memberOf=cn=all,dc=x)", true, false),
        ("(memberOf=*)", true, true),
        ("(sn>=love)", true, true),
    ] {
        let parsed: EntryFilter = filter.parse().unwrap();
        let schema = if is_derived { Schema::ActiveDirectory } else { Schema::Standard };
        let mut links = Links::of(&[&parsed], &["member".to_owned()], schema);
        for group in &groups {
            links.collect(group);
        }
        assert_eq!(parsed.evaluate(&entry(), &links) == Truth::True, expected, "{filter}");
    }
}

#[test]
fn the_items_of_a_filter_are_explained_one_by_one() {
    let filter: EntryFilter = "(&(cn=ada*)(!(level=9))(uSNChanged=x))".parse().unwrap();
    let items: Vec<String> = filter
        .items(&entry(), &Links::of(&[&filter], &[], Schema::ActiveDirectory))
        .into_iter()
        .map(|(item, truth)| format!("{item} {}", truth.as_str()))
        .collect();
    assert_eq!(items, ["(cn=ada*) true", "(!(level=9)) false", "(uSNChanged=x) undefined"]);
}

#[test]
fn what_is_no_filter_is_refused_with_the_place() {
    let errors: Vec<String> = [
        "(uid=ada",
        "(uid=ada))",
        "(=x)",
        "(uid)",
        "(uid>5)",
        "(cn:dn=x)",
        "(cn:1.2.3:=x)",
        "(:dn:=x)",
        "(uid>=a*)",
        r"(cn=\2)",
        r"(cn=\zz)",
        "(cn=a(b)",
        "(!uid=a)",
        "(cn=W**l)",
        "(cn=**)",
        "(a=1)(b=2)",
        "a=1)(b=2",
        "",
    ]
    .into_iter()
    .map(|text| text.parse::<EntryFilter>().unwrap_err().to_string())
    .chain([format!("{}x", "(!".repeat(40)).parse::<EntryFilter>().unwrap_err().expected.to_owned()])
    .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    "(uid=ada" is not an LDAP filter: at offset 8, `)` was expected
    "(uid=ada))" is not an LDAP filter: at offset 9, the filter should end
    "(=x)" is not an LDAP filter: at offset 1, an attribute name was expected
    "(uid)" is not an LDAP filter: at offset 4, one of `=`, `>=`, `<=`, `~=` and `:=` was expected
    "(uid>5)" is not an LDAP filter: at offset 4, one of `=`, `>=`, `<=`, `~=` and `:=` was expected
    "(cn:dn=x)" is not an LDAP filter: at offset 6, `:=` was expected
    "(cn:1.2.3:=x)" is not an LDAP filter: at offset 4, this matching rule is not known; 1.2.840.113556.1.4.803 (all bits), .804 (one of the bits), .1941 (in chain) and the equality rules of RFC 4517 are
    "(:dn:=x)" is not an LDAP filter: at offset 6, an attribute name or a matching rule was expected
    "(uid>=a*)" is not an LDAP filter: at offset 7, an asterisk in this value must be written \2a
    "(cn=\\2)" is not an LDAP filter: at offset 4, a backslash must be followed by two hexadecimal digits, such as \2a for an asterisk
    "(cn=\\zz)" is not an LDAP filter: at offset 4, a backslash must be followed by two hexadecimal digits, such as \2a for an asterisk
    "(cn=a(b)" is not an LDAP filter: at offset 5, a parenthesis in a value must be written \28
    "(!uid=a)" is not an LDAP filter: at offset 2, `(` was expected, as in (departmentNumber=4110)
    "(cn=W**l)" is not an LDAP filter: at offset 6, there is nothing between two asterisks; write one, or \2a for an asterisk that is meant
    "(cn=**)" is not an LDAP filter: at offset 5, there is nothing between two asterisks; write one, or \2a for an asterisk that is meant
    "(a=1)(b=2)" is not an LDAP filter: at offset 5, the filter should end; several conditions are one filter as in (&(sn=*)(mail=*))
    "a=1)(b=2" is not an LDAP filter: at offset 3, the filter should end
    "" is not an LDAP filter: at offset 0, an attribute name was expected
    the filter is nested too deeply
    "#);
}
