//! References to what a job itself creates (RFC 7644 sections 3.7.1 and 3.7.2).

use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;

use super::job::{Job, JobAnswer, members, needs_creation};
use super::results::nameless;
use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Stop};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("bulk.reference-backward", "A group gets a user of the same job as member", &backward)
        .matters("Users and their groups are loaded together; groups that come out empty take away access.")
        .requirements(&["RFC7644-3.7-26", "RFC7644-3.7.2-01"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::CreateGroups])
        .legal(&["201 for both, and the group lists the user's id"]),
    Check::new("bulk.reference-forward", "A group that refers to a user further down gets it, or is refused", &forward)
        .matters("Exports sort groups before users; a membership that is lost without a word is found by the person locked out.")
        .requirements(&["RFC7644-3.7-29"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::CreateGroups])
        .legal(&["201 for both, and the group lists the user's id", "a result of status 4xx for the group"]),
    Check::new("bulk.reference-extension", "A reference inside an extension is resolved", &extension)
        .matters("The manager of a new hire who is hired with the manager would point nowhere.")
        .requirements(&["RFC7644-3.7.2-03"])
        .needs(&[Capability::Bulk, Capability::CreateUsers])
        .legal(&["201 for both, and manager.value of the second is the id of the first"])
        .on(Only("User", "manager belongs to the extension of User alone (RFC 7643 section 4.3)")),
    Check::new("bulk.reference-patch", "A reference in a PATCH is resolved", &patch)
        .matters("New members of an existing group are added this way.")
        .requirements(&["RFC7644-3.7.2-06"])
        .needs(&[Capability::Bulk, Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups])
        .legal(&["201 and 200 or 204, and the group lists the user's id"]),
    Check::new("bulk.reference-path", "A reference in the path of a later operation is resolved, or that operation fails", &path)
        .matters("Some clients create a user and patch it in the same job.")
        .requirements(&["RFC7644-3.7.2-07"])
        .needs(&[Capability::Bulk])
        .legal(&["the operation works on the new user", "a result of status 4xx"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace]),
    Check::new("bulk.reference-unknown", "A reference to a bulkId that the job does not have is refused", &unknown)
        .matters("Stored as it stands, it is a member that no client can remove or find.")
        .requirements(&["RFC7644-3.7.2-04"])
        .needs(&[Capability::Bulk, Capability::CreateGroups])
        .legal(&["a result of status 400 or 409, or another 4xx, and no group"]),
    Check::new("bulk.reference-failed", "A reference to a resource that could not be created fails its operation", &failed)
        .matters("A group without the member it was made for looks complete.")
        .requirements(&["RFC7644-3.7.2-04"])
        .needs(&[Capability::Bulk, Capability::CreateGroups])
        .legal(&["results of status 4xx for the user and for the group"]),
    Check::new("bulk.circle-of-groups", "Two groups that contain each other are linked, or refused with 409", &circle_of_groups)
        .matters("A circle that is kept by half gives one of the groups members that the other does not know.")
        .requirements(&["RFC7644-3.7.1-01", "RFC7644-3.7.1-02"])
        .needs(&[Capability::Bulk, Capability::CreateGroups])
        .legal(&["201 for both, each with the other as member", "status 409 for an operation or the job"]),
    Check::new("bulk.circle-of-managers", "Two users who manage each other are linked, or refused with 409", &circle_of_managers)
        .matters("Founders who report to each other are not an error, and neither may be lost.")
        .requirements(&["RFC7644-3.7.1-01", "RFC7644-3.7.1-02"])
        .needs(&[Capability::Bulk, Capability::CreateUsers])
        .legal(&["201 for both, each with the other as manager", "status 409 for an operation or the job"])
        .on(Only("User", "manager belongs to the extension of User alone (RFC 7643 section 4.3)")),
];

fn group_of(context: &Context, bulk_id: &str) -> Result<Value, Stop> {
    context.needs_published_members()?;
    let mut group = context.data().group();
    group["members"] = json!([context.data().member("/Users", &format!("bulkId:{bulk_id}"))]);
    Ok(group)
}

fn reference(bulk_id: &str) -> Value {
    json!({"value": format!("bulkId:{bulk_id}")})
}

/// Judges that the group of one result has exactly the resource of another as member.
async fn has_member(context: &Context, answered: &JobAnswer, group: usize, user: usize) -> CheckResult {
    let read = answered.read(context, group).await?;
    let (found, id) = (members(&read), answered.needs_id(context, user)?);
    if found.is_empty() {
        // A new group that shows no member outside of a job says nothing about the reference.
        let member = context.user().await?;
        context.group(&[&member]).await?;
    }
    let expect = context.expect(&read).after(&answered.exchange);
    expect.that(
        found == [id],
        "the group has not the new resource as its member",
        format!("members {}", found.join(", ")),
    );
    Ok(())
}

async fn backward(context: &Context) -> CheckResult {
    let job = Job::new().post("/Users", "u1", &context.data().user()).post("/Groups", "g1", &group_of(context, "u1")?);
    let answered = job.send(context).await?;
    let both = answered.is_success(0) && answered.is_success(1);
    if !both {
        needs_creation(context, "/Users", &context.data().user()).await?;
    }
    context.expect(&answered.exchange).that(both, "not both operations succeeded", answered.outcomes());
    if both { has_member(context, &answered, 1, 0).await } else { Ok(()) }
}

async fn forward(context: &Context) -> CheckResult {
    let job = Job::new().post("/Groups", "g1", &group_of(context, "u1")?).post("/Users", "u1", &context.data().user());
    let answered = job.send(context).await?;
    let right = answered.is_success(1) && (answered.is_success(0) || answered.is_refused(0));
    if !right {
        needs_creation(context, "/Users", &context.data().user()).await?;
    }
    context.expect(&answered.exchange).that(
        right,
        "the user was not created, or the group broke down",
        answered.outcomes(),
    );
    if right && answered.is_success(0) { has_member(context, &answered, 0, 1).await } else { Ok(()) }
}

/// A user with a manager, where the endpoint publishes that attribute.
fn managed(context: &Context, bulk_id: &str) -> Value {
    let mut body = context.data().user();
    if let Some(schemas) = body["schemas"].as_array_mut()
        && !schemas.contains(&json!(ENTERPRISE))
    {
        schemas.push(json!(ENTERPRISE));
    }
    if !body[ENTERPRISE].is_object() {
        body[ENTERPRISE] = json!({});
    }
    body[ENTERPRISE]["manager"] = reference(bulk_id);
    body
}

/// Judges that the user of one result has that of another as manager.
async fn has_manager(context: &Context, answered: &JobAnswer, user: usize, manager: usize) -> CheckResult {
    let read = answered.read(context, user).await?;
    let id = json!(answered.needs_id(context, manager)?);
    context.expect(&read).after(&answered.exchange).equals(&format!("{ENTERPRISE}:manager.value"), &id);
    Ok(())
}

async fn extension(context: &Context) -> CheckResult {
    context.needs_attributes(ENTERPRISE, &["manager.value"])?;
    let job = Job::new().post("/Users", "u1", &context.data().user()).post("/Users", "u2", &managed(context, "u1"));
    let answered = job.send(context).await?;
    let both = answered.is_success(0) && answered.is_success(1);
    if !both {
        needs_creation(context, "/Users", &context.data().user()).await?;
    }
    context.expect(&answered.exchange).that(both, "not both operations succeeded", answered.outcomes());
    if both { has_manager(context, &answered, 1, 0).await } else { Ok(()) }
}

async fn patch(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let group = context.group(&[]).await?;
    let add = json!([{"op": "add", "path": "members", "value": [context.data().member("/Users", "bulkId:u1")]}]);
    let job = Job::new().post("/Users", "u1", &context.data().user()).patch(&format!("/Groups/{}", group.id), &add);
    let answered = job.send(context).await?;
    let both = answered.is_success(0) && answered.is_success(1);
    if !both {
        needs_creation(context, "/Users", &context.data().user()).await?;
    }
    context.expect(&answered.exchange).that(both, "not both operations succeeded", answered.outcomes());
    if !both {
        return Ok(());
    }
    let read = context.read(&group).await?;
    let (found, id) = (members(&read), answered.needs_id(context, 0)?);
    let expect = context.expect(&read).after(&answered.exchange);
    expect.that(found == [id], "the group has not the new user as its member", format!("members {}", found.join(", ")));
    Ok(())
}

async fn path(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let mut body = context.body();
    let job = Job::new().post(context.collection(), "u1", &body);
    text.put(&mut body, json!(context.data().name()));
    let answered = job.put(&format!("{}/bulkId:u1", context.collection()), &body).send(context).await?;
    let right = answered.is_success(0) && (answered.is_success(1) || answered.is_refused(1));
    context.expect(&answered.exchange).that(
        right,
        "the reference is neither resolved nor refused",
        answered.outcomes(),
    );
    if right && answered.is_success(1) {
        let read = answered.read(context, 0).await?;
        context
            .expect(&read)
            .after(&answered.exchange)
            .equals(&text.path(), text.values(&body).first().copied().unwrap_or(&Value::Null));
    }
    Ok(())
}

async fn unknown(context: &Context) -> CheckResult {
    let answered = Job::new().post("/Groups", "g1", &group_of(context, "nobody")?).send(context).await?;
    let refused = answered.is_refused(0);
    context.expect(&answered.exchange).that(
        refused,
        "the group with an unknown reference is not refused",
        answered.outcomes(),
    );
    Ok(())
}

async fn failed(context: &Context) -> CheckResult {
    let job = Job::new().post("/Users", "u1", &nameless(context)?).post("/Groups", "g1", &group_of(context, "u1")?);
    let answered = job.send_with_failures(context).await?;
    let refused = answered.is_refused(1) || answered.is_success(0);
    context.expect(&answered.exchange).that(
        refused,
        "the group without its member is not refused",
        answered.outcomes(),
    );
    Ok(())
}

/// Sends a job of two that refer to each other; `None` when it was refused with 409, as it may be.
async fn circle(context: &Context, job: Job) -> Result<Option<JobAnswer>, Stop> {
    let exchange = context.send(Request::post("/Bulk").json(&job.body())).await?;
    if exchange.status == 409 {
        return Ok(None);
    }
    context.expect(&exchange).status(&[200]);
    let answered = JobAnswer::of(exchange, job);
    let conflict = (0..2).any(|index| answered.status(index) == Some(409));
    let both = (0..2).all(|index| answered.is_success(index));
    context.expect(&answered.exchange).that(
        both || conflict,
        "the circle is neither kept nor a conflict",
        answered.outcomes(),
    );
    Ok(both.then_some(answered))
}

async fn circle_of_groups(context: &Context) -> CheckResult {
    let job =
        Job::new().post("/Groups", "g1", &group_of(context, "g2")?).post("/Groups", "g2", &group_of(context, "g1")?);
    if let Some(answered) = circle(context, job).await? {
        has_member(context, &answered, 0, 1).await?;
        has_member(context, &answered, 1, 0).await?;
    }
    Ok(())
}

async fn circle_of_managers(context: &Context) -> CheckResult {
    context.needs_attributes(ENTERPRISE, &["manager.value"])?;
    let job = Job::new().post("/Users", "u1", &managed(context, "u2")).post("/Users", "u2", &managed(context, "u1"));
    if let Some(answered) = circle(context, job).await? {
        has_manager(context, &answered, 0, 1).await?;
        has_manager(context, &answered, 1, 0).await?;
    }
    Ok(())
}
