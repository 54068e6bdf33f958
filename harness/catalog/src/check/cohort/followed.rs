//! Whether an endpoint follows the parts of a filter. One that finds resources which a filter does not match may leave out of account
//! what the filter is made of, and not what the check asks: then the check of that part judges it, and this one has no answer.

use std::sync::Arc;

use serde_json::json;
use weir_exchange::Exchange;
use weir_judge::full_name;

use super::Cohort;
use crate::check::Stop;

/// The operators that have a check of their own.
const JUDGES: [(&str, &str); 13] = [
    ("and", "filter.and"),
    ("or", "filter.or"),
    ("not", "filter.not"),
    ("eq", "filter.eq"),
    ("ne", "filter.ne"),
    ("co", "filter.co"),
    ("sw", "filter.sw"),
    ("ew", "filter.ew"),
    ("gt", "filter.gt"),
    ("ge", "filter.ge"),
    ("lt", "filter.lt"),
    ("le", "filter.le"),
    ("pr", "filter.pr"),
];

/// The operators of a filter, as far as they stand outside of its texts.
fn operators(filter: &str) -> Vec<(&'static str, &'static str)> {
    let mut outside = String::new();
    let (mut is_text, mut is_escaped) = (false, false);
    for character in filter.chars() {
        if is_text {
            is_text = is_escaped || character != '"';
            is_escaped = character == '\\' && !is_escaped;
        } else if character == '"' {
            is_text = true;
            outside.push(' ');
        } else {
            outside.push(character);
        }
    }
    let words: Vec<&str> = outside.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    JUDGES.into_iter().filter(|(operator, _)| words.iter().any(|word| word.eq_ignore_ascii_case(operator))).collect()
}

impl Cohort<'_> {
    /// Ends the check where the endpoint does not follow an operator of `filter` that another check judges.
    ///
    /// # Errors
    /// The check is blocked by that one.
    pub(super) async fn needs_followed(&self, filter: &str) -> Result<(), Stop> {
        for (operator, judge) in operators(filter) {
            let Some(cause) = self.judge_of(judge) else { continue };
            if let Some((reason, answer)) = self.unfollowed(operator).await? {
                return Err(Stop::Blocked { reason, cause: Some(cause), exchanges: vec![answer] });
            }
        }
        Ok(())
    }

    /// Whether the filter that keeps strangers out of the lists does so. An endpoint for which it does not is asked without it, where
    /// the check of what it is made of says so.
    pub(super) async fn is_anchored(&self) -> Result<bool, Stop> {
        let known = self.anchored.get().copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let nobody = json!(format!("{}nobody", self.start));
        let filter = self.within(&format!("{} sw {nobody}", self.naming));
        let answer = self.context.send(self.query(&filter)).await?;
        let is_followed = if answer.status == 200 && self.holds_a_member(&answer) {
            let sw = self.unfollowed("sw").await?.is_some();
            let judge = if sw { "filter.sw" } else { "filter.and" };
            // The check that judges the operator asks with nothing beside it.
            self.judge_of(judge).is_none() && self.context.check().id != judge
        } else {
            true
        };
        Ok(*self.anchored.get_or_init(|| is_followed))
    }

    fn holds_a_member(&self, answer: &Exchange) -> bool {
        super::ids_in(answer).into_iter().any(|id| self.members.iter().any(|(_, member)| member.id == id))
    }

    /// The full name of the check that judges an operator for the resources of this cohort, if it is another than the one that asks.
    fn judge_of(&self, judge: &'static str) -> Option<String> {
        if self.context.check().id == judge {
            return None;
        }
        let kind = self.context.discovery().resource_type(&self.endpoint)?;
        // What joins comparisons is judged on users alone.
        if matches!(judge, "filter.and" | "filter.or" | "filter.not") {
            return (self.endpoint == "/Users").then(|| judge.to_owned());
        }
        Some(full_name(judge, &kind.name))
    }

    /// How the endpoint was seen not to follow the operator: it finds a member by what is not so of it.
    async fn unfollowed(&self, operator: &'static str) -> Result<Option<(String, Arc<Exchange>)>, Stop> {
        let Some((key, resource)) = self.members.first() else { return Ok(None) };
        let Some(filter) = self.untrue(operator, &self.name(key)) else { return Ok(None) };
        let is_known = |followed: &Vec<&str>| followed.contains(&operator);
        if self.followed.lock().is_ok_and(|followed| is_known(&followed)) {
            return Ok(None);
        }
        let answer = self.context.send(self.query(&filter)).await?;
        if answer.status == 200 && super::ids_in(&answer).contains(&resource.id.as_str()) {
            return Ok(Some((format!("`{filter}` finds the resource of the name {}", self.name(key)), answer)));
        }
        if let Ok(mut followed) = self.followed.lock() {
            followed.push(operator);
        }
        Ok(None)
    }

    /// A filter with this operator that does not match the member of this name.
    fn untrue(&self, operator: &str, name: &str) -> Option<String> {
        let naming = &self.naming;
        let compare = |operator: &str, text: &str| format!("{naming} {operator} {}", json!(text));
        let (more, less) = (format!("{name}zz"), name.get(..name.len() - 1)?);
        Some(match operator {
            "eq" | "co" | "sw" | "ew" | "gt" | "ge" => compare(operator, &more),
            "lt" | "le" => compare(operator, less),
            "ne" => compare("ne", name),
            "and" => format!("{} and {}", compare("eq", name), compare("eq", &more)),
            "or" => format!("{} or {}", compare("eq", &more), compare("eq", &format!("{more}z"))),
            "not" => format!("not ({})", compare("eq", name)),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_of_a_filter_stand_outside_of_its_texts() {
        let found = |filter: &str| operators(filter).into_iter().map(|(operator, _)| operator).collect::<Vec<_>>();
        assert_eq!(found("userName SW \"a or b\" and (title eq \"x\\\" co y\")"), ["and", "eq", "sw"]);
        assert_eq!(found("not(emails[type pr])"), ["not", "pr"]);
        assert_eq!(found("organisation ne \"x\""), ["ne"]);
    }
}
