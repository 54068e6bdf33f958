use super::*;

fn read(text: &str) -> Result<Vec<Record>, LdifError> {
    RecordReader::new("people.ldif", text.as_bytes()).collect()
}

fn entries(text: &str) -> Vec<Entry> {
    read(text)
        .unwrap()
        .into_iter()
        .map(|record| match record.content {
            Content::Entry(entry) => entry,
            Content::Change { .. } => panic!("an entry was expected"),
        })
        .collect()
}

fn change(text: &str) -> ChangeRecord {
    match read(text).unwrap().remove(0).content {
        Content::Change { change, .. } => change,
        Content::Entry(_) => panic!("a change was expected"),
    }
}

#[test]
fn entries_are_read_with_folding_comments_base64_and_either_line_end() {
    let text = "\u{feff}# people\n#  of x\n \u{20}continued comment\nversion: 1\n\n\ndn: uid=ada,\n dc=x\nobjectClass: top\n\
                cn:: QWRhIEzDtnZlbGFjZQ==\n# between\ndescription:\nmail:ada@example.com\ntitle:   Countess\n\n\n\
                dn:: dWlkPcOpcmljLGRjPXg=\r\ncn: E\r\n r\r\n  ic\r\n";
    let [ada, eric] = entries(text).try_into().unwrap();
    assert_eq!(ada.dn.as_str(), "uid=ada,dc=x");
    assert_eq!(ada.text("cn"), Some("Ada Lövelace"));
    assert_eq!(ada.text("description"), Some(""));
    assert_eq!(ada.text("mail"), Some("ada@example.com"));
    assert_eq!(ada.text("title"), Some("Countess"));
    assert_eq!(eric.dn.as_str(), "uid=éric,dc=x");
    assert_eq!(eric.text("cn"), Some("Er ic"));
}

#[test]
fn a_value_is_what_stands_behind_the_first_colon_and_its_blanks() {
    let [entry] =
        entries("dn: cn=x\nlabeledURI: https://example.com/a:b\nnote:: \nbin:: /wA=\ncn;lang-en: y\n2.5.4.3: z")
            .try_into()
            .unwrap();
    assert_eq!(entry.text("labeledURI"), Some("https://example.com/a:b"));
    assert_eq!(entry.text("note"), Some(""));
    assert_eq!(entry.values("bin").next(), Some(&[0xFF, 0x00][..]));
    assert_eq!(entry.text("cn;lang-en"), Some("y"));
    assert_eq!(entry.text("cn"), None);
    assert_eq!(entry.text("2.5.4.3"), Some("z"));
}

#[test]
fn records_know_their_first_line() {
    let lines: Vec<u64> = read("version: 1\n\n# a\ndn: cn=a\ncn: a\n\n\ndn: cn=b\ncn: b\n")
        .unwrap()
        .iter()
        .map(|record| record.line)
        .collect();
    assert_eq!(lines, [4, 8]);
}

#[test]
fn changes_are_read() {
    let ChangeRecord::Add(entry) = change("dn: cn=a\nchangetype: add\ncn: a\n") else { panic!("an add") };
    assert_eq!(entry.text("cn"), Some("a"));
    assert_eq!(change("dn: cn=a\nCHANGETYPE:delete"), ChangeRecord::Delete);
    let ChangeRecord::Modify(parts) = change(
        "dn: cn=a\ncontrol: 1.2.840.113556.1.4.805 true\nchangetype: modify\nadd: mail\nmail: x\nMAIL: y\n-\ndelete: title\n-\nreplace: sn\n-\n",
    ) else {
        panic!("a modify")
    };
    let shown: Vec<_> =
        parts.iter().map(|part| (part.line, part.operation.as_str(), &*part.attribute, part.values.len())).collect();
    assert_eq!(shown, [(4, "add", "mail", 2), (8, "delete", "title", 0), (10, "replace", "sn", 0)]);
    let ChangeRecord::Rename { new_rdn, delete_old_rdn, new_superior } =
        change("dn: cn=a,o=x\nchangetype: moddn\nnewrdn: cn=b\ndeleteoldrdn: 0\nnewsuperior: o=y\n")
    else {
        panic!("a rename")
    };
    assert_eq!((new_rdn.to_string().as_str(), delete_old_rdn), ("cn=b", false));
    assert_eq!(new_superior.unwrap().as_str(), "o=y");
}

#[test]
fn what_is_accepted_against_the_grammar_is_told() {
    let text =
        "dn: cn=a\ncontrol: 1.2.3 false: x\nchangetype: modify\nreplace: cn\ncn: Zoë\n\ndn: cn=é\nchangetype: delete\n";
    let mut reader = RecordReader::new("people.ldif", text.as_bytes());
    assert_eq!(reader.by_ref().map(Result::unwrap).count(), 2);
    let told: Vec<String> =
        reader.warnings().iter().map(|warning| format!("{}: {}", warning.line, warning.text)).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    2: control 1.2.3 of cn=a is ignored
    4: the last modification of the record is not closed by a line `-`
    5: values beyond ASCII are not base64 as RFC 2849 asks; they are read as UTF-8
    "#);
}

/// Every way in which a file can be malformed, with the sentence that its owner gets.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases with their messages")]
fn each_malformed_line_is_named_with_the_remedy() {
    let entry = |line: &str| format!("dn: cn=a\n{line}\n");
    let modify = |lines: &str| format!("dn: cn=a\nchangetype: modify\n{lines}\n");
    let rename = |lines: &str| format!("dn: cn=a\nchangetype: modrdn\n{lines}\n");
    let cases: Vec<String> = vec![
        " folded: without a line before".into(),
        "\n starts with a blank".into(),
        entry("no colon here"),
        entry("mail : blank before the colon"),
        entry(": no name"),
        entry("1mail: digit first"),
        entry("cn;: empty option"),
        entry("cn;lang en: blank in option"),
        entry("1..2: empty arc"),
        entry("m_il!: sign"),
        entry("cn:: not base64!"),
        entry("cn:: QQ="),
        entry("objectClass:< file:///etc/passwd"),
        entry("cn: a\0b"),
        entry("version: 1")
            .replacen("dn", "version: 1\n\ndn", 1)
            .replace("version: 1\n\ndn: cn=a\nversion", "version: 1\n\nversion"),
        "version: 2\n\ndn: cn=a\ncn: a\n".into(),
        "version: one\ndn: cn=a\ncn: a\n".into(),
        "cn: a\n".into(),
        "dn:: !!!\ncn: a\n".into(),
        "dn:: /w==\ncn: a\n".into(),
        "dn: \nchangetype: delete\n".into(),
        "dn: ada\ncn: a\n".into(),
        "dn: cn=\"a\"\ncn: a\n".into(),
        "dn: cn=a\n".into(),
        "dn: cn=a\ncn: a\ndn: cn=b\n".into(),
        "dn: cn=a\ncn: a\nchangetype: delete\n".into(),
        "dn: cn=a\nchangetype: remove\n".into(),
        "dn: cn=a\nchangetype: add\n".into(),
        "dn: cn=a\nchangetype: delete\ncn: a\n".into(),
        "dn: cn=a\nchangetype:: /w==\n".into(),
        "dn: cn=a\ncontrol: 1.2.3\ncn: a\n".into(),
        "dn: cn=a\ncontrol: 1.2.3\n".into(),
        "dn: cn=a\ncontrol: critical\nchangetype: delete\n".into(),
        "dn: cn=a\ncontrol: 1.2.3 yes\nchangetype: delete\n".into(),
        "dn: cn=a\nchangetype: modify\n".into(),
        modify("-"),
        modify("cn: a"),
        modify("add: cn\n-"),
        modify("add: c n\nc n: a\n-"),
        modify("add: cn\nsn: a\n-"),
        modify("replace: cn\ncn: a\ndelete: sn\n-"),
        modify("increment: uidNumber\nuidNumber: 1\n-"),
        modify("replace: cn\ncn:< http://example.com/\n-"),
        "dn: cn=a\nchangetype: modrdn\n".into(),
        rename("deleteoldrdn: 1"),
        rename("newrdn: cn=b"),
        rename("newrdn: b\ndeleteoldrdn: 1"),
        rename("newrdn: cn=b,o=x\ndeleteoldrdn: 1"),
        rename("newrdn: cn=b\ndeleteoldrdn: yes"),
        rename("newrdn: cn=b\ndeleteoldrdn: 1\nnewsuperior: x"),
        rename("newrdn: cn=b\ndeleteoldrdn: 1\nnewsuperior: o=x\ncn: c"),
        rename("newrdn: cn=b\ndeleteoldrdn: 1\ncn: c"),
    ];
    assert!(cases.len() >= 50);
    let messages: Vec<String> = cases
        .iter()
        .map(|text| match read(text) {
            Ok(_) => panic!("accepted: {text:?}"),
            Err(error) => error.to_string(),
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    people.ldif, line 1: the line starts with a blank, which continues a line, but there is none before it; remove the blank
    people.ldif, line 2: the line starts with a blank, which continues a line, but there is none before it; remove the blank
    people.ldif, line 2: "no colon here" has no colon; a line is `attribute: value`, and a continued line starts with a blank
    people.ldif, line 2: "mail " is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`
    people.ldif, line 2: "" is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`
    people.ldif, line 2: "1mail" is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`
    people.ldif, line 2: "cn;" is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`
    people.ldif, line 2: "cn;lang en" is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`
    people.ldif, line 2: "1..2" is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`
    people.ldif, line 2: "m_il!" is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`
    people.ldif, line 2: the value of cn is not base64; `::` announces base64, a plain value stands after one colon
    people.ldif, line 2: the value of cn is not base64; `::` announces base64, a plain value stands after one colon
    people.ldif, line 2: objectClass takes its value from a URL (`:<`), which is refused because reading a file must not read others; put the value itself there in base64 (`::`)
    people.ldif, line 2: the file holds a NUL byte, so it is not text; LDIF has such values in base64 (`attribute:: value`)
    people.ldif, line 3: `version` stands only once, in the first line
    people.ldif, line 1: version "2" is unknown; only `version: 1` exists
    people.ldif, line 1: version "one" is unknown; only `version: 1` exists
    people.ldif, line 1: a record starts with `dn:`, but here is "cn: a"; is the line above wrongly blank?
    people.ldif, line 1: the value of dn is not base64; `::` announces base64, a plain value stands after one colon
    people.ldif, line 1: the line is not UTF-8; export values that are not text in base64 (`attribute:: value`)
    people.ldif, line 1: the name of an entry cannot be empty here
    people.ldif, line 1: "ada" is not a distinguished name: at offset 3, `=` was expected after the attribute type
    people.ldif, line 1: "cn=\"a\"" is not a distinguished name: at offset 3, the value is in quotation marks, a form that RFC 4514 no longer has: escape its special characters with backslashes
    people.ldif, line 1: an entry needs at least one attribute
    people.ldif, line 3: a second `dn:` in one record; put a blank line before it
    people.ldif, line 3: `changetype` must stand directly after `dn:` and controls
    people.ldif, line 2: changetype "remove" is unknown; use add, delete, modify, modrdn or moddn
    people.ldif, line 2: an entry needs at least one attribute
    people.ldif, line 3: a delete has no lines after `changetype: delete`, but here is "cn: a"; put a blank line before the next record
    people.ldif, line 2: the line is not UTF-8; export values that are not text in base64 (`attribute:: value`)
    people.ldif, line 3: `control` must be followed by `changetype`
    people.ldif, line 1: `control` must be followed by `changetype`
    people.ldif, line 2: "control: critical" is not a control; it is an object identifier, then optionally true or false, then optionally a value
    people.ldif, line 2: "control: 1.2.3 yes" is not a control; it is an object identifier, then optionally true or false, then optionally a value
    people.ldif, line 2: a modify needs at least one of `add:`, `delete:` and `replace:`
    people.ldif, line 3: `-` closes a modification, but none is open
    people.ldif, line 3: "cn: a" is not a modification; use add, delete or replace, and close each with a line `-`
    people.ldif, line 3: `add: cn` has no value; give at least one line `cn: value`
    people.ldif, line 3: "c n" is not an attribute description; it is a name such as `mail`, with options after semicolons such as `cn;lang-en`
    people.ldif, line 4: `add: cn` is followed by a value of sn; close each modification with a line `-`
    people.ldif, line 5: `replace: cn` is followed by a value of delete; close each modification with a line `-`
    people.ldif, line 3: increment (RFC 4525) is not supported; use `replace:` with the new value
    people.ldif, line 4: cn takes its value from a URL (`:<`), which is refused because reading a file must not read others; put the value itself there in base64 (`::`)
    people.ldif, line 2: a rename needs a line `newrdn: cn=New Name`
    people.ldif, line 3: a rename has newrdn, deleteoldrdn and newsuperior in this order, but here is "deleteoldrdn: 1"
    people.ldif, line 3: a rename needs a line `deleteoldrdn: 1` or `0`
    people.ldif, line 3: newrdn is a single relative name such as `cn=Sales`: "b" is not a distinguished name: at offset 1, `=` was expected after the attribute type
    people.ldif, line 3: newrdn is a single relative name such as `cn=Sales`: "cn=b,o=x" is not a distinguished name: at offset 0, a single relative name was expected; escape a comma that belongs to its value
    people.ldif, line 4: deleteoldrdn is 0 or 1, not "yes"
    people.ldif, line 5: "x" is not a distinguished name: at offset 1, `=` was expected after the attribute type
    people.ldif, line 6: a rename has newrdn, deleteoldrdn and newsuperior in this order, but here is "cn: c"
    people.ldif, line 5: a rename has newrdn, deleteoldrdn and newsuperior in this order, but here is "cn: c"
    "#);
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let of = |bytes: &[u8]| RecordReader::new("people.ldif", bytes).find_map(Result::err).unwrap().to_string();
    let messages = [
        of(b"dn: cn=a\ncn: \xff\n"),
        of(b"\xff\xfed\0n"),
        of(b"\xfe\xff\xd8\x34\0n"),
        of(b"dn: cn=a\njpegPhoto: \x00\x01\n"),
    ];
    insta::assert_snapshot!(messages.join("\n"), @r#"
    people.ldif, line 2: the line is not UTF-8; export values that are not text in base64 (`attribute:: value`)
    people.ldif: the file cannot be read: the file begins as UTF-16 and holds bytes that are not UTF-16
    people.ldif: the file cannot be read: the file begins as UTF-16 and holds bytes that are not UTF-16
    people.ldif, line 2: the file holds a NUL byte, so it is not text; LDIF has such values in base64 (`attribute:: value`)
    "#);
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let endless = std::io::BufReader::new(std::io::repeat(b'a'));
    let error = RecordReader::new("endless", endless).next().unwrap().unwrap_err();
    assert_eq!(error.problem, LdifProblem::LongLine(lines::LONGEST_LINE));
    let folds = std::io::BufReader::new(Folds(0));
    let error = RecordReader::new("folds", folds).next().unwrap().unwrap_err();
    assert_eq!(error.problem, LdifProblem::LongLine(lines::LONGEST_LINE));
}

/// An endless line that is folded all the time.
struct Folds(usize);

impl std::io::Read for Folds {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        for byte in buffer.iter_mut() {
            *byte = match self.0 % 1024 {
                0 if self.0 > 0 => b' ',
                1023 => b'\n',
                _ => b'a',
            };
            self.0 += 1;
        }
        Ok(buffer.len())
    }
}

#[test]
fn after_an_error_nothing_more_is_read() {
    let mut reader = RecordReader::new("people.ldif", "cn: a\n\ndn: cn=b\ncn: b\n".as_bytes());
    assert!(reader.next().unwrap().is_err());
    assert!(reader.next().is_none());
}

/// The output of the tools of directories in their defaults, as (text, names of the entries, warnings).
/// People who are missing from a file count as leavers.
#[test]
fn a_file_whose_last_line_has_no_end_may_be_cut_off() {
    for (text, line) in
        [("dn: cn=a\ncn: a\n\ndn: cn=b\ncn: b", Some(5)), ("dn: cn=a\ncn: a\n", None), ("dn: cn=a\ncn: a\r\n", None)]
    {
        let mut reader = RecordReader::new("people.ldif", text.as_bytes());
        assert!(reader.by_ref().all(|record| record.is_ok()), "{text}");
        assert_eq!(reader.warnings().first().map(|warning| warning.line), line, "{text}");
    }
}

#[test]
fn the_output_of_the_tools_of_directories_is_a_source() {
    const ADA: &str = "dn: uid=ada,dc=x\nobjectClass: person\nuid: ada\n";
    let utf16: String = format!("\u{FEFF}{}", ADA.replace('\n', "\r\n"));
    let utf16: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let read = |bytes: &[u8]| {
        let mut reader = RecordReader::new("people.ldif", bytes);
        let names: Result<Vec<String>, LdifError> =
            reader.by_ref().map(|record| Ok(record?.content.entry().expect("an entry").dn.to_string())).collect();
        let warnings: Vec<String> = reader.warnings().iter().map(|warning| warning.text.clone()).collect();
        (names.map_err(|error| error.to_string()), warnings)
    };
    let ada = Ok(vec!["uid=ada,dc=x".to_owned()]);
    for text in [
        ADA.to_owned(),
        ADA.replace("objectClass: person", "changetype: add\nobjectClass: person"),
        format!(
            "# extended LDIF\n#\n\n# ada, x\n{ADA}\n# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: 2\n"
        ),
        format!(
            "version: 1\n\n{ADA}\nsearch: 2\nresult: 0 Success\ncontrol: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\npagedresults: cookie=\n"
        ),
        ADA.replace("uid: ada", "uid: ada\njpegPhoto:< file:///home/ada.jpg"),
        ADA.replace("uid: ada", "uid: ada\nmember;range=0-1499: uid=bo,dc=x"),
        "DN,objectClass,uid\r\n\"uid=ada,dc=x\",person,ada\r\n".to_owned(),
        "\r\n\r\nDN,objectClass,uid\r\n\"uid=ada,dc=x\",person,ada\r\n".to_owned(),
        "\u{FEFF}\r\n\r\n\"DN\",objectClass,uid\r\n\"uid=ada,dc=x\",person,ada\r\n".to_owned(),
    ] {
        assert_eq!(read(text.as_bytes()), (ada.clone(), vec![]), "{text}");
    }
    assert_eq!(read(&utf16), (ada.clone(), vec![]));
    let (names, warnings) =
        read(format!("dn:\nobjectClass: top\n\n{ADA}\nref: ldap://b.example.com/dc=y\n").as_bytes());
    assert_eq!(names, ada);
    assert!(warnings[0].contains("root DSE") && warnings[1].contains("another server"), "{warnings:?}");
    for (text, said) in [
        (format!("{ADA}\nsearch: 2\nresult: 4 Size limit exceeded\n"), "ended with \"4 Size limit exceeded\""),
        ("{\"_embedded\": {\"users\": []}}".to_owned(), "this is a list of PingOne's users"),
        ("\n\n\n\n{\"_embedded\": {\"users\": []}}".to_owned(), "this is a list of PingOne's users"),
        (
            "<saasProvisioner/>".to_owned(),
            "saas-provisioner.xml, not an export of a directory; give it to --connection",
        ),
    ] {
        let error = read(text.as_bytes()).0.unwrap_err();
        assert!(error.contains(said), "{said}: {error}");
    }
}

/// The comments that `ldapsearch` writes behind the entries say how many it gave.
#[test]
fn a_file_that_lacks_entries_which_its_search_gave_is_refused() {
    let entry = |uid: &str| format!("dn: uid={uid},dc=x\nuid: {uid}\n\n");
    let trailer = |count: u64| {
        format!(
            "# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: {}\n# numEntries: {count}\n",
            count + 1
        )
    };
    let read = |text: &str| RecordReader::new("f", text.as_bytes()).collect::<Result<Vec<_>, _>>();
    let both = entry("a") + &entry("b");
    let root = "dn:\nobjectClass: top\n\n";
    for (text, count) in [
        (both.clone() + &trailer(2), 2),
        (both.clone() + &trailer(2) + "\n" + &entry("c") + &trailer(1), 3),
        (root.to_owned() + &both + &trailer(3), 2),
        (both.clone() + "# ref: ldap://x\n\nref: ldap://x\n\n" + &trailer(2), 2),
    ] {
        assert_eq!(read(&text).unwrap().len(), count, "{text}");
    }
    for (text, said) in [
        (
            entry("a") + &trailer(2),
            "f, line 9: the search that wrote this file gave 2 entries, but 1 entry stands before this line",
        ),
        (both.clone() + &trailer(1), "gave 1 entry, but 2 entries stand before this line"),
        (both + &trailer(2) + "\n" + &trailer(1), "gave 1 entry, but 0 entries stand"),
    ] {
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn line_ends_of_carriage_returns_alone_are_named() {
    let error = RecordReader::new("f", "dn: uid=a,dc=x\ruid: a\r".as_bytes()).next().unwrap().unwrap_err();
    assert!(error.to_string().starts_with("f, line 1: the line has a carriage return without a line feed"), "{error}");
}

/// An export is data: a placeholder counts where the run uses the attribute, unless the value is in base64.
#[test]
fn a_placeholder_counts_where_the_run_uses_the_value() {
    use crate::channel::Channel;
    use crate::source::{Directory, Source};
    let said = |text: &str| {
        let (directory, _) = Directory::parse("f", text).unwrap();
        directory.surroundings(&Channel::default()).map(drop).map_err(|error| error.to_string())
    };
    let person = "dn: uid=a,dc=x\nobjectClass: inetOrgPerson\nuid: a\ncn: A\nsn: ${SURNAME}\nmail: a@${DOMAIN}\n";
    let error = said(&(person.to_owned() + "\n" + &person.replace("uid=a", "uid=b"))).unwrap_err();
    assert_eq!(
        error,
        "f: this is a template with open placeholders; fill in SURNAME (line 5 and 1 more), DOMAIN (line 6 and 1 more); \
         a value that is meant so is written in base64 (`::`)"
    );
    assert!(said("dn: uid=${UID},dc=x\nobjectClass: inetOrgPerson\n").unwrap_err().contains("fill in UID (line 1)"));
    for data in [
        "dn: cn=x,dc=x\nobjectClass: device\nhomeDirectory: /home/${uid}\n",
        "dn: uid=a,dc=x\nobjectClass: inetOrgPerson\nsn:: JHtTVVJOQU1FfQ==\n",
        "dn: uid=a,dc=x\nobjectClass: inetOrgPerson\nsn: $5 {a} ${\n",
    ] {
        assert_eq!(said(data), Ok(()), "{data}");
    }
    let rows = "DN,objectClass,sn\n\"CN=a,DC=x\",inetOrgPerson,${SURNAME}\n";
    assert!(said(rows).unwrap_err().contains("fill in SURNAME (line 2)"));
}

proptest::proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        for record in RecordReader::new("any", &bytes[..]) {
            drop(record);
        }
    }

    #[test]
    fn any_value_survives_base64_and_folding(value in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..120), width in 10_usize..60) {
        use base64::Engine as _;
        let line = format!("bin:: {}", base64::engine::general_purpose::STANDARD.encode(&value));
        let folded = line.as_bytes().chunks(width).map(|part| std::str::from_utf8(part).unwrap()).collect::<Vec<_>>().join("\r\n ");
        let [entry] = entries(&format!("dn: cn=a\r\n{folded}\r\n")).try_into().unwrap();
        proptest::prop_assert_eq!(entry.values("bin").next(), Some(&value[..]));
    }
}
