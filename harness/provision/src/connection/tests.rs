use std::collections::BTreeSet;

use super::*;

const AQUERA: &str = include_str!("../../../../fixtures/connections/pingfederate-aquera.json");
const PROFILE: &str = include_str!("../../../../fixtures/connections/saas-provisioner.xml");
const STORE: &str = include_str!("../../../../fixtures/connections/pingone-aquera.json");

fn read(text: &str, ignore: bool) -> Result<Connection, FileFault> {
    ConnectionFile::parse("c.json", text)?.choose(None)?.read(ignore)
}

#[test]
fn a_connection_of_pingfederate_is_read_from_itself_a_list_and_a_bulk_export() {
    for text in [
        AQUERA.to_owned(),
        format!("{{\"items\": [{{\"id\": \"other\"}}, {AQUERA}]}}"),
        format!("[{AQUERA}]"),
        format!("{{\"operations\": [{{\"resourceType\": \"/keyPairs\", \"items\": []}}, {{\"items\": [{AQUERA}]}}]}}"),
    ] {
        let connection = read(&text, false).unwrap();
        assert_eq!(connection.connector.client(), Some("pingfederate-aquera"));
        assert_eq!(connection.warnings, [] as [&str; 0]);
        assert_eq!(connection.setting("scim url"), Some("https://api.example.com/scim/hr"));
        let [channel] = connection.channels.as_slice() else { panic!("one channel") };
        assert!(channel.active);
        assert_eq!(channel.mapping.rules().len(), 4);
        assert_eq!(channel.mapping.status.attribute, "userAccountControl");
    }
}

#[test]
fn of_several_connections_one_is_named() {
    let other = AQUERA.replace("Example HR", "Old").replacen("\"active\": true", "\"active\": false", 1);
    let text = format!("[{{\"name\": \"SSO only\", \"active\": true}}, {AQUERA}, {other}]");
    let file = ConnectionFile::parse("c.json", &text).unwrap();
    let shown: Vec<(&str, bool, bool)> =
        file.connections.iter().map(|one| (one.name.as_str(), one.connector.is_some(), one.is_active)).collect();
    assert_eq!(shown, [("SSO only", false, true), ("Example HR", true, true), ("Old", true, false)]);
    for (name, said) in [
        (None, "name one of Example HR, Old with --connection-name"),
        (Some("SSO only"), "SSO only has no outbound provisioning"),
        (Some("Example"), "unknown connection \"Example\"; did you mean \"Example HR\"?"),
    ] {
        let error = file.choose(name).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(file.choose(Some("Old")).unwrap().name, "Old");
}

#[test]
fn secrets_are_not_kept() {
    for text in [AQUERA, STORE] {
        let connection = read(text, false).unwrap();
        assert!(!format!("{connection:?}").contains("hidden-"), "{connection:?}");
        assert!(connection.target.iter().any(|setting| setting.value.is_none()));
        let file = ConnectionFile::parse("c.json", text).unwrap();
        assert!(!format!("{file:?}").contains("hidden-"), "{file:?}");
    }
}

#[test]
fn secrets_of_a_source_are_named_without_their_value() {
    for (source, names) in [
        (r#"{"id": "ad", "bindPassword": "hidden-1", "port": 636}"#, &["dataSource.bindPassword"][..]),
        (
            r#"{"client_secret": {"value": "hidden-1"}, "apiKey": "hidden-2"}"#,
            &["dataSource.client_secret", "dataSource.apiKey"],
        ),
        (r#"{"field": {"name": "Access Token", "value": "hidden-1"}}"#, &["dataSource.field"]),
        (r#"{"fields": [{"name": "password", "value": "hidden-1"}]}"#, &["dataSource.fields"]),
        (r#"[{"hosts": ["a"], "secret": "hidden-1"}]"#, &["dataSource"]),
    ] {
        let text = AQUERA.replacen(r#"{"id": "invented-ad"}"#, source, 1);
        let connection = read(&text, false).unwrap();
        assert!(!format!("{connection:?}").contains("hidden-"), "{connection:?}");
        let hidden = connection.channels[0].source.iter().filter(|setting| setting.value.is_none());
        let hidden: BTreeSet<&str> = hidden.map(|setting| setting.name.as_str()).collect();
        assert_eq!(hidden, names.iter().copied().collect(), "{source}");
    }
}

#[test]
fn a_store_of_pingone_takes_booleans_as_text() {
    for text in [STORE.to_owned(), format!("{{\"_embedded\": {{\"stores\": [{STORE}]}}}}")] {
        let connection = read(&text, false).unwrap();
        assert_eq!(connection.connector.client(), Some("pingone-aquera"));
        assert_eq!(connection.setting("DISABLE_USERS"), Some("true"));
        assert_eq!(connection.warnings, [] as [&str; 0]);
    }
    let text = STORE.replacen('{', "{\"managed\": false, \"colour\": 1,", 1);
    let connection = read(&text, false).unwrap();
    assert!(connection.warnings[0].contains("managed is false"), "{:?}", connection.warnings);
    assert_eq!(connection.unknown[0].warning("c.json"), "c.json: colour is unknown and not used");
}

#[test]
fn expressions_are_refused_by_name_unless_they_are_ignored() {
    let text = AQUERA.replace("\"expression\": \"\"", "\"expression\": \"#this.toUpperCase()\"");
    let error = read(&text, false).unwrap_err().to_string();
    assert!(error.contains("channels[0]") && error.contains("workEmail") && error.contains("OGNL"), "{error}");
    assert!(read(&text, true).is_ok());
}

/// An export lists every field of the connector, with each empty form that a product writes.
#[test]
fn fields_that_nothing_fills_are_counted_and_no_fault() {
    const EMPTY: [&str; 8] = [
        "{}",
        "null",
        r#"{"attributeNames": []}"#,
        r#"{"attributeNames": null, "defaultValue": null, "expression": null}"#,
        r#"{"attributeNames": [""], "defaultValue": "", "expression": ""}"#,
        r#"{"attributeNames": "", "characterCase": "NONE", "parser": "NONE"}"#,
        r#"{"createOnly": false, "trim": false, "masked": false}"#,
        r#"{"attributeNames": {}, "defaultValue": ""}"#,
    ];
    for info in EMPTY {
        // A field of the connector that no target of ours has is no fault either.
        for field in ["middleName", "someFieldOfTheConnector"] {
            let line =
                format!("{{\"fieldName\": \"{field}\", \"saasFieldInfo\": {info}}}, {{\"fieldName\": \"userName\"");
            let text = AQUERA.replacen("{\"fieldName\": \"userName\"", &line, 1);
            let connection = read(&text, false).unwrap_or_else(|error| panic!("{info}: {error}"));
            let channel = &connection.channels[0];
            assert_eq!((channel.mapping.rules().len(), channel.fields.len(), channel.unmapped), (4, 4, 1), "{info}");
        }
    }
    let text = AQUERA.replacen("givenName\", \"saas", "shoeSize\", \"saas", 1);
    assert!(read(&text, false).unwrap_err().to_string().contains("unknown field of the target \"shoeSize\""));
}

#[test]
fn every_empty_form_of_a_source_is_a_source_without_the_setting() {
    for source in [
        "null",
        "{}",
        r#"{"baseDn": null, "userSourceLocation": {"groupDN": "", "filter": null}, "accountManagementSettings": {}}"#,
    ] {
        let text = format!(
            r#"{{"name": "x", "outboundProvision": {{"type": "scim", "targetSettings": null, "channels": [{{"name": "c", "channelSource": {source},
            "attributeMapping": [{{"fieldName": "userName", "saasFieldInfo": {{"attributeNames": ["uid"]}}}}]}}]}}}}"#
        );
        let connection = read(&text, false).unwrap();
        assert_eq!((connection.channels[0].source.len(), connection.target.len()), (0, 0), "{source}");
        assert_eq!(connection.warnings, [] as [&str; 0]);
    }
}

#[test]
fn headings_set_nothing_and_the_sensitive_list_is_merged() {
    let settings = r#"[{"name": "OAuth 2 Bearer Token", "value": ""}, {"name": "Provisioning Options"},
        {"name": "OAUTH_ACCESS_TOKEN", "value": ""}, {"name": "REMOVE_ACTION", "value": "Delete", "inherited": false}],
        "sensitiveTargetSettings": [{"name": "OAUTH_ACCESS_TOKEN", "value": "hidden-token"}]"#;
    let text = format!(r#"{{"outboundProvision": {{"type": "scim", "targetSettings": {settings}, "channels": []}}}}"#);
    let connection = read(&text, false).unwrap();
    let given = connection.given();
    let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(given, [("OAUTH_ACCESS_TOKEN", "(secret)"), ("REMOVE_ACTION", "Delete")]);
    let twice = text.replace("\"Provisioning Options\"", "\"remove_action\"");
    assert!(read(&twice, false).unwrap_err().to_string().contains("is set twice"));
}

#[test]
fn a_connector_that_weir_does_not_play_is_named_before_its_fields_are_read() {
    for (type_id, said) in [
        ("PingOne", "this connection is of PingFederate's PingOne connector"),
        ("Salesforce", "Salesforce connector, which does not speak SCIM 2.0"),
        ("SCIM 1.1", "speaks SCIM 1.1"),
        ("PingID Provisioner", "does not speak SCIM: the PingID Provisioner"),
        ("", "does not say of which connector"),
    ] {
        let text =
            AQUERA.replace("Aquera Provisioner", type_id).replace("\"givenName\", \"saas", "\"ZIPCode\", \"saas");
        let file = ConnectionFile::parse("c.json", &text).unwrap();
        let one = file.choose(None).unwrap();
        let refusal = one.connector.as_ref().and_then(Connector::refusal).unwrap();
        assert!(refusal.contains(said), "{refusal}");
        assert_eq!(one.outline().unwrap().channels[0].fields[1].name, "ZIPCode");
    }
    for (type_id, client) in [
        ("Aquera Provisioner", "pingfederate-aquera"),
        ("scim", "pingfederate-scim"),
        ("SCIM Provisioner", "pingfederate-scim"),
    ] {
        assert_eq!(Connector::of_pingfederate(type_id).client(), Some(client));
    }
    assert!(Connector::of_pingone("Salesforce").refusal().unwrap().contains("of type Salesforce"));
}

#[test]
fn what_the_console_shows_of_a_field_is_shown() {
    let info = r#"{"attributeNames": ["mail", "uid"], "defaultValue": "NA", "parser": "EXTRACT_USERNAME_FROM_EMAIL", "characterCase": "LOWER", "trim": "true", "createOnly": true, "masked": false}"#;
    let text = AQUERA.replacen(r#"{"attributeNames": ["sAMAccountName"], "characterCase": "LOWER"}"#, info, 1);
    let field = read(&text, false).unwrap().channels[0].fields[0].clone();
    assert_eq!(field.treatment, ["EXTRACT_USERNAME_FROM_EMAIL", "LOWER", "trim", "create only"]);
    assert_eq!(
        (field.attributes.len(), field.default.as_deref(), field.place.as_deref()),
        (2, Some("NA"), Some("userName"))
    );
    let masked = text.replacen("\"masked\": false", "\"masked\": true", 1);
    assert_eq!(read(&masked, false).unwrap().channels[0].fields[0].default.as_deref(), Some("(masked)"));
}

#[test]
fn attributes_of_a_custom_schema_are_fields() {
    let schema = r#""customSchema": {"namespace": "urn:example:2.0:User", "attributes": [{"name": "badge"}, {"name": "seat", "subAttributes": ["row"]}]}, "channels""#;
    let with = |field: &str| {
        AQUERA.replacen("\"channels\"", schema, 1).replacen("\"givenName\", \"saas", &format!("\"{field}\", \"saas"), 1)
    };
    let connection = read(&with("badge"), false).unwrap();
    assert_eq!(connection.channels[0].mapping.rules()[1].field.place.to_string(), "urn:example:2.0:User:badge");
    assert!(read(&with("seat"), false).unwrap_err().to_string().contains("with parts of its own"));
}

#[test]
fn the_server_profiles_file_is_read_as_the_same_connection() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<saasProvisioner>
  <saasProvisionerEntity>
    <entityId>https://hr.example.com/scim</entityId>
    <target>
      <parameter name="SCIM_URL">https://api.example.com/scim/hr</parameter>
      <parameter name="SCIM_VERSION" value="2.0"/>
      <parameter name="OAUTH_ACCESS_TOKEN" encrypted="true">hidden-token</parameter>
      <parameter name="REMOVE_ACTION">Delete</parameter>
    </target>
    <channel>
      <name>People</name><active>true</active>
      <source>
        <baseDn>dc=example,dc=org</baseDn><guidAttributeName>objectGUID</guidAttributeName>
        <changeDetectionSettings><usnAttributeName>uSNChanged</usnAttributeName></changeDetectionSettings>
        <userSourceLocation><groupDN>cn=All,dc=example,dc=org</groupDN><nestedSearch>true</nestedSearch></userSourceLocation>
      </source>
      <identityMappingField><fieldName>userName</fieldName><attributeName>uid</attributeName></identityMappingField>
      <identityMappingField><fieldName>title</fieldName><saasFieldInfo>
        <attributeNames><attributeName>title</attributeName></attributeNames><characterCase>UPPER</characterCase><trim>true</trim>
      </saasFieldInfo></identityMappingField>
      <identityMappingField fieldName="middleName"><saasFieldInfo/></identityMappingField>
    </channel>
  </saasProvisionerEntity>
  <saasProvisionerEntity>
    <entityId>p1</entityId><target><parameter name="PINGONE_ENVIRONMENT">x</parameter></target>
  </saasProvisionerEntity>
</saasProvisioner>"#;
    let file = ConnectionFile::parse("saas-provisioner.xml", text).unwrap();
    assert_eq!(file.connections.len(), 2);
    assert!(file.connections[1].connector.as_ref().unwrap().refusal().unwrap().contains("PingOne connector"));
    let connection = file.choose(Some("https://hr.example.com/scim")).unwrap().read(false).unwrap();
    assert_eq!(connection.connector.client(), Some("pingfederate-scim"));
    assert_eq!(connection.setting("REMOVE_ACTION"), Some("Delete"));
    assert!(!format!("{connection:?}").contains("hidden-token"));
    assert_eq!(connection.warnings, [] as [&str; 0]);
    let channel = &connection.channels[0];
    assert_eq!(channel.setting("userSourceLocation.groupDN"), Some("cn=All,dc=example,dc=org"));
    assert!(channel.flag("userSourceLocation.nestedSearch") && !channel.flag("groupSourceLocation.nestedSearch"));
    assert_eq!(channel.setting("changeDetectionSettings.usnAttributeName"), Some("uSNChanged"));
    assert_eq!((channel.mapping.rules().len(), channel.unmapped), (2, 1));
    assert_eq!(channel.fields[1].treatment, ["UPPER", "trim"]);
    assert_eq!(channel.mapping.status.attribute, "userAccountControl", "the GUID says Active Directory");
    let secrets = r#"<dataSource><host>ldap.example.com</host><bindPassword>hidden-password</bindPassword></dataSource>
        <parameter name="API Key" value="hidden-key"/><baseDn>"#;
    let file = ConnectionFile::parse("saas-provisioner.xml", &text.replacen("<baseDn>", secrets, 1)).unwrap();
    let connection = file.choose(Some("https://hr.example.com/scim")).unwrap().read(false).unwrap();
    assert!(!format!("{file:?} {connection:?}").contains("hidden-"), "{connection:?}");
    let channel = &connection.channels[0];
    assert_eq!(channel.setting("dataSource.host"), Some("ldap.example.com"));
    assert_eq!(channel.source.iter().filter(|setting| setting.value.is_none()).count(), 2);
}

#[test]
fn what_is_no_connection_is_told_with_its_place() {
    for (text, said) in [
        ("<md:EntityDescriptor/>", "c.json, line 1: this is SAML metadata"),
        ("{\n\"a\": }", "c.json, line 2: not JSON"),
        ("", "c.json: the file is empty"),
        ("{\"name\": \"x\"}", "c.json: this is JSON of another kind, not a connection of PingFederate or a store"),
        ("{\"configuration\": {}}", "c.json, type: is missing"),
        ("{\"_embedded\": {\"users\": []}}", "c.json: this is a list of PingOne's users, not a connection"),
        ("<saasProvisioner/>", "c.json: this is PingFederate's saas-provisioner.xml with nothing in it"),
        ("<saasProvisioner>\n<a></saasProvisioner>", "c.json, line 2: not XML"),
        (
            "dn: cn=x\n",
            "c.json: this is LDIF, not a connection of PingFederate or a store of PingOne; give it to --source",
        ),
    ] {
        let error = read(text, false).unwrap_err().to_string();
        assert!(error.starts_with(said), "{error}");
    }
    let template =
        AQUERA.replace("https://api.example.com/scim/hr", "${SCIM_URL}").replace("OU=People,", "OU=People,${BASE},");
    let error = read(&template, false).unwrap_err().to_string();
    assert_eq!(
        error,
        "c.json: this is a template with open placeholders; fill in SCIM_URL (outboundProvision.targetSettings[0].value), \
         BASE (outboundProvision.channels[0].channelSource.baseDn)"
    );
}

/// A member of another type would count as one that is missing: an inactive connection as active, a filter as none.
#[test]
fn a_member_of_another_type_is_refused_with_its_place() {
    let setting = |list: &str| AQUERA.replacen("\"targetSettings\": [", &format!("\"targetSettings\": [{list}, "), 1);
    let source = |member: &str| AQUERA.replacen("\"channelSource\": {", &format!("\"channelSource\": {{{member}, "), 1);
    let without_base = |value: &str| source(&format!("\"baseDN\": {value}")).replacen("\"baseDn\":", "\"wibble\":", 1);
    let active = "\"active\": true";
    for (text, said) in [
        (
            AQUERA.replacen(active, "\"active\": \"no\"", 1),
            "c.json, active: expected true or false, got the text \"no\"",
        ),
        (AQUERA.replacen(active, "\"active\": 0", 1), "active: expected true or false, got the number 0"),
        (AQUERA.replacen("\"Example HR\"", "5", 1), "name: expected a text, got the number 5"),
        (
            AQUERA.replacen("\"Aquera Provisioner\"", "{\"id\": \"x\"}", 1),
            "outboundProvision.type: expected a text, got an object",
        ),
        (setting("5"), "outboundProvision.targetSettings[0]: expected an object, got the number 5"),
        (setting("{\"value\": \"x\"}"), "outboundProvision.targetSettings[0].name: is missing"),
        (
            setting("{\"name\": \"X\", \"value\": [1]}"),
            "targetSettings[0].value: expected a text, a number, true or false, got a list",
        ),
        (
            AQUERA.replacen("\"guidBinary\": true", "\"guidBinary\": \"x\"", 1),
            "channels[0].channelSource.guidBinary: expected true or false, got the text \"x\"",
        ),
        (
            source("\"userSourceLocation\": \"(uid=*)\"").replacen("\"userSourceLocation\": {", "\"x\": {", 1),
            "channelSource.userSourceLocation: expected an object",
        ),
        (without_base("[\"dc=x\"]"), "channelSource.baseDn: expected a text, a number, true or false, got a list"),
        (
            AQUERA.replacen("\"channels\": [", "\"channels\": \"none\", \"old\": [", 1),
            "outboundProvision.channels: expected a list, got the text",
        ),
        (
            AQUERA.replacen("\"channels\": [", "\"channels\": [7, ", 1),
            "outboundProvision.channels[0]: expected an object, got the number 7",
        ),
        (
            AQUERA.replacen("\"attributeMapping\": [", "\"attributeMapping\": \"none\", \"old\": [", 1),
            "channels[0].attributeMapping: expected a list",
        ),
        (
            AQUERA.replacen("\"maxThreads\": 1", "\"maxThreads\": 0", 1),
            "channels[0].maxThreads: expected a whole number, 1 or more, got 0",
        ),
    ] {
        let error = read(&text, false).map(|_| text).unwrap_err().to_string();
        assert!(error.starts_with("c.json, ") && error.contains(said), "{error}");
    }
    for (text, said) in [
        (STORE.replacen('{', "{\"managed\": \"x\",", 1), "managed: expected true or false, got the text \"x\""),
        (
            STORE.replacen("\"configuration\": {", "\"configuration\": {\"USER_FILTER\": [1],", 1),
            "configuration.USER_FILTER: expected a text",
        ),
        (STORE.replacen('{', "{\"status\": 5,", 1), "status: expected a text, got the number 5"),
    ] {
        let error = read(&text, false).map(|_| text).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    let off = AQUERA.replacen(active, "\"active\": \"FALSE\"", 1);
    assert!(!ConnectionFile::parse("c.json", &off).unwrap().connections[0].is_active);
    let list = format!("[{AQUERA}, {}]", AQUERA.replacen(active, "\"active\": \"no\"", 1));
    let error = ConnectionFile::parse("c.json", &list).unwrap_err().to_string();
    assert!(error.starts_with("c.json, connection 2.active: expected true or false"), "{error}");
}

#[test]
fn what_is_not_known_where_the_scope_is_set_is_kept_for_the_run_to_refuse() {
    let source = |member: &str| AQUERA.replacen("\"channelSource\": {", &format!("\"channelSource\": {{{member}, "), 1);
    for (text, said) in [
        (
            source("\"userFilter\": \"(uid=zed)\""),
            "c.json, outboundProvision.channels[0].channelSource.userFilter: is unknown, and could change whom the run touches; did you mean \"userSourceLocation.filter\"? --ignore-unknown-settings leaves it out",
        ),
        (
            AQUERA.replacen(
                "\"userSourceLocation\": {",
                "\"userSourceLocation\": {\"searchFilter\": \"(uid=zed)\", ",
                1,
            ),
            "channelSource.userSourceLocation.searchFilter: is unknown, and could change whom the run touches; did you mean \"userSourceLocation.filter\"?",
        ),
        (
            AQUERA.replacen("\"channelSource\"", "\"userFilter\": \"x\", \"channelSource\"", 1),
            "channels[0].userFilter: is unknown",
        ),
        (AQUERA.replacen("\"channels\"", "\"filter\": \"x\", \"channels\"", 1), "outboundProvision.filter: is unknown"),
        (AQUERA.replacen('{', "{\"enabled\": false,", 1), "c.json, enabled: is unknown"),
        (
            AQUERA.replacen('{', "{\"Active\": false,", 1),
            "c.json, Active: is unknown, and could change whom the run touches; did you mean \"active\"?",
        ),
    ] {
        let connection = read(&text, false).unwrap();
        let said_of: Vec<String> = connection.unknown.iter().map(|member| member.fault("c.json").to_string()).collect();
        assert!(said_of.len() == 1 && said_of[0].contains(said), "{said_of:?}");
    }
    // An empty form says nothing.
    assert_eq!(read(&source("\"userFilter\": \"\""), false).unwrap().unknown, []);
}

/// The letter case of a name is not the vendor's everywhere: two spellings of one setting are two values of it.
#[test]
fn a_setting_that_stands_twice_is_refused_with_both_places() {
    let twice = AQUERA.replacen("\"channelSource\": {", "\"channelSource\": {\"BaseDN\": \"dc=other\", ", 1);
    let error = read(&twice, false).unwrap_err().to_string();
    assert!(
        error.contains(
            "channelSource.baseDn: is the same setting as outboundProvision.channels[0].channelSource.BaseDN; keep one"
        ),
        "{error}"
    );
    let other_case = AQUERA.replacen("\"baseDn\"", "\"BASEDN\"", 1).replacen(
        "\"accountManagementSettings\"",
        "\"AccountManagementSettings\"",
        1,
    );
    let (own, other) = (read(AQUERA, false).unwrap(), read(&other_case, false).unwrap());
    assert_eq!(other.channels[0].setting("baseDn"), own.channels[0].setting("baseDn"));
    assert_eq!(other.channels[0].mapping, own.channels[0].mapping);
    let line = |word: &str| PROFILE.lines().position(|line| line.contains(word)).unwrap() + 1;
    let doubled = |word: &str, element: &str| PROFILE.replacen(word, &format!("{element}\n{word}"), 1);
    for (text, first, name) in [
        (doubled("<filter>", "<filter>(uid=x)</filter>"), line("<filter>"), "userSourceLocation.filter"),
        (doubled("<baseDn>", "<baseDN>dc=x</baseDN>"), line("<baseDn>"), "baseDn"),
        (doubled("<active>", "<active>false</active>"), line("<active>"), "active"),
        (doubled("<fieldName>userName", "<fieldName>title</fieldName>"), line("<fieldName>userName"), "fieldName"),
        (doubled("<target>", "<target/>"), line("<target>"), "target"),
    ] {
        let error = read(&text, false).unwrap_err().to_string();
        let said =
            format!("c.json, line {}: {name} stands a second time; the first is in line {first}; keep one", first + 1);
        assert_eq!(error, said);
    }
    let unread = PROFILE.replacen("<source>", "<userFilter>(uid=x)</userFilter><note/><source>", 1);
    let unknown = read(&unread, false).unwrap().unknown;
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert!(unknown[0].fault("f").to_string().contains("channels[0].userFilter: is unknown"), "{unknown:?}");
}

#[test]
fn connections_of_one_name_are_named_by_their_ids() {
    let text = format!("[{}, {}]", AQUERA.replacen("invented", "c-1", 1), AQUERA.replacen("invented", "c-2", 1));
    let file = ConnectionFile::parse("c.json", &text).unwrap();
    for (name, said) in [
        (
            Some("Example HR"),
            "2 connections are named \"Example HR\"; name one by its id with --connection-name: c-1, c-2",
        ),
        (None, "name one of c-1, c-2 with --connection-name"),
    ] {
        let error = file.choose(name).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(file.choose(Some("c-2")).unwrap().id, "c-2");
    let alike = format!("[{AQUERA}, {AQUERA}]");
    let error = ConnectionFile::parse("c.json", &alike).unwrap().choose(Some("Example HR")).unwrap_err().to_string();
    assert!(error.contains("give a file with one of them"), "{error}");
    let error = ConnectionFile::parse("c.json", &alike).unwrap().choose(None).unwrap_err().to_string();
    assert!(
        error.contains("their names and ids are the same, invented, invented: give a file with one of them"),
        "{error}"
    );
}

#[test]
fn a_connection_that_signs_on_alone_is_one_and_has_nothing_to_run() {
    let one = r#"{"type": "SP", "id": "s", "name": "SSO", "entityId": "e", "active": true, "virtualEntityIds": [], "spBrowserSso": {}}"#;
    let file = ConnectionFile::parse("c.json", one).unwrap();
    assert_eq!((file.connections.len(), &file.connections[0].connector), (1, &None));
    let error = file.choose(None).unwrap_err().to_string();
    assert_eq!(error, "c.json: the connection SSO has no outbound provisioning, so there is nothing to run");
    let list = ConnectionFile::parse("c.json", &format!("{{\"items\": [{one}, {one}]}}")).unwrap();
    assert_eq!(list.connections.len(), 2);
}

#[test]
fn a_page_of_stores_is_not_the_whole() {
    let page = |more: &str| format!("{{\"_embedded\": {{\"stores\": [{STORE}]}}{more}}}");
    for (more, said) in
        [(", \"count\": 3", "page 1 of 3"), (", \"_links\": {\"next\": {\"href\": \"x\"}}", "a next one follows")]
    {
        let error = ConnectionFile::parse("c.json", &page(more)).unwrap_err().to_string();
        assert!(error.starts_with("c.json: ") && error.contains(said), "{error}");
    }
    let pages = format!("[{}, {}]", page(", \"next\": 2"), page(""));
    assert_eq!(ConnectionFile::parse("c.json", &pages).unwrap().connections.len(), 2);
}

#[test]
fn a_connector_is_named_once() {
    for (type_id, said) in [
        ("PingOne Connector", "of PingFederate's PingOne Connector, which"),
        ("Workday", "of PingFederate's Workday connector, which"),
        ("SCIM 1.1 Provisioner", "of PingFederate's SCIM 1.1 Provisioner, which speaks SCIM 1.1"),
    ] {
        let connector = Connector::of_pingfederate(type_id);
        assert!(connector.refusal().unwrap().contains(said), "{connector:?}");
    }
    // The provisioner that comes with PingFederate is known by its settings.
    for name in ["Users Resource URL", "groups resource url", "SCIM SP Supports Patch Updates"] {
        let text = format!(
            r#"{{"name": "Old", "outboundProvision": {{"type": "SCIM", "targetSettings": [{{"name": "User", "value": "x"}}, {{"name": "{name}", "value": "x"}}], "channels": []}}}}"#
        );
        let file = ConnectionFile::parse("c.json", &text).unwrap();
        let refusal = file.connections[0].connector.as_ref().and_then(Connector::refusal).unwrap();
        assert!(refusal.contains("which speaks SCIM 1.1"), "{refusal}");
        assert_eq!(file.connections[0].outline().unwrap().connector.refusal(), Some(refusal));
    }
}
