use serde_json::json;

use super::*;

fn job(operations: &Json) -> Result<Job> {
    read(&json!({ "schemas": [BULK_REQUEST], "Operations": operations }), 3, &Tolerances::strict())
}

#[test]
fn a_message_that_is_no_job_is_refused_as_a_whole() {
    let delete = json!({ "method": "DELETE", "path": "/Users/1", "bulkId": "a" });
    for (message, expected) in [
        (json!([]), "JSON object"),
        (json!({ "Operations": [delete] }), "schemas must be an array"),
        (json!({ "schemas": [BULK_REQUEST] }), "Operations is missing"),
        (json!({ "schemas": [BULK_REQUEST], "Operations": {} }), "Operations must be an array"),
        (json!({ "schemas": [BULK_REQUEST], "Operations": [] }), "Operations is empty"),
        (json!({ "schemas": [BULK_REQUEST], "Operations": [delete], "failOnErrors": 0 }), "at least 1"),
        (json!({ "schemas": [BULK_REQUEST], "Operations": [delete], "failOnErrors": "1" }), "whole number"),
        (json!({ "schemas": [BULK_REQUEST], "Operations": [delete, delete] }), "Operations[0] and [1]"),
        (json!({ "schemas": [BULK_REQUEST], "Operations": [1, 2, 3, 4] }), "maxOperations (3)"),
    ] {
        let error = read(&message, 3, &Tolerances::strict()).unwrap_err();
        assert!(error.detail().contains(expected), "{message}: {error}");
        assert_eq!(error.status(), if expected.contains("max") { 413 } else { 400 }, "{message}");
    }
    let inferred = json!({ "Operations": [delete] });
    assert!(read(&inferred, 3, &Tolerances::from_iter([Tolerance::InferSchemas])).is_ok());
}

#[test]
fn a_bad_operation_stands_among_the_good_ones() {
    for (operation, expected) in [
        (json!(7), "JSON object"),
        (json!({ "path": "/Users" }), "method is missing"),
        (json!({ "method": "GET", "path": "/Users/1" }), "it must be POST, PUT, PATCH or DELETE"),
        (json!({ "method": "post", "path": "/Users", "bulkId": "x", "data": {} }), "it must be POST"),
        (json!({ "method": "POST", "path": "/Users", "data": {} }), "bulkId is missing"),
        (json!({ "method": "POST", "path": "/Users", "bulkId": 1, "data": {} }), "bulkId must be a string"),
        (json!({ "method": "POST", "bulkId": "x", "data": {} }), "path is missing"),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "x" }), "data is missing"),
        (json!({ "method": "PUT", "path": "/Users/1", "data": "x" }), "data must be a JSON object"),
        (json!({ "method": "DELETE", "path": "/Users/1", "version": 1 }), "version must be a string"),
        (json!({ "method": "DELETE", "path": "/Users/1?x=y#z" }), "at offset 12: expected the end of the path"),
    ] {
        let job = job(&json!([operation, { "method": "DELETE", "path": "Users/1?x=y" }])).unwrap();
        let error = job.operations[0].request.as_ref().unwrap_err();
        assert!(error.detail().contains(expected) && error.status() == 400, "{operation}: {error}");
        let good = job.operations[1].request.as_ref().unwrap();
        assert_eq!((&*good.path, good.query.as_deref()), ("/Users/1", Some("x=y")));
    }
}
