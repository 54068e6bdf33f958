//! What must not do harm, whoever sends it.

use scim::capability::{Capability, ResourceOperation};
use serde_json::json;
use weir_exchange::request::SCIM_JSON;
use weir_exchange::{Credentials, Request};

use crate::check::cohort::ids_in;
use crate::check::{Check, CheckResult, Context, Stop};
use weir_judge::Because;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "security.hostile-bodies",
        "A body that is built to break parsers is answered: with an Error, or as what it says",
        &hostile_bodies,
    )
    .matters("One request of this kind takes an endpoint down when the parser recurses, and everybody with it.")
    .requirements(&["RFC7644-3.12-09"])
    .legal(&["201", "a status from 400 to 499 with a SCIM Error"])
    .on_every_type(&[ResourceOperation::Create]),
    Check::new(
        "security.hostile-queries",
        "A query that is built to break parsers is answered: with an Error, or with a list",
        &hostile_queries,
    )
    .matters("Filters reach databases; a quote that breaks out of the text reads or changes what it should not.")
    .requirements(&["RFC7644-3.12-32", "RFC7644-3.4.2-11"])
    .legal(&["200 with a list that holds nothing of this", "a status from 400 to 499 with a SCIM Error"])
    .on_every_type(&[ResourceOperation::Filter]),
    Check::new(
        "security.cursor-without-credentials",
        "A cursor gives no access without credentials",
        &cursor_without_credentials,
    )
    .matters("Cursors travel in URLs, which are logged; whoever reads the log must not read the directory.")
    .requirements(&["RFC9865-5.2-03", "RFC9865-5.3-01"])
    .needs(&[Capability::CursorPaging])
    .legal(&["401 or 403", "400 tooMany"])
    .on_every_type(&[ResourceOperation::Create, ResourceOperation::Filter]),
    Check::new(
        "security.cursor-of-another",
        "The cursor of one tenant shows nothing of it to another",
        &cursor_of_another,
    )
    .matters("A cursor that holds the query and not its owner is a way from one customer's people to another's.")
    .requirements(&["RFC9865-5.2-01", "RFC9865-5.2-03"])
    .needs(&[Capability::CursorPaging])
    .legal(&["400 invalidCursor, or 401, 403, 404", "200 with the other's own resources only"])
    .on_every_type(&[ResourceOperation::Create, ResourceOperation::Filter]),
];

async fn hostile_bodies(context: &Context) -> CheckResult {
    let text = context.optional_text(0)?;
    if text.extension {
        return context.skip("the core schema of the resource type has no text that is not required");
    }
    let member = json!(text.name());
    // The beginning of the body of a new resource, behind which one more member can stand.
    let start = || {
        let mut body = context.body();
        body.as_object_mut().map(|members| members.remove(text.name()));
        let whole = body.to_string();
        whole[..whole.len() - 1].to_owned()
    };
    let bodies: [(&str, Vec<u8>); 7] = [
        ("a member that is given twice", format!("{},{member}:\"a\",{member}:\"b\"}}", start()).into()),
        ("10,000 nested arrays", format!("{},{member}:{}{}}}", start(), "[".repeat(10_000), "]".repeat(10_000)).into()),
        ("a text of a million letters", format!("{},{member}:\"{}\"}}", start(), "x".repeat(1_000_000)).into()),
        ("a byte order mark", [b"\xEF\xBB\xBF".as_slice(), start().as_bytes(), b"}"].concat()),
        ("bytes that are not UTF-8", [format!("{},{member}:", start()).as_bytes(), b"\"\xFF\xFE\"}"].concat()),
        ("half a surrogate pair", format!("{},{member}:\"\\ud800\"}}", start()).into()),
        ("a number of 400 digits", format!("{},{member}:{}}}", start(), "9".repeat(400)).into()),
    ];
    for (what, body) in bodies {
        let answer = context.send(Request::post(context.collection()).body(body, SCIM_JSON)).await?;
        context.expect(&answer).under(&["RFC7644-3.12-09"]).that(
            answer.status < 500 && answer.status != 404,
            &format!("{what} breaks the endpoint down"),
            answer.status.to_string(),
        );
    }
    Ok(())
}

async fn hostile_queries(context: &Context) -> CheckResult {
    let (nobody, name) = (context.data().uuid(), context.naming()?.path());
    let deep = format!("{}{name} eq \"{nobody}\"{}", "(".repeat(2_000), ")".repeat(2_000));
    let (equal, containing) = (format!("{name} eq \"{nobody}\""), format!("{name} co \"{nobody}\""));
    // Each beside the same filter without what is hostile in it: an endpoint that does not follow that either is judged elsewhere.
    for (filter, harmless) in [
        (format!("{name} eq \"{nobody}' or '1'='1\""), &equal),
        (format!("{name} eq \"{nobody}\\\" or {name} pr or {name} eq \\\"\""), &equal),
        (format!("{name} eq \"{nobody}*)(uid=*\""), &equal),
        (format!("{name} eq \"{nobody}; drop table users --\""), &equal),
        (format!("{name} co \"{nobody}%\""), &containing),
        (deep, &format!("({equal})")),
    ] {
        let answer =
            context.send(Request::get(context.collection()).query("filter", &filter).query("count", "1")).await?;
        let what = filter.chars().take(60).collect::<String>();
        context.expect(&answer).under(&["RFC7644-3.12-32"]).that(
            answer.status < 500,
            &format!("{what} breaks the endpoint down"),
            answer.status.to_string(),
        );
        if answer.status == 200 {
            let harmless = Request::get(context.collection()).query("filter", harmless).query("count", "1");
            let is_followed = ids_in(&answer).is_empty() || ids_in(&*context.send(harmless).await?).is_empty();
            if is_followed {
                context.expect(&answer).under(&["RFC7644-3.4.2-11"]).lists(&[]);
            }
        }
    }
    Ok(())
}

/// The first page of a walk by cursor over at least two resources of this check, and where the walk goes on.
async fn walk(context: &Context) -> Result<String, Stop> {
    for _ in 0..2 {
        context.named_resource().await?;
    }
    context.needs_narrowing(context.collection())?;
    let filter = own(context)?;
    let request = Request::get(context.collection()).query("cursor", "").query("count", "1").query("filter", &filter);
    let page = context.send(request).await?;
    match page.text("nextCursor") {
        Some(cursor) => Ok(cursor.to_owned()),
        None => Err(Stop::Skip(Because::Ability, "the endpoint gives no cursor to go on with".into())),
    }
}

/// A filter that finds the resources of the check.
fn own(context: &Context) -> Result<String, Stop> {
    Ok(format!("{} sw {}", context.naming()?.path(), json!(context.name_start())))
}

fn page(context: &Context, cursor: &str) -> Result<Request, Stop> {
    let request = Request::get(context.collection()).query("cursor", cursor).query("count", "1");
    Ok(request.query("filter", &own(context)?))
}

async fn cursor_without_credentials(context: &Context) -> CheckResult {
    if matches!(context.client().credentials(), Credentials::None) {
        return context.not_given("the run itself has no credentials, so the endpoint may be open on purpose");
    }
    let cursor = walk(context).await?;
    context.send(page(context, &cursor)?).await?;
    let answer = context.send(page(context, &cursor)?.without_credentials()).await?;
    context.expect(&answer).under(&["RFC9865-5.2-03"]).status(&[401, 403, 400]);
    let answer = context.send(Request::get(context.collection()).query("cursor", "").without_credentials()).await?;
    context.expect(&answer).under(&["RFC9865-5.3-01"]).status(&[401, 403, 400]);
    Ok(())
}

async fn cursor_of_another(context: &Context) -> CheckResult {
    let Some(other) = context.stranger() else {
        return context.not_given("no credentials of another tenant were given (--second-bearer, --second-basic)");
    };
    let cursor = walk(context).await?;
    // Its owner reads the page first, so that a cache has something to give away.
    context.send(page(context, &cursor)?).await?;
    let answer = other.send(page(context, &cursor)?).await.map_err(Stop::NoAnswer)?;
    context.expect(&answer).under(&["RFC9865-5.2-01"]).status(&[400, 401, 403, 404, 200]);
    if answer.status == 200 {
        context.expect(&answer).under(&["RFC9865-5.2-01", "RFC9865-5.2-03"]).lists(&[]);
    }
    Ok(())
}
