//! Texts in every language: kept to the code point, and compared by what they say.

use scim::capability::{Capability, ResourceOperation};
use serde_json::json;
use weir_exchange::Request;

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context};
use crate::data::USER;

pub(super) const CHECKS: &[Check] = &[
    Check::new("internationalization.text", "Text in every script comes back with the same code points", &text)
        .matters("People's names turn into question marks, on badges and in mail.")
        .requirements(&["RFC7644-3.8-01"])
        .legal(&["the same text in the answer to POST, GET and in a list"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("internationalization.user-name", "Two spellings of one userName are one name", &user_name)
        .matters("The two accounts look alike, and one of them may be an impostor's.")
        .requirements(&["RFC7644-5-01"])
        .needs(&[Capability::CreateUsers])
        .legal(&[
            "201 for a userName with a precomposed letter, then 409 for the same name with a combining mark",
            "400 invalidValue for names that are not ASCII, where the endpoint does not take them",
        ])
        .on(Only("User", "RFC 7644 section 5 states it for userName, which User alone has")),
    Check::new("internationalization.filter", "A filter finds a text in either spelling", &filter)
        .matters("A provisioner does not find the account that it created, and creates another one.")
        .requirements(&["RFC7644-7.8-01"])
        .legal(&["a userName stored with a precomposed letter is found by the same name with a combining mark"])
        .needs(&[Capability::CreateUsers, Capability::FilterUsers])
        .on(Only("User", "RFC 7644 section 7.8 refers to section 5, which prepares userName")),
];

/// Latin with marks, a combining mark, Greek, Arabic, Han, a letter beyond the basic plane, an emoji of several code points.
const TEXTS: [&str; 7] = [
    "Zo\u{eb} \u{141}ukasz",
    "\u{3a9}\u{3bc}\u{3ad}\u{3b3}\u{3b1}",
    "\u{639}\u{644}\u{64a}",
    "\u{738b}\u{5c0f}\u{660e}",
    "\u{20bb7}\u{91ce}",
    "\u{1f469}\u{200d}\u{1f4bb} Ada",
    "O\u{2019}Neil \u{201e}A\u{201c}",
];

async fn text(context: &Context) -> CheckResult {
    let attribute = context.text(0)?;
    let path = attribute.path();
    for text in TEXTS {
        let resource = context.resource_with(&attribute, json!(text)).await?;
        let read = context.read(&resource).await?;
        for exchange in [&resource.exchange, &read] {
            context.expect(exchange).equals(&path, &json!(text));
        }
        if context.may(ResourceOperation::Filter) {
            let filter = format!("id eq {}", json!(resource.id));
            let list = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
            if list.at("totalResults") == Some(&json!(1)) {
                context.expect(&list).equals(&format!("Resources[0].{path}"), &json!(text));
            }
        }
    }
    Ok(())
}

/// The name with a precomposed letter, and with a combining mark.
fn spellings(context: &Context) -> (String, String) {
    let (data, own) = (context.data(), context.data().number());
    (data.user_name(&format!("jos\u{e9}{own}")), data.user_name(&format!("jose\u{301}{own}")))
}

async fn user_name(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["userName"])?;
    let (precomposed, combining) = spellings(context);
    let named = |name: &str| {
        let mut body = context.data().user();
        body["userName"] = json!(name);
        body
    };
    let first = context.send(Request::post("/Users").json(&named(&precomposed))).await?;
    if first.status == 400 {
        return context.unable("the endpoint takes no userName that is not ASCII");
    }
    context.expect(&first).status(&[201]);
    let second = context.send(Request::post("/Users").json(&named(&combining))).await?;
    if second.status != 400 {
        context.expect(&second).after(&first).status(&[409]);
    }
    Ok(())
}

async fn filter(context: &Context) -> CheckResult {
    let (precomposed, combining) = spellings(context);
    let mut body = context.data().user();
    body["userName"] = json!(precomposed);
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    let Some(id) = answer.text("id").filter(|_| answer.is_success()).map(str::to_owned) else {
        return context.unable("the endpoint takes no userName that is not ASCII");
    };
    for name in [precomposed, combining] {
        let Some(named) = context.named_in_lists(&json!({"userName": name})).await? else {
            return context.unable("the endpoint finds no user by userName; `filter.eq` judges that");
        };
        context.expect(&named.list).after(&answer).status(&[200]).lists(&[&id]);
    }
    Ok(())
}
