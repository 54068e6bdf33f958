//! Groups and their members (RFC 7643 section 4.2).

use std::collections::HashSet;

use actix_web::http::{Method, StatusCode};
use parking_lot::Mutex;
use scim::{Error, ErrorKind};
use serde_json::Value;

use crate::application::{AnswerSeam, Next, Operation, Outcome, RequestSeam};
use crate::deviations::part::answer::{EditAnswer, EditArray, EditError, EditValues, Fail, LeaveOut};
use crate::deviations::part::discovery::{Documents, reads};
use crate::deviations::part::operations::{Kind, edit_operations, group_operations, is, kind_of, members_named, path};
use crate::deviations::part::request::{Refuse, RefuseBody, refuse};
use crate::deviations::part::run::{RefuseDeletion, Run, find_with_relations};
use crate::deviations::{Deviation, Parameter};
use crate::message::{Answer, Head, IncomingRequest};
use crate::store::{Condition, StoredResource};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("groups.delete-refused", "a group that has members cannot be deleted")
        .breaks(&["RFC7644-3.6-06"])
        .seen(&["https://github.com/getprobo/probo/pull/1277"])
        .request(&RefuseDeletion(ErrorKind::Conflict, "the group has members; take them out first", |group| {
            !group.members().is_empty()
        })),
    Deviation::new(
        "groups.deleted-with-member",
        "the deletion of a user deletes the groups that it is a direct member of",
    )
    .breaks(&["RFC7644-3.4.1-01"])
    .request(&Run(|operation, next| Box::pin(delete_groups(operation, next)))),
    Deviation::new("groups.empty-refused", "creation of a group without members is refused")
        .breaks(&["RFC7643-2.2-01", "RFC7643-1.1-01"])
        .given(|incoming| *incoming.method == Method::POST && incoming.path == "/Groups")
        .request(&RefuseBody(ErrorKind::InvalidValue, "a group needs a member", |body| {
            body.get("members").and_then(Value::as_array).is_none_or(Vec::is_empty)
        })),
    Deviation::new("groups.first-members-only", "a group shows its first 100 members only")
        .breaks(&["RFC7644-3.3-18", "RFC7644-3.5.2.1-08"])
        .seen(&["https://github.com/FusionAuth/fusionauth-issues/issues/2784"])
        .when(concerns_groups)
        .answer(&EditArray("members", |members| members.truncate(100))),
    Deviation::new("groups.list-missing", "GET of all groups is answered 404")
        .breaks(&["RFC7644-3.2-02"])
        .seen(&[SCIM_SERVER_ISSUES])
        .given(|incoming| *incoming.method == Method::GET && incoming.path.trim_end_matches('/') == "/Groups")
        .request(&Refuse(ErrorKind::NotFound, "there is nothing at /Groups")),
    Deviation::new("groups.member-value-is-uri", "the value of a member is its URI instead of its id")
        .breaks(&["RFC7643-4.2-05"])
        .when(concerns_groups)
        .answer(&EditValues("members", |member| {
            if let Some(reference) = member.get("$ref").cloned() {
                member["value"] = reference;
            }
        })),
    Deviation::new("groups.members-are-users", "the type of a member is always User")
        .breaks(&["RFC7643-4.2-07", "RFC7644-3.3-18"])
        .when(concerns_groups)
        .answer(&EditValues("members", |member| member["type"] = "User".into())),
    Deviation::new("groups.members-never-shown", "a group is always shown without its members")
        .breaks(&["RFC7643-8.7.1-70", "RFC7644-3.3-18", "RFC7644-3.5.2.1-08"])
        .seen(&[
            "https://docs.aws.amazon.com/singlesignon/latest/developerguide/listgroups.html",
            "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference",
            "https://github.com/goauthentik/authentik/issues/20410",
        ])
        .when(|head, _| head.path.to_lowercase().contains("/groups"))
        .answer(&LeaveOut(&["members"])),
    Deviation::new(
        "groups.members-per-request",
        "a POST or PATCH that names more members than this is refused with 400",
    )
    .permitted("no RFC limits how many members one request can name; a client must be ready to send them in portions")
    .seen(&[
        "https://docs.aws.amazon.com/singlesignon/latest/developerguide/creategroup.html",
        "https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchgroup.html",
    ])
    .parameter(portion("100"))
    .given(|incoming| incoming.path.starts_with("/Groups"))
    .request_with(|setup| {
        // A value is checked by `accepts` before it gets here.
        let most = setup.value.parse().unwrap_or(usize::MAX);
        refuse(move |_, body| {
            let named = members_named(body);
            let detail = format!("the request names {named} members, and {most} are taken; send them in portions");
            (named > most).then(|| Error::new(ErrorKind::InvalidValue, detail))
        })
    }),
    Deviation::new(
        "groups.patch-in-portions",
        "a PATCH of a group adds a limited number of members in one operation, or removes one, or changes \
         attributes; anything else is refused with 400",
    )
    .breaks(&["RFC7644-3.5.2.2-14", "RFC7644-3.5.2-27"])
    .seen(&["https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"])
    .parameter(portion("20"))
    .request_with(|setup| {
        // A value is checked by `accepts` before it gets here.
        let most = setup.value.parse().unwrap_or(usize::MAX);
        refuse(move |incoming, body| {
            let problem = portion_problem(group_operations(incoming, body)?, members_named(body), most)?;
            Some(Error::new(ErrorKind::BadRequest, problem))
        })
    }),
    Deviation::new(
        "groups.reference-compared",
        "a member whose $ref is not spelled as the endpoint spells it is refused",
    )
    .breaks(&["RFC7643-2.4-08"])
    .given(|incoming| incoming.path.starts_with("/Groups") && has_foreign_reference(incoming))
    .request(&Refuse(ErrorKind::InvalidValue, "the $ref of a member is not below this endpoint")),
    Deviation::new("groups.reference-without-type", "the $ref of a member leaves out /Users or /Groups")
        .breaks(&["RFC7643-2.3.7-07", "RFC7643-4.2-06"])
        .when(concerns_groups)
        .answer(&EditValues("members", |member| {
            if let Some(reference) = member.get("$ref").and_then(Value::as_str) {
                member["$ref"] = reference.replace("/Users/", "/").replace("/Groups/", "/").into();
            }
        })),
    Deviation::new(
        "groups.replace-members-refused",
        "a PATCH that replaces or removes all members of a group is refused with 400",
    )
    .breaks(&["RFC7644-3.5.2.3-12", "RFC7644-3.5.2.2-03"])
    .seen(&["https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchgroup.html"])
    .request_with(|_| {
        refuse(|incoming, body| {
            let refused = group_operations(incoming, body)?.iter().any(replaces_members);
            refused.then(|| Error::new(ErrorKind::BadRequest, "Replacing group memberships is not supported."))
        })
    }),
    Deviation::new(
        "groups.returning-member-lost",
        "a member that was removed by a filter and is added again is answered as added, and is not there",
    )
    .breaks(&["RFC7644-3.5.2.1-07", "RFC7644-3.5.2.1-08"])
    .request_with(|_| Box::new(ReturningMemberLost::default())),
    Deviation::new("groups.unknown-member-500", "a write that names a member that does not exist is answered 500")
        .breaks(&["RFC7644-3.12-32"])
        .seen(&["https://github.com/lightdash/lightdash/issues/24458"])
        .when(|head, answer| {
            let names_unknown = |body: &Value| {
                body["detail"].as_str().is_some_and(|detail| detail.contains("there is no user or group with the id"))
            };
            head.is_write()
                && answer.status == StatusCode::BAD_REQUEST
                && answer.json().as_ref().is_some_and(names_unknown)
        })
        .answer(&EditError(StatusCode::INTERNAL_SERVER_ERROR, |error| error["scimType"] = Value::Null)),
    Deviation::new("groups.unlisted-failing", "no resource type names /Groups, and GET /Groups is answered with 500")
        .breaks(&["RFC7644-3.12-12"])
        .seen(&["https://github.com/pocket-id/pocket-id/issues/1295"])
        .answer(&EditAnswer(|head, answer| {
            if head.path.contains("/Groups") {
                Fail(ErrorKind::Internal, "internal error").rewrite(head, answer);
            } else if let Some(mut list) = answer.json().filter(|_| reads(head, Documents::ResourceTypes))
                && let Some(kinds) = list["Resources"].as_array_mut()
            {
                kinds.retain(|kind| kind["name"] != "Group");
                list["totalResults"] = kinds.len().into();
                answer.set_json(&list);
            }
        })),
];

const fn portion(default: &'static str) -> Parameter {
    Parameter {
        meaning: "a whole number from 1 to 1000000",
        default,
        accepts: |text| text.parse().is_ok_and(|number: usize| (1..=1_000_000).contains(&number)),
    }
}

fn concerns_groups(head: &Head<'_>, _: &Answer) -> bool {
    head.path.contains("/Groups")
}

/// After a user, deletes the groups that it was a direct member of.
async fn delete_groups(operation: Operation, next: Next<'_>) -> scim::Result<Outcome> {
    let Operation::Delete { resource_type, id, .. } = operation else { return next.run(operation).await };
    let found = find_with_relations(next, resource_type, id).await?;
    let deleted = next.run(operation).await?;
    for group in found.iter().flat_map(StoredResource::groups).filter(|group| group.direct) {
        let (resource_type, id) = (group.resource_type, group.id);
        next.run(Operation::Delete { resource_type, id, condition: Condition::default() }).await?;
    }
    Ok(deleted)
}

/// What stands against a PATCH where additions, removals and changes of attributes each need requests of their own.
fn portion_problem(operations: &[Value], named: usize, most: usize) -> Option<String> {
    let count = |wanted: Kind| operations.iter().filter(|operation| kind_of(operation) == wanted).count();
    let (adds, removals, others) = (count(Kind::AddMembers), count(Kind::RemoveMembers), count(Kind::Other));
    let kinds = [adds, removals, others].iter().filter(|count| **count > 0).count();
    if kinds > 1 || count(Kind::ReplaceMembers) > 0 {
        Some("additions, removals and changes of attributes need requests of their own".to_owned())
    } else if adds > 1 || (adds == 1 && named > most) {
        Some(format!("all additions stand in one operation, of {most} members at most"))
    } else if removals > 1 || (removals == 1 && named > 1) {
        Some("one member can be removed at a time".to_owned())
    } else {
        None
    }
}

fn has_foreign_reference(incoming: &IncomingRequest<'_>) -> bool {
    let body = String::from_utf8_lossy(&incoming.body);
    let mut references = body.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    references.any(|reference| !reference.contains("/scim/v2/"))
}

/// Whether an operation replaces or removes all members.
fn replaces_members(operation: &Value) -> bool {
    match kind_of(operation) {
        Kind::ReplaceMembers => true,
        Kind::RemoveMembers => {
            path(operation).is_some_and(|path| path.eq_ignore_ascii_case("members")) && operation.get("value").is_none()
        }
        Kind::AddMembers | Kind::Other => false,
    }
}

/// The members that were removed by a filter: path of the group, id of the member.
#[derive(Default)]
struct ReturningMemberLost(Mutex<HashSet<(String, String)>>);

impl RequestSeam for ReturningMemberLost {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let group = incoming.path.to_string();
        let mut left = self.0.lock();
        edit_operations(incoming, |operations| {
            for operation in operations {
                let filter = path(operation).and_then(|path| path.strip_prefix("members[value eq \""));
                let member = filter.and_then(|rest| rest.strip_suffix("\"]"));
                if let Some(member) = member.filter(|_| is(operation, "remove")) {
                    left.insert((group.clone(), member.to_owned()));
                }
                if is(operation, "add")
                    && path(operation) == Some("members")
                    && let Some(values) = operation.get_mut("value").and_then(Value::as_array_mut)
                {
                    values.retain(|member| {
                        let id = member.get("value").and_then(Value::as_str).unwrap_or_default();
                        !left.contains(&(group.clone(), id.to_owned()))
                    });
                }
            }
        });
        Ok(())
    }
}

const SCIM_SERVER_ISSUES: &str = "https://github.com/pranems/SCIMServer/blob/1ab5aa1f641c511306f54e3a30d571d67a2642f9/docs/auth/EXECUTION_ISSUES_AND_RCA.md";
