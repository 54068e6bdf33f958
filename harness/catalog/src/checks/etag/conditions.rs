//! Requests that are to happen only if the version is the right one.

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::{Exchange, Request};

use super::{renamed, tag};
use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Resource, Stop, patch_of};
use weir_judge::Because;

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("etag.put-stale", "A PUT with a stale version changes nothing", &put_stale)
        .matters("Without it the slower of two administrators wipes out what the faster has done.")
        .requirements(&["RFC7644-3.5.1-19", "RFC7644-3.12-14"])
        .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag])
        .legal(&["412 (409 is noted), and the user unchanged"])
        .on(Only("User", "not migrated")),
    Check::new("etag.patch-stale", "A PATCH with a stale version changes nothing", &patch_stale)
        .matters("A disabled account would be enabled again by a change that was prepared before.")
        .requirements(&["RFC7644-3.5.2-38", "RFC7644-3.12-14"])
        .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::PatchUsers, Capability::Etag])
        .legal(&["412 (409 is noted), and the user unchanged"])
        .on(Only("User", "not migrated")),
    Check::new("etag.delete-stale", "A DELETE with a stale version deletes nothing", &delete_stale)
        .matters("Clean-up jobs delete what they saw an hour ago; somebody may have taken the account into use since.")
        .requirements(&["RFC7644-3.6-09", "RFC7644-3.12-14"])
        .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::DeleteUsers, Capability::Etag])
        .legal(&["412 (409 is noted), and the user still there"])
        .on(Only("User", "not migrated")),
    Check::new("etag.if-match-wrong", "A version that never was matches nothing", &if_match_wrong)
        .matters("A guard that only knows older versions lets made-up ones through.")
        .requirements(&["RFC7644-3.14-08", "RFC7644-3.12-14"])
        .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag])
        .legal(&["412 (409 is noted) for PUT and PATCH, and the user unchanged"])
        .on(Only("User", "not migrated")),
    Check::new("etag.case-exact", "A version in other letters is another version", &case_exact)
        .matters("Tags are often encoded in letters of both cases; folding them makes two versions one.")
        .requirements(&["RFC7643-3.1-32"])
        .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag])
        .legal(&["412, or 400 where the tag has no letters but its mark; the user unchanged"])
        .on(Only("User", "not migrated")),
    Check::new(
        "etag.if-match-current",
        "The current version lets PUT and PATCH through, exactly as it was received",
        &if_match_current,
    )
    .matters("A guard that always refuses is switched off by the first operator who meets it.")
    .requirements(&["RFC7644-3.14-07", "RFC7644-3.14-11"])
    .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag])
    .legal(&["success", "412 for a weak tag, by HTTP's strong comparison"])
    .on(Only("User", "not migrated")),
    Check::new("etag.if-match-any", "If-Match: * lets changes of an existing resource through", &if_match_any)
        .matters("Clients that only want to be sure not to create something send it with each change.")
        .requirements(&["RFC7644-3.14-10"])
        .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::DeleteUsers, Capability::Etag])
        .legal(&["200 for PUT, 204 for DELETE"])
        .on(Only("User", "not migrated")),
    Check::new(
        "etag.not-modified",
        "A GET with the current version in If-None-Match gives 304 and no body",
        &not_modified,
    )
    .matters("Synchronisers that poll ten thousand users download each of them every time otherwise.")
    .requirements(&["RFC7644-3.14-04", "RFC7644-3.14-05"])
    .needs(&[Capability::CreateUsers, Capability::Etag])
    .legal(&["304 with an empty body, also for * and for a list that holds the version"])
    .on(Only("User", "not migrated")),
    Check::new("etag.modified", "A GET with an old version in If-None-Match gives the new state", &modified)
        .matters("A poller that is told 304 never hears of the change.")
        .requirements(&["RFC7644-3.14-06"])
        .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag])
        .legal(&["200 with the user as changed"])
        .on(Only("User", "not migrated")),
    Check::new("etag.if-none-match-any", "If-None-Match: * keeps a PUT from changing what exists", &if_none_match_any)
        .matters("It is HTTP's way to say that nothing may be overwritten.")
        .requirements(&["RFC7644-3.14-07"])
        .needs(&[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag])
        .legal(&["412 and the user unchanged", "success, since SCIM does not mention it"])
        .on(Only("User", "not migrated")),
];

/// A user that was changed once, with the tag from before and the body as it is now.
async fn changed_once(context: &Context) -> Result<(Resource, String, Value), Stop> {
    let user = context.user().await?;
    let before = context.read(&user).await?;
    let Some(stale) = before.header("etag").map(str::to_owned) else {
        return Err(Stop::Skip(Because::Ability, "the user has no ETag".into()));
    };
    let body = renamed(context, &user)?;
    context.replace(&user, &body).await?;
    Ok((user, stale, body))
}

/// Judges that a conditional change was refused, and that the user has the name of `body` still.
async fn unchanged(
    context: &Context,
    user: &Resource,
    answer: &Arc<Exchange>,
    body: &Value,
    requirements: &'static [&'static str],
) -> CheckResult {
    if answer.is_success() {
        context.expect(answer).after(&user.exchange).under(requirements).status(&[412]);
    } else {
        context.expect(answer).after(&user.exchange).under(&["RFC7644-3.12-14"]).status(&[412]);
    }
    let read = context.send(user.request(Method::GET)).await?;
    let expect = context.expect(&read).after(answer).under(requirements);
    expect.status(&[200]).equals("displayName", &body["displayName"]);
    Ok(())
}

fn rename(context: &Context) -> Value {
    patch_of(&json!([{"op": "replace", "path": "displayName", "value": context.data().name()}]))
}

async fn put_stale(context: &Context) -> CheckResult {
    let (user, stale, body) = changed_once(context).await?;
    let request = user.request(Method::PUT).header("if-match", stale).json(&renamed(context, &user)?);
    let answer = context.send(request).await?;
    unchanged(context, &user, &answer, &body, &["RFC7644-3.5.1-19"]).await
}

async fn patch_stale(context: &Context) -> CheckResult {
    let (user, stale, body) = changed_once(context).await?;
    let answer = context.send(user.request(Method::PATCH).header("if-match", stale).json(&rename(context))).await?;
    unchanged(context, &user, &answer, &body, &["RFC7644-3.5.2-38"]).await
}

async fn delete_stale(context: &Context) -> CheckResult {
    let (user, stale, body) = changed_once(context).await?;
    let answer = context.send(user.request(Method::DELETE).header("if-match", stale)).await?;
    unchanged(context, &user, &answer, &body, &["RFC7644-3.6-09"]).await
}

async fn if_match_wrong(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let body = context.sendable(&user, user.body());
    let mut requests = vec![user.request(Method::PUT).json(&renamed(context, &user)?)];
    if context.discovery().offers(Capability::PatchUsers) {
        requests.push(user.request(Method::PATCH).json(&rename(context)));
    }
    for request in requests {
        let answer = context.send(request.header("if-match", "W/\"nope\"")).await?;
        unchanged(context, &user, &answer, &body, &["RFC7644-3.14-08"]).await?;
    }
    Ok(())
}

async fn case_exact(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let read = context.read(&user).await?;
    let Some(tag) = read.header("etag") else { return context.unable("the user has no ETag") };
    let (mark, opaque) = tag.split_once('"').unwrap_or(("", tag));
    let flip = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let flipped: String = opaque.chars().map(flip).collect();
    // Where only the mark has letters, that in lower case is not a tag at all, and matches as little.
    let other = if flipped == opaque { format!("w/\"{opaque}") } else { format!("{mark}\"{flipped}") };
    let answer =
        context.send(user.request(Method::PUT).header("if-match", other).json(&renamed(context, &user)?)).await?;
    let refused = matches!(answer.status, 400 | 409 | 412);
    context.expect(&answer).after(&read).that(refused, "the tag in other letters matched", answer.status.to_string());
    let after = context.read(&user).await?;
    context.expect(&after).after(&answer).equals("displayName", user.value("displayName"));
    Ok(())
}

async fn if_match_current(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let mut requests = vec![user.request(Method::PUT).json(&renamed(context, &user)?)];
    if context.discovery().offers(Capability::PatchUsers) {
        requests.push(user.request(Method::PATCH).json(&rename(context)));
    }
    for request in requests {
        let read = context.read(&user).await?;
        let Some(current) = read.header("etag") else { return context.unable("the user has no ETag") };
        let answer = context.send(request.header("if-match", current)).await?;
        // The two requirements are an option and a dispute, so that a refusal is no more than noted.
        context.expect(&answer).after(&read).status(&[200, 204]);
    }
    Ok(())
}

async fn if_match_any(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let body = renamed(context, &user)?;
    let answer = context.send(user.request(Method::PUT).header("if-match", "*").json(&body)).await?;
    context.expect(&answer).status(&[200]);
    let answer = context.send(user.request(Method::DELETE).header("if-match", "*")).await?;
    context.expect(&answer).status(&[200, 204]);
    Ok(())
}

async fn not_modified(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let read = context.read(&user).await?;
    if read.header("etag").is_none() {
        return context.unable("the user has no ETag");
    }
    let current = tag(&read).to_owned();
    for tags in [current.clone(), "*".to_owned(), format!("\"other\", {current}")] {
        let answer = context.send(user.request(Method::GET).header("if-none-match", tags)).await?;
        let expect = context.expect(&answer).after(&read).under(&["RFC7644-3.14-04", "RFC7644-3.14-05"]).status(&[304]);
        if answer.status == 304 {
            expect.empty();
        }
    }
    Ok(())
}

async fn modified(context: &Context) -> CheckResult {
    let (user, stale, body) = changed_once(context).await?;
    let request: Request = user.request(Method::GET).header("if-none-match", stale);
    let answer = context.send(request).await?;
    context.expect(&answer).after(&user.exchange).status(&[200]).equals("displayName", &body["displayName"]);
    Ok(())
}

async fn if_none_match_any(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let request = user.request(Method::PUT).header("if-none-match", "*").json(&renamed(context, &user)?);
    let answer = context.send(request).await?;
    context.expect(&answer).after(&user.exchange).status(&[412]);
    Ok(())
}
