//! Tests of `peer_check.rs`.

use alts::gcp::{HandshakerResult, HandshakerStatus};

use super::*;

#[test]
fn a_refusal_holds_nothing_of_the_result_that_it_takes_the_place_of() {
    let answer = HandshakerResp {
        out_frames: b"ClientFinished".to_vec(),
        bytes_consumed: 7,
        result: Some(HandshakerResult {
            key_data: vec![0x5e; 44],
            ..HandshakerResult::default()
        }),
        status: Some(HandshakerStatus::default()),
    };
    let failure = Failure {
        code: Code::Unauthenticated,
        details: "the account is disabled".to_owned(),
    };
    for (library, is_told) in [(ClientLibrary::GrpcGo, false), (ClientLibrary::CCore, true)] {
        let step = refused(library, failure.clone(), answer.clone());
        let Step::Failed { answer, failure } = step else {
            panic!("it is refused")
        };
        assert_eq!(failure.code, Code::Unauthenticated);
        assert_eq!(answer.is_some(), is_told);
        if let Some(answer) = answer {
            assert_eq!((answer.result, answer.bytes_consumed), (None, 7));
            assert!(answer.out_frames.is_empty());
        }
    }
}
