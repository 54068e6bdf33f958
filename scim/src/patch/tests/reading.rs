use serde_json::{Value as Json, json};

use crate::message::PATCH_OP;
use crate::patch::{OPERATION_LIMIT, read};
use crate::resource::read::Policy;
use crate::resource::tests::{group, refusing, registry, shown, user};

fn refusal(body: &Json) -> String {
    match read(registry(), user(), body, &Policy::default()) {
        Ok(_) => "accepted".into(),
        Err(error) => shown(&error),
    }
}

#[test]
fn the_message_has_the_shape_of_the_rfc() {
    let operation = json!({"op": "add", "path": "title", "value": "x"});
    let cases = [
        (json!([]), "invalidSyntax: the body of a PATCH must be a JSON object, not an array"),
        (
            json!({"Operations": [operation]}),
            "invalidSyntax: schemas must be an array that lists \"urn:ietf:params:scim:api:messages:2.0:PatchOp\"",
        ),
        (
            json!({"schemas": PATCH_OP, "Operations": [operation]}),
            "invalidSyntax: schemas must be an array that lists \"urn:ietf:params:scim:api:messages:2.0:PatchOp\"",
        ),
        (
            json!({"schemas": [PATCH_OP.to_uppercase()], "Operations": [operation]}),
            "invalidSyntax: schemas must be an array that lists \"urn:ietf:params:scim:api:messages:2.0:PatchOp\"",
        ),
        (json!({"schemas": [PATCH_OP]}), "invalidSyntax: Operations is missing; it is an array of operations"),
        (
            json!({"schemas": [PATCH_OP], "Operations": null}),
            "invalidSyntax: Operations is missing; it is an array of operations",
        ),
        (
            json!({"schemas": [PATCH_OP], "Operations": operation}),
            "invalidSyntax: Operations must be an array, not an object",
        ),
        (
            json!({"schemas": [PATCH_OP], "Operations": []}),
            "invalidSyntax: Operations is empty; send at least one operation",
        ),
        (json!({"SCHEMAS": [PATCH_OP], "operations": [{"OP": "add", "Path": "title", "VALUE": "x"}]}), "accepted"),
    ];
    for (body, expected) in cases {
        assert_eq!(refusal(&body), expected, "{body}");
    }
}

#[test]
fn an_operation_has_op_path_and_value() {
    let cases = [
        (json!("add"), "invalidSyntax: Operations[0]: an operation must be a JSON object, not a string"),
        (
            json!({"path": "title", "value": "x"}),
            "invalidSyntax: Operations[0]: op is missing; it is add, remove or replace",
        ),
        (json!({"op": 1, "path": "title"}), "invalidSyntax: Operations[0]: op must be a string, not a number"),
        (
            json!({"op": "Replace", "path": "title", "value": "x"}),
            "invalidValue: Operations[0]: op is \"Replace\"; it must be add, remove or replace, in lower case",
        ),
        (
            json!({"op": "move", "from": "title", "path": "nickName"}),
            "invalidValue: Operations[0]: op is \"move\"; it must be add, remove or replace, in lower case",
        ),
        (json!({"op": "add", "path": "title"}), "invalidValue: Operations[0]: add needs a value"),
        (json!({"op": "replace", "path": "title"}), "invalidValue: Operations[0]: replace needs a value"),
        (json!({"op": "remove"}), "noTarget: Operations[0]: remove needs a path (RFC 7644 section 3.5.2.2)"),
        (
            json!({"op": "remove", "path": null, "value": {"title": "x"}}),
            "noTarget: Operations[0]: remove needs a path (RFC 7644 section 3.5.2.2)",
        ),
        (
            json!({"op": "add", "path": 5, "value": "x"}),
            "invalidPath: Operations[0]: path must be a string, not a number",
        ),
        (
            json!({"op": "add", "value": "x"}),
            "invalidValue: Operations[0]: without path, value must be an object of attributes, not a string",
        ),
        (
            json!({"op": "replace", "value": {}}),
            "invalidValue: Operations[0]: without path, value must name at least one attribute",
        ),
        (json!({"op": "add", "value": {}}), "accepted"),
    ];
    for (operation, expected) in cases {
        assert_eq!(refusal(&json!({"schemas": [PATCH_OP], "Operations": [operation]})), expected, "{operation}");
    }
}

#[test]
fn a_path_names_something() {
    let cases = [
        (
            "",
            "invalidPath: Operations[0]: path \"\": at offset 0: expected an attribute name (a letter first); got the end",
        ),
        (
            "][",
            "invalidPath: Operations[0]: path \"][\": at offset 0: expected an attribute name (a letter first); got \"]\"",
        ),
        ("foo", "invalidPath: Operations[0]: path \"foo\": foo: resource type User has no attribute foo"),
        (
            "employeeNumber",
            "invalidPath: Operations[0]: path \"employeeNumber\": employeeNumber: an attribute of an extension is written with its \
             schema: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber",
        ),
        ("name.foo", "invalidPath: Operations[0]: path \"name.foo\": name.foo: name has no sub-attribute foo"),
        ("title.foo", "invalidPath: Operations[0]: path \"title.foo\": title.foo: title has no sub-attribute foo"),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "invalidPath: Operations[0]: path \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\": this is a schema; \
             name one of its attributes behind a colon",
        ),
        ("emails[", "invalidPath: Operations[0]: path \"emails[\": the bracket at offset 6 is not closed"),
        (
            "emails[type eq \"work\"",
            "invalidPath: Operations[0]: path \"emails[type eq \\\"work\\\"\": the bracket at offset 6 is not closed",
        ),
        (
            "emails[type eq \"work\"]value",
            "invalidPath: Operations[0]: path \"emails[type eq \\\"work\\\"]value\": at offset 22: expected a dot and \
             a sub-attribute, or the end of the path; got \"value\"",
        ),
        (
            "emails[type eq \"work\"].foo",
            "invalidPath: Operations[0]: path \"emails[type eq \\\"work\\\"].foo\": emails has no sub-attribute \"foo\"",
        ),
        (
            "emails type",
            "invalidPath: Operations[0]: path \"emails type\": at offset 6: expected a filter in brackets or the end of the path; got a blank",
        ),
        (
            "name[familyName eq \"x\"]",
            "invalidPath: Operations[0]: path \"name[familyName eq \\\"x\\\"]\": name is not multi-valued: brackets have nothing to choose from",
        ),
        (
            "emails.type[value eq \"x\"]",
            "invalidPath: Operations[0]: path \"emails.type[value eq \\\"x\\\"]\": emails.type is not multi-valued: brackets have nothing to choose from",
        ),
        ("emails[foo eq \"x\"]", "invalidFilter: Operations[0]: path"),
        (
            "emails[type foo \"x\"]",
            "invalidFilter: Operations[0]: path \"emails[type foo \\\"x\\\"]\": at offset 12: expected",
        ),
        ("emails[]", "invalidFilter: Operations[0]: path \"emails[]\": at offset 7: expected"),
        ("emails[type eq \"a\" and emails[type eq \"b\"]]", "invalidFilter: Operations[0]: path"),
        ("urn:ietf:params:scim:schemas:ian:2.0:User:otherMails[type eq \"x\"]", "invalidFilter: Operations[0]: path"),
    ];
    for (path, expected) in cases {
        let got = refusal(&json!({"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": path}]}));
        assert!(got.starts_with(expected), "{path}:\n   {got}\nis not {expected}");
    }
}

#[test]
fn what_the_server_sets_is_no_target() {
    let cases = [
        "id",
        "meta",
        "meta.created",
        "groups",
        "groups[value eq \"g\"]",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
    ];
    for path in cases {
        for operation in [json!({"op": "replace", "path": path, "value": "x"}), json!({"op": "remove", "path": path})] {
            let got = refusal(&json!({"schemas": [PATCH_OP], "Operations": [operation]}));
            assert!(got.starts_with("mutability: Operations[0]: "), "{path}: {got}");
        }
    }
    let in_a_value = json!([{"op": "add", "path": "title", "value": "x"}, {"op": "replace", "value": {"id": "x"}}]);
    let got = refusal(&json!({"schemas": [PATCH_OP], "Operations": in_a_value}));
    assert_eq!(got, "mutability: Operations[1]: id is readOnly: the server sets it");
}

#[test]
fn members_of_the_message_that_no_one_knows() {
    let policy = refusing();
    let outcome = |body: Json| read(registry(), group(), &body, &policy).map(|_| ()).map_err(|error| shown(&error));
    assert_eq!(
        outcome(json!({"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": "members", "from": "x"}]})),
        Err("invalidSyntax: Operations[0]: \"from\" is not part of a PATCH message, which has op, path, value".into())
    );
    assert_eq!(
        outcome(json!({"schemas": [PATCH_OP], "id": "1", "Operations": [{"op": "remove", "path": "members"}]})),
        Err("invalidSyntax: \"id\" is not part of a PATCH message, which has schemas, Operations".into())
    );
    assert_eq!(
        outcome(json!({"schemas": [PATCH_OP], "Operations": [{"op": "add", "value": {"nickName": "x"}}]})),
        Err("invalidPath: Operations[0]: value: resource type Group has no attribute \"nickName\"".into())
    );
}

#[test]
fn there_is_a_limit_to_the_number_of_operations() {
    let operations = |count| vec![json!({"op": "remove", "path": "title"}); count];
    assert_eq!(refusal(&json!({"schemas": [PATCH_OP], "Operations": operations(OPERATION_LIMIT)})), "accepted");
    let body = json!({"schemas": [PATCH_OP], "Operations": operations(OPERATION_LIMIT + 1)});
    let error = read(registry(), user(), &body, &Policy::default()).expect_err("too many");
    assert_eq!((error.status(), error.scim_type()), (413, None));
}
