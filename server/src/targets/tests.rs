use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::rules::OnPut;

#[test]
fn the_compiled_in_targets_are_the_folder_and_each_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/targets");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(Target::names().map(str::to_owned).collect::<BTreeSet<_>>(), files);
    for (name, text) in DOCUMENTS {
        let target = Target::parse(name, text).unwrap();
        assert!(!target.description.is_empty(), "{name}");
        target.registry().unwrap();
    }
    assert!(Target::find("nope").is_none());
}

#[test]
fn rfc_offers_everything_that_is_implemented() {
    assert_eq!(Target::rfc().capabilities, IMPLEMENTED.iter().copied().collect());
    assert_eq!(Target::rfc().tolerances.iter().count(), 0);
}

/// Application and rest of each way to write a path.
#[test]
fn every_way_to_write_a_base_path_leads_to_its_application() {
    let target = Target::aquera();
    let place = |path| {
        let placed = target.place(path)?;
        Some((&*target.applications[placed.application].name, placed.base, placed.rest))
    };
    for (path, expected) in [
        ("/scim/default/Users", Some(("default", "/scim/default", "/Users"))),
        ("/scim/default/", Some(("default", "/scim/default", "/"))),
        ("/scim/default", Some(("default", "/scim/default", ""))),
        ("/scim/default//Users/", Some(("default", "/scim/default", "//Users/"))),
        ("//scim/default/Users", Some(("default", "//scim/default", "/Users"))),
        ("/scim/merge-on-put/Users/1", Some(("merge-on-put", "/scim/merge-on-put", "/Users/1"))),
        ("/scim/merge%2Don%2Dput/Users", Some(("merge-on-put", "/scim/merge%2Don%2Dput", "/Users"))),
        ("/scim/Users", Some(("default", "/scim", "/Users"))),
        ("/scim/", Some(("default", "/scim", "/"))),
        (
            "/Tenants/example/no-hard-delete/Users",
            Some(("no-hard-delete", "/Tenants/example/no-hard-delete", "/Users")),
        ),
        ("/Tenants/example/Users", Some(("default", "/Tenants/example", "/Users"))),
        ("/Tenants/example", Some(("default", "/Tenants/example", ""))),
        ("/Tenants/other/Users", None),
        ("/Tenants", None),
        ("/tenants/example/Users", None),
        ("/", None),
        ("", None),
        ("/scimx/default", None),
    ] {
        assert_eq!(place(path), expected, "{path}");
    }
}

#[test]
fn an_application_inherits_from_its_target_and_may_differ() {
    let target = Target::aquera();
    let application = |name: &str| target.applications.iter().find(|own| own.name == name).unwrap();
    let offers = |name: &str, capability| application(name).capabilities.contains(&capability);
    assert!(!offers("default", Capability::PatchUsers) && offers("accepts-user-patch", Capability::PatchUsers));
    assert!(offers("default", Capability::FilterGroups) && !offers("no-group-filter", Capability::FilterGroups));
    assert_eq!(application("merge-on-put").on_put, OnPut::Merge);
    let refusal = |name: &str, capability| target.rules(application(name)).require(capability).unwrap_err();
    let error = refusal("no-group-filter", Capability::FilterGroups);
    assert_eq!((error.status(), error.scim_type()), (400, Some(scim::ScimType::InvalidFilter)));
    assert_eq!(refusal("default", Capability::PatchUsers).status(), 501);
}

const USER: &str = scim::schema::standard::USER;

const MINIMAL: &str = r#"description = "d"
base_paths = ["/v2"]
authentication = ["bearer"]
capabilities = ["create.users"]
[[applications]]
name = "a"
"#;

#[test]
fn a_minimal_target_is_enough() {
    let target = Target::parse("mine", MINIMAL).unwrap();
    assert_eq!((target.max_results, target.applications.len()), (200, 1));
}

#[test]
fn a_target_file_brings_its_schemas_and_resource_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/custom/device.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let registry = Target::parse(path, &text).unwrap().registry().unwrap();
    let endpoints: Vec<_> = registry.resource_types().map(|(_, kind)| kind.document.endpoint.as_str()).collect();
    assert_eq!(endpoints, ["/Users", "/Groups", "/Teams", "/Devices"]);

    let missing = Target::parse(path, &text.replace("device.json", "nowhere.json")).unwrap_err();
    assert_eq!(missing.place.to_string(), "line 4, key `schemas`");
    assert!(missing.problem.contains("nowhere.json: the file cannot be read: there is no such file"), "{missing}");
    let typed =
        format!("{MINIMAL}[[resource_types]]\nname = \"Car\"\nendpoint = \"/Cars\"\nschema = \"urn:example:Car\"\n");
    let unknown = Target::parse("mine", &typed).unwrap_err().to_string();
    let expected =
        "mine, line 7, key `resource_types`: resource type Car: unknown schema \"urn:example:Car\"; use one of ";
    assert!(unknown.starts_with(expected), "{unknown}");
}

#[test]
fn every_mistake_names_line_and_key() {
    let replaced = |from: &str, to: &str| {
        assert!(MINIMAL.contains(from), "{from}");
        let error = Target::parse("mine", &MINIMAL.replace(from, to)).unwrap_err().to_string();
        // What there is to use grows.
        error.split_inclusive("use one of").next().unwrap().to_owned()
    };
    let errors = [
        replaced("/v2", "v2"),
        replaced("/v2", "/_weir"),
        replaced("/v2", "/v2/"),
        replaced("/v2", "/{application}/{tenant}"),
        replaced("bearer", "token"),
        replaced("create.users", "create.user"),
        replaced("\"a\"", "\"Users\""),
        replaced("\"a\"", "\"a b\""),
        replaced("name = \"a\"", "name = \"a\"\ncolour = 1"),
        replaced("name = \"a\"", "name = \"a\"\non_put = \"append\""),
        replaced("name = \"a\"", "name = \"a\"\nrefusals = { \"patch.users\" = 418 }"),
        replaced("name = \"a\"", "name = \"a\"\ndownstream = { failed_update = \"x\" }"),
        replaced("name = \"a\"", "name = \"a\"\n[[applications]]\nname = \"a\""),
        replaced("name = \"a\"", "name = \"a\"\n[[applications]]\nname = \"b\""),
        replaced("[[applications]]\nname = \"a\"\n", "applications = []"),
        replaced("capabilities", "deviations = [\n  \"put.creates\",\n  \"put.destroys\",\n]\ncapabilities"),
        replaced("description = \"d\"", "description = "),
        replaced("description = \"d\"", "description = \"d\"\nsources = [\"the manual\"]"),
        replaced("capabilities", "deviations = [\"patch.refused\", \"patch.not-atomic\"]\ncapabilities"),
        replaced("capabilities", "without_resource_types = [\"Car\"]\ncapabilities"),
        replaced("name = \"a\"", "name = \"a\"\nauthentication = []"),
        replaced("name = \"a\"", "name = \"a\"\ndeviations = [\"put.creates\", \"put.creates\"]"),
        replaced("[[applications]]", "[[schema_changes]]\nschema = \"urn:x\"\n[[applications]]"),
        replaced(
            "[[applications]]",
            &format!("[[schema_changes]]\nschema = \"{USER}\"\nrequired = [\"colour\"]\n[[applications]]"),
        ),
        replaced("[[applications]]", "[[declared]]\nchecks = []\n[[applications]]"),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r#"
    mine, line 2, key `base_paths`: a base path begins with a slash
    mine, line 2, key `base_paths`: /_weir is the control API's path
    mine, line 2, key `base_paths`: a base path has no empty segments and no trailing slash
    mine, line 6: application a: it needs a tenant, because a base path names one
    mine, line 3, key `authentication`: unknown way to authenticate "token"; use one of
    mine, line 4, key `capabilities`: unknown capability "create.user"; did you mean "create.users"?
    mine, line 6, key `name`: "Users" is the name of an endpoint; choose another
    mine, line 6, key `name`: "a b" stands in URLs: use letters, digits, - and _
    mine, line 7, key `colour`: unknown key "colour"; use one of
    mine, line 7, key `on_put`: unknown way to treat PUT "append"; use one of
    mine, line 7, key `refusals`: a capability is refused with 400, 403, 404, 405 or 501, not with 418
    mine, line 7, key `downstream`: unknown outcome "x"; use one of
    mine, line 8: application a: the name is used twice
    mine, line 8: application b: no base path leads to it; add one with {application}
    mine, line 5, key `applications`: a target needs at least one application
    mine, line 4, key `deviations`: unknown deviation "put.destroys"; `weir list deviations` shows all
    mine, line 1, key `description`: string values must be quoted, expected literal string
    mine, line 2, key `sources`: "the manual" is not a link; write where it can be read, beginning with https://
    mine, line 4, key `deviations`: patch.refused and patch.not-atomic contradict each other: patch.refused switches patch.users and patch.groups off, so patch.not-atomic could never show; leave one of them out
    mine, line 4, key `without_resource_types`: the target: unknown resource type "Car"; use one of
    mine, line 6: application a: an application needs at least one way to authenticate
    mine, line 6: application a: put.creates and put.creates contradict each other: they are the same deviation, and one value counts; leave one of them out
    mine, line 5, key `schema_changes`: the target: unknown schema "urn:x"; use one of
    mine, line 5, key `schema_changes`: schema urn:ietf:params:scim:schemas:core:2.0:User: unknown attribute "colour"; use one of
    mine, line 5: the key `because` is missing
    "#);
}
