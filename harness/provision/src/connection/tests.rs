use super::*;

const AQUERA: &str = include_str!("../../../../fixtures/connections/pingfederate-aquera.json");
const STORE: &str = include_str!("../../../../fixtures/connections/pingone-aquera.json");

#[test]
fn a_connection_of_pingfederate_is_read_from_itself_and_from_a_list() {
    for text in [AQUERA.to_owned(), format!("{{\"items\": [{{\"id\": \"other\"}}, {AQUERA}]}}")] {
        let connection = parse("c.json", &text, false).unwrap();
        assert_eq!((connection.client, connection.warnings.as_slice()), (Some("pingfederate-aquera"), &[][..]));
        assert_eq!(connection.url(), Some("https://api.example.com/scim/hr"));
        let [channel] = connection.channels.as_slice() else { panic!("one channel") };
        assert!(channel.active);
        assert_eq!(channel.mapping.rules().len(), 4);
        assert_eq!(channel.mapping.status.attribute, "userAccountControl");
    }
}

#[test]
fn secrets_are_not_kept() {
    for text in [AQUERA, STORE] {
        let connection = parse("c.json", text, false).unwrap();
        assert!(!format!("{connection:?}").contains("hidden-"), "{connection:?}");
        assert!(connection.target.iter().any(|setting| setting.value.is_none()));
    }
}

#[test]
fn a_store_of_pingone_takes_booleans_as_text() {
    let connection = parse("s.json", STORE, false).unwrap();
    assert_eq!(connection.client, Some("pingone-aquera"));
    assert_eq!(connection.setting("DISABLE_USERS"), Some("true"));
    assert_eq!(connection.warnings, ["s.json: configuration.COLOUR is unknown and ignored"]);
}

#[test]
fn expressions_are_refused_by_name_unless_they_are_ignored() {
    let text = AQUERA.replace("\"expression\": \"\"", "\"expression\": \"#this.toUpperCase()\"");
    let error = parse("c.json", &text, false).unwrap_err().to_string();
    assert!(error.contains("channels[0]") && error.contains("workEmail") && error.contains("OGNL"), "{error}");
    assert!(parse("c.json", &text, true).is_ok());
}

#[test]
fn what_is_no_connection_is_told_with_its_place() {
    for (text, said) in [
        ("<md:EntityDescriptor/>", "c.json, line 1: this is XML"),
        ("{\n\"a\": }", "c.json, line 2: not JSON"),
        ("{\"name\": \"x\"}", "c.json: it is not a connection"),
        ("{\"configuration\": {}}", "c.json, type: is missing"),
    ] {
        let error = parse("c.json", text, false).unwrap_err().to_string();
        assert!(error.starts_with(said), "{error}");
    }
}
