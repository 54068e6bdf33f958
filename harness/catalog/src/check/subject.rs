//! The subject of a check: the resource type that it is run on. A check about every resource type names no endpoint and no
//! attribute; it takes both from here.

use std::sync::Arc;

use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::{Exchange, Request};
use weir_judge::{Because, full_name};

use crate::ability::plain_texts;
use crate::check::{CheckResult, Context, Resource, Stop, patch_of};
use crate::discovery::ResourceType;
use crate::node::{self, SchemaNode};

impl Context {
    /// The resource type that the check is run on; for a check about the endpoint, User or what the endpoint has in its place.
    pub fn kind(&self) -> Option<&ResourceType> {
        let types = self.discovery().resource_types();
        self.subject().or_else(|| types.iter().find(|kind| kind.endpoint == "/Users")).or_else(|| types.first())
    }

    /// The resource type that the check is run on, or an end of the check.
    pub fn needs_kind(&self) -> Result<&ResourceType, Stop> {
        self.kind().ok_or_else(|| Stop::Skip(Because::Offer, "the endpoint publishes no resource type".into()))
    }

    /// The collection of the subject, such as `/Users`.
    pub fn collection(&self) -> &str {
        self.kind().map_or("/Users", |kind| kind.endpoint.as_str())
    }

    /// The URI of the subject's own schema.
    pub fn schema(&self) -> &str {
        self.kind().map_or(crate::data::USER, |kind| kind.schema.as_str())
    }

    /// The full name of `check` on the same subject, as the cause of what is blocked.
    pub fn on_subject(&self, check: &'static str) -> String {
        self.kind().map_or_else(|| check.to_owned(), |kind| full_name(check, &kind.name))
    }

    /// `check`, on the subject if there is one, as the cause of what is blocked; `None` if it is the check itself.
    pub fn caused_by(&self, check: &'static str) -> Option<String> {
        let full = self.subject().map_or_else(|| check.to_owned(), |kind| full_name(check, &kind.name));
        (check != self.check().id).then_some(full)
    }

    /// The body of a new resource of the subject, with everything that is required, and with what names it.
    pub fn body(&self) -> Value {
        let Some(kind) = self.kind() else { return self.data().user() };
        let mut body = self.data().resource(kind);
        if let Some(naming) = node::naming(self.discovery(), kind)
            && naming.values(&body).is_empty()
        {
            naming.put(&mut body, json!(self.data().name()));
        }
        body
    }

    /// As [`Self::body`], with a value in the texts, and in one multi-valued attribute, that the subject has.
    pub fn full_body(&self) -> Value {
        if self.collection() == "/Users" {
            return self.data().full_user();
        }
        let mut body = self.body();
        let texts = self.kind().map(|kind| plain_texts(self.discovery(), kind)).unwrap_or_default();
        for text in texts.iter().filter(|text| !text.extension) {
            if text.values(&body).is_empty() {
                text.put(&mut body, json!(self.data().name()));
            }
        }
        if let Ok(naming) = self.naming()
            && naming.values(&body).is_empty()
        {
            naming.put(&mut body, json!(self.data().name()));
        }
        if let Ok(values) = self.values()
            && values.values(&body).is_empty()
        {
            values.put(&mut body, json!([self.value_of(&values, true)]));
        }
        body
    }

    /// As [`Self::full_body`], with a text of an extension and a user that the subject refers to, where it has them; and that user.
    pub async fn whole_body(&self) -> Result<(Value, Option<Resource>), Stop> {
        let mut body = self.full_body();
        if let Some(text) = self.extension_texts().first()
            && text.values(&body).is_empty()
        {
            text.put(&mut body, json!(self.data().name()));
        }
        let references = self.user_references().filter(|own| own.values(&body).is_empty());
        let Some(references) = references.filter(|_| self.discovery().offers(Capability::CreateUsers)) else {
            return Ok((body, None));
        };
        let user = self.user().await?;
        references.put(&mut body, json!([{"value": user.id}]));
        Ok((body, Some(user)))
    }

    /// Creates a resource of the subject with everything that [`Self::whole_body`] says, as a precondition.
    pub async fn whole_resource(&self) -> Result<Resource, Stop> {
        let (body, _) = self.whole_body().await?;
        self.create(self.collection(), &body).await
    }

    /// A body that may replace the resource that `sent` created: what names it and what cannot change is as it was, everything
    /// else is new.
    pub fn replacement(&self, sent: &Value) -> Value {
        let mut body = self.full_body();
        let naming = self.naming().ok().map(|own| own.path());
        let Some(kind) = self.kind() else { return body };
        for own in node::assumed_attributes(self.discovery(), kind) {
            let stays = own.word("mutability") == "immutable" || Some(own.path()) == naming;
            if let Some(value) = own.values(sent).first().filter(|_| stays) {
                own.put(&mut body, (*value).clone());
            }
        }
        body
    }

    /// The body that created `resource`.
    pub fn sent(&self, resource: &Resource) -> Value {
        serde_json::from_slice(&resource.exchange.request_body).unwrap_or_else(|_| resource.body().clone())
    }

    /// A body that may replace `resource`, in which the attribute `own` has a new text and everything else is as it was sent.
    pub fn with_new_text(&self, resource: &Resource, own: &SchemaNode<'_>) -> Value {
        let mut body = self.sent(resource);
        own.put(&mut body, json!(self.data().name()));
        body
    }

    /// The body of a PATCH that gives the attribute `own` a new text.
    pub fn patch_of_text(&self, own: &SchemaNode<'_>) -> Value {
        patch_of(&json!([{"op": "replace", "path": own.path(), "value": self.data().name()}]))
    }

    /// The part of a body that an ordinary answer shows, of what the endpoint was seen to keep.
    pub fn shown(&self, body: &Value) -> Value {
        let mut shown = self.kept(&self.data().shown(body));
        // An endpoint need not keep it (RFC 7643 section 3.1); round-trip.external-id asks.
        shown.as_object_mut().map(|members| members.remove("externalId"));
        shown
    }

    /// The body of a new resource of the subject with nothing but what is required.
    pub fn bare_body(&self) -> Value {
        if self.collection() == "/Users" { self.data().bare_user() } else { self.body() }
    }

    /// The body of a new resource of the subject with a text in an extension, the extension's URI, and the name of the attribute
    /// that has the text; `None` if no extension of the subject has a text that a client may set.
    pub fn extended_body(&self) -> Option<(Value, String, String)> {
        let texts = plain_texts(self.discovery(), self.kind()?);
        let text = texts.into_iter().find(|text| text.extension && text.word("returned") == "default")?;
        let mut body = self.body();
        text.put(&mut body, json!(self.data().name()));
        Some((body, text.schema.to_owned(), text.name().to_owned()))
    }

    /// One value of a multi-valued attribute of the subject as [`Self::values`] finds it: with a text of its own, and primary or
    /// not. The first type is for the primary one.
    pub fn value_of(&self, values: &SchemaNode<'_>, primary: bool) -> Value {
        let part = |name: &str| values.parts().find(|part| part.name() == name);
        // What is required is there already.
        let mut value = self.data().value(values.attribute);
        value["value"] = json!(self.data().new_address());
        if part("primary").is_some() {
            value["primary"] = json!(primary);
        }
        if let Some(kind) = part("type") {
            let canonical = crate::definition::list(kind.attribute, "canonicalValues");
            let place = usize::from(!primary).min(canonical.len().saturating_sub(1));
            let usual = json!(if primary { "work" } else { "home" });
            value["type"] = canonical.get(place).cloned().unwrap_or(usual);
        }
        value
    }

    /// Ends the check if the endpoint refuses to look up resources of the subject by the attribute, as it may.
    fn needs_lookup(&self, attribute: &str) -> Result<(), Stop> {
        self.abilities().refuses_lookup(self.collection(), attribute).map_or(Ok(()), |refusal| {
            Err(Stop::Skip(
                Because::Ability,
                format!("the check finds its own resource by a filter, and {refusal}; `filter.eq` judges that"),
            ))
        })
    }

    /// A filter that finds the resource of the subject that has this id.
    ///
    /// # Errors
    /// The check is skipped where the endpoint refuses such a filter, as it may.
    pub fn filter_by_id(&self, id: &str) -> Result<String, Stop> {
        self.needs_lookup("id")?;
        Ok(format!("id eq {}", json!(id)))
    }

    /// A filter that finds the resource of the subject whose representation is `body`, by the attribute that names it.
    ///
    /// # Errors
    /// The check is skipped where the subject has no such attribute, or the body no value of it.
    pub fn filter_by_name(&self, body: &Value) -> Result<String, Stop> {
        let naming = self.naming()?;
        self.needs_lookup(naming.name())?;
        let value = naming.values(body).first().copied().filter(|value| !value.is_null());
        let nameless =
            || Stop::Skip(Because::Published, format!("the resource has no {} to find it by", naming.path()));
        let value = value.ok_or_else(nameless)?;
        Ok(format!("{} eq {value}", naming.path()))
    }

    /// Creates a resource of the subject as a precondition.
    pub async fn resource(&self) -> Result<Resource, Stop> {
        self.create(self.collection(), &self.body()).await
    }

    /// As [`Self::body`], with a value of the attribute that names the resource.
    ///
    /// # Errors
    /// The check is skipped where the subject has no such attribute.
    pub fn named_body(&self) -> Result<Value, Stop> {
        let naming = self.naming()?;
        let mut body = self.body();
        if naming.values(&body).is_empty() {
            naming.put(&mut body, json!(self.name_with(&self.data().number().to_string())));
        }
        Ok(body)
    }

    /// Creates a resource of the subject that has a name, as a precondition.
    pub async fn named_resource(&self) -> Result<Resource, Stop> {
        self.create(self.collection(), &self.named_body()?).await
    }

    /// Creates a resource of the subject, with a value in the place of the usual one, as a precondition.
    pub async fn resource_with(&self, attribute: &SchemaNode<'_>, value: Value) -> Result<Resource, Stop> {
        let mut body = self.body();
        attribute.put(&mut body, value);
        self.create(self.collection(), &body).await
    }

    /// Sends a new resource of the subject, for a check that judges the answer.
    pub async fn post(&self, body: &Value) -> Result<Arc<Exchange>, Stop> {
        self.send(Request::post(self.collection()).json(body)).await
    }

    /// The attribute number `n` of the subject that takes any text and was seen to be kept as it is sent.
    ///
    /// # Errors
    /// The check is skipped where the subject has fewer.
    pub fn text(&self, n: usize) -> Result<SchemaNode<'_>, Stop> {
        self.nth_text(n, |_| true, "attribute that takes any text")
    }

    /// As [`Self::text`], of the attributes that a resource may be without.
    ///
    /// # Errors
    /// The check is skipped where the subject has fewer.
    pub fn optional_text(&self, n: usize) -> Result<SchemaNode<'_>, Stop> {
        self.nth_text(n, |own| !own.flag("required"), "attribute that takes any text and is not required")
    }

    /// The first attribute of the subject that takes one boolean, is shown by default, and fits.
    pub fn boolean(&self, fits: impl Fn(&SchemaNode<'_>) -> bool) -> Option<SchemaNode<'_>> {
        let mut nodes = node::assumed_attributes(self.discovery(), self.kind()?).into_iter();
        nodes.find(|own| {
            own.word("type") == "boolean"
                && own.word("mutability") == "readWrite"
                && own.is_shown()
                && !own.flag("multiValued")
                && fits(own)
        })
    }

    /// The first attribute of the subject that takes any text, was seen to be kept as it is sent, and fits.
    ///
    /// # Errors
    /// The check is skipped where the subject has none.
    pub fn needs_text(&self, fits: impl Fn(&SchemaNode<'_>) -> bool) -> Result<SchemaNode<'_>, Stop> {
        self.nth_text(0, fits, "further attribute that takes any text")
    }

    fn nth_text(&self, n: usize, fits: impl Fn(&SchemaNode<'_>) -> bool, what: &str) -> Result<SchemaNode<'_>, Stop> {
        let kind = self.needs_kind()?;
        let texts = plain_texts(self.discovery(), kind);
        let loses = |own: &SchemaNode<'_>| self.abilities().loses(&kind.endpoint, &own.path());
        let lost: Vec<String> = texts.iter().filter(|own| loses(own)).map(SchemaNode::path).collect();
        let found = texts.into_iter().filter(|own| fits(own) && !loses(own)).nth(n);
        found.ok_or_else(|| {
            let seen = match lost.as_slice() {
                [] => String::new(),
                lost => format!("; `round-trip.every-attribute` judges that it does not keep {}", lost.join(", ")),
            };
            let count = if n == 0 { "no".to_owned() } else { format!("fewer than {}", n + 1) };
            Stop::Skip(Because::Published, format!("{} has {count} {what}{seen}", kind.name))
        })
    }

    /// The attribute that distinguishes resources of the subject for people: `userName`, `displayName`, or the first text that must
    /// be unique.
    ///
    /// # Errors
    /// The check is skipped where the subject has none.
    pub fn naming(&self) -> Result<SchemaNode<'_>, Stop> {
        let kind = self.needs_kind()?;
        node::naming(self.discovery(), kind).ok_or_else(|| {
            Stop::Skip(
                Because::Published,
                format!("{} has no text by which its resources can be distinguished", kind.name),
            )
        })
    }

    /// The text that no two resources of the subject may share, by what is published or, of a user's name, by RFC 7643 section 4.1.1.
    ///
    /// # Errors
    /// The check is skipped where the subject has none.
    pub fn unique(&self) -> Result<SchemaNode<'_>, Stop> {
        let kind = self.needs_kind()?;
        let is_unique = |own: &SchemaNode<'_>| {
            own.word("uniqueness") != "none" || (own.name() == "userName" && own.schema == crate::data::USER)
        };
        let fits = |own: &SchemaNode<'_>| {
            !own.extension
                && own.word("type") == "string"
                && !own.flag("multiValued")
                && own.is_settable()
                && own.is_shown()
                && crate::definition::list(own.attribute, "canonicalValues").is_empty()
                && is_unique(own)
        };
        let mut found = node::assumed_attributes(self.discovery(), kind).into_iter().filter(fits);
        found
            .next()
            .ok_or_else(|| Stop::Skip(Because::Published, format!("{} has no text that must be unique", kind.name)))
    }

    /// A value of the attribute that names a resource of the subject; `own` tells it apart from others of the check.
    pub fn name_with(&self, own: &str) -> String {
        let data = self.data();
        if self.collection() == "/Users" { data.user_name(own) } else { format!("{}-{own}", data.prefix()) }
    }

    /// What the names begin with that the check gives to resources of the subject.
    pub fn name_start(&self) -> String {
        let data = self.data();
        if self.collection() == "/Users" { data.user_name_start() } else { format!("{}-", data.prefix()) }
    }

    /// A multi-valued complex attribute of the subject whose values a client may set: their sub-attribute `value` takes a text.
    ///
    /// # Errors
    /// The check is skipped where the subject has none.
    pub fn values(&self) -> Result<SchemaNode<'_>, Stop> {
        let kind = self.needs_kind()?;
        let plain = |own: &SchemaNode<'_>| {
            own.flag("multiValued")
                && own.word("type") == "complex"
                && own.word("mutability") == "readWrite"
                && own.is_shown()
                && own.parts().any(|part| {
                    part.name() == "value"
                        && part.word("type") == "string"
                        && part.word("mutability") == "readWrite"
                        && part.is_shown()
                })
                // Members and groups refer to resources that exist.
                && !own.refers()
        };
        let mut found: Vec<SchemaNode<'_>> =
            node::assumed_attributes(self.discovery(), kind).into_iter().filter(plain).collect();
        found.sort_by_key(|own| own.name() != "emails");
        found.into_iter().next().ok_or_else(|| {
            Stop::Skip(
                Because::Published,
                format!("{} has no multi-valued attribute whose values a client may set", kind.name),
            )
        })
    }

    /// The texts of the extensions of the subject that a client may set and that were seen to be kept.
    pub fn extension_texts(&self) -> Vec<SchemaNode<'_>> {
        let Some(kind) = self.kind() else { return Vec::new() };
        let mut texts = plain_texts(self.discovery(), kind);
        texts.retain(|own| own.extension && !self.abilities().loses(&kind.endpoint, &own.path()));
        texts
    }

    /// The multi-valued attribute of the subject whose values refer to users that exist, such as the members of a group.
    pub fn user_references(&self) -> Option<SchemaNode<'_>> {
        let refers = |own: &SchemaNode<'_>| {
            own.flag("multiValued")
                && own.word("mutability") == "readWrite"
                && own.is_shown()
                && own.parts().any(|part| part.name() == "value" && part.word("mutability") != "readOnly")
                && own.refers_to_users()
        };
        let kind = self.kind()?;
        node::assumed_attributes(self.discovery(), kind).into_iter().find(|own| !own.extension && refers(own))
    }

    /// Whether the attribute at `path` was seen not to be kept as it is sent, which `round-trip.every-attribute` judges.
    pub fn loses(&self, path: &str) -> bool {
        self.abilities().loses(self.collection(), path)
    }

    /// Whether the attribute at `path` was seen not to come back at all, which `round-trip.every-attribute` judges.
    pub fn drops(&self, path: &str) -> bool {
        self.abilities().drops(self.collection(), path)
    }

    /// Ends the check unless these attributes of the subject, or parts of attributes, are kept as they are sent.
    pub fn needs_kept<P: AsRef<str>>(&self, paths: &[P]) -> CheckResult {
        let whole = |path: &str| path.rsplit_once('.').map_or_else(|| path.to_owned(), |(whole, _)| whole.to_owned());
        let is_lost = |path: &&str| self.loses(path) || self.loses(&whole(path));
        let lost: Vec<&str> = paths.iter().map(AsRef::as_ref).filter(is_lost).collect();
        if lost.is_empty() {
            return Ok(());
        }
        self.unable(format!(
            "the endpoint does not keep {} as it is sent; `round-trip.every-attribute` judges that",
            lost.join(", ")
        ))
    }

    /// The body without what the endpoint was seen not to keep as it is sent.
    pub fn kept(&self, body: &Value) -> Value {
        self.kind().map_or_else(|| body.clone(), |kind| self.kept_of(kind, body))
    }

    /// The body of a resource of `kind` without what the endpoint was seen not to keep as it is sent.
    pub fn kept_of(&self, kind: &ResourceType, body: &Value) -> Value {
        let mut kept = body.clone();
        let loses = |own: &SchemaNode<'_>| self.abilities().loses(&kind.endpoint, &own.path());
        for own in node::assumed_attributes(self.discovery(), kind) {
            if loses(&own) {
                own.remove(&mut kept);
                continue;
            }
            for part in own.parts().filter(|part| loses(part)) {
                part.remove(&mut kept);
            }
        }
        kept
    }

    /// Whether the endpoint offers the operation for the subject.
    pub fn may(&self, operation: ResourceOperation) -> bool {
        self.kind().is_some_and(|kind| self.discovery().operation(operation, kind).0)
    }
}
