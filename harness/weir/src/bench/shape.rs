//! The shapes of load, and the requests that they are made of.

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;

use super::population::{Person, Population};

/// One kind of load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum)]
pub enum Shape {
    /// POST of a user
    Create,
    /// GET of a user by id
    Get,
    /// a user by `userName eq`
    Filter,
    /// PATCH of one attribute of a user
    Patch,
    /// one member of a group added, then removed
    Members,
    /// a page of 100 users
    List,
    /// nine reads and one write in ten
    Mixed,
}

impl Shape {
    /// Every shape, in the order in which they run.
    pub const ALL: [Self; 7] =
        [Self::Get, Self::Filter, Self::List, Self::Patch, Self::Members, Self::Create, Self::Mixed];

    /// The word used on the command line and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get",
            Self::Filter => "filter",
            Self::Patch => "patch",
            Self::Members => "members",
            Self::List => "list",
            Self::Mixed => "mixed",
        }
    }

    /// What the endpoint must offer.
    pub const fn needs(self) -> &'static [Capability] {
        use Capability as C;
        match self {
            Self::Create => &[C::CreateUsers],
            Self::Get => &[],
            Self::Filter => &[C::FilterUsers],
            Self::Patch => &[C::PatchUsers],
            Self::Members => &[C::CreateGroups, C::PatchGroups],
            Self::List => &[C::IndexPaging],
            Self::Mixed => &[C::FilterUsers, C::IndexPaging],
        }
    }

    /// The request of one turn of one connection; `turn` counts from 0 within the connection.
    pub(super) fn request(self, population: &Population, connection: usize, turn: usize) -> Request {
        match self {
            Self::Create => Request::post("/Users").json(&population.data.user()),
            Self::Get => Request::get("/Users").segment(&person(population, connection, turn).id),
            Self::Filter => {
                let name = &person(population, connection, turn).user_name;
                // A JSON string is how a filter writes one (RFC 7644 section 3.4.2.2).
                Request::get("/Users").query("filter", &format!("userName eq {}", Value::from(name.as_str())))
            }
            Self::Patch => {
                let operation = json!({"op": "replace", "path": "displayName", "value": format!("Ada {turn}")});
                Request::patch("/Users").segment(&person(population, connection, turn).id).json(&patch(&operation))
            }
            Self::Members => members(population, connection, turn),
            Self::List => {
                let start = scatter(connection, turn) % population.people.len() + 1;
                Request::get("/Users").query("startIndex", &start.to_string()).query("count", "100")
            }
            Self::Mixed => Self::of_mixture(population, turn).request(population, connection, turn),
        }
    }

    /// Sixty of a hundred requests read one user, twenty look one up, ten list a page, ten write.
    fn of_mixture(population: &Population, turn: usize) -> Self {
        let writes = if population.patches { Self::Patch } else { Self::Create };
        match turn * 37 % 100 {
            0..60 => Self::Get,
            60..80 => Self::Filter,
            80..90 => Self::List,
            90..98 => writes,
            _ => Self::Create,
        }
    }
}

/// Each connection has a member of its own, so that no removal comes before its addition.
fn members(population: &Population, connection: usize, turn: usize) -> Request {
    let member = &population.people[connection % population.people.len()].id;
    let operation = if turn.is_multiple_of(2) {
        json!({"op": "add", "path": "members", "value": [{"value": member}]})
    } else {
        json!({"op": "remove", "path": format!("members[value eq {}]", Value::from(member.as_str()))})
    };
    Request::patch("/Groups").segment(population.group.as_deref().unwrap_or_default()).json(&patch(&operation))
}

fn patch(operation: &Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]})
}

fn person(population: &Population, connection: usize, turn: usize) -> &Person {
    &population.people[scatter(connection, turn) % population.people.len()]
}

/// A fixed scatter over the population, so that no cache sees a pattern.
const fn scatter(connection: usize, turn: usize) -> usize {
    (connection + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(turn.wrapping_mul(0xD1B5_4A32_D192_ED03)) >> 17
}
