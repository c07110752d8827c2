//! A request that is no protobuf message of its type is its caller's mistake.
//!
//! The codec says `INTERNAL` for it, which is what a client would have to say of a server's reply;
//! of a server it would be a confession. It is told apart by the codec's words, which a test holds
//! it to.

use http::Response;
use tonic::{Code, Status, body::Body};
use tower::util::MapResponseLayer;

use crate::grpc::status::malformed;

/// How the codec begins to say that a message does not decode.
const CODEC_SAYS: &str = "failed to decode Protobuf message";

/// What [`MALFORMED`] is.
pub(crate) type MalformedLayer = MapResponseLayer<fn(Response<Body>) -> Response<Body>>;

/// Says `INVALID_ARGUMENT` where the service inside could not decode a request.
pub(in crate::grpc) const MALFORMED: MalformedLayer = MapResponseLayer::new(told_apart);

/// Decoded before anything is answered: an error is all there is.
fn told_apart(response: Response<Body>) -> Response<Body> {
    let is_the_codecs = Status::from_header_map(response.headers()).is_some_and(|status| {
        status.code() == Code::Internal && status.message().starts_with(CODEC_SAYS)
    });
    if is_the_codecs {
        malformed().into_http()
    } else {
        response
    }
}
