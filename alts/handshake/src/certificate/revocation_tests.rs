//! Tests of `revocation.rs`.

use super::*;

#[test]
fn a_revocation_ids_top_byte_is_the_category() {
    let id = RevocationId::new(Category::Workload, u64::MAX);
    assert_eq!(id.as_u64(), 0x03ff_ffff_ffff_ffff);
    assert_eq!(id.category(), Some(Category::Workload));
    assert_eq!(RevocationId::from_u64(7 << 56).category(), None);
}

#[test]
fn an_id_is_read_as_it_is_written_and_nothing_else_is() {
    let id = RevocationId::new(Category::Machine, 0x2a);
    assert_eq!(id.to_string(), "0x020000000000002a");
    assert_eq!(id.to_string().parse(), Ok(id));
    for bad in [
        "",
        "42",
        "020000000000002a",
        "0x2a",
        "0x+20000000000002a",
        "0x000000000000002a",
        "0x010000000000002a",
        "0x04000000000000ff",
        "0x020000000000002a0",
        "0x02000000000000é",
    ] {
        assert_eq!(bad.parse::<RevocationId>(), Err(BadRevocationId), "{bad}");
    }
}

#[test]
fn each_serial_has_a_range_of_its_own() {
    let [a, b] = [1, 2].map(RevocationRange::of_workloads);
    assert_eq!(a.count(), 4096);
    assert_eq!(a.last().as_u64() + 1, b.first().as_u64());
    let last = RevocationRange::of_workloads((1 << SERIAL_BITS) - 1);
    assert_eq!(last.last().as_u64(), 0x03ff_ffff_ffff_ffff);
    assert!(a.contains(a.pick([0xff; 8])) && !b.contains(a.pick([0xff; 8])));
}

#[test]
fn only_a_master_certificate_has_ids_to_give() {
    let last = (1 << SERIAL_BITS) - 1;
    for serial in [0, 77, last] {
        let given = RevocationId::of_master(serial).workload_ids();
        assert_eq!(given, Some(RevocationRange::of_workloads(serial)));
    }
    for bad in [
        RevocationId::new(Category::Machine, last + 1),
        RevocationId::new(Category::Workload, 1),
        RevocationId::from_u64(1 << 56),
        RevocationId::from_u64(u64::MAX),
    ] {
        assert_eq!(bad.workload_ids(), None, "{bad}");
    }
}
