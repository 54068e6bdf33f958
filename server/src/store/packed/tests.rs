use proptest::prelude::*;

use super::*;

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        ".{0,200}".prop_map(|text| Value::String(text.into())),
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        (-1e300_f64..1e300).prop_map(Value::Decimal),
    ];
    scalar.prop_recursive(2, 24, 6, |inner| fields_of(inner).prop_map(Value::Complex))
}

fn fields_of(value: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Fields> {
    let slot = prop_oneof![
        1 => Just(Slot::Null),
        5 => value.clone().prop_map(Slot::One),
        2 => prop::collection::vec(value, 0..4).prop_map(Slot::Many),
    ];
    prop::collection::vec((any::<u16>().prop_map(AttributeId), slot), 0..8)
        .prop_map(|slots| slots.into_iter().collect())
}

/// Stored state knows no null: what is unassigned is left out (RFC 7643 section 2.5).
fn assigned(fields: &Fields) -> Fields {
    let value = |value: &Value| match value {
        Value::Complex(inner) => Some(assigned(inner)).filter(|inner| !inner.is_empty()).map(Value::Complex),
        other => Some(other.clone()),
    };
    fields
        .iter()
        .filter_map(|(id, slot)| {
            let slot = match slot {
                Slot::Null => return None,
                Slot::One(one) => Slot::One(value(one)?),
                Slot::Many(many) => Slot::Many(many.iter().filter_map(value).collect()),
            };
            (!slot.values().is_empty()).then_some((id, slot))
        })
        .collect()
}

fn assert_same_view<'a, 'b>(left: impl Record<'a>, right: impl Record<'b>) {
    let left_ids: Vec<AttributeId> = left.fields().map(|(id, _)| id).collect();
    assert_eq!(left_ids, right.fields().map(|(id, _)| id).collect::<Vec<_>>());
    for id in left_ids {
        let (mut left, mut right) = (left.get(id).unwrap(), right.get(id).unwrap());
        loop {
            match (left.next(), right.next()) {
                (None, None) => break,
                (Some(Item::String(left)), Some(Item::String(right))) => assert_eq!(left, right),
                (Some(Item::Boolean(left)), Some(Item::Boolean(right))) => assert_eq!(left, right),
                (Some(Item::Integer(left)), Some(Item::Integer(right))) => assert_eq!(left, right),
                (Some(Item::Decimal(left)), Some(Item::Decimal(right))) => assert_eq!(left.to_bits(), right.to_bits()),
                (Some(Item::Complex(left)), Some(Item::Complex(right))) => assert_same_view(left, right),
                _ => panic!("the values of {id:?} differ in number or kind"),
            }
        }
    }
}

proptest! {
    #[test]
    fn unpacking_gives_back_what_is_assigned(fields in fields_of(value().boxed())) {
        let packed = PackedAttributes::encode(&fields, |_| false);
        prop_assert_eq!(packed.decode(), assigned(&fields));
    }

    #[test]
    fn the_packed_form_shows_what_the_tree_shows(fields in fields_of(value().boxed())) {
        let fields = assigned(&fields);
        assert_same_view(PackedAttributes::encode(&fields, |_| false).record(), &fields);
    }

    #[test]
    fn equal_attributes_have_equal_bytes(fields in fields_of(value().boxed())) {
        let packed = PackedAttributes::encode(&fields, |_| false);
        prop_assert_eq!(PackedAttributes::encode(&packed.decode(), |_| false), packed);
    }
}

#[test]
fn integers_and_lengths_survive_at_their_limits() {
    let long = "x".repeat(70_000);
    let fields: Fields = [
        (AttributeId(0), Slot::Many([i64::MIN, -1, 0, 1, 63, 64, i64::MAX].map(Value::Integer).into())),
        (AttributeId(127), Slot::One(Value::String(long.as_str().into()))),
        (AttributeId(u16::MAX), Slot::One(Value::Decimal(-0.0))),
    ]
    .into_iter()
    .collect();
    let unpacked = PackedAttributes::encode(&fields, |_| false).decode();
    assert_eq!(unpacked, fields);
    assert!(matches!(unpacked.values(AttributeId(u16::MAX)), [Value::Decimal(zero)] if zero.is_sign_negative()));
}

#[test]
fn what_is_left_out_is_not_there_and_an_unknown_attribute_has_no_values() {
    let text = |text: &str| Slot::One(Value::String(text.into()));
    let fields: Fields = [(AttributeId(3), text("a")), (AttributeId(9), text("b"))].into_iter().collect();
    let packed = PackedAttributes::encode(&fields, |id| id == AttributeId(3));
    assert!(packed.record().get(AttributeId(3)).is_none());
    assert!(packed.record().get(AttributeId(8)).is_none());
    assert!(packed.record().get(AttributeId(10)).is_none());
    assert!(packed.record().get(AttributeId(9)).is_some());
    assert!(PackedAttributes::encode(&Fields::new(), |_| false).is_empty());
}
