//! Requests that are to happen only if the version is the right one.

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::{Exchange, Request};

use super::{renamed, tag};
use crate::check::{Check, Outcome};
use crate::context::Context;
use crate::context::{Resource, Stop, patch_of};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check {
        id: "etag.put-stale",
        title: "A PUT with a stale version changes nothing",
        matters: "Without it the slower of two administrators wipes out what the faster has done.",
        requirements: &["RFC7644-3.5.1-19", "RFC7644-3.12-14"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag],
        legal: &["412 (409 is noted), and the user unchanged"],
        alone: false,
        run: |context| Box::pin(put_stale(context)),
    },
    Check {
        id: "etag.patch-stale",
        title: "A PATCH with a stale version changes nothing",
        matters: "A disabled account would be enabled again by a change that was prepared before.",
        requirements: &["RFC7644-3.5.2-38", "RFC7644-3.12-14"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::PatchUsers, Capability::Etag],
        legal: &["412 (409 is noted), and the user unchanged"],
        alone: false,
        run: |context| Box::pin(patch_stale(context)),
    },
    Check {
        id: "etag.delete-stale",
        title: "A DELETE with a stale version deletes nothing",
        matters: "Clean-up jobs delete what they saw an hour ago; somebody may have taken the account into use since.",
        requirements: &["RFC7644-3.6-09", "RFC7644-3.12-14"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::DeleteUsers, Capability::Etag],
        legal: &["412 (409 is noted), and the user still there"],
        alone: false,
        run: |context| Box::pin(delete_stale(context)),
    },
    Check {
        id: "etag.if-match-wrong",
        title: "A version that never was matches nothing",
        matters: "A guard that only knows older versions lets made-up ones through.",
        requirements: &["RFC7644-3.14-08", "RFC7644-3.12-14"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag],
        legal: &["412 (409 is noted) for PUT and PATCH, and the user unchanged"],
        alone: false,
        run: |context| Box::pin(if_match_wrong(context)),
    },
    Check {
        id: "etag.case-exact",
        title: "A version in other letters is another version",
        matters: "Tags are often encoded in letters of both cases; folding them makes two versions one.",
        requirements: &["RFC7643-3.1-32"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag],
        legal: &["412, or 400 where the tag has no letters but its mark; the user unchanged"],
        alone: false,
        run: |context| Box::pin(case_exact(context)),
    },
    Check {
        id: "etag.if-match-current",
        title: "The current version lets PUT and PATCH through, exactly as it was received",
        matters: "A guard that always refuses is switched off by the first operator who meets it.",
        requirements: &["RFC7644-3.14-07", "RFC7644-3.14-11"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag],
        legal: &["success", "412 for a weak tag, by HTTP's strong comparison"],
        alone: false,
        run: |context| Box::pin(if_match_current(context)),
    },
    Check {
        id: "etag.if-match-any",
        title: "If-Match: * lets changes of an existing resource through",
        matters: "Clients that only want to be sure not to create something send it with each change.",
        requirements: &["RFC7644-3.14-10"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::DeleteUsers, Capability::Etag],
        legal: &["200 for PUT, 204 for DELETE"],
        alone: false,
        run: |context| Box::pin(if_match_any(context)),
    },
    Check {
        id: "etag.not-modified",
        title: "A GET with the current version in If-None-Match gives 304 and no body",
        matters: "Synchronisers that poll ten thousand users download each of them every time otherwise.",
        requirements: &["RFC7644-3.14-04", "RFC7644-3.14-05"],
        needs: &[Capability::CreateUsers, Capability::Etag],
        legal: &["304 with an empty body, also for * and for a list that holds the version"],
        alone: false,
        run: |context| Box::pin(not_modified(context)),
    },
    Check {
        id: "etag.modified",
        title: "A GET with an old version in If-None-Match gives the new state",
        matters: "A poller that is told 304 never hears of the change.",
        requirements: &["RFC7644-3.14-06"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag],
        legal: &["200 with the user as changed"],
        alone: false,
        run: |context| Box::pin(modified(context)),
    },
    Check {
        id: "etag.if-none-match-any",
        title: "If-None-Match: * keeps a PUT from changing what exists",
        matters: "It is HTTP's way to say that nothing may be overwritten.",
        requirements: &["RFC7644-3.14-07"],
        needs: &[Capability::CreateUsers, Capability::ReplaceUsers, Capability::Etag],
        legal: &["412 and the user unchanged", "success, since SCIM does not mention it"],
        alone: false,
        run: |context| Box::pin(if_none_match_any(context)),
    },
];

/// A user that was changed once, with the tag from before and the body as it is now.
async fn changed_once(context: &Context) -> Result<(Resource, String, Value), Stop> {
    let user = context.user().await?;
    let before = context.read(&user).await?;
    let Some(stale) = before.header("etag").map(str::to_owned) else {
        return Err(Stop::Skip("the user has no ETag".into()));
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
) -> Outcome {
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

async fn put_stale(context: &Context) -> Outcome {
    let (user, stale, body) = changed_once(context).await?;
    let request = user.request(Method::PUT).header("if-match", stale).json(&renamed(context, &user)?);
    let answer = context.send(request).await?;
    unchanged(context, &user, &answer, &body, &["RFC7644-3.5.1-19"]).await
}

async fn patch_stale(context: &Context) -> Outcome {
    let (user, stale, body) = changed_once(context).await?;
    let answer = context.send(user.request(Method::PATCH).header("if-match", stale).json(&rename(context))).await?;
    unchanged(context, &user, &answer, &body, &["RFC7644-3.5.2-38"]).await
}

async fn delete_stale(context: &Context) -> Outcome {
    let (user, stale, body) = changed_once(context).await?;
    let answer = context.send(user.request(Method::DELETE).header("if-match", stale)).await?;
    unchanged(context, &user, &answer, &body, &["RFC7644-3.6-09"]).await
}

async fn if_match_wrong(context: &Context) -> Outcome {
    let user = context.user().await?;
    let body = user.body().clone();
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

async fn case_exact(context: &Context) -> Outcome {
    let user = context.user().await?;
    let read = context.read(&user).await?;
    let Some(tag) = read.header("etag") else { return context.skip("the user has no ETag") };
    let (mark, opaque) = tag.split_once('"').unwrap_or(("", tag));
    let flip = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let flipped: String = opaque.chars().map(flip).collect();
    // Where only the mark has letters, that in lower case is no tag at all, and matches as little.
    let other = if flipped == opaque { format!("w/\"{opaque}") } else { format!("{mark}\"{flipped}") };
    let answer =
        context.send(user.request(Method::PUT).header("if-match", other).json(&renamed(context, &user)?)).await?;
    let refused = matches!(answer.status, 400 | 409 | 412);
    context.expect(&answer).after(&read).that(refused, "the tag in other letters matched", answer.status.to_string());
    let after = context.read(&user).await?;
    context.expect(&after).after(&answer).equals("displayName", &user.body()["displayName"]);
    Ok(())
}

async fn if_match_current(context: &Context) -> Outcome {
    let user = context.user().await?;
    let mut requests = vec![user.request(Method::PUT).json(&renamed(context, &user)?)];
    if context.discovery().offers(Capability::PatchUsers) {
        requests.push(user.request(Method::PATCH).json(&rename(context)));
    }
    for request in requests {
        let read = context.read(&user).await?;
        let Some(current) = read.header("etag") else { return context.skip("the user has no ETag") };
        let answer = context.send(request.header("if-match", current)).await?;
        // The two requirements are an option and a dispute, so that a refusal is no more than noted.
        context.expect(&answer).after(&read).status(&[200, 204]);
    }
    Ok(())
}

async fn if_match_any(context: &Context) -> Outcome {
    let user = context.user().await?;
    let body = renamed(context, &user)?;
    let answer = context.send(user.request(Method::PUT).header("if-match", "*").json(&body)).await?;
    context.expect(&answer).status(&[200]);
    let answer = context.send(user.request(Method::DELETE).header("if-match", "*")).await?;
    context.expect(&answer).status(&[200, 204]);
    Ok(())
}

async fn not_modified(context: &Context) -> Outcome {
    let user = context.user().await?;
    let read = context.read(&user).await?;
    if read.header("etag").is_none() {
        return context.skip("the user has no ETag");
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

async fn modified(context: &Context) -> Outcome {
    let (user, stale, body) = changed_once(context).await?;
    let request: Request = user.request(Method::GET).header("if-none-match", stale);
    let answer = context.send(request).await?;
    context.expect(&answer).after(&user.exchange).status(&[200]).equals("displayName", &body["displayName"]);
    Ok(())
}

async fn if_none_match_any(context: &Context) -> Outcome {
    let user = context.user().await?;
    let request = user.request(Method::PUT).header("if-none-match", "*").json(&renamed(context, &user)?);
    let answer = context.send(request).await?;
    context.expect(&answer).after(&user.exchange).status(&[412]);
    Ok(())
}
