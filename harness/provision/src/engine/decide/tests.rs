use super::*;

const SAME: u64 = 7;
const OTHER: u64 = 8;

/// How the table names what the ledger remembers.
fn row(kind: &str) -> Option<Row> {
    let sent = |fingerprint, active| Some(SentState::User { fingerprint, active, body: None });
    let linked = Row { target_id: Some("42".into()), identifier: "ada".into(), ..Row::default() };
    Some(match kind {
        "nothing" => return None,
        "active" => Row { sent: sent(SAME, true), ..linked },
        "disabled" => Row { sent: sent(SAME, false), ..linked },
        "dirty" => Row { sent: sent(SAME, true), dirty: true, ..linked },
        "dirty disabled" => Row { sent: sent(SAME, false), dirty: true, ..linked },
        "linked" => linked,
        "gone" => Row { sent: sent(SAME, false), gone: true, ..linked },
        "failed" => Row { dirty: true, ..Row::default() },
        "pending" => Row { dirty: true, create_pending: true, ..Row::default() },
        "deleted" => Row { sent: sent(SAME, false), ..Row::default() },
        other => panic!("no such row: {other}"),
    })
}

fn state(kind: &str) -> Option<UserState> {
    Some(match kind {
        "absent" => return None,
        "enabled" => UserState { fingerprint: SAME, active: true },
        "enabled, changed" => UserState { fingerprint: OTHER, active: true },
        "disabled" => UserState { fingerprint: SAME, active: false },
        "disabled, changed" => UserState { fingerprint: OTHER, active: false },
        other => panic!("no such state: {other}"),
    })
}

const STATES: [&str; 5] = ["enabled", "enabled, changed", "disabled", "disabled, changed", "absent"];
const ROWS: [&str; 10] =
    ["nothing", "active", "disabled", "dirty", "dirty disabled", "linked", "gone", "failed", "pending", "deleted"];

fn table(options: &Options) -> String {
    let mut lines = Vec::new();
    for source in STATES {
        for ledger in ROWS {
            let decision = match user(state(source), row(ledger).as_ref(), options) {
                Decision::Nothing => continue,
                Decision::Do(operation) => format!("{operation:?}"),
                Decision::Refused(refusal) => format!("refused by {}", refusal.option()),
            };
            lines.push(format!("{source} + {ledger} = {decision}"));
        }
    }
    lines.join("\n")
}

#[test]
fn the_default_options_decide_so() {
    insta::assert_snapshot!(table(&Options::default()), @r#"
    enabled + nothing = Join { active: true }
    enabled + disabled = Enable
    enabled + dirty = Update { active: true }
    enabled + dirty disabled = Enable
    enabled + linked = Update { active: true }
    enabled + gone = Enable
    enabled + failed = Join { active: true }
    enabled + pending = Join { active: true }
    enabled + deleted = Join { active: true }
    enabled, changed + nothing = Join { active: true }
    enabled, changed + active = Update { active: true }
    enabled, changed + disabled = Enable
    enabled, changed + dirty = Update { active: true }
    enabled, changed + dirty disabled = Enable
    enabled, changed + linked = Update { active: true }
    enabled, changed + gone = Enable
    enabled, changed + failed = Join { active: true }
    enabled, changed + pending = Join { active: true }
    enabled, changed + deleted = Join { active: true }
    disabled + nothing = refused by Provision Disabled Users
    disabled + active = Disable
    disabled + dirty = Disable
    disabled + dirty disabled = Update { active: false }
    disabled + linked = Disable
    disabled + gone = Update { active: false }
    disabled + failed = refused by Provision Disabled Users
    disabled + pending = Settle
    disabled, changed + nothing = refused by Provision Disabled Users
    disabled, changed + active = Disable
    disabled, changed + disabled = Update { active: false }
    disabled, changed + dirty = Disable
    disabled, changed + dirty disabled = Update { active: false }
    disabled, changed + linked = Disable
    disabled, changed + gone = Update { active: false }
    disabled, changed + failed = refused by Provision Disabled Users
    disabled, changed + pending = Settle
    absent + active = Disable
    absent + disabled = Retire
    absent + dirty = Disable
    absent + dirty disabled = Disable
    absent + linked = Disable
    absent + failed = Forget
    absent + pending = Settle
    absent + deleted = Forget
    "#);
}

#[test]
fn delete_and_provision_disabled_users_decide_so() {
    let options =
        Options { remove_user_action: RemoveUserAction::Delete, provision_disabled_users: true, ..Options::default() };
    insta::assert_snapshot!(table(&options), @r#"
    enabled + nothing = Join { active: true }
    enabled + disabled = Enable
    enabled + dirty = Update { active: true }
    enabled + dirty disabled = Enable
    enabled + linked = Update { active: true }
    enabled + gone = Enable
    enabled + failed = Join { active: true }
    enabled + pending = Join { active: true }
    enabled + deleted = Join { active: true }
    enabled, changed + nothing = Join { active: true }
    enabled, changed + active = Update { active: true }
    enabled, changed + disabled = Enable
    enabled, changed + dirty = Update { active: true }
    enabled, changed + dirty disabled = Enable
    enabled, changed + linked = Update { active: true }
    enabled, changed + gone = Enable
    enabled, changed + failed = Join { active: true }
    enabled, changed + pending = Join { active: true }
    enabled, changed + deleted = Join { active: true }
    disabled + nothing = Join { active: false }
    disabled + active = Delete
    disabled + dirty = Delete
    disabled + dirty disabled = Update { active: false }
    disabled + linked = Delete
    disabled + gone = Update { active: false }
    disabled + failed = Join { active: false }
    disabled + pending = Join { active: false }
    disabled, changed + nothing = Join { active: false }
    disabled, changed + active = Delete
    disabled, changed + disabled = Update { active: false }
    disabled, changed + dirty = Delete
    disabled, changed + dirty disabled = Update { active: false }
    disabled, changed + linked = Delete
    disabled, changed + gone = Update { active: false }
    disabled, changed + failed = Join { active: false }
    disabled, changed + pending = Join { active: false }
    disabled, changed + deleted = Join { active: false }
    absent + active = Delete
    absent + disabled = Delete
    absent + dirty = Delete
    absent + dirty disabled = Delete
    absent + linked = Delete
    absent + failed = Forget
    absent + pending = Settle
    absent + deleted = Forget
    "#);
}

#[test]
fn cleared_options_refuse_and_never_do() {
    let options = Options { user_update: false, user_disable: false, user_deprovision: false, ..Options::default() };
    insta::assert_snapshot!(table(&options), @r#"
    enabled + nothing = Join { active: true }
    enabled + disabled = refused by User Update
    enabled + dirty = refused by User Update
    enabled + dirty disabled = refused by User Update
    enabled + linked = refused by User Update
    enabled + gone = refused by User Update
    enabled + failed = Join { active: true }
    enabled + pending = Join { active: true }
    enabled + deleted = Join { active: true }
    enabled, changed + nothing = Join { active: true }
    enabled, changed + active = refused by User Update
    enabled, changed + disabled = refused by User Update
    enabled, changed + dirty = refused by User Update
    enabled, changed + dirty disabled = refused by User Update
    enabled, changed + linked = refused by User Update
    enabled, changed + gone = refused by User Update
    enabled, changed + failed = Join { active: true }
    enabled, changed + pending = Join { active: true }
    enabled, changed + deleted = Join { active: true }
    disabled + nothing = refused by Provision Disabled Users
    disabled + active = refused by User Disable / Delete
    disabled + dirty = refused by User Disable / Delete
    disabled + dirty disabled = refused by User Update
    disabled + linked = refused by User Disable / Delete
    disabled + gone = refused by User Update
    disabled + failed = refused by Provision Disabled Users
    disabled + pending = refused by User Disable / Delete
    disabled, changed + nothing = refused by Provision Disabled Users
    disabled, changed + active = refused by User Disable / Delete
    disabled, changed + disabled = refused by User Update
    disabled, changed + dirty = refused by User Disable / Delete
    disabled, changed + dirty disabled = refused by User Update
    disabled, changed + linked = refused by User Disable / Delete
    disabled, changed + gone = refused by User Update
    disabled, changed + failed = refused by Provision Disabled Users
    disabled, changed + pending = refused by User Disable / Delete
    absent + active = refused by User Disable / Delete
    absent + disabled = Retire
    absent + dirty = refused by User Disable / Delete
    absent + dirty disabled = refused by User Disable / Delete
    absent + linked = refused by User Disable / Delete
    absent + failed = Forget
    absent + pending = refused by User Disable / Delete
    absent + deleted = Forget
    "#);
}

/// After an operation succeeded, the same source asks for nothing more.
#[test]
fn what_was_done_is_not_done_again() {
    for provision_disabled_users in [false, true] {
        for remove_user_action in [RemoveUserAction::Disable, RemoveUserAction::Delete] {
            let options = Options { provision_disabled_users, remove_user_action, ..Options::default() };
            for source in STATES {
                for ledger in ROWS {
                    let wanted = state(source);
                    let Decision::Do(operation) = user(wanted, row(ledger).as_ref(), &options) else { continue };
                    let sent = |active| Row {
                        target_id: Some("42".into()),
                        sent: Some(SentState::User {
                            fingerprint: wanted.map_or(SAME, |state| state.fingerprint),
                            active,
                            body: None,
                        }),
                        gone: wanted.is_none(),
                        ..Row::default()
                    };
                    let after = match operation {
                        UserOperation::Join { active } | UserOperation::Update { active } => Some(sent(active)),
                        UserOperation::Enable => Some(sent(true)),
                        UserOperation::Disable | UserOperation::Retire => Some(sent(false)),
                        UserOperation::Delete | UserOperation::Settle => {
                            wanted.map(|_| Row { target_id: None, ..sent(false) })
                        }
                        UserOperation::Forget => None,
                    };
                    let again = user(wanted, after.as_ref(), &options);
                    let is_silent =
                        matches!(again, Decision::Nothing | Decision::Refused(Refusal::ProvisionDisabledUsers));
                    assert!(is_silent, "{source} + {ledger}: {operation:?}, then {again:?}");
                }
            }
        }
    }
}

#[test]
fn groups_decide_so() {
    let linked = Row { target_id: Some("7".into()), identifier: "Sales".into(), ..Row::default() };
    let pending = Row { create_pending: true, identifier: "Sales".into(), ..Row::default() };
    for (name, row, expected) in [
        (Some("Sales"), None, GroupOperation::Join),
        (Some("Sales"), Some(&pending), GroupOperation::Join),
        (Some("Sales"), Some(&linked), GroupOperation::Keep),
        (Some("sales"), Some(&linked), GroupOperation::Rename),
        (None, Some(&linked), GroupOperation::Delete),
        (None, Some(&pending), GroupOperation::Settle),
        (None, Some(&Row::default()), GroupOperation::Forget),
        (None, None, GroupOperation::Forget),
    ] {
        assert_eq!(group(name, row), expected, "{name:?} {row:?}");
    }
}

#[test]
fn members_are_overwritten_by_the_source() {
    let set = |ids: &[&str]| ids.iter().map(|&id| id.into()).collect::<BTreeSet<Box<str>>>();
    let (add, remove) = members(&set(&["a", "b"]), &set(&["b", "c"]));
    assert_eq!((add, remove), (vec!["a".into()], vec!["c".into()]));
    assert_eq!(members(&set(&["a"]), &set(&["a"])), (vec![], vec![]));
}
