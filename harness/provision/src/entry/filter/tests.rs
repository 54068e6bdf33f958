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

#[test]
fn a_filter_selects_entries() {
    let entry = entry();
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
        ("(uSNChanged>=12900)", true),
        ("(uSNChanged>=9999)", true),
        ("(uSNChanged<=9999)", false),
        ("(uSNChanged=012900)", true),
        ("(level>=10)", false),
        ("(departmentNumber<=999)", false),
        ("(whenChanged>=20260131090000+0200)", true),
        ("(whenChanged>=202601310801Z)", false),
        ("(sn>=love)", false),
        ("(telephoneNumber=+1555 01-00)", true),
        ("(telephoneNumber=*55-50*)", true),
        ("(userAccountControl:1.2.840.113556.1.4.803:=2)", true),
        ("(!(userAccountControl:1.2.840.113556.1.4.803:=2))", false),
        ("(userAccountControl:1.2.840.113556.1.4.803:=6)", false),
        ("(userAccountControl:1.2.840.113556.1.4.804:=6)", true),
        ("(userAccountControl:1.2.840.113556.1.4.804:=abc)", false),
        ("(!(userAccountControl:1.2.840.113556.1.4.804:=abc))", false),
        ("(sn:caseExactMatch:=lovelace)", false),
        ("(sn:2.5.13.2:=lovelace)", true),
        ("(ou:dn:=people)", true),
        ("(ou:=people)", false),
        ("(:dn:2.5.13.2:=people)", true),
        (r"(manager=cn=bo\5c2C jr,dc=X)", true),
        ("(manager=CN=Bo*)", false),
        ("(homeDirectory=/home/ada)", false),
        (r"(objectGUID=\ff\2a\00)", true),
        (r"(objectGUID=\ff*)", true),
        ("(objectCategory=person)", true),
        ("(objectCategory=user)", true),
        ("(objectCategory=Computer)", false),
        ("(objectCategory=cn=person,cn=schema,cn=configuration,dc=x)", true),
        ("(anr=love)", true),
        ("(anr=ada lovel)", true),
        ("(anr=byron)", false),
    ] {
        let parsed: EntryFilter = filter.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(parsed.evaluate(&entry, &Links::default()) == Truth::True, expected, "{filter}");
        assert_eq!(parsed.to_string().parse::<EntryFilter>().unwrap(), parsed, "{filter}");
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
        let mut links = Links::of(parsed.linked_attributes(), &["member".to_owned()], is_derived);
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
        .items(&entry(), &Links::default())
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
    "" is not an LDAP filter: at offset 0, an attribute name was expected
    the filter is nested too deeply
    "#);
}
