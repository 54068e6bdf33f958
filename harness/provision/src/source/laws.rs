//! Documents as products write them, cut, doubled and put in another order: each is read right, or refused with file, place and
//! remedy. None makes a reader panic, and nothing is lost in silence.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use weir_files::fault::FileFault;

use super::Directory;
use super::ldif::RecordReader;
use super::pingone::{Events, Groups, PingOne, Rule, mappings_of};
use crate::calibrate;
use crate::client;
use crate::connection::{Connection, ConnectionFile};
use crate::mapping::{Mapping, file};

const CONNECTION: &str = include_str!("../../../../fixtures/connections/pingfederate-aquera.json");
const STORE: &str = include_str!("../../../../fixtures/connections/pingone-aquera.json");
const RULE: &str = include_str!("../../../../fixtures/pingone/rule.json");
const USERS: &str = include_str!("../../../../fixtures/pingone/users.json");
const PEOPLE: &str = include_str!("../../../../fixtures/directories/twenty.ldif");
const DOMAIN: &[u8] = include_bytes!("../../../../fixtures/directories/domain.ldf");
const CHANGES: &str = include_str!("../../../../fixtures/directories/domain-leavers.ldif");
const EVENTS: &str = include_str!("../../../../fixtures/pingone/events.ndjson");
const PROFILE: &str = include_str!("../../../../fixtures/connections/saas-provisioner.xml");

/// The reading of a text: the parts that a run would use, or the fault.
type DocumentReading = Result<Vec<String>, FileFault>;

fn shown(connection: &Connection) -> Vec<String> {
    let target = connection.given().into_iter().map(|(name, value)| format!("{name}={value}"));
    let channels = connection.channels.iter().flat_map(|channel| {
        let source = channel.source.iter().map(|setting| format!("{}={:?}", setting.name, setting.value));
        let fields = channel.fields.iter().map(|field| format!("{field:?}"));
        source.chain(fields).map(|line| format!("{} {line}", channel.name)).collect::<Vec<_>>()
    });
    let unknown = connection.unknown.iter().map(|member| member.fault("f").to_string());
    target.chain(channels).chain(unknown).filter(|line| !line.contains("dataSource")).collect()
}

fn connection(text: &str) -> DocumentReading {
    let read = ConnectionFile::parse("f", text).and_then(|file| file.choose(None)?.read(false));
    read.map(|read| shown(&read))
}

fn rule(text: &str) -> DocumentReading {
    let shown = |rule: Rule| {
        let filter = rule.filter.map(|filter| filter.to_string());
        let fields = rule.mapping.rules().iter().map(|rule| format!("{}={:?}", rule.field.name, rule.attribute_names));
        let status = format!("{:?}", rule.mapping.status);
        fields.chain([format!("{filter:?} {} {:?}", rule.deprovisions, rule.groups), status]).collect()
    };
    Rule::parse("f", text).map(shown)
}

fn users(text: &str) -> DocumentReading {
    let everybody =
        Rule::parse("r", "{\"active\": true, \"mappings\": [], \"populationExpression\": \"id pr\"}").expect("a rule");
    PingOne::parse("f", text, &everybody).map(|users| (0..users.len()).map(|number| number.to_string()).collect())
}

fn groups(text: &str) -> DocumentReading {
    let everybody =
        Rule::parse("r", "{\"active\": true, \"mappings\": [], \"populationExpression\": \"id pr\"}").expect("a rule");
    Groups::parse("f", text, &everybody).map(|groups| vec![format!("{groups:?}")])
}

fn directory(text: &str) -> DocumentReading {
    let names = |directory: Directory| directory.iter().map(|entry| format!("{entry:?}")).collect();
    Directory::parse("f", text).map(|(directory, _)| names(directory)).map_err(FileFault::from)
}

fn mapping(text: &str) -> DocumentReading {
    let shown = |file: file::MappingFile| {
        let rules = file.mapping.rules().iter().map(|rule| format!("{rule:?}"));
        rules.chain([format!("{:?}", file.mapping.status)]).chain(file.warnings).collect()
    };
    file::parse("f", text, false).map(shown)
}

fn mapping_in_toml(text: &str) -> DocumentReading {
    file::parse("f", text, true).map(|file| file.mapping.rules().iter().map(|rule| format!("{rule:?}")).collect())
}

fn mappings(text: &str) -> DocumentReading {
    let shown = |mapping: Mapping| {
        let fields = mapping.rules().iter().map(|rule| format!("{}={:?}", rule.field.name, rule.attribute_names));
        fields.chain([format!("{:?}", mapping.status)]).collect()
    };
    mappings_of("f", text).map(shown)
}

fn changes(text: &str) -> DocumentReading {
    let records =
        RecordReader::new("f", text.as_bytes()).map(|record| record.map(|record| format!("{:?}", record.content)));
    records.collect::<Result<_, _>>().map_err(FileFault::from)
}

fn events(text: &str) -> DocumentReading {
    Events::new("f", text.as_bytes()).map(|event| event.map(|event| format!("{event:?}"))).collect()
}

fn traffic(text: &str) -> DocumentReading {
    let read = calibrate::parse(text).map_err(|fault| fault.of("f"))?;
    if read.is_empty() {
        // `weir calibrate` refuses a recording without requests.
        return Err(FileFault::whole("f", "the recording holds no request"));
    }
    Ok(read.iter().map(|exchange| format!("{exchange:?}")).collect())
}

fn variants(text: &str) -> DocumentReading {
    let description = client::find("pingfederate-scim").expect("it is a client");
    let read = description.with_variants_of(text).map_err(|fault| fault.within("f", text))?;
    Ok(vec![format!("{read:?}")])
}

type DocumentReader = fn(&str) -> DocumentReading;

/// How a document is built of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Build {
    /// A part of it is no document.
    Whole,
    /// A list of records, each of which stands once; a part can be a document by itself.
    Records,
    /// A list of events, which can repeat each other.
    Log,
}

/// A document as a product writes it, with its reader.
struct RealDocument {
    name: &'static str,
    text: String,
    read: DocumentReader,
    build: Build,
}

const CSVDE: &str = "DN,objectClass,cn,objectGUID,member\r\n\
    \"CN=Ada,DC=x\",top;person;user,Ada,X'01010101010101010101010101010101',\r\n\
    \"CN=Bo,DC=x\",top;person;user,\"Bo \"\"Bee\"\" Tarn\",X'02020202020202020202020202020202',\r\n\
    \"CN=Staff,DC=x\",top;group,Staff,X'03030303030303030303030303030303',\"CN=Ada,DC=x;CN=Bo,DC=x\"\r\n";
const TRAILER: &str = "\n# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: 27\n# numEntries: 26\n";
const MAPPING: &str = r#"{"attributeMapping": [
  {"fieldName": "userName", "saasFieldInfo": {"attributeNames": ["uid"], "characterCase": "LOWER", "trim": true}},
  {"fieldName": "title", "saasFieldInfo": {"attributeNames": ["title", "employeeType"], "createOnly": true}}
], "accountManagementSettings": {"accountStatusAttributeName": "nsaccountlock",
  "accountStatusAlgorithm": "ACCOUNT_STATUS_ALGORITHM_FLAG", "flagComparisonValue": "true", "flagComparisonStatus": false}}
"#;
const MAPPING_IN_TOML: &str = "[[attributeMapping]]\nfieldName = \"userName\"\n[attributeMapping.saasFieldInfo]\n\
    attributeNames = [\"uid\"]\n\n[[attributeMapping]]\nfieldName = \"title\"\n[attributeMapping.saasFieldInfo]\n\
    attributeNames = [\"title\"]\ntrim = true\n";
const ARCHIVE: &str = r#"{"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [
  {"startedDateTime": "2026-01-01T00:00:00Z", "time": 1, "request": {"method": "GET", "url": "https://x.example.com/scim/Users?count=1", "headers": []}, "response": {"status": 200, "headers": [], "content": {"text": "{}"}}},
  {"startedDateTime": "2026-01-01T00:00:01Z", "time": 1, "request": {"method": "DELETE", "url": "https://x.example.com/scim/Users/1", "headers": []}, "response": {"status": 204, "headers": [], "content": {}}}
]}}
"#;
const JOURNAL: &str = r#"{"number":1,"request":{"method":"GET","target":"/scim/Users?count=1","headers":[]},"answer":{"status":200,"body":"{}"}}
{"number":2,"request":{"method":"DELETE","target":"/scim/Users/1","headers":[]},"answer":{"status":204}}
"#;
const WHOLE_RULE: &str = r#"{"id": "r-1", "name": "Staff", "active": true, "deprovision": "false", "populations": [{"id": "p-1"}],
  "groups": [{"id": "g-1"}], "targetStore": {"id": "s-1"}, "plan": {"id": "x"},
  "_embedded": {"mappings": [
    {"id": "m-1", "name": "a", "sourceAttribute": "${user.username}", "targetAttribute": "userName", "attributeMappingType": "userAttributeMapping"},
    {"id": "m-2", "name": "b", "sourceAttribute": "enabled", "targetAttribute": "active"}]}}
"#;
const GROUPS: &str = r#"{"_embedded": {"groups": [{"id": "g-1", "name": "Staff"}, {"id": "g-2", "name": "Editors", "isExternal": false}]},
  "count": 2, "size": 2, "_links": {"self": {"href": "x"}}}
"#;
const VARIANTS: &str = "client = \"pingfederate-scim\"\n\n[details]\n\"create-group\" = \"members-later\"\n";

/// Every form of document that is read.
static DOCUMENTS: LazyLock<Vec<RealDocument>> = LazyLock::new(|| {
    let document = |name, text: String, read, build| RealDocument { name, text, read, build };
    let domain = weir_files::document::text("f", DOMAIN).expect("the fixture is UTF-16");
    vec![
        document("connection", CONNECTION.to_owned(), connection as DocumentReader, Build::Whole),
        document("list of connections", format!("[{CONNECTION}]"), connection, Build::Whole),
        document("API's answer", format!("{{\"items\": [{CONNECTION}]}}"), connection, Build::Whole),
        document(
            "bulk export",
            format!("{{\"operations\": [{{\"items\": [{CONNECTION}]}}]}}"),
            connection,
            Build::Whole,
        ),
        document("server profile", PROFILE.to_owned(), connection, Build::Whole),
        document("store", STORE.to_owned(), connection, Build::Whole),
        document("stores", format!("{{\"_embedded\": {{\"stores\": [{STORE}]}}}}"), connection, Build::Whole),
        document("rule", RULE.to_owned(), rule, Build::Whole),
        document("rules", format!("{{\"_embedded\": {{\"rules\": [{RULE}]}}}}"), rule, Build::Whole),
        document("rule with everything", WHOLE_RULE.to_owned(), rule, Build::Whole),
        document("groups", GROUPS.to_owned(), groups, Build::Whole),
        document("pages of groups", format!("[{GROUPS}]"), groups, Build::Whole),
        document("mappings", RULE.to_owned(), mappings, Build::Whole),
        document("users", USERS.to_owned(), users, Build::Whole),
        document("pages of users", format!("[{USERS}]"), users, Build::Whole),
        document("events", EVENTS.to_owned(), events, Build::Log),
        document("mapping", MAPPING.to_owned(), mapping, Build::Whole),
        document("mapping in TOML", MAPPING_IN_TOML.to_owned(), mapping_in_toml, Build::Records),
        document("LDIF", PEOPLE.to_owned(), directory, Build::Records),
        document("ldapsearch", format!("{PEOPLE}{TRAILER}"), directory, Build::Records),
        document("ldifde", domain, directory, Build::Records),
        document("csvde", CSVDE.to_owned(), directory, Build::Records),
        document("changes", CHANGES.to_owned(), changes, Build::Log),
        document("archive", ARCHIVE.to_owned(), traffic, Build::Whole),
        document("journal", JOURNAL.to_owned(), traffic, Build::Log),
        document("variants", VARIANTS.to_owned(), variants, Build::Records),
    ]
});

/// A refusal names the file and says something.
fn is_said(fault: &FileFault) -> bool {
    let message = fault.to_string();
    (message.starts_with("f, ") || message.starts_with("f: ")) && message.len() > 10
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The documents in JSON whose members a run honours, parsed.
static MEMBERS: LazyLock<Vec<(&RealDocument, Value, Vec<String>)>> = LazyLock::new(|| {
    const NAMES: [&str; 9] = [
        "connection",
        "API's answer",
        "store",
        "stores",
        "rule",
        "rule with everything",
        "mappings",
        "mapping",
        "groups",
    ];
    let chosen = DOCUMENTS.iter().filter(|document| NAMES.contains(&document.name));
    let parsed = chosen.map(|document| {
        let value: Value = serde_json::from_str(&document.text).expect(document.name);
        let mut members = Vec::new();
        pointers(&value, "", &mut members);
        (document, value, members)
    });
    parsed.collect()
});

/// Where the members of objects stand, as JSON pointers (RFC 6901).
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let own = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                found.push(own.clone());
                pointers(member, &own, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_document_that_is_cut_is_read_as_its_part_or_refused(number in 0..DOCUMENTS.len(), at in any::<Index>()) {
        let RealDocument { name, text, read, build } = &DOCUMENTS[number];
        let whole = read(text).expect(name);
        let part = text.get(..at.index(text.len())).unwrap_or_default();
        match read(part) {
            Err(fault) => prop_assert!(is_said(&fault), "{name}: {fault}"),
            Ok(read) if *build == Build::Whole => prop_assert_eq!((read, part.trim_end()), (whole, text.trim_end())),
            // The last record may have lost lines of its own; the others are as they were.
            Ok(read) => prop_assert!(whole.starts_with(&read[..read.len().saturating_sub(1)]), "{name}: {read:?}"),
        }
    }

    #[test]
    fn lines_that_stand_twice_change_nothing_in_silence(number in 0..DOCUMENTS.len(), at in any::<Index>(), length in 1..6_usize) {
        let RealDocument { name, text, read, build } = &DOCUMENTS[number];
        let whole = read(text).expect(name);
        let mut parts = lines(text);
        let from = at.index(parts.len());
        let to = (from + length).min(parts.len());
        let doubled: Vec<&str> = parts[from..to].to_vec();
        parts.splice(to..to, doubled);
        match read(&parts.concat()) {
            Err(fault) => prop_assert!(is_said(&fault), "{name}: {fault}"),
            // Values of an attribute may be many: the records are those that were there.
            Ok(after) if *build == Build::Records => prop_assert_eq!(after.len(), whole.len(), "{}", name),
            Ok(after) if *build == Build::Log => prop_assert!(after.len() >= whole.len(), "{name}: {after:?}"),
            Ok(after) => {
                for line in whole {
                    prop_assert!(after.contains(&line), "{name}: {line} is lost");
                }
            }
        }
    }

    #[test]
    fn no_order_of_lines_makes_a_reader_panic(number in 0..DOCUMENTS.len(), one in any::<Index>(), other in any::<Index>()) {
        let RealDocument { name, text, read, .. } = &DOCUMENTS[number];
        let mut parts = lines(text);
        let (one, other) = (one.index(parts.len()), other.index(parts.len()));
        parts.swap(one, other);
        if let Err(fault) = read(&parts.concat()) {
            prop_assert!(is_said(&fault), "{name}: {fault}");
        }
    }

    /// In UTF-16 half a character is a fault, and everything else is the text.
    #[test]
    fn in_utf_16_a_document_is_the_same(number in 0..DOCUMENTS.len(), at in any::<Index>()) {
        let RealDocument { name, text, read, .. } = &DOCUMENTS[number];
        let bytes: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        let decoded = weir_files::document::text("f", &bytes).expect("it is UTF-16");
        prop_assert_eq!(read(&decoded), read(text), "{}", name);
        match weir_files::document::text("f", &bytes[..at.index(bytes.len())]) {
            Ok(part) => prop_assert!(text.starts_with(&part), "{name}"),
            Err(fault) => prop_assert!(is_said(&fault), "{name}: {fault}"),
        }
    }

    /// A member of another type is refused, or has no part in what a run does.
    #[test]
    fn no_member_of_another_type_is_lost_in_silence(number in 0..MEMBERS.len(), at in any::<Index>()) {
        let (RealDocument { name, text, read, .. }, value, members) = &MEMBERS[number];
        let pointer = &members[at.index(members.len())];
        let mut wrong = value.clone();
        let member = wrong.pointer_mut(pointer).expect("it is there");
        *member = match member {
            Value::Array(_) | Value::Object(_) => Value::from("?"),
            _ => json!([{ "?": 1 }]),
        };
        match read(&wrong.to_string()) {
            Err(fault) => prop_assert!(is_said(&fault), "{name}{pointer}: {fault}"),
            Ok(after) => prop_assert_eq!(after, read(text).expect(name), "{}{}", name, pointer),
        }
    }

    /// A member that is not known is refused or reported, or has no part in what a run does.
    #[test]
    fn no_member_with_another_name_is_lost_in_silence(number in 0..MEMBERS.len(), at in any::<Index>()) {
        let (RealDocument { name, text, read, .. }, value, members) = &MEMBERS[number];
        let pointer = &members[at.index(members.len())];
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
        let mut renamed = value.clone();
        let object = renamed.pointer_mut(parent).and_then(Value::as_object_mut).expect("it is there");
        let member = object.shift_remove(&key.replace("~1", "/").replace("~0", "~")).expect("it is there");
        object.insert(format!("x{key}"), member.clone());
        match read(&renamed.to_string()) {
            Err(fault) => prop_assert!(is_said(&fault), "{name}{pointer}: {fault}"),
            // What says nothing is missing either way.
            Ok(_) if member == "" => {}
            Ok(after) => {
                let is_reported = after.iter().any(|line| line.contains(&format!("x{key}")));
                prop_assert!(is_reported || after == read(text).expect(name), "{name}{pointer}: {after:?}");
            }
        }
    }

    #[test]
    fn records_in_another_order_are_the_same_people(rotation in any::<Index>()) {
        let mut records: Vec<&str> = PEOPLE.split("\n\n").filter(|record| record.contains("dn:")).collect();
        let by = rotation.index(records.len());
        records.rotate_left(by);
        let mut after = directory(&records.join("\n\n")).expect("the records are right");
        let mut before = directory(PEOPLE).expect("the fixture is right");
        after.sort();
        before.sort();
        prop_assert_eq!(after, before);
    }

    #[test]
    fn any_text_is_no_document_and_says_so(text in "\\PC{0,60}") {
        for RealDocument { read, .. } in &*DOCUMENTS {
            if let Err(fault) = read(&text) {
                prop_assert!(is_said(&fault), "{fault}");
            }
        }
    }
}
