use super::variants::Confidence;
use super::*;

#[test]
fn every_file_of_the_folder_is_compiled_in_and_can_be_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/clients");
    let mut files: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort_unstable();
    let listed: Vec<&str> = DOCUMENTS.iter().map(|(file, _)| *file).collect();
    assert_eq!(files, listed);
    for ((file, _), description) in DOCUMENTS.iter().zip(all()) {
        assert_eq!(*file, format!("{}.toml", description.id));
    }
}

#[test]
fn details_have_ids_of_their_own_and_say_where_they_come_from() {
    for description in all() {
        let mut ids: Vec<&str> = description.details.iter().map(|detail| detail.id.as_str()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{}", description.id);
        for detail in &description.details {
            assert!(detail.says.ends_with('.'), "{}: {}", description.id, detail.id);
            assert!(!detail.source.is_empty(), "{}: {}", description.id, detail.id);
        }
    }
}

#[test]
fn what_is_stated_has_no_variants_and_each_variant_fits_the_description() {
    for description in all() {
        for detail in &description.details {
            assert!(
                detail.standing != Confidence::Stated || detail.variants.is_empty(),
                "{}: {}",
                description.id,
                detail.id
            );
            for (index, variant) in detail.variants.iter().enumerate() {
                let changed = description.with_variants([(detail.id.as_str(), variant.id.as_str())]);
                let changed = changed.unwrap_or_else(|error| panic!("{}: {error}", description.id));
                let is_default = detail.places().all(|place| changed.at(place) == description.at(place));
                assert_eq!(is_default, index == 0, "{}: {} {}", description.id, detail.id, variant.id);
            }
        }
    }
}

#[test]
fn every_choice_of_every_setting_fits_the_description() {
    for description in all() {
        for setting in &description.settings {
            for choice in setting.values.keys() {
                let given = [(setting.name.clone(), choice.clone())];
                let made = description.configured(&given);
                assert!(made.is_ok(), "{}: {} {choice}: {made:?}", description.id, setting.name);
            }
            if let (Some(default), false) = (&setting.default, setting.values.is_empty()) {
                assert!(setting.values.contains_key(default), "{}: {}", description.id, setting.name);
            }
            for need in &setting.needs {
                assert!(description.setting(need).is_some(), "{}: {need}", description.id);
            }
        }
    }
}

#[test]
fn the_pingid_provisioner_is_known_and_refused() {
    assert!(find("pingfederate-pingid").is_none());
    let said = |id| named(id).unwrap_err().to_string();
    assert!(said("pingfederate-pingid").contains("does not speak SCIM"));
    assert_eq!(
        said("pingfedrate-scim"),
        "unknown client \"pingfedrate-scim\"; did you mean \"pingfederate-scim\"? `weir list clients` shows all"
    );
}
