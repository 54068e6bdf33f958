//! The plan of a cycle, which sends nothing: the same machine without the executor.

use weir_files::count::counted;

use super::cycle::Provisioner;
use super::decide;
use super::decide::{GroupOperation, UserOperation};
use super::pass::{Item, Pass, PassError};
use super::report::{Abort, Failure};
use crate::ledger::Kind;
use crate::options::RemoveUserAction;

/// One thing that a cycle would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedOperation {
    pub kind: Kind,
    pub dn: String,
    pub identifier: String,
    /// In words, such as `find by userName; link and update, or create`.
    pub operation: String,
    /// The method and the path of each request that it takes at an endpoint which holds none of it yet.
    pub requests: Vec<PlannedRequest>,
}

/// Method and path below the base URL, such as `POST` and `/Users`.
pub type PlannedRequest = (&'static str, &'static str);

const FIND_USER: PlannedRequest = ("GET", "/Users");
const CREATE_USER: PlannedRequest = ("POST", "/Users");
const WRITE_USER: PlannedRequest = ("PUT", "/Users/id");
const DELETE_USER: PlannedRequest = ("DELETE", "/Users/id");
const FIND_GROUP: PlannedRequest = ("GET", "/Groups");
const CREATE_GROUP: PlannedRequest = ("POST", "/Groups");
const WRITE_GROUP: PlannedRequest = ("PATCH", "/Groups/id");
const DELETE_GROUP: PlannedRequest = ("DELETE", "/Groups/id");

/// The operations of a cycle, not carried out.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub operations: Vec<PlannedOperation>,
    pub unchanged: u64,
    /// The option's name on the client's console, and the entry.
    pub refused: Vec<(String, String)>,
    pub failures: Vec<Failure>,
    pub warnings: Vec<String>,
    /// The entries of the source that the channel leaves out, as sentences.
    pub left_out: Vec<String>,
    /// Why the cycle would stop before it takes anything away.
    pub held: Option<Abort>,
}

impl Provisioner {
    /// Reads the source and says what a cycle would do; neither endpoint nor ledger is touched.
    ///
    /// # Errors
    /// The source or the ledger cannot be read.
    pub fn plan(&self, source: &dyn crate::source::Source) -> Result<Plan, PassError> {
        let mut pass = Pass::begin(source, &self.channel, &*self.ledger, &self.options)?;
        let mut plan = Plan::default();
        let mut held_back = Vec::new();
        while let Some(item) = pass.next_user()? {
            match item {
                Item::Work(work) if work.removes() => held_back.push(work),
                item => plan.add(item, self),
            }
        }
        let leavers = pass.leavers()?;
        plan.held = pass.removals_held(&leavers, &held_back, 0, &self.options)?;
        for item in held_back.into_iter().map(Item::Work).chain(leavers) {
            plan.add(item, self);
        }
        pass.members.finish();
        if plan.held.is_none() {
            plan.held = pass.too_many_groups(&self.options)?;
        }
        if plan.held.is_none() {
            plan.held = pass.too_many_memberships(&self.options)?;
        }
        plan.failures.append(&mut pass.group_problems);
        for group in &pass.groups {
            let row = self.ledger.get(Kind::Group, &group.guid)?;
            let operation = decide::group(Some(&group.name), row.as_ref());
            let count = pass.members.find(&group.members).count() as u64;
            let members = counted(count, "member", "members");
            let (words, requests) = match operation {
                GroupOperation::Join => (
                    format!("find by displayName; link or create; up to {members}"),
                    &[FIND_GROUP, CREATE_GROUP, WRITE_GROUP][..if count > 0 { 3 } else { 2 }],
                ),
                GroupOperation::Rename => (format!("rename; up to {members}"), &[WRITE_GROUP][..]),
                _ => (format!("up to {members}"), &[WRITE_GROUP][..]),
            };
            plan.operations.push(planned(Kind::Group, &group.dn, &group.name, &words, requests));
        }
        for (_, row) in pass.gone_groups()? {
            if decide::group(None, Some(&row)) != GroupOperation::Forget {
                plan.operations.push(planned(Kind::Group, "(gone)", &row.identifier, "delete", &[DELETE_GROUP]));
            }
        }
        plan.warnings = pass.finish_warnings();
        plan.left_out = pass.left_out();
        Ok(plan)
    }
}

fn planned(kind: Kind, dn: &str, identifier: &str, operation: &str, requests: &[PlannedRequest]) -> PlannedOperation {
    PlannedOperation {
        kind,
        dn: dn.to_owned(),
        identifier: identifier.to_owned(),
        operation: operation.to_owned(),
        requests: requests.to_vec(),
    }
}

impl Plan {
    fn add(&mut self, item: Item, provisioner: &Provisioner) {
        match item {
            Item::Unchanged => self.unchanged += 1,
            Item::Refused { name, refusal, .. } => {
                let option = provisioner.description.option_name(refusal.place());
                self.refused.push((option.unwrap_or_else(|| refusal.option()).to_owned(), name));
            }
            Item::Problem { failure, .. } => self.failures.push(failure),
            Item::Work(work) => {
                let name = work
                    .desired
                    .as_ref()
                    .map_or_else(|| work.row.identifier.to_string(), |user| user.user_name.clone());
                let options = &provisioner.options;
                let create = if options.user_create { "or create" } else { "but do not create" };
                let (words, requests): (String, &[PlannedRequest]) = match work.operation {
                    UserOperation::Join { active } => {
                        let inactive = if active { "" } else { ", with active false" };
                        let words = format!("find by userName; link and update, {create}{inactive}");
                        (words, &[FIND_USER, CREATE_USER][..if options.user_create { 2 } else { 1 }])
                    }
                    UserOperation::Update { .. } => ("update".to_owned(), &[WRITE_USER]),
                    UserOperation::Enable => ("update with active true".to_owned(), &[WRITE_USER]),
                    UserOperation::Disable => ("update with active false".to_owned(), &[WRITE_USER]),
                    UserOperation::Delete => ("delete".to_owned(), &[DELETE_USER]),
                    UserOperation::Settle => match options.remove_user_action {
                        RemoveUserAction::Delete => ("find by userName; delete".to_owned(), &[FIND_USER, DELETE_USER]),
                        RemoveUserAction::Disable => {
                            ("find by userName; update with active false".to_owned(), &[FIND_USER, WRITE_USER])
                        }
                    },
                    UserOperation::Retire | UserOperation::Forget => {
                        self.unchanged += 1;
                        return;
                    }
                };
                self.operations.push(planned(Kind::User, &work.dn, &name, &words, requests));
            }
        }
    }
}
