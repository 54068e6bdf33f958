use std::collections::BTreeSet;

use scim::requirement;

use super::*;

#[test]
fn each_record_stands_in_the_topic_of_its_first_word_and_in_order() {
    let mut words = BTreeSet::new();
    for topic in topic::TOPICS {
        assert!(topic.words.is_sorted(), "{:?}", topic.words);
        let mut used = BTreeSet::new();
        for deviation in topic.deviations {
            let word = deviation.id.split('.').next().unwrap();
            assert!(topic.words.contains(&word), "{} stands in the topic of {:?}", deviation.id, topic.words);
            used.insert(word);
        }
        for word in topic.words {
            assert!(words.insert(*word), "two topics take {word}");
            assert!(used.contains(word), "no record of its topic begins with {word}");
        }
        assert!(topic.deviations.is_sorted_by_key(|deviation| deviation.id), "{:?}", topic.words);
    }
    let ids: BTreeSet<&str> = all().iter().map(|deviation| deviation.id).collect();
    assert_eq!(ids.len(), all().len(), "an id stands twice");
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
                // The first is what a report has to name; with many, any report names one.
                assert!(ids.len() <= 4, "{} breaks more than four requirements; divide it", deviation.id);
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
    assert_eq!(
        fail("put.create"),
        "unknown deviation \"put.create\"; did you mean \"put.creates\"? `weir list deviations` shows all"
    );
}
