//! Tests of `client.rs`.

use super::*;
use crate::backend::fake::FakeBackend;

#[tokio::test]
async fn the_backend_learns_the_deadline_a_little_later_than_ours() {
    let handle = BackendHandle::new(FakeBackend::hanging(), Duration::from_secs(1));
    let lookup = BookingRequest::default();
    let client = handle.client(None);
    let asked = client.ask(lookup, |_, request| async move {
        let told = request.metadata().get("grpc-timeout").cloned();
        assert_eq!(told.unwrap(), "1250000u");
        Err::<Response<()>, _>(Status::cancelled("seen"))
    });
    assert_eq!(asked.await.parts().0, None);
}
