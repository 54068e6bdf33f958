use std::collections::BTreeSet;
use std::path::Path;

use scim::requirement;

use super::*;

#[test]
fn the_list_is_the_folder_and_ids_are_file_names_in_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/deviations");
    let parts = [
        "discovery_documents",
        "asked",
        "delayed",
        "forms",
        "throttle",
        "job",
        "meeting",
        "mod",
        "modified",
        "occurrence",
        "operations",
        "rewriting",
        "seam",
        "shown",
        "tests",
    ];
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| !parts.contains(&&**name))
        .collect();
    assert_eq!(FILES.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), files);
    let from_ids: Vec<String> = all().iter().map(|deviation| deviation.id.replace(['.', '-'], "_")).collect();
    assert_eq!(from_ids, FILES);
    assert!(FILES.is_sorted(), "{FILES:?}");
}

#[test]
fn every_record_is_complete() {
    let known: BTreeSet<&str> = requirement::all().iter().map(|requirement| requirement.id).collect();
    for deviation in all() {
        assert!(!deviation.summary.is_empty() && !deviation.summary.ends_with('.'), "{}", deviation.id);
        assert!(deviation.seen.iter().all(|link| link.starts_with("https://")), "{}", deviation.id);
        match deviation.breaks {
            Breaks::Requirements(ids) => {
                assert!(!ids.is_empty(), "{} breaks nothing; say Permitted and why", deviation.id);
                for id in ids {
                    assert!(known.contains(id), "{} names {id}, which the catalogue has not", deviation.id);
                }
            }
            Breaks::Permitted(why) => assert!(!why.is_empty(), "{}", deviation.id),
        }
        if let Some(parameter) = deviation.parameter {
            assert!((parameter.accepts)(parameter.default), "{}: its default", deviation.id);
        }
    }
}

#[test]
fn activations_are_written_as_they_are_read() {
    for text in ["put.creates", "write.answer-lost", "write.answer-lost=every:3"] {
        assert_eq!(text.parse::<Activation>().unwrap().to_string(), text);
    }
}

#[test]
fn wrong_activations_say_what_to_do() {
    let fail = |text: &str| text.parse::<Activation>().unwrap_err().to_string();
    insta::assert_snapshot!(fail("put.creates=1"), @r#""put.creates=1" has a value, but put.creates takes none; leave out everything from the ="#);
    insta::assert_snapshot!(fail("write.answer-lost=sometimes"), @r#""write.answer-lost=sometimes" has a value that write.answer-lost does not take: it takes first:N (the first N times), every:N (each Nth time) or always"#);
    assert!(fail("put.create").contains("names no deviation; use one of "));
}
