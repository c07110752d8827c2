//! Tests of `time.rs`.

use super::*;

#[test]
fn skew_widens_both_ends_and_no_further() {
    let validity = Validity {
        not_before: Timestamp(1000),
        not_after: Timestamp(2000),
    };
    let check = |now| validity.check(Timestamp(now));
    assert_eq!(
        check(699),
        Err(CertificateError::NotYetValid { seconds: 301 })
    );
    assert_eq!(check(700), Ok(()));
    assert_eq!(check(2299), Ok(()));
    assert_eq!(check(2300), Err(CertificateError::Expired { seconds: 300 }));
    assert!(!validity.has_ended(Timestamp(999)) && !validity.has_ended(Timestamp(1999)));
    assert!(validity.has_ended(Timestamp(2000)));
}

#[test]
fn a_time_at_the_end_of_time_does_not_overflow() {
    let forever = Validity::starting(Timestamp(u64::MAX - 1), Duration::from_secs(60));
    let now = Timestamp(u64::MAX);
    assert!(forever.check(now).is_err());
}
