//! The requests that the descriptions of the clients make the engine send.

use super::*;
use crate::client::Description;

fn configured(id: &str, settings: &[(&str, &str)]) -> Description {
    let given: Vec<(String, String)> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    client::find(id).unwrap().configured(&given).unwrap().description
}

fn bench(source: &str, description: Description) -> Bench {
    let mut bench = Bench::new(source, description.options.clone());
    bench.provisioner.channel = Channel::default().for_client(&description);
    bench.provisioner.description = Arc::new(description);
    bench
}

/// A foreign member in the group `Sub` of the target.
fn strangers_group(bench: &Bench) {
    bench.target.with(|state| {
        state.users.insert("u9".into(), json!({ "id": "u9", "userName": "zoe", "active": true }));
        state.groups.insert("g9".into(), json!({ "id": "g9", "displayName": "Sub", "members": [{ "value": "u9" }] }));
    });
}

#[tokio::test]
async fn the_scim_provisioner_lists_groups_and_writes_them_whole() {
    let source = [person("ada", ""), person("cy", ""), group("Sub", &["ada"])].concat();
    let mut bench = bench(&source, configured("pingfederate-scim", &[]));
    strangers_group(&bench);
    bench.clean_cycle().await;
    assert_eq!(bench.target.groups(), ["Sub: ada"]);
    bench.target.take_calls();
    bench.step("dn: cn=Sub,dc=x\nchangetype: modify\nadd: member\nmember: uid=cy,dc=x\n-\n");
    bench.clean_cycle().await;
    assert_eq!(bench.target.take_calls(), ["PUT /Groups/g9"]);
    bench.step("dn: cn=Sub,dc=x\nchangetype: modify\nreplace: cn\ncn: Under\n-\n");
    bench.clean_cycle().await;
    assert_eq!(bench.target.take_calls(), ["PUT /Groups/g9"]);
    assert_eq!(bench.target.groups(), ["Under: ada cy"]);
}

#[tokio::test]
async fn a_merge_leaves_strangers_in_a_group_and_an_overwrite_does_not() {
    for (handling, before, after) in [("Merge", "Sub: ada zoe", "Sub: zoe"), ("Overwrite", "Sub: ada", "Sub: ")] {
        let source = [person("ada", ""), group("Sub", &["ada"])].concat();
        let mut bench = bench(&source, configured("pingone-scim", &[("Group Membership Handling", handling)]));
        strangers_group(&bench);
        bench.clean_cycle().await;
        assert_eq!(bench.target.groups(), [before], "{handling}");
        bench.step("dn: cn=Sub,dc=x\nchangetype: modify\ndelete: member\nmember: uid=ada,dc=x\n-\n");
        bench.clean_cycle().await;
        assert_eq!(bench.target.groups(), [after], "{handling}");
    }
}

#[tokio::test]
async fn groups_are_named_by_their_distinguished_names_if_that_is_chosen() {
    let source = [person("ada", ""), group("Sub", &["ada"])].concat();
    let bench = bench(&source, configured("pingfederate-scim", &[("Group Name Source", "DN")]));
    bench.clean_cycle().await;
    assert_eq!(bench.target.groups(), ["cn=Sub,dc=x: ada"]);
}

#[tokio::test]
async fn an_endpoint_that_counts_groups_and_lists_none_gets_no_second_ones() {
    let source = [person("ada", ""), group("Sub", &["ada"])].concat();
    let bench = bench(&source, configured("pingfederate-scim", &[("Results Per Page", "-1")]));
    strangers_group(&bench);
    bench.target.with(|state| state.page = 0);
    let report = bench.cycle().await;
    assert!(report.failures[0].message.contains("set Results Per Page to a number"), "{}", report.failures[0]);
    let calls = bench.target.take_calls();
    assert!(calls.contains(&"GET /Groups?startIndex=1&count=-1".to_owned()), "{calls:?}");
    assert!(!calls.iter().any(|call| call == "POST /Groups"), "{calls:?}");
}

#[tokio::test]
async fn a_work_email_identifies_users_and_one_without_fails_by_name() {
    let source = [person("ada", "mail: ada@example.com\n"), person("cy", "")].concat();
    let bench = bench(&source, configured("pingfederate-scim", &[("Unique User Identifier", "workEmail")]));
    bench.target.with(|state| {
        let user =
            json!({ "id": "u9", "userName": "lovelace", "active": true, "emails": [{ "value": "ada@example.com" }] });
        state.users.insert("u9".into(), user);
    });
    let report = bench.cycle().await;
    assert_eq!(report.count(Kind::User, Action::Linked), 1);
    assert_eq!(report.failures.len(), 1);
    assert!(report.failures[0].to_string().contains("uid=cy,dc=x: the entry gives no workEmail"));
    assert_eq!(bench.target.take_calls()[0], "GET /Users?filter=emails eq \"ada@example.com\"");
}

/// The clients that can look for people by mail, and the settings that say so.
const BY_MAIL: [(&str, &[(&str, &str)]); 3] = [
    ("pingfederate-scim", &[("Unique User Identifier", "workEmail")]),
    ("pingone-scim", PINGONE),
    ("pingone-aquera", PINGONE),
];
const PINGONE: &[(&str, &str)] = &[("User Identifier", "workEmail"), ("User Filter Expression", "emails eq \"%s\"")];

/// A shared mailbox: by mail the second person is taken for the first, and an account is not guessed.
#[tokio::test]
async fn two_people_with_one_mail_are_named_by_every_client_that_looks_for_it() {
    for (id, settings) in BY_MAIL {
        let mail = "mail: team@example.com\n";
        let mut bench = bench(&person("ada", mail), configured(id, settings));
        bench.clean_cycle().await;
        bench.step(&person("bo", mail).replacen('\n', "\nchangetype: add\n", 1));
        let report = bench.cycle().await;
        assert_eq!(report.failures.len(), 1, "{id}: {report:?} {:?}", bench.target.take_calls());
        let said = report.failures[0].to_string();
        for part in ["uid=bo,dc=x", "field workEmail", "guid-ada", "looked for by workEmail \"team@example.com\""] {
            assert!(said.contains(part), "{id}, {part}: {said}");
        }
        assert_eq!(bench.target.accounts().len(), 1, "{id}");

        bench.target.with(|state| {
            let user =
                json!({ "id": "x7", "userName": "cy", "active": true, "emails": [{ "value": "team@example.com" }] });
            state.users.insert("x7".into(), user);
        });
        let report = bench.cycle().await;
        let said = report.failures[0].to_string();
        assert!(said.contains("2 users in it have this workEmail (") && said.contains("x7"), "{id}: {said}");
    }
}

#[tokio::test]
async fn pingone_disables_as_its_variant_says_and_sends_the_rest_later() {
    let description = client::find("pingone-aquera").unwrap().with_variants([("disable", "patch")]).unwrap();
    let mut bench = bench(&person("ada", ""), description);
    bench.clean_cycle().await;
    bench.target.take_calls();
    bench.step(&[set("ada", "nsaccountlock", "TRUE"), "\n".to_owned(), set("ada", "title", "Countess")].concat());
    // The simulated target patches groups alone.
    let report = bench.cycle().await;
    assert_eq!(report.failures.len(), 1);
    assert_eq!(bench.target.take_calls(), ["PATCH /Users/u0001"]);
}

#[tokio::test]
async fn remove_action_is_for_leavers_alone_at_pingone() {
    let description = configured("pingone-aquera", &[("Remove Action", "Delete")]);
    let mut bench = bench(&[person("ada", ""), person("cy", "")].concat(), description);
    bench.clean_cycle().await;
    bench.step(&set("ada", "nsaccountlock", "TRUE"));
    bench.step("dn: uid=cy,dc=x\nchangetype: delete\n");
    bench.clean_cycle().await;
    assert_eq!(bench.target.accounts(), ["ada false"]);
}

#[tokio::test]
async fn a_deleted_rule_takes_nobody_along_unless_the_console_says_so() {
    for (deprovisions, accounts) in [("false", ["ada true"]), ("true", ["ada false"])] {
        let description = configured("pingone-aquera", &[("Deprovision on rule deletion", deprovisions)]);
        let mut bench = bench(&[person("ada", ""), "dn: dc=x\ndc: x\n".to_owned()].concat(), description);
        bench.clean_cycle().await;
        bench.step("dn: uid=ada,dc=x\nchangetype: delete\n");
        bench.provisioner.options.rule_deleted = true;
        let report = bench.clean_cycle().await;
        assert_eq!(bench.target.accounts(), accounts);
        let refused: Vec<&str> = report.refusals.values().map(|refused| refused.option.as_str()).collect();
        let expected: &[&str] = if deprovisions == "true" { &[] } else { &["Deprovision on rule deletion"] };
        assert_eq!(refused, expected);
    }
}

#[tokio::test]
async fn two_emails_of_which_one_is_empty_become_one_address_twice() {
    let source = person("ada", "mail: ada@example.com\n");
    let bench = bench(&source, configured("pingfederate-scim", &[]));
    bench.target.with(|state| {
        let emails = json!([{ "type": "work", "value": "" }, { "type": "home", "value": "old@example.com" }]);
        state.users.insert("u9".into(), json!({ "id": "u9", "userName": "ada", "active": true, "emails": emails }));
    });
    bench.clean_cycle().await;
    let emails = bench.target.user("ada")["emails"].clone();
    assert_eq!(emails.as_array().unwrap().len(), 2);
    for email in emails.as_array().unwrap() {
        assert_eq!((&email["value"], &email["primary"]), (&emails[0]["value"], &json!(true)));
    }
}
