use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

fn guid(name: &str) -> Guid {
    Guid::parse(name)
}

/// A folder that is removed with the test.
fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn identity() -> Identity {
    Identity {
        endpoint: "https://scim.example.com/v2".into(),
        client: "pingfederate-aquera".into(),
        channel: String::new(),
        source: "an LDIF file".into(),
    }
}

/// The same for every kind of ledger.
fn each(test: impl Fn(&dyn Ledger)) {
    test(&MemoryLedger::new());
    let folder = folder();
    test(&FileLedger::open(&folder.path().join("ledger"), &identity()).unwrap());
}

fn linked(id: &str) -> Row {
    Row { target_id: Some(id.into()), identifier: "ada".into(), ..Row::default() }
}

#[test]
fn rows_are_remembered_by_kind_and_guid() {
    each(|ledger| {
        let uuid = guid("6F9619FF-8B86-D011-B42D-00C04FC964FF");
        ledger
            .write(vec![
                (Kind::User, guid("a"), Some(linked("1"))),
                (Kind::Group, guid("a"), Some(linked("2"))),
                (Kind::User, uuid.clone(), Some(Row { dirty: true, ..linked("3") })),
            ])
            .unwrap();
        assert_eq!(ledger.get(Kind::User, &guid("a")).unwrap(), Some(linked("1")));
        assert_eq!(ledger.get(Kind::Group, &guid("a")).unwrap(), Some(linked("2")));
        assert_eq!(ledger.get(Kind::Group, &uuid).unwrap(), None);
        assert_eq!(ledger.target_id(Kind::User, &uuid).unwrap().as_deref(), Some("3"));
        assert_eq!(ledger.target_id(Kind::User, &guid("b")).unwrap(), None);
        assert_eq!(ledger.tally(Kind::User).unwrap(), Tally { rows: 2, dirty: 1 });
        let mut seen = Vec::new();
        ledger.scan(Kind::User, &mut |guid, row| seen.push((guid.clone(), row.target_id.clone().unwrap()))).unwrap();
        seen.sort();
        assert_eq!(seen, [(uuid, "3".into()), (guid("a"), "1".into())]);
    });
}

#[test]
fn an_account_has_the_owner_that_claimed_it_last() {
    each(|ledger| {
        let owner = |id: &str| ledger.owner(Kind::User, id).unwrap();
        ledger.write(vec![(Kind::User, guid("a"), Some(linked("1")))]).unwrap();
        assert_eq!(owner("1"), Some(guid("a")));
        ledger.write(vec![(Kind::User, guid("b"), Some(linked("1"))), (Kind::User, guid("a"), None)]).unwrap();
        assert_eq!(owner("1"), Some(guid("b")), "what another one owns by now stays its");
        ledger.write(vec![(Kind::User, guid("b"), Some(linked("2")))]).unwrap();
        assert_eq!((owner("1"), owner("2")), (None, Some(guid("b"))));
        ledger.write(vec![(Kind::User, guid("b"), Some(Row::intent("ada")))]).unwrap();
        assert_eq!(owner("2"), None);
    });
}

#[test]
fn the_state_of_the_source_stays_and_a_reset_forgets_everything() {
    each(|ledger| {
        assert_eq!(ledger.source_state().unwrap(), None);
        ledger.set_source_state(Some("91")).unwrap();
        ledger
            .write(vec![(Kind::User, guid("a"), Some(linked("1"))), (Kind::Group, guid("g"), Some(linked("2")))])
            .unwrap();
        assert_eq!(ledger.source_state().unwrap().as_deref(), Some("91"));
        ledger.reset().unwrap();
        assert_eq!(ledger.source_state().unwrap(), None);
        assert_eq!((ledger.tally(Kind::User).unwrap(), ledger.tally(Kind::Group).unwrap()), Default::default());
        assert_eq!(ledger.owner(Kind::User, "1").unwrap(), None);
        ledger.write(vec![(Kind::User, guid("a"), Some(linked("1")))]).unwrap();
        ledger.set_source_state(Some("92")).unwrap();
        ledger.set_source_state(None).unwrap();
        assert_eq!(ledger.source_state().unwrap(), None);
    });
}

#[test]
fn a_file_is_there_again_when_it_is_opened_again() {
    let folder = folder();
    let path = folder.path().join("again");
    let ledger = FileLedger::open(&path, &identity()).unwrap();
    ledger.write(vec![(Kind::User, guid("a"), Some(linked("1")))]).unwrap();
    ledger.describe_source(&[("Base DN".into(), "dc=example,dc=com".into())]).unwrap();
    drop(ledger);
    let (ledger, own) = FileLedger::existing(&path).unwrap();
    assert_eq!(own, identity());
    assert_eq!(ledger.get(Kind::User, &guid("a")).unwrap(), Some(linked("1")));
    assert_eq!(ledger.source_settings().unwrap(), [("Base DN".to_owned(), "dc=example,dc=com".to_owned())]);
}

#[test]
fn a_file_that_cannot_be_used_is_refused_in_a_sentence() {
    let refused =
        |path: &std::path::Path, identity: &Identity| FileLedger::open(path, identity).unwrap_err().to_string();
    let folder = folder();
    let other = folder.path().join("other");
    let ledger = FileLedger::open(&other, &identity()).unwrap();
    assert!(refused(&other, &identity()).contains("is in use by another process"));
    ledger.write((0..2000).map(|number| (Kind::User, guid(&number.to_string()), Some(linked("1")))).collect()).unwrap();
    drop(ledger);
    for (asked, words) in [
        (Identity { endpoint: "https://x.example.org".into(), ..identity() }, "belongs to the endpoint"),
        (Identity { client: "pingone-aquera".into(), ..identity() }, "belongs to the client"),
        (Identity { channel: "second".into(), ..identity() }, "belongs to the channel"),
        (
            Identity { source: "PingOne".into(), ..identity() },
            "belongs to the source \"an LDIF file\", not to \"PingOne\"",
        ),
    ] {
        let said = refused(&other, &asked);
        assert!(said.contains(words), "{said}");
    }
    let whole = std::fs::read(&other).unwrap();
    let damaged = folder.path().join("damaged");
    let mut flipped = whole.clone();
    for byte in flipped.iter_mut().skip(4096).step_by(97) {
        *byte ^= 0x55;
    }
    for bytes in [b"dn: uid=ada,dc=x\n".to_vec(), whole[..whole.len() / 2].to_vec(), vec![0; 9000], flipped] {
        std::fs::write(&damaged, &bytes).unwrap();
        let said = refused(&damaged, &identity());
        assert!(said.contains("is damaged or no ledger at all"), "{said}");
        assert!(said.contains("move it away"), "{said}");
    }
    let foreign = folder.path().join("foreign");
    let database = redb::Database::create(&foreign).unwrap();
    let writing = database.begin_write().unwrap();
    writing.open_table(redb::TableDefinition::<u32, u32>::new("numbers")).unwrap();
    writing.commit().unwrap();
    drop(database);
    assert!(refused(&foreign, &identity()).contains("is a database, but no ledger"));
    let none = folder.path().join("none");
    assert!(FileLedger::existing(&none).unwrap_err().to_string().contains("there is no ledger"));
    assert!(refused(std::path::Path::new("/no/such/folder/file"), &identity()).contains("cannot be opened"));
}

fn sent() -> impl Strategy<Value = Option<SentState>> {
    let user = (any::<u64>(), any::<bool>(), prop::option::of(".{0,40}"))
        .prop_map(|(fingerprint, active, body)| SentState::User { fingerprint, active, body: body.map(Into::into) });
    let group = prop::collection::btree_set(".{0,12}", 0..5)
        .prop_map(|members| SentState::Group { members: members.into_iter().map(Into::into).collect() });
    prop::option::of(prop_oneof![user, group])
}

fn row() -> impl Strategy<Value = Row> {
    (prop::option::of(".{0,40}"), sent(), any::<[bool; 3]>(), ".{0,20}").prop_map(
        |(target_id, sent, [dirty, create_pending, gone], identifier)| Row {
            target_id: target_id.map(Into::into),
            sent,
            dirty,
            create_pending,
            identifier: identifier.into(),
            gone,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_encoded_is_decoded(row in row(), text in ".{0,40}", cut in 0..1000_usize) {
        let bytes = encoding::encode(&row);
        prop_assert_eq!(encoding::decode_target_id(&bytes), Ok(row.target_id.clone()));
        prop_assert_eq!(encoding::decode(&bytes), Some(row));
        prop_assert_eq!(encoding::decode(&bytes[..cut % bytes.len()]), None, "a part is not a row");
        let guid = Guid::parse(&text);
        prop_assert_eq!(encoding::guid(&encoding::key(&guid)), Some(guid));
    }
}
