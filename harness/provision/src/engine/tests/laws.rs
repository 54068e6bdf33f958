//! Laws: whatever the source does and wherever a cycle breaks off, the target ends up as the source wants it, nothing lost
//! and nothing doubled, and then rests.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// A directory by its people (locked or not, a title) and groups (members).
#[derive(Clone, Debug, Default)]
struct World {
    people: BTreeMap<u8, (bool, u8)>,
    groups: BTreeMap<u8, Vec<u8>>,
}

impl World {
    fn ldif(&self) -> String {
        let mut text = "dn: dc=x\ndc: x\n\n".to_owned();
        for (number, (is_locked, title)) in &self.people {
            let lock = if *is_locked { "nsaccountlock: TRUE\n" } else { "" };
            text += &person(&format!("p{number}"), &format!("title: t{title}\n{lock}"));
        }
        for (number, members) in &self.groups {
            let members: Vec<String> = members.iter().map(|member| format!("p{member}")).collect();
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            text += &group(&format!("G{number}"), &members);
        }
        text
    }
}

fn world() -> impl Strategy<Value = World> {
    let people = prop::collection::btree_map(0..6_u8, (prop::bool::weighted(0.25), 0..3_u8), 0..6);
    let groups = prop::collection::btree_map(0..3_u8, prop::collection::vec(0..6_u8, 0..4), 0..3);
    (people, groups).prop_map(|(people, mut groups)| {
        for members in groups.values_mut() {
            members.sort_unstable();
            members.dedup();
        }
        World { people, groups }
    })
}

fn options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>(), prop::bool::weighted(0.3), 1..4_usize).prop_map(
        |(disabled, delete, mapped_only, threads)| Options {
            provision_disabled_users: disabled,
            remove_user_action: if delete { RemoveUserAction::Delete } else { RemoveUserAction::Disable },
            put: mapped_only.then_some(Put::MappedOnly),
            max_threads: threads,
            ..Options::default()
        },
    )
}

/// Where and how a cycle is disturbed.
#[derive(Clone, Debug)]
enum Disturbance {
    None,
    /// Nothing arrives from this call on.
    Crash(usize),
    Fault(usize, Fault),
}

fn disturbance() -> impl Strategy<Value = Disturbance> {
    let fault =
        prop_oneof![Just(Fault::Lost), Just(Fault::AnswerLost), Just(Fault::Status(503)), Just(Fault::Status(429)),];
    prop_oneof![
        Just(Disturbance::None),
        (0..20_usize).prop_map(Disturbance::Crash),
        (0..20_usize, fault).prop_map(|(at, fault)| Disturbance::Fault(at, fault)),
    ]
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

impl Bench {
    fn disturb(&self, disturbance: &Disturbance) {
        self.target.with(|state| {
            state.calls.clear();
            state.faults.clear();
            state.crash_at = None;
            match disturbance {
                Disturbance::None => {}
                Disturbance::Crash(at) => state.crash_at = Some(*at),
                Disturbance::Fault(at, fault) => {
                    state.faults.insert(*at, *fault);
                }
            }
        });
    }

    /// Runs undisturbed cycles until one sends nothing; a few must do.
    async fn settle(&self) {
        self.disturb(&Disturbance::None);
        for _ in 0..5 {
            self.cycle().await;
            if self.target.take_calls().is_empty() {
                return;
            }
        }
        panic!("the target does not come to rest");
    }

    /// The target holds what the source wants.
    fn verify(&self, world: &World) {
        let delete = self.provisioner.options.remove_user_action == RemoveUserAction::Delete;
        let mut names: Vec<String> = self.target.accounts();
        for name in &mut names {
            name.truncate(name.find(' ').unwrap());
        }
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "an account is doubled: {names:?}");
        for (number, (is_locked, title)) in &world.people {
            let user = self.target.user(&format!("p{number}"));
            if *is_locked {
                assert_ne!(user["active"], true, "p{number} is locked and may sign in");
            } else {
                assert_eq!(user["active"], true, "p{number} has no account to sign in with");
                assert_eq!(user["title"], format!("t{title}"), "p{number}");
            }
        }
        for number in (0..6_u8).filter(|number| !world.people.contains_key(number)) {
            let user = self.target.user(&format!("p{number}"));
            assert_ne!(user["active"], true, "p{number} has left and may sign in");
            assert!(!delete || user.is_null(), "p{number} has left and was not deleted");
        }
        let wanted: Vec<String> = world
            .groups
            .iter()
            .map(|(number, members)| {
                let members: Vec<String> = members
                    .iter()
                    .filter(|member| world.people.contains_key(member))
                    .map(|member| format!("p{member}"))
                    .filter(|name| !self.target.user(name).is_null() && self.is_linked(name))
                    .collect();
                format!("G{number}: {}", members.join(" "))
            })
            .collect();
        assert_eq!(self.target.groups(), wanted);
    }

    /// Whether the ledger knows the person's account. Who was never provisioned is not a member.
    fn is_linked(&self, name: &str) -> bool {
        let guid = crate::ledger::Guid::parse(&format!("guid-{name}"));
        self.provisioner.ledger.get(Kind::User, &guid).unwrap().is_some_and(|row| row.target_id.is_some())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cycle_that_is_run_twice_sends_nothing_the_second_time(world in world(), options in options()) {
        run(async {
            let bench = Bench::new(&world.ldif(), options);
            bench.clean_cycle().await;
            bench.target.take_calls();
            bench.clean_cycle().await;
            assert_eq!(bench.target.take_calls(), NOTHING);
            bench.verify(&world);
        });
    }

    #[test]
    fn nothing_is_lost_or_doubled_wherever_cycles_break_off(
        steps in prop::collection::vec((world(), disturbance()), 1..5),
        options in options(),
    ) {
        run(async {
            let mut bench = Bench::new("dn: dc=x\ndc: x\n", options);
            for (world, disturbance) in &steps {
                bench.source = Directory::parse("source.ldif", &world.ldif()).unwrap().0;
                bench.disturb(disturbance);
                bench.cycle().await;
            }
            let (last, _) = steps.last().unwrap();
            bench.settle().await;
            bench.verify(last);
        });
    }

    #[test]
    fn a_new_ledger_finds_everything_again(world in world(), options in options()) {
        run(async {
            let mut bench = Bench::new(&world.ldif(), options);
            bench.clean_cycle().await;
            let (accounts, groups) = (bench.target.accounts(), bench.target.groups());
            bench.provisioner.ledger = Arc::new(MemoryLedger::new());
            bench.clean_cycle().await;
            assert_eq!((bench.target.accounts(), bench.target.groups()), (accounts, groups));
        });
    }
}
