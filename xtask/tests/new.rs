//! Skeletons in a copy of the files that they go into.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder with these files of the workspace.
fn copy(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for file in files {
        let to = folder.path().join(file);
        std::fs::create_dir_all(to.parent().expect("it is in a folder")).expect("a folder can be made");
        std::fs::copy(root().join(file), to).expect("the file can be copied");
    }
    folder
}

fn text(folder: &tempfile::TempDir, file: &str) -> String {
    std::fs::read_to_string(folder.path().join(file)).expect("the file is there")
}

/// The lines that are new.
fn added(folder: &tempfile::TempDir, file: &str) -> Vec<String> {
    let before = std::fs::read_to_string(root().join(file)).expect("the file is there");
    let mut before = before.lines().peekable();
    let after = text(folder, file);
    let added: Vec<String> =
        after.lines().filter(|line| before.next_if_eq(line).is_none()).map(str::to_owned).collect();
    assert!(before.next().is_none(), "{file}: a line is gone");
    added
}

const TOPICS: &str = "server/src/deviations/topic/mod.rs";
const LISTS: &str = "server/src/deviations/topic/list.rs";

#[test]
fn a_deviation_goes_into_its_topic_in_the_order_of_ids() {
    let folder = copy(&[TOPICS, LISTS]);
    let next = xtask::deviation(folder.path(), "list.total-doubled").expect("a skeleton is written");
    assert!(next.contains(LISTS) && next.contains("prove --full --write fixtures/proof.tsv"), "{next}");
    let added = added(&folder, LISTS);
    assert!(added[0].starts_with("    Deviation::new(\"list.total-doubled\", fill_in!("), "{added:#?}");
    let text = text(&folder, LISTS);
    let ids: Vec<&str> =
        text.split("\n    Deviation::new(").skip(1).filter_map(|record| record.split('"').nth(1)).collect();
    assert!(ids.is_sorted() && ids.contains(&"list.total-doubled"), "{ids:?}");
    let again = xtask::deviation(folder.path(), "list.total-doubled").expect_err("it is there already");
    assert!(again.to_string().contains("exists already"), "{again}");
}

#[test]
fn a_topic_of_many_words_is_found_by_each_of_them() {
    let list = std::fs::read_to_string(root().join(TOPICS)).expect("the list of topics is there");
    for topic in list.split("    Topic {").skip(1) {
        let words = topic.split("deviations:").next().unwrap_or_default();
        let module = topic.split("deviations: ").nth(1).and_then(|rest| rest.split("::").next()).expect("a module");
        let file = format!("server/src/deviations/topic/{module}.rs");
        for word in words.split('"').skip(1).step_by(2) {
            let folder = copy(&[TOPICS, &file]);
            xtask::deviation(folder.path(), &format!("{word}.nothing-of-the-kind")).expect("a skeleton is written");
            assert_eq!(added(&folder, &file).len(), 5, "{word}");
        }
    }
}

#[test]
fn an_unknown_word_or_a_wrong_id_is_refused() {
    let folder = copy(&[TOPICS]);
    let unknown = xtask::deviation(folder.path(), "nonsense.at-all").expect_err("no topic takes it");
    assert!(unknown.to_string().starts_with("no topic of deviations takes the word \"nonsense\""), "{unknown}");
    for id in ["list", "List.total", "list.", "list.total_doubled", "../list.x"] {
        let wrong = xtask::deviation(folder.path(), id).expect_err("it is not an id");
        assert!(wrong.to_string().contains("is not an id"), "{id}: {wrong}");
    }
}

#[test]
fn a_check_is_the_last_record_of_its_file_with_a_function_of_its_own() {
    const READ: &str = "harness/catalog/src/checks/read.rs";
    const LIMITS: &str = "harness/catalog/src/checks/replace/limits.rs";
    let folder = copy(&[READ, LIMITS]);
    let next = xtask::check(folder.path(), "read.total", None).expect("a skeleton is written");
    assert!(next.contains(READ), "{next}");
    xtask::check(folder.path(), "replace.too-much", Some("limits")).expect("a skeleton is written");
    for (file, record, function) in [
        (READ, "    Check::new(\"read.total\", ", "async fn total(context: &Context) -> CheckResult {"),
        (LIMITS, "    Check::new(\"replace.too-much\", ", "async fn too_much(context: &Context) -> CheckResult {"),
    ] {
        let added = added(&folder, file);
        assert!(added[0].starts_with(record) && added.iter().any(|line| line == function), "{added:#?}");
    }
    let unknown = xtask::check(folder.path(), "reed.total", None).expect_err("there is no such topic");
    assert!(unknown.to_string().contains("no topic of checks has the file"), "{unknown}");
}

#[test]
fn a_target_and_a_client_are_files_that_are_registered_in_order() {
    const TARGETS: &str = "server/src/targets/mod.rs";
    const CLIENTS: &str = "harness/provision/src/client/mod.rs";
    let folder = copy(&[TARGETS, "fixtures/targets/rfc.toml", CLIENTS, "fixtures/clients/pingfederate-scim.toml"]);
    xtask::target(folder.path(), "example-hr").expect("a skeleton is written");
    assert!(text(&folder, "fixtures/targets/example-hr.toml").contains("description = FILL_IN"));
    assert_eq!(
        added(&folder, TARGETS),
        ["    (\"example-hr\", include_str!(\"../../../fixtures/targets/example-hr.toml\")),"]
    );
    xtask::client(folder.path(), "example-idp", "pingfederate-scim").expect("a skeleton is written");
    let client = text(&folder, "fixtures/clients/example-idp.toml");
    assert!(client.contains("\nid = \"example-idp\"\nname = FILL_IN") && client.contains("[user]"), "{client}");
    assert_eq!(added(&folder, CLIENTS).len(), 1);
    let again = xtask::target(folder.path(), "rfc").expect_err("it is there already");
    assert!(again.to_string().contains("exists already, in fixtures/targets/rfc.toml"), "{again}");
}

#[test]
fn a_report_is_a_consumer_that_is_registered() {
    const REPORTS: &str = "harness/weir/src/report/mod.rs";
    let folder = copy(&[REPORTS]);
    xtask::report(folder.path(), "csv").expect("a skeleton is written");
    assert!(text(&folder, "harness/weir/src/report/csv.rs").contains("pub struct CsvReport<W>"));
    assert_eq!(added(&folder, REPORTS), ["mod csv;", "pub use csv::CsvReport;"]);
}

const RULES: &str = "harness/judge/src/rules/lists.rs";

#[test]
fn a_rule_goes_to_the_end_of_its_topic() {
    let folder = copy(&[RULES]);
    let next = xtask::rule(folder.path(), "lists.order").expect("a skeleton is written");
    assert!(next.contains(RULES) && next.contains("cargo test -p weir-judge rules"), "{next}");
    let added = added(&folder, RULES);
    assert!(added[0].starts_with("    Rule::new(\"lists.order\", fill_in!("), "{added:#?}");
    let error = xtask::rule(folder.path(), "hats.order").expect_err("there is no such topic");
    assert!(error.to_string().starts_with("no topic of rules has the file harness/judge/src/rules/hats.rs"), "{error}");
}
