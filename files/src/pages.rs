//! Lists as an API answers them, page by page: a page that is taken for the whole list loses the rest in silence.

use serde_json::Value;

use super::count::counted;
use super::fault::{FileFault, Place};
use super::member::expected;

/// A list that is read.
#[derive(Clone, Copy, Debug)]
pub struct PagedList<'a> {
    /// The members that an answer may hold its items under.
    pub names: &'a [&'a str],
    /// One item, and several.
    pub one: &'a str,
    pub many: &'a str,
    /// The harm of a missing page, as a clause of the message.
    pub loss: &'a str,
}

impl PagedList<'_> {
    /// The items of a document: of an answer, of a list of the answers that make up all pages, or of a plain list.
    ///
    /// # Errors
    /// A page is missing, or says something else than it holds.
    pub fn items(&self, document: &Value) -> Result<Vec<Value>, FileFault> {
        let pages: Vec<&Value> = match document {
            Value::Array(list) if list.first().is_some_and(|first| self.list_of(first).is_some()) => {
                list.iter().collect()
            }
            Value::Array(list) => return Ok(list.clone()),
            page => vec![page],
        };
        let place = |index: usize| if pages.len() == 1 { Place::Whole } else { format!("page {}", index + 1).into() };
        let (mut items, mut sizes) = (Vec::new(), Vec::new());
        for (index, page) in pages.iter().enumerate() {
            let wanted = || expected(place(index), &format!("a page of {}", self.many), page);
            let list = self.list_of(page).ok_or_else(wanted)?;
            number(page, "count", || place(index))?;
            sizes.push((number(page, "size", || place(index))?, list.len() as u64));
            items.extend(list.iter().cloned());
        }
        self.check_whole(&pages, items.len() as u64)?;
        for (index, (size, held)) in sizes.into_iter().enumerate() {
            self.check_size(size, held, || place(index))?;
        }
        Ok(items)
    }

    fn list_of<'v>(&self, page: &'v Value) -> Option<&'v Vec<Value>> {
        let of = |name: &&str| page["_embedded"][*name].as_array().or_else(|| page[*name].as_array());
        self.names.iter().find_map(of)
    }

    /// `size` is how many items a page holds.
    fn check_size(&self, size: Option<u64>, held: u64, place: impl Fn() -> Place) -> Result<(), FileFault> {
        let Some(size) = size.filter(|size| *size != held) else { return Ok(()) };
        let problem = format!("size is {size}, but {} stand here: {}", counted(held, self.one, self.many), self.loss);
        Err(FileFault::new(place(), problem).with_remedy("give the answer as the API gave it"))
    }

    /// `count` is how many items there are in all, and all but the last page lead to a next one.
    fn check_whole(&self, pages: &[&Value], held: u64) -> Result<(), FileFault> {
        let remedy = "put the answers of all pages into one list";
        let count = pages.iter().filter_map(|page| page["count"].as_u64()).max();
        let missing = count.filter(|count| *count > held);
        let is_open = pages.iter().all(|page| has_next(page));
        let what = match (missing, pages) {
            (Some(count), [_]) => {
                let number = count.div_ceil(held.max(1));
                format!("these are {held} of {}: page 1 of {number}", counted(count, self.one, self.many))
            }
            (Some(count), _) => {
                format!("these are {held} of {}: a page is missing", counted(count, self.one, self.many))
            }
            (None, _) if is_open => {
                let several = if pages.len() == 1 { "one page" } else { "pages" };
                format!("this is {several} of the {}, and a next one follows", self.many)
            }
            (None, [_]) if count.is_some_and(|count| count < held) => {
                let count = count.unwrap_or_default();
                let problem = format!("count is {count}, but {} stand here", counted(held, self.one, self.many));
                return Err(FileFault::new(Place::Whole, problem).with_remedy("give the answer as the API gave it"));
            }
            _ => return Ok(()),
        };
        Err(FileFault::new(Place::Whole, format!("{what}, and {}", self.loss)).with_remedy(remedy))
    }
}

fn number(page: &Value, key: &str, place: impl Fn() -> Place) -> Result<Option<u64>, FileFault> {
    match &page[key] {
        Value::Null => Ok(None),
        value => {
            let place = match place() {
                Place::Path(path) => format!("{path}.{key}"),
                _ => key.to_owned(),
            };
            value.as_u64().map(Some).ok_or_else(|| expected(place, "a whole number", value))
        }
    }
}

fn has_next(page: &Value) -> bool {
    [&page["_links"]["next"], &page["next"]].iter().any(|next| !next.is_null())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULES: PagedList<'_> =
        PagedList { names: &["rules"], one: "rule", many: "rules", loss: "the others would be missing" };

    #[test]
    fn a_list_is_whole_or_says_which_page_it_is() {
        let page = |more: Value| {
            let mut page = json!({ "_embedded": { "rules": [1, 2] } });
            page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            page
        };
        let next = json!({ "_links": { "next": { "href": "x" } }, "size": 2 });
        for whole in [
            json!([1, 2]),
            page(json!({})),
            page(json!({ "size": 2, "count": 2, "_links": { "self": {} } })),
            json!([page(next.clone()), page(json!({ "count": 4 }))]),
            json!([page(json!({ "count": 2, "size": 2 })), page(json!({ "count": 2, "size": 2 }))]),
        ] {
            assert!(RULES.items(&whole).is_ok(), "{whole}");
        }
        for (part, said) in [
            (
                page(next.clone()),
                "this is one page of the rules, and a next one follows, and the others would be missing; put",
            ),
            (page(json!({ "next": "x" })), "a next one follows"),
            (page(json!({ "count": 5 })), "these are 2 of 5 rules: page 1 of 3, and"),
            (page(json!({ "size": 3 })), "size is 3, but 2 rules stand here"),
            (page(json!({ "count": 1 })), "count is 1, but 2 rules stand here"),
            (page(json!({ "count": "2" })), "count: expected a whole number, got the text \"2\""),
            (json!([page(next.clone()), page(next)]), "this is pages of the rules, and a next one follows"),
            (json!([page(json!({ "count": 9 })), page(json!({}))]), "these are 4 of 9 rules: a page is missing"),
            (json!([page(json!({})), 5]), "page 2: expected a page of rules, got the number 5"),
        ] {
            let fault = RULES.items(&part).unwrap_err().to_string();
            assert!(fault.contains(said), "{part}: {fault}");
        }
    }
}
