//! What an endpoint does with many: only on request, because it takes thousands of exchanges.

use std::collections::BTreeSet;
use std::sync::Arc;

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use crate::check::cohort::{ids_in, resource_count};
use crate::check::{Check, CheckResult, Context, Resource, Scale, Stop, patch_of};
use weir_judge::Because;

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("scale.users", "Ten thousand resources of a type are all found, page by page and one by one", &users)
        .matters("An import that skips one page in a hundred takes for deleted what is still there.")
        .requirements(&["RFC7644-3.4.2.4-09", "RFC7644-3.4.2.4-13", "RFC7644-3.4.2.4-15"])
        .needs(&[Capability::IndexPaging])
        .legal(&[
            "each page has at most count users, all pages name one total, and together they hold each resource once",
        ])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Filter]),
    Check::new("scale.cursor", "Ten thousand resources of a type are all found by cursor", &cursor)
        .matters("A directory of this size is what cursors were made for.")
        .requirements(&["RFC9865-2-06", "RFC9865-2-21"])
        .needs(&[Capability::CursorPaging])
        .legal(&["the pages that nextCursor leads through hold each resource once"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Filter]),
    // About groups and users at once.
    Check::new(
        "scale.members",
        "A group of five thousand members keeps, loses and changes exactly the members that each request names",
        &members,
    )
    .matters("Everybody is in the group of everybody; it is the first one that grows beyond what was tried.")
    .requirements(&[
        "RFC7644-3.5.2.1-07",
        "RFC7644-3.5.2.1-08",
        "RFC7644-3.5.2.2-04",
        "RFC7644-3.5.2.3-03",
        "RFC7644-3.9-08",
    ])
    .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups])
    .legal(&["200 or 204 for each change, and a later GET lists exactly the right members"]),
];

fn scale(context: &Context) -> Result<Scale, Stop> {
    context.needs_narrowing(context.collection())?;
    context.scale().ok_or_else(|| Stop::Skip(Because::Option, "only with --scale".into()))
}

fn query(context: &Context) -> Result<Request, Stop> {
    let naming = context.naming()?.path();
    let filter = format!("{naming} sw {}", json!(context.name_start()));
    Ok(Request::get(context.collection()).query("filter", &filter).query("attributes", &naming))
}

/// Collects the resources that pages show.
struct Walk<'c> {
    context: &'c Context,
    wanted: BTreeSet<String>,
    seen: BTreeSet<String>,
    /// The first page that shows a resource again, with its id.
    repeated: Option<(Arc<Exchange>, String)>,
}

impl<'c> Walk<'c> {
    fn new(context: &'c Context, resources: &[Resource]) -> Self {
        let wanted = resources.iter().map(|resource| resource.id.clone()).collect();
        Self { context, wanted, seen: BTreeSet::new(), repeated: None }
    }

    /// Takes a page; how many of the resources it showed.
    fn take(&mut self, page: &Arc<Exchange>) -> usize {
        let ids = ids_in(page);
        let mut own = 0;
        for id in ids {
            if !self.wanted.contains(id) {
                continue;
            }
            own += 1;
            if !self.seen.insert(id.to_owned()) && self.repeated.is_none() {
                self.repeated = Some((Arc::clone(page), id.to_owned()));
            }
        }
        own
    }

    fn missing(&self) -> usize {
        self.wanted.difference(&self.seen).count()
    }

    /// Whether the pages are not those of one list.
    fn is_torn(&self) -> bool {
        self.repeated.is_some() || self.missing() > 0
    }

    /// Judges after the last page that every resource was there, and none twice.
    fn end(&self, last: &Arc<Exchange>, requirement: &'static [&'static str]) {
        if let Some((page, id)) = &self.repeated {
            self.context.expect(page).under(requirement).that(false, "a resource comes twice", id.as_str());
        }
        let missing = self.missing();
        self.context.expect(last).under(requirement).that(
            missing == 0,
            "the pages together lack resources",
            format!("{missing} of {} are missing", self.wanted.len()),
        );
    }
}

async fn users(context: &Context) -> CheckResult {
    let scale = scale(context)?;
    let resources = context.named_resources(scale.users).await?;
    let (mut walk, mut last) = walk_pages(context, scale, &resources, query(context)?).await?;
    let first_page = query(context)?.query("startIndex", "1").query("count", &scale.page().to_string());
    if walk.is_torn() && context.changes_order(first_page, resources.len()).await? {
        let sorted = context.sorted_by(&context.naming()?.path(), query(context)?)?;
        (walk, last) = walk_pages(context, scale, &resources, sorted).await?;
    }
    walk.end(&last, &["RFC7644-3.4.2.4-15"]);
    for resource in resources.iter().step_by((resources.len() / 10).max(1)) {
        context.read(resource).await?;
    }
    Ok(())
}

/// Asks for one page of `list` after the other: what they show together, and the last one.
async fn walk_pages<'c>(
    context: &'c Context,
    scale: Scale,
    resources: &[Resource],
    list: Request,
) -> Result<(Walk<'c>, Arc<Exchange>), Stop> {
    let mut walk = Walk::new(context, resources);
    let mut place = 1;
    loop {
        let request = list.clone().query("startIndex", &place.to_string()).query("count", &scale.page().to_string());
        let page = context.send(request).await?;
        context
            .expect(&page)
            .under(&["RFC7644-3.4.2.4-13"])
            .status(&[200])
            .equals("totalResults", &json!(resources.len()));
        let shown = ids_in(&page).len();
        context.expect(&page).under(&["RFC7644-3.4.2.4-09"]).that(
            shown <= scale.page(),
            "the page holds more than count asks for",
            resource_count(shown),
        );
        // An endpoint that answers anything without end is not followed for ever.
        if walk.take(&page) == 0 || walk.repeated.is_some() || place > resources.len() {
            return Ok((walk, page));
        }
        place += shown;
        if place > resources.len() {
            return Ok((walk, page));
        }
    }
}

async fn cursor(context: &Context) -> CheckResult {
    let scale = scale(context)?;
    let resources = context.named_resources(scale.users).await?;
    let mut walk = Walk::new(context, &resources);
    let mut cursor = String::new();
    let last = loop {
        let request = query(context)?.query("cursor", &cursor).query("count", &scale.page().to_string());
        let page = context.send(request).await?;
        let shown = ids_in(&page).len();
        context.expect(&page).under(&["RFC9865-2-06"]).status(&[200]).that(
            shown <= scale.page(),
            "the page holds more than count asks for",
            resource_count(shown),
        );
        let own = walk.take(&page);
        match page.text("nextCursor").filter(|_| own > 0 && walk.repeated.is_none()) {
            Some(next) => next.clone_into(&mut cursor),
            None => break page,
        }
    };
    walk.end(&last, &["RFC9865-2-21"]);
    Ok(())
}

async fn members(context: &Context) -> CheckResult {
    let scale = scale(context)?;
    let users = context.users(scale.members).await?;
    let group = context.group(&[]).await?;
    let values = |users: &[Resource]| users.iter().map(|user| context.member(user)).collect::<Vec<Value>>();
    for batch in users.chunks(scale.batch()) {
        let operations = json!([{"op": "add", "path": "members", "value": values(batch)}]);
        change(context, &group, &operations, &["RFC7644-3.5.2.1-07", "RFC7644-3.5.2.1-08"]).await?;
    }
    expect(context, &group, &users, &["RFC7644-3.5.2.1-08"]).await?;
    let bare = context.send(group.request(Method::GET).query("excludedAttributes", "members")).await?;
    context.expect(&bare).under(&["RFC7644-3.9-08"]).status(&[200]).lacks("members");
    let (leavers, stayers) = users.split_at(scale.batch().min(users.len() / 2));
    let removals: Vec<Value> = leavers
        .iter()
        .map(|user| json!({"op": "remove", "path": format!("members[value eq {}]", json!(user.id))}))
        .collect();
    change(context, &group, &Value::Array(removals), &["RFC7644-3.5.2.2-04"]).await?;
    expect(context, &group, stayers, &["RFC7644-3.5.2.2-04"]).await?;
    let operations = json!([{"op": "replace", "path": "members", "value": values(leavers)}]);
    change(context, &group, &operations, &["RFC7644-3.5.2.3-03"]).await?;
    expect(context, &group, leavers, &["RFC7644-3.5.2.3-03"]).await
}

async fn change(
    context: &Context,
    group: &Resource,
    operations: &Value,
    requirements: &'static [&'static str],
) -> CheckResult {
    let answer = context.send(group.request(Method::PATCH).json(&patch_of(operations))).await?;
    context.expect(&answer).under(requirements).status(&[200, 204]);
    Ok(())
}

async fn expect(
    context: &Context,
    group: &Resource,
    users: &[Resource],
    requirements: &'static [&'static str],
) -> CheckResult {
    let read = context.read(group).await?;
    let listed = read.at("members").and_then(Value::as_array).into_iter().flatten();
    let found: BTreeSet<&str> = listed.filter_map(|member| at(member, "value").and_then(Value::as_str)).collect();
    let wanted: BTreeSet<&str> = users.iter().map(|user| user.id.as_str()).collect();
    let (missing, more) = (wanted.difference(&found).count(), found.difference(&wanted).count());
    context.expect(&read).under(requirements).that(
        missing == 0 && more == 0,
        "the group does not have exactly the members that it was given",
        format!("missing of {} members: {missing}; others: {more}", wanted.len()),
    );
    Ok(())
}
