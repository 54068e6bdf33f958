//! Documents as products write them, cut, doubled and put in another order: each is read right, or refused with file, place and
//! remedy. None makes a reader panic, and nothing is lost in silence.

use proptest::prelude::*;
use proptest::sample::Index;
use weir_files::fault::FileFault;

use super::Directory;
use super::pingone::{PingOne, Rule};
use crate::connection::{Connection, ConnectionFile};
use crate::mapping::file;

const CONNECTION: &str = include_str!("../../../../fixtures/connections/pingfederate-aquera.json");
const STORE: &str = include_str!("../../../../fixtures/connections/pingone-aquera.json");
const RULE: &str = include_str!("../../../../fixtures/pingone/rule.json");
const USERS: &str = include_str!("../../../../fixtures/pingone/users.json");
const PEOPLE: &str = include_str!("../../../../fixtures/directories/twenty.ldif");
const PROFILE: &str = include_str!("../../../../fixtures/connections/saas-provisioner.xml");

/// What a reader makes of a text: what a run would use of it, or the fault.
type DocumentReading = Result<Vec<String>, FileFault>;

fn shown(connection: &Connection) -> Vec<String> {
    let target = connection.given().into_iter().map(|(name, value)| format!("{name}={value}"));
    let channels = connection.channels.iter().flat_map(|channel| {
        let source = channel.source.iter().map(|setting| format!("{}={:?}", setting.name, setting.value));
        let fields = channel.fields.iter().map(|field| format!("{field:?}"));
        source.chain(fields).map(|line| format!("{} {line}", channel.name)).collect::<Vec<_>>()
    });
    target.chain(channels).collect()
}

fn connection(text: &str) -> DocumentReading {
    let read = ConnectionFile::parse("f", text).and_then(|file| file.choose(None)?.read(false));
    read.map(|read| shown(&read))
}

fn rule(text: &str) -> DocumentReading {
    let shown = |rule: Rule| {
        let filter = rule.filter.map(|filter| filter.to_string());
        let fields = rule.mapping.rules().iter().map(|rule| format!("{}={:?}", rule.field.name, rule.attribute_names));
        fields.chain([format!("{filter:?} {}", rule.deprovisions)]).collect()
    };
    Rule::parse("f", text).map(shown)
}

fn users(text: &str) -> DocumentReading {
    let everybody = Rule::parse("r", "{\"mappings\": [], \"populationExpression\": \"id pr\"}").expect("a rule");
    PingOne::parse("f", text, &everybody).map(|users| (0..users.len()).map(|number| number.to_string()).collect())
}

fn directory(text: &str) -> DocumentReading {
    let names = |directory: Directory| directory.iter().map(|entry| format!("{entry:?}")).collect();
    Directory::parse("f", text).map(|(directory, _)| names(directory)).map_err(FileFault::from)
}

fn mapping(text: &str) -> DocumentReading {
    file::parse("f", text, false).map(|file| file.mapping.rules().iter().map(|rule| format!("{rule:?}")).collect())
}

type DocumentReader = fn(&str) -> DocumentReading;

/// A document with its reader, and whether a part of it can be whole by itself: LDIF is a list of records.
const DOCUMENTS: &[(&str, DocumentReader, bool)] = &[
    (CONNECTION, connection, false),
    (STORE, connection, false),
    (PROFILE, connection, false),
    (RULE, rule, false),
    (USERS, users, false),
    (PEOPLE, directory, true),
];

/// A refusal names the file and says something.
fn is_said(fault: &FileFault) -> bool {
    let message = fault.to_string();
    (message.starts_with("f, ") || message.starts_with("f: ")) && message.len() > 10
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_document_that_is_cut_is_read_as_its_part_or_refused(number in 0..DOCUMENTS.len(), at in any::<Index>()) {
        let (text, read, is_list) = DOCUMENTS[number];
        let whole = read(text).expect("the fixture is right");
        let cut = at.index(text.len());
        let part = text.get(..cut).unwrap_or_default();
        match read(part) {
            Err(fault) => prop_assert!(is_said(&fault), "{fault}"),
            // The last record of a list may have lost lines of its own; the others are as they were.
            Ok(read) if is_list => prop_assert!(whole.starts_with(&read[..read.len().saturating_sub(1)])),
            Ok(read) => prop_assert_eq!((read, part.trim_end()), (whole, text.trim_end())),
        }
    }

    #[test]
    fn lines_that_stand_twice_change_nothing_in_silence(number in 0..DOCUMENTS.len(), at in any::<Index>(), length in 1..6_usize) {
        let (text, read, is_list) = DOCUMENTS[number];
        let mut parts = lines(text);
        let from = at.index(parts.len());
        let to = (from + length).min(parts.len());
        let doubled: Vec<&str> = parts[from..to].to_vec();
        parts.splice(to..to, doubled);
        match read(&parts.concat()) {
            Err(fault) => prop_assert!(is_said(&fault), "{fault}"),
            // Values of an attribute may be many: what was there is there still.
            Ok(after) if is_list => prop_assert_eq!(after.len(), read(text).expect("the fixture is right").len()),
            Ok(after) => {
                for line in read(text).expect("the fixture is right") {
                    prop_assert!(after.contains(&line), "{line} is lost");
                }
            }
        }
    }

    #[test]
    fn no_order_of_lines_makes_a_reader_panic(number in 0..DOCUMENTS.len(), one in any::<Index>(), other in any::<Index>()) {
        let (text, read, _) = DOCUMENTS[number];
        let mut parts = lines(text);
        let (one, other) = (one.index(parts.len()), other.index(parts.len()));
        parts.swap(one, other);
        if let Err(fault) = read(&parts.concat()) {
            prop_assert!(is_said(&fault), "{fault}");
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
        for read in [connection, rule, users, mapping, directory] {
            if let Err(fault) = read(&text) {
                prop_assert!(is_said(&fault), "{fault}");
            }
        }
    }
}
